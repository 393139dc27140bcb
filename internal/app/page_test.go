package app_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// page is a metrics page as Prometheus understands it.
type page struct {
	text     string
	families map[string]*dto.MetricFamily
}

func parse(t *testing.T, text string) page {
	t.Helper()
	p := expfmt.NewTextParser(model.UTF8Validation)
	families, err := p.TextToMetricFamilies(strings.NewReader(text))
	if err != nil {
		t.Fatalf("Prometheus could not read the page: %v\n%s", err, text)
	}
	return page{text, families}
}

// all are the samples of a family that have some labels, each `name=value`.
func (p page) all(name string, labels ...string) []*dto.Metric {
	var found []*dto.Metric
	for _, m := range p.families[name].GetMetric() {
		have := map[string]bool{}
		for _, l := range m.GetLabel() {
			have[l.GetName()+"="+l.GetValue()] = true
		}
		fits := true
		for _, l := range labels {
			fits = fits && have[l]
		}
		if fits {
			found = append(found, m)
		}
	}
	return found
}

// value is the sample of a family with some labels. It reports false unless
// there is exactly one.
func (p page) value(name string, labels ...string) (float64, bool) {
	found := p.all(name, labels...)
	if len(found) != 1 {
		return 0, false
	}
	if c := found[0].GetCounter(); c != nil {
		return c.GetValue(), true
	}
	return found[0].GetGauge().GetValue(), true
}

// is is a check that a sample has a value.
func is(want float64, name string, labels ...string) func(page) error {
	return func(p page) error {
		got, ok := p.value(name, labels...)
		switch {
		case !ok:
			return fmt.Errorf("%s%v is absent, or not alone", name, labels)
		case math.Abs(got-want) > 1e-9*math.Abs(want):
			return fmt.Errorf("%s%v is %v, want %v", name, labels, got, want)
		}
		return nil
	}
}

// above is a check that a sample is greater than a number.
func above(limit float64, name string, labels ...string) func(page) error {
	return func(p page) error {
		got, ok := p.value(name, labels...)
		if !ok || got <= limit {
			return fmt.Errorf("%s%v is %v (there: %v), want more than %v", name, labels, got, ok, limit)
		}
		return nil
	}
}

// absent is a check that there is no such sample.
func absent(name string, labels ...string) func(page) error {
	return func(p page) error {
		if n := len(p.all(name, labels...)); n > 0 {
			return fmt.Errorf("%s%v is there %d times", name, labels, n)
		}
		return nil
	}
}

// every joins checks.
func every(checks ...func(page) error) func(page) error {
	return func(p page) error {
		var errs []error
		for _, c := range checks {
			errs = append(errs, c(p))
		}
		return errors.Join(errs...)
	}
}

// holds ends the test unless a page is as it should be.
func (p page) holds(t *testing.T, checks ...func(page) error) {
	t.Helper()
	if err := every(checks...)(p); err != nil {
		t.Error(err)
	}
}
