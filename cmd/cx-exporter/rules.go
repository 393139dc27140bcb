package main

import (
	"context"

	"github.com/alecthomas/kingpin/v2"

	"github.com/cx-exporter/cx-exporter/alerts"
)

// rules prints the alert rules.
func rules(cli *kingpin.Application, w *world) command {
	c := cli.Command("rules", "Print the alert rules for Prometheus. They need no editing: goals and limits are in the metrics.")
	format := oneOf(c.Flag("format", "prometheus, or prometheusrule for the Prometheus operator.").Default("prometheus"), "prometheus", "prometheusrule")
	runbooks := c.Flag("runbook-url", "Folder of the runbooks, of which each alert has a page.").Default(alerts.DefaultRunbooks).String()
	return command{c.FullCommand(), func(context.Context) error {
		write := alerts.PrometheusRules
		if *format == "prometheusrule" {
			write = alerts.PrometheusRule
		}
		b, err := write(alerts.RuleOptions{RunbookURL: *runbooks})
		if err != nil {
			return err
		}
		_, err = w.stdout.Write(b)
		return err
	}}
}
