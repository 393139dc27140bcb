package app

import (
	"context"
	"fmt"
	"time"

	"github.com/cx-exporter/cx-exporter/alerts"
	"github.com/cx-exporter/cx-exporter/config"
	"github.com/cx-exporter/cx-exporter/internal/exporter"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// readings are those of all goals at instants of the past, evaluated some at
// once, the oldest first. On an error it returns those it came to, and asks for
// fewer at once from then on.
func (w *Watch) readings(ctx context.Context, all []time.Time) (map[int64][]alerts.Reading, error) {
	out := make(map[int64][]alerts.Reading, len(all))
	for len(all) > 0 {
		some := all[:min(w.atOnce, len(all))]
		snapshots, err := w.past.At(ctx, some...)
		if err != nil {
			if tooMuch(err) { // not where the database is down
				w.atOnce = max(1, w.atOnce/2)
			}
			return out, fmt.Errorf("the past of the goals: %w", err)
		}
		for i, s := range snapshots {
			out[some[i].UnixMicro()] = w.find(s)
		}
		all = all[len(some):]
	}
	return out, nil
}

// place is where a value stands in a snapshot, but for its further labels.
type place struct {
	kpi, stat, window string
	segment           kpi.Segment
}

func placeOf(g config.Goal) place {
	p := place{g.KPI.Name, g.Stat.Name, g.Window.String(), g.Segment}
	if g.KPI.Unwindowed {
		p.window = ""
	}
	return p
}

// find finds the values of all goals in a snapshot.
func (w *Watch) find(s *exporter.Snapshot) []alerts.Reading {
	out := make([]alerts.Reading, len(w.Goals))
	for i := range out {
		out[i].At = s.At
	}
	there := map[place][]*exporter.Series{}
	for k := range s.Series {
		x := &s.Series[k]
		at := place{x.KPI, x.Stat, x.Window, x.Segment}
		if _, wanted := w.places[at]; wanted {
			there[at] = append(there[at], x)
		}
	}
	for at, all := range there {
		labels := make([][]kpi.Label, len(all))
		for k, x := range all {
			labels[k] = x.Labels
		}
		for _, i := range w.places[at] {
			k, left := w.Goals[i].Choose(labels)
			if out[i].Choice = left; k >= 0 {
				out[i].Evidence = all[k].Evidence
			}
		}
	}
	return out
}
