package app

import "github.com/prometheus/client_golang/prometheus"

// metrics gathers how the writing of the file goes.
func (b *Book) metrics() prometheus.Gatherer {
	r := prometheus.NewRegistry()
	r.MustRegister(b)
	return r
}

// Describe implements prometheus.Collector. Without a file there is nothing, so
// nothing is promised.
func (b *Book) Describe(chan<- *prometheus.Desc) {}

// Collect implements prometheus.Collector: how the writing of the file goes.
func (b *Book) Collect(out chan<- prometheus.Metric) {
	if b.file == "" {
		return
	}
	good := 1.0
	if b.behind.Load() {
		good = 0
	}
	out <- prometheus.MustNewConstMetric(prometheus.NewDesc("cx_state_file_last_write_successful", "Whether the file of --goals.state-file holds what is known.", nil, nil), prometheus.GaugeValue, good)
	out <- prometheus.MustNewConstMetric(prometheus.NewDesc("cx_state_file_write_errors_total", "Number of times that the file of --goals.state-file could not be written.", nil, nil), prometheus.CounterValue, float64(b.failures.Load()))
}
