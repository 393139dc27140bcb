package main

import (
	"testing"

	"github.com/cx-exporter/cx-exporter/internal/exporter"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

func TestDurationsAreTold(t *testing.T) {
	t.Parallel()
	for want, seconds := range map[string]float64{
		"0.0 s": 0, "12.5 s": 12.5, "1 min": 60, "1 min 1 s": 61.9, "24 h": 86400, "24 h 5 min": 86700, "2 d": 2 * 86400, "3 d 4 h": 3*86400 + 4*3600, "−1 h": -3600,
	} {
		if got := duration(seconds); got != want {
			t.Errorf("%v seconds: %q, want %q", seconds, got, want)
		}
	}
}

// What is below zero has the same sign in all units, and none where it rounds to
// nothing.
func TestNumbersBelowZeroAreTold(t *testing.T) {
	t.Parallel()
	for got, want := range map[string]string{
		amount(kpi.Ratio, -0.125):     "−12.5 %",
		amount(kpi.Ratio, -0.0001):    "0.0 %",
		amount(kpi.Score, -24.406):    "−24.41",
		amount(kpi.Score, -0.001):     "0.00",
		amount(kpi.Currency, -1234.5): "−1,234.50",
		amount(kpi.Seconds, -90):      "−1 min 30 s",
		amount(kpi.Seconds, -0.04):    "0.0 s",
		amount(kpi.Count, -3):         "−3",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// Below a point there is a digit more, as on the board, and what rounds to
// nothing has no sign.
func TestChangesOfSharesAreTold(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		before, now         float64
		change, part, power string
	}{
		{0.5, 0.6, "▲ +10.0 points", "+10.0 points", "±10.0 points"},
		{0.6, 0.5, "▼ −10.0 points", "−10.0 points", ""},
		{0.0226, 0.0239, "▲ +0.13 points", "+0.13 points", "±0.13 points"},
		{0.0226, 0.0222, "▼ −0.04 points", "−0.04 points", ""},
		{0.02260, 0.02258, "0.00 points", "0.00 points", ""},
		{0.5, 0.5, "=", "0.00 points", "±0.00 points"},
		{0.1, 12.6, "▲ +1,250.0 points", "+1,250.0 points", "±1,250.0 points"},
	} {
		s := exporter.Series{Unit: kpi.Ratio, Value: tt.now, Defined: true, Change: exporter.Change{Known: true, Before: tt.before}}
		if got := changeText(s, 0.05); got != tt.change {
			t.Errorf("from %v to %v: %q, want %q", tt.before, tt.now, got, tt.change)
		}
		if got := difference(s, tt.now-tt.before); got != tt.part {
			t.Errorf("from %v to %v: %q, want %q", tt.before, tt.now, got, tt.part)
		}
		s.Detects, s.Detectable = tt.now >= tt.before, tt.now-tt.before
		if got := detectable(s); got != tt.power {
			t.Errorf("from %v to %v: %q, want %q", tt.before, tt.now, got, tt.power)
		}
	}
}
