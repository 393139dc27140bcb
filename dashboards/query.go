package dashboards

import "strings"

// fallbacks are the windows that are shown where a collector has not the one that
// the board is set to: figures of money are often kept by months and quarters.
var fallbacks = [...]string{"30d", "last_month", "last_quarter"}

// of writes a selector.
func of(family string, matchers ...string) string {
	return family + "{" + strings.Join(matchers, ", ") + "}"
}

const (
	ofCollectors = `collector=~"$collector"`
	ofWindow     = `window="$window"`
)

// at is a family in the window of the board, or for collectors without it in the
// first of the fallbacks that they have.
func at(family string, matchers ...string) string {
	return inWindow(family, append([]string{ofCollectors}, matchers...))
}

func inWindow(family string, matchers []string) string {
	parts := []string{of(family, append(matchers, ofWindow)...)}
	for _, w := range fallbacks {
		parts = append(parts, of(family, append(matchers[:len(matchers):len(matchers)], `window="`+w+`"`)...))
	}
	return strings.Join(parts, "\nor on (collector) ")
}

// now is a family that has no windows.
func now(family string, matchers ...string) string {
	return of(family, append([]string{ofCollectors}, matchers...)...)
}

// change is how much better a value became than in the window before: relative,
// or as a share of the scale.
func change(kpi, stat string) string {
	return at("", `__name__=~"cx_kpi_change_improvement(_ratio)?"`, `kpi="`+kpi+`"`, `stat="`+stat+`"`)
}
