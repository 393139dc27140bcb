package facts_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	_ "modernc.org/sqlite"

	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// querier runs statements on a plain SQLite database, so that this package's
// tests need no other of ours.
type querier struct {
	db         *sql.DB
	statements atomic.Int64 // read and asked for by parallel tests
}

func (q *querier) Query(ctx context.Context, st facts.Statement, yield func(facts.Row) error) (n int, err error) {
	q.statements.Add(1)
	rows, err := q.db.QueryContext(ctx, st.SQL)
	if err != nil {
		return 0, fmt.Errorf("%w in\n%s", err, st.SQL)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return 0, err
	}
	for rows.Next() {
		row := make(facts.Row, len(columns))
		targets := make([]any, len(columns))
		for i := range row {
			targets[i] = &row[i]
		}
		if err := rows.Scan(targets...); err != nil {
			return n, err
		}
		if err := yield(row); err != nil {
			return n, err
		}
		n++
	}
	return n, rows.Err()
}

func openSQLite(t testing.TB) *querier {
	t.Helper()
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1) // each connection would have a memory of its own
	t.Cleanup(func() { db.Close() })
	return &querier{db: db}
}

func (q *querier) exec(t testing.TB, statement string, args ...any) {
	t.Helper()
	if _, err := q.db.ExecContext(t.Context(), statement, args...); err != nil {
		t.Fatalf("%v in %s", err, statement)
	}
}

// answered is what the database says of one need.
func answered(t *testing.T, q *querier, r facts.Relation, found []facts.Found, need facts.Need) *facts.Answer {
	t.Helper()
	r, errs := facts.Resolve(r, found, facts.Uses([]facts.Need{need}))
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	d, _ := facts.For("sqlite")
	plan, err := facts.NewPlan(facts.Options{Limit: 100}, []facts.Need{need})
	if err != nil {
		t.Fatal(err)
	}
	a, err := plan.Read(t.Context(), facts.Target{Dialect: d, Relation: r, Querier: q, Memory: &facts.Memory{}})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// answers fills a table of survey answers and returns the relation over it, with
// the time in seconds or as text.
func answers(t *testing.T, q *querier, n int, kind facts.Type) facts.Relation {
	t.Helper()
	q.exec(t, "CREATE TABLE answers (at, score INTEGER, region TEXT, plan TEXT, customer INTEGER)")
	r := rand.New(rand.NewPCG(1, 2))
	for range n {
		at := day(1).Add(time.Duration(r.Int64N(30*86400)) * time.Second)
		var stored any = at.Unix()
		if kind == facts.TextTime {
			stored = at.Format(time.DateTime)
		}
		q.exec(t, "INSERT INTO answers VALUES (?, ?, ?, ?, ?)", stored, r.IntN(11),
			fmt.Sprintf("region-%d", r.IntN(9)), fmt.Sprintf("plan-%d", r.IntN(7)), r.IntN(40))
	}
	relation := facts.Relation{
		Table: "answers",
		Columns: map[facts.Role]facts.Column{
			"responded_at": {Name: "at", Type: kind}, "score": {Name: "score"}, "customer_id": {Name: "customer"},
		},
		Dimensions: []facts.Dimension{
			{Name: "region", Columns: []string{"region"}}, {Name: "plan", Columns: []string{"plan"}},
		},
	}
	has := facts.Integer
	if kind == facts.TextTime {
		has = facts.Text
	}
	found := []facts.Found{{"at", has}, {"score", facts.Integer}, {"region", facts.Text}, {"plan", facts.Text}, {"customer", facts.Integer}}
	resolved, errs := facts.Resolve(relation, found, map[facts.Role]facts.Use{"responded_at": facts.AsTime, "score": facts.AsValue, "customer_id": facts.AsValue})
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	return resolved
}

func buyers(lo, hi time.Time) facts.Need {
	return facts.Need{Subjects: &facts.Subjects{
		Subject: "customer_id", Start: "responded_at",
		Points: []facts.Point{{Lo: lo, Hi: hi}, {Hi: lo}}, Attribution: []int{0}, Moments: []int{0},
	}}
}

// told is everything that an answer says, as text.
func told(a *facts.Answer, r facts.Relation, needs []facts.Need) []string {
	var out []string
	segments := []kpi.Segment{{}}
	part := a.Part(needs, 1000)
	for _, d := range r.Dimensions {
		segments = append(segments, part.Segments(d.Name)...)
	}
	for _, s := range segments {
		v := part.View(s)
		for i, n := range needs {
			if c := n.Cube; c != nil {
				v.Cells(c, c.Bounds[0], c.Bounds[1], func(x facts.Cell) {
					key, _ := x.Key(0)
					out = append(out, fmt.Sprint(i, s, "score ", key, ": ", x.N()))
				})
				continue
			}
			v.Patterns(n.Subjects, func(p facts.Pattern) {
				if p.Rows(0) == 0 && p.Rows(1) == 0 {
					return // who has nothing to do with the need may be read or not
				}
				sum, squares := p.Moments(0)
				out = append(out, fmt.Sprint(i, s, "rows ", p.Rows(0), p.Rows(1), ": ", p.Subjects(), sum, squares))
			})
		}
	}
	return collapse(out)
}

// collapse adds up lines that are the same up to the last colon, since an
// answer may tell one thing in several cells.
func collapse(lines []string) []string {
	sums := map[string][]float64{}
	for _, l := range lines {
		i := strings.LastIndex(l, ": ")
		var numbers []float64
		for _, f := range strings.Fields(l[i+2:]) {
			var x float64
			fmt.Sscan(f, &x)
			numbers = append(numbers, x)
		}
		old := sums[l[:i]]
		for k, x := range numbers {
			if k < len(old) {
				numbers[k] = x + old[k]
			}
		}
		sums[l[:i]] = numbers
	}
	out := make([]string, 0, len(sums))
	for k, v := range sums {
		out = append(out, fmt.Sprint(k, ": ", v))
	}
	slices.Sort(out)
	return out
}

func TestSplittingAStatementChangesNothing(t *testing.T) {
	t.Parallel()
	t.Run("on a time that the conditions compare exactly", func(t *testing.T) {
		t.Parallel()
		testSplitting(t, facts.Unix)
	})
	t.Run("on a time as text, of which they let more through", func(t *testing.T) {
		t.Parallel()
		testSplitting(t, facts.TextTime)
	})
}

func testSplitting(t *testing.T, kind facts.Type) {
	t.Helper()
	q := openSQLite(t)
	r := answers(t, q, 2000, kind)
	needs := []facts.Need{scores(day(20), day(27)), scores(day(6), day(20)), buyers(day(20), day(27)), buyers(day(6), day(20)), buyers(day(2), day(9))}
	d, err := facts.For("sqlite")
	if err != nil {
		t.Fatal(err)
	}
	read := func(limit int, m *facts.Memory) (*facts.Answer, error) {
		plan, err := facts.NewPlan(facts.Options{Limit: limit}, needs)
		if err != nil {
			t.Fatal(err)
		}
		q.statements.Store(0)
		return plan.Read(t.Context(), facts.Target{Dialect: d, Relation: r, Querier: q, Memory: m})
	}
	whole, err := read(100_000, &facts.Memory{})
	if err != nil {
		t.Fatal(err)
	}
	if n := q.statements.Load(); n != 2 {
		t.Errorf("%d statements for one time column and one kind of subject, want 2", n)
	}
	var memory facts.Memory
	split, err := read(110, &memory)
	if err != nil {
		t.Fatal(err)
	}
	first := q.statements.Load()
	if diff := cmp.Diff(told(whole, r, needs), told(split, r, needs)); diff != "" {
		t.Errorf("split answers differ (-whole +split):\n%s", diff)
	}
	again, err := read(110, &memory)
	if err != nil {
		t.Fatal(err)
	}
	if n := q.statements.Load(); n >= first {
		t.Errorf("%d statements with what was learnt, want fewer than the first %d", n, first)
	}
	if diff := cmp.Diff(told(whole, r, needs), told(again, r, needs)); diff != "" {
		t.Errorf("remembered splits differ (-whole +split):\n%s", diff)
	}
}

// transaction is a querier that behaves as a database's transaction does: after
// an error nothing more can be asked.
type transaction struct {
	*querier
	failed error
}

func (x *transaction) Query(ctx context.Context, st facts.Statement, yield func(facts.Row) error) (n int, err error) {
	if x.failed != nil {
		return 0, fmt.Errorf("the transaction is over: %w", x.failed)
	}
	n, x.failed = x.querier.Query(ctx, st, yield)
	return n, x.failed
}

func TestSplittingNeedsNoSecondTransaction(t *testing.T) {
	t.Parallel()
	q := openSQLite(t)
	r := answers(t, q, 2000, facts.Unix)
	d, _ := facts.For("sqlite")
	plan, err := facts.NewPlan(facts.Options{Limit: 110}, []facts.Need{scores(day(6), day(20)), buyers(day(20), day(27)), buyers(day(6), day(20)), buyers(day(2), day(9))})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := plan.Read(t.Context(), facts.Target{Dialect: d, Relation: r, Querier: &transaction{querier: q}, Memory: &facts.Memory{}}); err != nil {
		t.Error(err)
	}
}

func TestSourcesThatWereSplitDifferentlyAddUp(t *testing.T) {
	t.Parallel()
	small, large := openSQLite(t), openSQLite(t)
	r := answers(t, small, 20, facts.Unix)
	answers(t, large, 300, facts.Unix)
	r.Dimensions = nil
	large.exec(t, "UPDATE answers SET customer = customer + 1000") // disjoint
	d, _ := facts.For("sqlite")
	needs := []facts.Need{buyers(day(20), day(27)), buyers(day(6), day(20)), buyers(day(2), day(9))}
	read := func(limit int) *facts.Answer {
		plan, err := facts.NewPlan(facts.Options{Limit: limit}, needs)
		if err != nil {
			t.Fatal(err)
		}
		var sum *facts.Answer
		for _, q := range []*querier{small, large} {
			a, err := plan.Read(t.Context(), facts.Target{Dialect: d, Relation: r, Querier: q, Memory: &facts.Memory{}})
			if err != nil {
				t.Fatal(err)
			}
			if sum == nil {
				sum = a
			} else {
				sum.Merge(a)
			}
		}
		return sum
	}
	whole, split := read(100_000), read(10)
	if split.Statements <= whole.Statements {
		t.Fatalf("%d statements, want more than %d: nothing was split", split.Statements, whole.Statements)
	}
	if diff := cmp.Diff(told(whole, r, needs), told(split, r, needs)); diff != "" {
		t.Errorf("split answers differ (-whole +split):\n%s", diff)
	}
}

// What was found in an answer is not taken for all that there is after another was
// merged into it, be it of statements or of a roll.
func TestAnAnswerThatWasAskedTakesAnother(t *testing.T) {
	t.Parallel()
	for name, points := range map[string]int{"statements": 100, "a roll": 1} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			few, more := openSQLite(t), openSQLite(t)
			r := answers(t, few, 20, facts.Unix)
			answers(t, more, 300, facts.Unix)
			more.exec(t, "UPDATE answers SET customer = customer + 1000") // others
			d, _ := facts.For("sqlite")
			needs := []facts.Need{buyers(day(20), day(27)), buyers(day(6), day(20)), buyers(day(2), day(9))}
			plan, err := facts.NewPlan(facts.Options{Limit: 100_000, Points: points}, needs)
			if err != nil {
				t.Fatal(err)
			}
			read := func(q *querier) *facts.Answer {
				a, err := plan.Read(t.Context(), facts.Target{Dialect: d, Relation: r, Querier: q, Memory: &facts.Memory{}})
				if err != nil {
					t.Fatal(err)
				}
				return a
			}
			asked, unasked := read(few), read(few)
			before := told(asked, r, needs)
			asked.Merge(read(more))
			unasked.Merge(read(more))
			want := told(unasked, r, needs)
			if diff := cmp.Diff(want, told(asked, r, needs)); diff != "" {
				t.Errorf("an answer that was asked before differs (-unasked +asked):\n%s", diff)
			}
			if cmp.Equal(before, want) {
				t.Error("the other source adds nothing: this test proves nothing")
			}
		})
	}
}

func TestWhatCannotBeSplitIsRefusedByName(t *testing.T) {
	t.Parallel()
	q := openSQLite(t)
	r := answers(t, q, 500, facts.Unix)
	d, _ := facts.For("sqlite")
	plan, err := facts.NewPlan(facts.Options{Limit: 20}, []facts.Need{scores(day(20), day(27))})
	if err != nil {
		t.Fatal(err)
	}
	_, err = plan.Read(t.Context(), facts.Target{Dialect: d, Relation: r, Querier: q, Memory: &facts.Memory{}})
	var budget *facts.BudgetError
	if !errors.As(err, &budget) || !strings.Contains(err.Error(), "the breakdown by region") || !strings.Contains(err.Error(), "row_budget") {
		t.Errorf("error %v, want one that names the dimension and the setting", err)
	}
}

func TestSmallSegmentsFoldIntoOther(t *testing.T) {
	t.Parallel()
	q := openSQLite(t)
	r := answers(t, q, 800, facts.Unix)
	d, _ := facts.For("sqlite")
	needs := []facts.Need{scores(day(2), day(27))}
	plan, err := facts.NewPlan(facts.Options{Limit: 10_000}, needs)
	if err != nil {
		t.Fatal(err)
	}
	a, err := plan.Read(t.Context(), facts.Target{Dialect: d, Relation: r, Querier: q, Memory: &facts.Memory{}})
	if err != nil {
		t.Fatal(err)
	}
	part := a.Part(needs, 3)
	rows := func(s kpi.Segment) (n float64) {
		part.View(s).Cells(needs[0].Cube, day(2), day(27), func(c facts.Cell) { n += c.N() })
		return n
	}
	total := rows(kpi.Segment{})
	var names []string
	var sum float64
	for _, s := range part.Segments("region") {
		names = append(names, s.Value)
		sum += rows(s)
	}
	if len(names) != 4 || !slices.Contains(names, kpi.OtherSegment) {
		t.Errorf("segments %v, want three and %q", names, kpi.OtherSegment)
	}
	if sum != total {
		t.Errorf("segments add up to %v rows, the total is %v", sum, total)
	}
}

// FuzzNames gives tables, columns and dimensions any name there is, and asks
// SQLite whether the statement still reads just them.
func FuzzNames(f *testing.F) {
	for _, s := range []string{"score", `we"ird`, "a.b", "`x`", "ünïcode", "-- x", "x\ny", "select", "/*", "'; DROP TABLE t; --", "?", ":a", "%s"} {
		f.Add(s, "region")
		f.Add("t", s)
	}
	f.Fuzz(func(t *testing.T, table, dimension string) {
		if table == "" || dimension == "" || len(table)+len(dimension) > 200 || strings.ContainsRune(table+dimension, 0) ||
			!utf8.ValidString(table) || !utf8.ValidString(dimension) || strings.HasPrefix(strings.ToLower(table), "sqlite_") ||
			strings.EqualFold(dimension, "at") || strings.EqualFold(dimension, "score") || strings.ContainsAny(table, "\"`.") {
			t.Skip("not a name of a table or column of its own")
		}
		q := openSQLite(t)
		d, _ := facts.For("sqlite")
		q.exec(t, "CREATE TABLE "+d.Quote(table)+" (at INTEGER, score INTEGER, "+d.Quote(dimension)+" TEXT)")
		q.exec(t, "INSERT INTO "+d.Quote(table)+" VALUES (?, 9, 'x'), (?, 9, 'x'), (?, 1, NULL)", day(3).Unix(), day(4).Unix(), day(5).Unix())
		r := facts.Relation{
			Table: table,
			Columns: map[facts.Role]facts.Column{
				"responded_at": {Name: "at", Type: facts.Unix}, "score": {Name: "score"},
				facts.Role("dimension " + dimension): {Name: dimension, Type: facts.Text},
			},
			Dimensions: []facts.Dimension{{Name: dimension, Columns: []string{dimension}}},
		}
		needs := []facts.Need{scores(day(2), day(6))}
		plan, err := facts.NewPlan(facts.Options{Limit: 100}, needs)
		if err != nil {
			t.Fatal(err)
		}
		a, err := plan.Read(t.Context(), facts.Target{Dialect: d, Relation: r, Querier: q, Memory: &facts.Memory{}})
		if err != nil {
			t.Fatal(err)
		}
		for segment, want := range map[string]float64{"x": 2, kpi.NoSegment: 1} {
			n := 0.0
			a.View(kpi.Segment{Dimension: dimension, Value: segment}).Cells(needs[0].Cube, day(2), day(6), func(c facts.Cell) { n += c.N() })
			if n != want {
				t.Errorf("%v rows in the segment %q, want %v", n, segment, want)
			}
		}
	})
}

func TestAmountsChooseSegmentsButDoNotTellSubjectsApart(t *testing.T) {
	t.Parallel()
	q := openSQLite(t)
	q.exec(t, "CREATE TABLE orders (at INTEGER, customer INTEGER, amount REAL, region TEXT)")
	for c := range 200 {
		q.exec(t, "INSERT INTO orders VALUES (?, ?, ?, 'small'), (?, ?, ?, 'large')", day(3).Unix(), c, 10+float64(c)/100, day(4).Unix(), c, 20+float64(c)/100)
	}
	r := facts.Relation{
		Table:      "orders",
		Columns:    map[facts.Role]facts.Column{"at": {Name: "at", Type: facts.Unix}, "amount": {Name: "amount"}},
		Dimensions: []facts.Dimension{{Name: "region", Columns: []string{"region"}}},
	}
	need := facts.Need{Subjects: &facts.Subjects{
		Subject: "customer", Start: "at", Weight: "amount",
		Points: []facts.Point{{Lo: day(2), Hi: day(6)}}, Attribution: []int{0},
	}}
	found := []facts.Found{{"at", facts.Integer}, {"customer", facts.Integer}, {"amount", facts.Float}, {"region", facts.Text}}
	a := answered(t, q, r, found, need)
	if a.Rows != 1 {
		t.Errorf("%d rows for customers who all look the same, want 1", a.Rows)
	}
	for segment, want := range map[string]float64{"large": 200, "small": 0} {
		n := 0.0
		a.View(kpi.Segment{Dimension: "region", Value: segment}).Patterns(need.Subjects, func(p facts.Pattern) { n += p.Subjects() })
		if n != want {
			t.Errorf("%v customers in the segment %q, want %v", n, segment, want)
		}
	}
}
