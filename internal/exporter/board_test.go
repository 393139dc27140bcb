package exporter

import (
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/stats"
)

func TestTheBoardSaysWhatThePageSays(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bed) {
		s := one(42)
		s.Series[0].Evidence = stats.Exact{N: 7}
		s.Lasting = []kpi.Sample{{Metric: "cx_goal_target", Help: "A target.", Value: 1}}
		p := new(probe).gives(s, nil)
		b.apply(p.collector("a"))
		if got := b.Board().Standings[0]; got.Attempted || got.Good != nil {
			t.Errorf("before the first run it stands at %+v", got)
		}
		b.pass(time.Minute)
		got := b.Board().Standings[0]
		if !got.Attempted || got.Failing || got.Good == nil || len(got.Good.Series) != 1 || got.Good.Series[0].Value != 42 {
			t.Fatalf("after a good run it stands at %+v", got)
		}
		if got.Good.Series[0].Evidence != nil {
			t.Error("the evidence is kept for good")
		}
		p.gives(nil, &SourceError{Source: "db", Err: refused("connect")})
		b.pass(2 * time.Minute)
		got = b.Board().Standings[0]
		if !got.Failing || got.Reason != "connect" || len(got.Down) != 1 || got.Down[0] != "db" || got.Good == nil {
			t.Errorf("after a failure it stands at %+v", got)
		}
		b.pass(10*time.Second + 2*settling)
		got = b.Board().Standings[0]
		if got.Good != nil || got.LastSuccess.IsZero() {
			t.Errorf("after the values are withdrawn it stands at %+v", got)
		}
	})
}
