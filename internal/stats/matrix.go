package stats

import "math"

// square is a matrix of k rows and columns, all 0.
func square(k int) [][]float64 {
	m := make([][]float64, k)
	for i := range m {
		m[i] = make([]float64, k)
	}
	return m
}

// invert is the inverse of a symmetric matrix by its Cholesky factor. ok is
// false where the matrix is not positive definite, or so nearly so that digits
// enough to matter are lost.
func invert(m [][]float64) (inverse [][]float64, ok bool) {
	const worst = 1e12 // condition number
	k := len(m)
	l := square(k) // m = l·lᵀ
	for i := range k {
		for j := range i + 1 {
			rest := m[i][j] - dot(l[i][:j], l[j][:j])
			switch {
			case i > j:
				l[i][j] = rest / l[j][j]
			case !(rest > 0) || math.IsInf(rest, 1):
				return nil, false
			default:
				l[i][i] = math.Sqrt(rest)
			}
		}
	}
	inverse = square(k)
	for c := range k {
		// l·y = the column c of the identity, then lᵀ·x = y, in one array.
		x := make([]float64, k)
		x[c] = 1
		for i := range k {
			x[i] = (x[i] - dot(l[i][:i], x[:i])) / l[i][i]
		}
		for i := k - 1; i >= 0; i-- {
			for j := i + 1; j < k; j++ {
				x[i] -= l[j][i] * x[j]
			}
			x[i] /= l[i][i]
			inverse[i][c] = x[i]
		}
	}
	for i := range k {
		for j := range i {
			inverse[i][j] = (inverse[i][j] + inverse[j][i]) / 2
			inverse[j][i] = inverse[i][j]
		}
	}
	if !(norm(m)*norm(inverse) <= worst) {
		return nil, false
	}
	return inverse, true
}

// norm is the greatest sum of the absolute values in a row.
func norm(m [][]float64) float64 {
	most := 0.0
	for _, row := range m {
		sum := 0.0
		for _, x := range row {
			sum += math.Abs(x)
		}
		most = math.Max(most, sum)
	}
	return most
}
