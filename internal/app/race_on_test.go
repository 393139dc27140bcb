//go:build race

package app_test

// raced tells that the race detector is on. What takes a few milliseconds takes
// ten and more times as long then, and SQLite, which is C translated to Go, forty.
const raced = true
