package config

import "github.com/cx-exporter/cx-exporter/internal/kpi"

// nearest is the allowed word that was probably meant; empty where none is near.
func nearest(word string, allowed []string) string { return kpi.Nearest(word, allowed) }
