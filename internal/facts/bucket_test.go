package facts

import "testing"

// The base of log-buckets is 101/99, so that a second lies in the first of them.
func TestALengthOfTimeHasABucket(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		seconds float64
		want    int
	}{
		{"none, but for what floating-point numbers lose of instants", -2.4e-7, zeroBucket},
		{"an end before the start by the least that databases keep", -1e-6, negativeBucket},
		{"none", 0, zeroBucket},
		{"less than is told from none", 0.000999, zeroBucket},
		{"a millisecond", 0.001, -346},
		{"a millisecond, but for what floating-point numbers lose of instants", 0.00099993, -346},
		{"a second", 1, 0},
		{"a little less than a second", 0.99, -1},
	} {
		if got := logBucket(c.seconds); got != c.want {
			t.Errorf("%s: %v seconds are in the bucket %d, want %d", c.name, c.seconds, got, c.want)
		}
	}
}
