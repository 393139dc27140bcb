package facts_test

import (
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/facts"
)

// How many instants are read at once is decided by what memory holds of those before:
// no shape that grows with segments may be free.
func TestFirstRowsBySegmentAreKeptInMemory(t *testing.T) {
	t.Parallel()
	q := openSQLite(t)
	q.exec(t, "CREATE TABLE orders (at INTEGER, customer INTEGER, region TEXT)")
	for c, region := range []string{"north", "north", "south", "west"} {
		q.exec(t, "INSERT INTO orders VALUES (?, ?, ?), (?, ?, ?)", day(3).Unix(), c, region, day(9).Unix(), 10+c, region)
	}
	need := facts.Need{Returns: &facts.Returns{Subject: "customer", Time: "at", Within: time.Hour, Bounds: []time.Time{day(2), day(6), day(12)}}}
	a := answered(t, q, facts.Relation{
		Table: "orders", Columns: map[facts.Role]facts.Column{"at": {Name: "at", Type: facts.Unix}},
		Dimensions: []facts.Dimension{{Name: "region", Columns: []string{"region"}}},
	}, []facts.Found{{"at", facts.Integer}, {"customer", facts.Integer}, {"region", facts.Text}}, need)
	// Two intervals of three regions and of the total.
	if got := a.Kept(); got != 8 {
		t.Errorf("%d facts are kept, not 8", got)
	}
}
