package stats

// Part is one segment's part of a weighted mean: the sum of what is averaged and
// the weight that it is divided by. Its own value is Sum/Weight.
type Part struct {
	Sum, Weight float64
}

// PartOf is the part that a segment with this evidence has of the whole; ok is
// false for values that are no weighted means of those of their segments:
// quantiles, totals, counts and growth. Without samples a part is nothing.
//
// The weight is the number of answers, customers or tickets, and of a ratio of
// sums its own denominator.
func PartOf(e Evidence) (p Part, ok bool) {
	switch e := e.(type) {
	case Proportion:
		p = Part{e.Hits, e.N}
	case NetScore:
		p = Part{100 * (e.Promoters - e.Detractors), e.N}
	case BoundedMean:
		p = Part{e.Sum, e.N}
	case PositiveMean:
		p = Part{e.Sum, e.N}
	case RatioOfSums:
		p = Part{e.Y, e.X}
	case ShareOfSums:
		p = Part{e.Y, e.X}
	default:
		return Part{}, false
	}
	return p, finite(p.Sum, p.Weight) && (p.Weight > 0 || p == Part{})
}

// MixRate divides the change of a weighted mean into what the segments' shares
// of the whole did and what their own values did:
//
//	mix = Σ x̄ Δw,  rate = Σ w̄ Δx
//
// where w is a segment's share of the weight, x its value, Δ the change, and the
// bar the mean of both periods (Kitagawa 1955, Components of a difference
// between two rates, JASA 50:1168). Together they are the change of the whole.
// A segment that is there in one period only has no change of its own: all of
// its effect is mix.
//
// The parts of both periods are those of the same segments, in the same order.
// ok is false where one of the periods has no weight.
func MixRate(now, before []Part) (mix, rate float64, ok bool) {
	if len(now) != len(before) {
		return 0, 0, false
	}
	var w1, w0 float64
	for i := range now {
		w1 += now[i].Weight
		w0 += before[i].Weight
	}
	if !(w1 > 0) || !(w0 > 0) {
		return 0, 0, false
	}
	for i := range now {
		a, b := now[i], before[i]
		share1, share0 := a.Weight/w1, b.Weight/w0
		var x1, x0 float64
		switch {
		case a.Weight > 0 && b.Weight > 0:
			x1, x0 = a.Sum/a.Weight, b.Sum/b.Weight
		case a.Weight > 0:
			x1 = a.Sum / a.Weight
			x0 = x1
		case b.Weight > 0:
			x0 = b.Sum / b.Weight
			x1 = x0
		default:
			continue
		}
		mix += (x1 + x0) / 2 * (share1 - share0)
		rate += (share1 + share0) / 2 * (x1 - x0)
	}
	return mix, rate, finite(mix, rate)
}
