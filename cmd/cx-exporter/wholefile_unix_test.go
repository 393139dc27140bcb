//go:build unix

package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestAFileTakesItsNameWhenItIsWhole(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "past.om")
	write(t, name, "old")
	f := begin(t, name)
	if _, err := io.WriteString(f, "new"); err != nil {
		t.Fatal(err)
	}
	holds(t, name, "old")
	if err := f.end(nil); err != nil {
		t.Fatal(err)
	}
	holds(t, name, "new")
	alone(t, name)
}

func TestAFileIsReadBySuchAsReadTheOldOne(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "past.om")
	write(t, name, "old")
	say(t, name, "new")
	if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("its mode is %v, %v", info.Mode(), err)
	}
}

// A shell names a pipe by a link whose text is no path.
func TestAPipeIsWrittenToByItsDescriptor(t *testing.T) {
	t.Parallel()
	from, to, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	name := fmt.Sprintf("/dev/fd/%d", to.Fd())
	if _, err := os.Stat(name); err != nil {
		t.Skipf("this system does not name descriptors so: %v", err)
	}
	say(t, name, "new")
	to.Close()
	if b, err := io.ReadAll(from); err != nil || string(b) != "new" {
		t.Errorf("through the pipe came %q, %v", b, err)
	}
}

func TestAFileThatDidNotBecomeWholeLeavesTheOldOne(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "past.om")
	write(t, name, "old")
	f := begin(t, name)
	wrong := errors.New("no room is left")
	if err := f.end(wrong); !errors.Is(err, wrong) {
		t.Errorf("it said %v", err)
	}
	holds(t, name, "old")
	alone(t, name)
}

func TestALinkStaysALink(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	real, link := filepath.Join(dir, "real.om"), filepath.Join(dir, "link.om")
	write(t, real, "old")
	if err := os.Symlink("real.om", link); err != nil {
		t.Fatal(err)
	}
	say(t, link, "new")
	if to, err := os.Readlink(link); err != nil || to != "real.om" {
		t.Errorf("the link leads to %q, %v", to, err)
	}
	holds(t, real, "new")
}

func TestAPipeStaysAPipe(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(name, 0o600); err != nil {
		t.Fatal(err)
	}
	told := make(chan string)
	go func() {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Error(err)
		}
		told <- string(b)
	}()
	say(t, name, "new")
	if got := <-told; got != "new" {
		t.Errorf("through the pipe came %q", got)
	}
	if info, err := os.Lstat(name); err != nil || info.Mode()&os.ModeNamedPipe == 0 {
		t.Errorf("what was a pipe is %v, %v", info, err)
	}
	alone(t, name)
}

func TestWhatCannotBeAFileIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.Symlink("nowhere", filepath.Join(dir, "link.om")); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"": "name a file", dir: "is a directory", filepath.Join(dir, "none", "past.om"): "past.om: no such file", filepath.Join(dir, "link.om"): "is a link to"} {
		if _, err := createWhole(name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", name, err, want)
		}
	}
}

func begin(t *testing.T, name string) *wholeFile {
	t.Helper()
	f, err := createWhole(name)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// say writes a whole file.
func say(t *testing.T, name, content string) {
	t.Helper()
	f := begin(t, name)
	if _, err := io.WriteString(f, content); err != nil {
		t.Fatal(err)
	}
	if err := f.end(nil); err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, name, content string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func holds(t *testing.T, name, want string) {
	t.Helper()
	if got, err := os.ReadFile(name); err != nil || string(got) != want {
		t.Errorf("%s holds %q, %v; want %q", name, got, err, want)
	}
}

// alone fails where something lies beside a file.
func alone(t *testing.T, name string) {
	t.Helper()
	all, err := os.ReadDir(filepath.Dir(name))
	if err != nil || len(all) != 1 {
		t.Errorf("there are %v, %v", all, err)
	}
}
