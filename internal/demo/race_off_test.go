//go:build !race

package demo

// raced tells that the race detector is on.
const raced = false
