package exporter

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/calendar"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// refused is an error with a reason of its own.
type refused string

func (r refused) Error() string  { return "the database refused the login" }
func (r refused) Reason() string { return string(r) }

func TestValuesOutliveFailuresUntilTheirMaximumAge(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bed) {
		s := one(42)
		s.Rejected = map[string]float64{"off_scale": 3}
		s.Newest = time.Date(1999, 12, 31, 0, 0, 0, 0, time.UTC)
		p := new(probe).gives(s, nil)
		b.apply(p.collector("a"))
		b.pass(time.Minute)
		b.want(1, "cx_source_up", "collector", "a", "source", "db")
		b.want(3, "cx_collector_rows_rejected", "collector", "a", "reason", "off_scale")
		b.want(946598400, "cx_source_newest_record_timestamp_seconds", "collector", "a")
		p.gives(&Snapshot{Statements: 1}, fmt.Errorf("collector a: %w", &SourceError{Source: "db", Err: refused("auth")}))
		b.pass(2 * time.Minute) // it is 00:03; the last success was at 00:00:10
		b.want(42, "cx_nps_score", "collector", "a")
		b.want(0, "cx_collector_success", "collector", "a")
		b.want(0, "cx_source_up", "collector", "a", "source", "db")
		b.want(2, "cx_collector_failures_total", "collector", "a", "reason", "auth")
		b.want(6, "cx_collector_statements_total", "collector", "a")
		b.want(seconds(time.Date(2000, 1, 1, 0, 0, 10, 0, time.UTC)), "cx_collector_last_success_timestamp_seconds", "collector", "a")
		b.pass(9 * time.Second)
		b.want(42, "cx_nps_score", "collector", "a")
		b.pass(time.Second + 2*settling) // without a run in between
		b.absent("cx_nps_score", "collector", "a")
		b.absent("cx_kpi_samples", "collector", "a")
		b.absent("cx_collector_rows_rejected", "collector", "a")
		b.absent("cx_source_newest_record_timestamp_seconds", "collector", "a")
		b.want(0, "cx_collector_success", "collector", "a")
		p.gives(s, nil)
		b.pass(time.Minute)
		b.want(42, "cx_nps_score", "collector", "a")
		b.want(1, "cx_source_up", "collector", "a", "source", "db")
		lines := strings.Split(strings.TrimSpace(b.log.String()), "\n")
		if len(lines) != 2 || !strings.Contains(lines[0], "failing") || !strings.Contains(lines[0], "reason=auth") || !strings.Contains(lines[1], "recovered") {
			t.Errorf("want a line when it fails and one when it recovers, got:\n%s", b.log)
		}
	})
}

// How old values are is known over a restart, and over a change of the definition
// that cannot be read: who waits for a success sees when the last one was.
func TestTheLastSuccessIsThatOfTheProcessBeforeUntilThereIsOne(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bed) {
		const last = "cx_collector_last_success_timestamp_seconds"
		var told []time.Time
		before := time.Date(1999, 12, 31, 22, 0, 0, 0, time.UTC)
		p := new(probe).gives(nil, errors.New("no database"))
		c := p.collector("a")
		c.LastSuccess, c.Succeeded = before, func(at time.Time) { told = append(told, at) }
		ahead := new(probe).gives(nil, errors.New("no database")).collector("ahead")
		ahead.LastSuccess = time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
		b.apply(c, ahead, new(probe).gives(nil, errors.New("no database")).collector("new"))
		b.pass(time.Minute)
		b.want(seconds(before), last, "collector", "a")
		b.absent("cx_nps_score", "collector", "a")
		b.absent(last, "collector", "new")
		if v, ok := b.value(last, "collector", "ahead"); !ok || v > seconds(b.clock()) {
			t.Errorf("a success that lies ahead is shown as %v", v)
		}
		if told != nil {
			t.Errorf("successes are told of failures: %v", told)
		}
		p.gives(one(1), nil)
		b.pass(time.Minute)
		b.want(70+946684800, last, "collector", "a")
		if len(told) != 1 || seconds(told[0]) != 70+946684800 {
			t.Errorf("the successes told are %v", told)
		}
		changed := p.gives(nil, errors.New("no database")).collector("a")
		changed.Key = "another"
		b.apply(changed)
		b.pass(time.Minute)
		b.absent("cx_nps_score", "collector", "a")
		b.want(70+946684800, last, "collector", "a")
	})
}

func TestAnEmptyResultIsASuccess(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bed) {
		p := new(probe)
		b.apply(p.collector("a"))
		b.pass(time.Minute)
		p.gives(&Snapshot{}, nil)
		b.pass(time.Minute)
		b.absent("cx_nps_score", "collector", "a")
		b.want(1, "cx_collector_success", "collector", "a")
		b.want(70+946684800, "cx_collector_last_success_timestamp_seconds", "collector", "a")
	})
}

func TestASpoiltResultChangesNothing(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bed) {
		p := new(probe)
		b.apply(p.collector("a"))
		b.pass(time.Minute)
		spoilt := one(2)
		spoilt.Series = append(spoilt.Series, spoilt.Series[0])
		p.gives(spoilt, nil)
		b.pass(time.Minute)
		b.want(1, "cx_nps_score", "collector", "a")
		b.want(1, "cx_collector_failures_total", "collector", "a", "reason", ReasonInvalidSeries)
		p.gives(nil, nil)
		b.pass(time.Minute)
		b.want(1, "cx_collector_failures_total", "collector", "a", "reason", ReasonError)
	})
}

func TestFailuresNameTheirSources(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bed) {
		p := new(probe)
		c := p.collector("a")
		c.Sources = []string{"eu", "us", "asia", "africa"}
		b.apply(c)
		b.pass(5 * time.Second)
		p.gives(nil, errors.Join(
			&SourceError{"us", errors.New("x")},
			fmt.Errorf("y: %w", &SourceError{"asia", refused("connect")}),
			&SourceError{"africa", refused("missing_table")},
		))
		b.pass(time.Minute)
		b.want(1, "cx_source_up", "source", "eu")
		b.want(0, "cx_source_up", "source", "us")
		b.want(0, "cx_source_up", "source", "asia")
		b.want(1, "cx_source_up", "source", "africa") // it answered
	})
}

func TestASourceErrorNamesItsSourceOnce(t *testing.T) {
	t.Parallel()
	want := `source "us": no connection`
	for _, cause := range []string{"no connection", want} {
		if got := (&SourceError{"us", errors.New(cause)}).Error(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestAReloadKeepsWhatHasNotChanged(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bed) {
		kept, changed, removed, added := new(probe), new(probe), new(probe), new(probe)
		b.apply(kept.collector("kept"), changed.collector("changed"), removed.collector("removed"))
		b.pass(30 * time.Second)
		again := new(probe)
		other := new(probe).does(func(context.Context) (*Snapshot, error) {
			time.Sleep(10 * time.Second)
			return one(9), nil
		})
		c := other.collector("changed")
		c.Key = "another definition"
		drained := b.apply(again.collector("kept"), c, added.collector("added"))
		<-drained
		b.pass(time.Second)
		b.want(1, "cx_nps_score", "collector", "kept")
		b.want(2, "cx_collector_runs_total", "collector", "kept")
		b.absent("cx_nps_score", "collector", "changed")
		b.absent("cx_nps_score", "collector", "removed")
		b.absent("cx_collector_interval_seconds", "collector", "removed")
		if got := strings.Join(b.Page().Waiting, " "); got != "changed" {
			t.Errorf("waiting for %q", got)
		}
		b.pass(time.Minute)
		b.want(9, "cx_nps_score", "collector", "changed")
		b.want(4, "cx_collector_runs_total", "collector", "changed") // counters go on
		if got, want := again.times(), "00:01:10"; got != want {
			t.Errorf("the kept collector ran at %s, want %s: it needs no first run", got, want)
		}
		if got := added.times(); !strings.HasPrefix(got, "00:00:30") {
			t.Errorf("the added collector ran at %s, want at once", got)
		}
		for name, p := range map[string]*probe{"kept": kept, "changed": changed, "removed": removed} {
			if n := len(p.instants()); n != 2 {
				t.Errorf("%s ran %d times, want twice: before the reload", name, n)
			}
		}
	})
}

func TestAReloadLetsUnchangedRunsEnd(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bed) {
		var cancelled []string
		slow := func(name string) *probe {
			return new(probe).does(func(ctx context.Context) (*Snapshot, error) {
				select {
				case <-ctx.Done():
					cancelled = append(cancelled, name)
					return nil, ctx.Err()
				case <-time.After(10 * time.Second):
					return one(1), nil
				}
			})
		}
		kept, gone := slow("kept"), slow("gone")
		b.apply(gone.collector("gone"), kept.collector("kept"))
		b.pass(5 * time.Second)
		again := new(probe)
		drained := b.apply(again.collector("kept"))
		b.pass(time.Second)
		select {
		case <-drained:
			t.Error("drained while a run was under way")
		default:
		}
		<-drained
		synctest.Wait()
		b.pass(time.Second)
		b.want(1, "cx_nps_score", "collector", "kept")
		b.want(1, "cx_collector_runs_total", "collector", "kept")
		if len(cancelled) != 1 || cancelled[0] != "gone" {
			t.Errorf("cancelled %v, want only the one that is gone", cancelled)
		}
		b.pass(time.Minute)
		if got, want := again.times(), "00:01:10"; got != want {
			t.Errorf("the new definition ran at %s, want %s", got, want)
		}
	})
}

// A collector does not change by its goals. What a run brings that began before a
// reload is judged by goals that may be gone.
func TestARunFromBeforeAReloadBringsNoGoalsBack(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bed) {
		goal := func(name string) []kpi.Sample {
			return []kpi.Sample{{Metric: "cx_goal_target", Help: "A target.", Labels: []kpi.Label{{Name: "goal", Value: name}}, Value: 1}}
		}
		slow := new(probe).does(func(context.Context) (*Snapshot, error) {
			time.Sleep(10 * time.Second)
			s := one(1)
			s.Lasting = goal("old")
			return s, nil
		})
		before, after := slow.collector("kept"), new(probe).collector("kept")
		before.Lasting, after.Lasting = goal("old"), goal("new")
		b.apply(before)
		b.pass(5 * time.Second)
		<-b.apply(after)
		b.pass(time.Second)
		b.want(1, "cx_nps_score", "collector", "kept")
		b.want(1, "cx_goal_target", "goal", "new")
		b.absent("cx_goal_target", "goal", "old")
	})
}

func TestManyRefreshesCostOneRendering(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bed) {
		var cs []Collector
		for i := range 40 {
			c := new(probe).collector(fmt.Sprint(i))
			c.Schedule = calendar.Every(time.Minute, 0)
			cs = append(cs, c)
		}
		b.apply(cs...)
		b.pass(59 * time.Second)
		before, pages := b.Page(), 0
		for range 300 {
			b.pass(10 * time.Millisecond)
			if p := b.Page(); p != before {
				before = p
				pages++
			}
		}
		if pages != 1 {
			t.Errorf("40 collectors on one slot cost %d renderings, want 1", pages)
		}
		b.want(2, "cx_collector_runs_total", "collector", "39")
	})
}

func TestReloadsAreTold(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bed) {
		b.absent("cx_config_last_reload_successful")
		b.apply()
		b.Reloaded(true)
		b.pass(time.Minute)
		b.want(1, "cx_config_last_reload_successful")
		b.want(946684800, "cx_config_last_reload_success_timestamp_seconds")
		b.Reloaded(false)
		b.pass(time.Minute)
		b.want(0, "cx_config_last_reload_successful")
		b.want(946684800, "cx_config_last_reload_success_timestamp_seconds")
		b.want(1, "cx_exporter_build_info", "version", "1.2.3", "revision", "abc", "goversion", "go1.26")
	})
}
