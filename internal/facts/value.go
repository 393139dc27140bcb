package facts

import (
	"strconv"
	"strings"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// numeric is a value of a row as a number; ok is false for NULL and for what is
// none.
func numeric(v any) (x float64, ok bool) {
	switch v := v.(type) {
	case int64:
		return float64(v), true
	case float64:
		return v, true
	case bool:
		if v {
			return 1, true
		}
		return 0, true
	case string:
		x, err := strconv.ParseFloat(strings.TrimSpace(v), 64)
		return x, err == nil
	}
	return 0, false
}

// text is a value of a row as text, the same on every engine.
func text(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case bool:
		return strconv.FormatBool(v)
	case time.Time:
		if v.Equal(v.Truncate(24 * time.Hour)) {
			return v.Format(dayFormat)
		}
		return v.Format(time.RFC3339)
	}
	return ""
}

func segmentText(v any) string {
	if s := text(v); s != "" {
		return s
	}
	return kpi.NoSegment
}
