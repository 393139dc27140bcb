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

// Spool gathers the samples of many instants and writes them as OpenMetrics wants
// them: families whole, the samples of a series together and in the order of time.
// What is more than memory may hold lies in a folder, sorted in parts that are
// merged at the end. It is safe for concurrent use.
type Spool struct {
	dir string

	mu       sync.Mutex
	families map[string]*spooled
	samples  int
	pending  []point   // what lies in no part yet
	series   []*Series // those of pending points, by number
	part     int       // the number of the part that these come into
	most     int       // pending points
	open     int       // parts that are read at once
}

const (
	// mostPending is how many samples memory holds, about.
	mostPending = 1 << 19
	// mostOpen is how many parts are merged at once. What is more is merged in
	// rounds.
	mostOpen = 64
	// bufferSize is how much of a part is written or read at once, in bytes.
	bufferSize = 16 << 10
)

// spooled is a family of gauges: its series that have pending points, and the parts
// that lie in a file.
type spooled struct {
	name, help string
	series     map[string]*Series // by labels
	file       string
	starts     []int64 // of the parts
	size       int64
}

// NewSpool makes a spool that writes to a folder, which is the caller's to remove.
func NewSpool(dir string) *Spool {
	return &Spool{dir: dir, families: map[string]*spooled{}, most: mostPending, open: mostOpen}
}

// Series is a series of a spool. The spool itself knows it for as long as it has
// pending points: where segments are others every few days, most series are over.
type Series struct {
	family *spooled
	labels string
	part   int   // which it has points for
	number int   // in that part
	last   int64 // when the last point was
}

// Sample is a value of a series.
type Sample struct {
	Of    *Series
	Value float64
}

// point is a sample of a series at an instant.
type point struct {
	ms     int64
	value  float64
	series int // by number
}

// Series is the series of a family of gauges with these labels, which are sorted by
// name. The help of a family is that of its first series.
func (s *Spool) Series(name, help string, labels []*dto.LabelPair) *Series {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.families[name]
	if f == nil {
		f = &spooled{name: name, help: help, file: filepath.Join(s.dir, strconv.Itoa(len(s.families))), series: map[string]*Series{}}
		s.families[name] = f
	}
	return &Series{family: f, labels: string(appendLabels(nil, labels)), part: -1, last: math.MinInt64}
}

// pend is what has the pending points of a series: itself, or the one with the same
// name and labels that came before.
func (s *Spool) pend(x *Series) *Series {
	if x.part == s.part {
		return s.series[x.number]
	}
	x.part = s.part
	if same := x.family.series[x.labels]; same != nil {
		x.number = same.number
		return same
	}
	x.number = len(s.series)
	x.family.series[x.labels] = x
	s.series = append(s.series, x)
	return x
}

// Add takes what was shown at an instant. Those that are added later have later
// samples of the same series, or of others.
func (s *Spool) Add(at time.Time, samples []Sample) error {
	ms := at.UnixMilli()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.pending == nil {
		s.pending = make([]point, 0, s.most+s.most/8)
	}
	for _, x := range samples {
		of := s.pend(x.Of)
		if of.last >= ms {
			return of.family.twice(of.labels, ms)
		}
		of.last = ms
		s.pending = append(s.pending, point{ms, x.Value, of.number})
	}
	s.samples += len(samples)
	if len(s.pending) < s.most {
		return nil
	}
	return s.flush()
}

// flush writes what memory holds as a further part of each family.
func (s *Spool) flush() error {
	by := bySeries(s.pending, len(s.series))
	for _, name := range slices.Sorted(maps.Keys(s.families)) {
		if err := s.families[name].append(by); err != nil {
			return fmt.Errorf("keep %s for later: %w", name, err)
		}
	}
	clear(s.series)
	s.pending, s.series = s.pending[:0], s.series[:0]
	s.part++
	return nil
}

// grouped are points by the number of their series.
type grouped struct {
	points []point
	order  []uint32 // of the points
	ends   []uint32 // in order, of each series
}

// bySeries groups points, in the order that they have.
func bySeries(points []point, series int) grouped {
	g := grouped{points, make([]uint32, len(points)), make([]uint32, series)}
	for _, p := range points {
		g.ends[p.series]++
	}
	from := uint32(0)
	for i, n := range g.ends {
		g.ends[i] = from
		from += n
	}
	for i, p := range points {
		g.order[g.ends[p.series]] = uint32(i)
		g.ends[p.series]++
	}
	return g
}

// of are the points of a series, by their place.
func (g grouped) of(x *Series) []uint32 {
	from := uint32(0)
	if x.number > 0 {
		from = g.ends[x.number-1]
	}
	return g.order[from:g.ends[x.number]]
}

// Samples is the number of samples so far.
func (s *Spool) Samples() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.samples
}

// append writes a part: series sorted by their labels.
func (f *spooled) append(by grouped) error {
	if len(f.series) == 0 {
		return nil
	}
	file, err := os.OpenFile(f.file, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	out := counting{Writer: bufio.NewWriterSize(file, bufferSize)}
	var b [pointSize]byte
	for _, labels := range slices.Sorted(maps.Keys(f.series)) {
		points := by.of(f.series[labels])
		out.head(labels, uint64(len(points)))
		for _, i := range points {
			binary.BigEndian.PutUint64(b[:], uint64(by.points[i].ms))
			binary.BigEndian.PutUint64(b[8:], math.Float64bits(by.points[i].value))
			out.write(b[:])
		}
	}
	if err = errors.Join(out.Flush(), file.Close()); err != nil {
		return err
	}
	clear(f.series)
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
	s.pending = nil
	out := bufio.NewWriterSize(w, 1<<20)
	for _, name := range slices.Sorted(maps.Keys(s.families)) {
		f := s.families[name]
		for len(f.starts) > s.open {
			if err := f.round(s.open); err != nil {
				return fmt.Errorf("merge %s: %w", name, err)
			}
		}
		n, err := f.write(out)
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

// write merges the parts of a family to text. A series that was asked for anew may
// have points in several parts that Add has not seen together.
func (f *spooled) write(out *bufio.Writer) (samples int, err error) {
	fmt.Fprintf(out, "# HELP %s %s\n# TYPE %s gauge\n", f.name, escape(f.help), f.name)
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
		line = append(append(append(line[:0], f.name...), labels...), ' ')
		series, last := len(line), int64(math.MinInt64)
		for _, p := range from {
			for range p.points {
				if _, err := io.ReadFull(p.in, b); err != nil {
					return err
				}
				ms := int64(binary.BigEndian.Uint64(b[:8]))
				if ms <= last {
					return f.twice(labels, ms)
				}
				last = ms
				line = strconv.AppendFloat(line[:series], math.Float64frombits(binary.BigEndian.Uint64(b[8:])), 'g', -1, 64)
				line = append(line, ' ')
				line = appendSeconds(line, ms)
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

// twice says that a series has a value at an instant already, or a later one.
func (f *spooled) twice(labels string, ms int64) error {
	return fmt.Errorf("two values for the series %s%s at %s", f.name, labels, time.UnixMilli(ms).UTC().Format(time.RFC3339))
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
