package facts

import (
	"math"
	"strings"
	"time"
)

// String is the expression in words.
func (e Expr) String() string {
	if e.Since != "" {
		words := "seconds"
		if e.Hours != nil {
			words += " of " + e.Hours.Name()
		}
		words += " from " + string(e.Since) + " to "
		until := e.Until.UTC().Format(time.RFC3339Nano)
		switch {
		case e.Role == "":
			return words + until
		case !e.Until.IsZero():
			return words + string(e.Role) + " or " + until
		}
		return words + string(e.Role)
	}
	if e.Less != "" {
		return string(e.Role) + " less " + string(e.Less)
	}
	return string(e.Role)
}

// String is the condition in words.
func (r Range) String() string {
	var words string
	switch {
	case r.Blank:
		words = "nothing in "
	case math.IsInf(r.From, -1):
		words = "at most " + number(r.To) + " "
	case math.IsInf(r.To, 1):
		words = "at least " + number(r.From) + " "
	default:
		words = number(r.From) + " to " + number(r.To) + " "
	}
	if r.Not {
		words = "not " + words
	}
	return words + r.Of.String()
}

// String is the conditions in words, nothing for none.
func (ranges Ranges) String() string {
	var all []string
	for _, r := range ranges {
		if r != (Range{}) {
			all = append(all, r.String())
		}
	}
	return strings.Join(all, " and ")
}

// String is the sum in words.
func (s Sum) String() string {
	if where := s.Where; s.Kind != SumWhere && where != (Ranges{}) {
		s.Where = Ranges{}
		return s.String() + " of rows with " + where.String()
	}
	switch s.Kind {
	case SumSquare:
		return "sum of squares of " + s.Of.String()
	case SumWithin:
		return "rows with at most " + number(s.Limit) + " " + s.Of.String()
	case SumCount:
		return "rows with a number in " + s.Of.String()
	case SumZero:
		return "rows with 0 " + s.Of.String()
	case SumProduct:
		return "sum of " + s.Of.String() + " times " + s.Times.String()
	case SumEpoch:
		return "sum of " + s.Of.String() + ", as seconds since 1970"
	case SumWhere:
		return strings.TrimSuffix("rows with "+s.Where.String(), " with ")
	case MinEpoch:
		return "earliest " + s.Of.String()
	}
	return "sum of " + s.Of.String()
}
