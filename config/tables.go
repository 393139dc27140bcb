package config

import (
	"regexp"
	"strings"
)

// maxParts is how many parts the name of a table may have: database, schema and
// table.
const maxParts = 3

var (
	tablePart   = `(?:[\p{L}_][\p{L}\p{N}_$]*|"[^"` + "`" + `\x00-\x1f]+"|` + "`[^\"`\\x00-\\x1f]+`" + `)`
	tableName   = regexp.MustCompile(`^` + tablePart + `(?:\.` + tablePart + `){0,` + string(rune('0'+maxParts-1)) + `}$`)
	looksLikeAQ = regexp.MustCompile(`(?i)^\s*(?:select|with)\s`)
)

// checkTable checks the name of a table, which may have a schema before it.
// shown is how messages call it.
func checkTable(name, shown string) (note, bool) {
	switch {
	case tableName.MatchString(name):
		return note{}, true
	case looksLikeAQ.MatchString(name):
		return note{message: "this is a query; use `query` instead of `table`"}, false
	case strings.Count(name, ".") >= maxParts:
		return note{message: "the name of a table has at most a database and a schema before it", allowed: tableAllowed}, false
	}
	return note{message: shown + " is not the name of a table", allowed: tableAllowed}, false
}

const tableAllowed = "orders, sales.orders; a name with other characters than letters, digits and _ in double quotes: sales.\"Order Items\""
