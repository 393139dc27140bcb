package alerts

import (
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strings"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// queried is a sample that a template asked for.
type queried struct {
	labels map[string]string
	value  float64
}

// question is a query of a template: the samples of a family with one label, or
// the greatest of their values.
type question struct {
	family, label, value string
	greatest             bool
}

// asked is the form of the queries in our texts.
var asked = regexp.MustCompile(`^(max(?: by \(\w+\) )?\()?(\w+)\{(\w+)='([^']*)'\}\)?$`)

// read reads a query. ok is false for one of the past, which a view does not know:
// the texts of an alert whose goal is not shown stay as they were.
func read(query string) (q question, ok bool, err error) {
	if strings.HasPrefix(query, "last_over_time(") {
		return q, false, nil
	}
	m := asked.FindStringSubmatch(query)
	if m == nil {
		return q, false, fmt.Errorf("the query %q is not of the form that is known", query)
	}
	return question{family: m[2], label: m[3], value: m[4], greatest: m[1] == "max("}, true, nil
}

// answer answers a question.
func (v *View) answer(q question) []queried {
	var out []queried
	for _, s := range v.with(q.label, q.family)[q.value] {
		switch {
		case !q.greatest:
			labels := make(map[string]string, len(s.Labels))
			for _, l := range s.Labels {
				labels[l.Name] = l.Value
			}
			out = append(out, queried{labels, s.Value})
		case len(out) == 0:
			out = append(out, queried{value: s.Value})
		default:
			out[0].value = math.Max(out[0].value, s.Value)
		}
	}
	return out
}

// with are the samples of a family by the value of a label.
func (v *View) with(label, family string) map[string][]kpi.Sample {
	key := [2]string{label, family}
	found, ok := v.byLabel[key]
	if !ok {
		found = map[string][]kpi.Sample{}
		for _, s := range v.families[family] {
			value := valueOf(s.Labels, label)
			found[value] = append(found[value], s)
		}
		v.byLabel[key] = found
	}
	return found
}

// origin is all that the texts of an alert that fires were made of. While that is
// the same, so are they.
type origin struct {
	runbooks string
	value    float64
	was      string
	answers  map[question][]queried
}

// stands reports whether texts that are written now would be those of the origin.
func (o *origin) stands(w *writer, about subject) bool {
	if o == nil || o.runbooks != w.runbooks || o.value != about.Value || o.was != about.Was {
		return false
	}
	for q, before := range o.answers {
		if !slices.EqualFunc(before, w.answer(q), func(a, b queried) bool { return a.value == b.value && maps.Equal(a.labels, b.labels) }) {
			return false
		}
	}
	return true
}

// query answers a query of a template, and remembers what it was made of.
func (w *writer) query(query string) ([]queried, error) {
	q, ok, err := read(query)
	if !ok {
		return nil, err
	}
	answer, ok := w.origin.answers[q]
	if !ok {
		answer = w.answer(q)
		w.origin.answers[q] = answer
	}
	return answer, nil
}
