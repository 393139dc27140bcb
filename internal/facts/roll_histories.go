package facts

import (
	"context"
	"math"
	"slices"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// manyHistories is how many histories of the same subjects are asked for in
// statements, each of which looks at all rows of all subjects.
const manyHistories = 8

// buyers are the roles that histories are read from.
type buyers struct {
	subject, time, unit Role
	amount              string
}

// rolledHistories reads histories of more instants than statements should, by a
// roll for those of the same subjects. It returns which needs are answered.
func (p *Plan) rolledHistories(ctx context.Context, t Target, a *Answer) (map[int]bool, error) {
	done := map[int]bool{}
	if !p.future.IsZero() {
		return done, nil
	}
	alike := togetherBy(p.histories, func(h *Histories) (buyers, bool) {
		return buyers{h.Subject, h.Time, h.Unit, h.Amount.String()}, true
	})
	for _, needs := range alike {
		if len(needs) <= min(manyHistories, p.points) {
			continue
		}
		if err := p.readHistoriesRoll(ctx, t, needs, a); err != nil {
			return nil, err
		}
		for _, i := range needs {
			done[i] = true
		}
	}
	return done, nil
}

// readHistoriesRoll reads histories of the same subjects by one roll: once, and
// again by coarser steps where the finer ones are too many.
func (p *Plan) readHistoriesRoll(ctx context.Context, t Target, needs []int, a *Answer) error {
	var dims []Dimension
	if slices.ContainsFunc(needs, func(i int) bool { return !p.histories[i].Patterns }) {
		dims = t.Relation.Dimensions
	}
	st, err := p.historiesRollStatement(t.Dialect, t.Relation, needs, dims)
	if err != nil {
		return err
	}
	for level := range coarseness {
		r := newRollHistories(p, needs, dims, level)
		if err := p.run(ctx, t, st, a, r.add); err != nil {
			return err
		}
		r.end()
		switch {
		case r.most <= p.limit:
			for k, i := range needs {
				r.answer(k, &a.histories[i])
			}
			a.newest = max(a.newest, r.newest)
			return nil
		case level == len(coarseness)-1:
			return &BudgetError{What: p.histories[needs[0]].String(), Limit: p.limit}
		}
	}
	return nil
}

// historiesRollStatement writes the statement: the rows of one subject after
// those of another.
func (p *Plan) historiesRollStatement(d Dialect, r Relation, needs []int, dims []Dimension) (Statement, error) {
	h := p.histories[needs[0]]
	end := h.end()
	for _, i := range needs {
		if e := p.histories[i].end(); e.After(end) {
			end = e
		}
	}
	c := &rows{d: d, relation: r, span: p.zoneSpan()}
	start, err := c.bare(h.Time)
	if err != nil {
		return Statement{}, err
	}
	amount, err := c.number(h.Amount)
	if err != nil {
		return Statement{}, err
	}
	amount = c.wide(h.Amount.Role, amount)
	w := &writer{flat: true}
	w.say("The rows of each %s, from which its histories up to many instants are told.", h.Subject)
	w.say("None of them is kept, so their number is not limited by row_budget, only their time by the timeout.")
	order := c.rollSubjects(w, h.Subject, h.Unit)
	at := start.since1970(start.known(), c.span)
	w.column(at, "at_", string(h.Time)+" as seconds since 1970")
	w.column(amount, "v", h.Amount.String())
	weight, err := c.weight(h.Amount.Role, len(dims))
	if err != nil {
		return Statement{}, err
	}
	c.rollSegments(w, weight, dims)
	w.where = r.and(p.panelConditions(start, layout{points: []Point{{Hi: end}}}))
	return Statement{SQL: w.text(From(d, r), "", 0, "ORDER BY "+order+", at_")}, nil
}

// purchase is a row of a subject.
type purchase struct {
	at       float64 // seconds since 1970
	amount   float64
	known    bool // whether there is an amount
	segments []string
}

// historyTable is histories by who bought alike, in the order in which that was seen
// first.
type historyTable struct {
	rollTable // of no sums: it tells where a history is
	all       []History
}

// add adds a history to those that are alike.
func (t *historyTable) add(key rollKey, x *History) {
	i := t.find(key, 0)
	if i == len(t.all) {
		t.all = append(t.all, History{Unit: x.Unit, NoUnit: x.NoUnit})
	}
	t.all[i].add(x)
}

// What an alike key holds beside the steps: how much was spent, as a number that may
// be below zero, and flags above it.
const (
	alikeStep    = 21 // bits of a step's place
	alikeUnspent = 1 << 32
	alikeIdle    = 1 << 33 // who did not buy at all
)

// rollHistories tells the histories of one subject after the other.
type rollHistories struct {
	needs  []*Histories
	dims   []Dimension
	steps  []int
	gamma  float64
	alike  []historyTable  // by need
	split  []historyAnswer // by need
	most   int             // of those who bought alike
	newest float64

	subject rollWho
	nobody  bool
	unit    keyValue
	unitID  int32
	units   map[keyValue]int32
	rows    []purchase
	refused float64
}

func newRollHistories(p *Plan, needs []int, dims []Dimension, level int) *rollHistories {
	r := &rollHistories{dims: dims, steps: steps(level), gamma: amountGamma(level), newest: math.Inf(-1), units: map[keyValue]int32{}}
	for _, i := range needs {
		r.needs = append(r.needs, p.histories[i])
		r.alike = append(r.alike, historyTable{})
		r.split = append(r.split, newHistoryAnswer())
	}
	return r
}

func (r *rollHistories) add(row Row) error {
	if r.subject.next(row[0], row[2]) {
		r.end()
		r.nobody = flag(row[1])
		r.unit = keyValue{text: text(row[2]), null: row[2] == nil}
		id, ok := r.units[r.unit]
		if !ok {
			id = int32(len(r.units))
			r.units[r.unit] = id
		}
		r.unitID = id
	}
	at, ok := numeric(row[3])
	if !ok {
		return nil
	}
	r.newest = max(r.newest, at)
	if r.nobody {
		r.refused++
		return nil
	}
	x := purchase{at: at}
	x.amount, x.known = numeric(row[4])
	for d := range r.dims {
		x.segments = append(x.segments, text(row[5])+text(row[6+d]))
	}
	r.rows = append(r.rows, x)
	return nil
}

// end tells the histories of the subject whose rows were the last.
func (r *rollHistories) end() {
	for i, h := range r.needs {
		if len(r.rows) > 0 {
			r.tell(i, h)
		}
	}
	r.rows = r.rows[:0]
}

// tell adds what a subject bought before an instant to those who bought alike, as
// Plan.subjectHistories says it to a database.
func (r *rollHistories) tell(need int, h *Histories) {
	end := float64(h.At.UnixMicro()) / 1e6
	until := float64(h.end().UnixMicro()) / 1e6
	holdout := 0.0
	if !h.Until.IsZero() {
		holdout = math.Round(h.Until.Sub(h.At).Seconds() / 86400)
	}
	var first, last, lastDay, further, total, later, missing float64
	days, seen := 0, false
	lastDay = math.Inf(-1)
	best := make([]string, 0, 4)
	for i := range r.rows {
		x := &r.rows[i]
		if x.at >= until {
			break
		}
		seen = true
		day := math.Floor((x.at - end + tick) / 86400)
		if day < 0 {
			for d, s := range x.segments {
				if len(best) <= d {
					best = append(best, s)
				} else {
					best[d] = min(best[d], s)
				}
			}
		}
		if !x.known {
			if day < 0 {
				missing++
			}
			continue
		}
		bought := x.amount >= 0
		switch {
		case day < 0:
			if bought && days == 0 {
				first = day
			}
			if bought && day != lastDay {
				days++
				last = day
			}
			total += x.amount
			if days > 0 && day > first {
				further += x.amount
			}
		case bought && day < holdout && day != lastDay:
			later++
		}
		if bought {
			lastDay = day
		}
	}
	if !seen {
		return
	}
	one := History{Missing: missing}
	var key rollKey
	if h.Unit != "" {
		one.Unit, one.NoUnit, key.unit = r.unit.text, r.unit.null, r.unitID
	}
	idle := days == 0
	if idle {
		key.segments = alikeIdle
	} else {
		again := float64(days - 1)
		one.Subjects, one.Repeats, one.Recency, one.Age, one.Oldest = 1, again, last-first, -first, -first
		one.Total, one.TotalSquares, one.Later = total, total*total, later
		key.segments = alikeUnspent
		if again > 0 {
			one.Repeaters = 1
		}
		if again > 0 && further > 0 {
			one.Spent = further / again
			one.SpentLog = math.Log(one.Spent)
			key.segments = uint64(uint32(int32(math.Floor(one.SpentLog / r.gamma))))
		}
		for k, x := range [...]float64{again, one.Recency, one.Age} {
			at, found := slices.BinarySearch(r.steps, int(x))
			if found {
				at++
			}
			key.mask |= uint64(at) << (alikeStep * k)
		}
		if !h.Patterns {
			key.mask, key.segments = 0, 0
		}
	}
	r.alike[need].add(key, &one)
	r.most = max(r.most, len(r.alike[need].all))
	if !idle && !h.Patterns {
		for d, dim := range r.dims {
			name := best[d][min(weightDigits, len(best[d])):]
			r.split[need].addTo(kpi.Segment{Dimension: dim.Name, Value: name}, one, false)
		}
	}
}

// answer adds what was told of a need.
func (r *rollHistories) answer(need int, to *historyAnswer) {
	total := kpi.Segment{}
	if all := r.alike[need].all; r.needs[need].Patterns && len(to.segments[total]) == 0 {
		to.segments[total] = slices.Clip(all)
	} else {
		for _, x := range all {
			to.addTo(total, x, r.needs[need].Patterns)
		}
	}
	r.alike[need] = historyTable{}
	to.merge(r.split[need], false)
	to.rejected[RejectedNullSubject] = max(to.rejected[RejectedNullSubject], r.refused)
}
