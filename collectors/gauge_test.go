package collectors

import (
	"math"
	"slices"
	"testing"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

func TestGauge(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		params   Gauge
		rows     []row
		want     map[string]float64
		rejected map[string]float64
	}{
		{
			name:   "each row is a sample, in any type that can be a number",
			params: Gauge{Name: "stock", Unit: "items", Labels: []string{"shelf", "shop"}},
			rows: []row{
				{"shelf": "a", "shop": int64(1), "value": int64(3)},
				{"shelf": "a", "shop": int64(2), "value": " 2.50 "},
				{"shelf": "b", "shop": int64(1), "value": 0.5},
				{"shelf": "b", "shop": int64(2), "value": true},
				{"shelf": nil, "shop": 1.5, "value": at("03-01")},
				{"shelf": "", "shop": at("03-01"), "value": false},
			},
			want: map[string]float64{
				"cx_custom_stock_items{shelf=a,shop=1}":                         3,
				"cx_custom_stock_items{shelf=a,shop=2}":                         2.5,
				"cx_custom_stock_items{shelf=b,shop=1}":                         0.5,
				"cx_custom_stock_items{shelf=b,shop=2}":                         1,
				"cx_custom_stock_items{shelf=(none),shop=1.5}":                  1709251200,
				"cx_custom_stock_items{shelf=(none),shop=2024-03-01T00:00:00Z}": 0,
			},
		},
		{
			name:   "an empty value is absent, and what is no number is refused",
			params: Gauge{Name: "stock", Unit: "items", Value: "n", Labels: []string{"shelf"}},
			rows: []row{
				{"shelf": "a", "n": nil},
				{"shelf": "b", "n": "many"},
				{"shelf": "c", "n": math.NaN()},
				{"shelf": "d", "n": math.Inf(1)},
				{"shelf": "e", "n": int64(1)},
			},
			want:     map[string]float64{"cx_custom_stock_items{shelf=e}": 1},
			rejected: map[string]float64{"not_a_number": 3},
		},
		{
			name:   "rows with the same labels are all refused, since none is the right one",
			params: Gauge{Name: "stock", Unit: "items", Labels: []string{"shelf"}},
			rows: []row{
				{"shelf": "a", "value": int64(1)},
				{"shelf": "a", "value": int64(2)},
				{"shelf": "b", "value": int64(3)},
				{"shelf": nil, "value": int64(4)},
				{"shelf": "(none)", "value": int64(4)},
			},
			want:     map[string]float64{"cx_custom_stock_items{shelf=b}": 3},
			rejected: map[string]float64{"duplicate_labels": 4},
		},
		{
			name:   "without labels there is room for one row",
			params: Gauge{Name: "stock", Unit: "items"},
			rows:   []row{{"value": int64(7)}},
			want:   map[string]float64{"cx_custom_stock_items": 7},
		},
		{
			name:   "several values are several metrics",
			params: Gauge{Name: "queue", Values: map[string]string{"waiting": "calls", "oldest_seconds": "seconds", "seconds": "seconds"}, Labels: []string{"team"}},
			rows:   []row{{"team": "a", "waiting": int64(4), "oldest_seconds": 61.5, "seconds": nil}, {"team": "b", "waiting": "x", "oldest_seconds": "0", "seconds": int64(9)}},
			want: map[string]float64{
				"cx_custom_queue_waiting_calls{team=a}":  4,
				"cx_custom_queue_oldest_seconds{team=a}": 61.5,
				"cx_custom_queue_oldest_seconds{team=b}": 0,
				"cx_custom_queue_seconds{team=b}":        9,
			},
			rejected: map[string]float64{"not_a_number": 1},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tt.params.Direction = "neutral"
			k := build(t, &tt.params, EntityCustom)
			want(t, evaluate(t, k, march(), tt.rows), tt.want)
			want(t, rejected(t, k, march(), tt.rows), tt.rejected)
		})
	}
}

func TestGaugeIsInTheOrderOfItsLabels(t *testing.T) {
	t.Parallel()
	k := build(t, &Gauge{Name: "stock", Unit: "items", Labels: []string{"shelf"}, Direction: "neutral"}, EntityCustom)
	rows := []row{{"shelf": "c", "value": int64(1)}, {"shelf": "a", "value": int64(1)}, {"shelf": "b", "value": int64(1)}}
	var order []string
	for _, v := range k.Compute(march(), &table{t: t, rows: rows, declared: k.Needs(march())}) {
		order = append(order, v.Labels[0].Value)
	}
	if !slices.IsSorted(order) || len(order) != 3 {
		t.Errorf("order %v", order)
	}
}

func TestGaugeKnowsNoWindowAndNoPast(t *testing.T) {
	t.Parallel()
	d := build(t, &Gauge{Name: "stock", Unit: "items", Direction: "neutral"}, EntityCustom).Desc()
	if !d.Unwindowed || d.Fidelity != kpi.Snapshot {
		t.Errorf("%+v", d)
	}
}

func TestGaugeParameters(t *testing.T) {
	t.Parallel()
	b := bind(EntityCustom)
	mistakes(t, map[string]mistake{
		"a unit is needed": {
			&Gauge{Name: "x", Direction: "neutral"}, b,
			"unit: is missing: use seconds, ratio, score, currency, or the plural of what is counted, such as tickets",
		},
		"one or several values": {
			&Gauge{Name: "x", Unit: "items", Values: map[string]string{"a": "items"}, Direction: "neutral"}, b,
			"values: takes the place of value and unit: give either",
		},
		"each value has a unit": {
			&Gauge{Name: "x", Values: map[string]string{"waiting": ""}, Direction: "neutral"}, b,
			"values: a unit is missing: use seconds, ratio, score, currency, or the plural of what is counted, such as tickets",
		},
		"a column is part of the name": {
			&Gauge{Name: "x", Values: map[string]string{"Count(*)": "items"}, Direction: "neutral"}, b,
			`values: the column "Count(*)" cannot be part of a metric's name: give it one of lower-case letters, digits and underscores in the query`,
		},
		"a column is no abbreviation": {
			&Gauge{Name: "x", Values: map[string]string{"ms": "items"}, Direction: "neutral"}, b,
			`values: "ms" has "ms" in it, which Prometheus takes for an abbreviated unit: write the word out`,
		},
		"the exporter has labels of its own": {
			&Gauge{Name: "x", Unit: "items", Labels: []string{"segment"}, Direction: "neutral"}, b,
			`labels: "segment" is set by the exporter or by Prometheus: give the column another name in the query`,
		},
		"quantile is for summaries": {
			&Gauge{Name: "x", Unit: "items", Labels: []string{"quantile"}, Direction: "neutral"}, b,
			`labels: "quantile" is set by the exporter or by Prometheus: give the column another name in the query`,
		},
		"labels have names": {
			&Gauge{Name: "x", Unit: "items", Labels: []string{"Shelf No."}, Direction: "neutral"}, b,
			`labels: "Shelf No." is no name for a label: give the column one of lower-case letters, digits and underscores in the query`,
		},
		"a label is there once": {
			&Gauge{Name: "x", Unit: "items", Labels: []string{"a", "a"}, Direction: "neutral"}, b,
			`labels: "a" is there twice`,
		},
		"a value is no label": {
			&Gauge{Name: "x", Unit: "items", Labels: []string{"value"}, Direction: "neutral"}, b,
			`labels: "value" is a value already`,
		},
	})
}
