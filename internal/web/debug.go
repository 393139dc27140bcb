package web

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/cx-exporter/cx-exporter/internal/exporter"
)

// The page and its style, as they come with the binary.
var (
	//go:embed templates/debug.html
	debugHTML string
	//go:embed templates/debug.css
	debugCSS string
)

// debug shows the last runs of collectors to those who look for what is wrong.
type debug struct {
	now     func() *exporter.Board
	history func(collector string) (exporter.History, bool)
	pages   *template.Template
	policy  string
	log     *slog.Logger
}

// newDebug makes the handler of /debug/collectors and of what is below.
func newDebug(o Options, log *slog.Logger) http.Handler {
	sum := sha256.Sum256([]byte(debugCSS))
	d := &debug{now: o.Now, history: o.History, log: log}
	// The page may have this one style, and nothing else.
	d.policy = "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
	d.pages = template.Must(template.New("").Funcs(template.FuncMap{
		"style":   func() template.CSS { return template.CSS(debugCSS) },
		"visible": visible,
		"inc":     func(i int) int { return i + 1 },
	}).Parse(debugHTML))
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+debugPath, d.list)
	mux.HandleFunc("GET "+debugPath+"/{name}", d.collector)
	return mux
}

const debugPath = "/debug/collectors"

// health is how a collector stands, in words.
type health struct {
	Name, Reason, LastSuccess, Took, Interval string
	Attempted, Failing                        bool
	Sources                                   []sourceHealth
	Findings                                  []exporter.Concern
}

type sourceHealth struct {
	Name string
	Down bool
}

func healthOf(s *exporter.Standing) health {
	h := health{
		Name: s.Collector.Name, Reason: s.Reason, Attempted: s.Attempted, Failing: s.Failing,
		LastSuccess: instantText(s.LastSuccess), Interval: period(s.Collector.Interval), Findings: s.Concerns,
	}
	if s.Attempted {
		h.Took = took(s.Duration)
	}
	for _, name := range s.Collector.Sources {
		h.Sources = append(h.Sources, sourceHealth{name, slices.Contains(s.Down, name)})
	}
	return h
}

// list shows all collectors.
func (d *debug) list(w http.ResponseWriter, _ *http.Request) {
	board := d.now()
	all := make([]health, len(board.Standings))
	for i := range board.Standings {
		all[i] = healthOf(&board.Standings[i])
	}
	d.show(w, "list", all)
}

// run is a run in words.
type run struct {
	At, Ended, Took, Reason, Failure, Count string
	Statements                              []statement
	More                                    int
}

type statement struct {
	Source, SQL, Took, Rows, Failure string
	Cut                              int
	Running                          bool
}

// collector shows the last runs of one.
func (d *debug) collector(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	board := d.now()
	i := slices.IndexFunc(board.Standings, func(s exporter.Standing) bool { return s.Collector.Name == name })
	history, ok := d.history(name)
	if i < 0 || !ok {
		answer(w, http.StatusNotFound, "There is no such collector; "+debugPath+" lists those that there are.")
		return
	}
	page := struct {
		health
		Failed, Good []run
	}{health: healthOf(&board.Standings[i])}
	var err error
	if page.Failed, err = runsOf(history.Failed); err == nil {
		page.Good, err = runsOf(history.Good)
	}
	if err != nil {
		d.fail(w, err)
		return
	}
	d.show(w, "collector", page)
}

func runsOf(runs []exporter.Run) ([]run, error) {
	out := make([]run, len(runs))
	for i, r := range runs {
		kept, more, err := r.Statements()
		if err != nil {
			return nil, err
		}
		out[i] = run{
			At: instantText(r.At), Ended: instantText(r.Ended), Took: took(r.Took), Reason: r.Reason, Failure: r.Failure, More: more,
			Count: counted(len(kept) + more),
		}
		for _, s := range kept {
			out[i].Statements = append(out[i].Statements, statement{
				Source: s.Source, SQL: s.SQL, Took: took(s.Took), Rows: strconv.Itoa(s.Rows), Failure: s.Failure, Cut: s.Cut, Running: s.Running,
			})
		}
	}
	return out, nil
}

// show sends a page.
func (d *debug) show(w http.ResponseWriter, name string, data any) {
	var page bytes.Buffer
	if err := d.pages.ExecuteTemplate(&page, name, data); err != nil {
		d.fail(w, err)
		return
	}
	w.Header().Set("Content-Security-Policy", d.policy)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	send(w, page.Bytes())
}

func (d *debug) fail(w http.ResponseWriter, err error) {
	d.log.Error("cannot show the runs of collectors", "err", err)
	answer(w, http.StatusInternalServerError, "The page could not be made; the log tells why.")
}

// instantText is a time in UTC, empty where there is none.
func instantText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02 15:04:05 UTC")
}

// counted is a number of statements in words.
func counted(n int) string {
	if n == 1 {
		return "1 statement"
	}
	return strconv.Itoa(n) + " statements"
}

// period is the time between two runs, without units of which there are none.
func period(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// took is a duration with as many digits as matter.
func took(d time.Duration) string {
	switch {
	case d >= time.Second:
		return d.Round(10 * time.Millisecond).String()
	case d >= time.Millisecond:
		return d.Round(10 * time.Microsecond).String()
	}
	return d.Round(time.Microsecond).String()
}

// visible writes what is not to be seen, or turns the direction of what follows,
// as its number: text from elsewhere must not pretend to be something else.
// Joiners stay, since emoji and scripts need them.
func visible(text string) string {
	var out strings.Builder
	for _, r := range text {
		switch {
		case r == '\n', r == '\t', r == '\u200c', r == '\u200d', unicode.IsPrint(r):
			out.WriteRune(r)
		default:
			fmt.Fprintf(&out, `\u{%x}`, r)
		}
	}
	return out.String()
}
