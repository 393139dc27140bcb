package exporter

import dto "github.com/prometheus/client_model/go"

// PastFamilies are the metric families that the page would have shown of a
// snapshot, sorted by name, with their metrics in no order: the values, what judges them, how the KPIs are defined
// and what Lasting holds. What the page tells of runs and sources is not in them:
// nobody knows it of the past.
func PastFamilies(c Collector, s *Snapshot) ([]*dto.MetricFamily, error) {
	f, err := unsorted(c, s)
	if err != nil {
		return nil, err
	}
	describe(f, c)
	f.merge(lasting(s.Lasting))
	return f.sorted(), nil
}
