package app

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/cx-exporter/cx-exporter/alerts/alertmanager"
)

var worlds = flag.Int("worlds", 1, "number of simulated sixty days")

// standIn is an Alertmanager as far as a sender can tell, by its published API
// and its rules for merging: it keeps no alert over a restart, only its log of
// what it has told. Each alert is a group of its own, and what it has told once is
// not repeated.
type standIn struct {
	mu     sync.Mutex
	down   bool // for requests
	gone   bool // for everything
	alerts map[string]alertmanager.Alert
	told   map[string]bool // the log: by fingerprint, whether it was last told as firing
	// notes are all notifications.
	notes []note
	// refused are requests that the API would not take.
	refused []string
}

// note is a notification.
type note struct {
	at     time.Time
	firing bool
	alert  alertmanager.Alert
}

// groupInterval is how often the stand-in looks at what it has been sent.
const groupInterval = 5 * time.Minute

// RoundTrip takes a request in place of a network.
func (l *line) RoundTrip(r *http.Request) (*http.Response, error) {
	select {
	case <-l.cut:
		return nil, errors.New("connection refused")
	default:
	}
	return l.to.take(r)
}

func (s *standIn) take(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.down {
		return nil, errors.New("connection refused")
	}
	var posted []alertmanager.Alert
	if err := json.NewDecoder(r.Body).Decode(&posted); err != nil {
		return nil, err
	}
	status := http.StatusOK
	for _, a := range posted {
		if a.StartsAt.IsZero() || a.EndsAt.IsZero() || a.EndsAt.Before(a.StartsAt) || a.Labels["alertname"] == "" || len(a.Annotations) == 0 {
			s.refused = append(s.refused, fmt.Sprintf("%+v", a))
			status = http.StatusBadRequest
			continue
		}
		s.merge(a)
	}
	return &http.Response{StatusCode: status, Status: http.StatusText(status), Body: io.NopCloser(strings.NewReader(""))}, nil
}

// merge puts an alert beside the one that is there, if their times overlap: the
// earliest start counts, and of ends the newer word, but a shorter end that lies
// ahead does not shorten an alert.
func (s *standIn) merge(a alertmanager.Alert) {
	now := time.Now()
	key := keyOf(a.Labels)
	old, ok := s.alerts[key]
	if ok && (a.EndsAt.After(old.StartsAt) && a.EndsAt.Before(old.EndsAt) || a.StartsAt.After(old.StartsAt) && a.StartsAt.Before(old.EndsAt)) {
		if old.StartsAt.Before(a.StartsAt) {
			a.StartsAt = old.StartsAt
		}
		ended, over := !a.EndsAt.After(now), !old.EndsAt.After(now)
		switch {
		case ended && over && old.EndsAt.After(a.EndsAt), !ended && !over && old.EndsAt.After(a.EndsAt):
			a.EndsAt = old.EndsAt
		}
	}
	s.alerts[key] = a
}

// flush tells what has changed since it was last told.
func (s *standIn) flush() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.gone {
		return
	}
	now := time.Now()
	for _, key := range slices.Sorted(maps.Keys(s.alerts)) {
		a := s.alerts[key]
		firing := a.EndsAt.After(now)
		if firing != s.told[key] {
			s.notes = append(s.notes, note{now, firing, a})
			s.told[key] = firing
		}
		if !firing {
			delete(s.alerts, key)
		}
	}
}

// crash forgets what an Alertmanager forgets.
func (s *standIn) crash() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.down, s.gone, s.alerts = true, true, map[string]alertmanager.Alert{}
}

// hide lets no request through.
func (s *standIn) hide() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.down = true
}

func (s *standIn) start() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.down, s.gone = false, false
}

func keyOf(labels map[string]string) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		b.WriteString(name + "=" + labels[name] + " ")
	}
	return b.String()
}
