// Package config reads cx.yml: what a configuration may say, its defaults, and
// every problem in it with the place, what was expected and the nearest word.
// A loaded configuration is complete, valid and read-only.
package config

import (
	"time"

	"github.com/cx-exporter/cx-exporter/collectors"
	"github.com/cx-exporter/cx-exporter/internal/calendar"
	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/formula"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// Config is a loaded configuration.
type Config struct {
	Global     Global
	Calendars  []*calendar.Hours // business hours, by their names
	Sources    []Source
	Collectors []Collector
	Formulas   []Formula
	Goals      []Goal
	Alerting   *Alerting // nil where no alerts are sent
}

// Global holds what applies to all collectors.
type Global struct {
	// Zone is where calendar windows begin and end.
	Zone *time.Location
	// Confidence is the two-sided confidence of the published bounds.
	Confidence float64
	// AlertConfidence is the one of the bounds that goals are judged by.
	AlertConfidence float64
	// MinSamples is the number below which a value is not to be judged.
	MinSamples int
	// MaxSegments is the number of segments kept per dimension; the rest is
	// folded into `other`.
	MaxSegments int
	// MinSegmentSize is the number of rows or customers below which a segment is
	// withheld, together with another one that would tell it. At 1 and below
	// nothing is withheld.
	MinSegmentSize int
}

// Source is one database. Exactly one of DSN and Host (Path for SQLite) is set.
type Source struct {
	Name   string
	Driver string // postgres, mysql or sqlite

	// DSN is the driver's own connection string; DSNFile names a file that
	// holds it and is read anew at every new connection.
	DSN     Secret
	DSNFile string

	// Host to TLS are the parts of a connection to PostgreSQL or MySQL, for
	// those who would rather not write a DSN.
	Host         string
	Port         int
	User         string
	Password     Secret
	PasswordFile string
	Database     string
	TLS          TLS

	// Path is the file of an SQLite database.
	Path string

	MaxConnections int
	// ConnectTimeout bounds dialling and the handshake together.
	ConnectTimeout time.Duration
}

// TLS says how a connection to a database is encrypted.
type TLS struct {
	Mode     string // disable, require, verify-ca or verify-full
	CAFile   string
	CertFile string
	KeyFile  string
}

// Collector is one entity read from one relation.
type Collector struct {
	Name      string
	Sources   []string
	Entity    string
	Relation  facts.Relation
	Windows   []calendar.Window
	Change    bool // compare each window with the one before it
	Schedule  Schedule
	Timeout   time.Duration // for one evaluation
	MaxAge    time.Duration // how long values outlive the last success
	RowBudget int           // rows that one statement may return
	// Disjoint says that no customer is in two of the sources.
	Disjoint bool
	KPIs     []collectors.KPI
	// Digest is equal for collectors that are defined alike, their sources and
	// what `global` says of them included. It tells no secret.
	Digest string
}

// Formula is a KPI that is combined from values of collectors.
type Formula struct {
	// Collector says when it runs, for which windows, and on which sources, as it
	// does of a collector. It has no relation and no KPIs.
	Collector
	// Desc describes the KPI, which has one value.
	Desc collectors.Desc
	// Labels are those of every value, beside the currency.
	Labels []kpi.Label
	Expr   *formula.Expression
	// Values are what the references of Expr stand for, in their order.
	Values []FormulaValue
	// Inputs are the collectors to evaluate for it: those that Values name,
	// narrowed to the KPIs that are needed, with the windows of the formula.
	Inputs []Collector
	// Dimensions are those that all Inputs have: what the formula is broken down
	// by.
	Dimensions []string
}

// FormulaValue is a value of a collector that a formula reads.
type FormulaValue struct {
	Collector string
	KPI       string
	Stat      collectors.Stat
	// Samples is set where the number that the value rests on is meant.
	Samples bool
	// Label picks the series that has a label with this value; empty where there
	// is one series, or one a currency.
	Label string
}

// Schedule says when a collector runs: every Interval, or by Cron.
type Schedule struct {
	Interval time.Duration // also the expected distance of runs by cron
	Cron     string
}
