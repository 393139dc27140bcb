package config

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/cx-exporter/cx-exporter/collectors"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// plausible is how great a plain number may be for a ratio that may exceed 1: from
// there on, it is taken for a percentage whose sign was forgotten.
const plausible = 10

// goalScale reports a target and a baseline that lie off the scale of the value,
// and a change that leads off it.
func (c *converter) goalScale(raw *rawGoal, g *Goal) {
	base := raw.Baseline.V.Value
	fits := !g.BaselineKnown || c.onScale(base, g.Stat)
	switch {
	case g.Target.Kind == TargetValue && raw.Target.good && raw.Target.at.set():
		c.onScale(raw.Target, g.Stat)
	case g.Target.Kind == TargetValue || !fits:
	case g.Target.Kind == TargetRelative && (g.Target.Value <= -1 || g.Stat.Range() > 0): // told elsewhere
	case g.BaselineKnown && g.Target.Kind == TargetRelative && g.Baseline == 0:
		c.problem(raw.Change.at, "%s of a baseline of 0 is nothing; give `target`, or a change that is no share", strings.TrimLeft(raw.Change.V, "+-"))
	case g.BaselineKnown:
		if to := g.Target.From(g.Baseline); !g.Stat.Ends.Hold(to) {
			c.add(raw.Change.at, note{
				message: fmt.Sprintf("from the baseline %s this leads to %s, which %s cannot be", written(g.Stat.Unit, g.Baseline), written(g.Stat.Unit, to), g.Stat.Metric),
				allowed: furthest(g.Target.Kind, g.Baseline, to, g.Stat),
			})
		}
	case !g.Target.possible(g.Stat.Ends):
		c.problem(raw.Change.at, "no baseline allows for such a change: %s goes from %s", g.Stat.Metric, scaleInWords(g.Stat))
	}
}

// onScale reports an amount that the value cannot be.
func (c *converter) onScale(v value[amount], s collectors.Stat) bool {
	x, fits := v.V.number, v.V.form == plain || v.V.form == percentage && s.Unit == kpi.Ratio || v.V.form == lasting && s.Unit == kpi.Seconds
	if !fits {
		return false // told before
	}
	bare := s.Unit == kpi.Ratio && v.V.form == plain
	hundredth, _ := strconv.ParseFloat(fmt.Sprintf("%.12g", x/100), 64)
	switch {
	case bare && s.Ends == kpi.Between(0, 1) && x > 2 && s.Ends.Hold(hundredth):
		c.problem(v.at, "%s is a share from 0 to 1; write %s or %s", s.Metric, written(s.Unit, hundredth), figure(hundredth))
	case bare && math.Abs(x) >= plausible && s.Ends.Hold(x):
		c.problem(v.at, "%s is 1 at 100%%, and this is %s; write it in %%, as %s or as %s", s.Metric, written(s.Unit, x), written(s.Unit, hundredth), written(s.Unit, x))
	case !s.Ends.Hold(x):
		c.add(v.at, note{message: fmt.Sprintf("%s cannot be %s", s.Metric, written(s.Unit, x)), allowed: scaleInWords(s)})
	default:
		return true
	}
	return false
}

// possible reports whether there is a baseline on a scale from which the change
// stays on it.
func (t Target) possible(e kpi.Ends) bool {
	if !e.Known() {
		return true
	}
	from, to := t.From(e.Min), t.From(e.Max)
	return from <= e.Max && to >= e.Min
}

// furthest is the greatest change from a baseline that a scale has room for, in
// the direction of a target that lies off it.
func furthest(kind TargetKind, baseline, to float64, s collectors.Stat) string {
	end := s.Ends.Min
	if to > s.Ends.Max {
		end = s.Ends.Max
	}
	switch {
	case kind == TargetRelative && baseline > 0:
		return fmt.Sprintf("at most %+.4g%%", (end/baseline-1)*100)
	case kind == TargetRelative || s.Unit == kpi.Seconds:
		return scaleInWords(s)
	case s.Unit == kpi.Ratio:
		return fmt.Sprintf("at most %+.4g points", (end-baseline)*100)
	}
	return fmt.Sprintf("at most %+.4g points", end-baseline)
}

// scaleInWords tells the known ends of a value's scale.
func scaleInWords(s collectors.Stat) string {
	switch e := s.Ends; {
	case math.IsInf(e.Max, 1):
		return written(s.Unit, e.Min) + " or more"
	case math.IsInf(e.Min, -1):
		return written(s.Unit, e.Max) + " or less"
	default:
		return written(s.Unit, e.Min) + " to " + written(s.Unit, e.Max)
	}
}

// written is a value as a configuration may have it: 95%, 4h or 50.
func written(u kpi.Unit, v float64) string {
	switch {
	case u == kpi.Ratio:
		return figure(v*100) + "%"
	case u == kpi.Seconds && v >= 0 && v < 1e9 && v == math.Trunc(v):
		return collectors.Duration(v * 1e9).String()
	}
	return figure(v)
}

func figure(v float64) string {
	rounded, _ := strconv.ParseFloat(fmt.Sprintf("%.6g", v), 64)
	return strconv.FormatFloat(rounded, 'f', -1, 64)
}
