package collectors

import (
	"slices"
	"strings"
)

// endings are what the name of a gauge must not end in: the first four mean
// other types of metrics to Prometheus, the others are bounds and breakdowns of
// this exporter.
var endings = [...]string{"total", "count", "sum", "bucket", "lower", "upper", "by_segment"}

// abbreviations are what promlint takes for abbreviated units.
var abbreviations = [...]string{"s", "ms", "us", "ns", "sec", "b", "kb", "mb", "gb", "tb", "pb", "m", "h", "d"}

// baseUnit is the base unit of a unit, "" for a word that is none.
func baseUnit(word string) string {
	switch word {
	case "minutes", "hours", "days", "weeks":
		return "seconds"
	case "kelvins":
		return "kelvin"
	case "fahrenheit", "rankine":
		return "celsius"
	case "inches", "yards", "miles":
		return "meters"
	case "bits":
		return "bytes"
	case "calories":
		return "joules"
	case "pounds", "ounces":
		return "grams"
	case "percent", "percents", "percentage":
		return "ratio"
	case "amperes", "bytes", "celsius", "grams", "joules", "kelvin", "meters", "metres", "seconds", "volts":
		return word
	}
	for _, prefix := range [...]string{
		"pico", "nano", "micro", "milli", "centi", "deci", "deca", "hecto", "kilo", "kibi",
		"mega", "mebi", "giga", "gibi", "tera", "tebi", "peta", "pebi",
	} {
		if rest, ok := strings.CutPrefix(word, prefix); ok && rest != "" {
			return baseUnit(rest)
		}
	}
	return ""
}

// checkWords refuses words that make the name of a metric misleading, as
// `promtool check metrics` would.
func checkWords(parameter, name string) error {
	words := strings.Split(name, "_")
	for _, word := range words {
		switch base := baseUnit(word); {
		case base == "ratio":
			return wrong(parameter, "%q has %q in it: Prometheus wants shares from 0 to 1, so use ratio", name, word)
		case base != "" && base != word:
			return wrong(parameter, "%q has the unit %q in it: Prometheus wants base units, so convert the values to %s", name, word, base)
		case slices.Contains(abbreviations[:], word):
			return wrong(parameter, "%q has %q in it, which Prometheus takes for an abbreviated unit: write the word out", name, word)
		case word == "gauge":
			return wrong(parameter, "%q has the type of the metric in it: leave the word gauge out", name)
		}
	}
	return nil
}

// checkEnding refuses units that mean something else at the end of a name.
func checkEnding(parameter, unit string) error {
	for _, ending := range endings {
		if unit == ending || strings.HasSuffix(unit, "_"+ending) {
			return wrong(parameter, "%q cannot end the name of this metric: %q means something else to Prometheus or to this exporter; use the plural of what is counted, such as tickets", unit, ending)
		}
	}
	return nil
}
