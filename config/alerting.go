package config

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Alerting says where alerts are sent, and how.
type Alerting struct {
	Alertmanagers  []Alertmanager
	ExternalLabels map[string]string
	// ResendInterval is the time between two sendings of an alert that goes on.
	ResendInterval time.Duration
	// Hold is how long an alert outlives its last sending.
	Hold time.Duration
	// Watchdog asks for an alert that always fires.
	Watchdog bool
	// RunbookURL is the folder of the runbooks; empty is the project's.
	RunbookURL string
}

// Alertmanager is a group of Alertmanagers that are reached alike.
type Alertmanager struct {
	Scheme     string
	Targets    []string // host or host:port
	PathPrefix string   // begins with a slash
	Timeout    time.Duration
	HTTP       HTTP
}

// HTTP says how a server is reached. Of the ways to log in at most one is set.
type HTTP struct {
	BasicAuth       *BasicAuth
	Authorization   *Authorization
	OAuth2          *OAuth2
	TLS             HTTPTLS
	FollowRedirects bool
	HTTP2           bool
	ProxyURL        Secret
	ProxyFromEnv    bool
	NoProxy         string
}

// BasicAuth is a login by name and password.
type BasicAuth struct {
	Username     string
	Password     Secret
	PasswordFile string
}

// Authorization is a login by a header.
type Authorization struct {
	Type            string
	Credentials     Secret
	CredentialsFile string
}

// OAuth2 is a login by a token that another server gives.
type OAuth2 struct {
	ClientID         string
	ClientSecret     Secret
	ClientSecretFile string
	TokenURL         string
	Scopes           []string
	EndpointParams   map[string]string
}

// HTTPTLS says how the certificate of a server is checked.
type HTTPTLS struct {
	CAFile, CertFile, KeyFile string
	ServerName                string
	Insecure                  bool
}

// labelPattern is what a label may be called.
var labelPattern = regexp.MustCompile(`^[a-zA-Z_][a-zA-Z0-9_]*$`)

// alerting converts the section; nil where the file has none.
func (c *converter) alerting(v value[rawAlerting]) *Alerting {
	if !v.at.set() {
		return nil
	}
	raw := v.V
	a := &Alerting{
		ExternalLabels: texts(raw.ExternalLabels),
		ResendInterval: duration(raw.ResendInterval, time.Minute),
		Hold:           duration(raw.Hold, 15*time.Minute),
		Watchdog:       raw.Watchdog.V,
		RunbookURL:     strings.TrimRight(raw.RunbookURL.V, "/"),
	}
	for _, name := range slices.Sorted(maps.Keys(raw.ExternalLabels)) {
		switch at := raw.ExternalLabels[name].at.inKey(); {
		case !labelPattern.MatchString(name) || strings.HasPrefix(name, "__"):
			c.problem(at, "%s is not a name that a label may have: letters, digits and _, not beginning with a digit or __", quote(name))
		case name == "alertname":
			c.problem(at, "alertname tells the alerts apart; give the label another name")
		}
	}
	first := map[string]place{}
	for i := range raw.Alertmanagers.V {
		a.Alertmanagers = append(a.Alertmanagers, c.alertmanager(&raw.Alertmanagers.V[i].V, first))
	}
	return a
}

func (c *converter) alertmanager(raw *rawAlertmanager, first map[string]place) Alertmanager {
	m := Alertmanager{
		Scheme: raw.Scheme.V, PathPrefix: "/" + strings.Trim(raw.PathPrefix.V, "/"), Timeout: duration(raw.Timeout, 10*time.Second),
		HTTP: HTTP{
			FollowRedirects: raw.Redirects.V, HTTP2: raw.HTTP2.V,
			ProxyURL: raw.ProxyURL.V, ProxyFromEnv: raw.FromEnv.V, NoProxy: raw.NoProxy.V,
			TLS: HTTPTLS{
				CAFile: c.secretFile(raw.TLSConfig.V.CAFile), CertFile: c.secretFile(raw.TLSConfig.V.CertFile), KeyFile: c.secretFile(raw.TLSConfig.V.KeyFile),
				ServerName: raw.TLSConfig.V.ServerName.V, Insecure: raw.TLSConfig.V.Insecure.V,
			},
		},
	}
	for _, s := range raw.StaticConfigs.V {
		for _, t := range s.V.Targets.V {
			m.Targets = append(m.Targets, t.V)
			where := m.Scheme + "://" + t.V + m.PathPrefix
			if before, ok := first[where]; ok && t.good {
				c.problem(t.at, "this Alertmanager is named on line %d already", before.node.Line)
			}
			first[where] = t.at
		}
	}
	if b := raw.BasicAuth; b.at.set() {
		m.HTTP.BasicAuth = &BasicAuth{Username: b.V.Username.V, Password: b.V.Password.V, PasswordFile: c.secretFile(b.V.PasswordFile)}
	}
	if h := raw.Authorization; h.at.set() {
		m.HTTP.Authorization = &Authorization{Type: h.V.Type.V, Credentials: h.V.Credentials.V, CredentialsFile: c.secretFile(h.V.CredentialsFile)}
		if strings.EqualFold(h.V.Type.V, "basic") {
			c.problem(h.V.Type.at, "use basic_auth for a user and password")
		}
	}
	if o := raw.OAuth2; o.at.set() {
		m.HTTP.OAuth2 = &OAuth2{
			ClientID: o.V.ClientID.V, ClientSecret: o.V.ClientSecret.V, ClientSecretFile: c.secretFile(o.V.ClientSecretFile),
			TokenURL: o.V.TokenURL.V, EndpointParams: texts(o.V.EndpointParams),
		}
		for _, s := range o.V.Scopes.V {
			m.HTTP.OAuth2.Scopes = append(m.HTTP.OAuth2.Scopes, s.V)
		}
	}
	if raw.TLSConfig.at.set() && raw.Scheme.good && m.Scheme == "http" {
		c.problem(raw.TLSConfig.at.inKey(), "with `scheme: http` nothing is encrypted and this is not used; set `scheme: https`")
	}
	return m
}

// texts are the texts of a mapping.
func texts(m map[string]value[string]) map[string]string {
	if len(m) == 0 {
		return nil
	}
	out := make(map[string]string, len(m))
	for k, v := range m {
		out[k] = v.V
	}
	return out
}
