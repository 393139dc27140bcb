package facts

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// pointsPerMask is how many points one integer holds at two bits each.
const pointsPerMask = 30

// maxPoints bounds the points of one statement, so that neither its columns nor
// the number of patterns run away.
const maxPoints = 60

// layout is where the points of some needs stand in a statement.
type layout struct {
	points      []Point
	attribution []int // indexes of points that segments are read at
	moments     []int // indexes of points that are summed
}

func layoutOf(needs []*Subjects) layout {
	var l layout
	for _, n := range needs {
		for _, pt := range n.Points {
			if l.point(pt) < 0 {
				l.points = append(l.points, pt)
			}
		}
		for _, a := range n.Attribution {
			if i := l.point(n.Points[a]); !slices.Contains(l.attribution, i) {
				l.attribution = append(l.attribution, i)
			}
		}
		for _, m := range n.Moments {
			if i := l.point(n.Points[m]); !slices.Contains(l.moments, i) {
				l.moments = append(l.moments, i)
			}
		}
	}
	return l
}

func (l layout) point(pt Point) int {
	return slices.IndexFunc(l.points, func(o Point) bool { return samePoint(o, pt) })
}

func (l layout) same(o layout) bool {
	return slices.EqualFunc(l.points, o.points, samePoint) &&
		slices.Equal(l.attribution, o.attribution) && slices.Equal(l.moments, o.moments)
}

func (l layout) masks() int { return (len(l.points) + pointsPerMask - 1) / pointsPerMask }

// panelStatement writes the statement of a panel: inside one row a subject,
// outside the patterns that subjects show at the points.
func (p *Plan) panelStatement(d Dialect, r Relation, pn *panel, l layout, dims []Dimension) (Statement, error) {
	c := sqlContext{d: d, relation: r, span: p.zoneSpan()}
	start, err := c.moment(pn.who.Start)
	if err != nil {
		return Statement{}, err
	}
	end := moment{}
	if pn.who.End != "" {
		if end, err = c.moment(pn.who.End); err != nil {
			return Statement{}, err
		}
	}
	in, out := &writer{}, &writer{}
	subject := d.Quote(c.column(pn.who.Subject).Name)
	in.key(subject, "subject", "one row a subject")
	for i, pt := range l.points {
		in.column("SUM(CASE WHEN "+pointCondition(c, pn.who, start, end, pt)+" THEN 1 ELSE 0 END)", "c"+strconv.Itoa(i), pt.String())
	}
	weight, err := c.weight(pn.who.Weight)
	if err != nil {
		return Statement{}, err
	}
	if len(dims) > 0 {
		for _, i := range l.attribution {
			for n, dim := range dims {
				in.column("MIN(CASE WHEN "+pointCondition(c, pn.who, start, end, l.points[i])+" THEN "+c.segment(dim, weight)+" END)",
					segmentColumn(n, i), "segment of "+dim.Name+" there: greatest amount, then first name")
			}
		}
	}
	if pn.who.End != "" {
		in.column("SUM(CASE WHEN "+earlier(end, start, c.span)+" THEN 1 ELSE 0 END)", "bad", "rows that end before they start")
	} else {
		in.column("0", "bad", "")
	}
	live := !p.future.IsZero()
	if live {
		in.column("SUM(CASE WHEN "+start.sql+" IS NULL THEN 1 ELSE 0 END)", "nulls", "rows without "+string(pn.who.Start))
		in.column("SUM(CASE WHEN "+start.sql+" >= "+start.literal(p.future)+" THEN 1 ELSE 0 END)", "future", "rows in the future")
	}
	newest := start
	newest.sql = "MAX(" + start.sql + ")"
	if live {
		newest.sql = "MAX(CASE WHEN " + start.before(p.future) + " THEN " + start.sql + " END)"
	}
	in.column(newest.epoch(c.span), "newest", "newest "+string(pn.who.Start))
	lo, hi := l.reach()
	in.where = append(in.where, subject+" IS NOT NULL")
	switch {
	case !lo.IsZero() && live:
		in.where = append(in.where, "("+start.from(lo)+" OR "+start.sql+" IS NULL)")
	case !lo.IsZero():
		in.where = append(in.where, start.from(lo))
	}
	if !live {
		in.where = append(in.where, start.until(hi))
	}
	if r.Where != "" {
		in.where = append(in.where, "(\n"+r.Where+"\n)")
	}

	out.say("Subjects are told by the pattern they show at the points c0 to c%d: two bits a point,", len(l.points)-1)
	out.say("0, 1 or 2 and more rows there. All customer KPIs are sums over patterns.")
	for m := range l.masks() {
		var digits []string
		for i := m * pointsPerMask; i < min(len(l.points), (m+1)*pointsPerMask); i++ {
			digits = append(digits, digit(l.points[i], i, m))
		}
		out.key(strings.Join(digits, " + "), "m"+strconv.Itoa(m), "pattern")
	}
	if len(dims) > 0 {
		for _, i := range l.attribution {
			for n := range dims {
				out.key(segmentColumn(n, i), segmentColumn(n, i)+"_", "")
			}
		}
	}
	out.column("COUNT(*)", "n", "subjects")
	for _, i := range l.moments {
		ci := "c" + strconv.Itoa(i)
		out.column("SUM("+ci+")", "x"+strconv.Itoa(i), "rows at the point")
		out.column("SUM("+d.Double(ci)+" * "+d.Double(ci)+")", "y"+strconv.Itoa(i), "their squares")
	}
	out.column("SUM(bad)", "bad_", "")
	if live {
		out.column("SUM(nulls)", "nulls_", "")
		out.column("SUM(future)", "future_", "")
	}
	out.column("MAX(newest)", "newest_", "")
	from := "(\n" + in.text(From(d, r), "  ", 0) + ") AS s"
	return Statement{SQL: out.text(from, "", p.limit), Limit: p.limit}, nil
}

func segmentColumn(dim, point int) string {
	return "g" + strconv.Itoa(dim) + "_" + strconv.Itoa(point)
}

// digit is a point's two bits in its mask. An instant needs one bit only: to be
// active twice says no more than once.
func digit(pt Point, i, mask int) string {
	ci := "c" + strconv.Itoa(i)
	x := "CASE WHEN " + ci + " >= 2 THEN 2 ELSE " + ci + " END"
	if !pt.At.IsZero() {
		x = "CASE WHEN " + ci + " >= 1 THEN 1 ELSE 0 END"
	}
	shift := int64(1) << (2 * (i - mask*pointsPerMask))
	if shift == 1 {
		return x
	}
	return strconv.FormatInt(shift, 10) + " * (" + x + ")"
}

func pointCondition(c sqlContext, who Subjects, start, end moment, pt Point) string {
	var conds []string
	if !pt.At.IsZero() {
		conds = append(conds, start.before(pt.At))
		if who.End != "" {
			conds = append(conds, "("+end.sql+" IS NULL OR "+end.sql+" >= "+end.literal(pt.At)+")")
		}
		return strings.Join(conds, " AND ")
	}
	if !pt.Lo.IsZero() {
		conds = append(conds, start.sql+" >= "+start.literal(pt.Lo))
	}
	conds = append(conds, start.before(pt.Hi))
	if who.End != "" {
		conds = append(conds, "("+end.sql+" IS NULL OR NOT ("+earlier(end, start, c.span)+"))")
	}
	return strings.Join(conds, " AND ")
}

// reach is the stretch of start times that can matter for the points.
func (l layout) reach() (lo, hi time.Time) {
	bounded := true
	for _, pt := range l.points {
		top := pt.Hi
		if !pt.At.IsZero() {
			top, bounded = pt.At, false
		} else if pt.Lo.IsZero() {
			bounded = false
		} else if lo.IsZero() || pt.Lo.Before(lo) {
			lo = pt.Lo
		}
		if top.After(hi) {
			hi = top
		}
	}
	if !bounded {
		lo = time.Time{}
	}
	return lo, hi
}

// weightCeiling turns "the greatest first" into "the smallest first". Amounts
// are compared in ten-thousandths.
const weightCeiling = "500000000000000000"

func (c sqlContext) weight(r Role) (string, error) {
	if r == "" {
		return "", nil
	}
	x, err := c.number(Expr{Role: r})
	if err != nil {
		return "", err
	}
	return c.d.Padded("(" + weightCeiling + " - " + c.d.Whole("COALESCE("+x+", 0) * 10000") + ")"), nil
}

// segment is the text by which the segment of a subject is chosen, the smallest
// first: the weight and then the name.
func (c sqlContext) segment(dim Dimension, weight string) string {
	var parts []string
	if weight != "" {
		parts = append(parts, weight)
	}
	for i, name := range dim.Columns {
		if i > 0 {
			parts = append(parts, "','")
		}
		t := c.d.Text(c.d.Quote(name))
		if c.column(dimensionRole(name)).Type == Bool {
			t = "CASE WHEN " + c.d.Quote(name) + " THEN 'true' WHEN NOT " + c.d.Quote(name) + " THEN 'false' END"
		}
		parts = append(parts, "CASE WHEN "+t+" IS NULL OR "+t+" = '' THEN '(none)' ELSE "+t+" END")
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return c.d.Concat(parts...)
}

// weightDigits is how many characters of a segment's text are its weight.
func weightDigits(who Subjects) int {
	if who.Weight == "" {
		return 0
	}
	return 20
}

// String is the point in words.
func (pt Point) String() string {
	if !pt.At.IsZero() {
		return "active at " + pt.At.UTC().Format(time.RFC3339Nano)
	}
	if pt.Lo.IsZero() {
		return "ever before " + pt.Hi.UTC().Format(time.RFC3339Nano)
	}
	return "from " + pt.Lo.UTC().Format(time.RFC3339Nano) + " to " + pt.Hi.UTC().Format(time.RFC3339Nano)
}
