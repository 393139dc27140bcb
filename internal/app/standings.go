package app

import (
	"context"
	"slices"
	"time"

	"github.com/cx-exporter/cx-exporter/alerts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// Standing is how a goal stands at an instant.
type Standing struct {
	Goal    *alerts.Goal
	Verdict alerts.Verdict
	// Forecast holds where Forecasts is true.
	Forecast  alerts.Forecast
	Forecasts bool
}

// Standings judges the goals as of an instant from the past alone, as if nothing
// had been known of them before.
func (w *Watch) Standings(ctx context.Context, at time.Time) ([]Standing, error) {
	instants := []time.Time{at}
	verdicts := make([]alerts.Verdict, len(w.Goals))
	for i, g := range w.Goals {
		verdicts[i] = g.Begin()
		instants = append(instants, at.Add(-g.Window.Length()))
	}
	slices.SortFunc(instants, time.Time.Compare)
	past, err := w.readings(ctx, slices.CompactFunc(instants, time.Time.Equal))
	if err != nil {
		return nil, err
	}
	now := past[at.UnixMicro()]
	if verdicts, err = w.judge(ctx, at, now, verdicts, false); err != nil {
		return nil, err
	}
	out := make([]Standing, len(w.Goals))
	for i, g := range w.Goals {
		out[i] = Standing{Goal: g, Verdict: verdicts[i]}
		base := alerts.Baseline{}
		if b := verdicts[i].Baseline; b != nil {
			base = *b
		} else if g.Reach {
			continue
		}
		if !verdicts[i].State.Final() && g.Window.Length() > 0 && g.KPI.Fidelity != kpi.Snapshot {
			before := past[at.Add(-g.Window.Length()).UnixMicro()]
			out[i].Forecast, out[i].Forecasts = g.Forecast(before[i], now[i], g.Limit(base))
		}
	}
	return out, nil
}
