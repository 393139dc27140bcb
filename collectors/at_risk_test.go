package collectors

import (
	"testing"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

func TestCustomersWhoseSubscriptionsEndAreAtRisk(t *testing.T) {
	t.Parallel()
	rows := []row{
		paid("ends", "01-01", "04-20", 10), paid("goes on", "01-01", "", 20), paid("ends later", "01-01", "05-01", 40),
		paid("one of two", "01-01", "04-20", 80), paid("one of two", "01-01", "12-31", 1),
		paid("both", "01-01", "04-20", 3), paid("both", "02-01", "04-01", 4),
		paid("gone", "01-01", "03-10", 160), paid("to come", "04-05", "04-10", 320),
	}
	k := build(t, newAtRisk(), EntitySubscriptions, roleMRR)
	want(t, evaluate(t, k, march(), rows), map[string]float64{
		"cx_customers_at_risk_ratio": 0.4, "cx_customers_at_risk{reason=ending}": 2, "cx_value_at_risk": 17,
	})
	want(t, evaluate(t, k, always(), rows), map[string]float64{
		"cx_customers_at_risk_ratio": 0.4, "cx_customers_at_risk{reason=ending}": 2, "cx_value_at_risk": 17,
	})
	if f := k.Desc().Fidelity; f != kpi.Restated {
		t.Errorf("ends as they are known now are %s", f)
	}
	if n := len(build(t, newAtRisk(), EntitySubscriptions).Desc().Stats); n != 2 {
		t.Errorf("without amounts there are %d values", n)
	}
}

func TestSilentCustomersAreAtRisk(t *testing.T) {
	t.Parallel()
	rows := []row{order("orders", "01-05"), order("orders", "03-30"), order("silent", "02-20"), order("lost", "01-01 23:59:59"), order("last chance", "01-02")}
	k := build(t, newAtRisk(), EntityOrders)
	want(t, evaluate(t, k, march(), rows), map[string]float64{
		"cx_customers_at_risk_ratio": 2.0 / 3, "cx_customers_at_risk{reason=silent}": 2,
		// 20 ordered within 90 days are 20 / 90 * 30.4375 a month.
		"cx_value_at_risk": 6.763888888888889,
	})
	if f := k.Desc().Fidelity; f != kpi.Exact {
		t.Errorf("orders are %s", f)
	}
}

func TestDetractorsAreAtRiskUntilABetterAnswer(t *testing.T) {
	t.Parallel()
	answer := func(who, when string, score float64) row {
		return row{"respondent_id": who, "responded_at": at(when), "score": score, "mrr": 10.0}
	}
	rows := []row{
		answer("low", "03-01", 6), answer("low", "02-01", 10), answer("better since", "03-01", 2), answer("better since", "03-02", 7),
		answer("no answer", "03-01", 6), answer("no answer", "03-05", 99), answer("long ago", "01-01", 0), answer("happy", "03-03", 9),
		answer("", "03-03", 0),
	}
	rows[len(rows)-1]["respondent_id"] = nil
	k := build(t, newAtRisk(), EntityResponses)
	want(t, evaluate(t, k, march(), rows), map[string]float64{"cx_customers_at_risk_ratio": 0.5, "cx_customers_at_risk{reason=detractor}": 2})
	k = build(t, newAtRisk(), EntityResponses, roleMRR)
	want(t, evaluate(t, k, march(), rows), map[string]float64{
		"cx_customers_at_risk_ratio": 0.5, "cx_customers_at_risk{reason=detractor}": 2, "cx_value_at_risk": 20,
	})
	if f := k.Desc().Fidelity; f != kpi.Restated {
		t.Errorf("what customers pay now is %s", f)
	}
}

func TestCustomersWhoAreServedBadlyAreAtRisk(t *testing.T) {
	t.Parallel()
	ticket := func(who, created, due, resolved string) row {
		r := row{"customer_id": who, "created_at": at(created), "mrr": 10.0}
		if due != "" {
			r["resolution_due_at"] = at(due)
		}
		if resolved != "" {
			r["resolved_at"] = at(resolved)
		}
		return r
	}
	rows := []row{
		ticket("fine", "03-20", "03-21", "03-21"), ticket("fine", "03-22", "", "03-22"),
		ticket("broken", "03-20", "03-21", "03-21 00:00:01"),
		ticket("waits in vain", "03-20", "03-25", ""),
		ticket("due later", "03-30", "04-02", ""),
		ticket("open for long", "03-10", "", "04-05"),
		ticket("many", "03-05", "", "03-05"), ticket("many", "03-15", "", "03-15"), ticket("many", "03-25", "03-26", "03-27"),
		ticket("long ago", "02-28", "03-05", ""),
	}
	k := build(t, &AtRisk{OpenFor: ptr(duration("10d"))}, EntityTickets, roleResolutionDueAt, roleMRR)
	want(t, evaluate(t, k, march(), rows), map[string]float64{
		"cx_customers_at_risk_ratio": 4.0 / 6, "cx_value_at_risk": 40,
		"cx_customers_at_risk{reason=tickets}": 1, "cx_customers_at_risk{reason=breached}": 3, "cx_customers_at_risk{reason=open}": 2,
	})
}

func TestAtRiskParameters(t *testing.T) {
	t.Parallel()
	mistakes(t, map[string]mistake{
		"orders have no end": {
			&AtRisk{Within: ptr(duration("30d"))}, bind(EntityOrders),
			"within: is for subscriptions, responses and tickets: on orders silent_after says who is at risk, so remove it",
		},
		"subscriptions are not silent": {
			&AtRisk{SilentAfter: ptr(duration("30d"))}, bind(EntitySubscriptions),
			"silent_after: is for orders: elsewhere within says how far to look, so remove it",
		},
		"subscriptions end by themselves": {
			&AtRisk{InactiveAfter: ptr(duration("30d"))}, bind(EntitySubscriptions),
			"inactive_after: is for orders: elsewhere within says how far to look, so remove it",
		},
		"now is not soon": {
			&AtRisk{Within: ptr(Duration(0))}, bind(EntitySubscriptions),
			"within: 0s must be above 0 and at most " + maxMaturity.String() + ": say how far ahead an end puts a customer at risk, such as 30d",
		},
		"answers have no tickets": {
			&AtRisk{Tickets: ptr(2)}, bind(EntityResponses), "tickets: is for tickets: remove it",
		},
		"subscriptions have no score": {
			&AtRisk{Low: ptr(2.0)}, bind(EntitySubscriptions), "low: is for responses, which alone have a score: remove it",
		},
		"the best answer is not low": {
			&AtRisk{Low: ptr(5.0), Scale: &Scale{1, 5}}, bind(EntityResponses),
			"low: 5 is not on the scale 1 to 5 below its best score: say which answers are low, such as 2 on a scale from 1 to 5",
		},
		"there has to be a reason": {
			&AtRisk{Tickets: ptr(0)}, bind(EntityTickets),
			"tickets: 0 leaves no reason to be at risk: give a number of tickets or open_for, or name resolution_due_at under columns",
		},
		"a ticket that counts no more is not open for long": {
			&AtRisk{OpenFor: ptr(duration("30d"))}, bind(EntityTickets),
			"open_for: 30d must be above 0 and less than within, which is 30d: say how long a ticket is open that puts its customer at risk, such as 7d",
		},
		"the lost are not silent": {
			&AtRisk{SilentAfter: ptr(duration("90d"))}, bind(EntityOrders),
			"silent_after: 90d must be above 0 and less than inactive_after, which is 90d: say after how long a silent customer is at risk, such as 30d",
		},
	})
}
