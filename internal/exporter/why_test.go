package exporter

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/cx-exporter/cx-exporter/collectors"
	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/stats"
)

func shares(parts ...stats.Proportion) []collectors.Value {
	out := make([]collectors.Value, 0, len(parts))
	for _, p := range parts {
		out = append(out, collectors.Value{Evidence: p})
	}
	return out
}

func TestAChangeIsDividedByEachDimension(t *testing.T) {
	t.Parallel()
	segments := append([]kpi.Segment{{}}, segmentsOf("plan", "free", "pro")...)
	segments = append(segments, segmentsOf("region", "north")...)
	// 120 of 200 became 140 of 200, since 50 went from the worse plan to the
	// better one; all of it within the only region.
	all := []computed{
		{shares(stats.Proportion{Hits: 140, N: 200}), shares(stats.Proportion{Hits: 120, N: 200})},
		{shares(stats.Proportion{Hits: 20, N: 50}), shares(stats.Proportion{Hits: 40, N: 100})},
		{shares(stats.Proportion{Hits: 120, N: 150}), shares(stats.Proportion{Hits: 80, N: 100})},
		{shares(stats.Proportion{Hits: 140, N: 200}), shares(stats.Proportion{Hits: 120, N: 200})},
	}
	got := why(figures(), segments, all)[0]
	if len(got) != 2 || got[0].Dimension != "plan" || got[1].Dimension != "region" {
		t.Fatalf("got %+v", got)
	}
	if math.Abs(got[0].Mix-0.1) > 1e-12 || math.Abs(got[0].Rate) > 1e-12 || math.Abs(got[1].Mix) > 1e-12 || math.Abs(got[1].Rate-0.1) > 1e-12 {
		t.Errorf("got %+v", got)
	}
}

func TestWhatIsNotShownIsOnePart(t *testing.T) {
	t.Parallel()
	dims := []facts.Dimension{{Name: "plan", Columns: []string{"plan"}}}
	for seed := range uint64(500) {
		r := rand.New(rand.NewPCG(seed, 4))
		segments := append([]kpi.Segment{{}}, segmentsOf("plan", "a", "b", "c", "d", "e")...)
		all := make([]computed, len(segments))
		var now, before stats.Proportion
		for i := 1; i < len(segments); i++ {
			a, b := stats.Proportion{N: float64(r.IntN(20))}, stats.Proportion{N: float64(r.IntN(20))}
			a.Hits, b.Hits = math.Floor(a.N*r.Float64()), math.Floor(b.N*r.Float64())
			all[i] = computed{shares(a), shares(b)}
			now.N, now.Hits = now.N+a.N, now.Hits+a.Hits
			before.N, before.Hits = before.N+b.N, before.Hits+b.Hits
		}
		all[0] = computed{shares(now), shares(before)}
		hideBoth(newPrivacy(5, dims, segments), all)
		// With only what is shown, and the total.
		shown := 0
		for _, c := range all[1:] {
			if len(c.now) > 0 && len(c.before) > 0 {
				shown++
			}
		}
		got := why(figures(), segments, all)[0]
		v, ok1 := now.Value()
		w, ok2 := before.Value()
		switch {
		case shown == 0 || !ok1 || !ok2:
			if len(got) > 0 {
				t.Errorf("seed %d: %+v of nothing", seed, got)
			}
		case len(got) == 1 && math.Abs(got[0].Mix+got[0].Rate-(v-w)) > 1e-9:
			t.Errorf("seed %d: %+v, but %v became %v", seed, got, w, v)
		}
	}
}

func TestSegmentsThatOverlapDivideNothing(t *testing.T) {
	t.Parallel()
	segments := append([]kpi.Segment{{}}, segmentsOf("plan", "a", "b")...)
	p := shares(stats.Proportion{Hits: 5, N: 10})
	all := []computed{{p, p}, {p, p}, {p, p}}
	if got := why(figures(), segments, all)[0]; len(got) > 0 {
		t.Errorf("got %+v", got)
	}
	// Nor is there anything to divide without a comparison, or of a quantile.
	if got := why(figures(), segments, []computed{{now: p}, {now: p}, {now: p}})[0]; len(got) > 0 {
		t.Errorf("got %+v", got)
	}
	q := []collectors.Value{{Evidence: stats.Quantile{P: 0.5}}}
	if got := why(figures(), segments, []computed{{q, q}, {q, q}, {q, q}})[0]; len(got) > 0 {
		t.Errorf("got %+v", got)
	}
}
