// Package app is the program without its command line: it builds everything
// from a configuration, runs it, replaces it as a whole, and stops it cleanly.
package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	toolkit "github.com/prometheus/exporter-toolkit/web"

	"github.com/cx-exporter/cx-exporter/alerts"
	"github.com/cx-exporter/cx-exporter/config"
	"github.com/cx-exporter/cx-exporter/internal/board"
	"github.com/cx-exporter/cx-exporter/internal/exporter"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/record"
	"github.com/cx-exporter/cx-exporter/internal/web"
)

// Options are what an App is made of.
type Options struct {
	// Load reads the configuration, at the start and at each reload.
	Load func() (*config.Config, error)
	Now  func() time.Time
	Log  *slog.Logger
	// Build describes the binary.
	Build exporter.Build
	// Web are the listening flags of all official exporters.
	Web *toolkit.FlagConfig
	// Lifecycle allows a reload by HTTP.
	Lifecycle bool
	// Book keeps the verdicts on goals and the other things that outlive a restart.
	Book *Book
	// Listening is told where requests are heard, one of several places; nil tells
	// nobody.
	Listening func(net.Addr)
	// History has the past of the KPIs looked at in the background, for the board.
	History bool
	// Wait changes how long an alert waits; nil leaves it as the table says. Tests
	// shorten it.
	Wait func(time.Duration) time.Duration
}

// App is a running exporter. Reload and Stop may be called at any time, by
// several goroutines.
type App struct {
	o        Options
	exporter *exporter.Exporter
	sidecar  *sidecar
	narrator *narrator
	history  *historian

	reloading sync.Mutex // one reload at a time
	set       *Set       // of the present configuration
	draining  sync.WaitGroup
}

// New makes an App. It reads nothing and runs nothing yet.
func New(o Options) *App {
	o.Book.tell(o.Log)
	e := exporter.New(exporter.Options{Now: o.Now, Log: o.Log, Build: o.Build})
	n := newNarrator()
	return &App{o: o, exporter: e, narrator: n, history: newHistorian(o, n, e.Board), sidecar: &sidecar{o: sidecarOptions{
		Samples: func() []kpi.Sample { return e.Samples(alertFamilies()...) },
		Book:    o.Book, Now: o.Now, Log: o.Log.With("component", "alerting"), Version: o.Build.Version, Wait: o.Wait, LookEvery: lookEvery,
	}}}
}

// Reload reads the configuration and builds everything new before anything
// live is touched. On an error the old configuration goes on running.
func (a *App) Reload() (err error) {
	a.reloading.Lock()
	defer a.reloading.Unlock()
	defer func() { a.exporter.Reloaded(err == nil) }()
	c, err := a.o.Load()
	if err != nil {
		return err
	}
	set, err := Build(c, a.o.Log)
	if err != nil {
		return err
	}
	cs, err := set.exporterCollectors(a.o.Book, a.narrator, a.history, a.o.Log)
	if err != nil {
		return errors.Join(err, set.Close())
	}
	push, err := a.sidecar.prepare(c.Alerting)
	if err != nil {
		return errors.Join(err, set.Close())
	}
	before := a.narrator.begin(set, a.set, a.o.Book)
	drained, err := a.exporter.Apply(cs)
	if err != nil {
		a.narrator.told.Store(before)
		push.discard()
		return errors.Join(err, set.Close())
	}
	names := make(map[string]bool, len(cs))
	for _, c := range cs {
		names[c.Name] = true
	}
	a.o.Book.retain(names)
	a.sidecar.replace(push)
	read := a.history.end()
	if a.o.History {
		a.history.begin(set)
	}
	old := a.set
	a.set = set
	if old != nil {
		a.draining.Go(func() {
			<-drained
			<-read
			if err := old.Close(); err != nil {
				a.o.Log.Warn("could not close the sources of the old configuration", "err", err)
			}
		})
	}
	return nil
}

// reload is Reload with a word of it in the log.
func (a *App) reload() error {
	err := a.Reload()
	if err != nil {
		a.o.Log.Error("reload failed, the old configuration goes on", "err", brief(err))
	} else {
		a.o.Log.Info("configuration reloaded")
	}
	return err
}

// brief is an error on one line, for the log: problems of a configuration are
// told with the lines of the file otherwise.
func brief(err error) string {
	var problems *config.Problems
	if !errors.As(err, &problems) {
		return err.Error()
	}
	told := make([]string, len(problems.List), len(problems.List)+1)
	for i, p := range problems.List {
		told[i] = fmt.Sprintf("%s:%d:%d: ", p.File, p.Line, p.Column)
		if p.Path != "" {
			told[i] += p.Path + ": "
		}
		told[i] += p.Message
		if p.Nearest != "" {
			told[i] += fmt.Sprintf(", did you mean %q?", p.Nearest)
		}
	}
	if problems.More > 0 {
		told = append(told, fmt.Sprintf("and %d more problems", problems.More))
	}
	return strings.Join(told, "; ")
}

// goals are the goals as they stand. It waits for nothing.
func (a *App) goals() []record.Goal {
	told := a.narrator.Story().Goals
	out := make([]record.Goal, len(told))
	for i, g := range told {
		v, at := g.Verdict, g.Verdict.State.At
		if !v.Known { // not judged up to the present yet
			v.State, at = alerts.State{}, a.o.Now()
		}
		out[i] = record.NewGoal(g.Goal, v, nil, at)
	}
	return out
}

// stopTimeout is how long queries and requests may take to end.
const stopTimeout = 10 * time.Second

// Run serves until ctx ends, reloading at each value of reload, and then stops
// everything. It returns early if the configuration or the address is unusable
// at the start.
func (a *App) Run(ctx context.Context, reload <-chan struct{}) error {
	front, err := board.New(board.Options{Now: a.exporter.Board, Story: a.narrator.Story, Version: a.o.Build.Version, Log: a.o.Log})
	if err != nil {
		return err
	}
	handler := web.New(web.Options{
		Page: a.exporter.Page, Now: a.exporter.Board, Goals: a.goals, History: a.exporter.History,
		Process: prometheus.Gatherers{web.ProcessMetrics(), a.sidecar.metrics(), a.o.Book.metrics()}, Board: front, Log: a.o.Log,
		Lifecycle: a.o.Lifecycle, Reload: func(context.Context) error { return a.reload() },
	})
	heard := make(chan net.Addr, 1)
	server := &http.Server{
		Handler: handler,
		// It is called once for each listener, whose address may have been chosen by the
		// system.
		BaseContext: func(l net.Listener) context.Context {
			select {
			case heard <- l.Addr():
			default:
			}
			return context.Background()
		},
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       time.Minute,
		IdleTimeout:       2 * time.Minute,
	}
	if err := a.Reload(); err != nil {
		return err
	}
	served := make(chan error, 1)
	go func() { served <- toolkit.ListenAndServe(server, a.o.Web, a.o.Log) }()
	var failed error
	told := heard
	for running := true; running; {
		select {
		case <-ctx.Done():
			running = false
		case at := <-told:
			told = nil // of others nobody is
			if a.o.Listening != nil {
				a.o.Listening(at)
			}
		case <-reload:
			_ = a.reload() // is in the log
		case failed = <-served:
			running = false
		}
	}
	return errors.Join(failed, a.stop(server))
}

// stop ends requests, then collectors, then connections, each within the time
// that all of them have together.
func (a *App) stop(server *http.Server) error {
	ctx, cancel := context.WithTimeout(context.Background(), stopTimeout)
	defer cancel()
	var pushed sync.WaitGroup
	pushed.Go(a.sidecar.stop)
	errs := []error{server.Shutdown(ctx), a.exporter.Stop(ctx)}
	pushed.Wait()
	a.reloading.Lock()
	defer a.reloading.Unlock()
	select {
	case <-a.history.end():
	case <-ctx.Done():
	}
	if a.set != nil {
		errs = append(errs, a.set.Close())
	}
	drained := make(chan struct{})
	go func() {
		a.draining.Wait()
		close(drained)
	}()
	select {
	case <-drained:
	case <-ctx.Done():
		errs = append(errs, fmt.Errorf("the sources of an old configuration are still in use: %w", ctx.Err()))
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("stop: %w", err)
	}
	return nil
}
