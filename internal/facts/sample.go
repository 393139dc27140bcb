package facts

import "fmt"

// sampleSize is how many values of a column are looked at.
const sampleSize = 100

// SampleStatement looks at some values of a column that holds times as numbers or
// as texts: at the least and the greatest number above zero, or at how many texts
// there are, how many are times, and how many of these say their zone.
func SampleStatement(d Dialect, r Relation, c Column) Statement {
	x := d.Quote(c.Name)
	if c.Type == TextTime {
		t, _ := d.ParseTime("v", false)
		return Statement{SQL: fmt.Sprintf("SELECT COUNT(*), COUNT(%s), COUNT(CASE WHEN v LIKE '%%:%%Z' OR v LIKE '%%:%%+%%' OR v LIKE '%%:%%-%%' OR v LIKE '%%:%% UTC' OR v LIKE '%%:%% GMT' THEN %[1]s END) FROM (SELECT %[2]s AS v FROM %[3]s WHERE %[2]s <> '' AND %[2]s NOT LIKE '0000%%' LIMIT %[4]d) AS s",
			t, x, From(d, r), sampleSize), Limit: 1}
	}
	held := Integer
	if c.Type == TextUnix || c.Type == TextUnixMilli {
		held = Text
	}
	return Statement{SQL: fmt.Sprintf("SELECT MIN(v), MAX(v) FROM (SELECT %s AS v FROM %s WHERE %s IS NOT NULL LIMIT %d) AS s WHERE v > 0",
		d.Number(x, held), From(d, r), x, sampleSize), Limit: 1}
}

// unitBorder is the year 5138 in seconds since 1970, and March 1973 in
// milliseconds.
const unitBorder = 1e11

// JudgeSample says what is wrong with a column, given the row of its
// SampleStatement, and whether nothing can come of it; it is empty where nothing is.
func JudgeSample(c Column, r Row) (problem string, fatal bool) {
	if c.Type == TextTime {
		return judgeTexts(c, r)
	}
	least, _ := numeric(r[0])
	greatest, ok := numeric(r[1])
	switch {
	case !ok:
	case (c.Type == Unix || c.Type == TextUnix) && least > unitBorder:
		return fmt.Sprintf("the column %q is read as seconds since 1970, but holds greater numbers: give it `type: unix_ms` if they are milliseconds", c.Name), true
	case (c.Type == UnixMilli || c.Type == TextUnixMilli) && greatest < unitBorder:
		return fmt.Sprintf("the column %q is read as milliseconds since 1970, but holds smaller numbers: give it `type: unix` if they are seconds", c.Name), true
	}
	return "", false
}

func judgeTexts(c Column, r Row) (problem string, fatal bool) {
	texts, _ := numeric(r[0])
	times, _ := numeric(r[1])
	own, _ := numeric(r[2])
	are := func(n float64, one, more string) string {
		if n == 1 {
			return one
		}
		return more
	}
	zoned := c.Zone != nil && c.Zone.String() != "UTC"
	switch n := own; {
	case texts == 0:
		return "", false
	case times == 0:
		return fmt.Sprintf("none of the texts in the column %q that were looked at is an ISO 8601 date and time such as 2026-03-29T02:30:00Z: give it another type, such as text_unix, or let a query or view turn them into times", c.Name), true
	case zoned && n > 0:
		return fmt.Sprintf("the column %q has a timezone, but %v of %v texts in it that were looked at %s own, such as Z or +02:00: leave timezone out",
			c.Name, n, texts, are(n, "says its", "say their")), true
	case times < texts:
		n = texts - times
		return fmt.Sprintf("%v of %v texts in the column %q that were looked at %s no ISO 8601 date and time such as 2026-03-29T02:30:00Z, and %s for none",
			n, texts, c.Name, are(n, "is", "are"), are(n, "is taken", "are taken")), false
	}
	return "", false
}
