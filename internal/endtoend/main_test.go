// Package endtoend proves that news of customers arrives: a real exporter, a
// real Prometheus and a real Alertmanager, from a row of a database to the
// message of a webhook. It holds tests only.
package endtoend

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	toolkit "github.com/prometheus/exporter-toolkit/web"

	"github.com/cx-exporter/cx-exporter/config"
	"github.com/cx-exporter/cx-exporter/internal/app"
	"github.com/cx-exporter/cx-exporter/internal/exporter"
)

// asExporter is the variable that makes this test binary an exporter. So the
// tests can kill one, which waits less than the shipped one does.
const asExporter = "CX_ENDTOEND_EXPORTER"

func TestMain(m *testing.M) {
	if os.Getenv(asExporter) == "" {
		dir, err := os.MkdirTemp("", "cx-endtoend-")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		invented.path = filepath.Join(dir, "company.db")
		code := m.Run()
		_ = os.RemoveAll(dir)
		os.Exit(code)
	}
	if err := export(os.Args[1], os.Args[2], os.Args[3]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// export is the exporter: it reads a configuration, keeps its verdicts in a
// file, and listens at an address.
func export(file, state, address string) error {
	book, err := app.OpenBook(state)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	addresses, socket, web := []string{address}, false, ""
	return app.New(app.Options{
		Load: func() (*config.Config, error) { return config.Load(file, os.LookupEnv) },
		Now:  time.Now, Log: slog.New(slog.NewTextHandler(os.Stderr, nil)), Build: exporter.Build{Version: "1.2.3"}, Book: book, Wait: shortened,
		Web: &toolkit.FlagConfig{WebListenAddresses: &addresses, WebSystemdSocket: &socket, WebConfigFile: &web},
	}).Run(ctx, nil)
}
