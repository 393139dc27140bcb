package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/cx-exporter/cx-exporter/alerts"
	"github.com/cx-exporter/cx-exporter/internal/app"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// withPast chooses the goals of which the past can be told, and says which are left
// out: the value of today would be told as that of then.
func withPast(set *app.Set, stderr io.Writer) (told func(*alerts.Goal) bool, err error) {
	told = func(g *alerts.Goal) bool { return g.KPI.Fidelity != kpi.Snapshot }
	some := false
	for _, i := range set.Collectors {
		if i.Watch == nil {
			continue
		}
		for _, g := range i.Watch.Goals {
			if told(g) {
				some = true
				continue
			}
			fmt.Fprintln(stderr, leftOut(fmt.Sprintf("goal %s on %s", g.Name, i.Title()), g.KPI.Name))
		}
	}
	if !some {
		return nil, misuse{errors.New("no goal has a past; leave --at out for how they stand now")}
	}
	return told, nil
}

// leftOut says that a KPI has no past to be told of.
func leftOut(where, name string) string {
	return fmt.Sprintf("%s: %s is left out: it is a state without history, of which only the present is known", where, name)
}

// standing judges the goals that are to be told, in the order of the configuration.
// It returns what succeeded beside the errors.
func standing(ctx context.Context, set *app.Set, at time.Time, told func(*alerts.Goal) bool) ([]app.Standing, error) {
	var errs []error
	by := map[string]app.Standing{}
	for _, i := range set.Collectors {
		if i.Watch == nil || !slices.ContainsFunc(i.Watch.Goals, told) {
			continue
		}
		// A goal looks at many instants of the past, which a collector's timeout
		// is not made for.
		ctx, cancel := context.WithTimeout(ctx, max(10*i.Config.Timeout, time.Minute))
		all, err := i.Watch.Standings(ctx, at)
		cancel()
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", i.Title(), err))
		}
		for _, s := range all {
			if told(s.Goal) {
				by[s.Goal.Name] = s
			}
		}
	}
	var out []app.Standing
	for _, g := range set.Config.Goals {
		if s, ok := by[g.Name]; ok {
			out = append(out, s)
		}
	}
	return out, errors.Join(errs...)
}
