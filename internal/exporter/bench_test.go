package exporter

import (
	"fmt"
	"testing"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// BenchmarkRefresh is what a refresh of 10,000 series costs beside its
// statements: making the families of one collector, and rendering the page in
// all its forms.
func BenchmarkRefresh(b *testing.B) {
	c, s := company()
	score := s.Series[0]
	s.Series = nil
	for i := range 10_000 / 6 { // a value, two bounds, samples, change, p-value
		score.Segment = kpi.Segment{Dimension: "team", Value: fmt.Sprintf("team %d", i)}
		s.Series = append(s.Series, score)
	}
	b.Run("families", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := kpiFamilies(c, s); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("page", func(b *testing.B) {
		f, err := kpiFamilies(c, s)
		if err != nil {
			b.Fatal(err)
		}
		var p printer
		b.ReportAllocs()
		for b.Loop() {
			if page := p.print(f, nil); page.Err != nil {
				b.Fatal(page.Err)
			}
		}
	})
}
