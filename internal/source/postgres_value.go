package source

import (
	"database/sql/driver"
	"errors"
	"regexp"
	"strings"

	"github.com/lib/pq"

	"github.com/cx-exporter/cx-exporter/internal/facts"
)

// postgresType is the meaning of a type. Types that the driver has no name for
// are enumerations and what extensions define, which come as text.
func postgresType(name string) facts.Type {
	switch name {
	case "TIMESTAMPTZ":
		return facts.Instant
	case "TIMESTAMP":
		return facts.Naive
	case "DATE":
		return facts.Date
	case "INT2", "INT4", "INT8", "OID":
		return facts.Integer
	case "NUMERIC":
		return facts.Decimal
	case "FLOAT4", "FLOAT8":
		return facts.Float
	case "BOOL":
		return facts.Bool
	case "TEXT", "VARCHAR", "BPCHAR", "CHAR", "NAME", "UUID", "INET", "CIDR", "":
		return facts.Text
	}
	return facts.Unknown
}

func (p *postgres) value(v driver.Value, databaseType string) (any, error) {
	x := plain(v)
	if s, ok := x.(string); ok && databaseType == "BPCHAR" {
		x = strings.TrimRight(s, " ") // the blanks that fill CHAR(n) are no part of it
	}
	return x, nil
}

// quotedValue is what a server quotes of a row in an error about it.
var quotedValue = regexp.MustCompile(`"[^"]*"|'[^']*'`)

func (p *postgres) classify(err error) (fault, bool) {
	var e *pq.Error
	if !errors.As(err, &e) {
		return fault{}, false
	}
	f := fault{kind: postgresKind(string(e.Code), e.Message), code: string(e.Code), text: e.Message}
	switch f.kind {
	case KindAuth:
		f.text = "" // names the user, the host and the database
	case KindBadValue:
		f.text = quotedValue.ReplaceAllString(f.text, `"…"`) // somebody's data
	}
	return f, true
}

func postgresKind(code, message string) Kind {
	switch code {
	case "42P01", "3F000":
		return KindMissingTable
	case "42703":
		return KindMissingColumn
	case "42501":
		return KindPermission
	case "25006":
		return KindReadOnly
	case "57014":
		if strings.Contains(message, "timeout") {
			return KindTimeout
		}
		return KindCancelled
	case "55P03", "25P03":
		return KindTimeout
	case "3D000", "53300", "57P01", "57P02", "57P03", "57P05":
		return KindConnect
	}
	switch code[:min(2, len(code))] {
	case "28":
		return KindAuth
	case "22":
		return KindBadValue
	case "08":
		return KindConnect
	}
	return KindSQL
}
