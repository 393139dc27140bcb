package oracle

import (
	"math"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// AtRisk is the active customers who are about to be lost: those all of whose
// contracts end before a while ahead is over or, without contracts, who have not
// ordered for a while.
type AtRisk struct {
	Base
	Within   time.Duration // ahead, or back
	Value    bool          // also what they pay a month, or ordered by the month
	Currency string
}

// Values implements KPI.
func (k AtRisk) Values(rows []Row, s kpi.Span, seg Segment) []Value {
	n, all, reason := 0.0, 0.0, "ending"
	if k.End == "" {
		reason = "silent"
	}
	for _, own := range k.customers(rows) {
		if active := k.active(own, s.Hi, s); len(active) > 0 && (seg.Total() || seg.holds(k.segment(active, seg.Of))) {
			all++
			if k.doubtful(active, s.Hi) {
				n++
			}
		}
	}
	values := []Value{share("ratio", n, all), reasoned(reason, n)}
	if !k.Value {
		return values
	}
	role, months := "mrr", 1.0
	if k.End == "" {
		role, months = "amount", k.Inactive.Hours()/24/(365.25/12)
	}
	for label, rows := range byCurrency(rows, k.Currency) {
		var worths []float64
		for _, own := range k.customers(rows) {
			active := k.active(own, s.Hi, s)
			if len(active) > 0 && k.doubtful(active, s.Hi) && (seg.Total() || seg.holds(k.segment(active, seg.Of))) {
				all := 0.0
				for _, r := range active {
					x, _ := r.number(role)
					all += x
				}
				worths = append(worths, all/months)
			}
		}
		values = append(values, worthAtRisk(label, worths))
	}
	return values
}

// reasoned is the number of customers at risk for a reason.
func reasoned(reason string, n float64) Value {
	return Value{Stat: "customers", Labels: "reason=" + reason, V: n, Defined: true, N: n}
}

func worthAtRisk(label string, worths []float64) Value {
	total, terms := sum(worths)
	return Value{Stat: "value", Labels: label, V: total, Terms: terms, Defined: true, N: float64(len(worths))}
}

// doubtful reports whether nothing keeps a customer with these active rows.
func (k AtRisk) doubtful(active []Row, t time.Time) bool {
	for _, r := range active {
		if k.End == "" {
			if r.within(k.Start, t.Add(-k.Within), t) {
				return false
			}
			continue
		}
		if end, ended := r.instant(k.End); !ended || !end.Before(t.Add(k.Within)) {
			return false
		}
	}
	return true
}

// Grumbling is the customers who are at risk by what they answered or wrote, of
// those who did so within a while. Value is what a customer is worth by the
// greatest amount in their rows.
type Grumbling struct {
	Back            time.Duration
	Value, Currency string // roles; Value empty for none

	// Of answers: who gave one on the scale from Min to Max, and whose last one
	// is at most Low. Of several at once the best counts.
	Min, Max, Low float64

	// Of tickets, where Answers is false: who has so many, who has one whose
	// promise is broken, and who has one that was open for so long.
	Tickets  int
	Promises []Promise
	Open     time.Duration
	Answers  bool
}

// Values implements KPI.
func (k Grumbling) Values(rows []Row, s kpi.Span, seg Segment) []Value {
	n, all := 0.0, 0.0
	by := map[string]float64{}
	for _, own := range k.customers(rows, s) {
		reasons, segment := k.judge(own, s.Hi, seg)
		if !seg.Total() && !seg.holds(segment) {
			continue
		}
		all++
		if len(reasons) > 0 {
			n++
		}
		for _, reason := range reasons {
			by[reason]++
		}
	}
	values := []Value{share("ratio", n, all)}
	for _, reason := range k.reasons() {
		values = append(values, reasoned(reason, by[reason]))
	}
	if k.Value == "" {
		return values
	}
	for label, rows := range byCurrency(rows, k.Currency) {
		var worths []float64
		for _, own := range k.customers(rows, s) {
			reasons, segment := k.judge(own, s.Hi, seg)
			if len(reasons) == 0 || !seg.Total() && !seg.holds(segment) {
				continue
			}
			worths = append(worths, k.worth(own))
		}
		values = append(values, worthAtRisk(label, worths))
	}
	return values
}

// customers are the rows of the while by customer: answers are those with a
// score on the scale.
func (k Grumbling) customers(rows []Row, s kpi.Span) map[string][]Row {
	who, when := "customer_id", "created_at"
	if k.Answers {
		who, when = "respondent_id", "responded_at"
	}
	by := map[string][]Row{}
	for _, r := range rows {
		id, ok := identity(r[who])
		if !ok || !r.within(when, s.Hi.Add(-k.Back), s.Hi) {
			continue
		}
		if k.Answers {
			if _, reason := scoreOf(r, k.Min, k.Max, nil); reason != "" {
				continue
			}
		}
		by[id] = append(by[id], r)
	}
	return by
}

// reasons are those that are looked for.
func (k Grumbling) reasons() (all []string) {
	if k.Answers {
		return []string{"detractor"}
	}
	if k.Tickets > 0 {
		all = append(all, "tickets")
	}
	if len(k.Promises) > 0 {
		all = append(all, "breached")
	}
	if k.Open > 0 {
		all = append(all, "open")
	}
	return all
}

// judge is why a customer is at risk, and where they belong.
func (k Grumbling) judge(own []Row, t time.Time, seg Segment) (reasons []string, segment string) {
	if k.Answers {
		net := LatestNPS{NPS{Min: k.Min, Max: k.Max, DetractorsTo: k.Low, PromotersFrom: math.Inf(1)}}
		score, segment, _ := net.latest(own, seg)
		if score <= k.Low {
			reasons = append(reasons, "detractor")
		}
		return reasons, segment
	}
	for i, r := range own {
		if !seg.Total() && (i == 0 || seg.Of(r) < segment) {
			segment = seg.Of(r)
		}
	}
	has := map[string]bool{"tickets": k.Tickets > 0 && len(own) >= k.Tickets}
	for _, r := range own {
		created, _ := r.instant("created_at")
		for _, p := range k.Promises {
			due, promised := r.instant(p.Due)
			done, did := r.instant(p.Done)
			if promised && due.Before(t) && !(did && done.Before(created)) && !(did && !done.After(due)) {
				has["breached"] = true
			}
		}
		if k.Open > 0 && created.Before(t.Add(-k.Open)) && !r.before("resolved_at", t) {
			has["open"] = true
		}
	}
	for _, reason := range k.reasons() {
		if has[reason] {
			reasons = append(reasons, reason)
		}
	}
	return reasons, segment
}

// worth is the greatest amount in a customer's rows, where one that is not known
// is nothing. Of answers, only those with a score are rows.
func (k Grumbling) worth(own []Row) float64 {
	most := math.Inf(-1)
	for _, r := range own {
		x, _ := r.number(k.Value)
		most = math.Max(most, x)
	}
	return most
}
