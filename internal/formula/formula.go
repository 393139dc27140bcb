// Package formula reads and computes expressions over the values of KPIs, such
// as `spend.cost / desk.ticket_volume.created`: arithmetic, comparisons and a
// few functions. It is pure: an expression has no side effects, no loops and no
// memory, so its cost is bounded by its length.
package formula

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"
)

// MaxLength is how many bytes an expression may have.
const MaxLength = 1000

// Samples is the word that stands in a reference for the number of rows or
// customers that the first value of a KPI rests on: `base.retention.samples`.
const Samples = "samples"

// Expression is a formula that was understood. It is immutable.
type Expression struct {
	text       string
	root       number
	references []Reference
	// product is whether it is made of multiplications and divisions alone, and
	// smooth whether it is free of comparisons and absolute values.
	product, smooth bool
	// money is whether it holds an amount of money without a currency.
	money bool
}

// Reference is a value of a collector that an expression names: collector, KPI,
// and optionally the stat and the value of a further label.
type Reference struct {
	Parts []Part
}

// Part is one name of a reference and where it stands, as offsets in bytes.
type Part struct {
	Text     string
	From, To int
}

// String is the reference as it is written.
func (r Reference) String() string {
	names := make([]string, len(r.Parts))
	for i, p := range r.Parts {
		names[i] = p.Text
		if strings.Trim(p.Text, word) != "" {
			names[i] = fmt.Sprintf("%q", p.Text)
		}
	}
	return strings.Join(names, ".")
}

const word = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"

// maxParts is how many names a reference may have.
const maxParts = 4

// Error is a mistake in an expression and where it is, as offsets in bytes.
type Error struct {
	From, To int
	Problem  string
}

// Error implements error.
func (e *Error) Error() string { return e.Problem }

// Parse reads an expression. The error is an *Error.
func Parse(text string) (*Expression, error) {
	if len(text) > MaxLength {
		return nil, &Error{0, len(text), fmt.Sprintf("the expression is longer than %d bytes: divide it into several formulas", MaxLength)}
	}
	tree, err := parser.Parse(text)
	if err != nil {
		return nil, syntax(text, err)
	}
	e := &Expression{text: text, product: true, smooth: true}
	r := reader{text: text, into: e}
	if e.root, err = r.number(tree.Node); err != nil {
		return nil, err
	}
	if len(e.references) == 0 {
		return nil, &Error{0, len(text), "the expression names no value: write collector.kpi, such as spend.cost"}
	}
	return e, nil
}

// syntax is an error of the parser, without its picture of the place.
func syntax(text string, err error) error {
	at := &Error{To: len(text), Problem: err.Error()}
	if f, ok := errors.AsType[*file.Error](err); ok {
		at.From, at.To = bytesAt(text, f.From), bytesAt(text, f.To)
		at.Problem = "the expression cannot be read here: " + f.Message
		if at.From >= len(text) || strings.Contains(f.Message, "token EOF") {
			at.From, at.To = 0, len(text)
			at.Problem = "the expression ends too early; is a bracket not closed, or a value missing?"
		}
	}
	return at
}

// bytesAt is the offset in bytes of a character by its number.
func bytesAt(text string, characters int) int {
	offset := 0
	for range characters {
		if offset >= len(text) {
			break
		}
		_, n := utf8.DecodeRuneInString(text[offset:])
		offset += n
	}
	return offset
}

// String is the expression as it was written.
func (e *Expression) String() string { return e.text }

// References are the values that the expression needs, each once.
func (e *Expression) References() []Reference { return e.references }

// HoldsMoney reports whether the expression holds an amount of money whose
// currency it does not say: currency(40).
func (e *Expression) HoldsMoney() bool { return e.money }
