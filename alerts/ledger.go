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
	// Waited is how long it has been seen to hold while it was pending.
	Waited time.Duration `json:"waited,omitzero"`
	// Heard is for how long each Alertmanager has taken its end.
	Heard map[string]time.Duration `json:"heard,omitempty"`
	// StartsAt is when it began.
	StartsAt time.Time `json:"starts_at"`
	// EndsAt is when it ended; zero before.
	EndsAt time.Time `json:"ends_at,omitzero"`
	// Annotations are its texts, with the values of the last time that it was
	// judged.
	Annotations map[string]string `json:"annotations,omitempty"`
	// Was is the value when it last held.
	Was string `json:"was,omitempty"`
	// Before is its last end, which is told on while it is pending again.
	Before *Ending `json:"before,omitempty"`
	// Missing is since when its collector has answered without saying anything of
	// it; zero where it does.
	Missing time.Time `json:"missing,omitzero"`

	// origin is what the texts were made of while it fires.
	origin *origin
}

// Ending is the end of an alert, as it is told.
type Ending struct {
	StartsAt    time.Time                `json:"starts_at"`
	EndsAt      time.Time                `json:"ends_at"`
	Annotations map[string]string        `json:"annotations,omitempty"`
	Heard       map[string]time.Duration `json:"heard,omitempty"`
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
	// toldFor is how long the end of an alert is told to an Alertmanager that hears
	// it, restAfter when it is given up if one has heard it and others have not, and
	// forgottenAfter if none has: an Alertmanager that missed an end would take the
	// next beginning for the same one, and say nothing of it.
	toldFor        = 15 * time.Minute
	restAfter      = day
	forgottenAfter = 7 * day
)

// Texts of the end of an alert that nothing measures any more.
const (
	goalRemoved   = "goal removed"
	goalChanged   = "goal changed"
	notConfigured = "no longer configured"
	noValue       = "there has been no value for half an hour"
)

// Look brings the ledger up to an instant. It reports whether an alert begins or
// ends to be told, and whether anything is worth keeping. What the samples say
// nothing of stays as it is: neither a failure nor a restart is the end of an
// alert. heard tells which of the Alertmanagers, all of which it names, have taken
// what was sent to them last. Errors are those of texts, and change nothing else.
func (l *Ledger) Look(now time.Time, samples []kpi.Sample, o RuleOptions, heard map[string]bool) (moved, fresh bool, err error) {
	v := NewView(now, samples, &l.History)
	fresh = l.History.record(v)
	passed := now.Sub(l.At)
	if passed < 0 || passed > unwatched {
		passed = 0
	}
	l.At = now
	before := make(map[string]Phase, len(l.Instances))
	known := make(map[string]*Instance, len(l.Instances))
	some := map[string]bool{} // the alerts of which there are instances
	for _, i := range l.Instances {
		key := i.key()
		known[key], before[key], some[i.Alert] = i, i.Phase, true
		i.hear(heard, passed)
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
		w := &writer{View: v, alert: a, texts: l.texts, runbooks: o.runbooks(), missingFor: o.bridge()}
		for _, f := range a.Judge(v) {
			if !f.Holds && !some[a.Name] { // most of what is found
				continue
			}
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
		if !slices.ContainsFunc(l.table, func(a Alert) bool { return a.Name == i.Alert && a.Judge != nil }) {
			i.end(now, notConfigured)
		}
		if i.Phase != before[key] {
			fresh, moved = true, moved || i.Phase == Firing || i.Phase == Resolved
		}
		if i.Before != nil && i.Before.told(now, heard) {
			i.Before, fresh = nil, true
		}
		if i.Phase == none || i.Phase == Resolved && i.ending().told(now, heard) {
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
		told := Instance{Alert: i.Alert, Labels: maps.Clone(i.Labels), Phase: i.Phase, StartsAt: i.StartsAt, EndsAt: i.EndsAt, Annotations: maps.Clone(i.Annotations)}
		switch {
		case i.Phase == Pending && i.Before == nil:
			continue
		case i.Phase == Pending:
			told.Phase, told.StartsAt, told.EndsAt, told.Annotations = Resolved, i.Before.StartsAt, i.Before.EndsAt, maps.Clone(i.Before.Annotations)
		}
		out = append(out, told)
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
	switch i.Phase {
	case Resolved:
		return
	case Pending:
		i.drop()
		return
	}
	i.resolve(now)
	if i.Annotations == nil {
		i.Annotations = map[string]string{}
	}
	i.Annotations["description"] = "The alert ends: " + reason + "."
	i.Annotations["summary"] = i.Labels["alertname"] + ": " + reason
	if goal := i.Labels["goal"]; goal != "" {
		i.Annotations["summary"] = goal + ": " + reason
	}
}
