package exporter

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// The reasons for which a run fails by the exporter's own judgement. Errors of
// a run bring others along, by a method Reason.
const (
	// ReasonError is the reason of an error that does not tell one.
	ReasonError = "error"
	// ReasonTimeout is the reason of a run that did not end in time.
	ReasonTimeout = "timeout"
	// ReasonPanic is the reason of a run that hit a defect of the exporter.
	ReasonPanic = "panic"
	// ReasonInvalidSeries is the reason of a run whose values Prometheus would
	// refuse, and with them everybody else's.
	ReasonInvalidSeries = "invalid_series"
)

// SourceError is a failure of one source. A run that fails names its failed
// sources by wrapping (or joining) errors of this type; what is known of the
// collector's other sources stays.
type SourceError struct {
	Source string
	Err    error
}

// Error implements error.
func (e *SourceError) Error() string { return fmt.Sprintf("source %q: %v", e.Source, e.Err) }

// Unwrap gives the cause.
func (e *SourceError) Unwrap() error { return e.Err }

// runError is a failure that the exporter itself found.
type runError struct {
	reason, text string
	stack        string // of a panic
}

// Error implements error.
func (e *runError) Error() string { return e.text }

// Reason is the failure's label.
func (e *runError) Reason() string { return e.reason }

// reasonOf is the label of an error.
func reasonOf(err error) string {
	var r interface{ Reason() string }
	if errors.As(err, &r) && r.Reason() != "" {
		return r.Reason()
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return ReasonTimeout
	}
	return ReasonError
}

// failedSources are the sources that an error names, sorted.
func failedSources(err error) []string {
	var names []string
	var walk func(error)
	walk = func(err error) {
		if s, ok := err.(*SourceError); ok {
			names = append(names, s.Source)
		}
		switch u := err.(type) {
		case interface{ Unwrap() error }:
			walk(u.Unwrap())
		case interface{ Unwrap() []error }:
			for _, e := range u.Unwrap() {
				walk(e)
			}
		}
	}
	walk(err)
	slices.Sort(names)
	return slices.Compact(names)
}
