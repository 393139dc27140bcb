package app

import (
	"github.com/prometheus/client_golang/prometheus"
)

// metrics gathers how the sending of alerts goes.
func (s *sidecar) metrics() prometheus.Gatherer {
	r := prometheus.NewRegistry()
	r.MustRegister(s)
	return r
}

// Describe implements prometheus.Collector. What there is depends on the
// configuration, so nothing is promised.
func (s *sidecar) Describe(chan<- *prometheus.Desc) {}

// Collect implements prometheus.Collector: how the sending of alerts goes.
func (s *sidecar) Collect(out chan<- prometheus.Metric) {
	desc := func(name, help string) *prometheus.Desc {
		return prometheus.NewDesc(name, help, []string{"alertmanager"}, nil)
	}
	sent := desc("cx_alertmanager_alerts_sent_total", "Number of alerts that an Alertmanager has taken, each as often as it was sent.")
	dropped := desc("cx_alertmanager_alerts_dropped_total", "Number of alerts that were dropped since too many waited to be sent.")
	failed := desc("cx_alertmanager_request_errors_total", "Number of requests to an Alertmanager that failed.")
	took := desc("cx_alertmanager_request_duration_seconds", "How long requests to an Alertmanager took.")
	queued := desc("cx_alertmanager_queue_length", "Number of alerts that wait to be sent.")
	capacity := desc("cx_alertmanager_queue_capacity", "Number of alerts that may wait to be sent.")
	success := desc("cx_alertmanager_last_success_timestamp_seconds", "When a request to an Alertmanager last succeeded, or since when that has been tried.")
	for _, h := range s.health() {
		add := func(d *prometheus.Desc, kind prometheus.ValueType, v float64) {
			out <- prometheus.MustNewConstMetric(d, kind, v, h.Alertmanager)
		}
		add(sent, prometheus.CounterValue, h.Sent)
		add(dropped, prometheus.CounterValue, h.Dropped)
		add(failed, prometheus.CounterValue, h.Errors)
		add(queued, prometheus.GaugeValue, float64(h.Queued))
		add(capacity, prometheus.GaugeValue, float64(h.Capacity))
		add(success, prometheus.GaugeValue, float64(h.LastSuccess.UnixMilli())/1000)
		out <- prometheus.MustNewConstSummary(took, h.Requests, h.Took.Seconds(), nil, h.Alertmanager)
	}
}
