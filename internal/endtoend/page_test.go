package endtoend

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/cx-exporter/cx-exporter/internal/testdb"
)

// page is a service's page of metrics.
func page(ctx context.Context, service *testdb.Service) (string, error) {
	status, text, err := service.Ask(ctx, http.MethodGet, "/metrics", "")
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("the page answers %d", status)
	}
	return text, err
}

// lines are the lines of a page that have all of some parts.
func lines(text string, parts ...string) []string {
	var out []string
	for line := range strings.Lines(text) {
		if !slices.ContainsFunc(parts, func(p string) bool { return !strings.Contains(line, p) }) {
			out = append(out, strings.TrimSpace(line))
		}
	}
	return out
}

// value is the value of the only line of a page.
func value(t *testing.T, lines []string) float64 {
	t.Helper()
	if len(lines) != 1 {
		t.Fatalf("not one line: %q", lines)
	}
	_, text, _ := strings.Cut(lines[0], "} ")
	n, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
