package collectors

import (
	"math"
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/stats"
)

// The p-values are sums of exact fractions.
func TestASpikeIsARateAgainstTheOneBefore(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		recent, before stats.Count
		ratio, p       float64 // NaN where there is none
	}{
		"three events at once, and none that was not": {
			stats.Count{N: 3, Exposure: 1}, stats.Count{Exposure: 36}, math.NaN(), 1.9742167295125657e-05,
		},
		"nine events in a tenth of the time that twelve took": {
			stats.Count{N: 9, Exposure: 100}, stats.Count{N: 12, Exposure: 3600}, 27, 1.6837449724077894e-09,
		},
		"a quarter in three of thirty-nine steps": {
			stats.Count{N: 30, Exposure: 3}, stats.Count{N: 120, Exposure: 36}, 3, 1.2124124928138452e-06,
		},
		"as many as ever": {
			stats.Count{N: 4, Exposure: 50}, stats.Count{N: 36, Exposure: 450}, 1, 0.576869346906998,
		},
		"more events of more customers": {
			stats.Count{N: 60, Exposure: 1500}, stats.Count{N: 360, Exposure: 16000}, 16.0 / 9, 7.295713757387012e-05,
		},
		"no events in the last days":  {stats.Count{Exposure: 1}, stats.Count{N: 5, Exposure: 36}, 0, 1},
		"no events at all":            {stats.Count{Exposure: 1}, stats.Count{Exposure: 36}, math.NaN(), 1},
		"nobody is left to be lost":   {stats.Count{}, stats.Count{N: 5, Exposure: 36}, math.NaN(), math.NaN()},
		"nobody was there to be lost": {stats.Count{N: 1, Exposure: 1}, stats.Count{}, math.NaN(), math.NaN()},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := Spike{Recent: tt.recent, Before: tt.before}
			check := func(what string, got float64, ok bool, want float64) {
				if ok == math.IsNaN(want) || ok && math.Abs(got-want) > 1e-12*want {
					t.Errorf("%s: got %v (%v), want %v", what, got, ok, want)
				}
			}
			ratio, ok := s.Ratio()
			check("ratio", ratio, ok, tt.ratio)
			p, ok := s.PValue()
			check("p-value", p, ok, tt.p)
		})
	}
}

func TestSpikesOfChurn(t *testing.T) {
	t.Parallel()
	now := at("03-31")
	ago := func(days int) time.Time { return now.AddDate(0, 0, -days) }
	one := func(who string, from int, to ...int) row {
		r := row{roleCustomerID: who, roleStartedAt: ago(from)}
		if len(to) > 0 {
			r[roleEndedAt] = ago(to[0])
		}
		return r
	}
	const step = 10 * 86400 // customer-seconds of one customer in a step
	for name, tt := range map[string]struct {
		p      *Churn
		entity string
		rows   []row
		want   []Spike
	}{
		"a year and 30 days of history": {
			&Churn{}, EntitySubscriptions,
			[]row{one("a", 400), one("b", 400, 35), one("c", 400, 15), one("d", 12, 2)},
			[]Spike{
				{"10d", stats.Count{N: 1, Exposure: 1 * 2 * step}, stats.Count{N: 2, Exposure: (36 + 34 + 36) * step}},
				{"30d", stats.Count{N: 2, Exposure: (3 + 2 + 1) * step}, stats.Count{N: 1, Exposure: (36 + 36 + 36) * step}},
			},
		},
		"a year and 10 days of history": {
			&Churn{}, EntitySubscriptions, []row{one("a", 371)},
			[]Spike{{"10d", stats.Count{Exposure: step}, stats.Count{Exposure: 36 * step}}},
		},
		"a year of history":         {&Churn{}, EntitySubscriptions, []row{one("a", 370)}, nil},
		"nobody is ever a customer": {&Churn{}, EntitySubscriptions, nil, nil},
		"who orders leaves at no certain time": {
			&Churn{}, EntityOrders, []row{{roleCustomerID: "a", roleOrderedAt: ago(400)}}, nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := build(t, tt.p, tt.entity).(Spiker)
			s := kpi.Span{Hi: now, At: now}
			got := k.Spikes(s, &table{t: t, rows: tt.rows, declared: k.SpikeNeeds(s)})
			if len(got) != len(tt.want) {
				t.Fatalf("got %+v, want %+v", got, tt.want)
			}
			for i := range got {
				if got[i] != tt.want[i] {
					t.Errorf("got %+v, want %+v", got[i], tt.want[i])
				}
			}
		})
	}
}
