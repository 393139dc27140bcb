// Package demo invents a company and writes its history into an SQLite
// database: customers and what they subscribe to, order, ask, answer and visit,
// with seasons, office hours, growth, a price rise that is taken back and an
// outage that floods the help desk. There is nobody in it: customers are
// numbers.
//
// The same seed and instant give the same database. A history can be brought
// forward, so that a served demo stays alive; it then holds what it would have
// held, had it been told later. The package reads no clock.
package demo

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"time"

	_ "modernc.org/sqlite" // the driver that the database is written with
)

// Options shape the company. The zero value gives the company of the demo.
type Options struct {
	// Seed chooses the history; 0 is the demo's own.
	Seed uint64
	// Years is the length of the history, 1 to 10; 0 is 3.
	Years int
	// Customers is about how many are active at its end, 200 to 40,000; 0 is
	// 4,000.
	Customers int
}

const (
	defaultSeed      = 20260
	defaultYears     = 3
	defaultCustomers = 4000
)

// aftermathDays is how long the story of a row goes on after its own day: the
// slowest ticket, and then the slowest answer to its survey.
const aftermathDays = 80

// format is the version of the generator. A file of another version cannot be
// brought forward, since its past would be told differently.
const format = 2

// ErrFormat says that a file was not written by this version of the demo.
var ErrFormat = errors.New("not written by this version of the demo")

func (o Options) withDefaults() (Options, error) {
	if o.Seed == 0 {
		o.Seed = defaultSeed
	}
	if o.Years == 0 {
		o.Years = defaultYears
	}
	if o.Customers == 0 {
		o.Customers = defaultCustomers
	}
	if o.Years < 1 || o.Years > 10 {
		return o, fmt.Errorf("years must be 1 to 10, not %d", o.Years)
	}
	if o.Customers < 200 || o.Customers > 40_000 {
		return o, fmt.Errorf("customers must be 200 to 40000, not %d", o.Customers)
	}
	return o, nil
}

// Build writes the history up to an instant into a new database at path,
// replacing a file that is there. The file appears when it is complete. Nothing
// in it is later than the instant, but for the announced ends of subscriptions.
func Build(ctx context.Context, path string, now time.Time, o Options) (err error) {
	o, err = o.withDefaults()
	if err != nil {
		return err
	}
	part := path + ".tmp"
	if err := remove(part); err != nil {
		return fmt.Errorf("build the demo: %w", err)
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("build the demo: %w", err)
			_ = remove(part) // the first error tells more
		}
	}()
	h := history{seed: o.Seed, years: o.Years, customers: o.Customers, told: now.Unix(), until: now.Unix()}
	if err := create(ctx, part, h); err != nil {
		return err
	}
	// A log left by an earlier database would be taken for this one's.
	if err := remove(path); err != nil {
		return err
	}
	return os.Rename(part, path)
}

// create writes a whole database, without the care that a new file can do
// without.
func create(ctx context.Context, path string, h history) error {
	db, err := open(path, "journal_mode(OFF)", "synchronous(OFF)", "locking_mode(EXCLUSIVE)", "temp_store(MEMORY)", "cache_size(-32000)", "analysis_limit(1000)")
	if err != nil {
		return err
	}
	defer db.Close()
	err = transact(ctx, db, func(tx *sql.Tx) error {
		for _, t := range tables() {
			if _, err := tx.ExecContext(ctx, t.create()); err != nil {
				return fmt.Errorf("create %s: %w", t.name, err)
			}
		}
		if _, err := tx.ExecContext(ctx, createMeta); err != nil {
			return err
		}
		if err := h.save(ctx, tx); err != nil {
			return err
		}
		if err := h.tell(ctx, newWriter(tx, false), math.MinInt64); err != nil {
			return err
		}
		for _, t := range tables() {
			for _, s := range t.index() {
				if _, err := tx.ExecContext(ctx, s); err != nil {
					return fmt.Errorf("index %s: %w", t.name, err)
				}
			}
		}
		_, err := tx.ExecContext(ctx, "ANALYZE")
		return err
	})
	if err != nil {
		return err
	}
	// With a log of its own, a writer never makes readers wait.
	if _, err := db.ExecContext(ctx, "PRAGMA journal_mode = WAL"); err != nil {
		return err
	}
	return db.Close()
}

// Extend brings the database at path forward to an instant: it adds what
// happened since the instant that it was last brought to, and completes the
// rows whose outcome came meanwhile. It is cheap enough to be called every
// minute, and does nothing for an instant that is not later. Readers of the
// database are not disturbed.
func Extend(ctx context.Context, path string, now time.Time) error {
	if err := extend(ctx, path, now.Unix()); err != nil {
		return fmt.Errorf("bring the demo forward: %w", err)
	}
	return nil
}

func extend(ctx context.Context, path string, until int64) error {
	if _, err := os.Stat(path); err != nil {
		return err // the driver would create it
	}
	db, err := open(path, "busy_timeout(5000)", "synchronous(OFF)")
	if err != nil {
		return err
	}
	defer db.Close()
	err = transact(ctx, db, func(tx *sql.Tx) error {
		h, err := load(ctx, tx)
		if err != nil || until <= h.until {
			return err
		}
		from := h.until
		h.until = until
		if err := h.save(ctx, tx); err != nil {
			return err
		}
		return h.tell(ctx, newWriter(tx, true), from)
	})
	if err != nil {
		return err
	}
	return db.Close()
}

// remove deletes a database and what SQLite keeps beside it.
func remove(path string) error {
	for _, suffix := range []string{"", "-journal", "-wal", "-shm"} {
		if err := os.Remove(path + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}
