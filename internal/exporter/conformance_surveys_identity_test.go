package exporter_test

import "strings"

// netScores checks that promoters, passives and detractors are all who answered,
// in every window and segment, by what the exporter says alone.
func (j *judgement) netScores() {
	answers, parts := map[string]float64{}, map[string]float64{}
	for _, s := range j.series {
		if s.KPI != "nps" && s.KPI != "enps" {
			continue
		}
		id := seriesID(s.KPI, s.Window, s.Segment, "", "")
		switch {
		case s.Stat == "score":
			answers[id] = s.Samples
		case s.Stat == "responses" && strings.HasPrefix(labelText(s.Labels), "category="):
			parts[id] += s.Value
		}
	}
	for id, n := range answers {
		j.holds("answers", parts[id] == n, "%s: promoters, passives and detractors are %v, and answers %v", id, parts[id], n)
	}
}
