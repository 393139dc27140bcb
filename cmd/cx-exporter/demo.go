package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
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
	keep := c.Flag("keep", "Write the company's database to this file and leave it there, with its configuration beside it, which a later demo then runs.").PlaceHolder("FILE").String()
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
		file := ""
		if *keep != "" {
			if file, err = beside(path); err != nil {
				return err
			}
			if err := demoOwns(path, file); err != nil {
				return err
			}
		}
		if err := company(ctx, w, path); ctx.Err() != nil {
			return nil // stopped before it began
		} else if err != nil {
			return err
		}
		if file != "" {
			if err := keepConfig(file); err != nil {
				return err
			}
			fmt.Fprintf(w.stdout, "The database is %s; the configuration beside it is %s:\n  %s=%s cx-exporter eval --config.file=%s\n",
				path, file, demo.PathVariable, shellWord(path), shellWord(file))
		}

		lookup := func(name string) (string, bool) {
			if name == demo.PathVariable {
				return path, true
			}
			return w.lookup(name)
		}
		ctx, cancel := context.WithCancel(ctx)
		var background sync.WaitGroup
		background.Go(func() { keepAlive(ctx, path, w.now, promslog.New(logging)) })
		err = service{
			flags: flags, past: *past, listening: func(a net.Addr) { sayWhere(w.stdout, baseURL(given(*flags.WebListenAddresses, a.String()))) },
			load: func() (*config.Config, error) {
				if file != "" { // somebody may have changed it
					return config.Load(file, lookup)
				}
				return config.LoadBytes("demo/cx.yml", demo.Config(), lookup)
			},
		}.run(ctx, w, logging)
		cancel()
		background.Wait()
		return err
	}}
}

// sayWhere tells what to look at, and by which command.
func sayWhere(w io.Writer, at string) {
	fmt.Fprintf(w, "\n  the company           %s/\n  KPIs for Prometheus   %s/metrics\n  try                   curl -s %s/metrics | grep cx_nps_score\n  stop                  Ctrl-C\n\n", at, at, at)
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

// beside is where the configuration of a database is kept.
func beside(path string) (string, error) {
	file := strings.TrimSuffix(path, filepath.Ext(path)) + ".yml"
	if file == path {
		return "", misuse{fmt.Errorf("--keep: %s is where the configuration goes; name the database otherwise, such as company.db", path)}
	}
	return file, nil
}

// demoOwns refuses a configuration beside a database that may be somebody else's:
// the demo would run it, ask its databases and send its alerts.
func demoOwns(path, file string) error {
	content, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return err
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return misuse{fmt.Errorf("--keep: %s is there, and is where the configuration of a new company goes; name the database otherwise, or move that file away", file)}
	}
	if variable := "${" + demo.PathVariable + "}"; !bytes.Contains(content, []byte(variable)) {
		return misuse{fmt.Errorf("--keep: %s does not name the database as %s, so it is not the demo's and is not run; move it away, write %[2]s where it has the path, or run it by `cx-exporter serve --config.file=%s`", file, variable, shellWord(file))}
	}
	return nil
}

// keepConfig writes the demo's configuration to a file, for people to change. It
// leaves one that is there alone. The file takes its name when it is whole.
func keepConfig(file string) error {
	if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	part, err := os.CreateTemp(filepath.Dir(file), filepath.Base(file)+".*.part")
	if err != nil {
		return err
	}
	_, err = part.Write(demo.Config())
	// Readable for all, as the configuration of nobody's company.
	if err = errors.Join(err, part.Chmod(0o644), part.Close()); err == nil {
		err = os.Rename(part.Name(), file)
	}
	if err != nil {
		return errors.Join(err, os.Remove(part.Name()))
	}
	return nil
}

// given is the first address that the user gave, or, where the system was to choose
// its port, one that is listened on.
func given(addresses []string, heard string) string {
	if len(addresses) > 0 {
		if _, port, err := net.SplitHostPort(addresses[0]); err == nil && port != "0" {
			return addresses[0]
		}
	}
	return heard
}

// baseURL is where a browser on this machine finds a listen address. One that
// stands for every interface is no address to go to.
func baseURL(address string) string {
	if host, port, err := net.SplitHostPort(address); err == nil && (host == "" || net.ParseIP(host).IsUnspecified()) {
		address = net.JoinHostPort("localhost", port)
	}
	return "http://" + address
}
