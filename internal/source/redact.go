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
	for _, remove := range []func(text, secret string) string{removeWhole, removeParts} {
		for _, p := range s.passwords {
			for _, form := range forms(p) {
				text = remove(text, form)
			}
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

// removeWhole removes a password. A very short one is removed where it stands
// as a word: it would be everywhere otherwise.
func removeWhole(text, secret string) string {
	if len(secret) < 4 {
		return removeWord(text, secret)
	}
	return strings.ReplaceAll(text, secret, mask)
}

// removeParts removes every part of a password that is long enough to tell
// something.
func removeParts(text, secret string) string {
	if len(secret) <= fragment {
		return text
	}
	var out strings.Builder
	for i := 0; i < len(text); {
		n := 0
		for i+n < len(text) && strings.Contains(secret, text[i:i+n+1]) {
			n++
		}
		if n >= fragment {
			out.WriteString(mask)
			i += n
			continue
		}
		out.WriteByte(text[i])
		i++
	}
	return out.String()
}

// removeWord removes a word where no letter or digit touches it.
func removeWord(text, word string) string {
	var out strings.Builder
	done := 0
	for {
		at := strings.Index(text[done:], word)
		if at < 0 {
			out.WriteString(text[done:])
			return out.String()
		}
		at += done
		end := at + len(word)
		before, _ := utf8.DecodeLastRuneInString(text[:at])
		after, _ := utf8.DecodeRuneInString(text[end:])
		out.WriteString(text[done:at])
		if wordRune(before) || wordRune(after) {
			out.WriteString(word)
		} else {
			out.WriteString(mask)
		}
		done = end
	}
}

func wordRune(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }
