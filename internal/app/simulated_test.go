//go:build !race

package app

import "time"

// simulated is how long each simulated world lives.
const simulated = 60 * 24 * time.Hour
