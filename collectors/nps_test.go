package collectors

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

// answers are rows of the entity responses in the middle of March.
func answers(scores ...any) []row {
	rows := make([]row, len(scores))
	for i, s := range scores {
		rows[i] = row{"score": s, "responded_at": at("03-15")}
	}
	return rows
}

func TestNPS(t *testing.T) {
	t.Parallel()
	nan := math.NaN()
	tests := []struct {
		name     string
		params   NPS
		rows     []row
		score    float64
		mean     float64
		prom     float64
		pass     float64
		detr     float64
		rejected map[string]float64
	}{
		{
			// Published: one half, one third and one sixth give +33.3.
			name: "half promoters, a third passives, a sixth detractors",
			rows: answers("9", "10", "10", "7", "8", "6"), score: 100.0 / 3, mean: 50.0 / 6, prom: 3, pass: 2, detr: 1,
		},
		{name: "no answers have no score, but a count of 0", rows: nil, score: nan, mean: nan},
		{name: "a single detractor is the least score", rows: answers("0"), score: -100, detr: 1},
		{name: "passives count as answers", rows: answers("10", "8", "8", "8"), score: 25, mean: 8.5, prom: 1, pass: 3},
		{
			name:  "numbers of every column type are scores",
			rows:  answers("9", "9.0", " 10 ", "1e1", 9, 6.5, "6"),
			score: 100 * (5.0 - 1) / 7, mean: 8.5, prom: 5, pass: 1, detr: 1,
		},
		{
			name:  "what is off the scale, empty or no number is refused and counted",
			rows:  answers("10", "11", "-1", "99", nil, "", "n/a", "NaN", "inf", "true", "0x9", "1_0"),
			score: 100, mean: 10, prom: 1,
			rejected: map[string]float64{"off_scale": 3, "null_score": 2, "not_a_number": 6},
		},
		{
			name:   "five stars promote and three or fewer detract",
			params: NPS{Scale: Scale{1, 5}, PromotersFrom: 5, DetractorsTo: 3},
			rows:   answers("5", "5", "4", "3", "1"), score: 0, mean: 3.6, prom: 2, pass: 1, detr: 2,
		},
		{
			name: "only answers in the window count, its beginning included and its end not",
			rows: []row{
				{"score": "10", "responded_at": at("02-29 23:59:59")},
				{"score": "10", "responded_at": at("03-01")},
				{"score": "0", "responded_at": at("03-31 23:59:59")},
				{"score": "0", "responded_at": at("04-01")},
				{"score": "0", "responded_at": nil},
			},
			score: 0, mean: 5, prom: 1, detr: 1,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := newNPS()
			if tt.params != (NPS{}) {
				p = &tt.params
			}
			k := build(t, p, EntityResponses)
			want(t, evaluate(t, k, march(), tt.rows), map[string]float64{
				"cx_nps_score":                         tt.score,
				"cx_nps_mean_score":                    tt.mean,
				"cx_nps_responses{category=promoter}":  tt.prom,
				"cx_nps_responses{category=passive}":   tt.pass,
				"cx_nps_responses{category=detractor}": tt.detr,
			})
			want(t, rejected(t, k, march(), tt.rows), tt.rejected)
		})
	}
}

func TestNPSWithoutABeginningGoesBackForEver(t *testing.T) {
	t.Parallel()
	rows := []row{
		{"score": "10", "responded_at": time.Date(1999, 12, 31, 0, 0, 0, 0, time.UTC)},
		{"score": "10", "responded_at": at("03-31")},
	}
	got := evaluate(t, build(t, newNPS(), EntityResponses), always(), rows)
	if got["cx_nps_responses{category=promoter}"] != 2 {
		t.Errorf("promoters = %v, want both", got["cx_nps_responses{category=promoter}"])
	}
}

func TestNPSOfASegmentIsThatOfItsRows(t *testing.T) {
	t.Parallel()
	rows := []row{
		{"score": "10", "responded_at": at("03-02"), "team": "a"},
		{"score": "0", "responded_at": at("03-02"), "team": "b"},
		{"score": "7", "responded_at": at("03-02"), "team": "b"},
	}
	got := evaluateSegment(t, build(t, newNPS(), EntityResponses), march(), rows, "team", "b")
	if got["cx_nps_score"] != -50 {
		t.Errorf("score of b = %v, want -50", got["cx_nps_score"])
	}
}

func TestNPSCategoriesAddUpToTheAnswers(t *testing.T) {
	t.Parallel()
	k := build(t, newNPS(), EntityResponses)
	rng := rand.New(rand.NewPCG(1, 2))
	for range 80 {
		rows := make([]row, rng.IntN(60))
		for i := range rows {
			rows[i] = row{"score": rng.IntN(14) - 1, "responded_at": at("02-20").Add(time.Duration(rng.IntN(60*24)) * time.Hour)}
		}
		e := evidence(t, k, march(), rows, "", "")
		sum := 0.0
		for _, c := range []string{"promoter", "passive", "detractor"} {
			v, _ := e["cx_nps_responses{category="+c+"}"].Value()
			sum += v
		}
		refused := 0.0
		for _, n := range rejected(t, k, march(), rows) {
			refused += n
		}
		inMarch := 0.0
		for _, r := range rows {
			if when := r["responded_at"].(time.Time); !when.Before(at("03-01")) && when.Before(at("04-01")) {
				inMarch++
			}
		}
		if n := e["cx_nps_score"].Samples(); sum != n || n+refused != inMarch {
			t.Fatalf("categories %v, samples %v, refused %v, rows in March %v", sum, n, refused, inMarch)
		}
	}
}

func TestNPSIsComparableAndHasAnInterval(t *testing.T) {
	t.Parallel()
	k := build(t, newNPS(), EntityResponses)
	e := evidence(t, k, march(), answers("10", "10", "10", "8", "0"), "", "")["cx_nps_score"]
	lower, upper, ok := e.Interval(0.95)
	if !ok || !(-100 <= lower && lower < 40 && 40 < upper && upper <= 100) {
		t.Errorf("interval of 40 = [%v, %v], %v", lower, upper, ok)
	}
	if _, _, ok := e.Change(e); !ok {
		t.Error("two scores cannot be compared")
	}
}

func TestNPSParameters(t *testing.T) {
	t.Parallel()
	mistakes(t, map[string]mistake{
		"thresholds may not overlap": {
			&NPS{Scale: Scale{0, 10}, PromotersFrom: 6, DetractorsTo: 6}, bind(EntityResponses),
			"detractors_to: 6 is not below promoters_from 6: nobody can be both",
		},
		"promoters must be on the scale": {
			&NPS{Scale: Scale{1, 5}, PromotersFrom: 9, DetractorsTo: 3}, bind(EntityResponses),
			"promoters_from: 9 is off the scale 1 to 5: give the lowest score of a promoter",
		},
		"detractors must be on the scale": {
			&NPS{Scale: Scale{7, 10}, PromotersFrom: 9, DetractorsTo: 6}, bind(EntityResponses),
			"detractors_to: 6 is off the scale 7 to 10: give the highest score of a detractor",
		},
		"a scale has two ends": {
			&NPS{Scale: Scale{10, 10}, PromotersFrom: 10, DetractorsTo: 9}, bind(EntityResponses),
			"scale: min 10 is not below max 10: give the lowest and the highest score that can be answered\n" +
				"detractors_to: 9 is off the scale 10 to 10: give the highest score of a detractor",
		},
		"a scale is not endless": {
			&NPS{Scale: Scale{0, 1000}, PromotersFrom: 9, DetractorsTo: 6}, bind(EntityResponses),
			"scale: 0 to 1000 is longer than 100 steps: divide the score in a query, so that the number of distinct scores stays small",
		},
	})
}

// mistake is a configuration that a KPI refuses, and how.
type mistake struct {
	params  Parameters
	binding Binding
	want    string
}

func mistakes(t *testing.T, tests map[string]mistake) {
	t.Helper()
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k, err := tt.params.KPI(tt.binding)
			if err == nil {
				t.Fatalf("accepted as %+v", k.Desc())
			}
			if err.Error() != tt.want {
				t.Errorf("error\n%s\nwant\n%s", err, tt.want)
			}
		})
	}
}
