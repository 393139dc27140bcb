package app_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/app"
	"github.com/cx-exporter/cx-exporter/internal/openmetrics"
	"github.com/cx-exporter/cx-exporter/internal/testdb"
)

// Times in business hours are computed row by row, and their cells are limited. As
// few instants are asked for at once as the limit allows.
func TestAYearOfBusinessHoursStaysWithinARowBudget(t *testing.T) {
	t.Parallel()
	for _, budget := range []int{1000, 2200} {
		t.Run(fmt.Sprint(budget), func(t *testing.T) {
			t.Parallel()
			db := testdb.SQLite(t)
			db.Exec(t, "CREATE TABLE tickets (created_at TEXT, first_response_at TEXT)",
				`WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 9999)
				INSERT INTO tickets SELECT datetime('2025-01-01', (i * 1728) || ' seconds'),
					datetime('2025-01-01', (i * 1728 + 600 + (i * 7919) % 200000) || ' seconds') FROM n`)
			set := build(t, fmt.Sprintf(`
calendars: [{name: office, timezone: UTC, hours: {mon-fri: ["09:00-17:00"]}}]
sources: [{name: db, driver: sqlite, path: %s}]
collectors:
  - name: desk
    source: db
    table: tickets
    entity: tickets
    windows: [7d]
    row_budget: %d
    kpis: [{first_response_time: {calendar: office}}]
`, db.DSN, budget))
			var instants []time.Time
			for at := time.Date(2025, 1, 10, 0, 0, 0, 0, time.UTC); len(instants) < 180; at = at.AddDate(0, 0, 1) {
				instants = append(instants, at)
			}
			spool, done := openmetrics.NewSpool(t.TempDir()), 0
			if err := app.NewPast(set).Spool(t.Context(), spool, instants, func(n int) { done += n }); err != nil {
				t.Fatalf("after %d instants: %v", done, err)
			}
			var text strings.Builder
			if err := spool.Write(&text, func(int) {}); err != nil {
				t.Fatal(err)
			}
			if got := strings.Count(text.String(), "\ncx_first_response_business_mean_seconds{"); got != len(instants) {
				t.Errorf("%d instants have a mean, not %d", got, len(instants))
			}
		})
	}
}
