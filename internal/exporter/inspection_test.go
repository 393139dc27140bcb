package exporter

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestRowsAreInspectedOnceADayAndAtNobodysCost(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bed) {
		var p probe
		var mu sync.Mutex // what follows is read here and by the run
		var asked []time.Time
		var found []Concern
		var failure error
		told := func() int {
			mu.Lock()
			defer mu.Unlock()
			return len(asked)
		}
		c := p.collector("surveys")
		c.Inspect = func(ctx context.Context, at time.Time) ([]Concern, error) {
			mu.Lock()
			defer mu.Unlock()
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
		if told() != 0 {
			t.Error("inspected after a run that failed")
		}
		p.gives(one(1), nil)
		b.pass(time.Minute)
		b.want(1, "cx_collector_finding", "collector", "surveys", "finding", RowsStopped)
		if n := strings.Count(b.log.String(), "rows look wrong"); n != 1 {
			t.Errorf("told %d times", n)
		}
		b.pass(23 * time.Hour)
		if told() != 1 {
			t.Errorf("inspected %d times within a day", told())
		}
		mu.Lock()
		failure = errors.New("a defect")
		mu.Unlock()
		b.pass(2 * time.Hour)
		b.want(1, "cx_collector_finding", "finding", RowsStopped) // what is known stays
		b.want(1, "cx_collector_success", "collector", "surveys")
		mu.Lock()
		failure, found = nil, nil
		mu.Unlock()
		b.pass(24 * time.Hour)
		b.absent("cx_collector_finding")
		if told() != 3 {
			t.Errorf("inspected %d times in two days", told())
		}
	})
}
