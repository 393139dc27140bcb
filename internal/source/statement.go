package source

import (
	"fmt"
	"slices"
	"strings"
)

// firstWords are what a statement may begin with.
var firstWords = []string{"SELECT", "WITH", "VALUES", "EXPLAIN"}

// admit checks that a text is one statement that reads. A read-only
// transaction alone does not see to that: a text of several statements could
// end it first, MariaDB ends it by itself before DROP TABLE, SQLite creates the
// file that ATTACH names, and INTO OUTFILE writes on the server's disk.
func admit(driver, text string) error {
	if strings.IndexByte(text, 0) >= 0 {
		return known{KindSQL, "the statement holds a zero byte"}
	}
	first, word, ended := "", "", false
	for i := 0; i < len(text); {
		if n := comment(driver, text[i:]); n > 0 {
			i, word = i+n, ""
			continue
		}
		c := text[i]
		if strings.IndexByte(" \t\n\r\f\v;", c) >= 0 || first == "" && c == '(' {
			ended = ended || c == ';'
			i, word = i+1, ""
			continue
		}
		if ended {
			return known{KindSQL, "the text holds more than one statement"}
		}
		n := skip(driver, text[i:], word)
		word = ""
		if n == 0 {
			n = wordLen(text[i:])
			word = strings.ToUpper(text[i : i+n])
			n = max(n, 1)
		}
		if first == "" {
			if first = word; !slices.Contains(firstWords, word) {
				return known{KindReadOnly, fmt.Sprintf("it begins with %s", begins(word))}
			}
		}
		if word == "INTO" {
			return known{KindReadOnly, "it says INTO"}
		}
		i += n
	}
	if first == "" {
		return known{KindSQL, "the statement is empty"}
	}
	return nil
}

// begins names the beginning of a statement without quoting much of it.
func begins(word string) string {
	if word == "" || len(word) > 20 {
		return "no word of SQL"
	}
	return word
}

// skip returns the length of the literal or quoted name that a text begins
// with, or 0. Word is what stands right before it.
func skip(driver, text, word string) int {
	switch c := text[0]; {
	case c == '\'':
		return quoted(text, driver == MySQL || driver == Postgres && word == "E")
	case c == '"':
		return quoted(text, driver == MySQL)
	case c == '`' && driver != Postgres:
		return quoted(text, false)
	case c == '[' && driver == SQLite:
		return until(text, 1, "]")
	case c == '$' && driver == Postgres:
		// A dollar quote: $$…$$ or $tag$…$tag$; $1 is none. A dollar within a
		// word belongs to the word.
		tag := 1
		for tag < len(text) && inName(text[tag]) {
			tag++
		}
		if tag == len(text) || text[tag] != '$' || text[1] >= '0' && text[1] <= '9' {
			return 0
		}
		return until(text, tag+1, text[:tag+1])
	}
	return 0
}

// comment returns the length of the comment that a text begins with, or 0.
func comment(driver, text string) int {
	switch {
	case driver == MySQL && strings.HasPrefix(text, "/*!"):
		return 0 // MySQL runs what stands in it
	case driver == MySQL && strings.HasPrefix(text, "/*M!"):
		return 0 // and MariaDB in this
	case driver == MySQL && strings.HasPrefix(text, "#"):
		return line(text, "\n")
	case driver == MySQL && strings.HasPrefix(text, "--"):
		if len(text) > 2 && text[2] > ' ' {
			return 0 // minus minus
		}
		return line(text, "\n")
	case driver == Postgres && strings.HasPrefix(text, "--"):
		return line(text, "\n\r")
	case strings.HasPrefix(text, "--"):
		return line(text, "\n")
	case driver == Postgres && strings.HasPrefix(text, "/*"):
		return nested(text)
	case strings.HasPrefix(text, "/*"):
		return until(text, 2, "*/")
	}
	return 0
}

// line returns the length of a text up to the end of its first line.
func line(text, ends string) int {
	if end := strings.IndexAny(text, ends); end >= 0 {
		return end
	}
	return len(text)
}

// nested returns the length of a comment in which comments may stand.
func nested(text string) int {
	for i, depth := 0, 0; i < len(text); {
		switch {
		case strings.HasPrefix(text[i:], "/*"):
			depth++
			i += 2
		case strings.HasPrefix(text[i:], "*/"):
			depth--
			i += 2
			if depth == 0 {
				return i
			}
		default:
			i++
		}
	}
	return len(text)
}

// quoted returns the length of a quoted text. A doubled quote stands for
// itself.
func quoted(text string, escapes bool) int {
	quote := text[0]
	for i := 1; i < len(text); i++ {
		switch {
		case escapes && text[i] == '\\':
			i++
		case text[i] == quote && i+1 < len(text) && text[i+1] == quote:
			i++
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

// wordLen is the length of the word that a text begins with.
func wordLen(text string) int {
	n := 0
	for n < len(text) && (inName(text[n]) || n > 0 && text[n] == '$') {
		n++
	}
	return n
}

// inName reports whether a byte can stand in a name.
func inName(b byte) bool {
	return b == '_' || b >= 0x80 || b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
}
