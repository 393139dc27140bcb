package oracle

import (
	"time"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// Outcome is the share of rows to which something happened within a maturity:
// invitations that were answered, visits that converted. Rows are placed by
// their own time; those younger than the maturity at s.At are left out. What
// happened at s.At or later is not known yet. A row to which it happened before
// its own time is refused.
type Outcome struct {
	Time string // places the row
	// At is when it happened, or else Flag tells whether it did.
	At, Flag string
	Except   string // flag of rows that do not count; may be empty
	Maturity time.Duration
	// Ratio, All and Hits are the names of the values; Young and YoungHits those
	// of the rows that are not old enough, where they are told.
	Ratio, All, Hits, Young, YoungHits string
}

// Values implements KPI.
func (k Outcome) Values(rows []Row, s kpi.Span, seg Segment) []Value {
	n, hits, _ := k.count(seg.rows(rows), s, false)
	values := []Value{share(k.Ratio, hits, n), count(k.All, "", n), count(k.Hits, "", hits)}
	if k.Young != "" {
		n, hits, _ := k.count(seg.rows(rows), s, true)
		values = append(values, count(k.Young, "", n), count(k.YoungHits, "", hits))
	}
	return values
}

// Refused are the rows with a flag that is neither yes nor no.
func (k Outcome) Refused(rows []Row, s kpi.Span) map[string]float64 {
	_, _, unreadable := k.count(rows, s, false)
	return map[string]float64{"not_a_flag": unreadable}
}

func (k Outcome) count(rows []Row, s kpi.Span, young bool) (n, hits, unreadable float64) {
	for _, r := range rows {
		sent, ok := r.instant(k.Time)
		switch {
		case !ok || !r.within(k.Time, s.Lo, s.Hi):
			continue
		case sent.Add(k.Maturity).Before(s.At) == young: // older than it may still happen, or not
			continue
		case k.At != "" && r.backwards(k.Time, k.At):
			continue
		}
		hit, readable := r.before(k.At, s.At), true
		if at, known := r.instant(k.At); hit && known && k.Maturity > 0 {
			hit = !at.After(sent.Add(k.Maturity))
		}
		if k.At == "" {
			hit, readable = r.flag(k.Flag)
		}
		except := false
		if k.Except != "" && readable {
			except, readable = r.flag(k.Except)
		}
		switch {
		case !readable:
			unreadable++
		case !except:
			n++
			if hit {
				hits++
			}
		}
	}
	return n, hits, unreadable
}
