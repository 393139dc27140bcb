package main

import (
	"encoding/json"
	"io"
	"time"
)

// goalRecord is a goal as machines read it. The names are a contract.
type goalRecord struct {
	Goal      string `json:"goal"`
	Title     string `json:"title"`
	Type      string `json:"type"`
	Collector string `json:"collector"`
	KPI       string `json:"kpi"`
	Metric    string `json:"metric"`
	Window    string `json:"window"`
	Dimension string `json:"dimension,omitempty"`
	Segment   string `json:"segment,omitempty"`
	Stat      string `json:"stat"`
	// Labels are those of the value beyond the common ones, such as currency.
	Labels           map[string]string `json:"labels"`
	Unit             string            `json:"unit"`
	Direction        string            `json:"direction"`
	Owner            string            `json:"owner,omitempty"`
	Severity         string            `json:"severity"`
	At               string            `json:"at"`
	Status           string            `json:"status"`
	Since            *string           `json:"since"`
	SinceOrBefore    bool              `json:"since_or_before"`
	Value            *float64          `json:"value"`
	Lower            *float64          `json:"lower"`
	Upper            *float64          `json:"upper"`
	Samples          float64           `json:"samples"`
	NeededSamples    *float64          `json:"needed_samples"`
	SmallestChange   *float64          `json:"smallest_change"`
	Baseline         *float64          `json:"baseline"`
	Target           *float64          `json:"target"`
	Expected         *float64          `json:"expected"`
	Progress         *float64          `json:"progress"`
	ExpectedProgress *float64          `json:"expected_progress"`
	Start            *string           `json:"start"`
	Deadline         *string           `json:"deadline"`
	Forecast         *string           `json:"forecast"`
	ForecastEarliest *string           `json:"forecast_earliest"`
	ForecastLatest   *string           `json:"forecast_latest"`
}

func (p goalPage) json(w io.Writer) error {
	stamp := func(t time.Time) *string {
		if t.IsZero() {
			return nil
		}
		s := t.UTC().Format(time.RFC3339)
		return &s
	}
	out := []goalRecord{}
	for _, s := range p.standings {
		g, v := s.Goal, s.Verdict
		r := goalRecord{
			Goal: g.Name, Title: g.Title, Type: g.Type(), Collector: g.Collector, KPI: g.KPI.Name, Metric: g.Stat.Metric,
			Stat: g.Stat.Name, Labels: map[string]string{},
			Dimension: g.Segment.Dimension, Segment: g.Segment.Value, Unit: string(g.Stat.Unit), Direction: string(g.Stat.Direction),
			Owner: g.Owner, Severity: g.Severity, At: p.at.UTC().Format(time.RFC3339), Status: string(v.State.Status), Since: stamp(v.State.Since), SinceOrBefore: v.State.OrBefore,
			Value: when(v.Measured.Defined, v.Measured.Value), Lower: when(v.Measured.Defined, v.Measured.Lower), Upper: when(v.Measured.Defined, v.Measured.Upper),
			Samples: v.Measured.Samples, Start: stamp(g.Start), Deadline: stamp(g.Deadline),
		}
		if !g.KPI.Unwindowed {
			r.Window = g.Window.String()
		}
		for _, l := range g.Goal.Labels {
			r.Labels[l.Name] = l.Value
		}
		r.NeededSamples = when(v.Sample.Needed > 0, v.Sample.Needed)
		r.SmallestChange = when(v.Sample.Smallest > 0, v.Sample.Smallest)
		if b := v.Baseline; b != nil {
			started := !p.at.Before(g.Start)
			r.Baseline = &b.Value
			r.Expected = when(started, g.Expected(*b, v.State.At))
			r.ExpectedProgress = when(started, g.ExpectedProgress(v.State.At))
			share, ok := g.Progress(*b, v.Measured.Value)
			r.Progress = when(ok && v.Measured.Defined, share)
		}
		if target, ok := g.Aim(v.Baseline); ok {
			r.Target = &target
		}
		if s.Forecasts {
			r.Forecast, r.ForecastEarliest, r.ForecastLatest = stamp(s.Forecast.At), stamp(s.Forecast.Earliest), stamp(s.Forecast.Latest)
		}
		out = append(out, r)
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(out)
}
