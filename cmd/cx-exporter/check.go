package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/alecthomas/kingpin/v2"
	"github.com/prometheus/common/promslog"

	"github.com/cx-exporter/cx-exporter/config"
	"github.com/cx-exporter/cx-exporter/internal/app"
	"github.com/cx-exporter/cx-exporter/internal/source"
)

// connectTimeout bounds the examination of one source or collector.
const connectTimeout = 30 * time.Second

var errFindings = errors.New("the configuration does not fit its databases")

// check validates a configuration.
func check(cli *kingpin.Application, w *world, logging *promslog.Config) command {
	c := cli.Command("check", "Check the configuration, and with --connect against its databases.")
	file := configFlag(c)
	connect := c.Flag("connect", "Reach every source, plan every statement, and look at when rows are dated; no row is shown.").Bool()
	return command{c.FullCommand(), func(ctx context.Context) error {
		cfg, err := load(*file, w)
		if err != nil {
			return err
		}
		kpis := 0
		for _, col := range cfg.Collectors {
			kpis += len(col.KPIs)
		}
		formulas := ""
		if len(cfg.Formulas) > 0 {
			formulas = ", " + plural(len(cfg.Formulas), "formula")
		}
		fmt.Fprintf(w.stdout, "%s is valid: %s, %s, %s%s\n", *file, plural(len(cfg.Sources), "source"), plural(len(cfg.Collectors), "collector"), plural(kpis, "KPI"), formulas)
		if !*connect {
			return nil
		}
		set, err := app.Build(cfg, quiet(logging))
		if err != nil {
			return err
		}
		defer set.Close()
		return checkConnected(ctx, w, set)
	}}
}

func plural(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// verdicts are the lines of a check, and whether one of them is bad.
type verdicts struct {
	w     io.Writer
	fatal bool
}

func (v *verdicts) good(format string, args ...any) { v.print("ok", format, args) }

func (v *verdicts) advice(format string, args ...any) { v.print("warning", format, args) }

func (v *verdicts) bad(format string, args ...any) {
	v.fatal = true
	v.print("error", format, args)
}

func (v *verdicts) print(word, format string, args []any) {
	fmt.Fprintf(v.w, "%-8s %s\n", word, fmt.Sprintf(format, args...))
}

func checkConnected(ctx context.Context, w *world, set *app.Set) error {
	v := &verdicts{w: w.stdout}
	unreachable := map[string]bool{}
	for _, src := range set.Config.Sources {
		unreachable[src.Name] = !checkSource(ctx, v, set.Sources[src.Name])
	}
	for _, i := range set.Collectors {
		if checkCollector(ctx, v, i, w.now(), unreachable) && i.Watch != nil {
			checkGoals(ctx, v, i, w.now())
		}
	}
	if a := set.Config.Alerting; a != nil {
		if err := checkAlerting(ctx, v, w, a); err != nil {
			return err
		}
	}
	if v.fatal {
		return errFindings
	}
	return nil
}

// checkAlerting asks the Alertmanagers.
func checkAlerting(ctx context.Context, v *verdicts, w *world, a *config.Alerting) error {
	answers, err := app.CheckAlerting(ctx, a, w.now, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(answers)) {
		if err := answers[name]; err != nil {
			v.bad("Alertmanager: %v", err)
			continue
		}
		v.good("Alertmanager %s", name)
	}
	return nil
}

// checkSource reports whether a source can be reached.
func checkSource(ctx context.Context, v *verdicts, db *source.DB) bool {
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	r, err := db.Check(ctx)
	if err != nil {
		v.bad("%v", err)
		return false
	}
	v.good("source %q: %s", db.Name(), r.Version)
	if !r.ReadOnly {
		v.advice("source %q: the server does not enforce read-only transactions; give the user nothing but SELECT", db.Name())
	}
	if !r.TimeLimit {
		v.advice("source %q: the server ignores the time limit of statements; a slow one ends only when it is killed", db.Name())
	}
	return true
}

// checkCollector reports whether a collector can be evaluated.
func checkCollector(ctx context.Context, v *verdicts, i app.Instance, at time.Time, unreachable map[string]bool) bool {
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	name := i.Title()
	for _, src := range i.Config.Sources {
		if unreachable[src] {
			v.bad("%s: not examined, since there is no way to source %q", name, src)
			return false
		}
	}
	found := i.Evaluator.Check(ctx, at)
	if len(found) == 0 {
		v.good("%s", name)
	}
	works := true
	for _, f := range found {
		tell := v.advice
		if f.Fatal {
			tell, works = v.bad, false
		}
		// Errors of a source name it themselves.
		text := strings.TrimPrefix(f.Text, fmt.Sprintf("source %q: ", f.Source))
		tell("%s, source %q: %s", name, f.Source, text)
	}
	return works
}

// checkGoals evaluates the goals on a collector once, to see what stands in their
// way.
func checkGoals(ctx context.Context, v *verdicts, i app.Instance, at time.Time) {
	ctx, cancel := context.WithTimeout(ctx, max(2*i.Config.Timeout, connectTimeout))
	defer cancel()
	doubts, err := i.Watch.Doubts(ctx, at)
	if err != nil {
		v.advice("%s: what stands in the way of its goals is not known: %v", i.Title(), err)
		return
	}
	for _, d := range doubts {
		v.advice("%s: goal %q: %s", d.Goal.At, d.Goal.Name, doubtOf(d.Goal, d.Doubt, printable))
	}
}
