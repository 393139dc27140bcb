package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"
)

// wholeFile is a file to write that takes its name when it is whole, and until then
// leaves what has that name alone.
type wholeFile struct {
	*os.File
	target string      // empty where it is written as it is
	heed   func() bool // ends the watch over the context of a pipe; nil for none
}

// createWhole begins a file. Of a link it is what the link leads to. A pipe or a
// device stays one, and is written to as it is, until the context ends.
func createWhole(ctx context.Context, name string) (*wholeFile, error) {
	if name == "" {
		return nil, errors.New("name a file, or - for the standard output")
	}
	target, mode, replaces := name, fs.FileMode(0o666), false
	switch info, err := os.Stat(name); {
	case err == nil && info.IsDir():
		return nil, fmt.Errorf("%s is a directory; name a file in it", name)
	case err == nil && !info.Mode().IsRegular():
		return openPipe(ctx, name)
	case err == nil:
		if target, err = filepath.EvalSymlinks(name); err != nil {
			return nil, err
		}
		mode, replaces = info.Mode().Perm(), true
	case !errors.Is(err, fs.ErrNotExist):
		return nil, err
	default:
		if _, link := os.Lstat(name); link == nil {
			return nil, fmt.Errorf("%s is a link to what is not there", name)
		}
	}
	f, err := createPart(target, mode)
	if err != nil {
		return nil, fmt.Errorf("cannot write %s: %w", name, errors.Unwrap(err))
	}
	out := &wholeFile{File: f, target: target}
	if replaces { // all of its mode, and not less what new files lack
		if err := f.Chmod(mode); err != nil {
			return nil, out.end(err)
		}
	}
	return out, nil
}

// createPart begins the file that is to take a name. Whoever else writes one for the
// same name has another. Unlike a temporary file it has the mode that is asked for,
// less what the user takes from that of new files.
func createPart(target string, mode fs.FileMode) (*os.File, error) {
	for {
		f, err := os.OpenFile(fmt.Sprintf("%s.%08x.part", target, rand.Uint32()), os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
		if !errors.Is(err, fs.ErrExist) {
			return f, err
		}
	}
}

// openPipe opens what is written to as it is. The system waits for who reads a pipe,
// when it is opened and whenever it is full; both end with the context.
func openPipe(ctx context.Context, name string) (*wholeFile, error) {
	type opened struct {
		file *os.File
		err  error
	}
	done := make(chan opened)
	go func() {
		f, err := os.OpenFile(name, os.O_WRONLY, 0)
		select {
		case done <- opened{f, err}:
		case <-ctx.Done():
			_ = f.Close() // nobody wants it any more
		}
	}()
	select {
	case o := <-done:
		if o.err != nil {
			return nil, o.err
		}
		heed := context.AfterFunc(ctx, func() { _ = o.file.SetWriteDeadline(time.Unix(1, 0)) }) // a device has none
		return &wholeFile{File: o.file, heed: heed}, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("stopped before anybody read %s: %w", name, context.Cause(ctx))
	}
}

// end closes the file, and gives it its name if nothing went wrong; else it is
// removed. It returns what went wrong, before or now.
func (f *wholeFile) end(err error) error {
	if f.heed != nil {
		f.heed()
	}
	err = errors.Join(err, f.Close())
	switch {
	case f.target == "":
		return err
	case err == nil:
		return os.Rename(f.Name(), f.target)
	}
	return errors.Join(err, os.Remove(f.Name()))
}
