package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// source converts a source and checks that its keys fit its driver.
func (c *converter) source(raw *rawSource) Source {
	s := Source{
		Name:           raw.Name.V,
		Driver:         raw.Driver.V,
		DSN:            raw.DSN.V,
		DSNFile:        c.secretFile(raw.DSNFile),
		Host:           raw.Host.V,
		Port:           raw.Port.V,
		User:           raw.User.V,
		Password:       raw.Password.V,
		PasswordFile:   c.secretFile(raw.PasswordFile),
		Database:       raw.Database.V,
		Path:           c.path(raw.Path),
		MaxConnections: raw.MaxConnections.V,
		ConnectTimeout: duration(raw.ConnectTimeout, 10*time.Second),
		TLS: TLS{
			Mode:     raw.TLS.V.Mode.V,
			CAFile:   c.secretFile(raw.TLS.V.CAFile),
			CertFile: c.secretFile(raw.TLS.V.CertFile),
			KeyFile:  c.secretFile(raw.TLS.V.KeyFile),
		},
	}
	if raw.Driver.good {
		c.checkConnection(raw)
	}
	if raw.Host.good {
		c.checkHost(raw.Host)
	}
	c.checkTLS(raw.TLS.V)
	return s
}

// checkConnection reports a way to connect that the driver does not have, and
// connection strings that are not of its form.
func (c *converter) checkConnection(raw *rawSource) {
	driver := raw.Driver.V
	switch {
	case driver == "sqlite":
		for _, at := range []place{raw.DSN.at, raw.DSNFile.at, raw.Host.at} {
			if at.set() {
				c.problem(at.inKey(), "SQLite has no server: give the path of its file in `path`")
			}
		}
	case raw.Path.at.set():
		c.problem(raw.Path.at.inKey(), "path is for SQLite; %s has a server: give `host` or `dsn`", driver)
	case raw.DSN.good && raw.DSN.at.set():
		if message := checkDSN(driver, raw.DSN.V.Reveal()); message != "" {
			c.problem(raw.DSN.at, "%s", message)
		}
	}
}

// checkHost reports what people write into a host besides one.
func (c *converter) checkHost(host value[string]) {
	h := host.V
	switch {
	case strings.Contains(h, "://"), strings.Contains(h, "@"):
		c.problem(host.at, "host is the name of the server alone; put a whole connection string into `dsn`")
	case strings.ContainsAny(h, " \t\n"):
		c.problem(host.at, "there is a space in the host; it is one name or address")
	case strings.HasPrefix(h, "/"):
	case strings.Count(h, ":") == 1:
		c.problem(host.at, "host is the name of the server alone; put what follows the colon into `port`")
	case strings.Contains(h, "/"):
		c.problem(host.at, "host is the name of the server alone; put the name of the database into `database`")
	}
}

// checkTLS reports files that would not be used.
func (c *converter) checkTLS(raw rawTLS) {
	mode := raw.Mode.V
	for _, f := range []value[string]{raw.CAFile, raw.CertFile, raw.KeyFile} {
		if f.at.set() && raw.Mode.good && mode == "disable" {
			c.problem(f.at.inKey(), "with `mode: disable` nothing is encrypted and this file is not used; remove one of them")
		}
	}
	if raw.CAFile.at.set() && raw.Mode.good && mode == "require" {
		c.problem(raw.CAFile.at.inKey(), "with `mode: require` no certificate is checked and this file is not used; use verify-ca or verify-full")
	}
}

// path is a file's path, taken from the folder of the configuration.
func (c *converter) path(v value[string]) string {
	if !v.good || v.V == "" || filepath.IsAbs(v.V) {
		return v.V
	}
	return filepath.Join(c.folder, v.V)
}

// secretFile is the path of a file that must be there. It is not read: secrets
// are read when they are used, so that they can change.
func (c *converter) secretFile(v value[string]) string {
	path := c.path(v)
	if !v.good || path == "" {
		return path
	}
	if err := readable(path); err != nil {
		c.problem(v.at, "the file %s cannot be read: %s", v.shown(), err)
	}
	return path
}

// readable says, in few words, why a file cannot be opened for reading.
func readable(path string) error {
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		return errors.New("it is a folder")
	case err == nil && info.Mode().IsRegular(): // opening a pipe would wait for its writer
		var f *os.File
		if f, err = os.Open(path); err == nil {
			err = f.Close()
		}
	}
	switch e, ok := errors.AsType[*fs.PathError](err); {
	case errors.Is(err, fs.ErrNotExist):
		return errors.New("it does not exist")
	case errors.Is(err, fs.ErrPermission):
		return errors.New("this user may not read it")
	case ok:
		return e.Err
	}
	return err
}
