package formula

import (
	"fmt"
	"strings"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// Quantity is what a part of an expression is measured in: powers of money,
// seconds and points, and what is left where they are all zero.
type Quantity struct {
	currency, seconds, score int
	sort                     sort
	// any is a zero that somebody wrote, which is of every unit.
	any bool
}

// sort tells numbers without a dimension apart.
type sort int

const (
	bare  sort = iota // a number that somebody wrote
	share             // a ratio
	rate              // things per thing: tickets per customer; a ratio as well as a count
	count             // things
)

// Of is the quantity of a value by its unit.
func Of(u kpi.Unit) Quantity {
	switch u {
	case kpi.Currency:
		return Quantity{currency: 1}
	case kpi.Seconds:
		return Quantity{seconds: 1}
	case kpi.Score:
		return Quantity{score: 1}
	case kpi.Ratio:
		return Quantity{sort: share}
	}
	return Quantity{sort: count}
}

// Is reports whether a value of this quantity may be published in a unit.
func (q Quantity) Is(u kpi.Unit) bool {
	if q.dimensionless() {
		return q.sort == bare || u == kpi.Ratio && q.sort != count || u == kpi.Count && q.sort != share
	}
	return q.same(Of(u))
}

// String says what it is, for messages.
func (q Quantity) String() string {
	if q.dimensionless() {
		return [...]string{bare: "a number", share: "a ratio", rate: "things per thing", count: "a count"}[q.sort]
	}
	var over, under []string
	for _, d := range []struct {
		name  string
		power int
	}{{"currency", q.currency}, {"seconds", q.seconds}, {"score", q.score}} {
		for range d.power {
			over = append(over, d.name)
		}
		for range -d.power {
			under = append(under, d.name)
		}
	}
	text := strings.Join(over, " times ")
	if len(under) > 0 {
		text = strings.TrimPrefix(text+" per "+strings.Join(under, " and "), " ")
	}
	return text
}

func (q Quantity) dimensionless() bool { return q.currency == 0 && q.seconds == 0 && q.score == 0 }

// bears reports whether a plain number may be added: not to money and times, of
// which it does not say the currency or the unit.
func (q Quantity) bears() bool { return q.currency == 0 && q.seconds == 0 }

// same compares the dimensions.
func (q Quantity) same(o Quantity) bool {
	return q.currency == o.currency && q.seconds == o.seconds && q.score == o.score
}

// sum is the quantity of two that are added or compared; ok is false where that
// is nonsense.
func (q Quantity) sum(o Quantity) (Quantity, bool) {
	switch {
	case o.any, o == Quantity{} && q.bears():
		return q, true
	case q.any, q == Quantity{} && o.bears():
		return o, true
	case !q.same(o):
		return Quantity{}, false
	case !q.dimensionless() || q.sort == o.sort, o.sort == rate:
		return q, true
	case q.sort == rate:
		return o, true
	}
	return Quantity{}, false
}

// product is the quantity of two that are multiplied or, with a sign of -1,
// divided.
func (q Quantity) product(o Quantity, sign int) Quantity {
	out := Quantity{
		currency: q.currency + sign*o.currency, seconds: q.seconds + sign*o.seconds, score: q.score + sign*o.score,
		sort: max(q.sort, o.sort),
	}
	if sign < 0 {
		switch {
		case q.sort == count && o.sort == count:
			out.sort = rate
		case q.sort < count && o.sort == count:
			out.sort = max(q.sort, share)
		}
	}
	if out.dimensionless() && !q.dimensionless() {
		// Money by money: a share, unless things were counted on the way.
		if out.sort != bare {
			out.sort = rate
		} else {
			out.sort = share
		}
	}
	return out
}

// Quantity is what the expression is measured in, given that of each of its
// references in their order. The error is an *Error: nonsense such as seconds
// added to a ratio.
func (e *Expression) Quantity(of []Quantity) (Quantity, error) { return e.root.quantity(of) }

func (c constant) quantity([]Quantity) (Quantity, error) {
	switch c.unit {
	case "currency":
		return Of(kpi.Currency), nil
	case "seconds":
		return Of(kpi.Seconds), nil
	}
	return Quantity{any: c.v == 0}, nil
}

func (x value) quantity(of []Quantity) (Quantity, error) { return of[x.reference], nil }

func (n negative) quantity(of []Quantity) (Quantity, error) { return n.of.quantity(of) }

func (o operation) quantity(of []Quantity) (Quantity, error) {
	a, err := o.left.quantity(of)
	if err != nil {
		return Quantity{}, err
	}
	b, err := o.right.quantity(of)
	if err != nil {
		return Quantity{}, err
	}
	switch o.operator {
	case '*':
		return a.product(b, 1), nil
	case '/':
		return a.product(b, -1), nil
	}
	return agree(a, b, o.from, o.to, map[byte]string{'+': "added to", '-': "less"}[o.operator])
}

// agree is the quantity of two that must be of one kind.
func agree(a, b Quantity, from, to int, verb string) (Quantity, error) {
	q, ok := a.sum(b)
	switch bare := (Quantity{}); {
	case !ok && (a == bare || b == bare):
		return q, &Error{from, to, fmt.Sprintf("%s %s %s means nothing: write currency(40) or seconds(3600) for an amount", a, verb, b)}
	case !ok:
		return q, &Error{from, to, fmt.Sprintf("%s %s %s means nothing: both sides must be of one unit", a, verb, b)}
	}
	return q, nil
}

func (f function) quantity(of []Quantity) (q Quantity, err error) {
	for i, x := range f.of {
		own, err := x.quantity(of)
		if err != nil {
			return q, err
		}
		if i == 0 {
			q = own
			continue
		}
		if q, err = agree(q, own, f.from, f.to, "beside"); err != nil {
			return q, err
		}
	}
	return q, nil
}

func (c choice) quantity(of []Quantity) (Quantity, error) {
	if err := c.condition.check(of); err != nil {
		return Quantity{}, err
	}
	yes, err := c.yes.quantity(of)
	if err != nil {
		return Quantity{}, err
	}
	no, err := c.no.quantity(of)
	if err != nil {
		return Quantity{}, err
	}
	q, ok := yes.sum(no)
	if !ok {
		return q, &Error{Problem: fmt.Sprintf("the choice is between %s and %s: both must be of one unit", yes, no)}
	}
	return q, nil
}

func (c comparison) check(of []Quantity) error {
	a, err := c.left.quantity(of)
	if err != nil {
		return err
	}
	b, err := c.right.quantity(of)
	if err != nil {
		return err
	}
	_, err = agree(a, b, c.from, c.to, "compared with")
	return err
}

func (b both) check(of []Quantity) error {
	if err := b.left.check(of); err != nil {
		return err
	}
	return b.right.check(of)
}

func (o opposite) check(of []Quantity) error { return o.of.check(of) }
