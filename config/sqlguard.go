package config

import (
	"fmt"
	"slices"
	"strings"
)

// The guard is the first of two locks that keep the exporter from changing or
// stopping a database. It reads the text of what people write; the second lock
// is the read-only transaction, with its time limit, that every statement runs
// in. The guard knows what a SELECT can do besides reading, and refuses it by
// name, with the place in the file.

// changing are the words that begin what changes data or tables. None of them
// can be a name without quotes where it stands in a query by mistake, and some
// engines take them inside of a WITH.
func changing() []string {
	return []string{"INSERT", "UPDATE", "DELETE", "MERGE", "REPLACE", "CREATE", "DROP", "ALTER", "TRUNCATE", "GRANT", "REVOKE"}
}

// statements are other words that begin a statement which is no SELECT.
func statements() []string {
	return []string{
		"CALL", "DO", "COPY", "SET", "RESET", "BEGIN", "START", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "ABORT", "END",
		"LOCK", "UNLOCK", "PRAGMA", "ATTACH", "DETACH", "VACUUM", "ANALYZE", "REINDEX", "REFRESH", "CLUSTER", "COMMENT",
		"EXEC", "EXECUTE", "PREPARE", "DEALLOCATE", "DECLARE", "FETCH", "CLOSE", "HANDLER", "LOAD", "IMPORT", "INSTALL",
		"LISTEN", "NOTIFY", "UNLISTEN", "DISCARD", "KILL", "FLUSH", "PURGE", "OPTIMIZE", "REPAIR", "RENAME", "SHUTDOWN",
		"EXPLAIN", "DESCRIBE", "SHOW", "USE", "CHECKPOINT", "REASSIGN", "SECURITY", "VALUES", "TABLE",
	}
}

// functions are those that change something, wait, read or write files, or run
// a text as SQL. A star at the end stands for any ending.
func functions() map[string]string {
	const (
		waits  = "waits, and keeps the database busy"
		locks  = "takes or frees locks"
		writes = "changes the database"
		files  = "reads or writes files of the server"
		runs   = "runs a text as SQL, which is not checked"
		stops  = "stops or steers the server"
	)
	return map[string]string{
		"sleep": waits, "benchmark": waits, "pg_sleep*": waits,
		"master_pos_wait": waits, "source_pos_wait": waits, "master_gtid_wait": waits, "wait_for_executed_gtid_set": waits,
		"get_lock": locks, "release_lock": locks, "release_all_locks": locks, "pg_advisory_*": locks, "pg_try_advisory_*": locks,
		"nextval": writes, "setval": writes, "set_config": writes, "pg_notify": writes,
		"lo_*": writes, "lowrite": writes, "pg_create_*": writes, "pg_drop_*": writes, "pg_logical_*": writes, "pg_replication_*": writes,
		"pg_copy_*": writes, "pg_import_*": writes, "pg_stat_reset*": writes, "pg_stat_statements_reset": writes,
		"load_file": files, "load_extension": files, "readfile": files, "writefile": files, "edit": files, "fts3_tokenizer": files,
		"pg_read_*": files, "pg_ls_*": files, "pg_stat_file": files, "pg_file_*": files,
		"dblink*": runs, "query_to_xml*": runs, "cursor_to_xml*": runs, "ts_stat": runs, "sys_exec": runs, "sys_eval": runs,
		"pg_terminate_backend": stops, "pg_cancel_backend": stops, "pg_reload_conf": stops, "pg_rotate_logfile*": stops,
		"pg_switch_wal": stops, "pg_promote": stops, "pg_wal_replay_*": stops, "pg_backup_*": stops, "pg_start_backup": stops,
		"pg_stop_backup": stops, "pg_log_*": stops,
	}
}

// checkQuery refuses a query that is not one SELECT. It returns the query
// without what stands behind its end, so that it can be put in parentheses.
func checkQuery(sql string, g grammar) (string, []note) {
	tokens, n := tokenize(sql, g)
	if n != nil {
		return "", []note{*n}
	}
	tokens = code(tokens)
	tokens, notes := oneStatement(tokens)
	if len(tokens) == 0 {
		return "", []note{{message: "the query is empty; write one SELECT"}}
	}
	if first := firstWord(tokens); first == nil || first.upper() != "SELECT" && first.upper() != "WITH" {
		notes = append(notes, notSelect(tokens, first))
	}
	if len(notes) == 0 {
		notes = append(checkParentheses(tokens), checkWords(tokens)...)
	}
	return sql[:tokens[len(tokens)-1].to], notes
}

// checkCondition refuses a condition that is more than one, or that reaches
// beyond the parentheses which are put around it. It returns the condition
// without what stands behind its end.
func checkCondition(sql string, g grammar) (string, []note) {
	tokens, n := tokenize(sql, g)
	if n != nil {
		return "", []note{*n}
	}
	tokens = code(tokens)
	if len(tokens) == 0 {
		return "", []note{{message: "the condition is empty; write one, or leave the key out"}}
	}
	notes := checkParentheses(tokens)
	if len(notes) == 0 {
		notes = append(checkClauses(tokens), checkWords(tokens)...)
	}
	return sql[:tokens[len(tokens)-1].to], notes
}

// code leaves out comments.
func code(tokens []token) []token {
	return slices.DeleteFunc(tokens, func(t token) bool { return t.kind == comment })
}

// lastToken is the last token that is no comment.
func lastToken(tokens []token) (token, bool) {
	for _, t := range slices.Backward(tokens) {
		if t.kind != comment {
			return t, true
		}
	}
	return token{}, false
}

// oneStatement leaves out semicolons at the end, and refuses what follows any
// other.
func oneStatement(tokens []token) ([]token, []note) {
	for len(tokens) > 0 && tokens[len(tokens)-1].is(";") {
		tokens = tokens[:len(tokens)-1]
	}
	ended := false
	for _, t := range tokens {
		switch {
		case t.is(";"):
			ended = true
		case ended:
			return tokens, []note{*refused(t.from, t.to, "a second statement begins here; a query is one SELECT")}
		}
	}
	return tokens, nil
}

// firstWord is the word that a query begins with, inside of parentheses or not.
func firstWord(tokens []token) *token {
	for i := range tokens {
		if !tokens[i].is("(") {
			if tokens[i].kind == word {
				return &tokens[i]
			}
			return nil
		}
	}
	return nil
}

// notSelect says that a query is none.
func notSelect(tokens []token, first *token) note {
	if first == nil {
		return note{message: "a query begins with SELECT or WITH", from: tokens[0].from, to: tokens[0].to}
	}
	n := note{from: first.from, to: first.to}
	switch verb := first.upper(); {
	case slices.Contains(changing(), verb):
		n.message = fmt.Sprintf("%s changes the database; a query is one SELECT", verb)
	case slices.Contains(statements(), verb):
		n.message = fmt.Sprintf("%s is not for reading rows; a query is one SELECT", verb)
	default:
		n.message = fmt.Sprintf("a query begins with SELECT or WITH, not with %s", quote(first.text))
		n.nearest = nearest(verb, []string{"SELECT", "WITH"})
	}
	return n
}

// checkParentheses refuses those that are not closed, or close what they did not
// open.
func checkParentheses(tokens []token) []note {
	var open []token
	for _, t := range tokens {
		switch {
		case t.is("("):
			open = append(open, t)
		case t.is(")") && len(open) == 0:
			return []note{*refused(t.from, t.to, "this parenthesis closes none that is open; remove it")}
		case t.is(")"):
			open = open[:len(open)-1]
		}
	}
	if len(open) > 0 {
		t := open[len(open)-1]
		return []note{*refused(t.from, t.to, "this parenthesis is not closed")}
	}
	return nil
}

// checkClauses refuses, in a condition, the words that end one.
func checkClauses(tokens []token) []note {
	clauses := []string{"ORDER", "GROUP", "HAVING", "LIMIT", "OFFSET", "FETCH", "WINDOW", "UNION", "INTERSECT", "EXCEPT", "SELECT", "FROM"}
	depth := 0
	for i, t := range tokens {
		switch {
		case t.is("("):
			depth++
		case t.is(")"):
			depth--
		case t.is(";"):
			return []note{*refused(t.from, t.to, "a condition has no semicolon; remove it")}
		case depth > 0 || i > 0 && tokens[i-1].is("."):
		case i == 0 && t.upper() == "WHERE":
			return []note{*refused(t.from, t.to, "the word WHERE is put before the condition already; remove it")}
		case slices.Contains(clauses, t.upper()) && !distinctFrom(tokens[:i], t):
			return []note{*refused(t.from, t.to, t.upper()+" is no part of a condition; use `query` for more than a condition, or quote the name of a column")}
		}
	}
	return nil
}

// distinctFrom reports whether a FROM belongs to IS DISTINCT FROM.
func distinctFrom(before []token, t token) bool {
	last, ok := lastToken(before)
	return ok && t.upper() == "FROM" && last.upper() == "DISTINCT"
}

// checkWords refuses what a SELECT can do besides reading.
func checkWords(tokens []token) []note {
	var notes []note
	for i, t := range tokens {
		if message := refusedWord(tokens, i); message != "" {
			notes = append(notes, *refused(t.from, t.to, message))
		}
	}
	return notes
}

// refusedWord says why the word at i cannot stand where it does.
func refusedWord(tokens []token, i int) string {
	at := func(i int) token {
		if i < 0 || i >= len(tokens) {
			return token{}
		}
		return tokens[i]
	}
	t, next, previous := at(i), at(i+1), at(i-1)
	if next.is("(") && (t.kind == word || t.kind == quoted) {
		if why := functionEffect(t.text); why != "" {
			return fmt.Sprintf("the function %s %s; leave it out", strings.ToLower(t.text), why)
		}
	}
	if t.is("@") && at(i+2).is(":") && at(i+3).is("=") {
		return "this sets a variable; leave it out"
	}
	verb := t.upper()
	if verb == "" || previous.is(".") {
		return ""
	}
	switch {
	case verb == "FOR" && slices.Contains([]string{"UPDATE", "SHARE", "NO", "KEY"}, next.upper()):
		return "FOR " + next.upper() + " locks rows; leave it out"
	case verb == "UPDATE" && (previous.upper() == "FOR" || previous.upper() == "KEY"):
		return "" // told at FOR
	case verb == "LOCK" && next.upper() == "IN":
		return "LOCK IN SHARE MODE locks rows; leave it out"
	case verb == "INTO":
		return "INTO writes the rows elsewhere; leave it out"
	case verb == "NEXT" && next.upper() == "VALUE" && at(i+2).upper() == "FOR":
		return "NEXT VALUE FOR changes a sequence; leave it out"
	case slices.Contains(changing(), verb) && !isFunction(verb, next):
		return fmt.Sprintf("%s changes the database; if it is the name of a column, put it in quotes", verb)
	}
	return ""
}

// isFunction reports whether a word that can change data is a function of text
// or numbers instead.
func isFunction(verb string, next token) bool {
	return next.is("(") && slices.Contains([]string{"REPLACE", "INSERT", "TRUNCATE"}, verb)
}

// functionEffect is what a function does besides computing.
func functionEffect(name string) string {
	name = strings.ToLower(name)
	for pattern, why := range functions() {
		if prefix, any := strings.CutSuffix(pattern, "*"); any && strings.HasPrefix(name, prefix) || pattern == name {
			return why
		}
	}
	return ""
}
