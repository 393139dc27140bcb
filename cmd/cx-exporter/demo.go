package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/alecthomas/kingpin/v2"
	"github.com/prometheus/common/promslog"
	"github.com/prometheus/exporter-toolkit/web/kingpinflag"

	"github.com/cx-exporter/cx-exporter/config"
	"github.com/cx-exporter/cx-exporter/internal/demo"
)

// alive is how often the served demo is brought forward to the present.
const alive = time.Minute

// demonstrate runs the exporter over an invented company.
func demonstrate(cli *kingpin.Application, w *world, logging *promslog.Config) command {
	c := cli.Command("demo", "Invent a company with three years of history and serve its KPIs. Needs no database and no configuration.")
	keep := c.Flag("keep", "Write the company's database to this file and leave it there, with its configuration beside it.").PlaceHolder("FILE").String()
	past := historyFlag(c)
	flags := kingpinflag.AddFlags(c, defaultAddress)
	return command{c.FullCommand(), func(ctx context.Context) (err error) {
		// There is nothing to reload: a terminal that is closed ends the demo.
		ctx, stop := signal.NotifyContext(ctx, syscall.SIGHUP)
		defer stop()
		path := *keep
		if path == "" {
			dir, err := os.MkdirTemp("", "cx-exporter-demo-")
			if err != nil {
				return err
			}
			defer os.RemoveAll(dir)
			path = filepath.Join(dir, "demo.db")
		}
		// The configuration has no folder that a relative path could start from.
		if path, err = filepath.Abs(path); err != nil {
			return err
		}
		if err := company(ctx, w, path); ctx.Err() != nil {
			return nil // stopped before it began
		} else if err != nil {
			return err
		}
		if *keep != "" {
			file, err := keepConfig(path)
			if err != nil {
				return err
			}
			fmt.Fprintf(w.stdout, "The database is %s; the configuration beside it is %s:\n  %s=%s cx-exporter eval --config.file=%s\n", path, file, demo.PathVariable, path, file)
		}
		at := baseURL((*flags.WebListenAddresses)[0])
		fmt.Fprintf(w.stdout, "\n  the company           %s/\n  KPIs for Prometheus   %s/metrics\n  try                   curl -s %s/metrics | grep cx_nps_score\n  stop                  Ctrl-C\n\n", at, at, at)

		lookup := func(name string) (string, bool) {
			if name == demo.PathVariable {
				return path, true
			}
			return w.lookup(name)
		}
		ctx, cancel := context.WithCancel(ctx)
		var background sync.WaitGroup
		background.Go(func() { keepAlive(ctx, path, w.now, promslog.New(logging)) })
		err = start(ctx, w, logging, flags, false, *past, "", nil, func() (*config.Config, error) {
			return config.LoadBytes("demo/cx.yml", demo.Config(), lookup)
		})
		cancel()
		background.Wait()
		return err
	}}
}

// company writes the company's database, or goes on with one that was kept. A
// file that is something else is left alone.
func company(ctx context.Context, w *world, path string) error {
	if _, err := os.Stat(path); err == nil {
		if err := demo.Extend(ctx, path, w.now()); err != nil {
			return fmt.Errorf("%s is there, but the demo cannot go on with it; give --keep another name, or remove it: %w", path, err)
		}
		fmt.Fprintf(w.stdout, "Going on with the company in %s.\n", path)
		return nil
	}
	if _, err := os.Stat(filepath.Dir(path)); err != nil {
		return misuse{fmt.Errorf("--keep: %w", err)}
	}
	fmt.Fprintln(w.stdout, "Inventing a company with three years of customers, tickets, orders and answers …")
	begun := w.now()
	if err := demo.Build(ctx, path, begun, demo.Options{}); err != nil {
		return err
	}
	fmt.Fprintf(w.stdout, "Done in %.1f s.\n", w.now().Sub(begun).Seconds())
	return nil
}

// keepAlive brings the company forward until ctx ends, so that there is always
// something new on the page.
func keepAlive(ctx context.Context, path string, now func() time.Time, log *slog.Logger) {
	t := time.NewTicker(alive)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			if err := demo.Extend(ctx, path, now()); err != nil && ctx.Err() == nil {
				log.Warn("the demo's company stands still", "err", err)
			}
		}
	}
}

// keepConfig writes the demo's configuration beside its database, for people to
// change. It leaves a file that is there alone.
func keepConfig(path string) (string, error) {
	file := strings.TrimSuffix(path, filepath.Ext(path)) + ".yml"
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, os.ErrExist) {
		return file, nil
	}
	if err != nil {
		return "", err
	}
	_, err = f.Write(demo.Config())
	return file, errors.Join(err, f.Close())
}

// baseURL is where a browser on this machine finds a listen address.
func baseURL(address string) string {
	if strings.HasPrefix(address, ":") {
		address = "localhost" + address
	}
	return "http://" + address
}
