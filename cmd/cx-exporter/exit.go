package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/cx-exporter/cx-exporter/config"
)

// The exit codes. They are part of the command line's contract.
const (
	exitGood    = 0
	exitFailure = 1
	exitConfig  = 2 // the configuration or the command line is wrong
)

// misuse marks what is wrong with the command line.
type misuse struct{ error }

// outcome tells what went wrong, if anything did, and returns the exit code.
func outcome(w *world, err error) int {
	var problems *config.Problems
	switch {
	case err == nil:
		return exitGood
	case errors.As(err, &problems):
		fmt.Fprintln(w.stderr, problems)
		return exitConfig
	}
	for line := range strings.Lines(err.Error()) {
		fmt.Fprintf(w.stderr, "cx-exporter: %s\n", strings.TrimSuffix(line, "\n"))
	}
	if errors.As(err, new(misuse)) {
		return exitConfig
	}
	return exitFailure
}
