package alerts

// The limits beyond which a change of a KPI is an alert. docs/goals.md tells how
// often they are passed by chance, and how soon by what is real.
const (
	// worsenedBy is the least worsening that matters, as a share of the value
	// before or of the scale.
	worsenedBy = 0.05
	// worsenedLevel is what the p-values of all series of a board share.
	worsenedLevel = 0.003
	// risingBy is the least ratio of the rates of a spike that matters.
	risingBy = 1.25
	// risingLevel is the greatest p-value of a spike that is an alert.
	risingLevel = 0.0003
)

// Worsened reports whether a KPI became worse than in its comparison window, by
// more than matters and beyond what chance explains among so many series.
// Negative improvements are worse; p is the one-sided p-value of a worsening.
func Worsened(improvement, p float64, series int) bool {
	return improvement < -worsenedBy && p < worsenedLevel/float64(series)
}

// Rising reports whether events became more frequent in the last days, by more
// than matters and beyond what chance explains.
func Rising(ratio, p float64) bool { return ratio > risingBy && p < risingLevel }
