package config

import (
	"strings"
	"testing"
)

// onEverything has values of all kinds of scales.
const onEverything = `
sources:
  - {name: shop, driver: sqlite, path: shop.db}
collectors:
  - {name: surveys, source: shop, entity: responses, table: responses, kpis: [nps, csat]}
  - {name: orders, source: shop, entity: orders, table: orders, columns: {currency: currency}, kpis: [revenue_growth, {ratio: {name: margin, numerator: earned, denominator: amount, direction: higher_is_better}}]}
  - {name: base, source: shop, entity: subscriptions, table: subscriptions, columns: {currency: currency, mrr: mrr}, kpis: [quick_ratio, revenue_retention, churn]}
formulas:
  - {name: left, expr: 1 - base.churn, unit: ratio, direction: higher_is_better}
goals:
  - {name: g, type: TYPE, GOAL}
`

func TestGoalsAtTheEndsOfAScale(t *testing.T) {
	t.Parallel()
	const reach = ", start: 2026-01-01, deadline: 2026-12-31"
	for _, tt := range []struct{ name, goal, refused string }{
		{"all are satisfied", "collector: surveys, kpi: csat, target: 100%" + reach, ""},
		{"all of three tenths more", "collector: surveys, kpi: csat, change: +30 points, baseline: {value: 70%}" + reach, ""},
		{"all of a quarter more", "collector: surveys, kpi: csat, change: +25%, baseline: {value: 80%}" + reach, ""},
		{"from the worst score to the best", "collector: surveys, kpi: nps, change: +200 points" + reach, ""},
		{"from the worst mean to the best", "collector: surveys, kpi: csat, stat: mean, change: +400%" + reach, ""},
		{"nobody is satisfied", "collector: surveys, kpi: csat, target: 0%", ""},
		{"nobody leaves", "collector: base, kpi: churn, target: 0", ""},
		{"four won for one lost", "collector: base, kpi: quick_ratio, target: 4", ""},
		{"revenue that grows by itself", "collector: base, kpi: revenue_retention, target: 120%", ""},
		{"a shrinking that is borne", "collector: orders, kpi: revenue_growth, target: -20%", ""},
		{"a loss that is borne", "collector: orders, kpi: margin, target: -0.5", ""},
		{"a share by a formula", "collector: left, kpi: left, target: 97%", ""},
		{"a percentage without its sign", "collector: base, kpi: revenue_retention, target: 110", "is 1 at 100%, and this is 11000%; write it in %, as 110% or as 11000%"},
		{"a growth without its sign", "collector: orders, kpi: revenue_growth, target: 15", "as 15% or as 1500%"},
		{"a ratio without its sign", "collector: orders, kpi: margin, target: 40", "as 40% or as 4000%"},
		{"the same with it", "collector: base, kpi: revenue_retention, target: 1100%", ""},
		{"less than nothing kept", "collector: base, kpi: revenue_retention, target: -1%", "cx_net_revenue_retention_ratio cannot be -1%"},
		{"more than all by a formula", "collector: left, kpi: left, target: 101%", "cx_custom_left_ratio cannot be 101%"},
		{"a share of nothing", "collector: base, kpi: churn, change: -15%, baseline: {value: 0}" + reach, "15% of a baseline of 0 is nothing; give `target`"},
		{"a share of nothing, upwards", "collector: surveys, kpi: csat, change: +15%, baseline: {value: 0%}" + reach, "is nothing"},
		{"points from nothing", "collector: surveys, kpi: csat, change: +15 points, baseline: {value: 0}" + reach, ""},
		{"a share of a baseline that will be measured", "collector: base, kpi: churn, change: -15%" + reach, ""},
		{"a share of a growth", "collector: orders, kpi: revenue_growth, change: -15%, direction: lower_is_better" + reach, "can be zero or negative"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			kind := GoalKeep
			if strings.Contains(tt.goal, "start:") {
				kind = GoalReach
			}
			_, err := LoadBytes("cx.yml", []byte(strings.NewReplacer("TYPE", kind, "GOAL", tt.goal).Replace(onEverything)), environment)
			switch {
			case tt.refused == "" && err != nil:
				t.Errorf("refused:\n%v", err)
			case tt.refused != "" && err == nil:
				t.Error("accepted")
			case tt.refused != "" && !strings.Contains(err.Error(), tt.refused):
				t.Errorf("got\n%v\nwant %q", err, tt.refused)
			}
		})
	}
}
