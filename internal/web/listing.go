package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"iter"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/cx-exporter/cx-exporter/internal/packing"
)

// listing is a list of records as JSON, made once and answered from often. It is
// immutable but for the compressed form, which is made when it is first asked
// for.
type listing struct {
	field string   // that holds the list
	keys  []string // by which it can be narrowed, in order
	rows  []row
	whole []byte
	pack  func() []byte
	// packer compresses what is narrowed.
	packer packing.Packer
}

// row is one record as JSON, with the values of the listing's keys.
type row struct {
	values []string
	json   []byte
}

// newListing turns records into JSON, one after the other. values are those of
// the keys.
func newListing[T any](field string, keys []string, records iter.Seq[T], values func(*T) []string) (*listing, error) {
	l := &listing{field: field, keys: keys}
	var text bytes.Buffer
	text.WriteString(l.opening())
	var ends []int
	for x := range records {
		text.WriteString(before(len(ends)))
		one, err := json.Marshal(&x)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", field, err)
		}
		text.Write(one)
		ends = append(ends, text.Len())
		l.rows = append(l.rows, row{values: values(&x)})
	}
	text.WriteString(closing(len(ends)))
	l.whole = bytes.Clone(text.Bytes()) // exact, since it stays
	at := len(l.opening())
	for i, end := range ends { // what is whole holds the rows too
		l.rows[i].json = l.whole[at+len(before(i)) : end : end]
		at = end
	}
	l.pack = sync.OnceValue(func() []byte { return l.packer.Gzip(l.whole) })
	return l, nil
}

// The marks around and between rows: a row a line, for people with a terminal.
func (l *listing) opening() string { return `{"` + l.field + `":[` }

// before is what stands before a row, by its place.
func before(row int) string {
	if row == 0 {
		return "\n"
	}
	return ",\n"
}

// closing is what stands behind so many rows.
func closing(rows int) string {
	if rows == 0 {
		return "]}\n"
	}
	return "\n]}\n"
}

func (l *listing) join(rows []row) []byte {
	size := len(l.opening()) + len(closing(len(rows)))
	for i, r := range rows {
		size += len(before(i)) + len(r.json)
	}
	out := append(make([]byte, 0, size), l.opening()...)
	for i, r := range rows {
		out = append(out, before(i)...)
		out = append(out, r.json...)
	}
	return append(out, closing(len(rows))...)
}

// narrow is what a query asks for: the rows that have one of the values asked for
// under each key that is asked for. A query that asks for something else is an
// error.
func (l *listing) narrow(query map[string][]string) ([]row, error) {
	for key, values := range query {
		if !slices.Contains(l.keys, key) {
			return nil, fmt.Errorf("there is no parameter %q; %s", key, known(l.keys))
		}
		if len(values) > mostValues {
			return nil, fmt.Errorf("parameter %q has %d values; at most %d are possible", key, len(values), mostValues)
		}
	}
	return slices.Collect(func(yield func(row) bool) {
		for _, r := range l.rows {
			if r.fits(l.keys, query) && !yield(r) {
				return
			}
		}
	}), nil
}

// mostValues bounds the work of one request.
const mostValues = 50

func known(keys []string) string {
	if len(keys) == 0 {
		return "there are none"
	}
	return "there are " + strings.Join(keys, ", ")
}

func (r row) fits(keys []string, query map[string][]string) bool {
	for i, key := range keys {
		if wanted, asked := query[key]; asked && !slices.Contains(wanted, r.values[i]) {
			return false
		}
	}
	return true
}

// serve answers a request.
func (l *listing) serve(w http.ResponseWriter, r *http.Request, query map[string][]string) {
	body, pack := l.whole, l.pack
	if len(query) > 0 {
		rows, err := l.narrow(query)
		if err != nil {
			refuse(w, http.StatusBadRequest, err.Error())
			return
		}
		body = l.join(rows)
		pack = func() []byte { return l.packer.Gzip(body) }
	}
	document(w, r, body, pack)
}

// document sends JSON, unless the client has it already.
func document(w http.ResponseWriter, r *http.Request, body []byte, pack func() []byte) {
	h := w.Header()
	h.Add("Vary", "Accept-Encoding")
	// A client may keep it for itself, and asks each time whether it still holds.
	h.Set("Cache-Control", "private, no-cache")
	sum := fnv.New64a()
	_, _ = sum.Write(body) // does not fail
	// Weak, since it is the same for the compressed form.
	tag := `W/"` + strconv.FormatUint(sum.Sum64(), 36) + `"`
	h.Set("ETag", tag)
	if has(r.Header, tag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Type", jsonType)
	if packing.Accepted(r.Header) {
		h.Set("Content-Encoding", "gzip")
		body = pack()
	}
	send(w, body)
}

const jsonType = "application/json; charset=utf-8"

// has reports whether the client has what a tag stands for.
func has(h http.Header, tag string) bool {
	strip := func(s string) string { return strings.TrimPrefix(strings.TrimSpace(s), "W/") }
	for _, line := range h.Values("If-None-Match") {
		for item := range strings.SplitSeq(line, ",") {
			if s := strip(item); s == "*" || s == strip(tag) {
				return true
			}
		}
	}
	return false
}

// refuse answers that a request cannot be answered, and why.
func refuse(w http.ResponseWriter, status int, why string) {
	text, err := json.Marshal(map[string]string{"error": why})
	if err != nil {
		status, text = http.StatusInternalServerError, []byte(`{"error":"the reason cannot be told"}`)
	}
	w.Header().Set("Content-Type", jsonType)
	w.Header().Set("Content-Length", strconv.Itoa(len(text)+1))
	w.WriteHeader(status)
	_, _ = w.Write(append(text, '\n')) // where it fails, the client has gone
}
