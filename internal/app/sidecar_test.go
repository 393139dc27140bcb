package app

import (
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cx-exporter/cx-exporter/alerts"
	"github.com/cx-exporter/cx-exporter/alerts/alertmanager"
	"github.com/cx-exporter/cx-exporter/config"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

const (
	// evaluated is how often the exporter of the simulation reads its database.
	evaluated = 5 * time.Minute
	// round is how often alerts are looked at and sent: less often than by default,
	// to be done sooner.
	round = 2 * time.Minute
	// calm is how long everything has to be up for an alert to be told by then:
	// an evaluation, the wait, and a look of the stand-in, with some to spare.
	calm = 40 * time.Minute
)

// stretch is a time in which something is bad.
type stretch struct{ from, to time.Time }

// world is an exporter with its database and its Alertmanager, of which any may
// go away at any time. Its fields belong to the driver, but for what mu guards.
type world struct {
	t     *testing.T
	r     *rand.Rand
	am    *standIn
	state string
	cfg   *config.Alerting
	bad   map[string][]stretch // by the alert's name; true as the database has it

	book *Book
	side *sidecar // nil while the exporter is down
	line *line    // from the exporter to the Alertmanager

	mu sync.Mutex
	// goals are what is known of them, which the book keeps.
	goals map[string]alerts.State
	// values are what a good evaluation has found, and read is when; both are
	// forgotten by a restart.
	values                   map[string]bool
	read                     time.Time
	attempted, lastSucceeded bool
}

// line carries requests until it is cut.
type line struct {
	to  *standIn
	cut chan struct{}
}

// names are the alerts of the simulation, beside CXGoalMet.
func names() []string {
	return []string{"CXGoalOffTrack", "CXGoalBreached", "CXChurnRising", "CXCollectorFailing"}
}

func (w *world) is(name string) bool {
	now := time.Now()
	return slices.ContainsFunc(w.bad[name], func(s stretch) bool { return !now.Before(s.from) && now.Before(s.to) })
}

// fates draws when things are bad: some hours or days, and as long good.
func (w *world) fates(begin time.Time) {
	for _, name := range names() {
		at := begin.Add(w.between(time.Hour, 24*time.Hour))
		for at.Before(begin.Add(simulated)) {
			longest := 72 * time.Hour
			if name == "CXCollectorFailing" { // the database is down
				longest = 8 * time.Hour
			}
			to := at.Add(w.between(20*time.Minute, longest))
			w.bad[name] = append(w.bad[name], stretch{at, to})
			at = to.Add(w.between(2*time.Hour, 72*time.Hour))
		}
	}
	w.bad["CXGoalMet"] = []stretch{{begin.Add(simulated / 3), begin.Add(simulated)}}
}

func (w *world) between(least, most time.Duration) time.Duration {
	return least + time.Duration(w.r.Int64N(int64(most-least)))
}

// evaluate reads the database.
func (w *world) evaluate() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.attempted, w.lastSucceeded = true, !w.is("CXCollectorFailing")
	if !w.lastSucceeded {
		return
	}
	now := time.Now()
	w.read = now
	for goal, alert := range map[string]string{"reach": "CXGoalOffTrack", "keep": "CXGoalBreached", "done": "CXGoalMet"} {
		s, status := w.goals[goal], alerts.OnTrack
		switch {
		case w.is(alert) && goal == "done":
			status = alerts.Met
		case w.is(alert):
			status = alerts.OffTrack
		}
		if s.Status != status {
			s = alerts.State{Status: status, Since: now}
		}
		w.goals[goal] = s
	}
	w.values["churn"] = w.is("CXChurnRising")
}

// samples are what the exporter shows.
func (w *world) samples() []kpi.Sample {
	w.mu.Lock()
	defer w.mu.Unlock()
	var out []kpi.Sample
	add := func(family string, value float64, labels ...string) {
		s := kpi.Sample{Metric: family, Value: value}
		for i := 0; i+1 < len(labels); i += 2 {
			s.Labels = append(s.Labels, kpi.Label{Name: labels[i], Value: labels[i+1]})
		}
		out = append(out, s)
	}
	for goal, kind := range map[string]string{"reach": "reach", "keep": "keep", "done": "reach"} {
		own := []string{"collector", "subs", "goal", goal, "goal_type", kind, "kpi", "retention", "severity", "warning", "unit", "ratio"}
		add("cx_goal_min_samples", 30, own...)
		s, ok := w.goals[goal]
		if !ok {
			continue
		}
		for _, status := range alerts.Statuses() {
			holds := 0.0
			if status == s.Status {
				holds = 1
			}
			add("cx_goal_status", holds, append(slices.Clone(own), "status", string(status))...)
		}
		add("cx_goal_status_since_timestamp_seconds", float64(s.Since.UnixMicro())/1e6, own...)
		if s.Status == alerts.Met {
			add("cx_goal_ended_timestamp_seconds", float64(s.Since.UnixMicro())/1e6, own...)
		}
		add("cx_goal_standing_code", float64(s.Status.Code()), own...)
		add("cx_goal_standing_since_timestamp_seconds", float64(s.Since.UnixMicro())/1e6, own...)
		add("cx_goal_value", 0.034, own...)
	}
	add("cx_collector_interval_seconds", evaluated.Seconds(), "collector", "subs")
	add("cx_kpi_min_samples", 30, "collector", "subs", "kpi", "churn", "stat", "ratio", "window", "30d")
	if w.attempted {
		success := 0.0
		if w.lastSucceeded {
			success = 1
		}
		add("cx_collector_success", success, "collector", "subs")
	}
	if !w.read.IsZero() {
		add("cx_collector_last_success_timestamp_seconds", float64(w.read.UnixMicro())/1e6, "collector", "subs")
		if time.Since(w.read) <= 3*evaluated { // else the values are withdrawn
			ratio := 1.0
			if w.values["churn"] {
				ratio = 2
			}
			add("cx_kpi_spike_ratio", ratio, "kpi", "churn", "collector", "subs", "length", "10d")
			add("cx_kpi_spike_pvalue", 0.0001, "kpi", "churn", "collector", "subs", "length", "10d")
		}
	}
	return out
}

// start starts the exporter, which knows no more than its file.
func (w *world) start() {
	w.mu.Lock()
	w.values, w.read, w.attempted = map[string]bool{}, time.Time{}, false
	w.mu.Unlock()
	var err error
	if w.book, err = OpenBook(w.state); err != nil {
		w.t.Fatal(err)
	}
	w.line = &line{w.am, make(chan struct{})}
	w.side = &sidecar{o: sidecarOptions{
		Samples: w.samples, Book: w.book, Now: time.Now, Log: slog.New(slog.DiscardHandler), Version: "test", LookEvery: round, Transport: w.line,
	}}
	w.load()
}

// load has the sidecar take the configuration, as a start and a reload do.
func (w *world) load() {
	p, err := w.side.prepare(w.cfg)
	if err != nil {
		w.t.Fatal(err)
	}
	w.side.replace(p)
}

// stop ends the exporter in order. kill takes it away: nothing more is sent, and
// its file stays as it was.
func (w *world) stop() {
	w.side.stop()
	w.side = nil
}

func (w *world) kill() {
	content, err := os.ReadFile(w.state)
	close(w.line.cut)
	w.side.stop()
	w.side = nil
	switch {
	case err == nil:
		err = os.WriteFile(w.state, content, 0o600)
	case os.IsNotExist(err):
		err = os.RemoveAll(w.state)
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

// judge checks what has been told now, after a calm time or not.
func (w *world) judge(quiet map[string]time.Duration, seen int) int {
	w.am.mu.Lock()
	defer w.am.mu.Unlock()
	now := time.Now()
	for _, n := range w.am.notes[seen:] {
		name := n.alert.Labels["alertname"]
		if !slices.Contains(append(names(), "CXGoalMet", "CXKPIStale"), name) {
			w.t.Errorf("an alert is told that nobody knows: %+v", n)
		}
		for _, s := range w.bad[name] {
			if !n.firing && s.from.Before(now.Add(-calm)) && now.Before(s.to) && name != "CXGoalMet" {
				w.t.Errorf("%s is told to have ended, and goes on from %s to %s: %+v", name, s.from, s.to, n)
			}
		}
		near := func(s stretch) bool { return now.After(s.from) && now.Before(s.to.Add(24*time.Hour)) }
		if n.firing && name != "CXKPIStale" && !slices.ContainsFunc(w.bad[name], near) {
			w.t.Errorf("%s is told, and nothing is bad: %+v", name, n)
		}
	}
	for name, lasted := range quiet {
		if lasted < calm || name == "CXGoalMet" {
			continue
		}
		told := slices.ContainsFunc(w.am.notes, func(n note) bool { return n.alert.Labels["alertname"] == name }) && w.last(name)
		if told != w.is(name) {
			w.t.Errorf("at %s everything has been up for %s, and %s is told as %t, but is %t", now, lasted, name, told, w.is(name))
		}
	}
	return len(w.am.notes)
}

// last is what was last told of an alert.
func (w *world) last(name string) (firing bool) {
	for _, n := range w.am.notes {
		if n.alert.Labels["alertname"] == name {
			firing = n.firing
		}
	}
	return firing
}

// live runs sixty days, and returns how often what went away.
func (w *world) live() map[string]int {
	begin := time.Now()
	w.fates(begin)
	w.start()
	troubles := map[string]int{}
	trouble := begin.Add(w.between(time.Hour, 6*time.Hour))
	var over func() // ends the present trouble
	var overAt time.Time
	quiet, was := map[string]time.Duration{}, map[string]bool{}
	seen := 0
	for minute := 0; time.Since(begin) < simulated && !w.t.Failed(); minute++ {
		switch now := time.Now(); {
		case over != nil && !now.Before(overAt):
			over()
			over, trouble = nil, now.Add(w.between(10*time.Minute, 12*time.Hour))
		case over == nil && !now.Before(trouble):
			var lasts time.Duration
			var kind string
			kind, over, lasts = w.trouble()
			troubles[kind]++
			overAt = now.Add(lasts)
		}
		if w.side != nil && (minute%5 == 0 || !w.tried()) {
			w.evaluate()
		}
		for _, name := range names() {
			up := over == nil && (!w.is("CXCollectorFailing") || name == "CXCollectorFailing")
			if !up || w.is(name) != was[name] {
				quiet[name] = 0
			}
			was[name] = w.is(name)
		}
		if minute%int(groupInterval/time.Minute) == 0 {
			w.am.flush()
			seen = w.judge(quiet, seen)
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		for _, name := range names() {
			quiet[name] += time.Minute
		}
	}
	if w.side != nil {
		w.stop()
	}
	return troubles
}

func (w *world) tried() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.attempted
}

// trouble begins one, and tells how it ends and after how long.
func (w *world) trouble() (kind string, over func(), lasts time.Duration) {
	switch w.r.IntN(5) {
	case 0:
		w.kill()
		return "kill of the exporter", w.start, w.between(0, 10*time.Minute)
	case 1:
		w.stop()
		return "restart of the exporter", w.start, w.between(0, 10*time.Minute)
	case 2:
		w.load()
		return "reload", func() {}, 0
	case 3:
		w.am.crash()
		return "restart of the Alertmanager", w.am.start, w.between(0, 6*time.Hour)
	}
	w.am.hide()
	return "cut of the network", w.am.start, w.between(0, 9*time.Minute)
}

// Sixty days in which the exporter, its database, the Alertmanager and the way
// between them go away at any time: no alert is lost, none is told twice, good
// news are told once, and nothing is told to have ended that goes on.
func TestNoAlertIsLostOrToldTwiceOrEndedByTrouble(t *testing.T) {
	t.Parallel()
	for seed := range *worlds {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			state := filepath.Join(t.TempDir(), "goals.json")
			synctest.Test(t, func(t *testing.T) {
				am := &standIn{alerts: map[string]alertmanager.Alert{}, told: map[string]bool{}}
				w := &world{
					t: t, r: rand.New(rand.NewPCG(7, uint64(seed))), am: am, state: state,
					bad: map[string][]stretch{}, goals: map[string]alerts.State{},
					cfg: &config.Alerting{
						Alertmanagers:  []config.Alertmanager{{Scheme: "http", Targets: []string{"am:9093"}, PathPrefix: "/", Timeout: 10 * time.Second}},
						ResendInterval: round, Hold: 15 * time.Minute,
					},
				}
				troubles := w.live()
				if len(am.refused) > 0 {
					t.Errorf("the API refuses %d alerts, such as %s", len(am.refused), am.refused[0])
				}
				count := map[string]int{}
				for _, n := range am.notes {
					if n.firing {
						count[n.alert.Labels["alertname"]]++
					}
				}
				if count["CXGoalMet"] != 1 {
					t.Errorf("the good news is told %d times", count["CXGoalMet"])
				}
				for _, name := range names() {
					if n := len(w.bad[name]); count[name] > n {
						t.Errorf("%s is told %d times, and came %d times", name, count[name], n)
					}
				}
				t.Logf("told %v of %d, %d, %d and %d times; troubles: %v", count,
					len(w.bad[names()[0]]), len(w.bad[names()[1]]), len(w.bad[names()[2]]), len(w.bad[names()[3]]), troubles)
			})
		})
	}
}

// A reload, and a restart that has the state file, neither hides that an
// Alertmanager has not been reached for long, nor counts anew.
func TestAReloadHidesNoAlertmanagerThatIsAway(t *testing.T) {
	t.Parallel()
	state := filepath.Join(t.TempDir(), "goals.json")
	synctest.Test(t, func(t *testing.T) {
		w := &world{
			t: t, r: rand.New(rand.NewPCG(7, 1)), am: &standIn{alerts: map[string]alertmanager.Alert{}, told: map[string]bool{}}, state: state,
			bad: map[string][]stretch{}, goals: map[string]alerts.State{},
			cfg: &config.Alerting{
				Alertmanagers:  []config.Alertmanager{{Scheme: "http", Targets: []string{"am:9093"}, PathPrefix: "/", Timeout: 10 * time.Second}},
				ResendInterval: round, Hold: 15 * time.Minute,
			},
		}
		pass := func(d time.Duration) alertmanager.Health {
			time.Sleep(d)
			synctest.Wait()
			return w.side.health()[0]
		}
		w.start()
		reached := pass(11 * time.Minute)
		if reached.Failing || time.Since(reached.LastSuccess) > round {
			t.Fatalf("the Alertmanager is not reached: %+v", reached)
		}
		w.am.hide()
		failed := pass(time.Hour)
		if !failed.Failing || !failed.LastSuccess.Equal(reached.LastSuccess) {
			t.Errorf("away for an hour it is %+v, and was %+v", failed, reached)
		}
		w.load()
		if h := pass(time.Second); !h.LastSuccess.Equal(reached.LastSuccess) || h.Errors < failed.Errors || h.Sent != reached.Sent {
			t.Errorf("after a reload it is %+v, before it was %+v", h, failed)
		}
		w.stop()
		w.start()
		if h := pass(time.Second); !h.LastSuccess.Equal(reached.LastSuccess) {
			t.Errorf("after a restart it was reached at %s, want %s", h.LastSuccess, reached.LastSuccess)
		}
		w.am.start()
		if h := pass(10 * time.Minute); h.Failing || time.Since(h.LastSuccess) > round {
			t.Errorf("when it is back it is %+v", h)
		}
		w.stop()
	})
}
