// Package openmetrics writes the history of metrics as OpenMetrics, which
// Prometheus makes blocks from.
package openmetrics

import (
	"bufio"
	"bytes"
	"cmp"
	"container/heap"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	dto "github.com/prometheus/client_model/go"
)

// Spool gathers the samples of many instants and families and writes them as
// OpenMetrics wants them: families whole, the samples of a series together and in
// the order of time. What it holds lies in a folder, sorted in parts that are
// merged at the end, so that memory is bounded by what is added at once. It is
// safe for concurrent use.
type Spool struct {
	dir string

	mu       sync.Mutex
	families map[string]*spooled
	samples  int
}

// spooled is a family of which parts lie in a file.
type spooled struct {
	help   string
	kind   dto.MetricType
	file   string
	starts []int64 // of the parts
	size   int64
}

// NewSpool makes a spool that writes to a folder, which is the caller's to remove.
func NewSpool(dir string) *Spool {
	return &Spool{dir: dir, families: map[string]*spooled{}}
}

// Instant is what was shown at an instant.
type Instant struct {
	At       time.Time
	Families []*dto.MetricFamily // gauges and counters
}

// point is a sample of a series.
type point struct {
	ms    int64
	value float64
}

// Add takes instants in the order of time. Instants that are added later hold
// later samples of the same series, or other series.
func (s *Spool) Add(instants []Instant) error {
	type gathered struct {
		help   string
		kind   dto.MetricType
		series map[string][]point
	}
	all := map[string]*gathered{}
	for _, in := range instants {
		ms := in.At.UnixMilli()
		for _, f := range in.Families {
			g := all[f.GetName()]
			if g == nil {
				g = &gathered{help: f.GetHelp(), kind: f.GetType(), series: map[string][]point{}}
				all[f.GetName()] = g
			}
			for _, m := range f.GetMetric() {
				key := labels(m.GetLabel())
				value := m.GetGauge().GetValue()
				if f.GetType() == dto.MetricType_COUNTER {
					value = m.GetCounter().GetValue()
				}
				g.series[key] = append(g.series[key], point{ms, value})
			}
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, name := range slices.Sorted(maps.Keys(all)) {
		g := all[name]
		f := s.families[name]
		if f == nil {
			f = &spooled{help: g.help, kind: g.kind, file: filepath.Join(s.dir, strconv.Itoa(len(s.families)))}
			s.families[name] = f
		}
		n, err := f.append(g.series)
		if err != nil {
			return fmt.Errorf("keep %s for later: %w", name, err)
		}
		s.samples += n
	}
	return nil
}

// Samples is the number of samples so far.
func (s *Spool) Samples() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.samples
}

// append writes a part: series sorted by their labels.
func (f *spooled) append(series map[string][]point) (samples int, err error) {
	var b []byte
	for _, key := range slices.Sorted(maps.Keys(series)) {
		points := series[key]
		samples += len(points)
		b = binary.AppendUvarint(b, uint64(len(key)))
		b = append(b, key...)
		b = binary.AppendUvarint(b, uint64(len(points)))
		for _, p := range points {
			b = binary.BigEndian.AppendUint64(b, uint64(p.ms))
			b = binary.BigEndian.AppendUint64(b, math.Float64bits(p.value))
		}
	}
	file, err := os.OpenFile(f.file, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return 0, err
	}
	_, err = file.Write(b)
	if err = errors.Join(err, file.Close()); err != nil {
		return 0, err
	}
	f.starts = append(f.starts, f.size)
	f.size += int64(len(b))
	return samples, nil
}

// Write writes everything, families by name. It calls done, if it is not nil,
// with the number of samples written since it was called last.
func (s *Spool) Write(w io.Writer, done func(samples int)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := bufio.NewWriterSize(w, 1<<20)
	for _, name := range slices.Sorted(maps.Keys(s.families)) {
		n, err := s.families[name].write(out, name)
		if err != nil {
			return fmt.Errorf("write %s: %w", name, err)
		}
		if done != nil {
			done(n)
		}
	}
	if _, err := out.WriteString("# EOF\n"); err != nil {
		return err
	}
	return out.Flush()
}

// write merges the parts of a family.
func (f *spooled) write(out *bufio.Writer, name string) (samples int, err error) {
	kind := "gauge"
	shown := name
	if f.kind == dto.MetricType_COUNTER {
		kind = "counter"
		shown = strings.TrimSuffix(name, "_total")
	}
	fmt.Fprintf(out, "# HELP %s %s\n# TYPE %s %s\n", shown, escape(f.help), shown, kind)
	file, err := os.Open(f.file)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	var parts merging
	for i, start := range f.starts {
		end := f.size
		if i+1 < len(f.starts) {
			end = f.starts[i+1]
		}
		p := &part{number: i, in: bufio.NewReader(io.NewSectionReader(file, start, end-start))}
		if more, err := p.next(); err != nil {
			return 0, err
		} else if more {
			parts = append(parts, p)
		}
	}
	heap.Init(&parts)
	var line []byte
	for len(parts) > 0 {
		p := parts[0]
		for range p.points {
			var b [16]byte
			if _, err := io.ReadFull(p.in, b[:]); err != nil {
				return samples, err
			}
			line = append(append(line[:0], name...), p.labels...)
			line = append(line, ' ')
			line = strconv.AppendFloat(line, math.Float64frombits(binary.BigEndian.Uint64(b[8:])), 'g', -1, 64)
			line = append(line, ' ')
			line = appendSeconds(line, int64(binary.BigEndian.Uint64(b[:8])))
			line = append(line, '\n')
			if _, err := out.Write(line); err != nil {
				return samples, err
			}
		}
		samples += int(p.points)
		more, err := p.next()
		if err != nil {
			return samples, err
		}
		if more {
			heap.Fix(&parts, 0)
		} else {
			heap.Pop(&parts)
		}
	}
	return samples, nil
}

// appendSeconds writes milliseconds as seconds, without a float's rounding.
func appendSeconds(b []byte, ms int64) []byte {
	b = strconv.AppendInt(b, ms/1000, 10)
	if rest := ms % 1000; rest != 0 {
		b = append(b, fmt.Sprintf(".%03d", rest)...)
	}
	return b
}

// part is a sorted part of a family, at the points of a series.
type part struct {
	number int
	in     *bufio.Reader
	labels string
	points uint64
}

// next goes to the next series, if there is one.
func (p *part) next() (bool, error) {
	n, err := binary.ReadUvarint(p.in)
	if errors.Is(err, io.EOF) {
		return false, nil
	} else if err != nil {
		return false, err
	}
	b := make([]byte, n)
	if _, err := io.ReadFull(p.in, b); err != nil {
		return false, err
	}
	p.labels = string(b)
	p.points, err = binary.ReadUvarint(p.in)
	return err == nil, err
}

// merging are parts by the labels they are at, and by age where those are equal.
type merging []*part

func (m merging) Len() int { return len(m) }
func (m merging) Less(i, k int) bool {
	return cmp.Or(strings.Compare(m[i].labels, m[k].labels), cmp.Compare(m[i].number, m[k].number)) < 0
}
func (m merging) Swap(i, k int) { m[i], m[k] = m[k], m[i] }
func (m *merging) Push(x any)   { *m = append(*m, x.(*part)) } //nolint:forcetypeassert // only parts are pushed
func (m *merging) Pop() any {
	old := *m
	last := old[len(old)-1]
	*m = old[:len(old)-1]
	return last
}

// labels writes labels as they stand behind a name.
func labels(pairs []*dto.LabelPair) string {
	if len(pairs) == 0 {
		return ""
	}
	var b bytes.Buffer
	for i, l := range pairs {
		b.WriteByte("{,"[min(i, 1)])
		b.WriteString(l.GetName())
		b.WriteString(`="`)
		b.WriteString(escape(l.GetValue()))
		b.WriteByte('"')
	}
	b.WriteByte('}')
	return b.String()
}

// escapes are those of OpenMetrics, between quotes and in help.
var escapes = strings.NewReplacer(`\`, `\\`, "\n", `\n`, `"`, `\"`)

func escape(s string) string { return escapes.Replace(s) }
