package stats

import (
	"fmt"
	"math"
	"testing"
)

// quadratic is a bowl with its bottom at 1, 2, 3 and so on, which is so many
// times as steep along each axis.
func quadratic(steepness ...float64) surface {
	return func(x, grad []float64) float64 {
		sum := 0.0
		for i, s := range steepness {
			off := x[i] - float64(i+1)
			sum += s * off * off / 2
			grad[i] = s * off
		}
		return sum
	}
}

// rosenbrock is the banana of Rosenbrock (1960, Computer Journal 3:175), whose
// bottom is at 1, 1.
func rosenbrock(x, grad []float64) float64 {
	a, b := 1-x[0], x[1]-x[0]*x[0]
	grad[0], grad[1] = -2*a-400*x[0]*b, 200*b
	return a*a + 100*b*b
}

// powell is Powell's singular function (1962, Computer Journal 5:147). Its
// curvature at the bottom, where all are 0, has two directions without any.
func powell(x, grad []float64) float64 {
	a, b, c, d := x[0]+10*x[1], x[2]-x[3], x[1]-2*x[2], x[0]-x[3]
	grad[0] = 2*a + 40*d*d*d
	grad[1] = 20*a + 4*c*c*c
	grad[2] = 10*b - 8*c*c*c
	grad[3] = -10*b - 40*d*d*d
	return a*a + 5*b*b + c*c*c*c + 10*d*d*d*d
}

func TestDescentFindsTheBottom(t *testing.T) {
	t.Parallel()
	// 1000·x − ln x has its bottom at 0.001 and ends at 0.
	cliff := func(x, grad []float64) float64 {
		if x[0] <= 0 {
			return math.Inf(1)
		}
		grad[0] = 1000 - 1/x[0]
		return 1000*x[0] - math.Log(x[0])
	}
	tests := []struct {
		name        string
		f           surface
		start, want []float64
		looks       int // at most
		tolerance   float64
	}{
		{"a bowl", quadratic(1, 1, 1), []float64{50, -20, 7}, []float64{1, 2, 3}, 30, 1e-8},
		{"at the bottom already", quadratic(1, 1), []float64{1, 2}, []float64{1, 2}, 1, 0},
		{"one number", quadratic(3), []float64{-1000}, []float64{1}, 20, 1e-8},
		{"a bowl a million times as steep along one axis", quadratic(1e-3, 1, 1e3), []float64{10, 10, 10}, []float64{1, 2, 3}, 100, 1e-5},
		{"a bowl 10¹² times as steep along one axis", quadratic(1e-6, 1e6), []float64{-5, 9}, []float64{1, 2}, 150, 1e-2},
		{"a bent valley", rosenbrock, []float64{-1.2, 1}, []float64{1, 1}, 100, 1e-7},
		{"a bent valley from afar", rosenbrock, []float64{30, -70}, []float64{1, 1}, 1000, 1e-7},
		{"a bottom without curvature", powell, []float64{3, -1, 0, 1}, []float64{0, 0, 0, 0}, 200, 1e-2},
		{"beside the end of the surface", cliff, []float64{5}, []float64{0.001}, 60, 1e-9},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			looks := 0
			f := surface(func(x, grad []float64) float64 {
				looks++
				return tt.f(x, grad)
			})
			p := descend(f, f.at(tt.start), 1e-9)
			for i, want := range tt.want {
				if math.Abs(p.x[i]-want) > tt.tolerance {
					t.Errorf("ended at %v, the bottom is %v", p.x, tt.want)
					break
				}
			}
			if looks > tt.looks {
				t.Errorf("looked %d times, want at most %d", looks, tt.looks)
			}
			t.Logf("%v after %d looks, slope %v", p.x, looks, p.steepest())
		})
	}
}

func TestDescentEndsWhereThereIsNoBottom(t *testing.T) {
	t.Parallel()
	wall := func(f surface) surface {
		return func(x, grad []float64) float64 {
			for _, v := range x {
				if math.Abs(v) > 18 {
					return math.Inf(1)
				}
			}
			return f(x, grad)
		}
	}
	flat := func(_, grad []float64) float64 { clear(grad); return 7 }
	line := func(x, grad []float64) float64 { grad[0], grad[1] = -1, x[1]; return x[1]*x[1]/2 - x[0] }
	fading := func(x, grad []float64) float64 { grad[0] = -math.Exp(-x[0]); return math.Exp(-x[0]) }
	nowhere := func(_, _ []float64) float64 { return math.Inf(1) }
	notNumbers := func(x, grad []float64) float64 {
		grad[0] = 2 * x[0]
		if math.Abs(x[0]) > 4 {
			return math.NaN()
		}
		return x[0] * x[0]
	}
	wrong := func(x, grad []float64) float64 { grad[0] = -2 * x[0]; return x[0] * x[0] }
	tests := []struct {
		name  string
		f     surface
		start []float64
		want  func(point) bool
	}{
		{"a plain", flat, []float64{3, 4}, func(p point) bool { return p.x[0] == 3 && p.x[1] == 4 && p.value == 7 }},
		{"a slope that ends at a wall", wall(line), []float64{0, 5}, func(p point) bool { return p.x[0] > 17.9 && p.x[0] <= 18 }},
		{"a slope that goes on for ever", line, []float64{0, 5}, func(p point) bool { return p.x[0] > 1000 }},
		{"a slope that fades", fading, []float64{0}, func(p point) bool { return p.steepest() < 1e-9 }},
		{"no surface", nowhere, []float64{1}, func(p point) bool { return p.x[0] == 1 && math.IsInf(p.value, 1) }},
		{"holes around the bottom", notNumbers, []float64{3.9}, func(p point) bool { return math.Abs(p.x[0]) < 1e-9 }},
		{"slopes that lie", wrong, []float64{3}, func(p point) bool { return p.value <= 9 }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			looks := 0
			f := surface(func(x, grad []float64) float64 {
				looks++
				return tt.f(x, grad)
			})
			if p := descend(f, f.at(tt.start), 1e-9); !tt.want(p) || looks > 1000 {
				t.Errorf("ended at %v with the value %v and the slope %v after %d looks", p.x, p.value, p.steepest(), looks)
			}
		})
	}
}

// Values alone lead a simplex to the bottom, whatever slopes say.
func TestSimplexNeedsNoSlopes(t *testing.T) {
	t.Parallel()
	for i, tt := range []struct {
		f           surface
		start, want []float64
		tolerance   float64
	}{
		{quadratic(1), []float64{5}, []float64{1}, 1e-5},
		{quadratic(1, 30, 2, 7), []float64{3, 3, 3, 3}, []float64{1, 2, 3, 4}, 1e-4},
		{rosenbrock, []float64{-1.2, 1}, []float64{1, 1}, 1e-4},
	} {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			f := surface(func(x, grad []float64) float64 {
				v := tt.f(x, grad)
				clear(grad)
				return v
			})
			p := tumble(f, f.at(tt.start))
			for i, want := range tt.want {
				if math.Abs(p.x[i]-want) > tt.tolerance {
					t.Errorf("ended at %v, the bottom is %v", p.x, tt.want)
					break
				}
			}
		})
	}
	nowhere := surface(func(_, _ []float64) float64 { return math.NaN() })
	if p := tumble(nowhere, nowhere.at([]float64{1, 2})); p.x[0] != 1 || p.x[1] != 2 {
		t.Errorf("went to %v where there is no value", p.x)
	}
}

func TestSymmetricMatricesAreInverted(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name     string
		m        [][]float64
		multiple float64 // of the inverse that want holds
		want     [][]float64
	}{
		{"one number", [][]float64{{4}}, 1, [][]float64{{0.25}}},
		{"two by two", [][]float64{{4, 2}, {2, 3}}, 8, [][]float64{{3, -2}, {-2, 4}}},
		{"three by three", [][]float64{{2, -1, 0}, {-1, 2, -1}, {0, -1, 2}}, 4, [][]float64{{3, 2, 1}, {2, 4, 2}, {1, 2, 3}}},
		// The matrix of Hilbert, the inverse of which is known in whole numbers.
		{
			"nearly singular", [][]float64{
				{1, 1.0 / 2, 1.0 / 3, 1.0 / 4},
				{1.0 / 2, 1.0 / 3, 1.0 / 4, 1.0 / 5},
				{1.0 / 3, 1.0 / 4, 1.0 / 5, 1.0 / 6},
				{1.0 / 4, 1.0 / 5, 1.0 / 6, 1.0 / 7},
			}, 1, [][]float64{{16, -120, 240, -140}, {-120, 1200, -2700, 1680}, {240, -2700, 6480, -4200}, {-140, 1680, -4200, 2800}},
		},
		{"not definite", [][]float64{{1, 2}, {2, 1}}, 0, nil},
		{"singular", [][]float64{{1, 1}, {1, 1}}, 0, nil},
		{"singular but for rounding", [][]float64{{1, 1}, {1, 1 + 1e-13}}, 0, nil},
		{"all 0", [][]float64{{0, 0}, {0, 0}}, 0, nil},
		{"no numbers", [][]float64{{math.NaN(), 0}, {0, 1}}, 0, nil},
		{"no number beside", [][]float64{{1, math.NaN()}, {math.NaN(), 1}}, 0, nil},
		{"infinite", [][]float64{{math.Inf(1), 0}, {0, 1}}, 0, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, ok := invert(tt.m)
			if ok != (tt.want != nil) {
				t.Fatalf("inverted to %v: %v", got, ok)
			}
			for i, row := range tt.want {
				for j, want := range row {
					if math.Abs(got[i][j]*tt.multiple-want) > 1e-9*math.Max(1, math.Abs(want)) {
						t.Errorf("row %d, column %d is %v / %v, want %v", i, j, got[i][j]*tt.multiple, tt.multiple, want)
					}
				}
			}
		})
	}
}
