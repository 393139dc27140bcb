package endtoend

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/testdb"
)

// wishes are a goal that was met yesterday, at its deadline, and one that is out
// of reach.
const wishes = `
  - name: recover
    type: reach
    collector: subscriptions
    kpi: churn
    window: 30d
    change: -30%%
    start: %s
    deadline: %s
    hold: 60d
  - name: lose-nobody
    type: keep
    collector: subscriptions
    kpi: churn
    window: 30d
    target: 0.1%%
    severity: critical
`

// TestCrashesTellNothing kills the exporter and the Alertmanager in turn, while
// good news and bad are being told. Nothing is told again, and nothing ends.
func TestCrashesTellNothing(t *testing.T) {
	t.Parallel()
	c := found(t)
	c.move(t, c.story.PriceRise.AddDate(0, 0, 150))
	r := open(t, "exporter itself")
	day := func(days int) string { return time.Now().UTC().AddDate(0, 0, days).Format(time.DateOnly) }
	exporter := startExporter(t, c.config(fmt.Sprintf(wishes, day(-90), day(-1))+alerting(r)))
	news := []string{"CXGoalMet", "CXGoalBreached"}
	for _, name := range news {
		eventually(t, name+" is told, and known to have been", func() error {
			if len(r.told(name, "firing")) == 0 || !r.alertmanager.Kept("nflog", name) {
				return fmt.Errorf("told %d times", len(r.told(name, "firing")))
			}
			return nil
		})
	}
	for round := range 3 {
		for _, victim := range []*testdb.Service{exporter, r.alertmanager} {
			victim.Kill()
			victim.Start(t)
		}
		for _, name := range news {
			eventually(t, name+" fires again", func() error {
				_, text, err := r.alertmanager.Ask(t.Context(), http.MethodGet, "/api/v2/alerts?active=true", "")
				if err == nil && !strings.Contains(text, name) {
					err = fmt.Errorf("Alertmanager has %s", text)
				}
				return err
			})
		}
		// An alert that came after them has been told, so they would have been.
		marker := fmt.Sprintf("Marker%d", round)
		post(t, r.alertmanager, firing(marker))
		eventually(t, marker+" is told", func() error {
			if len(r.told(marker, "firing")) == 0 || !r.alertmanager.Kept("nflog", marker) {
				return fmt.Errorf("not yet")
			}
			return nil
		})
	}
	for _, name := range news {
		if firing, over := r.told(name, "firing"), r.told(name, "resolved"); len(firing) != 1 || len(over) != 0 {
			t.Errorf("%s was told to fire %d times, and to be over %d times: %+v", name, len(firing), len(over), append(firing, over...))
		}
	}
}
