package alertmanager

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"

	promconfig "github.com/prometheus/common/config"

	"github.com/cx-exporter/cx-exporter/config"
)

// newClient makes a client as Prometheus would of the same block.
func newClient(h config.HTTP, o Options) (*http.Client, error) {
	if o.Transport != nil {
		return &http.Client{Transport: o.Transport}, nil
	}
	c, err := clientConfig(h)
	if err != nil {
		return nil, err
	}
	client, err := promconfig.NewClientFromConfig(c, "alertmanager")
	if err != nil {
		return nil, fmt.Errorf("make the HTTP client: %w", err)
	}
	return client, nil
}

func clientConfig(h config.HTTP) (promconfig.HTTPClientConfig, error) {
	c := promconfig.HTTPClientConfig{
		FollowRedirects: h.FollowRedirects, EnableHTTP2: h.HTTP2,
		TLSConfig: promconfig.TLSConfig{
			CAFile: h.TLS.CAFile, CertFile: h.TLS.CertFile, KeyFile: h.TLS.KeyFile,
			ServerName: h.TLS.ServerName, InsecureSkipVerify: h.TLS.Insecure,
		},
		ProxyConfig: promconfig.ProxyConfig{NoProxy: h.NoProxy, ProxyFromEnvironment: h.ProxyFromEnv},
	}
	if !h.ProxyURL.IsZero() {
		u, err := url.Parse(h.ProxyURL.Reveal())
		if err != nil {
			return c, errors.New("proxy_url is not an address") // it may hold a password
		}
		c.ProxyURL = promconfig.URL{URL: u}
	}
	switch {
	case h.BasicAuth != nil:
		c.BasicAuth = &promconfig.BasicAuth{
			Username: h.BasicAuth.Username, Password: promconfig.Secret(h.BasicAuth.Password.Reveal()), PasswordFile: h.BasicAuth.PasswordFile,
		}
	case h.Authorization != nil:
		c.Authorization = &promconfig.Authorization{
			Type: h.Authorization.Type, Credentials: promconfig.Secret(h.Authorization.Credentials.Reveal()), CredentialsFile: h.Authorization.CredentialsFile,
		}
	case h.OAuth2 != nil:
		c.OAuth2 = &promconfig.OAuth2{
			ClientID: h.OAuth2.ClientID, ClientSecret: promconfig.Secret(h.OAuth2.ClientSecret.Reveal()), ClientSecretFile: h.OAuth2.ClientSecretFile,
			TokenURL: h.OAuth2.TokenURL, Scopes: h.OAuth2.Scopes, EndpointParams: h.OAuth2.EndpointParams,
		}
	}
	if err := c.Validate(); err != nil {
		return c, fmt.Errorf("the HTTP client: %w", err)
	}
	return c, nil
}
