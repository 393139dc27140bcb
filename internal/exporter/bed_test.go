package exporter

import (
	"bytes"
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"github.com/cx-exporter/cx-exporter/internal/calendar"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// bed is an exporter in a bubble of fake time, whose clock can be set.
type bed struct {
	*Exporter
	t   *testing.T
	log *bytes.Buffer

	mu     sync.Mutex
	offset time.Duration
}

// inBubble runs a test in fake time, which begins at 2000-01-01 00:00 UTC. The
// bubble fails the test if anything still runs after Stop.
func inBubble(t *testing.T, test func(t *testing.T, b *bed)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		b := &bed{t: t, log: new(bytes.Buffer)}
		b.Exporter = New(Options{Now: b.clock, Log: slog.New(slog.NewTextHandler(b.log, nil)), Build: Build{Version: "1.2.3", Revision: "abc", GoVersion: "go1.26"}})
		test(t, b)
		if err := b.Stop(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func (b *bed) clock() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return time.Now().Add(b.offset)
}

// set moves the wall clock, as an operator or NTP does; timers do not notice.
func (b *bed) set(d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.offset += d
}

func (b *bed) apply(cs ...Collector) <-chan struct{} {
	b.t.Helper()
	drained, err := b.Apply(cs)
	if err != nil {
		b.t.Fatal(err)
	}
	return drained
}

// pass lets time pass, and the page be rendered.
func (b *bed) pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// value reads a series off the page, as Prometheus would; ok is false where it
// is absent. Labels are names and values in turn.
func (b *bed) value(name string, labels ...string) (value float64, ok bool) {
	b.t.Helper()
	parser := expfmt.NewTextParser(model.LegacyValidation)
	all, err := parser.TextToMetricFamilies(bytes.NewReader(b.Page().Text.Plain))
	if err != nil {
		b.t.Fatal(err)
	}
	want := labelsOf(labels...)
	for _, m := range all[name].GetMetric() {
		have := 0
		for _, w := range want {
			for _, l := range m.GetLabel() {
				if l.GetName() == w.GetName() && l.GetValue() == w.GetValue() {
					have++
				}
			}
		}
		if have == len(want) {
			return number(m), true
		}
	}
	return 0, false
}

func number(m *dto.Metric) float64 {
	if m.Counter != nil {
		return m.GetCounter().GetValue()
	}
	return m.GetGauge().GetValue()
}

// want checks a series; labels are names and values in turn.
func (b *bed) want(value float64, name string, labels ...string) {
	b.t.Helper()
	if got, ok := b.value(name, labels...); !ok || got != value {
		b.t.Errorf("%s%v at %s: got %v (present: %v), want %v", name, labels, b.clock().UTC().Format(time.TimeOnly), got, ok, value)
	}
}

// absent checks that a series is not there.
func (b *bed) absent(name string, labels ...string) {
	b.t.Helper()
	if got, ok := b.value(name, labels...); ok {
		b.t.Errorf("%s%v at %s: got %v, want it absent", name, labels, b.clock().UTC().Format(time.TimeOnly), got)
	}
}

// probe is a collector that notes the instants it is evaluated for.
type probe struct {
	mu       sync.Mutex
	noted    []time.Time
	running  int
	overlaps int
	act      func(ctx context.Context) (*Snapshot, error)
}

// does sets what an evaluation does from now on.
func (p *probe) does(act func(ctx context.Context) (*Snapshot, error)) *probe {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.act = act
	return p
}

// gives sets the result of evaluations from now on.
func (p *probe) gives(s *Snapshot, err error) *probe {
	return p.does(func(context.Context) (*Snapshot, error) { return s, err })
}

func (p *probe) collector(name string) Collector {
	return Collector{
		Name: name, Key: name,
		Schedule: calendar.Every(time.Minute, 10*time.Second),
		Interval: time.Minute, Timeout: 20 * time.Second, MaxAge: 3 * time.Minute,
		Sources: []string{"db"}, Windows: []string{"30d"},
		Evaluate: p.evaluate,
	}
}

func (p *probe) evaluate(ctx context.Context, at time.Time) (*Snapshot, error) {
	p.mu.Lock()
	p.noted = append(p.noted, at)
	p.overlaps += p.running
	p.running++
	act := p.act
	p.mu.Unlock()
	defer func() {
		p.mu.Lock()
		p.running--
		p.mu.Unlock()
	}()
	if act == nil {
		return one(1), nil
	}
	return act(ctx)
}

// instants are those noted so far.
func (p *probe) instants() []time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.noted)
}

// times are the instants as clock times in UTC.
func (p *probe) times() string {
	var out []string
	for _, at := range p.instants() {
		out = append(out, at.UTC().Format("15:04:05.9"))
	}
	return strings.Join(out, " ")
}

// alone reports whether no two evaluations ran at the same time.
func (p *probe) alone() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.overlaps == 0
}

// one is a snapshot of one value.
func one(value float64) *Snapshot {
	return &Snapshot{Statements: 2, Rows: 30, Series: []Series{{
		Metric: "cx_nps_score", KPI: "nps", Stat: "score", Window: "30d", Unit: kpi.Score,
		Value: value, Defined: true, Samples: 30,
	}}}
}
