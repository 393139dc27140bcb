package config

import "github.com/cx-exporter/cx-exporter/collectors"

// rawAlerting is the section `alerting`. Its alertmanagers are written as those
// of Prometheus.
type rawAlerting struct {
	Alertmanagers  value[[]value[rawAlertmanager]] `yaml:"alertmanagers" required:"true" min:"1" doc:"where to send alerts; name every member of a cluster, and no load balancer"`
	ExternalLabels map[string]value[string]        `yaml:"external_labels" doc:"labels of every alert, as Prometheus adds its own"`
	ResendInterval value[collectors.Duration]      `yaml:"resend_interval" default:"1m" min:"1s" max:"1h" doc:"how often every alert is sent again"`
	Hold           value[collectors.Duration]      `yaml:"hold" default:"15m" min:"1m" max:"1d" doc:"how long an Alertmanager that hears nothing more keeps an alert; at least four times resend_interval is used"`
	Watchdog       value[bool]                     `yaml:"watchdog" default:"false" doc:"whether to send CXWatchdog, which always fires, for receivers that tell when it stops"`
	RunbookURL     value[string]                   `yaml:"runbook_url" is:"url" otherwise:"the project's" doc:"folder of the runbooks, a page an alert"`
}

// rawAlertmanager is an entry of `alerting.alertmanagers`.
type rawAlertmanager struct {
	StaticConfigs value[[]value[rawTargets]] `yaml:"static_configs" required:"true" min:"1" doc:"the Alertmanagers"`
	Scheme        value[string]              `yaml:"scheme" enum:"http,https" default:"http" doc:"how they are spoken to"`
	PathPrefix    value[string]              `yaml:"path_prefix" is:"path" otherwise:"/" doc:"what stands before /api/v2/alerts"`
	APIVersion    value[string]              `yaml:"api_version" enum:"v2" default:"v2" doc:"the version of their API"`
	Timeout       value[collectors.Duration] `yaml:"timeout" default:"10s" min:"1s" max:"5m" doc:"limit for one request"`
	BasicAuth     value[rawBasicAuth]        `yaml:"basic_auth" only:"login" doc:"user and password"`
	Authorization value[rawAuthorization]    `yaml:"authorization" only:"login" doc:"a token or another header Authorization"`
	OAuth2        value[rawOAuth2]           `yaml:"oauth2" only:"login" doc:"a token that another server gives, by client credentials"`
	TLSConfig     value[rawTLSConfig]        `yaml:"tls_config" doc:"how https is checked"`
	Redirects     value[bool]                `yaml:"follow_redirects" default:"true" doc:"whether redirects are followed"`
	HTTP2         value[bool]                `yaml:"enable_http2" default:"true" doc:"whether HTTP/2 is used where it is offered"`
	ProxyURL      value[Secret]              `yaml:"proxy_url" only:"proxy" is:"url" doc:"proxy to go through"`
	FromEnv       value[bool]                `yaml:"proxy_from_environment" only:"proxy" default:"false" doc:"whether HTTP_PROXY, HTTPS_PROXY and NO_PROXY are heeded"`
	NoProxy       value[string]              `yaml:"no_proxy" needs:"proxy_url" is:"text" doc:"hosts that are reached without the proxy, with commas between"`
}

// rawTargets is an entry of `static_configs`.
type rawTargets struct {
	Targets value[[]value[string]] `yaml:"targets" required:"true" min:"1" is:"target" doc:"addresses"`
}

// rawBasicAuth is the section `basic_auth`.
type rawBasicAuth struct {
	Username     value[string] `yaml:"username" required:"true" is:"text" doc:"name of the user"`
	Password     value[Secret] `yaml:"password" only:"password" doc:"its password"`
	PasswordFile value[string] `yaml:"password_file" only:"password" is:"file" doc:"file that holds the password; read anew at every request"`
}

// rawAuthorization is the section `authorization`.
type rawAuthorization struct {
	Type            value[string] `yaml:"type" is:"text" default:"Bearer" doc:"first word of the header"`
	Credentials     value[Secret] `yaml:"credentials" one:"credentials" doc:"the rest of it"`
	CredentialsFile value[string] `yaml:"credentials_file" one:"credentials" is:"file" doc:"file that holds the rest; read anew at every request"`
}

// rawOAuth2 is the section `oauth2`.
type rawOAuth2 struct {
	ClientID         value[string]            `yaml:"client_id" required:"true" is:"text" doc:"name of the client"`
	ClientSecret     value[Secret]            `yaml:"client_secret" one:"secret" doc:"its secret"`
	ClientSecretFile value[string]            `yaml:"client_secret_file" one:"secret" is:"file" doc:"file that holds the secret"`
	TokenURL         value[string]            `yaml:"token_url" required:"true" is:"url" doc:"where the token is given"`
	Scopes           value[[]value[string]]   `yaml:"scopes" is:"text" doc:"scopes to ask for"`
	EndpointParams   map[string]value[string] `yaml:"endpoint_params" doc:"further parameters of the request for a token"`
}

// rawTLSConfig is the section `tls_config`.
type rawTLSConfig struct {
	CAFile     value[string] `yaml:"ca_file" is:"file" otherwise:"the machine's own authorities" doc:"certificates of the authorities to trust, PEM"`
	CertFile   value[string] `yaml:"cert_file" is:"file" with:"key_file" doc:"certificate to log in with, PEM"`
	KeyFile    value[string] `yaml:"key_file" is:"file" with:"cert_file" doc:"its private key, PEM"`
	ServerName value[string] `yaml:"server_name" is:"text" otherwise:"the address" doc:"name that the certificate must be for"`
	Insecure   value[bool]   `yaml:"insecure_skip_verify" default:"false" doc:"whether any certificate will do"`
}
