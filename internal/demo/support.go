package demo

import (
	"math"
	"math/rand/v2"
)

// desk holds the constants of the help desk, indexed by channel and topic.
type desk struct {
	openChannels, closedChannels weights
	channelOf                    []string
	topics, outageTopics         weights
	dearTopics                   weights
	topicOf, teamOf              []string
	priorities, outagePriorities weights
	priorityOf                   []string
	urgency                      []float64 // how much longer a priority waits
	firstMinutes, solveMinutes   []float64 // medians by channel, in office time
	firstHours, solveHours       []float64 // what is promised by priority, in office time
}

const (
	chat = iota
	phone
	mailbox
	webForm
)

func newDesk() desk {
	return desk{
		openChannels:     cumulate(28, 20, 34, 18),
		closedChannels:   cumulate(0, 0, 60, 40),
		channelOf:        []string{"chat", "phone", "email", "web"},
		topics:           cumulate(24, 36, 16, 24),
		outageTopics:     cumulate(6, 82, 6, 6),
		dearTopics:       cumulate(45, 26, 13, 16),
		topicOf:          []string{"billing", "technical", "account", "how_to"},
		teamOf:           []string{"billing", "platform", "care", "care"},
		priorities:       cumulate(22, 58, 15, 5),
		outagePriorities: cumulate(5, 35, 38, 22),
		priorityOf:       []string{"low", "normal", "high", "urgent"},
		urgency:          []float64{1.7, 1, 0.6, 0.35},
		firstMinutes:     []float64{2.5, 0.8, 80, 95},
		solveMinutes:     []float64{16, 10, 330, 380},
		firstHours:       []float64{16, 8, 4, 1},
		solveHours:       []float64{80, 40, 16, 8},
	}
}

// The rates of the help desk.
const (
	ticketsPerMonth  = 0.26 // of one customer
	reopenChance     = 0.07
	forgottenChance  = 0.002  // never answered, and closed
	forgottenDays    = 45     // by the machine after this
	confusedChance   = 0.0008 // resolved before it was created, by a broken import
	longestWait      = 60 * hourSeconds
	longestSolve     = 180 * hourSeconds
	repliedAgain     = 0.36
	askedAfterTicket = 0.8
	askedForEffort   = 0.35 // of those: CES instead of CSAT
)

// support tells one day's tickets, with what became of them later, and the
// surveys that follow.
func (c *company) support(d int, t *teller) {
	r := stream(c.seed, "support", d)
	day := c.cal.days[d]
	noon := day.start + daySeconds/2
	mean := float64(len(c.active)) * ticketsPerMonth / monthDays *
		c.shapes.ticketWeek[day.weekday] * c.shapes.ticketSeason[day.month] * c.plot.ticketFactor(noon)
	for i := range poisson(r, mean) {
		who := c.active[r.IntN(len(c.active))]
		c.ticket(r, d, i, who, t)
	}
}

// ticket tells one ticket.
func (c *company) ticket(r *rand.Rand, d, i, who int, t *teller) {
	k := &c.desk
	day := c.cal.days[d]
	channel := k.closedChannels.pick(r)
	shape := c.shapes.mail
	if day.isOpen() {
		if channel = k.openChannels.pick(r); channel <= phone {
			shape = c.shapes.office
		}
	}
	created := day.start + shape.second(r)
	if o := c.plot.outage; o > created && o-day.start < daySeconds && o >= day.start && chance(r, 0.85) {
		created = o + r.Int64N(day.start+daySeconds-o) // the flood begins with the outage
	}

	topics, priorities := k.topics, k.priorities
	switch {
	case chance(r, 0.9*c.plot.sinceOutage(created, 5)):
		topics, priorities = k.outageTopics, k.outagePriorities
	case c.plot.dearer(created):
		topics = k.dearTopics
	}
	topic, priority := topics.pick(r), priorities.pick(r)

	wait := c.plot.waitFactor(created)
	if channel <= phone {
		wait = math.Sqrt(wait)
	}
	usual := 60 * k.firstMinutes[channel] * k.urgency[priority]
	first := math.Min(longestWait, logNormal(r, usual*wait, 0.85))
	answered := c.cal.working(created, first)
	median := 60 * k.solveMinutes[channel] * math.Sqrt(wait) * (0.5 + 0.5*k.urgency[priority])
	if k.topicOf[topic] == "technical" {
		median *= 1.6
	}
	resolved := c.cal.working(answered, math.Min(longestSolve, logNormal(r, median, 1.1)))
	var reopened, again int64
	if chance(r, reopenChance) {
		reopened = resolved + int64(math.Min(10, logNormal(r, 1.2, 0.8))*daySeconds)
		again = c.cal.working(reopened, math.Min(longestSolve/4, logNormal(r, median, 0.9)))
	}
	forgotten, confused := chance(r, forgottenChance), chance(r, confusedChance)
	asked, effort := chance(r, askedAfterTicket), chance(r, askedForEffort)
	replies := 1
	for replies < 9 && chance(r, repliedAgain) {
		replies++
	}
	id := t.id(d, i)
	switch {
	case forgotten:
		answered, resolved, reopened, again = 0, created+forgottenDays*daySeconds, 0, 0
	case confused:
		resolved, reopened, again = created-int64(r.Float64()*5*hourSeconds)-60, 0, 0
	}

	if t.touched(created, answered, resolved, reopened, again) && t.known(created) {
		status, last, count, replied := "new", resolved, 0, 0
		if t.known(answered) {
			status, replied = "open", 1
		}
		if t.known(resolved) {
			status = "solved"
			if answered != 0 {
				replied = replies
			}
		}
		if t.known(reopened) {
			status, count = "open", 1
		}
		if t.known(again) {
			status, last, replied = "solved", again, replies+1
		}
		t.row(tickets, id, int64(who+1), t.text(created), t.text(answered), t.text(resolved), t.text(last),
			t.text(reopened), int64(count), int64(replied),
			t.ahead(created, c.cal.working(created, k.firstHours[priority]*hourSeconds)),
			t.ahead(created, c.cal.working(created, k.solveHours[priority]*hourSeconds)), k.teamOf[topic], k.channelOf[channel], k.topicOf[topic], k.priorityOf[priority], status)
	}
	if forgotten || confused || !asked {
		return
	}
	q := question{
		survey: csat, touchpoint: "support_" + k.channelOf[channel], who: who, ticket: id,
		team: k.teamOf[topic], sent: resolved + hourSeconds, rate: 0.4,
		// The longer the wait against what is usual, the worse.
		shift: -0.3 * math.Log(first/usual) / (1 + math.Abs(math.Log(first/usual))/4),
	}
	if effort {
		q.survey = ces
	}
	if reopened > 0 {
		q.shift -= 0.4
	}
	c.ask(r, d, afterTicketIDs+i, q, t)
}
