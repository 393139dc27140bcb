package app_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/cx-exporter/cx-exporter/internal/testdb"
)

// openAPI is the description of the API, as a running exporter gives it.
type openAPI struct {
	t    *testing.T
	doc  any
	tree struct {
		OpenAPI string
		Paths   map[string]map[string]struct {
			Parameters []struct {
				Ref string `json:"$ref"`
			}
			Responses map[string]struct {
				Content map[string]any
			}
		}
		Components struct {
			Parameters map[string]struct{ Name, In string }
			Schemas    map[string]any
		}
	}
}

func describe(r *rig) *openAPI {
	r.t.Helper()
	status, text := r.get("/api/v1/openapi.json")
	if status != http.StatusOK {
		r.t.Fatalf("the description answers %d", status)
	}
	d := &openAPI{t: r.t}
	if err := json.Unmarshal([]byte(text), &d.tree); err != nil {
		r.t.Fatal(err)
	}
	var err error
	if d.doc, err = jsonschema.UnmarshalJSON(strings.NewReader(text)); err != nil {
		r.t.Fatal(err)
	}
	if !strings.HasPrefix(d.tree.OpenAPI, "3.1.") {
		r.t.Fatalf("it is of OpenAPI %q; the schemas of 3.1 are those of JSON Schema 2020-12", d.tree.OpenAPI)
	}
	return d
}

// schema is the one at a place of the description.
func (d *openAPI) schema(place string) *jsonschema.Schema {
	d.t.Helper()
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	c.AssertFormat()
	if err := c.AddResource("openapi.json", d.doc); err != nil {
		d.t.Fatal(err)
	}
	s, err := c.Compile("openapi.json#" + place)
	if err != nil {
		d.t.Fatal(err)
	}
	return s
}

// accepts checks an answer to a request against what is said of it.
func (d *openAPI) accepts(path string, status int, body string) {
	d.t.Helper()
	bare, _, _ := strings.Cut(path, "?")
	said, ok := d.tree.Paths[bare]["get"].Responses[fmt.Sprint(status)]
	if _, json := said.Content["application/json"]; !ok || !json {
		d.t.Fatalf("%s answers %d, of which the description says nothing:\n%s", path, status, body)
	}
	answer, err := jsonschema.UnmarshalJSON(bytes.NewReader([]byte(body)))
	if err != nil {
		d.t.Fatalf("%s: %v\n%s", path, err, body)
	}
	place := fmt.Sprintf("/paths/%s/get/responses/%d/content/application~1json/schema", strings.ReplaceAll(bare, "/", "~1"), status)
	if err := d.schema(place).Validate(answer); err != nil {
		d.t.Errorf("%s answers otherwise than described: %v\n%s", path, err, body)
	}
}

// asked checks what the exporter answers to a request, and returns it.
func (d *openAPI) asked(r *rig, path string, want int) string {
	d.t.Helper()
	status, body := r.get(path)
	if status != want {
		d.t.Errorf("%s answers %d, want %d: %s", path, status, want, body)
	}
	d.accepts(path, status, body)
	return body
}

func TestTheAPIAnswersAsItsDescriptionSays(t *testing.T) {
	t.Parallel()
	db := testdb.SQLite(t)
	decline(t, db)
	const broken = `
  - name: broken
    source: db
    table: nowhere
    entity: responses
    windows: [7d]
    interval: 5s
    timeout: 5s
    kpis: [csat]
goals:`
	r := start(t, strings.Replace(declining(db), "\ngoals:", broken, 1))
	d := describe(r)
	lists := []string{"/api/v1/kpis", "/api/v1/goals", "/api/v1/collectors"}
	for _, path := range lists { // also before the first runs have ended
		d.asked(r, path, http.StatusOK)
	}
	r.until("the goals are judged, and a run has failed", every(
		is(1, "cx_goal_status", "goal=keep-satisfied", "status=off_track"),
		is(0, "cx_collector_success", "collector=broken"),
	))
	for path, want := range map[string]string{
		"/api/v1/kpis": `"metric":"cx_csat_ratio"`,
		"/api/v1/kpis?collector=answers&dimension=team":      `"segment":"blue"`,
		"/api/v1/kpis?window=1d":                             `{"kpis":[`,
		"/api/v1/goals":                                      `"goal":"satisfy-blue"`,
		"/api/v1/goals?status=off_track&goal=keep-satisfied": `"value":0.5,`,
		"/api/v1/collectors":                                 `"success":true`,
		"/api/v1/collectors?collector=broken":                `"reason":"missing_table"`,
		"/api/v1/openapi.json":                               `"openapi"`,
	} {
		if body := d.asked(r, path, http.StatusOK); !strings.Contains(body, want) {
			t.Errorf("%s: %s is not in\n%s", path, want, body)
		}
	}
	for path := range d.tree.Paths {
		d.asked(r, path+"?surprise=1", http.StatusBadRequest)
		status, body := r.do(http.MethodPost, path)
		if d.accepts(path, status, body); status != http.StatusMethodNotAllowed {
			t.Errorf("POST %s answers %d", path, status)
		}
		for _, p := range d.tree.Paths[path]["get"].Parameters {
			known := d.tree.Components.Parameters[strings.TrimPrefix(p.Ref, "#/components/parameters/")]
			if known.Name == "" || known.In != "query" {
				t.Errorf("%s: %s is no parameter", path, p.Ref)
			}
			d.asked(r, path+"?"+known.Name+"=x&"+known.Name+"=y", http.StatusOK)
		}
	}
	for _, path := range lists {
		if _, ok := d.tree.Paths[path]; !ok {
			t.Errorf("%s is not described", path)
		}
	}
}

// The description must refuse what the exporter does not say, or it checks
// nothing.
func TestTheDescriptionOfTheAPIIsStrict(t *testing.T) {
	t.Parallel()
	db := testdb.SQLite(t)
	survey(t, db)
	d := describe(start(t, cx(source(db), answers)))
	for _, name := range []string{"KPI", "Part", "Goal", "Collector", "Finding", "Error", "KPIs", "Goals", "Collectors"} {
		if _, ok := d.tree.Components.Schemas[name]; !ok {
			t.Fatalf("there is no schema %s", name)
		}
		s := d.schema("/components/schemas/" + name)
		if s.Validate(map[string]any{}) == nil {
			t.Errorf("%s needs nothing", name)
		}
		if len(s.Required) == 0 || s.AdditionalProperties != false {
			t.Errorf("%s requires %v and allows %v besides", name, s.Required, s.AdditionalProperties)
		}
		for field, p := range s.Properties {
			if p.Ref == nil && p.Description == "" && !strings.HasSuffix(name, "s") {
				t.Errorf("%s.%s is not described", name, field)
			}
		}
	}
}
