package collectors

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"sort"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/cx-exporter/cx-exporter/internal/calendar"
	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/stats"
)

// row is a row of a relation: nil (or nothing) is NULL.
type row map[facts.Role]any

// table answers the needs of KPIs from plain rows, so that tests show rows going
// in and KPIs coming out. It follows the contract of facts.Facts to the letter
// and nothing of its implementation.
type table struct {
	t    *testing.T
	rows []row
	// dimension and segment select the rows of a segment; total if empty.
	dimension facts.Role
	segment   string
	// declared are the needs; asking for anything else is a fault of the KPI.
	declared []facts.Need
}

// evaluate computes a KPI over rows. Keys are families with their own labels;
// undefined values are NaN.
func evaluate(t *testing.T, k KPI, s kpi.Span, rows []row) map[string]float64 {
	t.Helper()
	return evaluateSegment(t, k, s, rows, "", "")
}

func evaluateSegment(t *testing.T, k KPI, s kpi.Span, rows []row, dimension facts.Role, segment string) map[string]float64 {
	t.Helper()
	got := map[string]float64{}
	for key, v := range evidence(t, k, s, rows, dimension, segment) {
		x, ok := v.Value()
		if !ok {
			x = math.NaN()
		}
		got[key] = x
	}
	return got
}

// evidence is what evaluate takes the values from.
func evidence(t *testing.T, k KPI, s kpi.Span, rows []row, dimension facts.Role, segment string) map[string]stats.Evidence {
	t.Helper()
	f := &table{t: t, rows: rows, dimension: dimension, segment: segment, declared: k.Needs(s)}
	got := map[string]stats.Evidence{}
	for _, v := range k.Compute(s, f) {
		key := k.Desc().Stats[v.Stat].Metric
		var labels []string
		for _, l := range v.Labels {
			labels = append(labels, l.Name+"="+l.Value)
		}
		if len(labels) > 0 {
			key += "{" + strings.Join(labels, ",") + "}"
		}
		if _, twice := got[key]; twice {
			t.Errorf("%s is there twice", key)
		}
		got[key] = v.Evidence
	}
	return got
}

// rejected is what a KPI refuses.
func rejected(t *testing.T, k KPI, s kpi.Span, rows []row) map[string]float64 {
	t.Helper()
	return k.(Rejecter).Rejected(s, &table{t: t, rows: rows, declared: k.Needs(s)})
}

// want compares values; those that go through a float sum may differ in their
// last digits.
func want(t *testing.T, got, expected map[string]float64) {
	t.Helper()
	if diff := cmp.Diff(expected, got, cmpopts.EquateApprox(1e-12, 0), cmpopts.EquateNaNs(), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("values (-want +got):\n%s", diff)
	}
}

// build makes a KPI of the catalogue, with the optional roles that are mapped.
func build(t *testing.T, p Parameters, entity string, mapped ...facts.Role) KPI {
	t.Helper()
	k, err := p.KPI(bind(entity, mapped...))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func bind(entity string, mapped ...facts.Role) Binding {
	b := Binding{Entity: entity, Mapped: map[facts.Role]bool{}}
	for _, r := range mapped {
		b.Mapped[r] = true
	}
	return b
}

// at reads an instant of 2024 such as `03-01` or `03-01 12:30:00`.
func at(s string) time.Time {
	layout := "2006-01-02 15:04:05"
	at, err := time.Parse(layout[:5+len(s)], "2024-"+s)
	if err != nil {
		panic(err)
	}
	return at
}

// march is the whole of March, evaluated at its end.
func march() kpi.Span { return kpi.Span{Lo: at("03-01"), Hi: at("04-01"), At: at("04-01")} }

// always is everything up to the end of March.
func always() kpi.Span { return kpi.Span{Hi: at("04-01"), At: at("04-01")} }

// window reads a window.
func window(t *testing.T, text string) calendar.Window {
	t.Helper()
	w, err := calendar.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func ptr[T any](v T) *T { return &v }

func duration(s string) Duration {
	d, err := ParseDuration(s)
	if err != nil {
		panic(err)
	}
	return d
}

func (f *table) declares(n facts.Need) {
	f.t.Helper()
	if !slices.ContainsFunc(f.declared, func(d facts.Need) bool { return reflect.DeepEqual(d, n) }) {
		f.t.Errorf("the KPI asks for what it does not declare: %s", cmp.Diff(f.declared, n))
	}
}

func instant(v any) (time.Time, bool) {
	t, ok := v.(time.Time)
	return t, ok
}

// expr is a number in a row; ok is false for NULL.
func (r row) expr(e facts.Expr) (float64, bool) {
	if e.Since != "" && e.Role == "" {
		from, ok := instant(r[e.Since])
		return e.Until.Sub(from).Seconds(), ok
	}
	if e.Since != "" {
		from, ok1 := instant(r[e.Since])
		to, ok2 := instant(r[e.Role])
		if !e.Until.IsZero() && (!ok2 || to.After(e.Until)) {
			to, ok2 = e.Until, true
		}
		if e.Hours != nil && ok1 && ok2 && !to.Before(from) {
			return e.Hours.Between(from, to), true
		}
		return to.Sub(from).Seconds(), ok1 && ok2
	}
	if e.Less != "" {
		x, ok := r.expr(facts.Expr{Role: e.Role})
		less, _ := r.expr(facts.Expr{Role: e.Less})
		return x - less, ok
	}
	switch v := r[e.Role].(type) {
	case int:
		return float64(v), true
	case float64:
		return v, true
	}
	return 0, false
}

// meets reports whether all conditions hold.
func (r row) meets(all facts.Ranges) bool {
	for _, c := range all {
		if c.Of == (facts.Expr{}) {
			continue
		}
		x, ok := r.expr(c.Of)
		if c.Blank {
			if (strings.TrimSpace(text(r[c.Of.Role])) == "") == c.Not {
				return false
			}
			continue
		}
		if in := ok && x >= c.From && x <= c.To; in == c.Not {
			return false
		}
	}
	return true
}

// text is a raw value as databases write it.
func text(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	}
	return fmt.Sprint(v)
}

// interval is how many bounds are at or before an instant.
func interval(bounds []time.Time, t time.Time) int {
	n := 0
	for _, b := range bounds {
		if !b.After(t) {
			n++
		}
	}
	return n
}

type fakeCell struct {
	c     *facts.Cube
	rows  []row
	first row
}

func (f *table) Cells(c *facts.Cube, lo, hi time.Time, yield func(facts.Cell)) {
	f.declares(facts.Need{Cube: c})
	for _, b := range []time.Time{lo, hi} {
		if !slices.ContainsFunc(c.Bounds, b.Equal) {
			f.t.Errorf("%s is not a bound of the cube on %s", b, c.Time)
		}
	}
	cells := map[string]*fakeCell{}
	for _, r := range f.rows {
		if f.dimension != "" && text(r[f.dimension]) != f.segment {
			continue
		}
		t, ok := instant(r[c.Time])
		if !ok || t.Before(lo) || !t.Before(hi) {
			continue
		}
		if end, ended := instant(r[c.Standing.Role]); ended && end.Before(c.Standing.At) {
			continue
		}
		id := fmt.Sprint(interval(c.Bounds, t))
		valid := true
		for _, o := range c.Outcomes {
			when, ok := instant(r[o.Role])
			if ok && when.Before(t) && !o.Early {
				valid = false
			}
			id += fmt.Sprint("/", ok, interval(o.Bounds, when))
		}
		for _, k := range c.Keys {
			if k.Bucket {
				x, ok := r.expr(k.Expr)
				if ok && x < 0 && k.Since != "" {
					valid = false
				}
				id += fmt.Sprint("/", ok, x)
				continue
			}
			id += fmt.Sprintf("/%t%q", r[k.Role] == nil, text(r[k.Role]))
		}
		if !valid {
			continue
		}
		if cells[id] == nil {
			cells[id] = &fakeCell{c: c, first: r}
		}
		cells[id].rows = append(cells[id].rows, r)
	}
	for _, id := range sortedKeys(cells) {
		yield(cells[id])
	}
}

func (c *fakeCell) N() float64 { return float64(len(c.rows)) }

func (c *fakeCell) Before(outcome int, t time.Time) bool {
	o := c.c.Outcomes[outcome]
	if !slices.ContainsFunc(o.Bounds, t.Equal) {
		panic(fmt.Sprintf("%s is not a bound of the outcome %s", t, o.Role))
	}
	when, ok := instant(c.first[o.Role])
	return ok && when.Before(t)
}

func (c *fakeCell) Key(key int) (string, bool) {
	v := c.first[c.c.Keys[key].Role]
	return text(v), v == nil
}

func (c *fakeCell) Bucket(key int) (int, bool) {
	x, ok := c.first.expr(c.c.Keys[key].Expr)
	if !ok || x < 0 {
		return 0, false
	}
	if x < stats.MinValue {
		return -1_000_000, true
	}
	return int(math.Floor(math.Log(x) / stats.LogGamma(stats.DefaultAlpha))), true
}

func (c *fakeCell) Sum(sum int) float64 {
	s := c.c.Sums[sum]
	total, any := 0.0, false
	for _, r := range c.rows {
		if s.Kind == facts.SumEpoch || s.Kind == facts.MinEpoch {
			t, ok := instant(r[s.Of.Role])
			if !ok {
				continue
			}
			x := float64(t.UnixMicro()) / 1e6
			if s.Kind == facts.SumEpoch {
				total += x
			} else if !any || x < total {
				total = x
			}
			any = true
			continue
		}
		if !r.meets(s.Where) {
			continue
		}
		if s.Kind == facts.SumWhere {
			total++
			continue
		}
		x, ok := r.expr(s.Of)
		if !ok {
			continue
		}
		switch s.Kind {
		case facts.SumOf:
			total += x
		case facts.SumSquare:
			total += x * x
		case facts.SumWithin:
			if x <= s.Limit {
				total++
			}
		case facts.SumCount:
			total++
		case facts.SumZero:
			if x == 0 {
				total++
			}
		case facts.SumProduct:
			if y, ok := r.expr(s.Times); ok {
				total += x * y
			}
		}
	}
	return total
}

type fakePattern struct {
	q             *facts.Subjects
	n             float64
	counts        []int
	segments      []*string
	sums, squares []float64
	unit          any
	trends        []facts.Trend
	money         []float64 // a sum and a sum of squares an amount, then a product a pair
}

// amountsAt are a subject's amounts at the points that are asked for.
func amountsAt(q *facts.Subjects, rows []row) []float64 {
	amounts := make([]float64, len(q.Amounts))
	for i, m := range q.Amounts {
		for _, r := range rows {
			x, ok := r.expr(facts.Expr{Role: q.Amount})
			switch {
			case !ok || !holds(q, q.Points[m], r):
			case q.Repeated:
				amounts[i] = max(amounts[i], x)
			default:
				amounts[i] += x
			}
		}
	}
	return amounts
}

func trendOf(a, b float64) facts.Trend {
	const cent = 0.001 // no test has amounts this close
	switch {
	case b > a+cent:
		return facts.Rose
	case b > a-cent:
		return facts.Same
	case b < cent:
		return facts.Gone
	}
	return facts.Fell
}

func (f *table) Patterns(q *facts.Subjects, yield func(facts.Pattern)) {
	f.declares(facts.Need{Subjects: q})
	bySubject := map[string][]row{}
	for _, r := range f.rows {
		if r[q.Subject] != nil {
			id := text(r[q.Subject])
			if q.Unit != "" {
				id += fmt.Sprintf("/%t%q", r[q.Unit] == nil, text(r[q.Unit]))
			}
			bySubject[id] = append(bySubject[id], r)
		}
	}
	patterns := map[string]*fakePattern{}
	for _, rows := range bySubject {
		counts := make([]int, len(q.Points))
		segments := make([]*string, len(q.Attribution))
		for i, pt := range q.Points {
			there := atPoint(q, pt, rows)
			counts[i] = len(there)
			if q.Last.Of != "" && len(there) > 0 {
				counts[i] = codeOf(q, there[0])
			}
		}
		for i, pt := range q.Attribution {
			segments[i] = f.segmentAt(q, q.Points[pt], rows)
		}
		if f.dimension != "" {
			where := slices.IndexFunc(segments, func(s *string) bool { return s != nil })
			if where < 0 || *segments[where] != f.segment {
				continue
			}
		}
		id := fmt.Sprint(counts)
		for _, s := range segments {
			if s != nil {
				id += strconv.Quote(*s)
			}
			id += "/"
		}
		amounts := amountsAt(q, rows)
		trends := make([]facts.Trend, len(q.Pairs))
		for i, pair := range q.Pairs {
			trends[i] = trendOf(amounts[slices.Index(q.Amounts, pair.From)], amounts[slices.Index(q.Amounts, pair.To)])
			id += fmt.Sprint(trends[i])
		}
		if q.Unit != "" {
			id += fmt.Sprintf("/%t%q", rows[0][q.Unit] == nil, text(rows[0][q.Unit]))
		}
		p := patterns[id]
		if p == nil {
			p = &fakePattern{trends: trends, unit: rows[0][q.Unit], money: make([]float64, 2*len(q.Amounts)+len(q.Pairs)), q: q, counts: counts, segments: segments, sums: make([]float64, len(q.Moments)), squares: make([]float64, len(q.Moments))}
			patterns[id] = p
		}
		p.n++
		for i, m := range q.Moments {
			p.sums[i] += float64(counts[m])
			p.squares[i] += float64(counts[m]) * float64(counts[m])
		}
		for i, a := range amounts {
			p.money[2*i] += a
			p.money[2*i+1] += a * a
		}
		for i, pair := range q.Pairs {
			p.money[2*len(amounts)+i] += amounts[slices.Index(q.Amounts, pair.From)] * amounts[slices.Index(q.Amounts, pair.To)]
		}
	}
	for _, id := range sortedKeys(patterns) {
		yield(patterns[id])
	}
}

// atPoint are the rows of a subject at a point or, of subjects that are asked for
// their last, the last ones.
func atPoint(q *facts.Subjects, pt facts.Point, rows []row) []row {
	var there []row
	for _, r := range rows {
		switch {
		case !holds(q, pt, r), q.Last.Of != "" && codeOf(q, r) == 0:
			continue
		case q.Last.Of != "" && len(there) > 0:
			a, _ := instant(there[0][q.Start])
			b, _ := instant(r[q.Start])
			if order := cmp2(a.Compare(b), codeOf(q, there[0])-codeOf(q, r)); order > 0 {
				continue
			} else if order < 0 {
				there = nil
			}
		}
		there = append(there, r)
	}
	return there
}

// cmp2 is the first of two comparisons that is not 0.
func cmp2(a, b int) int {
	if a != 0 {
		return a
	}
	return b
}

// codeOf is the code of a row; texts are read as numbers.
func codeOf(q *facts.Subjects, r row) int {
	x, ok := r.expr(facts.Expr{Role: q.Last.Of})
	if s, written := r[q.Last.Of].(string); written {
		x, ok = parseNumber(s)
	}
	for _, b := range q.Last.Bands {
		if ok && x >= b.From && x <= b.To {
			return b.Code
		}
	}
	return 0
}

// holds reports whether a row is there at a point.
func holds(q *facts.Subjects, pt facts.Point, r row) bool {
	start, ok := instant(r[q.Start])
	if !ok {
		return false
	}
	var end time.Time
	ended := false
	if q.End != "" {
		end, ended = instant(r[q.End])
	}
	if pt.Of != "" && !slices.Contains(pt.Words, strings.ToUpper(strings.TrimSpace(text(r[pt.Of])))) {
		return false
	}
	if !r.meets(pt.Where) {
		return false
	}
	if !pt.Ended.IsZero() && !(ended && end.Before(pt.Ended)) {
		return false
	}
	if trial, ok := instant(r[q.Trial]); ok {
		if ended && !end.After(trial) {
			return false
		}
		if trial.After(start) {
			start = trial
		}
	}
	if !pt.At.IsZero() {
		until := pt.Until
		if until.IsZero() {
			until = pt.At
		}
		return start.Before(pt.At) && !(ended && (end.Before(until) || end.Before(start)))
	}
	return !start.Before(pt.Lo) && start.Before(pt.Hi) && !(ended && end.Before(start))
}

func (f *table) segmentAt(q *facts.Subjects, pt facts.Point, rows []row) *string {
	if f.dimension == "" {
		return nil
	}
	there := atPoint(q, pt, rows)
	if len(there) == 0 {
		return nil
	}
	sort.SliceStable(there, func(i, j int) bool {
		if q.Weight != "" {
			a, _ := there[i].expr(facts.Expr{Role: q.Weight})
			b, _ := there[j].expr(facts.Expr{Role: q.Weight})
			if a != b {
				return a > b
			}
		}
		return text(there[i][f.dimension]) < text(there[j][f.dimension])
	})
	return ptr(text(there[0][f.dimension]))
}

func (p *fakePattern) Subjects() float64 { return p.n }

func (p *fakePattern) Rows(point int) int {
	if least := p.q.Points[point].Least; least > 0 && p.counts[point] >= least {
		return 1
	} else if least > 0 {
		return 0
	}
	return min(p.counts[point], 2)
}

func (p *fakePattern) Code(point int) int { return p.counts[point] }

func (p *fakePattern) Segment(attribution int) (string, bool) {
	if s := p.segments[attribution]; s != nil {
		return *s, true
	}
	return "", false
}

func (p *fakePattern) Moments(i int) (sum, squares float64) { return p.sums[i], p.squares[i] }

func (p *fakePattern) Unit() (string, bool) { return text(p.unit), p.unit == nil }

func (p *fakePattern) Amount(i int) (sum, squares float64) {
	return p.money[2*i], p.money[2*i+1]
}

func (p *fakePattern) Pair(i int) (facts.Trend, float64) {
	return p.trends[i], p.money[2*len(p.q.Amounts)+i]
}

func (f *table) Returns(q *facts.Returns, lo, hi time.Time) (subjects, again float64) {
	f.declares(facts.Need{Returns: q})
	by := map[string][]time.Time{}
	for _, r := range f.rows {
		if t, ok := instant(r[q.Time]); ok && r[q.Subject] != nil {
			by[text(r[q.Subject])] = append(by[text(r[q.Subject])], t)
		}
	}
	for _, times := range by {
		slices.SortFunc(times, time.Time.Compare)
		if times[0].Before(lo) || !times[0].Before(hi) {
			continue
		}
		subjects++
		if len(times) > 1 && !times[1].After(times[0].Add(q.Within)) {
			again++
		}
	}
	return subjects, again
}

func (f *table) Stays(q *facts.Stays, step int) (there, left float64) {
	f.declares(facts.Need{Stays: q})
	active := func(at time.Time) map[string]bool {
		out := map[string]bool{}
		for _, r := range f.rows {
			s := &facts.Subjects{Start: q.Start, End: q.End, Trial: q.Trial}
			if r[q.Subject] != nil && holds(s, facts.Point{At: at, Until: at.Add(-q.Grace)}, r) {
				out[text(r[q.Subject])] = true
			}
		}
		return out
	}
	then, next := active(q.Instants[step]), active(q.Instants[step+1])
	for who := range then {
		there++
		if !next[who] {
			left++
		}
	}
	return there, left
}

func (f *table) Histories(h *facts.Histories, yield func(facts.History)) {
	f.declares(facts.Need{Histories: h})
	by := map[string][]row{}
	units := map[string]any{}
	for _, r := range f.rows {
		if r[h.Subject] == nil || f.dimension != "" {
			continue
		}
		key := text(r[h.Subject]) + "/"
		var unit any
		if h.Unit != "" && r[h.Unit] != nil {
			unit = strings.ToUpper(strings.TrimSpace(text(r[h.Unit])))
			key += text(unit)
		}
		units[key] = unit
		by[key] = append(by[key], r)
	}
	for _, key := range sortedKeys(by) {
		x := facts.History{Subjects: 1, Unit: text(units[key]), NoUnit: units[key] == nil}
		days, later := map[int]float64{}, map[int]bool{}
		first, last, bought := 0, 0, false
		for _, r := range by[key] {
			t, ok := instant(r[h.Time])
			if !ok {
				continue
			}
			d := int(math.Floor(t.Sub(h.At).Hours() / 24))
			amount, known := r.expr(h.Amount)
			switch {
			case d >= 0:
				later[d] = later[d] || t.Before(h.Until) && known && amount >= 0
				continue
			case !known:
				x.Missing++
			}
			x.Total += amount
			days[d] += amount
			if known && amount >= 0 {
				if _, there := days[d]; there && (!bought || d < first) {
					first = d
				}
				if !bought || d > last {
					last = d
				}
				bought = true
			}
		}
		if !bought {
			yield(facts.History{Unit: x.Unit, NoUnit: x.NoUnit, Missing: x.Missing})
			continue
		}
		further, on := 0.0, map[int]bool{}
		for _, r := range by[key] {
			t, ok := instant(r[h.Time])
			d := int(math.Floor(t.Sub(h.At).Hours() / 24))
			amount, known := r.expr(h.Amount)
			if ok && d < 0 && d > first {
				further += amount
				if known && amount >= 0 {
					on[d] = true
				}
			}
		}
		for _, came := range later {
			if came {
				x.Later++
			}
		}
		x.Repeats, x.Recency, x.Age = float64(len(on)), float64(last-first), float64(-first)
		x.Oldest, x.TotalSquares = x.Age, x.Total*x.Total
		if len(on) > 0 {
			x.Repeaters = 1
			if further > 0 {
				x.Spent = further / x.Repeats
				x.SpentLog = math.Log(x.Spent)
			}
		}
		yield(x)
	}
}

func (f *table) Rows(l *facts.Listing, yield func([]any)) {
	f.declares(facts.Need{Listing: l})
	for _, r := range f.rows {
		values := make([]any, len(l.Columns))
		for i, c := range l.Columns {
			values[i] = r[facts.Role(c)]
		}
		yield(values)
	}
}

var _ facts.Facts = (*table)(nil)
