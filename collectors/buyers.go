package collectors

import (
	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// buyersOf asks for the customers who ordered in the span, by whether they did
// so again, and with their orders.
func buyersOf(s kpi.Span) *facts.Subjects {
	return &facts.Subjects{
		Subject: roleCustomerID, Start: roleOrderedAt, Weight: roleAmount,
		Points:      []facts.Point{{Lo: s.Lo, Hi: s.Hi}},
		Attribution: []int{0},
		Moments:     []int{0},
	}
}

// buyers are the customers who ordered in a span.
type buyers struct {
	n, again        float64 // with at least one order, and with at least two
	orders, squares float64 // the sum of their numbers of orders and of the squares
}

func foldBuyers(s kpi.Span, f facts.Facts) buyers {
	var b buyers
	f.Patterns(buyersOf(s), func(p facts.Pattern) {
		rows := p.Rows(0)
		if rows == 0 {
			return
		}
		b.n += p.Subjects()
		if rows > 1 {
			b.again += p.Subjects()
		}
		orders, squares := p.Moments(0)
		b.orders += orders
		b.squares += squares
	})
	return b
}
