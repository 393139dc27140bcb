package app

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"github.com/cx-exporter/cx-exporter/alerts"
)

// Doubt is a goal that cannot be reached from its measured baseline, or one whose
// samples hardly show the change that it asks for.
type Doubt struct {
	Goal *alerts.Goal
	// Baseline is one from which the target lies off the scale, nil otherwise. One
	// that lies ahead is taken to be the present value.
	Baseline *alerts.Baseline
	Sample   alerts.Sample
}

// Doubts looks at whether the targets lie on the scales of their values, and
// whether the samples that there are at an instant can show the changes that the
// goals ask for. It reads the instant and the baselines, and nothing between.
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
		start := base
		if b, ok := g.MeasuredBaseline(past[at.UnixMicro()][i]); ok && start == nil && g.Reach {
			start = &b // where it would start from today
		}
		if start != nil && g.OffScale(*start) {
			out = append(out, Doubt{Goal: g, Baseline: start})
		} else if s, ok := g.Sample(base, past[at.UnixMicro()][i]); ok && !s.Enough() {
			out = append(out, Doubt{Goal: g, Sample: s})
		}
	}
	return out, nil
}

// doubt logs each goal once that cannot be reached from its baseline, and once
// whose samples hardly show the change that it asks for.
func (w *Watch) doubt(verdicts []alerts.Verdict, log *slog.Logger) {
	for i, g := range w.Goals {
		s, base := verdicts[i].Sample, verdicts[i].Baseline
		if base != nil && g.OffScale(*base) {
			if !w.impossible[g.Name] {
				w.impossible[g.Name] = true
				log.Warn("the target of a goal is off the scale of its value and cannot be reached", "goal", g.Name,
					"baseline", base.Value, "target", g.Limit(*base), "lowest", g.Stat.Ends.Min, "highest", g.Stat.Ends.Max, "unit", string(g.Stat.Unit))
			}
			continue
		}
		if s.Enough() || verdicts[i].State.Final() || w.doubted[g.Name] {
			continue
		}
		w.doubted[g.Name] = true
		log.Warn("the samples of a goal are too few to show the change that it asks for", "goal", g.Name,
			"samples", s.Have, "needed_samples", s.Needed, "change", s.Asked, "smallest_change", s.Smallest, "unit", string(g.Stat.Unit))
	}
}
