package config

import (
	"maps"
	"slices"
	"strings"

	"github.com/cx-exporter/cx-exporter/collectors"
	"github.com/cx-exporter/cx-exporter/internal/facts"
)

// events converts the words of events; nil where rows are none.
func (c *converter) events(raw *rawCollector) *facts.Events {
	if !raw.Entity.good {
		return nil
	}
	if raw.Entity.V != collectors.EntityTicketEvents {
		if raw.Events.at.set() {
			c.problem(raw.Events.at.inKey(), "the words of events are for `entity: %s`; on %s remove them", collectors.EntityTicketEvents, raw.Entity.V)
		}
		return nil
	}
	var kinds []string
	words := func(v value[[]value[string]], usual string, kind bool) []string {
		if !v.good || !v.at.set() {
			v.V = nil
			if kind {
				kinds = append(kinds, usual)
			}
			return []string{usual}
		}
		var all []string
		for _, word := range v.V {
			if !word.good {
				continue
			}
			lower := strings.ToLower(word.V)
			if kind && slices.Contains(kinds, lower) {
				c.problem(word.at, "the word %s stands for another kind of event already", word.shown())
			}
			if kind {
				kinds = append(kinds, lower)
			}
			all = append(all, word.V)
		}
		return all
	}
	e := raw.Events.V
	return &facts.Events{
		Created: words(e.Created, "created", true), Reply: words(e.Reply, "reply", true),
		Resolved: words(e.Resolved, "resolved", true), Reopened: words(e.Reopened, "reopened", true),
		Agents: words(e.Agents, "agent", false),
	}
}

// checkEvents reports KPIs that read what events do not tell of a ticket.
func (c *converter) checkEvents(k *rawKPI, x collectors.KPI, b collectors.Binding) {
	if b.Entity != collectors.EntityTicketEvents {
		return
	}
	for _, role := range slices.Sorted(maps.Keys(facts.Uses(someNeeds(x)))) {
		if !b.Mapped[role] {
			c.problem(k.named, "%s reads %s as it is set here, which events do not tell; leave that out, or give it a collector with `entity: %s`", k.name, role, collectors.EntityTickets)
		}
	}
}
