package source

import "strings"

// errSeveral refuses a text of several statements: one of them could end the
// read-only transaction and the next one write.
var errSeveral = known{KindSQL, "the text holds more than one statement"}

// single checks that a text is one statement. The servers of the MySQL family
// check it themselves.
func single(driver, text string) error {
	if driver == MySQL {
		return nil
	}
	for i := 0; i < len(text); {
		if n := skip(driver, text, i); n > 0 {
			i += n
			continue
		}
		if text[i] == ';' && !blank(driver, text[i+1:]) {
			return errSeveral
		}
		i++
	}
	return nil
}

// blank reports whether a text is nothing but space, comments and semicolons.
func blank(driver, text string) bool {
	for i := 0; i < len(text); {
		switch text[i] {
		case ' ', '\t', '\n', '\r', '\f', '\v', ';':
			i++
			continue
		case '-', '/':
			if n := comment(driver, text[i:]); n > 0 {
				i += n
				continue
			}
		}
		return false
	}
	return true
}

// skip returns the length of the comment, literal or quoted name that begins
// at i, or 0.
func skip(driver, text string, i int) int {
	rest := text[i:]
	if n := comment(driver, rest); n > 0 {
		return n
	}
	switch {
	case rest[0] == '\'':
		escaped := driver == Postgres && i > 0 && (text[i-1] == 'e' || text[i-1] == 'E') && (i == 1 || !name(text[i-2]))
		return quoted(rest, '\'', escaped)
	case rest[0] == '"':
		return quoted(rest, '"', false)
	case driver == SQLite && rest[0] == '`':
		return quoted(rest, '`', false)
	case driver == SQLite && rest[0] == '[':
		return until(rest, 1, "]")
	case driver == Postgres && rest[0] == '$' && (i == 0 || !name(text[i-1])):
		end := strings.IndexByte(rest[1:], '$')
		if end < 0 || strings.ContainsFunc(rest[1:1+end], func(r rune) bool { return r < 0x80 && !name(byte(r)) }) ||
			end > 0 && rest[1] >= '0' && rest[1] <= '9' {
			return 0
		}
		return until(rest, end+2, rest[:end+2])
	}
	return 0
}

// comment returns the length of the comment that a text begins with, or 0.
func comment(driver, text string) int {
	switch {
	case strings.HasPrefix(text, "--"):
		end := strings.IndexAny(text, "\n\r")
		if driver == SQLite {
			end = strings.IndexByte(text, '\n')
		}
		if end < 0 {
			return len(text)
		}
		return end
	case strings.HasPrefix(text, "/*") && driver == SQLite:
		return until(text, 2, "*/")
	case strings.HasPrefix(text, "/*"):
		depth, i := 1, 2
		for ; i < len(text) && depth > 0; i++ {
			switch {
			case strings.HasPrefix(text[i:], "/*"):
				depth++
				i++
			case strings.HasPrefix(text[i:], "*/"):
				depth--
				i++
			}
		}
		return min(i, len(text))
	}
	return 0
}

// quoted returns the length of a quoted text. A doubled quote needs no care: it
// ends one quoted text and begins the next.
func quoted(text string, quote byte, escapes bool) int {
	for i := 1; i < len(text); i++ {
		switch {
		case escapes && text[i] == '\\':
			i++
		case text[i] == quote && escapes && i+1 < len(text) && text[i+1] == quote:
			i++ // the next one would be taken for a text without escapes
		case text[i] == quote:
			return i + 1
		}
	}
	return len(text)
}

// until returns the length of a text up to the end of a mark, from a place on.
func until(text string, from int, mark string) int {
	if end := strings.Index(text[from:], mark); end >= 0 {
		return from + end + len(mark)
	}
	return len(text)
}

// name reports whether a byte can stand in a name.
func name(b byte) bool {
	return b == '_' || b >= 0x80 || b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
}
