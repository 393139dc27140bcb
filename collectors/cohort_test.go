package collectors

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// contract is a subscription; an empty end runs.
func contract(customer, start, end string) row {
	r := row{"customer_id": customer, "started_at": at(start)}
	if end != "" {
		r["ended_at"] = at(end)
	}
	return r
}

// everything a collector with churn, retention and customers shows.
func customerBase(t *testing.T, entity string, inactiveAfter *Duration, s kpi.Span, rows []row, dimension facts.Role, segment string, mapped ...facts.Role) map[string]float64 {
	t.Helper()
	all := map[string]float64{}
	for _, p := range []Parameters{&Churn{InactiveAfter: inactiveAfter}, &Retention{InactiveAfter: inactiveAfter}, &Customers{InactiveAfter: inactiveAfter}} {
		for key, v := range evaluateSegment(t, build(t, p, entity, mapped...), s, rows, dimension, segment) {
			if _, twice := all[key]; twice {
				t.Errorf("%s comes from two KPIs", key)
			}
			all[key] = v
		}
	}
	return all
}

// baseline are the values of a customer base of the total.
func baseline(basis string, start, lost, kept, active, joined, returned float64) map[string]float64 {
	m := map[string]float64{
		"cx_churn_ratio{basis=" + basis + "}": lost / start, "cx_retention_ratio": kept / start,
		"cx_customers_at_start": start, "cx_customers_lost": lost, "cx_customers_kept": kept,
		"cx_customers_active": active, "cx_customers_new": joined, "cx_customers_returned": returned,
		"cx_customers_moved": math.NaN(),
	}
	return m
}

func TestCustomersBySubscription(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		rows []row
		want map[string]float64
	}{
		{"nobody", nil, baseline("contract", 0, 0, 0, 0, 0, 0)},
		{
			"one kept, one lost, one new, one returned",
			[]row{
				contract("kept", "01-01", ""), contract("lost", "01-01", "03-10"), contract("new", "03-10", ""),
				contract("returned", "01-01", "02-01"), contract("returned", "03-20", ""),
			},
			baseline("contract", 2, 1, 1, 3, 1, 1),
		},
		{
			"who leaves and comes back within the window is kept",
			[]row{contract("a", "01-01", "03-05"), contract("a", "03-25", "")},
			baseline("contract", 1, 0, 1, 1, 0, 0),
		},
		{
			"who comes and goes within the window is nobody's",
			[]row{contract("a", "03-05", "03-25")},
			baseline("contract", 0, 0, 0, 0, 0, 0),
		},
		{
			"an upgrade on the boundary is neither a gap nor two customers",
			[]row{contract("a", "01-01", "03-01"), contract("a", "03-01", "04-01"), contract("a", "04-01", "")},
			baseline("contract", 1, 0, 1, 1, 0, 0),
		},
		{
			// As of T is what was known strictly before T: an end on 1 March has
			// not happened yet on 1 March, nor has a start.
			"ends and starts on the boundary belong to the window that begins there",
			[]row{contract("ends at lo", "01-01", "03-01"), contract("starts at lo", "03-01", ""), contract("ends at hi", "01-01", "04-01"), contract("starts at hi", "04-01", "")},
			baseline("contract", 2, 1, 1, 2, 1, 0),
		},
		{
			"overlapping and successive subscriptions are one customer",
			[]row{contract("a", "01-01", "03-10"), contract("a", "02-01", ""), contract("b", "01-01", "02-15"), contract("b", "02-15", "03-15")},
			baseline("contract", 2, 1, 1, 1, 0, 0),
		},
		{
			"an end in the future is no churn yet",
			[]row{contract("a", "01-01", "12-31")},
			baseline("contract", 1, 0, 1, 1, 0, 0),
		},
		{
			"a subscription without a customer is nobody's, and one that ends before it starts never was",
			[]row{{"customer_id": nil, "started_at": at("01-01")}, contract("a", "02-01", "01-01"), contract("a", "03-10", "")},
			baseline("contract", 0, 0, 0, 1, 1, 0),
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			want(t, customerBase(t, EntitySubscriptions, nil, march(), tt.rows, "", ""), tt.want)
		})
	}
}

func TestRetentionIsNotTheNaiveFormula(t *testing.T) {
	t.Parallel()
	// One customer at the beginning is kept and one comes back: the usual
	// (E - new) / S would be 200 %.
	rows := []row{contract("a", "01-01", ""), contract("b", "01-01", "02-01"), contract("b", "03-10", "")}
	got := customerBase(t, EntitySubscriptions, nil, march(), rows, "", "")
	if got["cx_retention_ratio"] != 1 || got["cx_customers_active"]-got["cx_customers_new"] != 2 {
		t.Errorf("got %v", got)
	}
}

func TestInvoluntaryChurnIsToldByTheReasonsOfTheEnds(t *testing.T) {
	t.Parallel()
	because := func(r row, reason any) row {
		r["end_reason"] = reason
		return r
	}
	rows := []row{
		because(contract("card", "01-01", "03-10"), "Payment_Failed "),
		because(contract("wish", "01-01", "03-10"), "cancelled"),
		because(contract("unknown", "01-01", "03-10"), nil),
		because(contract("back", "01-01", "03-10"), "payment_failed"), contract("back", "03-12", ""),
		because(contract("two", "01-01", "03-10"), "payment_failed"), because(contract("two", "01-01", "03-20"), "cancelled"),
	}
	want(t, evaluate(t, build(t, &Churn{Involuntary: []string{"payment_failed"}}, EntitySubscriptions), march(), rows), map[string]float64{
		"cx_churn_ratio{basis=contract}": 0.8, "cx_customers_at_start": 5, "cx_customers_lost": 4,
		"cx_involuntary_churn_ratio": 0.4, "cx_customers_lost_involuntarily": 2,
		"cx_voluntary_churn_ratio": 0.4, "cx_customers_lost_voluntarily": 2,
	})
}

// With 14 days of grace, ends from 16 February on still count on 1 March, and
// ends from 18 March on still count on 1 April.
func TestGraceKeepsCustomersForAWhile(t *testing.T) {
	t.Parallel()
	rows := []row{
		contract("over", "01-01", "02-15"), contract("at the limit", "01-01", "02-16"), contract("lost later", "01-01", "02-20"),
		contract("late", "01-01", "02-25"), contract("late", "03-05", ""),
		contract("lost at the end", "01-01", "03-17"), contract("in grace at the end", "01-01", "03-18"),
	}
	want(t, evaluate(t, build(t, &Churn{Grace: duration("14d")}, EntitySubscriptions), march(), rows), map[string]float64{
		"cx_churn_ratio{basis=contract}": 0.6, "cx_customers_at_start": 5, "cx_customers_lost": 3,
	})
}

func order(customer, when string) row {
	return row{"customer_id": customer, "ordered_at": at(when), "amount": 10.0}
}

func TestCustomersByActivity(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name          string
		inactiveAfter *Duration
		rows          []row
		want          map[string]float64
	}{
		{
			// March has 31 days, so customers of March 1 are those who ordered
			// from 30 January on.
			"within the length of the window by default", nil,
			[]row{
				order("kept", "02-10"), order("kept", "03-10"),
				order("lost", "01-30"),
				order("too long ago", "01-29 23:59:59"),
				order("returned", "01-10"), order("returned", "03-02"),
				order("new", "03-31 23:59:59"), order("new", "03-30"),
				order("April", "04-01"),
			},
			baseline("activity", 2, 1, 1, 3, 1, 1),
		},
		{
			"an order at the beginning is in the window, one at its end is not", nil,
			[]row{order("a", "03-01"), order("b", "04-01"), order("b", "02-15")},
			baseline("activity", 1, 1, 0, 1, 1, 0),
		},
		{
			"within longer than the window", ptr(duration("60d")),
			// On 1 March since 1 January, on 1 April since 1 February.
			[]row{order("kept", "02-10"), order("lost", "01-01"), order("new", "03-10"), order("gone before", "01-01 00:00:00")},
			baseline("activity", 3, 2, 1, 2, 1, 0),
		},
		{
			"within shorter than the window", ptr(duration("7d")),
			[]row{order("kept", "02-28"), order("kept", "03-28"), order("lost", "02-28"), order("lost", "03-10"), order("returned", "01-01"), order("returned", "03-25")},
			baseline("activity", 2, 1, 1, 2, 0, 1),
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			want(t, customerBase(t, EntityOrders, tt.inactiveAfter, march(), tt.rows, "", ""), tt.want)
		})
	}
}

// Random customers, by contract and by activity: the customer base keeps its
// identities in the total and in every segment, and the segments add up to the
// total.
func TestCustomerBaseKeepsItsIdentities(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(5, 6))
	day := func() time.Time { return at("01-01").Add(time.Duration(rng.IntN(120*4)) * 6 * time.Hour) }
	for i := range 100 {
		entity, basis := EntitySubscriptions, "contract"
		if i%2 == 1 {
			entity, basis = EntityOrders, "activity"
		}
		rows := make([]row, rng.IntN(60))
		for i := range rows {
			rows[i] = row{
				"customer_id": fmt.Sprint(rng.IntN(20)), "plan": string("abc"[rng.IntN(3)]),
				"started_at": day(), "ordered_at": day(),
				"mrr": rng.IntN(3), "amount": rng.IntN(3),
			}
			if rng.IntN(2) == 0 {
				rows[i]["ended_at"] = day()
			}
		}
		total := customerBase(t, entity, nil, march(), rows, "", "", roleMRR)
		sums := map[string]float64{}
		for _, plan := range []string{"", "a", "b", "c"} {
			got := total
			if plan != "" {
				got = customerBase(t, entity, nil, march(), rows, "plan", plan, roleMRR)
			}
			start, lost, kept := got["cx_customers_at_start"], got["cx_customers_lost"], got["cx_customers_kept"]
			active, joined, returned := got["cx_customers_active"], got["cx_customers_new"], got["cx_customers_returned"]
			if start != kept+lost || active != start-lost+joined+returned {
				t.Fatalf("case %d, plan %q: identities fail: %v", i, plan, got)
			}
			if start > 0 && math.Abs(got["cx_churn_ratio{basis="+basis+"}"]+got["cx_retention_ratio"]-1) > 1e-12 {
				t.Fatalf("case %d, plan %q: churn and retention: %v", i, plan, got)
			}
			if plan != "" {
				for key, v := range got {
					sums[key] += v
				}
			}
		}
		for _, key := range []string{"cx_customers_at_start", "cx_customers_lost", "cx_customers_kept", "cx_customers_active", "cx_customers_new", "cx_customers_returned"} {
			if sums[key] != total[key] {
				t.Fatalf("case %d: segments add up to %v %s, the total is %v", i, sums[key], key, total[key])
			}
		}
	}
}

func TestMoversBelongToTheSegmentAtTheBeginning(t *testing.T) {
	t.Parallel()
	with := func(r row, plan string, mrr int) row {
		r["plan"], r["mrr"] = plan, mrr
		return r
	}
	rows := []row{
		with(contract("mover", "01-01", "03-10"), "free", 0), with(contract("mover", "03-10", ""), "pro", 10),
		with(contract("stays", "01-01", ""), "pro", 10),
		// Two at once: the dearer one is where the customer belongs.
		with(contract("both", "01-01", ""), "free", 0), with(contract("both", "01-01", ""), "pro", 10),
		with(contract("new", "03-10", ""), "free", 0),
	}
	free := customerBase(t, EntitySubscriptions, nil, march(), rows, "plan", "free", roleMRR)
	pro := customerBase(t, EntitySubscriptions, nil, march(), rows, "plan", "pro", roleMRR)
	expected := baseline("contract", 1, 0, 1, 2, 1, 0)
	expected["cx_customers_moved"] = 1
	want(t, free, expected)
	expected = baseline("contract", 2, 0, 2, 2, 0, 0)
	expected["cx_customers_moved"] = 0
	want(t, pro, expected)
}

func TestCustomerKPIsNeedABeginning(t *testing.T) {
	t.Parallel()
	for _, p := range []Parameters{newChurn(), newRetention(), newCustomers()} {
		k := build(t, p, EntitySubscriptions)
		if err := k.(WindowChecker).CheckWindow(window(t, "all")); err == nil {
			t.Errorf("%s accepts the window all", k.Desc().Name)
		}
		if err := k.(WindowChecker).CheckWindow(window(t, "30d")); err != nil {
			t.Error(err)
		}
		if needs := k.Needs(always()); needs != nil {
			t.Errorf("%s needs %v without a beginning", k.Desc().Name, needs)
		}
		for key, v := range evidence(t, k, always(), []row{contract("a", "01-01", "")}, "", "") {
			if x, ok := v.Value(); ok && x != 0 {
				t.Errorf("%s = %v without a beginning", key, x)
			}
		}
	}
}

// Churn and retention look at both ends only; history is for customers alone.
// On orders that keeps the scan short.
func TestChurnNeedsNoHistory(t *testing.T) {
	t.Parallel()
	for _, pt := range build(t, newChurn(), EntityOrders).Needs(march())[0].Subjects.Points {
		if pt.Lo.IsZero() {
			t.Errorf("the point %v goes back to the beginning of time", pt)
		}
	}
}

func TestCustomerParameters(t *testing.T) {
	t.Parallel()
	mistakes(t, map[string]mistake{
		"subscriptions end by themselves": {
			&Churn{InactiveAfter: ptr(duration("90d"))}, bind(EntitySubscriptions),
			"inactive_after: is for orders: a subscription ends with its ended_at, so remove it",
		},
		"nobody is lost at once": {
			&Retention{InactiveAfter: ptr(Duration(0))}, bind(EntityOrders),
			"inactive_after: 0s must be above 0: say after how long without an order a customer is lost, such as 90d, or leave it out for the length of the window",
		},
		"orders have a grace already": {
			&Churn{Grace: duration("7d")}, bind(EntityOrders),
			"grace: is for subscriptions: on orders inactive_after says after how long a customer is lost, so remove it",
		},
		"grace does not go on for ever": {
			&Customers{Grace: maxMaturity + 1}, bind(EntitySubscriptions),
			fmt.Sprintf("grace: %s must be at most %s: say how long after its end a subscription may be renewed, such as 30d", maxMaturity+1, maxMaturity),
		},
		"silence has no reasons": {
			&Churn{Involuntary: []string{"x"}}, bind(EntityOrders),
			"involuntary: is for subscriptions: who only stops to order gives no reason, so remove it",
		},
		"silence is no event": {
			&Churn{Events: true}, bind(EntityOrders),
			"events: is for subscriptions: who only stops to order does so at no certain time, so remove it",
		},
		"reasons cannot leave their statement": {
			&Churn{Involuntary: []string{"fraud", "x' OR 1=1"}}, bind(EntitySubscriptions),
			`involuntary: "x' OR 1=1" is not made of letters from a to z, digits, blanks and _ - . : /, which is all that a statement can safely hold: let the query name the reason otherwise`,
		},
		"customers check it too": {
			&Customers{InactiveAfter: ptr(duration("90d"))}, bind(EntitySubscriptions),
			"inactive_after: is for orders: a subscription ends with its ended_at, so remove it",
		},
	})
}
