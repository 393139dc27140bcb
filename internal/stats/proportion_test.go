package stats

import (
	"math"
	"testing"
)

// checkInterval compares an interval with published limits of so many decimals.
func checkInterval(t *testing.T, e Evidence, confidence, lower, upper float64, decimals int) {
	t.Helper()
	l, u, ok := e.Interval(confidence)
	if !ok {
		t.Fatalf("%+v has no interval", e)
	}
	unit := math.Pow10(-decimals)
	if math.Abs(l-lower) > unit/2 || math.Abs(u-upper) > unit/2 {
		t.Errorf("%+v: interval is [%v, %v], published is [%v, %v]", e, l, u, lower, upper)
	}
}

func TestWilsonIntervalsThatWerePublished(t *testing.T) {
	t.Parallel()
	// Newcombe 1998, Statistics in Medicine 17:857, table I, method 3.
	checkInterval(t, Proportion{81, 263}, 0.95, 0.2553, 0.3662, 4)
	checkInterval(t, Proportion{15, 148}, 0.95, 0.0624, 0.1605, 4)
	checkInterval(t, Proportion{0, 20}, 0.95, 0, 0.1611, 4)
	checkInterval(t, Proportion{1, 29}, 0.95, 0.0061, 0.1718, 4)
	// Customers lost in IBM's Telco data.
	checkInterval(t, Proportion{1869, 7043}, 0.95, 0.2552, 0.2758, 4)
	// All hits mirror none.
	checkInterval(t, Proportion{20, 20}, 0.95, 1-0.1611, 1, 4)
}

// Tullis and Albert give 36 to 98 % for 4 of 5 by Agresti and Coull, whose interval
// has the centre of Wilson's and holds it.
func TestWilsonIsWithinThePublishedIntervalOfAgrestiAndCoull(t *testing.T) {
	t.Parallel()
	lower, upper, ok := Proportion{N: 5, Hits: 4}.Interval(0.95)
	if !ok || lower < 0.36 || upper > 0.98 {
		t.Errorf("4 of 5 are in [%v, %v], want it within 36 to 98 %%", lower, upper)
	}
	if centre := (lower + upper) / 2; math.Abs(centre-0.67) > 0.005 { // of whole percents
		t.Errorf("the centre is %v, want that of 36 and 98 %%", centre)
	}
}

// outcomes are the probabilities of 0 to n hits, by counting up from the most
// likely one.
func outcomes(n int, p float64) []float64 {
	mass := make([]float64, n+1)
	logs := make([]float64, n+1)
	for k := range logs {
		a, _ := math.Lgamma(float64(n + 1))
		b, _ := math.Lgamma(float64(k + 1))
		c, _ := math.Lgamma(float64(n - k + 1))
		logs[k] = a - b - c + float64(k)*math.Log(p) + float64(n-k)*math.Log1p(-p)
		mass[k] = math.Exp(logs[k])
	}
	return mass
}

// The coverage is summed over all outcomes, not simulated.
func TestWilsonCoverage(t *testing.T) {
	t.Parallel()
	var sum, least float64
	least = 1
	cases := 0
	for _, n := range []int{10, 20, 30, 50, 100, 200, 300, 1000} {
		for p := 0.005; p < 1; p += 0.01 {
			if float64(n)*min(p, 1-p) < 5 {
				continue
			}
			covered := 0.0
			for k, mass := range outcomes(n, p) {
				if l, u, ok := (Proportion{float64(k), float64(n)}).Interval(0.95); ok && l <= p && p <= u {
					covered += mass
				}
			}
			sum, least, cases = sum+covered, min(least, covered), cases+1
		}
	}
	if mean := sum / float64(cases); mean < 0.94 || mean > 0.975 || least < 0.92 {
		t.Errorf("coverage is %.4f on average, %.4f at least", mean, least)
	}
}

// The tea tasting of Fisher's Design of Experiments: 3 of 4 against 1 of 4.
func TestChangeOfAProportionIsFishersTest(t *testing.T) {
	t.Parallel()
	fell, rose, ok := Proportion{3, 4}.Change(Proportion{1, 4})
	if !ok || math.Abs(rose-17.0/70) > 1e-12 || math.Abs(fell-69.0/70) > 1e-12 {
		t.Errorf("fell %v, rose %v, %v", fell, rose, ok)
	}
	// The example of Wikipedia's article on the test: 1 of 12 men study against 9
	// of 12 women, one-sided 0.001379728.
	fell, _, ok = Proportion{1, 12}.Change(Proportion{9, 12})
	if !ok || math.Abs(fell-0.001379728) > 5e-10 {
		t.Errorf("fell %.10f, %v", fell, ok)
	}
}

// What is claimed to come by chance once in so many times comes no more often,
// at any size. The probability is summed over all pairs of outcomes.
func TestChangeOfAProportionNeverClaimsTooMuch(t *testing.T) {
	t.Parallel()
	for _, sizes := range [][2]int{{5, 5}, {10, 40}, {60, 30}, {100, 100}} {
		for _, p := range []float64{0.01, 0.05, 0.2, 0.5, 0.9} {
			now, before := outcomes(sizes[0], p), outcomes(sizes[1], p)
			levels := []float64{0.05, 0.01, 0.001, 1e-5}
			fallen, risen := make([]float64, len(levels)), make([]float64, len(levels))
			for i, a := range now {
				for j, b := range before {
					fell, rose, ok := Proportion{float64(i), float64(sizes[0])}.Change(Proportion{float64(j), float64(sizes[1])})
					if !ok {
						t.Fatalf("no test of %d against %d", i, j)
					}
					for l, level := range levels {
						if fell <= level {
							fallen[l] += a * b
						}
						if rose <= level {
							risen[l] += a * b
						}
					}
				}
			}
			for l, level := range levels {
				if fallen[l] > level*(1+1e-9) || risen[l] > level*(1+1e-9) {
					t.Errorf("sizes %v, share %v: p <= %v has probability %v (fell) and %v (rose)", sizes, p, level, fallen[l], risen[l])
				}
			}
		}
	}
}

func TestALargeChangeOfAProportionIsSeen(t *testing.T) {
	t.Parallel()
	// 70 % of 1,000 against 77 % of 1,000, and the reverse.
	fell, rose, _ := Proportion{700, 1000}.Change(Proportion{770, 1000})
	if fell > 0.0003 || rose < 0.999 {
		t.Errorf("a fall: fell %v, rose %v", fell, rose)
	}
	if f, r, _ := (Proportion{770, 1000}).Change(Proportion{700, 1000}); math.Abs(f-rose) > 1e-9 || math.Abs(r-fell) > 1e-12 {
		t.Errorf("a rise: fell %v, rose %v", f, r)
	}
	// Counts of a large shop, where sums give way to the normal distribution.
	fell, _, ok := Proportion{4.999e9, 1e10}.Change(Proportion{5e9, 1e10})
	// z = 0.0001/√(0.25·2/1e10).
	if want := math.Erfc(0.0001/math.Sqrt(0.5/1e10)/math.Sqrt2) / 2; !ok || math.Abs(math.Log(fell/want)) > 0.01 {
		t.Errorf("ten milliard: %v, want %v", fell, want)
	}
}
