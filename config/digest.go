package config

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
)

// digests gives each collector a digest of everything that its values depend
// on. Secrets have no part in it; a changed password changes no value.
func digests(config *Config, raw *rawFile) error {
	for i := range config.Collectors {
		col := &config.Collectors[i]
		var sources []any
		for _, name := range col.Sources {
			for _, s := range config.Sources {
				if s.Name == name {
					sources = append(sources, []any{
						s.Name, s.Driver, withoutPassword(s.Driver, s.DSN.Reveal()), s.DSNFile,
						s.Host, s.Port, s.User, s.Database, s.Path,
					})
				}
			}
		}
		var kpis []any
		for _, k := range raw.Collectors.V[i].V.KPIs.V {
			kpis = append(kpis, []any{k.name, k.parameters})
		}
		for _, k := range col.KPIs { // a calendar is not in the parameters, only its name
			if specs := calendarSpecs(k); len(specs) > 0 {
				kpis = append(kpis, specs)
			}
		}
		if e := col.Relation.Events; e != nil {
			kpis = append(kpis, e)
		}
		var windows []string
		for _, w := range col.Windows {
			windows = append(windows, w.String())
		}
		columns := map[string]any{}
		for role, column := range col.Relation.Columns {
			columns[string(role)] = []any{column.Name, column.Type, column.Zone.String()}
		}
		g := config.Global
		all, err := json.Marshal([]any{
			g.Zone.String(), g.Confidence, g.MinSamples, g.MaxSegments, g.MinSegmentSize,
			sources, kpis, windows, columns,
			col.Name, col.Entity, col.Relation.Table, col.Relation.Query, col.Relation.Where, col.Relation.Dimensions,
			col.Change, col.Schedule, col.Timeout, col.MaxAge, col.RowBudget, col.Disjoint,
		})
		if err != nil {
			return fmt.Errorf("digest of collector %q: %w", col.Name, err)
		}
		sum := sha256.Sum256(all)
		col.Digest = hex.EncodeToString(sum[:])
	}
	return formulaDigests(config)
}

// formulaDigests gives each formula a digest of its own and of its collectors.
func formulaDigests(config *Config) error {
	for i := range config.Formulas {
		f := &config.Formulas[i]
		var inputs, windows []string
		for _, col := range config.Collectors {
			if slices.ContainsFunc(f.Inputs, func(in Collector) bool { return in.Name == col.Name }) {
				inputs = append(inputs, col.Digest)
			}
		}
		for _, w := range f.Windows {
			windows = append(windows, w.String())
		}
		all, err := json.Marshal([]any{inputs, windows, f.Name, f.Desc, f.Labels, f.Expr.String(), f.Change, f.Schedule, f.Timeout, f.MaxAge})
		if err != nil {
			return fmt.Errorf("digest of formula %q: %w", f.Name, err)
		}
		sum := sha256.Sum256(all)
		f.Digest = hex.EncodeToString(sum[:])
	}
	return nil
}
