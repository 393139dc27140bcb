package oracle

import "github.com/cx-exporter/cx-exporter/internal/kpi"

// LatestNPS counts respondents by their latest answer in the window that has a
// score on the scale. Of several at the same instant the better category counts;
// the segment is that of the answer that counts, or the first name where several
// do. Answers of nobody count for nobody.
type LatestNPS struct{ NPS }

// Values implements KPI.
func (k LatestNPS) Values(rows []Row, s kpi.Span, seg Segment) []Value {
	own := map[string][]Row{}
	for _, r := range rows {
		if id, ok := identity(r["respondent_id"]); ok && r.within("responded_at", s.Lo, s.Hi) {
			own[id] = append(own[id], r)
		}
	}
	var scores []float64
	for _, answers := range own {
		score, segment, ok := k.latest(answers, seg)
		if ok && (seg.Total() || seg.holds(segment)) {
			scores = append(scores, score)
		}
	}
	return k.categories(scores)
}

// latest is the score of the latest answer, and its segment.
func (k LatestNPS) latest(answers []Row, seg Segment) (score float64, segment string, ok bool) {
	var last Row
	for _, r := range answers {
		x, reason := scoreOf(r, k.Min, k.Max, nil)
		if reason != "" {
			continue
		}
		name := ""
		if !seg.Total() {
			name = seg.Of(r)
		}
		if ok {
			at, _ := r.instant("responded_at")
			newest, _ := last.instant("responded_at")
			better, worse := k.rank(x) > k.rank(score), k.rank(x) < k.rank(score)
			same := at.Equal(newest)
			if at.Before(newest) || same && worse || same && !better && name >= segment {
				continue
			}
		}
		last, score, segment, ok = r, x, name, true
	}
	return score, segment, ok
}

// rank orders the categories from the worst to the best.
func (k NPS) rank(score float64) int {
	switch {
	case score <= k.DetractorsTo:
		return -1
	case score >= k.PromotersFrom:
		return 1
	}
	return 0
}
