package exporter

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
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
	// ReasonFormula is the reason of a formula whose values cannot be combined,
	// such as money in several currencies.
	ReasonFormula = "formula"
	// ReasonInvalidSeries is the reason of a run whose values Prometheus would
	// refuse, and with them everybody else's.
	ReasonInvalidSeries = "invalid_series"
)

// SourceError is a failure of one source. A run that fails names its failed
// sources by wrapping (or joining) errors of this type; what is known of the
// collector's other sources stays. A source that answered, but not with what
// was asked for, is still up: the cause's reason tells.
type SourceError struct {
	Source string
	Err    error
}

// Error implements error. It names the source once, even if the cause does too.
func (e *SourceError) Error() string {
	name, cause := fmt.Sprintf("source %q: ", e.Source), e.Err.Error()
	return name + strings.TrimPrefix(cause, name)
}

// Unwrap gives the cause.
func (e *SourceError) Unwrap() error { return e.Err }

// down reports whether the source could not be asked, as opposed to having
// refused what it was asked.
func (e *SourceError) down() bool {
	switch reasonOf(e.Err) {
	case ReasonError, ReasonTimeout, "connect", "auth":
		return true
	}
	return false
}

// runError is a failure that the exporter itself found.
type runError struct {
	reason, text string
	stack        string // of a panic
}

// Error implements error.
func (e *runError) Error() string { return e.text }

// Reason is the failure's label.
func (e *runError) Reason() string { return e.reason }

// guarded calls f, and makes an error of a panic: a defect must not end the
// process.
func guarded(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &runError{ReasonPanic, fmt.Sprintf("defect in the exporter: %v", p), string(debug.Stack())}
		}
	}()
	return f()
}

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

// failedSources are the failures of sources that an error holds.
func failedSources(err error) []*SourceError {
	var found []*SourceError
	if s, ok := err.(*SourceError); ok {
		found = append(found, s)
	}
	switch u := err.(type) {
	case interface{ Unwrap() error }:
		found = append(found, failedSources(u.Unwrap())...)
	case interface{ Unwrap() []error }:
		for _, e := range u.Unwrap() {
			found = append(found, failedSources(e)...)
		}
	}
	return found
}
