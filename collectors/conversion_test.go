package collectors

import (
	"math"
	"testing"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

func TestConversion(t *testing.T) {
	t.Parallel()
	visits := []row{
		{"visited_at": at("03-01"), "converted": "true", "converted_at": at("03-01 00:10:00")},
		{"visited_at": at("03-10"), "converted": "1", "converted_at": at("03-12 00:00:01")},
		{"visited_at": at("03-20"), "converted": "no", "converted_at": nil},
		{"visited_at": at("03-31"), "converted": "true", "converted_at": at("04-02")},
		{"visited_at": at("03-31 12:00:00"), "converted": nil, "converted_at": nil},
		{"visited_at": at("04-01"), "converted": "true", "converted_at": at("04-01 01:00:00")},
	}
	result := func(ratio, visits, conversions float64) map[string]float64 {
		return map[string]float64{"cx_conversion_ratio": ratio, "cx_visits": visits, "cx_conversions": conversions}
	}
	twoDays := &Conversion{Maturity: duration("2d")}
	tests := []struct {
		name string
		kpi  KPI
		span kpi.Span
		rows []row
		want map[string]float64
	}{
		{"the flag counts as it stands now", build(t, newConversion(), EntityVisits), march(), visits, result(0.6, 5, 3)},
		{"a flag that is named counts too", build(t, newConversion(), EntityVisits, roleConverted), march(), visits, result(0.6, 5, 3)},
		{"a time counts if it was known by then", build(t, newConversion(), EntityVisits, roleConvertedAt), march(), visits, result(0.4, 5, 2)},
		{
			"a time known later counts later", build(t, newConversion(), EntityVisits, roleConvertedAt),
			kpi.Span{Lo: at("03-01"), Hi: at("04-01"), At: at("04-03")},
			visits, result(0.6, 5, 3),
		},
		{"a time goes before a flag", build(t, newConversion(), EntityVisits, roleConverted, roleConvertedAt), march(), visits, result(0.4, 5, 2)},
		{
			"with a maturity young visits and late conversions do not count",
			build(t, twoDays, EntityVisits, roleConvertedAt), march(), visits, result(1.0/3, 3, 1),
		},
		{"a maturity leaves out young visits with a flag too", build(t, twoDays, EntityVisits), march(), visits, result(2.0/3, 3, 2)},
		{"no visits", build(t, newConversion(), EntityVisits), march(), nil, result(math.NaN(), 0, 0)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			want(t, evaluate(t, tt.kpi, tt.span, tt.rows), tt.want)
		})
	}
}

func TestConversionRefusesUnreadableFlags(t *testing.T) {
	t.Parallel()
	k := build(t, newConversion(), EntityVisits)
	rows := []row{{"visited_at": at("03-02"), "converted": "later"}, {"visited_at": at("03-02"), "converted": "y"}}
	want(t, rejected(t, k, march(), rows), map[string]float64{"not_a_flag": 1})
	if got := evaluate(t, k, march(), rows); got["cx_visits"] != 1 || got["cx_conversion_ratio"] != 1 {
		t.Errorf("got %v", got)
	}
}

func TestConversionTellsHowTrueItIs(t *testing.T) {
	t.Parallel()
	if f := build(t, newConversion(), EntityVisits).Desc().Fidelity; f != kpi.Restated {
		t.Errorf("with a flag: %s", f)
	}
	if f := build(t, newConversion(), EntityVisits, roleConvertedAt).Desc().Fidelity; f != kpi.Exact {
		t.Errorf("with a time: %s", f)
	}
}

func TestConversionWindows(t *testing.T) {
	t.Parallel()
	plain := build(t, newConversion(), EntityVisits).(WindowChecker)
	if err := plain.CheckWindow(window(t, "24h")); err != nil {
		t.Error(err)
	}
	mature := build(t, &Conversion{Maturity: duration("1d")}, EntityVisits).(WindowChecker)
	if err := mature.CheckWindow(window(t, "24h")); err == nil {
		t.Error("a window as long as the maturity is accepted")
	}
	mistakes(t, map[string]mistake{"a maturity has an end": {
		&Conversion{Maturity: duration("52w3d")}, bind(EntityVisits),
		"maturity: 367d must be at most 366d: say how long a visit may take to convert, such as 1d",
	}})
}
