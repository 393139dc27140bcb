package alerts

import "testing"

// A goal on what is no estimate asks for no samples unless it says otherwise, and
// asked for as many as all others before: the verdicts of that time go on.
func TestAVerdictOutlivesAnotherSmallestSampleByDefault(t *testing.T) {
	t.Parallel()
	keyWith := func(own, global int) string {
		g := reduceChurn(t, "30d")
		g.MinSamples, g.global.MinSamples = own, global
		return g.Key()
	}
	before := keyWith(30, 30) // as the configuration gave it to all
	if keyWith(0, 30) != before {
		t.Error("a verdict on what asks for no samples by default is thrown away")
	}
	if keyWith(50, 30) == before {
		t.Error("a verdict outlives a smallest sample that the goal itself asks for")
	}
}
