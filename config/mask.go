package config

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// secretWord matches the words that make a key, known or misspelt, one whose
// value is not shown.
const secretWord = `(?:dsn|pas+w|pwd|pas+phrase|secret|token|credential|api_?key|private_?key)`

var (
	secretKey  = regexp.MustCompile(`(?i)` + secretWord)
	secretLine = regexp.MustCompile(`(?i)[\w-]*` + secretWord + `[\w-]*["']?(?:\s*[:=]\s*|\s+|$)`)
	// fileKey matches keys that name a file which holds a secret.
	fileKey = regexp.MustCompile(`(?i)_file["']?[\s:=]*$`)
	// login matches user and password before a host, in a URL or as the MySQL
	// driver writes them.
	login = regexp.MustCompile(`[^\s"':]+:\S+@`)
	// reference matches a reference to the environment.
	reference = regexp.MustCompile(`\$\{[A-Za-z_][A-Za-z0-9_]*\}`)
)

// hideLogins hides what looks like user and password anywhere in a text.
func hideLogins(s string) string { return login.ReplaceAllString(s, hidden+"@") }

// isSecretKey reports whether the value of a key is not shown.
func isSecretKey(key string) bool {
	return secretKey.MatchString(key) && !fileKey.MatchString(key)
}

// onlyReferences reports whether a value is nothing but references to the
// environment, which need not be hidden.
func onlyReferences(s string) bool {
	s = strings.Trim(strings.TrimSpace(s), `"'`)
	return strings.TrimSpace(reference.ReplaceAllString(s, "")) == ""
}

// mask knows which parts of a file are secret.
type mask struct {
	spans map[int][]span // by line
}

// span is a part of a line: the columns [from, to), from 1.
type span struct {
	from, to int
}

// endOfLine is beyond every column.
const endOfLine = int(^uint(0) >> 1)

// maskTree finds the secrets of a file by the keys that they stand under.
func maskTree(t *text, root *node) *mask {
	m := &mask{spans: map[int][]span{}}
	type visit struct {
		n      *node
		secret bool
	}
	seen := map[visit]bool{} // an anchor may be used often, or contain itself
	var walk func(n *node, secret bool)
	walk = func(n *node, secret bool) {
		if n == nil || seen[visit{n, secret}] {
			return
		}
		seen[visit{n, secret}] = true
		switch n.Kind {
		case yaml.ScalarNode:
			if secret {
				m.hide(t, n)
			}
		case yaml.AliasNode:
			walk(n.Alias, secret)
		case yaml.MappingNode:
			for i := 0; i+1 < len(n.Content); i += 2 {
				walk(n.Content[i], secret)
				walk(n.Content[i+1], secret || isSecretKey(n.Content[i].Value))
			}
		default:
			for _, c := range n.Content {
				walk(c, secret)
			}
		}
	}
	walk(root, false)
	return m
}

// hide hides a scalar.
func (m *mask) hide(t *text, n *node) {
	if n.Value == "" && (n.Anchor != "" || n.Style&yaml.TaggedStyle != 0) {
		// A text that begins with & or ! and is not in quotes.
		m.spans[n.Line] = append(m.spans[n.Line], span{n.Column, endOfLine})
	}
	if onlyReferences(n.Value) {
		return
	}
	units := t.units(n)
	visible := 0
	for _, r := range n.Value {
		if !space(r) {
			visible++
		}
	}
	first, last := t.extent(n, units)
	if len(units) < visible {
		// The end was not found: rather hide too much.
		last = position{len(t.lines), endOfLine - 1}
	}
	for line := first.line; line <= last.line; line++ {
		s := span{1, endOfLine}
		if line == first.line {
			s.from = first.column
		}
		if line == last.line {
			s.to = last.column + 1
		}
		m.spans[line] = append(m.spans[line], s)
	}
}

// maskLines finds secrets by the look of lines, where the file is no valid YAML
// and what is a value cannot be told.
func maskLines(t *text) *mask {
	m := &mask{spans: map[int][]span{}}
	open := false // the line before began a secret and may not have ended it
	for i, line := range t.lines {
		if open && strings.TrimSpace(line) != "" {
			m.spans[i+1] = []span{{1, endOfLine}}
		}
		found := secretLine.FindStringIndex(line)
		if found == nil || fileKey.MatchString(line[found[0]:found[1]]) {
			open = open && strings.TrimSpace(line) == ""
			continue
		}
		rest := strings.TrimSpace(line[found[1]:])
		open = rest == "" || strings.ContainsAny(rest[:1], `|>"'&!`)
		if !onlyReferences(rest) {
			m.spans[i+1] = append(m.spans[i+1], span{utf8.RuneCountInString(line[:found[1]]) + 1, endOfLine})
		}
	}
	return m
}

// longestDrawn is the length of the longest line that is shown.
const longestDrawn = 10_000

// draw is a line of the file with its secrets hidden, and where to underline in
// it: from 0, with a length.
func (m *mask) draw(line string, number, column, length int) (shown string, caret, width int) {
	if len(line) > longestDrawn {
		return "", 0, 1
	}
	spans := slices.Clone(m.spans[number])
	for _, found := range login.FindAllStringIndex(line, -1) {
		spans = append(spans, span{
			utf8.RuneCountInString(line[:found[0]]) + 1,
			utf8.RuneCountInString(line[:found[1]]),
		})
	}
	slices.SortFunc(spans, func(a, b span) int { return a.from - b.from })
	var out []rune
	caret, end := -1, 0
	for i, r := range []rune(line) {
		at := i + 1
		s := slices.IndexFunc(spans, func(s span) bool { return at >= s.from && at < s.to })
		if at == column {
			caret = len(out)
		}
		switch {
		case s < 0 && (r < ' ' && r != '\t' || r == 0x7f):
			out = append(out, '\uFFFD') // not to be sent to a terminal
		case s < 0:
			out = append(out, r)
		case !inside(spans, at-1) || at == 1:
			out = append(out, []rune(hidden)...)
		case at == column:
			// The caret is inside of what is hidden: it goes below all of it.
			caret = len(out) - len(hidden)
		}
		if at < column+length {
			end = len(out)
		}
	}
	if caret < 0 {
		caret = len(out)
	}
	return string(out), caret, max(1, end-caret)
}

func inside(spans []span, column int) bool {
	return slices.ContainsFunc(spans, func(s span) bool { return column >= s.from && column < s.to })
}
