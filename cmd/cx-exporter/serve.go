package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kingpin/v2"
	"github.com/prometheus/common/promslog"
	"github.com/prometheus/common/version"
	toolkit "github.com/prometheus/exporter-toolkit/web"
	"github.com/prometheus/exporter-toolkit/web/kingpinflag"

	"github.com/cx-exporter/cx-exporter/config"
	"github.com/cx-exporter/cx-exporter/internal/app"
	"github.com/cx-exporter/cx-exporter/internal/exporter"
)

const defaultAddress = ":9926"

// configFlag is the flag that all commands share that read a configuration.
func configFlag(c *kingpin.CmdClause) *string {
	return c.Flag("config.file", "Path to the configuration.").PlaceHolder("cx.yml").Default("cx.yml").String()
}

// historyFlag is the flag of the commands that show the board.
func historyFlag(c *kingpin.CmdClause) *bool {
	return c.Flag("board.history", "Look at the past of the KPIs in the background, for the charts of the board.").Default("true").Bool()
}

// load reads the configuration that the flag names.
func load(file string, w *world) (*config.Config, error) {
	cfg, err := config.Load(file, w.lookup)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, misuse{fmt.Errorf("there is no configuration %s: name yours by --config.file, or look at an invented company by `cx-exporter demo`", file)}
	case errors.As(err, new(*fs.PathError)):
		return nil, misuse{err}
	}
	return cfg, err
}

// serve runs the exporter.
func serve(cli *kingpin.Application, w *world, logging *promslog.Config) command {
	c := cli.Command("serve", "Evaluate the collectors on their schedules and serve the metrics. The default command.").Default()
	file := configFlag(c)
	lifecycle := c.Flag("web.enable-lifecycle", "Allow a reload by POST to /-/reload.").Bool()
	state := c.Flag("goals.state-file", "File that keeps verdicts on goals, own alerts, and when collectors succeeded and Alertmanagers were reached, over restarts; none by default.").PlaceHolder("FILE").String()
	past := historyFlag(c)
	flags := kingpinflag.AddFlags(c, defaultAddress)
	return command{c.FullCommand(), func(ctx context.Context) error {
		return service{
			flags: flags, lifecycle: *lifecycle, past: *past, state: *state, reload: w.hangups(),
			load: func() (*config.Config, error) { return load(*file, w) },
		}.run(ctx, w, logging)
	}}
}

// service is an exporter to run.
type service struct {
	flags     *toolkit.FlagConfig
	lifecycle bool
	past      bool   // whether the board shows the past
	state     string // the file of verdicts; empty for none
	reload    <-chan struct{}
	load      func() (*config.Config, error) // at the start, and again at each value of reload
	listening func(net.Addr)                 // is told where requests are heard; nil for nobody
}

// run runs the exporter until ctx ends.
func (s service) run(ctx context.Context, w *world, logging *promslog.Config) error {
	log := promslog.New(logging)
	log.Info("starting cx-exporter", "version", version.Info(), "build_context", version.BuildContext())
	book, err := app.OpenBook(s.state)
	if err != nil {
		return err
	}
	a := app.New(app.Options{
		Load: s.load, Now: w.now, Log: log, Web: s.flags, Lifecycle: s.lifecycle, Book: book, History: s.past, Listening: s.listening,
		Build: exporter.Build{Version: version.Version, Revision: version.GetRevision(), GoVersion: version.GoVersion},
	})
	err = a.Run(ctx, s.reload)
	if refused := new(net.OpError); errors.As(err, &refused) && refused.Op == "listen" {
		return fmt.Errorf("%w: give an address that is free, such as --web.listen-address=localhost:9927", err)
	}
	return err
}

// quiet is the log of commands that end by themselves: what goes wrong is in
// their answer, so a log would say it twice. It can be asked for.
func quiet(logging *promslog.Config) *slog.Logger {
	if logging.Level.String() == "debug" {
		return promslog.New(logging)
	}
	return slog.New(slog.DiscardHandler)
}

// hangups are the requests to reload by signal.
func hangups() <-chan struct{} {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGHUP)
	out := make(chan struct{})
	go func() {
		for range signals {
			out <- struct{}{}
		}
	}()
	return out
}
