package exporter

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

func TestSmallCellsAreWithheldWithWhatWouldTellThem(t *testing.T) {
	t.Parallel()
	whole := func(n int) [][]int {
		g := make([]int, n)
		for i := range g {
			g[i] = i
		}
		return [][]int{g}
	}
	for name, c := range map[string]struct {
		sizes  []float64
		groups [][]int
		want   string
	}{
		"nothing is small":                             {[]float64{5, 9, 0}, whole(3), "..."},
		"one small cell takes the next smallest":       {[]float64{30, 2, 9, 12}, whole(4), ".xx."},
		"two small cells of too few together take one": {[]float64{30, 1, 1, 12}, whole(4), ".xxx"},
		"two small cells that are enough stay two":     {[]float64{30, 3, 2, 12}, whole(4), ".xx."},
		"of equals the first is taken":                 {[]float64{9, 2, 9}, whole(3), "xx."},
		"an empty cell is no protection":               {[]float64{0, 2, 9}, whole(3), ".xx"},
		"but better than none":                         {[]float64{0, 2, 0}, whole(3), "xx."},
		"a cell alone":                                 {[]float64{2}, whole(1), "x"},
		// Rows ab and cd, columns ac and bd:   2 9
		//                                      8 7
		"a combination with both margins": {[]float64{2, 9, 8, 7}, append(whole(4), []int{0, 1}, []int{2, 3}, []int{0, 2}, []int{1, 3}), "xxxx"},
		// With the second margin unknown a row is enough.
		"a combination with one margin": {[]float64{2, 9, 8, 7}, append(whole(4), []int{0, 1}, []int{2, 3}), "xx.."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := ""
			for _, h := range withhold(c.sizes, c.groups, 5) {
				if h {
					got += "x"
				} else {
					got += "."
				}
			}
			if got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

// TestNoWithheldCellFollowsFromSums looks for a second table of whole numbers
// that shows the same, in which a withheld small cell is another number.
func TestNoWithheldCellFollowsFromSums(t *testing.T) {
	t.Parallel()
	const least = 5
	withheld := 0
	for seed := range uint64(1500) {
		rng := rand.New(rand.NewPCG(seed, 3))
		rows, columns := 1+rng.IntN(4), 1+rng.IntN(4)
		sizes := make([]float64, rows*columns)
		for i := range sizes {
			if rng.IntN(8) > 0 {
				sizes[i] = float64(1 + int(rng.ExpFloat64()*9))
			}
		}
		groups := [][]int{nil}
		for r := range rows {
			var row []int
			for c := range columns {
				row = append(row, r*columns+c)
			}
			groups[0] = append(groups[0], row...)
			if rows > 1 && columns > 1 {
				groups = append(groups, row)
			}
		}
		if rows > 1 && columns > 1 && seed%2 == 0 {
			for c := range columns {
				var column []int
				for r := range rows {
					column = append(column, r*columns+c)
				}
				groups = append(groups, column)
			}
		}
		hidden := withhold(sizes, groups, least)
		left := 0
		for i, n := range sizes {
			if n > 0 && n < least && !hidden[i] {
				t.Fatalf("seed %d: a cell of %v is shown", seed, n)
			}
			if !hidden[i] && n > 0 {
				left++
			}
		}
		if left == 0 {
			continue // nothing is shown that could be subtracted
		}
		for i, n := range sizes {
			if n > 0 && n < least {
				withheld++
				if !another(sizes, groups, hidden, i) {
					t.Fatalf("seed %d: cell %d of\n%s can be computed, withheld %v", seed, i, grid(sizes, columns), hidden)
				}
			}
		}
	}
	if withheld < 1000 {
		t.Errorf("only %d cells were withheld", withheld)
	}
}

func grid(sizes []float64, columns int) (s string) {
	for i := 0; i < len(sizes); i += columns {
		s += fmt.Sprintln(sizes[i : i+columns])
	}
	return s
}

// another reports whether a hidden cell can have another value, by trying all
// tables that differ by a few things.
func another(sizes []float64, groups [][]int, hidden []bool, cell int) bool {
	var free []int
	for i, h := range hidden {
		if h && i != cell {
			free = append(free, i)
		}
	}
	of := make([][]int, len(sizes)) // the groups of each cell
	open := make([]int, len(groups))
	for g, cells := range groups {
		for _, i := range cells {
			of[i] = append(of[i], g)
			if hidden[i] && i != cell {
				open[g]++
			}
		}
	}
	off := make([]float64, len(groups)) // how far each sum is off
	var try func(k int) bool
	try = func(k int) bool {
		for g := range groups {
			if open[g] == 0 && off[g] != 0 || math.Abs(off[g]) > float64(2*open[g]) {
				return false
			}
		}
		if k == len(free) {
			return true
		}
		i := free[k]
		for _, d := range []float64{0, 1, -1, 2, -2} {
			if sizes[i]+d < 0 {
				continue
			}
			for _, g := range of[i] {
				off[g] += d
				open[g]--
			}
			found := try(k + 1)
			for _, g := range of[i] {
				off[g] -= d
				open[g]++
			}
			if found {
				return true
			}
		}
		return false
	}
	for _, d := range []float64{1, -1} {
		for _, g := range of[cell] {
			off[g] += d
		}
		found := try(0)
		for _, g := range of[cell] {
			off[g] -= d
		}
		if found {
			return true
		}
	}
	return false
}

func TestALongTableIsWithheldInTime(t *testing.T) {
	t.Parallel()
	const rows, columns = 100, 100
	sizes := make([]float64, rows*columns)
	groups := make([][]int, 1+rows+columns)
	for i := range sizes {
		sizes[i] = float64(i*7919%40 + 1)
		groups[0] = append(groups[0], i)
		groups[1+i/columns] = append(groups[1+i/columns], i)
		groups[1+rows+i%columns] = append(groups[1+rows+i%columns], i)
	}
	for i, h := range withhold(sizes, groups, 5) {
		if !h {
			t.Fatalf("the cell %d is shown", i)
		}
	}
}
