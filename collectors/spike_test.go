package collectors

import (
	"fmt"
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
	now := time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)
	date := func(s string) time.Time {
		day, err := time.Parse(time.DateOnly, s)
		if err != nil {
			t.Fatal(err)
		}
		return day
	}
	one := func(who, from string, to ...string) row {
		r := row{roleCustomerID: who, roleStartedAt: date(from)}
		if len(to) > 0 {
			r[roleEndedAt] = date(to[0])
		}
		return r
	}
	const day = 86400 // customer-seconds of one customer
	for name, tt := range map[string]struct {
		p      *Churn
		entity string
		rows   []row
		want   []Spike
	}{
		"thirteen months of history": {
			&Churn{}, EntitySubscriptions,
			[]row{one("a", "2024-11-30"), one("b", "2024-11-30", "2025-11-27"), one("c", "2024-11-30", "2025-12-15"), one("d", "2025-12-20", "2025-12-30")},
			[]Spike{
				{"10d", stats.Count{N: 1, Exposure: 2 * 10 * day}, stats.Count{N: 1, Exposure: 3 * 120 * day}, stats.Count{N: 1, Exposure: 2}, stats.Count{N: 1, Exposure: 36}},
				{"30d", stats.Count{N: 2, Exposure: 2 * 31 * day}, stats.Count{N: 1, Exposure: 3 * 365 * day}, stats.Count{N: 2, Exposure: 2}, stats.Count{N: 1, Exposure: 36}},
			},
		},
		"a year and 11 days of history": {
			&Churn{}, EntitySubscriptions,
			[]row{one("a", "2024-12-21")},
			[]Spike{{"10d", stats.Count{Exposure: 10 * day}, stats.Count{Exposure: 120 * day}, stats.Count{Exposure: 1}, stats.Count{Exposure: 12}}},
		},
		"a year and 10 days of history": {&Churn{}, EntitySubscriptions, []row{one("a", "2024-12-22")}, nil},
		"nobody is ever a customer":     {&Churn{}, EntitySubscriptions, nil, nil},
		"who orders leaves at no certain time": {
			&Churn{}, EntityOrders, []row{{roleCustomerID: "a", roleOrderedAt: date("2024-11-30")}}, nil,
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

// A rise is one by time and by stretches: here twice as many of the time, and as
// many of the stretches, or the other way around.
func TestASpikeIsOneByBothReadings(t *testing.T) {
	t.Parallel()
	once := Spike{
		Recent: stats.Count{N: 20, Exposure: 10}, Before: stats.Count{N: 120, Exposure: 120},
		RecentOnce: stats.Count{N: 20, Exposure: 1}, BeforeOnce: stats.Count{N: 120, Exposure: 6},
	}
	other := Spike{Recent: once.RecentOnce, Before: once.BeforeOnce, RecentOnce: once.Recent, BeforeOnce: once.Before}
	for _, s := range []Spike{once, other} {
		ratio, _ := s.Ratio()
		p, _ := s.PValue()
		if ratio != 1 || p < 0.5 {
			t.Errorf("ratio %v, p-value %v", ratio, p)
		}
	}
}

// TestContractsThatEndOnAFixedDayOfTheMonthAreNoSpike has as many customers as
// ever leave on the same day of every month, or on its last, and asks with the limits
// of the alert around the days on which 10 days, or a month, hold more such days or
// fewer, at midnight and later.
func TestContractsThatEndOnAFixedDayOfTheMonthAreNoSpike(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, day := range []int{1, 16, 19, 21, 28, 30, 31} {
		t.Run(fmt.Sprint(day), func(t *testing.T) {
			t.Parallel()
			ends := func(month int) time.Time { // the last day where the month has no such day
				last := time.Date(2024, time.Month(month+1), 0, 0, 0, 0, 0, berlin)
				return last.AddDate(0, 0, min(day-last.Day(), 0))
			}
			var rows []row
			for i := range 60 {
				rows = append(rows, row{roleCustomerID: fmt.Sprint("stays ", i), roleStartedAt: ends(1)})
			}
			for month := 1; month < 36; month++ { // 40 at any time, who all leave when their month is over
				for i := range 40 {
					rows = append(rows, row{roleCustomerID: fmt.Sprint(month, "/", i), roleStartedAt: ends(month), roleEndedAt: ends(month + 1)})
				}
			}
			k := build(t, &Churn{}, EntitySubscriptions).(Spiker)
			for _, date := range []string{"02-28", "03-01", "03-05", "03-31", "04-30", "05-01", "05-10"} {
				for _, later := range []time.Duration{0, 9 * time.Hour} {
					at, err := time.ParseInLocation(time.DateOnly, "2026-"+date, berlin)
					if err != nil {
						t.Fatal(err)
					}
					at = at.Add(later)
					s := kpi.Span{Hi: at, At: at, Zone: berlin}
					spikes := k.Spikes(s, &table{t: t, rows: rows, declared: k.SpikeNeeds(s)})
					if len(spikes) != 2 {
						t.Fatalf("%d spikes, want 2", len(spikes))
					}
					for _, x := range spikes {
						ratio, _ := x.Ratio()
						if p, _ := x.PValue(); ratio > 1.25 && p < 0.0003 {
							t.Errorf("at %s, %s: ratio %v, p-value %v", at, x.Length, ratio, p)
						}
					}
				}
			}
		})
	}
}
