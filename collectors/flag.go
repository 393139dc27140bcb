package collectors

import (
	"strconv"
	"strings"

	"github.com/cx-exporter/cx-exporter/internal/facts"
)

// parseFlag reads a yes or no as databases give it: booleans as t, true or 1, a
// MySQL bit as the byte 1, words, and numbers, of which every one but 0 is yes.
// The empty text is no. ok is false for everything else.
func parseFlag(text string) (yes, ok bool) {
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "t", "true", "y", "yes", "on", "\x01":
		return true, true
	case "f", "false", "n", "no", "off", "\x00", "":
		return false, true
	}
	n, ok := parseNumber(text)
	return n != 0, ok
}

// flagged reads a key of a cell as a flag. NULL is no.
func flagged(c facts.Cell, key int) (yes, ok bool) {
	text, null := c.Key(key)
	if null {
		return false, true
	}
	return parseFlag(text)
}

// parseNumber reads a number as databases write it. Unlike the parser of Go it
// knows no infinity, no hexadecimal numbers and no underscores.
func parseNumber(text string) (float64, bool) {
	text = strings.TrimSpace(text)
	if strings.Trim(text, "0123456789.+-eE") != "" {
		return 0, false
	}
	n, err := strconv.ParseFloat(text, 64)
	return n, err == nil
}
