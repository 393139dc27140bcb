package source

import (
	"context"
	"errors"
	"sync"
	"time"
)

const (
	// idleTime is how long an unused connection is kept: long enough for the
	// collectors of one slot to share it, short enough that a database sees
	// nothing of us between two slots.
	idleTime = time.Minute
	// lifeTime ends a connection that is always in use, so that changed
	// addresses and secrets are followed.
	lifeTime = 30 * time.Minute
)

// pool holds the connections that nobody uses.
type pool struct {
	mu     sync.Mutex
	idle   []*session
	closed bool
}

// take returns the connection used last, or nil.
func (p *pool) take() *session {
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(p.idle) > 0 {
		s := p.idle[len(p.idle)-1]
		p.idle = p.idle[:len(p.idle)-1]
		s.expiry.Stop()
		if time.Since(s.opened) < lifeTime {
			return s
		}
		s.close()
	}
	return nil
}

// put keeps a connection for the next caller.
func (p *pool) put(s *session) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		s.close()
		return
	}
	s.expiry = time.AfterFunc(idleTime, func() { p.expire(s) })
	p.idle = append(p.idle, s)
}

// expire closes a connection that nobody has used for long.
func (p *pool) expire(s *session) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, other := range p.idle {
		if other == s {
			p.idle = append(p.idle[:i], p.idle[i+1:]...)
			s.close()
			return
		}
	}
}

// empty closes all connections: when one turns out to be dead, the others are
// most likely dead as well.
func (p *pool) empty() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, s := range p.idle {
		s.close()
	}
	p.idle = nil
}

// drain closes all connections and keeps none from now on.
func (p *pool) drain() {
	p.empty()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
}

// begin returns a connection with a transaction open on it, and a slot taken.
func (d *DB) begin(ctx context.Context) (_ *session, err error) {
	if err := ctx.Err(); err != nil {
		return nil, d.fail(ctx, err) // costs no connection
	}
	select {
	case d.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, d.fail(ctx, errNoSlot)
	}
	defer func() {
		if err != nil {
			<-d.slots
		}
	}()
	if s := d.pool.take(); s != nil {
		err := d.start(ctx, s)
		if err == nil {
			return s, nil
		}
		s.close()
		if f, server := d.engine.classify(err); server && f.kind != KindConnect || ctx.Err() != nil {
			return nil, d.fail(ctx, err)
		}
		// The server was restarted or the network cut while the connection
		// idled. Nothing has been asked of it yet, so a new one may.
		d.pool.empty()
	}
	return d.connect(ctx)
}

// connect makes a new connection and opens a transaction on it, when the
// back-off lets it.
func (d *DB) connect(ctx context.Context) (*session, error) {
	c, err := d.credential()
	if err != nil {
		return nil, d.fail(ctx, err)
	}
	attempt, err := d.gate.admit(ctx, c.print)
	if err != nil {
		return nil, d.fail(ctx, err)
	}
	s, err := d.dial(ctx, c)
	if err == nil {
		if d.gate.succeed(attempt) {
			d.log.Info("the database answers again")
		}
		return s, nil
	}
	failure := d.fail(ctx, connecting{err})
	var e *Error
	if errors.As(failure, &e) {
		if e.Kind == KindCancelled {
			d.gate.abandon(attempt) // says nothing about the server
		} else if d.gate.fail(attempt, e.Kind, c.print) {
			d.log.Warn("the database cannot be used", "err", failure)
		}
	}
	return nil, failure
}

// dial opens a connection and a transaction on it.
func (d *DB) dial(ctx context.Context, c credential) (*session, error) {
	s, err := d.engine.open(ctx, c)
	if err != nil {
		return nil, err
	}
	s.opened = time.Now()
	if err := d.start(ctx, s); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// start opens a transaction. A connection on which even that takes longer than
// making a new one may take is dead.
func (d *DB) start(ctx context.Context, s *session) error {
	s.limited, s.cube = serverLimit(ctx), ""
	ctx, cancel := context.WithTimeout(ctx, d.opts.ConnectTimeout)
	defer cancel()
	return d.engine.begin(ctx, s, s.limited)
}

// finish ends a transaction and gives back its connection and slot. Only a
// connection on which everything ended well is kept.
func (d *DB) finish(ctx context.Context, s *session, clean bool) {
	defer func() { <-d.slots }()
	if clean && ctx.Err() == nil {
		end, cancel := context.WithTimeout(ctx, d.opts.ConnectTimeout)
		defer cancel()
		if d.engine.rollback(end, s) == nil {
			d.pool.put(s)
			return
		}
	}
	s.close()
}

// serverLimit is the time that the server gives a statement: a little less than
// what is left, so that the server ends it rather than we. That keeps the
// connection, and needs no second one.
func serverLimit(ctx context.Context) time.Duration {
	deadline, _ := ctx.Deadline() // all contexts here have one, see enter
	left := time.Until(deadline)
	// Servers keep it in 32 bits of milliseconds.
	return min(max(left-min(left/20, 250*time.Millisecond), time.Millisecond), 24*time.Hour)
}
