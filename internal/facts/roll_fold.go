package facts

import "math"

// rollRow is a row of a roll. Instants are microseconds since 1970.
type rollRow struct {
	start, end, trial       int64
	started, ended, onTrial bool
	bad, failed             bool
	stamped                 bool
	stamp                   int64
	amount                  float64
	conditions              uint64
	weight                  string // the smallest decides the segment
}

// noSegment is the number of no segment.
const noSegment = -1

// rollSubject is a subject by its rows.
type rollSubject struct {
	from, to int // of the rows
	unit     int32
	// What its rows say together, to pass over points: the first start, the last
	// start or end of a trial, the last end.
	first, latest, lasting int64
}

// rollPoint is a point as it is looked at for a row.
type rollPoint struct {
	at, until, end, lo, hi int64 // never for none
	conditions             uint64
	least                  int
	attributed             bool
	valued, counted        bool

	// What is known of each subject in memory.
	digits   []uint8
	counts   []float64
	amounts  []float64
	segments [][]int32 // by dimension
}

// rollBatch is how many subjects are told at once: so many that what is known of
// them at all points takes a few megabytes.
const rollBatch = 512

// rollFold takes the rows of a roll, and has those of some subjects at a time told.
type rollFold struct {
	who        Subjects // only the roles
	dims       []Dimension
	points     []rollPoint
	at         map[pointKey]int // of points
	conditions int
	// tell is called when the points know some subjects, which are the next ones.
	tell func() error

	subject  rollWho // whose rows come
	nobody   bool
	subjects []rollSubject
	rows     []rollRow
	names    [][]int32 // of the rows' segments, by dimension
	best     []int     // the row that decides the segment, by dimension

	units    []keyValue
	unitIDs  map[keyValue]int32
	segments [][]string // names of segments, by dimension
	nameIDs  []map[string]int32
	rejected map[string]float64
	newest   float64
}

func newRollFold(who Subjects, dims []Dimension, needs []*Subjects, conditions map[string]int) *rollFold {
	f := &rollFold{
		who: who, dims: dims, conditions: len(conditions), newest: math.Inf(-1),
		unitIDs: map[keyValue]int32{}, rejected: map[string]float64{}, at: map[pointKey]int{},
		segments: make([][]string, len(dims)), nameIDs: make([]map[string]int32, len(dims)),
		names: make([][]int32, len(dims)), best: make([]int, len(dims)),
	}
	for i := range f.nameIDs {
		f.nameIDs[i] = map[string]int32{}
	}
	for _, n := range needs {
		for _, pt := range n.Points {
			k := keyOf(pt)
			if _, ok := f.at[k]; ok {
				continue
			}
			f.at[k] = len(f.points)
			x := rollPoint{at: k.at, until: k.until, end: k.ended, lo: k.lo, hi: k.hi, least: pt.Least, digits: make([]uint8, rollBatch)}
			if k.at != never && k.until == never {
				x.until = k.at
			}
			for _, id := range conditionsOf(pt) {
				x.conditions |= 1 << conditions[id]
			}
			f.points = append(f.points, x)
		}
		f.widen(n)
	}
	return f
}

// widen makes room for what a need asks at its points.
func (f *rollFold) widen(n *Subjects) {
	place := func(i int) *rollPoint { return &f.points[f.at[keyOf(n.Points[i])]] }
	for _, i := range n.Attribution {
		if pt := place(i); !pt.attributed {
			pt.attributed = true
			for range f.dims {
				pt.segments = append(pt.segments, make([]int32, rollBatch))
			}
		}
	}
	for _, i := range n.Amounts {
		if pt := place(i); !pt.valued {
			pt.valued, pt.amounts = true, make([]float64, rollBatch)
		}
	}
	for _, i := range n.Moments {
		if pt := place(i); !pt.counted {
			pt.counted, pt.counts = true, make([]float64, rollBatch)
		}
	}
}

// add takes a row of the statement.
func (f *rollFold) add(r Row) error {
	if f.subject.next(r[0], r[2]) {
		if len(f.subjects) == rollBatch {
			if err := f.end(); err != nil {
				return err
			}
		}
		f.nobody = flag(r[1])
		if !f.nobody {
			f.subjects = append(f.subjects, rollSubject{
				from: len(f.rows), unit: f.unitOf(r[2]),
				first: math.MaxInt64, latest: math.MinInt64, lasting: math.MinInt64,
			})
		}
	}
	var x rollRow
	x.start, x.started = micros(r[3])
	x.end, x.ended = micros(r[4])
	x.bad = flag(r[5])
	x.trial, x.onTrial = micros(r[6])
	x.failed = flag(r[7])
	x.stamp, x.stamped = integer(r[8]), r[8] != nil
	if newest, ok := numeric(r[3]); ok && x.started {
		f.newest = max(f.newest, newest)
	}
	if f.nobody { // refused for one reason is refused
		f.rejected[RejectedNullSubject]++
		return nil
	}
	if x.bad {
		f.rejected[RejectedEndBeforeStart]++
	}
	var priced bool
	if x.amount, priced = numeric(r[9]); !priced && f.who.Amount != "" {
		f.rejected[RejectedNullAmount]++
	}
	if r[10] != nil {
		x.weight = text(r[10])
	}
	place := 11
	unnamed := f.who.Last.asks() && !x.stamped // of none of the codes
	for d := range f.dims {
		f.names[d] = append(f.names[d], f.nameOf(d, r[place], unnamed))
		place++
	}
	for i := range f.conditions {
		if flag(r[place+i]) {
			x.conditions |= 1 << i
		}
	}
	f.rows = append(f.rows, x)
	f.subjects[len(f.subjects)-1].with(&x, len(f.rows))
	return nil
}

// with adds a row to a subject, whose rows end before another.
func (s *rollSubject) with(x *rollRow, to int) {
	s.to = to
	if x.started {
		s.first, s.latest = min(s.first, x.start), max(s.latest, x.start)
	}
	if x.onTrial {
		s.latest = max(s.latest, x.trial)
	}
	if s.lasting = max(s.lasting, x.end); !x.ended {
		s.lasting = math.MaxInt64
	}
}

func (f *rollFold) unitOf(v any) int32 {
	k := keyValue{text: text(v), null: v == nil}
	if f.who.Unit == "" {
		k = keyValue{}
	}
	id, ok := f.unitIDs[k]
	if !ok {
		id = int32(len(f.units))
		f.unitIDs[k] = id
		f.units = append(f.units, k)
	}
	return id
}

// nameOf is the number of a row's segment.
func (f *rollFold) nameOf(dim int, v any, none bool) int32 {
	if none || v == nil {
		return noSegment
	}
	name := text(v)
	id, ok := f.nameIDs[dim][name]
	if !ok {
		id = int32(len(f.segments[dim]))
		f.nameIDs[dim][name] = id
		f.segments[dim] = append(f.segments[dim], name)
	}
	return id
}

// decides reports whether a row decides the segment of its subject rather than
// another does.
func (f *rollFold) decides(d, row, other int) bool {
	x, y := f.names[d][row], f.names[d][other]
	if x == noSegment || y == noSegment {
		return y == noSegment && x != noSegment
	}
	if a, b := f.rows[row].weight, f.rows[other].weight; a != b {
		return a < b
	}
	return x != y && f.segments[d][x] < f.segments[d][y]
}

// holds reports whether a row counts at a point, as rows.pointCondition says it
// to a database.
func (f *rollFold) holds(x *rollRow, pt *rollPoint) bool {
	if !x.started || x.conditions&pt.conditions != pt.conditions {
		return false
	}
	over := pt.hi
	switch {
	case pt.at != never:
		over = pt.at
		if x.start >= pt.at || x.ended && x.end < pt.until || pt.end != never && (!x.ended || x.end >= pt.end) || x.bad && pt.until < pt.at {
			return false
		}
	case x.start >= pt.hi || x.bad:
		return false
	case pt.lo != never && x.start < pt.lo && !(x.onTrial && x.trial >= pt.lo):
		return false
	}
	if x.onTrial && (x.trial >= over || x.failed) {
		return false
	}
	return !f.who.Last.asks() || x.stamped
}

// beyond reports whether no row of a subject can count at a point.
func (s *rollSubject) beyond(pt *rollPoint) bool {
	if pt.at != never {
		return s.first >= pt.at || s.lasting < pt.until
	}
	return s.first >= pt.hi || pt.lo != never && s.latest < pt.lo
}

// end tells the subjects whose rows are in memory.
func (f *rollFold) end() error {
	if len(f.subjects) == 0 {
		return nil
	}
	for i := range f.points {
		pt := &f.points[i]
		for k := range f.subjects {
			f.look(pt, k)
		}
	}
	err := f.tell()
	f.subjects, f.rows = f.subjects[:0], f.rows[:0]
	for d := range f.names {
		f.names[d] = f.names[d][:0]
	}
	return err
}

// look looks at the rows of a subject at a point.
func (f *rollFold) look(pt *rollPoint, k int) {
	s := &f.subjects[k]
	count, amount, last := 0, 0.0, int64(0)
	for i := s.from; i < s.to; i++ {
		if i == s.from && s.beyond(pt) {
			break
		}
		x := &f.rows[i]
		if !f.holds(x, pt) {
			continue
		}
		count++
		if count == 1 || x.stamp > last {
			last = x.stamp
		}
		switch {
		case !f.who.Repeated:
			amount += x.amount
		case count == 1 || x.amount > amount:
			amount = x.amount
		}
		if !pt.attributed {
			continue
		}
		for d := range f.dims {
			if count == 1 || f.decides(d, i, f.best[d]) {
				f.best[d] = i
			}
		}
	}
	digit := min(count, 2)
	switch {
	case count == 0:
	case f.who.Last.asks():
		digit = int(((last % codes) + codes) % codes)
	case pt.at != never || pt.least > 0:
		digit = 0
		if count >= max(pt.least, 1) {
			digit = 1
		}
	}
	pt.digits[k] = uint8(digit)
	if pt.counted {
		pt.counts[k] = float64(count)
	}
	if pt.valued {
		pt.amounts[k] = amount
	}
	for d := range pt.segments {
		pt.segments[d][k] = noSegment
		if count > 0 {
			pt.segments[d][k] = f.names[d][f.best[d]]
		}
	}
}
