package app

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"github.com/cx-exporter/cx-exporter/alerts"
)

// Doubt is what stands in the way of a goal that nobody's work removes.
type Doubt struct {
	Goal *alerts.Goal
	alerts.Doubt
}

// Doubts looks at what stands in the way of the goals as of an instant: whether
// they choose one series each, whether their targets are on the scale and better
// than where they start from, and whether the samples that there are can show the
// changes that they ask for. It reads the instant and the baselines, and nothing
// between.
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
		v := g.Begin()
		if from, ok := g.MeasuresBaseline(); ok && from.Before(at) {
			v = g.Based(v, past[from.UnixMicro()][i])
			v.BaselineChecked = at
		}
		v = g.Judge(v, past[at.UnixMicro()][i])
		v.Known = true // as far as this goes
		if d, ok := g.Doubt(v); ok {
			out = append(out, Doubt{g, d})
		}
	}
	return out, nil
}

// doubted is a doubt about a goal.
type doubted struct {
	goal string
	kind alerts.DoubtKind
}

// doubt logs what stands in the way of goals, each once.
func (w *Watch) doubt(verdicts []alerts.Verdict, log *slog.Logger) {
	for i, g := range w.Goals {
		d, ok := g.Doubt(verdicts[i])
		if !ok || w.doubted[doubted{g.Name, d.Kind}] {
			continue
		}
		w.doubted[doubted{g.Name, d.Kind}] = true
		log := log.With("goal", g.Name, "place", g.At.String())
		unit := string(g.Stat.Unit)
		switch d.Kind {
		case alerts.Ambiguous, alerts.Unmatched:
			asItIs := func(s string) string { return s }
			log.Warn("the labels of a goal do not choose one series of its KPI", "why", g.InWords(d, alerts.Words{Text: asItIs, Code: asItIs}))
		case alerts.NoBaseline:
			log.Warn("the measured baseline of a goal rests on too few samples; give its value, or the date of another",
				"baseline_at", g.BaselineAt.Format(time.RFC3339), "min_samples", g.MinSamples)
		case alerts.OffScale:
			log.Warn("the target of a goal is off the scale of its value and cannot be reached",
				"baseline", d.From, "target", d.To, "lowest", g.Stat.Ends.Min, "highest", g.Stat.Ends.Max, "unit", unit)
		case alerts.NoBetter:
			log.Warn("the target of a goal is no better than where it starts from", "baseline", d.From, "target", d.To, "unit", unit)
		case alerts.TooFewSamples:
			s := d.Sample
			log.Warn("the samples of a goal are too few to show the change that it asks for",
				"samples", s.Have, "needed_samples", s.Needed, "change", s.Asked, "smallest_change", s.Smallest, "unit", unit)
		}
	}
}
