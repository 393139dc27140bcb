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
	labels := []string{"alertmanager"}
	sent := prometheus.NewDesc("cx_alertmanager_alerts_sent_total", "Number of alerts that an Alertmanager has taken, each as often as it was sent.", labels, nil)
	dropped := prometheus.NewDesc("cx_alertmanager_alerts_dropped_total", "Number of alerts that were dropped since too many waited to be sent.", labels, nil)
	failed := prometheus.NewDesc("cx_alertmanager_request_errors_total", "Number of requests to an Alertmanager that failed.", labels, nil)
	took := prometheus.NewDesc("cx_alertmanager_request_duration_seconds", "How long requests to an Alertmanager took.", labels, nil)
	queued := prometheus.NewDesc("cx_alertmanager_queue_length", "Number of alerts that wait to be sent.", labels, nil)
	capacity := prometheus.NewDesc("cx_alertmanager_queue_capacity", "Number of alerts that may wait to be sent.", labels, nil)
	success := prometheus.NewDesc("cx_alertmanager_last_success_timestamp_seconds", "When a request to an Alertmanager last succeeded, or since when that has been tried.", labels, nil)
	for _, h := range s.health() {
		out <- prometheus.MustNewConstMetric(sent, prometheus.CounterValue, h.Sent, h.Alertmanager)
		out <- prometheus.MustNewConstMetric(dropped, prometheus.CounterValue, h.Dropped, h.Alertmanager)
		out <- prometheus.MustNewConstMetric(failed, prometheus.CounterValue, h.Errors, h.Alertmanager)
		out <- prometheus.MustNewConstMetric(queued, prometheus.GaugeValue, float64(h.Queued), h.Alertmanager)
		out <- prometheus.MustNewConstMetric(capacity, prometheus.GaugeValue, float64(h.Capacity), h.Alertmanager)
		out <- prometheus.MustNewConstMetric(success, prometheus.GaugeValue, float64(h.LastSuccess.UnixMilli())/1000, h.Alertmanager)
		out <- prometheus.MustNewConstSummary(took, h.Requests, h.Took.Seconds(), nil, h.Alertmanager)
	}
}
