package app

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"github.com/cx-exporter/cx-exporter/alerts"
)

// Doubt is a goal whose samples hardly show the change that it asks for.
type Doubt struct {
	Goal   *alerts.Goal
	Sample alerts.Sample
}

// Doubts looks at whether the samples that there are at an instant can show the
// changes that the goals ask for. It reads the instant and the baselines, and
// nothing between.
func (w *Watch) Doubts(ctx context.Context, at time.Time) ([]Doubt, error) {
	at = at.UTC().Truncate(time.Microsecond)
	instants := []time.Time{at}
	for _, g := range w.Goals {
		if base, ok := g.MeasuresBaseline(); ok && base.Before(at) {
			instants = append(instants, base)
		}
	}
	slices.SortFunc(instants, time.Time.Compare)
	past, err := w.readings(ctx, slices.CompactFunc(instants, time.Time.Equal))
	if err != nil {
		return nil, err
	}
	var out []Doubt
	for i, g := range w.Goals {
		base := g.Begin().Baseline
		if from, ok := g.MeasuresBaseline(); ok && from.Before(at) {
			if b, ok := g.MeasuredBaseline(past[from.UnixMicro()][i]); ok {
				base = &b
			}
		}
		if s, ok := g.Sample(base, past[at.UnixMicro()][i]); ok && !s.Enough() {
			out = append(out, Doubt{g, s})
		}
	}
	return out, nil
}

// doubt logs each goal once whose samples hardly show the change that it asks
// for.
func (w *Watch) doubt(verdicts []alerts.Verdict, log *slog.Logger) {
	for i, g := range w.Goals {
		s := verdicts[i].Sample
		if s.Enough() || verdicts[i].State.Final() || w.doubted[g.Name] {
			continue
		}
		w.doubted[g.Name] = true
		log.Warn("the samples of a goal are too few to show the change that it asks for", "goal", g.Name,
			"samples", s.Have, "needed_samples", s.Needed, "change", s.Asked, "smallest_change", s.Smallest, "unit", string(g.Stat.Unit))
	}
}
