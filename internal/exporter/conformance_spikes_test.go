package exporter_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/exporter"
	"github.com/cx-exporter/cx-exporter/internal/testdb/oracle"
)

// spikes compares the spikes of a snapshot with those of the oracle.
func (j *judgement) spikes(at time.Time, got []exporter.Spike) {
	want := map[string]oracle.Spike{}
	for _, k := range j.w.kpis {
		if churn, ok := k.oracle.(oracle.Churn); ok && j.w.change {
			want = churn.Spikes(j.rows, at, j.w.zone)
		}
	}
	for _, s := range got {
		x, ok := want[s.Length]
		if !ok || s.KPI != "churn" {
			j.say("a spike of %s over %s, want none", s.KPI, s.Length)
			continue
		}
		delete(want, s.Length)
		ratio, rated := x.Ratio()
		p, tested := x.PValue()
		if rated != s.Rated || rated && math.Abs(s.Ratio-ratio) > 1e-12*ratio {
			j.say("spike over %s: got the ratio %v (%v), want %v (%v)", s.Length, s.Ratio, s.Rated, ratio, rated)
		}
		if tested != s.Tested || tested && math.Abs(s.PValue-p) > 1e-9*p {
			j.say("spike over %s: got the p-value %v (%v), want %v (%v)", s.Length, s.PValue, s.Tested, p, tested)
		}
	}
	for length, x := range want {
		j.say("no spike over %s, want %v", length, x)
	}
}

// sameSpikes compares spikes with numbers computed by hand.
func sameSpikes(t *testing.T, got []exporter.Spike, want []string) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("got the spikes %+v, want %q", got, want)
		return
	}
	for i, line := range want {
		var length string
		var ratio, p float64
		if _, err := fmt.Sscan(line, &length, &ratio, &p); err != nil {
			t.Fatal(err)
		}
		s := got[i]
		if s.Length != length || !s.Rated || !s.Tested || math.Abs(s.Ratio-ratio) > 1e-12*ratio || math.Abs(s.PValue-p) > 1e-12*p {
			t.Errorf("got %+v, want %s", s, line)
		}
	}
}

// spikeEdges are the cases of sudden rises.
var spikeEdges = []named{
	{
		// Those at the beginning of the steps, counted by hand. In the last 10 days 7 of
		// whom 1 left, and in the same days of the 12 months before, all of 10 days, 111
		// of whom 1 left. In the last month 8 of whom 2 left, beside 112 at the beginnings
		// of the 12 months of whom 3 left: (2/8) / (3/112). By days, 238 beside 3395, the
		// ratio would be greater. With 8 of 120 customers, 2 and more of 5 who leave:
		// 1 - (14/15)^5 - 5/15 (14/15)^4 = 29471/759375.
		name: "customers left in the last days against the months before", entity: "subscriptions",
		at: "2026-01-01T00:00:00Z", windows: "30d", change: true, dims: "plan",
		columns: "customer_id:word started_at:naive ended_at:naive mrr+:decimal plan:word",
		rows: `stays | 2024-01-01T00:00:00Z | - | 10 | a
			stays, too | 2024-01-01T00:00:00Z | - | 10 | b
			will leave | 2024-01-01T00:00:00Z | 2026-02-01T00:00:00Z | 10 | a
			left long ago | 2024-01-01T00:00:00Z | 2025-06-10T00:00:00Z | 10 | a
			left in autumn | 2024-01-01T00:00:00Z | 2025-09-18T00:00:00Z | 10 | b
			left this month | 2024-01-01T00:00:00Z | 2025-12-07T00:00:00Z | 10 | b
			left these days | 2024-01-01T00:00:00Z | 2025-12-27T00:00:00Z | 10 | b
			changed the plan | 2024-01-01T00:00:00Z | 2025-12-27T00:00:00Z | 10 | b
			changed the plan | 2025-12-27T00:00:00Z | - | 20 | a
			back at once | 2024-01-01T00:00:00Z | 2025-12-24T00:00:00Z | 10 | b
			back at once | 2025-12-29T00:00:00Z | - | 10 | b
			back after weeks | 2024-01-01T00:00:00Z | 2025-09-28T00:00:00Z | 10 | b
			back after weeks | 2025-10-18T00:00:00Z | - | 10 | b
			came and went | 2025-12-02T12:00:00Z | 2025-12-11T12:00:00Z | 10 | b
			ends before it starts | 2025-06-05T00:00:00Z | 2025-06-01T00:00:00Z | 10 | b
			- | 2024-01-01T00:00:00Z | 2025-12-27T00:00:00Z | 10 | b`,
		kpis: []string{"churn", "customers"},
		want: `churn lost over 30d = 2 of 2 before 0`,
		spikes: `10d 15.857142857142858 0.1151249640907785
			30d 9.333333333333334 0.0388095473251029`,
		rejected: "end_before_start=1 null_subject=1",
	},
	{
		// A year and 11 days of history are enough for the last 10 days only: one
		// left in those of July, and in the last ones of 1 nobody.
		name: "what happened before the first customer is not known", entity: "subscriptions",
		at: "2026-01-01T00:00:00Z", windows: "30d", change: true,
		columns: "customer_id:word started_at:naive ended_at:naive",
		rows: `stays | 2024-12-21T00:00:00Z | -
			leaves | 2024-12-21T00:00:00Z | 2025-12-20T00:00:00Z
			left in July | 2024-12-21T00:00:00Z | 2025-07-25T00:00:00Z`,
		kpis:   []string{"churn {grace: 1d}"},
		want:   `churn lost over 30d = 1 of 1 before 0`,
		spikes: `10d 0.000 1`,
	},
}
