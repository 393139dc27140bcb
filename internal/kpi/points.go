package kpi

// PointDigits is how many digits behind the point a difference of two shares is
// told with, in percentage points. Small ones have one more, since there a tenth
// of a point is much.
func PointDigits(difference float64) int {
	if -0.01 < difference && difference < 0.01 {
		return 2
	}
	return 1
}
