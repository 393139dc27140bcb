package source

import (
	"context"
	"net"
	"sync"
	"time"
)

// dialer makes the network connection of one session, and those that a driver
// opens later to ask the server to stop a statement. Every connection has a
// deadline at all times while somebody waits for it, because lib/pq has none
// of its own and would wait for a silent server for ever.
type dialer struct {
	timeout time.Duration // for dialling and handshake together
	address string        // if set, dialled in place of what is asked for
	// greets, if set, looks at the first that a server sends: drivers believe
	// in the lengths that they read, and would make room for gigabytes.
	greets func(first []byte) bool

	mu      sync.Mutex
	main    *wire
	settled bool
	stopped chan struct{} // closed when a request to stop has been delivered
}

// wire is a network connection under a dialer's care.
type wire struct {
	net.Conn
	release func() bool // detaches the context of the dialling
	greets  func(first []byte) bool
	once    sync.Once
	onClose func()
}

func newDialer(timeout time.Duration) *dialer {
	return &dialer{timeout: timeout, stopped: make(chan struct{})}
}

// DialContext implements pq.DialerContext and the dial function of the MySQL
// driver.
func (d *dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	d.mu.Lock()
	request, timeout := d.settled, d.timeout
	if request {
		timeout = grace
	}
	if d.address != "" {
		address = d.address
	}
	d.mu.Unlock()
	nd := net.Dialer{
		Timeout: timeout,
		// A peer that vanished without a word is found within half a minute
		// even where no deadline applies.
		KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 15 * time.Second, Interval: 5 * time.Second, Count: 3},
	}
	deadline := time.Now().Add(timeout)
	conn, err := nd.DialContext(ctx, network, address)
	if err != nil {
		if request {
			d.delivered()
		}
		return nil, err
	}
	_ = conn.SetDeadline(deadline)
	w := &wire{Conn: conn, greets: d.greets}
	w.release = context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	d.mu.Lock()
	defer d.mu.Unlock()
	if request {
		w.onClose = d.delivered
		return w, nil
	}
	if d.main != nil {
		_ = d.main.Close() // the driver gave up on it and tries another way
	}
	d.main = w
	return w, nil
}

// Dial implements pq.Dialer.
func (d *dialer) Dial(network, address string) (net.Conn, error) {
	return d.DialContext(context.Background(), network, address)
}

// DialTimeout implements pq.Dialer.
func (d *dialer) DialTimeout(network, address string, timeout time.Duration) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	return d.DialContext(ctx, network, address)
}

// settle ends the handshake.
func (d *dialer) settle() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.settled = true
	if d.main != nil {
		d.main.release()
		_ = d.main.SetDeadline(time.Time{})
	}
}

// bound lets nothing on the connection outlast ctx by more than slack, until
// the returned function is called.
func (d *dialer) bound(ctx context.Context, slack time.Duration) (release func()) {
	d.mu.Lock()
	w := d.main
	d.mu.Unlock()
	if w == nil {
		return func() {}
	}
	deadline, _ := ctx.Deadline() // all contexts here have one, see enter
	_ = w.SetDeadline(deadline.Add(slack))
	stop := context.AfterFunc(ctx, func() { _ = w.SetDeadline(time.Now().Add(slack)) })
	return func() { stop() }
}

// remote is the address of the server that was reached.
func (d *dialer) remote() net.Addr {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.main == nil {
		return nil
	}
	return d.main.RemoteAddr()
}

// hurry lets whatever still happens on the connection take no time: a goodbye
// is sent if the network takes it.
func (d *dialer) hurry() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.main != nil {
		_ = d.main.SetDeadline(time.Now().Add(100 * time.Millisecond))
	}
}

// close cuts the connection.
func (d *dialer) close() {
	d.mu.Lock()
	w := d.main
	d.mu.Unlock()
	if w != nil {
		_ = w.Close()
	}
}

// delivered notes that a request to stop has reached the server or given up.
func (d *dialer) delivered() {
	d.mu.Lock()
	defer d.mu.Unlock()
	select {
	case <-d.stopped:
	default:
		close(d.stopped)
	}
}

// Read reads from the server.
func (w *wire) Read(p []byte) (int, error) {
	n, err := w.Conn.Read(p)
	// A single byte is the answer to a question for TLS, which comes before.
	if w.greets != nil && n > 0 && len(p) > 1 {
		if !w.greets(p[:n]) {
			return 0, errMalformed
		}
		w.greets = nil
	}
	return n, err
}

// Close closes the connection.
func (w *wire) Close() error {
	w.release()
	if w.onClose != nil {
		w.once.Do(w.onClose)
	}
	return w.Conn.Close()
}
