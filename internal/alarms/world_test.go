// Package alarms simulates quiet years, in which nothing changes, and years in
// which something does, and counts what is alarmed about. Rows are drawn at random,
// and everything behind them is the code that runs: the KPIs, the windows, the
// tests of changes, the judgement of goals and the limits of the alerts. It holds
// tests only.
package alarms

import (
	"flag"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/collectors"
	"github.com/cx-exporter/cx-exporter/internal/calendar"
	"github.com/cx-exporter/cx-exporter/internal/facts"
)

var years = flag.Int("years", 1, "simulated years of each kind")

// long are the cases of a long run; a short one is content with the first.
func long[T any](cases ...T) []T {
	if *years < 100 {
		return cases[:1]
	}
	return cases
}

const (
	week  = 7 * 24 // hours
	month = 30 * 24
	year  = 365 * 24
)

// origin is the beginning of each simulated year, a Monday.
var origin = time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)

// hour is an instant, counted from the origin.
func hour(h int) time.Time { return origin.Add(time.Duration(h) * time.Hour) }

// hourOf is the hour of an instant; the beginning of time lies before all rows.
func hourOf(t time.Time) int {
	if t.IsZero() {
		return math.MinInt32
	}
	return int(t.Sub(origin) / time.Hour)
}

// season is how much of an average hour happens in each hour of a week: by day
// mostly, and at weekends the given share of what happens on working days.
func season(weekend float64) (s [week]float64) {
	sum := 0.0
	for h := range s {
		s[h] = 0.2
		if of := h % 24; of >= 8 && of < 20 {
			s[h] = 1.8
		}
		if h/24 >= 5 {
			s[h] *= weekend
		}
		sum += s[h]
	}
	for h := range s {
		s[h] *= week / sum
	}
	return s
}

// during is the factor of an hour.
func during(s *[week]float64, h int) float64 { return s[((h%week)+week)%week] }

// isWeekend reports whether an hour is one of Saturday or Sunday.
func isWeekend(h int) bool { return ((h%week)+week)%week >= 5*24 }

// poisson draws a number of events.
func poisson(rng *rand.Rand, mean float64) (n int) {
	for ; mean > 20; mean -= 20 { // the product below must stay above 0
		n += poisson(rng, 20)
	}
	none := math.Exp(-mean)
	for p := rng.Float64(); p > none; p *= rng.Float64() {
		n++
	}
	return n
}

// nothing answers all needs with nothing.
type nothing struct{}

func (nothing) Cells(*facts.Cube, time.Time, time.Time, func(facts.Cell)) {}
func (nothing) Patterns(*facts.Subjects, func(facts.Pattern))             {}
func (nothing) Histories(*facts.Histories, func(facts.History))           {}
func (nothing) Rows(*facts.Listing, func([]any))                          {}
func (nothing) Stays(*facts.Stays, int) (there, left float64)             { return 0, 0 }
func (nothing) Returns(*facts.Returns, time.Time, time.Time) (subjects, again float64) {
	return 0, 0
}

// rows are those of a relation, counted by hour. Only their numbers up to each
// hour are held, so that any window is the difference of two.
type rows struct {
	nothing
	time  facts.Role
	first int      // hour
	keys  []string // raw values of the key, if it has one
	low   int      // the bucket that the counts begin with, if it has buckets
	width int      // how many keys or buckets there are
	count []int32  // by hour and key, of all rows before the hour
	sums  map[facts.SumKind][]float64
	limit float64 // of SumWithin
}

// fill draws what happens up to an hour: draw is called for each, and adds rows.
func (r *rows) fill(last int, draw func(h int, add func(key int, amount float64))) *rows {
	r.count = make([]int32, (last-r.first+1)*r.width)
	r.sums = map[facts.SumKind][]float64{}
	for _, kind := range []facts.SumKind{facts.SumOf, facts.SumSquare, facts.SumWithin, facts.SumCount, facts.SumZero} {
		r.sums[kind] = make([]float64, last-r.first+1)
	}
	for i := 1; i*r.width < len(r.count); i++ {
		copy(r.count[i*r.width:(i+1)*r.width], r.count[(i-1)*r.width:])
		for _, s := range r.sums {
			s[i] = s[i-1]
		}
		draw(r.first+i-1, func(key int, amount float64) {
			r.count[i*r.width+key]++
			r.sums[facts.SumOf][i] += amount
			r.sums[facts.SumSquare][i] += amount * amount
			r.sums[facts.SumCount][i]++
			if amount <= r.limit {
				r.sums[facts.SumWithin][i]++
			}
		})
	}
	return r
}

// Cells tells the rows of a window. The sums are those of the first cell; KPIs
// add them up.
func (r *rows) Cells(c *facts.Cube, lo, hi time.Time, yield func(facts.Cell)) {
	if c.Time != r.time {
		return
	}
	a, b := max(0, hourOf(lo)-r.first), hourOf(hi)-r.first
	first := true
	for k := range r.width {
		n := r.count[b*r.width+k] - r.count[a*r.width+k]
		if n == 0 {
			continue
		}
		x := cell{rows: r, key: k, n: float64(n)}
		if first {
			for i, s := range c.Sums {
				x.sums[i] = r.sums[s.Kind][b] - r.sums[s.Kind][a]
			}
		}
		first = false
		yield(&x)
	}
}

type cell struct {
	rows *rows
	key  int
	n    float64
	sums [4]float64
}

func (c *cell) N() float64                 { return c.n }
func (c *cell) Before(int, time.Time) bool { return false }
func (c *cell) Key(int) (string, bool)     { return c.rows.keys[c.key], false }
func (c *cell) Bucket(int) (int, bool)     { return c.rows.low + c.key, true }
func (c *cell) Sum(i int) float64          { return c.sums[i] }

// customers are those with a contract: how many are active at an hour, and how
// many of them no longer are some hours later.
type customers struct {
	nothing
	first  int
	active []int32
	lost   map[int][]int32 // by the hours between two looks, and the first of them
}

// newCustomers draws the customers from one hour to another. The hazard is that
// of leaving in an hour; as many come as leave on average. widths are the lengths
// of time that will be asked for.
func newCustomers(rng *rand.Rand, n, first, last int, hazard func(h int) float64, widths ...int) *customers {
	hours := last - first
	total := make([]float64, hours+1) // of the hazard up to an hour
	for i := range hours {
		total[i+1] = total[i] + hazard(first+i)
	}
	c := &customers{first: first, active: make([]int32, hours+2), lost: map[int][]int32{}}
	for _, w := range widths {
		c.lost[w] = make([]int32, hours+2)
	}
	add := func(start int) {
		// Active at an hour is who started before it and has not ended before it.
		gone, _ := slices.BinarySearch(total, total[max(start, 0)]+rng.ExpFloat64())
		end := gone - 1
		mark(c.active, start, end)
		if gone > hours {
			return
		}
		for w, lost := range c.lost {
			mark(lost, max(start, end-w), end)
		}
	}
	for range n {
		add(-1)
	}
	for i := range hours {
		for range poisson(rng, float64(n)*(total[i+1]-total[i])) {
			add(i)
		}
	}
	for i := 1; i < len(c.active); i++ {
		c.active[i] += c.active[i-1]
		for _, lost := range c.lost {
			lost[i] += lost[i-1]
		}
	}
	return c
}

// mark adds one to the hours after a and up to b, as differences.
func mark(d []int32, a, b int) {
	d[a+1]++
	d[b+1]--
}

// Patterns tells the customers at the first of two points.
func (c *customers) Patterns(s *facts.Subjects, yield func(facts.Pattern)) {
	lo, hi := hourOf(s.Points[0].At), hourOf(s.Points[1].At)
	lost := c.lost[hi-lo][lo-c.first]
	yield(pattern{n: float64(lost)})
	yield(pattern{n: float64(c.active[lo-c.first] - lost), kept: true})
}

// Stays tells the customers at an instant, and those no more there at the next.
func (c *customers) Stays(q *facts.Stays, step int) (there, left float64) {
	lo, hi := hourOf(q.Instants[step]), hourOf(q.Instants[step+1])
	return float64(c.active[lo-c.first]), float64(c.lost[hi-lo][lo-c.first])
}

// pattern is of customers at the first point, who were kept to the second or not.
type pattern struct {
	n    float64
	kept bool
}

func (p pattern) Subjects() float64               { return p.n }
func (p pattern) Code(int) int                    { return 0 }
func (p pattern) Segment(int) (string, bool)      { return "", false }
func (p pattern) Moments(int) (float64, float64)  { return 0, 0 }
func (p pattern) Unit() (string, bool)            { return "", true }
func (p pattern) Amount(int) (float64, float64)   { return 0, 0 }
func (p pattern) Pair(int) (facts.Trend, float64) { return facts.Same, 0 }
func (p pattern) Rows(point int) int {
	if point == 0 || p.kept {
		return 1
	}
	return 0
}

// build makes a KPI of the catalogue as it is by default, or as change makes it.
func build(t *testing.T, name, entity string, change func(collectors.Parameters)) collectors.KPI {
	t.Helper()
	d, ok := collectors.Lookup(name)
	if !ok {
		t.Fatalf("there is no KPI %s", name)
	}
	p := d.New()
	if change != nil {
		change(p)
	}
	k, err := p.KPI(collectors.Binding{Entity: entity})
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func window(t *testing.T, s string) calendar.Window {
	t.Helper()
	w, err := calendar.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// next is the hour of the look after one. Looks are a day apart, or six hours where
// values of some days are looked at, and an hour while something is near its limit.
func next(h int, window time.Duration, near bool) int {
	if near {
		return h + 1
	}
	apart := 24
	if window < month*time.Hour {
		apart = 6
	}
	return (h/apart + 1) * apart
}

// eachYear runs simulated years on all processors. Each has a random source of
// its own, so that the outcome depends on nothing but the seed.
func eachYear(n int, seed uint64, run func(i int, rng *rand.Rand)) {
	var all sync.WaitGroup
	next := make(chan int)
	for range runtime.GOMAXPROCS(0) {
		all.Add(1)
		go func() {
			defer all.Done()
			for i := range next {
				run(i, rand.New(rand.NewPCG(seed, uint64(i))))
			}
		}()
	}
	for i := range n {
		next <- i
	}
	close(next)
	all.Wait()
}
