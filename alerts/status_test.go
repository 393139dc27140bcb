package alerts

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cx-exporter/cx-exporter/config"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/stats"
)

// baseline is one that was agreed upon.
func baseline(v float64) *Baseline {
	b := Given(v)
	return &b
}

// share is a churn of a number of lost customers among many.
func share(hits, n float64) stats.Evidence { return stats.Proportion{Hits: hits, N: n} }

// step is a reading on a day of 2026 and the status that follows.
type step struct {
	day  int // 1 is 1 January
	e    stats.Evidence
	want Status
}

func TestAGoalGoesThroughItsStatuses(t *testing.T) {
	t.Parallel()
	// The goal goes from 5 % to 4 % in 2026, by a window of 30 days.
	tests := map[string][]step{
		"nothing is said before the start": {{-30, share(900, 10000), NotStarted}},
		"nor in the grace, however bad it looks": {
			{1, share(900, 10000), Grace}, {15, share(900, 10000), Grace}, {16, share(900, 10000), OffTrack},
		},
		"a successful answer without rows is no data": {{40, nil, NoData}, {41, share(0, 0), NoData}},
		"few samples are not judged":                  {{40, share(29, 29), InsufficientSample}, {41, share(30, 30), OffTrack}},
		"what chance explains is at risk or on track": {
			{180, share(50, 1000), OnTrack},    // 4.5 % expected, 5 % within the noise of 1,000
			{181, share(470, 10000), OnTrack},  // 4.7 % of 10,000: the lower bound 4.3 is better
			{182, share(500, 10000), AtRisk},   // 95 %: from 4.59
			{183, share(560, 10000), OffTrack}, // 99.9 %: from 4.9
		},
		"off track is left only by the value itself": {
			{180, share(600, 10000), OffTrack},
			{181, share(470, 10000), OffTrack}, // would be on track by itself
			{182, share(10, 20), InsufficientSample},
			{183, share(470, 10000), OffTrack}, // and is remembered meanwhile
			{184, nil, NoData},
			{185, share(449, 10000), OnTrack},
			{186, share(470, 10000), OnTrack},
		},
		"met when reached, surely better than the baseline, and held": {
			{200, share(40, 1000), OnTrack}, // at the target, but the baseline is within the noise
			{210, share(40, 1000), OnTrack},
			{211, share(380, 10000), OnTrack},
			{217, share(390, 10000), OnTrack},
			{218, share(390, 10000), Met},
			{219, share(900, 10000), Met},
			{400, share(900, 10000), Met},
		},
		"holding begins anew after a relapse": {
			{200, share(380, 10000), OnTrack},
			{204, share(410, 10000), OnTrack},
			{206, share(380, 10000), OnTrack},
			{212, share(380, 10000), OnTrack},
			{213, share(380, 10000), Met},
		},
		"what nobody could judge is not held against it": {
			{200, share(380, 10000), OnTrack}, {203, nil, NoData}, {207, share(380, 10000), Met},
		},
		"at the deadline it is met without holding": {{360, share(450, 10000), AtRisk}, {366, share(380, 10000), Met}},
		"or missed, and stays so":                   {{366, share(420, 10000), Missed}, {367, share(100, 10000), Missed}, {368, nil, Missed}},
		"what comes after the deadline says nothing of it": {
			{366, nil, NoData}, {367, share(380, 10000), NoData}, {368, share(420, 10000), NoData}, {369, share(5, 20), NoData},
		},
		"nor when the deadline had too few samples":                {{366, share(5, 20), InsufficientSample}, {367, share(380, 10000), InsufficientSample}},
		"a goal first seen after its deadline is not judged":       {{400, share(380, 10000), NoData}, {401, share(420, 10000), NoData}},
		"the last word before a deadline without rows decides":     {{360, share(380, 10000), OnTrack}, {366, nil, Met}, {367, share(900, 10000), Met}},
		"and before one with too few":                              {{360, share(420, 10000), OnTrack}, {366, share(5, 20), Missed}},
		"and before one that nobody looked at":                     {{360, share(420, 10000), OnTrack}, {367, share(380, 10000), Missed}},
		"unless it is older than the target has to be held":        {{358, share(380, 10000), OnTrack}, {366, nil, NoData}, {367, share(380, 10000), NoData}},
		"the last word may be further back than what is too small": {{360, share(380, 10000), OnTrack}, {363, share(5, 20), InsufficientSample}, {366, nil, Met}},
		"a value that was at the target and left it does not do":   {{360, share(380, 10000), OnTrack}, {363, share(420, 10000), OnTrack}, {366, nil, Missed}},
	}
	for name, steps := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := reduceChurn(t, "30d")
			var s State
			since := time.Time{}
			for _, x := range steps {
				at := date(2026, 1, x.day)
				before := s.Status
				s = g.Next(s, baseline(0.05), Reading{At: at, Evidence: x.e})
				if s.Status != x.want {
					t.Errorf("day %d: %s, want %s", x.day, s.Status, x.want)
				}
				if s.Status != before {
					since = at
				}
				if s.Final() && since.After(g.Deadline) {
					since = g.Deadline
				}
				if !s.Since.Equal(since) {
					t.Errorf("day %d: since %s, want %s", x.day, s.Since, since)
				}
			}
		})
	}
}

// A measured baseline is off by chance too: 5.6 % of 10,000 are behind the 4.5 %
// that are to be expected after half a year, unless the 5 % at the start were
// those of 1,000, which might have been 7.7 %, and 5.9 % now.
func TestAMeasuredBaselineExplainsPartOfADifference(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		baseline stats.Evidence // nil is one that was given
		want     Status
	}{
		{nil, OffTrack}, {share(5000, 100000), OffTrack}, {share(50, 1000), AtRisk}, {share(15, 300), OnTrack},
	} {
		g, b := reduceChurn(t, "30d"), baseline(0.05)
		if x.baseline != nil {
			measured, ok := g.MeasuredBaseline(Reading{At: g.Start, Evidence: x.baseline})
			if !ok {
				t.Fatal("no baseline")
			}
			b = &measured
		}
		if s := g.Next(State{}, b, Reading{At: date(2026, 1, 183), Evidence: share(560, 10000)}); s.Status != x.want {
			t.Errorf("%v: %s, want %s", x.baseline, s.Status, x.want)
		}
	}
}

func TestAGoalThatKeepsALimit(t *testing.T) {
	t.Parallel()
	g := New(config.Goal{
		Name: "satisfied", Stat: reduceChurn(t, "30d").Stat, Target: config.Target{Value: 0.9}, MinSamples: 30,
	}, config.Global{Zone: time.UTC, Confidence: 0.95, AlertConfidence: 0.999})
	g.Stat.Direction = kpi.HigherIsBetter
	var s State
	for i, x := range []step{
		{e: share(95, 100), want: OnTrack},
		{e: share(86, 100), want: OnTrack},  // up to 91.5 %
		{e: share(83, 100), want: AtRisk},   // up to 89.1 %, at 99.9 % up to 92.0 %
		{e: share(75, 100), want: OffTrack}, // up to 86.5 %
		{e: share(88, 100), want: OffTrack},
		{e: share(90, 100), want: OnTrack},
		{e: nil, want: NoData},
		{e: share(27, 29), want: InsufficientSample},
	} {
		if s = g.Next(s, nil, Reading{At: date(2026, 1, 1+i), Evidence: x.e}); s.Status != x.want {
			t.Errorf("reading %d: %s, want %s", i, s.Status, x.want)
		}
	}
}

// What was so at the first look may have been so before.
func TestSinceMayBeEarlierThanTheFirstLook(t *testing.T) {
	t.Parallel()
	limit := func(t *testing.T) *Goal {
		g := reduceChurn(t, "30d")
		g.Reach = false
		return g
	}
	reach := func(t *testing.T) *Goal { return reduceChurn(t, "30d") }
	for name, c := range map[string]struct {
		goal       func(*testing.T) *Goal
		days       []int // 1 is the day of the start
		hits       []float64
		wantBefore bool
	}{
		"a limit at its first look":                   {limit, []int{1}, []float64{300}, true},
		"a limit that still has that status":          {limit, []int{1, 2}, []float64{300, 301}, true},
		"a limit that has changed":                    {limit, []int{1, 2}, []float64{300, 900}, false},
		"a goal that was looked at from its start":    {reach, []int{2}, []float64{300}, false},
		"a goal that has not begun":                   {reach, []int{-100}, []float64{300}, false},
		"a goal whose start is beyond the first look": {reach, []int{100}, []float64{900}, true},
		"the same when it has changed":                {reach, []int{100, 101}, []float64{900, 100}, false},
	} {
		g := c.goal(t)
		var s State
		for i, day := range c.days {
			s = g.Next(s, baseline(0.05), Reading{At: date(2026, 1, day), Evidence: share(c.hits[i], 10000)})
		}
		if s.OrBefore != c.wantBefore {
			t.Errorf("%s: %+v, want OrBefore %v", name, s, c.wantBefore)
		}
	}
}

// The same readings give the same verdict, however often and in whatever order
// old ones come again.
func TestReadingsOfThePastChangeNothing(t *testing.T) {
	t.Parallel()
	g, base := reduceChurn(t, "30d"), baseline(0.05)
	var s State
	for day := 1; day < 200; day++ {
		s = g.Next(s, base, Reading{At: date(2026, 1, day), Evidence: share(float64(300+day), 10000)})
	}
	again := g.Next(s, base, Reading{At: date(2026, 3, 1), Evidence: share(9000, 10000)})
	if diff := cmp.Diff(s, again); diff != "" {
		t.Errorf("a reading of the past changed the state (-before +after):\n%s", diff)
	}
	again = g.Next(s, base, Reading{At: s.At, Evidence: share(9000, 10000)})
	if diff := cmp.Diff(s, again); diff != "" {
		t.Errorf("the same instant changed the state (-before +after):\n%s", diff)
	}
}

func TestChangesOfABaseline(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		target config.Target
		want   float64
	}{
		{config.Target{Kind: config.TargetRelative, Value: -0.15}, 0.0425},
		{config.Target{Kind: config.TargetAbsolute, Value: -0.02}, 0.03},
		{config.Target{Kind: config.TargetValue, Value: 0.044}, 0.044},
	} {
		if got := tt.target.From(0.05); !cmp.Equal(got, tt.want) && (got-tt.want > 1e-15 || tt.want-got > 1e-15) {
			t.Errorf("%+v of 5 %% is %v, want %v", tt.target, got, tt.want)
		}
	}
}

// What cannot be judged ends nothing: the last verdict stands, since it began.
func TestAVerdictStandsOverWhatCannotBeJudged(t *testing.T) {
	t.Parallel()
	g := reduceChurn(t, "30d")
	var s State
	for _, x := range []struct {
		day               int
		e                 stats.Evidence
		status, stands    Status
		since, unjudgedOn int // days; 0 is never
	}{
		{30, nil, NoData, NoData, 30, 30},
		{31, share(5, 20), InsufficientSample, NoData, 30, 30},
		{32, share(500, 10000), OnTrack, OnTrack, 32, 0},
		{182, share(500, 10000), AtRisk, AtRisk, 182, 0},
		{183, share(5, 20), InsufficientSample, AtRisk, 182, 183},
		{184, nil, NoData, AtRisk, 182, 183},
		{185, share(500, 10000), AtRisk, AtRisk, 182, 0},
		{186, share(600, 10000), OffTrack, OffTrack, 186, 0},
		{187, nil, NoData, OffTrack, 186, 187},
		{188, share(470, 10000), OffTrack, OffTrack, 186, 0},
		{189, nil, NoData, OffTrack, 186, 189},
		{190, share(300, 10000), OnTrack, OnTrack, 190, 0},
		{300, share(900, 10000), OffTrack, OffTrack, 300, 0},
		{365, nil, NoData, OffTrack, 300, 365},
		{366, nil, NoData, NoData, 365, 365}, // behind what pace?
		{367, share(900, 10000), NoData, NoData, 365, 365},
	} {
		s = g.Next(s, baseline(0.05), Reading{At: date(2026, 1, x.day), Evidence: x.e})
		stands, since := s.Standing()
		unjudged := time.Time{}
		if x.unjudgedOn > 0 {
			unjudged = date(2026, 1, x.unjudgedOn)
		}
		if s.Status != x.status || stands != x.stands || !since.Equal(date(2026, 1, x.since)) || !s.Unjudged.Equal(unjudged) {
			t.Errorf("day %d: %s, and %s stands since %s, unjudged since %s, want %+v", x.day, s.Status, stands, since, s.Unjudged, x)
		}
	}
}

// A verdict that was kept by an earlier version stands as its status.
func TestAStateWithoutAVerdictThatStandsHasItsStatus(t *testing.T) {
	t.Parallel()
	g := reduceChurn(t, "30d")
	kept := State{Status: OffTrack, Since: date(2026, 1, 183), At: date(2026, 1, 186)}
	s := g.Next(kept, baseline(0.05), Reading{At: date(2026, 1, 187)})
	if stands, since := s.Standing(); stands != OffTrack || !since.Equal(kept.Since) {
		t.Errorf("%s stands since %s, want off_track since %s", stands, since, kept.Since)
	}
}

// What was decided by a reading keeps the value of that reading.
func TestAVerdictThatIsFinalKeepsItsValue(t *testing.T) {
	t.Parallel()
	g := reduceChurn(t, "30d")
	for name, steps := range map[string][]step{
		"of the deadline":              {{366, share(380, 10000), Met}, {367, share(900, 10000), Met}},
		"of the last word before":      {{360, share(380, 10000), OnTrack}, {366, share(20, 20), Met}, {367, share(900, 10000), Met}},
		"where nobody looked since":    {{360, share(380, 10000), OnTrack}, {369, share(900, 10000), Met}},
		"where the rest could not say": {{360, share(380, 10000), OnTrack}, {362, nil, NoData}, {369, share(900, 10000), Met}},
	} {
		v := Verdict{Baseline: baseline(0.05)}
		for _, x := range steps {
			v = g.Judge(v, Reading{At: date(2026, 1, x.day), Evidence: x.e})
			if v.State.Status != x.want {
				t.Errorf("%s, day %d: %s, want %s", name, x.day, v.State.Status, x.want)
			}
		}
		if v.Measured.Value != 0.038 {
			t.Errorf("%s: %v, want 3.8 %%", name, v.Measured.Value)
		}
	}
}

// Rows of the deadline may come when it has long been asked for: a deadline that
// nobody could judge is judged by them, and no other is.
func TestADeadlineThatNobodyCouldJudgeIsJudgedByRowsThatComeLate(t *testing.T) {
	t.Parallel()
	g := reduceChurn(t, "30d")
	for name, c := range map[string]struct {
		steps []step
		since int     // day
		value float64 // what is shown of it in the end; 0 is nothing
	}{
		"met":                        {[]step{{300, share(600, 10000), OffTrack}, {366, nil, NoData}, {370, share(900, 10000), NoData}, {366, share(380, 10000), Met}, {371, share(900, 10000), Met}}, 366, 0.038},
		"missed":                     {[]step{{300, share(380, 10000), OnTrack}, {366, nil, NoData}, {370, share(300, 10000), NoData}, {366, share(420, 10000), Missed}, {371, share(300, 10000), Missed}}, 366, 0.042},
		"still none":                 {[]step{{366, nil, NoData}, {370, nil, NoData}, {366, nil, NoData}, {371, nil, NoData}}, 366, 0},
		"few, and then enough":       {[]step{{366, nil, NoData}, {370, nil, NoData}, {366, share(5, 20), InsufficientSample}, {371, nil, InsufficientSample}, {366, share(380, 10000), Met}}, 366, 0.038},
		"missed before others came":  {[]step{{366, share(420, 10000), Missed}, {370, nil, Missed}, {366, share(380, 10000), Missed}}, 366, 0.042},
		"decided by one shortly ago": {[]step{{360, share(380, 10000), OnTrack}, {366, nil, Met}, {370, nil, Met}, {366, share(420, 10000), Met}}, 366, 0.038},
	} {
		v := Verdict{Baseline: baseline(0.05)}
		latest := 0
		for _, x := range c.steps {
			v = g.Judge(v, Reading{At: date(2026, 1, x.day), Evidence: x.e})
			latest = max(latest, x.day)
			if v.State.Status != x.want || !v.State.At.Equal(date(2026, 1, latest)) {
				t.Errorf("%s, day %d: %s at %s, want %s", name, x.day, v.State.Status, v.State.At, x.want)
			}
		}
		stands, since := v.State.Standing()
		if stands != v.State.Status || !since.Equal(date(2026, 1, c.since)) || !v.State.Since.Equal(date(2026, 1, c.since)) {
			t.Errorf("%s: %s since %s, and %s stands since %s", name, v.State.Status, v.State.Since, stands, since)
		}
		if v.Measured.Value != c.value {
			t.Errorf("%s: it shows %v, want %v", name, v.Measured.Value, c.value)
		}
	}
}
