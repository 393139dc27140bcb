package collectors

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// sample configurations: every KPI of the catalogue with all that it can show.
func configured(name string) Parameters {
	switch name {
	case "retention":
		return &Retention{Naive: true}
	case "first_response_time":
		return &FirstResponseTime{Target: ptr(duration("4h"))}
	case "resolution_time":
		return &ResolutionTime{Target: ptr(duration("2d"))}
	case "ratio":
		return &Ratio{Name: "defects", Of: "defect", Direction: "lower_is_better"}
	case "mean":
		return &Mean{Name: "handling", Of: "handle_seconds", Unit: "seconds", Direction: "lower_is_better"}
	case "sum":
		return &Sum{Name: "refunds", Of: "refund", Unit: "currency", Direction: "lower_is_better"}
	case "count":
		return &Count{Name: "calls", Unit: "calls", Direction: "neutral"}
	case "distinct":
		return &Distinct{Name: "callers", Of: "caller", Unit: "customers", Direction: "neutral"}
	case "quantile":
		return &Quantile{Name: "wait_p95", Of: "wait_seconds", Q: 0.95, Unit: "seconds", Direction: "lower_is_better"}
	case "gauge":
		return &Gauge{Name: "stock", Unit: "items", Labels: []string{"shelf"}, Direction: "neutral"}
	}
	d, _ := Lookup(name)
	return d.New()
}

// fullest is configured for an entity: some KPIs show more on one than on another.
func fullest(name, entity string) Parameters {
	if name == "churn" && entity == EntitySubscriptions {
		return &Churn{Involuntary: []string{"payment_failed"}}
	}
	return configured(name)
}

// each calls f for every KPI of the catalogue on every entity that it is for.
func each(t *testing.T, f func(t *testing.T, d Definition, entity string, k KPI)) {
	t.Helper()
	for _, d := range Catalogue() {
		for _, e := range Entities() {
			if !d.On(e.Name) {
				continue
			}
			named := map[facts.Role]facts.Column{}
			for _, r := range e.Roles {
				named[r.Role] = facts.Column{}
			}
			mapped := slices.Sorted(maps.Keys(MappedRoles(e.Name, named)))
			t.Run(d.Name+" on "+e.Name, func(t *testing.T) {
				t.Parallel()
				f(t, d, e.Name, build(t, fullest(d.Name, e.Name), e.Name, mapped...))
			})
		}
	}
}

func TestCatalogueIsWellFormed(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, d := range Catalogue() {
		if seen[d.Name] || !customName.MatchString(d.Name) {
			t.Errorf("the name %q", d.Name)
		}
		seen[d.Name] = true
		if d.Summary == "" || !strings.HasSuffix(d.Summary, ".") {
			t.Errorf("%s: summary %q", d.Name, d.Summary)
		}
		for _, e := range d.Entities {
			if _, ok := LookupEntity(e); !ok {
				t.Errorf("%s is for the entity %s, which does not exist", d.Name, e)
			}
		}
		if again, ok := Lookup(d.Name); !ok || again.Name != d.Name {
			t.Errorf("%s is not found", d.Name)
		}
	}
	if _, ok := Lookup("npz"); ok {
		t.Error("npz is found")
	}
	if _, ok := LookupEntity("ticket"); ok {
		t.Error("ticket is found")
	}
}

func TestEntitiesAreWellFormed(t *testing.T) {
	t.Parallel()
	for _, e := range Entities() {
		seen := map[facts.Role]bool{}
		for _, r := range e.Roles {
			if seen[r.Role] || r.Help == "" {
				t.Errorf("%s: the role %s is there twice or has no help", e.Name, r.Role)
			}
			seen[r.Role] = true
		}
		if e.Name != EntityCustom && e.Time() == "" {
			t.Errorf("%s has no time", e.Name)
		}
	}
}

func TestKPIsAreDescribed(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d Definition, _ string, k KPI) {
		desc := k.Desc()
		if !d.Repeatable && desc.Name != d.Name {
			t.Errorf("is called %q", desc.Name)
		}
		if desc.Title == "" || desc.Variant == "" || desc.Fidelity == "" || len(desc.Stats) == 0 || desc.Stats[0].Component {
			t.Errorf("%+v", desc)
		}
		if !d.Repeatable && desc.BusinessGoal == "" {
			t.Error("has no business goal")
		}
		names := map[string]bool{}
		for _, s := range desc.Stats {
			if names[s.Name] || s.Name == "" || s.Direction == "" || s.Unit == "" || s.Help == "" || !strings.HasSuffix(s.Help, ".") {
				t.Errorf("%+v", s)
			}
			names[s.Name] = true
			checkMetric(t, s)
		}
		if !cmp.Equal(desc, k.Desc()) {
			t.Error("the description is not constant")
		}
	})
}

// checkMetric holds a family to the rules for names.
func checkMetric(t *testing.T, s Stat) {
	t.Helper()
	rest, ok := strings.CutPrefix(s.Metric, "cx_")
	if !ok || !customName.MatchString(rest) {
		t.Errorf("%s is no name", s.Metric)
	}
	if err := checkWords("name", rest); err != nil {
		t.Error(err)
	}
	if err := checkEnding("name", rest); err != nil {
		t.Error(err)
	}
	for unit, ending := range map[kpi.Unit]string{kpi.Ratio: "_ratio", kpi.Seconds: "_seconds", kpi.Score: "_score"} {
		if (s.Unit == unit) != strings.HasSuffix(s.Metric, ending) {
			t.Errorf("%s is measured in %s", s.Metric, s.Unit)
		}
	}
}

// No family has two sources, or two meanings.
func TestFamiliesBelongToOneKPI(t *testing.T) {
	t.Parallel()
	type family struct{ kpi, help string }
	families := map[string]family{}
	for _, d := range Catalogue() {
		for _, e := range Entities() {
			if !d.On(e.Name) {
				continue
			}
			for _, mapped := range [][]facts.Role{{roleAt}, {roleAt, roleCurrency, roleConvertedAt, roleBounced, roleResolvedAt, roleValue}} {
				for _, s := range build(t, fullest(d.Name, e.Name), e.Name, mapped...).Desc().Stats {
					now := family{d.Name, s.Help}
					if old, ok := families[s.Metric]; ok && old != now {
						t.Errorf("%s is %v and %v", s.Metric, old, now)
					}
					families[s.Metric] = now
				}
			}
		}
	}
}

// Without rows every value is there and says so.
func TestNoRowsAreToldAsSuch(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d Definition, entity string, k KPI) {
		s := march()
		values := k.Compute(s, &table{t: t, declared: k.Needs(s)})
		seen := map[int]bool{}
		for _, v := range values {
			seen[v.Stat] = true
			if n := v.Evidence.Samples(); n != 0 {
				t.Errorf("%s rests on %v samples", k.Desc().Stats[v.Stat].Metric, n)
			}
			if x, ok := v.Evidence.Value(); ok && x != 0 {
				t.Errorf("%s = %v", k.Desc().Stats[v.Stat].Metric, x)
			}
		}
		// Where the rows name the labels, there are none.
		byLabel := d.Name == "gauge" || slices.Contains(rolesOf(k), roleCurrency)
		for i, stat := range k.Desc().Stats {
			if !seen[i] && !byLabel {
				t.Errorf("%s is missing", stat.Metric)
			}
		}
	})
}

// What is needed for a span is known by its instant, and the same each time.
func TestNeedsAreOfThePast(t *testing.T) {
	t.Parallel()
	spans := []kpi.Span{march(), {Lo: at("03-01"), Hi: at("04-01"), At: at("04-20")}, always(), {Lo: at("03-31"), Hi: at("04-01"), At: at("04-01")}}
	each(t, func(t *testing.T, _ Definition, _ string, k KPI) {
		for _, s := range spans {
			if !cmp.Equal(k.Needs(s), k.Needs(s)) {
				t.Error("needs differ from one time to the next")
			}
			for _, n := range k.Needs(s) {
				for _, b := range instants(n) {
					if b.After(s.At) {
						t.Errorf("needs %s, after %s", b, s.At)
					}
				}
			}
		}
	})
}

func instants(n facts.Need) []time.Time {
	var all []time.Time
	if n.Cube != nil {
		if !n.Cube.Planned {
			all = append(all, n.Cube.Bounds...)
		}
		for _, o := range n.Cube.Outcomes {
			all = append(all, o.Bounds...)
		}
	}
	if n.Returns != nil {
		all = append(all, n.Returns.Bounds...)
	}
	if n.Stays != nil {
		all = append(all, n.Stays.Instants...)
	}
	if n.Histories != nil {
		all = append(all, n.Histories.At, n.Histories.Until)
	}
	if n.Subjects != nil {
		for _, p := range n.Subjects.Points {
			all = append(all, p.At, p.Lo, p.Hi)
		}
	}
	return all
}

func TestRolesAreThoseOfTheEntity(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d Definition, entity string, k KPI) {
		e, _ := LookupEntity(entity)
		roles := rolesOf(k)
		if len(roles) == 0 {
			t.Error("reads nothing")
		}
		for _, r := range roles {
			_, ok := e.Role(r)
			if entity == EntityTicketEvents {
				ok = slices.Contains(facts.FoldedRoles(true), r)
			}
			if !ok && !d.Repeatable {
				t.Errorf("reads %s, which %s do not have", r, entity)
			}
		}
	})
	k := build(t, &Ratio{Name: "x", Numerator: "spent", Denominator: "earned", By: "day", Direction: "neutral"}, EntityCustom)
	if got, expected := rolesOf(k), []facts.Role{"day", "earned", "spent"}; !slices.Equal(got, expected) {
		t.Errorf("roles %v, want %v", got, expected)
	}
}

// Cubes on one time column whose keys agree become one statement.
func TestTicketsNeedOneStatementATimeColumn(t *testing.T) {
	t.Parallel()
	keys := map[facts.Role]map[string]bool{}
	for _, name := range []string{"first_response_time", "resolution_time", "backlog", "ticket_volume"} {
		for _, n := range build(t, configured(name), EntityTickets).Needs(march()) {
			if keys[n.Cube.Time] == nil {
				keys[n.Cube.Time] = map[string]bool{}
			}
			if len(n.Cube.Keys) > 0 {
				keys[n.Cube.Time][text(n.Cube.Keys)] = true
			}
		}
	}
	if len(keys) != 3 {
		t.Errorf("time columns: %v", keys)
	}
	for time, k := range keys {
		if len(k) > 1 {
			t.Errorf("cubes on %s do not merge: %v", time, k)
		}
	}
}

// Parameters say what they are: the reference and the editor read it.
func TestParametersAreDocumented(t *testing.T) {
	t.Parallel()
	for _, d := range Catalogue() {
		p := reflect.TypeOf(d.New()).Elem()
		values := reflect.ValueOf(d.New()).Elem()
		for i := range p.NumField() {
			f := p.Field(i)
			key, doc := f.Tag.Get("yaml"), f.Tag.Get("doc")
			if !customName.MatchString(key) || doc == "" {
				t.Errorf("%s: the field %s has the key %q and the doc %q", d.Name, f.Name, key, doc)
			}
			if !strings.Contains(doc, "required") && !strings.Contains(doc, "default") {
				t.Errorf("%s: %s says neither that it is required nor what it defaults to: %q", d.Name, key, doc)
			}
			value := values.Field(i)
			if enum := f.Tag.Get("enum"); enum != "" && value.String() != "" && !slices.Contains(strings.Split(enum, ","), value.String()) {
				t.Errorf("%s: %s defaults to %q, which is not allowed", d.Name, key, value)
			}
			if !value.IsZero() && !strings.Contains(doc, "default "+text(value.Interface())) {
				t.Errorf("%s: %s defaults to %v, which is not what it says: %q", d.Name, key, value, doc)
			}
		}
	}
}
