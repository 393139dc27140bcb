package exporter

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cx-exporter/cx-exporter/collectors"
	"github.com/cx-exporter/cx-exporter/internal/calendar"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// Collector is a collector as the exporter runs it: when, for how long, and
// what to call.
type Collector struct {
	Name string
	// Key is equal for equal definitions. A reload keeps the values of a
	// collector whose name and key stay the same.
	Key string
	// Schedule gives the slots. The first run does not wait for one.
	Schedule calendar.Schedule
	// Interval is the expected distance of slots, also for schedules by cron.
	Interval time.Duration
	// Timeout bounds one run.
	Timeout time.Duration
	// MaxAge is how long values are shown after the instant they hold for.
	MaxAge time.Duration
	// Sources are the databases that a run asks.
	Sources []string
	// Descs describe the KPIs, for the help texts and the families that tell
	// how a KPI is configured.
	Descs []collectors.Desc
	// Windows are the names of the windows that the KPIs are shown for.
	Windows    []string
	MinSamples int
	// Lasting is shown until the first good snapshot brings its own.
	Lasting []kpi.Sample
	// LastSuccess is when a process before this one last succeeded; zero where
	// nobody knows.
	LastSuccess time.Time
	// Succeeded is told the instant of each good run; it may be nil.
	Succeeded func(at time.Time)
	// Evaluate computes all values as of an instant. It must return soon after
	// ctx ends, and it is never called again before it has returned. With an
	// error it may return a snapshot too, of which only the cost is read
	// (Statements and Rows).
	Evaluate func(ctx context.Context, at time.Time) (*Snapshot, error)
	// Inspect looks for what makes the rows doubtful; it may be nil. It is called
	// once a day, after a good run and within its time. Its failure is none of the
	// run.
	Inspect func(ctx context.Context, at time.Time) ([]Concern, error)
}

// check refuses a collector that could not be run.
func (c Collector) check() error {
	switch {
	case c.Name == "":
		return errors.New("collector without a name")
	case c.Schedule == nil:
		return fmt.Errorf("collector %q has no schedule", c.Name)
	case c.Evaluate == nil:
		return fmt.Errorf("collector %q has nothing to evaluate", c.Name)
	case c.Interval <= 0 || c.Timeout <= 0 || c.MaxAge <= 0:
		return fmt.Errorf("collector %q: interval, timeout and max_age must be above zero", c.Name)
	}
	return nil
}

// checkAll refuses a set of collectors that could not be run together.
func checkAll(cs []Collector) error {
	seen := make(map[string]bool, len(cs))
	for _, c := range cs {
		if err := c.check(); err != nil {
			return err
		}
		if seen[c.Name] {
			return fmt.Errorf("two collectors are named %q", c.Name)
		}
		seen[c.Name] = true
	}
	return nil
}
