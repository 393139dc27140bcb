package facts

import (
	"cmp"
	"slices"
	"sort"
)

// rollLine is points that are alike but for their place in time, in its order: a
// later one lies later in every respect. So a row counts at a stretch of them, and
// what is known of a subject changes a few times along them, however many they are.
type rollLine struct {
	rollKind
	upper []int64 // by point: At or Hi; rows that count start before it
	lower []int64 // Until, which rows that count do not end before, or Lo
	ended []int64 // what they end before

	// attributed, valued and counted say what is asked of a subject beside a digit.
	attributed, valued, counted bool

	// pieces are those of the subject at hand: the first begins at the first point.
	pieces   []rollPiece
	segments []int32 // of the pieces, by dimension
	idle     bool    // whether no row counts anywhere
}

// rollKind is what the points of a line have in common.
type rollKind struct {
	instants   bool // At, and not Lo and Hi
	early      bool // Until lies before At
	closing    bool // rows end before something
	open       bool // nothing before Hi is too early
	conditions uint64
	least      int
}

// rollPlace is where a point is.
type rollPlace struct{ line, point int }

// rollPiece is a stretch of a line along which a subject stays the same, up to the
// next piece.
type rollPiece struct {
	from   int // point
	digit  uint8
	count  float64 // 0 where it is not asked for
	amount float64 // likewise
}

// rollSpan is the stretch of a line at which a row counts.
type rollSpan struct{ from, to, row int }

// linesOf puts the points of needs into lines.
func linesOf(needs []*Subjects, conditions map[string]int) ([]*rollLine, map[pointKey]rollPlace) {
	type point struct {
		key                 pointKey
		kind                rollKind
		upper, lower, ended int64
	}
	at := map[pointKey]rollPlace{}
	var points []point
	for _, n := range needs {
		for _, pt := range n.Points {
			k := keyOf(pt)
			if _, ok := at[k]; ok {
				continue
			}
			at[k] = rollPlace{}
			x := point{key: k, kind: rollKind{instants: k.at != never, least: pt.Least}}
			for _, id := range conditionsOf(pt) {
				x.kind.conditions |= 1 << conditions[id]
			}
			if x.kind.instants {
				x.upper, x.lower, x.ended = k.at, k.until, k.ended
				if k.until == never {
					x.lower = k.at
				}
				x.kind.early, x.kind.closing = x.lower < x.upper, k.ended != never
			} else {
				x.upper, x.lower, x.kind.open = k.hi, k.lo, k.lo == never
			}
			points = append(points, x)
		}
	}
	slices.SortStableFunc(points, func(a, b point) int {
		return cmp.Or(cmp.Compare(a.upper, b.upper), cmp.Compare(a.lower, b.lower), cmp.Compare(a.ended, b.ended))
	})
	var lines []*rollLine
	for _, x := range points {
		i := slices.IndexFunc(lines, func(l *rollLine) bool {
			last := len(l.upper) - 1
			return l.rollKind == x.kind && l.lower[last] <= x.lower && l.ended[last] <= x.ended
		})
		if i < 0 {
			i = len(lines)
			lines = append(lines, &rollLine{rollKind: x.kind})
		}
		l := lines[i]
		at[x.key] = rollPlace{i, len(l.upper)}
		l.upper, l.lower, l.ended = append(l.upper, x.upper), append(l.lower, x.lower), append(l.ended, x.ended)
	}
	return lines, at
}

// after is the first of some instants in order that lies after another.
func after(instants []int64, t int64) int {
	return sort.Search(len(instants), func(i int) bool { return instants[i] > t })
}

// stretch is where a row counts, as rows.pointCondition says it to a database.
func (l *rollLine) stretch(x *rollRow) (from, to int) {
	if !x.started || x.conditions&l.conditions != l.conditions || x.onTrial && x.failed {
		return 0, 0
	}
	begun := x.start
	if x.onTrial {
		begun = max(begun, x.trial)
	}
	to = len(l.upper)
	switch {
	case l.instants:
		if x.bad && l.early || l.closing && !x.ended {
			return 0, 0
		}
		if x.ended {
			to = after(l.lower, x.end)
		}
	case x.bad:
		return 0, 0
	case !l.open:
		to = after(l.lower, begun)
	}
	if to == 0 {
		return 0, 0
	}
	from = after(l.upper, begun)
	if l.closing {
		from = max(from, after(l.ended, x.end))
	}
	return from, to
}

// cut cuts a line into pieces by the rows of the subject at hand.
func (f *rollFold) cut(l *rollLine) {
	l.pieces, l.segments = l.pieces[:0], l.segments[:0]
	f.spans, f.cuts = f.spans[:0], append(f.cuts[:0], 0)
	for i := range f.rows {
		x := &f.rows[i]
		if f.who.Last.asks() && !x.stamped {
			continue
		}
		if from, to := l.stretch(x); from < to {
			f.spans = append(f.spans, rollSpan{from, to, i})
			f.cuts = append(f.cuts, from, to)
		}
	}
	if l.idle = len(f.spans) == 0; l.idle {
		f.piece(l, 0)
		return
	}
	slices.Sort(f.cuts)
	last := -1
	for _, at := range f.cuts {
		if at > last && at < len(l.upper) {
			f.piece(l, at)
			last = at
		}
	}
}

// piece adds a piece to a line, unless the one before it is the same.
func (f *rollFold) piece(l *rollLine, at int) {
	count, amount, last := 0, 0.0, int64(0)
	for _, s := range f.spans {
		if at < s.from || at >= s.to {
			continue
		}
		x := &f.rows[s.row]
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
		if !l.attributed {
			continue
		}
		for d := range f.dims {
			if count == 1 || f.decides(d, s.row, f.best[d]) {
				f.best[d] = s.row
			}
		}
	}
	digit := min(count, 2)
	switch {
	case count == 0:
	case f.who.Last.asks():
		digit = int(((last % codes) + codes) % codes)
	case l.instants || l.least > 0:
		digit = 0
		if count >= max(l.least, 1) {
			digit = 1
		}
	}
	x := rollPiece{from: at, digit: uint8(digit)}
	if l.counted {
		x.count = float64(count)
	}
	if l.valued {
		x.amount = amount
	}
	same := len(l.pieces) > 0
	if same {
		before := l.pieces[len(l.pieces)-1]
		same = before.digit == x.digit && before.count == x.count && before.amount == x.amount
	}
	if l.attributed {
		for d := range f.dims {
			id := int32(noSegment)
			if count > 0 {
				id = f.names[d][f.best[d]]
			}
			same = same && l.segments[len(l.segments)-len(f.dims)] == id
			l.segments = append(l.segments, id)
		}
	}
	switch {
	case !same:
		l.pieces = append(l.pieces, x)
	case l.attributed:
		l.segments = l.segments[:len(l.segments)-len(f.dims)]
	}
}
