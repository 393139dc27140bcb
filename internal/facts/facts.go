// Package facts turns what many KPIs need into one statement per relation and
// time column, and the few rows that come back into facts that add up: counts
// and sums per interval, key and segment. It writes SQL and folds rows; it
// opens no database.
//
// The database returns facts, never KPIs. Boundaries of windows are computed in
// Go and cut time into elementary intervals (the interval cube), so that every
// window is a sum of consecutive intervals.
package facts

import (
	"slices"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/calendar"
)

// Role is what a column means in its entity: `score`, `responded_at`, ….
type Role string

// Need is one thing that a KPI wants to know about one span. Exactly one of its
// fields is set; a further shape of fact is a further field.
type Need struct {
	Cube      *Cube
	Subjects  *Subjects
	Histories *Histories
	Returns   *Returns
	Stays     *Stays
	Listing   *Listing
}

// Shared reports whether one statement can count for many spans at little more
// than the cost of one.
func (n Need) Shared() bool {
	return n.Cube != nil && !n.Cube.streamed() &&
		!slices.ContainsFunc(n.Cube.Keys, func(k Key) bool { return !k.Until.IsZero() })
}

// Cube asks for counts: the rows of a relation by the interval of their time,
// by the intervals of their outcomes, and by keys.
type Cube struct {
	Time Role // places a row on the time axis
	// Planned says that the time is a plan, such as a date that something is due:
	// it lies ahead of the clock without a fault, and is no record of anything.
	Planned bool
	// Stretches says that rows are not tickets that are folded from events, but the
	// stretches of time in which these were open: a row each, placed by the time of
	// its ticket. See Fold.
	Stretches bool
	// Standing, where its role is set, leaves out the rows that had ended. The
	// database reads nothing of them where it has an index.
	Standing Standing
	// Bounds are where the time axis is cut. A zero time is the beginning of
	// time: without it, rows before the first bound are not read.
	Bounds   []time.Time
	Outcomes []Outcome // further time axes: when something happened to the row
	Keys     []Key     // what else rows are grouped by
	Sums     []Sum     // what is summed besides the count of rows
}

// Standing is the condition that a row had not ended: the time in Role is NULL
// or not before At.
type Standing struct {
	Role Role
	At   time.Time
}

// Outcome is the time of something that happened to a row after its own time:
// resolved, answered, converted. Rows in which it never happened are open. Those in
// which it happened before their own time are refused, unless Early says that it
// may.
type Outcome struct {
	Role   Role
	Bounds []time.Time
	Early  bool
}

// Expr is a number in a row: the number in a column or, where Since is set, the
// seconds from the instant in Since to the instant in Role. Until, where it is
// set, ends what has not ended before it: the seconds are those to Until where
// the instant in Role is later or NULL, or Role is empty. Where Less is set, the
// number in that column is taken off; NULL there takes off nothing.
type Expr struct {
	Role  Role
	Since Role
	Until time.Time
	Less  Role
	// Hours, where they are set, are when the seconds count. Databases cannot
	// tell, so a cube with such a number is read row by row and folded here (see
	// stream.go); all its sums must be of such numbers.
	Hours *calendar.Hours
}

// Range is a condition on a row: that a number is at least From and at most To,
// of which either may be infinite. With Blank it holds where there is nothing in
// the column instead: NULL, or a text of blanks. With Not it holds for all other
// rows, those with a NULL among them.
type Range struct {
	Of       Expr
	From, To float64
	Blank    bool
	Not      bool
}

// Key groups rows: by the raw value of a column or, with Bucket, by the
// log-bucket of a number (see stats.Sketch).
type Key struct {
	Expr
	Bucket bool
}

// SumKind says what a Sum adds up.
type SumKind int

// The kinds of sums.
const (
	SumOf      SumKind = iota // the number
	SumSquare                 // its square
	SumWithin                 // 1 for each row whose number is at most Limit
	SumEpoch                  // seconds since 1970 of the instant in Role
	MinEpoch                  // the earliest of them
	SumCount                  // 1 for each row whose number is not NULL
	SumProduct                // the number multiplied by Times
	SumZero                   // 1 for each row whose number is 0
	SumWhere                  // 1 for each row for which all of Where holds
)

// Sum is one number per cell besides the count. NULLs add nothing.
type Sum struct {
	Kind  SumKind
	Of    Expr
	Limit float64
	Times Expr // of SumProduct; a NULL on either side adds nothing
	// Where are the conditions of SumWhere. They also keep a sum of numbers to
	// the rows for which all of them hold, in a cube without Hours.
	Where Ranges
}

// Ranges are conditions. Those that are not used are left at zero.
type Ranges [5]Range

// Subjects asks for customers (or tickets): one row a subject, of which only
// the pattern at the given points is told, with the number of subjects that
// show it. Customers are subjects, never rows.
type Subjects struct {
	Subject Role // who: rows with NULL there are refused
	Start   Role // when a row begins, or happens where End is empty
	End     Role // when it ends; NULL is not yet
	// Trial is the end of a time on trial: a row counts from then on, or from its
	// Start where that is later or there was no trial, which NULL means. One that
	// ended no later than its trial never counts. It may be empty.
	Trial  Role
	Weight Role // breaks ties between segments: the greatest wins, then the first name; may be empty
	// Points are what is asked of each subject.
	Points []Point
	// Attribution names, as indexes of Points, where a subject's segment is
	// read: at the first of them that holds. A subject for which none holds is
	// in no segment, but in the total.
	Attribution []int
	// Moments are the indexes of the points whose numbers of rows are summed
	// over subjects, with their squares.
	Moments []int
	// Amount is a number in each row, such as what it pays a month. A subject's
	// amount at a point is the sum over its rows there or, where it is Repeated
	// in every row, the greatest of them; NULLs add nothing. It may be empty.
	Amount   Role
	Repeated bool
	// Unit is what amounts are in, such as a currency: those of different units
	// are never added up. Where it is set, a subject counts once for each unit
	// that it has rows in, as if it were several. Neither case nor blanks around
	// it make a difference. It may be empty.
	Unit Role
	// Amounts are the indexes of the points whose amounts are summed over
	// subjects, with their squares.
	Amounts []int
	// Pairs are the points whose amounts are compared subject by subject. Both
	// stand among Amounts.
	Pairs []Pair
	// Last, where it is set, makes a point with Lo and Hi tell the code of the
	// subject's last row there, and not how many there are. That row also tells
	// the subject's segment at the point, and Weight does not.
	Last Code
}

// Code sorts rows by a number, so that a subject can be told by its last row. A
// row whose number is in no band has no code, and is never the last. Of the rows
// at one instant the one with the greatest code is the last.
type Code struct {
	Of    Role
	Bands []Band // the first that holds the number counts
}

// Band is the numbers between two, which belong to it, and their code from 1 to
// 3.
type Band struct {
	Code     int
	From, To float64
}

// Pair is two points by their indexes, the earlier one first.
type Pair struct{ From, To int }

// Trend is how the amount of a subject at the second point of a Pair compares
// with that at the first.
type Trend int

// The trends. Amounts that differ by no more than what adding up numbers with a
// fraction loses are the same.
const (
	Same Trend = iota
	Fell       // to more than nothing
	Rose
	Gone // fell to nothing, or below
)

// Point is a question about one subject. With At set: how many of its rows are
// active at that instant, started before it and not ended before it. Otherwise:
// how many of its rows have their Start in [Lo, Hi); a zero Lo is the beginning
// of time.
type Point struct {
	At time.Time
	// Until is the instant that active rows have not ended before, where it is
	// not At itself: an earlier one to grant a period of grace, a later one to
	// see which ends are ahead.
	Until time.Time
	// Ended is the instant that active rows have ended before; zero for all.
	Ended  time.Time
	Lo, Hi time.Time
	// Of and Words keep the rows whose text in Of is one of the words, in
	// capitals and without blanks around them; Of empty for all.
	Of    Role
	Words []string
	// Where are further conditions on the rows that count.
	Where Ranges
	// Least, where it is above 0, tells 1 for so many rows and more, and 0 for
	// fewer, where their number is of no other interest: subjects show fewer
	// patterns then.
	Least int
}

// end is the instant that the point's active rows have not ended before.
func (pt Point) end() time.Time {
	if pt.Until.IsZero() {
		return pt.At
	}
	return pt.Until
}

// Listing asks for the rows themselves: labels and values of a custom relation,
// as they stand at the moment of asking.
type Listing struct {
	Columns []string
}

// Facts are the facts of one segment, or of the total, that a KPI computes
// from. The needs passed in are the ones that the KPI declared for the same
// span.
type Facts interface {
	// Cells calls yield for every cell of the cube whose time lies in [lo, hi).
	// A zero lo is the beginning of time. Both must be bounds of the cube.
	Cells(c *Cube, lo, hi time.Time, yield func(Cell))
	// Patterns calls yield for every pattern of subjects. Those of whom nothing
	// holds at any point may be missing.
	Patterns(s *Subjects, yield func(Pattern))
	// Histories calls yield for every history. Those of patterns are of the total
	// only.
	Histories(h *Histories, yield func(History))
	// Returns are the subjects whose first row lies in [lo, hi), both bounds of
	// the need, and how many of them came again in time.
	Returns(r *Returns, lo, hi time.Time) (subjects, again float64)
	// Stays is how many subjects are there at Instants[step], and of these no
	// more at the next. It is of the total only.
	Stays(q *Stays, step int) (there, left float64)
	// Rows calls yield for every row of a listing, NULLs as nil.
	Rows(l *Listing, yield func([]any))
}

// Cell is one cell of a cube. Its methods take the index of the cube's own
// outcomes, keys and sums.
type Cell interface {
	// N is the number of rows.
	N() float64
	// Before reports whether the outcome happened before t, a bound of it.
	Before(outcome int, t time.Time) bool
	// Key is the raw value of a key as text; that of NULL is empty, and null is true.
	Key(key int) (value string, null bool)
	// Bucket is the log-bucket of a key; ok is false for NULL and for numbers
	// below zero, which no KPI counts.
	Bucket(key int) (index int, ok bool)
	// Sum is the sum; 0 where all rows were NULL.
	Sum(sum int) float64
}

// Pattern is a number of subjects that look the same at all points.
type Pattern interface {
	// Subjects is their number.
	Subjects() float64
	// Rows is how many rows a subject has at the point: 0, 1, or 2 for two and
	// more.
	Rows(point int) int
	// Code is the code of the last row of a subject at the point, 0 for none,
	// where the subjects are asked for their last.
	Code(point int) int
	// Segment is the subject's segment where the pattern is read by a
	// dimension, at an attribution point; ok is false where it has none there.
	Segment(attribution int) (segment string, ok bool)
	// Moments are the sum and the sum of squares of the subjects' numbers of
	// rows at Moments[i].
	Moments(i int) (sum, squares float64)
	// Unit is what the subjects' amounts are in; null tells a NULL apart.
	Unit() (unit string, null bool)
	// Amount is the sum and the sum of squares of the subjects' amounts at
	// Amounts[i].
	Amount(i int) (sum, squares float64)
	// Pair is how the subjects' amounts compare at Pairs[i], and the sum of the
	// products of both.
	Pair(i int) (t Trend, product float64)
}

// The reasons for which a row is left out of every KPI, or of one.
const (
	RejectedNullTime       = "null_time"        // the time that places the row is NULL
	RejectedFuture         = "in_the_future"    // that time lies ahead of the clock
	RejectedNullSubject    = "null_subject"     // whose row it is is NULL, for the facts that tell subjects apart
	RejectedEndBeforeStart = "end_before_start" // an outcome is earlier than the row's own time
	RejectedNullScore      = "null_score"
	RejectedNullAmount     = "null_amount"
	RejectedOffScale       = "off_scale"
	RejectedNotANumber     = "not_a_number"
	RejectedUnknownWord    = "unknown_word"     // a score that is none of the configured words
	RejectedNotAFlag       = "not_a_flag"       // neither yes nor no
	RejectedDuplicate      = "duplicate_labels" // a listing has the same labels twice
)

// Type is how a column holds its value, as far as SQL has to know.
type Type int

// The types of columns.
const (
	Unknown       Type = iota
	Instant            // an instant: timestamp with time zone, MySQL TIMESTAMP
	Naive              // a wall clock without zone: timestamp, DATETIME
	Date               // a calendar day
	TextTime           // a date and time as text, ISO 8601
	Unix               // seconds since 1970, a number
	UnixMilli          // milliseconds since 1970, a number
	TextUnix           // seconds since 1970 as text
	TextUnixMilli      // milliseconds since 1970 as text
	Integer
	Decimal // exact: NUMERIC, DECIMAL
	Float
	Bool
	Text
	wallUnix // seconds since 1970 of a wall clock: what SQLite makes of a text in a zone
)

// Column is a column of a relation.
type Column struct {
	Name string
	Type Type
	// Zone is the time zone of naive times, dates and times as text; nil is UTC.
	Zone *time.Location
}

// Dimension is a breakdown: one column, or several whose values are joined.
type Dimension struct {
	Name    string
	Columns []string
}

// Relation is where rows come from: a table or a query, and what its columns
// mean.
type Relation struct {
	Table      string // optionally with a schema: sales.orders
	Query      string // one SELECT; set where Table is empty
	Where      string // a condition on the rows; may be empty
	Columns    map[Role]Column
	Dimensions []Dimension
	// Events, where it is set, says that rows are events of tickets.
	Events *Events
	// Stretches are those in which tickets were open, where they are folded from
	// events. Fold sets it.
	Stretches *Relation
}

// Statement is one statement for one database.
type Statement struct {
	// SQL is the text. It has no parameters, so that it runs behind every
	// proxy, and comments say what its parts do.
	SQL string
	// Limit is the number of rows beyond which the answer is refused; the text
	// asks for one more at the most.
	Limit int
	// Cube is the table, as SQL has it, where its rows are grouped by expressions of
	// which planners cannot tell how few values they have, and nothing needs an order.
	Cube string
}

// Row is one row of an answer. Values are nil, int64, float64, bool, string or
// time.Time.
type Row []any
