package exporter

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

func TestRowsAreInspectedOnceADayAndAtNobodysCost(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bed) {
		var p probe
		var asked []time.Time
		var found []Concern
		var failure error
		c := p.collector("surveys")
		c.Inspect = func(ctx context.Context, at time.Time) ([]Concern, error) {
			asked = append(asked, at)
			if _, ok := ctx.Deadline(); !ok {
				t.Error("an inspection has no deadline")
			}
			if failure != nil {
				panic(failure)
			}
			return found, nil
		}
		found = []Concern{{RowsStopped, "nothing since yesterday"}}
		p.gives(nil, errors.New("down"))
		b.apply(c)
		b.pass(5 * time.Second)
		if len(asked) != 0 {
			t.Error("inspected after a run that failed")
		}
		p.gives(one(1), nil)
		b.pass(time.Minute)
		b.want(1, "cx_collector_finding", "collector", "surveys", "finding", RowsStopped)
		if n := strings.Count(b.log.String(), "rows look wrong"); n != 1 {
			t.Errorf("told %d times", n)
		}
		b.pass(23 * time.Hour)
		if len(asked) != 1 {
			t.Errorf("inspected %d times within a day", len(asked))
		}
		failure = errors.New("a defect")
		b.pass(2 * time.Hour)
		b.want(1, "cx_collector_finding", "finding", RowsStopped) // what is known stays
		b.want(1, "cx_collector_success", "collector", "surveys")
		failure, found = nil, nil
		b.pass(24 * time.Hour)
		b.absent("cx_collector_finding")
		if len(asked) != 3 {
			t.Errorf("inspected %d times in two days", len(asked))
		}
	})
}
