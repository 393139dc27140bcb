package facts_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// staysOf reads the steps of stays of a table of customers from SQLite.
func staysOf(t *testing.T, q *querier, need *facts.Stays, limit int) (all [][2]float64, statements int) {
	t.Helper()
	r := facts.Relation{Table: "subs", Columns: map[facts.Role]facts.Column{
		"from": {Name: "f", Type: facts.Unix}, "to": {Name: "t", Type: facts.Unix},
	}}
	needs := []facts.Need{{Stays: need}}
	r, errs := facts.Resolve(r, []facts.Found{{"f", facts.Integer}, {"t", facts.Integer}, {"who", facts.Integer}}, facts.Uses(needs))
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	plan, err := facts.NewPlan(facts.Options{Limit: limit}, needs)
	if err != nil {
		t.Fatal(err)
	}
	d, err := facts.For("sqlite")
	if err != nil {
		t.Fatal(err)
	}
	a, err := plan.Read(t.Context(), facts.Target{Dialect: d, Relation: r, Querier: q, Memory: &facts.Memory{}})
	if err != nil {
		t.Fatal(err)
	}
	f := a.View(kpi.Segment{})
	for i := range len(need.Instants) - 1 {
		there, left := f.Stays(need, i)
		all = append(all, [2]float64{there, left})
	}
	return all, a.Statements
}

func TestWhoStaysFromOneInstantToTheNext(t *testing.T) {
	t.Parallel()
	q := openSQLite(t)
	q.exec(t, "CREATE TABLE subs (who INTEGER, f INTEGER, t INTEGER)")
	for _, r := range []struct {
		who      any
		from, to any
	}{
		{1, day(1).Unix(), nil},
		{2, day(1).Unix(), 0},                   // no time
		{3, day(1).Unix(), day(11).Unix()},      // there on the 11th, and no more on the 16th
		{4, day(1).Unix(), day(8).Unix()},       // three rows that follow each other,
		{4, day(8).Unix(), day(13).Unix()},      //
		{4, day(12).Unix(), day(20).Unix()},     // or overlap
		{5, day(1).Unix(), day(9).Unix()},       // away on the 11th
		{5, day(12).Unix(), nil},                //
		{6, day(11).Unix(), nil},                // not there before the instant at which it begins
		{7, day(9).Unix(), day(7).Unix()},       // ends before it starts
		{8, 0, nil},                             // no start
		{nil, day(1).Unix(), day(7).Unix()},     // nobody
		{9, day(30).Unix(), nil},                // too late
		{10, day(1).Unix(), day(5).Unix()},      // too early, but for a grace of a day and more
		{11, day(1).Unix(), "some day"},         // no time, and so not ended
		{12, day(1).Unix(), day(10).Unix() + 1}, // no more there on the 11th, but for a grace
	} {
		q.exec(t, "INSERT INTO subs VALUES (?, ?, ?)", r.who, r.from, r.to)
	}
	instants := []time.Time{day(6), day(11), day(16), day(21)}
	for name, tt := range map[string]struct {
		grace time.Duration
		want  [][2]float64
	}{
		// On the 6th 1 2 3 4 5 11 12, on the 11th 1 2 3 4 11, on the 16th 1 2 4 5 6 11.
		"without a grace": {0, [][2]float64{{7, 2}, {5, 1}, {6, 1}}},
		// On the 6th also 10, on the 11th also 12; 5 stays away.
		"with a grace of a day": {24 * time.Hour, [][2]float64{{8, 2}, {6, 2}, {6, 0}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			need := &facts.Stays{Subject: "who", Start: "from", End: "to", Grace: tt.grace, Instants: instants}
			got, n := staysOf(t, q, need, 1000)
			if diff := cmp.Diff(tt.want, got); diff != "" || n != 1 {
				t.Errorf("%d statements; there and left (-want +got):\n%s", n, diff)
			}
			got, n = staysOf(t, q, need, 4)
			if diff := cmp.Diff(tt.want, got); diff != "" || n < 3 {
				t.Errorf("split over %d statements (-want +got):\n%s", n, diff)
			}
		})
	}
	t.Run("at more instants than an integer has bits", func(t *testing.T) {
		t.Parallel()
		need := &facts.Stays{Subject: "who", Start: "from", End: "to"}
		for hour := range 24 * 15 {
			need.Instants = append(need.Instants, day(6).Add(time.Duration(hour)*time.Hour))
		}
		got, _ := staysOf(t, q, need, 1000)
		left := 0.0
		for _, x := range got {
			left += x[1]
		}
		if got[0][0] != 7 || left != 4 { // 5, 12, 3 and 4
			t.Errorf("%v there on the 6th, want 7; %v left in the end, want 4", got[0][0], left)
		}
	})
	t.Run("instants out of order are refused", func(t *testing.T) {
		t.Parallel()
		need := facts.Need{Stays: &facts.Stays{Subject: "who", Start: "from", End: "to", Instants: []time.Time{day(2), day(1)}}}
		if _, err := facts.NewPlan(facts.Options{}, []facts.Need{need}); err == nil {
			t.Error("no error")
		}
	})
}
