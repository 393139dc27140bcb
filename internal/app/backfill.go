package app

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/cx-exporter/cx-exporter/alerts"
	"github.com/cx-exporter/cx-exporter/collectors"
	"github.com/cx-exporter/cx-exporter/internal/exporter"
	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/openmetrics"
	"github.com/cx-exporter/cx-exporter/internal/source"
)

const (
	// pastAtOnce is how many instants the first evaluation is asked for. A statement
	// costs little more for so many than for one.
	pastAtOnce = 32
	// mostAtOnce is how many further ones are: more cut time so finely that their
	// facts cost more to go through than statements do.
	mostAtOnce = 128
	// keptAtOnce is how many facts memory is to hold for them, some tens of megabytes.
	keptAtOnce = 90_000
)

// nextAtOnce is how many instants may be asked for after so many, whose facts are
// known.
func nextAtOnce(instants, kept int) int {
	if most := keptAtOnce * instants / max(1, kept); most < mostAtOnce {
		return max(most, instants/2, 1)
	}
	return mostAtOnce
}

// Refused is a KPI whose past nobody knows.
type Refused struct {
	Title string // of the collector or formula
	KPI   string
}

// Past is what can be told of the past of a configuration.
type Past struct {
	set     *Set
	Refused []Refused
	runs    []*pastRun
}

// pastRun is a collector or formula with the KPIs that have a past.
type pastRun struct {
	Instance
	shown exporter.Collector // for the families
	goals []int              // of Watch.Goals, those on KPIs with a past
}

// NewPast prepares the past of all collectors and formulas of a set. KPIs that are
// a state without history are refused: their values of today would be written
// as those of the past.
func NewPast(s *Set) *Past {
	p := &Past{set: s}
	for _, i := range s.Collectors {
		r := &pastRun{Instance: i}
		whole := i.Descs()
		known := func(d collectors.Desc) bool { return d.Fidelity != kpi.Snapshot }
		for _, d := range whole {
			if !known(d) {
				p.Refused = append(p.Refused, Refused{i.Title(), d.Name})
			}
		}
		descs := slices.DeleteFunc(slices.Clone(whole), func(d collectors.Desc) bool { return !known(d) })
		if len(descs) == 0 {
			continue
		}
		if len(descs) < len(whole) { // of a collector: a formula has one KPI
			r.Config.KPIs = slices.DeleteFunc(slices.Clone(i.Config.KPIs), func(k collectors.KPI) bool { return !known(k.Desc()) })
			r.Evaluator = s.evaluator(r.Config)
		}
		r.shown = i.shown(descs, s.Config.Global.MinSamples)
		if i.Watch != nil {
			for k, g := range i.Watch.Goals {
				if known(g.KPI) {
					r.goals = append(r.goals, k)
				}
			}
		}
		p.runs = append(p.runs, r)
	}
	return p
}

// shown is the collector as its families tell of it, with some of its KPIs.
func (i Instance) shown(descs []collectors.Desc, minSamples int) exporter.Collector {
	c := exporter.Collector{Name: i.Config.Name, Descs: descs, MinSamples: minSamples}
	for _, w := range i.Config.Windows {
		c.Windows = append(c.Windows, w.String())
	}
	return c
}

// Spool keeps what the page would have shown of a snapshot.
func (i Instance) Spool(to *openmetrics.Spool, s *exporter.Snapshot, minSamples int) error {
	return newRecorder(to, i.shown(i.Descs(), minSamples)).add(s)
}

// recorder keeps what the page would have shown of a collector, as of one instant
// after the other.
type recorder struct {
	to     *openmetrics.Spool
	past   *exporter.Past
	series []recorded // by the number of the line
	shown  []openmetrics.Sample
}

// recorded is a line, and the series that it is kept as.
type recorded struct {
	line   *exporter.Line
	series *openmetrics.Series
}

func newRecorder(to *openmetrics.Spool, c exporter.Collector) *recorder {
	return &recorder{to: to, past: exporter.NewPast(c)}
}

func (r *recorder) add(s *exporter.Snapshot) error {
	r.shown = r.shown[:0]
	err := r.past.Show(s, func(l *exporter.Line, value float64) {
		for l.Number >= len(r.series) {
			r.series = append(r.series, recorded{})
		}
		of := &r.series[l.Number]
		if of.line != l {
			*of = recorded{l, r.to.Series(l.Name, l.Help, l.Labels)}
		}
		r.shown = append(r.shown, openmetrics.Sample{Of: of.series, Value: value})
	})
	if err != nil {
		return err
	}
	return r.to.Add(s.At, r.shown)
}

// Empty reports whether nothing has a past.
func (p *Past) Empty() bool { return len(p.runs) == 0 }

// Steps is how many instants of collectors Spool evaluates for so many instants.
func (p *Past) Steps(instants int) int { return instants * len(p.runs) }

// Spool evaluates all collectors and goals as of instants, which are in order, and
// keeps what the page would have shown. It calls done with the number of instants
// of a collector that it has come on. Collectors are evaluated side by side, the
// dearest first; how many of them ask a source at the same time is the source's
// limit.
func (p *Past) Spool(ctx context.Context, to *openmetrics.Spool, instants []time.Time, done func(int)) error {
	if len(instants) == 0 {
		return nil
	}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for _, r := range dearestFirst(p.runs, instants[len(instants)-1]) {
		g.Go(func() error {
			if err := r.spool(ctx, to, instants, done); err != nil {
				return fmt.Errorf("%s: %w", r.Title(), err)
			}
			return nil
		})
	}
	return g.Wait()
}

func (r *pastRun) spool(ctx context.Context, to *openmetrics.Spool, instants []time.Time, done func(int)) error {
	var verdicts []alerts.Verdict
	if r.Watch != nil {
		verdicts = r.Watch.begin()
	}
	shows := newRecorder(to, r.shown)
	atOnce, hurried := pastAtOnce, false // whether so many once were too much
	for len(instants) > 0 {
		some := instants[:min(atOnce, len(instants))]
		kept := 0
		err := r.evaluate(ctx, some, func(ctx context.Context, s *exporter.Snapshot) error {
			if len(r.goals) > 0 {
				lasting, after, err := r.Watch.follow(ctx, s, verdicts, r.goals)
				if err != nil {
					return err
				}
				s.Lasting, verdicts = lasting, after
			}
			if err := shows.add(s); err != nil {
				return err
			}
			instants, kept = instants[1:], s.Kept
			done(1)
			return nil
		})
		switch {
		case err == nil && !hurried:
			atOnce = nextAtOnce(len(some), kept)
		case err == nil:
		case tooMuch(err) && len(some) > 1 && ctx.Err() == nil:
			atOnce, hurried = max(1, len(some)/2), true
		default:
			return err
		}
	}
	return nil
}

// evaluate evaluates at instants, one after the other. The time that a collector
// has is meant for one of them, and goals look at days before the first one.
func (r *pastRun) evaluate(ctx context.Context, instants []time.Time, yield func(context.Context, *exporter.Snapshot) error) error {
	ctx, cancel := context.WithTimeout(ctx, max(10*r.Config.Timeout, time.Minute))
	defer cancel()
	return r.Evaluator.Each(ctx, instants, func(s *exporter.Snapshot) error { return yield(ctx, s) })
}

// tooMuch reports whether an evaluation took longer, or gave more rows, than it may:
// what fewer instants at once may mend.
func tooMuch(err error) bool {
	var failed *source.Error
	var budget *facts.BudgetError
	return errors.As(err, &budget) || errors.As(err, &failed) && failed.Kind == source.KindTimeout || errors.Is(err, context.DeadlineExceeded)
}

// begin are the verdicts when nothing is known of the goals, to be followed through
// the past.
func (w *Watch) begin() []alerts.Verdict {
	verdicts := make([]alerts.Verdict, len(w.Goals))
	for i, g := range w.Goals {
		verdicts[i] = g.Begin()
	}
	return verdicts
}

// follow judges the goals as of a snapshot of the past, as what is known now of
// that past has it: a baseline is measured once. It returns the metrics of some of
// them.
func (w *Watch) follow(ctx context.Context, s *exporter.Snapshot, verdicts []alerts.Verdict, some []int) ([]kpi.Sample, []alerts.Verdict, error) {
	for i := range verdicts {
		if verdicts[i].Baseline != nil {
			verdicts[i].BaselineChecked = s.At
		}
	}
	verdicts, err := w.judge(ctx, s.At, w.find(s), verdicts, true)
	if err != nil {
		return nil, nil, err
	}
	var out []kpi.Sample
	for _, i := range some {
		out = append(out, w.Goals[i].Samples(verdicts[i])...)
	}
	return out, verdicts, nil
}
