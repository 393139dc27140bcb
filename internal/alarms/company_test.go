package alarms

import (
	"math"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/collectors"
	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/stats"
)

// survey is answers on a scale: so many in 30 days, each score with its weight.
type survey struct {
	volume  float64
	lowest  int
	weights []float64
	// saved is the share of the answers below good that are good ones as of an
	// hour; nil is none.
	saved func(h int) float64
	good  int // the index of the lowest good score
}

// draw makes the answers. They come by day, and half as many at weekends.
func (s survey) draw(rng *rand.Rand, first, last int) *rows {
	r := &rows{time: "responded_at", first: first, width: len(s.weights)}
	for i := range s.weights {
		r.keys = append(r.keys, strconv.Itoa(s.lowest+i))
	}
	often := season(0.5)
	return r.fill(last, func(h int, add func(int, float64)) {
		for range poisson(rng, s.volume/month*during(&often, h)) {
			key := pick(rng, s.weights)
			if s.saved != nil && key < s.good && rng.Float64() < s.saved(h) {
				key = s.good + pick(rng, s.weights[s.good:])
			}
			add(key, 0)
		}
	})
}

// pick draws an index by weights.
func pick(rng *rand.Rand, weights []float64) int {
	sum := 0.0
	for _, w := range weights {
		sum += w
	}
	x := rng.Float64() * sum
	for i, w := range weights {
		if x -= w; x < 0 {
			return i
		}
	}
	return len(weights) - 1
}

// desk is tickets that are finished, by how long they took: lognormal with a
// coefficient of variation of 1.8, every fortieth forgotten for five times as
// long, and half as long again at weekends, when there are a third as many.
type desk struct {
	volume, median float64 // in 30 days; seconds
	ended          facts.Role
	limit          float64             // seconds, of what is in time
	longer         func(h int) float64 // a factor as of an hour; nil is 1
}

// seconds draws how long a ticket takes.
func (d desk) seconds(rng *rand.Rand, h int) float64 {
	x := d.median * math.Exp(1.2*rng.NormFloat64())
	if rng.IntN(40) == 0 {
		x *= 5
	}
	if isWeekend(h) {
		x *= 1.5
	}
	if d.longer != nil {
		x *= d.longer(h)
	}
	return x
}

func (d desk) draw(rng *rand.Rand, first, last int) *rows {
	gamma := stats.LogGamma(stats.DefaultAlpha)
	const low, width = 0, 900 // from a second to two years
	r := &rows{time: d.ended, first: first, low: low, width: width, limit: d.limit}
	often := season(0.33)
	return r.fill(last, func(h int, add func(int, float64)) {
		for range poisson(rng, d.volume/month*during(&often, h)) {
			x := d.seconds(rng, h)
			add(min(max(int(math.Floor(math.Log(x)/gamma)), low), low+width-1)-low, x)
		}
	})
}

// shop is orders: their amounts are lognormal, with a coefficient of variation of
// 1.1.
type shop struct{ volume, median float64 }

func (s shop) draw(rng *rand.Rand, first, last int) *rows {
	r := &rows{time: "ordered_at", first: first, keys: []string{""}, width: 1}
	often := season(0.7)
	return r.fill(last, func(h int, add func(int, float64)) {
		for range poisson(rng, s.volume/month*during(&often, h)) {
			add(0, s.median*math.Exp(0.9*rng.NormFloat64()))
		}
	})
}

// leaving is the hazard of an hour of customers of whom a share leaves in 30 days.
// Half as many leave on a day of the weekend as on a working day. times is a
// factor as of an hour; nil is 1.
func leaving(share float64, times func(h int) float64) func(h int) float64 {
	often := season(0.5)
	level := -math.Log1p(-share) / month
	return func(h int) float64 {
		x := level * during(&often, h)
		if times != nil {
			x *= times(h)
		}
		return x
	}
}

// source is a collector: some KPIs and what they are computed from.
type source struct {
	name string
	kpis []collectors.KPI
	draw func(rng *rand.Rand, first, last int) facts.Facts
}

// The scores of surveys: 80 % are satisfied, a net promoter score of 30, and a
// mean effort of 5.2 of 7.
var (
	satisfaction = []float64{4, 5, 11, 38, 42}
	recommending = []float64{1, 1, 1, 2, 3, 6, 6, 12, 18, 24, 26}
	effort       = []float64{2, 3, 6, 14, 25, 30, 20}
)

// target sets what is in time.
func target(d time.Duration) func(collectors.Parameters) {
	return func(p collectors.Parameters) {
		limit := collectors.Duration(d)
		p.(*collectors.FirstResponseTime).Target = &limit
	}
}

// company is a board of 30 series that are tested against the window before.
func company(t *testing.T, w int) []source {
	t.Helper()
	answers := func(name string, s survey) source {
		return source{name, []collectors.KPI{build(t, name, collectors.EntityResponses, nil)}, func(rng *rand.Rand, first, last int) facts.Facts {
			return s.draw(rng, first, last)
		}}
	}
	tickets := func(name string, d desk, change func(collectors.Parameters)) source {
		return source{name, []collectors.KPI{build(t, name, collectors.EntityTickets, change)}, func(rng *rand.Rand, first, last int) facts.Facts {
			return d.draw(rng, first, last)
		}}
	}
	contracts := func(n int) source {
		return source{"churn", []collectors.KPI{build(t, "churn", collectors.EntitySubscriptions, nil)}, func(rng *rand.Rand, first, last int) facts.Facts {
			return newCustomers(rng, n, first, last, leaving(0.03, nil), w)
		}}
	}
	return []source{
		answers("csat", survey{volume: 5000, lowest: 1, weights: satisfaction}),
		answers("csat", survey{volume: 500, lowest: 1, weights: satisfaction}),
		answers("psat", survey{volume: 50, lowest: 1, weights: satisfaction}),
		answers("nps", survey{volume: 1500, weights: recommending}),
		answers("nps", survey{volume: 150, weights: recommending}),
		answers("ces", survey{volume: 250, lowest: 1, weights: effort}),
		tickets("first_response_time", desk{volume: 2000, median: 5400, ended: "first_response_at", limit: 4 * 3600}, target(4*time.Hour)),
		tickets("resolution_time", desk{volume: 300, median: 86400, ended: "resolved_at"}, nil),
		contracts(1000), contracts(20000),
		{"orders", []collectors.KPI{build(t, "average_order_value", collectors.EntityOrders, nil), build(t, "revenue", collectors.EntityOrders, nil)}, func(rng *rand.Rand, first, last int) facts.Facts {
			return shop{volume: 800, median: 60}.draw(rng, first, last)
		}},
	}
}
