package formula_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cx-exporter/cx-exporter/internal/formula"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

func parse(t *testing.T, text string) *formula.Expression {
	t.Helper()
	e, err := formula.Parse(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return e
}

func names(e *formula.Expression) []string {
	var all []string
	for _, r := range e.References() {
		all = append(all, r.String())
	}
	return all
}

func TestExpressionsAreComputed(t *testing.T) {
	t.Parallel()
	nan := math.NaN()
	for _, tt := range []struct {
		name, text string
		values     []float64 // a.x, b.y, c.z in the order of their first mention
		want       float64   // NaN is undefined
	}{
		{"precedence is that of arithmetic", "a.x + b.y * c.z", []float64{1, 2, 3}, 7},
		{"brackets go first", "(a.x + b.y) * c.z", []float64{1, 2, 3}, 9},
		{"differences and quotients go from the left", "a.x - b.y - c.z / 2", []float64{10, 3, 4}, 5},
		{"division is not that of whole numbers", "a.x / 2", []float64{7}, 3.5},
		{"a sign binds more than a product", "-a.x * +b.y", []float64{2, 3}, -6},
		{"a value may stand twice", "(a.x - b.y) / b.y", []float64{3, 2}, 0.5},
		{"numbers may have a fraction", "a.x * 0.25 + 1e3", []float64{8}, 1002},
		{"a division by zero is undefined", "a.x / b.y", []float64{1, 0}, nan},
		{"what rests on an undefined value is undefined", "a.x + b.y", []float64{1, nan}, nan},
		{"but not what does not need it", "a.x > 0 ? a.x : b.y", []float64{1, nan}, 1},
		{"a choice by an undefined value is undefined", "a.x > 0 ? 1 : b.y", []float64{nan, 1}, nan},
		{"a choice goes the other way", "a.x > 0 ? a.x : b.y", []float64{-1, 5}, 5},
		{"and", "a.x > 0 and b.y <= 2 ? a.x : c.z", []float64{1, 2, 9}, 1},
		{"or", "a.x == 0 || b.y != 2 ? a.x : c.z", []float64{1, 2, 9}, 9},
		{"not", "not (a.x >= 1) ? a.x : b.y", []float64{1, 2}, 2},
		{"the smallest", "min(a.x, b.y, 3)", []float64{5, 4}, 3},
		{"the greatest", "max(a.x, b.y)", []float64{5, 4}, 5},
		{"the size", "abs(a.x - b.y)", []float64{2, 6}, 4},
		{"amounts", "a.x - currency(40) * 2", []float64{100}, 20},
		{"what is too great is undefined", "a.x * b.y", []float64{1e200, 1e200}, nan},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, ok := parse(t, tt.text).Value(tt.values)
			if ok == math.IsNaN(tt.want) || ok && got != tt.want {
				t.Errorf("%s = %v, %v; want %v", tt.text, got, ok, tt.want)
			}
		})
	}
}

func TestReferencesAreNamedOnceWithTheirPlaces(t *testing.T) {
	t.Parallel()
	e := parse(t, `2 * ü.kpi / ("my-desk".backlog.tickets - ü.kpi + surveys.nps.responses.promoter)`)
	want := []string{"ü.kpi", `"my-desk".backlog.tickets`, "surveys.nps.responses.promoter"}
	want[0] = `"ü".kpi` // as it could be written, too
	if diff := cmp.Diff(want, names(e)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, r := range e.References() {
		for _, p := range r.Parts {
			if got := strings.Trim(e.String()[p.From:p.To], `"`); got != p.Text {
				t.Errorf("%s stands at %d to %d, where %q is", p.Text, p.From, p.To, got)
			}
		}
	}
}

func TestExpressionsThatAreNone(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ text, place, want string }{
		{"", "", "ends too early"},
		{"a.x +", "a.x +", "ends too early"},
		{"(a.x", "(a.x", "ends too early"},
		{"a.x b.y", "b", "cannot be read here"},
		{"1 + 2", "1 + 2", "names no value"},
		{"desk", "desk", "desk is no value"},
		{"a.x ** 2", "**", "the operator ** cannot stand here"},
		{"a.x % 2", "%", "the operator % cannot stand here"},
		{"a.x > 1", ">", "a comparison is no number"},
		{"!a.x", "!", "a comparison is no number"},
		{"a.x ? 1 : 2", "x", "a comparison is expected here"},
		{"sqrt(a.x)", "sqrt", "there is no function sqrt"},
		{"len(a.x)", "len", "there is no function len"},
		{"a.x.y()", "y", "this cannot stand here"},
		{"a?.x", "x", "this cannot stand here"},
		{"a.x[1]", "[", "this cannot stand here"},
		{"a.b.c.d.e", "e", "a name too many"},
		{"[a.x]", "[", "this cannot stand here"},
		{"let y = 1; a.x", "y", "this cannot stand here"},
		{"a.x; a.x", "x", "this cannot stand here"},
		{"a.x | abs()", "", ""},
		{"min(a.x)", "min", "at least two"},
		{"abs(a.x, 1)", "abs", "abs takes one value"},
		{"currency(a.x)", "currency", "makes an amount of a number"},
		{`"text" + a.x`, `"text"`, "this cannot stand here"},
		{"true ? a.x : 1", "true", "a comparison is expected here"},
		{strings.Repeat("(", 400) + "a.x" + strings.Repeat(")", 400), "", ""},
		{strings.Repeat("1+", 500) + "a.x", "", "longer than 1000 bytes"},
	} {
		_, err := formula.Parse(tt.text)
		if tt.want == "" {
			if err != nil {
				t.Errorf("%s: %v", tt.text, err)
			}
			continue
		}
		f, ok := errors.AsType[*formula.Error](err)
		if !ok || !strings.Contains(f.Problem, tt.want) {
			t.Errorf("%s: %v, want %q", tt.text, err, tt.want)
			continue
		}
		if place := tt.text[f.From:f.To]; tt.place != "" && place != tt.place && !strings.HasPrefix(place, tt.place) {
			t.Errorf("%s: the place is %q, want %q", tt.text, place, tt.place)
		}
	}
}

func TestUnitsFollowTheArithmetic(t *testing.T) {
	t.Parallel()
	units := map[string]kpi.Unit{"money": kpi.Currency, "time": kpi.Seconds, "share": kpi.Ratio, "things": kpi.Count, "points": kpi.Score}
	all := []kpi.Unit{kpi.Ratio, kpi.Score, kpi.Seconds, kpi.Currency, kpi.Count}
	for _, tt := range []struct {
		text string
		want []kpi.Unit // that the result may be published in
	}{
		{"k.money / k.things", []kpi.Unit{kpi.Currency}},
		{"k.money / k.money", []kpi.Unit{kpi.Ratio}},
		{"k.money * k.share - currency(10)", []kpi.Unit{kpi.Currency}},
		{"max(k.money, 0) + currency(10)", []kpi.Unit{kpi.Currency}},
		{"k.points + 100", []kpi.Unit{kpi.Score}},
		{"k.time / k.time", []kpi.Unit{kpi.Ratio}},
		{"k.money / k.time * seconds(3600)", []kpi.Unit{kpi.Currency}},
		{"k.money / k.time", nil},
		{"k.money * k.money", nil},
		{"1 / k.money", nil},
		{"k.things / k.things", []kpi.Unit{kpi.Ratio, kpi.Count}},
		{"k.things * k.share", []kpi.Unit{kpi.Count}},
		{"k.things * k.things", []kpi.Unit{kpi.Count}},
		{"k.things - 1", []kpi.Unit{kpi.Count}},
		{"k.share / k.share", []kpi.Unit{kpi.Ratio}},
		{"1 - k.share", []kpi.Unit{kpi.Ratio}},
		{"-k.points * k.share", []kpi.Unit{kpi.Score}},
		{"k.points / k.points", []kpi.Unit{kpi.Ratio}},
		{"max(k.share, k.things / k.things)", []kpi.Unit{kpi.Ratio}},
		{"k.things > 0 ? k.money : 0", []kpi.Unit{kpi.Currency}},
		// The return on retention.
		{"((k.share - 0.9) * k.things * currency(40) * 12 - k.money) / k.money", []kpi.Unit{kpi.Ratio, kpi.Count}},
	} {
		e := parse(t, tt.text)
		q, err := e.Quantity(quantities(e, units))
		if err != nil {
			t.Errorf("%s: %v", tt.text, err)
			continue
		}
		var got []kpi.Unit
		for _, u := range all {
			if q.Is(u) {
				got = append(got, u)
			}
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s is %s (-want +got):\n%s", tt.text, q, diff)
		}
	}
	for text, want := range map[string]string{
		"k.money + 10":                                   "currency added to a number means nothing: write currency(40)",
		"k.time > 60 ? 1 : k.share":                      "seconds compared with a number",
		"k.time + k.share":                               "seconds added to a ratio",
		"k.money - k.things":                             "currency less a count",
		"k.share + k.things":                             "a ratio added to a count",
		"min(k.money, k.time)":                           "currency beside seconds",
		"k.time > k.points ? 1 : k.share":                "seconds compared with score",
		"k.share > 0 ? k.money : k.time":                 "the choice is between currency and seconds",
		"k.money / k.time + k.points":                    "currency per seconds added to score",
		"1 / k.time - k.money":                           "per seconds less currency",
		"not (k.money == k.time) ? 1 : k.share":          "currency compared with seconds",
		"k.share > 0 and k.time < k.money ? 1 : k.share": "seconds compared with currency",
	} {
		e := parse(t, text)
		if _, err := e.Quantity(quantities(e, units)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

func quantities(e *formula.Expression, units map[string]kpi.Unit) []formula.Quantity {
	var of []formula.Quantity
	for _, r := range e.References() {
		of = append(of, formula.Of(units[r.Parts[1].Text]))
	}
	return of
}

func TestIntervalsAreMovedThroughTheExpression(t *testing.T) {
	t.Parallel()
	b := func(lower, upper float64) *formula.Bounds { return &formula.Bounds{Lower: lower, Upper: upper} }
	for _, tt := range []struct {
		name, text string
		values     []float64
		bounds     []*formula.Bounds
		want       *formula.Bounds
	}{
		{
			// 1200 / (4·0.75): the ends of the rate's interval, exactly.
			"one uncertain value moves its bounds", "a.x / (b.y * 4)",
			[]float64{1200, 0.75},
			[]*formula.Bounds{nil, b(0.3, 0.96)},
			b(312.5, 1000),
		},
		{
			"also where it stands twice", "(a.x * 100 - 50) / (a.x * 0 + 50)",
			[]float64{0.75},
			[]*formula.Bounds{b(0.5, 0.8)},
			b(0, 0.6),
		},
		{
			// Newcombe's difference of 56/70 and 48/80, 0.2, from the Wilson limits
			// of both: 0.0524 to 0.3339 (1998, Statistics in Medicine 17:873, table II
			// column (a), method 10).
			"two give Newcombe's difference", "a.x - b.y",
			[]float64{0.8, 0.6},
			[]*formula.Bounds{b(0.6918, 0.8770), b(0.4904, 0.7003)},
			b(0.0524, 0.3339),
		},
		{
			// ln(2)² + ln(2)² under the root: a factor of 2^√2 either way.
			"quotients are on the logarithm", "a.x / b.y",
			[]float64{8, 4},
			[]*formula.Bounds{b(4, 16), b(2, 8)},
			b(2/math.Exp2(math.Sqrt2), 2*math.Exp2(math.Sqrt2)),
		},
		{"sums are not", "a.x + b.y", []float64{10, 20}, []*formula.Bounds{b(7, 14), b(16, 23)}, b(25, 35)},
		{"exact values have none", "a.x + b.y", []float64{1, 2}, []*formula.Bounds{nil, nil}, nil},
		{"a divisor that may be zero has none", "1 / a.x", []float64{1}, []*formula.Bounds{b(-1, 3)}, nil},
		{"nor one that ends in zero", "a.x / b.y", []float64{1, 2}, []*formula.Bounds{nil, b(0, 3)}, nil},
		{"a kink has none", "abs(a.x)", []float64{1}, []*formula.Bounds{b(-1, 3)}, nil},
		{"a choice has none", "a.x > 2 ? a.x : 2", []float64{1}, []*formula.Bounds{b(-1, 3)}, nil},
		{"an undefined value has none", "a.x / b.y", []float64{1, 0}, []*formula.Bounds{b(1, 2), nil}, nil},
		// Means of two or three values have bounds like these, of which both together
		// have none that a number could be.
		{"a product whose bound is no number has none", "a.x * b.y", []float64{1, 1}, []*formula.Bounds{b(1e-300, 1e300), b(1e-300, 1e300)}, nil},
		{"nor has such a sum", "a.x + b.y", []float64{1, 1}, []*formula.Bounds{b(0, 1e308), b(0, 1.5e308)}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, ok := parse(t, tt.text).Interval(tt.values, tt.bounds)
			near := func(a, b float64) bool { return math.Abs(a-b) <= 1e-4*math.Max(1, math.Abs(b)) }
			switch {
			case ok != (tt.want != nil):
				t.Errorf("%v, %v", got, ok)
			case ok && !(near(got.Lower, tt.want.Lower) && near(got.Upper, tt.want.Upper)):
				t.Errorf("%v, want %v", got, *tt.want)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"a.x / b.y", `"a-b".c.d > 1 ? min(a.x, 2) : -3.5e2`, "(((a.x", "a.x ?? 1", "#.x", "a.b[1:2]", "let x = 1; x", "0x1 * a.x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		e, err := formula.Parse(text)
		if err != nil {
			var p *formula.Error
			if !errors.As(err, &p) || p.From < 0 || p.From > p.To || p.To > len(text) {
				t.Fatalf("%q: %#v", text, err)
			}
			return
		}
		values := make([]float64, len(e.References()))
		of := make([]formula.Quantity, len(values))
		bounds := make([]*formula.Bounds, len(values))
		for i := range values {
			values[i], of[i], bounds[i] = 1, formula.Of(kpi.Ratio), &formula.Bounds{Lower: 0.5, Upper: 2}
		}
		if v, ok := e.Value(values); ok && (math.IsNaN(v) || math.IsInf(v, 0)) {
			t.Fatalf("%q is %v", text, v)
		}
		_, _ = e.Quantity(of)
		e.Interval(values, bounds)
	})
}
