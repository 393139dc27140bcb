package source

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestPausesGrowAndAreSpread(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		kind     Kind
		failures int
		jitter   float64
		want     time.Duration
	}{
		{KindConnect, 1, 0, 0},
		{KindConnect, 1, 0.5, 500 * time.Millisecond},
		{KindConnect, 3, 0.5, 2 * time.Second},
		{KindConnect, 5, 0.5, 8 * time.Second},
		{KindConnect, 6, 0.5, 15 * time.Second},
		{KindConnect, 5000, 0.5, 15 * time.Second},
		{KindAuth, 1, 0, 30 * time.Second},
		{KindAuth, 1, 0.5, 45 * time.Second},
		{KindAuth, 5000, 0, 450 * time.Second},
	} {
		if got := pause(test.kind, test.failures, test.jitter); got != test.want {
			t.Errorf("%s, %d failures, jitter %v: got %s, want %s", test.kind, test.failures, test.jitter, got, test.want)
		}
	}
}

func TestOneCallerTriesAgainAndTheOthersWaitForIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := &gate{jitter: func() float64 { return 0.5 }}
		ctx, old := t.Context(), fingerprint{1}

		// Attempts at the same time, all before the first failure, fail as one.
		var first []attempt
		for range 3 {
			a, err := g.admit(ctx, old)
			if err != nil {
				t.Fatal(err)
			}
			first = append(first, a)
		}
		for i, a := range first {
			if opened := g.fail(a, KindConnect, old); opened != (i == 0) {
				t.Errorf("failure %d: the gate was open: %v", i, opened)
			}
		}
		var early *pausing
		if _, err := g.admit(ctx, old); !errors.As(err, &early) || early.wait != 500*time.Millisecond {
			t.Fatalf("after one failure: got %v", err)
		}

		time.Sleep(500 * time.Millisecond)
		probe, err := g.admit(ctx, old)
		if err != nil || !probe.probe {
			t.Fatalf("after the pause: got %+v %v", probe, err)
		}
		var all sync.WaitGroup
		results := make([]error, 3)
		for i := range results {
			all.Go(func() { _, results[i] = g.admit(ctx, old) })
		}
		short, cancel := context.WithTimeout(ctx, time.Millisecond)
		defer cancel()
		if _, err := g.admit(short, old); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a caller without time: got %v", err)
		}
		synctest.Wait()
		g.fail(probe, KindConnect, old)
		all.Wait()
		for _, err := range results {
			if !errors.As(err, &early) || early.wait != time.Second {
				t.Errorf("after the second failure: got %v", err)
			}
		}

		// Changed secrets are tried at once.
		probe, err = g.admit(ctx, fingerprint{2})
		if err != nil || !probe.probe {
			t.Fatalf("with another password: got %+v %v", probe, err)
		}
		for i := range results {
			all.Go(func() { _, results[i] = g.admit(ctx, fingerprint{2}) })
		}
		synctest.Wait()
		if !g.succeed(probe) {
			t.Error("the gate was not closed")
		}
		all.Wait()
		for _, err := range results {
			if err != nil {
				t.Errorf("after the success: got %v", err)
			}
		}
	})
}

func TestAnAttemptThatIsGivenUpSaysNothingAboutTheServer(t *testing.T) {
	t.Parallel()
	g := &gate{jitter: func() float64 { return 0 }}
	a, err := g.admit(t.Context(), fingerprint{})
	if err != nil {
		t.Fatal(err)
	}
	g.fail(a, KindConnect, fingerprint{})
	a, err = g.admit(t.Context(), fingerprint{})
	if err != nil || !a.probe {
		t.Fatalf("got %+v %v", a, err)
	}
	g.abandon(a)
	if a, err = g.admit(t.Context(), fingerprint{}); err != nil || !a.probe {
		t.Errorf("after it was given up: got %+v %v", a, err)
	}
}
