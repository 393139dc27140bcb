package config

import (
	"fmt"
	"reflect"
	"slices"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/cx-exporter/cx-exporter/collectors"
	"github.com/cx-exporter/cx-exporter/internal/calendar"
)

// rawCalendar is an entry of `calendars`.
type rawCalendar struct {
	Name     value[string]          `yaml:"name" required:"true" is:"name" doc:"how KPIs call it"`
	Timezone value[string]          `yaml:"timezone" is:"timezone" otherwise:"global.timezone" doc:"zone of the clock on the wall"`
	Hours    value[weekHours]       `yaml:"hours" required:"true" doc:"days of the week, each with its ranges of times"`
	Holidays value[[]value[string]] `yaml:"holidays" is:"day" doc:"days on which it is closed from midnight to midnight"`
}

// weekHours is the section `hours` of a calendar: days with their ranges.
type weekHours struct {
	days map[string]value[[]value[string]]
}

func (w *weekHours) decode(d *decoder, at place) bool {
	if isNull(at.node) {
		at.node = emptyAt(at)
	}
	ok := d.mapping(at, reflect.ValueOf(&w.days).Elem(), field{is: "hours"})
	if at.node.Kind == yaml.MappingNode && len(w.days) == 0 && ok {
		d.add(at, note{message: "there are no hours; give at least one day", allowed: daysAllowed, class: structural})
		return false
	}
	for name, v := range w.days {
		if !daysPattern.MatchString(name) {
			ok = false
			d.add(place{path: at.path, node: v.at.key}, note{
				message: fmt.Sprintf("%s is not a day of the week, nor a range of them", quote(name)),
				allowed: daysAllowed, nearest: nearestOf(name, []string{"mon-fri", "mon", "tue", "wed", "thu", "fri", "sat", "sun"}),
				class: structural,
			})
		}
	}
	return ok
}

func (w *weekHours) schema(g *schemaWriter) schema {
	ranges := reflect.TypeFor[[]value[string]]()
	return schema{
		"type":                 "object",
		"minProperties":        1,
		"propertyNames":        schema{"pattern": calendar.DaysForm},
		"additionalProperties": g.value(ranges, field{key: "hours", is: "hours", typ: ranges}, reflect.Value{}),
	}
}

// calendar converts a business calendar.
func (c *converter) calendar(raw *rawCalendar) *calendar.Hours {
	zone := c.global.Timezone
	if raw.Timezone.good && raw.Timezone.at.set() {
		zone = raw.Timezone
	}
	loc := time.UTC
	if zone.good {
		loc = c.zone(zone)
	}
	var holidays []time.Time
	for _, v := range raw.Holidays.V {
		if date, err := calendar.ParseDate(v.V); v.good && err == nil {
			if slices.Contains(holidays, date) {
				c.problem(v.at, "the holiday %s is there twice", v.shown())
			}
			holidays = append(holidays, date)
		}
	}
	return calendar.NewHours(raw.Name.V, loc, c.week(raw), holidays)
}

// week converts the hours of a week, and reports those that are told twice.
func (c *converter) week(raw *rawCalendar) map[time.Weekday][]calendar.Range {
	week := map[time.Weekday][]calendar.Range{}
	told := map[time.Weekday]place{}
	names := make([]string, 0, len(raw.Hours.V.days))
	for name := range raw.Hours.V.days {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		x, y := raw.Hours.V.days[a].at.key, raw.Hours.V.days[b].at.key
		return slices.Compare([]int{x.Line, x.Column}, []int{y.Line, y.Column})
	})
	for _, name := range names {
		v := raw.Hours.V.days[name]
		days, err := calendar.ParseDays(name)
		if err != nil || !v.good {
			continue
		}
		ranges := c.ranges(v.V)
		key := place{path: raw.Hours.at.path, node: v.at.key}
		for _, day := range days {
			if before, ok := told[day]; ok {
				c.problem(key, "the hours of %s stand on line %d already", day, before.node.Line)
				break
			}
			told[day] = key
			week[day] = ranges
		}
	}
	return week
}

// ranges converts the hours of a day.
func (c *converter) ranges(raw []value[string]) []calendar.Range {
	var ranges []calendar.Range
	for _, v := range raw {
		r, err := calendar.ParseRange(v.V)
		if !v.good || err != nil {
			continue
		}
		if i := slices.IndexFunc(ranges, r.Overlaps); i >= 0 {
			c.problem(v.at, "%s overlaps %s", v.shown(), ranges[i])
		}
		ranges = append(ranges, r)
	}
	return ranges
}

// calendarsOf reports calendars that the parameters of a KPI name and that do
// not exist.
func (c *converter) calendarsOf(k *rawKPI) bool {
	ok := true
	v := reflect.ValueOf(k.parameters).Elem()
	for _, f := range fieldsOf(v.Type()) {
		if f.is != "calendar" {
			continue
		}
		name := v.FieldByIndex(f.index).String()
		if name == "" || slices.Contains(c.calendarNames, name) {
			continue
		}
		ok = false
		at, _ := k.parameter(f.key)
		n := note{message: fmt.Sprintf("there is no calendar %s", shownText(f.key, at.node.Value)), allowed: list(c.calendarNames)}
		if !referring(at.node) {
			n.nearest = nearest(name, c.calendarNames)
		}
		if len(c.calendarNames) == 0 {
			n.message += "; define it in the section calendars"
		}
		c.add(at, n)
	}
	return ok
}

// calendarSpecs are what the calendars of a KPI say.
func calendarSpecs(k collectors.KPI) []string {
	var specs []string
	for _, h := range calendarsIn(k) {
		specs = append(specs, h.Name()+" "+h.Spec())
	}
	return specs
}
