// Package alertmanager sends alerts to Alertmanagers by version 2 of their API.
// It knows nothing of what the alerts are about, and keeps nothing: whoever
// gives it alerts gives them again and again for as long as they matter. So a
// request that fails is not repeated; the next one carries what it would have
// said. internal/app decides what is sent and when.
package alertmanager

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/cx-exporter/cx-exporter/config"
)

// Alert is an alert as an Alertmanager takes it. One whose EndsAt has passed has
// ended.
type Alert struct {
	Labels      map[string]string `json:"labels"`
	Annotations map[string]string `json:"annotations,omitempty"`
	// StartsAt is always sent: an Alertmanager that is not told it takes EndsAt,
	// which lies ahead.
	StartsAt time.Time `json:"startsAt"`
	EndsAt   time.Time `json:"endsAt"`
}

// EndsAt is the end of an alert that goes on, as it is told: long enough after
// now for several sendings to fail, and for the exporter to be restarted, before
// an Alertmanager takes silence for the end.
func EndsAt(now time.Time, resend, hold time.Duration) time.Time {
	return now.Add(max(4*resend, hold))
}

// Options are what a Sender is made of.
type Options struct {
	Alertmanagers []config.Alertmanager
	// Capacity is the number of alerts that may wait for one Alertmanager.
	Capacity  int
	UserAgent string
	Now       func() time.Time
	Log       *slog.Logger
	// Before is the sender that this one is to replace; nil is none. What is known of
	// an Alertmanager that both send to stays known: counters never fall, and one that
	// fails goes on failing.
	Before *Sender
	// LastSuccess are when requests to Alertmanagers, by address, last succeeded as
	// far as a process before knew.
	LastSuccess map[string]time.Time
	// Transport carries the requests in place of what the configuration says; nil
	// does not. Tests set it.
	Transport http.RoundTripper
}

// Sender sends alerts to every one of its Alertmanagers at once. It is safe for
// concurrent use.
type Sender struct {
	targets []*target
	clients []*http.Client
	cancel  context.CancelFunc
	running sync.WaitGroup
}

// New makes a sender. It has a goroutine for each Alertmanager until Stop.
func New(o Options) (*Sender, error) {
	s := &Sender{}
	for _, m := range o.Alertmanagers {
		client, err := newClient(m.HTTP, o)
		if err != nil {
			return nil, fmt.Errorf("alertmanagers %s: %w", strings.Join(m.Targets, ", "), err)
		}
		s.clients = append(s.clients, client)
		for _, host := range m.Targets {
			name := m.Scheme + "://" + host + strings.TrimRight(m.PathPrefix, "/")
			s.targets = append(s.targets, &target{
				name: name, url: name + "/api/v2/alerts", account: o.account(name), client: client, timeout: m.Timeout, agent: o.UserAgent,
				now: o.Now, log: o.Log.With("alertmanager", name),
				queue: queue{capacity: o.Capacity}, wake: make(chan struct{}, 1), stop: make(chan struct{}),
			})
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	s.cancel = cancel
	for _, t := range s.targets {
		s.running.Go(func() { t.run(ctx) })
	}
	return s, nil
}

// account is what is known of an Alertmanager.
func (o Options) account(name string) *account {
	if o.Before != nil {
		for _, t := range o.Before.targets {
			if t.name == name {
				return t.account
			}
		}
	}
	since := o.Now()
	if last, ok := o.LastSuccess[name]; ok && last.Before(since) {
		since = last
	}
	return &account{health: Health{Alertmanager: name, LastSuccess: since, Failing: true}}
}

// Send puts alerts into the queue of every Alertmanager and returns at once. An
// alert that still waits is replaced by what is newly said of it. No alerts at all
// are sent too, so that it shows whether an Alertmanager can be reached.
func (s *Sender) Send(alerts []Alert) {
	for _, t := range s.targets {
		t.put(alerts)
	}
}

// Health is how the sending goes, for each Alertmanager.
func (s *Sender) Health() []Health {
	all := make([]Health, len(s.targets))
	for i, t := range s.targets {
		all[i] = t.look()
	}
	return all
}

// Stop sends what waits in the queues, but takes no longer than ctx lasts. It
// ends no alert.
func (s *Sender) Stop(ctx context.Context) error {
	for _, t := range s.targets {
		close(t.stop)
	}
	ended := make(chan struct{})
	go func() {
		s.running.Wait()
		close(ended)
	}()
	var err error
	select {
	case <-ended:
	case <-ctx.Done():
		err = errors.New("alerts still wait to be sent")
	}
	s.cancel()
	<-ended
	for _, c := range s.clients {
		c.CloseIdleConnections()
	}
	return err
}

// Check asks every Alertmanager whether it takes alerts, by sending it none. The
// result has an entry for each: nil, or what is wrong.
func (s *Sender) Check(ctx context.Context) map[string]error {
	out := make(map[string]error, len(s.targets))
	for _, t := range s.targets {
		out[t.name] = t.post(ctx, nil)
	}
	return out
}
