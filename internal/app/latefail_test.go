package app

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/alerts"
	"github.com/cx-exporter/cx-exporter/config"
	"github.com/cx-exporter/cx-exporter/internal/exporter"
	"github.com/cx-exporter/cx-exporter/internal/stats"
)

// brokenAt is a past without rows, of which one instant cannot be read.
type brokenAt struct {
	exporter.Evaluation
	broken time.Time
	asked  int // for that instant
}

func (b *brokenAt) At(_ context.Context, instants ...time.Time) ([]*exporter.Snapshot, error) {
	var out []*exporter.Snapshot
	for _, at := range instants {
		if at.Equal(b.broken) {
			b.asked++
			return nil, errors.New("it takes too long")
		}
		out = append(out, &exporter.Snapshot{At: at})
	}
	return out, nil
}

// A deadline that could not be judged and now cannot be read is asked for once a day,
// and keeps no other goal from being judged.
func TestADeadlineThatCannotBeReadAgainHoldsNothingUp(t *testing.T) {
	t.Parallel()
	day := func(n int) time.Time { return time.Date(2026, 1, n, 6, 0, 0, 0, time.UTC) }
	global := config.Global{Zone: time.UTC, Confidence: 0.95, AlertConfidence: 0.999}
	over := alerts.New(config.Goal{Name: "over", Reach: true, Start: day(1), Deadline: day(100)}, global)
	keep := alerts.New(config.Goal{Name: "keep", Target: config.Target{Value: 1}}, global)
	past := &brokenAt{broken: day(100)}
	w := &Watch{Goals: []*alerts.Goal{over, keep}, past: past, atOnce: instantsAtOnce, global: global}
	at := func(n int) alerts.State { return alerts.State{Status: alerts.NoData, Since: day(n), At: day(n)} }
	verdicts := []alerts.Verdict{{Key: over.Key(), Known: true, State: at(110)}, {Key: keep.Key(), Known: true, State: at(110)}}
	for n, look := range []time.Time{day(115), day(115).Add(time.Hour), day(116)} {
		now := []alerts.Reading{{At: look}, {At: look, Evidence: stats.Exact{V: 5, Defined: true}}}
		var err error
		verdicts, err = w.judge(t.Context(), look, now, verdicts, false)
		wantErr, asked := n != 1, 1+n/2
		if (err != nil) != wantErr || past.asked != asked {
			t.Errorf("at %s it was asked for %d times, want %d: %v", look, past.asked, asked, err)
		}
		for i, g := range w.Goals {
			if s := verdicts[i].State; !s.At.Equal(look) {
				t.Errorf("%s is judged as of %s, want %s", g.Name, s.At, look)
			}
		}
	}
	if s := verdicts[1].State; s.Status != alerts.OnTrack && s.Status != alerts.OffTrack {
		t.Errorf("the other is %s", s.Status)
	}
}
