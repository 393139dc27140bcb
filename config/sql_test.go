package config

import (
	"strings"
	"testing"
)

// sqlCase is SQL with the part that must be pointed at between « and », or none
// where it must be accepted.
type sqlCase struct {
	sql  string
	says string // a part of the message
}

// marked takes the marks out of a text, and says where they were.
func marked(s string) (text string, from, to int) {
	from = strings.Index(s, "«")
	s = strings.Replace(s, "«", "", 1)
	to = strings.Index(s, "»")
	return strings.Replace(s, "»", "", 1), from, to
}

func checkSQL(t *testing.T, driver string, cases []sqlCase, check func(string, grammar) (string, []note)) {
	t.Helper()
	for _, c := range cases {
		sql, from, to := marked(c.sql)
		_, notes := check(sql, grammarOf(driver))
		switch {
		case from < 0 && len(notes) > 0:
			t.Errorf("%s: %s\nwas refused: %s", driver, sql, notes[0].message)
		case from >= 0 && len(notes) == 0:
			t.Errorf("%s: %s\nwas accepted", driver, sql)
		case from >= 0 && (notes[0].from != from || notes[0].to != to):
			t.Errorf("%s: %s\npoints at %q", driver, c.sql, sql[notes[0].from:notes[0].to])
		case from >= 0 && !strings.Contains(notes[0].message, c.says):
			t.Errorf("%s: %s\nsays %q, want something with %q", driver, sql, notes[0].message, c.says)
		}
	}
}

var everyDriver = []string{"postgres", "mysql", "sqlite"}

func TestQueriesThatOnlyReadAreAccepted(t *testing.T) {
	t.Parallel()
	for _, driver := range everyDriver {
		checkSQL(t, driver, []sqlCase{
			{sql: "SELECT 1"},
			{sql: "select a, b from t where c = 'DELETE FROM t' -- ; drop"},
			{sql: "SELECT a FROM t; ; -- done"},
			{sql: "/* first */ WITH x AS (SELECT 1) SELECT * FROM x"},
			{sql: "(SELECT a FROM t) UNION ALL (SELECT a FROM u)"},
			{sql: "SELECT t.update, t.set, replace(a, 'x', 'y'), count(*) FROM t GROUP BY 1, 2, 3"},
			{sql: "SELECT deleted, updated_at, into_account, lock_version, created FROM t"},
			{sql: "SELECT CASE WHEN a IN (1, (2)) THEN 'it''s' ELSE ';' END FROM t"},
			{sql: "SELECT a.\"delete\", \"for update\" FROM a"},
			{sql: "SELECT \"a\"\"b\" FROM t"},
			{sql: "SELECT a FROM t WHERE b = 'x' AND c < 5 -- it's"},
			{sql: "SELECT begin, comment, lock FROM t"},
			{sql: "SELECT a\nFROM t\r\nWHERE b = 1"},
			{sql: "SELECT substring(a FROM 2 FOR 3) FROM t"},
		}, checkQuery)
	}
	checkSQL(t, "postgres", []sqlCase{
		{sql: `SELECT a::text, b->>'x', c ? 'y', d #> '{a}', arr[1], $$it's; DELETE$$, $a$ $b$ $a$ FROM t`},
		{sql: `SELECT '\' AS backslash, E'\'; DELETE' AS e FROM t WHERE a LIKE '10\%' ESCAPE '\'`},
		{sql: "SELECT /* a /* b */ c */ 1"},
		{sql: "SELECT 1 FROM t -- a comment at the end"},
		{sql: "SELECT a FROM t FOR SYSTEM_TIME AS OF now()"},
		{sql: "SELECT make_interval(days := 3)"},
	}, checkQuery)
	checkSQL(t, "mysql", []sqlCase{
		{sql: "SELECT `delete`, 5--3, insert(a, 1, 1, 'x'), truncate(b, 2) FROM t # it's"},
		{sql: `SELECT 'a\nb', 'c\\', "d\\" FROM t`},
		{sql: "SELECT @@version"},
	}, checkQuery)
	checkSQL(t, "sqlite", []sqlCase{
		{sql: "SELECT [delete from], `drop` FROM t WHERE a = x'00'"},
		{sql: `SELECT '\' FROM t`},
	}, checkQuery)
}

func TestQueriesThatDoMoreAreRefusedAtTheWord(t *testing.T) {
	t.Parallel()
	for _, driver := range everyDriver {
		checkSQL(t, driver, []sqlCase{
			{"«INSERT» INTO t VALUES (1)", "changes the database"},
			{" -- x\n «Update» t SET a = 1", "changes the database"},
			{"«DELETE» FROM t RETURNING a", "changes the database"},
			{"«MERGE» INTO t USING u ON true", "changes"},
			{"«REPLACE» INTO t VALUES (1)", "changes"},
			{"«CREATE» TABLE t (a int)", "changes"},
			{"«DROP» TABLE t", "changes"},
			{"«ALTER» TABLE t ADD a int", "changes"},
			{"«TRUNCATE» t", "changes"},
			{"«GRANT» ALL ON t TO u", "changes"},
			{"«CALL» p()", "one SELECT"},
			{"«DO» 1", "one SELECT"},
			{"«COPY» t TO 'x'", "one SELECT"},
			{"«SET» x = 1", "one SELECT"},
			{"«BEGIN»", "one SELECT"},
			{"«COMMIT»", "one SELECT"},
			{"«LOCK» TABLE t", "one SELECT"},
			{"«PRAGMA» journal_mode = off", "one SELECT"},
			{"«ATTACH» 'x' AS y", "one SELECT"},
			{"«VACUUM»", "one SELECT"},
			{"«EXPLAIN» ANALYZE SELECT 1", "one SELECT"},
			{"«SELCT» 1", "begins with SELECT"},
			{"«42»", "begins with SELECT"},
			{"SELECT 1; «DELETE» FROM t", "second statement"},
			{"SELECT 1;; «SELECT» 2;", "second statement"},
			{"WITH x AS («DELETE» FROM t RETURNING *) SELECT * FROM x", "changes"},
			{"WITH x AS (SELECT 1) «UPDATE» t SET a = 1", "changes"},
			{"WITH x AS (SELECT 1) SEARCH DEPTH FIRST BY a SET b «DELETE» FROM t", "changes"},
			{"SELECT a «INTO» u FROM t", "INTO"},
			{"SELECT a FROM t «INTO» OUTFILE '/tmp/x'", "INTO"},
			{"SELECT 1«INTO» u", "INTO"},
			{"SELECT a FROM t «FOR» UPDATE", "locks rows"},
			{"SELECT a FROM t «for» /* x */ no key update", "locks rows"},
			{"SELECT a FROM t «FOR» SHARE OF t", "locks rows"},
			{"SELECT a FROM t «LOCK» IN SHARE MODE", "locks rows"},
			{"SELECT «nextval»('s')", "changes"},
			{"SELECT pg_catalog.«pg_sleep» (10)", "waits"},
			{"SELECT pg_catalog.«\"pg_sleep\"» /* */ (10)", "waits"},
			{"SELECT «pg_sleep_for»('1 hour')", "waits"},
			{"SELECT «Sleep»(10)", "waits"},
			{"SELECT «BENCHMARK»(1000000, md5('a'))", "waits"},
			{"SELECT «get_lock»('a', 10)", "locks"},
			{"SELECT «pg_advisory_xact_lock»(1)", "locks"},
			{"SELECT «pg_terminate_backend»(pid) FROM pg_stat_activity", "stops"},
			{"SELECT «lo_import»('/etc/passwd')", "changes"},
			{"SELECT * FROM «dblink_exec»('x', 'DELETE FROM t')", "runs a text"},
			{"SELECT «load_extension»('x')", "files"},
			{"SELECT «set_config»('statement_timeout', '0', false)", "changes"},
			{"SELECT «pg_read_file»('postgresql.conf')", "files"},
			{"SELECT «NEXT» VALUE FOR s", "sequence"},
			{"SELECT 1 «/*!»50000 INTO OUTFILE 'x' */", "MySQL executes"},
			{"SELECT 1 «/*M!»100000 + 1 */", "MySQL executes"},
			{"SELECT «/*+» MAX_EXECUTION_TIME(0) */ 1", "hints"},
		}, checkQuery)
	}
	for _, driver := range everyDriver {
		checkSQL(t, driver, []sqlCase{
			{"SELECT «'»a", "not closed"},
			{"SELECT «\"»a", "not closed"},
			{"SELECT 1 «/*» a", "not closed"},
			{"SELECT «(»1", "not closed"},
			{"SELECT 1«)»", "closes none"},
		}, checkQuery)
	}
	checkSQL(t, "postgres", []sqlCase{
		{"SELECT «$a$» x $b$", "not closed"},
		{"SELECT 1 «/*» /* */ 1", "not closed"},
		{`SELECT «U&"»\0070g_sleep" (10)`, "Unicode"},
		{"SELECT E'a'\n«'»\\' FOR UPDATE '", "second pair"},
		{"SELECT E'a' -- x\n«'»\\' FOR UPDATE '", "second pair"},
		{"SELECT 'a\\' «FOR» UPDATE -- '", "locks"},
		{"SELECT 1 # 2 «FOR» UPDATE", "locks"},
		{"SELECT 1 -- a /*\n«FOR» UPDATE -- */", "locks"},
		{"SELECT 1e'\\'' «FOR» UPDATE", "locks"},
	}, checkQuery)
	checkSQL(t, "mysql", []sqlCase{
		{`SELECT 'a«\'» FOR UPDATE -- '`, "depends on the server"},
		{`SELECT "a«\"» FOR UPDATE -- "`, "depends on the server"},
		{"SELECT 1 --2 «INTO» @a", "INTO"},
		{"SELECT 1 /* /* */ «INTO» @a -- */", "INTO"},
		{"SELECT 1 «-- a»\r' \n INTO @a -- '", "carriage return"},
		{"SELECT «@»a := 1", "variable"},
		{"SELECT [1 «FOR» UPDATE]", "locks"},
	}, checkQuery)
	checkSQL(t, "sqlite", []sqlCase{
		{"SELECT 1 # «INTO» x", "INTO"},
		{"SELECT «[»a", "not closed"},
	}, checkQuery)
}

func TestTheQueryEndsBeforeSemicolonsAndComments(t *testing.T) {
	t.Parallel()
	for driver, c := range map[string][2]string{
		"postgres": {"SELECT 1 -- one\n; /* two */ ; -- three", "SELECT 1"},
		"mysql":    {"SELECT '#' # one", "SELECT '#'"},
		"sqlite":   {" SELECT a FROM t WHERE b = 'c' -- end", " SELECT a FROM t WHERE b = 'c'"},
	} {
		if got, notes := checkQuery(c[0], grammarOf(driver)); got != c[1] || len(notes) > 0 {
			t.Errorf("%s: %q, %v; want %q", driver, got, notes, c[1])
		}
	}
}

func TestConditionsStayWithinTheirParentheses(t *testing.T) {
	t.Parallel()
	for _, driver := range everyDriver {
		checkSQL(t, driver, []sqlCase{
			{sql: "NOT is_test"},
			{sql: "a = 1 AND (b = 2 OR c IN (SELECT c FROM u ORDER BY c LIMIT 1))"},
			{sql: "a = 'x' -- a comment\nAND b = 2 /* another */"},
			{sql: "t.order = 1 AND \"limit\" > 2"},
			{sql: "a IS DISTINCT FROM b"},
			{sql: "created_at >= TIMESTAMP WITH TIME ZONE '2024-01-01 00:00:00+00'"},
			{"«WHERE» a = 1", "remove it"},
			{"a = 1 «ORDER» BY a", "no part of a condition"},
			{"a = 1 «GROUP» BY a", "no part"},
			{"a = 1 «UNION» SELECT 1", "no part"},
			{"a = 1 «HAVING» true", "no part"},
			{"a = 1 «LIMIT» 5", "no part"},
			{"a = 1«;» DROP TABLE t", "semicolon"},
			{"a = 1«)» OR (1 = 1", "closes none"},
			{"«(»a = 1", "not closed"},
			{"a = «'»1", "not closed"},
			{"a IN («DELETE» FROM t RETURNING a)", "changes"},
			{"«sleep»(5) = 0", "waits"},
			{"a = 1 «FOR» UPDATE", "locks"},
			{"a = (SELECT 1 «INTO» b)", "INTO"},
			{"a = 1 «/*» x", "not closed"},
		}, checkCondition)
	}
	for sql, want := range map[string]string{
		"a = 1 -- swallows the parenthesis": "a = 1",
		"a = 1 /* x */ ":                    "a = 1",
	} {
		if got, notes := checkCondition(sql, grammarOf("postgres")); got != want || len(notes) > 0 {
			t.Errorf("%q became %q, %v", sql, got, notes)
		}
	}
	for _, sql := range []string{"", " \n", "-- nothing", "/* */"} {
		if _, notes := checkCondition(sql, grammarOf("mysql")); len(notes) == 0 {
			t.Errorf("%q was accepted", sql)
		}
		if _, notes := checkQuery(sql, grammarOf("mysql")); len(notes) == 0 {
			t.Errorf("%q was accepted", sql)
		}
	}
}

func TestControlCharactersAreRefusedInSQL(t *testing.T) {
	t.Parallel()
	for _, c := range []string{"\x00", "\x01", "\v", "\f", "\x1a", "\x7f"} {
		if _, notes := checkQuery("SELECT 1"+c, grammarOf("sqlite")); len(notes) != 1 || notes[0].from != 8 {
			t.Errorf("%q: %v", c, notes)
		}
	}
}

func TestTableNames(t *testing.T) {
	t.Parallel()
	for name, good := range map[string]bool{
		"orders": true, "sales.orders": true, "db.sales.orders": true, "_x$1": true, "bestellungen_für_2024": true,
		`"Order Items"`: true, `sales."Order Items"`: true, "`order items`": true, `"a.b".c`: true,
		"a.b.c.d": false, "": false, ".": false, "a.": false, ".a": false, "order items": false, "1a": false, `"a`: false, `a"b"`: false,
		`""`: false, "a;b": false, "a--b": false, "a b": false, "a(b)": false, "(SELECT 1)": false, "a AS b": false, "a\n": false, "\"a\nb\"": false,
	} {
		if _, ok := checkTable(name, ""); ok != good {
			t.Errorf("%q: accepted is %v, want %v", name, ok, good)
		}
	}
}

// Whatever the text, the tokenizer ends, its tokens are in order and do not
// overlap, and what is accepted cannot be left by its own text.
func FuzzSQL(f *testing.F) {
	for _, seed := range []string{
		"SELECT 1", "SELECT 'a''b' -- c\n/* d */ \"e\" `f` [g] $h$ i $h$ E'\\'' ;", "a = 1) OR (1 = 1", "SELECT 1 /*! x */", "'\\", "$", "$$", "U&'", "/*", "--",
		"WITH x AS (DELETE FROM t) SELECT 1", "\xff\xfe'", "1INTO",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, sql string) {
		for _, driver := range everyDriver {
			g := grammarOf(driver)
			tokens, n := tokenize(sql, g)
			end := 0
			for _, x := range tokens {
				if x.from < end || x.to <= x.from || x.to > len(sql) {
					t.Fatalf("%s: token %+v after %d in %q", driver, x, end, sql)
				}
				end = x.to
			}
			if n != nil && (n.from < 0 || n.to <= n.from && n.to != 0 || n.to > len(sql)) {
				t.Fatalf("%s: the note %+v is outside of %q", driver, n, sql)
			}
			query, notes := checkQuery(sql, g)
			checkAccepted(t, driver, query, notes)
			condition, notes := checkCondition(sql, g)
			checkAccepted(t, driver, condition, notes)
			checkTable(sql, "")
		}
	})
}

// checkAccepted puts accepted SQL into parentheses, as statements do, and checks
// that they are still the outermost.
func checkAccepted(t *testing.T, driver, sql string, notes []note) {
	t.Helper()
	if len(notes) > 0 {
		return
	}
	tokens, n := tokenize("("+sql+")", grammarOf(driver))
	if n != nil {
		t.Fatalf("%s: %q in parentheses: %s", driver, sql, n.message)
	}
	depth := 0
	for i, x := range tokens {
		switch {
		case x.is("("):
			depth++
		case x.is(")"):
			depth--
		case x.is(";"):
			t.Fatalf("%s: %q has a semicolon", driver, sql)
		}
		if depth == 0 && i < len(tokens)-1 {
			t.Fatalf("%s: %q leaves its parentheses", driver, sql)
		}
	}
	if last := tokens[len(tokens)-1]; depth != 0 || !last.is(")") {
		t.Fatalf("%s: %q swallows the parenthesis behind it", driver, sql)
	}
}
