package facts

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// pointsPerMask is how many points, or pairs of them, one integer holds at two
// bits each.
const pointsPerMask = 30

// maxPoints bounds the points of one statement, so that neither its columns nor
// the number of patterns run away.
const maxPoints = 60

// layout is where the points of some needs stand in a statement.
type layout struct {
	points      []Point
	attribution []int // indexes of points that segments are read at
	moments     []int // indexes of points whose rows are summed
	amounts     []int // and of those whose amounts are
	pairs       []Pair
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
		l.addAmounts(n)
	}
	return l
}

func (l layout) point(pt Point) int {
	for i := range l.points {
		if l.points[i].same(&pt) {
			return i
		}
	}
	return -1
}

func (l layout) same(o layout) bool {
	return slices.EqualFunc(l.points, o.points, samePoint) &&
		slices.Equal(l.attribution, o.attribution) && slices.Equal(l.moments, o.moments) &&
		slices.Equal(l.amounts, o.amounts) && slices.Equal(l.pairs, o.pairs)
}

// slots is how many times two bits a pattern takes: the points, and then the
// pairs of them.
func (l layout) slots() int { return len(l.points) + len(l.pairs) }

// sums is how many sums a pattern has.
func (l layout) sums() int { return 2*len(l.moments) + 2*len(l.amounts) + len(l.pairs) }

func (l layout) masks() int { return (l.slots() + pointsPerMask - 1) / pointsPerMask }

// panelStatement writes the statement of a panel: inside one row a subject,
// outside the patterns that subjects show at the points.
func (p *Plan) panelStatement(d Dialect, r Relation, pn *panel, l layout, dims []Dimension) (Statement, error) {
	return write(d, r, p.zoneSpan(), func(c *rows) (Statement, error) {
		out := &writer{}
		out.say("Subjects are told by the pattern they show at the points c0 to c%d: two bits a point,", len(l.points)-1)
		if pn.who.Last.asks() {
			out.say("the code of the last row there, or 0. A time and its code are one number, %d times the microseconds.", codes)
		} else {
			out.say("0, 1 or 2 and more rows there. All customer KPIs are sums over patterns.")
		}
		p.patternColumns(d, out, l, dims, pn.who)
		in := &writer{indent: "  "}
		if err := p.subjectColumns(c, in, pn, l, dims); err != nil {
			return Statement{}, err
		}
		start, err := c.bare(pn.who.Start)
		if err != nil {
			return Statement{}, err
		}
		scope := l
		if pn.who.Trial != "" { // rows may count long after they start
			scope.points = append(slices.Clone(l.points), Point{})
		}
		from := in.text(c.from(in, p.panelConditions(start, scope)), in.indent, 0, "")
		return Statement{SQL: out.text("(\n"+from+") AS s", "", p.limit, ""), Limit: p.limit}, nil
	})
}

// subjectColumns writes the inner part: what is known of each subject.
func (p *Plan) subjectColumns(c *rows, in *writer, pn *panel, l layout, dims []Dimension) error {
	start, err := c.moment(pn.who.Start)
	if err != nil {
		return err
	}
	bad := "0"
	var end moment
	if pn.who.End != "" {
		if end, err = c.moment(pn.who.End); err != nil {
			return err
		}
		backwards, err := c.backwards(pn.who.Start, pn.who.End)
		if err != nil {
			return err
		}
		bad = "CASE WHEN " + backwards + " THEN 1 ELSE 0 END"
	}
	life := lifetime{start: start, end: end, bad: bad}
	if pn.who.Trial != "" {
		if life.trial, life.failed, err = c.trial(pn.who, end); err != nil {
			return err
		}
	}
	subject := c.take(c.who(pn.who.Subject), string(pn.who.Subject))
	in.key(subject, "subject", "one row a subject")
	if pn.who.Unit != "" {
		in.key(c.take(c.d.Word(c.d.Quote(c.column(pn.who.Unit).Name)), string(pn.who.Unit)), "unit", "and "+string(pn.who.Unit))
	}
	conditions := make([]string, len(l.points))
	for i, pt := range l.points {
		if conditions[i], err = c.pointCondition(pn.who, life, pt); err != nil {
			return err
		}
	}
	holds := func(i int) string { return conditions[i] }
	weight, err := c.weight(pn.who.Weight, len(dims))
	if err != nil {
		return err
	}
	told, decides := "SUM(CASE WHEN %s THEN 1 ELSE 0 END)", "the greatest amount, then the first name"
	if pn.who.Last.asks() {
		_, hi := l.reach()
		stamp, err := c.stamp(pn.who, hi)
		if err != nil {
			return err
		}
		weight, decides = c.newestFirst(stamp, len(dims)), "of the last row, then the first name"
		stamp = c.take(stamp, string(pn.who.Start)+" and the code of "+string(pn.who.Last.Of))
		told = "MAX(CASE WHEN %s THEN " + stamp + " END)"
		there := holds
		holds = func(i int) string { return there(i) + " AND " + stamp + " IS NOT NULL" }
	}
	for i, pt := range l.points {
		in.column(strings.Replace(told, "%s", holds(i), 1), "c"+strconv.Itoa(i), pt.String())
	}
	if err := c.amountColumns(in, pn.who, l, holds); err != nil {
		return err
	}
	for n, dim := range dims {
		segment := c.take(c.segment(dim, weight), "segment by "+dim.Name)
		for _, i := range l.attribution {
			in.column("MIN(CASE WHEN "+holds(i)+" THEN "+segment+" END)",
				segmentColumn(n, i), "segment by "+dim.Name+" there: "+decides)
		}
	}
	in.column("SUM("+bad+")", "bad", "rows that end before they start")
	_, hi := l.reach()
	in.column("SUM(CASE WHEN "+subject+" IS NULL AND "+start.before(hi)+start.andKnown()+" THEN 1 ELSE 0 END)", "nobody", "rows without "+string(pn.who.Subject))
	newest := "MAX(" + start.sql + ")"
	if !p.future.IsZero() {
		in.column("SUM(CASE WHEN "+start.none()+" THEN 1 ELSE 0 END)", "nulls", "rows without "+string(pn.who.Start))
		in.column("SUM(CASE WHEN "+start.sql+" >= "+start.literal(p.future)+start.andKnown()+" THEN 1 ELSE 0 END)", "future", "rows in the future")
		newest = "MAX(CASE WHEN " + start.before(p.future) + " THEN " + start.sql + " END)"
	}
	start.sql = newest
	in.column(start.epoch(c.span), "newest", "newest "+string(pn.who.Start))
	return nil
}

// backwards is the condition that a row ends before it starts.
func (c *rows) backwards(from, to Role) (string, error) {
	start, err := c.moment(from)
	if err != nil {
		return "", err
	}
	end, err := c.moment(to)
	if err != nil {
		return "", err
	}
	if sameClock(start, end) {
		return end.sql + " < " + start.sql + end.andKnown() + start.andKnown(), nil
	}
	x, err := c.number(Expr{Role: to, Since: from})
	if err != nil {
		return "", err
	}
	return x + isNegative, nil
}

// patternColumns writes the columns that panelFold.add reads, in its order.
func (p *Plan) patternColumns(d Dialect, out *writer, l layout, dims []Dimension, who Subjects) {
	for m := range l.masks() {
		var digits []string
		for i := m * pointsPerMask; i < min(l.slots(), (m+1)*pointsPerMask); i++ {
			place := i - m*pointsPerMask
			if i < len(l.points) {
				digits = append(digits, shifted(digit(who, l.points[i], i), place))
			} else {
				digits = append(digits, trend(l.pairs[i-len(l.points)], place))
			}
		}
		out.key(strings.Join(digits, " + "), "m"+strconv.Itoa(m), "pattern")
	}
	out.key(isNobody, "nobody_", "the rows of nobody, as if they were one subject's")
	if who.Unit != "" {
		out.key("unit", "unit_", string(who.Unit))
	}
	for _, i := range l.attribution {
		for n := range dims {
			segment := segmentColumn(n, i)
			if who.Weight != "" || who.Last.asks() { // what it was chosen by would tell subjects apart
				segment = "SUBSTR(" + segment + ", " + strconv.Itoa(weightDigits+1) + ")"
			}
			out.key(segment, segmentColumn(n, i)+"_", "")
		}
	}
	out.column("COUNT(*)", "n", "subjects")
	for _, i := range l.moments {
		ci := "c" + strconv.Itoa(i)
		out.column("SUM("+ci+")", "x"+strconv.Itoa(i)+"_", "rows at the point")
		out.column("SUM("+d.Double(ci)+" * "+d.Double(ci)+")", "y"+strconv.Itoa(i)+"_", "their squares")
	}
	amountSums(d, out, l)
	out.column("SUM(bad)", "bad_", "")
	out.column("SUM(nobody)", "refused", "")
	if !p.future.IsZero() {
		out.column("SUM(nulls)", "nulls_", "")
		out.column("SUM(future)", "future_", "")
	}
	out.column("MAX(newest)", "newest_", "")
}

// isNobody is the condition that rows around one row a subject are grouped by:
// rows that name no subject belong to none, but are told.
const isNobody = "CASE WHEN subject IS NULL THEN 1 ELSE 0 END"

// panelConditions narrow a panel's statement to the rows that can matter.
func (p *Plan) panelConditions(start moment, l layout) []string {
	live := !p.future.IsZero()
	lo, hi := l.reach()
	var where []string
	switch {
	case !lo.IsZero() && live:
		where = append(where, "("+start.from(lo)+" OR "+start.none()+")")
	case !lo.IsZero():
		where = append(where, start.from(lo))
	}
	switch {
	case !live:
		where = append(where, start.until(hi))
	case p.past:
		where = append(where, p.known(start, hi))
	}
	return where
}

func segmentColumn(dim, point int) string {
	return "g" + strconv.Itoa(dim) + "_" + strconv.Itoa(point)
}

// digit is a point's two bits. An instant needs one of them only: to be active
// twice says no more than once.
func digit(who Subjects, pt Point, i int) string {
	if who.Last.asks() {
		return code(i)
	}
	ci := "c" + strconv.Itoa(i)
	if !pt.At.IsZero() || pt.Least > 0 {
		return "CASE WHEN " + ci + " >= " + strconv.Itoa(max(pt.Least, 1)) + " THEN 1 ELSE 0 END"
	}
	return "CASE WHEN " + ci + " >= 2 THEN 2 ELSE " + ci + " END"
}

// shifted moves two bits to their place in a mask.
func shifted(x string, place int) string {
	if place == 0 {
		return x
	}
	return strconv.FormatInt(int64(1)<<(2*place), 10) + " * (" + x + ")"
}

// lifetime is when a row begins and ends, in SQL.
type lifetime struct {
	start, end moment
	bad        string // 1 where it ends before it starts
	trial      moment // of subjects with a trial only
	failed     string // 1 where it ended no later than its trial
}

// trial is the end of a row's trial, and 1 where the row did not outlast it.
func (c *rows) trial(who Subjects, end moment) (trial moment, failed string, err error) {
	if trial, err = c.moment(who.Trial); err != nil || who.End == "" {
		return trial, "0", err
	}
	over := end.sql + " <= " + trial.sql + end.andKnown() + trial.andKnown()
	if !sameClock(trial, end) {
		x, err := c.number(Expr{Role: who.End, Since: who.Trial})
		if err != nil {
			return trial, "", err
		}
		over = x + " <= " + number(tick)
	}
	return trial, "CASE WHEN " + over + " THEN 1 ELSE 0 END", nil
}

// pointCondition is what makes a row count at a point.
func (c *rows) pointCondition(who Subjects, l lifetime, pt Point) (string, error) {
	var conds []string
	start, end := l.start, l.end
	switch {
	case !pt.At.IsZero():
		conds = append(conds, start.before(pt.At)+start.andKnown())
	case pt.Lo.IsZero():
		conds = append(conds, start.before(pt.Hi)+start.andKnown())
	case who.Trial != "":
		conds = append(conds, "("+start.sql+" >= "+start.literal(pt.Lo)+" OR "+l.trial.sql+" >= "+l.trial.literal(pt.Lo)+l.trial.andKnown()+")",
			start.before(pt.Hi)+start.andKnown())
	default:
		conds = append(conds, start.sql+" >= "+start.literal(pt.Lo), start.before(pt.Hi))
	}
	if who.End != "" {
		switch {
		case pt.At.IsZero():
		case pt.Ended.IsZero():
			conds = append(conds, "("+end.sql+" >= "+end.literal(pt.end())+" OR "+end.none()+")")
		default:
			conds = append(conds, end.sql+" >= "+end.literal(pt.end()), end.before(pt.Ended))
		}
		if pt.At.IsZero() || pt.end().Before(pt.At) { // else the start tells
			conds = append(conds, l.bad+" = 0")
		}
	}
	if who.Trial != "" {
		over := pt.At
		if over.IsZero() {
			over = pt.Hi
		}
		conds = append(conds, "("+l.trial.none()+" OR "+l.trial.before(over)+" AND "+l.failed+" = 0)")
	}
	if pt.Of != "" {
		word := c.take(c.d.Word(c.d.Quote(c.column(pt.Of).Name)), string(pt.Of))
		conds = append(conds, word+" IN ('"+strings.Join(pt.Words, "', '")+"')")
	}
	for _, r := range pt.Where {
		if r == (Range{}) {
			continue
		}
		condition, err := c.holds(r)
		if err != nil {
			return "", err
		}
		conds = append(conds, condition)
	}
	return strings.Join(conds, " AND "), nil
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

func (c *rows) weight(r Role, dims int) (string, error) {
	if r == "" || dims == 0 {
		return "", nil
	}
	c.compound = true
	flat := &rows{d: c.d, relation: c.relation, span: c.span}
	x, err := flat.number(Expr{Role: r})
	if err != nil {
		return "", err
	}
	return c.d.Padded("(" + weightCeiling + " - " + c.d.Whole("COALESCE("+x+", 0) * 10000") + ")"), nil
}

// segment is the text by which the segment of a subject is chosen, the smallest
// first: the weight and then the name.
func (c *rows) segment(dim Dimension, weight string) string {
	var parts []string
	if weight != "" {
		parts = append(parts, weight)
	}
	for i, name := range dim.Columns {
		if i > 0 {
			parts = append(parts, "','")
		}
		t := c.d.Text(c.d.Quote(name))
		parts = append(parts, "CASE WHEN "+t+" IS NULL OR "+t+" = '' THEN '(none)' ELSE "+t+" END")
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return c.d.Concat(parts...)
}

// weightDigits is how many characters Dialect.Padded makes.
const weightDigits = 20

// String is the point in words.
func (pt Point) String() string {
	var text string
	switch {
	case !pt.At.IsZero():
		text = "active at " + pt.At.UTC().Format(time.RFC3339Nano)
		if !pt.Until.IsZero() {
			text += ", not ended before " + pt.Until.UTC().Format(time.RFC3339Nano)
		}
		if !pt.Ended.IsZero() {
			text += ", ended before " + pt.Ended.UTC().Format(time.RFC3339Nano)
		}
		if pt.Of != "" {
			text += ", with " + string(pt.Of) + " " + strings.Join(pt.Words, " or ")
		}
	case pt.Lo.IsZero():
		text = "ever before " + pt.Hi.UTC().Format(time.RFC3339Nano)
	default:
		text = "from " + pt.Lo.UTC().Format(time.RFC3339Nano) + " to " + pt.Hi.UTC().Format(time.RFC3339Nano)
	}
	all := []string{text}
	for _, r := range pt.Where {
		if r != (Range{}) {
			all = append(all, r.String())
		}
	}
	return strings.Join(all, ", ")
}
