package stats

import (
	"encoding/csv"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

// cdnow reads the customers of CDNOW with their repeat purchases in weeks, which
// are not part of the repository: they lie beside it, or where CX_DATA says.
func cdnow(t *testing.T) (histories []History, spending []Spending) {
	t.Helper()
	dir := os.Getenv("CX_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "data")
	}
	f, err := os.Open(filepath.Join(dir, "cdnow_customers_summary.csv"))
	if err != nil {
		t.Skip("the data set of CDNOW is not there (set CX_DATA to its directory)")
	}
	defer func() { _ = f.Close() }()
	lines, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range lines[1:] {
		var v [4]float64
		for i := range v {
			if v[i], err = strconv.ParseFloat(line[i+1], 64); err != nil {
				t.Fatal(err)
			}
		}
		histories = append(histories, History{N: 1, Repeats: v[0], Recency: v[1], Age: v[2]})
		if v[0] > 0 && v[3] > 0 {
			spending = append(spending, Spending{N: 1, Repeats: v[0], Log: math.Log(v[3])})
		}
	}
	return histories, spending
}

func TestCDNOWIsFittedAsPublished(t *testing.T) {
	t.Parallel()
	histories, spending := cdnow(t)
	if len(histories) != 2357 {
		t.Fatalf("%d customers", len(histories))
	}
	m, ok := FitBGNBD(histories)
	if !ok {
		t.Fatal("no fit")
	}
	for _, p := range []struct {
		name                string
		got, want, rounding float64
	}{
		{"r", m.R, 0.2426, 5e-5},
		{"alpha", m.Alpha, 4.4135, 5e-5},
		{"a", m.A, 0.7929, 5e-5},
		{"b", m.B, 2.4258, 5e-5},
		{"log-likelihood", m.LogLikelihood, -9582.43, 5e-3},
		{"purchases in 39 weeks", m.Purchases(History{Repeats: 2, Recency: 30.43, Age: 38.86}, 39, 0), 1.226, 5e-4},
	} {
		if math.Abs(p.got-p.want) > p.rounding {
			t.Errorf("%s is %v, published is %v", p.name, p.got, p.want)
		}
	}
	g, ok := FitGammaGamma(spending)
	if !ok {
		t.Fatal("no fit of the amounts")
	}
	for name, p := range map[string][2]float64{"p": {g.P, 6.249}, "q": {g.Q, 3.745}, "v": {g.V, 15.448}} {
		if math.Abs(p[0]/p[1]-1) > 1e-3 {
			t.Errorf("%s is %v, published is %v", name, p[0], p[1])
		}
	}
	if _, _, _, _, ok := standardErrors(m); !ok {
		t.Error("no standard errors")
	}
}

// The expectation is the closed form of the paper, computed here with its own
// hypergeometric function for parameters where that has no trouble.
func TestPurchasesAreThoseOfThePaper(t *testing.T) {
	t.Parallel()
	hyper := func(a, b, c, z float64) float64 {
		term, sum := 1.0, 1.0
		for n := 0.0; n < 20000; n++ {
			term *= (a + n) * (b + n) / ((c + n) * (n + 1)) * z
			sum += term
		}
		return sum
	}
	paper := func(m BGNBD, h History, t float64) float64 {
		r, al, a, b, x := m.R, m.Alpha, m.A, m.B, h.Repeats
		first := (a + b + x - 1) / (a - 1) * (1 - math.Pow((al+h.Age)/(al+h.Age+t), r+x)*hyper(r+x, b+x, a+b+x-1, t/(al+h.Age+t)))
		odds := 0.0
		if x > 0 {
			odds = a / (b + x - 1) * math.Pow((al+h.Age)/(al+h.Recency), r+x)
		}
		return first / (1 + odds)
	}
	for _, m := range []BGNBD{{R: 0.2426, Alpha: 4.4135, A: 0.7929, B: 2.4258}, {R: 2, Alpha: 10, A: 1.7, B: 0.4}, {R: 0.5, Alpha: 1, A: 0.3, B: 0.9}} {
		for _, h := range []History{{Age: 10}, {Age: 0}, {Repeats: 2, Recency: 30.43, Age: 38.86}, {Repeats: 40, Recency: 60, Age: 61}, {Repeats: 1, Recency: 1, Age: 200}} {
			for _, horizon := range []float64{0.5, 39, 300} {
				got, want := m.Purchases(h, horizon, 0), paper(m, h, horizon)
				if math.Abs(got-want) > 1e-6*want {
					t.Errorf("%+v of %+v within %v is %v, want %v", h, m, horizon, got, want)
				}
			}
		}
	}
	even := BGNBD{R: 1, Alpha: 5, A: 1, B: 1}
	beside := BGNBD{R: 1, Alpha: 5, A: 1.0001, B: 1}
	h := History{Repeats: 3, Recency: 8, Age: 9}
	if x, y := even.Purchases(h, 20, 0), beside.Purchases(h, 20, 0); math.Abs(x/y-1) > 1e-3 || !finite(x) {
		t.Errorf("%v where the closed form has no value, %v beside it", x, y)
	}
	if x := (BGNBD{R: 0.2, Alpha: 4, A: 0.8, B: 2}).Purchases(History{Repeats: 2000, Recency: 900, Age: 900}, 365, 0); !finite(x) || x < 600 || x > 900 {
		t.Errorf("who bought on 2,000 of 900 days does so %v times in a year", x)
	}
}

func TestPurchasesAreDiscounted(t *testing.T) {
	t.Parallel()
	// Customers who never leave and all buy once in ten days.
	m := BGNBD{R: 1e7, Alpha: 1e8, A: 1e-7, B: 1}
	h := History{Age: 50}
	for _, c := range []struct{ horizon, discount, want float64 }{
		{100, 0, 10}, {365, 0, 36.5}, {365, 0.001, 0.1 * (1 - math.Exp(-0.365)) / 0.001}, {0, 0, 0},
	} {
		if got := m.Purchases(h, c.horizon, c.discount); math.Abs(got-c.want) > 1e-4*c.want {
			t.Errorf("%+v: got %v", c, got)
		}
	}
}

// Where parameters come close to 1 an integral stands in for the series: both
// say the same. A discount of next to nothing asks for the integral.
func TestPurchasesAreTheSameInBothForms(t *testing.T) {
	t.Parallel()
	for _, m := range []BGNBD{
		{R: 0.2426, Alpha: 4.4135, A: 0.7929, B: 2.4259},
		{R: 2, Alpha: 300, A: 0.3, B: 0.9},
		{R: 0.5, Alpha: 20, A: 1.06, B: 3},
		{R: 1, Alpha: 90, A: 4, B: 0.2},
	} {
		for _, h := range []History{{Age: 1}, {Age: 900}, {Repeats: 1, Recency: 30, Age: 400}, {Repeats: 40, Recency: 800, Age: 820}} {
			for _, horizon := range []float64{1, 39, 365} {
				got, want := m.Purchases(h, horizon, 0), m.Purchases(h, horizon, 1e-14)
				if math.Abs(got-want) > 1e-8*want {
					t.Errorf("%+v, %+v within %v: %v, not %v", m, h, horizon, got, want)
				}
			}
		}
	}
}

func TestAliveness(t *testing.T) {
	t.Parallel()
	m := BGNBD{R: 0.25, Alpha: 4, A: 0.8, B: 2.4}
	if p := m.Alive(History{Age: 500}); p != 1 {
		t.Errorf("%v where nobody could leave yet", p)
	}
	// By hand: 1/(1 + 0.8/(2.4+2-1) · (14/14)^2.25) = 1/(1+0.8/3.4).
	if p := m.Alive(History{Repeats: 2, Recency: 10, Age: 10}); math.Abs(p-1/(1+0.8/3.4)) > 1e-12 {
		t.Errorf("%v just after a purchase", p)
	}
	if p := m.Alive(History{Repeats: 50, Recency: 100, Age: 1000}); p > 1e-20 || p < 0 {
		t.Errorf("%v after a silence that nobody kept before", p)
	}
}

// draw simulates customers of the model. It returns each with the purchases
// after the end of the history.
func draw(r *rand.Rand, m BGNBD, customers int, longest float64) (histories []History) {
	for range customers {
		age := longest * (0.3 + 0.7*r.Float64())
		rate := gammaDraw(r, m.R) / m.Alpha
		x, y := gammaDraw(r, m.A), gammaDraw(r, m.B)
		leave := x / (x + y)
		h := History{N: 1, Age: age}
		for at := r.ExpFloat64() / rate; at < age; at += r.ExpFloat64() / rate {
			h.Repeats++
			h.Recency = at
			if r.Float64() < leave {
				break
			}
		}
		histories = append(histories, h)
	}
	return histories
}

// gammaDraw is a gamma number with a shape and the rate 1 (Marsaglia and Tsang
// 2000, ACM Trans. Math. Softw. 26:363).
func gammaDraw(r *rand.Rand, shape float64) float64 {
	if shape < 1 {
		return gammaDraw(r, shape+1) * math.Pow(r.Float64(), 1/shape)
	}
	d := shape - 1.0/3
	for {
		x := r.NormFloat64()
		v := 1 + x/math.Sqrt(9*d)
		if v = v * v * v; v > 0 && math.Log(1-r.Float64()) < x*x/2+d-d*v+d*math.Log(v) {
			return d * v
		}
	}
}

// Whatever the parameters, they are found again within a few standard errors.
func TestSimulatedCustomersAreFittedAsTheyWereMade(t *testing.T) {
	t.Parallel()
	for i, truth := range []BGNBD{{R: 0.25, Alpha: 30, A: 0.8, B: 2.4}, {R: 1.5, Alpha: 60, A: 0.5, B: 3}, {R: 3, Alpha: 20, A: 2, B: 6}} {
		r := rand.New(rand.NewPCG(11, uint64(i)))
		m, ok := FitBGNBD(draw(r, truth, 20_000, 500))
		if !ok {
			t.Fatalf("no fit of %+v", truth)
		}
		er, ealpha, ea, eb, ok := standardErrors(m)
		if !ok {
			t.Fatalf("no standard errors of %+v", truth)
		}
		for _, p := range [][3]float64{{m.R, truth.R, er}, {m.Alpha, truth.Alpha, ealpha}, {m.A, truth.A, ea}, {m.B, truth.B, eb}} {
			if math.Abs(p[0]-p[1]) > 4*p[2] || p[2] > 0.5*p[1] {
				t.Errorf("found %v ± %v for %v in %+v", p[0], p[2], p[1], truth)
			}
		}
	}
}

// Where nobody ever leaves, the likelihood rises for ever as leaving gets less
// likely. The search ends, and what it found is right where it matters.
func TestCustomersWhoNeverLeaveAreFitted(t *testing.T) {
	t.Parallel()
	truth := BGNBD{R: 2, Alpha: 50, A: 1e-6, B: 3}
	for i := range 4 {
		r := rand.New(rand.NewPCG(3, uint64(i)))
		m, ok := FitBGNBD(draw(r, truth, 2000, 500))
		if !ok {
			t.Errorf("draw %d is not fitted", i)
			continue
		}
		if leave := m.A / (m.A + m.B); leave > 1e-4 {
			t.Errorf("draw %d: after a purchase %v leave", i, leave)
		}
		if rate := m.R / m.Alpha; math.Abs(rate/0.04-1) > 0.08 || math.Abs(m.R/2-1) > 0.2 {
			t.Errorf("draw %d: %+v buy at a rate of %v, want 0.04", i, m, rate)
		}
	}
}

// Equal customers in one pattern weigh as much as by themselves, and the unit of
// time changes nothing but the scale.
func TestPatternsAndUnitsDoNotMatter(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(5, 5))
	one := draw(r, BGNBD{R: 0.6, Alpha: 40, A: 0.7, B: 2}, 2000, 300)
	var twice, weekly []History
	for _, h := range one {
		twice = append(twice, History{2, h.Repeats, h.Recency, h.Age})
		weekly = append(weekly, History{1, h.Repeats, h.Recency / 7, h.Age / 7})
	}
	m, _ := FitBGNBD(one)
	m2, _ := FitBGNBD(twice)
	m7, ok := FitBGNBD(weekly)
	if !ok || math.Abs(m2.LogLikelihood/m.LogLikelihood-2) > 1e-9 || math.Abs(m.R/m2.R-1) > 1e-4 {
		t.Errorf("%+v twice is %+v", m, m2)
	}
	if math.Abs(m.Alpha/m7.Alpha/7-1) > 1e-4 || math.Abs(m.B/m7.B-1) > 1e-4 {
		t.Errorf("%+v by weeks is %+v", m, m7)
	}
	h := one[0]
	if x, y := m.Purchases(h, 70, 0), m7.Purchases(History{1, h.Repeats, h.Recency / 7, h.Age / 7}, 10, 0); math.Abs(x/y-1) > 1e-4 {
		t.Errorf("%v by days and %v by weeks", x, y)
	}
}

func TestNothingIsFittedToNothing(t *testing.T) {
	t.Parallel()
	for _, h := range [][]History{nil, {{N: 5, Age: 10}}, {{N: 5, Repeats: math.NaN(), Age: 10}}, {{N: 1, Repeats: 1, Recency: 5, Age: 2}}} {
		if m, ok := FitBGNBD(h); ok {
			t.Errorf("%v gives %+v", h, m)
		}
	}
	if m, ok := FitGammaGamma([]Spending{{N: 1, Repeats: 2, Log: 3}}); ok {
		t.Errorf("one customer gives %+v", m)
	}
}

// standardErrors are those of R, Alpha, A and B, by the delta method from the
// curvature of the likelihood; ok is false where its top is flat.
func standardErrors(m BGNBD) (r, alpha, a, b float64, ok bool) {
	known := m.covariance()
	if known == nil {
		return 0, 0, 0, 0, false
	}
	of := func(i int, x float64) float64 { return x * math.Sqrt(known[i][i]) }
	return of(0, m.R), of(1, m.Alpha), of(2, m.A), of(3, m.B), true
}
