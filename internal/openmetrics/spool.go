// Package openmetrics writes the history of metrics as OpenMetrics, which
// Prometheus makes blocks from.
package openmetrics

import (
	"bufio"
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
// the order of time. What is more than memory may hold lies in a folder, sorted in
// parts that are merged at the end. It is safe for concurrent use.
type Spool struct {
	dir string

	mu       sync.Mutex
	families map[string]*spooled
	samples  int
	pending  int // samples that lie in no part yet
	most     int // of them
	open     int // parts that are read at once
}

const (
	// mostPending is how many samples memory holds.
	mostPending = 1 << 19
	// mostOpen is how many parts are merged at once. What is more is merged in
	// rounds.
	mostOpen = 64
	// bufferSize is how much of a part is written or read at once, in bytes.
	bufferSize = 16 << 10
	// labelsLength is about how long the labels of a series are, in bytes.
	labelsLength = 160
)

// spooled is a family: what memory holds, and the parts that lie in a file.
type spooled struct {
	help string
	kind dto.MetricType
	// series are those that had samples so far, with labels that are made once.
	series map[string]*held
	sorted []*held // by labels, as far as they were there when it was written last
	file   string
	starts []int64 // of the parts
	size   int64
}

// NewSpool makes a spool that writes to a folder, which is the caller's to remove.
func NewSpool(dir string) *Spool {
	return &Spool{dir: dir, families: map[string]*spooled{}, most: mostPending, open: mostOpen}
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

// held is a series, with those of its points that memory holds.
type held struct {
	labels string
	points []point
	last   int64 // when the last point was, those in parts included
}

// Add takes instants in the order of time. Instants that are added later hold
// later samples of the same series, or other series.
func (s *Spool) Add(instants []Instant) error {
	for _, in := range instants {
		for _, f := range in.Families {
			if err := s.add(in.At.UnixMilli(), f); err != nil {
				return err
			}
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.pending < s.most {
		return nil
	}
	return s.flush()
}

// add takes the samples of a family at an instant.
func (s *Spool) add(ms int64, f *dto.MetricFamily) error {
	keys := make([]byte, 0, labelsLength*len(f.GetMetric())) // one behind the other
	ends := make([]int, len(f.GetMetric()))
	for i, m := range f.GetMetric() {
		keys = appendLabels(keys, m.GetLabel())
		ends[i] = len(keys)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	to := s.families[f.GetName()]
	if to == nil {
		to = &spooled{
			help: f.GetHelp(), kind: f.GetType(), file: filepath.Join(s.dir, strconv.Itoa(len(s.families))),
			series: map[string]*held{},
		}
		s.families[f.GetName()] = to
	}
	from := 0
	for i, m := range f.GetMetric() {
		value := m.GetGauge().GetValue()
		if f.GetType() == dto.MetricType_COUNTER {
			value = m.GetCounter().GetValue()
		}
		key := keys[from:ends[i]]
		from = ends[i]
		x := to.series[string(key)]
		if x == nil {
			x = &held{labels: string(key), last: math.MinInt64}
			to.series[x.labels] = x
			to.sorted = append(to.sorted, x)
		}
		if x.last >= ms {
			return fmt.Errorf("two values for the series %s%s at %s", f.GetName(), key, time.UnixMilli(ms).UTC().Format(time.RFC3339))
		}
		x.last = ms
		x.points = append(x.points, point{ms, value})
	}
	s.samples += len(ends)
	s.pending += len(ends)
	return nil
}

// flush writes what memory holds as a further part of each family.
func (s *Spool) flush() error {
	for _, name := range slices.Sorted(maps.Keys(s.families)) {
		if err := s.families[name].append(); err != nil {
			return fmt.Errorf("keep %s for later: %w", name, err)
		}
	}
	s.pending = 0
	return nil
}

// Samples is the number of samples so far.
func (s *Spool) Samples() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.samples
}

// append writes a part: series sorted by their labels.
func (f *spooled) append() error {
	if !slices.ContainsFunc(f.sorted, func(x *held) bool { return len(x.points) > 0 }) {
		return nil
	}
	file, err := os.OpenFile(f.file, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	out := counting{Writer: bufio.NewWriterSize(file, bufferSize)}
	slices.SortFunc(f.sorted, func(a, b *held) int { return strings.Compare(a.labels, b.labels) })
	var b [pointSize]byte
	for _, x := range f.sorted {
		if len(x.points) == 0 {
			continue
		}
		out.head(x.labels, uint64(len(x.points)))
		for _, p := range x.points {
			binary.BigEndian.PutUint64(b[:], uint64(p.ms))
			binary.BigEndian.PutUint64(b[8:], math.Float64bits(p.value))
			out.write(b[:])
		}
		x.points = nil // the room for them would be held beside that of other series
	}
	if err = errors.Join(out.Flush(), file.Close()); err != nil {
		return err
	}
	f.starts = append(f.starts, f.size)
	f.size += out.n
	return nil
}

// Write writes everything, families by name. It calls done, if it is not nil,
// with the number of samples written since it was called last.
func (s *Spool) Write(w io.Writer, done func(samples int)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.flush(); err != nil {
		return err
	}
	out := bufio.NewWriterSize(w, 1<<20)
	for _, name := range slices.Sorted(maps.Keys(s.families)) {
		f := s.families[name]
		for len(f.starts) > s.open {
			if err := f.round(s.open); err != nil {
				return fmt.Errorf("merge %s: %w", name, err)
			}
		}
		n, err := f.write(out, name)
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

// write merges the parts of a family to text.
func (f *spooled) write(out *bufio.Writer, name string) (samples int, err error) {
	kind := "gauge"
	shown := name
	if f.kind == dto.MetricType_COUNTER {
		kind = "counter"
		shown = strings.TrimSuffix(name, "_total")
	}
	fmt.Fprintf(out, "# HELP %s %s\n# TYPE %s %s\n", shown, escape(f.help), shown, kind)
	if len(f.starts) == 0 {
		return 0, nil
	}
	file, err := os.Open(f.file)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	parts, err := f.parts(file, 0, len(f.starts))
	if err != nil {
		return 0, err
	}
	line := make([]byte, 0, 256)
	b := make([]byte, pointSize)
	err = parts.each(func(labels string, from []*part) error {
		line = append(append(append(line[:0], name...), labels...), ' ')
		series := len(line)
		for _, p := range from {
			for range p.points {
				if _, err := io.ReadFull(p.in, b); err != nil {
					return err
				}
				line = strconv.AppendFloat(line[:series], math.Float64frombits(binary.BigEndian.Uint64(b[8:])), 'g', -1, 64)
				line = append(line, ' ')
				line = appendSeconds(line, int64(binary.BigEndian.Uint64(b[:8])))
				line = append(line, '\n')
				if _, err := out.Write(line); err != nil {
					return err
				}
			}
			samples += int(p.points)
		}
		return nil
	})
	return samples, err
}

// appendSeconds writes milliseconds as seconds, without a float's rounding.
func appendSeconds(b []byte, ms int64) []byte {
	if ms < 0 { // before 1970
		b, ms = append(b, '-'), -ms
	}
	b = strconv.AppendInt(b, ms/1000, 10)
	if rest := ms % 1000; rest != 0 {
		b = append(b, fmt.Sprintf(".%03d", rest)...)
	}
	return b
}

// appendLabels writes labels as they stand behind a name.
func appendLabels(b []byte, pairs []*dto.LabelPair) []byte {
	if len(pairs) == 0 {
		return b
	}
	for i, l := range pairs {
		b = append(b, "{,"[min(i, 1)])
		b = append(append(b, l.GetName()...), `="`...)
		b = append(append(b, escape(l.GetValue())...), '"')
	}
	return append(b, '}')
}

// escapes are those of OpenMetrics, between quotes and in help.
var escapes = strings.NewReplacer(`\`, `\\`, "\n", `\n`, `"`, `\"`)

func escape(s string) string {
	for i := range len(s) {
		if c := s[i]; c == '\\' || c == '\n' || c == '"' {
			return escapes.Replace(s)
		}
	}
	return s // as nearly always
}
