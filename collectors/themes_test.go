package collectors

import (
	"math"
	"testing"
)

// tags are answers with a score, and tags between semicolons.
func tags(pairs ...any) []row {
	var rows []row
	for i := 0; i < len(pairs); i += 2 {
		rows = append(rows, row{"score": pairs[i], "tags": pairs[i+1], "responded_at": at("03-15")})
	}
	return rows
}

func TestThemes(t *testing.T) {
	t.Parallel()
	params := func(max int) *Themes { return &Themes{Separator: ";", Max: max, Scale: Scale{0, 10}, DetractorsTo: 6} }
	// Five answers, two of them by detractors, who both speak of the delivery.
	rows := tags(10, "price", 9, "price;size", 3, "delivery; price ;price", 6, "delivery", nil, "")
	tests := []struct {
		name   string
		params *Themes
		rows   []row
		want   map[string]float64
	}{
		{
			name: "an answer counts once for each of its tags", params: params(20), rows: rows,
			want: map[string]float64{
				"cx_theme_ratio{theme=price}": 0.6, "cx_theme_detractor_ratio{theme=price}": 0.5,
				"cx_theme_responses{theme=price}": 3, "cx_theme_detractors{theme=price}": 1,
				"cx_theme_ratio{theme=delivery}": 0.4, "cx_theme_detractor_ratio{theme=delivery}": 1,
				"cx_theme_responses{theme=delivery}": 2, "cx_theme_detractors{theme=delivery}": 2,
				"cx_theme_ratio{theme=size}": 0.2, "cx_theme_detractor_ratio{theme=size}": 0,
				"cx_theme_responses{theme=size}": 1, "cx_theme_detractors{theme=size}": 0,
				"cx_theme_ratio{theme=(none)}": 0.2, "cx_theme_detractor_ratio{theme=(none)}": 0,
				"cx_theme_responses{theme=(none)}": 1, "cx_theme_detractors{theme=(none)}": 0,
			},
		},
		{
			name: "what all detractors speak of comes before what most answers do, and the rest is one theme", params: params(1), rows: rows,
			want: map[string]float64{
				"cx_theme_ratio{theme=delivery}": 0.4, "cx_theme_detractor_ratio{theme=delivery}": 1,
				"cx_theme_responses{theme=delivery}": 2, "cx_theme_detractors{theme=delivery}": 2,
				// price, price and size, delivery and price: three answers
				"cx_theme_ratio{theme=other}": 0.6, "cx_theme_detractor_ratio{theme=other}": 0.5,
				"cx_theme_responses{theme=other}": 3, "cx_theme_detractors{theme=other}": 1,
				"cx_theme_ratio{theme=(none)}": 0.2, "cx_theme_detractor_ratio{theme=(none)}": 0,
				"cx_theme_responses{theme=(none)}": 1, "cx_theme_detractors{theme=(none)}": 0,
			},
		},
		{
			name: "no answers", params: params(20),
			want: map[string]float64{
				"cx_theme_ratio{theme=(none)}": math.NaN(), "cx_theme_detractor_ratio{theme=(none)}": math.NaN(),
				"cx_theme_responses{theme=(none)}": 0, "cx_theme_detractors{theme=(none)}": 0,
			},
		},
		{
			name: "lists in JSON and of PostgreSQL, and a tag that is called as the others are", params: &Themes{Separator: ",", Max: 5, Scale: Scale{0, 10}, DetractorsTo: 6},
			rows: tags(9, `["a", "other"]`, 9, "{a}"),
			want: map[string]float64{
				"cx_theme_ratio{theme=a}": 1, "cx_theme_detractor_ratio{theme=a}": math.NaN(),
				"cx_theme_responses{theme=a}": 2, "cx_theme_detractors{theme=a}": 0,
				"cx_theme_ratio{theme=other}": 0.5, "cx_theme_detractor_ratio{theme=other}": math.NaN(),
				"cx_theme_responses{theme=other}": 1, "cx_theme_detractors{theme=other}": 0,
				"cx_theme_ratio{theme=(none)}": 0, "cx_theme_detractor_ratio{theme=(none)}": math.NaN(),
				"cx_theme_responses{theme=(none)}": 0, "cx_theme_detractors{theme=(none)}": 0,
			},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			want(t, evaluate(t, build(t, tt.params, EntityResponses, roleTags), march(), tt.rows), tt.want)
		})
	}
}

func TestThemesParameters(t *testing.T) {
	t.Parallel()
	mistakes(t, map[string]mistake{
		"tags are separated": {
			&Themes{Max: 20, Scale: Scale{0, 10}}, bind(EntityResponses),
			"separator: is empty: say what stands between two tags, such as a comma or a semicolon",
		},
		"themes have an end": {
			&Themes{Separator: ",", Max: 500, Scale: Scale{0, 10}}, bind(EntityResponses),
			"max: 500 is not between 1 and 200",
		},
		"detractors are on the scale": {
			&Themes{Separator: ",", Max: 5, Scale: Scale{1, 5}, DetractorsTo: 6}, bind(EntityResponses),
			"detractors_to: 6 is off the scale 1 to 5: give the highest score of a detractor",
		},
		"a scale has two ends": {
			&Themes{Separator: ",", Max: 5}, bind(EntityResponses),
			"scale: min 0 is not below max 0: give the lowest and the highest score that can be answered",
		},
	})
}
