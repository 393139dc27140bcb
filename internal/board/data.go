package board

import (
	"maps"
	"slices"
	"strings"

	"github.com/cx-exporter/cx-exporter/internal/exporter"
)

// data says how fresh and how whole the data is.
type data struct {
	Problems []problem
	Rows     []dataRow
	// Waiting is the number of collectors that had no run yet.
	Waiting int
}

// problem is something that somebody should look at.
type problem struct {
	Title, Text string
	// Failing tells that something does not work, as opposed to looking wrong.
	Failing bool
}

// dataRow is one collector in the table of freshness.
type dataRow struct {
	Name    string
	State   standing
	Success moment
	Newest  moment
	LeftOut []string
}

// why says in words why a collector failed, by the label of the failure.
func why(reason string) string {
	switch reason {
	case exporter.ReasonTimeout:
		return "The database did not answer in time"
	case exporter.ReasonPanic:
		return "The exporter has a defect; its log has the details"
	case exporter.ReasonFormula:
		return "Its parts cannot be combined"
	case exporter.ReasonInvalidSeries:
		return "Its values have names that Prometheus refuses"
	case "connect":
		return "The database cannot be reached"
	case "auth":
		return "The database refuses the login"
	case "permission":
		return "The database user lacks a right"
	case "missing_table":
		return "A table is not there"
	case "missing_column":
		return "A column is not there"
	case "bad_value":
		return "A column holds what cannot be read as its type"
	case "row_budget", "too_many_rows":
		return "The answer has more rows than row_budget allows"
	}
	return "The reason is " + strings.ReplaceAll(printable(reason), "_", " ") + "; the log has the details"
}

// dataOf looks at all collectors.
func dataOf(now *exporter.Board, story *Story) data {
	var d data
	if now.Refused {
		d.Problems = append(d.Problems, problem{"The configuration was not loaded", "It was not valid when it was last loaded, so the one before is in use. The log tells what is wrong.", true})
	}
	var doubts []problem
	for i := range now.Standings {
		s := &now.Standings[i]
		r := dataRow{Name: s.Collector.Name, Success: story.moment(s.LastSuccess)}
		switch {
		case !s.Attempted:
			d.Waiting++
			r.State = standing{"waiting for the first run", "…", "unknown", 0}
		case s.Failing:
			r.State = standing{"failing", "✕", "worse", 0}
			d.Problems = append(d.Problems, problem{s.Collector.Name + " cannot be read", failure(s, story), true})
		case s.Good == nil:
			r.State = standing{"too old to be shown", "!", "warn", 0}
			d.Problems = append(d.Problems, problem{s.Collector.Name + " is out of date", "Its last values are of " + r.Success.Exact + " and are not shown any more.", true})
		default:
			r.State = standing{"up to date", "✓", "better", 0}
		}
		for _, c := range s.Concerns {
			doubts = append(doubts, problem{s.Collector.Name + ": " + strings.ReplaceAll(c.Name, "_", " "), printable(c.Text), false})
		}
		if s.Good != nil {
			r.Newest = story.moment(s.Good.Newest)
			r.LeftOut = leftOut(s.Good)
		}
		d.Rows = append(d.Rows, r)
	}
	d.Problems = append(d.Problems, doubts...)
	return d
}

// failure says why a collector fails, and what is shown in the meantime.
func failure(s *exporter.Standing, story *Story) string {
	text := why(s.Reason)
	if len(s.Down) > 0 {
		text += " (" + strings.Join(s.Down, ", ") + ")"
	}
	switch {
	case s.Good != nil:
		text += ". Its values are of " + story.moment(s.LastSuccess).Exact + "."
	case s.LastSuccess.IsZero():
		text += ". It has had no values yet."
	default:
		text += ". Its last values, of " + story.moment(s.LastSuccess).Exact + ", are too old to be shown."
	}
	return text
}

// leftOut says which rows count for nothing, and which segments are not shown.
func leftOut(s *exporter.Snapshot) []string {
	var out []string
	for _, reason := range slices.Sorted(maps.Keys(s.Rejected)) {
		out = append(out, plural(int(s.Rejected[reason]), "row")+": "+strings.ReplaceAll(reason, "_", " "))
	}
	for _, dimension := range slices.Sorted(maps.Keys(s.Withheld)) {
		out = append(out, plural(s.Withheld[dimension], "segment")+" of "+printable(dimension)+" withheld for privacy")
	}
	return out
}
