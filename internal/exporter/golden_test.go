package exporter

import (
	"bytes"
	"compress/flate"
	"flag"
	"hash/crc32"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"github.com/cx-exporter/cx-exporter/collectors"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
	"github.com/cx-exporter/cx-exporter/internal/testdb"
)

var update = flag.Bool("update", false, "rewrite the golden files under testdata")

// company is a collector and a snapshot that show every kind of value.
func company() (Collector, *Snapshot) {
	c := new(probe).collector("surveys")
	c.Windows, c.MinSamples = []string{"7d", "30d"}, 30
	c.Descs = []collectors.Desc{
		{
			Name: "nps", Title: "Net Promoter Score", Variant: "all answers", BusinessGoal: "loyalty", Fidelity: kpi.Exact,
			Stats: []collectors.Stat{
				{Name: "score", Metric: "cx_nps_score", Help: "Share of promoters less share of detractors, in points from -100 to 100.", Unit: kpi.Score, Ends: kpi.Between(-100, 100), Direction: kpi.HigherIsBetter},
				{Name: "responses", Metric: "cx_nps_responses", Help: "Answers by category.", Unit: kpi.Count, Component: true},
			},
		},
		{
			Name: "revenue", Title: "Revenue", BusinessGoal: "revenue", Fidelity: kpi.Terminal,
			Stats: []collectors.Stat{{Name: "sum", Metric: "cx_revenue", Help: "Sum of the amounts of orders.", Unit: kpi.Currency, Direction: kpi.HigherIsBetter}},
		},
		{
			Name: "queue", Title: "Queue", BusinessGoal: "support", Fidelity: kpi.Snapshot, Unwindowed: true,
			Stats: []collectors.Stat{{Name: "value", Metric: "cx_custom_queue_tickets", Help: "As a query has it.", Unit: kpi.Count, Direction: kpi.LowerIsBetter, Whole: true}},
		},
	}
	nps := Series{
		Metric: "cx_nps_score", KPI: "nps", Stat: "score", Window: "30d", Unit: kpi.Score,
		Value: 31.25, Defined: true, Samples: 160, Lower: 19.5, Upper: 42.5, Bounded: true,
		Change: Change{Known: true, Before: 40, Judged: true, Improvement: -0.04375, PValue: 0.0123, Tested: true},
	}
	nps.Parts = []ChangePart{{Dimension: "channel", Mix: 1.25, Rate: -10}, {Dimension: "team", Mix: 0, Rate: -8.75}}
	mail := nps
	mail.Parts = nil
	mail.Segment = kpi.Segment{Dimension: "channel,team", Value: "e-mail,\"A\"\\\nB\xff"}
	empty := Series{Metric: "cx_nps_score", KPI: "nps", Stat: "score", Window: "7d", Unit: kpi.Score, Samples: 0}
	part := Series{
		Metric: "cx_nps_responses", KPI: "nps", Stat: "responses", Window: "30d", Unit: kpi.Count, Component: true,
		Labels: []kpi.Label{{Name: "category", Value: "promoter"}}, Value: 80, Defined: true,
	}
	other := part
	other.Labels = []kpi.Label{{Name: "category", Value: "detractor"}}
	other.Value = 30
	euro := Series{
		Metric: "cx_revenue", KPI: "revenue", Stat: "sum", Window: "30d", Unit: kpi.Currency,
		Labels: []kpi.Label{{Name: "currency", Value: "EUR"}}, Value: 1234567.89, Defined: true, Samples: 400,
		Change: Change{Known: true, Before: 1e6, Judged: true, Improvement: 0.23456789, Relative: true},
	}
	return c, &Snapshot{
		Collector: "surveys", Statements: 3, Rows: 512,
		Series: []Series{nps, mail, empty, part, other, euro},
		Spikes: []Spike{
			{KPI: "churn", Length: "10d", PValue: 1, Tested: true},
			{KPI: "churn", Length: "30d", Ratio: 1.75, Rated: true, PValue: 0.00015, Tested: true},
		},
		Rejected: map[string]float64{"off_scale": 2, "null_time": 1},
		Newest:   time.Date(1999, 12, 31, 23, 59, 58, 500e6, time.UTC),
	}
}

// companyPage is the page of the company and of a collector that fails.
func companyPage(t *testing.T) *Page {
	t.Helper()
	var page *Page
	inBubble(t, func(t *testing.T, b *bed) {
		surveys, s := company()
		p := new(probe).gives(s, nil)
		surveys.Evaluate = p.evaluate
		broken := new(probe).gives(nil, &SourceError{Source: "db", Err: refused("auth")})
		b.Reloaded(true)
		b.apply(surveys, broken.collector("broken"))
		b.pass(5 * time.Second)
		page = b.Page()
	})
	return page
}

func TestPageGolden(t *testing.T) {
	t.Parallel()
	page := companyPage(t)
	if page.Err != nil || len(page.Waiting) > 0 {
		t.Fatalf("error %v, waiting for %v", page.Err, page.Waiting)
	}
	for name, body := range map[string]Body{"page.txt": page.Text, "page.openmetrics": page.OpenMetrics} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join("testdata", name)
			if *update {
				if err := os.MkdirAll("testdata", 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(file, body.Plain, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(body.Plain)); diff != "" {
				t.Errorf("page differs from %s (-want +got):\n%s", file, diff)
			}
		})
	}
}

func TestTheCompressedPageIsThePage(t *testing.T) {
	t.Parallel()
	page := companyPage(t)
	for name, body := range map[string]Body{"text": page.Text, "OpenMetrics": page.OpenMetrics} {
		got, err := io.ReadAll(flate.NewReader(bytes.NewReader(body.Deflated)))
		if err != io.ErrUnexpectedEOF { // the end is left open, for what follows
			t.Errorf("%s: got %v, want the stream to be unfinished", name, err)
		}
		if !bytes.Equal(got, body.Plain) {
			t.Errorf("%s: the compressed form has %d bytes, the plain one %d", name, len(got), len(body.Plain))
		}
		if body.Sum != crc32.ChecksumIEEE(body.Plain) {
			t.Errorf("%s: wrong checksum", name)
		}
	}
}

func TestPrometheusReadsThePage(t *testing.T) {
	t.Parallel()
	page := companyPage(t)
	parser := expfmt.NewTextParser(model.LegacyValidation)
	all, err := parser.TextToMetricFamilies(bytes.NewReader(page.Text.Plain))
	if err != nil {
		t.Fatal(err)
	}
	segment := ""
	for _, l := range all["cx_nps_score_by_segment"].GetMetric()[0].GetLabel() {
		if l.GetName() == "segment" {
			segment = l.GetValue()
		}
	}
	if want := "e-mail,\"A\"\\\nB" + `\xff`; segment != want {
		t.Errorf("segment %q, want %q", segment, want)
	}
}

func TestLintersFindNothing(t *testing.T) {
	t.Parallel()
	page := companyPage(t)
	problems, err := promlint.New(bytes.NewReader(page.Text.Plain)).Lint()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
	cmd := exec.CommandContext(t.Context(), testdb.Promtool(t), "check", "metrics")
	cmd.Stdin = bytes.NewReader(page.Text.Plain)
	if out, err := cmd.CombinedOutput(); err != nil || strings.TrimSpace(string(out)) != "" {
		t.Errorf("promtool check metrics: %v\n%s", err, out)
	}
}
