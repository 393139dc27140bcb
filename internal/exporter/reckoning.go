package exporter

import (
	"reflect"
	"slices"
	"time"

	"github.com/cx-exporter/cx-exporter/collectors"
	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// reckoning makes snapshots of instants, in their order, out of one answer. What
// several of them ask alike is computed once: the window of one is what a later one
// is compared with, and of a window that is over nothing may have become known. That
// holds for as long as they have the same segments. It is not safe for concurrent use.
type reckoning struct {
	e        *Evaluator
	answer   *facts.Answer
	kept     int
	alone    bool          // whether all is read for one instant
	segments []kpi.Segment // of the instant, as are the views
	views    []facts.Facts
	private  *privacy
	instants []instant          // of which there is no snapshot yet
	asked    map[question]int   // how often, by these
	said     map[question]*said // what is still asked for
	shown    map[place]shown    // by the snapshot before
	before   []Series           // those of it
}

// instant is what is asked at an instant, in the order of the KPIs.
type instant struct {
	at    time.Time
	needs []facts.Need
	asks  []ask
}

// ask is a window of a KPI, at an instant.
type ask struct {
	place
	windowSpans
	now, then question // then is that of the comparison
}

// place is a window of a KPI.
type place struct{ kpi, window int }

// question is a KPI and a span that it is computed for, in microseconds.
type question struct {
	kpi        int
	lo, hi, at int64
}

// said is what a KPI says of all segments in a span, without what is withheld.
type said struct {
	values   [][]collectors.Value
	withheld []kpi.Segment
	rejected map[string]float64 // nil before it is asked for
}

// shown is what a snapshot showed of a window, and what that rests on.
type shown struct {
	now, then *said
	series    []Series
}

// reckon begins with the first of some instants, each with its needs.
func (e *Evaluator) reckon(answer *facts.Answer, instants []time.Time, needs [][]facts.Need) *reckoning {
	r := &reckoning{e: e, answer: answer, kept: answer.Kept(), alone: len(instants) == 1, asked: map[question]int{}}
	same := asking{kpis: e.collector.KPIs, latest: map[question]wanted{}}
	for i, at := range instants {
		in, spans := instant{at: at, needs: needs[i]}, e.spans(at)
		for k, of := range e.collector.KPIs {
			windows := spans
			if of.Desc().Unwindowed { // the same for every window
				windows = []windowSpans{{current: e.instant(at)}}
			}
			for i, w := range windows {
				a := ask{place: place{k, i}, windowSpans: w, now: same.question(k, w.current)}
				r.asked[a.now]++
				if w.compare {
					a.then = same.question(k, w.before)
					r.asked[a.then]++
				}
				in.asks = append(in.asks, a)
			}
		}
		r.instants = append(r.instants, in)
	}
	return r
}

// asking tells questions apart.
type asking struct {
	kpis   []collectors.KPI
	latest map[question]wanted // by question without its instant
}

// wanted is a question with its span and, if they were looked at, the facts that it
// asks for.
type wanted struct {
	question
	span  kpi.Span
	needs []facts.Need
}

// question is what a KPI is computed for. It knows the instant by the facts that it
// asks for alone: where these are those of the same span as of an instant before,
// so is the question.
func (a asking) question(k int, s kpi.Span) question {
	q := question{kpi: k, lo: s.Lo.UnixMicro(), hi: s.Hi.UnixMicro()}
	of := q
	q.at = s.At.UnixMicro()
	old, seen := a.latest[of]
	if seen && old.question == q {
		return q
	}
	now := wanted{question: q, span: s}
	if seen {
		if old.needs == nil {
			old.needs = a.kpis[k].Needs(old.span)
		}
		if now.needs = a.kpis[k].Needs(s); reflect.DeepEqual(now.needs, old.needs) {
			now = old
		}
	}
	a.latest[of] = now
	return now.question
}

// next is what the answer says of the next instant. What is told of all rows that
// were read is only told of an instant that they were read for alone.
func (r *reckoning) next() (*Snapshot, error) {
	in := r.instants[0]
	r.instants = r.instants[1:]
	r.look(in.needs)
	s := &Snapshot{
		Collector: r.e.collector.Name, At: in.at, Rejected: map[string]float64{}, Withheld: map[string]int{},
		Statements: r.answer.Statements, Rows: r.answer.Rows, Kept: r.kept,
		Series: make([]Series, 0, len(r.before)+len(r.before)/8),
	}
	if r.alone {
		s.Newest, s.Rejected = r.answer.Newest(), r.answer.Rejected()
	}
	withheld := map[kpi.Segment]bool{}
	for _, a := range in.asks {
		now, then := r.say(a.now, a.current), (*said)(nil)
		if a.compare {
			then = r.say(a.then, a.before)
		}
		s.Series = r.series(s.Series, a, now, then)
		for _, seg := range now.withheld {
			withheld[seg] = true
		}
		for reason, n := range r.rejected(a, now) {
			s.Rejected[reason] = max(s.Rejected[reason], n)
		}
	}
	for seg := range withheld {
		s.Withheld[seg.Dimension]++
	}
	s.Spikes = r.e.spikes(in.at, r.views[0])
	if !sameSeries(r.before, s.Series) {
		if err := unique(s.Series); err != nil {
			return nil, err
		}
	}
	r.before = s.Series
	return s, nil
}

// look looks at the segments of an instant. Where they are not those of the one
// before, what was said and shown of these is of no more use.
func (r *reckoning) look(needs []facts.Need) {
	part := r.answer.Part(needs, r.e.global.MaxSegments)
	segments := []kpi.Segment{{}}
	for _, d := range r.e.collector.Relation.Dimensions {
		segments = append(segments, part.Segments(d.Name)...)
	}
	r.views = r.views[:0]
	for _, seg := range segments {
		r.views = append(r.views, part.View(seg))
	}
	if slices.Equal(segments, r.segments) {
		return
	}
	r.segments, r.said, r.shown = segments, map[question]*said{}, map[place]shown{}
	r.private = newPrivacy(r.e.global.MinSegmentSize, r.e.collector.Relation.Dimensions, segments)
}

// say is what a KPI says of all segments in a span. It is kept for as long as it is
// still asked for.
func (r *reckoning) say(q question, s kpi.Span) *said {
	out := r.said[q]
	if out == nil {
		out = r.compute(q.kpi, s)
		r.said[q] = out
	}
	if r.asked[q]--; r.asked[q] == 0 {
		delete(r.said, q)
		delete(r.asked, q)
	}
	return out
}

// compute has a KPI computed for all segments.
func (r *reckoning) compute(k int, s kpi.Span) *said {
	of := r.e.collector.KPIs[k]
	out := &said{values: make([][]collectors.Value, len(r.segments))}
	for i, f := range r.views {
		out.values[i] = of.Compute(s, f)
	}
	for _, i := range r.private.apply(of.Desc(), out.values) {
		out.withheld = append(out.withheld, r.segments[i])
	}
	return out
}

// rejected are the rows that a KPI refuses for their content, by reason.
func (r *reckoning) rejected(a ask, now *said) map[string]float64 {
	of, ok := r.e.collector.KPIs[a.kpi].(collectors.Rejecter)
	if !ok || now.rejected != nil {
		return now.rejected
	}
	now.rejected = map[string]float64{}
	for reason, n := range of.Rejected(a.current, r.views[0]) {
		if n > 0 {
			now.rejected[reason] = n
		}
	}
	return now.rejected
}

// series adds those of a window of a KPI to others. Where they rest on the same as
// those of the snapshot before, they are the same.
func (r *reckoning) series(to []Series, a ask, now, then *said) []Series {
	from := len(to)
	if last, ok := r.shown[a.place]; ok && last.now == now && last.then == then {
		to = append(to, last.series...)
		last.series = to[from:len(to):len(to)] // so that the snapshot before is held no longer
		r.shown[a.place] = last
		return to
	}
	desc := r.e.collector.KPIs[a.kpi].Desc()
	all := make([]computed, len(r.segments))
	for i := range all {
		all[i].now = now.values[i]
		if then != nil {
			all[i].before = then.values[i]
		}
	}
	for i, seg := range r.segments {
		to = r.e.series(to, desc, a.windowSpans, seg, all[i])
	}
	own := to[from:len(to):len(to)]
	for i, parts := range why(desc, r.segments, all) {
		own[i].Parts = parts
	}
	r.shown[a.place] = shown{now, then, own}
	return to
}
