package alertmanager

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// batch is how many alerts one request carries at most.
const batch = 256

// Health is how the sending to one Alertmanager goes.
type Health struct {
	Alertmanager string // its address
	// Sent counts alerts that were taken, Dropped those that a full queue had no
	// room for, Errors requests that failed.
	Sent, Dropped, Errors float64
	// Requests counts all requests, and Took is how long they took together.
	Requests uint64
	Took     time.Duration
	// Queued is the number of alerts that wait, of at most Capacity.
	Queued, Capacity int
	// LastSuccess is when a request last succeeded, or when the sending began.
	LastSuccess time.Time
	// Failing tells whether the last request failed, or there was none yet.
	Failing bool
}

// account is what is known of an Alertmanager, over senders. It is safe for
// concurrent use.
type account struct {
	mu     sync.Mutex
	health Health
	warned bool // of requests that fail
}

// target is one Alertmanager.
type target struct {
	name, url string
	account   *account
	client    *http.Client
	timeout   time.Duration
	agent     string
	now       func() time.Time
	log       *slog.Logger
	wake      chan struct{} // holds a token while there is something to send
	stop      chan struct{} // closed by Stop

	mu    sync.Mutex
	queue queue
	asked bool // to send something, if only nothing
}

func (t *target) put(alerts []Alert) {
	t.mu.Lock()
	dropped := t.queue.put(alerts)
	t.asked = true
	t.mu.Unlock()
	t.account.mu.Lock()
	t.account.health.Dropped += float64(dropped)
	t.account.mu.Unlock()
	select {
	case t.wake <- struct{}{}:
	default:
	}
}

func (t *target) look() Health {
	t.mu.Lock()
	queued, capacity := len(t.queue.order), t.queue.capacity
	t.mu.Unlock()
	t.account.mu.Lock()
	defer t.account.mu.Unlock()
	h := t.account.health
	h.Queued, h.Capacity = queued, capacity
	return h
}

// run sends until stop, and then what is left.
func (t *target) run(ctx context.Context) {
	for {
		select {
		case <-t.wake:
			t.drain(ctx)
		case <-t.stop:
			t.drain(ctx)
			return
		}
	}
}

// drain sends everything that waits, in requests of a batch each.
func (t *target) drain(ctx context.Context) {
	for ctx.Err() == nil {
		t.mu.Lock()
		alerts := t.queue.take(batch)
		nothing := len(alerts) == 0 && !t.asked
		t.asked = false
		t.mu.Unlock()
		if nothing {
			return
		}
		begun := t.now()
		err := t.post(ctx, alerts)
		t.record(len(alerts), begun, err)
	}
}

// record takes the outcome of a request, and logs what has changed by it.
func (t *target) record(alerts int, begun time.Time, err error) {
	now := t.now()
	a := t.account
	a.mu.Lock()
	a.health.Requests++
	a.health.Took += max(0, now.Sub(begun))
	changed := a.warned != (err != nil)
	a.warned, a.health.Failing = err != nil, err != nil
	if err != nil {
		a.health.Errors++
	} else {
		a.health.Sent += float64(alerts)
		a.health.LastSuccess = now
	}
	a.mu.Unlock()
	switch {
	case err != nil && changed:
		t.log.Warn("alerts cannot be sent", "err", err)
	case changed:
		t.log.Info("alerts can be sent again")
	}
}

// longestReason is how much of an answer is told.
const longestReason = 300

// post sends alerts in one request.
func (t *target) post(ctx context.Context, alerts []Alert) error {
	if alerts == nil {
		alerts = []Alert{} // a list, and not null
	}
	body, err := json.Marshal(alerts)
	if err != nil {
		return fmt.Errorf("write the alerts: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, t.timeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, t.url, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("make the request: %w", err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", t.agent)
	res, err := t.client.Do(r)
	if err != nil {
		if e, ok := errors.AsType[*url.Error](err); ok {
			err = e.Err // the address is known
		}
		if errors.Is(err, context.DeadlineExceeded) {
			err = fmt.Errorf("no answer within %s", t.timeout)
		}
		return fmt.Errorf("send to %s: %w", t.name, err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(res.Body, longestReason))
	if res.StatusCode/100 == 2 {
		return nil
	}
	reason := strings.TrimSpace(string(answer))
	if err != nil || reason == "" {
		return fmt.Errorf("send to %s: the answer is %s", t.name, res.Status)
	}
	return fmt.Errorf("send to %s: the answer is %s: %s", t.name, res.Status, reason)
}
