package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/alecthomas/kingpin/v2"
)

// askFor is how long a running exporter may take to answer.
const askFor = 5 * time.Second

// ready asks a running exporter whether it is ready. The image has no shell and
// nothing else that a health check could run.
func ready(cli *kingpin.Application, w *world) command {
	c := cli.Command("ready", "Ask a running exporter whether it is ready, for the health checks of containers.")
	at := c.Flag("url", "Where it listens. Default: http://localhost:9926.").Default("http://localhost:9926").PlaceHolder("URL").String()
	return command{c.FullCommand(), func(ctx context.Context) error {
		ctx, cancel := context.WithTimeout(ctx, askFor)
		defer cancel()
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(*at, "/")+"/-/ready", nil)
		if err != nil {
			return misuse{fmt.Errorf("--url: %w", err)}
		}
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			return err
		}
		defer func() { _ = res.Body.Close() }()
		text, err := io.ReadAll(io.LimitReader(res.Body, 1<<10))
		if err != nil {
			return err
		}
		if res.StatusCode != http.StatusOK {
			return fmt.Errorf("%s: %s", res.Status, strings.TrimSpace(string(text)))
		}
		_, err = w.stdout.Write(text)
		return err
	}}
}
