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

// rollFold takes the rows of a roll, and has one subject after the other told.
type rollFold struct {
	who        Subjects // only the roles
	dims       []Dimension
	lines      []*rollLine
	at         map[pointKey]rollPlace // of points
	conditions int
	// tell is called when the lines know a subject.
	tell func() error

	subject rollWho // whose rows come
	nobody  bool
	unit    int32
	rows    []rollRow
	names   [][]int32 // of the rows' segments, by dimension
	best    []int     // the row that decides the segment, by dimension
	spans   []rollSpan
	cuts    []int

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
		unitIDs: map[keyValue]int32{}, rejected: map[string]float64{},
		segments: make([][]string, len(dims)), nameIDs: make([]map[string]int32, len(dims)),
		names: make([][]int32, len(dims)), best: make([]int, len(dims)),
	}
	for i := range f.nameIDs {
		f.nameIDs[i] = map[string]int32{}
	}
	f.lines, f.at = linesOf(needs, conditions)
	for _, n := range needs {
		line := func(i int) *rollLine { return f.lines[f.at[keyOf(n.Points[i])].line] }
		for _, i := range n.Attribution {
			line(i).attributed = true
		}
		for _, i := range n.Amounts {
			line(i).valued = true
		}
		for _, i := range n.Moments {
			line(i).counted = true
		}
	}
	return f
}

// add takes a row of the statement.
func (f *rollFold) add(r Row) error {
	if f.subject.next(r[0], r[2]) {
		if err := f.end(); err != nil {
			return err
		}
		f.nobody, f.unit = flag(r[1]), f.unitOf(r[2])
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
	return nil
}

// end tells the subject whose rows are in memory.
func (f *rollFold) end() error {
	if len(f.rows) == 0 {
		return nil
	}
	for _, l := range f.lines {
		f.cut(l)
	}
	err := f.tell()
	f.rows = f.rows[:0]
	for d := range f.names {
		f.names[d] = f.names[d][:0]
	}
	return err
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
