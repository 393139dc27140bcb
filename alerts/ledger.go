package alerts

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// Phase is where an alert is in its life.
type Phase string

// The phases of an alert. One that does not hold is not in the ledger.
const (
	none     Phase = ""
	Pending  Phase = "pending"  // holds, but not yet for as long as it has to
	Firing   Phase = "firing"   // is told
	Resolved Phase = "resolved" // its end is told
)

// Instance is one alert on one thing.
type Instance struct {
	Alert string `json:"alert"`
	// Labels tell it from all others, and are those that the rules give it.
	Labels map[string]string `json:"labels"`
	Phase  Phase             `json:"phase"`
	// Waited is how long it has been seen to hold while it was pending, and how long
	// its end has been told while it could be.
	Waited time.Duration `json:"waited,omitzero"`
	// StartsAt is when it began.
	StartsAt time.Time `json:"starts_at"`
	// EndsAt is when it ended; zero before.
	EndsAt time.Time `json:"ends_at,omitzero"`
	// Annotations are its texts, with the values of the last time that it was
	// judged.
	Annotations map[string]string `json:"annotations,omitempty"`
	// Was is the value when it last held.
	Was string `json:"was,omitempty"`
	// Missing is since when its collector has answered without saying anything of
	// it; zero where it does.
	Missing time.Time `json:"missing,omitzero"`
}

// Ledger are the alerts of the exporter itself, from one look to the next. It
// outlives restarts. The zero Ledger knows of none. It is not safe for
// concurrent use.
type Ledger struct {
	// At is when it was last brought up to date.
	At time.Time `json:"at"`
	// Instances are in no order that means anything.
	Instances []*Instance `json:"instances,omitempty"`
	History   History     `json:"history"`

	table []Alert // read once, with its texts
	texts texts
}

const (
	// unwatched is the time between two looks from which on nothing is known of
	// what was in between. It does not count as waiting.
	unwatched = 2 * time.Minute
	// toldFor is how long the end of an alert is told while somebody hears it, and
	// forgottenAfter when it is given up: an Alertmanager that missed an end would
	// take the next beginning for the same one, and say nothing of it.
	toldFor        = 15 * time.Minute
	forgottenAfter = 7 * day
	// missingFor is how long an alert outlives answers that say nothing of it.
	missingFor = day
)

// Texts of the end of an alert that nothing measures any more.
const (
	goalRemoved   = "goal removed"
	goalChanged   = "goal changed"
	notConfigured = "no longer configured"
	noValue       = "there has been no value for a day"
)

// Look brings the ledger up to an instant. It reports whether an alert begins or
// ends to be told, and whether anything is worth keeping. What the samples say
// nothing of stays as it is: neither a failure nor a restart is the end of an
// alert. heard tells whether the Alertmanagers have taken what was sent to them
// last. Errors are those of texts, and change nothing else.
func (l *Ledger) Look(now time.Time, samples []kpi.Sample, o RuleOptions, heard bool) (moved, fresh bool, err error) {
	v := NewView(now, samples, &l.History)
	fresh = l.History.record(v)
	passed := now.Sub(l.At)
	if passed < 0 || passed > unwatched {
		passed = 0
	}
	l.At = now
	before := make(map[string]Phase, len(l.Instances))
	known := make(map[string]*Instance, len(l.Instances))
	for _, i := range l.Instances {
		known[i.key()], before[i.key()] = i, i.Phase
		if i.Phase == Resolved && heard {
			i.Waited += passed
		}
	}
	judged := map[string]bool{}
	var errs []error
	if l.table == nil {
		l.table, l.texts = Table(), texts{}
	}
	for _, a := range l.table {
		if a.Judge == nil {
			continue
		}
		a.For = o.wait(a.For)
		w := &writer{View: v, alert: a, texts: l.texts, runbooks: o.runbooks()}
		for _, f := range a.Judge(v) {
			labels := a.labels(f.Labels)
			key := keyOf(labels)
			if known[key] == nil && f.Holds {
				known[key] = &Instance{Alert: a.Name, Labels: labels}
			}
			if i := known[key]; i != nil {
				judged[key] = true
				w.judge(i, f, passed)
			}
		}
		for key, i := range known {
			if i.Alert == a.Name && !judged[key] {
				w.miss(i)
			}
		}
		errs = append(errs, w.errs...)
	}
	l.Instances = l.Instances[:0]
	for _, key := range slices.Sorted(maps.Keys(known)) {
		i := known[key]
		if !slices.ContainsFunc(l.table, func(a Alert) bool { return a.Name == i.Alert && a.Judge != nil }) && i.Phase != Resolved {
			i.end(now, notConfigured)
		}
		if i.Phase != before[key] {
			fresh, moved = true, moved || i.Phase == Firing || i.Phase == Resolved
		}
		if i.Phase == none || i.Phase == Resolved && (i.Waited > toldFor || now.Sub(i.EndsAt) > forgottenAfter) {
			fresh = true
			continue
		}
		l.Instances = append(l.Instances, i)
	}
	return moved, fresh, errors.Join(errs...)
}

// Waits reports whether an alert is pending.
func (l *Ledger) Waits() bool {
	return slices.ContainsFunc(l.Instances, func(i *Instance) bool { return i.Phase == Pending })
}

// Told are the alerts that are to be told: those that fire, and those that have
// ended not long ago.
func (l *Ledger) Told() []Instance {
	var out []Instance
	for _, i := range l.Instances {
		if i.Phase != Pending {
			told := *i
			told.Labels, told.Annotations = maps.Clone(i.Labels), maps.Clone(i.Annotations)
			out = append(out, told)
		}
	}
	return out
}

// labels are those of the alert on a finding, as the rules give them.
func (a Alert) labels(of map[string]string) map[string]string {
	labels := maps.Clone(of)
	labels["alertname"] = a.Name
	if a.Severity != "" {
		labels["severity"] = a.Severity
	}
	if a.Kind != "" {
		labels["kind"] = a.Kind
	}
	return labels
}

func (i *Instance) key() string { return keyOf(i.Labels) }

func keyOf(labels map[string]string) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		b.WriteString(name + "\x00" + labels[name] + "\x00")
	}
	return b.String()
}

// end ends an alert that nothing measures any more.
func (i *Instance) end(now time.Time, reason string) {
	i.Phase, i.EndsAt, i.Waited, i.Missing = Resolved, notBefore(i.StartsAt, now), 0, time.Time{}
	if i.Annotations == nil {
		i.Annotations = map[string]string{}
	}
	i.Annotations["description"] = "The alert ends: " + reason + "."
	i.Annotations["summary"] = i.Labels["alertname"] + ": " + reason
	if goal := i.Labels["goal"]; goal != "" {
		i.Annotations["summary"] = goal + ": " + reason
	}
}

// writer moves the instances of one alert.
type writer struct {
	*View
	alert    Alert
	texts    texts
	runbooks string
	errs     []error
}

// judge moves an instance by a finding.
func (w *writer) judge(i *Instance, f Finding, passed time.Duration) {
	i.Missing = time.Time{}
	about := subject{Labels: i.Labels, Value: f.Value, Was: i.Was}
	switch {
	case !f.Holds && i.Phase == Pending:
		i.Phase = none
		return
	case !f.Holds && i.Phase == Firing:
		i.Phase, i.EndsAt, i.Waited = Resolved, notBefore(i.StartsAt, w.Now), 0
		w.annotate(i, w.alert.over(w.runbooks), about)
		return
	case !f.Holds:
		return
	case i.Phase == Pending:
		i.Waited += passed
	case i.Phase != Firing:
		i.Phase, i.Waited, i.StartsAt = Pending, 0, w.Now
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
	if i.Phase == Firing || i.Waited >= w.alert.For {
		i.Phase = Firing
		w.annotate(i, w.alert.annotations(w.runbooks), about)
		if was := w.text(w.alert.Over.Reads, about); was != "" {
			i.Was = was
		}
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
	reason := ""
	answers := func() bool {
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
	case w.Now.Sub(i.Missing) < missingFor:
		return
	default:
		reason = noValue
	}
	if i.Phase == Pending {
		i.Phase = none
		return
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
	filled, err := w.texts.fill(w.View, w.alert.Name, text, about)
	if err != nil {
		w.errs = append(w.errs, err)
	}
	return filled
}
