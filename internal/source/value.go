package source

import (
	"context"
	"database/sql/driver"
	"encoding/hex"
	"math"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/cx-exporter/cx-exporter/internal/facts"
)

// plain turns a driver's value into one of the types of a facts.Row. Exact
// numbers stay text, as the servers send them.
func plain(v driver.Value) any {
	switch v := v.(type) {
	case float32:
		// The number that the server wrote: 0.1, not 0.10000000149.
		f, _ := strconv.ParseFloat(strconv.FormatFloat(float64(v), 'g', -1, 32), 64) // always a number
		return f
	case uint64:
		if v <= math.MaxInt64 {
			return int64(v)
		}
		return strconv.FormatUint(v, 10)
	case []byte:
		return text(v)
	case string:
		return text([]byte(v))
	case time.Time:
		return v.UTC()
	}
	return v // nil, int64, float64, bool
}

// text copies bytes. What is no text, such as an identifier of 16 bytes,
// becomes hexadecimal, so that it can be a label.
func text(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	return `\x` + hex.EncodeToString(b)
}

// describe runs a statement that has no rows and returns its columns.
func describe(ctx context.Context, q driver.QueryerContext, statement string, meaning func(string) facts.Type) (columns []Column, err error) {
	err = guard(func() error {
		rows, err := q.QueryContext(ctx, statement, nil)
		if err != nil {
			return err
		}
		names, types := rows.Columns(), databaseTypes(rows)
		for i, name := range names {
			columns = append(columns, Column{Name: name, Type: meaning(types[i]), DatabaseType: types[i]})
		}
		return rows.Close()
	})
	return columns, err
}
