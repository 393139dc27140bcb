package facts

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// asks reports whether there is a code.
func (k Code) asks() bool { return k.Of != "" }

func sameCode(a, b Code) bool { return a.Of == b.Of && slices.Equal(a.Bands, b.Bands) }

// codes is how many values two bits have; 0 is no code.
const codes = 4

// stamp is the time of a row and its code in one integer, so that the greatest
// is that of the last row, and of rows at the same instant that of the greatest
// code. It is NULL for a row without a code, and for one that is not before an
// instant.
//
// Only the order of the times matters, so wall clocks need no zone here: they
// go forward as the instants do that they are taken for.
func (c *rows) stamp(who Subjects, before time.Time) (string, error) {
	c.compound = true
	flat := &rows{d: c.d, relation: c.relation, span: c.span}
	at, err := flat.bare(who.Start)
	if err != nil {
		return "", err
	}
	// What is no time, or lies far ahead, could be too great for an integer.
	placed := "CASE WHEN " + at.before(before) + at.andKnown() + " THEN " + at.sql + " END"
	at.zone = nil
	x := "NULL" // a boolean is in no band, as it would not be as text
	if c.column(who.Last.Of).Type != Bool {
		if x, err = flat.number(Expr{Role: who.Last.Of}); err != nil {
			return "", err
		}
	}
	var b strings.Builder
	b.WriteString(c.d.Whole(c.d.Double(at.since1970(placed, c.span))+" * 1000000 + 0.5") + " * " + strconv.Itoa(codes) + " + CASE")
	for _, band := range who.Last.Bands {
		b.WriteString(" WHEN " + x + " >= " + number(band.From) + " AND " + x + " <= " + number(band.To) + " THEN " + strconv.Itoa(band.Code))
	}
	b.WriteString(" END")
	return b.String(), nil
}

// newestFirst is the text by which the segment of the last row is the smallest.
func (c *rows) newestFirst(stamp string, dims int) string {
	if dims == 0 {
		return ""
	}
	return c.d.Padded("(" + weightCeiling + " - (" + stamp + "))")
}

// code is a point's two bits where they are a code. The remainder of what lies
// before 1970 is below zero.
func code(i int) string {
	ci := "c" + strconv.Itoa(i)
	n := strconv.Itoa(codes)
	return "COALESCE((" + ci + " % " + n + " + " + n + ") % " + n + ", 0)"
}
