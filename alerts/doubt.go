package alerts

import "math"

// DoubtKind is what stands in the way of a goal that nobody's work removes.
type DoubtKind string

// The doubts about goals, the gravest first.
const (
	// Ambiguous goals have labels that fit several series of their KPI.
	Ambiguous DoubtKind = "ambiguous"
	// Unmatched goals have labels that fit none of them.
	Unmatched DoubtKind = "unmatched"
	// NoBaseline goals have nothing to start from: their baseline was measured, and
	// rests on too few samples or none.
	NoBaseline DoubtKind = "no_baseline"
	// OffScale goals have a target where the value cannot come to.
	OffScale DoubtKind = "off_scale"
	// NoBetter goals have a target that is no better than where they start from.
	NoBetter DoubtKind = "no_better"
	// TooFewSamples cannot show the change that a goal asks for.
	TooFewSamples DoubtKind = "too_few_samples"
)

// Doubt is what stands in the way of a goal.
type Doubt struct {
	Kind DoubtKind
	// Choice is what there is to choose from, of goals that choose no series.
	Choice Choice
	// AtBaseline tells that these are the series as of the baseline, and AtDeadline
	// that they are those of the deadline.
	AtBaseline, AtDeadline bool
	// From and To are the baseline and the target, of those that lead nowhere. A
	// baseline that lies ahead is taken to be the present value.
	From, To float64
	// Sample is what the samples can show, of those that are too few.
	Sample Sample
}

// Doubt is what a verdict shows of what stands in the way of the goal; ok is false
// where that is nothing, and where the goal has ended: then there is only what kept
// its deadline from being judged.
func (g *Goal) Doubt(v Verdict) (d Doubt, ok bool) {
	if !v.Known || v.State.Final() {
		return Doubt{}, false
	}
	ended := g.ended(v.State)
	switch c := v.BaselineChoice; {
	case v.Choice != nil:
		d = Doubt{Choice: *v.Choice, AtDeadline: ended}
		d.Kind = d.Choice.kind()
		return d, true
	case c != nil && v.Baseline == nil: // one that there is goes on
		return Doubt{Kind: c.kind(), Choice: *c, AtBaseline: true}, true
	case ended:
		return Doubt{}, false
	}
	if _, measures := g.MeasuresBaseline(); measures && v.Baseline == nil && !v.BaselineChecked.IsZero() {
		return Doubt{Kind: NoBaseline}, true
	}
	if start, known := g.startsAt(v); known {
		to := g.Limit(Baseline{Value: start})
		switch d = (Doubt{From: start, To: to}); {
		case !g.Stat.Ends.Hold(to):
			d.Kind = OffScale
			return d, true
		case g.better(to, start) <= tolerance*math.Abs(start):
			d.Kind = NoBetter
			return d, true
		}
	}
	return Doubt{Kind: TooFewSamples, Sample: v.Sample}, !v.Sample.Enough()
}

// startsAt is where a goal to be reached starts from: its baseline or, before that
// is there, the present value.
func (g *Goal) startsAt(v Verdict) (value float64, ok bool) {
	from, measures := g.MeasuresBaseline()
	switch m := v.Measured; {
	case !g.Reach:
		return 0, false
	case v.Baseline != nil:
		return v.Baseline.Value, true
	case measures && from.After(v.State.At) && m.Defined && m.Samples >= float64(g.MinSamples):
		return m.Value, true
	}
	return 0, false
}

// Words put what a doubt is about into the words of those who read it.
type Words struct {
	Value func(v float64) string // in the unit of the goal's value
	Size  func(v float64) string // of a difference of two values
	Count func(n float64) string
	Text  func(s string) string // of a database
	Code  func(s string) string // of the configuration as it may be written
}

// InWords says what a doubt is, behind the name of the goal.
func (g *Goal) InWords(d Doubt, w Words) string {
	when := ""
	switch {
	case d.AtBaseline:
		when = " as of its baseline"
	case d.AtDeadline:
		when = " at its deadline"
	}
	switch d.Kind {
	case Ambiguous:
		return "cannot be judged: several values fit it" + when + ", for " + d.Choice.names(g.Goal.Labels, w.Text) + "; choose one, such as " + w.Code(d.Choice.example(g.Goal.Labels))
	case Unmatched:
		return "cannot be judged: no value has its labels" + when + "; there are values for " + d.Choice.names(g.Goal.Labels, w.Text)
	case NoBaseline:
		return "cannot be judged: its baseline rests on fewer than " + w.Count(float64(max(1, g.MinSamples))) + " samples; give its value, or the date of another"
	case OffScale:
		end := "at least " + w.Value(g.Stat.Ends.Min)
		if d.To > g.Stat.Ends.Max {
			end = "at most " + w.Value(g.Stat.Ends.Max)
		}
		return "leads from " + w.Value(d.From) + " to " + w.Value(d.To) + ", and " + g.Stat.Metric + " is " + end + ": it can never be reached"
	case NoBetter:
		return "leads from " + w.Value(d.From) + " to " + w.Value(d.To) + ", which is no better: it asks for nothing"
	}
	return g.tooFew(d.Sample, w)
}

// tooFew says what the samples can show.
func (g *Goal) tooFew(s Sample, w Words) string {
	where := "in the window"
	if _, measured := g.MeasuresBaseline(); measured {
		where = "in the window and in the baseline each"
	}
	shows := "none"
	if s.Smallest > 0 {
		shows = "none below " + w.Size(s.Smallest)
	}
	return "asks for a change of " + w.Size(s.Asked) + ", which takes " + w.Count(s.Needed) + " samples " + where +
		" to be told from chance in four of five times; there are " + w.Count(s.Have) + ", which show " + shows
}
