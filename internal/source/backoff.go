package source

import (
	"context"
	"crypto/sha256"
	"fmt"
	"math"
	"sync"
	"time"
)

const (
	// Attempts to connect after failures are at most firstPause, twice that,
	// and so on up to longestPause apart.
	firstPause   = time.Second
	longestPause = 30 * time.Second
	// After a refused user or password they are much rarer, because many
	// servers lock an account after a few: at least half of firstAuthPause,
	// growing to longestAuthPause.
	firstAuthPause   = time.Minute
	longestAuthPause = 15 * time.Minute
)

// fingerprint tells connection strings and passwords apart without keeping
// them.
type fingerprint [sha256.Size]byte

// gate spaces the attempts to connect to one database, for all its users
// together. After a failure nobody may try until a pause has passed; then one
// caller tries and the others wait for what comes of it.
type gate struct {
	jitter func() float64

	mu       sync.Mutex
	failures int
	kind     Kind
	print    fingerprint
	next     time.Time
	probe    chan struct{} // closed when the attempt under way has ended
}

// attempt is a permission to connect.
type attempt struct {
	failures int // that had happened before
	probe    bool
}

// pausing is the error of a call that came too early.
type pausing struct {
	kind Kind
	wait time.Duration
}

func (p *pausing) Error() string {
	return fmt.Sprintf("the last attempt failed; the next one is in %s", max(p.wait.Round(time.Second), time.Second))
}

// admit permits an attempt, at once or when the one under way has ended. A
// changed connection string or password starts afresh.
func (g *gate) admit(ctx context.Context, print fingerprint) (attempt, error) {
	for {
		g.mu.Lock()
		if g.failures == 0 {
			defer g.mu.Unlock()
			return attempt{}, nil
		}
		if g.probe == nil {
			defer g.mu.Unlock()
			if wait := time.Until(g.next); wait > 0 && print == g.print {
				return attempt{}, &pausing{kind: g.kind, wait: wait}
			}
			g.probe = make(chan struct{})
			return attempt{failures: g.failures, probe: true}, nil
		}
		probe := g.probe
		g.mu.Unlock()
		select {
		case <-probe:
		case <-ctx.Done():
			return attempt{}, ctx.Err()
		}
	}
}

// succeed opens the gate, and reports whether it was closed.
func (g *gate) succeed(a attempt) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.end(a)
	closed := g.failures > 0
	g.failures = 0
	return closed
}

// fail closes the gate for a while, and reports whether it was open.
func (g *gate) fail(a attempt, kind Kind, print fingerprint) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.end(a)
	if g.failures != a.failures {
		return false // attempts made at the same time fail as one
	}
	g.failures++
	g.kind, g.print = kind, print
	g.next = time.Now().Add(pause(kind, g.failures, g.jitter()))
	return g.failures == 1
}

// abandon ends an attempt that says nothing about the server.
func (g *gate) abandon(a attempt) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.end(a)
}

func (g *gate) end(a attempt) {
	if a.probe {
		close(g.probe)
		g.probe = nil
	}
}

// pause is the time to the next attempt after a number of failures: full
// jitter, so that many exporters do not come back together.
func pause(kind Kind, failures int, jitter float64) time.Duration {
	grown := func(first, longest time.Duration) float64 {
		return math.Min(float64(first)*math.Exp2(float64(failures-1)), float64(longest))
	}
	if kind == KindAuth {
		return time.Duration(grown(firstAuthPause, longestAuthPause) * (1 + jitter) / 2)
	}
	return time.Duration(grown(firstPause, longestPause) * jitter)
}
