package board

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/exporter"
)

// line is the past of a series, nil where there is none.
func (p *Past) line(s *exporter.Series) []Point {
	if p == nil {
		return nil
	}
	return p.Lines[LineOf(s)]
}

// LineOf is the line that a series belongs to.
func LineOf(s *exporter.Series) Line {
	var labels strings.Builder
	for _, l := range s.Labels {
		labels.WriteString(strconv.Quote(l.Name) + strconv.Quote(l.Value))
	}
	return Line{s.KPI, s.Stat, s.Window, labels.String()}
}

// meter is a bar of what is done, with a mark of what is expected.
type meter struct {
	Text       string // what it says, for those who do not see it
	Done, Mark string // widths of a hundred
}

func newMeter(text string, done, mark float64) *meter {
	within := func(x float64) string { return coordinate(100 * min(1, max(0, x))) }
	if math.IsNaN(done) || math.IsNaN(mark) {
		return nil
	}
	return &meter{text, within(done), within(min(mark, 0.995))}
}

// coordinate is a number of a drawing.
func coordinate(x float64) string {
	return strings.TrimSuffix(strings.TrimRight(strconv.FormatFloat(x, 'f', 1, 64), "0"), ".")
}

// spark is a small chart without axes.
type spark struct {
	Text string
	Path string
	X, Y string // the last point
}

// The size of a spark, in its own units.
const sparkWidth, sparkHeight = 120.0, 32.0

// newSpark draws the past of a series up to its present value. It is nil where
// there are fewer than three points: two would make a trend of nothing.
func newSpark(past []Point, s *exporter.Series) *spark {
	var known []Point
	for _, p := range past {
		if p.Defined {
			known = append(known, p)
		}
	}
	if len(known) < 2 || !s.Defined {
		return nil
	}
	low, high := s.Value, s.Value
	for _, p := range known {
		low, high = min(low, p.Value), max(high, p.Value)
	}
	const edge = 4
	y := func(v float64) float64 {
		if high == low {
			return sparkHeight / 2
		}
		return edge + (sparkHeight-2*edge)*(high-v)/(high-low)
	}
	var path strings.Builder
	step := (sparkWidth - 2*edge) / float64(len(past))
	pen := "M"
	for i, p := range past {
		if !p.Defined {
			pen = "M"
			continue
		}
		path.WriteString(pen + coordinate(edge+step*float64(i)) + " " + coordinate(y(p.Value)))
		pen = "L"
	}
	out := &spark{X: coordinate(sparkWidth - edge), Y: coordinate(y(s.Value))}
	path.WriteString(pen + out.X + " " + out.Y)
	out.Path = path.String()
	currency := currencyOf(s)
	out.Text = "Over " + plural(len(past), "week") + ": from " + amount(s.Unit, currency, known[0].Value) + " to " + amount(s.Unit, currency, s.Value) +
		", between " + amount(s.Unit, currency, low) + " and " + amount(s.Unit, currency, high)
	return out
}

// chart is the history of a value with its interval.
type chart struct {
	Text  string
	Bands []string // polygons
	Path  string
	Dots  []dot
	Ticks []tick
	Days  []tick
	Rows  []historyRow
}

type dot struct{ X, Y, Text string }

// tick is a mark of an axis at a place of it.
type tick struct{ At, Text, Anchor string }

// historyRow is a point of the chart, in words.
type historyRow struct {
	At              moment
	Value, Interval string
}

// The size of a chart and the room for its axes, in its own units.
const (
	chartWidth, chartHeight                      = 760.0, 260.0
	chartLeft, chartRight, chartTop, chartBottom = 96.0, 16.0, 14.0, 30.0
	plotWidth, plotHeight                        = chartWidth - chartLeft - chartRight, chartHeight - chartTop - chartBottom
	enlarged                                     = 0.06 // of the range, above and below
)

// newChart draws the past of a series and its present value, as of the instant at.
// It is nil where there is too little.
func newChart(story *Story, past []Point, s *exporter.Series, at time.Time) *chart {
	if len(past) == 0 || !s.Defined {
		return nil
	}
	points := append(append(make([]Point, 0, len(past)+1), past...), Point{at, s.Value, s.Lower, s.Upper, true, s.Bounded})
	low, high, known := math.Inf(1), math.Inf(-1), 0
	for _, p := range points {
		if !p.Defined {
			continue
		}
		known++
		low, high = min(low, p.Value), max(high, p.Value)
		if p.Bounded {
			low, high = min(low, p.Lower), max(high, p.Upper)
		}
	}
	if known < 3 {
		return nil
	}
	if high == low {
		low, high = low-math.Max(1e-9, math.Abs(low)*0.1), high+math.Max(1e-9, math.Abs(high)*0.1)
	}
	pad := (high - low) * enlarged
	low, high = low-pad, high+pad
	from, length := points[0].At, points[len(points)-1].At.Sub(points[0].At).Seconds()
	if length <= 0 {
		return nil
	}
	x := func(p Point) string { return coordinate(chartLeft + plotWidth*p.At.Sub(from).Seconds()/length) }
	y := func(v float64) string { return coordinate(chartTop + plotHeight*(high-v)/(high-low)) }
	currency := currencyOf(s)
	c := &chart{}
	var path strings.Builder
	var above, below []string
	flush := func() {
		if len(above) > 1 {
			slices.Reverse(below)
			c.Bands = append(c.Bands, strings.Join(append(above, below...), " "))
		}
		above, below = nil, nil
	}
	pen := "M"
	for _, p := range points {
		if !p.Defined {
			pen = "M"
			flush()
			continue
		}
		path.WriteString(pen + x(p) + " " + y(p.Value))
		pen = "L"
		r := historyRow{At: story.moment(p.At), Value: amount(s.Unit, currency, p.Value)}
		if p.Bounded {
			above, below = append(above, x(p)+","+y(p.Upper)), append(below, x(p)+","+y(p.Lower))
			r.Interval = amount(s.Unit, currency, p.Lower) + " to " + amount(s.Unit, currency, p.Upper)
		} else {
			flush()
		}
		c.Dots = append(c.Dots, dot{x(p), y(p.Value), r.At.Day + ": " + r.Value})
		c.Rows = append(c.Rows, r)
	}
	flush()
	c.Path = path.String()
	for _, v := range ticks(low, high) {
		c.Ticks = append(c.Ticks, tick{y(v), amount(s.Unit, currency, v), "end"})
	}
	// Days are told at even places, since points may be missing or all be late.
	for i, anchor := range []string{"start", "middle", "end"} {
		part := float64(i) / 2
		day := from.Add(time.Duration(part * length * float64(time.Second)))
		c.Days = append(c.Days, tick{coordinate(chartLeft + plotWidth*part), story.moment(day).Day, anchor})
	}
	c.Text = "From " + c.Rows[0].Value + " on " + c.Rows[0].At.Day + " to " + c.Rows[len(c.Rows)-1].Value + " now; the table below has all points"
	return c
}

// ticks are a few round numbers of a range.
func ticks(low, high float64) []float64 {
	rough := (high - low) / 3
	size := math.Pow(10, math.Floor(math.Log10(rough)))
	step := 10 * size
	for _, m := range []float64{1, 2, 2.5, 5} {
		if m*size >= rough {
			step = m * size
			break
		}
	}
	var out []float64
	for k := math.Ceil(low / step); k*step <= high && len(out) < 8; k++ {
		out = append(out, k*step)
	}
	return out
}

// whisker is an interval with its value on the scale that all segments share.
type whisker struct{ From, To, At string }

// whiskerWidth is the length of that scale.
const whiskerWidth = 160.0

func newWhisker(s *exporter.Series, low, high float64) *whisker {
	if !s.Defined || !(high > low) {
		return nil
	}
	place := func(v float64) string {
		const edge = 5
		return coordinate(edge + (whiskerWidth-2*edge)*(min(high, max(low, v))-low)/(high-low))
	}
	w := &whisker{At: place(s.Value)}
	if s.Bounded {
		w.From, w.To = place(s.Lower), place(s.Upper)
	}
	return w
}
