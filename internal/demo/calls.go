package demo

import "math"

// The rates of the telephone.
const (
	callsPerMonth  = 0.22 // of one customer
	hangUpChance   = 0.03 // at once, before anybody could answer
	usualPatience  = 150  // seconds
	usualCall      = 280
	longestCall    = 4 * hourSeconds
	longestQueuing = hourSeconds
)

// calls tells one day's calls. They come in office hours only, and wait where
// the tickets wait.
func (c *company) calls(d int, t *teller) {
	day := c.cal.days[d]
	if !day.isOpen() {
		return
	}
	r := stream(c.seed, "calls", d)
	noon := day.start + daySeconds/2
	mean := float64(len(c.active)) * callsPerMonth / monthDays * c.shapes.businessWeek[day.weekday] *
		math.Sqrt(c.plot.ticketFactor(noon))
	queues, queueOf := cumulate(45, 35, 20), []string{"care", "billing", "platform"}
	for i := range poisson(r, mean) {
		who := c.active[r.IntN(len(c.active))]
		offered := day.start + c.shapes.office.second(r)
		wait := math.Min(longestQueuing, logNormal(r, 12*math.Sqrt(c.plot.waitFactor(offered)), 1.2))
		patience := logNormal(r, usualPatience, 0.8)
		if chance(r, hangUpChance) {
			patience = 1 + 4*r.Float64()
		}
		handled := int64(math.Min(longestCall, logNormal(r, usualCall, 0.7)))
		queue := queueOf[queues.pick(r)]
		answered, abandoned := offered+int64(wait), int64(0)
		if patience < wait {
			answered, abandoned = 0, offered+int64(patience)
		}
		if !t.known(offered) || !t.touched(offered, answered, abandoned, answered+handled) {
			continue
		}
		var handle any
		if answered != 0 && t.known(answered+handled) {
			handle = handled
		}
		t.row(contacts, t.id(d, i), int64(who+1), t.unix(offered), t.unix(answered), t.unix(abandoned), handle, queue)
	}
}

// pulse tells what employees answer on one day: whether they would recommend the
// company as a place to work, and how they are. They feel what customers feel,
// only less.
func (c *company) pulse(d int, t *teller) {
	day := c.cal.days[d]
	if !day.isOpen() || !t.touched(day.close) {
		return
	}
	r := stream(c.seed, "pulse", d)
	recommend := cumulate(1, 1, 1, 2, 3, 6, 8, 16, 24, 21, 17) // 0 to 10
	feeling := cumulate(3, 6, 18, 46, 27)                      // 1 to 5
	divisions, divisionOf := cumulate(40, 25, 20, 15), []string{"support", "product", "sales", "operations"}
	for i := range poisson(r, 5) {
		division := divisions.pick(r)
		shift := 0.5 * c.plot.mood(day.close)
		if division == 0 {
			shift *= 1.6 // who has to explain it
		}
		question, score := "pulse", 1+feeling.answer(r, shift)
		if chance(r, 0.4) {
			question, score = "recommend", recommend.answer(r, shift)
		}
		t.row(pulses, t.id(d, i), question, divisionOf[division], int64(score), t.date(day))
	}
}
