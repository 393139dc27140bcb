package record

import (
	"maps"

	"github.com/cx-exporter/cx-exporter/internal/exporter"
)

// Collector is a collector or formula and how its runs go.
type Collector struct {
	Collector string   `json:"collector"`
	KPIs      []string `json:"kpis"`
	Windows   []string `json:"windows"`
	Sources   []string `json:"sources"`
	// SourcesDown are those that could not be asked when that was last tried.
	SourcesDown []string `json:"sources_down"`
	Interval    float64  `json:"interval_seconds"`
	MaxAge      float64  `json:"max_age_seconds"`
	// Success is null before the first run has ended.
	Success *bool `json:"success"`
	// Reason is the label of the failure.
	Reason      *string  `json:"reason"`
	Duration    *float64 `json:"duration_seconds"`
	LastSuccess *string  `json:"last_success"`
	// Fresh tells that there are values young enough to be shown. What follows is
	// theirs.
	Fresh        bool               `json:"fresh"`
	Series       int                `json:"series"`
	NewestRecord *string            `json:"newest_record"`
	Rejected     map[string]float64 `json:"rows_rejected"`
	Withheld     map[string]int     `json:"segments_withheld"`
	Findings     []Finding          `json:"findings"`
}

// Finding is what makes the rows of a collector doubtful.
type Finding struct {
	Finding string `json:"finding"`
	Text    string `json:"text"`
}

// NewCollector is a collector as it stands.
func NewCollector(s *exporter.Standing) Collector {
	c := s.Collector
	out := Collector{
		Collector: c.Name, KPIs: []string{}, Windows: listed(c.Windows), Sources: listed(c.Sources), SourcesDown: listed(s.Down),
		Interval: c.Interval.Seconds(), MaxAge: c.MaxAge.Seconds(), LastSuccess: stamp(s.LastSuccess),
		Rejected: map[string]float64{}, Withheld: map[string]int{}, Findings: []Finding{},
	}
	for _, d := range c.Descs {
		out.KPIs = append(out.KPIs, d.Name)
	}
	for _, x := range s.Concerns {
		out.Findings = append(out.Findings, Finding{x.Name, x.Text})
	}
	if s.Attempted {
		good := !s.Failing
		out.Success, out.Duration = &good, when(true, s.Duration.Seconds())
		if s.Failing {
			out.Reason = &s.Reason
		}
	}
	if g := s.Good; g != nil {
		out.Fresh, out.Series, out.NewestRecord = true, len(g.Series), stamp(g.Newest)
		maps.Copy(out.Rejected, g.Rejected)
		maps.Copy(out.Withheld, g.Withheld)
	}
	return out
}

// listed is a list that is an empty array, not null.
func listed(names []string) []string { return append([]string{}, names...) }
