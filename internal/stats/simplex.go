package stats

import (
	"cmp"
	"math"
	"slices"
)

// tumble walks down from a point by the values of a surface alone, whatever its
// slopes say: by the simplex of Nelder and Mead (1965, Computer Journal 7:308),
// with the coefficients of Gao and Han (2012, Comput. Optim. Appl. 51:259).
func tumble(f surface, start point) point {
	const most, size = 400, 0.05
	k := len(start.x)
	n := float64(k)
	expand, contract, shrink := 1+2/n, 0.75-1/(2*n), 1-1/n
	if k == 1 {
		expand, contract, shrink = 2, 0.5, 0.5
	}
	corners := []point{start}
	for i := range k {
		x := slices.Clone(start.x)
		x[i] += size
		corners = append(corners, f.at(x))
	}
	for range most {
		slices.SortStableFunc(corners, byHeight)
		best, second, worst := corners[0], corners[k-1], &corners[k]
		// Corners on either side of the bottom may be equally high.
		if !(worst.value-best.value > 1e-12*math.Abs(best.value)) && apart(best.x, worst.x) < size/100 {
			break
		}
		middle := make([]float64, k)
		for _, c := range corners[:k] {
			for i := range k {
				middle[i] += c.x[i] / n
			}
		}
		// beyond is as far behind the middle as so many times the worst corner
		// is before it.
		beyond := func(times float64) point {
			x := make([]float64, k)
			for i := range k {
				x[i] = middle[i] + times*(middle[i]-worst.x[i])
			}
			return f.at(x)
		}
		switch mirrored := beyond(1); {
		case mirrored.value < best.value:
			if further := beyond(expand); further.value < mirrored.value {
				mirrored = further
			}
			*worst = mirrored
			continue
		case mirrored.value < second.value:
			*worst = mirrored
			continue
		case mirrored.value < worst.value:
			if nearer := beyond(contract); nearer.value <= mirrored.value {
				*worst = nearer
				continue
			}
		default:
			if nearer := beyond(-contract); nearer.value < worst.value {
				*worst = nearer
				continue
			}
		}
		for c := range corners[1:] {
			x := make([]float64, k)
			for i := range k {
				x[i] = best.x[i] + shrink*(corners[c+1].x[i]-best.x[i])
			}
			corners[c+1] = f.at(x)
		}
	}
	return slices.MinFunc(corners, byHeight)
}

func byHeight(a, b point) int { return cmp.Compare(a.value, b.value) }

// apart is how far two places are apart along the axis along which they are
// farthest.
func apart(a, b []float64) float64 {
	far := 0.0
	for i := range a {
		far = max(far, math.Abs(a[i]-b[i]))
	}
	return far
}
