package facts

import "fmt"

// sampleSize is how many values of a column are looked at.
const sampleSize = 100

// SampleStatement asks for the least and the greatest number above zero among
// some values of a column that holds times as numbers.
func SampleStatement(d Dialect, r Relation, c Column) Statement {
	held := Integer
	if c.Type == TextUnix || c.Type == TextUnixMilli {
		held = Text
	}
	x := d.Quote(c.Name)
	return Statement{SQL: fmt.Sprintf("SELECT MIN(v), MAX(v) FROM (SELECT %s AS v FROM %s WHERE %s IS NOT NULL LIMIT %d) AS s WHERE v > 0",
		d.Number(x, held), From(d, r), x, sampleSize), Limit: 1}
}

// unitBorder is the year 5138 in seconds since 1970, and March 1973 in
// milliseconds.
const unitBorder = 1e11

// JudgeUnit says what is wrong with the unit of a column, given the row of its
// SampleStatement; it is empty where nothing is.
func JudgeUnit(c Column, r Row) string {
	least, _ := numeric(r[0])
	greatest, ok := numeric(r[1])
	switch {
	case !ok:
	case (c.Type == Unix || c.Type == TextUnix) && least > unitBorder:
		return fmt.Sprintf("the column %q is read as seconds since 1970, but holds greater numbers: give it `type: unix_ms` if they are milliseconds", c.Name)
	case (c.Type == UnixMilli || c.Type == TextUnixMilli) && greatest < unitBorder:
		return fmt.Sprintf("the column %q is read as milliseconds since 1970, but holds smaller numbers: give it `type: unix` if they are seconds", c.Name)
	}
	return ""
}
