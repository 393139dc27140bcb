//go:build race

package demo

// raced tells that the race detector is on. It makes SQLite, which is C
// translated to Go, some forty times slower, and has little to find here: the
// package starts no goroutine. So the companies are smaller then.
const raced = true
