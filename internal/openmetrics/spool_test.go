package openmetrics_test

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	dto "github.com/prometheus/client_model/go"

	"github.com/cx-exporter/cx-exporter/internal/openmetrics"
)

// family is a gauge with series by the value of the label a; an empty one has no
// label.
type family struct {
	name, help string
	series     map[string]float64
}

// keep adds families to a spool as of an instant.
func keep(s *openmetrics.Spool, at time.Time, families ...family) error {
	var samples []openmetrics.Sample
	for _, f := range families {
		for value, v := range f.series {
			var labels []*dto.LabelPair
			if value != "" {
				label := "a"
				labels = []*dto.LabelPair{{Name: &label, Value: &value}}
			}
			samples = append(samples, openmetrics.Sample{Of: s.Series(f.name, f.help, labels), Value: v})
		}
	}
	return s.Add(at, samples)
}

func at(s string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		panic(err)
	}
	return t
}

func TestFamiliesAreWholeAndSamplesInTheOrderOfTime(t *testing.T) {
	t.Parallel()
	s := openmetrics.NewSpool(t.TempDir())
	add := func(at time.Time, families ...family) {
		t.Helper()
		if err := keep(s, at, families...); err != nil {
			t.Fatal(err)
		}
	}
	first, second, third := at("2026-01-01T00:00:00Z"), at("2026-01-02T00:00:00.25Z"), at("2026-01-03T00:00:00Z")
	add(first, family{"cx_b", "A share, \"quoted\".\nOf two lines.", map[string]float64{"x": 1, "y": 2}})
	add(second, family{"cx_b", "", map[string]float64{"x": 3}})
	add(first, family{"cx_a", "Alone.", map[string]float64{"": 0.1}}, family{"cx_b", "", map[string]float64{"a \"b\" \\ \n": 5}})
	add(third, family{"cx_b", "", map[string]float64{"y": 1e300, "x": -0.5}})
	var out bytes.Buffer
	told := 0
	if err := s.Write(&out, func(n int) { told += n }); err != nil {
		t.Fatal(err)
	}
	want := `# HELP cx_a Alone.
# TYPE cx_a gauge
cx_a 0.1 1767225600
# HELP cx_b A share, \"quoted\".\nOf two lines.
# TYPE cx_b gauge
cx_b{a="a \"b\" \\ \n"} 5 1767225600
cx_b{a="x"} 1 1767225600
cx_b{a="x"} 3 1767312000.250
cx_b{a="x"} -0.5 1767398400
cx_b{a="y"} 2 1767225600
cx_b{a="y"} 1e+300 1767398400
# EOF
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("written (-want +got):\n%s", diff)
	}
	if told != 7 || s.Samples() != 7 {
		t.Errorf("%d samples are told of and %d counted, want 7", told, s.Samples())
	}
}

// Whatever is added in whatever parts, each series is once in the text.
func TestNoSeriesIsTornApart(t *testing.T) {
	t.Parallel()
	whole := torn(t, openmetrics.NewSpool(t.TempDir()))
	// Memory for few samples, and few parts open at once: merged in rounds, and
	// those again.
	for _, open := range []int{2, 3, 64} {
		if diff := cmp.Diff(whole, torn(t, openmetrics.NarrowSpool(t.TempDir(), 7, open))); diff != "" {
			t.Errorf("with %d parts open at once (-want +got):\n%s", open, diff)
		}
	}
}

// torn adds many parts to a spool, and returns what it writes.
func torn(t *testing.T, s *openmetrics.Spool) string {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	samples := 0
	for part := range 40 {
		for k := range 1 + r.IntN(3) {
			series := map[string]float64{}
			for range r.IntN(8) {
				series[fmt.Sprintf("s%d", r.IntN(12))] = r.Float64()
			}
			samples += len(series)
			when := at("2026-01-01T00:00:00Z").Add(time.Duration(part*3+k) * time.Hour)
			if err := keep(s, when, family{"cx_x", "X.", series}); err != nil {
				t.Fatal(err)
			}
		}
	}
	var out bytes.Buffer
	if err := s.Write(&out, nil); err != nil {
		t.Fatal(err)
	}
	seen, last, lastTime, n := map[string]bool{}, "", "", 0
	for line := range strings.Lines(out.String()) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		n++
		f := strings.Fields(line)
		if f[0] != last {
			if seen[f[0]] {
				t.Errorf("%s is torn apart", f[0])
			}
			seen[f[0]], last, lastTime = true, f[0], ""
		}
		if f[2] <= lastTime {
			t.Errorf("%s goes back from %s to %s", f[0], lastTime, f[2])
		}
		lastTime = f[2]
	}
	if n != samples {
		t.Errorf("%d samples are written of %d", n, samples)
	}
	return out.String()
}

// A series is the same for one who keeps it and one who asks for it again, whatever
// part its points come into.
func TestASeriesMayBeKeptOrAskedForAgain(t *testing.T) {
	t.Parallel()
	s := openmetrics.NarrowSpool(t.TempDir(), 3, 2)
	kept := s.Series("cx_x", "X.", nil)
	var want strings.Builder
	want.WriteString("# HELP cx_x X.\n# TYPE cx_x gauge\n")
	for i := range 20 {
		of := kept
		if i%3 == 1 {
			of = s.Series("cx_x", "X.", nil)
		}
		if err := s.Add(time.Unix(int64(i), 0), []openmetrics.Sample{{Of: of, Value: float64(i)}}); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&want, "cx_x %d %d\n", i, i)
	}
	want.WriteString("# EOF\n")
	var out bytes.Buffer
	if err := s.Write(&out, nil); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want.String(), out.String()); diff != "" {
		t.Errorf("written (-want +got):\n%s", diff)
	}
}

// Where segments are others every few days, most series are over.
func TestSeriesThatAreOverTakeNoMemory(t *testing.T) {
	t.Parallel()
	s, most := openmetrics.NarrowSpool(t.TempDir(), 100, 64), 0
	for i := range 1000 {
		if err := keep(s, time.Unix(int64(i), 0), family{"cx_x", "X.", map[string]float64{fmt.Sprint(i): 1}}); err != nil {
			t.Fatal(err)
		}
		most = max(most, s.Remembered())
	}
	if most > 200 { // each by its number and by its labels
		t.Errorf("%d series are remembered", most)
	}
}

// Before 1970 the clock counts down.
func TestInstantsBefore1970AreNumbers(t *testing.T) {
	t.Parallel()
	s := openmetrics.NewSpool(t.TempDir())
	for _, when := range []string{"1969-12-31T23:59:57Z", "1969-12-31T23:59:58.5Z", "1969-12-31T23:59:59.995Z", "1970-01-01T00:00:00Z", "1970-01-01T00:00:01.25Z"} {
		if err := keep(s, at(when), family{"cx_x", "X.", map[string]float64{"": 7}}); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	if err := s.Write(&out, nil); err != nil {
		t.Fatal(err)
	}
	want := "# HELP cx_x X.\n# TYPE cx_x gauge\ncx_x 7 -3\ncx_x 7 -1.500\ncx_x 7 -0.005\ncx_x 7 0\ncx_x 7 1.250\n# EOF\n"
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Prometheus would refuse the whole file for a series that has two values at an
// instant, or goes back in time.
func TestASeriesHasOneValueAtAnInstant(t *testing.T) {
	t.Parallel()
	s := openmetrics.NewSpool(t.TempDir())
	when := at("2026-01-02T00:00:00Z")
	if err := keep(s, when, family{"cx_x", "X.", map[string]float64{"a": 1}}); err != nil {
		t.Fatal(err)
	}
	for _, again := range []time.Time{when, when.Add(-time.Hour)} {
		err := keep(s, again, family{"cx_x", "X.", map[string]float64{"a": 2}})
		if err == nil || !strings.Contains(err.Error(), `cx_x{a="a"}`) {
			t.Errorf("at %s: %v", again, err)
		}
	}
	if err := keep(s, when.Add(time.Hour), family{"cx_x", "X.", map[string]float64{"a": 2, "b": 3}}); err != nil {
		t.Error(err)
	}
}

// Series that are over are forgotten between parts, where Add cannot see it.
func TestASeriesHasOneValueAtAnInstantInAllParts(t *testing.T) {
	t.Parallel()
	s := openmetrics.NarrowSpool(t.TempDir(), 2, 2)
	when := at("2026-01-02T00:00:00Z")
	for _, x := range []time.Time{when, when.Add(time.Hour), when} {
		if err := keep(s, x, family{"cx_x", "X.", map[string]float64{"a": 1}}); err != nil {
			t.Fatal(err)
		}
	}
	err := s.Write(io.Discard, nil)
	if err == nil || !strings.Contains(err.Error(), `two values for the series cx_x{a="a"} at 2026-01-02T00:00:00Z`) {
		t.Errorf("it said %v", err)
	}
}
