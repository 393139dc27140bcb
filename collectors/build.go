package collectors

import (
	"fmt"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/stats"
)

// described is the part that all KPIs have in common.
type described struct{ desc Desc }

// Desc describes the KPI.
func (d described) Desc() Desc { return d.desc }

// wrong is a mistake in a parameter.
func wrong(parameter, problem string, args ...any) error {
	return &ParameterError{Parameter: parameter, Problem: fmt.Sprintf(problem, args...)}
}

// matured is the part of a span whose rows are older than a maturity at the
// instant of evaluation. ok is false where there is none yet.
func matured(s kpi.Span, maturity Duration) (lo, hi time.Time, ok bool) {
	hi = s.Hi
	if ripe := s.At.Add(-time.Duration(maturity)); ripe.Before(hi) {
		hi = ripe
	}
	return s.Lo, hi, !s.Bounded() || s.Lo.Before(hi)
}

// rows are the bounds of a cube whose rows are those of the span. A span without
// a beginning goes back to the beginning of time, which the zero time means.
func rows(s kpi.Span) []time.Time { return []time.Time{s.Lo, s.Hi} }

// past are the bounds of a cube of everything before an instant.
func past(t time.Time) []time.Time { return []time.Time{{}, t} }

// exactly is the evidence of a number that is counted and not estimated.
func exactly(n float64) stats.Exact {
	return stats.Exact{V: n, N: n, Defined: true}
}

// happened is the evidence of the number of events in a span.
func happened(s kpi.Span, n float64) stats.Count {
	return stats.Count{N: n, Exposure: s.Length().Seconds()}
}

// epoch is an instant as seconds since 1970, as the sums of instants are.
func epoch(t time.Time) float64 {
	return float64(t.Unix()) + float64(t.Nanosecond())/1e9
}

// cubes and subjects are the needs of one fact each.
func cubes(cs ...*facts.Cube) []facts.Need {
	needs := make([]facts.Need, len(cs))
	for i, c := range cs {
		needs[i].Cube = c
	}
	return needs
}

func subjects(s *facts.Subjects) []facts.Need { return []facts.Need{{Subjects: s}} }
