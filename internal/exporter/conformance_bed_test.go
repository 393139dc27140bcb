package exporter_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/cx-exporter/cx-exporter/collectors"
	"github.com/cx-exporter/cx-exporter/config"
	"github.com/cx-exporter/cx-exporter/internal/calendar"
	"github.com/cx-exporter/cx-exporter/internal/exporter"
	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/source"
	"github.com/cx-exporter/cx-exporter/internal/testdb"
	"github.com/cx-exporter/cx-exporter/internal/testdb/oracle"
)

func TestMain(m *testing.M) { testdb.Main(m) }

// shards is the number of databases that a collector's rows may be spread over.
const shards = 2

// engine is one kind of database with a few empty databases of it.
type engine struct {
	refused int // cases that a small row budget refused
	name    string
	dbs     []*testdb.Database
	sources []*source.DB
}

// openEngine opens the databases of an engine as the exporter does.
func openEngine(t testing.TB, name string) *engine {
	t.Helper()
	e := &engine{name: name}
	for i := range shards {
		var db *testdb.Database
		o := source.Options{Name: fmt.Sprintf("shard-%d", i), Driver: name}
		switch name {
		case testdb.DriverPostgres:
			db = testdb.Postgres(t).New(t)
		case testdb.DriverMySQL:
			db = testdb.MariaDB(t).New(t)
		default:
			db = testdb.SQLite(t)
		}
		if name == testdb.DriverSQLite {
			o.Path = db.DSN
		} else {
			o.DSN = func() (string, error) { return db.DSN, nil }
		}
		src, err := source.Open(o, nil)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = src.Close() })
		db.DB.SetMaxOpenConns(1)
		e.dbs = append(e.dbs, db)
		e.sources = append(e.sources, src)
	}
	return e
}

// table makes the statements that make a table and fill it.
func (e *engine) table(name string, columns []column, rows []oracle.Row) []string {
	q := func(s string) string {
		if e.name == testdb.DriverMySQL {
			return "`" + strings.ReplaceAll(s, "`", "``") + "`"
		}
		return `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
	}
	var ddl []string
	for _, c := range columns {
		ddl = append(ddl, q(c.name)+" "+c.ddl)
	}
	create := "CREATE TABLE " + q(name) + " (" + strings.Join(ddl, ", ") + ")"
	if e.name == testdb.DriverMySQL {
		create += " DEFAULT CHARSET=utf8mb4"
	}
	statements := []string{create}
	for len(rows) > 0 {
		n := min(len(rows), 1000)
		var lines []string
		for _, r := range rows[:n] {
			var values []string
			for _, c := range columns {
				values = append(values, c.literal(r[c.role]))
			}
			lines = append(lines, "("+strings.Join(values, ", ")+")")
		}
		statements = append(statements, "INSERT INTO "+q(name)+" VALUES\n"+strings.Join(lines, ",\n"))
		rows = rows[n:]
	}
	return statements
}

// kpi builds a KPI as the configuration does.
func (k kpiCase) kpi(entity string, mapped map[facts.Role]bool, calendars map[string]*calendar.Hours) (collectors.KPI, error) {
	d, ok := collectors.Lookup(k.kind)
	if !ok {
		return nil, fmt.Errorf("no KPI is named %q", k.kind)
	}
	p := d.New()
	if err := yaml.Unmarshal([]byte(k.params), p); err != nil {
		return nil, fmt.Errorf("read %s: %w", k.params, err)
	}
	return p.KPI(collectors.Binding{Entity: entity, Mapped: mapped, Calendars: calendars})
}

// collector is the world's configuration on a table.
func (w *world) collector(table string) (config.Global, config.Collector, error) {
	g := config.Global{Zone: w.zone, Confidence: w.confidence, MinSamples: 30, MaxSegments: w.maxSegments, MinSegmentSize: w.minSegment}
	c := config.Collector{
		Name: "case", Entity: w.entity, Windows: w.windows, Change: w.change,
		RowBudget: w.budget, Timeout: time.Minute, Disjoint: true,
		Relation: facts.Relation{Table: table, Where: w.where.sql, Columns: map[facts.Role]facts.Column{}},
	}
	if w.query != "" {
		c.Relation.Table, c.Relation.Query = "", w.query
		if strings.Contains(w.query, "%") {
			c.Relation.Query = fmt.Sprintf(w.query, table)
		}
	}
	for i := range w.shards {
		c.Sources = append(c.Sources, fmt.Sprintf("shard-%d", i))
	}
	for _, col := range w.columns {
		if col.mapped {
			c.Relation.Columns[facts.Role(col.role)] = col.config
		}
	}
	c.Relation.Events = w.events()
	mapped := collectors.MappedRoles(w.entity, c.Relation.Columns)
	for _, d := range w.dims {
		c.Relation.Dimensions = append(c.Relation.Dimensions, d.config)
	}
	for _, k := range w.kpis {
		built, err := k.kpi(w.entity, mapped, w.calendars)
		if err != nil {
			return g, c, fmt.Errorf("%s %s: %w", k.kind, k.params, err)
		}
		c.KPIs = append(c.KPIs, built)
	}
	return g, c, nil
}

// load puts the world's rows into the databases: the customers of one are not
// in the other.
func (e *engine) load(ctx context.Context, w *world, table string) (statements []string, err error) {
	parts := make([][]oracle.Row, w.shards)
	for i, r := range w.rows {
		shard := i % w.shards
		for _, subject := range []string{"word", "customer_id", "respondent_id", "ticket_id"} {
			if id, ok := r[subject]; ok && w.reads(subject) {
				shard = len(fmt.Sprint(id)) % w.shards
			}
		}
		parts[shard] = append(parts[shard], r)
	}
	for i, rows := range parts {
		tx, err := e.dbs[i].DB.BeginTx(ctx, nil)
		if err != nil {
			return statements, err
		}
		for _, s := range e.table(table, w.columns, rows) {
			statements = append(statements, s)
			if _, err := tx.ExecContext(ctx, s); err != nil {
				_ = tx.Rollback()
				return statements, fmt.Errorf("%w in\n%s", err, s)
			}
		}
		if err := tx.Commit(); err != nil {
			return statements, err
		}
	}
	return statements, nil
}

// reads reports whether the relation has a column for a role. Rows may hold more
// than that.
func (w *world) reads(role string) bool {
	return slices.ContainsFunc(w.columns, func(c column) bool { return c.role == role })
}

// drop removes the world's tables.
func (e *engine) drop(ctx context.Context, table string) {
	for _, db := range e.dbs {
		_, _ = db.DB.ExecContext(ctx, "DROP TABLE IF EXISTS "+table)
	}
}

// evaluate computes the world's snapshots by the exporter.
func (e *engine) evaluate(ctx context.Context, w *world, table string) ([]*exporter.Snapshot, error) {
	g, c, err := w.collector(table)
	if err != nil {
		return nil, err
	}
	ev := exporter.NewEvaluator(g, c, e.sources[:w.shards])
	if w.now {
		s, err := ev.AsOf(ctx, w.instants[0].Add(w.passed), w.instants[0])
		return []*exporter.Snapshot{s}, err
	}
	if w.rolled {
		ev.ReadRows()
	}
	if !w.apart {
		return ev.At(ctx, w.instants...)
	}
	var all []*exporter.Snapshot
	for _, at := range w.instants {
		s, err := ev.At(ctx, at)
		if err != nil {
			return nil, err
		}
		all = append(all, s...)
	}
	return all, nil
}

// statements are what the exporter asks the databases.
func (e *engine) statements(ctx context.Context, w *world, table string) ([]facts.Statement, error) {
	g, c, err := w.collector(table)
	if err != nil {
		return nil, err
	}
	return exporter.NewEvaluator(g, c, e.sources[:w.shards]).Statements(ctx, w.instants[0])
}
