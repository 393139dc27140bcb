package exporter

import (
	"bytes"
	"compress/flate"
	"hash/crc32"
	"io"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
)

// Page is the metrics page as of the last change, ready to be sent. It is
// immutable.
type Page struct {
	Text, OpenMetrics Body
	// Waiting names the collectors that had no run yet.
	Waiting []string
	// Err tells that the page could not be rendered, and then the rest is of no
	// use: no page is better than one that stands still and looks healthy.
	Err error
}

// Body is the page in one format, so that more text can follow: OpenMetrics
// lacks its end marker, and the compressed form its end.
type Body struct {
	Plain []byte
	// Deflated is Plain as a deflate stream (RFC 1951) that ends at a byte, and
	// not with a final block.
	Deflated []byte
	// Sum is the CRC-32 of Plain (IEEE), as gzip wants it.
	Sum uint32
}

// printer renders pages. It is not safe for concurrent use.
type printer struct {
	deflate *flate.Writer
}

// print renders one page.
func (p *printer) print(all families, waiting []string) *Page {
	page := &Page{Waiting: waiting}
	sorted := all.sorted()
	if page.Text, page.Err = p.body(sorted, expfmt.MetricFamilyToText); page.Err != nil {
		return page
	}
	page.OpenMetrics, page.Err = p.body(sorted, func(w io.Writer, mf *dto.MetricFamily) (int, error) {
		return expfmt.MetricFamilyToOpenMetrics(w, mf)
	})
	return page
}

func (p *printer) body(sorted []*dto.MetricFamily, encode func(io.Writer, *dto.MetricFamily) (int, error)) (Body, error) {
	var plain, packed bytes.Buffer
	for _, mf := range sorted {
		if _, err := encode(&plain, mf); err != nil {
			return Body{}, err
		}
	}
	if p.deflate == nil {
		w, err := flate.NewWriter(&packed, flate.DefaultCompression)
		if err != nil {
			return Body{}, err
		}
		p.deflate = w
	} else {
		p.deflate.Reset(&packed)
	}
	if _, err := p.deflate.Write(plain.Bytes()); err != nil {
		return Body{}, err
	}
	if err := p.deflate.Flush(); err != nil {
		return Body{}, err
	}
	return Body{
		Plain:    bytes.Clone(plain.Bytes()), // exact, since it stays
		Deflated: bytes.Clone(packed.Bytes()),
		Sum:      crc32.ChecksumIEEE(plain.Bytes()),
	}, nil
}
