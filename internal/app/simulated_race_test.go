//go:build race

package app

import "time"

// simulated is how long each simulated world lives. The race detector takes ten
// times as long for a day, and sees in some days what there is to see.
const simulated = 6 * 24 * time.Hour
