package exporter_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/testdb"
)

// A text that is no time is none, whatever else stands in the column: no engine
// may fail for it, guess, or leave out what the text says of its zone.
func TestTextsAreTheSameTimesOnEveryEngine(t *testing.T) {
	t.Parallel()
	texts := map[string]string{ // "" is none
		"2026-11-10":                             "2026-11-10T00:00:00Z",
		"2026-11-10 10:00":                       "2026-11-10T10:00:00Z",
		"2026-11-10T10:00:00":                    "2026-11-10T10:00:00Z",
		"2026-11-10T10:00:00.25Z":                "2026-11-10T10:00:00.25Z",
		"2026-11-10 10:00:00 UTC":                "2026-11-10T10:00:00Z",
		"2026-11-10T10:00:00+02:00":              "2026-11-10T08:00:00Z",
		"2026-11-10T10:00:00.250+0530":           "2026-11-10T04:30:00.25Z",
		"2026-11-10 10:00:00 -0330":              "2026-11-10T13:30:00Z",
		"2026-11-10 10:00:00-03:30":              "2026-11-10T13:30:00Z",
		"2026-11-10T10:00:00+02":                 "2026-11-10T08:00:00Z",
		"2026-11-10 10:00:00.5-08":               "2026-11-10T18:00:00.5Z",
		"2024-02-29T10:00:00Z":                   "2024-02-29T10:00:00Z",
		"2000-02-29":                             "2000-02-29T00:00:00Z",
		"":                                       "",
		"n/a":                                    "",
		"0000-00-00 00:00:00":                    "",
		"10.11.2026 10:00":                       "",
		"10/11/2026":                             "",
		"01/02/26":                               "",
		"26-11-10 10:00":                         "",
		"2026-13-01":                             "",
		"2026-11-32":                             "",
		"2026-11-10 25:00:00":                    "",
		"2026-11-10 10:00:00 or so":              "",
		"2026-11-10 10:00:00 PM":                 "",
		"2026-11-10 10:00:00 America/Nowhere":    "",
		"never":                                  "",
		"2026-11-10 until the end of the season": "",
	}
	// SQLite knows offsets with a colon only, and takes the day after the last of
	// February for the first of March.
	notBySQLite := []string{"2026-11-10 10:00:00 UTC", "2026-11-10T10:00:00.250+0530", "2026-11-10 10:00:00 -0330", "2026-11-10T10:00:00+02", "2026-11-10 10:00:00.5-08"}
	beyond := []string{"2026-02-30", "2023-02-29 10:00:00", "1900-02-29", "2026-04-31T00:00:00Z"}
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, driver := range []string{testdb.DriverPostgres, testdb.DriverMySQL, testdb.DriverSQLite} {
		t.Run(driver, func(t *testing.T) {
			t.Parallel()
			e := openEngine(t, driver)
			e.dbs[0].Exec(t, "CREATE TABLE texts (at VARCHAR(60), mark VARCHAR(60))")
			want := maps.Clone(texts)
			for _, text := range beyond {
				want[text] = ""
			}
			if driver == testdb.DriverSQLite {
				for _, text := range notBySQLite {
					want[text] = ""
				}
				maps.DeleteFunc(want, func(text, _ string) bool { return slices.Contains(beyond, text) })
			}
			got, local, wantLocal := map[string]string{}, map[string]string{}, map[string]string{}
			for text := range want {
				e.dbs[0].Exec(t, fmt.Sprintf("INSERT INTO texts VALUES ('%s', '%[1]s')", text))
				got[text] = e.newestText(t, text, nil)
				if driver == testdb.DriverSQLite && strings.ContainsAny(text[min(len(text), len("2006-01-02")):], "Z+-") {
					continue // taken for a clock in Berlin, which a check tells of
				}
				local[text], wantLocal[text] = e.newestText(t, text, berlin), ""
				if want[text] == "2026-11-10T10:00:00Z" && !strings.HasSuffix(text, "UTC") {
					wantLocal[text] = "2026-11-10T09:00:00Z" // an hour ahead of UTC
				}
			}
			for text, at := range map[string]string{"2026-11-10": "2026-11-09T23:00:00Z", "2000-02-29": "2000-02-28T23:00:00Z"} {
				wantLocal[text] = at
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("times differ (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(wantLocal, local); diff != "" {
				t.Errorf("times of a column in Berlin differ (-want +got):\n%s", diff)
			}
		})
	}
}

// newestText is the time that a text is read as, "" where it is none.
func (e *engine) newestText(t *testing.T, text string, zone *time.Location) (at string) {
	t.Helper()
	r := facts.Relation{
		Table: "texts", Where: "mark = '" + text + "'",
		Columns: map[facts.Role]facts.Column{"at": {Name: "at", Type: facts.TextTime, Zone: zone}},
	}
	cube := &facts.Cube{Time: "at", Bounds: []time.Time{time.Unix(0, 0), moment(t, "2030-01-01T00:00:00Z")}}
	e.answer(t, r, facts.Options{Limit: 10, Primary: "at"}, []facts.Need{{Cube: cube}}, func(a *facts.Answer) {
		if newest := a.Newest(); !newest.IsZero() {
			at = newest.UTC().Format(time.RFC3339Nano)
		}
	})
	return at
}
