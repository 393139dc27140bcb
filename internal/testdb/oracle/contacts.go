package oracle

import (
	"strings"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// Queue is what became of the contacts offered in a window: the part that all
// KPIs on contacts have in common.
type Queue struct {
	// Seconds says that the wait is a number instead of the instant of the
	// answer.
	Seconds bool
}

// contact is one contact as it was known at an instant.
type contact struct {
	answered, abandoned bool
	wait                time.Duration // until either
	waited              float64       // seconds until the answer
}

// contacts are those of a window. Those that end before they begin are refused,
// and those whose seconds are below zero or no number: who was not answered has
// no seconds at all.
func (q Queue) contacts(rows []Row, s kpi.Span, ends ...string) (all []contact, refused map[string]float64) {
	refused = map[string]float64{}
	for _, r := range rows {
		if !r.within("offered_at", s.Lo, s.Hi) || r.backwards("offered_at", ends...) {
			continue
		}
		offered, _ := r.instant("offered_at")
		c := contact{abandoned: r.before("abandoned_at", s.At)}
		if at, known := r.instant("abandoned_at"); known {
			c.wait = at.Sub(offered)
		}
		if q.Seconds {
			text, written := r["wait_seconds"].(string)
			c.waited, c.answered = r.number("wait_seconds")
			if c.answered && c.waited < 0 {
				refused["off_scale"]++
				continue
			}
			if !c.answered && written && strings.Trim(text, " ") != "" {
				refused["not_a_number"]++
				continue
			}
		} else if c.answered = r.before("answered_at", s.At); c.answered {
			at, _ := r.instant("answered_at")
			c.waited = seconds(offered, at)
		}
		if c.answered {
			c.abandoned = false
		}
		all = append(all, c)
	}
	return all, refused
}

// Refused are the contacts whose seconds are no wait.
func (k Wait) Refused(rows []Row, s kpi.Span) map[string]float64 {
	_, refused := k.contacts(rows, s, k.ends(false)...)
	return refused
}

// Refused are the contacts whose seconds are no wait.
func (k Abandoned) Refused(rows []Row, s kpi.Span) map[string]float64 {
	_, refused := k.contacts(rows, s, k.ends(true)...)
	return refused
}

// Refused are the contacts whose seconds are no wait.
func (k Served) Refused(rows []Row, s kpi.Span) map[string]float64 {
	_, refused := k.contacts(rows, s, k.ends(k.Formula != "answered")...)
	return refused
}

// ends are the roles that end a contact.
func (q Queue) ends(abandoned bool) (roles []string) {
	if !q.Seconds {
		roles = append(roles, "answered_at")
	}
	if abandoned {
		roles = append(roles, "abandoned_at")
	}
	return roles
}

// Wait is the time to the answer.
type Wait struct{ Queue }

// Values implements KPI.
func (k Wait) Values(rows []Row, s kpi.Span, seg Segment) []Value {
	var xs []float64
	all, _ := k.contacts(seg.rows(rows), s, k.ends(false)...)
	for _, c := range all {
		if c.answered {
			xs = append(xs, c.waited)
		}
	}
	mean := positiveMean("mean", "", xs)
	mean.Terms = max(mean.Terms, clock)
	return []Value{mean, quantileOf("p50", xs, median), quantileOf("p90", xs, ninth)}
}

// Abandoned is the share of contacts that gave up.
type Abandoned struct {
	Queue
	Short time.Duration
}

// Values implements KPI.
func (k Abandoned) Values(rows []Row, s kpi.Span, seg Segment) []Value {
	var offered, answered, abandoned, short float64
	all, _ := k.contacts(seg.rows(rows), s, k.ends(true)...)
	for _, c := range all {
		offered++
		switch {
		case c.answered:
			answered++
		case c.abandoned && k.Short > 0 && c.wait <= k.Short:
			short++
		case c.abandoned:
			abandoned++
		}
	}
	return []Value{
		share("ratio", abandoned, answered+abandoned),
		count("offered", "", offered), count("answered", "", answered), count("abandoned", "", abandoned),
		count("short", "", short), count("waiting", "", offered-answered-abandoned-short),
	}
}

// Served is the service level by one of its five formulas.
type Served struct {
	Queue
	Within, Short time.Duration
	Formula       string
}

// Values implements KPI.
func (k Served) Values(rows []Row, s kpi.Span, seg Segment) []Value {
	var met, n float64
	all, _ := k.contacts(seg.rows(rows), s, k.ends(k.Formula != "answered")...)
	for _, c := range all {
		prompt := c.answered && c.waited <= k.Within.Seconds()
		short := c.abandoned && k.Short > 0 && c.wait <= k.Short
		soon := c.abandoned && c.wait <= k.Within
		if prompt {
			met++
		}
		switch {
		case c.answered:
			n++
		case !c.abandoned || k.Formula == "answered":
		case k.Formula == "short_met":
			n++
			if short {
				met++
			}
		case short:
		case k.Formula == "abandoned_met":
			n++
			if soon {
				met++
			}
		case k.Formula == "abandoned_left" && soon:
		default:
			n++
		}
	}
	return []Value{share("ratio", met, n), count("contacts", "", n), count("met", "", met)}
}
