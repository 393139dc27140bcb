package exporter

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/source"
)

// Finding is something that a check of a collector against its databases found.
type Finding struct {
	Source string
	// Fatal findings keep the collector from working; the others are advice.
	Fatal bool
	Text  string
}

// Check looks at every source of the collector: whether its relation and its
// columns are there and of usable types, whether the server can plan each
// statement, and whether the columns that place rows in time have an index. It
// looks at when rows are dated, and shows none of them.
func (e *Evaluator) Check(ctx context.Context, at time.Time) []Finding {
	out := e.checkSources(ctx, at)
	if slices.ContainsFunc(out, func(f Finding) bool { return f.Fatal }) {
		return out
	}
	concerns, err := e.Inspect(ctx, at)
	if err != nil {
		out = append(out, Finding{Source: e.sources[0].Name(), Text: "the rows could not be inspected: " + err.Error()})
	}
	for _, c := range concerns {
		out = append(out, Finding{Source: sourceNames(e.sources), Text: c.Name + ": " + c.Text})
	}
	return out
}

// checkSources is Check without a look at the rows.
func (e *Evaluator) checkSources(ctx context.Context, at time.Time) []Finding {
	var out []Finding
	for _, db := range e.sources {
		found, err := e.checkSource(ctx, db, at)
		if err != nil {
			found = append(found, Finding{Fatal: true, Text: err.Error()})
		}
		for _, f := range found {
			f.Source = db.Name()
			out = append(out, f)
		}
	}
	return out
}

func sourceNames(sources []*source.DB) string {
	names := make([]string, len(sources))
	for i, db := range sources {
		names[i] = db.Name()
	}
	return strings.Join(names, ", ")
}

func (e *Evaluator) checkSource(ctx context.Context, db *source.DB, at time.Time) ([]Finding, error) {
	needs := e.needs(at)
	uses := facts.Uses(needs)
	plan, err := facts.NewPlan(facts.Options{Limit: e.collector.RowBudget, Primary: e.primary}, needs)
	if err != nil {
		return nil, err
	}
	d, err := facts.For(db.Driver())
	if err != nil {
		return nil, err
	}
	var out []Finding
	var resolved facts.Relation
	found, err := e.columns(ctx, db, d, uses)
	if err == nil {
		var errs []error
		resolved, errs = e.resolve(d, found, uses)
		for _, err := range errs {
			out = append(out, Finding{Fatal: true, Text: err.Error()})
		}
		if len(errs) == 0 {
			err = planAll(ctx, db, d, plan, resolved)
		}
	}
	var failed *source.Error
	if errors.As(err, &failed) && failed.Kind == source.KindMissingTable {
		err = fmt.Errorf("%w%s", err, e.nearestTable(ctx, db))
	}
	if err == nil && len(out) == 0 {
		out, err = checkTimes(ctx, db, d, uses, resolved)
	}
	if err != nil || slices.ContainsFunc(out, func(f Finding) bool { return f.Fatal }) || resolved.Table == "" {
		return out, err
	}
	indexes, err := e.checkIndexes(ctx, db, uses, resolved)
	return append(out, indexes...), err
}

// checkTimes looks at some values of each column that holds times as numbers or as
// texts.
func checkTimes(ctx context.Context, db *source.DB, d facts.Dialect, uses map[facts.Role]facts.Use, r facts.Relation) (out []Finding, err error) {
	told := []facts.Type{facts.Unix, facts.UnixMilli, facts.TextUnix, facts.TextUnixMilli, facts.TextTime}
	for _, role := range slices.Sorted(maps.Keys(uses)) {
		c := r.Columns[role]
		if use := uses[role]; use != facts.AsTime || !slices.Contains(told, c.Type) {
			continue
		}
		err := db.Read(ctx, func(ctx context.Context, tx *source.Tx) error {
			_, err := tx.Query(ctx, facts.SampleStatement(d, r, c), func(row facts.Row) error {
				if problem, fatal := facts.JudgeSample(c, row); problem != "" {
					out = append(out, Finding{Fatal: fatal, Text: problem})
				}
				return nil
			})
			return err
		})
		if err != nil {
			return out, err
		}
	}
	return out, nil
}

// checkIndexes looks for indexes on the columns by which statements narrow what
// they read.
func (e *Evaluator) checkIndexes(ctx context.Context, db *source.DB, uses map[facts.Role]facts.Use, r facts.Relation) ([]Finding, error) {
	var out []Finding
	c, ok := r.Columns[e.primary]
	if use, used := uses[e.primary]; !ok || !used || use != facts.AsTime {
		return nil, nil
	}
	indexed, err := db.Indexed(ctx, strings.Join(facts.SplitTable(r.Table), "."), c.Name)
	if err != nil {
		return nil, err
	}
	if !indexed {
		text := fmt.Sprintf("no index begins with the column %s of %s: every evaluation reads the whole table, and with an index only its windows", c.Name, r.Table)
		if db.Driver() == source.Postgres {
			text += "; where rows are added in the order of time, a small BRIN index will do"
		}
		out = append(out, Finding{Text: text})
	}
	return out, nil
}

// planAll lets the server plan every statement.
func planAll(ctx context.Context, db *source.DB, d facts.Dialect, plan *facts.Plan, r facts.Relation) error {
	statements, err := plan.Statements(d, r)
	if err != nil {
		return err
	}
	return db.Read(ctx, func(ctx context.Context, tx *source.Tx) error {
		for _, st := range statements {
			if _, err := tx.Query(ctx, facts.Statement{SQL: "EXPLAIN " + st.SQL}, func(facts.Row) error { return nil }); err != nil {
				return err
			}
		}
		return nil
	})
}

// nearestTable lists what tables there are, for somebody who looks for one that
// is not.
func (e *Evaluator) nearestTable(ctx context.Context, db *source.DB) string {
	tables, err := db.Tables(ctx)
	if err != nil || len(tables) == 0 {
		return ""
	}
	slices.Sort(tables)
	const most = 20
	more := ""
	if len(tables) > most {
		more = fmt.Sprintf(" and %d more", len(tables)-most)
		tables = tables[:most]
	}
	return "; there are " + strings.Join(tables, ", ") + more
}
