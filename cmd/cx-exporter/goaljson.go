package main

import (
	"encoding/json"
	"io"

	"github.com/cx-exporter/cx-exporter/alerts"
	"github.com/cx-exporter/cx-exporter/internal/record"
)

// json writes the goals as machines read them.
func (p goalPage) json(w io.Writer) error {
	out := []record.Goal{}
	for _, s := range p.standings {
		var forecast *alerts.Forecast
		if s.Forecasts {
			forecast = &s.Forecast
		}
		out = append(out, record.NewGoal(s.Goal, s.Verdict, forecast, p.at))
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(out)
}
