package source

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
)

// The modes of TLS, with the meaning that PostgreSQL gave them.
const (
	tlsDisable    = "disable"
	tlsPrefer     = "prefer" // not to be asked for; the default on this machine
	tlsRequire    = "require"
	tlsVerifyCA   = "verify-ca"
	tlsVerifyFull = "verify-full"
)

// mode is the mode of TLS that a connection of parts uses.
func (p Parts) mode() string {
	switch {
	case p.TLS.Mode != "":
		return p.TLS.Mode
	case isSocket(p.Host):
		return tlsDisable
	case isLocal(p.Host):
		return tlsPrefer
	}
	return tlsRequire
}

// config makes the TLS configuration of a mode that is not disable. Files are
// read at every connection, since certificates are renewed.
func (t TLS) config(mode, host string) (*tls.Config, error) {
	c := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: host}
	if t.CAFile != "" {
		pem, err := os.ReadFile(t.CAFile)
		if err != nil {
			return nil, fmt.Errorf("read the authorities: %w", err)
		}
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM(pem) {
			return nil, known{KindConnect, fmt.Sprintf("no certificate in %s", t.CAFile)}
		}
	}
	if t.CertFile != "" {
		pair, err := tls.LoadX509KeyPair(t.CertFile, t.KeyFile)
		if err != nil {
			return nil, known{KindConnect, fmt.Sprintf("the certificate in %s and the key in %s cannot be used together", t.CertFile, t.KeyFile)}
		}
		c.Certificates = []tls.Certificate{pair}
	}
	switch mode {
	case tlsVerifyFull:
	case tlsVerifyCA:
		// The package's own check includes the name, so the chain is checked
		// here.
		c.InsecureSkipVerify = true
		c.VerifyConnection = func(s tls.ConnectionState) error {
			if len(s.PeerCertificates) == 0 {
				return errors.New("the server has no certificate")
			}
			opts := x509.VerifyOptions{Roots: c.RootCAs, Intermediates: x509.NewCertPool()}
			for _, between := range s.PeerCertificates[1:] {
				opts.Intermediates.AddCert(between)
			}
			_, err := s.PeerCertificates[0].Verify(opts)
			return err
		}
	default:
		c.InsecureSkipVerify = true
	}
	return c, nil
}
