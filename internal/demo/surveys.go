package demo

import (
	"math"
	"math/rand/v2"
)

// The surveys.
const (
	nps = iota
	csat
	ces
	psat
)

// Where the numbers of a day's invitations begin, by what they follow.
const (
	relationIDs    = 0
	afterTicketIDs = 30_000
	featureIDs     = 60_000
	afterOrderIDs  = 70_000
)

// Customers are asked once a quarter, and once a month after they have come.
const (
	quarterWorkingDays = 65
	onboardingDays     = 30
)

// sheet holds the surveys' names and the distributions of their scores.
type sheet struct {
	name   []string
	scores []weights
	lowest []int
}

func newSheet() sheet {
	return sheet{
		name: []string{"nps", "csat", "ces", "psat"},
		scores: []weights{
			cumulate(1.5, 0.6, 1, 1.4, 1.9, 5, 6.8, 11.8, 16.5, 22.5, 31), // 0 to 10
			cumulate(3, 3.5, 6.5, 27, 60),                                 // 1 to 5
			cumulate(2, 3, 5, 9, 20, 31, 30),                              // 1 to 7, agreement
			cumulate(14, 26, 60),                                          // 1 to 3: sad, neutral, happy
		},
		lowest: []int{0, 1, 1, 1},
	}
}

// question is one invitation to a survey, before it is known what comes of it.
type question struct {
	survey     int
	touchpoint string
	who        int
	ticket     int64 // 0 for none
	team       any
	sent       int64
	rate       float64 // share that answers, at the beginning of the history
	shift      float64 // how much better than usual the answer is
}

// relations tells one day's invitations of the relationship survey.
func (c *company) relations(d int, t *teller) {
	r := stream(c.seed, "relations", d)
	day := c.cal.days[d]
	if !day.isOpen() {
		return
	}
	n := 0
	for _, who := range c.active {
		q := question{survey: nps, touchpoint: "quarterly", who: who, rate: 0.46}
		switch {
		case c.cal.dayOf(c.customers[who].signedUp) > 0 && d-c.cal.dayOf(c.customers[who].signedUp) == onboardingDays:
			q.touchpoint, q.rate, q.shift = "onboarding", 0.55, 0.1
		case (day.working+7*who)%quarterWorkingDays != 0:
			continue
		}
		q.sent = day.open + hourSeconds + r.Int64N(2*hourSeconds)
		c.ask(r, d, relationIDs+n, q, t)
		n++
	}
}

// features tells one day's questions about features of the product, which a few
// who use them are asked.
func (c *company) features(d int, t *teller) {
	r := stream(c.seed, "features", d)
	day := c.cal.days[d]
	names, shifts := []string{"reports", "billing_page", "mobile_app", "search"}, []float64{0.1, -0.15, -0.3, 0.2}
	for i := range poisson(r, float64(len(c.active))*0.1/monthDays) {
		who, feature := c.active[r.IntN(len(c.active))], r.IntN(len(names))
		q := question{
			survey: psat, touchpoint: names[feature], who: who, rate: 0.35, shift: shifts[feature],
			sent: day.start + c.shapes.mail.second(r),
		}
		c.ask(r, d, featureIDs+i, q, t)
	}
}

// ask tells an invitation and the answer to it.
func (c *company) ask(r *rand.Rand, d, i int, q question, t *teller) {
	p := &c.customers[q.who]
	bounced := chance(r, 0.015)
	// People grow tired of surveys: a seventh less by now.
	rate := q.rate * (1 - 0.14*clamp(c.plot.progress(q.sent), 0, 1))
	var answered int64
	if chance(r, rate) && !bounced {
		answered = q.sent + int64(math.Min(20*daySeconds, logNormal(r, 7*hourSeconds, 1.3)))
	}
	score := c.score(r, q, answered)
	tag := c.tag(r, score, answered)
	id := t.id(d, i)
	if !t.known(q.sent) || !t.touched(q.sent, answered) {
		return
	}
	region := c.shapes.regionOf[p.country]
	t.row(invitations, id, int64(q.who+1), c.sheet.name[q.survey], q.touchpoint, region,
		t.text(q.sent), t.text(answered), bounced)
	if t.known(answered) {
		t.row(responses, id, id, int64(q.who+1), orNull(q.ticket), c.sheet.name[q.survey], q.touchpoint,
			region, c.shapes.planOf[p.plan], q.team, score, tag, t.text(answered))
	}
}

// tag is what an answer is about, by who read its comment; most have none. What
// hurts is named more often.
func (c *company) tag(r *rand.Rand, score any, at int64) any {
	themes := cumulate(14, 22, 18, 16, 30)
	themeOf := []string{"price", "support", "reliability", "usability", "features"}
	worst, isNumber := score.(int64)
	said, theme := chance(r, 0.35), themes.pick(r)
	if c.plot.dearer(at) && chance(r, 0.5) {
		theme = 0
	}
	if chance(r, 0.8*c.plot.sinceOutage(at, 20)) {
		theme = 2
	}
	if !isNumber || worst > 3 && !said {
		return nil
	}
	return themeOf[theme]
}

// score draws the answer. A few are what surveys are full of: 99 for "rather
// not say", and nothing at all.
func (c *company) score(r *rand.Rand, q question, at int64) any {
	p := &c.customers[q.who]
	shift := q.shift + c.plot.mood(at) + 0.4*p.affinity
	if c.shapes.regionOf[p.country] == "north_america" {
		shift += 0.15
	}
	if p.plan == starter {
		shift -= 0.05
	}
	v := c.sheet.lowest[q.survey] + c.sheet.scores[q.survey].answer(r, shift)
	switch u := r.Float64(); {
	case u < 0.003:
		return nil
	case u < 0.006:
		return int64(99)
	}
	return int64(v)
}

// orNull turns the number 0 into NULL.
func orNull(id int64) any {
	if id == 0 {
		return nil
	}
	return id
}
