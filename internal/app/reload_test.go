package app_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/testdb"
)

// replace writes the configuration so that a reload never sees half of it.
func (r *rig) replace(cx string) {
	r.t.Helper()
	if err := os.WriteFile(r.file+".new", []byte(cx), 0o600); err != nil {
		r.t.Fatal(err)
	}
	if err := os.Rename(r.file+".new", r.file); err != nil {
		r.t.Fatal(err)
	}
}

func TestABrokenConfigurationLeavesTheOldOneRunning(t *testing.T) {
	t.Parallel()
	db := testdb.SQLite(t)
	survey(t, db)
	good := cx(source(db), answers)
	r := start(t, good)
	r.until("the values are there", every(is(2./3, csat), is(1, "cx_config_last_reload_successful")))

	r.replace(strings.Replace(good, "kpis: [csat]", "kpis: [csatt]", 1))
	status, text := r.do(http.MethodPost, "/-/reload")
	if status != http.StatusInternalServerError {
		t.Errorf("the reload of a broken file answers %d", status)
	}
	for _, want := range []string{"the one before stays in use", "cx.yml:15:12:", "csatt", `did you mean "csat"?`} {
		if !strings.Contains(text, want) {
			t.Errorf("the answer does not say %q:\n%s", want, text)
		}
	}
	r.until("the failure is shown, and the values are", every(is(0, "cx_config_last_reload_successful"), is(2./3, csat)))
	answer(t, db, 5)
	r.until("the old configuration goes on", every(is(3./4, csat), is(0, "cx_config_last_reload_successful")))

	r.hangup <- struct{}{}
	r.eventually("both reloads are in the log, each in a line that can be read", func() error {
		if n := len(r.log.lines("reload failed, the old configuration goes on", `cx.yml:15:12: collectors[0].kpis[0]: unknown KPI "csatt", did you mean "csat"?`)); n != 2 {
			return fmt.Errorf("%d are", n)
		}
		return nil
	})
	if err := os.Remove(r.file); err != nil {
		t.Fatal(err)
	}
	if status, text = r.do(http.MethodPost, "/-/reload"); status != http.StatusInternalServerError || !strings.Contains(text, "no such file") {
		t.Errorf("the reload of a file that is gone answers %d: %s", status, text)
	}

	r.replace(good)
	r.hangup <- struct{}{}
	r.logged("configuration reloaded")
	r.until("the success is shown, and the values stayed", every(is(1, "cx_config_last_reload_successful"), is(3./4, csat)))
	if status, _ = r.get("/-/reload"); status != http.StatusMethodNotAllowed {
		t.Errorf("GET /-/reload answers %d", status)
	}
}

// Reloads and scrapes at the same time, with other databases each time. Peers
// have died of it.
func TestAStormOfReloadsNeitherBreaksAPageNorLeaksAConnection(t *testing.T) {
	t.Parallel()
	const storm = 4 * time.Second
	first, second := testdb.Postgres(t).New(t), testdb.Postgres(t).New(t)
	survey(t, first)
	survey(t, second)
	answer(t, second, 5)
	quick := strings.NewReplacer("interval: 3s", "interval: 1s", "timeout: 3s", "timeout: 1s").Replace(answers)
	kinds := []string{
		cx(source(first), quick), cx(source(second), quick), cx(source(second), "\n  - nonsense"),
		cx(source(first), quick+renamed(quick, "answers", "more")),
	}
	r := start(t, kinds[0])
	r.until("the values are there", is(2./3, csat, "collector=answers"))

	ctx, cancel := context.WithTimeout(t.Context(), storm)
	defer cancel()
	var all sync.WaitGroup
	during := func(f func(i int)) {
		all.Go(func() {
			for i := 0; ctx.Err() == nil && !t.Failed(); i++ {
				f(i)
			}
		})
	}
	for range 4 {
		during(func(int) {
			status, text := ask(t, r, http.MethodGet, "/metrics")
			if status != http.StatusOK {
				t.Errorf("a scrape answers %d: %s", status, text)
				return
			}
			for _, m := range parse(t, text).all(csat) {
				if v := m.GetGauge().GetValue(); v != 2./3 && v != 3./4 {
					t.Errorf("a page shows %v", v)
				}
			}
		})
	}
	during(func(i int) {
		r.replace(kinds[i%len(kinds)])
		select {
		case r.hangup <- struct{}{}:
		case <-ctx.Done():
		}
	})
	reloads := map[int]int{}
	during(func(int) {
		status, _ := ask(t, r, http.MethodPost, "/-/reload")
		reloads[status]++
	})
	all.Wait()
	// Which files a request meets is chance, so the storm shows that there is no
	// third answer, and the calm after it that there are these two.
	known := reloads[http.StatusOK] + reloads[http.StatusInternalServerError]
	delete(reloads, http.StatusOK)
	delete(reloads, http.StatusInternalServerError)
	if known == 0 || len(reloads) > 0 {
		t.Errorf("%d reloads were answered by 200 or 500, and by anything else: %v", known, reloads)
	}
	for _, calm := range []struct{ kind, status int }{{0, http.StatusOK}, {2, http.StatusInternalServerError}} {
		r.replace(kinds[calm.kind])
		if status, text := r.do(http.MethodPost, "/-/reload"); status != calm.status {
			t.Errorf("a reload of file %d answers %d: %s", calm.kind, status, text)
		}
	}

	r.hangup <- struct{}{}
	r.until("the broken file is told", is(0, "cx_config_last_reload_successful"))
	r.replace(kinds[1])
	r.hangup <- struct{}{}
	r.until("the last configuration is in use", every(
		is(1, "cx_config_last_reload_successful"), is(3./4, csat, "collector=answers"), absent(csat, "collector=more")))
	r.eventually("the connections of earlier configurations are closed", func() error {
		for name, db := range map[string]*testdb.Database{"first": first, "second": second} {
			var n int
			if err := db.DB.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'cx-exporter'").Scan(&n); err != nil {
				return err
			}
			if want := map[string]int{"first": 0, "second": 2}[name]; n > want {
				return fmt.Errorf("%d connections to the %s database, want at most %d", n, name, want)
			}
		}
		return nil
	})
}

// ask is rig.do for goroutines.
func ask(t *testing.T, r *rig, method, path string) (status int, text string) {
	t.Helper()
	status, text, err := r.request(method, path)
	if err != nil {
		t.Error(err)
	}
	return status, text
}
