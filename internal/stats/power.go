package stats

import "math"

// Power is how sure one wants to be of a comparison of two periods of the same
// size. The test is two-sided at Level, so that 0.05 goes with intervals of
// 95 %, and a change of the size asked for is found with the probability Found.
type Power struct {
	Level, Found float64
}

// PowerAt is the power of 80 % that is customary, at the level that goes with
// intervals of a confidence.
func PowerAt(confidence float64) Power { return Power{Level: 1 - confidence, Found: 0.8} }

// factor is (z of the level + z of the power)².
func (p Power) factor() (float64, bool) {
	if !(p.Level > 0 && p.Level < 1 && p.Found > p.Level && p.Found < 1) {
		return 0, false
	}
	z := normalQuantile(p.Level/2) + normalQuantile(1-p.Found)
	return z * z, true
}

// Samples is how many samples each of two periods needs for a change of the size
// delta of a mean to be found, given the variances of one sample in each:
//
//	n = (z + z')² (σ² + σ'²) / δ²
//
// rounded up. ok is false where nothing can be found.
func (p Power) Samples(delta, before, after float64) (n float64, ok bool) {
	f, ok := p.factor()
	n = math.Ceil(f*(before+after)/(delta*delta)*(1-1e-12) + 1e-12)
	if !ok || !(before >= 0) || !(after >= 0) || delta == 0 || !finite(n) {
		return 0, false
	}
	return max(n, 2), true
}

// Proportions is how many samples each period needs for a change of a share to
// be found (Fleiss, Levin and Paik 2003, Statistical Methods for Rates and
// Proportions, section 4.2, without continuity correction: under no change both
// periods have the mean share):
//
//	n = (z √(2 p̄(1-p̄)) + z' √(p(1-p) + p'(1-p')))² / (p'-p)²
func (p Power) Proportions(before, after float64) (n float64, ok bool) {
	if _, ok := p.factor(); !ok || !(before >= 0 && before <= 1 && after >= 0 && after <= 1) || before == after {
		return 0, false
	}
	mean := (before + after) / 2
	root := normalQuantile(p.Level/2)*math.Sqrt(2*mean*(1-mean)) +
		normalQuantile(1-p.Found)*math.Sqrt(before*(1-before)+after*(1-after))
	return max(math.Ceil(root*root/(after-before)/(after-before)), 2), true
}

// Against is how many samples a period needs for a share to be found to differ
// from one that is given and not measured (the same source, section 2.4):
//
//	n = (z √(p(1-p)) + z' √(p'(1-p')))² / (p'-p)²
func (p Power) Against(given, after float64) (n float64, ok bool) {
	if _, ok := p.factor(); !ok || !(given >= 0 && given <= 1 && after >= 0 && after <= 1) || given == after {
		return 0, false
	}
	root := normalQuantile(p.Level/2)*math.Sqrt(given*(1-given)) + normalQuantile(1-p.Found)*math.Sqrt(after*(1-after))
	return max(math.Ceil(root*root/(after-given)/(after-given)), 2), true
}

// Step is a change of a value that is asked for.
type Step struct {
	From, To float64
	// Given tells that From is no measurement, so that it has no error of its own.
	Given bool
}

// Needed is how many samples like those of the evidence it takes for a step to be
// found: in each of two periods, or in the second where the first is given.
// Shares are taken as they are before and after the step, and anything else to
// spread as it does in the evidence. ok is false where the evidence has no spread.
func (p Power) Needed(e Evidence, s Step) (n float64, ok bool) {
	if _, share := e.(Proportion); share && s.Given {
		return p.Against(s.From, s.To)
	} else if share {
		return p.Proportions(s.From, s.To)
	}
	after, ok := p.variance(e)
	if !ok {
		return 0, false
	}
	before := after
	if s.Given {
		before = 0
	}
	return p.Samples(s.To-s.From, before, after)
}

// Smallest is the smallest step in the direction of another that a number of
// samples can show; ok is false where it can show none.
func (p Power) Smallest(e Evidence, s Step, have float64) (size float64, ok bool) {
	if _, share := e.(Proportion); share {
		return p.smallestOfShare(e, s, have)
	}
	f, ok := p.factor()
	variance, spread := p.variance(e)
	if !s.Given {
		variance *= 2
	}
	return math.Sqrt(f * variance / have), ok && spread && have >= 2
}

// smallestOfShare halves the way from where the share is to the end of the scale:
// the greater the step, the fewer samples it takes.
func (p Power) smallestOfShare(e Evidence, s Step, have float64) (float64, bool) {
	end := 0.0
	if s.To > s.From {
		end = 1
	}
	shows := func(size float64) bool {
		s.To = s.From + math.Copysign(size, end-s.From)
		n, ok := p.Needed(e, s)
		return ok && n <= have
	}
	lo, hi := 0.0, math.Abs(end-s.From)
	if !shows(hi) {
		return 0, false
	}
	for range 60 {
		if mid := (lo + hi) / 2; shows(mid) {
			hi = mid
		} else {
			lo = mid
		}
	}
	return hi, true
}

// variance is that of one sample. Evidence without a spread of its own takes it
// from its interval: quantiles, medians of what has not ended, formulas.
func (p Power) variance(e Evidence) (float64, bool) {
	of, ok := errorVariance(e)
	if !ok {
		lower, upper, bounded := e.Interval(1 - p.Level)
		half := (upper - lower) / 2 / normalQuantile(p.Level/2)
		of, ok = half*half, bounded
	}
	of *= e.Samples()
	return of, ok && of > 0 && finite(of)
}

// Detectable is the smallest change that a period with this evidence can show
// against another one of the same size and spread, in the unit of the value. ok
// is false for evidence without a spread of its own: counts of everything,
// quantiles, and what rests on less than two samples.
//
// It is (z + z') √2 times the standard error. The same change is found later, or
// not, where the other period is smaller.
func (p Power) Detectable(e Evidence) (delta float64, ok bool) {
	f, ok := p.factor()
	if !ok {
		return 0, false
	}
	variance, ok := errorVariance(e)
	delta = math.Sqrt(2 * f * variance)
	if !ok || !(delta > 0) || !finite(delta) {
		return 0, false
	}
	return delta, true
}

// errorVariance is the square of the standard error. Shares and net scores take
// the adjusted ones, so that few samples of one kind are no certainty.
func errorVariance(e Evidence) (float64, bool) {
	switch e := e.(type) {
	case Proportion:
		n, hits := e.N+4, e.Hits+2 // Agresti and Coull 1998
		return hits / n * (1 - hits/n) / n, e.valid()
	case NetScore:
		a := e.adjusted()
		return 1e4 * a.variance() / a.N, e.valid()
	case BoundedMean:
		x, ok := e.mean().estimate()
		return x.variance, ok
	case PositiveMean:
		x, ok := e.mean().estimate()
		return x.variance, ok
	case RatioOfSums:
		x, ok := e.estimate()
		return x.variance, ok
	case ShareOfSums:
		return errorVariance(e.RatioOfSums)
	case Total:
		_, ok := e.Value()
		return e.Squares, ok && e.N >= 2
	case Count:
		return e.N, e.valid()
	}
	return 0, false
}
