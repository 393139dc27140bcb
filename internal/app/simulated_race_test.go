//go:build race

package app

import "time"

// simulated is how long each simulated world lives. The race detector takes several
// times as long for a day, and sees in some days what there is to see; the gate runs
// all sixty without it.
const simulated = 6 * 24 * time.Hour
