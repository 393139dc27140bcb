package collectors

import (
	"slices"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// rolesOf lists the roles that a KPI reads, in order. Roles that its entity does
// not have are columns, which custom KPIs name as they are in the relation.
func rolesOf(k KPI) []facts.Role {
	// Any span will do, as long as it is longer than every maturity.
	at := time.Date(2000, time.January, 1, 0, 0, 0, 0, time.UTC)
	uses := facts.Uses(k.Needs(kpi.Span{Lo: at.AddDate(-20, 0, 0), Hi: at, At: at}))
	roles := make([]facts.Role, 0, len(uses))
	for r := range uses {
		roles = append(roles, r)
	}
	slices.Sort(roles)
	return roles
}
