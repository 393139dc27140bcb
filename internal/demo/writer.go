package demo

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// batchRows is how many rows one statement writes; more gain nothing.
const batchRows = 64

// writer puts rows into a transaction, many at a time.
type writer struct {
	tx      *sql.Tx
	verb    string
	pending [tableCount]batch
}

type batch struct {
	table  table
	width  int
	full   *sql.Stmt // writes batchRows rows; nil until it is needed
	values []any
}

// newWriter writes rows; with replace, rows of the same key give way.
func newWriter(tx *sql.Tx, replace bool) *writer {
	w := &writer{tx: tx, verb: "INSERT INTO "}
	if replace {
		w.verb = "INSERT OR REPLACE INTO "
	}
	for id, t := range tables() {
		w.pending[id] = batch{table: t, width: t.width()}
	}
	return w
}

// statement is the text that writes so many rows.
func (w *writer) statement(b *batch, rows int) string {
	row := "(" + strings.Repeat("?,", b.width-1) + "?)"
	return w.verb + b.table.name + " VALUES " + strings.Repeat(row+",", rows-1) + row
}

// write adds a row and sends the rows of its table when there are enough.
func (w *writer) write(ctx context.Context, id tableID, values []any) error {
	b := &w.pending[id]
	b.values = append(b.values, values...)
	if len(b.values) < batchRows*b.width {
		return nil
	}
	if b.full == nil {
		var err error
		if b.full, err = w.tx.PrepareContext(ctx, w.statement(b, batchRows)); err != nil {
			return fmt.Errorf("write %s: %w", b.table.name, err)
		}
	}
	_, err := b.full.ExecContext(ctx, b.values...)
	if err != nil {
		return fmt.Errorf("write %s: %w", b.table.name, err)
	}
	b.values = b.values[:0]
	return nil
}

// flush sends what is left.
func (w *writer) flush(ctx context.Context) error {
	for i := range w.pending {
		b := &w.pending[i]
		if len(b.values) == 0 {
			continue
		}
		if _, err := w.tx.ExecContext(ctx, w.statement(b, len(b.values)/b.width), b.values...); err != nil {
			return fmt.Errorf("write %s: %w", b.table.name, err)
		}
		b.values = b.values[:0]
	}
	return nil
}
