package config

import (
	"fmt"
	"strings"
)

// maxShown is how much of a long line is shown around a problem.
const maxShown = 100

// String tells the problem as a compiler would: where, what, the line with the
// part that is meant underlined, what is allowed, and what was probably meant.
func (p Problem) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s:%d:%d: ", p.File, p.Line, p.Column)
	if p.Path != "" {
		fmt.Fprintf(&b, "%s: ", p.Path)
	}
	b.WriteString(p.Message)
	b.WriteByte('\n')
	if strings.TrimSpace(p.source) != "" {
		line, caret := cut([]rune(p.source), p.caret)
		number := fmt.Sprintf("%5d", p.Line)
		fmt.Fprintf(&b, "%s | %s\n", number, strings.TrimRight(string(line), " \t"))
		fmt.Fprintf(&b, "%s | %s%s\n", strings.Repeat(" ", len(number)), indent(line, caret), strings.Repeat("^", max(1, min(p.length, len(line)-caret))))
	}
	if p.Allowed != "" {
		b.WriteString(wrap("allowed: " + p.Allowed))
	}
	if p.Nearest != "" {
		fmt.Fprintf(&b, "      did you mean %q?\n", p.Nearest)
	}
	return strings.TrimRight(b.String(), "\n")
}

// cut shortens a long line to what surrounds the caret.
func cut(line []rune, caret int) ([]rune, int) {
	caret = min(caret, len(line))
	if start := caret - maxShown/2; len(line) > maxShown && start > 0 {
		line = append([]rune("…"), line[start:]...)
		caret -= start - 1
	}
	if len(line) > maxShown {
		line = append(line[:maxShown:maxShown], '…')
	}
	return line, caret
}

// indent is what stands before a caret so that it is below its character, with
// the tabs of the line above.
func indent(line []rune, caret int) string {
	before := make([]rune, 0, caret)
	for _, r := range line[:min(caret, len(line))] {
		if r != '\t' {
			r = ' '
		}
		before = append(before, r)
	}
	return string(before)
}

// wrap breaks a long list at spaces.
func wrap(s string) string {
	const width = 92
	var b strings.Builder
	column := 0
	for i, word := range strings.Split(s, " ") {
		switch {
		case i == 0:
			b.WriteString("      ")
		case column+len(word) > width:
			b.WriteString("\n               ")
			column = 9
		default:
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column += len(word)
	}
	b.WriteByte('\n')
	return b.String()
}
