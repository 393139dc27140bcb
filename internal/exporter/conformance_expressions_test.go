package exporter_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/cx-exporter/cx-exporter/internal/testdb/oracle"
)

// term is a value of the company by its definition.
func (c *company) term(entity string, k oracle.KPI, stat string) oracle.Term {
	return oracle.Term{Rows: c.relations[entity], KPI: k, Stat: stat, Of: regionOf}
}

// addFormulas puts the ready-made formulas and two made up into the
// configuration.
func (c *company) addFormulas() {
	currency := ""
	if c.currency {
		currency = "currency"
	}
	base := oracle.Base{Start: "started_at", End: "ended_at"}
	spend := c.term("costs", oracle.Cost{Currency: currency}, "amount")
	rate, kept := c.term("subscriptions", oracle.Retention{Base: base}, "ratio"), c.term("subscriptions", oracle.Retention{Base: base}, "kept")
	created, active := c.term("tickets", oracle.Volume{}, "created"), c.term("subscriptions", oracle.Customers{Base: base}, "active")
	baseline, margin, months := float64(c.rng.IntN(5))/4, float64(1+c.rng.IntN(200))/4, float64(1+c.rng.IntN(24))
	values := "spend: finance.cost, retention: base.retention"
	// A margin is an amount of one currency, and stands beside one only.
	spent, earning := spend, values
	if c.currency {
		earning = "spend: finance.cost.amount.EUR, retention: base.retention"
		spent = c.term("costs", oracle.Cost{}, "amount")
		spent.Rows = slices.DeleteFunc(slices.Clone(spent.Rows), func(r oracle.Row) bool {
			name, _ := r["currency"].(string)
			return !strings.EqualFold(strings.TrimSpace(name), "EUR")
		})
	}
	c.formulas = []formulaCase{
		{"retention_cost", "retention_cost: {" + values + "}", oracle.RetentionCost(spend, rate, kept)},
		{
			"retention_roi", fmt.Sprintf("retention_roi: {%s, margin_per_month: %v, months: %v, baseline_retention: %v}", earning, margin, months, baseline),
			oracle.RetentionROI(spent, rate, kept, baseline, margin, months),
		},
		{
			"retention_roi gross", fmt.Sprintf("retention_roi: {%s, margin_per_month: %v, basis: gross}", earning, margin),
			oracle.RetentionROI(spent, rate, kept, 0, margin, 12),
		},
		{"cost_per_contact", "cost_per_contact: {spend: finance.cost, contacts: desk.ticket_volume.created}", oracle.CostPerContact(spend, created)},
		{"contact_rate", "contact_rate: {contacts: desk.ticket_volume.created, customers: base.customers.active}", oracle.ContactRate(created, active)},
	}
	backlog := oracle.Open{Begin: "created_at", Ends: []string{"resolved_at"}, Count: "tickets", Oldest: "oldest"}
	counts := []leaf{
		{text: "desk.ticket_volume.created", term: created},
		{text: "desk.ticket_volume.resolved", term: c.term("tickets", oracle.Volume{}, "resolved")},
		{text: "desk.backlog.tickets", term: c.term("tickets", backlog, "tickets")},
		{text: "base.customers.active", term: active},
		{text: "base.customers.new", term: c.term("subscriptions", oracle.Customers{Base: base}, "new")},
		{text: "base.churn.lost", term: c.term("subscriptions", oracle.Churn{Base: base}, "lost")},
		{text: "base.retention.samples", term: rate, samples: true},
	}
	ratios := []leaf{{text: "base.retention", term: rate}, {text: "base.churn.ratio", term: c.term("subscriptions", oracle.Churn{Base: base}, "ratio")}}
	for range 2 {
		x := expressions{rng: c.rng, counts: counts, ratios: ratios}
		var whole part
		unit := "things"
		switch c.rng.IntN(4) {
		case 0:
			unit, whole = "ratio", x.join(x.leaf(ratios), x.part(2, true), true)
		case 1:
			unit = "currency"
			money := x.leaf([]leaf{{text: "finance.cost.amount", term: spend}})
			if !c.currency { // an amount without a currency can stand beside one currency
				money = x.call("max", money, part{text: "currency(10)", of: func([]oracle.Value) float64 { return 10 }})
			}
			whole = x.operate("/", money, x.part(2, false))
		default:
			whole = x.join(x.leaf(counts), x.part(3, false), false)
		}
		name := "expression"
		if strings.Contains(whole.text, "?") {
			name = "choice"
		}
		c.formulas = append(c.formulas, formulaCase{
			name: name, yaml: fmt.Sprintf("expr: %q, unit: %s", whole.text, unit),
			oracle: oracle.Formula{Terms: x.terms, Compute: whole.of, N: -1},
		})
	}
	// Names are those of configurations, in which each stands once.
	for i := range c.formulas {
		f := &c.formulas[i]
		if strings.HasPrefix(f.yaml, "expr") {
			f.yaml = fmt.Sprintf("name: made_up_%d, %s", i, f.yaml)
		} else {
			f.yaml = fmt.Sprintf("name: ready_%d, %s", i, f.yaml)
		}
	}
}

// leaf is a value that an expression may name.
type leaf struct {
	text    string
	term    oracle.Term
	samples bool // the number that it rests on
}

// expressions makes up expressions whose units agree.
type expressions struct {
	rng            *rand.Rand
	counts, ratios []leaf
	terms          []oracle.Term
	named          []string // of the terms
}

// part is a part of an expression: how it is written, and what it is. NaN is
// undefined.
type part struct {
	text string
	of   func([]oracle.Value) float64
	bare bool // made of plain numbers
}

// leaf names a value.
func (x *expressions) leaf(from []leaf) part {
	l := pick(x.rng, from)
	at := len(x.terms)
	for i, name := range x.named {
		if name == l.text {
			at = i
		}
	}
	if at == len(x.terms) {
		x.terms, x.named = append(x.terms, l.term), append(x.named, l.text)
	}
	if l.samples {
		return part{text: l.text, of: func(v []oracle.Value) float64 { return v[at].N }}
	}
	return part{text: l.text, of: func(v []oracle.Value) float64 { return v[at].V }}
}

// part makes up a number: a ratio, or a count or so many things per thing.
func (x *expressions) part(depth int, ratio bool) part {
	leaves := x.counts
	if ratio {
		leaves = x.ratios
	}
	if depth == 0 {
		if x.rng.IntN(4) > 0 {
			return x.leaf(leaves)
		}
		n := pick(x.rng, []float64{0, 1, 2.5, 10, 0.25})
		return part{text: fmt.Sprint(n), of: func([]oracle.Value) float64 { return n }, bare: true}
	}
	a := x.part(depth-1, ratio)
	switch x.rng.IntN(8) {
	case 0:
		return x.call(pick(x.rng, []string{"min", "max"}), a, x.part(depth-1, ratio))
	case 1:
		return x.call("abs", a)
	case 2:
		yes, no := x.join(x.leaf(leaves), a, ratio), x.join(x.leaf(leaves), x.part(depth-1, ratio), ratio)
		return x.choice(x.condition(depth-1, ratio), yes, no)
	case 3:
		return part{text: "-(" + a.text + ")", of: func(v []oracle.Value) float64 { return -a.of(v) }, bare: a.bare}
	case 4:
		if !ratio && !a.bare {
			return x.operate("*", a, x.leaf(x.ratios))
		}
	}
	return x.join(a, x.part(depth-1, ratio), ratio)
}

// join puts two parts together. A plain number by a count would be a share, which
// no count can stand beside.
func (x *expressions) join(a, b part, ratio bool) part {
	operators := []string{"+", "-", "*", "/"}
	if a.bare && !ratio {
		operators = operators[:3]
	}
	return x.operate(pick(x.rng, operators), a, b)
}

func (x *expressions) operate(operator string, a, b part) part {
	return part{text: "(" + a.text + " " + operator + " " + b.text + ")", bare: a.bare && b.bare, of: func(v []oracle.Value) float64 {
		p, q := a.of(v), b.of(v)
		switch {
		case operator == "+":
			return p + q
		case operator == "-":
			return p - q
		case operator == "*":
			return p * q
		case q == 0:
			return math.NaN()
		}
		return p / q
	}}
}

func (x *expressions) call(name string, of ...part) part {
	var texts []string
	bare := true
	for _, p := range of {
		texts, bare = append(texts, p.text), bare && p.bare
	}
	return part{text: name + "(" + strings.Join(texts, ", ") + ")", bare: bare, of: func(v []oracle.Value) float64 {
		best := of[0].of(v)
		if name == "abs" {
			return math.Abs(best)
		}
		for _, p := range of[1:] {
			n := p.of(v)
			if math.IsNaN(n) || name == "min" && n < best || name == "max" && n > best {
				best = n
			}
			if math.IsNaN(n) {
				break
			}
		}
		return best
	}}
}

// truth is a condition; known is false where it rests on what is undefined.
type truth struct {
	text string
	of   func([]oracle.Value) (is, known bool)
}

func (x *expressions) condition(depth int, ratio bool) truth {
	leaves := x.counts
	if ratio {
		leaves = x.ratios
	}
	a, b := x.leaf(leaves), x.part(min(depth, 1), ratio)
	operator := pick(x.rng, []string{"<", "<=", ">", ">=", "==", "!="})
	t := truth{text: a.text + " " + operator + " " + b.text, of: func(v []oracle.Value) (bool, bool) {
		p, q := a.of(v), b.of(v)
		is := map[string]bool{"<": p < q, "<=": p <= q, ">": p > q, ">=": p >= q, "==": p == q, "!=": p != q}[operator]
		return is, !math.IsNaN(p) && !math.IsNaN(q)
	}}
	if depth == 0 || x.rng.IntN(2) == 0 {
		return t
	}
	u := x.condition(0, ratio)
	switch x.rng.IntN(3) {
	case 0:
		return truth{text: "not (" + t.text + ")", of: func(v []oracle.Value) (bool, bool) {
			is, known := t.of(v)
			return !is, known
		}}
	case 1: // what decides already leaves the other one out
		return truth{text: "(" + t.text + " and " + u.text + ")", of: func(v []oracle.Value) (bool, bool) {
			if is, known := t.of(v); !known || !is {
				return is, known
			}
			return u.of(v)
		}}
	}
	return truth{text: "(" + t.text + " or " + u.text + ")", of: func(v []oracle.Value) (bool, bool) {
		if is, known := t.of(v); !known || is {
			return is, known
		}
		return u.of(v)
	}}
}

func (x *expressions) choice(t truth, yes, no part) part {
	return part{text: "(" + t.text + " ? " + yes.text + " : " + no.text + ")", of: func(v []oracle.Value) float64 {
		is, known := t.of(v)
		switch {
		case !known:
			return math.NaN()
		case is:
			return yes.of(v)
		}
		return no.of(v)
	}}
}
