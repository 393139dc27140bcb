package exporter

// Past shows what a page would have shown of the snapshots of a collector, as of
// one instant after the other. It is not safe for concurrent use.
type Past struct {
	lines *lines
	about []fixed
}

// fixed is what a line always says.
type fixed struct {
	line  *Line
	value float64
}

// NewPast prepares the past of a collector.
func NewPast(c Collector) *Past {
	p := &Past{lines: newLines(c)}
	about := families{}
	describe(about, c)
	p.others(about, func(l *Line, value float64) { p.about = append(p.about, fixed{l, value}) })
	return p
}

// Show yields the numbers that the page would have shown: the values, what judges
// them, how the KPIs are defined and what Lasting holds. What the page tells of
// runs and sources is not among them: nobody knows it of the past.
func (p *Past) Show(s *Snapshot, yield func(*Line, float64)) error {
	if err := p.lines.show(s, yield); err != nil {
		return err
	}
	for _, x := range p.about {
		yield(x.line, x.value)
	}
	p.others(lasting(s.Lasting), yield)
	return nil
}

// others yields families of gauges.
func (p *Past) others(f families, yield func(*Line, float64)) {
	for _, of := range f.sorted() {
		for _, m := range of.Metric {
			yield(p.lines.other(of.GetName(), of.GetHelp(), m.Label), m.GetGauge().GetValue())
		}
	}
}
