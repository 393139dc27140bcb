package packing_test

import (
	"strings"
	"testing"

	"github.com/cx-exporter/cx-exporter/internal/packing"
)

func BenchmarkGzip(b *testing.B) {
	text := []byte(strings.Repeat("<tr><td>Churn rate</td><td>2.3 %</td></tr>\n", 500))
	var p packing.Packer
	for b.Loop() {
		p.Gzip(text)
	}
}
