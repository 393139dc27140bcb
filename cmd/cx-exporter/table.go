package main

import (
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"

	"github.com/cx-exporter/cx-exporter/config"
	"github.com/cx-exporter/cx-exporter/internal/exporter"
	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// layout says how much a table shows.
type layout struct {
	components bool // the counts beside the KPIs too
	segments   bool // the breakdowns too
	power      bool // the smallest change that could be seen too
	past       bool // whether the instant lies in the past
}

// writeTable prints the values as a person reads them: a block a collector, the
// total first, breakdowns below.
func writeTable(w io.Writer, results []result, g config.Global, l layout) error {
	for n, r := range results {
		if n > 0 {
			fmt.Fprintln(w)
		}
		fmt.Fprintf(w, "%s, as of %s\n\n", r.snapshot.Collector, r.snapshot.At.In(g.Zone).Format("Mon 2 Jan 2006 15:04:05 MST"))
		var rows strings.Builder
		t := tabwriter.NewWriter(&rows, 0, 8, 2, ' ', 0)
		power := ""
		if l.power {
			power = "can show\t"
		}
		fmt.Fprintf(t, "  KPI\twindow\tvalue\t%s interval\tn\t%sbefore\tchange\ttrend\n", confidence(g.Confidence), power)
		var heading kpi.Segment
		shown, hidden := 0, 0
		for _, i := range byBlock(r.snapshot.Series) {
			s := r.snapshot.Series[i]
			if s.Component && !l.components || !s.Segment.IsTotal() && !l.segments {
				hidden++
				continue
			}
			shown++
			if s.Segment != heading {
				heading = s.Segment
				if !heading.IsTotal() {
					fmt.Fprintf(t, "  %s = %s\t\t\t\t\t\t\t\n", heading.Dimension, printable(heading.Value))
				}
			}
			if l.power {
				power = detectable(s) + "\t"
			}
			fmt.Fprintf(t, "  %s\t%s\t%s\t%s\t%s\t%s%s\t%s\t%s\n", rowName(s), s.Window, value(s, s.Value, s.Defined), interval(s), samples(s),
				power, before(s), changeText(s, 1-g.Confidence), trend(r, i))
		}
		if err := t.Flush(); err != nil {
			return err
		}
		for row := range strings.Lines(rows.String()) {
			fmt.Fprintln(w, strings.TrimRight(row, " \n"))
		}
		writeSpikes(w, r.snapshot)
		if l.segments {
			writeParts(w, r.snapshot)
		}
		if l.past {
			writePast(w, r.snapshot, l.segments)
		}
		if shown == 0 {
			fmt.Fprintln(w, "  no values")
		}
		if hidden > 0 {
			fmt.Fprintf(w, "  and %d more: --components shows the counts beside the KPIs, --segments the breakdowns\n", hidden)
		}
		for _, dimension := range slices.Sorted(maps.Keys(r.snapshot.Withheld)) {
			fmt.Fprintf(w, "  withheld: values of %s of %s, on fewer than %d rows or to protect one that is\n",
				plural(r.snapshot.Withheld[dimension], "segment"), dimension, g.MinSegmentSize)
		}
		for _, reason := range slices.Sorted(maps.Keys(r.snapshot.Rejected)) {
			fmt.Fprintf(w, "  left out: %s (%s)\n", plural(int(r.snapshot.Rejected[reason]), "row"), strings.ReplaceAll(reason, "_", " "))
		}
		if r.snapshot.Rejected[facts.RejectedFuture] > 0 && r.snapshot.Newest.IsZero() {
			fmt.Fprintln(w, "  all rows lie in the future: if the time is in milliseconds, its type is unix_ms")
		}
	}
	return nil
}

// detectable is the smallest change that the value could show.
func detectable(s exporter.Series) string {
	if !s.Detects {
		return ""
	}
	return "±" + strings.TrimPrefix(difference(s, s.Detectable), "+")
}

// writePast says which values of a past instant may differ from what was shown
// then.
func writePast(w io.Writer, snapshot *exporter.Snapshot, segments bool) {
	reasons := map[kpi.Fidelity]string{
		kpi.Terminal: "terminal: a later change of a row overwrites what it was then",
		kpi.Snapshot: "snapshot: it has no history and is true now only",
		kpi.Restated: "restated: it uses what the rows say now",
	}
	told := map[string]bool{}
	broken := false
	for _, s := range snapshot.Series {
		broken = broken || !s.Segment.IsTotal()
		if reason := reasons[s.Fidelity]; reason != "" && !told[s.KPI] {
			told[s.KPI] = true
			fmt.Fprintf(w, "  the past of %s is %s\n", s.KPI, reason)
		}
	}
	if broken && segments {
		fmt.Fprintln(w, "  the past of breakdowns is restated: rows and customers are in the segments that they are in now")
	}
}

// writeParts says why the totals moved. Where nothing did there is nothing to
// say, but parts that cancel each other out are told.
func writeParts(w io.Writer, snapshot *exporter.Snapshot) {
	for _, s := range snapshot.Series {
		for _, p := range s.Parts {
			if p.Mix == 0 && p.Rate == 0 {
				continue
			}
			moved := p.Mix + p.Rate
			if math.Abs(moved) <= 1e-9*math.Abs(p.Mix) {
				moved = 0 // but for rounding
			}
			fmt.Fprintf(w, "  why %s %s moved by %s: mix %s, rate %s by %s\n", rowName(s), s.Window,
				difference(s, moved), difference(s, p.Mix), difference(s, p.Rate), p.Dimension)
		}
	}
}

// difference is a change in the unit of a value, with its sign.
func difference(s exporter.Series, v float64) string {
	text := value(s, math.Abs(v), true)
	if s.Unit == kpi.Ratio {
		text = points(v)
	}
	switch {
	case !strings.ContainsAny(text, "123456789"): // but for rounding
	case v > 0:
		return "+" + text
	case v < 0:
		return "−" + text
	}
	return text
}

// points is the size of a difference of two shares.
func points(v float64) string {
	return grouped(math.Abs(v)*100, kpi.PointDigits(v)) + " points"
}

func rowName(s exporter.Series) string {
	name := strings.TrimPrefix(s.Metric, "cx_")
	if l := labelText(s); l != "" {
		name += " " + printable(l)
	}
	if !s.Segment.IsTotal() {
		name = "  " + name
	}
	return name
}

// byBlock orders series by segment first, keeping their order otherwise.
func byBlock(all []exporter.Series) []int {
	var order []int
	var blocks []kpi.Segment
	by := map[kpi.Segment][]int{}
	for i, s := range all {
		if _, ok := by[s.Segment]; !ok {
			blocks = append(blocks, s.Segment)
		}
		by[s.Segment] = append(by[s.Segment], i)
	}
	order = append(order, by[kpi.Segment{}]...)
	for _, b := range blocks {
		if !b.IsTotal() {
			order = append(order, by[b]...)
		}
	}
	return order
}

func value(s exporter.Series, v float64, defined bool) string {
	if !defined {
		return "–"
	}
	return amount(s.Unit, v)
}

// amount is a number in its unit.
func amount(unit kpi.Unit, v float64) string {
	switch unit {
	case kpi.Ratio:
		return percent(v, 1)
	case kpi.Seconds:
		return duration(v)
	case kpi.Currency:
		return grouped(v, 2)
	case kpi.Score:
		return grouped(v, 2)
	}
	if v == math.Trunc(v) {
		return grouped(v, 0)
	}
	return grouped(v, 2)
}

func interval(s exporter.Series) string {
	if !s.Bounded {
		return ""
	}
	return value(s, s.Lower, true) + " … " + value(s, s.Upper, true)
}

func samples(s exporter.Series) string {
	if s.Component {
		return ""
	}
	return grouped(s.Samples, 0)
}

// before is the value of the comparison window, where it has one.
func before(s exporter.Series) string {
	if !s.Change.Known {
		return ""
	}
	return value(s, s.Change.Before, true)
}

// changeText says how far the value moved, and whether that is more than noise
// at a level of significance.
func changeText(s exporter.Series, level float64) string {
	c := s.Change
	if !c.Known || !s.Defined {
		return ""
	}
	diff := s.Value - c.Before
	var text string
	switch {
	case s.Unit == kpi.Ratio:
		text = signed(diff, points(diff))
	case s.Unit != kpi.Score && c.Before > 0:
		text = signed(diff, percent(math.Abs(diff)/c.Before, 1))
	default:
		text = signed(diff, value(s, math.Abs(diff), true))
	}
	if !c.Tested {
		return text
	}
	word, p := "better", c.BetterPValue
	if c.PValue < p {
		word, p = "worse", c.PValue
	}
	switch {
	case p < 0.001:
		return text + " " + word + ", p < 0.001"
	case p < level:
		return fmt.Sprintf("%s %s, p %.3f", text, word, p)
	}
	digits := 2
	if p < 0.1 {
		digits = 3 // else what is just within reads as if it were at the level
	}
	return fmt.Sprintf("%s within noise, p %.*f", text, digits, p)
}

func signed(diff float64, size string) string {
	switch {
	case diff == 0:
		return "="
	case !strings.ContainsAny(size, "123456789"): // but for rounding
		return size
	case diff > 0:
		return "▲ +" + size
	}
	return "▼ −" + size
}

// trend is a sparkline of the same series in the weeks before.
func trend(r result, i int) string {
	s := r.snapshot.Series[i]
	id := labelText(s)
	points := make([]float64, len(r.past), len(r.past)+1)
	known := 0
	for k, past := range r.past {
		points[k] = math.NaN()
		for _, o := range past.Series {
			if o.Metric == s.Metric && o.Window == s.Window && o.Segment == s.Segment && labelText(o) == id && o.Defined {
				points[k] = o.Value
				known++
			}
		}
	}
	if known < 2 || !s.Defined {
		return ""
	}
	return sparkline(append(points, s.Value))
}

// sparkline draws points, and a dot where there is none.
func sparkline(points []float64) string {
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, p := range points {
		if !math.IsNaN(p) {
			lo, hi = min(lo, p), max(hi, p)
		}
	}
	bars := []rune("▁▂▃▄▅▆▇█")
	var b strings.Builder
	for _, p := range points {
		switch {
		case math.IsNaN(p):
			b.WriteRune('·')
		case hi > lo:
			b.WriteRune(bars[int((p-lo)/(hi-lo)*float64(len(bars)-1))])
		default:
			b.WriteRune(bars[len(bars)/2])
		}
	}
	return b.String()
}

func percent(v float64, digits int) string {
	return minus(v, strconv.FormatFloat(math.Abs(v)*100, 'f', digits, 64)+" %")
}

// minus is the size of a number with the sign of those below zero, as the board writes
// it, unless nothing is left but for rounding.
func minus(v float64, size string) string {
	if v < 0 && strings.ContainsAny(size, "123456789") {
		return "−" + size
	}
	return size
}

// confidence is a level with as many digits as it was given.
func confidence(level float64) string { return strconv.FormatFloat(level*100, 'g', 6, 64) + " %" }

// grouped is a number with its thousands set apart.
func grouped(v float64, digits int) string {
	s := strconv.FormatFloat(math.Abs(v), 'f', digits, 64)
	whole, fraction, _ := strings.Cut(s, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if fraction != "" {
		whole += "." + fraction
	}
	return minus(v, whole)
}

// duration is a number of seconds in the two units that matter.
func duration(v float64) string {
	d := time.Duration(v * float64(time.Second))
	switch {
	case v < 0:
		return minus(v, duration(-v))
	case d < time.Minute:
		return strconv.FormatFloat(v, 'f', 1, 64) + " s"
	case d < time.Hour:
		return inTwo(d, time.Minute, "min", time.Second, "s")
	case d < 48*time.Hour:
		return inTwo(d, time.Hour, "h", time.Minute, "min")
	}
	return inTwo(d, 24*time.Hour, "d", time.Hour, "h")
}

// inTwo is a duration in a large unit and what is over in a small one.
func inTwo(d, large time.Duration, name string, small time.Duration, rest string) string {
	text := fmt.Sprintf("%d %s", d/large, name)
	if over := d % large / small; over > 0 {
		text += fmt.Sprintf(" %d %s", over, rest)
	}
	return text
}

// printable keeps text from the database from moving the cursor or breaking a
// row.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '\uFFFD'
		}
		return r
	}, s)
}
