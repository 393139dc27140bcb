package formula

import (
	"fmt"
	"slices"

	"github.com/expr-lang/expr/ast"
)

// reader makes an expression of what the parser found. It accepts what a formula
// needs and refuses the rest of the language.
type reader struct {
	text string
	into *Expression
}

// spot is where a node is.
func (r *reader) spot(n ast.Node) (from, to int) {
	at := n.Location()
	return bytesAt(r.text, at.From), bytesAt(r.text, at.To)
}

func (r *reader) refuse(n ast.Node, format string, args ...any) error {
	from, to := r.spot(n)
	return &Error{from, max(to, from), fmt.Sprintf(format, args...)}
}

// allowed is what a formula may be made of.
const allowed = "a formula is made of values, numbers, + - * /, comparisons with ? and :, min, max and abs"

// number reads a node that stands for a number.
func (r *reader) number(n ast.Node) (number, error) {
	switch n := n.(type) {
	case *ast.IntegerNode:
		return constant{v: float64(n.Value)}, nil
	case *ast.FloatNode:
		return constant{v: n.Value}, nil
	case *ast.IdentifierNode:
		return nil, r.refuse(n, "%s is no value: write collector.kpi, with a name that has a - in it in quotes: \"my-desk\".backlog", n.Value)
	case *ast.MemberNode:
		return r.reference(n)
	case *ast.UnaryNode:
		if n.Operator != "-" && n.Operator != "+" {
			return nil, r.refuse(n, "a comparison is no number: write condition ? one : other")
		}
		of, err := r.number(n.Node)
		if n.Operator == "+" || err != nil {
			return of, err
		}
		r.into.product = false
		return negative{of}, nil
	case *ast.BinaryNode:
		return r.arithmetic(n)
	case *ast.ConditionalNode:
		return r.choice(n)
	case *ast.BuiltinNode:
		return r.call(n, n.Name, n.Arguments)
	case *ast.CallNode:
		if name, ok := n.Callee.(*ast.IdentifierNode); ok {
			return r.call(n, name.Value, n.Arguments)
		}
	}
	return nil, r.refuse(n, "this cannot stand here: %s", allowed)
}

func (r *reader) arithmetic(n *ast.BinaryNode) (number, error) {
	if !slices.Contains([]string{"+", "-", "*", "/"}, n.Operator) {
		if compares(n.Operator) {
			return nil, r.refuse(n, "a comparison is no number: write condition ? one : other")
		}
		return nil, r.refuse(n, "the operator %s cannot stand here: %s", n.Operator, allowed)
	}
	left, err := r.number(n.Left)
	if err != nil {
		return nil, err
	}
	right, err := r.number(n.Right)
	if err != nil {
		return nil, err
	}
	if n.Operator == "+" || n.Operator == "-" {
		r.into.product = false
	}
	from, to := r.spot(n)
	return operation{n.Operator[0], left, right, from, to}, nil
}

func compares(operator string) bool {
	return slices.Contains([]string{"<", "<=", ">", ">=", "==", "!=", "and", "&&", "or", "||"}, operator)
}

func (r *reader) choice(n *ast.ConditionalNode) (number, error) {
	r.into.smooth, r.into.product = false, false
	condition, err := r.truth(n.Cond)
	if err != nil {
		return nil, err
	}
	yes, err := r.number(n.Exp1)
	if err != nil {
		return nil, err
	}
	no, err := r.number(n.Exp2)
	if err != nil {
		return nil, err
	}
	return choice{condition, yes, no}, nil
}

// truth reads a node that is true or false.
func (r *reader) truth(n ast.Node) (truth, error) {
	switch n := n.(type) {
	case *ast.UnaryNode:
		if n.Operator == "!" || n.Operator == "not" {
			of, err := r.truth(n.Node)
			return opposite{of}, err
		}
	case *ast.BinaryNode:
		switch n.Operator {
		case "and", "&&", "or", "||":
			left, err := r.truth(n.Left)
			if err != nil {
				return nil, err
			}
			right, err := r.truth(n.Right)
			return both{n.Operator == "or" || n.Operator == "||", left, right}, err
		case "<", "<=", ">", ">=", "==", "!=":
			left, err := r.number(n.Left)
			if err != nil {
				return nil, err
			}
			right, err := r.number(n.Right)
			from, to := r.spot(n)
			return comparison{n.Operator, left, right, from, to}, err
		}
	}
	return nil, r.refuse(n, "a comparison is expected here, such as a.kpi > 0")
}

// call reads a function.
func (r *reader) call(n ast.Node, name string, arguments []ast.Node) (number, error) {
	r.into.product = false
	switch name {
	case "seconds", "currency":
		if len(arguments) == 1 {
			if of, err := r.number(arguments[0]); err == nil {
				if c, ok := of.(constant); ok && c.unit == "" {
					r.into.money = r.into.money || name == "currency"
					return constant{v: c.v, unit: name}, nil
				}
			}
		}
		return nil, r.refuse(n, "%s makes an amount of a number: write %[1]s(40)", name)
	case "abs":
		r.into.smooth = false
		if len(arguments) != 1 {
			return nil, r.refuse(n, "abs takes one value")
		}
	case "min", "max":
		if len(arguments) < 2 {
			return nil, r.refuse(n, "%s takes at least two values", name)
		}
	default:
		return nil, r.refuse(n, "there is no function %s: %s", name, allowed)
	}
	from, to := r.spot(n)
	out := function{name: name, from: from, to: to}
	for _, a := range arguments {
		of, err := r.number(a)
		if err != nil {
			return nil, err
		}
		out.of = append(out.of, of)
	}
	return out, nil
}

// reference reads names with dots between them. The first may stand in quotes.
func (r *reader) reference(n *ast.MemberNode) (number, error) {
	var parts []Part
	add := func(n ast.Node, text string) {
		from, to := r.spot(n)
		parts = append([]Part{{text, from, to}}, parts...)
	}
	var node ast.Node = n
	for done := false; !done; {
		switch x := node.(type) {
		case *ast.MemberNode:
			name, ok := x.Property.(*ast.StringNode)
			if !ok || x.Optional || x.Method {
				return nil, r.refuse(n, "this cannot stand here: a value is collector.kpi or collector.kpi.stat")
			}
			add(name, name.Value)
			node = x.Node
		case *ast.IdentifierNode:
			add(x, x.Value)
			done = true
		case *ast.StringNode:
			add(x, x.Value)
			done = true
		default:
			return nil, r.refuse(n, "this cannot stand here: a value is collector.kpi or collector.kpi.stat")
		}
	}
	if len(parts) > maxParts {
		return nil, &Error{parts[maxParts].From, parts[len(parts)-1].To, "this is a name too many: a value is collector.kpi or collector.kpi.stat, with the value of a label behind it if need be"}
	}
	ref := Reference{parts}
	for i, known := range r.into.references {
		if known.String() == ref.String() {
			return value{i}, nil
		}
	}
	r.into.references = append(r.into.references, ref)
	return value{len(r.into.references) - 1}, nil
}
