// Package board is the exporter's own page: the company at a glance, for people
// and without Grafana. It computes nothing and asks no database: all that it
// shows is in memory already, and a request waits for nothing.
package board

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/cx-exporter/cx-exporter/alerts"
	"github.com/cx-exporter/cx-exporter/internal/exporter"
	"github.com/cx-exporter/cx-exporter/internal/packing"
)

// Options are what a board is made of. All fields are needed.
type Options struct {
	// Now is how the collectors stand. It must not wait for anything.
	Now func() *exporter.Board
	// Story is the rest that there is to tell. It must not wait for anything.
	Story   func() *Story
	Version string
	Log     *slog.Logger
}

// Story is what is known beside the present values. It is immutable.
type Story struct {
	// Zone is that of the dates shown, nil for UTC, and Confidence the level of the
	// intervals.
	Zone       *time.Location
	Confidence float64
	// Goals are in the order of the configuration.
	Goals []Goal
	// Origins say by collector where its values come from.
	Origins map[string]Origin
	// Pasts are by collector. One without a past is not in it.
	Pasts map[string]*Past
}

// Goal is a goal and the last verdict on it.
type Goal struct {
	*alerts.Goal
	Verdict alerts.Verdict
}

// Origin says where the values of a collector come from.
type Origin struct {
	// Text is in words: `tickets from helpdesk`, or the expression of a formula.
	Text string
	// Statements are those of a run as of the instant At.
	Statements []string
	At         time.Time
}

// Past are the values of a collector's totals as of instants of the past, the
// oldest first.
type Past struct {
	Instants []time.Time
	Lines    map[Line][]Point // a point an instant
}

// Line names one series of totals over time.
type Line struct{ KPI, Stat, Window, Labels string }

// Point is a value as of an instant.
type Point struct {
	At                  time.Time
	Value, Lower, Upper float64
	Defined, Bounded    bool
}

//go:embed templates/*.html templates/board.css templates/icon.svg
var files embed.FS

// board answers requests.
type board struct {
	o       Options
	pages   *template.Template
	fronts  fronts
	css     []byte
	icon    []byte
	buffers sync.Pool // *bytes.Buffer
	packer  packing.Packer
}

// fronts are the front pages, a window each, of one state of affairs: most look
// at these, again and again.
type fronts struct {
	mu    sync.Mutex
	now   *exporter.Board
	story *Story
	pages map[string]*front
}

// front is one page, rendered when it is first asked for.
type front struct {
	once sync.Once
	text
	err error
}

// text is what is sent, and how it is compressed for those who accept that.
type text struct {
	plain []byte
	pack  func() []byte
}

// lasting is a text that is sent again and again, and compressed once.
func (b *board) lasting(plain []byte) text {
	return text{plain, sync.OnceValue(func() []byte { return b.packer.Gzip(plain) })}
}

// passing is a text that is sent once.
func (b *board) passing(plain []byte) text {
	return text{plain, func() []byte { return b.packer.Gzip(plain) }}
}

// New makes the handler of the front page at /, of a page a KPI at
// /kpi/collector/name, and of what they need.
func New(o Options) (http.Handler, error) {
	b := &board{o: o, buffers: sync.Pool{New: func() any { return new(bytes.Buffer) }}}
	b.o.Log = o.Log.With("component", "board")
	var err error
	if b.pages, err = template.ParseFS(files, "templates/*.html"); err != nil {
		return nil, fmt.Errorf("making the board: %w", err)
	}
	var errs [2]error
	b.css, errs[0] = files.ReadFile("templates/board.css")
	b.icon, errs[1] = files.ReadFile("templates/icon.svg")
	if err := errors.Join(errs[:]...); err != nil {
		return nil, fmt.Errorf("making the board: %w", err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", b.front)
	mux.HandleFunc("GET /kpi/{collector}/{kpi}", b.kpi)
	mux.HandleFunc("GET /board.css", b.asset("text/css; charset=utf-8", b.css))
	mux.HandleFunc("GET /icon.svg", b.asset("image/svg+xml", b.icon))
	return mux, nil
}

// asset answers with a file that comes with the binary.
func (b *board) asset(kind string, content []byte) http.HandlerFunc {
	body := b.lasting(content)
	return func(w http.ResponseWriter, r *http.Request) {
		// An hour is long enough for a visit, and short enough for an update.
		w.Header().Set("Cache-Control", "max-age=3600")
		w.Header().Set("Content-Type", kind)
		send(w, r, http.StatusOK, body)
	}
}

// front answers with the company at a glance.
func (b *board) front(w http.ResponseWriter, r *http.Request) {
	now, story := b.o.Now(), b.o.Story()
	window, ok := chosen(r.URL.Query().Get("window"), windowsOf(now))
	if !ok {
		b.refuse(w, r, ".", "No collector has this window.")
		return
	}
	page := b.fronts.page(now, story, window)
	page.once.Do(func() {
		page.err = errors.New("rendering the front page ended in a panic") // unless it ends well
		var buffer bytes.Buffer
		page.err = b.pages.ExecuteTemplate(&buffer, "front.html", newCompany(now, story, window, b.o.Version))
		page.text = b.lasting(bytes.Clone(buffer.Bytes()))
	})
	b.show(w, r, page.text, page.err)
}

// page is the front page of a window; of an older state of affairs, none is kept.
func (f *fronts) page(now *exporter.Board, story *Story, window string) *front {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.now != now || f.story != story || f.pages == nil {
		f.now, f.story, f.pages = now, story, make(map[string]*front)
	}
	if f.pages[window] == nil {
		f.pages[window] = new(front)
	}
	return f.pages[window]
}

// kpi answers with all that is known of one KPI.
func (b *board) kpi(w http.ResponseWriter, r *http.Request) {
	now, story := b.o.Now(), b.o.Story()
	s, d, ok := find(now, r.PathValue("collector"), r.PathValue("kpi"))
	if !ok {
		b.refuse(w, r, "../..", "There is no such KPI. It may have been renamed or removed from the configuration.")
		return
	}
	windows := windowsOfKPI(s, d)
	window, ok := chosen(r.URL.Query().Get("window"), windows)
	if !ok {
		window = windows[0] // a link from the board of a window that this KPI does not have
	}
	stat, ok := statOf(d, r.URL.Query().Get("stat"))
	if !ok {
		b.refuse(w, r, "../..", "This KPI has no such value.")
		return
	}
	buffer := b.buffers.Get().(*bytes.Buffer)
	defer b.buffers.Put(buffer)
	buffer.Reset()
	err := b.pages.ExecuteTemplate(buffer, "kpi.html", newDetail(story, s, d, stat, window, windows, b.o.Version))
	b.show(w, r, b.passing(buffer.Bytes()), err)
}

// show sends a page.
func (b *board) show(w http.ResponseWriter, r *http.Request, body text, err error) {
	if err != nil {
		b.o.Log.Error("cannot render the board", "err", err)
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		send(w, r, http.StatusInternalServerError, b.passing([]byte("The board could not be rendered; the log tells why.\n")))
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	send(w, r, http.StatusOK, body)
}

// refuse answers a request for what is not there.
func (b *board) refuse(w http.ResponseWriter, r *http.Request, root, why string) {
	var buffer bytes.Buffer
	err := b.pages.ExecuteTemplate(&buffer, "missing.html", frame{Root: root, Title: "Not found", Text: why, Version: b.o.Version})
	if err != nil {
		b.show(w, r, text{}, err)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	send(w, r, http.StatusNotFound, b.passing(buffer.Bytes()))
}

// send sends a text, compressed if the client would rather have that.
func send(w http.ResponseWriter, r *http.Request, status int, body text) {
	h, out := w.Header(), body.plain
	h.Add("Vary", "Accept-Encoding")
	if packing.Accepted(r.Header) {
		h.Set("Content-Encoding", "gzip")
		out = body.pack()
	}
	h.Set("Content-Length", strconv.Itoa(len(out)))
	w.WriteHeader(status)
	_, _ = w.Write(out) // where it fails, the client has gone
}

// frame is what all pages have in common.
type frame struct {
	// Root is the relative way to /, so that the board works behind a prefix.
	Root    string
	Title   string
	Text    string
	Version string
}
