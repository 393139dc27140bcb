package web

import (
	"encoding/json"
	"math"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cx-exporter/cx-exporter/internal/exporter"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/record"
)

// nasty are texts as they come out of databases.
var nasty = [...]string{
	`</script><script>alert(1)</script>`,
	`"quoted" and 'quoted' & \back\slashed`,
	"\u202eright to left\u202c שלום مرحبا",
	"👩‍👩‍👧‍👦 🎉",
	strings.Repeat("длинно", 50),
	"a\nline\x00and a control",
}

// spoken is a board of two collectors: one that is well, with a value in two
// windows and by nasty segments, and one that has failed ever since.
func spoken() *exporter.Board {
	at := time.Date(2026, 3, 1, 12, 0, 0, 250e6, time.UTC)
	total := exporter.Series{Metric: "cx_csat_ratio", KPI: "csat", Stat: "ratio", Window: "7d", Unit: kpi.Ratio, Fidelity: kpi.Exact, Value: 0.75, Defined: true, Samples: 12, Lower: 0.5, Upper: 0.875, Bounded: true}
	good := &exporter.Snapshot{Collector: "answers", At: at, Newest: at.Add(-time.Hour), Rejected: map[string]float64{"null_time": 3}, Withheld: map[string]int{"team": 1}}
	good.Series = append(good.Series, total, exporter.Series{Metric: "cx_csat_ratio", KPI: "csat", Stat: "ratio", Window: "30d", Unit: kpi.Ratio, Fidelity: kpi.Exact})
	for _, text := range nasty {
		s := total
		s.Segment = kpi.Segment{Dimension: "team", Value: text}
		s.Labels = []kpi.Label{{Name: "theme", Value: text}}
		good.Series = append(good.Series, s)
	}
	return &exporter.Board{At: at, Standings: []exporter.Standing{
		{
			Collector: exporter.Collector{Name: "answers", Interval: time.Minute, MaxAge: 3 * time.Minute, Sources: []string{"crm"}, Windows: []string{"7d", "30d"}},
			Attempted: true, LastSuccess: at, Duration: 1500 * time.Millisecond, Good: good,
			Concerns: []exporter.Concern{{Name: exporter.RowsStopped, Text: nasty[0]}},
		},
		{
			Collector: exporter.Collector{Name: "orders", Interval: time.Hour, MaxAge: 3 * time.Hour, Sources: []string{"shop"}},
			Attempted: true, Failing: true, Reason: "connect", Down: []string{"shop"}, Duration: time.Second,
		},
		{Collector: exporter.Collector{Name: "tickets", Interval: time.Hour, MaxAge: 3 * time.Hour}},
	}}
}

// speaking is a handler that shows the board of spoken and three goals.
func speaking(t testing.TB) http.Handler {
	b, stood := spoken(), "off_track"
	return handler(t, &exporter.Page{}, func(o *Options) {
		o.Now = func() *exporter.Board { return b }
		o.Goals = func() []record.Goal {
			return []record.Goal{
				{Goal: "satisfy", Collector: "answers", KPI: "csat", Window: "7d", Status: "on_track", Labels: map[string]string{}, Title: nasty[2]},
				{Goal: "answer", Collector: "orders", KPI: "cost", Window: "30d", Dimension: "team", Status: "off_track", Labels: map[string]string{}},
				{Goal: "wait", Collector: "tickets", KPI: "first_response_time", Window: "7d", Status: "no_data", Stands: &stood, Labels: map[string]string{}},
			}
		}
	})
}

// answers are the records of an answer, which must be one.
func recordsOf(t *testing.T, field, body string) []map[string]any {
	t.Helper()
	var out map[string][]map[string]any
	if err := json.Unmarshal([]byte(body), &out); err != nil || len(out) != 1 || out[field] == nil {
		t.Fatalf("no list of %s: %v\n%s", field, err, body)
	}
	return out[field]
}

func TestTheAPINarrowsWhatItIsAskedFor(t *testing.T) {
	t.Parallel()
	h := speaking(t)
	for query, want := range map[string]int{
		"kpis":                                      2 + len(nasty),
		"kpis?dimension=":                           2,
		"kpis?dimension=team":                       len(nasty),
		"kpis?window=30d":                           1,
		"kpis?window=30d&window=7d":                 2 + len(nasty),
		"kpis?window=30d&dimension=team":            0,
		"kpis?collector=answers&kpi=csat&window=7d": 1 + len(nasty),
		"kpis?collector=orders":                     0,
		"kpis?kpi=CSAT":                             0,
		"goals":                                     3,
		"goals?goal=satisfy":                        1,
		"goals?status=off_track&collector=orders":   1,
		"goals?dimension=":                          2,
		"goals?stands=off_track":                    1,
		"goals?stands=off_track&status=no_data":     1,
		"goals?stands=at_risk":                      0,
		"goals?stands=":                             2,
		"goals?kpi=csat&window=30d":                 0,
		"collectors":                                3,
		"collectors?collector=orders":               1,
	} {
		t.Run(query, func(t *testing.T) {
			t.Parallel()
			for _, encoding := range []string{"", "gzip"} {
				res, body := ask(t, h, http.MethodGet, apiRoot+query, "Accept-Encoding", encoding)
				if encoding == "gzip" {
					body = string(unpack(t, []byte(body)))
				}
				field, _, _ := strings.Cut(query, "?")
				if got := recordsOf(t, field, body); res.StatusCode != http.StatusOK || len(got) != want {
					t.Errorf("status %d and %d records, want %d", res.StatusCode, len(got), want)
				}
				if got := res.Header.Get("Content-Type") + res.Header.Get("Content-Encoding"); got != jsonType+encoding {
					t.Errorf("it comes as %s", got)
				}
			}
		})
	}
}

func TestTheAPIRefusesWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	h := speaking(t)
	tests := map[string]struct {
		method, path string
		status       int
		want         string
	}{
		"an unknown parameter":          {"GET", "/api/v1/kpis?windows=7d", 400, `there is no parameter "windows"; there are collector, kpi, window, dimension`},
		"a parameter of another list":   {"GET", "/api/v1/collectors?kpi=csat", 400, `there is no parameter "kpi"; there are collector`},
		"a parameter with markup":       {"GET", "/api/v1/goals?%3Cb%3E=1", 400, `there is no parameter "<b>"; `},
		"a query that cannot be read":   {"GET", "/api/v1/kpis?kpi=%zz", 400, "cannot be read"},
		"a semicolon":                   {"GET", "/api/v1/kpis?kpi=a;window=b", 400, "cannot be read"},
		"too many values":               {"GET", "/api/v1/kpis?" + strings.Repeat("kpi=a&", 51), 400, "at most 50"},
		"a query of the description":    {"GET", "/api/v1/openapi.json?a=b", 400, "no parameters"},
		"another version":               {"GET", "/api/v2/kpis", 404, "/api/v1/openapi.json"},
		"a single value":                {"GET", "/api/v1/kpis/csat", 404, "/api/v1/openapi.json"},
		"writing":                       {"POST", "/api/v1/kpis", 405, "for reading"},
		"deleting":                      {"DELETE", "/api/v1/goals", 405, "for reading"},
		"asking what is possible":       {"OPTIONS", "/api/v1/goals", 405, "for reading"},
		"a path that walks up the tree": {"GET", "/api/v1/%2e%2e/kpis", 404, "/api/v1/openapi.json"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			res, body := ask(t, h, tt.method, tt.path)
			var got struct{ Error string }
			if err := json.Unmarshal([]byte(body), &got); err != nil || res.StatusCode != tt.status || !strings.Contains(got.Error, tt.want) {
				t.Errorf("%d, %q (%v), want %d and %q", res.StatusCode, body, err, tt.status, tt.want)
			}
			if res.Header.Get("Content-Type") != jsonType || strings.Contains(body, "<b>") {
				t.Errorf("it may be taken for a page: %v, %s", res.Header, body)
			}
			if allow := res.Header.Get("Allow"); (tt.status == 405) != (allow == "GET, HEAD") {
				t.Errorf("it allows %q", allow)
			}
		})
	}
}

func TestTextsOfDatabasesComeThroughTheAPIAsTheyAre(t *testing.T) {
	t.Parallel()
	res, body := ask(t, speaking(t), http.MethodGet, "/api/v1/kpis?dimension=team")
	var got []string
	for _, r := range recordsOf(t, "kpis", body) {
		labels, _ := r["labels"].(map[string]any)
		if labels["theme"] != r["segment"] {
			t.Errorf("label %q and segment %q differ", labels["theme"], r["segment"])
		}
		segment, _ := r["segment"].(string)
		got = append(got, segment)
	}
	if diff := cmp.Diff(nasty[:], got); diff != "" {
		t.Errorf("segments (-want +got):\n%s", diff)
	}
	if strings.ContainsAny(body, "<>&\x00") || res.Header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("a browser may take it for a page:\n%s", body)
	}
}

func TestRecordsOfTheAPI(t *testing.T) {
	t.Parallel()
	h := speaking(t)
	_, body := ask(t, h, http.MethodGet, "/api/v1/kpis?dimension=")
	want := []map[string]any{
		{
			"metric": "cx_csat_ratio", "kpi": "csat", "collector": "answers", "stat": "ratio", "window": "7d", "labels": map[string]any{},
			"unit": "ratio", "at": "2026-03-01T12:00:00.25Z", "value": 0.75, "lower": 0.5, "upper": 0.875, "samples": 12., "before": nil,
			"p_value": nil, "detectable": nil, "reconstructable": "exact",
		},
		{
			"metric": "cx_csat_ratio", "kpi": "csat", "collector": "answers", "stat": "ratio", "window": "30d", "labels": map[string]any{},
			"unit": "ratio", "at": "2026-03-01T12:00:00.25Z", "value": nil, "lower": nil, "upper": nil, "samples": 0., "before": nil,
			"p_value": nil, "detectable": nil, "reconstructable": "exact",
		},
	}
	if diff := cmp.Diff(want, recordsOf(t, "kpis", body)); diff != "" {
		t.Errorf("kpis (-want +got):\n%s", diff)
	}
	_, body = ask(t, h, http.MethodGet, "/api/v1/collectors")
	none, empty := []any{}, map[string]any{}
	want = []map[string]any{
		{
			"collector": "answers", "kpis": none, "windows": []any{"7d", "30d"}, "sources": []any{"crm"}, "sources_down": none,
			"interval_seconds": 60., "max_age_seconds": 180., "success": true, "reason": nil, "duration_seconds": 1.5,
			"last_success": "2026-03-01T12:00:00Z", "fresh": true, "series": float64(2 + len(nasty)), "newest_record": "2026-03-01T11:00:00Z",
			"rows_rejected": map[string]any{"null_time": 3.}, "segments_withheld": map[string]any{"team": 1.},
			"findings": []any{map[string]any{"finding": "rows_stopped", "text": nasty[0]}},
		},
		{
			"collector": "orders", "kpis": none, "windows": none, "sources": []any{"shop"}, "sources_down": []any{"shop"},
			"interval_seconds": 3600., "max_age_seconds": 10800., "success": false, "reason": "connect", "duration_seconds": 1.,
			"last_success": nil, "fresh": false, "series": 0., "newest_record": nil, "rows_rejected": empty, "segments_withheld": empty, "findings": none,
		},
		{
			"collector": "tickets", "kpis": none, "windows": none, "sources": none, "sources_down": none,
			"interval_seconds": 3600., "max_age_seconds": 10800., "success": nil, "reason": nil, "duration_seconds": nil,
			"last_success": nil, "fresh": false, "series": 0., "newest_record": nil, "rows_rejected": empty, "segments_withheld": empty, "findings": none,
		},
	}
	if diff := cmp.Diff(want, recordsOf(t, "collectors", body)); diff != "" {
		t.Errorf("collectors (-want +got):\n%s", diff)
	}
}

func TestAnAnswerOfTheAPIThatIsKnownIsNotSentAgain(t *testing.T) {
	t.Parallel()
	b := spoken()
	h := handler(t, &exporter.Page{}, func(o *Options) { o.Now = func() *exporter.Board { return b } })
	first, _ := ask(t, h, http.MethodGet, "/api/v1/kpis")
	tag := first.Header.Get("ETag")
	if got := first.Header.Get("Cache-Control"); tag == "" || got != "private, no-cache" {
		t.Errorf("tag %q, cache control %q", tag, got)
	}
	for _, asked := range []string{tag, strings.TrimPrefix(tag, "W/"), `"other", ` + tag, "*"} {
		if res, body := ask(t, h, http.MethodGet, "/api/v1/kpis", "If-None-Match", asked); res.StatusCode != http.StatusNotModified || body != "" {
			t.Errorf("%s: status %d and %d bytes", asked, res.StatusCode, len(body))
		}
	}
	if res, _ := ask(t, h, http.MethodGet, "/api/v1/kpis?window=7d", "If-None-Match", tag); res.StatusCode != http.StatusOK {
		t.Errorf("another part: status %d", res.StatusCode)
	}
	b = spoken()
	b.Standings[0].Good.Series[0].Value = 0.5
	if res, _ := ask(t, h, http.MethodGet, "/api/v1/kpis", "If-None-Match", tag); res.StatusCode != http.StatusOK {
		t.Errorf("another value: status %d", res.StatusCode)
	}
}

func TestANumberThatIsNotFiniteIsNullAndSpoilsNothing(t *testing.T) {
	t.Parallel()
	b := spoken()
	x := &b.Standings[0].Good.Series[0]
	x.Value, x.Lower = math.Inf(1), math.NaN()
	x.Parts = []exporter.ChangePart{{Dimension: "team", Mix: math.Inf(-1)}, {Dimension: "plan", Rate: 0.25}}
	h := handler(t, &exporter.Page{}, func(o *Options) { o.Now = func() *exporter.Board { return b } })
	_, body := ask(t, h, http.MethodGet, "/api/v1/kpis")
	got := recordsOf(t, "kpis", body)[0]
	parts := []any{map[string]any{"dimension": "plan", "mix": 0., "rate": 0.25}}
	if got["value"] != nil || got["lower"] != nil || got["upper"] != 0.875 || !cmp.Equal(got["change_by_dimension"], any(parts)) {
		t.Errorf("got %v", got)
	}
}

func TestAnAnswerThatCannotBeMadeSaysSo(t *testing.T) {
	t.Parallel()
	h := handler(t, &exporter.Page{}, func(o *Options) {
		o.Goals = func() []record.Goal { return []record.Goal{{Samples: math.NaN()}} } // which no JSON can hold
	})
	if res, body := ask(t, h, http.MethodGet, "/api/v1/goals"); res.StatusCode != http.StatusInternalServerError || !strings.Contains(body, "the log tells why") {
		t.Errorf("status %d: %s", res.StatusCode, body)
	}
}

func BenchmarkKPIsOfTheAPI(b *testing.B) {
	s := &exporter.Snapshot{Collector: "a", Series: slices.Repeat([]exporter.Series{{Metric: "cx_csat_ratio", KPI: "csat", Window: "7d", Value: 0.5, Defined: true}}, 1000)}
	board := &exporter.Board{Standings: []exporter.Standing{{Good: s}}}
	h := handler(b, &exporter.Page{}, func(o *Options) { o.Now = func() *exporter.Board { return board } })
	for _, query := range []string{"", "?window=7d"} {
		b.Run(query, func(b *testing.B) {
			for b.Loop() {
				ask(b, h, http.MethodGet, "/api/v1/kpis"+query, "Accept-Encoding", "gzip")
			}
		})
	}
}
