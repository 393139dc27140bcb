package exporter

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cx-exporter/cx-exporter/collectors"
	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/stats"
)

// figures is a KPI with a share, a number of its own and a component.
func figures() collectors.Desc {
	return collectors.Desc{Name: "figures", Stats: []collectors.Stat{
		{Name: "ratio", Unit: kpi.Ratio}, {Name: "count", Unit: kpi.Count}, {Name: "hits", Unit: kpi.Count, Component: true},
	}}
}

func figuresOf(n, events float64, labels ...kpi.Label) []collectors.Value {
	return []collectors.Value{
		{Stat: 0, Labels: labels, Evidence: stats.Proportion{Hits: 1, N: n}},
		{Stat: 1, Labels: labels, Evidence: stats.Count{N: events}},
		{Stat: 2, Labels: labels, Evidence: stats.Exact{V: 1, N: 1, Defined: true}},
	}
}

// seen are the stats that are left of each segment: `012` is everything.
func seen(all []computed, before bool) string {
	parts := make([]string, len(all))
	for i, c := range all {
		values := c.now
		if before {
			values = c.before
		}
		for _, v := range values {
			parts[i] += string(rune('0' + v.Stat))
		}
	}
	return strings.Join(parts, " ")
}

// hideBoth removes what must not be shown of both periods, and says of which
// segments that was something now.
func hideBoth(p *privacy, all []computed) []int {
	now, before := make([][]collectors.Value, len(all)), make([][]collectors.Value, len(all))
	for i, c := range all {
		now[i], before[i] = c.now, c.before
	}
	withheld := p.apply(figures(), now)
	p.apply(figures(), before)
	for i := range all {
		all[i] = computed{now[i], before[i]}
	}
	return withheld
}

func segmentsOf(dimension string, values ...string) []kpi.Segment {
	out := make([]kpi.Segment, len(values))
	for i, v := range values {
		out[i] = kpi.Segment{Dimension: dimension, Value: v}
	}
	return out
}

func TestValuesOfFewAreWithheldInEachPeriodByItself(t *testing.T) {
	t.Parallel()
	dims := []facts.Dimension{{Name: "team", Columns: []string{"team"}}}
	segments := append([]kpi.Segment{{}}, segmentsOf("team", "a", "b", "c")...)
	all := []computed{
		{figuresOf(41, 9), figuresOf(40, 9)},
		{figuresOf(2, 9), figuresOf(10, 9)},
		{figuresOf(9, 0), figuresOf(3, 2)},
		{figuresOf(30, 0), figuresOf(27, 7)},
	}
	withheld := hideBoth(newPrivacy(5, dims, segments), all)
	// The share of team a rests on 2, and b would tell it; what is counted is 9,
	// so that it is no small segment.
	if got, want := seen(all, false), "012 12 12 012"; got != want {
		t.Errorf("now %q is shown, want %q", got, want)
	}
	// Before, b had 3, with everything that is counted of it.
	if got, want := seen(all, true), "012   012"; got != want {
		t.Errorf("before %q is compared, want %q", got, want)
	}
	if diff := cmp.Diff([]int{1, 2}, withheld); diff != "" {
		t.Errorf("withheld segments (-want +got):\n%s", diff)
	}
}

func TestNothingIsWithheldWhereNothingIsAskedFor(t *testing.T) {
	t.Parallel()
	segments := append([]kpi.Segment{{}}, segmentsOf("team", "a", "b")...)
	for _, least := range []int{0, 1} {
		all := []computed{{now: figuresOf(3, 1)}, {now: figuresOf(1, 1)}, {now: figuresOf(2, 0)}}
		p := newPrivacy(least, []facts.Dimension{{Name: "team", Columns: []string{"team"}}}, segments)
		hideBoth(p, all)
		if got := seen(all, false); got != "012 012 012" {
			t.Errorf("with %d, %q is shown", least, got)
		}
	}
}

func TestCurrenciesAreLookedAtByThemselves(t *testing.T) {
	t.Parallel()
	euro, pound := kpi.Label{Name: "currency", Value: "EUR"}, kpi.Label{Name: "currency", Value: "GBP"}
	segments := append([]kpi.Segment{{}}, segmentsOf("shop", "a", "b")...)
	both := func(e, p float64) computed {
		return computed{now: append(figuresOf(e, e, euro), figuresOf(p, p, pound)...)}
	}
	all := []computed{both(50, 21), both(30, 1), both(20, 20)}
	hideBoth(newPrivacy(5, []facts.Dimension{{Name: "shop", Columns: []string{"shop"}}}, segments), all)
	if got, want := seen(all, false), "012012 012 012"; got != want {
		t.Errorf("%q is shown, want %q", got, want)
	}
}

func TestACombinationIsNotToldByItsMargins(t *testing.T) {
	t.Parallel()
	dims := []facts.Dimension{
		{Name: "team,channel", Columns: []string{"team", "channel"}},
		{Name: "channel", Columns: []string{"channel"}},
		{Name: "team", Columns: []string{"team"}},
	}
	segments := []kpi.Segment{{}}
	segments = append(segments, segmentsOf("team,channel", "a,mail", "a,phone", "b,mail", "b,phone", "c,mail", "c,phone")...)
	segments = append(segments, segmentsOf("channel", "mail", "phone")...)
	segments = append(segments, segmentsOf("team", "a", "b", "c")...)
	sizes := []float64{100, 2, 18, 10, 20, 25, 25, 37, 63, 20, 30, 50}
	var shown []string
	for i, h := range newPrivacy(5, dims, segments).hide(sizes) {
		if !h {
			shown = append(shown, segments[i].Value)
		}
	}
	// a,mail is told by team a unless a,phone is withheld, and both by their
	// channels unless another team's are.
	if got, want := strings.Join(shown, " "), " c,mail c,phone mail phone a b c"; got != want {
		t.Errorf("%q is shown, want %q", got, want)
	}
}

func TestACombinationOfValuesWithCommasIsWithheldAsAWhole(t *testing.T) {
	t.Parallel()
	dims := []facts.Dimension{{Name: "team", Columns: []string{"team"}}, {Name: "team,channel", Columns: []string{"team", "channel"}}}
	segments := append([]kpi.Segment{{}}, segmentsOf("team", "a", "b,c")...)
	segments = append(segments, segmentsOf("team,channel", "a,mail", "a,phone", "b,c,mail")...)
	hidden := newPrivacy(5, dims, segments).hide([]float64{60, 30, 30, 10, 20, 30})
	for i, h := range hidden {
		if h {
			t.Errorf("%v is withheld, though nothing is small", segments[i])
		}
	}
	hidden = newPrivacy(5, dims, segments).hide([]float64{60, 30, 30, 2, 28, 30})
	for i := range 3 {
		if !hidden[3+i] || hidden[i] {
			t.Errorf("withheld: %v", hidden)
		}
	}
}

func TestThePartThatIsFoldedIntoOtherIsASegmentLikeOthers(t *testing.T) {
	t.Parallel()
	dims := []facts.Dimension{{Name: "team", Columns: []string{"team"}}}
	segments := append([]kpi.Segment{{}}, segmentsOf("team", "a", "b", kpi.OtherSegment)...)
	hidden := newPrivacy(5, dims, segments).hide([]float64{63, 40, 20, 3})
	if hidden[1] || !hidden[2] || !hidden[3] {
		t.Errorf("withheld: %v", hidden)
	}
}
