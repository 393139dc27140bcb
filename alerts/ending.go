package alerts

import (
	"maps"
	"time"
)

// resolve ends an alert that fires.
func (i *Instance) resolve(now time.Time) {
	i.Phase, i.EndsAt, i.Heard, i.Missing = Resolved, notBefore(i.StartsAt, now), nil, time.Time{}
}

// drop ends one that waits. If the end before it has not been heard yet, it is
// told on.
func (i *Instance) drop() {
	b := i.Before
	if b == nil {
		i.Phase = none
		return
	}
	i.Phase, i.StartsAt, i.EndsAt, i.Annotations, i.Heard, i.Before = Resolved, b.StartsAt, b.EndsAt, b.Annotations, b.Heard, nil
}

// ending is the end of an alert that is resolved.
func (i *Instance) ending() *Ending {
	return &Ending{StartsAt: i.StartsAt, EndsAt: i.EndsAt, Annotations: maps.Clone(i.Annotations), Heard: maps.Clone(i.Heard)}
}

// hear counts the time in which the end of an alert has been taken, by
// Alertmanager.
func (i *Instance) hear(by map[string]bool, passed time.Duration) {
	count := &i.Heard
	switch {
	case i.Before != nil:
		count = &i.Before.Heard
	case i.Phase != Resolved:
		return
	}
	if *count == nil {
		*count = map[string]time.Duration{}
	}
	for name, took := range by {
		if took {
			(*count)[name] += passed
		}
	}
}

// told reports whether an end needs not be told any longer to some Alertmanagers,
// of which one that is away keeps it for as long as it may be back.
func (e *Ending) told(now time.Time, to map[string]bool) bool {
	some, all := false, len(to) > 0
	for name := range to {
		heard := e.Heard[name] > toldFor
		some, all = some || heard, all && heard
	}
	age := now.Sub(e.EndsAt)
	return all || some && age > restAfter || age > forgottenAfter
}
