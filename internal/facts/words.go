package facts

// String is the expression in words.
func (e Expr) String() string {
	if e.Since != "" {
		return "seconds from " + string(e.Since) + " to " + string(e.Role)
	}
	if e.Less != "" {
		return string(e.Role) + " less " + string(e.Less)
	}
	return string(e.Role)
}

// String is the sum in words.
func (s Sum) String() string {
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
	case MinEpoch:
		return "earliest " + s.Of.String()
	}
	return "sum of " + s.Of.String()
}
