package app

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"syscall"
)

// replaceFile puts a content in the place of a file, so that the file is whole
// whenever the process or the machine ends.
func replaceFile(file string, content []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(file), filepath.Base(file)+".*.tmp")
	if err != nil {
		return fmt.Errorf("write the state file: %w", err)
	}
	_, err = f.Write(content)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), file)
	}
	if err != nil {
		return fmt.Errorf("write the state file: %w", errors.Join(err, os.Remove(f.Name())))
	}
	return syncFolder(filepath.Dir(file))
}

// syncFolder makes a new name in a folder last, where the file system knows how.
func syncFolder(folder string) error {
	d, err := os.Open(folder)
	if err != nil {
		return fmt.Errorf("open the folder of the state file: %w", err)
	}
	err = d.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, errors.ErrUnsupported) {
		err = nil
	}
	if err = errors.Join(err, d.Close()); err != nil {
		return fmt.Errorf("write the folder of the state file: %w", err)
	}
	return nil
}

// sweep removes what writes left behind that did not come to their end. That it
// cannot is no reason not to start.
func sweep(file string) {
	entries, err := os.ReadDir(filepath.Dir(file))
	if err != nil {
		return
	}
	left := regexp.MustCompile(`^` + regexp.QuoteMeta(filepath.Base(file)) + `\.\d+\.tmp$`)
	for _, e := range entries {
		if left.MatchString(e.Name()) && e.Type().IsRegular() {
			_ = os.Remove(filepath.Join(filepath.Dir(file), e.Name()))
		}
	}
}
