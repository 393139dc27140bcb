package demo

import (
	"math"
	"math/rand/v2"
)

// newCustomer adds a customer without a subscription.
func (c *company) newCustomer(r *rand.Rand, at int64) int {
	s := &c.shapes
	c.customers = append(c.customers, customer{
		signedUp: at, slot: -1,
		country: s.countries.pick(r), segment: s.segments.pick(r), acquisition: s.acquisitions.pick(r),
		affinity: r.NormFloat64(), appetite: math.Exp(0.9 * r.NormFloat64()),
	})
	return len(c.customers) - 1
}

// begin starts a subscription at an instant and decides what comes of its first
// period that ends after the instant `from`.
func (c *company) begin(r *rand.Rand, who, plan int, at, from int64) {
	p := &c.customers[who]
	p.plan = plan
	p.running++
	if p.slot < 0 {
		p.slot = len(c.active)
		c.active = append(c.active, who)
	}
	price := c.shapes.prices[plan]
	if c.plot.dearer(at) && plan != enterprise {
		price *= 1.25
	}
	dom, clock := c.cal.wall(at)
	c.subscriptions = append(c.subscriptions, subscription{
		customer: who, plan: plan, started: at, dom: dom, clock: clock, price: cents(price),
	})
	c.decide(r, len(c.subscriptions)-1, from)
}

// decide settles what happens at the end of the period that runs at an instant:
// the subscription ends, changes its plan or is renewed.
func (c *company) decide(r *rand.Rand, sub int, at int64) {
	s := &c.subscriptions[sub]
	end := c.cal.monthly(s.dom, s.clock, at)
	risk := c.risk(s, end)
	if chance(r, risk) {
		// Most give notice late in the period; a failing payment gives none.
		s.reason, s.ended = c.reason(r, end), end
		s.announced = at + int64(math.Sqrt(r.Float64())*float64(end-at))
		if s.reason == "payment_failed" {
			s.announced = end
		}
		c.put(due{kind: ending, who: sub, at: end})
		return
	}
	up, down := upgradeChance, downgradeChance
	if c.plot.dearer(end) {
		up, down = up/2, down*4
	}
	switch u := r.Float64(); {
	case u < up && s.plan < enterprise:
		c.put(due{kind: change, who: sub, plan: s.plan + 1, at: end})
	case u > 1-down && s.plan > starter:
		c.put(due{kind: change, who: sub, plan: s.plan - 1, at: end})
	default:
		c.put(due{kind: renewal, who: sub, at: end})
	}
}

// risk is the chance that a subscription is not renewed at the end of a period.
func (c *company) risk(s *subscription, end int64) float64 {
	p := &c.customers[s.customer]
	risk := c.shapes.planRisk[s.plan] * math.Exp(-affinityOnChurn*p.affinity)
	switch months := float64(end-s.started) / (monthDays * daySeconds); {
	case months < 3.5:
		risk *= 1.5
	case months > 18:
		risk *= 0.8
	}
	if c.shapes.regionOf[p.country] == "north_america" {
		risk *= 1.25
	}
	return math.Min(0.6, risk*c.plot.churnFactor(end, s.plan))
}

// reason says why a subscription ends.
func (c *company) reason(r *rand.Rand, at int64) string {
	switch {
	case chance(r, 0.18):
		return "payment_failed"
	case c.plot.dearer(at) && chance(r, 0.65):
		return "price"
	case chance(r, 0.6*c.plot.sinceOutage(at, 25)):
		return "service"
	}
	return c.shapes.reasons[r.IntN(len(c.shapes.reasons))]
}

// happen lets something that is due take place.
func (c *company) happen(r *rand.Rand, e due) {
	switch e.kind {
	case renewal:
		c.decide(r, e.who, e.at)
	case change:
		// The next begins before the last ends: the customer is never gone.
		s := &c.subscriptions[e.who]
		s.announced, s.ended, s.reason = e.at, e.at, "plan_change"
		who := s.customer
		c.begin(r, who, e.plan, e.at, e.at)
		c.stop(who)
	case ending:
		who := c.subscriptions[e.who].customer
		c.stop(who)
		if c.customers[who].running == 0 && chance(r, returnChance) {
			days := 3 + 25*r.Float64()
			if chance(r, 0.6) {
				days = 30 + 270*r.Float64()
			}
			c.put(due{kind: subscribe, who: who, plan: c.customers[who].plan, at: e.at + int64(days*daySeconds)})
		}
	case subscribe:
		c.begin(r, e.who, e.plan, e.at, e.at)
	}
}

// stop counts a subscription out and removes a customer without any.
func (c *company) stop(who int) {
	p := &c.customers[who]
	p.running--
	if p.running > 0 {
		return
	}
	last := len(c.active) - 1
	moved := c.active[last]
	c.active[p.slot] = moved
	c.customers[moved].slot = p.slot
	c.active = c.active[:last]
	p.slot = -1
}
