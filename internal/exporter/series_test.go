package exporter

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

func TestSeriesThatPrometheusWouldRefuse(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		spoil func(s *Snapshot)
		want  string // in the message; empty where the snapshot is fine
	}{
		"a value alone is fine": {func(*Snapshot) {}, ""},
		"two equal series":      {func(s *Snapshot) { s.Series = append(s.Series, s.Series[0]) }, "two values for the series"},
		"an empty label is no label": {func(s *Snapshot) {
			second := s.Series[0]
			second.Labels = []kpi.Label{{Name: "currency"}}
			s.Series = append(s.Series, second)
		}, "two values for the series"},
		"a bound that meets another value": {func(s *Snapshot) {
			s.Series[0].Bounded = true
			second := s.Series[0]
			second.Metric, second.KPI, second.Bounded = "cx_nps_score_lower", "other", false
			s.Series = append(s.Series, second)
		}, "two values for the series cx_nps_score_lower"},
		"segments that differ only in broken characters": {func(s *Snapshot) {
			first, second := s.Series[0], s.Series[0]
			first.Segment = kpi.Segment{Dimension: "team", Value: "\xfe"}
			second.Segment = kpi.Segment{Dimension: "team", Value: "\xff"}
			s.Series = append(s.Series, first, second)
		}, ""},
		"a metric with a blank":          {func(s *Snapshot) { s.Series[0].Metric = "cx nps" }, `"cx nps"`},
		"a metric of the exporter's own": {func(s *Snapshot) { s.Series[0].Metric = "cx_collector_success" }, `"cx_collector_success"`},
		"a metric of the process":        {func(s *Snapshot) { s.Series[0].Metric = "go_goroutines" }, `"go_goroutines"`},
		"a label with a dash":            {func(s *Snapshot) { s.Series[0].Labels = []kpi.Label{{Name: "a-b", Value: "x"}} }, `"a-b"`},
		"a label that every value has":   {func(s *Snapshot) { s.Series[0].Labels = []kpi.Label{{Name: "window", Value: "x"}} }, `"window"`},
		"a label of Prometheus' own":     {func(s *Snapshot) { s.Series[0].Labels = []kpi.Label{{Name: "__name__", Value: "x"}} }, `"__name__"`},
		"a label that stands twice": {func(s *Snapshot) {
			s.Series[0].Labels = []kpi.Label{{Name: "currency", Value: "EUR"}, {Name: "currency", Value: "USD"}}
		}, `"currency"`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := one(1)
			tt.spoil(s)
			_, err := kpiFamilies(new(probe).collector("a"), s)
			if tt.want == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			var invalid *runError
			if !errors.As(err, &invalid) || invalid.Reason() != ReasonInvalidSeries || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want a message with %s", err, tt.want)
			}
		})
	}
}

func TestWhatIsNotANumberIsAbsent(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(s *Series){
		"undefined":              func(s *Series) { s.Defined = false },
		"not a number":           func(s *Series) { s.Value = math.NaN() },
		"infinite":               func(s *Series) { s.Value = math.Inf(1) },
		"undefined, with bounds": func(s *Series) { s.Defined, s.Bounded = false, true },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := one(1)
			spoil(&s.Series[0])
			f, err := kpiFamilies(new(probe).collector("a"), s)
			if err != nil {
				t.Fatal(err)
			}
			if len(f) != 1 || len(f[samplesMetric].GetMetric()) != 1 {
				t.Errorf("got %v, want the sample size alone", f)
			}
		})
	}
}
