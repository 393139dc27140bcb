package kpi

import (
	"math"
	"testing"
)

func TestAScaleHoldsWhatLiesBetweenItsEnds(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		ends  Ends
		v     float64
		holds bool
	}{
		{"the highest share", Between(0, 1), 1, true},
		{"a sum that rounding has moved beyond it", Between(0, 0.3), 0.1 + 0.2, true},
		{"a share above it", Between(0, 1), 1.001, false},
		{"a share below zero", Between(0, 1), -0.001, false},
		{"any number of things", From(0), 1e12, true},
		{"fewer than none", From(0), -1, false},
		{"a fall", Anything(), -3, true},
		{"of what nothing is known", Ends{}, -3, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := tt.ends.Hold(tt.v); got != tt.holds {
				t.Errorf("%v to %v holds %v: %v", tt.ends.Min, tt.ends.Max, tt.v, got)
			}
		})
	}
	if Between(0, 1).Closed() != true || From(0).Closed() || Anything().Closed() || (Ends{}).Closed() || (Ends{}).Known() || !Anything().Known() {
		t.Error("which ends are known and which are open is told wrongly")
	}
	if text, err := (Ends{0, math.Inf(1)}).MarshalText(); err != nil || string(text) != "0 to +Inf" {
		t.Errorf("a scale is written %q, %v", text, err)
	}
}
