package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/alecthomas/kingpin/v2"

	"github.com/cx-exporter/cx-exporter/dashboards"
)

// boards writes the Grafana dashboards.
func boards(cli *kingpin.Application, w *world) command {
	c := cli.Command("dashboards", "Write the Grafana dashboards, for Grafana 10 and later. They need no editing: they find what is exported.")
	dir := c.Flag("output", "Folder to write them to, which is made where it is missing. Default: dashboards.").Default("dashboards").PlaceHolder("DIR").String()
	file := c.Flag("config.file", "Show the custom KPIs of this configuration in panels of their own.").PlaceHolder("FILE").String()
	return command{c.FullCommand(), func(context.Context) error {
		var custom []dashboards.Custom
		if *file != "" {
			cfg, err := load(*file, w)
			if err != nil {
				return err
			}
			custom = dashboards.CustomOf(cfg)
		}
		files, err := dashboards.Files(custom)
		if err != nil {
			return err
		}
		if err := os.MkdirAll(*dir, 0o755); err != nil {
			return err
		}
		for _, f := range files {
			path := filepath.Join(*dir, f.Name)
			if err := os.WriteFile(path, f.Content, 0o644); err != nil {
				return err
			}
			fmt.Fprintln(w.stdout, path)
		}
		return nil
	}}
}
