package exporter

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cx-exporter/cx-exporter/internal/source"
)

func TestTheLastGoodAndFailedRunsAreRemembered(t *testing.T) {
	t.Parallel()
	var h History
	var p packer
	at := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	for i := range 25 {
		h.add(p.run(run{at: at.AddDate(0, 0, i), took: time.Second}, nil))
	}
	h.add(p.run(run{at: at, err: errors.New("no such thing")}, nil))
	if len(h.Good) != 10 || !h.Good[0].At.Equal(at.AddDate(0, 0, 24)) || !h.Good[9].At.Equal(at.AddDate(0, 0, 15)) {
		t.Errorf("good runs: %v", h.Good)
	}
	if len(h.Failed) != 1 || h.Failed[0].Reason != ReasonError || h.Failed[0].Failure != "no such thing" {
		t.Errorf("failed runs: %v", h.Failed)
	}
}

func TestStatementsOfARunComeBackAsTheyWere(t *testing.T) {
	t.Parallel()
	want := []source.Traced{
		{Source: "db", SQL: "SELECT '</script>\u202e'\nFROM x", Rows: 3, Took: 1500 * time.Microsecond},
		{Source: "db", SQL: "SELECT 2", Cut: 7, Running: true, Failure: "too slow"},
	}
	got, more, err := Run{statements: new(packer).pack(want), more: 4}.Statements()
	if diff := cmp.Diff(want, got); diff != "" || more != 4 || err != nil {
		t.Errorf("%d more, %v (-want +got):\n%s", more, err, diff)
	}
}
