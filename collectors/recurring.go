package collectors

import (
	"fmt"

	"github.com/cx-exporter/cx-exporter/internal/calendar"
	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/stats"
)

// recurring is what customers pay by their subscriptions: the sum of mrr over
// those that are active at an instant. Amounts of different currencies are never
// added up: a customer who pays in two of them counts once in each, as if there
// were two.
type recurring struct {
	currency bool       // whether the role currency is mapped
	trial    facts.Role // when trials end; empty where nothing tells
}

func newRecurring(b Binding) recurring {
	return recurring{currency: b.Has(roleCurrency), trial: trialOf(b)}
}

// checkWindow refuses windows that have no beginning to compare the end with.
func (r recurring) checkWindow(name string, w calendar.Window) error {
	return base{}.checkWindow(name, w)
}

// subjects asks what customers pay at both ends of a span, and who of them was
// one before it.
func (r recurring) subjects(s kpi.Span) *facts.Subjects {
	q := base{weighted: true, trial: r.trial}.subjects(s, true)
	q.Amount = roleMRR
	if r.currency {
		q.Unit = roleCurrency
	}
	q.Amounts = []int{atStart, atEnd}
	q.Pairs = []facts.Pair{{From: atStart, To: atEnd}}
	return q
}

// needs are those of subjects; a span without a beginning has none.
func (r recurring) needs(s kpi.Span) []facts.Need {
	if !s.Bounded() {
		return nil
	}
	return subjects(r.subjects(s))
}

// flow is the amounts of some customers.
type flow struct{ n, sum, squares float64 }

func (f *flow) add(n, sum, squares float64) {
	f.n += n
	f.sum += sum
	f.squares += squares
}

func (f flow) total() stats.Total { return stats.Total{N: f.n, Sum: f.sum, Squares: f.squares} }

// payments is what the customers of one currency pay at both ends of a span. It
// always holds that
//
//	end = start − churned − contraction + expansion + returned + joined
type payments struct {
	start, end             flow    // of customers active there
	left                   float64 // customers at the beginning only
	churned, contraction   flow    // by how much those at the beginning pay less
	expansion              flow    // and more
	joined, returned       flow
	lostProducts, lostLess float64 // Σ a·(loss), and Σ a·(a − loss), a being the amount at the beginning
	lessSquares            float64 // Σ (a − loss)²
	later                  flow    // of the customers at the beginning, at the end
	products               float64 // Σ of their amounts at the beginning times those at the end
}

// fold adds up what customers pay, by currency. Where the role is not mapped
// there is one, without a name, and it is there without any rows too.
//
// Who is at the beginning and pays less at the end is contraction where
// something is left, and churned where nothing is, be it that the customer has
// gone or has nothing but free subscriptions.
func (r recurring) fold(s kpi.Span, f facts.Facts) map[string]*payments {
	by := map[string]*payments{}
	if !r.currency {
		by[""] = &payments{}
	}
	if !s.Bounded() {
		return by
	}
	f.Patterns(r.subjects(s), func(p facts.Pattern) {
		start, end := p.Rows(atStart) > 0, p.Rows(atEnd) > 0
		if !start && !end {
			return
		}
		name := ""
		if r.currency {
			name = currencyName(p.Unit())
		}
		m := by[name]
		if m == nil {
			m = &payments{}
			by[name] = m
		}
		m.add(p, start, end)
	})
	return by
}

// add adds the customers of a pattern, who are active at one end at least.
func (m *payments) add(p facts.Pattern, start, end bool) {
	n := p.Subjects()
	a, aa := p.Amount(0)
	b, bb := p.Amount(1)
	trend, ab := p.Pair(0)
	squares := max(aa-2*ab+bb, 0) // Σ (b − a)²
	if end {
		m.end.add(n, b, bb)
	}
	if !start {
		if p.Rows(everBefore) > 0 {
			m.returned.add(n, b, bb)
		} else {
			m.joined.add(n, b, bb)
		}
		return
	}
	m.start.add(n, a, aa)
	m.later.add(n, b, bb)
	m.products += ab
	if !end {
		m.left += n
	}
	lost := false
	switch {
	case !end, trend == facts.Gone:
		m.churned.add(n, a-b, squares)
		lost = true
	case trend == facts.Fell:
		m.contraction.add(n, a-b, squares)
		lost = true
	case trend == facts.Rose:
		m.expansion.add(n, b-a, squares)
	}
	if lost { // what is left of a is b
		m.lostProducts += aa - ab
		m.lostLess += ab
		m.lessSquares += bb
	} else { // all of it
		m.lostLess += aa
		m.lessSquares += aa
	}
}

// ratio is a sum over the customers at the beginning as a share of what they
// paid then.
func (m *payments) ratio(sum, products, squares float64) stats.RatioOfSums {
	return stats.RatioOfSums{N: m.start.n, X: m.start.sum, Y: sum, XX: m.start.squares, XY: products, YY: squares}
}

// values makes the values of every currency.
func (r recurring) values(s kpi.Span, f facts.Facts, of func(*payments) []Value) []Value {
	return byCurrency(r.fold(s, f), r.currency, of)
}

// variant is what is added up, in words.
func (r recurring) variant(what string) string {
	if r.currency {
		return fmt.Sprintf("%s per customer and currency, by contract", what)
	}
	return fmt.Sprintf("%s per customer, by contract", what)
}
