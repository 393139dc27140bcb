package collectors

import (
	"strings"

	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// money is amounts by currency. Amounts of different currencies are never added
// up.
type money struct {
	time, amount facts.Role
	less         facts.Role // what is taken off each amount; empty for nothing
	currency     bool       // whether the role currency is mapped
}

// of is the amount of a row.
func (m money) of() facts.Expr { return facts.Expr{Role: m.amount, Less: m.less} }

// cube asks for the amounts of the span.
func (m money) cube(s kpi.Span) *facts.Cube {
	of := m.of()
	c := &facts.Cube{
		Time:   m.time,
		Bounds: rows(s),
		Sums: []facts.Sum{
			{Kind: facts.SumCount, Of: of},
			{Kind: facts.SumOf, Of: of},
			{Kind: facts.SumSquare, Of: of},
			{Kind: facts.SumZero, Of: of},
		},
	}
	if m.currency {
		c.Keys = []facts.Key{{Expr: facts.Expr{Role: roleCurrency}}}
	}
	return c
}

// amounts are the rows of one currency that have an amount.
type amounts struct{ n, sum, squares, zero float64 }

// worth are the amounts without those of 0.
func (a amounts) worth() amounts {
	a.n, a.zero = a.n-a.zero, 0
	return a
}

// fold adds up the amounts by currency, and counts the rows without one.
// Currencies are told apart without regard to case. Where the role is not
// mapped there is one, without a name, and it is there without any rows too.
func (m money) fold(s kpi.Span, f facts.Facts) (by map[string]amounts, missing float64) {
	by = m.currencies()
	f.Cells(m.cube(s), s.Lo, s.Hi, func(c facts.Cell) {
		missing += c.N() - c.Sum(0)
		m.add(by, c)
	})
	return by, missing
}

// add adds the amounts of a cell to those of its currency.
func (m money) add(by map[string]amounts, c facts.Cell) {
	if c.Sum(0) == 0 {
		return
	}
	name := ""
	if m.currency {
		name = currencyName(c.Key(0))
	}
	a := by[name]
	a.n += c.Sum(0)
	a.sum += c.Sum(1)
	a.squares += c.Sum(2)
	a.zero += c.Sum(3)
	by[name] = a
}

// currencies holds nothing yet, but the one without a name where the role is not
// mapped.
func (m money) currencies() map[string]amounts {
	if m.currency {
		return map[string]amounts{}
	}
	return map[string]amounts{"": {}}
}

// label is the label of a currency; none where the role is not mapped.
func (m money) label(name string) []kpi.Label { return currencyLabel(m.currency, name) }

func currencyName(text string, null bool) string {
	text = strings.ToUpper(strings.TrimSpace(text))
	if null || text == "" {
		return kpi.NoSegment
	}
	return text
}

// values makes the values of every currency.
func (m money) values(s kpi.Span, f facts.Facts, of func(amounts) []Value) []Value {
	by, _ := m.fold(s, f)
	return byCurrency(by, m.currency, of)
}

// rejected counts the rows without an amount.
func (m money) rejected(s kpi.Span, f facts.Facts) map[string]float64 {
	rejected := map[string]float64{}
	if _, missing := m.fold(s, f); missing > 0 {
		rejected[facts.RejectedNullAmount] = missing
	}
	return rejected
}
