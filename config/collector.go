package config

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/cx-exporter/cx-exporter/collectors"
	"github.com/cx-exporter/cx-exporter/internal/calendar"
	"github.com/cx-exporter/cx-exporter/internal/facts"
)

// collector converts a collector.
func (c *converter) collector(raw *rawCollector) Collector {
	out := Collector{
		Name:      raw.Name.V,
		Entity:    raw.Entity.V,
		Change:    raw.Change.V,
		RowBudget: raw.RowBudget.V,
		Disjoint:  raw.Customers.V == "disjoint",
		Windows:   c.windows(raw.Windows),
	}
	sources := raw.Sources.V
	if raw.Source.at.set() {
		sources = []value[string]{raw.Source}
	}
	out.Sources = c.references(sources)
	schedule, keep := c.schedule(raw)
	out.Schedule = schedule
	out.Timeout = c.timeout(raw, schedule)
	out.MaxAge = c.maxAge(raw, schedule, keep)
	out.Relation = c.relation(raw, out.Sources)
	out.Relation.Events = c.events(raw)
	c.personal(raw, out.Relation.Columns)
	out.KPIs = c.kpis(raw, out)
	return out
}

// references reports sources that do not exist.
func (c *converter) references(sources []value[string]) []string {
	var names []string
	for _, s := range sources {
		switch {
		case !s.good:
		case slices.Contains(names, s.V):
			c.problem(s.at, "the source %s is there twice", s.shown())
		case len(c.sources) == 0: // they could not be read, which is told
		case c.sources[s.V] == nil:
			var known []string
			for _, other := range c.sources {
				if other.Name.good && !strings.Contains(other.Name.written, "$") {
					known = append(known, other.Name.V)
				}
			}
			slices.Sort(known)
			c.add(s.at, note{
				message: fmt.Sprintf("there is no source %s", s.shown()),
				allowed: list(known), nearest: nearest(s.V, known),
			})
		default:
			names = append(names, s.V)
		}
	}
	return names
}

// windows converts the windows, which were checked when they were read.
func (c *converter) windows(raw value[[]value[string]]) []calendar.Window {
	var windows []calendar.Window
	for _, v := range raw.V {
		if !v.good {
			continue
		}
		w, err := calendar.Parse(v.V)
		switch {
		case err != nil:
		case slices.Contains(windows, w):
			c.problem(v.at, "the window %s is there twice", v.shown())
		default:
			windows = append(windows, w)
		}
	}
	return windows
}

// schedule is when the collector runs, and how long values are kept by default:
// until the third run in a row that fails.
func (c *converter) schedule(raw *rawCollector) (s Schedule, keep time.Duration) {
	s = Schedule{Interval: duration(raw.Interval, duration(c.global.Interval, 5*time.Minute))}
	if !raw.Cron.good || !raw.Cron.at.set() {
		return s, 3 * s.Interval
	}
	zone := time.UTC
	if c.global.Timezone.good {
		zone = c.zone(c.global.Timezone)
	}
	schedule, err := calendar.Cron(raw.Cron.V, zone)
	if err != nil {
		c.add(raw.Cron.at, note{
			message: foreign(raw.Cron, err),
		})
		return s, 3 * s.Interval
	}
	shortest, longest := pauses(schedule)
	return Schedule{Cron: raw.Cron.V, Interval: longest}, longest + 2*shortest
}

// pauses are the shortest and the longest time between two runs of a schedule,
// as far as it repeats by the week or the year. The longest is what to expect
// between two runs: values have to survive the nights and weekends in which
// nothing runs.
func pauses(s calendar.Schedule) (shortest, longest time.Duration) {
	const (
		days  = 24 * time.Hour
		slots = 3000 // enough for everything but what runs every few minutes
	)
	// Any instant will do; this is the first Monday of a leap year.
	start := time.Date(2024, time.January, 1, 0, 0, 0, 0, time.UTC)
	at := s.Next(start)
	for n := 0; n < 2 || at.Before(start.Add(8*days)) || n < slots && at.Before(start.Add(400*days)); n++ {
		next := s.Next(at)
		if next.IsZero() {
			break
		}
		pause := next.Sub(at)
		if n == 0 {
			shortest = pause
		}
		shortest, longest = min(shortest, pause), max(longest, pause)
		at = next
	}
	return shortest, longest
}

// timeout is how long one evaluation may take: never longer than an interval,
// since a run does not overlap the next one.
func (c *converter) timeout(raw *rawCollector, s Schedule) time.Duration {
	if raw.Timeout.good {
		timeout := time.Duration(raw.Timeout.V)
		if s.Cron == "" && timeout > s.Interval {
			c.problem(raw.Timeout.at, "the timeout is longer than the interval, which is %s; a run must end before the next begins", collectors.Duration(s.Interval))
		}
		return timeout
	}
	return min(duration(c.global.Timeout, 30*time.Second), s.Interval)
}

// maxAge is how long values outlive the last success.
func (c *converter) maxAge(raw *rawCollector, s Schedule, keep time.Duration) time.Duration {
	if !raw.MaxAge.good {
		return keep
	}
	age := time.Duration(raw.MaxAge.V)
	if age < s.Interval {
		c.problem(raw.MaxAge.at, "this is shorter than the %s between two runs; the values would be gone before they are refreshed", collectors.Duration(s.Interval))
	}
	return age
}

// relation converts table or query, columns, condition and dimensions.
func (c *converter) relation(raw *rawCollector, sources []string) facts.Relation {
	r := facts.Relation{Columns: c.columns(raw)}
	if raw.Table.good && raw.Table.at.set() {
		r.Table = raw.Table.V
		if n, ok := checkTable(raw.Table.V, raw.Table.shown()); !ok {
			c.add(raw.Table.at, n)
		}
	}
	if raw.Query.good && raw.Query.at.set() {
		r.Query = c.guard(raw.Query, sources, checkQuery)
	}
	if raw.Where.good && raw.Where.at.set() {
		r.Where = c.guard(raw.Where, sources, checkCondition)
	}
	var names []string
	for _, d := range raw.Dimensions.V {
		columns := make([]string, len(d.V.columns))
		for i, col := range d.V.columns {
			columns[i] = col.V
			if col.good && strings.Contains(col.V, ",") {
				c.problem(col.at, "a dimension is one column, or a list of them: write `[a, b]` for a combination; a comma cannot be part of the name")
			}
			if col.good && slices.Contains(columns[:i], col.V) {
				c.problem(col.at, "the column %s is there twice", col.shown())
			}
		}
		name := strings.Join(columns, ",")
		if d.good && len(columns) == 1 && strings.Contains(name, ",") {
			continue // told above
		}
		if d.good && slices.Contains(names, name) {
			c.problem(d.at, "this dimension is there twice")
			continue
		}
		names = append(names, name)
		r.Dimensions = append(r.Dimensions, facts.Dimension{Name: name, Columns: columns})
	}
	return r
}

// guard checks SQL by the grammars of all sources that it will run on.
func (c *converter) guard(v value[string], sources []string, check func(string, grammar) (string, []note)) string {
	var drivers []string
	for _, s := range sources {
		if d := c.sources[s].Driver; d.good && !slices.Contains(drivers, d.V) {
			drivers = append(drivers, d.V)
		}
	}
	if len(drivers) == 0 {
		drivers = []string{"postgres"} // the source is unknown, which is told
	}
	sql := v.V
	for _, driver := range drivers {
		clean, notes := check(v.V, grammarOf(driver))
		for _, n := range notes {
			c.add(v.at, n)
		}
		if len(notes) > 0 {
			return ""
		}
		if len(clean) < len(sql) {
			sql = clean
		}
	}
	return sql
}

// columns converts the mapping of roles to columns.
func (c *converter) columns(raw *rawCollector) map[facts.Role]facts.Column {
	columns := map[facts.Role]facts.Column{}
	entity, known := c.vocabulary.entity(raw.Entity.V)
	for role, v := range raw.Columns {
		at := place{path: v.at.path, node: v.at.key}
		if known && raw.Entity.good && at.set() {
			c.checkRole(at, role, entity, raw)
		}
		if !v.V.Column.good {
			continue
		}
		column := facts.Column{Name: v.V.Column.V, Type: columnType(v.V.Type.V)}
		if z := v.V.Timezone; z.good && z.at.set() {
			column.Zone = c.zone(z)
			switch column.Type {
			case facts.Unix, facts.UnixMilli, facts.TextUnix, facts.TextUnixMilli:
				c.problem(z.at.inKey(), "%s counts from an instant and has no time zone; remove it", v.V.Type.V)
			}
		}
		columns[facts.Role(role)] = column
	}
	return columns
}

// checkRole reports a role that the entity does not have. Custom rows have
// whatever columns their KPIs name.
func (c *converter) checkRole(at place, role string, entity collectors.Entity, raw *rawCollector) {
	if entity.Name == collectors.EntityCustom {
		return
	}
	roles := rolesOf(entity)
	if slices.Contains(roles, role) {
		return
	}
	n := note{
		message: fmt.Sprintf("%s have no role %s; what stands before the colon is a role, and behind it the column", entity.Name, quote(role)),
		allowed: list(roles), nearest: nearest(role, roles),
	}
	if !strings.Contains(raw.Entity.written, "$") {
		n.class = structural
	}
	c.add(at, n)
}

func rolesOf(e collectors.Entity) []string {
	roles := make([]string, len(e.Roles))
	for i, r := range e.Roles {
		roles[i] = string(r.Role)
	}
	return roles
}

// columnType is the type of a column by its name in the configuration.
func columnType(name string) facts.Type {
	switch name {
	case "timestamp":
		return facts.Naive
	case "date":
		return facts.Date
	case "text":
		return facts.TextTime
	case "unix":
		return facts.Unix
	case "unix_ms":
		return facts.UnixMilli
	case "text_unix":
		return facts.TextUnix
	case "text_unix_ms":
		return facts.TextUnixMilli
	}
	return facts.Unknown
}
