package exporter

import (
	"math"
	"slices"

	dto "github.com/prometheus/client_model/go"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// Line is a series as a page shows it, a gauge.
type Line struct {
	Name, Help string
	// Labels are sorted by name, and not to be changed.
	Labels []*dto.LabelPair
	// Number counts lines from 0. That of a line which nothing showed for long is
	// given to another one.
	Number int
}

// lines are those that snapshots of a collector are shown as. Each is made once,
// for most instants show the same ones, and forgotten when many are no longer
// shown. They are not safe for concurrent use.
type lines struct {
	collector Collector
	helps     map[string]string // by metric
	labels    labelled
	outlines  map[identity]*outline
	others    map[string]*Line // by name and labels
	first     outline          // stands before those of a snapshot
	snapshots int              // how many were shown
	made      int              // the numbers of lines
	free      []int            // those of lines that are forgotten
}

// mostIdle is how many outlines are kept, beside as many again as a snapshot has
// series, although it did not show them: what comes and goes is seldom made anew.
const mostIdle = 1000

// identity tells the series of a snapshot apart.
type identity struct {
	metric, kpi, stat, window, labels string
	segment                           kpi.Segment
	component                         bool
}

// outline is how a series of a snapshot is shown: its lines, as far as they were
// shown so far.
type outline struct {
	metric, kpi, stat, window string
	segment                   kpi.Segment
	further                   []kpi.Label
	component                 bool

	help        string
	own, judged []*dto.LabelPair // of the value, and of what judges it
	lines       [numbers]*Line
	parts       []partLines
	next        *outline // what followed it last
	shown       int      // by which snapshot last
}

// The numbers of a series.
const (
	ofValue = iota
	ofLower
	ofUpper
	ofSamples
	ofImprovementRatio
	ofImprovement
	ofPValue
	numbers
)

// partLines are those of a part of a change.
type partLines struct {
	dimension string
	mix, rate *Line
}

func newLines(c Collector) *lines {
	l := &lines{
		collector: c, helps: map[string]string{}, labels: labelled{},
		outlines: map[identity]*outline{}, others: map[string]*Line{},
	}
	for _, d := range c.Descs {
		for _, st := range d.Stats {
			l.helps[st.Metric] = st.Help
		}
	}
	return l
}

// show yields the numbers of a snapshot, or tells why Prometheus would refuse them.
// Undefined values are left out; their sample sizes are not.
func (l *lines) show(s *Snapshot, yield func(*Line, float64)) error {
	l.snapshots++
	at := &l.first
	for i := range s.Series {
		x := &s.Series[i]
		if at.next == nil || !at.next.is(x) {
			next, err := l.outline(x)
			if err != nil {
				return err
			}
			at.next = next
		}
		at = at.next
		at.shown = l.snapshots
		l.values(at, x, yield)
		l.judgement(at, x, yield)
	}
	for _, x := range s.Spikes {
		labels := labelsOf(collectorLabel, l.collector.Name, kpiLabel, x.KPI, lengthLabel, x.Length)
		if x.Rated {
			yieldFinite(yield, l.other(spikeRatioMetric, spikeRatioHelp, labels), x.Ratio)
		}
		if x.Tested {
			yieldFinite(yield, l.other(spikePValueMetric, spikePValueHelp, labels), x.PValue)
		}
	}
	if len(l.outlines) > 2*len(s.Series)+mostIdle {
		l.forget()
	}
	return nil
}

// forget drops the outlines that the last snapshot did not show, with their lines
// and labels: segments may be others every few days.
func (l *lines) forget() {
	clear(l.labels)
	l.first.follow(l.snapshots)
	for id, o := range l.outlines {
		if o.shown < l.snapshots {
			delete(l.outlines, id)
			l.free = o.numbers(l.free)
			continue
		}
		o.follow(l.snapshots)
		for _, pair := range o.judged {
			l.labels[kpi.Label{Name: pair.GetName(), Value: pair.GetValue()}] = pair
		}
	}
}

// follow makes sure that what follows was shown by a snapshot.
func (o *outline) follow(snapshot int) {
	if o.next != nil && o.next.shown < snapshot {
		o.next = nil
	}
}

// numbers adds those of the lines to others.
func (o *outline) numbers(to []int) []int {
	for _, line := range o.lines {
		if line != nil {
			to = append(to, line.Number)
		}
	}
	for _, p := range o.parts {
		to = append(to, p.mix.Number, p.rate.Number)
	}
	return to
}

// yieldFinite leaves out what is not a finite number: it is undefined, and what is
// undefined is absent.
func yieldFinite(yield func(*Line, float64), to *Line, value float64) {
	if !math.IsNaN(value) && !math.IsInf(value, 0) {
		yield(to, value)
	}
}

// is reports whether an outline is that of a series.
func (o *outline) is(s *Series) bool {
	return o.metric == s.Metric && o.kpi == s.KPI && o.stat == s.Stat && o.window == s.Window && o.segment == s.Segment &&
		o.component == s.Component && slices.Equal(o.further, s.Labels)
}

// outline is that of a series.
func (l *lines) outline(s *Series) (*outline, error) {
	id := identity{metric: s.Metric, kpi: s.KPI, stat: s.Stat, window: s.Window, segment: s.Segment, component: s.Component}
	if len(s.Labels) > 0 {
		id.labels = string(appendLabels(nil, s.Labels))
	}
	if o := l.outlines[id]; o != nil {
		return o, nil
	}
	if err := checkSeries(l.collector.Name, s); err != nil {
		return nil, err
	}
	o := &outline{
		metric: s.Metric, kpi: s.KPI, stat: s.Stat, window: s.Window, segment: s.Segment, further: s.Labels, component: s.Component,
		help: l.helps[s.Metric],
	}
	if o.help == "" {
		o.help = unknownSeriesHelp
	}
	o.own = seriesLabels(s, l.labels.of(collectorLabel, l.collector.Name), l.labels)
	o.judged = slices.Clone(o.own)
	for _, x := range [...]kpi.Label{{Name: kpiLabel, Value: s.KPI}, {Name: statLabel, Value: s.Stat}} {
		if x.Value != "" {
			o.judged = append(o.judged, l.labels.of(x.Name, x.Value))
		}
	}
	sortLabels(o.judged)
	l.outlines[id] = o
	return o, nil
}

// values yields the value and its bounds.
func (l *lines) values(o *outline, s *Series, yield func(*Line, float64)) {
	if !s.Defined {
		return
	}
	yieldFinite(yield, l.of(o, ofValue), s.Value)
	if s.Bounded {
		yieldFinite(yield, l.of(o, ofLower), s.Lower)
		yieldFinite(yield, l.of(o, ofUpper), s.Upper)
	}
}

// judgement yields what helps to judge the value: the sample size and the change.
// Components have neither.
func (l *lines) judgement(o *outline, s *Series, yield func(*Line, float64)) {
	if s.Component {
		return
	}
	yieldFinite(yield, l.of(o, ofSamples), s.Samples)
	if !s.Change.Known {
		return
	}
	switch {
	case !s.Change.Judged:
	case s.Change.Relative:
		yieldFinite(yield, l.of(o, ofImprovementRatio), s.Change.Improvement)
	default:
		yieldFinite(yield, l.of(o, ofImprovement), s.Change.Improvement)
	}
	if s.Change.Tested {
		yieldFinite(yield, l.of(o, ofPValue), s.Change.PValue)
	}
	for _, p := range s.Parts {
		of := l.part(o, p.Dimension)
		yieldFinite(yield, of.mix, p.Mix)
		yieldFinite(yield, of.rate, p.Rate)
	}
}

// of is the line of a number.
func (l *lines) of(o *outline, number int) *Line {
	if o.lines[number] != nil {
		return o.lines[number]
	}
	name, help, labels := o.metric, o.help, o.own
	switch number {
	case ofLower:
		name, help = o.metric+lowerSuffix, lowerHelp+o.metric+"."
	case ofUpper:
		name, help = o.metric+upperSuffix, upperHelp+o.metric+"."
	case ofSamples:
		name, help, labels = samplesMetric, samplesHelp, o.judged
	case ofImprovementRatio:
		name, help, labels = improvementRatioMetric, improvementRatioHelp, o.judged
	case ofImprovement:
		name, help, labels = improvementMetric, improvementHelp, o.judged
	case ofPValue:
		name, help, labels = pvalueMetric, pvalueHelp, o.judged
	}
	o.lines[number] = l.line(o, name, help, labels)
	return o.lines[number]
}

// part are the lines of a part of a change.
func (l *lines) part(o *outline, dimension string) partLines {
	for _, p := range o.parts {
		if p.dimension == dimension {
			return p
		}
	}
	labels := sortLabels(append(slices.Clone(o.judged), l.labels.of(dimensionLabel, dimension)))
	p := partLines{dimension, l.line(o, mixMetric, mixHelp, labels), l.line(o, rateMetric, rateHelp, labels)}
	o.parts = append(o.parts, p)
	return p
}

// line makes one of the family of totals or of segments.
func (l *lines) line(o *outline, name, help string, labels []*dto.LabelPair) *Line {
	if !o.segment.IsTotal() {
		name, help = name+segmentSuffix, help+segmentHelp
	}
	return l.add(name, help, labels)
}

// other is a line of which there are as many as the configuration has it, whatever
// the data are.
func (l *lines) other(name, help string, labels []*dto.LabelPair) *Line {
	id := seriesName(name, labels)
	if l.others[id] == nil {
		l.others[id] = l.add(name, help, labels)
	}
	return l.others[id]
}

func (l *lines) add(name, help string, labels []*dto.LabelPair) *Line {
	number := l.made
	if n := len(l.free); n > 0 {
		number, l.free = l.free[n-1], l.free[:n-1]
	} else {
		l.made++
	}
	return &Line{Name: name, Help: help, Labels: labels, Number: number}
}
