package config

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// Connection strings are checked here without the drivers, whose messages quote
// them. Nothing below ever returns a part of one.

// separate is what helps most people whose connection string is wrong.
const separate = "; or use host, port, user, password and database, which need no escaping"

// checkDSN says what is wrong with a connection string, or nothing.
func checkDSN(driver, dsn string) string {
	switch driver {
	case "postgres":
		if scheme, _, ok := strings.Cut(dsn, "://"); ok && !strings.ContainsAny(scheme, " ='") {
			return checkPostgresURL(dsn)
		}
		return checkKeywords(dsn)
	case "mysql":
		return checkMySQL(dsn)
	}
	return ""
}

// sslModes are what lib/pq takes for sslmode.
func sslModes() []string {
	return []string{"disable", "allow", "prefer", "require", "verify-ca", "verify-full"}
}

func checkPostgresURL(dsn string) string {
	const form = "write postgres://user:password@host:5432/database" + separate
	u, err := url.Parse(dsn)
	if err != nil {
		if badEscape(dsn) {
			return "the connection string has a % that begins no escape; write %25 for it" + separate
		}
		return "the connection string is no valid URL, perhaps because a character of the password needs an escape (/ is %2F, @ is %40, # is %23); " + form
	}
	switch {
	case u.Scheme != "postgres" && u.Scheme != "postgresql":
		return "the connection string is not one for PostgreSQL; " + form
	case u.Opaque != "":
		return "the connection string is no valid URL; " + form
	case u.Fragment != "":
		return "the connection string has a # in it; write %23 for it" + separate
	case u.Host == "" && u.Query().Get("host") == "":
		return "the connection string names no host; " + form
	}
	if _, err := url.ParseQuery(u.RawQuery); err != nil {
		return "what follows the ? in the connection string is not of the form name=value&name=value"
	}
	return checkMode(u.Query().Get("sslmode"), u.Query().Has("sslmode"))
}

func checkMode(mode string, there bool) string {
	if there && !slices.Contains(sslModes(), mode) {
		return "the sslmode in the connection string is none of " + list(sslModes())
	}
	return ""
}

// badEscape reports whether a % is not followed by two hexadecimal digits.
func badEscape(s string) bool {
	for i := range len(s) {
		if s[i] != '%' {
			continue
		}
		if i+2 >= len(s) {
			return true
		}
		if _, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err != nil {
			return true
		}
	}
	return false
}

// checkKeywords checks the form host=… user=… of PostgreSQL.
func checkKeywords(dsn string) string {
	const form = "the connection string is neither a URL (postgres://user:password@host:5432/database) nor a list of words (host=… user=… dbname=…)" + separate
	words, ok := keywords(dsn)
	switch {
	case !ok || len(words) == 0:
		return form
	case words["host"] == "" && words["hostaddr"] == "" && words["service"] == "":
		return "the connection string names no host; " + "add host=…" + separate
	}
	mode, there := words["sslmode"]
	return checkMode(mode, there)
}

// keywords reads name=value pairs, whose values may be in single quotes with
// backslashes.
func keywords(dsn string) (map[string]string, bool) {
	words := map[string]string{}
	rest := strings.TrimLeftFunc(dsn, unicode.IsSpace)
	for rest != "" {
		name, after, ok := strings.Cut(rest, "=")
		name = strings.TrimSpace(name)
		if !ok || name == "" || strings.ContainsFunc(name, unicode.IsSpace) {
			return nil, false
		}
		after = strings.TrimLeftFunc(after, unicode.IsSpace)
		inQuotes := strings.HasPrefix(after, "'")
		if inQuotes {
			after = after[1:]
		}
		var value strings.Builder
		closed := false
		i := 0
		for i < len(after) && !closed {
			switch c := after[i]; {
			case c == '\\' && i+1 < len(after):
				i++
				value.WriteByte(after[i])
			case inQuotes && c == '\'', !inQuotes && unicode.IsSpace(rune(c)):
				closed = true
			default:
				value.WriteByte(c)
			}
			i++
		}
		if inQuotes && !closed {
			return nil, false
		}
		words[name] = value.String()
		rest = strings.TrimLeftFunc(after[i:], unicode.IsSpace)
	}
	return words, true
}

// mysqlAddress is the part of a MySQL connection string before its last slash
// and behind user and password.
var mysqlAddress = regexp.MustCompile(`^(?:|(?:tcp|tcp4|tcp6)(?:\([^()]*\))?|unix\([^()]+\))$`)

// checkMySQL checks the form of go-sql-driver.
func checkMySQL(dsn string) string {
	const form = "write user:password@tcp(host:3306)/database" + separate
	address, query, ok := mysqlParts(dsn)
	switch {
	case strings.Contains(dsn, "://"):
		return "a MySQL connection string is no URL; " + form
	case !ok:
		return "the connection string has no / before the database; " + form
	case !mysqlAddress.MatchString(address):
		return "the address in the connection string is not of the form tcp(host:3306) or unix(/path/to/socket); " + form
	}
	if _, err := url.ParseQuery(query); err != nil {
		return "what follows the ? in the connection string is not of the form name=value&name=value"
	}
	return ""
}

// mysqlParts finds address and parameters as the driver does: the last slash
// ends the address, the last @ before it ends the password.
func mysqlParts(dsn string) (address, query string, ok bool) {
	slash := strings.LastIndexByte(dsn, '/')
	if slash < 0 {
		return "", "", false
	}
	address = dsn[:slash]
	if i := strings.LastIndexByte(address, '@'); i >= 0 {
		address = address[i+1:]
	}
	_, query, _ = strings.Cut(dsn[slash+1:], "?")
	return address, query, true
}

// withoutPassword is a connection string without what is secret in it: it tells
// which database is meant, and no more. It is empty where that is not certain.
func withoutPassword(driver, dsn string) string {
	if checkDSN(driver, dsn) != "" {
		return ""
	}
	switch driver {
	case "postgres":
		if u, err := url.Parse(dsn); err == nil && u.Scheme != "" {
			return u.Host + u.Path + " " + u.User.Username() + " " + u.Query().Get("host")
		}
		w, _ := keywords(dsn)
		return w["host"] + " " + w["hostaddr"] + " " + w["port"] + " " + w["user"] + " " + w["dbname"]
	case "mysql":
		address, _, _ := mysqlParts(dsn)
		database, _, _ := strings.Cut(dsn[strings.LastIndexByte(dsn, '/')+1:], "?")
		return address + "/" + database
	}
	return ""
}
