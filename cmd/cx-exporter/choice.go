package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/alecthomas/kingpin/v2"
)

// choice is the value of a flag that is one of a few words. Unlike the one that
// kingpin has, it says which flag a wrong word was given to.
type choice struct {
	flag  string
	words []string
	value string
}

// oneOf makes a flag take one of some words.
func oneOf(f *kingpin.FlagClause, words ...string) *string {
	c := &choice{flag: f.Model().Name, words: words}
	f.HintOptions(words...).SetValue(c)
	return &c.value
}

// String implements kingpin.Value.
func (c *choice) String() string { return c.value }

// Set implements kingpin.Value.
func (c *choice) Set(word string) error {
	if !slices.Contains(c.words, word) {
		last := len(c.words) - 1
		return fmt.Errorf("--%s: %q is not known: write %s or %s", c.flag, word, strings.Join(c.words[:last], ", "), c.words[last])
	}
	c.value = word
	return nil
}
