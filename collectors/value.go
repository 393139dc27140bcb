package collectors

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
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
	if len(text) == 1 && text[0] >= '0' && text[0] <= '9' { // most are scores
		return float64(text[0] - '0'), true
	}
	text = strings.TrimSpace(text)
	if strings.Trim(text, "0123456789.+-eE") != "" {
		return 0, false
	}
	n, err := strconv.ParseFloat(text, 64)
	return n, err == nil
}

// sample is a value as a number. Yes is 1, no is 0, and an instant is seconds
// since 1970.
func sample(v any) (float64, bool) {
	switch v := v.(type) {
	case int64:
		return float64(v), true
	case float64:
		return v, !math.IsNaN(v) && !math.IsInf(v, 0)
	case bool:
		if v {
			return 1, true
		}
		return 0, true
	case time.Time:
		return epoch(v), true
	case string:
		return parseNumber(v)
	}
	return 0, false
}

// labelValue is a value as that of a label.
func labelValue(v any) string {
	switch v := v.(type) {
	case nil:
		return kpi.NoSegment
	case float64:
		return number(v)
	case time.Time:
		return v.UTC().Format(time.RFC3339)
	case string:
		if v == "" {
			return kpi.NoSegment
		}
		return v
	}
	return fmt.Sprint(v)
}
