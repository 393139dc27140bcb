package app

import (
	"cmp"
	"slices"
	"time"
)

// dearestFirst are runs in the order in which they are begun, several at a time:
// what costs little is left for last, so that nothing dear then runs on alone. What
// they cost is not measured, but guessed without reading: dear are those that tell
// customers one by one, or read rows one by one, for which an instant costs about
// as much as the one before; and among them, as among the others, those with more
// values of the total at an instant. A wrong guess costs time and nothing else.
func dearestFirst(runs []*pastRun, at time.Time) []*pastRun {
	return slices.SortedStableFunc(slices.Values(runs), func(a, b *pastRun) int {
		if cheap := a.Evaluator.HistoryIsCheap(at); cheap != b.Evaluator.HistoryIsCheap(at) {
			if cheap {
				return 1
			}
			return -1
		}
		return cmp.Compare(b.values(), a.values())
	})
}

// values is how many KPIs a run has, once for each window.
func (r *pastRun) values() int { return len(r.shown.Descs) * len(r.shown.Windows) }
