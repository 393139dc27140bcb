package demo

import (
	"database/sql"
	"path/filepath"
	"testing"
	"time"
)

// TestTheStoryShows builds the company of the demo and asks it, in plain SQL,
// what a reader of the board is to see.
func TestTheStoryShows(t *testing.T) {
	t.Parallel()
	now := instants["an afternoon in summer"]
	path := filepath.Join(t.TempDir(), "demo.db")
	o := Options{Years: defaultYears, Customers: defaultCustomers}
	if raced {
		o = Options{Years: 2, Customers: 1000}
	}
	start := time.Now()
	if err := Build(t.Context(), path, now, o); err != nil {
		t.Fatal(err)
	}
	// Other tests run beside this one: BenchmarkBuild tells what it costs alone.
	took := time.Since(start)
	if t.Logf("built in %v", took.Round(time.Millisecond)); took > time.Minute && !raced {
		t.Errorf("building took %v", took)
	}
	s := Tell(now, o.Years)
	db := read(t, path)
	assertNothingLater(t, db, now)
	assertSound(t, db)

	at := func(t time.Time) string { return t.UTC().Format(timeLayout) }
	within := func(t *testing.T, what string, got, lo, hi float64) {
		t.Helper()
		if t.Logf("%s: %.4g", what, got); got < lo || got > hi {
			t.Errorf("%s is %.4g, want %v to %v", what, got, lo, hi)
		}
	}

	t.Run("the size is right", func(t *testing.T) {
		rows := 0.0
		for _, table := range tables() {
			rows += number(t, db, "SELECT COUNT(*) FROM "+table.name)
		}
		size := float64(o.Customers)
		if !raced {
			within(t, "rows", rows, 150_000, 350_000)
		}
		within(t, "active customers", active(t, db, now), 0.9*size, 1.1*size)
		within(t, "active customers at the beginning", active(t, db, s.Begin.Add(time.Second)), 0.4*size, 0.5*size)
	})

	t.Run("the price rise makes customers leave, and taking it back keeps them", func(t *testing.T) {
		before := churn(t, db, s.PriceRise.AddDate(0, -6, 0), 6)
		during := churn(t, db, s.PriceRise, priceRiseMonthsAgo-priceTakenBackMonthsAgo)
		after := churn(t, db, s.PriceTakenBack.AddDate(0, 1, 0), 6)
		within(t, "monthly churn before", before, 0.018, 0.032)
		within(t, "monthly churn after", after, 0.015, 0.030)
		within(t, "times as many leave meanwhile", during/before, 1.6, 3)
		if s.PriceRise.Before(now.AddDate(0, -12, 0)) || s.PriceTakenBack.After(now.AddDate(0, -6, 0)) {
			t.Errorf("the rise lasted from %v to %v", s.PriceRise, s.PriceTakenBack)
		}
	})

	t.Run("the outage floods the help desk", func(t *testing.T) {
		week := 7 * 24 * time.Hour
		created := func(from, to time.Time) float64 {
			return number(t, db, "SELECT COUNT(*) FROM tickets WHERE created_at >= ? AND created_at < ?", at(from), at(to))
		}
		usual := created(s.Outage.Add(-8*week), s.Outage) / 8
		within(t, "times the usual tickets in its first week", created(s.Outage, s.Outage.Add(week))/usual, 2, 7)
		slow := func(from, to time.Time) float64 {
			return number(t, db, `SELECT AVG(unixepoch(first_response_at) - unixepoch(created_at) <= 4*3600)
				FROM tickets WHERE first_response_at >= ? AND first_response_at < ?`, at(from), at(to))
		}
		before := slow(s.Outage.Add(-8*week), s.Outage)
		within(t, "answered within four hours before", before, 0.6, 0.9)
		within(t, "answered within four hours then", slow(s.Outage, s.Outage.Add(2*week)), 0.2, before-0.1)
	})

	t.Run("nobody answers on weekends", func(t *testing.T) {
		within(t, "tickets", number(t, db, "SELECT COUNT(*) FROM tickets WHERE strftime('%w', first_response_at) IN ('0', '6')"), 0, 0)
	})

	t.Run("satisfaction falls in the outage and recovers", func(t *testing.T) {
		month := 30 * 24 * time.Hour
		before, then := npsOf(t, db, s.Outage.Add(-3*month), s.Outage), npsOf(t, db, s.Outage, s.Outage.Add(month))
		recent := npsOf(t, db, now.Add(-3*month), now)
		within(t, "NPS before the price rise", npsOf(t, db, s.Begin, s.PriceRise), 28, 42)
		within(t, "NPS before the outage", before, 20, 45)
		within(t, "NPS in the outage", then, -20, before-10)
		within(t, "NPS lately", recent, 35, 55)
		good := func(from, to time.Time) float64 {
			return number(t, db, `SELECT AVG(score >= 4) FROM responses
				WHERE survey = 'csat' AND score <= 5 AND responded_at >= ? AND responded_at < ?`, at(from), at(to))
		}
		usual := good(s.Begin, s.PriceRise)
		within(t, "CSAT before", usual, 0.81, 0.89)
		within(t, "CSAT in the outage", good(s.Outage, s.Outage.Add(month)), 0.5, usual-0.08)
		best := 0.93
		if raced {
			best = 0.98 // the smaller company has some seventy answers, whose share chance moves by six points
		}
		within(t, "CSAT lately", good(now.Add(-2*month), now), 0.82, best)
	})

	t.Run("people answer surveys, if less and less", func(t *testing.T) {
		rate := func(from, to time.Time, where string) float64 {
			return number(t, db, "SELECT AVG(responded_at IS NOT NULL) FROM invitations WHERE sent_at >= ? AND sent_at < ? AND "+where, at(from), at(to))
		}
		early := rate(s.Begin, s.Begin.AddDate(1, 0, 0), "touchpoint = 'quarterly'")
		late := rate(now.AddDate(-1, 0, 0), now.AddDate(0, 0, -30), "touchpoint = 'quarterly'")
		within(t, "answer the quarterly survey", late, 0.35, early-0.01)
		within(t, "answer at the checkout", rate(s.Begin, now, "touchpoint = 'checkout'"), 0.2, 0.3)
	})

	t.Run("the web site and the shop do their share", func(t *testing.T) {
		within(t, "visits that convert", number(t, db, "SELECT AVG(converted_at IS NOT NULL) FROM visits"), 0.025, 0.04)
		within(t, "carts completed", number(t, db, "SELECT AVG(completed_ms IS NOT NULL) FROM carts"), 0.25, 0.45)
		within(t, "currencies", number(t, db, "SELECT COUNT(DISTINCT currency) FROM orders"), 2, 2)
		within(t, "December against a month of the year", number(t, db, `SELECT 12 * AVG(strftime('%m', ordered_at) = '12') FROM orders
			WHERE ordered_at >= ? AND ordered_at < ?`, at(now.AddDate(-2, 0, 0)), at(now.AddDate(-1, 0, 0))), 1.25, 1.8)
	})

	t.Run("what happens in the wild happens here", func(t *testing.T) {
		for what, query := range map[string]string{
			"customers who returned": `SELECT COUNT(DISTINCT b.customer_id) FROM subscriptions a JOIN subscriptions b USING (customer_id)
				WHERE b.started_at > a.ended_at AND a.end_reason <> 'plan_change'`,
			"customers with overlapping subscriptions": `SELECT COUNT(DISTINCT a.customer_id) FROM subscriptions a JOIN subscriptions b USING (customer_id)
				WHERE a.subscription_id < b.subscription_id AND b.started_at < COALESCE(a.ended_at, '9999')`,
			"upgrades at one instant": `SELECT COUNT(*) FROM subscriptions a JOIN subscriptions b USING (customer_id)
				WHERE b.started_at = a.ended_at AND a.end_reason = 'plan_change'`,
			"tickets reopened": "SELECT COUNT(*) FROM tickets WHERE last_resolved_at > resolved_at AND reopen_count = 1",
			"orders refunded":  "SELECT COUNT(*) FROM orders WHERE refunded_amount > 0 AND status = 'refunded'",
			"days with costs":  "SELECT COUNT(DISTINCT incurred_on) FROM costs",
		} {
			if n := number(t, db, query); n < 10 {
				t.Errorf("%s: %v, want at least 10", what, n)
			}
		}
	})

	t.Run("a few rows are wrong, as everywhere", func(t *testing.T) {
		for what, query := range map[string]string{
			"answers without a score":              "SELECT COUNT(*) FROM responses WHERE score IS NULL",
			"answers of 99":                        "SELECT COUNT(*) FROM responses WHERE score = 99",
			"tickets resolved before they came":    "SELECT COUNT(*) FROM tickets WHERE resolved_at < created_at",
			"customers of no segment":              "SELECT COUNT(*) FROM customers WHERE segment IS NULL",
			"subscriptions that end in the future": "SELECT COUNT(*) FROM subscriptions WHERE ended_at > '" + at(now) + "'",
			"tickets that nobody answered":         "SELECT COUNT(*) FROM tickets WHERE first_response_at IS NULL",
			"test orders":                          "SELECT COUNT(*) FROM orders WHERE is_test",
			"orders of no value":                   "SELECT COUNT(*) FROM orders WHERE amount = 0",
		} {
			within(t, what, number(t, db, query), 1, 250)
		}
	})
}

// active counts the customers with a running subscription.
func active(t *testing.T, db *sql.DB, at time.Time) float64 {
	t.Helper()
	return number(t, db, `SELECT COUNT(DISTINCT customer_id) FROM subscriptions
		WHERE started_at < ?1 AND (ended_at IS NULL OR ended_at >= ?1)`, at.UTC().Format(timeLayout))
}

// churn is the mean monthly churn of so many months: the customers at the
// beginning of each who are not there at its end.
func churn(t *testing.T, db *sql.DB, from time.Time, months int) float64 {
	t.Helper()
	sum := 0.0
	for m := range months {
		lo, hi := from.AddDate(0, m, 0), from.AddDate(0, m+1, 0)
		lost := number(t, db, `SELECT COUNT(*) FROM (
			SELECT DISTINCT customer_id FROM subscriptions WHERE started_at < ?1 AND (ended_at IS NULL OR ended_at >= ?1)
			EXCEPT
			SELECT customer_id FROM subscriptions WHERE started_at < ?2 AND (ended_at IS NULL OR ended_at >= ?2))`,
			lo.UTC().Format(timeLayout), hi.UTC().Format(timeLayout))
		sum += lost / active(t, db, lo)
	}
	return sum / float64(months)
}

// npsOf is the score of the answers in a time.
func npsOf(t *testing.T, db *sql.DB, from, to time.Time) float64 {
	t.Helper()
	return number(t, db, `SELECT 100.0 * (SUM(score >= 9) - SUM(score <= 6)) / COUNT(*) FROM responses
		WHERE survey = 'nps' AND score <= 10 AND responded_at >= ? AND responded_at < ?`,
		from.UTC().Format(timeLayout), to.UTC().Format(timeLayout))
}

func BenchmarkBuild(b *testing.B) {
	path := filepath.Join(b.TempDir(), "demo.db")
	for b.Loop() {
		if err := Build(b.Context(), path, instants["an afternoon in summer"], Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkExtendByAMinute(b *testing.B) {
	path := filepath.Join(b.TempDir(), "demo.db")
	now := instants["an afternoon in summer"]
	if err := Build(b.Context(), path, now, Options{}); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		now = now.Add(time.Minute)
		if err := Extend(b.Context(), path, now); err != nil {
			b.Fatal(err)
		}
	}
}
