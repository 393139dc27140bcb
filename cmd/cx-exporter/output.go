package main

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"os"
	"strconv"

	"github.com/cx-exporter/cx-exporter/internal/exporter"
	"github.com/cx-exporter/cx-exporter/internal/openmetrics"
	"github.com/cx-exporter/cx-exporter/internal/record"
)

// records are the values of all results, in their order.
func records(results []result) []record.KPI {
	out := []record.KPI{} // an empty array, not null
	for _, r := range results {
		out = append(out, record.KPIs(r.snapshot)...)
	}
	return out
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
			x.Metric, x.KPI, x.Collector, x.Stat, x.Window, x.Dimension, x.Segment, x.LabelText(), x.Unit, x.At,
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
func labelText(s exporter.Series) string { return record.LabelText(s.Labels) }

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
		if err := r.instance.Spool(spool, r.snapshot, minSamples); err != nil {
			return err
		}
	}
	return spool.Write(w, nil)
}
