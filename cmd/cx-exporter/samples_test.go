package main

import (
	"bytes"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// sampleValue is what a sample of the reference says that its rows give:
// `-- family{label="value"} = number`.
var sampleValue = regexp.MustCompile(`(?m)^-- (\w+)(?:\{(.*)\})? = (\S+)$`)

// Every section of the reference has tables whose rows give, by its own
// configuration, the values that it states.
func TestSamplesOfTheReferenceGiveWhatTheyState(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join(root, "docs", "kpis.md"))
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for section := range strings.SplitSeq(string(text), "\n##") {
		_, tables, ok := strings.Cut(section, "\n**Sample**\n\n```sql\n")
		if !ok {
			continue
		}
		found++
		tables, _, _ = strings.Cut(tables, "\n```\n")
		name := strings.Trim(strings.SplitN(section, "\n", 2)[0], "# `")
		configuration := blocks(section)[0].text
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stated := sampleValue.FindAllStringSubmatch(tables, -1)
			if len(stated) == 0 {
				t.Fatal("the sample states no value")
			}
			page := evaluateSample(t, configuration, tables)
			for _, s := range stated {
				if got := seriesOf(page, s[1], s[2]); !rounds(got, s[3]) {
					t.Errorf("%s{%s} is %q, want %s; there are\n%s", s[1], s[2], got, s[3], familyOf(page, s[1]))
				}
			}
		})
	}
	if found == 0 {
		t.Error("the reference has no samples")
	}
}

// evaluateSample is what `eval` writes as of the instant of the samples.
func evaluateSample(t *testing.T, configuration, tables string) string {
	t.Helper()
	dir := t.TempDir()
	database := filepath.Join(dir, "sample.db")
	db, err := sql.Open("sqlite", "file:"+filepath.ToSlash(database))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(tables); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "cx.yml")
	text := strings.ReplaceAll(complete(configuration), "driver: postgres, dsn: host=db", "driver: sqlite, path: "+strconv.Quote(database))
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	w := &world{
		stdout: &stdout, stderr: &stderr, lookup: func(string) (string, bool) { return "", false },
		now: func() time.Time { return time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC) },
	}
	if code := run(t.Context(), []string{"eval", "--config.file=" + file, "--output=openmetrics"}, w); code != 0 {
		t.Fatalf("eval ends with %d:\n%s", code, stderr.String())
	}
	return stdout.String()
}

// seriesOf is the value of the only series of a family that has the labels.
func seriesOf(page, family, labels string) string {
	value := ""
	for line := range strings.Lines(page) {
		have, rest, ok := strings.Cut(strings.TrimPrefix(line, family+"{"), "} ")
		if !ok || !strings.HasPrefix(line, family+"{") || !hasLabels(have, labels) {
			continue
		}
		if value != "" {
			return "more than one series"
		}
		value = strings.Fields(rest)[0]
	}
	return value
}

// hasLabels reports whether the labels of a series are among others.
func hasLabels(have, want string) bool {
	for pair := range strings.SplitSeq(want, ",") {
		if !strings.Contains(","+have+",", ","+pair+",") {
			return false
		}
	}
	return true
}

// familyOf are the series of a family, to say what there is instead.
func familyOf(page, family string) string {
	var all strings.Builder
	for line := range strings.Lines(page) {
		if strings.HasPrefix(line, family+"{") {
			all.WriteString(line)
		}
	}
	return all.String()
}

// rounds reports whether a value is the one that is stated, to its digits.
func rounds(value, stated string) bool {
	v, err := strconv.ParseFloat(value, 64)
	if err != nil {
		return false
	}
	_, decimals, _ := strings.Cut(stated, ".")
	return fmt.Sprintf("%.*f", len(decimals), v) == stated
}
