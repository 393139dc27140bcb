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
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	_ "modernc.org/sqlite" // the driver named sqlite
)

var update = flag.Bool("update", false, "write what the scripts compare with anew")

// TestMain lets scripts run the program and what helps them as commands.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"cx-exporter": main,
		"sqlite":      helper(sqlite),
		"get":         helper(get),
	})
}

func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		Cmds:                map[string]func(*testscript.TestScript, bool, []string){"exec-code": execCode},
		Setup: func(e *testscript.Env) error {
			address, err := freeAddress()
			if err != nil {
				return err
			}
			e.Setenv("ADDRESS", address)
			// The race detector waits a second at the end of every command.
			e.Setenv("GORACE", "atexit_sleep_ms=0")
			return nil
		},
	})
}

// execCode runs a command that must end with an exit code: `exec-code 2
// cx-exporter eval`.
func execCode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exec-code code command [args...]")
	}
	code := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var ended *exec.ExitError
		if !errors.As(err, &ended) {
			ts.Fatalf("%v", err)
		}
		code = ended.ExitCode()
	}
	if fmt.Sprint(code) != args[0] {
		ts.Fatalf("%v ended with %d, want %s", args[1:], code, args[0])
	}
}

// helper makes a command of a function.
func helper(f func(args []string) error) func() {
	return func() {
		if err := f(os.Args[1:]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

// sqlite runs the SQL of a file on a database: `sqlite shop.db shop.sql`.
func sqlite(args []string) error {
	if len(args) != 2 {
		return errors.New("usage: sqlite database file")
	}
	text, err := os.ReadFile(args[1])
	if err != nil {
		return err
	}
	db, err := sql.Open("sqlite", args[0])
	if err != nil {
		return err
	}
	_, err = db.Exec(string(text))
	return errors.Join(err, db.Close())
}

// get prints a page, once it is there and a line of it matches:
// `get http://127.0.0.1:9926/metrics ^cx_nps_score`.
func get(args []string) error {
	if len(args) != 2 {
		return errors.New("usage: get url pattern")
	}
	pattern, err := regexp.Compile(args[1])
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		page, err := fetch(ctx, args[0])
		if err == nil && matches(page, pattern) {
			fmt.Print(page)
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("no line of %s matches %s: %w\n%s", args[0], pattern, err, page)
		}
	}
}
