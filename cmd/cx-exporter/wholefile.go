package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// wholeFile is a file to write that takes its name when it is whole, and until then
// leaves what has that name alone.
type wholeFile struct {
	*os.File
	target string // empty where it is written as it is
}

// createWhole begins a file. Of a link it is what the link leads to. A pipe or a
// device stays one, and is written to as it is.
func createWhole(name string) (*wholeFile, error) {
	target := name
	if _, err := os.Lstat(name); err == nil {
		if target, err = filepath.EvalSymlinks(name); err != nil {
			return nil, err
		}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	switch info, err := os.Stat(target); {
	case err == nil && info.IsDir():
		return nil, fmt.Errorf("%s is a directory; name a file in it", name)
	case err == nil && !info.Mode().IsRegular():
		f, err := os.OpenFile(target, os.O_WRONLY, 0)
		return &wholeFile{File: f}, err
	}
	f, err := os.Create(target + ".part")
	return &wholeFile{File: f, target: target}, err
}

// end closes the file, and gives it its name if nothing went wrong; else it is
// removed. It returns what went wrong, before or now.
func (f *wholeFile) end(err error) error {
	err = errors.Join(err, f.Close())
	switch {
	case f.target == "":
		return err
	case err == nil:
		return os.Rename(f.Name(), f.target)
	}
	return errors.Join(err, os.Remove(f.Name()))
}
