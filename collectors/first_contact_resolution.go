package collectors

import (
	"strings"

	"github.com/cx-exporter/cx-exporter/internal/calendar"
	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// FirstContactResolution is the share of tickets that one contact settles:
//
//	settled at first contact / tickets
//
// A ticket is settled at first contact if it was resolved with exactly one public
// reply (one_touch) and was not reopened within d of the resolution (no_reopen),
// as far as the collector names agent_replies, and reopened_at or reopen_count;
// or, by the method of call centres, if its customer opened no other ticket
// within d of the resolution (no_repeat_contact).
//
// The tickets are those resolved in the window and at least d before the instant
// of evaluation. Of all that were created or answered instead, a ticket must also
// have been resolved within d of it, so they count once they are 2d old. One
// that was resolved before it was created is a broken import and in none.
//
// Source: the one-touch tickets of fivetran/dbt_zendesk, with the reopening that
// contact centres ask for. Interval: Wilson.
type FirstContactResolution struct {
	Method string   `yaml:"method" enum:"both,one_touch,no_reopen,no_repeat_contact" doc:"what settled at first contact means; default both, which is one_touch and no_reopen as far as their columns are named"`
	Within Duration `yaml:"within" doc:"how long a ticket may come back; younger ones are left out; default 7d"`
	Of     string   `yaml:"of" enum:"resolved,created,answered" doc:"of which tickets it is the share; default resolved"`
}

func newFirstContactResolution() Parameters {
	return &FirstContactResolution{Method: "both", Within: Duration(week), Of: "resolved"}
}

type firstContactResolution struct {
	described
	settled judged
}

// The values of the KPI, as indexes of its stats.
const (
	firstContactRatio = iota
	firstContactTickets
	firstContactSettled
)

// KPI builds the KPI.
func (p *FirstContactResolution) KPI(b Binding) (KPI, error) {
	if err := checkWithin(p.Within); err != nil {
		return nil, err
	}
	k := &firstContactResolution{settled: judged{of: roleResolvedAt, maturity: p.Within, counts: resolved()}}
	words := []string{"resolved"}
	fidelity := kpi.Terminal
	if from, ok := map[string]facts.Role{"created": roleCreatedAt, "answered": roleFirstResponseAt}[p.Of]; ok {
		k.settled = judged{of: from, maturity: 2 * p.Within, hits: []facts.Range{within(between(from, roleResolvedAt), p.Within)}}
		k.settled.counts = []facts.Range{notBackwards(roleCreatedAt, roleResolvedAt)}
		if from != roleCreatedAt {
			k.settled.counts = append(k.settled.counts, forwards(between(roleCreatedAt, from)))
		}
		words[0] += " within " + p.Within.String()
	}
	add := func(r facts.Range, what string) {
		k.settled.hits = append(k.settled.hits, r)
		words = append(words, what)
	}
	counted := b.Has(roleReopenedAt) || b.Has(roleReopenCount)
	if p.Method == "one_touch" || p.Method == "both" && b.Has(roleAgentReplies) {
		add(facts.Range{Of: facts.Expr{Role: roleAgentReplies}, From: 1, To: 1}, "with one reply")
		fidelity = kpi.Restated
	}
	if p.Method == "no_reopen" || p.Method == "both" && (counted || !b.Has(roleAgentReplies)) {
		came, how, known := reopening(b, p.Within)
		add(not(came), "not "+how)
		if known == kpi.Restated {
			fidelity = known
		}
	}
	if p.Method == "no_repeat_contact" {
		again := atMost(between(roleResolvedAt, roleNextContactAt), p.Within.Seconds())
		add(not(again), "no other ticket within "+p.Within.String())
	}
	k.desc = Desc{
		Name:         "first_contact_resolution",
		Title:        "First contact resolution",
		Variant:      strings.Join(words, ", ") + "; of tickets " + p.Of + " at least " + k.settled.maturity.String() + " ago",
		BusinessGoal: goalSupport,
		Fidelity:     b.kept(fidelity),
		Stats: []Stat{
			firstContactRatio: {
				Name: "ratio", Metric: "cx_first_contact_resolution_ratio",
				Help: "Share of tickets settled at first contact, from 0 to 1; which tickets and what settled means is in cx_kpi_info.",
				Unit: kpi.Ratio, Ends: kpi.Between(0, 1), Direction: kpi.HigherIsBetter,
			},
			firstContactTickets: {
				Name: "tickets", Metric: "cx_first_contact_tickets",
				Help: "Tickets of the window that are old enough for what settled at first contact means.",
				Unit: kpi.Count, Ends: kpi.From(0), Direction: kpi.Neutral, Component: true,
			},
			firstContactSettled: {
				Name: "settled", Metric: "cx_first_contact_settled_tickets",
				Help: "Tickets among them that were settled at first contact.",
				Unit: kpi.Count, Ends: kpi.From(0), Direction: kpi.HigherIsBetter, Component: true,
			},
		},
	}
	return k, nil
}

// CheckWindow refuses windows in which no ticket is old enough.
func (k *firstContactResolution) CheckWindow(w calendar.Window) error {
	return tooShort("first_contact_resolution", k.settled.maturity, w)
}

// Needs asks for the tickets that are old enough.
func (k *firstContactResolution) Needs(s kpi.Span) []facts.Need { return k.settled.needs(s) }

// Compute divides the settled tickets by all.
func (k *firstContactResolution) Compute(s kpi.Span, f facts.Facts) []Value {
	p := k.settled.fold(s, f)
	return []Value{
		{Stat: firstContactRatio, Evidence: p},
		{Stat: firstContactTickets, Evidence: exactly(p.N)},
		{Stat: firstContactSettled, Evidence: exactly(p.Hits)},
	}
}

var (
	_ KPI           = (*firstContactResolution)(nil)
	_ WindowChecker = (*firstContactResolution)(nil)
)
