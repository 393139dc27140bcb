package collectors

import "testing"

func TestParseFlag(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"t", "T", "true", " TRUE ", "yes", "y", "on", "1", "2", "1.0", "-1", "\x01"} {
		if yes, ok := parseFlag(text); !yes || !ok {
			t.Errorf("%q is %t, %t", text, yes, ok)
		}
	}
	for _, text := range []string{"f", "false", "No", "n", "off", "0", "0.00", "", " ", "\x00"} {
		if yes, ok := parseFlag(text); yes || !ok {
			t.Errorf("%q is %t, %t", text, yes, ok)
		}
	}
	for _, text := range []string{"perhaps", "null", "ja", "NaN", "+", "truee"} {
		if _, ok := parseFlag(text); ok {
			t.Errorf("%q is a flag", text)
		}
	}
}

func TestScaleTakesWordsOnlyForYesAndNo(t *testing.T) {
	t.Parallel()
	if _, reason := (reading{scale: Scale{1, 5}}).score("true", false); reason != "not_a_number" {
		t.Errorf("true on 1 to 5: %q", reason)
	}
	if score, reason := (reading{scale: Scale{0, 1}}).score("true", false); score != 1 || reason != "" {
		t.Errorf("true on 0 to 1: %v, %q", score, reason)
	}
	// An emoji is no number on any scale.
	if _, reason := (reading{scale: Scale{0, 1}}).score("😀", false); reason != "not_a_number" {
		t.Errorf("an emoji: %q", reason)
	}
}
