package alerts

import (
	"slices"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// writer moves the instances of one alert.
type writer struct {
	*View
	alert    Alert
	texts    texts
	runbooks string
	// missingFor is how long an alert outlives answers that say nothing of it: as
	// long as for the rules, or the two would contradict each other.
	missingFor time.Duration
	errs       []error
	// origin is what the texts are made of that are being written.
	origin *origin
}

// judge moves an instance by a finding.
func (w *writer) judge(i *Instance, f Finding, passed time.Duration) {
	i.Missing = time.Time{}
	about := subject{Labels: i.Labels, Value: f.Value, Was: i.Was}
	switch {
	case !f.Holds && i.Phase == Pending:
		i.drop()
		return
	case !f.Holds && i.Phase == Firing:
		i.resolve(w.Now)
		w.annotate(i, w.alert.over(w.runbooks), about)
		return
	case !f.Holds:
		return
	case i.Phase == Pending:
		i.Waited += passed
	case i.Phase != Firing:
		if i.Phase == Resolved {
			i.Before = i.ending()
		}
		i.Phase, i.Waited, i.Heard, i.StartsAt = Pending, 0, nil, w.Now
		if !f.Since.IsZero() {
			i.StartsAt = f.Since
			if i.EndsAt.After(f.Since) { // it has been told that it had ended
				i.StartsAt = i.EndsAt
			}
		}
		i.EndsAt = time.Time{}
	}
	if !f.Since.IsZero() {
		i.Waited = max(i.Waited, w.Now.Sub(i.StartsAt))
	}
	switch {
	case i.Phase == Firing && i.origin.stands(w, about):
	case i.Phase == Firing || i.Waited >= w.alert.For:
		i.Phase, i.Before = Firing, nil
		w.fire(i, about)
	}
}

// fire writes the texts of an instance that fires.
func (w *writer) fire(i *Instance, about subject) {
	wrong := len(w.errs)
	w.annotate(i, w.alert.annotations(w.runbooks), about)
	if was := w.text(w.alert.Over.Reads, about); was != "" {
		i.Was = was
	}
	if i.origin = nil; len(w.errs) == wrong {
		i.origin = w.origin
	}
}

// notBefore is the later of two instants: a clock that was set back must not end an
// alert before it starts, which an Alertmanager refuses.
func notBefore(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

// annotate fills the texts of an instance.
func (w *writer) annotate(i *Instance, templates map[string]string, about subject) {
	i.Annotations = map[string]string{}
	w.origin = &origin{runbooks: w.runbooks, value: about.Value, was: about.Was, answers: map[question][]queried{}}
	for name, text := range templates {
		if filled := w.text(text, about); filled != "" {
			i.Annotations[name] = filled
		}
	}
}

// miss moves an instance that nothing was found out about.
func (w *writer) miss(i *Instance) {
	if i.Phase == Resolved {
		return
	}
	var reason string
	answers := func() bool {
		for _, other := range w.alert.Others {
			if slices.ContainsFunc(w.families[successFamily], func(s kpi.Sample) bool {
				return s.Value != 1 && w.shows(minSamplesFamily, map[string]string{"collector": valueOf(s.Labels, "collector"), "kpi": other})
			}) {
				return false
			}
		}
		success, ok := w.most([]string{"collector"}, is("collector", i.Labels["collector"]), successFamily)[i.Labels["collector"]+"\x00"]
		return ok && success.value == 1
	}
	switch {
	case !w.anchored(i) && i.Labels["goal"] == "":
		reason = notConfigured
	case !w.anchored(i) && w.shows(w.anchor(i), map[string]string{"goal": i.Labels["goal"]}):
		reason = goalChanged
	case !w.anchored(i):
		reason = goalRemoved
	case !answers():
		i.Missing = time.Time{}
		return
	case i.Missing.IsZero():
		i.Missing = w.Now
		return
	case w.Now.Sub(i.Missing) < w.missingFor:
		return
	default:
		reason = noValue
	}
	i.end(w.Now, reason)
}

// anchored reports whether what an instance is about is still configured.
func (w *writer) anchored(i *Instance) bool {
	names, family := []string{"collector"}, w.anchor(i)
	switch family {
	case familyMinSamples:
		names = slices.DeleteFunc(goalNames(), func(n string) bool { return n == "severity" && w.alert.Severity != "" })
	case minSamplesFamily:
		names = slices.DeleteFunc([]string{"kpi", "collector", "stat", "window"}, func(n string) bool { return i.Labels[n] == "" })
	}
	_, ok := w.most(names, nil, family)[joined(i.Labels, names...)]
	return ok
}

// anchor is the family that shows something for as long as an instance's subject is
// configured. An alert may be on a goal or on something else.
func (w *writer) anchor(i *Instance) string {
	if i.Labels["goal"] != "" {
		return familyMinSamples
	}
	return w.alert.Anchor
}

// text fills a text of the alert; empty where it cannot be filled.
func (w *writer) text(text string, about subject) string {
	filled, err := w.texts.fill(w.query, w.alert.Name, text, about)
	if err != nil {
		w.errs = append(w.errs, err)
	}
	return filled
}
