package source

import (
	"database/sql/driver"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"

	"github.com/cx-exporter/cx-exporter/internal/facts"
)

// mysqlType is the meaning of a type.
func mysqlType(name string) facts.Type {
	switch strings.TrimPrefix(name, "UNSIGNED ") {
	case "TIMESTAMP":
		return facts.Instant
	case "DATETIME":
		return facts.Naive
	case "DATE":
		return facts.Date
	case "TINYINT", "SMALLINT", "MEDIUMINT", "INT", "BIGINT", "BIT", "YEAR":
		return facts.Integer
	case "DECIMAL":
		return facts.Decimal
	case "FLOAT", "DOUBLE":
		return facts.Float
	case "CHAR", "VARCHAR", "TINYTEXT", "TEXT", "MEDIUMTEXT", "LONGTEXT", "ENUM", "SET":
		return facts.Text
	}
	return facts.Unknown
}

func (m *mysqlFamily) value(v driver.Value, databaseType string) (any, error) {
	b, ok := v.([]byte)
	if !ok {
		return plain(v), nil
	}
	switch databaseType {
	case "DATE", "DATETIME", "TIMESTAMP":
		return mysqlTime(string(b))
	case "BIT":
		var n uint64
		for _, x := range b {
			n = n<<8 | uint64(x)
		}
		return plain(n), nil
	}
	return plain(v), nil
}

// mysqlTime reads a time. The zero date, which stands for none, is NULL.
func mysqlTime(text string) (any, error) {
	if strings.HasPrefix(text, "0000-00-00") {
		return nil, nil
	}
	layout := "2006-01-02 15:04:05"
	if len(text) == len(time.DateOnly) {
		layout = time.DateOnly
	}
	t, err := time.Parse(layout, text) // takes fractions as they come
	if err != nil {
		return nil, known{KindBadValue, "a date that is not in the calendar"}
	}
	return t, nil
}

func (m *mysqlFamily) classify(err error) (fault, bool) {
	var e *mysql.MySQLError
	if !errors.As(err, &e) {
		return fault{}, false
	}
	f := fault{kind: mysqlKind(e.Number), code: strconv.Itoa(int(e.Number)), text: e.Message}
	switch f.kind {
	case KindAuth:
		f.text = "" // names the user and the host
	case KindBadValue:
		f.text = quotedValue.ReplaceAllString(f.text, `"…"`) // somebody's data
	case KindPermission:
		f.text += ", which may also mean that there is no such table"
	}
	return f, true
}

func mysqlKind(number uint16) Kind {
	switch number {
	case 1146, 1051, 1109:
		return KindMissingTable
	case 1054:
		return KindMissingColumn
	case 1044, 1142, 1143, 1227, 1370:
		return KindPermission
	case 1045, 1130, 1251, 1524, 1698, 1820, 1862, 3118, 3955, 4151:
		return KindAuth
	case 1792, 1290, 1836:
		return KindReadOnly
	case 1205, 1907, 1969, 3024:
		return KindTimeout
	case 1317:
		return KindCancelled
	case 1040, 1049, 1053, 1129, 1203, 1226, 1927, 4031:
		return KindConnect
	case 1264, 1292, 1365, 1366, 1367, 1411, 1426, 1690, 3141:
		return KindBadValue
	}
	return KindSQL
}
