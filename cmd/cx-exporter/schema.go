package main

import (
	"context"

	"github.com/alecthomas/kingpin/v2"

	"github.com/cx-exporter/cx-exporter/config"
)

// schema prints the JSON Schema of the configuration.
func schema(cli *kingpin.Application, w *world) command {
	c := cli.Command("schema", "Print the JSON Schema of the configuration, for editors.")
	return command{c.FullCommand(), func(context.Context) error {
		b, err := config.Schema()
		if err != nil {
			return err
		}
		_, err = w.stdout.Write(b)
		return err
	}}
}
