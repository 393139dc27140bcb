package alarms

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/cx-exporter/cx-exporter/collectors"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// The simulated company is as large and as good as it says.
func TestTheCompanyIsWhatItSays(t *testing.T) {
	t.Parallel()
	const hours = 48 * week
	whole := kpi.Span{Lo: hour(0), Hi: hour(hours), At: hour(hours)}
	// The mean of a lognormal is its median times exp(σ²/2); forgotten tickets make
	// it a tenth longer, and the weekend, with 0.66 of 5.66 of all, half of that share.
	const longer = 1.1 * (1 + 0.66/5.66/2)
	want := []float64{0.8, 0.8, 0.8, 30, 30, 5.27, 5400 * 2.0544 * longer, 86400 * 2.0544 * longer, 0, 0, 60 * 1.4993}
	for i, s := range company(t, hours) {
		if want[i] == 0 {
			continue
		}
		e := s.kpis[0].Compute(whole, s.draw(rand.New(rand.NewPCG(3, uint64(i))), 0, hours))[0].Evidence
		lower, upper, ok := e.Interval(0.999)
		if v, _ := e.Value(); !ok || want[i] < lower || want[i] > upper {
			t.Errorf("%s is %v (%v to %v), want %v", s.name, v, lower, upper, want[i])
		}
	}
	churn := build(t, "churn", collectors.EntitySubscriptions, nil)
	c := newCustomers(rand.New(rand.NewPCG(3, 3)), 20000, 0, hours, leaving(0.03, nil), 4*week)
	lost, active := 0.0, 0.0
	for i := range 44 {
		from, to := hour(i*week), hour((i+4)*week)
		values := churn.Compute(kpi.Span{Lo: from, Hi: to, At: to}, c)
		n, _ := values[1].Evidence.Value()
		gone, _ := values[2].Evidence.Value()
		active, lost = active+n, lost+gone
	}
	if got, want := lost/active, 1-math.Pow(0.97, 28.0/30); math.Abs(got-want) > 0.02*want {
		t.Errorf("churn over 28 days is %v, want %v", got, want)
	}
	if got := active / 44; math.Abs(got-20000) > 1000 {
		t.Errorf("there are %v customers, want 20,000", got)
	}
}

// Who is lost within seven hours is lost in one of them.
func TestWhoIsLostIsLostAtSomeTime(t *testing.T) {
	t.Parallel()
	const hours, w = 100, 7
	c := newCustomers(rand.New(rand.NewPCG(4, 4)), 50, 0, hours, func(int) float64 { return 0.02 }, w, 1)
	// New customers may be lost too, but were not there at the beginning.
	for h := range hours - w {
		most := int32(0)
		for i := range w {
			most += c.lost[1][h+i]
		}
		if n := c.lost[w][h]; n < c.lost[1][h] || n > most || n > c.active[h] {
			t.Errorf("hour %d: %d of %d are lost, %d in the first hour and %d in all", h, n, c.active[h], c.lost[1][h], most)
		}
	}
}
