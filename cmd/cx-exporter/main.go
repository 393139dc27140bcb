// Command cx-exporter exposes the customer-experience KPIs that lie in a
// company's own databases to Prometheus.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"
	_ "time/tzdata" // zones are needed where the machine has none

	"github.com/alecthomas/kingpin/v2"
	"github.com/prometheus/common/promslog"
	promslogflag "github.com/prometheus/common/promslog/flag"
	"github.com/prometheus/common/version"
)

const gcPercent = 20

// world is everything outside the process, so that tests can be it.
type world struct {
	stdout, stderr io.Writer
	lookup         func(string) (string, bool) // an environment variable
	now            func() time.Time
	hangups        func() <-chan struct{} // requests to reload
}

// command is one of the commands, ready to run.
type command struct {
	name string
	run  func(ctx context.Context) error
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // who asks twice does not want to wait
	if _, chosen := os.LookupEnv("GOGC"); !chosen {
		// Between two refreshes nothing happens: memory is worth more here than
		// the time to collect it.
		debug.SetGCPercent(gcPercent)
	}
	if version.Version == "" { // built without the Makefile
		version.Version = "devel"
	}
	w := &world{stdout: os.Stdout, stderr: os.Stderr, lookup: os.LookupEnv, now: time.Now, hangups: hangups}
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
	commands := []command{serve(cli, w, logging), demonstrate(cli, w, logging), eval(cli, w, logging), goals(cli, w, logging), explain(cli, w, logging), check(cli, w, logging), backfill(cli, w, logging), rules(cli, w), boards(cli, w), schema(cli, w), ready(cli, w)}
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
	return outcome(w, err)
}
