package testdb

import (
	"errors"
	"io"
	"net"
	"strconv"
	"sync"
	"testing"
	"time"
)

// Mode is what a Proxy does to its connections.
type Mode int

// The modes of a proxy.
const (
	// Pass forwards everything.
	Pass Mode = iota
	// Hold accepts and never answers, and freezes the connections there are:
	// they stay silent for ever, and the server does not learn that its client
	// has gone.
	Hold
	// Reset refuses new connections and cuts those there are.
	Reset
	// Slow forwards a few bytes at a time.
	Slow
)

// Proxy is a TCP proxy before a server, to do to it what networks do.
type Proxy struct {
	// Host and Port are where it listens.
	Host string
	Port int

	target   string
	listener net.Listener
	answer   func(request []byte) []byte

	mu       sync.Mutex
	mode     Mode
	accepted int
	live     map[*link]struct{}
	frozen   []net.Conn // servers' ends of frozen connections
	done     sync.WaitGroup
}

// link is one connection through a proxy.
type link struct {
	client, server net.Conn
	freeze         chan struct{} // closed when it is frozen
}

// NewProxy starts a proxy before an address, host:port, in mode Pass.
func NewProxy(tb testing.TB, target string) *Proxy {
	tb.Helper()
	return newProxy(tb, target, nil)
}

// NewAnsweringProxy starts a proxy that gives an answer of its own to what
// answer returns bytes for, and forwards the rest. A request is what one read
// of the network gives.
func NewAnsweringProxy(tb testing.TB, target string, answer func(request []byte) []byte) *Proxy {
	tb.Helper()
	return newProxy(tb, target, answer)
}

func newProxy(tb testing.TB, target string, answer func([]byte) []byte) *Proxy {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	host, port, _ := net.SplitHostPort(l.Addr().String())
	n, _ := strconv.Atoi(port) // a listener's own address
	p := &Proxy{Host: host, Port: n, target: target, listener: l, answer: answer, live: make(map[*link]struct{})}
	p.done.Add(1)
	go p.serve()
	tb.Cleanup(p.close)
	return p
}

// Addr is where the proxy listens, host:port.
func (p *Proxy) Addr() string { return p.listener.Addr().String() }

// Set changes the mode, for the connections there are and for new ones.
func (p *Proxy) Set(m Mode) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.mode = m
	for l := range p.live {
		switch m {
		case Hold:
			p.freeze(l)
		case Reset:
			l.cut()
		case Pass, Slow:
		}
	}
}

// Accepted is the number of connections made so far.
func (p *Proxy) Accepted() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.accepted
}

// Live is the number of connections that clients have open.
func (p *Proxy) Live() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.live)
}

func (p *Proxy) serve() {
	defer p.done.Done()
	for {
		conn, err := p.listener.Accept()
		if err != nil {
			return // closed
		}
		p.mu.Lock()
		p.accepted++
		l := &link{client: conn, freeze: make(chan struct{})}
		switch p.mode {
		case Reset:
			l.cut()
			p.mu.Unlock()
			continue
		case Hold:
			close(l.freeze)
		case Pass, Slow:
			if l.server, err = net.Dial("tcp", p.target); err != nil {
				l.cut() // as a host does on which nothing listens
				p.mu.Unlock()
				continue
			}
		}
		p.live[l] = struct{}{}
		p.mu.Unlock()
		p.done.Add(1)
		go p.run(l)
	}
}

// run carries one connection until its client or server closes it.
func (p *Proxy) run(l *link) {
	defer p.done.Done()
	var back sync.WaitGroup
	if l.server != nil {
		back.Add(1)
		go func() {
			defer back.Done()
			p.copy(l, l.client, l.server, nil)
			l.finish()
		}()
	}
	p.copy(l, l.server, l.client, p.answer)
	_ = l.client.Close() // it has closed, or its server has
	l.finish()
	back.Wait()
	p.mu.Lock()
	delete(p.live, l)
	p.mu.Unlock()
}

// copy forwards until one side closes. From a frozen client it reads on and
// forwards nothing, so as to see when the client closes.
func (p *Proxy) copy(l *link, to, from net.Conn, answer func([]byte) []byte) {
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		if err != nil {
			return
		}
		if l.isFrozen() {
			if from == l.server {
				return
			}
			continue
		}
		if answer != nil {
			if reply := answer(buf[:n]); reply != nil {
				if _, err := l.client.Write(reply); err != nil {
					return
				}
				continue
			}
		}
		for chunk := range p.chunks(buf[:n]) {
			if _, err := to.Write(chunk); err != nil {
				return
			}
		}
	}
}

// chunks cuts what is to be forwarded as the mode says.
func (p *Proxy) chunks(data []byte) func(yield func([]byte) bool) {
	return func(yield func([]byte) bool) {
		for len(data) > 0 {
			n := len(data)
			p.mu.Lock()
			slow := p.mode == Slow
			p.mu.Unlock()
			if slow {
				n = min(n, 64)
				time.Sleep(5 * time.Millisecond) // what makes it slow
			}
			if !yield(data[:n]) {
				return
			}
			data = data[n:]
		}
	}
}

// freeze silences a connection for ever. The server's end stays open until
// the proxy ends.
func (p *Proxy) freeze(l *link) {
	if l.isFrozen() {
		return
	}
	close(l.freeze)
	if l.server != nil {
		p.frozen = append(p.frozen, l.server)
	}
}

func (l *link) isFrozen() bool {
	select {
	case <-l.freeze:
		return true
	default:
		return false
	}
}

// finish closes both ends; of a frozen connection only the client's, since the
// server must not notice.
func (l *link) finish() {
	if l.isFrozen() {
		// The other direction may still wait for the silent server.
		if l.server != nil {
			_ = l.server.SetReadDeadline(time.Unix(1, 0))
		}
		return
	}
	l.close()
}

// cut closes both ends the hard way.
func (l *link) cut() {
	if tcp, ok := l.client.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	l.close()
}

func (l *link) close() {
	_ = l.client.Close()
	if l.server != nil {
		_ = l.server.Close()
	}
}

// close ends the proxy and everything in it.
func (p *Proxy) close() {
	if err := p.listener.Close(); err != nil && !errors.Is(err, net.ErrClosed) && !errors.Is(err, io.EOF) {
		return
	}
	p.mu.Lock()
	for l := range p.live {
		l.close()
	}
	for _, c := range p.frozen {
		_ = c.Close()
	}
	p.mu.Unlock()
	p.done.Wait()
}
