package config

import (
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// unit is one visible character of a scalar's value, and what stands for it in
// the file: itself, or an escape sequence.
type unit struct {
	offset int // in bytes, in the value
	at     position
	width  int // in characters, in the file
}

// units finds every visible character of a scalar in the file, so that a
// problem inside of a quoted, folded or literal text can be pointed at. White
// space is left out: folding changes it, and nothing ever points at it.
//
// It stops early where the file does not look as expected, so the answer may be
// too short, never wrong.
func (t *text) units(n *node) []unit {
	c := cursor{text: t, line: n.Line, rest: skipColumns(t.line(n.Line), n.Column-1), column: n.Column}
	c.skipAnchor(n)
	switch {
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		c.nextLine()
	case n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0:
		c.take(1)
	}
	var units []unit
	for offset, r := range n.Value {
		if space(r) {
			continue
		}
		at, width, got, ok := c.next(n.Style)
		if !ok || got != r {
			break
		}
		units = append(units, unit{offset: offset, at: at, width: width})
	}
	return units
}

// space reports whether YAML may add, drop or change a character when it folds
// lines.
func space(r rune) bool {
	switch r {
	case ' ', '\t', '\n', '\r', '\u0085', '\u2028', '\u2029':
		return true
	}
	return false
}

// cursor walks over the characters of a file.
type cursor struct {
	text   *text
	line   int
	column int
	rest   string // of the line
}

func (c *cursor) nextLine() bool {
	c.line++
	c.column = 1
	c.rest = c.text.line(c.line)
	return c.line <= len(c.text.lines)
}

// take goes over n characters of the line.
func (c *cursor) take(n int) {
	c.rest = skipColumns(c.rest, n)
	c.column += n
}

// skipAnchor goes over the anchor or tag before a node.
func (c *cursor) skipAnchor(n *node) {
	for strings.HasPrefix(c.rest, "&") && n.Anchor != "" || strings.HasPrefix(c.rest, "!") {
		c.skipWord()
		if !c.skipSpace() {
			return
		}
	}
}

func (c *cursor) skipWord() {
	for c.rest != "" && !space(rune(c.rest[0])) {
		c.take(1)
	}
}

// skipSpace goes to the next visible character, over line ends; it reports
// whether there is one.
func (c *cursor) skipSpace() bool {
	for {
		r, _ := utf8.DecodeRuneInString(c.rest)
		switch {
		case c.rest == "":
			if !c.nextLine() {
				return false
			}
		case space(r):
			c.take(1)
		default:
			return true
		}
	}
}

// next takes what stands for the next visible character of a scalar.
func (c *cursor) next(style yaml.Style) (at position, width int, r rune, ok bool) {
	for c.skipSpace() {
		at = position{c.line, c.column}
		r, _ = utf8.DecodeRuneInString(c.rest)
		width = 1
		switch {
		case r == '\'' && style&yaml.SingleQuotedStyle != 0:
			width = 2
		case r == '\\' && style&yaml.DoubleQuotedStyle != 0:
			r, width = escape(c.rest)
		}
		c.take(width)
		if !space(r) {
			return at, width, r, true
		}
	}
	return position{}, 0, 0, false
}

// escape reads an escape sequence of a double-quoted text: the character that
// it stands for, and its length. A backslash at the end of a line stands for
// white space.
func escape(s string) (r rune, width int) {
	if len(s) < 2 {
		return ' ', 1
	}
	digits := map[byte]int{'x': 2, 'u': 4, 'U': 8}[s[1]]
	if digits > 0 {
		width = min(2+digits, len(s))
		for _, d := range s[2:width] {
			r = r<<4 | rune(strings.IndexRune("0123456789abcdef", d|0x20))
		}
		return r, width
	}
	switch s[1] {
	case '0':
		return 0, 2
	case 'a':
		return '\a', 2
	case 'b':
		return '\b', 2
	case 'v':
		return '\v', 2
	case 'f':
		return '\f', 2
	case 'e':
		return '\x1b', 2
	case '_':
		return '\u00a0', 2
	case 't', '\t', 'n', 'r', ' ', 'N', 'L', 'P':
		return ' ', 2
	}
	r, _ = utf8.DecodeRuneInString(s[1:])
	return r, 2
}

// skipColumns is a line without its first n characters.
func skipColumns(s string, n int) string {
	for ; n > 0 && s != ""; n-- {
		_, w := utf8.DecodeRuneInString(s)
		s = s[w:]
	}
	return s
}
