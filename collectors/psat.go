package collectors

// PSAT is product satisfaction: the mathematics of CSAT over a survey inside a
// product or about one of its features, under metrics of its own. Only users are
// asked, so it is no measure of those who left.
//
// Source: as CSAT. Intervals: as CSAT.
type PSAT CSAT

func newPSAT() Parameters {
	p, _ := newCSAT().(*CSAT)
	return (*PSAT)(p)
}

// KPI builds the KPI.
func (p *PSAT) KPI(Binding) (KPI, error) {
	return (*CSAT)(p).satisfaction("psat", "Product satisfaction", "satisfaction with the product", goalLoyalty)
}
