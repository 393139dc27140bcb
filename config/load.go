package config

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/cx-exporter/cx-exporter/collectors"
)

// Load reads a configuration file. lookup gives the values of environment
// variables. Where the file cannot be used, the error is a *Problems with
// everything that is wrong with it.
func Load(path string, lookup func(string) (string, bool)) (*Config, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read configuration: %w", err)
	}
	defer f.Close()
	content, err := io.ReadAll(io.LimitReader(f, maxSize+1))
	if err != nil {
		return nil, fmt.Errorf("read configuration: %w", err)
	}
	return LoadBytes(path, content, lookup)
}

// LoadBytes reads a configuration from memory. name is what messages call it,
// and relative paths in it are beside that file.
func LoadBytes(name string, content []byte, lookup func(string) (string, bool)) (*Config, error) {
	return load(name, content, lookup, vocabulary{collectors.Entities(), collectors.Catalogue()})
}

func load(name string, content []byte, lookup func(string) (string, bool), v vocabulary) (*Config, error) {
	t := newText(name, content)
	r := &reporter{text: t}
	root := parse(t, content, r)
	if root == nil {
		return nil, r.problems(maskLines(t))
	}
	d := &decoder{reporter: r, vocabulary: v, lookup: lookup}
	raw := d.file(root)
	var config *Config
	if d.steps <= maxSteps {
		config = (&converter{decoder: d, folder: filepath.Dir(name)}).config(raw)
	}
	if err := r.problems(maskTree(t, root)); err != nil {
		return nil, err
	}
	if err := digests(config, raw); err != nil {
		return nil, err
	}
	return config, nil
}
