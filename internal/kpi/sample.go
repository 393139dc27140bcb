package kpi

// Sample is one number of a metric family, ready to be shown.
type Sample struct {
	Metric string
	Help   string // constant per family
	Labels []Label
	Value  float64
}
