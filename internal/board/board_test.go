package board

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/exporter"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

func TestThePages(t *testing.T) {
	t.Parallel()
	better := value()
	better.Change = exporter.Change{Known: true, Before: 0.79, SamplesBefore: 180, Judged: true, Improvement: 0.063, Relative: true, PValue: 0.9999, BetterPValue: 0.0001, Tested: true}
	chance := value()
	chance.Change = exporter.Change{Known: true, Before: 0.85, Judged: true, Improvement: -0.012, Relative: true, PValue: 0.4, BetterPValue: 0.6, Tested: true}
	few, none := value(), value()
	few.Samples = 12
	few.Change = better.Change
	counted := few
	counted.Whole = true
	none.Defined, none.Samples = false, 0
	old := answers(value())
	old.Failing, old.Reason, old.Down = true, "connect", []string{"helpdesk"}
	gone := old
	gone.Good = nil
	fresh := answers()
	fresh.Attempted, fresh.Good, fresh.LastSuccess = false, nil, time.Time{}
	doubted := answers(value())
	doubted.Concerns = []exporter.Concern{{Name: exporter.RowsStopped, Text: "The newest row is 9 days old."}}
	doubted.Good.Rejected = map[string]float64{"off_scale": 3}
	tests := map[string]struct {
		standing exporter.Standing
		path     string
		status   int
		want     []string
		absent   []string
	}{
		"a value comes with its interval, its samples and its change": {
			answers(better), "/", 200,
			[]string{"84.0\u00a0%", "78.3\u00a0% to 88.5\u00a0%", "n 200", "▲", "up by", "5.0\u00a0points", "<strong>better</strong>", "was 79.0\u00a0%", "Moved by more than chance"},
			[]string{"within chance</strong>", "too few"},
		},
		"what chance explains is no news": {
			answers(chance), "/", 200, []string{"down by", "1.0\u00a0points", "<strong>within chance</strong>"}, []string{"Moved by more than chance", "<strong>worse"},
		},
		"too few samples are told":             {answers(few), "/", 200, []string{"only 12, too few to judge"}, []string{"Moved by more than chance", `change better"><span aria-hidden="true">▲`, "<strong>better", "<strong>worse"}},
		"what is no estimate needs no samples": {answers(counted), "/", 200, []string{"n 12", "<strong>better</strong>"}, []string{"too few"}},
		"an undefined value is none": {
			answers(none), "/", 200, []string{"–", "nothing in this window"}, []string{"84.0", "0.0\u00a0%"},
		},
		"a source that is down is told, and its values stay": {
			old, "/", 200, []string{"84.0\u00a0%", "answers cannot be read", "The database cannot be reached (helpdesk). Its values are of Sun 1 Mar 2026, 12:00 UTC."}, nil,
		},
		"values that are too old are not shown":      {gone, "/", 200, []string{"too old to be shown"}, []string{"84.0"}},
		"a collector without a run is waited for":    {fresh, "/", 200, []string{"waiting for the first run", "1 still to be read"}, nil},
		"doubts and rows that are left out are told": {doubted, "/", 200, []string{"answers: rows stopped", "The newest row is 9 days old.", "3\u00a0rows: off scale"}, nil},
		"another window is shown if it is asked for": {answers(value()), "/?window=7d", 200, []string{"there are no rows for it"}, []string{"84.0"}},
		"a window that nobody has is refused":        {answers(value()), "/?window=5d", 404, []string{"No collector has this window"}, nil},
		"a KPI has its definition": {
			answers(value()), "/kpi/answers/csat", 200,
			[]string{"from 4 of 5", "Satisfied answers by all answers.", "cx_csat_ratio", "Exact:", "Higher is better.", "answers"},
			nil,
		},
		"a KPI that is not there":          {answers(value()), "/kpi/answers/nps", 404, []string{"There is no such KPI"}, nil},
		"a value that a KPI does not have": {answers(value()), "/kpi/answers/csat?stat=responses", 404, []string{"no such value"}, nil},
		"a KPI in a window of the board that it lacks": {
			answers(value()), "/kpi/answers/csat?window=year", 200, []string{"7\u00a0days"}, nil,
		},
		"the style":                      {answers(), "/board.css", 200, []string{"prefers-color-scheme"}, nil},
		"there is nothing anywhere else": {answers(), "/kpi/", 404, nil, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			status, body := get(t, handler(t, story(), tt.standing), tt.path)
			if status != tt.status {
				t.Errorf("got %d, want %d", status, tt.status)
			}
			for _, want := range tt.want {
				if !strings.Contains(body, want) {
					t.Errorf("%q is missing in\n%s", want, body)
				}
			}
			for _, bad := range tt.absent {
				if strings.Contains(body, bad) {
					t.Errorf("%q is in\n%s", bad, body)
				}
			}
		})
	}
}

func TestTextOfADatabaseIsOnlyText(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ text, want string }{
		"markup":              {`</bdi><script>alert(1)</script>`, "&lt;/bdi&gt;&lt;script&gt;alert(1)&lt;/script&gt;"},
		"quotes":              {`"a" 'b' onload="x"`, "&#34;a&#34; &#39;b&#39; onload=&#34;x&#34;"},
		"right to left":       {"מזרח", "<bdi>מזרח</bdi>"},
		"an override":         {"gpj\u202eexe", "<bdi>gpj\ufffdexe</bdi>"},
		"emoji with a joiner": {"👩\u200d🚀", "<bdi>👩\u200d🚀</bdi>"},
		"300 characters":      {strings.Repeat("ä", 300), strings.Repeat("ä", 300)},
		"controls":            {"a\x00\x1bb", "<bdi>a\ufffd\ufffdb</bdi>"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			segment, labelled := value(), value()
			segment.Segment = kpi.Segment{Dimension: tt.text, Value: tt.text}
			labelled.Labels = []kpi.Label{{Name: "category", Value: tt.text}}
			h := handler(t, story(), answers(value(), labelled, segment))
			for path, times := range map[string]int{"/": 1, "/kpi/answers/csat": 3} {
				_, body := get(t, h, path)
				if n := strings.Count(body, tt.want); n < times {
					t.Errorf("%s has %q %d times, want %d\n%s", path, tt.want, n, times, body)
				}
				for _, bad := range []string{"<script", "\u202e", "\x00"} {
					if strings.Contains(body, bad) {
						t.Errorf("%s has %q", path, bad)
					}
				}
			}
		})
	}
}

func TestAmounts(t *testing.T) {
	t.Parallel()
	for want, got := range map[string]string{
		"3.4\u00a0%":                 amount(kpi.Ratio, "", 0.0341),
		"0.42\u00a0%":                amount(kpi.Ratio, "", 0.0042),
		"−12.0\u00a0%":               amount(kpi.Ratio, "", -0.12),
		"4\u00a0h 12\u00a0min":       amount(kpi.Seconds, "", 4*3600+12*60+3),
		"2\u00a0d 3\u00a0h":          amount(kpi.Seconds, "", 51*3600),
		"24\u00a0h":                  amount(kpi.Seconds, "", 86400),
		"1\u00a0min":                 amount(kpi.Seconds, "", 59.7+0.2),
		"EUR\u00a01,234":             amount(kpi.Currency, "EUR", 1234.4),
		"EUR\u00a099.90":             amount(kpi.Currency, "EUR", 99.9),
		"EUR\u00a012.3\u00a0million": amount(kpi.Currency, "EUR", 12_345_678),
		"45.6":                       amount(kpi.Score, "", 45.63),
		"5.71":                       amount(kpi.Score, "", 5.712),
		"1,234":                      amount(kpi.Count, "", 1234),
		"0.25":                       amount(kpi.Count, "", 0.25),
		"12.3":                       amount(kpi.Count, "", 12.345),
		"117":                        amount(kpi.Count, "", 116.85),
		"last month":                 windowWords("last_month"),
		"30\u00a0days":               windowWords("30d"),
		"1\u00a0week":                windowWords("1w"),
		"this quarter":               windowWords("quarter"),
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// A number beside a value is told with what it is a number of.
func TestLabels(t *testing.T) {
	t.Parallel()
	for want, labels := range map[string][]kpi.Label{
		"age 1":                   {{Name: "age", Value: "1"}},
		"cohort 2026-03, age 2":   {{Name: "cohort", Value: "2026-03"}, {Name: "age", Value: "2"}},
		"no theme":                {{Name: "theme", Value: "(none)"}},
		"first response":          {{Name: "target", Value: "first_response"}},
		"plan 4u, support tier 1": {{Name: "plan", Value: "plan 4u"}, {Name: "support_tier", Value: "1"}},
		"by BG/NBD, EUR":          {{Name: "method", Value: "bgnbd"}, {Name: "currency", Value: "EUR"}},
		"👩":                       {{Name: "team", Value: "👩"}},
		"":                        {{Name: "team", Value: ""}},
	} {
		if got := labelsOf(&exporter.Series{Unit: kpi.Ratio, Labels: labels}); got != want {
			t.Errorf("%v: got %q, want %q", labels, got, want)
		}
	}
	for age, want := range map[string]string{"1": "after 1 month", "12": "after 12 months"} {
		s := exporter.Series{KPI: "cohort_retention", Unit: kpi.Ratio, Labels: []kpi.Label{{Name: "age", Value: age}}}
		if got := labelsOf(&s); got != want {
			t.Errorf("the age %s of a cohort: got %q, want %q", age, got, want)
		}
	}
}

// What was read, or counted, is told once.
func TestTheNumberOfSamplesIsToldWhereItSaysMore(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		of   exporter.Series
		want string
	}{
		"an estimate":       {exporter.Series{Value: 0.5, Samples: 1200}, "1,200"},
		"a state":           {exporter.Series{Value: 7, Samples: 1, Whole: true, Fidelity: kpi.Snapshot}, ""},
		"a number":          {exporter.Series{Value: 8, Samples: 8, Whole: true}, ""},
		"a sum of bookings": {exporter.Series{Value: 5521, Samples: 33, Whole: true}, "33"},
		"a component":       {exporter.Series{Value: 8, Samples: 3, Component: true}, ""},
	} {
		tt.of.Defined = true
		if got := read(&tt.of, 30, 0.05).Samples; got != tt.want {
			t.Errorf("%s: got %q, want %q", name, got, tt.want)
		}
	}
}

func TestPagesAskForNothingThatIsElsewhere(t *testing.T) {
	t.Parallel()
	h := handler(t, story(), answers(crowd(3)...))
	for _, path := range []string{"/", "/kpi/answers/csat", "/kpi/answers/none"} {
		_, body := get(t, h, path)
		for _, bad := range []string{"http:", "https:", "//", "<script", "style=", "onclick", "ZgotmplZ"} {
			if strings.Contains(body, bad) {
				t.Errorf("%s has %q", path, bad)
			}
		}
	}
}

// Whoever accepts gzip gets the same page in a fraction of the bytes.
func TestPagesAreCompressedForThoseWhoAccept(t *testing.T) {
	t.Parallel()
	h := handler(t, story(), answers(crowd(100)...))
	for path, status := range map[string]int{"/": 200, "/kpi/answers/csat": 200, "/kpi/answers/none": 404, "/board.css": 200, "/icon.svg": 200} {
		_, plain := get(t, h, path)
		for range 2 { // made, and remembered
			w := httptest.NewRecorder()
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, http.NoBody)
			r.Header.Set("Accept-Encoding", "br, gzip")
			h.ServeHTTP(w, r)
			if w.Code != status || w.Header().Get("Content-Encoding") != "gzip" || w.Header().Get("Vary") != "Accept-Encoding" {
				t.Errorf("%s answers %d with %v", path, w.Code, w.Header())
			}
			if got := w.Header().Get("Content-Length"); got != strconv.Itoa(w.Body.Len()) {
				t.Errorf("%s has the length %s, want %d", path, got, w.Body.Len())
			}
			if size := w.Body.Len(); len(plain) > 4000 && size > len(plain)/2 {
				t.Errorf("%s has %d of %d bytes", path, size, len(plain))
			}
			z, err := gzip.NewReader(w.Body)
			if err != nil {
				t.Fatalf("%s: %v", path, err)
			}
			if got, err := io.ReadAll(z); err != nil || string(got) != plain {
				t.Errorf("%s: %v, got\n%s\nwant\n%s", path, err, got, plain)
			}
		}
	}
}

func TestPagesArePlainForThoseWhoDoNotAsk(t *testing.T) {
	t.Parallel()
	h := handler(t, story(), answers(value()))
	for _, accepted := range []string{"", "br", "gzip;q=0", "identity, gzip;q=0.5"} {
		w := httptest.NewRecorder()
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", http.NoBody)
		r.Header.Set("Accept-Encoding", accepted)
		h.ServeHTTP(w, r)
		if w.Header().Get("Content-Encoding") != "" || w.Header().Get("Vary") != "Accept-Encoding" || !strings.HasPrefix(w.Body.String(), "<!") {
			t.Errorf("%q is answered with %v\n%.100s", accepted, w.Header(), w.Body)
		}
	}
}

func BenchmarkFront(b *testing.B) {
	h := handler(b, story(), answers(crowd(1000)...))
	for b.Loop() {
		if status, _ := get(b, h, "/"); status != http.StatusOK {
			b.Fatal(status)
		}
	}
}

func TestAPanicLeavesNoEmptyPage(t *testing.T) {
	t.Parallel()
	h := handler(t, &Story{Confidence: 0.95, Goals: []Goal{{}}}, answers(value())) // a goal of nothing
	ask := func() (code int, body string, panicked bool) {
		defer func() { panicked = recover() != nil }()
		code, body = get(t, h, "/")
		return code, body, false
	}
	if _, _, panicked := ask(); !panicked {
		t.Fatal("a story that cannot be told was told")
	}
	for range 2 {
		if code, body, _ := ask(); code != http.StatusInternalServerError || !strings.Contains(body, "could not be rendered") {
			t.Errorf("after a panic the board answers %d: %q", code, body)
		}
	}
}

func TestADimensionThatIsWithheldWholeIsNamed(t *testing.T) {
	t.Parallel()
	s := answers(value())
	s.Good.Withheld = map[string]int{"team": 2}
	_, page := get(t, handler(t, story(), s), "/kpi/answers/csat")
	if !strings.Contains(page, "By <bdi>team</bdi>") || !strings.Contains(page, "No segment is shown") || !strings.Contains(page, "single people") {
		t.Errorf("the page says nothing of the dimension:\n%s", page)
	}
	if strings.Count(page, "<table") != strings.Count(page, "</table>") || strings.Contains(page, "Segment</th>") {
		t.Error("there is a table without rows")
	}
	s = answers(crowd(3)...)
	s.Good.Withheld = map[string]int{"team": 2}
	_, page = get(t, handler(t, story(), s), "/kpi/answers/csat")
	if strings.Contains(page, "No segment is shown") || !strings.Contains(page, "Some values of "+plural(2, "segment")+" are withheld") {
		t.Errorf("of a dimension with segments the page says\n%s", page)
	}
	s = answers()
	s.Good.Withheld = map[string]int{"team": 2}
	if _, page = get(t, handler(t, story(), s), "/kpi/answers/csat"); strings.Contains(page, "No segment is shown") {
		t.Error("segments are said to be withheld of a KPI without rows")
	}
}
