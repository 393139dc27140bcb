package facts

import (
	"slices"
	"strconv"
)

// rounding is how far apart, as a share of both, two amounts may be that are the
// same: engines add up numbers with a fraction in an order of their own.
const (
	rounding      = "1e-12"
	roundingShare = 1e-12
)

// addAmounts adds what a need asks of amounts.
func (l *layout) addAmounts(n *Subjects) {
	for _, m := range n.Amounts {
		if i := l.point(n.Points[m]); !slices.Contains(l.amounts, i) {
			l.amounts = append(l.amounts, i)
		}
	}
	for _, p := range n.Pairs {
		pair := Pair{l.point(n.Points[p.From]), l.point(n.Points[p.To])}
		if !slices.Contains(l.pairs, pair) {
			l.pairs = append(l.pairs, pair)
		}
	}
}

// amountColumns writes the amounts of a subject: of the rows for which the
// condition of a point holds.
func (c *rows) amountColumns(in *writer, who Subjects, l layout, condition func(point int) string) error {
	if len(l.amounts) == 0 {
		return nil
	}
	x, err := c.number(Expr{Role: who.Amount})
	if err != nil {
		return err
	}
	value := c.wide(who.Amount, x)
	for _, i := range l.amounts {
		there := "CASE WHEN " + condition(i) + " THEN COALESCE(" + value + ", 0)"
		sql, note := "SUM("+there+" ELSE 0 END)", string(who.Amount)+" there"
		if who.Repeated {
			sql, note = "COALESCE(MAX("+there+" END), 0)", note+", the greatest"
		}
		in.column(sql, "v"+strconv.Itoa(i), note)
	}
	in.column("SUM(CASE WHEN "+x+" IS NULL THEN 1 ELSE 0 END)", "blank", "rows without "+string(who.Amount))
	return nil
}

// amountSums writes the columns that panelFold.add reads of amounts.
func amountSums(d Dialect, out *writer, l layout) {
	name := func(i int) string { return "v" + strconv.Itoa(i) }
	for _, i := range l.amounts {
		v := name(i)
		out.column("SUM("+v+")", "a"+strconv.Itoa(i)+"_", "amounts at the point")
		out.column("SUM("+d.Double(v)+" * "+d.Double(v)+")", "b"+strconv.Itoa(i)+"_", "their squares")
	}
	for n, p := range l.pairs {
		out.column("SUM("+d.Double(name(p.From))+" * "+d.Double(name(p.To))+")", "p"+strconv.Itoa(n)+"_", "products of both amounts")
	}
	if len(l.amounts) > 0 {
		out.column("SUM(blank)", "blank_", "")
	}
}

// trend is the two bits of a pair, a Trend, at their place in a mask. The numbers
// are written out: a product of small ones would pass the limits of an integer.
func trend(p Pair, place int) string {
	at := func(t Trend) string { return strconv.FormatInt(int64(t)<<(2*place), 10) }
	a, b := "v"+strconv.Itoa(p.From), "v"+strconv.Itoa(p.To)
	least := rounding + " * (ABS(" + a + ") + ABS(" + b + "))"
	return "CASE WHEN " + b + " - " + a + " > " + least + " THEN " + at(Rose) +
		" WHEN " + a + " - " + b + " <= " + least + " THEN " + at(Same) +
		" WHEN " + b + " <= " + least + " THEN " + at(Gone) +
		" ELSE " + at(Fell) + " END"
}
