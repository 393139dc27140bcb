package app_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/testdb"
)

// The user and password of the web configuration, and the password's bcrypt.
const (
	webUser     = "prometheus"
	webPassword = "open sesame"
	webHash     = "$2a$04$vRbjNAToroXAp.DHIRDcx.NemFaCh2vwkDEsDgInP/hdVKadyB94W"
)

func TestTheWebConfigurationAsksForTLSAndAPassword(t *testing.T) {
	t.Parallel()
	db := testdb.SQLite(t)
	survey(t, db)
	dir := t.TempDir()
	authority := certify(t, dir)
	write(t, filepath.Join(dir, "web.yml"), "tls_server_config:\n  cert_file: cert.pem\n  key_file: key.pem\nbasic_auth_users:\n  "+webUser+": "+webHash+"\n")
	r := start(t, cx(source(db), answers), func(s *settings) { s.webFile = filepath.Join(dir, "web.yml") })
	if status, text := r.get("/metrics"); status != http.StatusBadRequest || strings.Contains(text, csat) {
		t.Errorf("plain HTTP is answered by %d: %s", status, text)
	}
	r.url = strings.Replace(r.url, "http:", "https:", 1)
	r.client.Transport = &http.Transport{TLSClientConfig: &tls.Config{RootCAs: authority}}
	for _, path := range []string{"/", "/metrics", "/-/ready", "/-/reload"} {
		if status, text := r.get(path); status != http.StatusUnauthorized || strings.Contains(text, csat) {
			t.Errorf("%s is answered to anybody by %d: %s", path, status, text)
		}
	}
	scheme, rest, _ := strings.Cut(r.url, "://")
	r.url = scheme + "://" + webUser + ":" + strings.ReplaceAll(webPassword, " ", "%20") + "@" + rest
	r.until("the values are there", is(2./3, csat))
}

func TestItIsReadyOnceEveryCollectorHasBeenTried(t *testing.T) {
	t.Parallel()
	db, hung := testdb.SQLite(t), testdb.Postgres(t).New(t)
	survey(t, db)
	proxy := testdb.NewProxy(t, hung.Server.Addr())
	proxy.Set(testdb.Hold)
	r := start(t, cx(source(db)+renamed(sourceAt(hung, proxy.Addr()), "db", "far"), answers+renamed(renamed(answers, "answers", "away"), "db", "far")))
	status, text := r.get("/-/ready")
	if status != http.StatusServiceUnavailable || !strings.Contains(text, "away") {
		t.Errorf("at the start /-/ready answers %d: %s", status, text)
	}
	if status, text = r.get("/-/healthy"); status != http.StatusOK {
		t.Errorf("at the start /-/healthy answers %d: %s", status, text)
	}
	r.until("one collector has values, and the other keeps us waiting", is(2./3, csat, "collector=answers"))
	r.eventually("it is ready", func() error {
		if status, text = r.get("/-/ready"); status != http.StatusOK {
			return fmt.Errorf("%d: %s", status, text)
		}
		return nil
	})
	r.scrape().holds(t, is(0, "cx_collector_success", "collector=away"), is(0, "cx_source_up", "source=far"))
}

func TestAnAddressInUseIsTold(t *testing.T) {
	t.Parallel()
	// The one that listens first is in nobody's way but ours.
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	db := testdb.SQLite(t)
	survey(t, db)
	r := prepare(t, cx(source(db), answers), settings{now: time.Now, address: l.Addr().String()})
	r.launch()
	<-r.ended
	r.cancel()
	if r.err == nil || !strings.Contains(r.err.Error(), "address already in use") {
		t.Errorf("got %v", r.err)
	}
}

func TestTheAddressThatTheSystemChoseIsTold(t *testing.T) {
	t.Parallel()
	db := testdb.SQLite(t)
	survey(t, db)
	told := make(chan string, 1)
	r := start(t, cx(source(db), answers), func(s *settings) { s.listening = func(a net.Addr) { told <- a.String() } })
	if got := "http://" + <-told; got != r.url {
		t.Errorf("%s is told, and the log says %s", got, r.url)
	}
}

// certify makes a certificate for the loopback address, and what trusts it.
func certify(t *testing.T, dir string) *x509.CertPool {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	public := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert})
	write(t, filepath.Join(dir, "cert.pem"), string(public))
	write(t, filepath.Join(dir, "key.pem"), string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})))
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(public)
	return pool
}
