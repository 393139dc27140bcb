package main

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/exporter"
	"github.com/cx-exporter/cx-exporter/internal/openmetrics"
)

// record is one value as machines read it. The names are a contract.
type record struct {
	Metric    string            `json:"metric"`
	KPI       string            `json:"kpi"`
	Collector string            `json:"collector"`
	Stat      string            `json:"stat"`
	Window    string            `json:"window"`
	Dimension string            `json:"dimension,omitempty"`
	Segment   string            `json:"segment,omitempty"`
	Labels    map[string]string `json:"labels"`
	Unit      string            `json:"unit"`
	At        string            `json:"at"`
	Value     *float64          `json:"value"` // null where it is undefined
	Lower     *float64          `json:"lower"`
	Upper     *float64          `json:"upper"`
	Samples   *float64          `json:"samples"` // null for the components of a KPI
	Before    *float64          `json:"before"`  // of the comparison window
	PValue    *float64          `json:"p_value"` // of a worsening
	// Detectable is the smallest change that a period of this size shows.
	Detectable *float64 `json:"detectable"`
	// Past says how true the value is as of a past instant. The segments of all
	// are those that the rows are in now.
	Past  string       `json:"reconstructable"`
	Parts []changePart `json:"change_by_dimension,omitempty"`

	labelText string // the labels as CSV has them
}

// changePart says why a total moved: by the shares of a dimension's segments
// (mix) and by their own values (rate), in the unit of the value.
type changePart struct {
	Dimension string  `json:"dimension"`
	Mix       float64 `json:"mix"`
	Rate      float64 `json:"rate"`
}

func records(results []result) []record {
	out := []record{} // an empty array, not null
	for _, r := range results {
		for _, s := range r.snapshot.Series {
			x := record{
				Metric: s.Metric, KPI: s.KPI, Collector: r.snapshot.Collector, Stat: s.Stat, Window: s.Window,
				Dimension: s.Segment.Dimension, Segment: s.Segment.Value, Labels: map[string]string{},
				Unit: string(s.Unit), Past: string(s.Fidelity), At: stampOf(r.snapshot.At), labelText: labelText(s),
			}
			if !s.Segment.IsTotal() {
				x.Metric += "_by_segment"
			}
			for _, l := range s.Labels {
				x.Labels[l.Name] = l.Value
			}
			x.Value = when(s.Defined, s.Value)
			x.Lower, x.Upper = when(s.Bounded, s.Lower), when(s.Bounded, s.Upper)
			x.Samples = when(!s.Component, s.Samples)
			x.Before, x.PValue = when(s.Change.Known, s.Change.Before), when(s.Change.Tested, s.Change.PValue)
			x.Detectable = when(s.Detects, s.Detectable)
			for _, p := range s.Parts {
				x.Parts = append(x.Parts, changePart(p))
			}
			out = append(out, x)
		}
		out = append(out, spikeRecords(r.snapshot)...)
	}
	return out
}

// stampOf is an instant as machines read it.
func stampOf(at time.Time) string { return at.Format("2006-01-02T15:04:05.999999Z07:00") }

func when(known bool, v float64) *float64 {
	if !known {
		return nil
	}
	return &v
}

func writeJSON(w io.Writer, results []result) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(records(results))
}

func writeCSV(w io.Writer, results []result) error {
	c := csv.NewWriter(w)
	rows := [][]string{{"metric", "kpi", "collector", "stat", "window", "dimension", "segment", "labels", "unit", "at", "value", "lower", "upper", "samples", "before", "p_value", "reconstructable", "detectable"}}
	for _, x := range records(results) {
		rows = append(rows, []string{
			x.Metric, x.KPI, x.Collector, x.Stat, x.Window, x.Dimension, x.Segment, x.labelText, x.Unit, x.At,
			figure(x.Value), figure(x.Lower), figure(x.Upper), figure(x.Samples), figure(x.Before), figure(x.PValue), x.Past, figure(x.Detectable),
		})
	}
	return c.WriteAll(rows)
}

func figure(v *float64) string {
	if v == nil {
		return ""
	}
	return strconv.FormatFloat(*v, 'g', -1, 64)
}

// labelText is the further labels of a series: `currency=EUR`.
func labelText(s exporter.Series) string {
	parts := make([]string, len(s.Labels))
	for i, l := range s.Labels {
		parts[i] = l.Name + "=" + l.Value
	}
	return strings.Join(parts, ",")
}

// writeOpenMetrics writes the families of the page, with the instants that they
// hold for.
func writeOpenMetrics(w io.Writer, results []result, minSamples int) error {
	dir, err := os.MkdirTemp("", "cx-exporter-eval-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	spool := openmetrics.NewSpool(dir)
	for _, r := range results {
		families, err := r.instance.Families(r.snapshot, minSamples)
		if err != nil {
			return err
		}
		if err := spool.Add([]openmetrics.Instant{{At: r.snapshot.At, Families: families}}); err != nil {
			return err
		}
	}
	return spool.Write(w, nil)
}
