package board

import (
	"github.com/cx-exporter/cx-exporter/internal/exporter"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// reading is one value with what it takes to judge it.
type reading struct {
	Label    string // further labels, such as the currency
	Value    string // empty where it is undefined
	Interval string
	Samples  string
	// Doubt says why the value is not to be judged.
	Doubt  string
	Change change
	Spark  *spark
}

// change is a movement against the comparison window.
type change struct {
	Known bool
	// Class is better, worse or same, and says nothing that the words do not.
	Class        string
	Arrow, Moved string // Moved is up, down or unchanged
	Size, Word   string
	Before       string
	// Sure tells that chance hardly explains it, at the level asked for.
	Sure bool
	// P is the smaller probability of a movement of this size by chance; it holds
	// where Tested.
	P      float64
	Tested bool
}

// read puts a series into words. level is the probability below which a change is
// no chance.
func read(s *exporter.Series, minSamples int, level float64) reading {
	r := reading{Label: labelsOf(s)}
	currency := currencyOf(s)
	if !s.Component && s.Fidelity != kpi.Snapshot && (!s.Whole || s.Samples != s.Value) { // else it says nothing more
		r.Samples = grouped(s.Samples, 0)
	}
	if !s.Defined {
		r.Doubt = "no value: nothing in this window to compute it from"
		return r
	}
	r.Value = amount(s.Unit, currency, s.Value)
	if s.Bounded {
		r.Interval = amount(s.Unit, currency, s.Lower) + " to " + amount(s.Unit, currency, s.Upper)
	}
	if !s.Component && !s.Whole && s.Samples < float64(minSamples) {
		r.Doubt = "only " + grouped(s.Samples, 0) + ", too few to judge"
	}
	r.Change = moved(s, level)
	if r.Doubt != "" { // then its change is not to be judged either
		r.Change.Class, r.Change.Sure, r.Change.Word = "same", false, ""
	}
	return r
}

// moved puts a change into words.
func moved(s *exporter.Series, level float64) change {
	c := s.Change
	if !c.Known {
		return change{}
	}
	out := change{Known: true, Class: "same", Arrow: "▶", Moved: "unchanged", Before: amount(s.Unit, currencyOf(s), c.Before)}
	if s.Value == c.Before {
		out.Word = "as before"
		return out
	}
	out.Size = difference(s, c.Before)
	out.Arrow, out.Moved = "▲", "up"
	if s.Value < c.Before {
		out.Arrow, out.Moved = "▼", "down"
	}
	if !c.Judged && !c.Tested {
		return out
	}
	word, p := "better", c.BetterPValue
	if c.Tested && c.PValue < c.BetterPValue || !c.Tested && c.Improvement < 0 {
		word, p = "worse", c.PValue
	}
	if c.Tested {
		out.Tested, out.P = true, p
		if p >= level {
			out.Word = "within chance"
			return out
		}
		out.Sure = true
	}
	out.Class, out.Word = word, word
	return out
}
