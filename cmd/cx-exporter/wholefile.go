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
	if name == "" {
		return nil, errors.New("name a file, or - for the standard output")
	}
	target, mode := name, fs.FileMode(0)
	switch info, err := os.Stat(name); {
	case err == nil && info.IsDir():
		return nil, fmt.Errorf("%s is a directory; name a file in it", name)
	case err == nil && !info.Mode().IsRegular():
		f, err := os.OpenFile(name, os.O_WRONLY, 0)
		return &wholeFile{File: f}, err
	case err == nil:
		if target, err = filepath.EvalSymlinks(name); err != nil {
			return nil, err
		}
		mode = info.Mode().Perm()
	case !errors.Is(err, fs.ErrNotExist):
		return nil, err
	default:
		if _, link := os.Lstat(name); link == nil {
			return nil, fmt.Errorf("%s is a link to what is not there", name)
		}
	}
	f, err := os.Create(target + ".part")
	if err != nil {
		return nil, fmt.Errorf("cannot write %s: %w", name, errors.Unwrap(err))
	}
	out := &wholeFile{File: f, target: target}
	if mode != 0 { // of the one that it takes the place of
		if err := f.Chmod(mode); err != nil {
			return nil, out.end(err)
		}
	}
	return out, nil
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
