package facts

import (
	"math"
	"strconv"
	"time"
)

// Histories asks for what customers bought up to an instant, one row a customer
// inside the statement. A purchase is a day with a row whose number is known and
// not negative: refunds change what a customer spent, not how often, and of a row
// without a number nothing is known.
//
// Days are counted back from the instant: the last one is the 24 hours before
// it, whatever the clocks of a zone show.
type Histories struct {
	Subject Role // who: rows with NULL there are refused
	Time    Role // when a row happened
	Amount  Expr // what it is worth
	// Unit is what amounts are in, such as a currency: where it is set, a
	// subject counts once for each unit. It may be empty.
	Unit Role
	At   time.Time // the end of the histories: later rows are not known
	// Until, where it is set, is an instant after At. Later counts the purchases
	// between both.
	Until time.Time
	// Patterns asks for subjects by what they bought; otherwise all of a unit
	// are one history, which breakdowns have too.
	Patterns bool
}

// History is a number of subjects who bought alike. Numbers are sums over them.
type History struct {
	Unit     string
	NoUnit   bool // whether the unit was NULL
	Subjects float64
	Repeats  float64 // days with a purchase, beyond each subject's first
	// Repeaters are the subjects with any.
	Repeaters float64
	Recency   float64 // days from the first purchase to the last one
	Age       float64 // days from that of the first purchase to the end of the history
	Oldest    float64 // the greatest age, not a sum
	// Total is what the subjects' rows are worth, TotalSquares the sum of the
	// squares of the subjects' own totals.
	Total, TotalSquares float64
	// Spent is the sum of what each subject spent on the mean day after the
	// first, and SpentLog that of the logarithms; 0 unless all of them spent
	// more than nothing.
	Spent, SpentLog float64
	Later           float64 // days with a purchase from At to Until
	Missing         float64 // rows without an amount
}

// coarseness is how well histories are told apart: a statement that would return
// too many rows is repeated with the second one. Coarser ones would not do: what
// is fitted to the first is within a hundredth of what is fitted to all subjects
// one by one, to the second within a twentieth, and then it is soon a quarter.
var coarseness = [...]struct {
	exact  int     // numbers up to this one are told apart
	ratio  float64 // and larger ones by so much
	amount float64 // amounts are, by so much
}{{16, 1.1, 1.5}, {8, 1.25, 2}}

// amountGamma is the logarithm of how much one step of amounts is above the one
// before.
func amountGamma(level int) float64 { return math.Log(coarseness[level].amount) }

// largestStep is the last step: nobody buys on more days, or is older.
const largestStep = 100_000

// steps are the numbers at which a new step begins. Steps are told by comparison
// with whole numbers, so that every engine agrees on them.
func steps(level int) []int {
	c := coarseness[level]
	var at []int
	for n := 1; n <= largestStep; n = max(n+1, int(math.Ceil(float64(n)*c.ratio))) {
		at = append(at, n)
		for n < c.exact {
			n++
			at = append(at, n)
		}
	}
	return at
}

// step is the number of steps at or below x, found by halving.
func step(x string, at []int, first int) string {
	if len(at) == 0 {
		return strconv.Itoa(first)
	}
	mid := len(at) / 2
	return "CASE WHEN " + x + " < " + strconv.Itoa(at[mid]) + " THEN " + step(x, at[:mid], first) + " ELSE " + step(x, at[mid+1:], first+mid+1) + " END"
}

func sameHistories(a, b *Histories) bool {
	return a.Subject == b.Subject && a.Time == b.Time && a.Amount == b.Amount && a.Unit == b.Unit &&
		a.At.Equal(b.At) && a.Until.Equal(b.Until) && a.Patterns == b.Patterns
}

// end is the instant from which no row matters.
func (h *Histories) end() time.Time {
	if h.Until.IsZero() {
		return h.At
	}
	return h.Until
}

// historiesStatement writes the statement of histories: inside the rows with
// their subject's first day, around it one row a subject, and outside subjects
// who bought alike.
func (p *Plan) historiesStatement(d Dialect, r Relation, h *Histories, level int, dims []Dimension) (Statement, error) {
	c := &rows{d: d, relation: r, span: p.zoneSpan()}
	inner := &writer{indent: "    "}
	if err := p.purchaseColumns(c, inner, h, dims); err != nil {
		return Statement{}, err
	}
	start, err := c.bare(h.Time)
	if err != nil {
		return Statement{}, err
	}
	inner.where = r.and(p.panelConditions(start, layout{points: []Point{{Hi: h.end()}}}))
	middle := &writer{indent: "  "}
	p.subjectHistories(middle, h, dims)
	out := &writer{}
	out.say("What each %s bought before %s, by days counted back from it:", h.Subject, h.At.UTC().Format(time.RFC3339Nano))
	out.say("those who bought alike are one row, whose sums tell them better than its steps do.")
	p.historyColumns(d, out, h, level, dims)
	rows := "(\n" + inner.text(From(d, r), inner.indent, 0, "") + "  ) AS t"
	return Statement{SQL: out.text("(\n"+middle.text(rows, middle.indent, 0, "")+") AS s", "", p.limit, ""), Limit: p.limit}, nil
}

// purchaseColumns writes what is known of each row.
func (p *Plan) purchaseColumns(c *rows, in *writer, h *Histories, dims []Dimension) error {
	start, err := c.bare(h.Time)
	if err != nil {
		return err
	}
	amount, err := c.number(h.Amount)
	if err != nil {
		return err
	}
	amount = c.wide(h.Amount.Role, amount)
	partition := c.who(h.Subject)
	in.column(partition, "subject", string(h.Subject))
	if h.Unit != "" {
		unit := c.d.Word(c.d.Quote(c.column(h.Unit).Name))
		in.column(unit, "unit", string(h.Unit))
		partition += ", " + unit
	}
	end := number(float64(h.At.UnixMicro()) / 1e6)
	day := c.d.Whole("(" + start.signed(c.span) + " - " + end + " + " + number(tick) + ") / 86400.0")
	in.column(day, "d", "day: -1 is the last one before "+h.At.UTC().Format(time.RFC3339Nano))
	in.column(amount, "v", h.Amount.String())
	in.column("MIN(CASE WHEN "+amount+" >= 0 THEN "+day+" END) OVER (PARTITION BY "+partition+")", "f", "the subject's first day with a purchase")
	in.column(start.since1970(start.known(), c.span), "at", string(h.Time))
	if !p.future.IsZero() {
		in.column("CASE WHEN "+start.sql+" >= "+start.literal(p.future)+start.andKnown()+" THEN 1 ELSE 0 END", "ahead", "in the future")
	}
	weight, err := c.weight(h.Amount.Role, len(dims))
	if err != nil {
		return err
	}
	for n, dim := range dims {
		in.column(c.segment(dim, weight), segmentColumn(n, 0), "segment by "+dim.Name)
	}
	return nil
}

// subjectHistories writes what is known of each subject.
func (p *Plan) subjectHistories(in *writer, h *Histories, dims []Dimension) {
	in.key("subject", "subject", "one row a subject")
	if h.Unit != "" {
		in.key("unit", "unit", "and "+string(h.Unit))
	}
	bought := "CASE WHEN v >= 0 AND d < 0 THEN d END"
	in.column("MIN("+bought+")", "f", "first day with a purchase")
	in.column("MAX("+bought+")", "l", "last one")
	in.column("COUNT(DISTINCT "+bought+") - 1", "x", "further ones")
	in.column("SUM(CASE WHEN d < 0 THEN v END)", "total", "what all rows are worth")
	in.column("SUM(CASE WHEN d < 0 AND d > f THEN v END)", "further", "and those after the first day")
	later, days := "0", "0"
	if !h.Until.IsZero() {
		days = number(math.Round(h.Until.Sub(h.At).Seconds() / 86400))
		later = "COUNT(DISTINCT CASE WHEN v >= 0 AND d >= 0 AND d < " + days + " THEN d END)"
	}
	in.column(later, "later", "days with a purchase after the histories end")
	in.column("SUM(CASE WHEN d < 0 AND v IS NULL THEN 1 ELSE 0 END)", "missing", "rows without "+h.Amount.String())
	in.column("SUM(CASE WHEN subject IS NULL AND d < "+days+" THEN 1 ELSE 0 END)", "nobody", "rows without "+string(h.Subject))
	for n, dim := range dims {
		in.column("MIN(CASE WHEN d < 0 THEN "+segmentColumn(n, 0)+" END)", segmentColumn(n, 0)+"_", "segment by "+dim.Name+": the greatest amount, then the first name")
	}
	newest := "MAX(at)"
	if !p.future.IsZero() {
		in.column("SUM(CASE WHEN d IS NULL THEN 1 ELSE 0 END)", "nulls", "rows without "+string(h.Time))
		in.column("SUM(ahead)", "future", "rows in the future")
		newest = "MAX(CASE WHEN ahead = 0 THEN at END)"
	}
	in.column(newest, "newest", "newest "+string(h.Time))
}

// historyColumns writes the columns that historyFold.add reads, in its order.
func (p *Plan) historyColumns(d Dialect, out *writer, h *Histories, level int, dims []Dimension) {
	out.key("CASE WHEN f IS NULL THEN 0 ELSE 1 END", "bought", "whether they bought at all")
	out.key(isNobody, "nobody_", "the rows of nobody, as if they were one subject's")
	if h.Unit != "" {
		out.key("unit", "unit_", string(h.Unit))
	}
	mean := "(" + d.Double("further") + " / x)"
	spent := "further > 0 AND x > 0"
	if h.Patterns {
		at := steps(level)
		out.key(step("x", at, 0), "k0", "step of further days")
		out.key(step("(l - f)", at, 0), "k1", "step of the days from the first to the last")
		out.key(step("(0 - f)", at, 0), "k2", "step of the days since the first")
		gamma := strconv.FormatFloat(amountGamma(level), 'g', -1, 64)
		out.key("CASE WHEN "+spent+" THEN "+d.Whole("LN("+mean+") / "+gamma)+" END", "k3", "step of what they spent a further day")
	}
	for n, dim := range dims {
		out.key("SUBSTR("+segmentColumn(n, 0)+"_, "+strconv.Itoa(weightDigits+1)+")", segmentColumn(n, 0)+"__", "segment by "+dim.Name)
	}
	out.column("COUNT(*)", "n", "subjects")
	out.column("SUM(CASE WHEN x > 0 THEN 1 ELSE 0 END)", "repeaters", "with a further day")
	out.column("SUM(x)", "xs", "further days")
	out.column("SUM(l - f)", "recency", "")
	out.column("SUM(0 - f)", "age", "")
	out.column("MAX(0 - f)", "oldest", "")
	out.column("SUM(total)", "totals", "")
	out.column("SUM("+d.Double("total")+" * "+d.Double("total")+")", "squares", "")
	out.column("SUM(CASE WHEN "+spent+" THEN "+mean+" END)", "spent", "")
	out.column("SUM(CASE WHEN "+spent+" THEN LN("+mean+") END)", "spent_log", "")
	out.column("SUM(later)", "later_", "")
	out.column("SUM(missing)", "missing_", "")
	out.column("SUM(nobody)", "refused", "")
	if !p.future.IsZero() {
		out.column("SUM(nulls)", "nulls_", "")
		out.column("SUM(future)", "future_", "")
	}
	out.column("MAX(newest)", "newest_", "")
}

// String is the need in words.
func (h *Histories) String() string {
	return "the histories of " + string(h.Subject) + " before " + h.At.UTC().Format(time.RFC3339Nano)
}
