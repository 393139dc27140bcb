// Package dashboards makes the Grafana boards: Classic JSON that Grafana 10 to 13
// imports and provisions without editing. board.go has what a board is made of in
// the words of this package, classic.go how Grafana writes it, panels.go the kinds
// of panels; each board is a file.
//
// The boards name no collector, so they work on every configuration: panels follow
// the variables, and KPIs of one's own are found by the pattern of their names.
package dashboards

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// File is a board, ready to be written.
type File struct {
	Name    string // `cx-overview.json`
	Content []byte
}

// Custom is a KPI of one's own that a board shows by its name. Without them
// such KPIs are found by the pattern of their names.
type Custom struct {
	Metric string // the family, `cx_custom_checkout_reached_ratio`
	Title  string
	Help   string
	Unit   Unit
}

// Files are all boards. Those of a configuration show its custom KPIs in panels of
// their own.
func Files(custom []Custom) ([]File, error) {
	var files []File
	for _, b := range boards(custom) {
		content, err := b.json()
		if err != nil {
			return nil, fmt.Errorf("board %s: %w", b.uid, err)
		}
		files = append(files, File{Name: b.uid + ".json", Content: content})
	}
	return files, nil
}

func boards(custom []Custom) []*board {
	return []*board{
		overview(custom), goals(), support(), surveys(), customers(), breakdown(), health(),
	}
}

// json is the board as Grafana reads it.
func (b *board) json() ([]byte, error) {
	classic, err := b.classic()
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false) // PromQL is full of > and <
	enc.SetIndent("", "  ")
	if err := enc.Encode(classic); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
