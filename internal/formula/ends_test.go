package formula

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

func TestTheEndsOfAnExpressionFollowFromThoseOfItsValues(t *testing.T) {
	t.Parallel()
	share, score, things, unknown := kpi.Between(0, 1), kpi.Between(-100, 100), kpi.From(0), kpi.Ends{}
	for _, tt := range []struct {
		name, expr string
		of         []kpi.Ends
		want       kpi.Ends
	}{
		{"what is left of a share", "1 - a.b", []kpi.Ends{share}, share},
		{"the product of shares", "a.b * a.c", []kpi.Ends{share, share}, share},
		{"the difference of shares", "a.b - a.c", []kpi.Ends{share, share}, kpi.Between(-1, 1)},
		{"the mean of two scores", "(a.b + a.c) / 2", []kpi.Ends{score, score}, score},
		{"minus a score", "-a.b", []kpi.Ends{kpi.Between(-100, 50)}, kpi.Between(-50, 100)},
		{"things by things", "a.b / a.c", []kpi.Ends{things, things}, things},
		{"a share of at least a half, turned round", "1 / a.b", []kpi.Ends{kpi.Between(0.5, 1)}, kpi.Between(1, 2)},
		{"by what is never above zero", "1 / a.b", []kpi.Ends{kpi.Between(-4, 0)}, kpi.Ends{Min: math.Inf(-1), Max: -0.25}},
		{"by what may have either sign", "1 / a.b", []kpi.Ends{score}, unknown},
		{"of what nothing is known", "a.b + a.c", []kpi.Ends{share, unknown}, unknown},
		{"nothing known, but never below", "max(a.b, 0.5)", []kpi.Ends{unknown}, kpi.From(0.5)},
		{"the size of a score", "abs(a.b)", []kpi.Ends{score}, kpi.Between(0, 100)},
		{"the size of what is below zero", "abs(a.b)", []kpi.Ends{kpi.Between(-5, -2)}, kpi.Between(2, 5)},
		{"the lesser of two", "min(a.b, a.c)", []kpi.Ends{share, kpi.Between(-1, 0.5)}, kpi.Between(-1, 0.5)},
		{"one of two", "a.b > 0.5 ? a.c : 200", []kpi.Ends{share, score}, kpi.Between(-100, 200)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			e, err := Parse(tt.expr)
			if err != nil {
				t.Fatal(err)
			}
			if got := e.Ends(tt.of); got != tt.want {
				t.Errorf("%s goes from %v to %v, want %v to %v", tt.expr, got.Min, got.Max, tt.want.Min, tt.want.Max)
			}
		})
	}
}

// Whatever values there are, the expression stays within its ends.
func TestNoValueOfAnExpressionLiesBeyondItsEnds(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	for _, text := range []string{
		"a.b * (1 - a.c) / a.d", "abs(a.b - a.c) * a.d", "min(a.b, -a.c) + max(a.d, 2)", "a.b / (a.c + a.d) - a.b",
		"a.b > a.c ? a.b * a.d : a.c - a.d", "-(a.b / a.c) * -a.d",
	} {
		e, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		met := 0
		for range 2000 {
			of, values := make([]kpi.Ends, 3), make([]float64, 3)
			for i := range of {
				from := float64(r.IntN(9) - 4)
				of[i] = kpi.Between(from, from+1+float64(r.IntN(4)))
				values[i] = of[i].Min + r.Float64()*(of[i].Max-of[i].Min)
				switch r.IntN(4) {
				case 0:
					values[i] = of[i].Min
				case 1:
					of[i].Max = math.Inf(1)
				}
			}
			v, ok := e.Value(values)
			ends := e.Ends(of)
			if slack := 1e-9 * (1 + math.Abs(v)); ok && ends.Known() && (v < ends.Min-slack || v > ends.Max+slack) {
				t.Fatalf("%s of %v is %v, beyond %v", text, values, v, ends)
			}
			if ok && ends.Known() {
				met++
			}
		}
		if met < 200 {
			t.Errorf("%s: only %d of 2000 draws had ends and a value", text, met)
		}
	}
}
