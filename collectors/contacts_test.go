package collectors

import (
	"maps"
	"math"
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// calls are n contacts that end so many seconds after they were offered.
func calls(n int, end facts.Role, seconds float64) []row {
	var rows []row
	for i := range n {
		offered := at("03-01").Add(time.Duration(i) * time.Minute)
		rows = append(rows, row{"offered_at": offered, end: offered.Add(time.Duration(seconds * float64(time.Second)))})
	}
	return rows
}

// published is the 1,060 calls of ICMI's five formulas: 1,000 answered, 860 of
// them within 20 seconds; 60 abandoned, 20 of them within 20 seconds and 10 of
// these within 5.
func published() []row {
	rows := calls(860, roleAnsweredAt, 20)
	rows = append(rows, calls(140, roleAnsweredAt, 21)...)
	rows = append(rows, calls(10, roleAbandonedAt, 5)...)
	rows = append(rows, calls(10, roleAbandonedAt, 20)...)
	return append(rows, calls(40, roleAbandonedAt, 20.5)...)
}

func TestServiceLevelAsPublished(t *testing.T) {
	t.Parallel()
	tests := []struct {
		formula, short  string
		met, n, percent float64
	}{
		{"abandoned_met", "0", 880, 1060, 83.0},
		{"answered", "5s", 860, 1000, 86.0},
		{"offered", "0", 860, 1060, 81.1},
		{"abandoned_left", "5s", 860, 1040, 82.7},
		{"short_met", "5s", 870, 1060, 82.1},
		// By default who gives up at once does not count.
		{"offered", "5s", 860, 1050, 81.9},
		{"abandoned_met", "5s", 870, 1050, 82.9},
	}
	for _, tt := range tests {
		t.Run(tt.formula+" "+tt.short, func(t *testing.T) {
			t.Parallel()
			p := &ServiceLevel{Within: duration("20s"), ShortAbandon: duration(tt.short), Formula: tt.formula}
			got := evaluate(t, build(t, p, EntityContacts), march(), published())
			want(t, got, map[string]float64{
				"cx_service_level_ratio":        tt.met / tt.n,
				"cx_service_level_contacts":     tt.n,
				"cx_service_level_met_contacts": tt.met,
			})
			if percent := math.Round(1000*got["cx_service_level_ratio"]) / 10; percent != tt.percent {
				t.Errorf("%v %%, want %v", percent, tt.percent)
			}
		})
	}
}

// Whole seconds tell many callers who hung up at once that they waited for none.
func TestNobodyGivesUpTooSoonWithoutShortAbandon(t *testing.T) {
	t.Parallel()
	rows := calls(6, roleAnsweredAt, 10)
	rows = append(rows, calls(2, roleAbandonedAt, 0)...)
	rows = append(rows, calls(2, roleAbandonedAt, 30)...)
	for _, tt := range []struct {
		formula string
		met, n  float64
	}{
		{"offered", 6, 10},
		{"answered", 6, 6},
		{"abandoned_met", 8, 10},
		{"abandoned_left", 6, 8},
		{"short_met", 6, 10},
	} {
		t.Run(tt.formula, func(t *testing.T) {
			t.Parallel()
			p := &ServiceLevel{Within: duration("20s"), Formula: tt.formula}
			for _, mapped := range [][]facts.Role{nil, {roleWaitSeconds}} {
				seconds := rows
				if mapped != nil {
					seconds = nil
					for _, r := range rows {
						r = maps.Clone(r)
						if r["answered_at"] != nil {
							r["wait_seconds"] = 10.0
						}
						seconds = append(seconds, r)
					}
				}
				want(t, evaluate(t, build(t, p, EntityContacts, mapped...), march(), seconds), map[string]float64{
					"cx_service_level_ratio": tt.met / tt.n, "cx_service_level_contacts": tt.n, "cx_service_level_met_contacts": tt.met,
				})
			}
		})
	}
}

// queued is contacts around March as they were known on 1 April.
func queued() []row {
	return []row{
		{"offered_at": at("03-01"), "answered_at": at("03-01 00:00:10"), "wait_seconds": 10.0},
		{"offered_at": at("03-02"), "answered_at": at("03-02"), "wait_seconds": 0.0},
		{"offered_at": at("03-02"), "answered_at": at("03-02 00:01:00"), "wait_seconds": 60.0},
		// Answered after all.
		{"offered_at": at("03-03"), "answered_at": at("03-03 00:00:30"), "wait_seconds": 30.0, "abandoned_at": at("03-03 00:00:20")},
		// Gave up at once, after five seconds, and later.
		{"offered_at": at("03-04"), "abandoned_at": at("03-04")},
		{"offered_at": at("03-04"), "abandoned_at": at("03-04 00:00:05")},
		{"offered_at": at("03-04"), "abandoned_at": at("03-04 00:00:06")},
		// Waits; is answered on the boundary; gives up on the boundary.
		{"offered_at": at("03-31 23:59:00")},
		{"offered_at": at("03-31 23:59:00"), "answered_at": at("04-01"), "wait_seconds": 60.0},
		{"offered_at": at("03-31 23:59:00"), "abandoned_at": at("04-01")},
		// Not of March; broken.
		{"offered_at": at("04-01"), "answered_at": at("04-01"), "wait_seconds": 0.0},
		{"offered_at": at("02-29 23:59:59"), "answered_at": at("03-01"), "wait_seconds": 1.0},
		{"offered_at": at("03-05"), "answered_at": at("03-04"), "wait_seconds": -86400.0},
	}
}

func TestAbandonment(t *testing.T) {
	t.Parallel()
	result := func(ratio, offered, answered, abandoned, short, waiting float64) map[string]float64 {
		return map[string]float64{
			"cx_abandonment_ratio": ratio, "cx_contacts_offered": offered, "cx_contacts_answered": answered,
			"cx_contacts_abandoned": abandoned, "cx_contacts_abandoned_short": short, "cx_contacts_waiting": waiting,
		}
	}
	k := build(t, newAbandonment(), EntityContacts)
	want(t, evaluate(t, k, march(), queued()), result(1.0/5, 10, 4, 1, 2, 3))
	all := build(t, &Abandonment{}, EntityContacts)
	want(t, evaluate(t, all, march(), queued()), result(3.0/7, 10, 4, 3, 0, 3))
	later := kpi.Span{Lo: at("03-01"), Hi: at("04-01"), At: at("04-02")}
	want(t, evaluate(t, k, later, queued()), result(2.0/7, 10, 5, 2, 2, 1))
	// Seconds do not say when: the answer of the boundary is known. The broken one is refused.
	seconds := build(t, newAbandonment(), EntityContacts, roleWaitSeconds)
	want(t, evaluate(t, seconds, march(), queued()), result(1.0/6, 10, 5, 1, 2, 2))
	if got := rejected(t, seconds, march(), queued()); got["off_scale"] != 1 || got["not_a_number"] != 0 {
		t.Errorf("refused %v, want one below zero", got)
	}
	if k.Desc().Fidelity != kpi.Exact || seconds.Desc().Fidelity != kpi.Restated {
		t.Errorf("%s and %s", k.Desc().Fidelity, seconds.Desc().Fidelity)
	}
	want(t, evaluate(t, k, march(), nil), result(math.NaN(), 0, 0, 0, 0, 0))
}

func TestWaitTime(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		mapped []facts.Role
		mean   float64
		p90    float64
	}{
		{"between instants: 10, 0, 60 and 30 s", nil, 25, 60},
		{"seconds, which know what comes after March", []facts.Role{roleWaitSeconds}, 32, 60},
		{"instants where both are named", []facts.Role{roleWaitSeconds, roleAnsweredAt}, 25, 60},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := evaluate(t, build(t, newWaitTime(), EntityContacts, tt.mapped...), march(), queued())
			if got["cx_wait_mean_seconds"] != tt.mean {
				t.Errorf("mean %v, want %v", got["cx_wait_mean_seconds"], tt.mean)
			}
			near(t, "p90", got["cx_wait_p90_seconds"], tt.p90)
		})
	}
}

// All that is asked of contacts is one pass over them.
func TestContactsNeedOneStatement(t *testing.T) {
	t.Parallel()
	var needs []facts.Need
	for _, p := range []Parameters{newWaitTime(), newServiceLevel(), newAbandonment()} {
		for _, s := range []kpi.Span{march(), always()} {
			needs = append(needs, build(t, p, EntityContacts).Needs(s)...)
		}
	}
	keyed := map[string]bool{}
	for _, n := range needs {
		if n.Cube.Time != roleOfferedAt || n.Cube.Standing != (facts.Standing{}) {
			t.Errorf("a cube on %s", n.Cube.Time)
		}
		if len(n.Cube.Keys) > 0 {
			keyed[text(n.Cube.Keys)] = true
		}
	}
	if len(keyed) != 1 {
		t.Errorf("cubes do not merge: %v", keyed)
	}
}

func TestContactParameters(t *testing.T) {
	t.Parallel()
	mistakes(t, map[string]mistake{
		"in time is some time": {
			&ServiceLevel{Formula: "offered"}, bind(EntityContacts),
			"within: 0s must be above 0: say what is in time, such as 20s",
		},
		"who gives up late does not give up soon": {
			&ServiceLevel{Within: duration("20s"), ShortAbandon: duration("30s"), Formula: "offered"}, bind(EntityContacts),
			"short_abandon: 30s is longer than within, 20s: say who gives up too soon to be answered, such as 5s",
		},
	})
}
