package exporter_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/config"
	"github.com/cx-exporter/cx-exporter/internal/exporter"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/source"
	"github.com/cx-exporter/cx-exporter/internal/testdb"
	"github.com/cx-exporter/cx-exporter/internal/testdb/oracle"
)

// company is a random case of formulas: three relations in two databases, and
// formulas over them, ready-made and made up. It reads its configuration as a
// user writes it.
type company struct {
	world     // zone, windows and instants
	relations map[string][]oracle.Row
	columns   map[string][]column
	currency  bool // costs have several
	formulas  []formulaCase
}

// formulaCase is a formula as it is configured, and its definition.
type formulaCase struct {
	name, yaml string
	oracle     oracle.Formula
}

// formulaDrawn are what the cases of an engine have to show at least once.
var formulaDrawn = []string{
	"retention_cost", "retention_roi", "retention_roi gross", "cost_per_contact", "contact_rate", "expression", "choice",
	"a segment", "undefined", "before", "several currencies",
}

// TestFormulaConformance runs random formulas, as TestConformance runs KPIs.
func TestFormulaConformance(t *testing.T) {
	t.Parallel()
	for _, name := range []string{testdb.DriverPostgres, testdb.DriverMySQL, testdb.DriverSQLite} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := openEngine(t, name)
			first, n := *firstSeed, cases(t)
			switch {
			case *onlySeed != 0:
				first, n = *onlySeed, 1
			case *caseCount == 0:
				n /= 3 // each case is several formulas
			}
			drawn, failed := map[string]int{}, 0
			for seed := first; seed < first+uint64(n); seed++ {
				c := randomCompany(name, seed)
				wrong, err := c.run(t.Context(), e, seed, drawn)
				if err != nil {
					wrong = append(wrong, err.Error())
				}
				if len(wrong) == 0 {
					continue
				}
				if failed++; failed > detailed {
					t.Errorf("seed %d also fails: %s", seed, wrong[0])
					continue
				}
				t.Errorf("%s, seed %d: go test ./internal/exporter -run 'TestFormulaConformance/%s' -seed %d\n  %s\n%s",
					name, seed, name, seed, strings.Join(wrong[:min(len(wrong), 8)], "\n  "), c.yaml(e, seed))
			}
			t.Logf("%d cases, with %v", n, drawn)
			for _, what := range formulaDrawn {
				if n >= 100 && drawn[what] == 0 {
					t.Errorf("%s is in none of %d cases", what, n)
				}
			}
		})
	}
}

// randomCompany makes the case of a seed.
func randomCompany(engine string, seed uint64) *company {
	rng := rand.New(rand.NewPCG(seed, 7+uint64(len(engine))))
	c := &company{
		world: world{
			engine: engine, rng: rng, zone: zoneNamed(pick(rng, zones)), change: rng.IntN(4) > 0,
			confidence: pick(rng, []float64{0.9, 0.95, 0.99}), now: rng.IntN(3) == 0,
		},
		relations: map[string][]oracle.Row{}, columns: map[string][]column{}, currency: rng.IntN(2) == 0,
	}
	c.instants = append(c.instants, c.instant())
	if !c.now && rng.IntN(3) == 0 {
		c.instants = append(c.instants, c.instant())
	}
	c.windows = append(c.windows, windowNamed(pick(rng, []string{"7d", "30d", "90d", "month", "last_month", "quarter", "last_week"})))
	at := c.moments()
	region := func() any { return c.maybe(10, pick(rng, []string{"north", "south", "west", ""})) }
	for range c.size() / 2 {
		c.relations["costs"] = append(c.relations["costs"], oracle.Row{
			"incurred_on": at(), "region": region(), "amount": c.maybe(5, float64(rng.IntN(4000)-400)/4),
			"currency": c.maybe(10, pick(rng, []string{"EUR", "EUR", "eur ", "USD"})),
		})
	}
	for range c.size() {
		start := at()
		c.relations["subscriptions"] = append(c.relations["subscriptions"], oracle.Row{
			"customer_id": "c" + fmt.Sprint(rng.IntN(40)), "started_at": start, "region": region(),
			"ended_at": c.maybe(40, c.after(start, days(40), at)),
		})
	}
	for range c.size() {
		created := at()
		c.relations["tickets"] = append(c.relations["tickets"], oracle.Row{
			"created_at": created, "resolved_at": c.maybe(30, c.after(created, days(3), at)), "region": region(),
		})
	}
	for entity, roles := range map[string]string{
		"costs": "incurred_on region amount currency", "subscriptions": "customer_id started_at ended_at region", "tickets": "created_at resolved_at region",
	} {
		for role := range strings.FieldsSeq(roles) {
			col := textColumn(engine, role)
			switch {
			case role == "amount":
				col = numberColumn(rng, engine, role, "decimal")
			case strings.HasSuffix(role, "_at") || strings.HasSuffix(role, "_on"):
				col = timeColumn(rng, engine, role, "naive", time.UTC)
			}
			c.columns[entity] = append(c.columns[entity], col)
			for _, r := range c.relations[entity] {
				r[role] = col.hold(r[role])
			}
		}
	}
	c.addFormulas()
	return c
}

// yaml is the configuration.
func (c *company) yaml(e *engine, seed uint64) string {
	var b strings.Builder
	fmt.Fprintf(&b, "global: {timezone: %s, confidence: %v, min_segment_size: 1}\nsources:\n", c.zone, c.confidence)
	for i := range shards {
		if e.name == testdb.DriverSQLite {
			fmt.Fprintf(&b, "  - {name: shard-%d, driver: sqlite, path: some.db}\n", i)
		} else {
			fmt.Fprintf(&b, "  - {name: shard-%d, driver: %s, host: somewhere, user: someone, database: some}\n", i, e.name)
		}
	}
	b.WriteString("collectors:\n")
	for _, col := range []struct{ name, source, entity, columns, kpis string }{
		{"finance", "shard-0", "costs", map[bool]string{true: "columns: {currency: currency}, "}[c.currency], "cost"},
		{"base", "shard-1", "subscriptions", "", "churn, retention, customers"},
		{"desk", "shard-0", "tickets", "columns: {resolved_at: resolved_at}, ", "ticket_volume, backlog"},
	} {
		fmt.Fprintf(&b, "  - {name: %s, source: %s, entity: %s, table: %s, %sdimensions: [region], kpis: [%s]}\n", col.name, col.source, col.entity, c.table(col.entity, seed), col.columns, col.kpis)
	}
	b.WriteString("formulas:\n")
	for _, f := range c.formulas {
		fmt.Fprintf(&b, "  - {%s, windows: [%s], change: %v}\n", f.yaml, c.windows[0], c.change)
	}
	return b.String()
}

func (c *company) table(entity string, seed uint64) string { return fmt.Sprintf("%s_%d", entity, seed) }

// run puts the company through the exporter and returns what is wrong.
func (c *company) run(ctx context.Context, e *engine, seed uint64, drawn map[string]int) (wrong []string, err error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for entity, columns := range c.columns {
		shard := 0
		if entity == "subscriptions" {
			shard = 1
		}
		table := c.table(entity, seed)
		defer e.drop(ctx, table)
		for _, s := range e.table(table, columns, c.relations[entity]) {
			if _, err := e.dbs[shard].DB.ExecContext(ctx, s); err != nil {
				return nil, fmt.Errorf("%w in %s", err, s)
			}
		}
	}
	cfg, err := config.LoadBytes("cx.yml", []byte(c.yaml(e, seed)), func(string) (string, bool) { return "", false })
	if err != nil {
		return nil, err
	}
	for i, f := range c.formulas {
		var inputs []*exporter.Evaluator
		for _, in := range cfg.Formulas[i].Inputs {
			db := e.sources[0]
			if in.Sources[0] == "shard-1" {
				db = e.sources[1]
			}
			inputs = append(inputs, exporter.NewEvaluator(cfg.Global, in, []*source.DB{db}))
		}
		ev := exporter.NewFormulaEvaluator(cfg.Global, cfg.Formulas[i], inputs)
		var got []*exporter.Snapshot
		if c.now {
			s, err := ev.Now(ctx, c.instants[0])
			if err != nil {
				return nil, fmt.Errorf("%s: %w", f.yaml, err)
			}
			got = append(got, s)
		} else if got, err = ev.At(ctx, c.instants...); err != nil {
			return nil, fmt.Errorf("%s: %w", f.yaml, err)
		}
		for k, at := range c.instants {
			for _, line := range append(c.judge(f, at, got[k], drawn), offScale(cfg.Formulas[i].Desc, got[k])...) {
				wrong = append(wrong, fmt.Sprintf("%s at %s: %s", f.yaml, stampOf(at), line))
			}
		}
	}
	return wrong, nil
}

// judge compares a snapshot with the oracle.
func (c *company) judge(f formulaCase, at time.Time, s *exporter.Snapshot, drawn map[string]int) (wrong []string) {
	say := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	drawn[f.name]++
	series := map[string]exporter.Series{}
	for _, x := range s.Series {
		label := ""
		for _, l := range x.Labels {
			if l.Name == "currency" {
				label = "currency=" + l.Value
			}
		}
		series[x.Segment.Value+"/"+label] = x
	}
	current, before, compare := c.spans(c.windows[0], at)
	segments := map[string]bool{"": true}
	for _, rows := range c.relations {
		for _, r := range rows {
			segments[regionOf(r)] = true
		}
	}
	known := 0
	for segment := range segments {
		now := f.oracle.Results(current, segment, segment == "")
		then := map[string]oracle.Result{}
		if compare {
			then = f.oracle.Results(before, segment, segment == "")
		}
		if len(now) > 1 {
			drawn["several currencies"]++
		}
		for label, want := range now {
			id := segment + "/" + label
			got, there := series[id]
			if there {
				known++
			}
			switch {
			case !there && want.Vague:
				continue
			case !there:
				say("%s is absent, want %s", id, show(want.Value))
				continue
			case got.Defined != want.Defined, want.Defined && math.Abs(got.Value-want.V) > 1e-11*max(1, math.Abs(want.V)):
				say("%s: got %s, want %s", id, showSeries(got), show(want.Value))
				continue
			case f.oracle.N >= 0 && got.Samples != want.N:
				say("%s: got %v samples, want %v", id, got.Samples, want.N)
			}
			if segment != "" {
				drawn["a segment"]++
			}
			if !want.Defined {
				drawn["undefined"]++
				continue
			}
			if want.Bounds != nil {
				lower, upper, ok := want.Bounds(c.confidence)
				off := 1e-8 * max(1, math.Abs(lower), math.Abs(upper))
				if ok != got.Bounded || ok && (math.Abs(lower-got.Lower) > off || math.Abs(upper-got.Upper) > off) {
					say("%s: got [%v, %v] (%v), want [%v, %v] (%v)", id, got.Lower, got.Upper, got.Bounded, lower, upper, ok)
				}
			}
			old, was := then[label]
			switch change := got.Change; {
			case change.Known && (!was || !old.Defined || math.Abs(change.Before-old.V) > 1e-11*max(1, math.Abs(old.V))):
				say("%s: got %v before, want %s", id, change.Before, show(old.Value))
			case change.Known:
				drawn["before"]++
			case was && old.Defined && !old.Gaps && !old.Vague && !want.Gaps:
				say("%s: got nothing before, want %s", id, show(old.Value))
			}
		}
	}
	if known != len(series) {
		say("there are %d series, of which %d are known", len(series), known)
	}
	return wrong
}

// regionOf is the segment of a row.
func regionOf(r oracle.Row) string {
	if name, _ := r["region"].(string); name != "" {
		return name
	}
	return kpi.NoSegment
}
