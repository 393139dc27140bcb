package app_test

import (
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/cx-exporter/cx-exporter/internal/testdb"
)

// marker is in every password here. Around it stand the characters that
// connection strings, URLs, YAML and SQL write in ways of their own.
const (
	marker   = "Tr0ub4dorQ"
	password = `q@:/%41'"\` + marker + ` #&?`
)

// shows reports the lines of a text that tell a part of the password.
func shows(text string) []string {
	var found []string
	for line := range strings.Lines(text) {
		if strings.Contains(line, marker) || strings.Contains(line, marker[:6]) || strings.Contains(line, marker[4:]) {
			found = append(found, line)
		}
	}
	return found
}

func TestNoPasswordIsEverShown(t *testing.T) {
	t.Parallel()
	pg, my := testdb.Postgres(t).New(t), testdb.MariaDB(t).New(t)
	survey(t, pg)
	survey(t, my)
	hung := testdb.NewProxy(t, pg.Server.Addr())
	hung.Set(testdb.Hold)
	const nobody = "127.0.0.1:1" // where nothing listens
	secret := func(name, content string) string {
		path := filepath.Join(t.TempDir(), name)
		write(t, path, content)
		return path
	}
	postgres := func(host string) string {
		u := url.URL{Scheme: "postgres", User: url.UserPassword("reader", password), Host: host, Path: "/" + pg.Name, RawQuery: "sslmode=disable"}
		return u.String()
	}
	mysql := func(host string) string { return fmt.Sprintf("reader:%s@tcp(%s)/%s", password, host, my.Name) }
	words := func(host string) string {
		h, p, _ := strings.Cut(host, ":")
		return fmt.Sprintf(`host=%s port=%s user=reader password='%s' dbname=%s sslmode=disable`, h, p, strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(password), pg.Name)
	}
	inline := func(dsn string) string { return "dsn: " + strconv.Quote(dsn) }
	file := func(dsn string) string { return "dsn_file: " + secret("dsn", dsn+"\n") }
	sources := []struct{ name, driver, how string }{
		{"refused_url", "postgres", inline(postgres(pg.Server.Addr()))},
		{"refused_words", "postgres", inline(words(pg.Server.Addr()))},
		{"refused_mysql", "mysql", inline(mysql(my.Server.Addr()))},
		{"refused_file", "postgres", file(postgres(pg.Server.Addr()))},
		{"refused_mysql_file", "mysql", file(mysql(my.Server.Addr()))},
		{"nobody_url", "postgres", inline(postgres(nobody))},
		{"nobody_mysql", "mysql", inline(mysql(nobody))},
		{"hung", "postgres", inline(postgres(hung.Addr())) + "\n    connect_timeout: 1s"},
		{"no_host", "postgres", inline(postgres("no.such.host.invalid:5432"))},
		{"no_tls", "mysql", inline(mysql(nobody) + "?tls=true")},
		// What drivers cannot read, they like to quote.
		{"malformed_url", "postgres", file("postgres://reader:" + password + "@" + pg.Server.Addr() + "/" + pg.Name)},
		{"malformed_port", "postgres", file("postgres://reader:" + marker + "@127.0.0.1:port" + marker + "/x")},
		{"malformed_words", "postgres", file("host=127.0.0.1 password='" + marker)},
		{"malformed_mysql", "mysql", file("reader:" + marker + "@127.0.0.1:3306/" + my.Name)},
		{"malformed_parameter", "mysql", file("reader:x@tcp(127.0.0.1:3306)/x?timeout=" + marker)},
		{"password", "postgres", strings.Join(fields(pg, "password: "+strconv.Quote(password)), "\n    ")},
		{"password_file", "postgres", strings.Join(fields(pg, "password_file: "+secret("password", password)), "\n    ")},
		{"mysql_password_file", "mysql", strings.Join(fields(my, "password_file: "+secret("password", password)), "\n    ")},
	}
	var yaml, collectors strings.Builder
	for _, s := range sources {
		fmt.Fprintf(&yaml, "  - name: %s\n    driver: %s\n    %s\n", s.name, s.driver, s.how)
		collectors.WriteString(renamed(renamed(answers, "answers", s.name), "db", s.name))
	}
	good := cx(yaml.String(), collectors.String())
	r := start(t, good)
	var checks []func(page) error
	for _, s := range sources {
		checks = append(checks, is(0, "cx_collector_success", "collector="+s.name))
	}
	r.until("every collector has failed", every(checks...))

	// Mistakes on the very line of the secret.
	password := strconv.Quote(password)
	for _, broken := range []string{
		strings.Replace(good, "    password: ", "    pasword: ", 1),
		strings.Replace(good, "    password: "+password, "    password: ["+password+"]", 1),
		strings.Replace(good, "    password: "+password, "    password: {a: "+password+"}", 1),
		strings.Replace(good, "    password: "+password, "    password: "+password+" x", 1),
		strings.Replace(good, "    password: "+password, "    password: *"+marker, 1),
		strings.Replace(good, "    password: "+password, "    password: "+password+"\n    password: "+password, 1),
		strings.Replace(good, "    password: "+password, "    password: "+password+"\n    password_file: /run/secrets/x", 1),
		strings.Replace(good, "    password: "+password, "    passwort "+password, 1),
		strings.Replace(good, "    dsn: ", "    dns: ", 1),
		strings.Replace(good, "    dsn: ", "    host: ", 1),
		strings.Replace(good, "    dsn: ", "    dsn_file: ", 1),
		strings.Replace(good, "    dsn: ", "    dsn:\n      - ", 1),
		strings.Replace(good, "  - name: refused_url", "  - name: refused_words", 1),
		strings.Replace(good, "    driver: postgres", "    driver: sqlite", 1),
		strings.Replace(good, "    driver: postgres", "    driver: mysql", 1),
	} {
		if broken == good {
			t.Fatal("a mistake was not made")
		}
		r.replace(broken)
		status, text := r.do(http.MethodPost, "/-/reload")
		if status != http.StatusInternalServerError {
			t.Errorf("a broken configuration is answered by %d", status)
		}
		if found := shows(text); len(found) > 0 {
			t.Errorf("the answer to a reload tells the password: %q", found)
		}
	}

	paths := []string{"/", "/metrics", "/-/ready", "/-/healthy", "/-/reload", "/api/v1/kpis", "/api/v1/goals", "/api/v1/collectors", "/debug/collectors"}
	for _, s := range sources {
		paths = append(paths, "/debug/collectors/"+s.name)
	}
	for _, path := range paths {
		_, text := r.get(path)
		if found := shows(text); len(found) > 0 {
			t.Errorf("%s tells the password: %q", path, found)
		}
	}
	if err := r.stop(); err != nil && len(shows(err.Error())) > 0 {
		t.Errorf("the error at the end tells the password: %v", err)
	}
	if found := shows(r.log.String()); len(found) > 0 {
		t.Errorf("the log tells the password: %q", found)
	}
	if n := len(r.log.lines("collector is failing")); n < len(sources) {
		t.Errorf("only %d of %d failures are in the log: this proves little", n, len(sources))
	}
}

// fields are the lines of a source with its parts apart.
func fields(db *testdb.Database, password string) []string {
	return []string{
		"host: " + db.Server.Host, fmt.Sprintf("port: %d", db.Server.Port), "database: " + db.Name, "user: reader", password,
	}
}
