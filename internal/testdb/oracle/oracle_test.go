package oracle

import (
	"math"
	"math/big"
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

func isNear(t *testing.T, what string, got, want, off float64) {
	t.Helper()
	if math.Abs(got-want) > off {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

// The quantiles are those of any table.
func TestQuantilesOfTheTables(t *testing.T) {
	t.Parallel()
	isNear(t, "z of 95 %", normal(0.95), 1.959963985, 1e-9)
	isNear(t, "z of 99.9 %", normal(0.999), 3.290526731, 1e-9)
	for nu, want := range map[float64]float64{1: 12.7062047, 2: 4.30265273, 9: 2.26215716, 10: 2.22813885, 30: 2.04227246} {
		isNear(t, "Student's t of 95 %", student(0.95, nu), want, 1e-7)
	}
}

func TestIntervalsThatWerePublished(t *testing.T) {
	t.Parallel()
	// IBM Telco: 1,869 of 7,043.
	lower, upper, _ := wilson(1869, 7043, 0.95)
	isNear(t, "lower", lower, 0.2552, 5e-5)
	isNear(t, "upper", upper, 0.2758, 5e-5)
	// No event in 10 (Agresti and Coull 1998).
	if lower, upper, _ = wilson(0, 10, 0.95); lower != 0 {
		t.Errorf("the lower limit of 0 in 10 is %v", lower)
	}
	isNear(t, "upper", upper, 0.2775, 5e-5)
	// The ranks of the median of 10 values are 2 and 9 (David and Nagaraja).
	values := []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	if lower, upper, ok := orderStatistics(values, 0.5, 0.95); !ok || lower != 2 || upper != 9 {
		t.Errorf("the median of 1 to 10 is in [%v, %v]", lower, upper)
	}
	// p90 has no upper limit below 36 values.
	var many []float64
	for i := range 36 {
		if _, _, ok := orderStatistics(many, 0.9, 0.95); ok {
			t.Errorf("p90 of %d values has an interval", i)
		}
		many = append(many, float64(i))
	}
	if _, _, ok := orderStatistics(many, 0.9, 0.95); !ok {
		t.Error("p90 of 36 values has no interval")
	}
}

func TestTheMedianIsTheLowerOfTwo(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		p    *big.Rat
		want float64
	}{{big.NewRat(1, 2), 2}, {big.NewRat(9, 10), 4}, {big.NewRat(3, 4), 3}, {big.NewRat(1, 100), 1}} {
		if got, _ := quantile([]float64{4, 1, 3, 2}, c.p); got != c.want {
			t.Errorf("quantile %s of 1 to 4 is %v, want %v", c.p, got, c.want)
		}
	}
}

// 4.08 is the published mean of 1,000 answers on a scale of 1 to 7, and -0.13
// the share of 6 and 7 less that of 1 to 3.
func TestEffortOfAThousandAnswers(t *testing.T) {
	t.Parallel()
	at := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	var rows []Row
	for i, n := range []int{80, 210, 140, 110, 160, 180, 120} {
		for range n {
			rows = append(rows, Row{"responded_at": at, "score": float64(i + 1)})
		}
	}
	s := kpi.Span{Hi: at.Add(1), At: at.Add(1)}
	for _, v := range (Rating{Min: 1, Max: 7, From: 5, To: math.Inf(1)}).Values(rows, s, Segment{}) {
		if v.Stat == "mean" {
			isNear(t, "the mean", v.V, 4.08, 1e-12)
		}
	}
	for _, v := range (NPS{Min: 1, Max: 7, PromotersFrom: 6, DetractorsTo: 3}).Values(rows, s, Segment{}) {
		if v.Stat == "score" {
			isNear(t, "the score", v.V, -13, 1e-12)
		}
	}
}
