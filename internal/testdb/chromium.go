package testdb

import "testing"

// Chromium returns the path of a browser that runs without a screen, with fonts to
// show text in.
func Chromium(tb testing.TB) string {
	tb.Helper()
	return programs(tb, []string{"chromium", "fonts-dejavu-core"}, "chromium|chromium-browser|google-chrome")["chromium"]
}
