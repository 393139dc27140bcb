package config

import (
	"fmt"
	"regexp"
	"strings"
)

// variableName is what an environment variable may be called.
var variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// expand puts the environment's values in place of `${NAME}`, and a dollar in
// place of `$$`. Any other dollar stands for itself. What is wrong comes back
// with its place in the text.
func expand(s string, lookup func(string) (string, bool)) (string, []note) {
	var out strings.Builder
	var notes []note
	for i := 0; i < len(s); {
		switch {
		case strings.HasPrefix(s[i:], "$$"):
			out.WriteByte('$')
			i += 2
		case strings.HasPrefix(s[i:], "${"):
			end := strings.IndexByte(s[i:], '}')
			if end < 0 {
				notes = append(notes, note{
					message: "`${` is not closed; write `${NAME}` for an environment variable, or `$${` for the text itself",
					from:    i, to: i + 2,
				})
				return out.String(), notes
			}
			end += i + 1
			name := s[i+2 : end-1]
			var value string
			var ok bool
			switch {
			case !variableName.MatchString(name):
				notes = append(notes, note{
					message: "this is not a reference to an environment variable; write `${NAME}` with letters, digits and underscores, or `$${` for the text itself",
					from:    i, to: end,
				})
			default:
				if value, ok = lookup(name); !ok {
					notes = append(notes, note{
						message: fmt.Sprintf("the environment variable %s is not set", name),
						from:    i, to: end,
					})
				}
			}
			out.WriteString(value)
			i = end
		default:
			out.WriteByte(s[i])
			i++
		}
	}
	return out.String(), notes
}
