package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Problem is one mistake in a configuration file.
type Problem struct {
	File         string
	Line, Column int    // from 1; columns count characters
	Path         string // where it is in the file's structure: collectors[1].windows[0]
	Message      string // what is wrong; never holds a secret
	Allowed      string // what could stand there instead; may be empty
	Nearest      string // the allowed word that was probably meant; may be empty

	length int    // characters to underline
	source string // the line of the file, secrets hidden
	caret  int    // where the underlining begins in source, from 0
	class  class
}

// class tells which problems a JSON Schema can see.
type class int

const (
	// semantic problems need more than the shape of the file: references,
	// arithmetic, SQL, other files.
	semantic class = iota
	// structural problems are those that the JSON Schema finds too.
	structural
	// textual problems are in how the YAML is written: it is gone once the text
	// has become values.
	textual
)

// maxProblems bounds how many problems of one file are told.
const maxProblems = 100

// Problems is the error of a configuration that cannot be used: everything that
// is wrong with one file, in the order of the file.
type Problems struct {
	List []Problem
	// More is how many were found beyond those in the list.
	More int
}

// Error tells every problem with its line of the file.
func (p *Problems) Error() string {
	told := make([]string, len(p.List))
	for i, problem := range p.List {
		told[i] = problem.String()
	}
	if p.More > 0 {
		told = append(told, fmt.Sprintf("and %d more problems", p.More))
	}
	return strings.Join(told, "\n\n")
}

// reporter collects the problems of one file.
type reporter struct {
	text *text
	list []Problem
	// more counts the problems beyond the maximum.
	more int
}

// place is a spot in the file: a node, and how one gets to it.
type place struct {
	path string
	node *node // nil where the file leaves the key out
	key  *node // the key before the node, if it has one
}

// set reports whether the file says anything at this place.
func (p place) set() bool { return p.node != nil }

// inKey is the place of the key rather than of its value.
func (p place) inKey() place {
	if p.key != nil {
		p.node = p.key
	}
	return p
}

// note is what is said of a problem besides its place.
type note struct {
	message string
	allowed string
	nearest string
	class   class
	// from and to choose a part of the value, as offsets in bytes; the whole
	// value is meant where to is 0.
	from, to int
}

// add reports a problem.
func (r *reporter) add(at place, n note) {
	p := Problem{
		File:    r.text.name,
		Line:    1,
		Column:  1,
		Path:    at.path,
		Message: n.message,
		Allowed: n.allowed,
		Nearest: n.nearest,
		class:   n.class,
		length:  1,
	}
	if at.node != nil {
		p.Line, p.Column, p.length = r.text.find(at.node, n.from, n.to)
	}
	r.put(p)
}

// put keeps a problem unless the same was told before.
func (r *reporter) put(p Problem) {
	for _, other := range r.list {
		if other.Line == p.Line && other.Column == p.Column && other.Message == p.Message {
			return
		}
	}
	if len(r.list) >= maxProblems {
		r.more++
		return
	}
	r.list = append(r.list, p)
}

// problems is everything reported, in the order of the file, or nil.
func (r *reporter) problems(hidden *mask) error {
	if len(r.list) == 0 {
		return nil
	}
	for i := range r.list {
		p := &r.list[i]
		p.source, p.caret, p.length = hidden.draw(r.text.line(p.Line), p.Line, p.Column, p.length)
	}
	slices.SortStableFunc(r.list, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return &Problems{List: r.list, More: r.more}
}
