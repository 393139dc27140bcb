package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/alecthomas/kingpin/v2"
	"github.com/prometheus/common/promslog"

	"github.com/cx-exporter/cx-exporter/config"
	"github.com/cx-exporter/cx-exporter/internal/app"
)

// connectTimeout bounds the examination of one source or collector.
const connectTimeout = 30 * time.Second

var errFindings = errors.New("the configuration does not fit its databases")

// check validates a configuration.
func check(cli *kingpin.Application, w *world, logging *promslog.Config) command {
	c := cli.Command("check", "Check the configuration, and with --connect against its databases.")
	file := configFlag(c)
	connect := c.Flag("connect", "Reach every source and plan every statement; no row of a table is read.").Bool()
	return command{c.FullCommand(), func(ctx context.Context) error {
		cfg, err := config.Load(*file, w.lookup)
		if err != nil {
			return err
		}
		kpis := 0
		for _, col := range cfg.Collectors {
			kpis += len(col.KPIs)
		}
		fmt.Fprintf(w.stdout, "%s is valid: %s, %s, %s\n", *file, plural(len(cfg.Sources), "source"), plural(len(cfg.Collectors), "collector"), plural(kpis, "KPI"))
		if !*connect {
			return nil
		}
		set, err := app.Build(cfg, promslog.New(logging))
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

func checkConnected(ctx context.Context, w *world, set *app.Set) error {
	fatal := false
	for _, src := range set.Config.Sources {
		limited, cancel := context.WithTimeout(ctx, connectTimeout)
		r, err := set.Sources[src.Name].Check(limited)
		cancel()
		if err != nil {
			fatal = true
			fmt.Fprintf(w.stdout, "error    %v\n", err)
			continue
		}
		fmt.Fprintf(w.stdout, "ok       source %q: %s\n", src.Name, r.Version)
		if !r.ReadOnly {
			fmt.Fprintf(w.stdout, "warning  source %q: the server does not enforce read-only transactions; give the user nothing but SELECT\n", src.Name)
		}
		if !r.TimeLimit {
			fmt.Fprintf(w.stdout, "warning  source %q: the server ignores the time limit of statements; a slow one ends only when it is killed\n", src.Name)
		}
	}
	for _, i := range set.Collectors {
		limited, cancel := context.WithTimeout(ctx, connectTimeout)
		found := i.Evaluator.Check(limited, w.now())
		cancel()
		if len(found) == 0 {
			fmt.Fprintf(w.stdout, "ok       collector %q\n", i.Config.Name)
		}
		for _, f := range found {
			word := "warning "
			if f.Fatal {
				word, fatal = "error   ", true
			}
			fmt.Fprintf(w.stdout, "%s collector %q, source %q: %s\n", word, i.Config.Name, f.Source, f.Text)
		}
	}
	if fatal {
		return errFindings
	}
	return nil
}
