package collectors

import (
	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// ResolutionTime is the time that tickets take to be resolved:
//
//	resolved_at − created_at
//
// in calendar seconds, over the tickets resolved in the window: the mean, the
// median, the time that nine of ten do not exceed and, with a target, the share
// resolved within it. Clearing old backlog makes it worse, since old tickets end
// in the window. The number of resolved tickets is a value of ticket_volume.
//
// Source: the first resolution time of fivetran/dbt_zendesk. Intervals:
// log-delta for the mean, order statistics for the quantiles, Wilson.
type ResolutionTime struct {
	Target *Duration `yaml:"target" doc:"what counts as resolved in time, such as 2d; none by default, and then there is no share within the target"`
}

func newResolutionTime() Parameters { return &ResolutionTime{} }

type resolutionTime struct {
	described
	timing timing
}

// KPI builds the KPI.
func (p *ResolutionTime) KPI(Binding) (KPI, error) {
	if err := checkTarget(p.Target); err != nil {
		return nil, err
	}
	t := timing{from: roleCreatedAt, to: roleResolvedAt, target: p.Target}
	return &resolutionTime{
		timing: t,
		described: described{Desc{
			Name:         "resolution_time",
			Title:        "Resolution time",
			Variant:      t.variant("creation to resolution, by the time of the resolution"),
			BusinessGoal: goalSupport,
			Fidelity:     kpi.Terminal,
			Stats:        t.stats("cx_resolution", "the resolution", "resolved"),
		}},
	}, nil
}

// Needs asks for the times of the resolved tickets.
func (k *resolutionTime) Needs(s kpi.Span) []facts.Need { return cubes(k.timing.cube(s)) }

// Compute returns the times.
func (k *resolutionTime) Compute(s kpi.Span, f facts.Facts) []Value { return k.timing.compute(s, f) }

var _ KPI = (*resolutionTime)(nil)
