package config_test

import (
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/cx-exporter/cx-exporter/config"
)

func TestAScalarIsReadAsTheTextThatItIs(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"EUR", "first_response", "5", "1e3", "0x1f", "12:30", "", "no", "Yes", "null", "~", "a: b", "a b", "2024-01-01", `say "no"`, "zoë", "- x", "line\nbreak", ".inf"} {
		var got map[string]any
		if err := yaml.Unmarshal([]byte("{k: "+config.Scalar(text)+"}"), &got); err != nil {
			t.Errorf("%s: %v", config.Scalar(text), err)
			continue
		}
		if got["k"] != text {
			t.Errorf("%s is read as %v, not as the text %q", config.Scalar(text), got["k"], text)
		}
	}
	if got := config.Scalar("EUR"); got != "EUR" {
		t.Errorf("a word is written %s, with quotes that it does not need", got)
	}
}
