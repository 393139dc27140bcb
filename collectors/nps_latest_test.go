package collectors

import (
	"math"
	"testing"
)

func TestNPSOfTheLatestAnswers(t *testing.T) {
	t.Parallel()
	nan := math.NaN()
	tests := []struct {
		name             string
		rows             []row
		score            float64
		prom, pass, detr float64
		rejected         map[string]float64
	}{
		{
			name: "each respondent counts once, by the latest answer",
			rows: []row{
				{"respondent_id": "ann", "score": 0, "responded_at": at("03-02")},
				{"respondent_id": "ann", "score": 10, "responded_at": at("03-20")},
				{"respondent_id": "ben", "score": 9, "responded_at": at("03-03")},
				{"respondent_id": "ben", "score": 7, "responded_at": at("03-04")},
				{"respondent_id": "cat", "score": "6", "responded_at": at("03-31 23:59:59")},
				{"respondent_id": "cat", "score": "10", "responded_at": at("04-01")},
				{"respondent_id": "dan", "score": 10, "responded_at": at("02-29 23:59:59")},
			},
			score: 0, prom: 1, pass: 1, detr: 1,
		},
		{
			name: "an answer without a score on the scale is nobody's latest",
			rows: []row{
				{"respondent_id": "ann", "score": 9, "responded_at": at("03-02")},
				{"respondent_id": "ann", "score": 99, "responded_at": at("03-03")},
				{"respondent_id": "ann", "score": nil, "responded_at": at("03-04")},
				{"respondent_id": "ben", "score": "n/a", "responded_at": at("03-04")},
			},
			score: 100, prom: 1,
			rejected: map[string]float64{"off_scale": 1, "null_score": 1, "not_a_number": 1},
		},
		{
			name: "of answers at the same instant the better category counts, also of one delivered twice",
			rows: []row{
				{"respondent_id": "ann", "score": 8, "responded_at": at("03-02")},
				{"respondent_id": "ann", "score": 3, "responded_at": at("03-02")},
				{"respondent_id": "ann", "score": 3, "responded_at": at("03-02")},
				{"respondent_id": "ben", "score": 9, "responded_at": at("03-02")},
				{"respondent_id": "ben", "score": 9, "responded_at": at("03-02")},
			},
			score: 50, prom: 1, pass: 1,
		},
		{
			name:  "answers of nobody count for nobody",
			rows:  []row{{"respondent_id": nil, "score": 9, "responded_at": at("03-02")}},
			score: nan,
		},
	}
	k := build(t, &NPS{Scale: Scale{0, 10}, PromotersFrom: 9, DetractorsTo: 6, Answers: "latest"}, EntityResponses, roleRespondentID)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			want(t, evaluate(t, k, march(), tt.rows), map[string]float64{
				"cx_nps_score":                         tt.score,
				"cx_nps_responses{category=promoter}":  tt.prom,
				"cx_nps_responses{category=passive}":   tt.pass,
				"cx_nps_responses{category=detractor}": tt.detr,
			})
			want(t, rejected(t, k, march(), tt.rows), tt.rejected)
		})
	}
}

// The respondent is where the answer that counts was given.
func TestNPSOfTheLatestAnswersBySegment(t *testing.T) {
	t.Parallel()
	k := build(t, &ENPS{Scale: Scale{0, 10}, PromotersFrom: 9, DetractorsTo: 6, Answers: "latest"}, EntityResponses, roleRespondentID)
	rows := []row{
		{"respondent_id": 1, "score": 0, "responded_at": at("03-02"), "team": "a"},
		{"respondent_id": 1, "score": 10, "responded_at": at("03-03"), "team": "b"},
		{"respondent_id": 2, "score": 5, "responded_at": at("03-03"), "team": "b"},
		{"respondent_id": 2, "score": 55, "responded_at": at("03-04"), "team": "a"},
	}
	for team, score := range map[string]float64{"a": math.NaN(), "b": 0} {
		got := evaluateSegment(t, k, march(), rows, "team", team)
		want(t, only(got, "cx_enps_score"), map[string]float64{"cx_enps_score": score})
	}
}

func TestNPSAnswersParameter(t *testing.T) {
	t.Parallel()
	p := func(scale Scale, answers string) *NPS {
		return &NPS{Scale: scale, PromotersFrom: scale.Max, DetractorsTo: scale.Min, Answers: answers}
	}
	mistakes(t, map[string]mistake{
		"respondents must be known": {
			p(Scale{0, 10}, "latest"), bind(EntityResponses),
			"answers: latest needs to know who answered: name the column under columns, as respondent_id",
		},
		"yes and no are no numbers": {
			p(Scale{0, 1}, "latest"), bind(EntityResponses, roleRespondentID),
			"answers: latest needs scores that are numbers, and the scale 0 to 1 takes words as well: let a query pick the latest answers",
		},
		"there are two choices": {
			p(Scale{0, 10}, "first"), bind(EntityResponses, roleRespondentID),
			`answers: "first" is neither all nor latest`,
		},
	})
}
