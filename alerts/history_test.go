package alerts

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// A collector that succeeded before a restart and fails since is out of date,
// also where there is no baseline to be kept beside its last success.
func TestARestartForgetsNoSuccess(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	collector := []kpi.Label{{Name: "collector", Value: "subscriptions"}}
	interval := kpi.Sample{Metric: intervalFamily, Labels: collector, Value: 60}
	success := kpi.Sample{Metric: successTimeFamily, Labels: collector, Value: seconds(now)}
	o := RuleOptions{Duration: func(time.Duration) time.Duration { return 0 }}

	var before, after Ledger
	if _, _, err := before.Look(now, []kpi.Sample{interval, success}, o, hears(true)); err != nil {
		t.Fatal(err)
	}
	kept, err := json.Marshal(before)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(kept, &after); err != nil {
		t.Fatal(err)
	}
	for _, later := range []time.Duration{time.Minute, 4 * time.Minute, 5 * time.Minute} {
		if _, _, err := after.Look(now.Add(later), []kpi.Sample{interval}, o, hears(true)); err != nil {
			t.Fatal(err)
		}
	}
	if told := after.Told(); len(told) != 1 || told[0].Alert != "CXKPIStale" {
		t.Errorf("told are %+v, want CXKPIStale", told)
	}
}
