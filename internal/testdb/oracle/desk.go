package oracle

import (
	"time"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// Settled is how resolved tickets are judged: whether they came back, and
// whether one contact was enough. A ticket that was resolved before it was
// created is no resolved one.
type Settled struct {
	Within time.Duration
	// Touch asks for just one public reply. Stamp and Count say by which column
	// a reopening is told, if it is asked for; Repeat asks for no other ticket.
	Touch, Stamp, Count, Repeat bool
	// Of is `resolved`, `created` or `answered`. Reopened turns the question
	// round: it counts the tickets that came back.
	Of       string
	Reopened bool
	// Mean tells the mean number of reopenings too.
	Mean bool
}

// Values implements KPI.
func (k Settled) Values(rows []Row, s kpi.Span, seg Segment) []Value {
	role := map[string]string{"resolved": "resolved_at", "created": "created_at", "answered": "first_response_at"}[k.Of]
	maturity := k.Within
	if k.Of != "resolved" {
		maturity *= 2
	}
	var n, hits float64
	var counts []float64
	for _, r := range seg.rows(rows) {
		placed, _ := r.instant(role)
		if !r.within(role, s.Lo, s.Hi) || !placed.Add(maturity).Before(s.At) {
			continue
		}
		created, known := r.instant("created_at")
		if !known || placed.Before(created) || r.backwards("created_at", "resolved_at") {
			continue
		}
		if x, ok := r.number("reopen_count"); ok {
			counts = append(counts, x)
		}
		n++
		if k.hit(r, placed) {
			hits++
		}
	}
	if !k.Reopened {
		return []Value{share("ratio", hits, n), count("tickets", "", n), count("settled", "", hits)}
	}
	values := []Value{share("ratio", hits, n), count("resolved", "", n), count("reopened", "", hits)}
	if k.Mean {
		values = append(values, positiveMean("mean", "", counts))
	}
	return values
}

func (k Settled) hit(r Row, placed time.Time) bool {
	resolved, known := r.instant("resolved_at")
	if !known {
		return false
	}
	if wait := resolved.Sub(placed); wait < 0 || k.Of != "resolved" && wait > k.Within {
		return false
	}
	back := false
	if k.Stamp {
		at, known := r.instant("reopened_at")
		back = known && !at.Before(resolved) && !at.After(resolved.Add(k.Within))
	}
	if k.Count {
		times, known := r.number("reopen_count")
		back = known && times >= 1
	}
	if k.Reopened {
		return back
	}
	if next, known := r.instant("next_contact_at"); k.Repeat && known && !next.After(resolved.Add(k.Within)) {
		return false
	}
	replies, known := r.number("agent_replies")
	return !back && (!k.Touch || known && replies == 1)
}

// Promises is the share of targets that were met, by the day that they are due.
type Promises struct {
	Targets []Promise
	Soon    time.Duration
}

// Promise is a target: when it is due, and when it was done.
type Promise struct{ Name, Due, Done string }

// Values implements KPI.
func (k Promises) Values(rows []Row, s kpi.Span, seg Segment) []Value {
	var values []Value
	for _, t := range k.Targets {
		var due, met, soon float64
		for _, r := range seg.rows(rows) {
			at, ok := r.instant(t.Due)
			if !ok || r.backwards("created_at", t.Done) {
				continue
			}
			if r.within(t.Due, s.Lo, s.Hi) {
				due++
				if done, known := r.instant(t.Done); known && !done.After(at) {
					met++
				}
			}
			if !at.Before(s.Hi) && at.Before(s.Hi.Add(k.Soon)) && r.before("created_at", s.Hi) && !r.before(t.Done, s.Hi) {
				soon++
			}
		}
		labels := "target=" + t.Name
		ratio, left := share("met", met, due), stock("due_soon", soon)
		ratio.Labels, left.Labels = labels, labels
		values = append(values, ratio, left, count("due", labels, due), count("breached", labels, due-met))
	}
	return values
}

// Replies is the mean number of public replies of resolved tickets.
type Replies struct{}

// Values implements KPI.
func (Replies) Values(rows []Row, s kpi.Span, seg Segment) []Value {
	var xs []float64
	for _, r := range seg.rows(rows) {
		if x, ok := r.number("agent_replies"); ok && r.within("resolved_at", s.Lo, s.Hi) {
			xs = append(xs, x)
		}
	}
	total, _ := sum(xs)
	return []Value{positiveMean("mean", "", xs), count("replies", "", total)}
}
