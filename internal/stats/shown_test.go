package stats

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestBoundsThatSayNothingAreNotShown(t *testing.T) {
	t.Parallel()
	of := func(xs ...float64) (m PositiveMean) {
		for _, x := range xs {
			m = PositiveMean{m.N + 1, m.Sum + x, m.Squares + x*x}
		}
		return m
	}
	for name, tt := range map[string]struct {
		e     Evidence
		shown bool
	}{
		"two values far apart":          {of(1, 100), false},
		"two values that are near":      {of(99, 100), true},
		"one outweighs nine":            {of(1, 1, 1, 1, 1, 1, 1, 1, 1, 1e4), false},
		"ten of a usual spread":         {of(1, 2, 1, 3, 1, 2, 5, 1, 2, 4), true},
		"a single value":                {of(3), false},
		"a sale and its refund, nearly": {Total{N: 2, Sum: 1, Squares: 101*101 + 100*100}, false},
		"two sales":                     {Total{N: 2, Sum: 3, Squares: 5}, true},
		"growth of next to nothing":     {Growth{Now: Total{N: 2, Sum: 1, Squares: 101*101 + 100*100}, Before: Total{N: 2, Sum: 3, Squares: 5}}, false},
		"growth of little":              {Growth{Now: Total{N: 2, Sum: 3, Squares: 5}, Before: Total{N: 2, Sum: 3, Squares: 5}}, true},
		"won by next to nothing lost":   {Quotient{Over: Total{N: 2, Sum: 3, Squares: 5}, Under: Total{N: 2, Sum: 1, Squares: 101*101 + 100*100}}, false},
		"won by as much lost":           {Quotient{Over: Total{N: 2, Sum: 3, Squares: 5}, Under: Total{N: 2, Sum: 3, Squares: 5}}, true},
		"a model that is sure":          {Modelled{V: 100, Error: 10, N: 50, Defined: true}, true},
		"a model that knows nothing":    {Modelled{V: 100, Error: 400, N: 50, Defined: true}, false},
		"one of two":                    {Proportion{Hits: 1, N: 2}, true},
		"scores far apart":              {BoundedMean{N: 2, Sum: 6, Squares: 26, Min: 1, Max: 5}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			lower, upper, ok := tt.e.Shown(0.95)
			l, u, _ := tt.e.Interval(0.95)
			if ok != tt.shown || ok && (lower != l || upper != u) {
				t.Errorf("[%v, %v] is shown as [%v, %v], %v", l, u, lower, upper, ok)
			}
		})
	}
}

// Whatever is shown holds the truth at least as often as the intervals do:
// nothing is shown of those that hold nearly everything.
func TestWhatIsShownCoversNoLess(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	for name, draw := range positives() {
		for _, n := range []int{2, 3, 5, 10, 30} {
			var all, known, shown, hidden int
			for range 500 {
				var m PositiveMean
				for range n {
					x := draw(r)
					m = PositiveMean{m.N + 1, m.Sum + x, m.Squares + x*x}
				}
				l, u, ok := m.Interval(0.95)
				if !ok {
					continue
				}
				known++
				if l <= 1 && 1 <= u {
					all++
				}
				l, u, ok = m.Shown(0.95)
				switch {
				case !ok:
					hidden++
				case u > 100*m.Sum/m.N:
					t.Fatalf("%s, n %d: [%v, %v] is shown", name, n, l, u)
				case l <= 1 && 1 <= u:
					shown++
				}
			}
			if shown+hidden < all {
				t.Errorf("%s, n %d: %d of %d hold the truth, and %d as they are shown", name, n, all, known, shown+hidden)
			}
			if n == 30 && float64(hidden) > 0.04*math.Max(float64(known), 1) {
				t.Errorf("%s: of %d intervals of 30 values %d are not shown", name, known, hidden)
			}
		}
	}
}
