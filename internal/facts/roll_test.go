package facts

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestARowCountsWhereAPointSaysSo compares the stretches of lines with each point
// by itself, as Point describes it.
func TestARowCountsWhereAPointSaysSo(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(20260101, 1))
	day := func(n int) time.Time { return time.Unix(int64(n)*86400, 0).UTC() }
	for range 200 {
		s := &Subjects{}
		for range 40 {
			n := 5 + random.IntN(40)
			var pt Point
			switch random.IntN(6) {
			case 0:
				pt = Point{At: day(n)}
			case 1:
				pt = Point{At: day(n), Until: day(n - random.IntN(5))}
			case 2:
				pt = Point{At: day(n), Until: day(n + random.IntN(5)), Ended: day(n + 5)}
			case 3:
				pt = Point{Hi: day(n)}
			default:
				pt = Point{Lo: day(n - random.IntN(9)), Hi: day(n)}
			}
			s.Points = append(s.Points, pt)
		}
		lines, at := linesOf([]*Subjects{s}, nil)
		for range 30 {
			x := rollRow{
				started: random.IntN(9) > 0, start: day(random.IntN(50)).UnixMicro(),
				ended: random.IntN(2) > 0, end: day(random.IntN(50)).UnixMicro(),
				onTrial: random.IntN(4) == 0, trial: day(random.IntN(50)).UnixMicro(),
			}
			x.bad = x.ended && x.end < x.start
			x.failed = x.onTrial && x.ended && x.end <= x.trial
			for _, pt := range s.Points {
				place := at[keyOf(pt)]
				from, to := lines[place.line].stretch(&x)
				if got, want := from <= place.point && place.point < to, counts(&x, pt); got != want {
					t.Fatalf("%+v counts at %s: %t, want %t", x, pt, got, want)
				}
			}
		}
	}
}

// counts reports whether a row counts at a point.
func counts(x *rollRow, pt Point) bool {
	micro := time.UnixMicro
	if !x.started {
		return false
	}
	if !pt.At.IsZero() {
		if x.onTrial && (x.failed || !micro(x.trial).Before(pt.At)) {
			return false
		}
		if x.bad && pt.end().Before(pt.At) {
			return false
		}
		gone := x.ended && !micro(x.end).Before(pt.Ended)
		return micro(x.start).Before(pt.At) && (!x.ended || !micro(x.end).Before(pt.end())) && (pt.Ended.IsZero() || x.ended && !gone)
	}
	if x.bad || x.onTrial && (x.failed || !micro(x.trial).Before(pt.Hi)) {
		return false
	}
	late := pt.Lo.IsZero() || !micro(x.start).Before(pt.Lo) || x.onTrial && !micro(x.trial).Before(pt.Lo)
	return late && micro(x.start).Before(pt.Hi)
}

// What is counted for stretches of needs is found at each of them.
func TestATreeTellsEachNeedWhatWasAddedForStretches(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(20260101, 2))
	for _, needs := range []int{1, 2, 3, 7, 28, 64} {
		t.Run(fmt.Sprintf("%d needs", needs), func(t *testing.T) {
			tree := newRollTree(needs)
			want := make([]map[rollKey][]float64, needs)
			for i := range want {
				want[i] = map[rollKey][]float64{}
			}
			for range 500 {
				from := random.IntN(needs)
				to := from + 1 + random.IntN(needs-from)
				key := rollKey{mask: uint64(random.IntN(12)), segments: uint64(random.IntN(3)), unit: int32(random.IntN(2))}
				amount := float64(random.IntN(100))
				tree.add(from, to, key, []float64{1, amount})
				for i := from; i < to; i++ {
					old := want[i][key]
					if old == nil {
						old = []float64{0, 0}
					}
					want[i][key] = []float64{old[0] + 1, old[1] + amount}
				}
			}
			var one rollTable
			for i := range needs {
				tree.gather(i, 2, &one)
				got := map[rollKey][]float64{}
				for k, key := range one.keys {
					got[key] = slices.Clone(one.sums[2*k : 2*k+2])
				}
				if diff := cmp.Diff(want[i], got, cmp.AllowUnexported(rollKey{})); diff != "" {
					t.Errorf("need %d (-want +got):\n%s", i, diff)
				}
			}
		})
	}
}

func TestRowsOfOneSubjectAreKnownByTheirNumber(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name       string
		who, unit  any
		then, of   any
		wantSecond bool
	}{
		{"the same number", int64(7), nil, int64(7), nil, false},
		{"another number", int64(7), nil, int64(8), nil, true},
		{"a number in another form", int64(7), nil, 7.0, nil, false},
		{"numbers that are one only where they lose digits", int64(1<<53 + 1), nil, int64(1 << 53), nil, true},
		{"a number that another form cannot hold", int64(1<<53 + 1), nil, float64(1 << 53), nil, true},
		{"the same number after one that another form cannot hold", float64(1 << 53), nil, int64(1 << 53), nil, false},
		{"the greatest number with a sign and the next in another form", int64(math.MaxInt64), nil, float64(1 << 63), nil, true},
		{"the least number with a sign in another form", int64(math.MinInt64), nil, float64(-1 << 63), nil, false},
		{"a number with a fraction and a whole one", 7.5, nil, int64(7), nil, true},
		{"the greatest number with a sign and the next", int64(math.MaxInt64), nil, "9223372036854775808", nil, true},
		{"a number and a text, which no database takes for equal", int64(5), nil, "5", nil, true},
		{"a number with a fraction and a text", 5.5, nil, "5.5", nil, true},
		{"numbers above those with a sign", "18446744073709551614", nil, "18446744073709551615", nil, true},
		{"nobody and nobody", nil, nil, nil, nil, false},
		{"nobody and somebody", nil, nil, int64(0), nil, true},
		{"another currency", int64(7), "EUR", int64(7), "USD", true},
		{"the same currency", int64(7), "EUR", int64(7), "EUR", false},
		{"no currency after one", int64(7), "", int64(7), nil, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var s rollWho
			if !s.next(c.who, c.unit) {
				t.Fatal("the first row is of no new subject")
			}
			if got := s.next(c.then, c.of); got != c.wantSecond {
				t.Errorf("the second row is of another subject: %t, want %t", got, c.wantSecond)
			}
		})
	}
}
