package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/alecthomas/kingpin/v2"
	"github.com/prometheus/common/promslog"

	"github.com/cx-exporter/cx-exporter/config"
	"github.com/cx-exporter/cx-exporter/internal/app"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// explain prints the statements that will run.
func explain(cli *kingpin.Application, w *world, logging *promslog.Config) command {
	c := cli.Command("explain", "Print the SQL that will run, each statement with what its parts are for.")
	file := configFlag(c)
	at := c.Flag("at", "The instant to explain; default: now.").PlaceHolder("INSTANT").String()
	only := c.Flag("collector", "Only this collector or formula; may be repeated.").PlaceHolder("NAME").Strings()
	return command{c.FullCommand(), func(ctx context.Context) error {
		cfg, err := load(*file, w)
		if err != nil {
			return err
		}
		set, err := instances(cfg, *only, quiet(logging))
		if err != nil {
			return err
		}
		defer set.Close()
		now := w.now()
		if *at != "" {
			if now, err = instant("--at", *at, now, cfg.Global.Zone); err != nil {
				return err
			}
		}
		var errs []error
		for _, i := range set.Collectors {
			if err := explainOne(ctx, w, cfg, i, now); err != nil {
				errs = append(errs, fmt.Errorf("%s: %w", i.Title(), err))
			}
		}
		return errors.Join(errs...)
	}}
}

func explainOne(ctx context.Context, w *world, cfg *config.Config, i app.Instance, at time.Time) error {
	ctx, cancel := context.WithTimeout(ctx, i.Config.Timeout)
	defer cancel()
	statements, err := i.Evaluator.Statements(ctx, at)
	if err != nil {
		return err
	}
	c := i.Config
	if f := i.Formula; f != nil {
		fmt.Fprintf(w.stdout, "-- Formula %s: %s\n", c.Name, f.Expr)
		for _, in := range f.Inputs {
			fmt.Fprintf(w.stdout, "--   input %s: %s from %s\n", in.Name, in.Entity, strings.Join(in.Sources, ", "))
		}
	} else {
		fmt.Fprintf(w.stdout, "-- Collector %s: %s from %s\n", c.Name, c.Entity, strings.Join(c.Sources, ", "))
	}
	for _, d := range i.Descs() {
		fmt.Fprintf(w.stdout, "--   KPI %s: %s (%s)\n", d.Name, d.Title, d.Variant)
	}
	for _, win := range c.Windows {
		fmt.Fprintf(w.stdout, "--   window %s: %s", win, spanText(win.Span(at, cfg.Global.Zone), cfg.Global.Zone))
		if before, ok := win.Comparison(at, cfg.Global.Zone); ok && c.Change {
			fmt.Fprintf(w.stdout, ", compared with %s", spanText(before, cfg.Global.Zone))
		}
		fmt.Fprintln(w.stdout)
	}
	for n, st := range statements {
		fmt.Fprintf(w.stdout, "\n-- Statement %d of %d\n%s;\n", n+1, len(statements), strings.TrimRight(st.SQL, "\n"))
	}
	fmt.Fprintln(w.stdout)
	return nil
}

func spanText(s kpi.Span, zone *time.Location) string {
	const layout = "2006-01-02 15:04:05 MST"
	from := "the beginning"
	if s.Bounded() {
		from = s.Lo.In(zone).Format(layout)
	}
	text := from + " to " + s.Hi.In(zone).Format(layout)
	if s.At.After(s.Hi) {
		text += " as known at " + s.At.In(zone).Format(layout)
	}
	return text
}
