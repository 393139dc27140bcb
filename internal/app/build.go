package app

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/cx-exporter/cx-exporter/alerts"
	"github.com/cx-exporter/cx-exporter/collectors"
	"github.com/cx-exporter/cx-exporter/config"
	"github.com/cx-exporter/cx-exporter/internal/calendar"
	"github.com/cx-exporter/cx-exporter/internal/exporter"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/source"
)

// Set is everything that is built from one configuration. Nothing in it has
// been connected to yet.
type Set struct {
	Config *config.Config
	// Collectors are all that is evaluated: collectors, and formulas behind them.
	Collectors []Instance
	Sources    map[string]*source.DB
}

// Instance is one collector or formula, ready to be evaluated.
type Instance struct {
	// Config says when and for which windows it is evaluated, and of a collector
	// what it reads.
	Config config.Collector
	// Formula is nil for collectors.
	Formula   *config.Formula
	Evaluator exporter.Evaluation
	Watch     *Watch // nil where no goal is set on it
}

// Title is what messages call it: collector "shop" or formula "roi".
func (i Instance) Title() string {
	if i.Formula != nil {
		return fmt.Sprintf("formula %q", i.Config.Name)
	}
	return fmt.Sprintf("collector %q", i.Config.Name)
}

// Descs describe the KPIs.
func (i Instance) Descs() []collectors.Desc {
	if i.Formula != nil {
		return []collectors.Desc{i.Formula.Desc}
	}
	descs := make([]collectors.Desc, len(i.Config.KPIs))
	for k, x := range i.Config.KPIs {
		descs[k] = x.Desc()
	}
	return descs
}

// Build makes the sources and evaluators of a configuration. It connects to
// nothing, so that a database that is down keeps nothing from starting.
func Build(c *config.Config, log *slog.Logger) (*Set, error) {
	s := &Set{Config: c, Sources: map[string]*source.DB{}}
	for _, src := range c.Sources {
		db, err := source.Open(sourceOptions(src), log)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("source %q: %w", src.Name, err), s.Close())
		}
		s.Sources[src.Name] = db
	}
	for _, col := range c.Collectors {
		watch := newWatch(c, col.Name, func(goals []*alerts.Goal) exporter.Evaluation { return s.evaluator(narrowed(col, goals)) })
		s.Collectors = append(s.Collectors, Instance{Config: col, Evaluator: s.evaluator(col), Watch: watch})
	}
	for _, f := range c.Formulas {
		watch := newWatch(c, f.Name, func(goals []*alerts.Goal) exporter.Evaluation { return s.formula(narrowedFormula(f, goals)) })
		s.Collectors = append(s.Collectors, Instance{Config: f.Collector, Formula: &f, Evaluator: s.formula(f), Watch: watch})
	}
	return s, nil
}

// formula prepares a formula on its inputs.
func (s *Set) formula(f config.Formula) *exporter.FormulaEvaluator {
	inputs := make([]*exporter.Evaluator, len(f.Inputs))
	for i, col := range f.Inputs {
		inputs[i] = s.evaluator(col)
	}
	return exporter.NewFormulaEvaluator(s.Config.Global, f, inputs)
}

// evaluator prepares a collector on its sources.
func (s *Set) evaluator(col config.Collector) *exporter.Evaluator {
	return exporter.NewEvaluator(s.Config.Global, col, s.sources(col))
}

// sources are those of a collector, in its order.
func (s *Set) sources(col config.Collector) []*source.DB {
	dbs := make([]*source.DB, len(col.Sources))
	for i, name := range col.Sources {
		dbs[i] = s.Sources[name]
	}
	return dbs
}

// Close closes all sources. It cancels what is running on them.
func (s *Set) Close() error {
	var errs []error
	for name, db := range s.Sources {
		if err := db.Close(); err != nil {
			errs = append(errs, fmt.Errorf("close source %q: %w", name, err))
		}
	}
	return errors.Join(errs...)
}

// exporterCollectors are the collectors as the exporter runs them.
func (s *Set) exporterCollectors(book *Book, told *narrator, history *historian, log *slog.Logger) ([]exporter.Collector, error) {
	out := make([]exporter.Collector, 0, len(s.Collectors))
	for _, i := range s.Collectors {
		c := i.Config
		schedule := calendar.Every(c.Schedule.Interval, calendar.Stagger(c.Name, c.Schedule.Interval))
		if c.Schedule.Cron != "" {
			var err error
			if schedule, err = calendar.Cron(c.Schedule.Cron, s.Config.Global.Zone); err != nil {
				return nil, fmt.Errorf("%s: %w", i.Title(), err)
			}
		}
		windows := make([]string, len(c.Windows))
		for k, w := range c.Windows {
			windows[k] = w.String()
		}
		evaluate, lasting := i.Evaluator.Now, []kpi.Sample(nil)
		if i.Watch != nil {
			evaluate = i.Watch.evaluator(i.Evaluator, book, told, log.With("collector", c.Name))
			lasting = samples(i.Watch.Goals, book.verdicts(i.Watch.Goals))
		}
		out = append(out, exporter.Collector{
			Name: c.Name, Key: c.Digest, Schedule: schedule, Interval: c.Schedule.Interval,
			Timeout: c.Timeout, MaxAge: c.MaxAge, Sources: c.Sources, Windows: windows, Descs: i.Descs(),
			MinSamples: s.Config.Global.MinSamples, Lasting: lasting,
			LastSuccess: book.success(c.Name), Succeeded: func(at time.Time) { book.succeed(c.Name, at) }, Evaluate: history.before(c.Sources, told.evaluator(i, evaluate)), Inspect: i.Evaluator.Inspect,
		})
	}
	return out, nil
}

func sourceOptions(s config.Source) source.Options {
	o := source.Options{
		Name: s.Name, Driver: s.Driver, Path: s.Path,
		MaxConnections: s.MaxConnections, ConnectTimeout: s.ConnectTimeout,
		Parts: source.Parts{
			Host: s.Host, Port: s.Port, User: s.User, Database: s.Database,
			TLS: source.TLS(s.TLS),
		},
	}
	switch {
	case s.DSNFile != "":
		o.DSN = fromFile(s.DSNFile)
	case !s.DSN.IsZero():
		o.DSN = func() (string, error) { return s.DSN.Reveal(), nil }
	}
	switch {
	case s.PasswordFile != "":
		o.Parts.Password = fromFile(s.PasswordFile)
	default:
		o.Parts.Password = func() (string, error) { return s.Password.Reveal(), nil }
	}
	return o
}

// fromFile reads a secret at every call, so that it can be rotated.
func fromFile(path string) func() (string, error) {
	return func() (string, error) {
		b, err := os.ReadFile(path)
		if err != nil {
			return "", fmt.Errorf("read secret: %w", err)
		}
		return strings.TrimRight(string(b), "\r\n"), nil
	}
}
