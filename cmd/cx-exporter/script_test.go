package main

import (
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "rewrite the expected output in the scripts")

// TestMain lets scripts run this program, and two helpers, as commands.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"cx-exporter": main,
		"sqlite":      func() { helper(runSQL) },
		"get":         func() { helper(get) },
	})
}

func helper(f func(args []string) error) {
	if err := f(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// runSQL runs the statements of a file: sqlite DATABASE FILE.
func runSQL(args []string) error {
	if len(args) != 2 {
		return errors.New("usage: sqlite DATABASE FILE")
	}
	text, err := os.ReadFile(args[1])
	if err != nil {
		return err
	}
	db, err := sql.Open("sqlite", args[0])
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.ExecContext(context.Background(), string(text))
	return err
}

// get prints a page once a line of it matches: get URL PATTERN.
func get(args []string) error {
	if len(args) != 2 {
		return errors.New("usage: get URL PATTERN")
	}
	pattern, err := regexp.Compile(args[1])
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	for {
		page, err := fetch(ctx, args[0])
		if err == nil && matches(page, pattern) {
			fmt.Print(page)
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("no line of %s matches %s: %w\n%s", args[0], pattern, err, page)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// TestScript runs the scripts of testdata/script: commands, and what they print.
func TestScript(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:           filepath.Join("testdata", "script"),
		UpdateScripts: *update,
		Cmds:          map[string]func(*testscript.TestScript, bool, []string){"exec-code": execCode},
		Setup: func(e *testscript.Env) error {
			address, err := freeAddress()
			e.Setenv("ADDRESS", address)
			return err
		},
	})
}

// execCode runs a command that must end with a code: exec-code CODE COMMAND ….
func execCode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exec-code CODE COMMAND [ARGUMENT …]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	code := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		code = exit.ExitCode()
	}
	if code != want {
		ts.Fatalf("the command ended with %d, want %d", code, want)
	}
}
