package facts

import (
	"math"
	"reflect"
	"testing"
	"time"
)

// Needs are answered once where they are the same in all respects, and each by
// itself where they differ in one.
func TestNeedsThatDifferInOneRespectAreTwo(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	asked := func() *Subjects {
		return &Subjects{
			Subject: "customer", Start: "from", End: "to", Trial: "trial", Weight: "plan", Amount: "mrr", Unit: "currency",
			Points: []Point{
				{At: at, Until: at, Ended: at, Of: "kind", Words: []string{"A"}, Where: Ranges{{Of: Expr{Role: "mrr"}, To: 1}}, Least: 1},
				{Lo: at, Hi: at.AddDate(0, 0, 1)},
			},
			Attribution: []int{0}, Moments: []int{0}, Amounts: []int{0, 1}, Pairs: []Pair{{0, 1}},
			Last: Code{Of: "score", Bands: []Band{{Code: 1, To: 6}}},
		}
	}
	subjects := map[string]func(s *Subjects){
		"":            func(*Subjects) {},
		"Subject":     func(s *Subjects) { s.Subject = "account" },
		"Start":       func(s *Subjects) { s.Start = "since" },
		"End":         func(s *Subjects) { s.End = "until" },
		"Trial":       func(s *Subjects) { s.Trial = "" },
		"Weight":      func(s *Subjects) { s.Weight = "" },
		"Points":      func(s *Subjects) { s.Points = append(s.Points, Point{At: at}) },
		"Attribution": func(s *Subjects) { s.Attribution = []int{1} },
		"Moments":     func(s *Subjects) { s.Moments = []int{0, 1} },
		"Amount":      func(s *Subjects) { s.Amount = "" },
		"Repeated":    func(s *Subjects) { s.Repeated = true },
		"Unit":        func(s *Subjects) { s.Unit = "" },
		"Amounts":     func(s *Subjects) { s.Amounts = []int{1, 0} },
		"Pairs":       func(s *Subjects) { s.Pairs = []Pair{{1, 0}} },
		"Last":        func(s *Subjects) { s.Last.Bands[0].To = math.Inf(1) },
	}
	points := map[string]func(pt *Point){
		"At":    func(pt *Point) { pt.At = at.Add(1e9) },
		"Until": func(pt *Point) { pt.Until = time.Time{} },
		"Ended": func(pt *Point) { pt.Ended = time.Time{} },
		"Lo":    func(pt *Point) { pt.Lo = at },
		"Hi":    func(pt *Point) { pt.Hi = at },
		"Of":    func(pt *Point) { pt.Of = "reason" },
		"Words": func(pt *Point) { pt.Words[0] = "B" },
		"Where": func(pt *Point) { pt.Where[0].Not = true },
		"Least": func(pt *Point) { pt.Least = 2 },
	}
	needs := func(t *testing.T, other *Subjects) (n int) {
		p, err := NewPlan(Options{}, []Need{{Subjects: asked()}, {Subjects: other}})
		if err != nil {
			t.Fatal(err)
		}
		for _, pn := range p.panels {
			n += len(pn.needs)
		}
		return n
	}
	for field, change := range subjects {
		want := 2
		if field == "" {
			want = 1
		}
		other := asked()
		if change(other); needs(t, other) != want {
			t.Errorf("there are not %d needs where Subjects differ in %q", want, field)
		}
	}
	for field, change := range points {
		other := asked()
		if change(&other.Points[0]); needs(t, other) != 2 {
			t.Errorf("there is one need where Points differ in %q", field)
		}
	}
	for _, f := range reflect.VisibleFields(reflect.TypeFor[Subjects]()) {
		if subjects[f.Name] == nil {
			t.Errorf("nothing is known of %s of Subjects", f.Name)
		}
	}
	for _, f := range reflect.VisibleFields(reflect.TypeFor[Point]()) {
		if points[f.Name] == nil {
			t.Errorf("nothing is known of %s of Point", f.Name)
		}
	}
}
