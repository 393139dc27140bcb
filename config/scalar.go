package config

import (
	"encoding"
	"fmt"
	"math"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// loneReference is a value that is one reference to the environment. It may
// stand where a number or a yes or no is expected.
var loneReference = regexp.MustCompile(`^` + reference.String() + `$`)

// text reads a text: checks how it is written, puts in the environment, and
// checks what comes of it.
func (d *decoder) text(at place, f field) (string, bool) {
	k := kindOf(f, d.vocabulary)
	if at.node.Kind != yaml.ScalarNode || !isText(at.node) {
		d.notText(at, f, k)
		return "", false
	}
	written := at.node.Value
	shown := shownText(f.key, written)
	if k.literal || !strings.Contains(written, "$") {
		return written, d.checkText(at, f, k, written, shown, structural)
	}
	s, notes := expand(written, d.lookup)
	for _, n := range notes {
		d.add(at, n)
	}
	if !reference.MatchString(written) && !d.checkText(at, f, k, written, shown, structural) || len(notes) > 0 {
		return "", false
	}
	return s, d.checkText(at, f, k, s, shown, semantic)
}

// shownText is what messages call the text of a key: never what the environment
// puts into it.
func shownText(key, written string) string {
	switch {
	case isSecretKey(key):
		return "the value"
	case strings.Contains(written, "$"):
		return "the value of " + written
	}
	return quote(written)
}

// checkText checks a text against its kind. shown is how messages call it. A
// semantic text comes from the environment and is not told, nor what it is near.
func (d *decoder) checkText(at place, f field, k kind, s, shown string, c class) bool {
	if !k.matches(s) {
		n := k.mismatch(f.key, s, shown)
		n.class = c
		if c == semantic {
			n.nearest = ""
		}
		d.add(at, n)
		return false
	}
	if k.check != nil {
		if n, ok := k.check(s); !ok {
			if c == semantic {
				n = note{message: shown + " is not " + k.noun + " that can be used here", allowed: n.allowed}
			}
			d.add(at, n)
			return false
		}
	}
	return true
}

// isText reports whether a scalar is text: also a date, which YAML would turn
// into a time.
func isText(n *node) bool {
	switch n.ShortTag() {
	case "!!str", "!!timestamp", "!!merge":
		return true
	}
	return false
}

// notText reports a value where text is expected.
func (d *decoder) notText(at place, f field, k kind) {
	n := note{allowed: k.allowed, class: structural}
	hint := ""
	if at.node.Kind == yaml.ScalarNode {
		switch {
		case k.placeholder == "duration":
			hint = fmt.Sprintf("give it a unit, such as %sm or %[1]sh", at.node.Value)
		case isSecretKey(f.key):
			hint = "put it in quotes"
		case len(k.words) == 0 && k.placeholder != "window" && k.matches(at.node.Value):
			hint = fmt.Sprintf("put it in quotes: %q", at.node.Value)
		}
	}
	n.message = mismatched(at.node, k.noun, hint)
	if len(k.words) > 0 {
		n.allowed = strings.Join(k.words, ", ")
	}
	d.add(at, n)
}

// unmarshal reads a text into a type that reads itself. A duration of 0 needs no
// unit.
func (d *decoder) unmarshal(at place, t encoding.TextUnmarshaler, f field) bool {
	s, ok := at.node.Value, true
	if f.typ != durationType || !isZero(at.node) {
		s, ok = d.text(at, f)
	}
	if !ok {
		return false
	}
	if err := t.UnmarshalText([]byte(s)); err != nil {
		d.add(at, note{message: err.Error()})
		return false
	}
	return true
}

func isZero(n *node) bool {
	return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!int" && n.Value == "0"
}

// scalar reads a number or a yes or no.
func (d *decoder) scalar(at place, v reflect.Value, f field) bool {
	noun := scalarNoun(v.Kind())
	x := scalarValue(at.node)
	c := structural
	shown := ""
	if s, ok := x.(string); ok && loneReference.MatchString(s) {
		expanded, notes := expand(s, d.lookup)
		for _, n := range notes {
			d.add(at, n)
		}
		if len(notes) > 0 {
			return false
		}
		x, c, shown = scalarValue(&node{Kind: yaml.ScalarNode, Value: expanded}), semantic, "the value of "+s
	}
	ok := assign(v, x)
	if !ok {
		message := shown + " is not " + noun
		if shown == "" {
			s, _ := x.(string)
			message = mismatched(at.node, noun, plainer(v, s))
		}
		d.add(at, note{message: message, class: c})
		return false
	}
	if problem := f.outside(v); problem != "" {
		d.add(at, note{message: problem, class: c})
		return false
	}
	return true
}

func scalarNoun(k reflect.Kind) string {
	switch k {
	case reflect.Bool:
		return "true or false"
	case reflect.Float32, reflect.Float64:
		return "a number"
	}
	return "a whole number"
}

// scalarValue is what a scalar means in YAML: nil, a bool, an int, a float64, or
// a text.
func scalarValue(n *node) any {
	if n.Kind != yaml.ScalarNode {
		return nil
	}
	var x any
	if err := n.Decode(&x); err != nil {
		return n.Value
	}
	switch x := x.(type) {
	case int64:
		return float64(x)
	case uint64:
		return float64(x)
	case time.Time:
		return n.Value
	}
	return x
}

// maxWhole is the greatest whole number that JSON and YAML tools agree upon.
const maxWhole = 1<<53 - 1

// assign sets a number or a bool if the value is one.
func assign(v reflect.Value, x any) bool {
	if v.Kind() == reflect.Bool {
		b, ok := x.(bool)
		if ok {
			v.SetBool(b)
		}
		return ok
	}
	f, ok := x.(float64)
	if i, isInt := x.(int); isInt {
		f, ok = float64(i), true
	}
	if !ok || math.IsNaN(f) || math.IsInf(f, 0) {
		return false
	}
	whole := f == math.Trunc(f) && math.Abs(f) <= maxWhole
	switch {
	case v.CanFloat():
		v.SetFloat(f)
		return true
	case v.CanInt() && whole && !v.OverflowInt(int64(f)):
		v.SetInt(int64(f))
		return true
	case v.CanUint() && whole && f >= 0 && !v.OverflowUint(uint64(f)):
		v.SetUint(uint64(f))
		return true
	}
	return false
}

// plainer says how a text is written so that it is the number or bool that it
// looks like.
func plainer(v reflect.Value, s string) string {
	if v.Kind() == reflect.Bool {
		switch strings.ToLower(s) {
		case "yes", "y", "on", "true", "enabled":
			return "write `true`"
		case "no", "n", "off", "false", "disabled":
			return "write `false`"
		}
		return ""
	}
	if _, err := strconv.ParseFloat(s, 64); err == nil {
		return "remove the quotes"
	}
	return ""
}

// outside says how a number exceeds the limits of its key.
func (f field) outside(v reflect.Value) string {
	if v.Kind() == reflect.Bool {
		return ""
	}
	x := 0.0
	switch {
	case v.CanFloat():
		x = v.Float()
	case v.CanInt():
		x = float64(v.Int())
	case v.CanUint():
		x = float64(v.Uint())
	}
	low, high := bound(f.min), bound(f.max)
	switch {
	case low != nil && x < *low, high != nil && x > *high:
		if high == nil {
			return "must be at least " + f.min
		}
		return fmt.Sprintf("must be from %s to %s", f.min, f.max)
	}
	low, high = bound(f.above), bound(f.below)
	if low != nil && x <= *low || high != nil && x >= *high {
		text := fmt.Sprintf("must be above %s and below %s", f.above, f.below)
		if share := x / 100; x > 1 && low != nil && high != nil && *high <= 1 && *low < share && share < *high {
			text += fmt.Sprintf("; write %g for %g %%", share, x)
		}
		return text
	}
	return ""
}

// bound reads a limit from a tag.
func bound(tag string) *float64 {
	x, err := strconv.ParseFloat(tag, 64)
	if err != nil {
		return nil
	}
	return &x
}

// mismatch reports a value of the wrong sort.
func (d *decoder) mismatch(at place, expected, hint string) {
	d.add(at, note{message: mismatched(at.node, expected, hint), class: structural})
}

// mismatched says what was expected and what was found.
func mismatched(n *node, expected, hint string) string {
	found := "a list"
	switch n.Kind {
	case yaml.MappingNode:
		found = "a mapping"
	case yaml.ScalarNode:
		found = "text"
		switch n.ShortTag() {
		case "!!int", "!!float":
			found = "a number"
		case "!!bool":
			found = "true or false"
		}
	}
	message := "expected " + expected + ", found " + found
	if hint != "" {
		message += "; " + hint
	}
	return message
}

// expected says what a type wants, in words.
func (d *decoder) expected(t reflect.Type, f field) string {
	switch t.Kind() {
	case reflect.Slice:
		return "a list with at least one entry"
	case reflect.Bool, reflect.Int, reflect.Float64:
		if t != durationType {
			return scalarNoun(t.Kind())
		}
	}
	f.typ = t
	return kindOf(f, d.vocabulary).noun
}

// quote shows a text of the file in a message.
func quote(s string) string { return strconv.Quote(short(s)) }

// short is the beginning of a long text, without user and password of a
// connection string that stands where none should.
func short(s string) string {
	const longest = 60
	s = hideLogins(s)
	if utf8.RuneCountInString(s) <= longest {
		return s
	}
	return string([]rune(s)[:longest]) + "…"
}
