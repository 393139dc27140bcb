package demo_test

import (
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/app"
	"github.com/cx-exporter/cx-exporter/internal/demo"
)

// TestThePriceRiseIsASpikeOfChurn asks with the limits of the alert
// CXChurnRising: it fires while the higher prices drive customers away, and is
// silent before.
func TestThePriceRiseIsASpikeOfChurn(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 7, 15, 13, 20, 0, 0, time.UTC)
	path := filepath.Join(t.TempDir(), "demo.db")
	o := demo.Options{Customers: 1500, Years: 3}
	if err := demo.Build(t.Context(), path, now, o); err != nil {
		t.Fatal(err)
	}
	set, err := app.Build(load(t, path), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer set.Close()
	rise := demo.Tell(now, o.Years).PriceRise
	for _, c := range set.Collectors {
		if c.Config.Name != "subscriptions" {
			continue
		}
		for name, tt := range map[string]struct {
			at     time.Time
			firing bool
		}{
			"forty days before the price rise": {rise.AddDate(0, 0, -40), false},
			"forty days after the price rise":  {rise.AddDate(0, 0, 40), true},
		} {
			snapshots, err := c.Evaluator.At(t.Context(), tt.at)
			if err != nil {
				t.Fatal(err)
			}
			firing := false
			for _, s := range snapshots[0].Spikes {
				t.Logf("%s: %+v", name, s)
				firing = firing || s.Rated && s.Ratio > 1.25 && s.Tested && s.PValue < 0.0003
			}
			if len(snapshots[0].Spikes) != 2 || firing != tt.firing {
				t.Errorf("%s: firing is %v, want %v", name, firing, tt.firing)
			}
		}
		return
	}
	t.Fatal("the demo has no subscriptions")
}
