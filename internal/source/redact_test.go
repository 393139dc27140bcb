package source

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
)

func TestSecretsAreRemovedHoweverTheyAreWritten(t *testing.T) {
	t.Parallel()
	const password = `s3cr€t p@ss/"w'ord\%$?#`
	dsn := (&url.URL{Scheme: "postgres", User: url.UserPassword("alice", password), Host: "db.internal:5432", Path: "/shop"}).String()
	s := &secrets{}
	s.hide(dsn, password, "alice", "db.internal")
	for name, text := range map[string]string{
		"plain":            "login with " + password + " failed",
		"in a DSN":         "cannot parse " + dsn,
		"quoted DSN":       fmt.Sprintf("cannot parse %q", dsn),
		"quoted":           fmt.Sprintf("cannot use %q", password),
		"escaped":          "x=" + url.QueryEscape(password),
		"escaped path":     "x/" + url.PathEscape(password),
		"single quotes":    `password='s3cr€t p@ss/"w\'ord\\%$?#'`,
		"doubled quotes":   `PASSWORD 's3cr€t p@ss/"w''ord\%$?#'`,
		"its end":          `invalid character in p@ss/"w'ord\%$?#`,
		"its beginning":    `parse "s3cr€t p@ss`,
		"user and host":    "no entry for host db.internal, user alice, database shop",
		"user in quotes":   `role "alice" is locked`,
		"MySQL's accounts": "Access denied for user 'alice'@'10.1.2.3' (using password: YES)",
		"another account":  "denied to 'bob'@'db.internal'",
		"an address":       "dial tcp 10.1.2.3:5432: connect: connection refused",
		"an IPv6 address":  "dial tcp [fe80::1%eth0]:5432: connect: connection refused",
	} {
		got := s.remove(text)
		for _, secret := range []string{"s3cr", "p@ss", "p%40ss", "ord", "alice", "bob", "db.internal", "10.1.2.3", "fe80"} {
			if strings.Contains(strings.ReplaceAll(got, "password", ""), secret) {
				t.Errorf("%s: %q is left in %s", name, secret, got)
			}
		}
	}
}

func TestWhatIsNoSecretStays(t *testing.T) {
	t.Parallel()
	s := &secrets{}
	s.hide("host=db user=a", "ab", "a", "db")
	for text, want := range map[string]string{
		`relation "a_table" does not exist`:    `relation "a_table" does not exist`,
		"a user of db":                         "*** user of ***",
		"abc ab aa":                            "abc *** aa",
		"two\nlines":                           "two lines",
		"version 15.18.1 of 2026-01-02 10:11Z": "version 15.18.1 of 2026-01-02 10:11Z",
	} {
		if got := s.remove(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestSecretsThatChangeForEverDoNotFillTheMemory(t *testing.T) {
	t.Parallel()
	s := &secrets{}
	for i := range 1000 {
		s.hide(fmt.Sprintf("dsn%d", i), fmt.Sprintf("password%d", i), fmt.Sprintf("user%d", i))
	}
	if len(s.dsns) > remembered || len(s.passwords) > remembered || len(s.words) > remembered {
		t.Errorf("%d, %d and %d are kept", len(s.dsns), len(s.passwords), len(s.words))
	}
	if got := s.remove("password999 of user999"); got != "*** of ***" {
		t.Errorf("the last one: got %s", got)
	}
}
