package collectors

import (
	"fmt"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/calendar"
	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/stats"
)

// CartAbandonment is the share of carts that are not bought:
//
//	1 − completed / carts
//
// over the carts of the window that are older than the delay, after which a cart
// that is not completed counts as abandoned. A cart that is completed later is
// completed from then on: recovered carts improve the past. Of checkouts, only
// the carts that reached the checkout count, by the time when they did.
//
// What the abandoned carts hold is beside it, for each currency by itself.
//
// Source: the shopping cart abandonment rate of the Baymard Institute; Shopify
// counts checkouts. Interval: Wilson for the share, compound Poisson for the
// value.
type CartAbandonment struct {
	Delay Duration `yaml:"delay" doc:"how long a cart may stay open before it counts as abandoned; younger ones are left out; default 1d"`
	Of    string   `yaml:"of" enum:"carts,checkouts" doc:"carts are all, by created_at; checkouts are those that reached it, by reached_checkout_at; default carts"`
}

// The values of the parameter of.
const (
	ofCarts     = "carts"
	ofCheckouts = "checkouts"
)

func newCartAbandonment() Parameters {
	return &CartAbandonment{Delay: Duration(day), Of: ofCarts}
}

type cartAbandonment struct {
	described
	money money // of what is in the carts; amount is empty where nothing tells
	delay Duration
}

// The values of the KPI, as indexes of its stats.
const (
	abandonmentRatio = iota
	abandonmentCarts
	abandonmentValue // only where the role value is mapped
)

// KPI builds the KPI.
func (p *CartAbandonment) KPI(b Binding) (KPI, error) {
	k := &cartAbandonment{delay: p.Delay, money: money{time: roleCreatedAt}}
	switch {
	case p.Delay <= 0 || p.Delay > maxMaturity:
		return nil, wrong("delay", "%s must be above 0 and at most %s: say after how long a cart counts as abandoned, such as 1d", p.Delay, maxMaturity)
	case p.Of == ofCheckouts && !b.Has(roleReachedCheckout):
		return nil, wrong("of", "checkouts need the column of when a cart reached the checkout: name reached_checkout_at under columns, or use carts")
	case p.Of == ofCheckouts:
		k.money.time = roleReachedCheckout
	case p.Of != ofCarts:
		return nil, wrong("of", "%q is neither carts nor checkouts", p.Of)
	}
	k.desc = Desc{
		Name:         "cart_abandonment",
		Title:        "Cart abandonment",
		Variant:      fmt.Sprintf("%s older than %s and not completed, by %s", p.Of, p.Delay, k.money.time),
		BusinessGoal: goalRevenue,
		Fidelity:     kpi.Exact,
		Stats: []Stat{
			abandonmentRatio: {
				Name: "ratio", Metric: "cx_cart_abandonment_ratio",
				Help: "Share of the carts older than the delay that are not completed, from 0 to 1: 1 - completed / carts.",
				Unit: kpi.Ratio, Ends: kpi.Between(0, 1), Direction: kpi.LowerIsBetter,
			},
			abandonmentCarts: {
				Name: "carts", Metric: "cx_carts",
				Help: "Carts in the window that are older than the delay.",
				Unit: kpi.Count, Ends: kpi.From(0), Direction: kpi.Neutral, Component: true,
			},
		},
	}
	if b.Has(roleValue) {
		k.money.amount, k.money.currency = roleValue, b.Has(roleCurrency)
		k.desc.Stats = append(k.desc.Stats, Stat{
			Name: "value", Metric: "cx_abandoned_cart_value",
			Help: "Sum of the values of the abandoned carts, in units of the currency.",
			Unit: kpi.Currency, Direction: kpi.LowerIsBetter, Labels: k.money.labels(),
		})
	}
	return k, nil
}

// CheckWindow refuses windows in which no cart is old enough.
func (k *cartAbandonment) CheckWindow(w calendar.Window) error {
	return tooShort("cart_abandonment", k.delay, w)
}

// cube asks for the carts that are old enough. It is nil where none can be.
func (k *cartAbandonment) cube(s kpi.Span) *facts.Cube {
	lo, hi, ok := matured(s, k.delay)
	if !ok {
		return nil
	}
	c := &facts.Cube{Time: k.money.time}
	if k.money.amount != "" {
		c = k.money.cube(s)
	}
	c.Bounds = []time.Time{lo, hi}
	c.Outcomes = []facts.Outcome{{Role: roleCompletedAt, Bounds: []time.Time{s.At}}}
	return c
}

// Needs asks for the carts.
func (k *cartAbandonment) Needs(s kpi.Span) []facts.Need {
	if c := k.cube(s); c != nil {
		return cubes(c)
	}
	return nil
}

// fold counts the carts, and adds up what is in the abandoned ones by currency.
// Those of which nothing tells what is in them are missing there.
func (k *cartAbandonment) fold(s kpi.Span, f facts.Facts) (p stats.Proportion, by map[string]amounts, missing float64) {
	by = k.money.currencies()
	c := k.cube(s)
	if c == nil {
		return p, by, 0
	}
	f.Cells(c, c.Bounds[0], c.Bounds[1], func(cell facts.Cell) {
		p.N += cell.N()
		if cell.Before(0, s.At) {
			return
		}
		p.Hits += cell.N()
		if k.money.amount != "" {
			missing += cell.N() - cell.Sum(0)
			k.money.add(by, cell)
		}
	})
	return p, by, missing
}

// Compute divides the carts that were not completed by all, and adds up what is
// in them.
func (k *cartAbandonment) Compute(s kpi.Span, f facts.Facts) []Value {
	p, by, _ := k.fold(s, f)
	values := []Value{
		{Stat: abandonmentRatio, Evidence: p},
		{Stat: abandonmentCarts, Evidence: exactly(p.N)},
	}
	if k.money.amount == "" {
		return values
	}
	for _, name := range sortedKeys(by) {
		a := by[name]
		values = append(values, Value{
			Stat: abandonmentValue, Labels: k.money.label(name),
			Evidence: stats.Total{N: a.n, Sum: a.sum, Squares: a.squares},
		})
	}
	return values
}

// Rejected counts the abandoned carts without a value, which are carts all the
// same.
func (k *cartAbandonment) Rejected(s kpi.Span, f facts.Facts) map[string]float64 {
	rejected := map[string]float64{}
	if _, _, missing := k.fold(s, f); missing > 0 {
		rejected[facts.RejectedNullAmount] = missing
	}
	return rejected
}

var (
	_ KPI           = (*cartAbandonment)(nil)
	_ Rejecter      = (*cartAbandonment)(nil)
	_ WindowChecker = (*cartAbandonment)(nil)
)
