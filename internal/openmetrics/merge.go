package openmetrics

import (
	"bufio"
	"cmp"
	"container/heap"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"strings"
)

// pointSize is how many bytes a sample takes in a part: time and value.
const pointSize = 16

// counting is a writer that knows how far it is. Its first error is that of Flush.
type counting struct {
	*bufio.Writer
	n int64
}

func (c *counting) write(b []byte) {
	n, _ := c.Write(b)
	c.n += int64(n)
}

// head begins a series in a part.
func (c *counting) head(labels string, points uint64) {
	var b [2 * binary.MaxVarintLen64]byte
	c.write(binary.AppendUvarint(b[:0], uint64(len(labels))))
	c.write([]byte(labels))
	c.write(binary.AppendUvarint(b[:0], points))
}

// parts opens the parts of a family from one to before another, each at its first
// series.
func (f *spooled) parts(file *os.File, from, to int) (merging, error) {
	var out merging
	for i := from; i < to; i++ {
		end := f.size
		if i+1 < len(f.starts) {
			end = f.starts[i+1]
		}
		p := &part{number: i, in: bufio.NewReaderSize(io.NewSectionReader(file, f.starts[i], end-f.starts[i]), bufferSize)}
		more, err := p.next()
		if err != nil {
			return nil, err
		}
		if more {
			out = append(out, p)
		}
	}
	heap.Init(&out)
	return out, nil
}

// round merges parts that follow each other, so many at once, to one each.
func (f *spooled) round(open int) (err error) {
	old, err := os.Open(f.file)
	if err != nil {
		return err
	}
	defer old.Close()
	file, err := os.OpenFile(f.file+".merged", os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	out := counting{Writer: bufio.NewWriterSize(file, bufferSize)}
	var starts []int64
	for i := 0; i < len(f.starts) && err == nil; i += open {
		starts = append(starts, out.n)
		var parts merging
		if parts, err = f.parts(old, i, min(i+open, len(f.starts))); err == nil {
			err = parts.each(out.join)
		}
	}
	if err = errors.Join(err, out.Flush(), file.Close()); err != nil {
		return err
	}
	if err := os.Rename(file.Name(), f.file); err != nil {
		return err
	}
	f.starts, f.size = starts, out.n
	return nil
}

// join writes the points that parts have of a series as those of one.
func (c *counting) join(labels string, from []*part) error {
	var points uint64
	for _, p := range from {
		points += p.points
	}
	c.head(labels, points)
	for _, p := range from {
		n, err := io.CopyN(c.Writer, p.in, int64(p.points)*pointSize)
		c.n += n
		if err != nil {
			return err
		}
	}
	return nil
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

// each calls yield for every series, in order, with the parts that have points of
// it, the oldest first. It must read these points.
func (m *merging) each(yield func(labels string, from []*part) error) error {
	for len(*m) > 0 {
		labels := (*m)[0].labels
		var from []*part
		for len(*m) > 0 && (*m)[0].labels == labels {
			from = append(from, heap.Pop(m).(*part)) //nolint:forcetypeassert // only parts are pushed
		}
		if err := yield(labels, from); err != nil {
			return err
		}
		for _, p := range from {
			more, err := p.next()
			if err != nil {
				return err
			}
			if more {
				heap.Push(m, p)
			}
		}
	}
	return nil
}

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
