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
	plainPart   = regexp.MustCompile(`^[\p{L}_][\p{L}\p{N}_$]*$`)
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
	n := note{message: shown + " is not the name of a table", allowed: tableAllowed}
	if quoted := quotedTable(name); quoted != "" && shown == quote(name) {
		n.message += " unless it is quoted for the database as well: write " + quoted
	}
	return n, false
}

// quotedTable is a name with its unusual parts in double quotes, and in single
// ones for YAML, which would take the double ones off; empty where that is not
// enough.
func quotedTable(name string) string {
	parts := strings.Split(name, ".")
	for i, p := range parts {
		if !plainPart.MatchString(p) {
			parts[i] = `"` + p + `"`
		}
	}
	quoted := strings.Join(parts, ".")
	if !tableName.MatchString(quoted) {
		return ""
	}
	return "'" + strings.ReplaceAll(quoted, "'", "''") + "'"
}

const tableAllowed = "orders, sales.orders; a name with other characters than letters, digits and _ in double quotes, and in single ones for YAML: 'sales.\"Order Items\"'"
