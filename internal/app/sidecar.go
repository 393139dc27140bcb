package app

import (
	"context"
	"log/slog"
	"maps"
	"net/http"
	"sync"
	"time"

	"github.com/cx-exporter/cx-exporter/alerts"
	"github.com/cx-exporter/cx-exporter/alerts/alertmanager"
	"github.com/cx-exporter/cx-exporter/config"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

const (
	// lookEvery is how often the conditions of alerts are looked at, on even
	// instants of the clock on the wall, so that replicas look at the same ones.
	lookEvery = 15 * time.Second
	// queueCapacity is the number of alerts that may wait for one Alertmanager.
	queueCapacity = 10_000
	// drainTimeout is how long a configuration that is replaced may take to send
	// what it has begun.
	drainTimeout = 5 * time.Second
)

// alertFamilies begin the names of what conditions of alerts look at.
func alertFamilies() []string {
	return []string{"cx_goal_", "cx_kpi_", "cx_collector_", "cx_source_newest_"}
}

// sidecarOptions are what a sidecar is made of.
type sidecarOptions struct {
	// Samples are what the exporter shows.
	Samples func() []kpi.Sample
	Book    *Book
	Now     func() time.Time
	Log     *slog.Logger
	Version string
	// Wait changes how long an alert waits; nil leaves it as the table says.
	Wait func(time.Duration) time.Duration
	// LookEvery is how often conditions are looked at, but never less often than
	// alerts are sent.
	LookEvery time.Duration
	// Transport carries the requests; nil is the network.
	Transport http.RoundTripper
}

// sidecar sends the exporter's own alerts to Alertmanagers, if a configuration
// asks for it. It is safe for concurrent use.
type sidecar struct {
	o sidecarOptions

	mu      sync.Mutex
	present *pusher // nil while there is nowhere to send to
	stopped bool
	ending  sync.WaitGroup
}

// prepare makes a pusher of a configuration, which does nothing yet; nil where
// alerts are not sent.
func (s *sidecar) prepare(a *config.Alerting) (*pusher, error) {
	if a == nil {
		return nil, nil
	}
	s.mu.Lock()
	var before *alertmanager.Sender
	if s.present != nil {
		before = s.present.sender
	}
	s.mu.Unlock()
	sender, err := alertmanager.New(alertmanager.Options{
		Alertmanagers: a.Alertmanagers, Before: before, LastSuccess: s.o.Book.reached(), Capacity: queueCapacity, UserAgent: "cx-exporter/" + s.o.Version,
		Now: s.o.Now, Log: s.o.Log, Transport: s.o.Transport,
	})
	if err != nil {
		return nil, err
	}
	if !s.o.Book.remembers() {
		s.o.Log.Warn("a restart forgets alerts that wait or have ended; name a file by --goals.state-file")
	}
	return &pusher{o: s.o, config: a, rules: alerts.RuleOptions{RunbookURL: a.RunbookURL, Duration: s.o.Wait}, sender: sender, since: s.o.Now(), moved: make(chan struct{}, 1), stop: make(chan struct{}), done: make(chan struct{})}, nil
}

// replace puts a pusher in the place of the present one, which sends what it has
// begun before the new one says anything: else the older word would come last.
// What is known of the alerts outlives both.
func (s *sidecar) replace(p *pusher) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped {
		p.discard()
		return
	}
	old := s.present
	s.present = p
	if old != nil {
		close(old.stop)
	}
	s.ending.Go(func() {
		if old != nil {
			old.end(drainTimeout)
		}
		if p != nil {
			p.run()
		}
	})
}

// stop ends the sending. No alert is ended by it.
func (s *sidecar) stop() {
	s.mu.Lock()
	if p := s.present; p != nil && !s.stopped {
		close(p.stop)
		s.ending.Go(func() { p.end(drainTimeout) })
	}
	s.stopped = true
	s.mu.Unlock()
	s.ending.Wait()
	s.o.Book.save()
}

// health is how the sending goes.
func (s *sidecar) health() []alertmanager.Health {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.present == nil {
		return nil
	}
	return s.present.sender.Health()
}

// pusher does what one configuration asks for.
type pusher struct {
	o      sidecarOptions
	config *config.Alerting
	rules  alerts.RuleOptions
	sender *alertmanager.Sender
	since  time.Time // when it was made
	moved  chan struct{}
	stop   chan struct{} // closed when the configuration is replaced
	done   chan struct{} // closed when nothing is sent any more

	mu   sync.Mutex
	told []alerts.Instance
}

// run looks and sends until the configuration is replaced. Looking, which keeps
// what it finds on disk, is apart from sending, so that a slow disk lets no alert
// run out.
func (p *pusher) run() {
	defer close(p.done)
	p.look()
	var loops sync.WaitGroup
	loops.Go(p.watch)
	loops.Go(p.resend)
	loops.Wait()
}

// end waits until nothing is looked at any more, and sends what waits.
func (p *pusher) end(limit time.Duration) {
	<-p.done
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	if err := p.sender.Stop(ctx); err != nil {
		p.o.Log.Warn("sending of alerts was stopped", "err", err)
	}
}

// discard ends a pusher that was never run.
func (p *pusher) discard() {
	if p != nil {
		close(p.stop)
		close(p.done)
		p.end(drainTimeout)
	}
}

func (p *pusher) watch() {
	every := min(p.o.LookEvery, p.config.ResendInterval)
	for {
		now := p.o.Now()
		t := time.NewTimer(now.Truncate(every).Add(every).Sub(now))
		select {
		case <-t.C:
			p.look()
		case <-p.stop:
			t.Stop()
			return
		}
	}
}

// look brings the alerts up to now.
func (p *pusher) look() {
	told, moved, err := p.o.Book.look(p.o.Now(), p.o.Samples(), p.rules, p.sender.Health())
	if err != nil {
		p.o.Log.Warn("alerts are not what they should be", "err", err)
	}
	p.mu.Lock()
	p.told = told
	p.mu.Unlock()
	if moved {
		select {
		case p.moved <- struct{}{}:
		default:
		}
	}
}

func (p *pusher) resend() {
	tick := time.NewTicker(p.config.ResendInterval)
	defer tick.Stop()
	for {
		p.sender.Send(p.messages(p.o.Now()))
		select {
		case <-tick.C:
		case <-p.moved:
		case <-p.stop:
			return
		}
	}
}

// messages are the alerts as they are sent now.
func (p *pusher) messages(now time.Time) []alertmanager.Alert {
	p.mu.Lock()
	told := p.told
	p.mu.Unlock()
	ends := alertmanager.EndsAt(now, p.config.ResendInterval, p.config.Hold)
	out := make([]alertmanager.Alert, 0, len(told)+1)
	for _, i := range told {
		m := alertmanager.Alert{Labels: p.labels(i.Labels), Annotations: i.Annotations, StartsAt: i.StartsAt, EndsAt: ends}
		if i.Phase == alerts.Resolved {
			m.EndsAt = i.EndsAt
		}
		out = append(out, m)
	}
	if p.config.Watchdog {
		out = append(out, alertmanager.Alert{
			Labels:      p.labels(map[string]string{"alertname": "CXWatchdog", "severity": "none"}),
			Annotations: map[string]string{"summary": "cx-exporter watches its goals", "description": "This alert always fires. When it stops, the exporter or the way to here is broken."},
			StartsAt:    p.since, EndsAt: ends,
		})
	}
	return out
}

// labels adds the external labels where the alert has none of the name.
func (p *pusher) labels(own map[string]string) map[string]string {
	all := maps.Clone(p.config.ExternalLabels)
	if all == nil {
		all = map[string]string{}
	}
	maps.Copy(all, own)
	return all
}

// CheckAlerting asks every Alertmanager of a configuration whether it takes
// alerts, without sending one. The result has an entry for each: nil, or what is
// wrong.
func CheckAlerting(ctx context.Context, a *config.Alerting, now func() time.Time, log *slog.Logger) (map[string]error, error) {
	sender, err := alertmanager.New(alertmanager.Options{Alertmanagers: a.Alertmanagers, UserAgent: "cx-exporter", Now: now, Log: log})
	if err != nil {
		return nil, err
	}
	out := sender.Check(ctx)
	return out, sender.Stop(ctx)
}
