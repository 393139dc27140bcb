package collectors

import (
	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// The values of the parameter amounts.
const (
	amountsGross = "gross"
	amountsNet   = "net"
)

// orderMoney is the amounts of orders: as they are or, net, less what was paid
// back of each. A refund that is known now changes the order of the past, so net
// amounts are as true of the past as they are restated.
func orderMoney(b Binding, of string) (money, kpi.Fidelity, error) {
	m := money{time: roleOrderedAt, amount: roleAmount, currency: b.Has(roleCurrency)}
	switch of {
	case amountsGross:
		return m, kpi.Exact, nil
	case amountsNet:
		if !b.Has(roleRefundedAmount) {
			return m, "", wrong("amounts", "net amounts need the column of what was paid back: name refunded_amount under columns, or use gross")
		}
		m.less = roleRefundedAmount
		return m, kpi.Restated, nil
	}
	return m, "", wrong("amounts", "%q is neither gross nor net", of)
}

// words says what the amounts are.
func (m money) words() string {
	if m.less != "" {
		return "amounts less refunds"
	}
	return "amounts"
}
