package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/alecthomas/kingpin/v2"
	"github.com/mattn/go-isatty"
	"github.com/prometheus/common/promslog"
	"github.com/schollz/progressbar/v3"

	"github.com/cx-exporter/cx-exporter/internal/app"
	"github.com/cx-exporter/cx-exporter/internal/calendar"
	"github.com/cx-exporter/cx-exporter/internal/openmetrics"
)

// backfill writes the past.
func backfill(cli *kingpin.Application, w *world, logging *promslog.Config) command {
	c := cli.Command("backfill", "Write the history of KPIs and goals as OpenMetrics, for `promtool tsdb create-blocks-from openmetrics`.")
	file := configFlag(c)
	from := c.Flag("from", "The first instant, such as 2026-01-01, or how many days ago it begins, such as 365d; without a zone it is in global.timezone.").Required().PlaceHolder("INSTANT").String()
	to := c.Flag("to", "The last instant. Default: now.").PlaceHolder("INSTANT").String()
	step := c.Flag("step", "How far the instants are apart: hours (1h), days (1d) or weeks (1w).").Default("1d").String()
	only := c.Flag("collector", "Only this collector or formula; may be repeated.").PlaceHolder("NAME").Strings()
	output := c.Flag("output", "The file to write; - is the standard output.").Default("-").PlaceHolder("FILE").String()
	return command{c.FullCommand(), func(ctx context.Context) error {
		cfg, err := load(*file, w)
		if err != nil {
			return err
		}
		instants, err := pastInstants(*from, *to, *step, w.now(), cfg.Global.Zone)
		if err != nil {
			return err
		}
		chosen, err := instances(cfg, *only, quiet(logging))
		if err != nil {
			return err
		}
		defer chosen.Close()
		past := app.NewPast(chosen)
		for _, r := range past.Refused {
			fmt.Fprintln(w.stderr, leftOut(r.Title, r.KPI))
		}
		if past.Empty() {
			return misuse{errors.New("nothing that is asked for has a past")}
		}
		// Here is work to be done: memory is collected as seldom as its limit allows.
		if _, chosen := w.lookup("GOGC"); !chosen {
			defer debug.SetGCPercent(debug.SetGCPercent(backfillGC))
		}
		if _, chosen := w.lookup("GOMEMLIMIT"); !chosen {
			defer debug.SetMemoryLimit(debug.SetMemoryLimit(backfillMemory))
		}
		return writeHistory(ctx, w, past, instants, *output)
	}}
}

const (
	// backfillGC is by what share memory may grow before it is collected, in percent.
	backfillGC = 400
	// backfillMemory is where it is collected more often, in bytes.
	backfillMemory = 210 << 20
)

// pastInstants are the steps of a range, which ends at the latest now.
func pastInstants(from, to, step string, now time.Time, zone *time.Location) ([]time.Time, error) {
	first, ago := daysAgo(from, now, zone)
	var err error
	if !ago {
		if first, err = instant("--from", from, now, zone, "365d for so many days ago"); err != nil {
			return nil, err
		}
	}
	last := now
	if to != "" {
		if last, err = instant("--to", to, now, zone); err != nil {
			return nil, err
		}
	}
	instants, err := calendar.Steps(first, last, step, zone)
	if err != nil {
		return nil, misuse{fmt.Errorf("--step: %w", err)}
	}
	if len(instants) == 0 {
		return nil, misuse{fmt.Errorf("--from: %s lies behind the end, %s", first.In(zone).Format(time.RFC3339), last.In(zone).Format(time.RFC3339))}
	}
	return instants, nil
}

// daysAgo is the beginning of the day that is so many days back, such as 365d.
func daysAgo(s string, now time.Time, zone *time.Location) (time.Time, bool) {
	digits, ok := strings.CutSuffix(s, "d")
	days, err := strconv.ParseUint(digits, 10, 16)
	if !ok || err != nil {
		return time.Time{}, false
	}
	return calendar.Midnight(calendar.DaysAgo(now, zone, int(days)), zone), true
}

// writeHistory evaluates and writes. A file is begun first, since to hear after the
// work that it cannot be written would be late.
func writeHistory(ctx context.Context, w *world, past *app.Past, instants []time.Time, output string) error {
	if output == "-" {
		_, err := writeInstants(ctx, w.stdout, w.stderr, past, instants)
		return err
	}
	file, err := createWhole(ctx, output)
	if err != nil {
		err = fmt.Errorf("--output: %w", err)
		if ctx.Err() != nil { // the name may be a good one
			return err
		}
		return misuse{err}
	}
	samples, err := writeInstants(ctx, file, w.stderr, past, instants)
	err = file.end(err)
	switch {
	case ctx.Err() != nil && errors.Is(err, os.ErrDeadlineExceeded):
		return fmt.Errorf("--output: stopped before all of %s was read: %w", output, context.Cause(ctx))
	case err != nil:
		return err
	}
	if file.target == "" { // what reads a pipe is told by whoever laid it
		return nil
	}
	fmt.Fprintf(w.stdout, "%s: %d samples of %d instants. Load it into Prometheus by\n  promtool tsdb create-blocks-from --max-block-duration=8760h openmetrics %s DATA_FOLDER\n",
		output, samples, len(instants), shellWord(output))
	return nil
}

// writeInstants evaluates and writes to a file that is open, and returns how many
// samples these are.
func writeInstants(ctx context.Context, to, progressTo io.Writer, past *app.Past, instants []time.Time) (int, error) {
	dir, err := os.MkdirTemp("", "cx-exporter-backfill-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	spool := openmetrics.NewSpool(dir)
	bar := progress(progressTo, past.Steps(len(instants)), "computing")
	if err := past.Spool(ctx, spool, instants, func(n int) { _ = bar.Add(n) }); err != nil {
		return 0, err
	}
	_ = bar.Finish()
	bar = progress(progressTo, spool.Samples(), "writing")
	if err := spool.Write(to, func(n int) { _ = bar.Add(n) }); err != nil {
		return 0, err
	}
	_ = bar.Finish()
	return spool.Samples(), nil
}

// progress is a bar on a terminal, and nothing elsewhere.
func progress(to io.Writer, steps int, what string) *progressbar.ProgressBar {
	file, ok := to.(*os.File)
	if !ok || !isatty.IsTerminal(file.Fd()) {
		return progressbar.DefaultSilent(int64(steps))
	}
	return progressbar.NewOptions(steps, progressbar.OptionSetWriter(file), progressbar.OptionSetDescription(what),
		progressbar.OptionShowCount(), progressbar.OptionSetPredictTime(true), progressbar.OptionClearOnFinish())
}
