package app

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/cx-exporter/cx-exporter/collectors"
	"github.com/cx-exporter/cx-exporter/internal/board"
	"github.com/cx-exporter/cx-exporter/internal/calendar"
	"github.com/cx-exporter/cx-exporter/internal/exporter"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// rest waits, and reports false if ctx ended before.
func rest(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}

// weeks are the instants that are looked at: the midnight of today and of the same
// days of the weeks before, the oldest first.
func weeks(now time.Time, zone *time.Location) []time.Time {
	today := calendar.Midnight(now, zone)
	out := make([]time.Time, weeksShown)
	for i := range out {
		out[i] = calendar.Midnight(calendar.DaysAgo(today, zone, 7*(weeksShown-1-i)), zone)
	}
	return out
}

// earlier is a past with snapshots of instants before it, the oldest first.
func earlier(past *board.Past, snapshots []*exporter.Snapshot) *board.Past {
	out := &board.Past{Lines: map[board.Line][]board.Point{}}
	for _, s := range snapshots {
		out.Instants = append(out.Instants, s.At)
	}
	n := len(out.Instants)
	out.Instants = append(out.Instants, past.Instants...)
	line := func(l board.Line) []board.Point {
		if out.Lines[l] == nil {
			points := make([]board.Point, len(out.Instants))
			for i, at := range out.Instants {
				points[i].At = at
			}
			out.Lines[l] = points
		}
		return out.Lines[l]
	}
	for l, points := range past.Lines {
		copy(line(l)[n:], points)
	}
	for i, s := range snapshots {
		for k := range s.Series {
			x := &s.Series[k]
			if x.Component || !x.Segment.IsTotal() {
				continue
			}
			line(board.LineOf(x))[i] = board.Point{At: s.At, Value: x.Value, Lower: x.Lower, Upper: x.Upper, Defined: x.Defined, Bounded: x.Bounded}
		}
	}
	return out
}

// remember tells of the past of a collector that is still there.
func (n *narrator) remember(collector string, past *board.Past) {
	n.retell(func(s *board.Story) {
		if _, ok := s.Origins[collector]; ok {
			s.Pasts = maps.Clone(s.Pasts)
			s.Pasts[collector] = past
		}
	})
}

// retrospect is what the past of a collector is evaluated by.
type retrospect struct {
	name      string
	sources   []string
	timeout   time.Duration
	evaluator exporter.Evaluation
	after     time.Time // when a look that failed is tried again
}

// retrospect makes an evaluator of a collector's totals, of the KPIs that have a
// past, in the windows of which values are to be compared from week to week; nil
// where there are none.
func (s *Set) retrospect(i Instance) *retrospect {
	windows := slices.DeleteFunc(slices.Clone(i.Config.Windows), func(w calendar.Window) bool { return board.ToDate(w.String()) })
	out := &retrospect{name: i.Config.Name, sources: i.Config.Sources, timeout: i.Config.Timeout}
	if i.Formula != nil {
		if i.Formula.Desc.Fidelity == kpi.Snapshot || len(windows) == 0 {
			return nil
		}
		f := *i.Formula
		f.Change, f.Windows, f.Dimensions, f.Inputs = false, windows, nil, slices.Clone(f.Inputs)
		for k := range f.Inputs {
			in := &f.Inputs[k]
			in.Change, in.Windows, in.Relation.Dimensions = false, windows, nil
		}
		out.evaluator = s.formula(f)
		return out
	}
	col := i.Config
	col.Change, col.Relation.Dimensions, col.Windows = false, nil, windows
	col.KPIs = slices.DeleteFunc(slices.Clone(col.KPIs), func(k collectors.KPI) bool {
		d := k.Desc()
		return d.Fidelity == kpi.Snapshot || !d.Unwindowed && len(windows) == 0
	})
	if len(col.KPIs) == 0 {
		return nil
	}
	out.evaluator = s.evaluator(col)
	return out
}
