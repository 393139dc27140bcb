package stats

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mathext"
)

// History is a number of customers who bought alike. All lengths are in one
// unit of the reader's choice.
type History struct {
	N float64 // how many they are
	// Repeats is on how many days they bought, after the first.
	Repeats float64
	// Recency is how long after the first purchase the last one was, 0 without
	// repeats; Age is how long after the first purchase their history ends.
	Recency, Age float64
}

// BGNBD is the beta-geometric/NBD model of customers who buy when they like and
// leave without a word: while they are customers they buy at a rate of their
// own, which is gamma distributed with the shape R and the rate Alpha, and after
// each purchase they leave with a probability of their own, which is beta
// distributed with A and B.
//
// Source: P. Fader, B. Hardie and K. Lee 2005, "Counting Your Customers" the
// Easy Way, Marketing Science 24:275.
type BGNBD struct {
	R, Alpha, A, B float64

	// LogLikelihood is that of the histories it was fitted to.
	LogLikelihood float64
	// fitted holds these histories; nil where there are none.
	fitted *bgnbdLikelihood
}

// covariance is that of the logarithms of the parameters; nil where there is none.
func (m BGNBD) covariance() [][]float64 {
	if m.fitted == nil {
		return nil
	}
	return covariance(m.fitted, m.fitted.top)
}

// FitBGNBD finds the parameters that make histories most likely. Nothing is
// known without customers who came back; ok is false then, and where the search
// does not settle.
func FitBGNBD(histories []History) (m BGNBD, ok bool) {
	l := newBGNBDLikelihood(histories)
	if l.repeaters == 0 || l.n == 0 || !(l.ages > 0) {
		return BGNBD{}, false
	}
	age := l.ages / l.n
	logs, value, ok := maximize(l, []float64{math.Log(0.5), math.Log(age / 4), 0, math.Log(2)})
	if !ok {
		return BGNBD{}, false
	}
	m = bgnbdAt(logs)
	m.LogLikelihood, m.fitted, l.top = value, l, logs
	return m, true
}

func bgnbdAt(logs []float64) BGNBD {
	return BGNBD{R: math.Exp(logs[0]), Alpha: math.Exp(logs[1]), A: math.Exp(logs[2]), B: math.Exp(logs[3])}
}

func (m BGNBD) logs() []float64 {
	return []float64{math.Log(m.R), math.Log(m.Alpha), math.Log(m.A), math.Log(m.B)}
}

// bgnbdLikelihood holds histories sorted by repeats, so that what depends on
// them alone is computed once for all customers with as many. Most ages and
// recencies are whole days, the same for many: their logarithms are taken once.
// It is not safe for concurrent use.
type bgnbdLikelihood struct {
	histories          []History
	n, ages, repeaters float64
	top                []float64 // the logarithms of the parameters that were found

	lengths []float64 // ages and recencies, each once
	of      []lengths // those of the histories
	alpha   float64   // what was added to lengths last, 0 before
	logsOf  []float64 // of lengths and alpha
}

// lengths are the places of a history's age and recency.
type lengths struct{ age, recency int32 }

func newBGNBDLikelihood(histories []History) *bgnbdLikelihood {
	l := &bgnbdLikelihood{}
	for _, h := range histories {
		if !(h.N > 0) || !finite(h.N, h.Repeats, h.Recency, h.Age) || h.Repeats < 0 || h.Recency < 0 || h.Age < h.Recency {
			continue
		}
		l.histories = append(l.histories, h)
		l.n += h.N
		l.ages += h.N * h.Age
		if h.Repeats > 0 {
			l.repeaters += h.N
		}
	}
	slices.SortStableFunc(l.histories, func(a, b History) int {
		switch {
		case a.Repeats < b.Repeats:
			return -1
		case a.Repeats > b.Repeats:
			return 1
		}
		return 0
	})
	places := map[float64]int32{}
	place := func(x float64) int32 {
		i, known := places[x]
		if !known {
			i = int32(len(l.lengths))
			places[x] = i
			l.lengths = append(l.lengths, x)
		}
		return i
	}
	l.of = make([]lengths, len(l.histories))
	for i, h := range l.histories {
		l.of[i] = lengths{place(h.Age), place(h.Recency)}
	}
	l.logsOf = make([]float64, len(l.lengths))
	return l
}

// logarithms takes those of all lengths and alpha.
func (l *bgnbdLikelihood) logarithms(alpha float64) {
	if alpha == l.alpha {
		return
	}
	l.alpha = alpha
	for i, x := range l.lengths {
		l.logsOf[i] = math.Log(alpha + x)
	}
}

func (l *bgnbdLikelihood) customers() float64 { return l.n }

// at implements likelihood. A customer with x repeats is still one, or left
// after the last purchase: the likelihoods of both are added up in logarithms,
// as neither may be representable.
func (l *bgnbdLikelihood) at(logs, grad []float64) float64 {
	m := bgnbdAt(logs)
	r, alpha, a, b := m.R, m.Alpha, m.A, m.B
	var sum, dr, dalpha, da, db float64
	var common, ofR, ofAB, ofB, toLeave float64 // of the present number of repeats
	known := -1.0
	fixed := lgamma(a+b) - lgamma(b) - lgamma(r) + r*logs[1]
	psiAB, psiB, psiR := mathext.Digamma(a+b), mathext.Digamma(b), mathext.Digamma(r)
	perAlpha := r / alpha
	l.logarithms(alpha)
	for i, h := range l.histories {
		x := h.Repeats
		if x != known {
			known = x
			common = fixed + lgamma(r+x) + lgamma(b+x) - lgamma(a+b+x)
			ofR = mathext.Digamma(r+x) - psiR + logs[1]
			ofAB = psiAB - mathext.Digamma(a+b+x)
			ofB = mathext.Digamma(b+x) - psiB
			if x > 0 {
				toLeave = logs[2] - math.Log(b+x-1)
			}
		}
		lnAge := l.logsOf[l.of[i].age]
		if x == 0 {
			sum += h.N * (common - r*lnAge)
			dr += h.N * (ofR - lnAge)
			dalpha += h.N * (perAlpha - r/(alpha+h.Age))
			da += h.N * ofAB
			db += h.N * (ofAB + ofB)
			continue
		}
		lnRecency := l.logsOf[l.of[i].recency]
		stays := -(r + x) * lnAge
		left := toLeave - (r+x)*lnRecency
		less := math.Exp(-math.Abs(left - stays)) // the smaller likelihood, as a share of the greater
		sum += h.N * (common + max(stays, left) + math.Log(1+less))
		p := less / (1 + less) // that of having left
		if left > stays {
			p = 1 / (1 + less)
		}
		dr += h.N * (ofR - (1-p)*lnAge - p*lnRecency)
		dalpha += h.N * (perAlpha - (r+x)*((1-p)/(alpha+h.Age)+p/(alpha+h.Recency)))
		da += h.N * (ofAB + p/a)
		db += h.N * (ofAB + ofB - p/(b+x-1))
	}
	grad[0], grad[1], grad[2], grad[3] = r*dr, alpha*dalpha, a*da, b*db
	return sum
}
