package testdb

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"
)

// Notification is what Alertmanager tells a webhook.
type Notification struct {
	// Receiver is the receiver of the Alertmanager's configuration.
	Receiver string `json:"receiver"`
	// Status is firing while any of the alerts fires, or else resolved.
	Status      string            `json:"status"`
	GroupLabels map[string]string `json:"groupLabels"`
	Alerts      []NotifiedAlert   `json:"alerts"`
	// At is when it arrived, and Path where, below the webhook's address.
	At   time.Time `json:"-"`
	Path string    `json:"-"`
}

// NotifiedAlert is one alert of a notification.
type NotifiedAlert struct {
	// Status is firing or resolved.
	Status      string            `json:"status"`
	Labels      map[string]string `json:"labels"`
	Annotations map[string]string `json:"annotations"`
	StartsAt    time.Time         `json:"startsAt"`
	EndsAt      time.Time         `json:"endsAt"`
	Fingerprint string            `json:"fingerprint"`
}

// Webhook receives notifications of an Alertmanager, under every path.
type Webhook struct {
	// URL is its address.
	URL string

	mu       sync.Mutex
	received []Notification
}

// StartWebhook starts a webhook that listens until the test ends.
func StartWebhook(tb testing.TB) *Webhook {
	tb.Helper()
	w := &Webhook{}
	server := httptest.NewServer(http.HandlerFunc(func(res http.ResponseWriter, r *http.Request) {
		n := Notification{At: time.Now(), Path: r.URL.Path}
		if err := json.NewDecoder(r.Body).Decode(&n); err != nil {
			tb.Errorf("a notification cannot be read: %v", err)
			http.Error(res, err.Error(), http.StatusBadRequest)
			return
		}
		w.mu.Lock()
		defer w.mu.Unlock()
		w.received = append(w.received, n)
	}))
	tb.Cleanup(server.Close)
	w.URL = server.URL
	return w
}

// Received are the notifications so far, in the order of their arrival.
func (w *Webhook) Received() []Notification {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.received)
}

// Told are the alerts of a name and status in all notifications so far. One that
// was told twice is there twice.
func (w *Webhook) Told(alertname, status string) []NotifiedAlert {
	var out []NotifiedAlert
	for _, n := range w.Received() {
		for _, a := range n.Alerts {
			if a.Labels["alertname"] == alertname && a.Status == status {
				out = append(out, a)
			}
		}
	}
	return out
}
