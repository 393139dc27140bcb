package testdb

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// certify makes an authority and a certificate for localhost, signed by it,
// and returns the files that the server needs.
func (s *Server) certify(tb testing.TB, dir string, a *account) (cert, key string) {
	tb.Helper()
	template := func(name string, serial int64) *x509.Certificate {
		return &x509.Certificate{
			SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: name},
			NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
			BasicConstraintsValid: true,
		}
	}
	generate := func() *ecdsa.PrivateKey {
		k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			tb.Fatal(err)
		}
		return k
	}
	write := func(name, kind string, der []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
			tb.Fatal(err)
		}
		give(tb, path, a)
		return path
	}
	authority, authorityKey := template("cx test authority", 1), generate()
	authority.IsCA, authority.KeyUsage = true, x509.KeyUsageCertSign
	signed, err := x509.CreateCertificate(rand.Reader, authority, authority, authorityKey.Public(), authorityKey)
	if err != nil {
		tb.Fatal(err)
	}
	s.CAFile = write("ca.pem", "CERTIFICATE", signed)
	server, serverKey := template("localhost", 2), generate()
	server.DNSNames, server.ExtKeyUsage = []string{"localhost"}, []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	if signed, err = x509.CreateCertificate(rand.Reader, server, authority, serverKey.Public(), authorityKey); err != nil {
		tb.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(serverKey)
	if err != nil {
		tb.Fatal(err)
	}
	return write("server.pem", "CERTIFICATE", signed), write("server.key", "PRIVATE KEY", secret)
}
