package packing_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/cx-exporter/cx-exporter/internal/packing"
)

func TestAccepted(t *testing.T) {
	t.Parallel()
	for lines, want := range map[string]bool{
		"":                                    false,
		"gzip":                                true,
		"br, zstd":                            false,
		"deflate\ngzip":                       true,
		"gzip;q=0":                            false,
		"GZIP ; q=1.0":                        true,
		"*":                                   false,
		"gzip;q=0.5, identity":                false,
		"identity;q=0.5, gzip;q=0.8":          true,
		"gzip;q=much":                         false,
		"gzip, deflate, br, zstd":             true,
		"gzip;q=1.0, identity; q=0.5, *;q=0":  true,
		"identity;q=1, *;q=0":                 false,
		"x-gzip;q=1, application/gzip, gzipp": false,
	} {
		h := http.Header{"Accept-Encoding": strings.Split(lines, "\n")}
		if got := packing.Accepted(h); got != want {
			t.Errorf("%q: got %v, want %v", lines, got, want)
		}
	}
}

func TestGzip(t *testing.T) {
	t.Parallel()
	var p packing.Packer
	for _, text := range []string{"", "a", strings.Repeat("churn ", 10000), "b"} {
		z, err := gzip.NewReader(bytes.NewReader(p.Gzip([]byte(text))))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(z); err != nil || string(got) != text {
			t.Errorf("%v: got %d bytes, want %d", err, len(got), len(text))
		}
	}
}
