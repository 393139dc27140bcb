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
	})
	if f := k.Desc().Fidelity; f != kpi.Exact {
		t.Errorf("orders are %s", f)
	}
}

func TestAtRiskParameters(t *testing.T) {
	t.Parallel()
	mistakes(t, map[string]mistake{
		"orders have no end": {
			&AtRisk{Within: ptr(duration("30d"))}, bind(EntityOrders),
			"within: is for subscriptions: on orders silent_after says who is at risk, so remove it",
		},
		"subscriptions are not silent": {
			&AtRisk{SilentAfter: ptr(duration("30d"))}, bind(EntitySubscriptions),
			"silent_after: is for orders: on subscriptions within says which ends are near, so remove it",
		},
		"subscriptions end by themselves": {
			&AtRisk{InactiveAfter: ptr(duration("30d"))}, bind(EntitySubscriptions),
			"inactive_after: is for orders: a subscription ends with its ended_at, so remove it",
		},
		"now is not soon": {
			&AtRisk{Within: ptr(Duration(0))}, bind(EntitySubscriptions),
			"within: 0s must be above 0 and at most " + maxMaturity.String() + ": say how far ahead an end puts a customer at risk, such as 30d",
		},
		"the lost are not silent": {
			&AtRisk{SilentAfter: ptr(duration("90d"))}, bind(EntityOrders),
			"silent_after: 90d must be above 0 and less than inactive_after, which is 90d: say after how long a silent customer is at risk, such as 30d",
		},
	})
}
