package exporter_test

// surveyEdges are the cases that survey KPIs usually get wrong, with their values
// computed by hand.
var surveyEdges = []named{
	{
		name: "words and pictures are scores, and others are refused", entity: "responses",
		at: "2024-07-01T00:00:00Z", windows: "30d",
		columns: "responded_at:naive score:word",
		rows: `2024-06-10T00:00:00Z | happy
			2024-06-10T00:00:00Z | HAPPY
			2024-06-10T00:00:00Z | 😀
			2024-06-10T00:00:00Z | neutral
			2024-06-10T00:00:00Z | 1
			2024-06-10T00:00:00Z | 😢
			2024-06-10T00:00:00Z | hapy
			2024-06-10T00:00:00Z | 99
			2024-06-10T00:00:00Z | -`,
		kpis: []string{`psat {words: {happy: 3, neutral: 2, sad: 1, "😀": 3}}`},
		want: `psat ratio over 30d = 0.6 of 5
			psat mean over 30d = 2.4 of 5
			psat normalized over 30d = 0.7 of 5
			psat net over 30d = 40 of 5
			psat responses {score=3} over 30d = 3 of 3`,
		rejected: "null_score=1 off_scale=1 unknown_word=2",
	},
	{
		name: "a respondent counts once, by the latest answer that has a score", entity: "responses",
		at: "2024-07-01T00:00:00Z", windows: "30d all", dims: "touchpoint",
		columns: "respondent_id+:word responded_at:naive score:number-text touchpoint:word",
		rows: `ann | 2024-06-10T00:00:00Z | 2 | web
			ann | 2024-06-10T00:00:00.001Z | 10 | shop
			ben | 2024-06-10T00:00:00Z | 9 | web
			ben | 2024-06-12T00:00:00Z | 99 | shop
			ben | 2024-06-12T00:00:00Z | n/a | shop
			ben | 2024-06-12T00:00:00Z | - | shop
			cat | 2024-06-01T00:00:00Z | 8 | web
			cat | 2024-06-01T00:00:00Z | 8 | web
			cat | 2024-06-01T00:00:00Z | 0 | app
			cat | 2024-07-01T00:00:00Z | 10 | shop
			dan | 2024-05-31T23:59:59Z | 1 | web
			dan | 1969-12-31T23:59:59Z | 10 | web
			- | 2024-06-10T00:00:00Z | 0 | web`,
		kpis: []string{"nps {answers: latest}"},
		want: `nps score over 30d = 66.66666666666667 of 3
			nps responses {category=promoter} over 30d = 2 of 2
			nps responses {category=passive} over 30d = 1 of 1
			nps responses {category=detractor} over 30d = 0 of 0
			nps score touchpoint="web" over 30d = 50 of 2
			nps score touchpoint="shop" over 30d = 100 of 1
			nps score over all = 25 of 4`,
	},
	{
		name: "answers have several tags, one twice, or none", entity: "responses",
		at: "2024-07-01T00:00:00Z", windows: "30d", dims: "touchpoint",
		columns: "responded_at:naive score:number-text tags:word touchpoint:word",
		rows: `2024-06-10T00:00:00Z | 0 | price,size,price | web
			2024-06-10T00:00:00Z | 9 | price | web
			2024-06-10T00:00:00Z | 5 | - | app
			2024-06-10T00:00:00Z | 99 | size | app
			2024-07-01T00:00:00Z | 0 | late | app`,
		kpis: []string{"themes", "nps"},
		want: `themes ratio {theme=price} over 30d = 0.5 of 4
			themes ratio {theme=size} over 30d = 0.5 of 4
			themes ratio {theme=(none)} over 30d = 0.25 of 4
			themes detractor_ratio {theme=size} over 30d = 0.5 of 2
			themes detractor_ratio {theme=(none)} over 30d = 0.5 of 2
			themes responses {theme=price} over 30d = 2 of 2
			themes ratio {theme=price} touchpoint="web" over 30d = 1 of 2
			nps score over 30d = -33.333333333333336 of 3`,
	},
	{
		name: "an edited score counts as it is now, at the time of the answer", entity: "responses",
		at: "2024-07-01T00:00:00Z", windows: "30d",
		columns: "responded_at:naive score:integer updated_at+:naive",
		rows: `2024-06-10T00:00:00Z | 9 | 2024-07-10T00:00:00Z
			2024-05-10T00:00:00Z | 0 | 2024-06-10T00:00:00Z`,
		kpis: []string{"nps"},
		want: `nps score over 30d = 100 of 1
			nps mean over 30d = 9 of 1`,
	},
	{
		name: "surveys, touchpoints and products are dimensions", entity: "responses",
		at: "2024-07-01T00:00:00Z", windows: "30d", dims: "touchpoint survey product_line",
		columns: "responded_at:naive score:integer touchpoint:word survey:word product_line:word",
		rows: `2024-06-10T00:00:00Z | 10 | checkout | relationship | shoes
			2024-06-10T00:00:00Z | 10 | delivery | transaction | shoes
			2024-06-10T00:00:00Z | 0 | delivery | transaction | bags
			2024-06-10T00:00:00Z | 7 | support | transaction | -`,
		kpis: []string{"enps", "csat {scale: {min: 0, max: 10}, satisfied_from: 8}"},
		want: `enps score over 30d = 25 of 4
			enps score touchpoint="delivery" over 30d = 0 of 2
			enps score survey="transaction" over 30d = 0 of 3
			enps score product_line="shoes" over 30d = 100 of 2
			enps score product_line="(none)" over 30d = 0 of 1
			csat ratio survey="relationship" over 30d = 1 of 1
			csat net product_line="bags" over 30d = -100 of 1`,
	},
}
