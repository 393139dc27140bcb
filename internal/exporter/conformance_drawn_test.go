package exporter_test

import (
	"flag"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/cx-exporter/cx-exporter/collectors"
	"github.com/cx-exporter/cx-exporter/internal/testdb"
)

var drawnCases = flag.Int("drawn", 2000, "the number of conformance cases an engine that have to draw everything there is; the whole suite runs 2,000")

// presentation are parameters that change how a value is called, and not what it
// is.
var presentation = []string{"name", "unit", "help", "business_goal"}

// undrawn are variants that random cases do not draw, with the reason.
var undrawn = map[string]string{
	"clv.method=bgnbd":  "a fit; TestCustomersWhoBoughtAlikeAreWorthTheSame compares it with one of customers row by row",
	"clv.holdout set":   "the same",
	"distinct.of unset": "required",
	"mean.of unset":     "required",
	"sum.of unset":      "required",
	"quantile.of unset": "required",
	"quantile.q unset":  "required",
}

// unread are columns of entities that no KPI reads by itself: conditions,
// dimensions and custom KPIs may.
var unread = strings.Fields(`
	responses.response_id responses.survey responses.touchpoint responses.updated_at responses.is_test
	invitations.invitation_id tickets.ticket_id tickets.status tickets.kind tickets.customer_id
	tickets.first_response_business_seconds tickets.resolution_business_seconds
	contacts.contact_id contacts.handle_seconds contacts.resolved contacts.customer_id subscriptions.is_trial
	orders.order_id orders.status orders.cost orders.margin orders.is_test
	visits.visitor_id visits.is_bot costs.kind carts.cart_id
`)

// TestEveryVariantIsDrawn walks the catalogue: each KPI on each entity, each word
// that a parameter may be, each other parameter given and left out, and each
// optional column, named, has to be in some random case of each engine.
func TestEveryVariantIsDrawn(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{testdb.DriverPostgres, testdb.DriverMySQL, testdb.DriverSQLite} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			drawn := map[string]int{}
			gate := map[string]bool{}
			for seed := uint64(1); seed <= uint64(*drawnCases); seed++ {
				w := randomWorld(engine, seed)
				w.fitWindows()
				for _, what := range w.variants(t) {
					drawn[what]++
					gate[what] = gate[what] || seed <= 100
				}
			}
			all := everyVariant()
			least := *drawnCases
			for _, what := range all {
				reason, exempt := undrawn[what]
				switch n := drawn[what]; {
				case exempt && n > 0:
					t.Errorf("%s is drawn, although it is not to be: %s", what, reason)
				case exempt:
				case n == 0:
					t.Errorf("%s is in none of %d cases", what, *drawnCases)
				default:
					least = min(least, n)
				}
			}
			t.Logf("%d variants in %d cases, each in %d cases at least; %d of them in the first 100", len(all), *drawnCases, least, len(gate))
			if testing.Verbose() {
				for _, what := range slices.Sorted(maps.Keys(drawn)) {
					t.Logf("%6d %s", drawn[what], what)
				}
			}
		})
	}
}

// everyVariant is what the catalogue offers.
func everyVariant() (all []string) {
	for _, d := range collectors.Catalogue() {
		for _, entity := range collectors.Entities() {
			if d.On(entity.Name) {
				all = append(all, d.Name+" on "+entity.Name)
			}
		}
		for p := range parametersOf(d.New()) {
			switch {
			case slices.Contains(presentation, p.key), d.Repeatable && p.key == "direction":
			case p.enum != "":
				for word := range strings.SplitSeq(p.enum, ",") {
					all = append(all, d.Name+"."+p.key+"="+word)
				}
			case p.value.Kind() == reflect.Bool:
				all = append(all, d.Name+"."+p.key+"=true", d.Name+"."+p.key+"=false")
			default:
				all = append(all, d.Name+"."+p.key+" set", d.Name+"."+p.key+" unset")
			}
		}
	}
	for _, entity := range collectors.Entities() {
		for _, r := range entity.Roles {
			if name := entity.Name + "." + string(r.Role); !r.Required && !slices.Contains(unread, name) {
				all = append(all, name+" named")
			}
		}
	}
	for _, name := range windowNames {
		all = append(all, "window "+name)
	}
	for _, name := range zones {
		all = append(all, "zone "+name)
	}
	return slices.Concat(all, []string{
		"one source", "two sources", "no dimension", "one dimension", "several dimensions", "a pair of columns",
		"more segments than allowed", "a small row budget", "the present", "the past", "two instants", "two instants, one after the other",
		"compared", "not compared", "a condition", "a query", "no rows",
	})
}

// parameter is a key of a KPI's parameters.
type parameter struct {
	key, enum string
	value     reflect.Value
}

func parametersOf(p collectors.Parameters) func(func(parameter) bool) {
	v := reflect.ValueOf(p).Elem()
	return func(yield func(parameter) bool) {
		for i := range v.NumField() {
			f := v.Type().Field(i)
			if !yield(parameter{f.Tag.Get("yaml"), f.Tag.Get("enum"), v.Field(i)}) {
				return
			}
		}
	}
}

// variants are those that a world holds.
func (w *world) variants(t *testing.T) (all []string) {
	add := func(holds bool, what string) {
		if holds {
			all = append(all, what)
		}
	}
	for _, k := range w.kpis {
		all = append(all, k.kind+" on "+w.entity)
		d, _ := collectors.Lookup(k.kind)
		given, usual := d.New(), map[string]reflect.Value{}
		for p := range parametersOf(d.New()) {
			usual[p.key] = p.value
		}
		if err := yaml.Unmarshal([]byte(k.params), given); err != nil {
			t.Fatalf("%s %s: %v", k.kind, k.params, err)
		}
		for p := range parametersOf(given) {
			name := k.kind + "." + p.key
			switch {
			case p.enum != "", p.value.Kind() == reflect.Bool:
				all = append(all, fmt.Sprintf("%s=%v", name, p.value))
			default:
				set := !reflect.DeepEqual(p.value.Interface(), usual[p.key].Interface())
				add(set, name+" set")
				add(!set, name+" unset")
			}
		}
	}
	for _, c := range w.columns {
		add(c.mapped, w.entity+"."+c.role+" named")
	}
	for _, x := range w.windows {
		all = append(all, "window "+x.String())
	}
	all = append(all, "zone "+w.zone.String())
	segments := 0
	for _, d := range w.dims {
		segments = max(segments, len(d.values(w.rows, nil)))
		add(len(d.config.Columns) > 1, "a pair of columns")
	}
	add(w.shards == 1, "one source")
	add(w.shards > 1, "two sources")
	add(len(w.dims) == 0, "no dimension")
	add(len(w.dims) == 1, "one dimension")
	add(len(w.dims) > 1, "several dimensions")
	add(segments > w.maxSegments, "more segments than allowed")
	add(w.budget < 1000, "a small row budget")
	add(w.now, "the present")
	add(!w.now, "the past")
	add(len(w.instants) > 1 && !w.apart, "two instants")
	add(len(w.instants) > 1 && w.apart, "two instants, one after the other")
	add(w.change, "compared")
	add(!w.change, "not compared")
	add(w.where.sql != "", "a condition")
	add(w.query != "", "a query")
	add(len(w.rows) == 0, "no rows")
	return all
}
