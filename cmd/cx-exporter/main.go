// Command cx-exporter exposes the customer-experience KPIs that lie in a
// company's own databases to Prometheus.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
	_ "time/tzdata" // zones are needed where the machine has none

	"github.com/alecthomas/kingpin/v2"
	"github.com/prometheus/common/promslog"
	promslogflag "github.com/prometheus/common/promslog/flag"
	"github.com/prometheus/common/version"

	"github.com/cx-exporter/cx-exporter/config"
)

// The exit codes. They are part of the command line's contract.
const (
	exitGood    = 0
	exitFailure = 1
	exitConfig  = 2 // the configuration or the command line is wrong
)

// world is everything outside the process, so that tests can be it.
type world struct {
	stdout, stderr io.Writer
	lookup         func(string) (string, bool) // an environment variable
	now            func() time.Time
	reload         <-chan struct{}
}

// command is one of the commands, ready to run.
type command struct {
	name string
	run  func(ctx context.Context) error
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if version.Version == "" { // built without the Makefile
		version.Version = "devel"
	}
	w := &world{stdout: os.Stdout, stderr: os.Stderr, lookup: os.LookupEnv, now: time.Now, reload: hangups()}
	os.Exit(run(ctx, os.Args[1:], w)) //nolint:gocritic // stop matters to no one after this
}

// run is the program. It returns the exit code.
func run(ctx context.Context, args []string, w *world) int {
	cli := kingpin.New("cx-exporter", "Customer-experience KPIs from your own databases, for Prometheus.")
	cli.Version(version.Print("cx-exporter")).HelpFlag.Short('h')
	cli.UsageWriter(w.stdout).ErrorWriter(w.stderr).UsageTemplate(usage).UsageFuncs(usageFuncs())
	ended := -1
	cli.Terminate(func(code int) { ended = code })
	logging := &promslog.Config{Writer: w.stderr}
	promslogflag.AddFlags(cli, logging)
	commands := []command{serve(cli, w, logging), demonstrate(cli, w, logging), eval(cli, w, logging), explain(cli, w, logging), check(cli, w, logging), schema(cli, w)}
	name, err := cli.Parse(args)
	if ended >= 0 { // --help or --version have said what they had to
		return ended
	}
	if err != nil {
		fmt.Fprintf(w.stderr, "cx-exporter: %v, try --help\n", err)
		return exitConfig
	}
	for _, c := range commands {
		if c.name == name {
			err = c.run(ctx)
		}
	}
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

// misuse marks what is wrong with the command line.
type misuse struct{ error }
