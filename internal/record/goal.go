package record

import (
	"time"

	"github.com/cx-exporter/cx-exporter/alerts"
)

// Goal is a goal and how it stands.
type Goal struct {
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
	Labels        map[string]string `json:"labels"`
	Unit          string            `json:"unit"`
	Direction     string            `json:"direction"`
	Owner         string            `json:"owner,omitempty"`
	Severity      string            `json:"severity"`
	At            string            `json:"at"`
	Status        string            `json:"status"`
	Since         *string           `json:"since"`
	SinceOrBefore bool              `json:"since_or_before"`
	// Stands is the last verdict of a goal that cannot be judged at present.
	Stands              *string `json:"stands"`
	StandsSince         *string `json:"stands_since"`
	StandsSinceOrBefore bool    `json:"stands_since_or_before"`
	// Doubt is what stands in its way, and Choices the labels to choose from where
	// that is that it chooses none of several series: the first 100 where there are
	// more.
	Doubt            *string             `json:"doubt"`
	Choices          []map[string]string `json:"choices"`
	Value            *float64            `json:"value"`
	Lower            *float64            `json:"lower"`
	Upper            *float64            `json:"upper"`
	Samples          float64             `json:"samples"`
	NeededSamples    *float64            `json:"needed_samples"`
	SmallestChange   *float64            `json:"smallest_change"`
	Baseline         *float64            `json:"baseline"`
	Target           *float64            `json:"target"`
	Expected         *float64            `json:"expected"`
	Progress         *float64            `json:"progress"`
	ExpectedProgress *float64            `json:"expected_progress"`
	Start            *string             `json:"start"`
	Deadline         *string             `json:"deadline"`
	Forecast         *string             `json:"forecast"`
	ForecastEarliest *string             `json:"forecast_earliest"`
	ForecastLatest   *string             `json:"forecast_latest"`
}

// NewGoal is a goal as it stands at an instant. The forecast is nil where there
// is none.
func NewGoal(g *alerts.Goal, v alerts.Verdict, forecast *alerts.Forecast, at time.Time) Goal {
	r := Goal{
		Goal: g.Name, Title: g.Title, Type: g.Type(), Collector: g.Collector, KPI: g.KPI.Name, Metric: g.Stat.Metric,
		Stat: g.Stat.Name, Labels: map[string]string{}, Choices: []map[string]string{},
		Dimension: g.Segment.Dimension, Segment: g.Segment.Value, Unit: string(g.Stat.Unit), Direction: string(g.Stat.Direction),
		Owner: g.Owner, Severity: g.Severity, At: at.UTC().Format(time.RFC3339),
		Status: string(v.State.Status), Since: stamp(v.State.Since), SinceOrBefore: v.State.OrBefore,
		Value: when(v.Measured.Defined, v.Measured.Value), Lower: when(v.Measured.Defined, v.Measured.Lower), Upper: when(v.Measured.Defined, v.Measured.Upper),
		Samples: v.Measured.Samples, Start: stamp(g.Start), Deadline: stamp(g.Deadline),
		NeededSamples:  when(v.Sample.Needed > 0, v.Sample.Needed),
		SmallestChange: when(v.Sample.Smallest > 0, v.Sample.Smallest),
	}
	if !g.KPI.Unwindowed {
		r.Window = g.Window.String()
	}
	for _, l := range g.Goal.Labels {
		r.Labels[l.Name] = l.Value
	}
	if stands, since, orBefore, ok := v.State.Held(); ok {
		r.Stands, r.StandsSince, r.StandsSinceOrBefore = text(string(stands)), stamp(since), orBefore
	}
	if d, ok := g.Doubt(v); ok {
		r.Doubt = text(string(d.Kind))
		for _, labels := range d.Choice.Of {
			one := map[string]string{}
			for _, l := range labels {
				one[l.Name] = l.Value
			}
			r.Choices = append(r.Choices, one)
		}
	}
	if b := v.Baseline; b != nil {
		started := v.State.Status != "" && !at.Before(g.Start)
		r.Baseline = when(true, b.Value)
		r.Expected = when(started, g.Expected(*b, v.State.At))
		r.ExpectedProgress = when(started, g.ExpectedProgress(v.State.At))
		share, ok := g.Progress(*b, v.Measured.Value)
		r.Progress = when(ok && v.Measured.Defined, share)
	}
	if target, ok := g.Aim(v.Baseline); ok {
		r.Target = when(true, target)
	}
	if forecast != nil {
		r.Forecast, r.ForecastEarliest, r.ForecastLatest = stamp(forecast.At), stamp(forecast.Earliest), stamp(forecast.Latest)
	}
	return r
}

func text(s string) *string { return &s }

// stamp is an instant, null where there is none.
func stamp(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	s := t.UTC().Format(time.RFC3339)
	return &s
}
