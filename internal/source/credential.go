package source

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"strings"
)

// credential is what one connection is made with.
type credential struct {
	dsn      string // empty where parts are used
	password string
	print    fingerprint
}

// credential reads the connection string or the password anew.
func (d *DB) credential() (credential, error) {
	var c credential
	var err error
	switch {
	case d.opts.DSN != nil:
		if c.dsn, err = d.opts.DSN(); err != nil {
			return c, known{KindConnect, fmt.Sprintf("read the connection string: %v", err)}
		}
		if c.dsn = strings.TrimSpace(c.dsn); c.dsn == "" {
			return c, known{KindConnect, "the connection string is empty"}
		}
		d.secrets.hide(c.dsn, "")
	case d.opts.Parts.Password != nil:
		if c.password, err = d.opts.Parts.Password(); err != nil {
			return c, known{KindConnect, fmt.Sprintf("read the password: %v", err)}
		}
	}
	c.print = sha256.Sum256([]byte(c.dsn + "\x00" + c.password))
	return c, nil
}

// errDSN says no more: the drivers' own messages quote the connection string.
var errDSN = known{KindConnect, "the connection string is not in the driver's form; separate host, user, password_file and database fields need no escaping"}

// validateServer checks the options of a source that is reached by network.
func (d *DB) validateServer() error {
	o := d.opts
	switch {
	case o.Path != "":
		return errors.New("a path is for SQLite; give a DSN or a host")
	case o.DSN == nil && o.Parts.Host == "":
		return errors.New("give a DSN or a host")
	case o.DSN != nil && o.Parts.Host != "":
		return errors.New("give a DSN or a host, not both")
	}
	if o.Parts.Port < 0 || o.Parts.Port > 65535 {
		return fmt.Errorf("there is no port %d", o.Parts.Port)
	}
	switch o.Parts.TLS.Mode {
	case "", tlsDisable, tlsRequire, tlsVerifyCA, tlsVerifyFull:
	default:
		return fmt.Errorf("unknown TLS mode %q, expected disable, require, verify-ca or verify-full", o.Parts.TLS.Mode)
	}
	if (o.Parts.TLS.CertFile == "") != (o.Parts.TLS.KeyFile == "") {
		return errors.New("a TLS certificate and its key go together")
	}
	return nil
}

// isSocket reports whether a host is the path of a Unix socket.
func isSocket(host string) bool { return filepath.IsAbs(host) || strings.HasPrefix(host, "@") }

// isLocal reports whether a host is this machine.
func isLocal(host string) bool {
	ip := net.ParseIP(host)
	return isSocket(host) || host == "localhost" || ip != nil && ip.IsLoopback()
}
