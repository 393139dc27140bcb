package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/alecthomas/kingpin/v2"
	"github.com/prometheus/common/promslog"

	"github.com/cx-exporter/cx-exporter/config"
	"github.com/cx-exporter/cx-exporter/internal/app"
	"github.com/cx-exporter/cx-exporter/internal/calendar"
	"github.com/cx-exporter/cx-exporter/internal/exporter"
)

// history is how many weeks the sparklines of a table go back.
const history = 12

// eval computes the KPIs once.
func eval(cli *kingpin.Application, w *world, logging *promslog.Config) command {
	c := cli.Command("eval", "Compute the KPIs once and print them.")
	file := configFlag(c)
	at := c.Flag("at", "The instant to compute as of, such as 2026-03-01 or 2026-03-01T08:00:00+01:00; without a zone it is in global.timezone. Default: now.").PlaceHolder("INSTANT").String()
	only := c.Flag("collector", "Only this collector or formula; may be repeated.").PlaceHolder("NAME").Strings()
	var shown layout
	c.Flag("components", "Show the counts beside the KPIs in the table, too.").BoolVar(&shown.components)
	c.Flag("segments", "Show the breakdowns in the table, too.").BoolVar(&shown.segments)
	c.Flag("power", "Show in the table, too, how small a change each value could show against a period of the same size, in four of five times.").BoolVar(&shown.power)
	output := oneOf(c.Flag("output", "table, json, csv or openmetrics; all but the table hold everything.").Default("table"), "table", "json", "csv", "openmetrics")
	return command{c.FullCommand(), func(ctx context.Context) error {
		cfg, err := load(*file, w)
		if err != nil {
			return err
		}
		chosen, err := instances(cfg, *only, quiet(logging))
		if err != nil {
			return err
		}
		defer chosen.Close()
		e := evaluation{set: chosen, zone: cfg.Global.Zone, trend: *output == "table", now: w.now()}
		if *at != "" {
			if e.at, err = instant("--at", *at, e.now, cfg.Global.Zone); err != nil {
				return err
			}
			shown.past = e.at.Before(e.now)
		}
		results, failed := e.run(ctx)
		switch *output {
		case "json":
			err = writeJSON(w.stdout, results)
		case "csv":
			err = writeCSV(w.stdout, results)
		case "openmetrics":
			err = writeOpenMetrics(w.stdout, results, cfg.Global.MinSamples)
		default:
			err = writeTable(w.stdout, results, cfg.Global, shown)
		}
		return errors.Join(err, failed)
	}}
}

// instances builds the collectors that are asked for by name, or all.
func instances(cfg *config.Config, only []string, log *slog.Logger) (*app.Set, error) {
	var known []string
	for _, c := range cfg.Collectors {
		known = append(known, c.Name)
	}
	for _, f := range cfg.Formulas {
		known = append(known, f.Name)
	}
	for _, name := range only {
		if !slices.Contains(known, name) {
			return nil, misuse{fmt.Errorf("--collector: none is called %q; there are %s", name, strings.Join(known, ", "))}
		}
	}
	set, err := app.Build(cfg, log)
	if err != nil {
		return nil, err
	}
	if len(only) > 0 {
		set.Collectors = slices.DeleteFunc(set.Collectors, func(i app.Instance) bool { return !slices.Contains(only, i.Config.Name) })
	}
	return set, nil
}

// evaluation is one run of eval.
type evaluation struct {
	set   *app.Set
	zone  *time.Location
	now   time.Time
	at    time.Time // zero for now
	trend bool
}

// result is one collector's answer.
type result struct {
	instance app.Instance
	snapshot *exporter.Snapshot
	past     []*exporter.Snapshot // the weeks before, the oldest first; none where that is dear
}

// run evaluates all collectors. It returns what succeeded beside the errors.
func (e evaluation) run(ctx context.Context) ([]result, error) {
	var out []result
	var errs []error
	for _, i := range e.set.Collectors {
		r, err := e.one(ctx, i)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", i.Title(), err))
			continue
		}
		out = append(out, r)
	}
	return out, errors.Join(errs...)
}

func (e evaluation) one(ctx context.Context, i app.Instance) (result, error) {
	r := result{instance: i}
	limited, cancel := context.WithTimeout(ctx, 2*i.Config.Timeout)
	defer cancel()
	at := e.at
	if at.IsZero() {
		at = e.now
	}
	var err error
	r.snapshot, err = i.Evaluator.AsOf(limited, e.now, at)
	if err != nil || !e.trend || !i.Evaluator.HistoryIsCheap(at) {
		return r, err
	}
	var weeks []time.Time
	for k := history - 1; k > 0; k-- {
		weeks = append(weeks, calendar.DaysAgo(at, e.zone, 7*k))
	}
	limited, cancel = context.WithTimeout(ctx, history*i.Config.Timeout)
	defer cancel()
	r.past, err = i.Evaluator.At(limited, weeks...)
	return r, err
}

// instant reads an instant that a user writes behind a flag. What lies ahead is refused: there
// is nothing to know of it. also are what else may be written there.
func instant(flag, s string, now time.Time, zone *time.Location, also ...string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339Nano, s)
	for _, layout := range []string{"2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02 15:04", time.DateOnly} {
		if err != nil {
			t, err = calendar.ParseClock(layout, s, zone)
			t = t.In(zone)
		}
	}
	switch {
	case err != nil:
		return time.Time{}, misuse{fmt.Errorf("%s: %q is not an instant: write %s or 2026-03-01T08:00:00+01:00", flag, s, strings.Join(append(also, "2026-03-01", "2026-03-01T08:00"), ", "))}
	case t.After(now):
		return time.Time{}, misuse{fmt.Errorf("%s: %s lies ahead, and what will be is not in the databases: give an instant of the past, or leave it out for now", flag, t.Format("2006-01-02 15:04:05 MST"))}
	}
	return t, nil
}
