//go:build !race

package app_test

// raced tells that the race detector is on.
const raced = false
