package web

import (
	"bytes"
	"log/slog"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/expfmt"

	"github.com/cx-exporter/cx-exporter/internal/exporter"
	"github.com/cx-exporter/cx-exporter/internal/packing"
)

// metrics serves the rendered page, followed by the metrics of the process.
type metrics struct {
	page    func() *exporter.Page
	process prometheus.Gatherer
	log     *slog.Logger
	buffers sync.Pool // *bytes.Buffer
	packers sync.Pool // *packer
	failing atomic.Bool
}

func newMetrics(page func() *exporter.Page, process prometheus.Gatherer, log *slog.Logger) *metrics {
	return &metrics{
		page: page, process: process, log: log,
		buffers: sync.Pool{New: func() any { return new(bytes.Buffer) }},
		packers: sync.Pool{New: func() any { return newPacker() }},
	}
}

// ServeHTTP implements http.Handler.
func (m *metrics) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	page := m.page()
	if page.Err != nil {
		answer(w, http.StatusInternalServerError, "The metrics page could not be rendered; the log tells why.")
		return
	}
	format := expfmt.NegotiateAccept(r.Header, expfmt.FmtOpenMetrics_1_0_0, expfmt.FmtOpenMetrics_0_0_1, expfmt.FmtText)
	body := page.Text
	if format.FormatType() == expfmt.TypeOpenMetrics {
		body = page.OpenMetrics
	}
	tail := m.buffers.Get().(*bytes.Buffer)
	defer m.buffers.Put(tail)
	tail.Reset()
	m.encodeProcess(tail, format)

	h := w.Header()
	h.Set("Content-Type", string(format))
	h.Add("Vary", "Accept")
	h.Add("Vary", "Accept-Encoding")
	if packing.Accepted(r.Header) {
		p := m.packers.Get().(*packer)
		defer m.packers.Put(p)
		end := p.pack(body, tail.Bytes())
		h.Set("Content-Encoding", "gzip")
		send(w, gzipHeader[:], body.Deflated, end)
		return
	}
	send(w, body.Plain, tail.Bytes())
}

// encodeProcess writes the metrics of the process and, in OpenMetrics, the end
// marker of the whole answer. What could be gathered is shown even if something
// could not.
func (m *metrics) encodeProcess(tail *bytes.Buffer, format expfmt.Format) {
	all, err := m.process.Gather()
	encoder := expfmt.NewEncoder(tail, format)
	for _, mf := range all {
		if e := encoder.Encode(mf); e != nil && err == nil {
			err = e
		}
	}
	if c, ok := encoder.(expfmt.Closer); ok {
		if e := c.Close(); e != nil && err == nil {
			err = e
		}
	}
	if failed := err != nil; m.failing.Swap(failed) != failed {
		m.log.Warn("metrics of the process have changed state", "complete", !failed, "err", err)
	}
}

// send sends an answer in parts, without copying them together.
func send(w http.ResponseWriter, parts ...[]byte) {
	n := 0
	for _, p := range parts {
		n += len(p)
	}
	w.Header().Set("Content-Length", strconv.Itoa(n))
	for _, p := range parts {
		if _, err := w.Write(p); err != nil {
			return // the client has gone
		}
	}
}
