package config

import (
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// node is a node of the YAML tree.
type node = yaml.Node

// text is a configuration file as it was read.
type text struct {
	name  string
	lines []string // without their breaks
}

// byteOrderMark may stand at the beginning of a file; it is no part of it.
const byteOrderMark = "\uFEFF"

// newText splits a file into the lines that YAML counts: besides \n, \r and
// \r\n it also ends them at the Unicode characters NEL, LS and PS.
func newText(name string, content []byte) *text {
	s := strings.TrimPrefix(string(content), byteOrderMark)
	t := &text{name: name}
	start := 0
	for i := 0; i < len(s); {
		w := breakAt(s[i:])
		if w == 0 {
			_, w = utf8.DecodeRuneInString(s[i:])
			i += w
			continue
		}
		t.lines = append(t.lines, s[start:i])
		i += w
		start = i
	}
	t.lines = append(t.lines, s[start:])
	return t
}

// breakAt is the length of the line break that s begins with, or 0.
func breakAt(s string) int {
	for _, b := range []string{"\r\n", "\n", "\r", "\u0085", "\u2028", "\u2029"} {
		if strings.HasPrefix(s, b) {
			return len(b)
		}
	}
	return 0
}

// line is a line by its number, from 1; empty beyond the file.
func (t *text) line(n int) string {
	if n < 1 || n > len(t.lines) {
		return ""
	}
	return t.lines[n-1]
}

// position is a character of the file: line and column from 1.
type position struct {
	line, column int
}

// find is where a part of a node stands: the bytes [from, to) of a scalar's
// value, or all of the node where to is 0. length is how many characters to
// underline on that line.
func (t *text) find(n *node, from, to int) (line, column, length int) {
	if n.Kind == yaml.MappingNode && len(n.Content) > 0 && n.Style&yaml.FlowStyle == 0 && n.Content[0].Kind == yaml.ScalarNode {
		n, to = n.Content[0], 0 // a mapping is told by its first key
	}
	if n.Kind != yaml.ScalarNode {
		return t.clamp(position{n.Line, n.Column}, 1)
	}
	units := t.units(n)
	if to == 0 {
		first, last := t.extent(n, units)
		if last.line != first.line {
			return t.clamp(first, utf8.RuneCountInString(t.line(first.line))-first.column+1)
		}
		return t.clamp(first, last.column-first.column+1)
	}
	var first, last *unit
	for i := range units {
		if u := &units[i]; u.offset >= from && u.offset < to {
			if first == nil {
				first = u
			}
			if u.at.line == first.at.line {
				last = u
			}
		}
	}
	if first == nil {
		return t.clamp(position{n.Line, n.Column}, 1)
	}
	return t.clamp(first.at, last.at.column+last.width-first.at.column)
}

// clamp keeps a position inside the file, whatever the YAML library said.
func (t *text) clamp(p position, length int) (int, int, int) {
	line := min(max(p.line, 1), len(t.lines))
	end := utf8.RuneCountInString(t.lines[line-1]) + 1
	column := min(max(p.column, 1), end)
	return line, column, max(1, min(length, end-column))
}

// extent is the first and the last character of a scalar, quotes included.
func (t *text) extent(n *node, units []unit) (first, last position) {
	first = position{n.Line, n.Column}
	quoted := n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0
	if len(units) == 0 {
		if quoted {
			return first, position{first.line, first.column + 1}
		}
		return first, first
	}
	u := units[len(units)-1]
	last = position{u.at.line, u.at.column + u.width - 1}
	if quoted {
		last.column++
	}
	return first, last
}
