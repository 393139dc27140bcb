package web

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"hash/crc32"

	"github.com/cx-exporter/cx-exporter/internal/exporter"
)

// gzipHeader begins a gzip member (RFC 1952): deflate, no flags, no time,
// unknown system.
var gzipHeader = [10]byte{0: 0x1f, 1: 0x8b, 2: 8, 9: 255}

// packer ends the gzip member that a page has begun. The page's part was
// compressed when it was rendered and stays as it is; only what follows is
// compressed here. All is one member, although two in a row would be as easy:
// curl and browsers stop at the end of the first.
//
// It is not safe for concurrent use.
type packer struct {
	out     bytes.Buffer
	deflate *flate.Writer
}

func newPacker() *packer {
	p := new(packer)
	// The level is valid, so there is no error. Speed counts here: this runs at
	// each scrape, on a few kilobytes.
	p.deflate, _ = flate.NewWriter(&p.out, flate.BestSpeed)
	return p
}

// pack returns what follows body.Deflated: the tail, compressed, and the
// trailer of the member. It is valid until the next call.
func (p *packer) pack(body exporter.Body, tail []byte) []byte {
	p.out.Reset()
	p.deflate.Reset(&p.out)
	// Writing to a buffer does not fail.
	_, _ = p.deflate.Write(tail)
	_ = p.deflate.Close()
	end := p.out.AvailableBuffer()
	end = binary.LittleEndian.AppendUint32(end, crc32.Update(body.Sum, crc32.IEEETable, tail))
	end = binary.LittleEndian.AppendUint32(end, uint32(len(body.Plain)+len(tail)))
	_, _ = p.out.Write(end)
	return p.out.Bytes()
}
