package demo

import (
	"math"
	"math/rand/v2"
	"sort"
)

// The rates of the shop.
const (
	ordersPerMonth  = 0.30 // of one customer
	refundChance    = 0.04
	cancelChance    = 0.02
	abandonedCarts  = 1.7 // for each order on the web
	askedAfterOrder = 0.15
)

// Where the numbers of a day's abandoned carts begin.
const abandonedIDs = 50_000

// shop tells one day's orders and carts.
func (c *company) shop(d int, t *teller) {
	if len(c.active) == 0 {
		return
	}
	r := stream(c.seed, "shop", d)
	day := c.cal.days[d]
	noon := day.start + daySeconds/2
	mean := float64(len(c.active)) * ordersPerMonth / monthDays *
		c.shapes.shopWeek[day.weekday] * c.shapes.shopSeason[day.month]
	if c.plot.dearer(noon) {
		mean *= 0.88
	}
	appetite := c.appetites()
	online := 0
	for i := range poisson(r, mean) {
		who := c.active[appetite.pick(r)]
		if c.order(r, d, i, who, t) {
			online++
		}
	}
	for i := range poisson(r, float64(online)*abandonedCarts) {
		at := day.start + c.shapes.evening.second(r)
		checkout := int64(0)
		if chance(r, 0.3) {
			checkout = at + int64(logNormal(r, 400, 0.7))
		}
		who := c.active[r.IntN(len(c.active))]
		c.cart(r, t.id(d, abandonedIDs+i), who, cents(logNormal(r, 52, 0.8)), at, checkout, 0, t)
	}
}

// appetites are the weights of the active customers.
func (c *company) appetites() weights {
	w := make(weights, len(c.active))
	total := 0.0
	for i, who := range c.active {
		total += c.customers[who].appetite
		w[i] = total
	}
	return w
}

// order tells one order and, if it came over the web, its cart and survey.
func (c *company) order(r *rand.Rand, d, i, who int, t *teller) (online bool) {
	p := &c.customers[who]
	day := c.cal.days[d]
	id := t.id(d, i)
	at := day.start + c.shapes.evening.second(r)
	channels := []string{"web", "app", "phone", "email"}
	channel := channels[sort.SearchFloat64s([]float64{0.6, 0.76, 0.88, 1}, r.Float64())]
	amount := cents(logNormal(r, 44*(1+0.12*c.plot.progress(at)), 0.7) * []float64{1, 1.6, 3.5}[p.plan])
	if c.plot.dearer(at) {
		amount = cents(amount * 1.1)
	}
	if chance(r, 0.003) {
		amount = 0 // a replacement
	}
	cancelled, test := chance(r, cancelChance), chance(r, 0.003)
	var refunded int64
	refund := 0.0
	if chance(r, refundChance*(1+c.plot.sinceOutage(at, 14))) {
		refunded = at + int64((2+23*r.Float64())*daySeconds)
		refund = amount
		if chance(r, 0.4) {
			refund = cents(amount * (0.2 + 0.6*r.Float64()))
		}
	}
	if t.known(at) && t.touched(at, refunded) {
		status, back := "paid", 0.0
		switch {
		case cancelled:
			status = "cancelled"
		case t.known(refunded):
			status, back = "refunded", refund
		}
		t.row(orders, id, int64(who+1), t.text(at), amount, back, c.shapes.currencyOf[p.country],
			c.shapes.regionOf[p.country], channel, status, test)
	}
	if channel != "web" && channel != "app" {
		return false
	}
	checkout := at - int64(logNormal(r, 150, 0.6))
	c.cart(r, t.id(d, i), who, amount, checkout-int64(logNormal(r, 600, 0.8)), checkout, at, t)
	if chance(r, askedAfterOrder) {
		c.ask(r, d, afterOrderIDs+i, question{
			survey: ces, touchpoint: "checkout", who: who, sent: at + hourSeconds/4, rate: 0.26, shift: 0.15,
		}, t)
	}
	return true
}

// cart tells one cart; times are in milliseconds, as the shop's database has it.
func (c *company) cart(r *rand.Rand, id int64, who int, value float64, at, checkout, completed int64, t *teller) {
	device := "desktop"
	if chance(r, 0.55) {
		device = "mobile"
	}
	millis := r.Int64N(1000)
	if !t.known(at) || !t.touched(at, checkout, completed) {
		return
	}
	p := &c.customers[who]
	t.row(carts, id, int64(who+1), t.millis(at, millis), t.millis(checkout, millis), t.millis(completed, millis),
		value, c.shapes.currencyOf[p.country], device)
}

// visits tells one day's visits to the web site, of which the counter keeps a
// sample.
func (c *company) visits(d int, t *teller) {
	r := stream(c.seed, "visits", d)
	day := c.cal.days[d]
	noon := day.start + daySeconds/2
	mean := 50 * c.size / 4000 * (0.7 + 0.5*c.plot.progress(noon)) * c.shapes.shopWeek[day.weekday] * c.shapes.arrivalSeason[day.month]
	for i := range poisson(r, mean) {
		at := day.start + c.shapes.evening.second(r)
		source, mobile, bot := c.shapes.acquisitions.pick(r), chance(r, 0.55), chance(r, 0.04)
		device, rate := "desktop", 0.04
		if mobile {
			device, rate = "mobile", 0.022
		}
		rate *= []float64{1, 1.7, 1.4, 0.6}[source] * c.plot.arrivalFactor(at) * (1 + 0.15*c.plot.improvement(at))
		var converted int64
		if chance(r, rate) && !bot {
			converted = at + int64(math.Min(daySeconds, logNormal(r, 900, 1.1)))
		}
		country := c.shapes.countryOf[c.shapes.countries.pick(r)]
		if !t.known(at) || !t.touched(at, converted) {
			continue
		}
		t.row(visits, t.id(d, i), at, t.unix(converted), c.shapes.acquisitionOf[source], device, country, bot)
	}
}

// spend tells one day's costs: advertising daily, people and goodwill monthly.
// They are booked in the evening.
func (c *company) spend(d int, t *teller) {
	r := stream(c.seed, "spend", d)
	day := c.cal.days[d]
	booked := day.start + 18*hourSeconds
	scale := c.size * (initialShare + (1-initialShare)*c.plot.progress(booked))
	book := func(i int, kind string, amount float64) {
		if t.known(booked) && t.touched(booked) {
			t.row(costs, t.id(d, i), t.date(day), kind, cents(amount), "EUR")
		}
	}
	book(0, "acquisition", logNormal(r, scale*0.11, 0.2)*c.shapes.arrivalSeason[day.month])
	if day.dom == 1 {
		book(1, "service", logNormal(r, scale*4.2, 0.04))
		book(2, "retention", logNormal(r, scale*1.1, 0.1)*(1+c.plot.sinceOutage(booked, 40)))
	}
}
