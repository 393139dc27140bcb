package collectors

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/stats"
)

// Backlog is the tickets that are open at the end of the window:
//
//	created before it and not resolved before it
//
// with the age of the oldest, the mean and the median of their ages, and how many
// are older than some limits. It is a stock: windows that end at the same instant
// have the same backlog. With until: closed a ticket is open until it is closed,
// which may be weeks after its resolution. Where tickets are folded from events, one
// that was reopened since its last resolution before the end of the window is open,
// whatever happened to it afterwards.
//
// Source: every help desk. There is no interval: the tickets are counted, not
// sampled.
type Backlog struct {
	Until     string     `yaml:"until" enum:"resolved,closed" doc:"what ends a ticket: resolved_at or closed_at; default resolved"`
	OlderThan []Duration `yaml:"older_than" doc:"ages beyond which tickets are counted by themselves, at most ten; default [1d 7d 30d]"`
}

func newBacklog() Parameters {
	return &Backlog{Until: "resolved", OlderThan: []Duration{Duration(day), Duration(week), Duration(30 * day)}}
}

// maxAges bounds the intervals that limits of age cut time into.
const maxAges = 10

type backlog struct {
	described
	end facts.Role
	// stretches says that rows are those of tickets that are folded from events, of
	// which it is known when they were open.
	stretches bool
	ages      []Duration
}

// The values of the KPI, as indexes of its stats. The last is there only with
// limits of age.
const (
	backlogTickets = iota
	backlogOldest
	backlogMeanAge
	backlogMedianAge
	backlogOlder
)

// KPI builds the KPI.
func (p *Backlog) KPI(b Binding) (KPI, error) {
	if len(p.OlderThan) > maxAges {
		return nil, wrong("older_than", "has %d ages, of which at most %d are allowed", len(p.OlderThan), maxAges)
	}
	for _, age := range p.OlderThan {
		if age <= 0 {
			return nil, wrong("older_than", "%s must be above 0: say what is old, such as 7d", age)
		}
	}
	k := &backlog{end: map[string]facts.Role{"resolved": roleResolvedAt, "closed": roleClosedAt}[p.Until]}
	variant := "created and not " + p.Until + " at the end of the window"
	if b.Entity == EntityTicketEvents && k.end == roleResolvedAt {
		k.end, k.stretches = roleOpenUntil, true
		variant += ", or reopened since"
	}
	k.ages = slices.Compact(slices.Sorted(slices.Values(p.OlderThan)))
	of := func(name, metric string, unit kpi.Unit, help string) Stat {
		return Stat{Name: name, Metric: metric, Help: help, Unit: unit, Ends: kpi.From(0), Direction: kpi.LowerIsBetter, Whole: true}
	}
	k.desc = Desc{
		Name:         "backlog",
		Title:        "Backlog",
		Variant:      variant,
		BusinessGoal: goalSupport,
		Fidelity:     b.kept(kpi.Terminal), // a reopened ticket may lose its resolution
		Stats: []Stat{
			backlogTickets:   of("tickets", "cx_backlog_tickets", kpi.Count, "Tickets created and not ended before the end of the window."),
			backlogOldest:    of("oldest", "cx_backlog_oldest_seconds", kpi.Seconds, "Time since creation of the oldest open ticket at the end of the window, in seconds."),
			backlogMeanAge:   of("age_mean", "cx_backlog_age_mean_seconds", kpi.Seconds, "Mean time since creation of the open tickets at the end of the window, in seconds."),
			backlogMedianAge: of("age_p50", "cx_backlog_age_p50_seconds", kpi.Seconds, "Median time since creation of the open tickets at the end of the window, in seconds."),
		},
	}
	if len(k.ages) > 0 {
		older := of("older", "cx_backlog_older_tickets", kpi.Count, "Open tickets at the end of the window that were created longer before it than the age.")
		var words []string
		for _, age := range k.ages {
			words = append(words, age.String())
		}
		older.Labels = []Label{fixed("age", words...)}
		k.desc.Stats = append(k.desc.Stats, older)
		k.desc.Variant += fmt.Sprintf("; older than %s", strings.Join(words, ", "))
	}
	return k, nil
}

// cube asks for the tickets that may be open at the end of the span, cut at the
// limits of age.
func (k *backlog) cube(s kpi.Span) *facts.Cube {
	c := k.told(openCube(s, roleCreatedAt, true, k.end), s)
	for _, age := range k.ages {
		c.Bounds = append(c.Bounds, s.Hi.Add(-time.Duration(age)))
	}
	return c
}

// told makes the rows of a cube the stretches in which tickets were open, where
// these are known. It is told of each whether it had begun.
func (k *backlog) told(c *facts.Cube, s kpi.Span) *facts.Cube {
	if k.stretches {
		c.Stretches = true
		c.Outcomes = append(c.Outcomes, facts.Outcome{Role: roleOpenSince, Bounds: past(s.Hi)[1:]})
	}
	return c
}

// histogram asks for the ages of the tickets that are open at the end of the
// span.
func (k *backlog) histogram(s kpi.Span) *facts.Cube {
	return k.told(&facts.Cube{
		Time:     roleCreatedAt,
		Bounds:   past(s.Hi),
		Standing: facts.Standing{Role: k.end, At: s.Hi.UTC()},
		Keys:     []facts.Key{{Expr: ago(roleCreatedAt, s.Hi), Bucket: true}},
	}, s)
}

// Needs asks for the tickets that may be open at the end of the span, and for the
// ages of those that are.
func (k *backlog) Needs(s kpi.Span) []facts.Need { return cubes(k.cube(s), k.histogram(s)) }

// Compute counts the open tickets and their ages.
func (k *backlog) Compute(s kpi.Span, f facts.Facts) []Value {
	var limits []time.Time // the oldest first
	for _, age := range slices.Backward(k.ages) {
		limits = append(limits, s.Hi.Add(-time.Duration(age)))
	}
	o, before := foldOpenSince(s, f, k.cube(s), limits...)
	var mean, median stats.Exact
	if o.n > 0 {
		mean = stats.Exact{V: o.ages / o.n, N: o.n, Defined: true}
		sketch := new(stats.Sketch)
		h := k.histogram(s)
		f.Cells(h, past(s.Hi)[0], s.Hi, func(cell facts.Cell) {
			if index, ok := cell.Bucket(0); ok && isOpen(h, cell, s.Hi) {
				sketch.Add(index, cell.N())
			}
		})
		median.N = o.n
		median.V, median.Defined = sketch.Quantile(0.5)
	}
	values := []Value{
		{Stat: backlogTickets, Evidence: exactly(o.n)},
		{Stat: backlogOldest, Evidence: o.oldestAge(s)},
		{Stat: backlogMeanAge, Evidence: mean},
		{Stat: backlogMedianAge, Evidence: median},
	}
	for i, age := range k.ages {
		values = append(values, Value{
			Stat:     backlogOlder,
			Labels:   []kpi.Label{{Name: "age", Value: age.String()}},
			Evidence: exactly(before[len(before)-1-i]),
		})
	}
	return values
}

var _ KPI = (*backlog)(nil)
