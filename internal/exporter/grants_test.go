package exporter_test

import (
	"log/slog"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/collectors"
	"github.com/cx-exporter/cx-exporter/config"
	"github.com/cx-exporter/cx-exporter/internal/calendar"
	"github.com/cx-exporter/cx-exporter/internal/exporter"
	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/source"
	"github.com/cx-exporter/cx-exporter/internal/testdb"
)

func TestRightsOnTheColumnsThatAreReadAreEnough(t *testing.T) {
	t.Parallel()
	for _, driver := range []string{testdb.DriverPostgres, testdb.DriverMySQL} {
		t.Run(driver, func(t *testing.T) {
			t.Parallel()
			var db *testdb.Database
			if driver == testdb.DriverPostgres {
				db = testdb.Postgres(t).New(t)
			} else {
				db = testdb.MariaDB(t).New(t)
			}
			user := "cx_reader_" + db.Name[len(db.Name)-8:]
			db.Exec(t,
				"CREATE TABLE tickets (created_at timestamp, resolved_at timestamp NULL, team varchar(20), body varchar(100))",
				"INSERT INTO tickets VALUES ('2026-03-01 10:00:00', '2026-03-01 11:00:00', 'a', 'private'), ('2026-03-02 10:00:00', NULL, 'b', 'private')")
			const columns = "GRANT SELECT (created_at, resolved_at, team) ON tickets TO "
			dsn := ""
			if driver == testdb.DriverPostgres {
				db.Exec(t, "CREATE ROLE "+user+" LOGIN PASSWORD 'secret'", columns+user)
				t.Cleanup(func() {
					_, _ = db.DB.Exec("DROP OWNED BY " + user)
					_, _ = db.DB.Exec("DROP ROLE " + user)
				})
				u, err := url.Parse(db.DSN)
				if err != nil {
					t.Fatal(err)
				}
				u.User = url.UserPassword(user, "secret")
				dsn = u.String()
			} else {
				db.Exec(t, "CREATE USER "+user+" IDENTIFIED BY 'secret'", columns+user)
				t.Cleanup(func() { _, _ = db.DB.Exec("DROP USER " + user) })
				dsn = user + ":secret" + db.DSN[strings.LastIndex(db.DSN, "@"):]
			}
			src, err := source.Open(source.Options{Name: "db", Driver: driver, DSN: func() (string, error) { return dsn, nil }}, slog.New(slog.DiscardHandler))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { src.Close() })
			definition, _ := collectors.Lookup("backlog")
			backlog, err := definition.New().KPI(collectors.Binding{Entity: "tickets"})
			if err != nil {
				t.Fatal(err)
			}
			week, err := calendar.Parse("7d")
			if err != nil {
				t.Fatal(err)
			}
			e := exporter.NewEvaluator(config.Global{Zone: time.UTC, Confidence: 0.95, MaxSegments: 50}, config.Collector{
				Name: "support", Sources: []string{"db"}, Entity: "tickets", RowBudget: 1000,
				Relation: facts.Relation{Table: "tickets", Dimensions: []facts.Dimension{{Name: "team", Columns: []string{"team"}}}},
				Windows:  []calendar.Window{week}, KPIs: []collectors.KPI{backlog},
			}, []*source.DB{src})
			s, err := e.At(t.Context(), time.Date(2026, 3, 3, 0, 0, 0, 0, time.UTC))
			if err != nil {
				t.Fatal(err)
			}
			if x := s[0].Series[0]; x.Metric != "cx_backlog_tickets" || x.Value != 1 {
				t.Errorf("%s is %v, want a backlog of 1", x.Metric, x.Value)
			}
		})
	}
}
