package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/cx-exporter/cx-exporter/internal/demo"
)

func TestAnAddressIsOneForABrowser(t *testing.T) {
	t.Parallel()
	for listen, want := range map[string]string{
		":9926":             "http://localhost:9926",
		"0.0.0.0:9926":      "http://localhost:9926",
		"[::]:9926":         "http://localhost:9926",
		"127.0.0.1:9926":    "http://127.0.0.1:9926",
		"[::1]:9926":        "http://[::1]:9926",
		"board.example:80":  "http://board.example:80",
		"192.168.1.20:8080": "http://192.168.1.20:8080",
		"nonsense":          "http://nonsense",
	} {
		if got := baseURL(listen); got != want {
			t.Errorf("%s is found at %s, want %s", listen, got, want)
		}
	}
}

func TestAnAddressIsThatWhichTheUserGave(t *testing.T) {
	t.Parallel()
	const heard = "127.0.0.1:41234"
	for _, c := range []struct {
		addresses []string
		want      string
	}{
		{[]string{"board.example:80"}, "board.example:80"},
		{[]string{"localhost:9926", "127.0.0.1:9927"}, "localhost:9926"},
		{[]string{"127.0.0.1:0"}, heard},
		{[]string{"vsock://:9100"}, heard},
		{nil, heard}, // the system hands the socket over
	} {
		if got := given(c.addresses, heard); got != c.want {
			t.Errorf("%q are found at %s, want %s", c.addresses, got, c.want)
		}
	}
}

func TestAShellReadsAWordAsItIs(t *testing.T) {
	t.Parallel()
	for word, plain := range map[string]bool{
		"/var/lib/cx-exporter/company.db": true, "a_b+c,d@e:f=g%h": true,
		"/home/me/my company.db": false, "it's": false, `a"b`: false, "$HOME": false, "a;b": false, "": false, "*": false, "~": false, "ü": false,
		"two\nlines": false, `back\slash`: false, "#": false, "a&b": false,
	} {
		quoted := shellWord(word)
		out, err := exec.CommandContext(t.Context(), "sh", "-c", "printf %s "+quoted).Output()
		if err != nil || string(out) != word {
			t.Errorf("%q is written %s, which a shell reads as %q, %v", word, quoted, out, err)
		}
		if (quoted == word) != plain {
			t.Errorf("%q is written %s", word, quoted)
		}
	}
}

func TestTheConfigurationIsKeptWhole(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "company.yml")
	if got, err := beside(filepath.Join(dir, "company.db")); err != nil || got != file {
		t.Fatalf("it goes to %s: %v", got, err)
	}
	if err := keepConfig(file); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(file)
	if err != nil || !bytes.Equal(content, demo.Config()) {
		t.Errorf("it holds %d bytes, %v", len(content), err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o644 {
		t.Errorf("its mode is %v, %v", info.Mode(), err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
		t.Errorf("%v is left beside it, %v", left, err)
	}
	if err := os.WriteFile(file, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := keepConfig(file); err != nil {
		t.Error(err)
	}
	if content, err := os.ReadFile(file); err != nil || string(content) != "mine" {
		t.Errorf("what was there has become %q, %v", content, err)
	}
	if _, err := beside(file); err == nil {
		t.Error("the database and its configuration are one file")
	}
	if err := keepConfig(filepath.Join(dir, "nowhere", "company.yml")); err == nil {
		t.Error("a folder that is not there holds a configuration")
	}
}
