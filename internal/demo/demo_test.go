package demo

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// small is a company that is told in a moment.
var small = Options{Customers: 200, Years: 1}

var instants = map[string]time.Time{
	"an afternoon in summer":            time.Date(2026, 7, 15, 13, 20, 0, 0, time.UTC),
	"a leap day":                        time.Date(2028, 2, 29, 23, 59, 59, 0, time.UTC),
	"the hour that comes twice":         time.Date(2026, 10, 25, 1, 30, 0, 0, time.UTC),
	"midnight where the company is":     time.Date(2025, 12, 31, 23, 0, 0, 0, time.UTC),
	"a morning after a short month":     time.Date(2027, 3, 31, 6, 0, 0, 999, time.UTC),
	"the turn of the year elsewhere":    time.Date(2027, 1, 1, 0, 0, 0, 0, time.FixedZone("", -8*3600)),
	"just before the office is open":    time.Date(2026, 3, 2, 6, 59, 0, 0, time.UTC),
	"the day that lacks its third hour": time.Date(2026, 3, 29, 1, 0, 0, 0, time.UTC),
}

func TestTheSameSeedAndInstantGiveTheSameCompany(t *testing.T) {
	t.Parallel()
	now := instants["an afternoon in summer"]
	first := content(t, build(t, now, small))
	again := content(t, build(t, now.In(time.FixedZone("", 3*3600)), small))
	if diff := cmp.Diff(first, again); diff != "" {
		t.Errorf("a second build differs (-first +second):\n%s", diff)
	}
	other := small
	other.Seed = 7
	if cmp.Equal(first, content(t, build(t, now, other))) {
		t.Error("another seed gives the same company")
	}
}

func TestNothingIsLaterThanNow(t *testing.T) {
	t.Parallel()
	for name, now := range instants {
		t.Run(name, func(t *testing.T) {
			if t.Parallel(); raced && name != "the hour that comes twice" {
				t.Skip("one instant is enough for the race detector")
			}
			db := read(t, build(t, now, small))
			assertNothingLater(t, db, now)
			assertSound(t, db)
		})
	}
}

func TestBringingForwardTellsWhatALaterTellingWould(t *testing.T) {
	t.Parallel()
	for name, now := range instants {
		t.Run(name, func(t *testing.T) {
			if t.Parallel(); raced && name != "the hour that comes twice" {
				t.Skip("one instant is enough for the race detector")
			}
			path := build(t, now, small)
			var last time.Time
			for _, after := range []time.Duration{time.Minute, time.Minute, 3 * time.Hour, 2 * 24 * time.Hour, 40 * 24 * time.Hour} {
				last = now.Add(after)
				if err := Extend(t.Context(), path, last); err != nil {
					t.Fatal(err)
				}
			}
			got := content(t, path)

			later := filepath.Join(t.TempDir(), "later.db")
			h := history{
				seed: defaultSeed, years: small.Years, customers: small.Customers,
				told: now.Unix(), until: last.Unix(),
			}
			if err := create(t.Context(), later, h); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(content(t, later), got); diff != "" {
				t.Errorf("brought forward, the company differs (-told later +brought forward):\n%s", diff)
			}
			db := read(t, path)
			assertNothingLater(t, db, last)
			assertSound(t, db)
			if n := number(t, db, "SELECT COUNT(*) FROM orders WHERE ordered_at >= ?", now.UTC().Format(timeLayout)); n < 50 {
				t.Errorf("%v orders in forty more days, want at least 50", n)
			}
		})
	}
}

func TestGoingBackwardsChangesNothing(t *testing.T) {
	t.Parallel()
	now := instants["an afternoon in summer"]
	path := build(t, now, small)
	before := content(t, path)
	for _, at := range []time.Time{now, now.Add(-24 * time.Hour)} {
		if err := Extend(t.Context(), path, at); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(before, content(t, path)); diff != "" {
		t.Errorf("the company changed (-before +after):\n%s", diff)
	}
}

func TestReadersAreNotDisturbed(t *testing.T) {
	t.Parallel()
	now := instants["an afternoon in summer"]
	path := build(t, now, small)
	db := read(t, path)
	tx, err := db.BeginTx(t.Context(), &sql.TxOptions{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	count := func() (n int) {
		if err := tx.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM visits").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	before := count()
	if err := Extend(t.Context(), path, now.Add(48*time.Hour)); err != nil {
		t.Fatalf("while somebody reads: %v", err)
	}
	if after := count(); after != before {
		t.Errorf("within one transaction %d visits became %d", before, after)
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	if after := number(t, db, "SELECT COUNT(*) FROM visits"); int(after) <= before {
		t.Errorf("two days later there are %v visits, before there were %d", after, before)
	}
}

func TestBuildReplacesAFileAndLeavesNothingBeside(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "with space & sign%20.db")
	if err := os.WriteFile(path, []byte("something else"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Build(t.Context(), path, instants["a leap day"], small); err != nil {
		t.Fatal(err)
	}
	if err := Extend(t.Context(), path, instants["a leap day"].Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 1 || entries[0].Name() != filepath.Base(path) {
		t.Errorf("the folder holds %v, want only the database", entries)
	}
}

func TestAnInterruptedBuildLeavesNothing(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	path := filepath.Join(t.TempDir(), "demo.db")
	if err := Build(ctx, path, instants["a leap day"], small); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the context's error", err)
	}
	if entries, _ := os.ReadDir(filepath.Dir(path)); len(entries) != 0 {
		t.Errorf("left behind: %v", entries)
	}
}

func TestOtherFilesAreRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	missing := filepath.Join(dir, "missing.db")
	if err := Extend(t.Context(), missing, instants["a leap day"]); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a missing file: got %v", err)
	}
	if _, err := os.Stat(missing); err == nil {
		t.Error("a missing file was created")
	}
	other := filepath.Join(dir, "other.db")
	if err := os.WriteFile(other, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Extend(t.Context(), other, instants["a leap day"]); !errors.Is(err, ErrFormat) {
		t.Errorf("an empty database: got %v", err)
	}
	path := build(t, instants["a leap day"], small)
	db, err := open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec("UPDATE demo_history SET value = value + 1 WHERE name = 'format'"); err != nil {
		t.Fatal(err)
	}
	if err := Extend(t.Context(), path, instants["a leap day"].Add(time.Hour)); !errors.Is(err, ErrFormat) {
		t.Errorf("another version: got %v", err)
	}
}

func TestOptionsOutOfRangeAreRefused(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]Options{
		"too long a history": {Years: 11},
		"a negative history": {Years: -1},
		"too few customers":  {Customers: 199},
		"too many customers": {Customers: 40_001},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "demo.db")
			if err := Build(t.Context(), path, instants["a leap day"], o); err == nil {
				t.Error("accepted")
			}
		})
	}
}

// build writes a company into a file of its own.
func build(t *testing.T, now time.Time, o Options) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "demo.db")
	if err := Build(t.Context(), path, now, o); err != nil {
		t.Fatal(err)
	}
	return path
}

// read opens a database as the exporter would: it cannot write.
func read(t *testing.T, path string) *sql.DB {
	t.Helper()
	u := url.URL{Scheme: "file", OmitHost: true, Path: path, RawQuery: "mode=ro"}
	db, err := sql.Open("sqlite", u.String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// number asks for one number.
func number(t *testing.T, db *sql.DB, query string, args ...any) float64 {
	t.Helper()
	var n sql.NullFloat64
	if err := db.QueryRowContext(t.Context(), query, args...).Scan(&n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n.Float64
}

// content digests each table, in the order of its key.
func content(t *testing.T, path string) map[string]string {
	t.Helper()
	db := read(t, path)
	digests := map[string]string{}
	for _, table := range tables() {
		rows, err := db.QueryContext(t.Context(), "SELECT * FROM "+table.name+" ORDER BY 1")
		if err != nil {
			t.Fatal(err)
		}
		values := make([]any, table.width())
		for i := range values {
			values[i] = new(any)
		}
		h := sha256.New()
		n := 0
		for ; rows.Next(); n++ {
			if err := rows.Scan(values...); err != nil {
				t.Fatal(err)
			}
			for _, v := range values {
				fmt.Fprintf(h, "%v|", *v.(*any))
			}
		}
		if err := rows.Close(); err != nil {
			t.Fatal(err)
		}
		digests[table.name] = fmt.Sprintf("%d rows, %x", n, h.Sum(nil)[:8])
	}
	return digests
}

// assertNothingLater looks at every column that holds a time.
func assertNothingLater(t *testing.T, db *sql.DB, now time.Time) {
	t.Helper()
	text := now.UTC().Format(timeLayout)
	for column, bound := range map[string]any{
		"customers.signed_up_at":     text,
		"subscriptions.started_at":   text,
		"subscriptions.cancelled_at": text,
		"orders.ordered_at":          text,
		"tickets.created_at":         text,
		"tickets.first_response_at":  text,
		"tickets.resolved_at":        text,
		"tickets.last_resolved_at":   text,
		"tickets.reopened_at":        text,
		"contacts.offered_at":        now.Unix(),
		"contacts.answered_at":       now.Unix(),
		"contacts.abandoned_at":      now.Unix(),
		"pulses.answered_on":         text[:len("2006-01-02")],
		"invitations.sent_at":        text,
		"invitations.responded_at":   text,
		"responses.responded_at":     text,
		"visits.visited_at":          now.Unix(),
		"visits.converted_at":        now.Unix(),
		"carts.created_ms":           now.UnixMilli(),
		"carts.checkout_ms":          now.UnixMilli(),
		"carts.completed_ms":         now.UnixMilli(),
		"costs.incurred_on":          text[:len("2006-01-02")],
	} {
		table, name, _ := strings.Cut(column, ".")
		op := ">="
		if name == "incurred_on" || name == "answered_on" {
			op = ">"
		}
		if n := number(t, db, "SELECT COUNT(*) FROM "+table+" WHERE "+name+" "+op+" ?", bound); n != 0 {
			t.Errorf("%s: %v rows are later than %v", column, n, now)
		}
		if n := number(t, db, "SELECT COUNT("+name+") FROM "+table); n == 0 {
			t.Errorf("%s is never set", column)
		}
	}
}

// assertSound asks SQLite whether all references lead somewhere.
func assertSound(t *testing.T, db *sql.DB) {
	t.Helper()
	var verdict string
	if err := db.QueryRowContext(t.Context(), "PRAGMA integrity_check").Scan(&verdict); err != nil || verdict != "ok" {
		t.Errorf("integrity: %s, %v", verdict, err)
	}
	if n := number(t, db, "SELECT COUNT(*) FROM pragma_foreign_key_check"); n != 0 {
		t.Errorf("%v rows refer to nothing", n)
	}
	if n := number(t, db, "SELECT COUNT(*) FROM invitations i LEFT JOIN responses r USING (invitation_id) WHERE i.responded_at IS NOT r.responded_at"); n != 0 {
		t.Errorf("%v invitations and their answers disagree", n)
	}
}
