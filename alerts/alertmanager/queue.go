package alertmanager

import (
	"maps"
	"slices"
	"strings"
)

// queue holds alerts in the order in which they came, and each of them once. It
// is not safe for concurrent use.
type queue struct {
	capacity int
	order    []string
	alerts   map[string]Alert
}

// put adds alerts or replaces them, and returns how many of the oldest had to go.
func (q *queue) put(alerts []Alert) (dropped int) {
	if q.alerts == nil {
		q.alerts = map[string]Alert{}
	}
	for _, a := range alerts {
		key := keyOf(a.Labels)
		if _, waits := q.alerts[key]; !waits {
			q.order = append(q.order, key)
		}
		q.alerts[key] = a
	}
	for len(q.order) > q.capacity {
		delete(q.alerts, q.order[0])
		q.order = q.order[1:]
		dropped++
	}
	return dropped
}

// take removes up to n of the oldest alerts.
func (q *queue) take(n int) []Alert {
	n = min(n, len(q.order))
	out := make([]Alert, n)
	for i, key := range q.order[:n] {
		out[i] = q.alerts[key]
		delete(q.alerts, key)
	}
	q.order = q.order[n:]
	return out
}

// keyOf is equal for equal labels.
func keyOf(labels map[string]string) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		b.WriteString(name + "\x00" + labels[name] + "\x00")
	}
	return b.String()
}
