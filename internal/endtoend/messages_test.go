package endtoend

import (
	"fmt"
	"regexp"
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/testdb"
)

// missing is nil once an inbox has a message that holds all of some texts.
func missing(in *inbox, texts ...string) error {
	if len(in.having(texts...)) == 0 {
		return fmt.Errorf("no message has %q", texts)
	}
	return nil
}

// saying gives an alert its texts, and its beginning.
func saying(a testdb.NotifiedAlert, begun time.Time, summary, description, board string) testdb.NotifiedAlert {
	a.StartsAt = begun
	a.Annotations["summary"], a.Annotations["description"] = summary, description
	if board != "" {
		a.Annotations["dashboard_url"] = board
	}
	return a
}

// instants are times as the messages tell them.
var instants = regexp.MustCompile(`(Mon|Tue|Wed|Thu|Fri|Sat|Sun) \d{1,2} [A-Z][a-z]{2} \d{4}, \d\d:\d\d UTC`)

// TestMessagesReadWell sends alerts, with texts as the rules make them, through
// the example to Slack and by mail.
func TestMessagesReadWell(t *testing.T) {
	t.Parallel()
	in := openInbox(t)
	alertmanager := startExample(t, in, "years: ['1999:2999']")
	// Alerts that began long ago are told at once, and not all of a group together.
	begun := time.Now()
	kept := []string{"goal=keep-customers", "goal_owner=retention-team", "goal_type=keep", "kpi=churn", "collector=subscriptions", "unit=ratio", "severity=critical"}
	const board = "https://grafana.example.com/d/cx-goal?var-goal=keep-customers"
	breach := saying(firing("CXGoalBreached", kept...), begun, "keep-customers is not kept",
		"churn of subscriptions is 6.027% (5.301% to 6.847%); the limit is 3%. Chance does not explain the difference.", board)
	post(t, alertmanager,
		saying(firing("CXChurnRising", "kpi=churn", "collector=subscriptions", "length=10d", "severity=critical"), begun, "Churn is rising in subscriptions",
			"Customers leave 2.499 times as often in the last 10d as in the same days of the 12 months before, which chance does not explain.", ""),
		saying(firing("CXChurnRising", "kpi=churn", "collector=subscriptions", "length=30d", "severity=critical"), begun, "Churn is rising in subscriptions",
			"Customers leave 2.238 times as often in the last 30d as in the same days of the 12 months before, which chance does not explain.", ""),
		breach,
		saying(firing("CXGoalOffTrack", "goal=satisfy-blue", "goal_owner=support-team", "goal_type=reach", "kpi=csat", "collector=answers", "dimension=team", "segment=blue & red", "unit=ratio", "severity=warning"),
			begun, "satisfy-blue is off track",
			"csat of answers for team blue & red is 81.4% (78.2% to 84.3%), where 87.5% was to be expected by now on the way to 90%. Chance does not explain the difference.", ""),
		saying(firing("CXGoalMet", "goal=answer-sooner", "goal_owner=support-team", "goal_type=reach", "kpi=first_response_time", "collector=support", "unit=seconds", "severity=info", "kind=celebrate"),
			begun, "answer-sooner is met: celebrate",
			"first_response_time of support is 3h 12m 0s (2h 58m 0s to 3h 27m 0s); the target was 4h 0m 0s, from 9h 30m 0s.", "https://grafana.example.com/d/cx-goal?var-goal=answer-sooner"),
		saying(firing("CXGoalSampleTooSmall", "goal=recommended-by-pro", "goal_owner=product-team", "goal_type=keep", "kpi=nps", "collector=relationship", "dimension=plan", "segment=pro", "unit=points", "severity=info"),
			begun, "recommended-by-pro cannot be judged: too few samples",
			"nps of relationship for plan pro could not be judged for three days: it rests on fewer samples than the goal asks for.", ""),
		saying(firing("CXCollectorFailing", "collector=website", "severity=warning"), begun, "The collector website fails",
			"Its runs fail. The exporter's log says why, and cx_collector_failures_total the kind of failure.", ""),
		saying(firing("CXKPIStale", "collector=shop", "severity=warning"), begun, "The KPIs of shop are out of date",
			"The last successful run was 26m 13s ago, more than three intervals.", ""),
		saying(firing("CXSourceStale", "collector=shop", "severity=warning"), begun, "Nobody writes to what shop reads",
			"The database answers, but its newest row is older than twice the longest pause of the week before. Has an import stopped?", ""),
	)
	for _, wanted := range [][]string{
		{"Slack", "Churn is rising"},
		{"Mail to cx-leads@", "Churn is rising"},
		{"Slack", "keep-customers"},
		{"Mail to cx-leads@", "keep-customers"},
		{"Slack", "satisfy-blue"},
		{"Slack", "answer-sooner"},
		{"Mail to cx-team@", "recommended-by-pro"},
		{"Mail to operators@", "website"},
		{"Mail to operators@", "shop"},
	} {
		eventually(t, fmt.Sprint(wanted), func() error { return missing(in, wanted...) })
	}
	over := saying(firing("CXGoalBreached", kept...), breach.StartsAt, "keep-customers is kept again",
		"churn of subscriptions is 1.487% (1.131% to 1.953%), it was 6.027%; the limit is 3%.", board)
	over.EndsAt = time.Now()
	post(t, alertmanager, over)
	for _, wanted := range [][]string{{"Slack", "Over: keep-customers"}, {"Mail to cx-leads@", "Over: keep-customers"}} {
		eventually(t, fmt.Sprint(wanted), func() error { return missing(in, wanted...) })
	}
	golden(t, "messages.txt", instants.ReplaceAllString(in.all(), "Mon 2 Mar 2026, 08:15 UTC"))
}
