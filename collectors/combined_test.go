package collectors

import (
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// combinable are the ready-made formulas with all that they need.
func combinable(name string) Combined {
	switch name {
	case "retention_cost":
		return &RetentionCost{Spend: "books.cost", Retention: "base.retention"}
	case "retention_roi":
		return &RetentionROI{Spend: "books.cost", Retention: "base.retention", MarginPerMonth: 40, Months: 12, Basis: "incremental", BaselineRetention: ptr(0.9)}
	case "cost_per_contact":
		return &CostPerContact{Spend: "books.cost", Contacts: "desk.ticket_volume.created"}
	case "contact_rate":
		return &ContactRate{Contacts: "desk.ticket_volume.created", Customers: "base.customers.active"}
	}
	return &Formula{Name: name, Expr: "books.cost", Unit: "currency", Direction: "neutral"}
}

func combine(t *testing.T, name string) Combination {
	t.Helper()
	c, err := combinable(name).Combine()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestFormulasAreDescribed(t *testing.T) {
	t.Parallel()
	want := map[string]string{
		"retention_cost":   "books.cost / (base.retention * base.retention.samples)",
		"retention_roi":    "((base.retention - 0.9) * base.retention.samples * currency(40.0) * 12.0 - books.cost) / books.cost",
		"cost_per_contact": "books.cost / desk.ticket_volume.created",
		"contact_rate":     "desk.ticket_volume.created / base.customers.active",
	}
	got := map[string]string{}
	for _, d := range Combinations() {
		c := combine(t, d.Name)
		got[d.Name] = c.Expr
		if c.Desc.Name != d.Name || c.Desc.Title == "" || c.Desc.Variant == "" || c.Desc.BusinessGoal == "" || len(c.Desc.Stats) != 1 {
			t.Errorf("%+v", c.Desc)
		}
		if !strings.HasSuffix(d.Summary, ".") || !strings.HasSuffix(c.Desc.Stats[0].Help, ".") {
			t.Errorf("%s: %q, %q", d.Name, d.Summary, c.Desc.Stats[0].Help)
		}
		if _, taken := Lookup(d.Name); taken {
			t.Errorf("%s is in the catalogue too", d.Name)
		}
		checkMetric(t, c.Desc.Stats[0])
		p := reflect.TypeOf(d.New()).Elem()
		for i := range p.NumField() {
			if f := p.Field(i); !customName.MatchString(f.Tag.Get("yaml")) || f.Tag.Get("doc") == "" {
				t.Errorf("%s: the field %s is not described", d.Name, f.Name)
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("formulas (-want +got):\n%s", diff)
	}
}

func TestTheReturnOnRetentionSaysWhoseValueCounts(t *testing.T) {
	t.Parallel()
	p := combinable("retention_roi").(*RetentionROI)
	c, err := p.Combine()
	if err != nil || !cmp.Equal(c.Labels, []kpi.Label{{Name: "basis", Value: "incremental"}}) || c.OneWindow == "" {
		t.Errorf("%+v, %v", c, err)
	}
	gross := &RetentionROI{Spend: "books.cost", Retention: "base.retention", MarginPerMonth: 12.5, Months: 0.5, Basis: "gross"}
	c, err = gross.Combine()
	if err != nil || !cmp.Equal(c.Labels, []kpi.Label{{Name: "basis", Value: "gross"}}) || c.OneWindow != "" {
		t.Errorf("%+v, %v", c, err)
	}
	if want := "(base.retention * base.retention.samples * currency(12.5) * 0.5 - books.cost) / books.cost"; c.Expr != want {
		t.Errorf("%s, want %s", c.Expr, want)
	}
}

func TestFormulasRefuseWhatTheyCannotCompute(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		p    Combined
		want string
	}{
		{"an incremental return without a baseline", &RetentionROI{MarginPerMonth: 1, Months: 1, Basis: "incremental"}, "baseline_retention: is missing"},
		{"a gross return with one", &RetentionROI{MarginPerMonth: 1, Months: 1, Basis: "gross", BaselineRetention: ptr(0.5)}, "baseline_retention: is for basis"},
		{"a customer who earns nothing", &RetentionROI{Months: 1, Basis: "gross"}, "margin_per_month: must be above 0"},
		{"no months", &RetentionROI{MarginPerMonth: 1, Basis: "gross"}, "months: must be above 0"},
		{"a name that is taken by a KPI", &Formula{Name: "nps", Unit: "ratio", Direction: "neutral"}, "name: \"nps\" is a KPI"},
		{"a name that is taken by a formula", &Formula{Name: "contact_rate", Unit: "ratio", Direction: "neutral"}, "name: \"contact_rate\" is a KPI"},
		{"a unit that is none", &Formula{Name: "a", Unit: "minutes", Direction: "neutral"}, "unit: \"minutes\""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if _, err := tt.p.Combine(); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v, want %s", err, tt.want)
			}
		})
	}
}
