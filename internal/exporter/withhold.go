package exporter

import (
	"math"
	"slices"
)

// A breakdown is a table of counts of which sums are published: the total and,
// for combinations of dimensions, the margins. A segment that is withheld alone
// is what is left of the sum, so withholding one takes withholding others
// (complementary suppression: Cox 1980, Suppression methodology and statistical
// disclosure control, JASA 75:377).

// mostHidden is how many segments of a combination may be withheld one by one.
// Beyond it the combination is withheld altogether for the window: to choose
// would take long, and little would be left.
const mostHidden = 100

// withhold says which cells of a table must not be shown, so that no cell of a
// size between 0 and least can be computed from the others. The groups are the
// sums that are known, as the cells in them; the first holds all cells.
//
// Every group with a small cell that is hidden hides at least two cells, and at
// least `least` things: what it hides together is published, as what is left of
// its sum. More are hidden, the smallest first, until no combination of sums
// gives a small cell either. Cells of size 0 are hidden last, and only where a
// group has no other.
func withhold(sizes []float64, groups [][]int, least float64) []bool {
	small := func(i int) bool { return sizes[i] > 0 && sizes[i] < least }
	hidden := make([]bool, len(sizes))
	found := false
	for i := range sizes {
		hidden[i] = small(i)
		found = found || small(i)
	}
	if !found {
		return hidden
	}
	order := bySize(sizes)
	for {
		for protectAll(sizes, groups, hidden, order, least) {
		}
		if len(groups) == 1 { // then no combination tells more than the sum
			return hidden
		}
		if count(hidden) > mostHidden {
			for i := range hidden {
				hidden[i] = true
			}
			return hidden
		}
		if !slices.ContainsFunc(computable(sizes, groups, hidden), small) || !hideMore(groups, hidden, order) {
			return hidden
		}
	}
}

// bySize orders the cells: the smallest first, those of equal size by their
// place, and empty ones last.
func bySize(sizes []float64) []int {
	order := make([]int, len(sizes))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch x, y := sizes[a], sizes[b]; {
		case x == y:
			return 0
		case y == 0, x != 0 && x < y:
			return -1
		default:
			return 1
		}
	})
	return order
}

// protectAll hides more cells of the groups that hide too few, and reports
// whether it did.
func protectAll(sizes []float64, groups [][]int, hidden []bool, order []int, least float64) (changed bool) {
	// The margins come first: what protects them counts for the whole.
	for _, group := range slices.Backward(groups) {
		n, sum, small := 0, 0.0, false
		for _, i := range group {
			if hidden[i] {
				n++
				sum += sizes[i]
				small = small || sizes[i] > 0 && sizes[i] < least
			}
		}
		if !small {
			continue
		}
		for _, i := range order {
			if n >= 2 && (sum >= least || sizes[i] == 0) {
				break
			}
			if !hidden[i] && slices.Contains(group, i) {
				hidden[i], changed = true, true
				n++
				sum += sizes[i]
			}
		}
	}
	return changed
}

// hideMore hides the smallest of the cells that share the most margins with
// hidden ones: it opens a way around for what can be computed. It reports
// whether there was one.
func hideMore(groups [][]int, hidden []bool, order []int) bool {
	shared := make([]int, len(hidden))
	for _, group := range groups[1:] {
		if !slices.ContainsFunc(group, func(i int) bool { return hidden[i] }) {
			continue
		}
		for _, i := range group {
			shared[i]++
		}
	}
	best := -1
	for _, i := range order {
		if !hidden[i] && (best < 0 || shared[i] > shared[best]) {
			best = i
		}
	}
	if best < 0 {
		return false
	}
	hidden[best] = true
	return true
}

// computable are the hidden cells that the sums tell, one after another. What is
// told is taken off the sums, and where nothing is left of a sum, its cells are
// seen to be empty.
func computable(sizes []float64, groups [][]int, hidden []bool) (told []int) {
	unknown := slices.Clone(hidden)
	for {
		next := determined(groups, unknown)
		for _, group := range groups {
			sum := 0.0
			for _, i := range group {
				if unknown[i] {
					sum += sizes[i]
				}
			}
			for _, i := range group {
				if unknown[i] && sum == 0 {
					next = append(next, i)
				}
			}
		}
		if len(next) == 0 {
			return told
		}
		for _, i := range next {
			unknown[i] = false
		}
		told = append(told, next...)
	}
}

// determined are the hidden cells whose value follows from the sums of the
// groups: those for which elimination leaves an equation of their own.
func determined(groups [][]int, hidden []bool) []int {
	var columns []int
	place := map[int]int{}
	for i, h := range hidden {
		if h {
			place[i] = len(columns)
			columns = append(columns, i)
		}
	}
	rows := make([][]float64, 0, len(groups))
	for _, group := range groups {
		row := make([]float64, len(columns))
		for _, i := range group {
			if hidden[i] {
				row[place[i]] = 1
			}
		}
		rows = append(rows, row)
	}
	eliminate(rows, len(columns))
	var out []int
	for _, row := range rows {
		at, n := 0, 0
		for c, x := range row {
			if isNonzero(x) {
				at, n = c, n+1
			}
		}
		if n == 1 {
			out = append(out, columns[at])
		}
	}
	return out
}

// eliminate brings a matrix to its reduced row echelon form.
func eliminate(rows [][]float64, columns int) {
	top := 0
	for c := 0; c < columns && top < len(rows); c++ {
		pivot := top
		for r := top; r < len(rows); r++ {
			if math.Abs(rows[r][c]) > math.Abs(rows[pivot][c]) {
				pivot = r
			}
		}
		if !isNonzero(rows[pivot][c]) {
			continue
		}
		rows[top], rows[pivot] = rows[pivot], rows[top]
		lead := rows[top][c]
		for k := range rows[top] {
			rows[top][k] /= lead
		}
		for r := range rows {
			if f := rows[r][c]; r != top && isNonzero(f) {
				for k := range rows[r] {
					rows[r][k] -= f * rows[top][k]
				}
			}
		}
		top++
	}
}

// isNonzero tells numbers from what rounding leaves of 0. The entries of these
// matrices begin as 0 and 1 and stay near them.
func isNonzero(x float64) bool { return math.Abs(x) > 1e-6 }

func count(all []bool) (n int) {
	for _, b := range all {
		if b {
			n++
		}
	}
	return n
}
