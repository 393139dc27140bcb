package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/alecthomas/kingpin/v2"
	"github.com/prometheus/common/promslog"

	"github.com/cx-exporter/cx-exporter/alerts"
	"github.com/cx-exporter/cx-exporter/internal/app"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// goals tells how the goals stand.
func goals(cli *kingpin.Application, w *world, logging *promslog.Config) command {
	c := cli.Command("goals", "Tell how the goals stand: their pace, since when, and when they are reached at the present trend.")
	file := configFlag(c)
	at := c.Flag("at", "The instant to judge as of, such as 2026-03-01. Default: now.").PlaceHolder("INSTANT").String()
	output := oneOf(c.Flag("output", "table, json or markdown.").Default("table"), "table", "json", "markdown")
	return command{c.FullCommand(), func(ctx context.Context) error {
		cfg, err := load(*file, w)
		if err != nil {
			return err
		}
		if len(cfg.Goals) == 0 {
			return misuse{fmt.Errorf("%s has no goals; add a section `goals`", *file)}
		}
		set, err := app.Build(cfg, quiet(logging))
		if err != nil {
			return err
		}
		defer set.Close()
		clock := w.now()
		now := clock
		if *at != "" {
			if now, err = instant("--at", *at, now, cfg.Global.Zone); err != nil {
				return err
			}
		}
		told := func(*alerts.Goal) bool { return true }
		if now.Before(clock) {
			if told, err = withPast(set, w.stderr); err != nil {
				return err
			}
		}
		now = now.UTC().Truncate(time.Microsecond)
		standings, failed := standing(ctx, set, now, told)
		page := goalPage{at: now.In(cfg.Global.Zone), zone: cfg.Global.Zone, confidence: cfg.Global.Confidence, standings: standings}
		switch *output {
		case "json":
			err = page.json(w.stdout)
		case "markdown":
			page.markdown(w.stdout)
		default:
			err = page.table(w.stdout)
		}
		return errors.Join(err, failed)
	}}
}

// goalPage is what is told of goals.
type goalPage struct {
	at         time.Time
	zone       *time.Location
	confidence float64
	standings  []app.Standing
}

// goalRow is one goal in words.
type goalRow struct {
	goal, title, kpi, status, since, stands, doubt, now, interval, aim, expected, progress, samples, needed, deadline, forecast string
}

// rows puts the goals into words. text writes words of a database as text.
func (p goalPage) rows(text func(string) string) []goalRow {
	rows := make([]goalRow, len(p.standings))
	for i, s := range p.standings {
		g, v := s.Goal, s.Verdict
		unit := g.Stat.Unit
		r := goalRow{
			goal: g.Name, title: g.Title, kpi: strings.TrimPrefix(g.Stat.Metric, "cx_"), now: "–",
			status: inWords(v.State.Status), samples: grouped(v.Measured.Samples, 0),
		}
		if !g.KPI.Unwindowed {
			r.kpi += " " + g.Window.String()
		}
		for _, l := range g.Goal.Labels {
			if l.Value != "" { // as on the page of metrics
				r.kpi += " " + l.Name + "=" + printable(l.Value)
			}
		}
		if !g.Segment.IsTotal() {
			r.kpi += fmt.Sprintf(" (%s = %s)", g.Segment.Dimension, printable(g.Segment.Value))
		}
		if !v.State.Since.IsZero() && v.State.Status != alerts.NotStarted {
			r.since = p.since(v.State.Since, v.State.OrBefore)
		}
		if stands, since, orBefore, ok := v.State.Held(); ok {
			r.stands = inWords(stands) + " since " + p.since(since, orBefore)
		}
		if d, ok := g.Doubt(v); ok {
			r.doubt = doubtOf(g, d, text)
		}
		if v.Measured.Defined {
			r.now = amount(unit, v.Measured.Value)
			r.interval = amount(unit, v.Measured.Lower) + " … " + amount(unit, v.Measured.Upper)
		}
		r.aim, r.expected, r.progress = p.aims(s)
		if g.Reach {
			r.deadline = p.day(g.Deadline)
		}
		if v.Sample.Needed > 0 {
			r.needed = grouped(v.Sample.Needed, 0)
		}
		r.forecast = p.forecast(s)
		rows[i] = r
	}
	return rows
}

func (p goalPage) day(t time.Time) string { return t.In(p.zone).Format("2 Jan 2006") }

// since is a day, which may be only the first that was looked at.
func (p goalPage) since(t time.Time, orBefore bool) string {
	if orBefore {
		return p.day(t) + " or before"
	}
	return p.day(t)
}

// aims are the target, what is expected by now, and the progress towards it.
func (p goalPage) aims(s app.Standing) (aim, expected, progress string) {
	g, v := s.Goal, s.Verdict
	unit := g.Stat.Unit
	side := "≥ "
	if g.Stat.Direction == kpi.LowerIsBetter {
		side = "≤ "
	}
	target, ok := g.Aim(v.Baseline)
	if !ok {
		return "no baseline", "", ""
	}
	aim = side + amount(unit, target)
	if !g.Reach || v.Baseline == nil {
		return aim, "", ""
	}
	if v.State.Status != alerts.NotStarted && !v.State.Final() {
		expected = amount(unit, g.Expected(*v.Baseline, v.State.At))
	}
	if share, ok := g.Progress(*v.Baseline, v.Measured.Value); ok && v.Measured.Defined {
		progress = bar(share, g.ExpectedProgress(v.State.At)) + " " + percent(share, 0)
	}
	return aim, expected, progress
}

// barLength is the number of characters of a progress bar.
const barLength = 20

// bar draws a share of the way, with a mark where it is expected to be.
func bar(share, expected float64) string {
	at := func(x float64) int { return int(math.Round(min(1, max(0, x)) * barLength)) }
	cells := []rune(strings.Repeat("█", at(share)) + strings.Repeat("░", barLength-at(share)))
	cells[min(at(expected), barLength-1)] = '│'
	return string(cells)
}

// forecast says when the target is reached at the present trend.
func (p goalPage) forecast(s app.Standing) string {
	if !s.Forecasts {
		return ""
	}
	f := s.Forecast
	when := func(t time.Time) string {
		if t.IsZero() {
			return "never"
		}
		return p.day(t)
	}
	switch {
	case f.At.IsZero() && f.Earliest.IsZero():
		return "never"
	case f.At.IsZero():
		return "never, or from " + when(f.Earliest)
	case f.Latest.IsZero():
		return fmt.Sprintf("%s (from %s, or never)", when(f.At), when(f.Earliest))
	}
	return fmt.Sprintf("%s (%s to %s)", when(f.At), when(f.Earliest), when(f.Latest))
}

// inWords is a status as people write it.
func inWords(s alerts.Status) string { return strings.ReplaceAll(string(s), "_", " ") }

// doubtOf says what stands in the way of a goal, behind its name.
func doubtOf(g *alerts.Goal, d alerts.Doubt, text func(string) string) string {
	unit := g.Stat.Unit
	return g.InWords(d, alerts.Words{
		Value: func(v float64) string { return amount(unit, v) },
		Size:  func(v float64) string { return sizeOf(unit, v) },
		Count: func(n float64) string { return grouped(n, 0) },
		Text:  text,
		Code:  func(s string) string { return "`" + strings.ReplaceAll(printable(s), "`", "'") + "`" },
	})
}

// sizeOf is the size of a difference of two values.
func sizeOf(unit kpi.Unit, size float64) string {
	switch unit {
	case kpi.Ratio:
		return grouped(size*100, 2) + " points"
	case kpi.Score:
		return grouped(size, 2) + " points"
	}
	return amount(unit, size)
}

func (p goalPage) table(w io.Writer) error {
	fmt.Fprintf(w, "Goals as of %s\n\n", p.at.Format("Mon 2 Jan 2006 15:04:05 MST"))
	var text strings.Builder
	t := tabwriter.NewWriter(&text, 0, 8, 2, ' ', 0)
	fmt.Fprintf(t, "  goal\tstatus\tsince\tKPI\tnow\t%s interval\tn\tneeds\texpected\ttarget\tprogress\tdeadline\tat this trend\n", confidence(p.confidence))
	rows := p.rows(printable)
	for _, r := range rows {
		fmt.Fprintf(t, "  %s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n",
			r.goal, r.status, r.since, r.kpi, r.now, r.interval, r.samples, r.needed, r.expected, r.aim, r.progress, r.deadline, r.forecast)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for row := range strings.Lines(text.String()) {
		fmt.Fprintln(w, strings.TrimRight(row, " \n"))
	}
	for i, note := range notes(rows) {
		if i == 0 {
			fmt.Fprintln(w)
		}
		fmt.Fprintf(w, "  %s\n", note)
	}
	return nil
}

// notes are what there is to say of goals beyond their rows.
func notes(rows []goalRow) []string {
	var out []string
	for _, r := range rows {
		if r.stands != "" {
			out = append(out, r.goal+": cannot be judged at present, so the last verdict stands: "+r.stands)
		}
		if r.doubt != "" {
			out = append(out, r.goal+": "+r.doubt)
		}
	}
	return out
}

// markdown writes a digest that can be mailed.
func (p goalPage) markdown(w io.Writer) {
	fmt.Fprintf(w, "# Goals as of %s\n", p.at.Format("Monday, 2 January 2006"))
	for i, r := range p.rows(escapeMarkdown) {
		s := p.standings[i]
		fmt.Fprintf(w, "\n## %s: %s\n\n", escapeMarkdown(r.title), r.status)
		if r.since != "" {
			fmt.Fprintf(w, "Since %s. ", r.since)
		}
		if r.stands != "" {
			fmt.Fprintf(w, "The last verdict stands: %s. ", r.stands)
		}
		fmt.Fprintf(w, "`%s` is **%s**", r.kpi, r.now)
		if r.interval != "" {
			fmt.Fprintf(w, " (%s interval %s, %s samples)", confidence(p.confidence), r.interval, r.samples)
		}
		if _, ok := s.Goal.Aim(s.Verdict.Baseline); ok {
			fmt.Fprintf(w, "; the target is %s", r.aim)
		} else {
			fmt.Fprint(w, "; the target is a change of a baseline that is not known")
		}
		if s.Goal.Reach {
			fmt.Fprintf(w, " by %s", r.deadline)
		}
		if r.expected != "" {
			fmt.Fprintf(w, ", and %s was to be expected by now", r.expected)
		}
		fmt.Fprintln(w, ".")
		if r.progress != "" {
			fmt.Fprintf(w, "\n`%s`\n", r.progress)
		}
		if r.doubt != "" {
			fmt.Fprintf(w, "\nIt %s.\n", r.doubt)
		}
		if r.forecast != "" {
			fmt.Fprintf(w, "\nAt the present trend the target is reached: %s.\n", r.forecast)
		}
		if s.Goal.Owner != "" {
			fmt.Fprintf(w, "\nOwner: %s\n", escapeMarkdown(s.Goal.Owner))
		}
	}
}

// escapeMarkdown keeps the configuration's words from being read as markup.
func escapeMarkdown(s string) string {
	var b strings.Builder
	for _, r := range printable(s) {
		if strings.ContainsRune("\\`*_[]<>#|", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}
