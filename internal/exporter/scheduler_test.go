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
)

func TestRunsAtOnceAndThenOnItsSlots(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bed) {
		p := new(probe)
		b.apply(p.collector("a"))
		b.pass(3*time.Minute + 30*time.Second)
		if got, want := p.times(), "00:00:00 00:00:10 00:01:10 00:02:10 00:03:10"; got != want {
			t.Errorf("instants %s, want %s", got, want)
		}
		b.want(5, "cx_collector_runs_total", "collector", "a")
		b.want(0, "cx_collector_slots_missed_total", "collector", "a")
		b.want(10, "cx_collector_statements_total", "collector", "a")
		b.want(150, "cx_collector_rows_read_total", "collector", "a")
	})
}

func TestFirstRunsAreStaggeredByName(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bed) {
		probes := make([]probe, 60)
		var cs []Collector
		for i := range probes {
			cs = append(cs, probes[len(probes)-1-i].collector(fmt.Sprintf("c%02d", len(probes)-1-i)))
		}
		b.apply(cs...)
		b.pass(5 * time.Second)
		for i := range probes {
			want := time.Duration(i) * 50 * time.Millisecond // 60 of them share 3 seconds
			if got := probes[i].instants()[0].Sub(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)); got != want {
				t.Errorf("run %d began after %s, want %s", i, got, want)
			}
		}
	})
}

func TestLongRunsSkipSlotsAndNeverOverlap(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bed) {
		p := new(probe).does(func(context.Context) (*Snapshot, error) {
			time.Sleep(150 * time.Second)
			return one(1), nil
		})
		c := p.collector("a")
		c.Timeout = 3 * time.Minute
		b.apply(c)
		b.pass(8 * time.Minute)
		// The first lasts until 02:30, over the slots of 00:10, 01:10 and 02:10.
		if got, want := p.times(), "00:00:00 00:03:10 00:06:10"; got != want {
			t.Errorf("instants %s, want %s", got, want)
		}
		b.want(5, "cx_collector_slots_missed_total", "collector", "a")
		if !p.alone() {
			t.Error("two runs overlapped")
		}
	})
}

func TestARunEndsAtItsDeadline(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bed) {
		p := new(probe).does(func(ctx context.Context) (*Snapshot, error) {
			<-ctx.Done()
			return nil, fmt.Errorf("query source %q: %w", "db", ctx.Err())
		})
		b.apply(p.collector("a"))
		b.pass(25 * time.Second)
		b.want(1, "cx_collector_failures_total", "collector", "a", "reason", ReasonTimeout)
		b.want(0, "cx_collector_success", "collector", "a")
		b.want(20, "cx_collector_duration_seconds", "collector", "a")
	})
}

func TestARunThatIgnoresItsDeadlineCountsAsFailed(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bed) {
		release := make(chan struct{})
		p := new(probe).gives(one(7), nil)
		other := new(probe)
		b.apply(p.collector("a"), other.collector("b"))
		b.pass(time.Second)
		p.does(func(context.Context) (*Snapshot, error) {
			<-release
			return one(8), nil
		})
		b.pass(2 * time.Minute)
		b.want(0, "cx_collector_success", "collector", "a")
		b.want(1, "cx_collector_failures_total", "collector", "a", "reason", ReasonTimeout)
		b.want(1, "cx_collector_slots_missed_total", "collector", "a")
		b.want(1, "cx_collector_success", "collector", "b")
		b.want(3, "cx_collector_runs_total", "collector", "b")
		b.want(7, "cx_nps_score", "collector", "a")
		b.pass(2 * time.Minute)
		b.absent("cx_nps_score", "collector", "a")
		if !p.alone() {
			t.Error("a second run began while the first was hanging")
		}
		p.gives(one(9), nil)
		close(release)
		b.pass(time.Minute)
		b.want(1, "cx_collector_success", "collector", "a")
		b.want(9, "cx_nps_score", "collector", "a")
	})
}

func TestAPanicFailsTheRunOnly(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bed) {
		p := new(probe).does(func(context.Context) (*Snapshot, error) {
			var none map[string]int
			none["x"] = 1
			return nil, nil
		})
		b.apply(p.collector("a"))
		b.pass(2 * time.Minute)
		b.want(3, "cx_collector_failures_total", "collector", "a", "reason", ReasonPanic)
		if n := strings.Count(b.log.String(), "level=WARN"); n != 1 || !strings.Contains(b.log.String(), "stack=") {
			t.Errorf("want one warning with a stack, got:\n%s", b.log)
		}
	})
}

func TestAClockSetBackStallsNothing(t *testing.T) {
	t.Parallel()
	for name, back := range map[string]time.Duration{
		"by seconds": 45 * time.Second, "by an hour": time.Hour, "by years": 3 * 365 * 24 * time.Hour,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, func(t *testing.T, b *bed) {
				p := new(probe)
				b.apply(p.collector("a"))
				b.pass(90 * time.Second)
				b.set(-back)
				for range 10 {
					runs := len(p.instants())
					b.pass(2 * time.Minute)
					if len(p.instants()) == runs {
						t.Fatalf("no run within two intervals: %s", p.times())
					}
					b.want(1, "cx_nps_score", "collector", "a")
					success, _ := b.value("cx_collector_last_success_timestamp_seconds", "collector", "a")
					if now := seconds(b.clock()); success > now {
						t.Errorf("last success %v lies ahead of the clock %v", success, now)
					}
				}
				for i, at := range p.instants()[3:] {
					if at.Second() != 10 {
						t.Errorf("run %d is off its slot: %s", i+3, p.times())
					}
				}
			})
		})
	}
}

func TestThePageWaitsForTheFirstRunsFromTheBeginning(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bed) {
		b.apply(new(probe).gives(one(1), nil).collector("a"), new(probe).gives(one(1), nil).collector("b"))
		if got := fmt.Sprint(b.Page().Waiting); got != "[a b]" {
			t.Errorf("at once the page waits for %s, want [a b]", got)
		}
		b.pass(time.Second)
		if got := b.Page().Waiting; len(got) > 0 {
			t.Errorf("in the end the page waits for %s", got)
		}
	})
}

func TestAgesAreTrueBeforeTheNextRunToo(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bed) {
		p := new(probe)
		c := p.collector("a")
		c.Interval, c.MaxAge = 24*time.Hour, 72*time.Hour
		c.Schedule = calendar.Every(24*time.Hour, 12*time.Hour)
		b.Reloaded(true)
		b.apply(c)
		b.pass(time.Hour)
		b.set(-2 * time.Hour)
		b.pass(2 * time.Minute)
		now := seconds(b.clock())
		for _, name := range []string{"cx_collector_last_success_timestamp_seconds", "cx_config_last_reload_success_timestamp_seconds"} {
			if got, ok := b.value(name); !ok || got > now || got < now-120 {
				t.Errorf("%s is %v (present: %v) at %v", name, got, ok, now)
			}
		}
		if n := strings.Count(b.log.String(), "clock was set back"); n != 1 {
			t.Errorf("want one line about the clock:\n%s", b.log)
		}
		b.pass(71 * time.Hour) // the timer runs on, whatever the clock says
		b.want(1, "cx_nps_score")
	})
}

func TestAClockThatIsSetBackDuringARunIsTold(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bed) {
		set := false
		p := new(probe).does(func(context.Context) (*Snapshot, error) {
			if !set {
				set = true
				b.set(-time.Hour)
			}
			return one(1), nil
		})
		b.apply(p.collector("a"))
		b.pass(5 * time.Minute)
		if n := strings.Count(b.log.String(), "clock was set back"); n != 1 {
			t.Errorf("want one line about the clock:\n%s", b.log)
		}
	})
}

func TestAClockSetForwardCausesNoStorm(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bed) {
		probes := make([]probe, 10)
		var cs []Collector
		for i := range probes {
			cs = append(cs, probes[i].collector(fmt.Sprintf("c%d", i)))
		}
		b.apply(cs...)
		b.pass(90 * time.Second)
		before := len(probes[0].instants())
		b.set(24 * time.Hour)
		b.pass(time.Minute) // to the next look at the clock, and not yet to the slot after
		for i := range probes {
			runs := len(probes[i].instants()) - before
			if runs < 1 || runs > 2 {
				t.Errorf("collector %d ran %d times after the jump: %s", i, runs, probes[i].times())
			}
		}
		missed, _ := b.value("cx_collector_slots_missed_total", "collector", "c0")
		if missed < 24*60-2 || missed > 24*60 {
			t.Errorf("%v slots missed, want about %d", missed, 24*60)
		}
		b.want(1, "cx_nps_score", "collector", "c9")
	})
}

func TestStopCancelsRunsAndLeavesNothingRunning(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bed) {
		cancelled := make(chan struct{})
		p := new(probe).does(func(ctx context.Context) (*Snapshot, error) {
			<-ctx.Done()
			close(cancelled)
			return nil, ctx.Err()
		})
		waiting := new(probe)
		b.apply(p.collector("a"), waiting.collector("b"))
		b.pass(time.Second)
		begun := time.Now()
		if err := b.Stop(t.Context()); err != nil {
			t.Error(err)
		}
		<-cancelled
		if took := time.Since(begun); took != 0 {
			t.Errorf("stopping took %s", took)
		}
		b.absent("cx_collector_failures_total", "collector", "a")
		if _, err := b.Apply(nil); err == nil {
			t.Error("a stopped exporter takes collectors")
		}
	})
}

func TestStopNamesWhatDoesNotReturn(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bed) {
		release := make(chan struct{})
		p := new(probe).does(func(context.Context) (*Snapshot, error) {
			<-release
			return one(1), nil
		})
		b.apply(p.collector("deaf"))
		b.pass(time.Second)
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		err := b.Stop(ctx)
		if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "deaf") {
			t.Errorf("got %v, want a time-out that names the collector", err)
		}
		close(release)
		synctest.Wait()
	})
}

func TestACollectorThatCannotRunIsRefused(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bed) {
		p := new(probe)
		good := p.collector("a")
		b.apply(good)
		b.pass(time.Second)
		bad := []func(c *Collector){
			func(c *Collector) { c.Name = "" },
			func(c *Collector) { c.Schedule = nil },
			func(c *Collector) { c.Evaluate = nil },
			func(c *Collector) { c.Timeout = 0 },
			func(c *Collector) { c.Interval = -1 },
			func(c *Collector) { c.MaxAge = 0 },
			func(*Collector) {}, // the same name twice
		}
		for i, spoil := range bad {
			c := good
			spoil(&c)
			if _, err := b.Apply([]Collector{good, c}); err == nil {
				t.Errorf("collector %d was taken", i)
			}
		}
		b.pass(time.Second)
		b.want(1, "cx_nps_score", "collector", "a")
	})
}
