package source

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

const (
	mask = "***"
	// fragment is the length from which a part of a password is removed as
	// well: drivers quote the rest of a string that they could not parse.
	fragment = 8
	// remembered bounds what is kept of secrets that have changed.
	remembered = 32
)

// secrets are what no text may show: connection strings and passwords wherever
// they stand, users and hosts where they stand as words.
type secrets struct {
	mu        sync.Mutex
	dsns      []string
	passwords []string
	words     []string
}

// account matches a user as the MySQL family writes it, whoever it is.
var account = regexp.MustCompile(`'[^']*'@'[^']*'`)

// address matches an IP address with a port, as network errors have it.
var address = regexp.MustCompile(`\b\d{1,3}(\.\d{1,3}){3}(:\d+)?\b|\[[0-9a-fA-F:]+(%\w+)?\](:\d+)?`)

// hide remembers a connection and everything in it that no text may show.
func (s *secrets) hide(dsn, password string, words ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dsns = remember(s.dsns, dsn)
	s.passwords = remember(s.passwords, password)
	for _, w := range words {
		s.words = remember(s.words, w)
	}
}

func remember(list []string, item string) []string {
	if item == "" || slices.Contains(list, item) {
		return list
	}
	list = append(list, item)
	return list[max(0, len(list)-remembered):]
}

// remove returns a text without secrets, on one line.
func (s *secrets) remove(text string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, dsn := range s.dsns {
		for _, form := range forms(dsn) {
			text = strings.ReplaceAll(text, form, mask)
		}
	}
	for _, p := range s.passwords {
		for _, form := range forms(p) {
			text = removeText(text, form)
		}
	}
	text = account.ReplaceAllString(text, mask)
	text = address.ReplaceAllString(text, mask)
	for _, w := range s.words {
		text = removeWord(text, w)
	}
	return strings.Join(strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '\r' }), " ")
}

// forms are the ways in which URLs, connection strings and messages write a
// text.
func forms(text string) []string {
	quoted := strconv.Quote(text)
	all := []string{
		text, url.QueryEscape(text), url.PathEscape(text), strings.TrimPrefix(url.UserPassword("", text).String(), ":"),
		quoted[1 : len(quoted)-1],
		strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(text), strings.ReplaceAll(text, `'`, `''`),
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// removeText removes a password, and every part of it that is long enough to
// tell something. A very short one is removed where it stands as a word: it
// would be everywhere otherwise.
func removeText(text, secret string) string {
	switch {
	case len(secret) < 4:
		return removeWord(text, secret)
	case len(secret) < fragment:
		return strings.ReplaceAll(text, secret, mask)
	}
	var out strings.Builder
	for i := 0; i < len(text); {
		n := 0
		if i+fragment <= len(text) {
			for at := strings.Index(secret, text[i:i+fragment]); at >= 0; {
				m := fragment
				for i+m < len(text) && at+m < len(secret) && text[i+m] == secret[at+m] {
					m++
				}
				n = max(n, m)
				next := strings.Index(secret[at+1:], text[i:i+fragment])
				if next < 0 {
					break
				}
				at += 1 + next
			}
		}
		if n == 0 {
			out.WriteByte(text[i])
			i++
			continue
		}
		out.WriteString(mask)
		i += n
	}
	return out.String()
}

// removeWord removes a word where no letter or digit touches it.
func removeWord(text, word string) string {
	var out strings.Builder
	for {
		at := strings.Index(text, word)
		if at < 0 {
			out.WriteString(text)
			return out.String()
		}
		before, _ := utf8.DecodeLastRuneInString(text[:at])
		after, _ := utf8.DecodeRuneInString(text[at+len(word):])
		out.WriteString(text[:at])
		if wordRune(before) || wordRune(after) {
			out.WriteString(word)
		} else {
			out.WriteString(mask)
		}
		text = text[at+len(word):]
	}
}

func wordRune(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }
