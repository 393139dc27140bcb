package exporter_test

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"sort"
	"strconv"
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/testdb"
	"github.com/cx-exporter/cx-exporter/internal/testdb/oracle"
)

// Log-buckets begin at powers of 101/99 seconds, and the first at a millisecond:
// what is less counts as none. Of these edges a millisecond and a second are whole
// microseconds, which databases keep.
func TestLengthsOfTimeAtTheEdgesOfBucketsAreInThemOnAllEngines(t *testing.T) {
	t.Parallel()
	// How near an edge anything may happen, in microseconds: logarithms know a year to
	// a tenth, floating-point numbers of seconds the time between two instants to a quarter.
	const exact, rounded = 0.1, 0.3
	fine, coarse := atEdges(time.Microsecond, 365*24*time.Hour), atEdges(time.Millisecond, 10*365*24*time.Hour)
	for _, driver := range []string{testdb.DriverPostgres, testdb.DriverMySQL, testdb.DriverSQLite} {
		for i, c := range []struct {
			kind, until string
			lengths     []edge
			between     float64 // how near an edge anything may happen
		}{
			{kind: "instant", until: "2024-06-01T12:00:00.123457Z", lengths: fine, between: exact},
			{kind: "instant", until: "2024-06-01T12:00:00Z", lengths: fine, between: exact},
			{kind: "naive", until: "2024-06-01T12:00:00.999999Z", lengths: fine, between: exact},
			{kind: "text", until: "2024-06-01T12:00:00.7Z", lengths: coarse, between: rounded},
			{kind: "unix", until: "2024-06-01T12:00:00Z", lengths: atEdges(time.Second, 10*365*24*time.Hour), between: exact},
			{kind: "unix float", until: "2024-06-01T12:00:00.123457Z", lengths: fine, between: rounded},
			{kind: "unix_ms", until: "2024-06-01T12:00:00.123Z", lengths: coarse, between: rounded},
		} {
			if driver == testdb.DriverSQLite && (c.kind == "instant" || c.kind == "naive") {
				continue // its times are texts, which it reads to a millisecond, or numbers
			}
			t.Run(fmt.Sprintf("%s until %s on %s", c.kind, c.until, driver), func(t *testing.T) {
				t.Parallel()
				e := openEngine(t, driver)
				table, until := fmt.Sprintf("edges_%d", i), moment(t, c.until)
				r := e.loadLengths(t, table, c.kind, until, c.lengths)
				between := facts.Expr{Since: "created_at", Role: "resolved_at"}
				e.areInTheirBuckets(t, r, between, until, c.lengths, c.between)
				e.areInTheirBuckets(t, r, facts.Expr{Since: "created_at", Until: until}, until, c.lengths, rounded)
			})
		}
	}
}

// edge is a length of time near the lower end of a bucket.
type edge struct {
	length time.Duration
	bucket string  // that it is in
	far    float64 // microseconds to the end, infinite where that is a whole number of them
}

// atEdges are the lengths of time on both sides of the ends of buckets, as near as
// whole steps come to them, up to a limit. Their buckets are found by fractions.
func atEdges(step, limit time.Duration) []edge {
	base, second, millisecond := big.NewRat(101, 99), big.NewRat(1e6, 1), big.NewRat(1000, 1)
	first, below := 0, second
	for ; below.Cmp(millisecond) > 0; first-- {
		below = new(big.Rat).Quo(below, base)
	}
	var from []int64 // the least whole microseconds of each bucket
	var ends []float64
	for x := below; ; x = new(big.Rat).Mul(x, base) {
		whole, end := new(big.Int).Quo(x.Num(), x.Denom()).Int64(), math.Inf(-1)
		if !x.IsInt() {
			whole++
			end, _ = x.Float64()
		}
		if time.Duration(whole)*time.Microsecond > limit {
			break
		}
		from, ends = append(from, whole), append(ends, end)
	}
	var out []edge
	add := func(length time.Duration, end float64) {
		x := edge{length: length, bucket: "none", far: math.Abs(float64(length.Microseconds()) - end)}
		if length >= time.Millisecond {
			i := sort.Search(len(from), func(i int) bool { return from[i] > length.Microseconds() })
			x.bucket = strconv.Itoa(first + i - 1)
		}
		if length >= 0 && (len(out) == 0 || out[len(out)-1].length < length) {
			out = append(out, x)
		}
	}
	add(0, math.Inf(-1))
	for i, micros := range append([]int64{1000}, from...) {
		end := math.Inf(-1)
		if i > 0 {
			end = ends[i-1]
		}
		at := (time.Duration(micros) * time.Microsecond).Truncate(step)
		for n := -step; n <= step; n += step {
			add(at+n, end)
		}
	}
	return out
}

// loadLengths makes a table with a row for each length of time, which ends at an
// instant.
func (e *engine) loadLengths(t *testing.T, table, kind string, until time.Time, lengths []edge) facts.Relation {
	t.Helper()
	rng := rand.New(rand.NewPCG(1, 1))
	columns := []column{
		numberColumn(rng, e.name, "id", "integer"),
		timeColumn(rng, e.name, "created_at", kind, time.UTC), timeColumn(rng, e.name, "resolved_at", kind, time.UTC),
	}
	var rows []oracle.Row
	for i := range columns {
		if kind == "text" && columns[i].role != "id" {
			columns[i].literal = func(v any) string { return quoteText(e.name, v.(time.Time).UTC().Format("2006-01-02 15:04:05.000")) }
		}
	}
	for i, x := range lengths {
		rows = append(rows, oracle.Row{"id": float64(i), "created_at": until.Add(-x.length), "resolved_at": until})
	}
	e.dbs[0].Exec(t, e.table(table, columns, rows)...)
	types := map[string]facts.Type{
		"instant": facts.Instant, "naive": facts.Naive, "text": facts.TextTime,
		"unix": facts.Unix, "unix float": facts.Unix, "unix_ms": facts.UnixMilli,
	}
	return facts.Relation{Table: table, Columns: map[facts.Role]facts.Column{
		"id": {Name: "id", Type: facts.Integer}, "created_at": {Name: "created_at", Type: types[kind]}, "resolved_at": {Name: "resolved_at", Type: types[kind]},
	}}
}

// areInTheirBuckets checks the buckets of lengths of time, but for those that are as
// near an end as told.
func (e *engine) areInTheirBuckets(t *testing.T, r facts.Relation, of facts.Expr, until time.Time, lengths []edge, near float64) {
	t.Helper()
	cube := &facts.Cube{
		Time: "created_at", Bounds: []time.Time{{}, until.Add(time.Hour)},
		Keys: []facts.Key{{Expr: facts.Expr{Role: "id"}}, {Expr: of, Bucket: true}},
	}
	need := facts.Need{Cube: cube}
	got := map[string]string{}
	e.answer(t, r, facts.Options{Limit: 2 * len(lengths)}, []facts.Need{need}, func(a *facts.Answer) {
		a.Part([]facts.Need{need}, 1).View(kpi.Segment{}).Cells(cube, cube.Bounds[0], cube.Bounds[1], func(x facts.Cell) {
			id, _ := x.Key(0)
			bucket, ok := x.Bucket(1)
			switch {
			case !ok:
				got[id] = "negative"
			case bucket < -1000:
				got[id] = "none"
			default:
				got[id] = strconv.Itoa(bucket)
			}
		})
	})
	for i, x := range lengths {
		if got := got[strconv.Itoa(i)]; got != x.bucket && x.far > near {
			t.Errorf("%s of %v is in the bucket %q, want %q", of, x.length, got, x.bucket)
		}
	}
}
