package collectors

import (
	"errors"

	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// ResolutionTime is the time that tickets take to be resolved:
//
//	resolved_at − created_at
//
// in calendar seconds or, with a calendar, in seconds of its business hours,
// over the tickets resolved in the window: the mean, the median, the time that
// nine of ten do not exceed and, with a target, the share resolved within it.
// Clearing old backlog makes it worse, since old tickets end in the window. The
// number of resolved tickets is a value of ticket_volume.
//
// The full resolution ends with the last one, last_resolved_at, and not with the
// first.
//
// With cohort: created it is what to expect of the tickets created in the
// window, many of which are still open: see expectedResolution.
//
// Source: the first and full resolution times of fivetran/dbt_zendesk.
// Intervals: log-delta for the mean, order statistics for the quantiles, Wilson;
// for what is expected, Brookmeyer and Crowley's.
type ResolutionTime struct {
	Target   *Duration `yaml:"target" doc:"what counts as resolved in time, such as 2d; none by default, and then there is no share within the target"`
	Calendar string    `yaml:"calendar" is:"calendar" doc:"business hours in which time counts, by their name under calendars; always by default"`
	Of       string    `yaml:"of" enum:"first,full" doc:"which resolution ends the time: first is resolved_at, full is last_resolved_at; default first"`
	Cohort   string    `yaml:"cohort" enum:"resolved,created" doc:"which tickets the window holds: resolved are those resolved in it; created are those created in it, with the median to be expected of them, open ones included; default resolved"`
}

func newResolutionTime() Parameters {
	return &ResolutionTime{Of: resolutionFirst, Cohort: cohortResolved}
}

// The resolutions of a ticket.
const (
	resolutionFirst = "first"
	resolutionFull  = "full"
)

// The tickets of a window.
const (
	cohortResolved = "resolved"
	cohortCreated  = "created"
)

type resolutionTime struct {
	described
	timing timing
}

// KPI builds the KPI.
func (p *ResolutionTime) KPI(b Binding) (KPI, error) {
	hours, err := b.hours(p.Calendar)
	if err := errors.Join(checkTarget(p.Target), err); err != nil {
		return nil, err
	}
	if p.Cohort == cohortCreated {
		return newExpectedResolution(p, hours)
	}
	t := timing{from: roleCreatedAt, to: roleResolvedAt, target: p.Target, hours: hours}
	family, what, when := "cx_resolution", "the resolution", "resolved"
	fidelity := b.kept(kpi.Terminal)
	if p.Of == resolutionFull {
		t.to, fidelity = roleLastResolvedAt, kpi.Terminal // a later resolution takes its place
		family, what, when = "cx_resolution_full", "the last resolution", "last resolved"
	}
	return &resolutionTime{
		timing: t,
		described: described{Desc{
			Name:         "resolution_time",
			Title:        "Resolution time",
			Variant:      t.variant("creation to " + what[len("the "):] + ", by the time of the resolution"),
			BusinessGoal: goalSupport,
			Fidelity:     fidelity,
			Stats:        t.stats(family, what, when),
		}},
	}, nil
}

// Needs asks for the times of the resolved tickets.
func (k *resolutionTime) Needs(s kpi.Span) []facts.Need { return cubes(k.timing.cube(s)) }

// Compute returns the times.
func (k *resolutionTime) Compute(s kpi.Span, f facts.Facts) []Value { return k.timing.compute(s, f) }

var _ KPI = (*resolutionTime)(nil)
