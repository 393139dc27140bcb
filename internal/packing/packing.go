// Package packing decides which answers are sent compressed, and compresses
// them.
package packing

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// Accepted reports whether the client would rather have gzip than the plain
// text. As with Prometheus' own handler, a star alone does not ask for it.
func Accepted(h http.Header) bool {
	gzip, identity := -1.0, 0.0
	for _, line := range h.Values("Accept-Encoding") {
		for item := range strings.SplitSeq(line, ",") {
			name, params, _ := strings.Cut(item, ";")
			q := quality(params)
			switch strings.ToLower(strings.TrimSpace(name)) {
			case "gzip":
				gzip = max(gzip, q)
			case "identity":
				identity = max(identity, q)
			case "*":
				gzip, identity = max(gzip, q), max(identity, q)
			}
		}
	}
	return gzip > identity
}

// quality reads the weight of an encoding. One that cannot be read is no wish.
func quality(params string) float64 {
	for p := range strings.SplitSeq(params, ";") {
		name, value, _ := strings.Cut(p, "=")
		if strings.EqualFold(strings.TrimSpace(name), "q") {
			q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
			if err != nil || q < 0 || q > 1 {
				return 0
			}
			return q
		}
	}
	return 1
}

// Packer compresses. The zero value is ready, and may be used by several at a
// time.
type Packer struct {
	writers sync.Pool // *gzip.Writer, which are large
}

// Gzip is a text as a gzip member. Speed counts here, since this may run at each
// request.
func (p *Packer) Gzip(text []byte) []byte {
	z, ok := p.writers.Get().(*gzip.Writer)
	if !ok {
		z, _ = gzip.NewWriterLevel(nil, gzip.BestSpeed) // the level is valid
	}
	defer p.writers.Put(z)
	var out bytes.Buffer
	z.Reset(&out)
	_, _ = z.Write(text) // writing to a buffer does not fail
	_ = z.Close()
	return bytes.Clone(out.Bytes())
}
