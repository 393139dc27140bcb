package web

import (
	_ "embed"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"sync"

	"github.com/cx-exporter/cx-exporter/internal/exporter"
	"github.com/cx-exporter/cx-exporter/internal/packing"
	"github.com/cx-exporter/cx-exporter/internal/record"
)

//go:embed openapi.json
var openapi []byte

// api answers with what the exporter holds, as JSON.
type api struct {
	now   func() *exporter.Board
	goals func() []record.Goal
	log   *slog.Logger

	// What follows is made when it is first asked for, once a refresh.
	mu    sync.Mutex
	made  *exporter.Board // that it is made of
	parts map[string]*listing
}

// The paths of the API.
const (
	apiRoot       = "/api/v1/"
	kpisPath      = apiRoot + "kpis"
	goalsPath     = apiRoot + "goals"
	collectorPath = apiRoot + "collectors"
	openapiPath   = apiRoot + "openapi.json"
)

// The parameters by which lists are narrowed.
var (
	kpiKeys       = [...]string{"collector", "kpi", "window", "dimension"}
	goalKeys      = [...]string{"goal", "collector", "kpi", "window", "dimension", "status", "stands"}
	collectorKeys = [...]string{"collector"}
)

// newAPI makes the handler of everything below /api/.
func newAPI(o Options, log *slog.Logger) http.Handler {
	a := &api{now: o.Now, goals: o.Goals, log: log}
	routes := map[string]func() (*listing, error){
		kpisPath:      func() (*listing, error) { return a.kept(kpisPath, listKPIs) },
		collectorPath: func() (*listing, error) { return a.kept(collectorPath, listCollectors) },
		goalsPath:     func() (*listing, error) { return listGoals(a.goals()) },
	}
	description := sync.OnceValue(func() []byte { return new(packing.Packer).Gzip(openapi) })
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		find, ok := routes[r.URL.Path]
		if !ok && r.URL.Path != openapiPath {
			refuse(w, http.StatusNotFound, "there is nothing here; "+openapiPath+" describes what there is")
			return
		}
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			refuse(w, http.StatusMethodNotAllowed, "everything here is for reading: GET and HEAD")
			return
		}
		query, err := url.ParseQuery(r.URL.RawQuery)
		if err != nil {
			refuse(w, http.StatusBadRequest, "the parameters cannot be read; write special characters as %XX")
			return
		}
		if !ok {
			describe(w, r, query, description)
			return
		}
		l, err := find()
		if err != nil {
			a.log.Error("cannot make an answer of the API", "path", r.URL.Path, "err", err)
			refuse(w, http.StatusInternalServerError, "the answer could not be made; the log tells why")
			return
		}
		l.serve(w, r, query)
	})
}

// describe answers with the description of the API.
func describe(w http.ResponseWriter, r *http.Request, query url.Values, pack func() []byte) {
	if len(query) > 0 {
		refuse(w, http.StatusBadRequest, "there are no parameters here")
		return
	}
	document(w, r, openapi, pack)
}

// kept is a list of the present state of affairs, made once for each.
func (a *api) kept(path string, list func(*exporter.Board) (*listing, error)) (*listing, error) {
	b := a.now()
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.made != b {
		a.made, a.parts = b, make(map[string]*listing)
	}
	if l := a.parts[path]; l != nil {
		return l, nil
	}
	l, err := list(b)
	if err == nil {
		a.parts[path] = l
	}
	return l, err
}

// listKPIs lists all values that are young enough to be shown.
func listKPIs(b *exporter.Board) (*listing, error) {
	all := func(yield func(record.KPI) bool) {
		for i := range b.Standings {
			if good := b.Standings[i].Good; good != nil {
				for x := range record.Each(good) {
					if !yield(x) {
						return
					}
				}
			}
		}
	}
	return newListing("kpis", kpiKeys[:], all, func(x *record.KPI) []string {
		return []string{x.Collector, x.KPI, x.Window, x.Dimension}
	})
}

func listCollectors(b *exporter.Board) (*listing, error) {
	all := make([]record.Collector, len(b.Standings))
	for i := range b.Standings {
		all[i] = record.NewCollector(&b.Standings[i])
	}
	return newListing("collectors", collectorKeys[:], slices.Values(all), func(x *record.Collector) []string {
		return []string{x.Collector}
	})
}

func listGoals(all []record.Goal) (*listing, error) {
	return newListing("goals", goalKeys[:], slices.Values(all), func(x *record.Goal) []string {
		stands := "" // where it is judged, or never was
		if x.Stands != nil {
			stands = *x.Stands
		}
		return []string{x.Goal, x.Collector, x.KPI, x.Window, x.Dimension, x.Status, stands}
	})
}
