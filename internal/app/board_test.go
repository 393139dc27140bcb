package app_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/testdb"
)

// teams adds answers of many teams.
func teams(t *testing.T, db *testdb.Database, n int) {
	t.Helper()
	for team := range n {
		var rows []string
		for i := range 12 {
			rows = append(rows, fmt.Sprintf("(%d, '%s', 'team %d')", 1+(i+team)%5, ago(time.Hour), team))
		}
		db.Exec(t, "INSERT INTO responses (score, responded_at, team) VALUES "+strings.Join(rows, ", "))
	}
}

// A look at the board takes a few milliseconds, whatever the databases do.
func TestTheBoardAnswersWhileTheDatabaseIsDown(t *testing.T) {
	t.Parallel()
	db := testdb.Postgres(t).New(t)
	survey(t, db)
	teams(t, db, 40)
	proxy := testdb.NewProxy(t, db.Server.Addr())
	wide := strings.Replace(answers, "    windows: [7d]\n", "    windows: [7d, 30d]\n    dimensions: [team]\n", 1)
	r := start(t, cx(sourceAt(db, proxy.Addr()), wide))
	p := r.until("the values are there", above(0, csat, "window=7d"))
	if n := strings.Count(p.text, "\ncx_"); n < 1000 {
		t.Fatalf("only %d series are shown", n)
	}
	proxy.Set(testdb.Reset)
	r.until("the database is down", is(0, "cx_source_up"))
	const requests, rounds = 400, 10
	limit := 5 * time.Millisecond
	if raced {
		limit *= 20 // the race detector, and the packages that are tested beside
	}
	best := time.Hour
	for range rounds { // the machine may be busy with other tests
		took := make([]time.Duration, requests)
		for i := range took {
			begun := time.Now()
			status, text, err := r.request(http.MethodGet, "/")
			took[i] = time.Since(begun)
			if err != nil || status != http.StatusOK || !strings.Contains(text, "answers cannot be read") {
				t.Fatalf("/ answers %d, %v: %s", status, err, text)
			}
		}
		slices.Sort(took)
		if best = min(best, took[requests*99/100]); best <= limit {
			break
		}
	}
	t.Logf("99 of 100 answers within %s", best)
	if best > limit {
		t.Errorf("one of 100 answers took more than %s, at best", best)
	}
}

func TestTheBoardTellsOfGoalsAndStatements(t *testing.T) {
	t.Parallel()
	db := testdb.SQLite(t)
	survey(t, db)
	goals := `
goals:
  - name: satisfied
    title: "More than half are <satisfied>"
    type: keep
    collector: answers
    kpi: csat
    window: 7d
    target: 50%
    owner: desk
    min_samples: 2
`
	r := start(t, cx(source(db), answers)+goals)
	shows := func(path string, wanted ...string) {
		t.Helper()
		r.eventually(path+" is whole", func() error {
			_, text := r.get(path)
			for _, want := range wanted {
				if !strings.Contains(text, want) {
					return fmt.Errorf("%s lacks %q:\n%s", path, want, text)
				}
			}
			return nil
		})
	}
	shows("/", "More than half are &lt;satisfied&gt;", "on track", "at least 50.0\u00a0%", "66.7\u00a0%", "desk", "up to date")
	shows("/kpi/answers/csat", "More than half are", "SELECT", "responses from db")
	// A reload keeps what is known of what stays as it is, and a goal that goes is gone.
	r.write(cx(source(db), answers))
	r.hangup <- struct{}{}
	r.eventually("the goal is gone", func() error {
		if _, text := r.get("/"); strings.Contains(text, "More than half") {
			return fmt.Errorf("it is there: %s", text)
		}
		return nil
	})
	shows("/kpi/answers/csat", "SELECT", "66.7\u00a0%")
}

// In each of the last twelve weeks one answer of twenty more was satisfied.
func TestTheBoardShowsThePast(t *testing.T) {
	t.Parallel()
	db := testdb.SQLite(t)
	survey(t, db)
	midnight := time.Now().UTC().Truncate(24 * time.Hour)
	var rows, want []string
	for week := range 12 {
		day := midnight.AddDate(0, 0, -7*(11-week)-3).Format("2006-01-02 15:04:05")
		for i := range 20 {
			score := 1
			if i <= week {
				score = 5
			}
			rows = append(rows, fmt.Sprintf("(%d, '%s', 'blue')", score, day))
		}
		want = append(want, fmt.Sprintf("%d.0\u00a0%%", 5*(week+1)))
	}
	// What the survey has of the last hours is of yesterday in the first hours of a day.
	db.Exec(t, "DELETE FROM responses", "INSERT INTO responses (score, responded_at, team) VALUES "+strings.Join(rows, ", "))
	r := start(t, cx(source(db), answers), func(s *settings) { s.history = true })
	r.eventually("the past is shown", func() error {
		_, text := r.get("/kpi/answers/csat")
		_, points, _ := strings.Cut(text, "All points")
		for _, w := range want {
			var found bool
			if _, points, found = strings.Cut(points, `<td class="num">`+w+"</td>"); !found {
				return fmt.Errorf("%s is not next in\n%s", w, text)
			}
		}
		if _, text = r.get("/"); !strings.Contains(text, "Over 12\u00a0weeks: from 5.0\u00a0% to ") {
			return fmt.Errorf("no small chart is in\n%s", text)
		}
		return nil
	})
}
