package config

import (
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/cx-exporter/cx-exporter/collectors"
	"github.com/cx-exporter/cx-exporter/internal/calendar"
)

// file reads the tree of a whole file.
func (d *decoder) file(root *node) *rawFile {
	raw := new(rawFile)
	d.decode(place{node: root}, reflect.ValueOf(raw).Elem(), field{})
	return raw
}

// converter makes a configuration of what was read, and reports what only shows
// when its parts are seen together. It goes on after a problem; what it returns
// is of use only if there is none.
type converter struct {
	*decoder
	folder  string // that relative paths are beside
	global  rawGlobal
	sources map[string]*rawSource
	// calendars are those that can be used; calendarNames also tells those with a
	// mistake in them.
	calendars     map[string]*calendar.Hours
	calendarNames []string
	// families are the metrics that were given out, by name.
	families map[string]family
}

func (c *converter) config(raw *rawFile) *Config {
	c.global = raw.Global.V
	c.sources = map[string]*rawSource{}
	c.families = map[string]family{}
	config := &Config{Global: c.globals(raw.Global.V)}
	first := map[string]place{}
	c.calendars = map[string]*calendar.Hours{}
	for i := range raw.Calendars.V {
		r := &raw.Calendars.V[i].V
		c.unique(r.Name, "calendar", first)
		h := c.calendar(r)
		config.Calendars = append(config.Calendars, h)
		c.calendars[r.Name.V] = h
		if r.Name.good {
			c.calendarNames = append(c.calendarNames, r.Name.V)
		}
	}
	first = map[string]place{}
	for i := range raw.Sources.V {
		s := &raw.Sources.V[i].V
		c.unique(s.Name, "source", first)
		if s.Name.V != "" {
			c.sources[s.Name.V] = s
		}
		config.Sources = append(config.Sources, c.source(s))
	}
	first = map[string]place{}
	for i := range raw.Collectors.V {
		r := &raw.Collectors.V[i]
		c.unique(r.V.Name, "collector", first)
		config.Collectors = append(config.Collectors, c.collector(&r.V))
	}
	for i := range raw.Formulas.V {
		r := &raw.Formulas.V[i].V
		c.unique(r.Name, "collector or formula", first)
		config.Formulas = append(config.Formulas, c.formula(r, raw, config.Collectors))
	}
	first = map[string]place{}
	of := subjects(config, raw.Collectors.V)
	for i := range raw.Goals.V {
		g := &raw.Goals.V[i]
		c.unique(g.V.Name, "goal", first)
		config.Goals = append(config.Goals, c.goal(&g.V, of))
	}
	config.Alerting = c.alerting(raw.Alerting)
	return config
}

func (c *converter) globals(raw rawGlobal) Global {
	g := Global{
		Zone:            time.UTC,
		Confidence:      raw.Confidence.V,
		AlertConfidence: raw.AlertConf.V,
		MinSamples:      raw.MinSamples.V,
		MaxSegments:     raw.MaxSegments.V,
		MinSegmentSize:  raw.MinSegmentSize.V,
	}
	if raw.Timezone.good {
		g.Zone = c.zone(raw.Timezone)
	}
	return g
}

// zone is a time zone that was checked when it was read.
func (c *converter) zone(v value[string]) *time.Location {
	zone, err := loadZone(v.V)
	if err != nil {
		return time.UTC
	}
	return zone
}

// unique reports a name that was given before.
func (c *converter) unique(name value[string], what string, first map[string]place) {
	if !name.good {
		return
	}
	if before, ok := first[name.V]; ok {
		c.add(name.at, note{message: fmt.Sprintf("there is a %s called %s already, on line %d; give each a name of its own", what, name.shown(), before.node.Line)})
		return
	}
	first[name.V] = name.at
}

// problem reports something about a value.
func (c *converter) problem(at place, format string, args ...any) {
	c.add(at, note{message: fmt.Sprintf(format, args...)})
}

// foreign is the message of an error whose text may quote a value. A value that
// the environment had a part in is not told.
func foreign(v value[string], err error) string {
	if strings.Contains(v.written, "$") {
		return fmt.Sprintf("the value of %s cannot be used here", v.written)
	}
	return err.Error()
}

// duration is a duration, or another where the file has none.
func duration(v value[collectors.Duration], otherwise time.Duration) time.Duration {
	if v.good {
		return time.Duration(v.V)
	}
	return otherwise
}
