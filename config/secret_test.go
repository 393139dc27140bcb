package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"
)

func TestSecretsAreNeverPrinted(t *testing.T) {
	t.Parallel()
	s := NewSecret(secretMarker)
	holder := struct {
		Shown  Secret
		hidden Secret
		list   []Secret
		inner  *Secret
	}{s, s, []Secret{s}, &s}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%10s", "%T %[1]v"} {
		for _, v := range []any{s, &s, holder, &holder, []Secret{s}, map[string]Secret{"a": s}, map[Secret]int{s: 1}, errors.New(fmt.Sprint(s))} {
			got := fmt.Sprintf(verb, v)
			if strings.Contains(got, secretMarker) || strings.Contains(got, fmt.Sprintf("%x", secretMarker)) || strings.Contains(got, fmt.Sprintf("%X", secretMarker)) {
				t.Errorf("%s of %T prints %s", verb, v, got)
			}
		}
	}
	if got := fmt.Sprintf("%v %s %q %+v %#v", s, s, s, s, s); got != strings.TrimSpace(strings.Repeat("<secret> ", 5)) {
		t.Errorf("a secret prints as %s", got)
	}
	var logged bytes.Buffer
	for _, h := range []slog.Handler{slog.NewTextHandler(&logged, nil), slog.NewJSONHandler(&logged, nil)} {
		slog.New(h).Info("connect", "password", s, "source", Source{Password: s, DSN: s}, "pointer", &s)
	}
	asJSON, err := json.Marshal(holder)
	if err != nil {
		t.Fatal(err)
	}
	asYAML, err := yaml.Marshal(map[string]any{"password": s, "source": Source{Password: s}})
	if err != nil {
		t.Fatal(err)
	}
	for name, got := range map[string]string{"slog": logged.String(), "JSON": string(asJSON), "YAML": string(asYAML)} {
		if strings.Contains(got, secretMarker) || !strings.Contains(got, "secret>") && !strings.Contains(got, `secret\u003e`) {
			t.Errorf("%s shows %s", name, got)
		}
	}
}

func TestSecretsCanBeComparedAndRevealed(t *testing.T) {
	t.Parallel()
	if got := NewSecret("a").Reveal(); got != "a" {
		t.Errorf("revealed %q", got)
	}
	if !NewSecret("a").Equal(NewSecret("a")) || NewSecret("a").Equal(NewSecret("b")) || NewSecret("a").Equal(Secret{}) {
		t.Error("Equal is wrong")
	}
	if !NewSecret("").IsZero() || (Secret{}).Reveal() != "" || NewSecret("a").IsZero() {
		t.Error("IsZero is wrong")
	}
	if cmp.Diff(Source{DSN: NewSecret("a")}, Source{DSN: NewSecret("a")}) != "" {
		t.Error("equal sources differ")
	}
}

// Whatever is wrong beside a secret, and wherever one is put by mistake, no
// message shows it.
func TestNoMessageShowsASecret(t *testing.T) {
	t.Parallel()
	const m = secretMarker
	for _, source := range []string{
		"{name: s, driver: postgres, dsn: 'postgres://u:" + m + "@h:x/d'}",
		"{name: s, driver: postgres, dsn: 'postgres://u:" + m + "%@h/d'}",
		"{name: s, driver: postgres, dsn: 'postgres://u:a%" + m + "%zz@h/d'}",
		"{name: s, driver: postgres, dsn: 'host=h password=" + m + "'' dbname=d'}",
		"{name: s, driver: mysql, dsn: 'u:" + m + "@h:3306/d'}",
		"{name: s, driver: oops, dsn: 'u:" + m + "@h:3306/d'}",
		"{name: s, driver: postgres, dns: 'u:" + m + "@h:3306/d'}",
		"{name: s, driver: postgres, url: 'postgres://u:" + m + "@h:3306/d'}",
		"{name: s, driver: postgres, host: 'postgres://u:" + m + "@h:3306/d'}",
		"{name: s, driver: 'postgres://u:" + m + "@h:3306/d'}",
		"{name: 'postgres://u:" + m + "@h:3306/d', driver: postgres}",
		"{name: s, driver: postgres, host: h, user: u, database: d, pasword: " + m + "}",
		"{name: s, driver: postgres, host: h, user: u, database: d, Password: " + m + "}",
		"{name: s, driver: postgres, host: h, user: u, database: d, password: [" + m + "]}",
		"{name: s, driver: postgres, host: h, user: u, database: d, password: {" + m + "}}",
		"{name: s, driver: postgres, host: h, user: u, database: d, password: {x: {y: " + m + "}}, oops: 1}",
		"{name: s, driver: postgres, host: h, user: u, database: d, password: '" + m + "${'}",
		"{name: s, driver: postgres, host: h, user: u, database: d, password: '" + m + "${NONE}'}",
		"{name: s, driver: postgres, host: h, user: u, database: d, password: !" + m + " x}",
		"{name: s, driver: postgres, host: h, user: u, database: d, password: *" + m + "}",
		"{name: s, driver: postgres, host: h, user: u, database: d, password: &" + m + " }",
		"{name: s, driver: postgres, host: h, user: u, database: d, password: @" + m + "}",
		"{name: s, driver: postgres, host: h, user: u, database: d, password: '" + m + ", oops: 1}",
		"{name: s, driver: postgres, host: h, user: u, database: d, password: " + m + ": x}",
		"{name: s, driver: postgres, host: h, user: u, database: d, password: \"\\" + m + "\"}",
		"{name: s, driver: postgres, host: h, user: u, database: d, password: %" + m + "}",
		"{name: s, driver: '${PASSWORD}', host: h, user: u, database: d}",
		"{name: '${PASSWORD}!', driver: postgres, host: 'http://${PASSWORD}', user: u, database: d}",
		"{name: s, driver: postgres, host: h, port: '${PASSWORD}', user: u, database: d}",
		"{name: s, driver: postgres, host: h, user: u, database: d, connect_timeout: '${PASSWORD}'}",
		"{name: s, driver: postgres, host: h, user: u, database: d, tls: {mode: '${PASSWORD}', ca_file: '${PASSWORD}'}}",
		"\n    name: s\n    driver: postgres\n    password |\n      " + m + "\n    host: h",
		"\n    name: s\n    driver: postgres\n    password: |\n   " + m + "\n    host: h",
		"\n    name: s\n    driver: postgres\n    password: |\n      " + m + "\n      " + m + "\n    hots: h",
		"\n    name: s\n    driver: postgres\n    password: >-\n      x\n      " + m + "\n    # here\n    password: y",
		"\n    name: s\n    driver: postgres\n    password:\n      " + m + "\n      " + m + "\n    host: 7",
		"\n    name: s\n    driver: postgres\n    password " + m + "\n    host: h",
		"\n    name: s\n    driver: postgres\n    password= " + m + "\n    host: h",
		"\n    name: s\n    driver: postgres\n    password: " + m + "\n\thost: h",
		"\n    name: s\n    driver: postgres\n    dsn=postgres://u:" + m + "@h/d\n    host: h",
		"\n    name: s\n    driver: postgres\n    dsn: &dsn " + m + "\n    host: *dsn\n    path: *dsn\n    oops: *dsn",
		"\n    <<: {password: " + m + ", oops: 1}\n    name: s\n    driver: postgres",
	} {
		for _, tail := range []string{
			"\ncollectors: [{name: c, source: s, entity: responses, table: t, kpis: [nps]}]\n",
			"\ncollectors: [{name: c, source: '${PASSWORD}', entity: '${PASSWORD}', table: '${PASSWORD}!', cron: '${PASSWORD}', " +
				"windows: ['${PASSWORD}'], timezone: '${PASSWORD}', dimensions: ['${PASSWORD},'], kpis: ['${PASSWORD}', {ratio: {name: '${PASSWORD}!', of: x}}]}]\n",
			"\n}\n",
		} {
			file := "global: {timezone: '${PASSWORD}'}\nsources:\n  - " + source + tail
			_, err := LoadBytes("cx.yml", []byte(file), environment)
			if err == nil {
				if !strings.HasPrefix(tail, "\ncollectors: [{name: c, source: s,") {
					t.Errorf("accepted:\n%s", file)
				}
				continue
			}
			for _, text := range []string{err.Error(), fmt.Sprintf("%+v", err), fmt.Sprintf("%#v", err)} {
				for line := range strings.Lines(text) {
					if strings.Contains(line, m) {
						t.Errorf("a secret is shown:\n%s\nof the file:\n%s", line, file)
					}
				}
			}
		}
	}
}

func TestFilesOfSecretsMustBeReadable(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	if err := os.Mkdir(filepath.Join(folder, "folder"), 0o700); err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string]string{"nothing": "it does not exist", "folder": "it is a folder"} {
		text := "sources: [{name: s, driver: postgres, dsn_file: " + file + "}]\ncollectors: [{name: c, source: s, entity: responses, table: t, kpis: [nps]}]\n"
		_, err := LoadBytes(filepath.Join(folder, "cx.yml"), []byte(text), environment)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(strings.ReplaceAll(err.Error(), filepath.Join(folder, "cx.yml"), ""), folder) {
			t.Errorf("%s: %v", file, err)
		}
	}
}

func TestTheDigestTellsWhatWouldChangeValues(t *testing.T) {
	t.Parallel()
	const file = `
global: {confidence: 0.95}
sources:
  - {name: s, driver: postgres, dsn: "postgres://u:geheim@h/d"}
  - {name: other, driver: sqlite, path: x.db}
collectors:
  - {name: c, source: s, entity: responses, table: t, where: a = 1, windows: [7d], columns: {score: points}, kpis: [nps: {promoters_from: 9}]}
`
	digest := func(text string) string {
		t.Helper()
		c, err := LoadBytes("cx.yml", []byte(text), environment)
		if err != nil {
			t.Fatal(err)
		}
		return c.Collectors[0].Digest
	}
	first := digest(file)
	for _, same := range [][2]string{
		{"geheim", "other"}, {"x.db", "y.db"}, {"where: a = 1", "where: a = 1 -- still"}, {"windows: [7d]", "windows:  ['7d']"}, {"{promoters_from: 9}", ""}, {"{confidence: 0.95}", ""},
	} {
		if got := digest(strings.Replace(file, same[0], same[1], 1)); got != first {
			t.Errorf("%s instead of %s gives another digest", same[1], same[0])
		}
	}
	for _, other := range [][2]string{
		{"0.95", "0.99"},
		{"@h/d", "@h2/d"},
		{"@h/d", "@h/d2"},
		{"u:geheim", "v:geheim"},
		{"table: t", "table: t2"},
		{"a = 1", "a = 2"},
		{"7d", "8d"},
		{"points", "score"},
		{"promoters_from: 9", "promoters_from: 8"},
		{"name: c", "name: c2"},
		{"source: s", "source: other"},
		{"windows: [7d]", "change: false, windows: [7d]"},
	} {
		if got := digest(strings.Replace(file, other[0], other[1], 1)); got == first {
			t.Errorf("%s instead of %s gives the same digest", other[1], other[0])
		}
	}
}
