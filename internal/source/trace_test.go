package source

import (
	"errors"
	"strings"
	"testing"
)

func TestATraceIsBounded(t *testing.T) {
	t.Parallel()
	_, trace := WithTrace(t.Context())
	for range 3 {
		trace.end(trace.begin("db", strings.Repeat("ä", 30_000)), 2, 1, nil)
	}
	for range 100 {
		trace.end(trace.begin("db", "SELECT 1"), 0, 1, errors.New("refused"))
	}
	kept, more := trace.Statements()
	if len(kept) != 50 || more != 53 {
		t.Fatalf("%d are kept and %d more", len(kept), more)
	}
	size := 0
	for _, x := range kept {
		size += len(x.SQL)
	}
	if third := kept[2]; size > 128<<10 || third.Cut != 180_000-(128<<10) || strings.Trim(third.SQL, "ä") != "" {
		t.Errorf("%d bytes are kept, %d cut", size, third.Cut)
	}
	if kept[0].Rows != 2 || kept[0].Running || kept[3].Failure != "refused" {
		t.Errorf("got %+v and %+v", kept[0].Rows, kept[3])
	}
}

func TestATraceHoldsNoSecrets(t *testing.T) {
	t.Parallel()
	const password = "correct horse battery"
	d := &DB{opts: Options{Name: "db"}, secrets: &secrets{}}
	d.secrets.hide("postgres://alice:"+password+"@db.internal/shop", password, "alice", "db.internal")
	ctx, trace := WithTrace(t.Context())
	ended := d.traced(ctx, "SELECT '"+password+"', 'alice', 'db.internal' FROM shop")
	if kept, _ := trace.Statements(); len(kept) != 1 || !kept[0].Running || kept[0].SQL != "SELECT '***', '***', '***' FROM shop" {
		t.Errorf("got %+v", kept)
	}
	ended(5, nil)
	if kept, _ := trace.Statements(); kept[0].Running || kept[0].Rows != 5 || kept[0].Source != "db" {
		t.Errorf("got %+v", kept)
	}
	d.traced(t.Context(), "SELECT 1")(0, nil) // nobody wants to know
}
