package alarms

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/alerts"
	"github.com/cx-exporter/cx-exporter/collectors"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/stats"
)

const (
	tenDays = 10 * 24        // hours: the last days that spikes are of
	before  = 397*24 + month // hours of history that they look back at, and some
)

// steps are the hours that there may be from an end of a stretch in which spikes
// are counted to the next.
func steps() (all []int) {
	for days := range 31 {
		all = append(all, (days+1)*24)
	}
	return all
}

// rising tells by length whether churn is rising at an hour, and whether it is
// near it: the p-value within thirty times of its limit.
func rising(k collectors.Spiker, c *customers, h int) (on map[string]bool, near bool) {
	on = map[string]bool{}
	for _, s := range k.Spikes(kpi.Span{Hi: hour(h), At: hour(h)}, c) {
		ratio, ok := s.Ratio()
		p, tested := s.PValue()
		on[s.Length] = ok && tested && alerts.Rising(ratio, p)
		near = near || ok && tested && alerts.Rising(ratio, p/30)
	}
	return on, near
}

// sizes are numbers of customers; those that something is promised for come first.
func sizes() []int {
	all := []int{1000, 5000, 500, 2000, 20000}
	if *years < 100 {
		return all[:2]
	}
	slices.Sort(all)
	return all
}

func spiker(t *testing.T) collectors.Spiker {
	t.Helper()
	return build(t, "churn", collectors.EntitySubscriptions, nil).(collectors.Spiker)
}

// Customers who leave at the same rate all the time.
func TestQuietChurn(t *testing.T) {
	t.Parallel()
	var table strings.Builder
	fmt.Fprintf(&table, "\n%9s %7s %14s %14s %10s\n", "customers", "churn", "alerts/year 10d", "alerts/year 30d", "firing")
	for _, n := range []int{1000, 5000, 20000} {
		alerts := quietYears(t, &table, n, leaving(0.03, nil))
		atMost(t, fmt.Sprintf("false alarms about the churn of %d customers", n), alerts, 1)
	}
	t.Log(table.String())
}

// Contracts that all end on one day of the month, or of the week. Each month has
// the day once, but 10 days have one or two of a weekday: what that comes to is told
// and not limited.
func TestQuietChurnOnFixedDays(t *testing.T) {
	t.Parallel()
	monthly := func(day int) func(h int) bool { // the last day where there is no such day
		return func(h int) bool {
			at := hour(h)
			last := time.Date(at.Year(), at.Month()+1, 0, 0, 0, 0, 0, time.UTC).Day()
			return at.Day() == min(day, last)
		}
	}
	var table strings.Builder
	for _, c := range []struct {
		name  string
		on    func(h int) bool
		share float64 // of the hours
		most  float64 // alarms a year; NaN for any number
	}{
		{"the 1st", monthly(1), 12.0 / 365, 1},
		{"the 19th", monthly(19), 12.0 / 365, 1},
		{"the 21st", monthly(21), 12.0 / 365, 1},
		{"the 30th", monthly(30), 12.0 / 365, 1},
		{"the last", monthly(31), 12.0 / 365, 1},
		{"Mondays", func(h int) bool { return ((h%week)+week)%week < 24 }, 1.0 / 7, math.NaN()},
	} {
		for _, n := range long(20000, 1000, 5000) {
			fmt.Fprintf(&table, "\n%-8s", c.name)
			often := -math.Log1p(-0.03) / month / c.share * 24
			alerts := quietYears(t, &table, n, func(h int) float64 {
				if c.on(h) && ((h%24)+24)%24 == 0 { // contracts end at midnight
					return often
				}
				return 0
			})
			if !math.IsNaN(c.most) {
				atMost(t, fmt.Sprintf("false alarms about %d contracts that end on %s", n, c.name), alerts, c.most)
			}
		}
	}
	t.Log(table.String())
}

// quietYears simulates years of customers with one hazard, adds a line to a table
// and returns the number of alarms.
func quietYears(t *testing.T, table *strings.Builder, n int, hazard func(h int) float64) int {
	t.Helper()
	k := spiker(t)
	var lock sync.Mutex
	total := map[string]*fires{"10d": {}, "30d": {}}
	eachYear(*years, uint64(n), func(_ int, rng *rand.Rand) {
		c := newCustomers(rng, n, -before, year, hazard, steps()...)
		of := map[string]*fires{"10d": {}, "30d": {}}
		for h := 0; h < year; {
			on, near := rising(k, c, h)
			then := next(h, tenDays*time.Hour, near)
			for length, f := range of {
				f.look(on[length], then-h)
			}
			h = then
		}
		lock.Lock()
		defer lock.Unlock()
		for length, f := range of {
			total[length].add(*f)
		}
	})
	per := float64(*years)
	fmt.Fprintf(table, "%9d %6g%% %15.3f %15.3f %9.3f%%\n", n, 3.0, float64(total["10d"].alerts)/per, float64(total["30d"].alerts)/per,
		100*float64(total["10d"].firing+total["30d"].firing)/float64(total["10d"].hours))
	return total["10d"].alerts + total["30d"].alerts
}

// Churn that doubles is found about as soon as the numbers allow.
func TestDoubledChurn(t *testing.T) {
	t.Parallel()
	k := spiker(t)
	runs := max(50, *years)
	var table strings.Builder
	fmt.Fprintf(&table, "\n%9s  %-16s | %-26s | %-23s\n", "customers", "from 3 % to", "caught within", "exact power of one look")
	fmt.Fprintf(&table, "%9s  %-16s | %8s %8s %8s | %11s %11s\n", "", "", "10 days", "20 days", "30 days", "10d, day 10", "30d, day 30")
	for _, n := range sizes() {
		for _, to := range long(0.06, 0.045) {
			var lock sync.Mutex
			var days []float64
			eachYear(runs, uint64(n)+uint64(1000*to)<<32, func(i int, rng *rand.Rand) {
				shift := 24 * (i % 7) // the rise begins on any day of the week
				times := math.Log1p(-to) / math.Log1p(-0.03)
				c := newCustomers(rng, n, -before, month+week, leaving(0.03, func(h int) float64 {
					if h >= shift {
						return times
					}
					return 1
				}), steps()...)
				found := math.Inf(1)
				for h := 0; h <= month; h++ {
					if on, _ := rising(k, c, shift+h); on["10d"] || on["30d"] {
						found = float64(h) / 24
						break
					}
				}
				lock.Lock()
				defer lock.Unlock()
				days = append(days, found)
			})
			slices.Sort(days)
			within := func(d float64) float64 {
				i, _ := slices.BinarySearch(days, d+1e-9)
				return float64(i) / float64(runs)
			}
			exact10, exact30 := power(n, 0.03, to, 1), power(n, 0.03, to, 3)
			fmt.Fprintf(&table, "%9d  %4g %% a month   | %7.1f%% %7.1f%% %7.1f%% | %10.1f%% %10.1f%%\n", n, 100*to,
				100*within(10), 100*within(20), 100*within(30), 100*exact10, 100*exact30)
			if n == 1000 && to == 0.06 && within(30) < 0.8 || n == 5000 && to == 0.06 && within(10) < 0.95 {
				t.Errorf("%d customers: doubled churn is found in %.1f %% within 10 days, and in %.1f %% within 30", n, 100*within(10), 100*within(30))
			}
			// More looks find more than the last one, but for chance.
			if slack := 4 * math.Sqrt(0.25/float64(runs)); within(30) < exact30-slack || within(10) < exact10-slack {
				t.Errorf("%d customers, to %g: found less often than one exact look does", n, to)
			}
		}
	}
	t.Log(table.String())
}

// power is the probability that one look finds a change of the churn in 30 days,
// after so many times 10 days of the new rate: the sum over the numbers of
// those who leave before and after, of whom each is binomial.
func power(customers int, from, to float64, steps int) float64 {
	q0, q1 := -math.Expm1(math.Log1p(-from)/3), -math.Expm1(math.Log1p(-to)/3)
	n := customers * steps
	all := customers * 12 * steps
	recent := binomials(n, q1)
	sum := 0.0
	found := n // the least number of those who leave that is found
	for lost, p := range binomials(all, q0) {
		if p < 1e-12 {
			continue
		}
		beyond := func(k int) bool {
			s := collectors.Spike{Recent: stats.Count{N: float64(k), Exposure: float64(n)}, Before: stats.Count{N: float64(lost), Exposure: float64(all)}}
			ratio, ok := s.Ratio()
			p, tested := s.PValue()
			return ok && tested && alerts.Rising(ratio, p)
		}
		if found == n { // of the fewest before
			for found = 0; !beyond(found); found++ {
			}
		}
		for !beyond(found) {
			found++
		}
		for k := found; k <= n; k++ {
			sum += p * recent[k]
		}
	}
	return sum
}

// binomials are the probabilities of each number of n that happen with
// probability q.
func binomials(n int, q float64) []float64 {
	p := make([]float64, n+1)
	of := func(k int) float64 { l, _ := math.Lgamma(float64(k) + 1); return l }
	for k := range p {
		p[k] = math.Exp(of(n) - of(k) - of(n-k) + float64(k)*math.Log(q) + float64(n-k)*math.Log1p(-q))
	}
	return p
}
