// Package oracle computes every KPI a second time: slowly, row by row, in plain
// Go, from the definitions and not from the exporter's code. It helps tests
// only. It shares nothing with the packages that it judges but the span of a
// window: it knows no SQL, no interval cube, no patterns of subjects and no
// sketch.
package oracle

import (
	"math"
	"math/big"
	"sort"
	"strings"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// Row is one row of a relation by role. A value is nil, a time.Time, a float64,
// a bool or a string.
type Row map[string]any

// KPI is a definition. Values returns its values for the rows of one segment,
// as they were known strictly before s.At.
type KPI interface {
	Values(rows []Row, s kpi.Span, seg Segment) []Value
}

// Segment picks the rows, or the subjects, of one value of a dimension. The
// zero Segment is everything.
type Segment struct {
	Of func(Row) string // the value of the dimension in a row
	Is string
	// Fold puts values together, as a limit on segments does; nil keeps them.
	Fold func(string) string
}

// holds reports whether a value of the dimension belongs to the segment.
func (g Segment) holds(value string) bool {
	if g.Fold != nil {
		value = g.Fold(value)
	}
	return value == g.Is
}

// Total reports whether the segment is everything.
func (g Segment) Total() bool { return g.Of == nil }

// rows are the rows of the segment, for KPIs that count rows.
func (g Segment) rows(all []Row) []Row {
	if g.Total() {
		return all
	}
	var in []Row
	for _, r := range all {
		if g.holds(g.Of(r)) {
			in = append(in, r)
		}
	}
	return in
}

// Value is one value of a KPI.
type Value struct {
	Stat   string
	Labels string // `name=value`, separated by commas, in the order of the KPI
	// V is the value where it is Defined, N the rows or subjects that it rests
	// on.
	V       float64
	Defined bool
	N       float64
	// Component values are counts beside the KPI, whose N is of no interest.
	Component bool
	// Quantile values are exact here and sketches in the exporter.
	Quantile bool
	// Least and Most are the limits of V where the buckets of a sketch may decide
	// more than its last digits, infinite where V is undefined; both are 0 where
	// buckets decide nothing else.
	Least, Most float64
	// Terms is the sum of the magnitudes of what V was added up from, where
	// they can cancel each other.
	Terms float64
	// Bounds is the interval at a confidence; nil where the oracle has none.
	// Limits that are NaN may be anything.
	Bounds func(confidence float64) (lower, upper float64, ok bool)
}

// count is a number beside a KPI.
func count(stat, labels string, n float64) Value {
	return Value{Stat: stat, Labels: labels, V: n, Defined: true, N: n, Component: true}
}

// stock is a number that is a KPI itself.
func stock(stat string, n float64) Value {
	return Value{Stat: stat, V: n, Defined: true, N: n}
}

// share is hits of n.
func share(stat string, hits, n float64) Value {
	v := Value{Stat: stat, N: n, Defined: n > 0}
	if v.Defined {
		v.V = hits / n
		v.Bounds = func(c float64) (float64, float64, bool) { return wilson(hits, n, c) }
	}
	return v
}

// instant is the time in a role; ok is false for NULL.
func (r Row) instant(role string) (time.Time, bool) {
	t, ok := r[role].(time.Time)
	return t, ok
}

// before reports whether the time in a role is known and lies before t.
func (r Row) before(role string, t time.Time) bool {
	at, ok := r.instant(role)
	return ok && at.Before(t)
}

// number is the number in a role, which may be written as text; ok is false for
// NULL and for what is no number.
func (r Row) number(role string) (float64, bool) {
	switch v := r[role].(type) {
	case float64:
		return v, true
	case bool:
		if v {
			return 1, true
		}
		return 0, true
	case string:
		return readNumber(v)
	}
	return 0, false
}

// flag is the yes or no in a role, NULL and the empty text being no; ok is false
// for what is neither.
func (r Row) flag(role string) (yes, ok bool) {
	switch v := r[role].(type) {
	case nil:
		return false, true
	case bool:
		return v, true
	case float64:
		return v != 0, true
	case string:
		if yes, ok := word(v); ok {
			return yes, true
		}
		x, ok := readNumber(v)
		return x != 0, ok
	}
	return false, false
}

func word(s string) (yes, ok bool) {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "true", "t", "yes", "y", "on":
		return true, true
	case "false", "f", "no", "n", "off", "":
		return false, true
	}
	return false, false
}

// Number reports whether a text is a number.
func Number(s string) bool {
	_, ok := readNumber(s)
	return ok
}

// readNumber reads digits with an optional sign, point and exponent, and blanks
// around them. Nothing else is a number.
func readNumber(s string) (float64, bool) {
	s = strings.Trim(s, " \t\n\r\v\f")
	mantissa, exponent, scaled := strings.Cut(strings.ToLower(s), "e")
	whole, fraction, _ := strings.Cut(unsigned(mantissa), ".")
	if whole+fraction == "" || !digits(whole) || !digits(fraction) {
		return 0, false
	}
	if scaled && (unsigned(exponent) == "" || !digits(unsigned(exponent))) {
		return 0, false
	}
	x, _, err := big.ParseFloat(s, 10, 200, big.ToNearestEven)
	if err != nil {
		return 0, false
	}
	f, _ := x.Float64()
	return f, true
}

func unsigned(s string) string {
	if s != "" && (s[0] == '-' || s[0] == '+') {
		return s[1:]
	}
	return s
}

func digits(s string) bool { return strings.Trim(s, "0123456789") == "" }

// within reports whether the time in a role lies in [lo, hi); a zero lo is the
// beginning of time.
func (r Row) within(role string, lo, hi time.Time) bool {
	at, ok := r.instant(role)
	return ok && !at.Before(lo) && at.Before(hi)
}

// backwards reports whether one of the later roles has a time before the first.
func (r Row) backwards(first string, later ...string) bool {
	start, ok := r.instant(first)
	for _, role := range later {
		if end, known := r.instant(role); ok && known && end.Before(start) {
			return true
		}
	}
	return false
}

// seconds is the time from one instant to another.
func seconds(from, to time.Time) float64 {
	return float64(to.Sub(from).Microseconds()) / 1e6
}

// sum adds up without rounding, and tells the magnitude of the terms.
func sum(xs []float64) (total, terms float64) {
	t, m := new(big.Float).SetPrec(400), 0.0
	for _, x := range xs {
		t.Add(t, new(big.Float).SetPrec(400).SetFloat64(x))
		m += math.Abs(x)
	}
	total, _ = t.Float64()
	return total, m
}

// squares is the sum of the squared distances from the mean.
func squares(xs []float64, mean float64) float64 {
	t := new(big.Float).SetPrec(400)
	for _, x := range xs {
		d := new(big.Float).SetPrec(400).SetFloat64(x)
		d.Sub(d, new(big.Float).SetFloat64(mean))
		t.Add(t, d.Mul(d, d))
	}
	f, _ := t.Float64()
	return f
}

// quantile is the value of rank ⌈p·n⌉.
func quantile(xs []float64, p *big.Rat) (float64, bool) {
	if len(xs) == 0 {
		return 0, false
	}
	sorted := append([]float64(nil), xs...)
	sort.Float64s(sorted)
	for i := range sorted {
		// The first rank that is not below p·n.
		if p.Cmp(big.NewRat(int64(i+1), int64(len(sorted)))) <= 0 {
			return sorted[i], true
		}
	}
	return sorted[len(sorted)-1], true
}
