package demo

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"time"
)

// history is what a database's content follows from.
type history struct {
	seed      uint64
	years     int
	customers int
	told      int64 // when it was first written; the story is placed by it
	until     int64 // what it has been brought forward to
}

// tell simulates the company and writes what became known from an instant on,
// up to the history's own.
func (h history) tell(ctx context.Context, w *writer, from int64) error {
	s := Tell(time.Unix(h.told, 0), h.years)
	c := newCompany(h.seed, h.customers, s, time.Unix(h.until, 0))
	t := &teller{from: from, until: h.until, write: func(id tableID, values []any) error {
		return w.write(ctx, id, values)
	}}
	earliest := c.cal.dayOf(from) - aftermathDays
	for d, last := 0, c.cal.dayOf(h.until); d <= last && t.err == nil; d++ {
		if d >= earliest {
			c.relations(d, t)
			c.support(d, t)
			c.calls(d, t)
			c.pulse(d, t)
			c.features(d, t)
			c.shop(d, t)
			c.visits(d, t)
			c.spend(d, t)
		}
		c.day(d)
	}
	c.base(t)
	if t.err != nil {
		return t.err
	}
	return w.flush(ctx)
}

// base tells the customers and their subscriptions.
func (c *company) base(t *teller) {
	s := &c.shapes
	for i, p := range c.customers {
		if t.known(p.signedUp) && t.touched(p.signedUp) {
			t.row(customers, int64(i+1), t.text(p.signedUp), s.countryOf[p.country], s.regionOf[p.country],
				s.segmentOf[p.segment], s.acquisitionOf[p.acquisition])
		}
	}
	for i, b := range c.subscriptions {
		if !t.known(b.started) || !t.touched(b.started, b.announced) {
			continue
		}
		var reason any
		if t.known(b.announced) {
			reason = b.reason
		}
		t.row(subscriptions, int64(i+1), int64(b.customer+1), s.planOf[b.plan], t.text(b.started),
			t.text(b.announced), t.ahead(b.announced, b.ended), reason, b.price,
			s.currencyOf[c.customers[b.customer].country])
	}
}

// save notes the history in the database itself.
func (h history) save(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, `INSERT OR REPLACE INTO demo_history VALUES
		('format', ?), ('seed', ?), ('years', ?), ('customers', ?), ('told', ?), ('until', ?)`,
		format, int64(h.seed), h.years, h.customers, h.told, h.until)
	return err
}

// load reads the history that a database holds.
func load(ctx context.Context, tx *sql.Tx) (history, error) {
	var h history
	var version, seed int64
	into := map[string]any{
		"format": &version, "seed": &seed, "years": &h.years, "customers": &h.customers, "told": &h.told, "until": &h.until,
	}
	for name, value := range into {
		err := tx.QueryRowContext(ctx, "SELECT value FROM demo_history WHERE name = ?", name).Scan(value)
		if err != nil {
			return h, fmt.Errorf("%w (%s: %w)", ErrFormat, name, err)
		}
	}
	if version != format {
		return h, fmt.Errorf("%w (format %d, not %d)", ErrFormat, version, format)
	}
	h.seed = uint64(seed)
	return h, nil
}

// open opens a database with one connection, whose transactions take the right
// to write at once, and these pragmas.
func open(path string, pragmas ...string) (*sql.DB, error) {
	u := url.URL{Scheme: "file", OmitHost: true, Path: path, RawQuery: url.Values{"_pragma": pragmas, "_txlock": {"immediate"}}.Encode()}
	db, err := sql.Open("sqlite", u.String())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	return db, nil
}

// transact runs a function in a transaction.
func transact(ctx context.Context, db *sql.DB, f func(*sql.Tx) error) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := f(tx); err != nil {
		_ = tx.Rollback() // the first error tells more
		return err
	}
	return tx.Commit()
}
