package config

import (
	"crypto/subtle"
	"fmt"
	"io"
	"log/slog"
)

// hidden is what stands in place of a secret, wherever one is printed.
const hidden = "<secret>"

// Secret is a value that is never printed: not by fmt with any verb, nor by
// slog, JSON or YAML. The text is behind a pointer, so that fmt shows no more
// than an address even where it reaches a Secret by reflection, in an unexported
// field, and its methods are not called.
type Secret struct {
	text *string
}

// NewSecret keeps a text secret.
func NewSecret(text string) Secret {
	if text == "" {
		return Secret{}
	}
	return Secret{text: &text}
}

// Reveal is the text itself, for the one place that needs it.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// IsZero reports whether there is no text.
func (s Secret) IsZero() bool { return s.text == nil }

// Equal reports whether two secrets are the same.
func (s Secret) Equal(other Secret) bool {
	return subtle.ConstantTimeCompare([]byte(s.Reveal()), []byte(other.Reveal())) == 1
}

// String hides the text.
func (s Secret) String() string { return hidden }

// Format hides the text from every verb of fmt.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, hidden) }

// LogValue hides the text from slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalText hides the text from JSON and every other encoder of text.
func (s Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// MarshalYAML hides the text from YAML.
func (s Secret) MarshalYAML() (any, error) { return hidden, nil }
