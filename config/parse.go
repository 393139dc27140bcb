package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// maxSize is the size of the largest configuration that is read.
const maxSize = 1 << 20

// parse reads the YAML tree of a file. It is nil where the text itself is wrong,
// which is then reported.
func parse(t *text, content []byte, r *reporter) *node {
	if len(content) > maxSize {
		r.add(place{}, note{
			message: fmt.Sprintf("the file is larger than %d KiB; is it a configuration?", maxSize/1024),
			class:   textual,
		})
		return nil
	}
	if !checkCharacters(t, r) {
		return nil
	}
	content = bytes.TrimPrefix(content, []byte(byteOrderMark))
	docs, err := documents(content)
	switch {
	case err != nil:
		syntaxError(t, r, err)
		return nil
	case len(docs) == 0:
		r.add(place{}, note{
			message: "there is no configuration in the file",
			allowed: "a configuration with `sources` and `collectors`",
			class:   structural,
		})
		return nil
	case len(docs) > 1:
		r.add(place{node: docs[1]}, note{
			message: "a second document begins here; a configuration is one document, so remove the line with `---` or put the rest into another file",
			class:   textual,
		})
		return nil
	}
	return docs[0].Content[0]
}

// documents reads the first two documents of a file; no more are needed to see
// that there are too many. The YAML library panics on some texts that are no
// YAML, which is an error like any other.
func documents(content []byte) (docs []*node, err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("the text cannot be read as YAML")
		}
	}()
	d := yaml.NewDecoder(bytes.NewReader(content))
	for len(docs) < 2 {
		var doc node
		err := d.Decode(&doc)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		docs = append(docs, &doc)
	}
	return docs, nil
}

// checkCharacters reports the first character that no YAML file may have.
func checkCharacters(t *text, r *reporter) bool {
	for i, line := range t.lines {
		column := 0
		for _, c := range line {
			column++
			var message string
			switch {
			case c == utf8.RuneError && !utf8.ValidString(line):
				message = "the file is not valid UTF-8 here; save it as UTF-8"
			case c == '\t', c >= 0x20 && c <= 0x7e, c >= 0xa0 && c <= 0xd7ff, c >= 0xe000 && c <= 0xfffd && c != '\uFEFF', c >= 0x10000:
				continue
			default:
				message = fmt.Sprintf("the control character U+%04X cannot stand in a YAML file; remove it", c)
			}
			p := Problem{File: t.name, Line: i + 1, Column: column, Message: message, length: 1, class: textual}
			r.put(p)
			return false
		}
	}
	return true
}

// syntaxHints say what the messages of the YAML library mean to somebody who
// does not write parsers.
var syntaxHints = []struct{ text, meaning string }{
	{"did not find expected key", "this line does not continue what stands above it: check its indentation, and put text with special characters in quotes"},
	{"did not find expected '-' indicator", "this line is not an entry of the list above it: check its indentation"},
	{"mapping values are not allowed", "a key with a value cannot stand here: check the indentation, and put text that has a colon and a space in quotes"},
	{"could not find expected ':'", "there is no colon after the key: write `key: value`"},
	{"cannot start any token", "text cannot begin with this character: put it in quotes"},
	{"did not find expected ',' or ']'", "a list in [brackets] is not closed, or lacks a comma"},
	{"did not find expected ',' or '}'", "a mapping in {braces} is not closed, or lacks a comma"},
	{"found unexpected end of stream", "a quote is opened here and never closed"},
	{"unexpected document indicator", "a quote is opened before this line and not closed"},
	{"expected alphabetic or numeric character", "text that begins with * or & must be in quotes"},
	{"unknown anchor", "there is no anchor (&name) for this alias (*name): put text that begins with a star in quotes"},
	{"unknown escape character", "a backslash in double quotes begins an escape: write \\\\ for a backslash, or use single quotes"},
	{"block sequence entries are not allowed", "a list entry (`- `) cannot stand here: put it on a line of its own below its key"},
	{"block collections are not allowed", "a list or mapping cannot stand here: put it on a line of its own"},
	{"did not find expected node content", "a value is missing here, or a comma is too many"},
}

// syntaxError reports what the YAML library found.
func syntaxError(t *text, r *reporter, err error) {
	message := errorLine.ReplaceAllString(err.Error(), "")
	line := locateError(t, err.Error())
	source := t.line(line)
	content := strings.TrimLeft(source, " \t")
	p := Problem{
		File:    t.name,
		Line:    line,
		Column:  utf8.RuneCountInString(source) - utf8.RuneCountInString(content) + 1,
		Message: "not valid YAML: " + plainSyntax(message, source),
		class:   textual,
		length:  max(1, utf8.RuneCountInString(strings.TrimRight(content, " \t"))),
	}
	if lead := source[:len(source)-len(content)]; strings.Contains(lead, "\t") {
		p.Column = utf8.RuneCountInString(lead[:strings.Index(lead, "\t")]) + 1
		p.length = 1
		p.Message = "not valid YAML: the line is indented with a tab; YAML wants spaces"
	}
	r.put(p)
}

// errorLine is how the library begins its messages.
var errorLine = regexp.MustCompile(`^yaml: (?:line \d+: )?`)

// plainSyntax says what a message means. The library quotes from the file, so
// other messages of its are cut before anything in quotes.
func plainSyntax(message, line string) string {
	if strings.Contains(line, "${") && strings.Contains(message, "did not find expected ','") {
		return "inside of {braces} and [brackets], a reference to the environment must be in quotes: \"${NAME}\""
	}
	for _, hint := range syntaxHints {
		if strings.Contains(message, hint.text) {
			return hint.meaning
		}
	}
	message, _, _ = strings.Cut(message, "'")
	return strings.TrimSpace(message)
}

// locateError finds the line of a syntax error. The line that the library names
// is that of the block around it, and off by one at that; so we look for the
// shortest beginning of the file that gives the same error.
func locateError(t *text, message string) int {
	fails := func(n int) bool {
		_, err := documents([]byte(strings.Join(t.lines[:n], "\n")))
		return err != nil && err.Error() == message
	}
	low, high := 1, len(t.lines)
	for low < high {
		if mid := (low + high) / 2; fails(mid) {
			high = mid
		} else {
			low = mid + 1
		}
	}
	return low
}
