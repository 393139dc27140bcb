package exporter_test

import (
	"fmt"
	"math"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/calendar"
	"github.com/cx-exporter/cx-exporter/internal/exporter"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/testdb/oracle"
)

// sketchError is what the exporter says its quantiles may be off by.
const sketchError = 0.01

// judge compares snapshots with the oracle and says in words what differs.
func (w *world) judge(snapshots []*exporter.Snapshot) []string {
	var rows []oracle.Row
	for _, r := range w.rows {
		if w.where.holds == nil || w.where.holds(r) {
			rows = append(rows, r)
		}
	}
	rows = w.told(rows)
	var wrong []string
	for i, at := range w.instants {
		together := w.instants
		if w.apart {
			together = together[i : i+1]
		}
		j := judgement{w: w, rows: rows, series: map[string]exporter.Series{}, seen: map[string]bool{}, unseen: map[string]bool{}}
		for _, s := range snapshots[i].Series {
			if s.Segment.Dimension != "" && !w.has(s.Segment.Dimension) {
				j.say("a dimension that is not configured: %v", s.Segment)
			}
			window := s.Window
			if window == "" { // a value of the instant
				window = w.windows[0].String()
			}
			j.series[seriesID(s.KPI, window, s.Segment, s.Stat, labelText(s.Labels))] = s
		}
		for _, x := range w.windows {
			j.window(x, at)
		}
		j.spikes(at, snapshots[i].Spikes)
		j.rest()
		j.netScores()
		j.honesty()
		j.remember()
		for _, line := range slices.Concat(w.census(rows, at, together).judge(snapshots[i]), j.wrong) {
			wrong = append(wrong, at.Format(time.RFC3339Nano)+" "+line)
		}
	}
	return wrong
}

func (w *world) has(dimension string) bool {
	for _, d := range w.dims {
		if d.config.Name == dimension {
			return true
		}
	}
	return false
}

// judgement is the comparison of one snapshot.
type judgement struct {
	w      *world
	rows   []oracle.Row
	series map[string]exporter.Series
	seen   map[string]bool
	unseen map[string]bool // dimensions whose `other` cannot be judged
	wrong  []string
}

func (j *judgement) say(format string, args ...any) {
	j.wrong = append(j.wrong, fmt.Sprintf(format, args...))
}

// holds says what is wrong where an identity does not hold, and counts that it
// was looked at.
func (j *judgement) holds(identity string, is bool, format string, args ...any) {
	if j.w.asserted != nil {
		j.w.asserted[identity]++
	}
	if !is {
		j.say(format, args...)
	}
}

func labelText(labels []kpi.Label) string {
	var parts []string
	for _, l := range labels {
		parts = append(parts, l.Name+"="+l.Value)
	}
	return strings.Join(parts, ",")
}

func seriesID(name, window string, seg kpi.Segment, stat, labels string) string {
	id := name + " " + stat
	if labels != "" {
		id += " {" + labels + "}"
	}
	if !seg.IsTotal() {
		id += fmt.Sprintf(" %s=%q", seg.Dimension, seg.Value)
	}
	return id + " over " + window
}

// window compares all values of one window.
func (j *judgement) window(x calendar.Window, at time.Time) {
	current, before, compare := j.w.spans(x, at)
	if err := checkSpan(x.String(), at, j.w.zone, current); err != nil {
		j.say("%s: %v", x, err)
	}
	j.flows(x, current, before)
	j.identities(x)
	for _, k := range j.w.kpis {
		current, compare := current, compare
		if k.instant {
			if x != j.w.windows[0] {
				continue
			}
			current, compare = kpi.Span{Hi: at, At: at}, false
		}
		one := func(seg kpi.Segment, in oracle.Segment) {
			was := map[string]oracle.Value{}
			if compare {
				for _, v := range k.oracle.Values(j.rows, before, in) {
					was[v.Stat+v.Labels] = v
				}
			}
			for _, v := range k.oracle.Values(j.rows, current, in) {
				old, known := was[v.Stat+v.Labels]
				j.value(seriesID(k.name, x.String(), seg, v.Stat, v.Labels), v, old, known, compare)
			}
		}
		one(kpi.Segment{}, oracle.Segment{})
		for _, d := range j.w.dims {
			kept, all := j.kept(d)
			for value := range d.values(j.rows, kept) {
				if value == kpi.OtherSegment && !all {
					j.unseen[d.config.Name] = true
					continue
				}
				one(kpi.Segment{Dimension: d.config.Name, Value: value}, d.segmentOf(value, kept))
			}
		}
	}
}

// kept are the segments of a dimension that were not put into `other`; nil is
// all of them. all is false where a segment that was kept has no value to be seen
// by, such as one whose amounts are all NULL: what is left for `other` is not
// known then.
func (j *judgement) kept(d dimension) (segments map[string]bool, all bool) {
	kept := map[string]bool{}
	folded := false
	for _, s := range j.series {
		if s.Segment.Dimension == d.config.Name {
			kept[s.Segment.Value] = true
			folded = folded || s.Segment.Value == kpi.OtherSegment
		}
	}
	if !folded {
		if len(kept) > j.w.maxSegments {
			j.say("%d segments of %s, where at most %d are allowed", len(kept), d.config.Name, j.w.maxSegments)
		}
		return nil, true
	}
	values := d.values(j.rows, nil)
	if !values[kpi.OtherSegment] {
		delete(kept, kpi.OtherSegment)
		if len(kept) > j.w.maxSegments {
			j.say("%d segments of %s beside the others, where %d are allowed", len(kept), d.config.Name, j.w.maxSegments)
		}
		return kept, len(kept) == j.w.maxSegments
	}
	if len(values) <= j.w.maxSegments {
		return nil, true
	}
	return kept, true
}

// value compares one value.
func (j *judgement) value(id string, want, before oracle.Value, known, compare bool) {
	got, there := j.series[id]
	j.seen[id] = true
	nothing := want.N == 0 && (!want.Defined || want.V == 0)
	switch {
	case !there && nothing && strings.ContainsAny(id, "{="):
		return // neither a currency nor a segment that has no rows need be there
	case !there:
		j.say("%s is absent, want %s", id, show(want))
		return
	case !got.Defined && nothing:
		return // nobody moved where nobody was
	case got.Defined != want.Defined && want.Least < want.Most && math.IsInf(want.Most, 1):
		return // a bucket more or less decides whether it is defined
	case got.Defined != want.Defined:
		j.say("%s: got %s, want %s", id, showSeries(got), show(want))
		return
	case got.Component != want.Component:
		j.say("%s: component is %v, want %v", id, got.Component, want.Component)
	}
	if want.Defined && !near(got.Value, want) {
		j.say("%s: got %s, want %s", id, showSeries(got), show(want))
	}
	if !want.Component && got.Samples != want.N {
		j.say("%s: got %v samples, want %v", id, got.Samples, want.N)
	}
	j.bounds(id, got, want)
	switch c := got.Change; {
	case !compare && c.Known:
		j.say("%s: compared, although it should not be", id)
	case c.Known && !known && c.Before != 0, c.Known && known && !before.Defined && !(before.Least < before.Most):
		j.say("%s: got %v before, want none", id, c.Before)
	case c.Known && known && !near(c.Before, before):
		j.say("%s: got %v before, want %s", id, c.Before, show(before))
	case !c.Known && compare && want.Defined && known && before.Defined && before.N != 0 && !math.IsInf(before.Most, 1):
		j.say("%s: got nothing before, want %s", id, show(before))
	}
}

// bounds compares the interval where the oracle has one.
func (j *judgement) bounds(id string, got exporter.Series, want oracle.Value) {
	if want.Bounds == nil || !want.Defined {
		return
	}
	lower, upper, ok := want.Bounds(j.w.confidence)
	switch {
	case math.IsNaN(lower):
	case want.Quantile && ok != got.Bounded:
		j.say("%s: bounded is %v, want %v", id, got.Bounded, ok)
	case !ok && got.Bounded && upper > 100*want.V && lower > 0:
		j.say("%s: got [%v, %v], which says nothing", id, got.Lower, got.Upper)
	case !ok:
	case !got.Bounded:
		j.say("%s has no bounds, want [%v, %v]", id, lower, upper)
	case want.Quantile:
		// The exporter's bounds are the outer ends of the buckets.
		wide := 1 + 2.03*sketchError
		if got.Lower > lower+1e-6 || got.Lower < lower/wide-1e-3 || got.Upper < upper-1e-6 || got.Upper > upper*wide+1e-3 {
			j.say("%s: got [%v, %v], want just around [%v, %v]", id, got.Lower, got.Upper, lower, upper)
		}
	default:
		off := 1e-9*max(math.Abs(lower), math.Abs(upper)) + 1e-11*want.Terms*math.Abs(upper/want.V)
		if math.Abs(got.Lower-lower) > off || math.Abs(got.Upper-upper) > off {
			j.say("%s: got [%v, %v], want [%v, %v]", id, got.Lower, got.Upper, lower, upper)
		}
	}
}

// near reports whether a value equals the oracle's as DESIGN 3 says what equal
// means.
func near(got float64, want oracle.Value) bool {
	v := want.V
	if want.Most > 0 { // the nearest of those that it may be
		v = min(max(got, want.Least), want.Most)
	}
	off := math.Abs(got - v)
	switch {
	case want.Component && want.Terms == 0:
		return got == want.V
	case want.Quantile:
		return off <= sketchError*(1+1e-6)*math.Abs(v)+1e-6 || got == 0 && v < 1e-3+1e-6
	}
	return off <= 1e-12*max(math.Abs(want.V), want.Terms)
}

// rest looks at the series that the oracle did not speak of: they must say that
// there is nothing.
func (j *judgement) rest() {
	var ids []string
	for id, s := range j.series {
		if s.Segment.Value == kpi.OtherSegment && j.unseen[s.Segment.Dimension] {
			continue
		}
		if !j.seen[id] && (s.Defined && s.Value != 0 || !s.Component && s.Samples != 0) {
			ids = append(ids, id)
		}
	}
	sort.Strings(ids)
	for _, id := range ids {
		j.say("%s: got %s, want nothing", id, showSeries(j.series[id]))
	}
}

func show(v oracle.Value) string {
	if !v.Defined {
		return fmt.Sprintf("undefined of %v", v.N)
	}
	return fmt.Sprintf("%v of %v", v.V, v.N)
}

func showSeries(s exporter.Series) string {
	return show(oracle.Value{V: s.Value, Defined: s.Defined, N: s.Samples})
}

// checkSpan is a second opinion on the spans of windows, by Go's own calendar
// where that is sure: away from wall clocks that are shown twice or never.
func checkSpan(window string, at time.Time, zone *time.Location, got kpi.Span) error {
	l := at.In(zone)
	y, m, d := l.Date()
	midnight := func(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, zone) }
	quarter := (m-1)/3*3 + 1
	monday := d - (int(l.Weekday())+6)%7
	lo, hi := time.Time{}, at
	switch window {
	case "all":
	case "today":
		lo = midnight(y, m, d)
	case "week":
		lo = midnight(y, m, monday)
	case "month":
		lo = midnight(y, m, 1)
	case "quarter":
		lo = midnight(y, quarter, 1)
	case "year":
		lo = midnight(y, 1, 1)
	case "yesterday":
		lo, hi = midnight(y, m, d-1), midnight(y, m, d)
	case "last_week":
		lo, hi = midnight(y, m, monday-7), midnight(y, m, monday)
	case "last_month":
		lo, hi = midnight(y, m-1, 1), midnight(y, m, 1)
	case "last_quarter":
		lo, hi = midnight(y, quarter-3, 1), midnight(y, quarter, 1)
	case "last_year":
		lo, hi = midnight(y-1, 1, 1), midnight(y, 1, 1)
	default:
		var n int
		var unit rune
		if _, err := fmt.Sscanf(window, "%d%c", &n, &unit); err != nil {
			return err
		}
		switch unit {
		case 'h':
			lo = at.Add(-time.Duration(n) * time.Hour)
		case 'w':
			n *= 7
			fallthrough
		case 'd':
			lo = time.Date(y, m, d-n, l.Hour(), l.Minute(), l.Second(), l.Nanosecond(), zone)
			if !firstShown(lo, zone).Equal(lo) || !firstShown(lo.Add(time.Hour), zone).Equal(lo.Add(time.Hour)) ||
				lo.Minute() != l.Minute() || lo.Hour() != l.Hour() {
				lo = got.Lo
			}
		}
	}
	for _, x := range []struct{ got, want time.Time }{{got.Lo, lo}, {got.Hi, hi}, {got.At, at}} {
		if !x.got.Equal(x.want) && x.want.In(zone).Format("15:04") != "23:00" && x.want.In(zone).Format("15:04") != "01:00" {
			return fmt.Errorf("the window is [%v, %v) at %v, want [%v, %v) at %v", got.Lo, got.Hi, got.At, lo, hi, at)
		}
	}
	return nil
}
