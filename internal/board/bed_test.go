package board

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/collectors"
	"github.com/cx-exporter/cx-exporter/internal/exporter"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// noon is the instant of all snapshots.
var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// satisfaction describes a KPI with a share, a mean and a count.
func satisfaction() collectors.Desc {
	return collectors.Desc{
		Name: "csat", Title: "Customer satisfaction", Variant: "from 4 of 5", BusinessGoal: "loyalty", Fidelity: kpi.Exact,
		Stats: []collectors.Stat{
			{Name: "ratio", Metric: "cx_csat_ratio", Help: "Satisfied answers by all answers.", Unit: kpi.Ratio, Direction: kpi.HigherIsBetter},
			{Name: "mean", Metric: "cx_csat_mean_score", Help: "Mean of the scores.", Unit: kpi.Score, Direction: kpi.HigherIsBetter},
			{Name: "responses", Metric: "cx_csat_responses", Help: "Answers.", Unit: kpi.Count, Component: true},
		},
	}
}

// value is a satisfaction of 84 % of 200 answers, in 30 days.
func value() exporter.Series {
	return exporter.Series{
		Metric: "cx_csat_ratio", KPI: "csat", Stat: "ratio", Window: "30d", Unit: kpi.Ratio, Value: 0.84, Defined: true, Samples: 200,
		Lower: 0.783, Upper: 0.885, Bounded: true,
	}
}

// answers is a collector of satisfaction with some values.
func answers(series ...exporter.Series) exporter.Standing {
	return exporter.Standing{
		Collector: exporter.Collector{Name: "answers", Descs: []collectors.Desc{satisfaction()}, Windows: []string{"7d", "30d"}, MinSamples: 30},
		Attempted: true, LastSuccess: noon,
		Good: &exporter.Snapshot{Collector: "answers", At: noon, Series: series, Newest: noon.Add(-time.Hour)},
	}
}

// story is a story with nothing in it.
func story() *Story { return &Story{Confidence: 0.95} }

// handler shows collectors and a story.
func handler(t testing.TB, s *Story, standings ...exporter.Standing) http.Handler {
	t.Helper()
	now := &exporter.Board{At: noon, Standings: standings}
	h, err := New(Options{
		Now: func() *exporter.Board { return now }, Story: func() *Story { return s }, Version: "1.2.3", Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// get asks for a page.
func get(t testing.TB, h http.Handler, path string) (int, string) {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, http.NoBody))
	return w.Code, w.Body.String()
}

// crowd are a number of values, a segment each, beside the total.
func crowd(n int) []exporter.Series {
	out := []exporter.Series{value()}
	for i := range n {
		x := value()
		x.Segment = kpi.Segment{Dimension: "team", Value: fmt.Sprintf("team %d", i)}
		x.Value = float64(i) / float64(n)
		out = append(out, x)
	}
	return out
}
