package demo

import (
	"math"
	"time"
)

// Story is what happens to the company, as instants. All of them follow from
// the instant at which the history was told for the first time, so that every
// demo has the same past whenever it is started.
type Story struct {
	// Begin is the first day of the history. Customers who were won before it
	// have subscriptions that began earlier; nothing else is that old.
	Begin time.Time
	// PriceRise is the first day of the month, ten months back, in which new
	// prices took effect: customers of the small plans leave at more than twice
	// the usual rate, and fewer arrive.
	PriceRise time.Time
	// PriceTakenBack is the first day of the month, seven months back, in which
	// the old prices returned and most of the loss stopped.
	PriceTakenBack time.Time
	// Outage is the morning of a Tuesday about four months back on which the
	// product went down: tickets flood in, answers take hours longer, and
	// satisfaction falls.
	Outage time.Time
	// Recovery is when new staff and a better product begin to show; from here
	// to the present things improve a little every week.
	Recovery time.Time
	// Told is the instant for which the history was first written.
	Told time.Time
}

// The distances of the story's events from the instant it is told at.
const (
	priceRiseMonthsAgo      = 10
	priceTakenBackMonthsAgo = 7
	outageDaysAgo           = 120
	recoveryAfterOutageDays = 40
)

// Tell places the story's events relative to an instant.
func Tell(now time.Time, years int) Story {
	zone := companyZone()
	y, m, d := now.In(zone).Date()
	outage := time.Date(y, m, d-outageDaysAgo, 9, 40, 0, 0, zone)
	for outage.Weekday() != time.Tuesday {
		outage = outage.AddDate(0, 0, -1)
	}
	return Story{
		Begin:          time.Date(y-years, m, d, 0, 0, 0, 0, zone),
		PriceRise:      time.Date(y, m-priceRiseMonthsAgo, 1, 0, 0, 0, 0, zone),
		PriceTakenBack: time.Date(y, m-priceTakenBackMonthsAgo, 1, 0, 0, 0, 0, zone),
		Outage:         outage,
		Recovery:       outage.AddDate(0, 0, recoveryAfterOutageDays),
		Told:           now,
	}
}

// plot is the story in seconds, as the simulation asks it.
type plot struct {
	begin, rise, back, outage, recovery, told int64
}

func (s Story) plot() plot {
	return plot{
		begin: s.Begin.Unix(), rise: s.PriceRise.Unix(), back: s.PriceTakenBack.Unix(),
		outage: s.Outage.Unix(), recovery: s.Recovery.Unix(), told: s.Told.Unix(),
	}
}

// progress is 0 at the beginning of the history and 1 when it was told; it goes
// on growing after that.
func (p plot) progress(t int64) float64 {
	return float64(t-p.begin) / float64(p.told-p.begin)
}

// dearer reports whether the risen prices hold.
func (p plot) dearer(t int64) bool { return t >= p.rise && t < p.back }

// improvement rises from 0 at the recovery to 1 at the time of telling.
func (p plot) improvement(t int64) float64 {
	return clamp(float64(t-p.recovery)/float64(p.told-p.recovery), 0, 1)
}

// sinceOutage fades from 1 at the outage to 0, by a factor of e every so many
// days; it is 0 before.
func (p plot) sinceOutage(t int64, days float64) float64 {
	if t < p.outage {
		return 0
	}
	return math.Exp(-float64(t-p.outage) / (days * daySeconds))
}

// mood shifts how customers answer, in standard deviations.
func (p plot) mood(t int64) float64 {
	m := 0.15 * p.improvement(t)
	m -= 0.9 * p.sinceOutage(t, 14)
	switch {
	case p.dearer(t):
		m -= 0.4
	case t >= p.back:
		m -= 0.4 * math.Exp(-float64(t-p.back)/(25*daySeconds))
	}
	return m
}

// churnFactor multiplies the risk that a subscription of a plan is not renewed.
func (p plot) churnFactor(t int64, plan int) float64 {
	f := 1 - 0.15*p.improvement(t)
	f *= 1 + 0.4*p.sinceOutage(t, 25)
	rise := 1.5
	if plan == enterprise {
		rise = 0.4
	}
	switch {
	case p.dearer(t):
		f *= 1 + rise
	case t >= p.back:
		f *= 1 + rise*math.Exp(-float64(t-p.back)/(10*daySeconds))
	}
	return f
}

// arrivalFactor multiplies the rate of new customers and the share of visits
// that convert.
func (p plot) arrivalFactor(t int64) float64 {
	f := 1 - 0.3*p.sinceOutage(t, 10)
	if p.dearer(t) {
		f *= 0.75
	}
	return f
}

// ticketFactor multiplies the number of tickets.
func (p plot) ticketFactor(t int64) float64 {
	f := 1 + 6*p.sinceOutage(t, 3)
	if p.dearer(t) {
		f *= 1.15
	}
	return f * (1 - 0.1*p.improvement(t))
}

// waitFactor multiplies how long customers wait for an answer: there are more
// tickets than people.
func (p plot) waitFactor(t int64) float64 {
	return (1 + 15*p.sinceOutage(t, 10)) * (1 - 0.25*p.improvement(t))
}
