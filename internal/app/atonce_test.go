package app

import "testing"

// So many instants are evaluated together as memory holds the facts of.
func TestInstantsAtOnceFollowTheirFacts(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		says            string
		instants, facts int
		want            int
	}{
		{"few facts allow for as many as there may be", 32, 1200, 128},
		{"none are few", 32, 0, 128},
		{"twice as many for half of what may be", 32, 45_000, 64},
		{"fewer where memory holds too much already", 128, 150_000, 76},
		{"not less than half at a step", 128, 10_000_000, 64},
		{"and one at the least", 1, 10_000_000, 1},
	} {
		if got := nextAtOnce(tt.instants, tt.facts); got != tt.want {
			t.Errorf("%s: %d, not %d", tt.says, got, tt.want)
		}
	}
}
