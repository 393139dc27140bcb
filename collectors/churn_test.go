package collectors

import (
	"strings"
	"testing"
)

// tried is a subscription that began with a trial.
func tried(customer, start, trial, end string) row {
	r := contract(customer, start, end)
	r["trial_ends_at"] = at(trial)
	return r
}

func TestTrialsDoNotCountUntilTheyConvert(t *testing.T) {
	t.Parallel()
	rows := []row{
		contract("never on trial", "01-01", ""),
		tried("converted before", "01-01", "01-15", ""),
		tried("converted in the window", "02-20", "03-06", ""),
		tried("still on trial at the end", "03-25", "04-08", ""),
		tried("converts at the end", "03-18", "04-01", ""),
		tried("gave up the trial", "02-20", "03-06", "03-01"),
		tried("gave up as it ended", "02-20", "03-06", "03-06"),
		tried("paid and left", "01-01", "02-01", "03-10"),
		tried("tried, then bought", "01-01", "01-15", "01-10"), contract("tried, then bought", "03-10", ""),
		tried("a trial that ends before it begins", "02-01", "01-15", ""),
	}
	got := map[string]float64{}
	for _, p := range []Parameters{newChurn(), newRetention(), newCustomers()} {
		k := build(t, p, EntitySubscriptions, roleTrialEndsAt)
		for key, v := range evaluate(t, k, march(), rows) {
			got[key] = v
		}
		if v := k.Desc().Variant; !strings.Contains(v, "the end of the trial") {
			t.Errorf("%s is said to be %s", k.Desc().Name, v)
		}
	}
	// At the beginning: never on trial, converted before, paid and left, and the
	// one whose trial was over before. New: who converted in the window, and who
	// had never paid before buying.
	want(t, got, baseline("contract", 4, 1, 3, 5, 2, 0))
	for _, k := range []KPI{build(t, newMRR(), EntitySubscriptions, roleTrialEndsAt), build(t, newAtRisk(), EntitySubscriptions, roleTrialEndsAt), build(t, newCohortRetention(), EntitySubscriptions, roleTrialEndsAt)} {
		for _, n := range k.Needs(march()) {
			if n.Subjects.Trial != roleTrialEndsAt {
				t.Errorf("%s counts trials", k.Desc().Name)
			}
		}
	}
}

func TestATrialIsOverWhenGraceIsNot(t *testing.T) {
	t.Parallel()
	// Who gave up the trial has no grace: there was nothing to renew.
	rows := []row{
		contract("stays", "01-01", ""), tried("gave up", "02-10", "02-25", "02-20"),
		tried("left after paying", "01-10", "01-25", "02-20"),
	}
	want(t, evaluate(t, build(t, &Churn{Grace: duration("14d")}, EntitySubscriptions, roleTrialEndsAt), march(), rows), map[string]float64{
		"cx_churn_ratio{basis=contract}": 0.5, "cx_customers_at_start": 2, "cx_customers_lost": 1,
	})
}

func TestEventChurnCountsWhoCameInTheWindowToo(t *testing.T) {
	t.Parallel()
	plan := func(r row, name string) row {
		r["plan"] = name
		return r
	}
	rows := []row{
		plan(contract("stays", "01-01", ""), "a"), plan(contract("lost", "01-01", "03-10"), "a"),
		plan(contract("came and left", "03-05", "03-20"), "a"), plan(contract("came and left at the end", "03-05", "04-01"), "a"),
		plan(contract("left twice", "01-01", "03-05"), "b"), plan(contract("left twice", "03-10", "03-20"), "b"),
		plan(contract("back", "01-01", "03-05"), "b"), plan(contract("back", "03-20", ""), "b"),
		plan(contract("came and upgraded", "03-05", "03-20"), "b"), plan(contract("came and upgraded", "03-20", ""), "b"),
		plan(contract("long gone", "01-01", "02-01"), "b"), plan(contract("never was", "03-12", "03-12"), "a"),
	}
	k := build(t, &Churn{Events: true}, EntitySubscriptions)
	want(t, evaluate(t, k, march(), rows), map[string]float64{
		"cx_churn_ratio{basis=contract}": 0.5, "cx_customers_at_start": 4, "cx_customers_lost": 2,
		"cx_event_churn_ratio": 0.75, "cx_customers_left": 3,
	})
	want(t, evaluateSegment(t, k, march(), rows, "plan", "a"), map[string]float64{
		"cx_churn_ratio{basis=contract}": 0.5, "cx_customers_at_start": 2, "cx_customers_lost": 1,
		"cx_event_churn_ratio": 1, "cx_customers_left": 2,
	})
	only := []row{contract("a", "01-01", "03-10"), contract("b", "03-02", "03-10"), contract("c", "03-02", "03-10")}
	if got := evaluate(t, k, march(), only)["cx_event_churn_ratio"]; got != 3 {
		t.Errorf("three who left where there was one are %v", got)
	}
	// A period of grace makes a customer of who had a contract for no time at all.
	graced := []row{contract("a", "01-01", ""), contract("never was", "03-12", "03-12")}
	if got := evaluate(t, build(t, &Churn{Events: true, Grace: duration("7d")}, EntitySubscriptions), march(), graced)["cx_customers_left"]; got != 1 {
		t.Errorf("%v left after a week of grace, want 1", got)
	}
	both := build(t, &Churn{Events: true, Involuntary: []string{"fraud"}}, EntitySubscriptions)
	if got := evaluate(t, both, march(), rows); got["cx_customers_left"] != 3 || got["cx_customers_lost_voluntarily"] != 2 {
		t.Errorf("with reasons: %v", got)
	}
}
