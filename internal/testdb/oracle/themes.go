package oracle

import (
	"sort"
	"strings"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// Themes are the shares of answers, and of detractors, that carry a tag. Answers
// without one are (none); the tags beyond the greatest are other together.
type Themes struct {
	Separator              string
	Most                   int
	Min, Max, DetractorsTo float64
}

// Values implements KPI.
func (k Themes) Values(rows []Row, s kpi.Span, seg Segment) []Value {
	var answers, detractors []map[string]bool
	for _, r := range seg.rows(rows) {
		if !r.within("responded_at", s.Lo, s.Hi) {
			continue
		}
		tags := k.tags(r)
		answers = append(answers, tags)
		if x, reason := scoreOf(r, k.Min, k.Max, nil); reason == "" && x <= k.DetractorsTo {
			detractors = append(detractors, tags)
		}
	}
	keep := k.keep(answers, detractors)
	var values []Value
	for name := range keep {
		in := func(tags map[string]bool) bool {
			switch name {
			case "(none)":
				return len(tags) == 0
			case "other":
				for t := range tags {
					if !keep[t] || t == "other" {
						return true
					}
				}
			}
			return tags[name]
		}
		a, d := carrying(answers, in), carrying(detractors, in)
		if name == "other" && a == 0 {
			continue
		}
		label := "theme=" + name
		ratio, worse := share("ratio", a, float64(len(answers))), share("detractor_ratio", d, float64(len(detractors)))
		ratio.Labels, worse.Labels = label, label
		values = append(values, ratio, worse, count("responses", label, a), count("detractors", label, d))
	}
	return values
}

func carrying(answers []map[string]bool, in func(map[string]bool) bool) (n float64) {
	for _, tags := range answers {
		if in(tags) {
			n++
		}
	}
	return n
}

// tags are those of one answer.
func (k Themes) tags(r Row) map[string]bool {
	text, _ := r["tags"].(string)
	tags := map[string]bool{}
	for _, t := range strings.Split(text, k.Separator) {
		t = strings.TrimFunc(t, func(c rune) bool { return strings.ContainsRune(" \t\r\n[]{}'\"", c) })
		if t != "" && t != "(none)" {
			tags[t] = true
		}
	}
	return tags
}

// keep are the names that themes are shown by.
func (k Themes) keep(answers, detractors []map[string]bool) map[string]bool {
	weight := map[string]float64{}
	for _, group := range [][]map[string]bool{answers, detractors} {
		for _, tags := range group {
			for t := range tags {
				n := carrying(group, func(tags map[string]bool) bool { return tags[t] })
				weight[t] = max(weight[t], n/float64(len(group)))
			}
		}
	}
	delete(weight, "other")
	var names []string
	for t := range weight {
		names = append(names, t)
	}
	sort.Slice(names, func(i, j int) bool {
		if weight[names[i]] != weight[names[j]] {
			return weight[names[i]] > weight[names[j]]
		}
		return names[i] < names[j]
	})
	keep := map[string]bool{"(none)": true, "other": true}
	for _, t := range names[:min(k.Most, len(names))] {
		keep[t] = true
	}
	return keep
}
