package app_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/testdb"
)

// contacted is a formula over two collectors, with a goal on all of it and one on
// a segment.
const contacted = `
  - name: desk
    source: db
    table: tickets
    entity: tickets
    dimensions: [region]
    interval: 30s
    timeout: 30s
    kpis: [ticket_volume]
  - name: base
    source: db
    table: subscriptions
    entity: subscriptions
    dimensions: [region, plan]
    interval: 30s
    timeout: 30s
    kpis: [customers]
formulas:
  - name: rate
    contact_rate: {contacts: desk.ticket_volume.created, customers: base.customers.active}
    windows: [30d, 7d]
    interval: 30s                # the race detector makes the past of SQLite slow
goals:
  - name: few-contacts
    type: keep
    collector: rate
    kpi: contact_rate
    window: 7d
    target: 1
  - name: fewer-contacts
    type: reach
    collector: rate
    kpi: contact_rate
    window: 7d
    segment: {region: eu}
    change: -10%
    start: START
    deadline: DEADLINE
`

// A goal on a formula is judged as one on a collector is: from its past, for a
// segment, with its interval.
func TestGoalsOnFormulasAreJudgedFromThePast(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	db := testdb.SQLite(t)
	db.Exec(t,
		"CREATE TABLE tickets (created_at TIMESTAMP NOT NULL, resolved_at TIMESTAMP, region TEXT)",
		"CREATE TABLE subscriptions (customer_id INTEGER, started_at TIMESTAMP, ended_at TIMESTAMP, region TEXT, plan TEXT)")
	var tickets, customers []string
	for days := range 120 { // 10 tickets a day until 20 days ago, and 30 since
		n := 10
		if days < 20 {
			n = 30
		}
		for i := range n {
			tickets = append(tickets, fmt.Sprintf("('%s', '%s')", ago(time.Duration(days)*day+time.Hour), []string{"eu", "us"}[i%2]))
		}
	}
	for i := range 100 {
		customers = append(customers, fmt.Sprintf("(%d, '%s', '%s', 'pro')", i, ago(300*day), []string{"eu", "us"}[i%2]))
	}
	db.Exec(t, "INSERT INTO tickets (created_at, region) VALUES "+strings.Join(tickets, ", "),
		"INSERT INTO subscriptions (customer_id, started_at, region, plan) VALUES "+strings.Join(customers, ", "))
	midnight := func(n int) string { return time.Now().UTC().AddDate(0, 0, n).Format("2006-01-02") }
	before := time.Now()
	r := start(t, cx(source(db), strings.NewReplacer("START", midnight(-100), "DEADLINE", midnight(100)).Replace(contacted)))
	p := r.until("both goals are off track", func(p page) error {
		for _, goal := range []string{"few-contacts", "fewer-contacts"} {
			if s, _ := status(p, goal); s != "off_track" {
				return fmt.Errorf("%s is %q", goal, s)
			}
		}
		return nil
	})
	p.holds(t,
		// 7 days of 30 tickets, of 100 customers.
		is(2.1, "cx_goal_value", "goal=few-contacts", "collector=rate", "kpi=contact_rate", "unit=count", "goal_type=keep"),
		is(210, "cx_goal_samples", "goal=few-contacts"), is(-1.1, "cx_goal_margin", "goal=few-contacts"),
		// A week of 5 tickets a day, of 50 customers, and a tenth less.
		is(0.7, "cx_goal_baseline", "goal=fewer-contacts", "dimension=region", "segment=eu"),
		is(0.63, "cx_goal_target", "goal=fewer-contacts"), is(2.1, "cx_goal_value", "goal=fewer-contacts"),
		is(105, "cx_goal_samples", "goal=fewer-contacts"),
	)
	// At 99.9 %, 130 contacts may still be 100 by chance (the bound is 95.7), and
	// 150 are not (112.9): four days of 30 and three of 10. Of the region,
	// whose baseline of 35 contacts is off by chance too, it takes three or four
	// days.
	for goal, days := range map[string][2]int{"few-contacts": {15, 16}, "fewer-contacts": {15, 17}} {
		_, at := status(p, goal)
		since := time.Unix(int64(at), 0)
		if since.Before(before.Add(-time.Duration(days[1])*day-time.Hour-time.Minute)) || since.After(before.Add(-time.Duration(days[0])*day-time.Hour+time.Minute)) {
			t.Errorf("%s is off track since %s, which is %.2f days", goal, since, before.Sub(since).Hours()/24)
		}
	}
}
