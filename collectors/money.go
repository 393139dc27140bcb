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
	currency     bool // whether the role currency is mapped
}

// cube asks for the amounts of the span.
func (m money) cube(s kpi.Span) *facts.Cube {
	of := facts.Expr{Role: m.amount}
	c := &facts.Cube{
		Time:   m.time,
		Bounds: rows(s),
		Sums: []facts.Sum{
			{Kind: facts.SumCount, Of: of},
			{Kind: facts.SumOf, Of: of},
			{Kind: facts.SumSquare, Of: of},
		},
	}
	if m.currency {
		c.Keys = []facts.Key{{Expr: facts.Expr{Role: roleCurrency}}}
	}
	return c
}

// amounts are the rows of one currency that have an amount.
type amounts struct{ n, sum, squares float64 }

// fold adds up the amounts by currency, and counts the rows without one.
// Currencies are told apart without regard to case. Where the role is not
// mapped there is one, without a name, and it is there without any rows too.
func (m money) fold(s kpi.Span, f facts.Facts) (by map[string]amounts, missing float64) {
	by = map[string]amounts{}
	if !m.currency {
		by[""] = amounts{}
	}
	f.Cells(m.cube(s), s.Lo, s.Hi, func(c facts.Cell) {
		missing += c.N() - c.Sum(0)
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
		by[name] = a
	})
	return by, missing
}

func currencyName(text string, null bool) string {
	text = strings.ToUpper(strings.TrimSpace(text))
	if null || text == "" {
		return kpi.NoSegment
	}
	return text
}

// values makes the values of every currency, in the order of their names, each
// with the label currency where the role is mapped.
func (m money) values(s kpi.Span, f facts.Facts, of func(amounts) []Value) []Value {
	by, _ := m.fold(s, f)
	var all []Value
	for _, name := range sortedKeys(by) {
		for _, v := range of(by[name]) {
			if m.currency {
				v.Labels = append(v.Labels, kpi.Label{Name: "currency", Value: name})
			}
			all = append(all, v)
		}
	}
	return all
}

// rejected counts the rows without an amount.
func (m money) rejected(s kpi.Span, f facts.Facts) map[string]float64 {
	rejected := map[string]float64{}
	if _, missing := m.fold(s, f); missing > 0 {
		rejected[facts.RejectedNullAmount] = missing
	}
	return rejected
}
