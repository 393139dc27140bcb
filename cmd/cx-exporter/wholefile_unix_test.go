//go:build unix

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
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
	for _, mode := range []os.FileMode{0o600, 0o664, 0o200, 0} {
		name := filepath.Join(t.TempDir(), "past.om")
		write(t, name, "old")
		if err := os.Chmod(name, mode); err != nil {
			t.Fatal(err)
		}
		f := begin(t, name)
		if info, err := os.Stat(f.Name()); err != nil || info.Mode().Perm() != mode {
			t.Errorf("the mode of its part is %v, want %v; %v", info.Mode(), mode, err)
		}
		if err := f.end(nil); err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != mode {
			t.Errorf("its mode is %v, want %v; %v", info.Mode(), mode, err)
		}
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

// Whoever stops the program need not find a reader for its pipe first.
func TestAPipeThatNobodyReadsIsWaitedForUntilTheProgramIsStopped(t *testing.T) {
	t.Parallel()
	config := surveys(t, 2, "\n    windows: [30d]\n    kpis: [csat]\n")
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { // whatever still waits for a reader
		if f, err := os.OpenFile(pipe, os.O_RDWR, 0); err == nil {
			f.Close()
		}
	})
	ctx, cancel := context.WithCancelCause(t.Context())
	var said bytes.Buffer
	ended := make(chan int)
	go func() {
		ended <- run(ctx, []string{"backfill", "--config.file=" + config, "--from=2026-01-01", "--to=2026-01-03", "--output=" + pipe},
			&world{stdout: io.Discard, stderr: &said, lookup: os.LookupEnv, now: time.Now})
	}()
	cancel(errors.New("the user had enough"))
	select {
	case code := <-ended:
		if want := "cx-exporter: --output: stopped before anybody read " + pipe + ": the user had enough\n"; code != exitFailure || said.String() != want {
			t.Errorf("it ended with %d and said %q, want %q", code, &said, want)
		}
	case <-time.After(time.Minute):
		t.Fatal("it waits for a reader")
	}
}

func TestAPipeThatIsNoLongerReadIsGivenUpWhenTheProgramIsStopped(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(name, 0o600); err != nil {
		t.Fatal(err)
	}
	reader, err := os.OpenFile(name, os.O_RDWR, 0) // which reads nothing
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	ctx, cancel := context.WithCancel(t.Context())
	f, err := createWhole(ctx, name)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error)
	go func() {
		_, err := f.Write(make([]byte, 1<<24)) // more than a pipe holds
		ended <- f.end(err)
	}()
	cancel()
	select {
	case err := <-ended:
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("it ended with %v", err)
		}
	case <-time.After(time.Minute):
		t.Fatal("it waits for the reader")
	}
}

// Two runs may be given one name: each writes its own file, and who is ready last has
// the name.
func TestFilesOfOneNameDoNotDisturbEachOther(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "past.om")
	first, second, third := begin(t, name), begin(t, name), begin(t, name)
	for f, content := range map[*wholeFile]string{first: "first", second: "second", third: "third"} {
		if _, err := io.WriteString(f, content); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range []*wholeFile{second, first} {
		if err := f.end(nil); err != nil {
			t.Fatal(err)
		}
	}
	if err := third.end(errors.New("stopped")); err == nil {
		t.Error("what was stopped ended well")
	}
	holds(t, name, "first")
	alone(t, name)
}

// Others may read a new file if the user lets them read new files.
func TestANewFileHasTheModeOfNewFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	plain, name := filepath.Join(dir, "plain"), filepath.Join(dir, "past.om")
	if err := os.WriteFile(plain, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	say(t, name, "new")
	want, err := os.Stat(plain)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := os.Stat(name); err != nil || got.Mode() != want.Mode() {
		t.Errorf("its mode is %v, %v; want %v", got.Mode(), err, want.Mode())
	}
}

func TestWhatCannotBeAFileIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.Symlink("nowhere", filepath.Join(dir, "link.om")); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"": "name a file", dir: "is a directory", filepath.Join(dir, "none", "past.om"): "past.om: no such file", filepath.Join(dir, "link.om"): "is a link to"} {
		if _, err := createWhole(t.Context(), name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", name, err, want)
		}
	}
}

func begin(t *testing.T, name string) *wholeFile {
	t.Helper()
	f, err := createWhole(t.Context(), name)
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
