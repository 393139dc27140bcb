package dashboards

import (
	"fmt"
	"hash/fnv"
)

// width is that of Grafana's grid.
const width = 24

// board is one dashboard: rows of lines of panels.
type board struct {
	uid, title, description string
	variables               []variable
	rows                    []row
}

// row has a heading and lines of panels below it, each line as high as it says
// and as wide as the board.
type row struct {
	title string
	lines []line
}

type line struct {
	height int
	panels []panel
}

// panel is a panel without its place. Its title tells it from the others of its
// row, and so its id: that stays when panels come and go.
type panel struct {
	kind, title, description string
	unit                     Unit
	queries                  []query
	noValue                  string
	// share is how much of the line it takes, beside the others; 0 counts as 1.
	share int
	// repeat is a variable: the panel is there once for each of its values.
	repeat          string
	overrides       []override
	transformations []transformation
	options         any
	custom          map[string]any // of the field configuration
	color           color
	mappings        []mapping
	steps           []step
	min, max        *float64
	more            *link
}

// query is PromQL with the name of what it returns.
type query struct {
	expr, legend string
	instant      bool
}

// Unit is how numbers are written.
type Unit string

// The units of Grafana that the boards use.
const (
	Percent Unit = "percentunit"     // of shares from 0 to 1
	Seconds Unit = "s"               // durations
	Number  Unit = "short"           // counts and money; the currency is in the name
	Points  Unit = "none"            // scores
	Ago     Unit = "dateTimeFromNow" // instants, in milliseconds
	State   Unit = "string"          // words
)

const (
	tag          = "cx"
	defaultRange = "now-90d"
	refresh      = "15m"
	nothing      = "not measured"
)

// classic lays the panels out.
func (b *board) classic() (*dashboard, error) {
	d := &dashboard{
		UID: b.uid, Title: b.title, Description: b.description, Tags: []string{tag},
		GraphTooltip: 1, Time: timeRange{From: defaultRange, To: "now"}, Refresh: refresh, SchemaVersion: schemaVersion,
		Links: []link{
			{Title: "CX boards", Type: "dashboards", Icon: "external link", Tags: []string{tag}, AsDropdown: true, IncludeVars: true, KeepTime: true},
			{Title: "Runbooks", Type: "link", Icon: "doc", Tooltip: "What each alert means, and what to do first", URL: runbooks, Tags: []string{}, TargetBlank: true},
		},
		Templating:  list[variable]{append([]variable{datasource()}, b.variables...)},
		Annotations: list[marks]{annotations()},
	}
	ids := map[uint32]string{}
	add := func(key string, p classicPanel) error {
		p.ID = identify(b.uid + "/" + key)
		if other, taken := ids[p.ID]; taken {
			return fmt.Errorf("panels %q and %q have the same id: change a title", other, key)
		}
		ids[p.ID] = key
		d.Panels = append(d.Panels, p)
		return nil
	}
	y := 0
	for _, r := range b.rows {
		collapsed, none := false, []classicPanel{}
		heading := classicPanel{Type: "row", Title: r.title, GridPos: gridPos{H: 1, W: width, Y: y}, Collapsed: &collapsed, Panels: &none}
		if err := add(r.title, heading); err != nil {
			return nil, err
		}
		y++
		for _, l := range r.lines {
			x := 0
			for i, w := range l.widths() {
				p := l.panels[i].classic()
				p.GridPos = gridPos{H: l.height, W: w, X: x, Y: y}
				x += w
				if err := add(r.title+"/"+p.Title, p); err != nil {
					return nil, err
				}
			}
			y += l.height
		}
	}
	return d, nil
}

// widths share the line out among its panels, whole columns each.
func (l line) widths() []int {
	total := 0
	for _, p := range l.panels {
		total += max(p.share, 1)
	}
	out := make([]int, len(l.panels))
	taken, so := 0, 0
	for i, p := range l.panels {
		so += max(p.share, 1)
		out[i] = width*so/total - taken
		taken += out[i]
	}
	return out
}

// identify makes an id from what a panel is, so that links to a panel outlive
// changes around it.
func identify(key string) uint32 {
	h := fnv.New32a()
	h.Write([]byte(key))
	return h.Sum32()%10_000_000 + 1
}

func (p panel) classic() classicPanel {
	c := classicPanel{Type: p.kind, Title: p.title, Description: p.description, Options: p.options, Transformations: p.transformations}
	if p.more != nil {
		c.Links = []link{*p.more}
	}
	if p.repeat != "" {
		c.Repeat, c.RepeatDirection, c.MaxPerRow = p.repeat, "h", 2
	}
	ds := prometheus()
	c.Datasource = &ds
	if p.kind == "timeseries" || p.kind == "state-timeline" {
		c.Interval = "1m"
	}
	for i, q := range p.queries {
		t := target{
			RefID: string(rune('A' + i)), Datasource: prometheus(), Expr: q.expr, LegendFormat: q.legend,
			Instant: q.instant, Range: !q.instant, EditorMode: "code",
		}
		if p.kind == "table" {
			t.Format = "table"
		}
		c.Targets = append(c.Targets, t)
	}
	shade := p.color
	if shade.Mode == "" {
		shade.Mode = "palette-classic"
	}
	steps := p.steps
	if steps == nil {
		steps = []step{{Color: "text"}}
	}
	words := p.noValue
	if words == "" {
		words = nothing
	}
	mappings, overrides := p.mappings, p.overrides
	if mappings == nil {
		mappings = []mapping{}
	}
	if overrides == nil {
		overrides = []override{}
	}
	c.FieldConfig = &fieldConfig{
		Defaults: fieldDefaults{
			Unit: string(p.unit), NoValue: words, Color: shade, Mappings: mappings, Min: p.min, Max: p.max,
			Thresholds: thresholds{Mode: "absolute", Steps: steps}, Custom: p.custom,
		},
		Overrides: overrides,
	}
	return c
}

// page is the address of a board, with the variables that boards share.
func page(uid string) string {
	return "/d/" + uid + "?${__url_time_range}&${datasource:queryparam}&${collector:queryparam}&${window:queryparam}"
}
