package demo

import (
	"math"
	"time"
)

// company is the simulation. It goes through its days in order: who comes,
// renews, upgrades, leaves and returns depends on the days before, everything
// else only on who is a customer on the day. Its random numbers belong to the
// day, so a longer history begins with the same days as a shorter one.
type company struct {
	seed   uint64
	size   float64 // active customers aimed at by the time of telling
	plot   plot
	cal    *almanac
	shapes shapes
	desk   desk
	sheet  sheet

	customers     []customer
	subscriptions []subscription
	active        []int   // customers with a running subscription, by index
	due           [][]due // what is to happen on each day
}

// customer is one customer. There is nothing personal to know.
type customer struct {
	signedUp    int64
	country     int
	segment     int
	acquisition int
	plan        int     // the plan last subscribed to
	affinity    float64 // how fond of the company, in standard deviations
	appetite    float64 // how often this customer orders, against the average
	running     int     // subscriptions running
	slot        int     // index in company.active, -1 if not in it
}

// subscription is one subscription from its start to its end, which may lie
// ahead: it is told once it is announced.
type subscription struct {
	customer  int
	plan      int
	started   int64
	dom       int   // day of the month of the start, on which it is renewed,
	clock     int64 // and the second of that day
	announced int64 // when the end became known; 0 while it is not
	ended     int64
	reason    string
	price     float64
}

// due is something that happens on a day: a period of a subscription begins or
// ends, or a customer subscribes.
type due struct {
	kind int
	who  int // the subscription; for subscribing, the customer
	plan int // the plan that follows, or is subscribed to
	at   int64
}

const (
	renewal = iota
	ending
	change    // of plan: the end of one subscription and the start of the next
	subscribe // again, or once more
)

// The plans, from the smallest.
const (
	starter = iota
	pro
	enterprise
)

// The rates of the company, per month of 30.4 days.
const (
	monthDays        = 365.25 / 12
	monthlyLoss      = 0.029 // what growth has to make up for
	initialShare     = 0.45  // of the final size, at the beginning
	upgradeChance    = 0.011
	downgradeChance  = 0.004
	returnChance     = 0.16
	secondChance     = 0.06 // of a second, overlapping subscription
	affinityOnChurn  = 0.45
	averageBaseYears = 1.6
)

// newCompany founds the company: the customers won before the history begins.
func newCompany(seed uint64, size int, s Story, until time.Time) *company {
	cal := newAlmanac(s.Begin, until, aftermathDays)
	c := &company{
		seed: seed, size: float64(size), plot: s.plot(), cal: cal,
		shapes: newShapes(), desk: newDesk(), sheet: newSheet(), due: make([][]due, len(cal.days)),
	}
	r := stream(seed, "founding", 0)
	begin := cal.days[0].start
	for range int(c.size * initialShare) {
		age := math.Min(r.ExpFloat64()*averageBaseYears, 6) * 365 * daySeconds
		who := c.newCustomer(r, begin-int64(age)-hourSeconds)
		c.begin(r, who, c.shapes.plans.pick(r), c.customers[who].signedUp, begin)
	}
	return c
}

// day lives through one day: what is due, then who is new.
func (c *company) day(d int) {
	r := stream(c.seed, "lives", d)
	// What falls due may make more fall due on the same day.
	for i := 0; i < len(c.due[d]); i++ {
		c.happen(r, c.due[d][i])
	}
	c.due[d] = nil
	day := c.cal.days[d]
	for range poisson(r, c.arrivals(d)) {
		at := day.start + c.shapes.evening.second(r)
		who := c.newCustomer(r, at)
		c.begin(r, who, c.shapes.plans.pick(r), at, at)
		if chance(r, secondChance) {
			c.put(due{kind: subscribe, who: who, plan: starter, at: at + int64((20+r.Float64()*180)*daySeconds)})
		}
	}
}

// arrivals is the expected number of new customers on a day: those that growth
// and the usual loss ask for, with the seasons and the story.
func (c *company) arrivals(d int) float64 {
	day := c.cal.days[d]
	noon := day.start + daySeconds/2
	length := float64(c.plot.told-c.plot.begin) / daySeconds
	goal := c.size * (initialShare + (1-initialShare)*c.plot.progress(noon))
	growth := c.size * (1 - initialShare) / length
	rate := goal*monthlyLoss/monthDays + growth
	return rate * c.shapes.businessWeek[day.weekday] * c.shapes.arrivalSeason[day.month] * c.plot.arrivalFactor(noon)
}

// put notes what is due. What lies beyond the almanac is never reached.
func (c *company) put(e due) {
	if d := c.cal.dayOf(e.at); d < len(c.due) {
		c.due[max(d, 0)] = append(c.due[max(d, 0)], e)
	}
}
