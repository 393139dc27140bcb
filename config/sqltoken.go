package config

import (
	"strings"
	"unicode/utf8"
)

// tokenKind is what a piece of SQL is.
type tokenKind int

const (
	word    tokenKind = iota // a keyword, or a name without quotes
	quoted                   // a name in quotes
	literal                  // a text or a number
	symbol                   // one character of punctuation
	comment
)

// token is a piece of SQL: the bytes [from, to) of the text.
type token struct {
	kind     tokenKind
	text     string // as written; of a quoted name what is inside of the quotes
	from, to int
}

// upper is the token as a keyword.
func (t token) upper() string {
	if t.kind != word {
		return ""
	}
	return strings.ToUpper(t.text)
}

// is reports whether the token is this punctuation.
func (t token) is(s string) bool { return t.kind == symbol && t.text == s }

// grammar is how an engine writes comments, texts and names. Where settings of a
// server decide, the tokenizer refuses what would mean two things.
type grammar struct {
	nestedComments bool // /* /* */ */ is one comment
	hashComments   bool // # begins a comment
	dashSpace      bool // -- begins a comment only before white space
	backslash      bool // '\'' may be a text with a quote in it
	backtick       bool // `name`
	bracket        bool // [name]
	dollarQuotes   bool // $tag$ text $tag$
	dollarNames    bool // a name may begin with a dollar
	prefixes       bool // E'\'' and U&'\0041'
}

// grammarOf is the grammar of a driver's engines.
func grammarOf(driver string) grammar {
	switch driver {
	case "mysql":
		return grammar{hashComments: true, dashSpace: true, backslash: true, backtick: true, dollarNames: true}
	case "sqlite":
		return grammar{backtick: true, bracket: true}
	}
	return grammar{nestedComments: true, dollarQuotes: true, prefixes: true}
}

// scanner cuts SQL into tokens.
type scanner struct {
	grammar
	sql    string
	at     int
	tokens []token
}

// tokenize cuts SQL into tokens, comments included. It stops at what cannot be
// read, or could be read in two ways, and says so.
func tokenize(sql string, g grammar) ([]token, *note) {
	for i := range len(sql) {
		if c := sql[i]; c < ' ' && c != '\t' && c != '\n' && c != '\r' || c == 0x7f {
			return nil, refused(i, i+1, "a control character cannot stand in SQL; remove it")
		}
	}
	s := scanner{grammar: g, sql: sql}
	for s.at < len(sql) {
		if n := s.next(); n != nil {
			return s.tokens, n
		}
	}
	return s.tokens, nil
}

// next reads one token.
func (s *scanner) next() *note {
	start := s.at
	rest := s.sql[start:]
	c := rest[0]
	switch {
	case c <= ' ':
		s.at++
	case s.lineComment(rest):
		return s.toEndOfLine(rest)
	case strings.HasPrefix(rest, "/*"):
		return s.blockComment()
	case c == '\'':
		if t, ok := lastToken(s.tokens); ok && t.kind == literal && t.text == escaped {
			return refused(start, start+1, "a text with escapes (E'…') cannot go on in a second pair of quotes; write it as one")
		}
		return s.text(1, s.backslash, false)
	case c == '"':
		return s.name('"', s.backslash)
	case c == '`' && s.backtick:
		return s.name('`', false)
	case c == '[' && s.bracket:
		return s.bracketed()
	case c == '$' && s.dollarQuotes:
		return s.dollarQuoted()
	case c >= '0' && c <= '9':
		// Some engines read `1INTO` as two words, so the letters are left.
		s.emit(literal, "", len(rest)-len(strings.TrimLeft(rest, "0123456789")))
	case wordStart(c) || c == '$' && s.dollarNames:
		return s.word(rest)
	default:
		_, w := utf8.DecodeRuneInString(rest)
		s.emit(symbol, rest[:w], w)
	}
	return nil
}

func (s *scanner) emit(k tokenKind, text string, length int) {
	s.tokens = append(s.tokens, token{kind: k, text: text, from: s.at, to: s.at + length})
	s.at += length
}

func (s *scanner) lineComment(rest string) bool {
	if rest[0] == '#' {
		return s.hashComments
	}
	return strings.HasPrefix(rest, "--") && (!s.dashSpace || len(rest) == 2 || rest[2] <= ' ')
}

// toEndOfLine reads a comment that the line ends. The engines do not agree
// whether a carriage return ends it.
func (s *scanner) toEndOfLine(rest string) *note {
	text, _, _ := strings.Cut(rest, "\n")
	if i := strings.IndexByte(strings.TrimSuffix(text, "\r"), '\r'); i >= 0 {
		return refused(s.at, s.at+i, "this comment has a carriage return in it; end the line with a line feed")
	}
	s.emit(comment, text, len(text))
	return nil
}

// blockComment reads /* … */. Comments that MySQL executes, and hints, which can
// switch off time limits, are refused whatever the engine.
func (s *scanner) blockComment() *note {
	start := s.at
	rest := s.sql[start:]
	for _, executed := range []string{"/*!", "/*M!"} {
		if len(rest) >= len(executed) && strings.EqualFold(rest[:len(executed)], executed) {
			return refused(start, start+len(executed), "MySQL executes what is in this comment; write it as SQL, or leave it out")
		}
	}
	if strings.HasPrefix(rest, "/*+") {
		return refused(start, start+3, "hints in comments can switch off time limits; leave it out")
	}
	depth := 0
	for i := 0; i < len(rest); {
		switch {
		case strings.HasPrefix(rest[i:], "/*") && (depth == 0 || s.nestedComments):
			depth++
			i += 2
		case strings.HasPrefix(rest[i:], "*/"):
			depth--
			i += 2
			if depth == 0 {
				s.emit(comment, rest[:i], i)
				return nil
			}
		default:
			i++
		}
	}
	return refused(start, start+2, "the comment is not closed; end it with */")
}

// escaped marks a text with escapes, E'…'.
const escaped = "E"

// text reads a text in single quotes, whose first quote is the last of prefix
// bytes. With escapes, a backslash takes away the meaning of the next character;
// certain tells whether it surely does, or only on some servers.
func (s *scanner) text(prefix int, escapes, certain bool) *note {
	start := s.at
	end, ambiguous := closing(s.sql, start+prefix, '\'', escapes && certain)
	switch {
	case escapes && !certain && ambiguous > 0:
		return refused(ambiguous, ambiguous+2, `whether \' ends the text depends on the server's settings; write '' for a quote`)
	case end < 0:
		return refused(start, start+prefix, "the text is not closed; end it with '")
	}
	mark := ""
	if certain {
		mark = escaped
	}
	s.emit(literal, mark, end-start)
	return nil
}

// name reads a name in quotes; on MySQL it may be a text.
func (s *scanner) name(quote byte, escapes bool) *note {
	start := s.at
	end, ambiguous := closing(s.sql, start+1, quote, false)
	switch {
	case escapes && ambiguous > 0:
		return refused(ambiguous, ambiguous+2, `whether \" ends the text depends on the server's settings; write "" for a quote`)
	case end < 0:
		return refused(start, start+1, "the name is not closed; end it with "+string(quote))
	}
	q := string(quote)
	s.emit(quoted, strings.ReplaceAll(s.sql[start+1:end-1], q+q, q), end-start)
	return nil
}

// closing finds the end of what is in quotes: behind the closing quote, or -1. A
// doubled quote is one inside. ambiguous is where a backslash stands before a
// quote such that it would matter whether it is an escape, or 0.
func closing(sql string, i int, quote byte, escapes bool) (end, ambiguous int) {
	slashes := 0 // backslashes just before i
	for ; i < len(sql); i++ {
		switch {
		case sql[i] == '\\':
			slashes++
			if escapes {
				i++ // over the character that it takes
				slashes = 0
			}
			continue
		case sql[i] == quote:
			if slashes%2 == 1 && ambiguous == 0 {
				ambiguous = i - 1
			}
			if i+1 >= len(sql) || sql[i+1] != quote {
				return i + 1, ambiguous
			}
			i++
		}
		slashes = 0
	}
	return -1, ambiguous
}

// bracketed reads [name].
func (s *scanner) bracketed() *note {
	rest := s.sql[s.at:]
	end := strings.IndexByte(rest, ']')
	if end < 0 {
		return refused(s.at, s.at+1, "the name is not closed; end it with ]")
	}
	s.emit(quoted, rest[1:end], end+1)
	return nil
}

// dollarQuoted reads $tag$ … $tag$, or $1.
func (s *scanner) dollarQuoted() *note {
	rest := s.sql[s.at:]
	tag := 1
	for tag < len(rest) && (wordStart(rest[tag]) || tag > 1 && digit(rest[tag])) {
		tag++
	}
	if tag >= len(rest) || rest[tag] != '$' {
		s.emit(symbol, "$", 1)
		return nil
	}
	mark := rest[:tag+1]
	end := strings.Index(rest[len(mark):], mark)
	if end < 0 {
		return refused(s.at, s.at+len(mark), "the text is not closed; end it with "+mark)
	}
	s.emit(literal, "", end+2*len(mark))
	return nil
}

// word reads a name or keyword, or the prefix of a text.
func (s *scanner) word(rest string) *note {
	n := s.wordLength(rest)
	if s.prefixes && n == 1 && len(rest) > 1 {
		switch {
		case rest[0]|0x20 == 'e' && rest[1] == '\'':
			return s.text(2, true, true)
		case rest[0]|0x20 == 'u' && len(rest) > 2 && rest[1] == '&' && (rest[2] == '\'' || rest[2] == '"'):
			return refused(s.at, s.at+3, "texts and names with Unicode escapes (U&) are not supported; write the characters themselves")
		}
	}
	s.emit(word, rest[:n], n)
	return nil
}

func (s *scanner) wordLength(rest string) int {
	n := 1
	for n < len(rest) && (wordStart(rest[n]) || digit(rest[n]) || rest[n] == '$') {
		n++
	}
	return n
}

// wordStart reports whether a name may begin with a byte. All bytes beyond ASCII
// belong to letters, as far as the engines are concerned.
func wordStart(c byte) bool {
	return c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' || c >= 0x80
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

// refused is a note on a part of the SQL.
func refused(from, to int, message string) *note {
	return &note{message: message, from: from, to: to}
}
