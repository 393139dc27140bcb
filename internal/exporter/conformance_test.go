// The conformance suite: random relations, configurations, zones, windows and
// instants go through every engine, and every series must be what the oracle
// computes row by row. See conformance_world_test.go for what is random.
package exporter_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/collectors"
	"github.com/cx-exporter/cx-exporter/internal/calendar"
	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/testdb"
	"github.com/cx-exporter/cx-exporter/internal/testdb/oracle"
)

var (
	onlySeed  = flag.Uint64("seed", 0, "run only the conformance case of this seed")
	firstSeed = flag.Uint64("first-seed", 1, "the seed of the first conformance case")
	caseCount = flag.Int("cases", 0, "the number of conformance cases an engine; default CX_CONFORMANCE_CASES, or 100")
)

// cases is how many random cases an engine gets.
func cases(t *testing.T) int {
	if *caseCount > 0 {
		return *caseCount
	}
	if s := os.Getenv("CX_CONFORMANCE_CASES"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil {
			t.Fatalf("CX_CONFORMANCE_CASES: %v", err)
		}
		return n
	}
	return 100
}

// identities are what has to add up in every case that knows its parts.
var identities = []string{
	"customers", "kept and lost", "kept and joined", "wanted or not", "revenue", "answers", "backlog",
	inEveryCase + "customers", inEveryCase + "kept and joined", inEveryCase + "revenue", inEveryCase + "answers", inEveryCase + "backlog",
}

// detailed is how many failures of an engine are told in full.
const detailed = 3

// TestConformance runs random cases. One that fails is made smaller as long as
// it still fails, and printed with all that is needed to repeat it.
func TestConformance(t *testing.T) {
	t.Parallel()
	for _, name := range []string{testdb.DriverPostgres, testdb.DriverMySQL, testdb.DriverSQLite} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := openEngine(t, name)
			first, n := *firstSeed, cases(t)
			if *onlySeed != 0 {
				first, n = *onlySeed, 1
			}
			start, rows, failed, asserted, all := time.Now(), 0, 0, map[string]int{}, map[shown]bool{}
			for seed := first; seed < first+uint64(n); seed++ {
				w := randomWorld(name, seed)
				w.fitWindows()
				w.asserted, w.shown = asserted, all
				rows += len(w.rows)
				wrong := e.run(t.Context(), w, seed)
				if len(wrong) == 0 {
					continue
				}
				if failed++; failed <= detailed {
					t.Errorf("%s", e.report(t.Context(), w, seed, wrong))
				} else {
					t.Errorf("seed %d also fails: %s", seed, wrong[0])
				}
			}
			areInTheReference(t, all)
			t.Logf("identities that were checked: %v", asserted)
			for _, identity := range identities {
				if n >= 100 && asserted[identity] == 0 {
					t.Errorf("the identity of %s was looked at in none of %d cases", identity, n)
				}
			}
			t.Logf("%d cases with %d rows in %s; %d of them were refused for a row budget that was made too small", n, rows, time.Since(start).Round(time.Millisecond), e.refused)
			if e.refused*10 > n {
				t.Errorf("%d of %d cases were refused for their row budget, and so show nothing", e.refused, n)
			}
		})
	}
}

// run puts a world through the exporter and returns what is wrong with the
// outcome.
func (e *engine) run(ctx context.Context, w *world, seed uint64) (wrong []string) {
	defer func() {
		if r := recover(); r != nil {
			wrong = append(wrong, fmt.Sprintf("panic: %v", r))
		}
	}()
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	w.rolled = seed%2 == 1
	table := fmt.Sprintf("conformance_%d", seed)
	defer e.drop(ctx, table)
	if _, err := e.load(ctx, w, table); err != nil {
		return []string{"load: " + err.Error()}
	}
	snapshots, err := e.evaluate(ctx, w, table)
	var budget *facts.BudgetError
	if errors.As(err, &budget) && w.budget < 1000 {
		e.refused++
		return nil
	}
	if err != nil {
		return []string{"evaluate: " + err.Error()}
	}
	wrong = slices.Concat(w.judge(snapshots), w.onScale(snapshots), w.asDescribed(snapshots))
	more, err := e.alwaysAddsUp(ctx, w, table)
	if err != nil {
		wrong = append(wrong, "evaluate what adds up: "+err.Error())
	}
	return append(wrong, more...)
}

// fitWindows leaves out the windows that a KPI does not accept.
func (w *world) fitWindows() {
	_, c, err := w.collector("t")
	if err != nil {
		return // evaluate will say it
	}
	w.windows = slices.DeleteFunc(w.windows, func(x calendar.Window) bool { return !accepted(c.KPIs, x) })
	if len(w.windows) == 0 {
		w.windows = []calendar.Window{windowNamed("30d")}
	}
}

// accepted reports whether all KPIs make sense for a window.
func accepted(kpis []collectors.KPI, x calendar.Window) bool {
	for _, k := range kpis {
		if c, ok := k.(collectors.WindowChecker); ok && c.CheckWindow(x) != nil {
			return false
		}
	}
	return true
}

// smaller tries worlds with less in them, as long as they still fail.
func (e *engine) smaller(ctx context.Context, w *world, seed uint64) *world {
	tries := 0
	fails := func(x *world) bool {
		tries++
		return tries < 300 && len(e.run(ctx, x, seed)) > 0
	}
	with := func(change func(*world)) bool {
		x := *w
		change(&x)
		if fails(&x) {
			w = &x
			return true
		}
		return false
	}
	for _, k := range w.kpis {
		if with(func(x *world) { x.kpis = []kpiCase{k} }) {
			break
		}
	}
	for i := range w.instants {
		if with(func(x *world) { x.instants = w.instants[i : i+1] }) {
			break
		}
	}
	for _, one := range w.windows {
		if with(func(x *world) { x.windows = []calendar.Window{one} }) {
			break
		}
	}
	with(func(x *world) { x.change = false })
	with(func(x *world) { x.shards = 1 })
	with(func(x *world) { x.query = "" })
	with(func(x *world) { x.now = false })
	with(func(x *world) { x.budget = 50_000 })
	with(func(x *world) { x.where = condition{} })
	if !with(func(x *world) { x.dims = nil }) {
		for _, d := range w.dims {
			if with(func(x *world) { x.dims = []dimension{d} }) {
				break
			}
		}
	}
	for size := len(w.rows) / 2; size > 0; size /= 2 {
		for lo := 0; lo < len(w.rows); {
			if !with(func(x *world) { x.rows = slices.Concat(w.rows[:lo], w.rows[min(lo+size, len(w.rows)):]) }) {
				lo += size
			}
		}
	}
	return w
}

// report tells all about a case that fails.
func (e *engine) report(ctx context.Context, w *world, seed uint64, wrong []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, seed %d: go test ./internal/exporter -run 'TestConformance/%s' -seed %d\n", e.name, seed, e.name, seed)
	for _, line := range wrong[:min(len(wrong), 5)] {
		fmt.Fprintf(&b, "  %s\n", line)
	}
	if len(wrong) > 5 {
		fmt.Fprintf(&b, "  and %d more\n", len(wrong)-5)
	}
	w = e.smaller(ctx, w, seed)
	fmt.Fprintf(&b, "A smaller case that fails (%d rows):\n", len(w.rows))
	wrong = e.run(ctx, w, seed)
	for _, line := range wrong[:min(len(wrong), 12)] {
		fmt.Fprintf(&b, "  %s\n", line)
	}
	fmt.Fprintf(&b, "  zone %s, windows %v, change %v, now %v, max_segments %d, row_budget %d\n", w.zone, w.windows, w.change, w.now, w.maxSegments, w.budget)
	for _, at := range w.instants {
		for _, x := range w.windows {
			current, before, compare := w.spans(x, at)
			fmt.Fprintf(&b, "  at %s: %s is [%s, %s)", stampOf(at), x, stampOf(current.Lo), stampOf(current.Hi))
			if compare {
				fmt.Fprintf(&b, ", compared with [%s, %s) at %s", stampOf(before.Lo), stampOf(before.Hi), stampOf(before.At))
			}
			b.WriteString("\n")
		}
	}
	for _, k := range w.kpis {
		fmt.Fprintf(&b, "  - %s: %s\n", k.kind, k.params)
	}
	for _, c := range w.columns {
		if c.mapped {
			fmt.Fprintf(&b, "  %s: {column: %q, type: %d, timezone: %v}\n", c.role, c.name, c.config.Type, c.config.Zone)
		}
	}
	fmt.Fprintf(&b, "  dimensions %v, where %q, query %q\n", dimensionNames(w.dims), w.where.sql, w.query)
	for _, r := range w.rows[:min(len(w.rows), 12)] {
		fmt.Fprintf(&b, "  row %s\n", rowText(w.columns, r))
	}
	table := fmt.Sprintf("conformance_%d", seed)
	defer e.drop(ctx, table)
	statements, err := e.load(ctx, w, table)
	if err == nil {
		var made []facts.Statement
		made, err = e.statements(ctx, w, table)
		for _, s := range made {
			statements = append(statements, s.SQL)
		}
	}
	for _, s := range statements {
		if len(s) > 6000 {
			s = s[:6000] + " …"
		}
		fmt.Fprintf(&b, "%s;\n", s)
	}
	if err != nil {
		fmt.Fprintf(&b, "%v\n", err)
	}
	return b.String()
}

func dimensionNames(dims []dimension) (names []string) {
	for _, d := range dims {
		names = append(names, d.config.Name)
	}
	return names
}

func stampOf(t time.Time) string {
	if t.IsZero() {
		return "ever"
	}
	return t.UTC().Format("2006-01-02T15:04:05.999999Z")
}

func rowText(columns []column, r oracle.Row) string {
	var parts []string
	for _, c := range columns {
		v := r[c.role]
		if t, ok := v.(time.Time); ok {
			v = stampOf(t)
		}
		parts = append(parts, fmt.Sprintf("%s=%#v", c.role, v))
	}
	return strings.Join(parts, " ")
}
