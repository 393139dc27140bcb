package config

import (
	"github.com/cx-exporter/cx-exporter/collectors"
)

// The raw types are the file as it is written. Their tags are the only place
// where a key, its default, its limits and its meaning stand: the decoder, the
// JSON Schema and the reference in README.md are made from them. See field for
// the tags.

// rawFile is a whole configuration.
type rawFile struct {
	Global     value[rawGlobal]             `yaml:"global" doc:"what applies to all collectors"`
	Calendars  value[[]value[rawCalendar]]  `yaml:"calendars" doc:"business hours, for KPIs whose time counts in them only"`
	Sources    value[[]value[rawSource]]    `yaml:"sources" required:"true" min:"1" doc:"the databases to read"`
	Collectors value[[]value[rawCollector]] `yaml:"collectors" required:"true" min:"1" doc:"what to read from them, when, and which KPIs to compute"`
	Formulas   value[[]value[rawFormula]]   `yaml:"formulas" doc:"KPIs that are combined from values of several collectors"`
	Goals      value[[]value[rawGoal]]      `yaml:"goals" doc:"what the KPIs are to reach, and by when, or to keep"`
	Alerting   value[rawAlerting]           `yaml:"alerting" doc:"where to send alerts; leave it out where Prometheus evaluates the rules"`
}

// rawGlobal is the section `global`.
type rawGlobal struct {
	Timezone    value[string]              `yaml:"timezone" is:"timezone" default:"UTC" doc:"where days, weeks, months and quarters begin and end, and where cron expressions are read"`
	Interval    value[collectors.Duration] `yaml:"interval" default:"5m" min:"1s" max:"52w" doc:"how often a collector runs that has no schedule of its own"`
	Timeout     value[collectors.Duration] `yaml:"timeout" default:"30s" min:"1s" max:"1d" doc:"how long one evaluation of one collector may take"`
	Confidence  value[float64]             `yaml:"confidence" default:"0.95" above:"0.5" below:"1" doc:"two-sided confidence of the bounds that are published beside each value"`
	AlertConf   value[float64]             `yaml:"alert_confidence" default:"0.999" above:"0.5" below:"1" doc:"two-sided confidence of the bounds that goals are judged by, before an alert calls them off track"`
	MinSamples  value[int]                 `yaml:"min_samples" default:"30" min:"1" max:"1000000" doc:"number of samples below which a value is shown but not to be judged"`
	MaxSegments value[int]                 `yaml:"max_segments" default:"50" min:"1" max:"10000" doc:"number of segments kept per dimension; the rest is folded into the segment other"`

	MinSegmentSize value[int] `yaml:"min_segment_size" default:"5" min:"1" max:"1000000" doc:"number of rows or customers below which a segment is withheld, with another one that would tell it; 1 withholds nothing"`
}

// rawSource is an entry of `sources`.
type rawSource struct {
	Name   value[string] `yaml:"name" required:"true" is:"name" doc:"how collectors and metrics call the database"`
	Driver value[string] `yaml:"driver" required:"true" enum:"postgres,mysql,sqlite" doc:"the protocol it speaks; mysql is for MariaDB too"`

	DSN     value[Secret] `yaml:"dsn" one:"connection" doc:"the driver's own connection string"`
	DSNFile value[string] `yaml:"dsn_file" one:"connection" is:"file" doc:"file that holds the connection string; read anew at every new connection"`
	Host    value[string] `yaml:"host" one:"connection" with:"user,database" is:"text" doc:"name or address of the server, or a path: the folder of PostgreSQL's socket, or MySQL's socket itself"`
	Path    value[string] `yaml:"path" one:"connection" is:"file" doc:"file of an SQLite database"`

	Port         value[int]    `yaml:"port" needs:"host" min:"1" max:"65535" otherwise:"5432 for postgres, 3306 for mysql" doc:"port of the server"`
	User         value[string] `yaml:"user" needs:"host" is:"text" doc:"user to log in as; a role that may only read is best"`
	Password     value[Secret] `yaml:"password" needs:"host" only:"password" doc:"its password, with no escaping of special characters"`
	PasswordFile value[string] `yaml:"password_file" needs:"host" only:"password" is:"file" doc:"file that holds the password; read anew at every new connection"`
	Database     value[string] `yaml:"database" needs:"host" is:"text" doc:"name of the database on the server"`
	TLS          value[rawTLS] `yaml:"tls" needs:"host" doc:"how the connection is encrypted"`

	MaxConnections value[int]                 `yaml:"max_connections" default:"2" min:"1" max:"100" doc:"connections that may be open at once"`
	ConnectTimeout value[collectors.Duration] `yaml:"connect_timeout" default:"10s" min:"1s" max:"10m" doc:"limit for reaching the server and logging in"`
}

// rawTLS is the section `tls` of a source.
type rawTLS struct {
	Mode     value[string] `yaml:"mode" enum:"disable,require,verify-ca,verify-full" otherwise:"require; for a server on this machine, TLS where it is offered" doc:"disable is plain text, require encrypts to whoever answers, verify-ca checks the certificate, verify-full its name too"`
	CAFile   value[string] `yaml:"ca_file" is:"file" otherwise:"the machine's own authorities" doc:"certificates of the authorities to trust, PEM"`
	CertFile value[string] `yaml:"cert_file" is:"file" with:"key_file" doc:"certificate to log in with, PEM"`
	KeyFile  value[string] `yaml:"key_file" is:"file" with:"cert_file" doc:"its private key, PEM"`
}

// rawCollector is an entry of `collectors`.
type rawCollector struct {
	Name    value[string]          `yaml:"name" required:"true" is:"name" doc:"value of the label collector"`
	Source  value[string]          `yaml:"source" one:"source" is:"text" doc:"name of the source to read"`
	Sources value[[]value[string]] `yaml:"sources" one:"source" is:"text" min:"1" doc:"names of several sources with the same relation, whose counts are added"`
	Entity  value[string]          `yaml:"entity" required:"true" is:"entity" doc:"what one row is"`

	Table      value[string]               `yaml:"table" one:"relation" is:"table" doc:"table or view to read, with its schema if need be: sales.orders"`
	Query      value[string]               `yaml:"query" one:"relation" is:"sql" doc:"one SELECT to read in place of a table; a dollar stands for itself"`
	Columns    map[string]value[rawColumn] `yaml:"columns" doc:"role: column, where a column is not called as its role, and for roles that are optional"`
	Where      value[string]               `yaml:"where" is:"condition" doc:"condition on the rows, in the SQL of the database; a dollar stands for itself"`
	Dimensions value[[]value[dimension]]   `yaml:"dimensions" doc:"columns to break every KPI down by; a list inside of the list breaks down by the combination"`

	Events value[rawEvents] `yaml:"events" doc:"with entity: ticket_events, the words by which kinds of events and the people of the team are told; neither case nor blanks around them make a difference"`

	AllowPersonal value[[]value[string]] `yaml:"allow_personal" is:"column" needs:"dimensions" doc:"dimensions that may be columns which tell who somebody is, such as agent_name; they are refused otherwise"`

	Windows   value[[]value[string]]     `yaml:"windows" default:"30d" is:"window" min:"1" doc:"periods to compute every KPI for"`
	Change    value[bool]                `yaml:"change" default:"true" doc:"whether each window is compared with the one before it"`
	Interval  value[collectors.Duration] `yaml:"interval" only:"schedule" min:"1s" max:"52w" otherwise:"global.interval" doc:"how often to run"`
	Cron      value[string]              `yaml:"cron" only:"schedule" is:"cron" doc:"when to run: minute, hour, day of month, month, day of week"`
	Timeout   value[collectors.Duration] `yaml:"timeout" min:"1s" max:"1d" otherwise:"global.timeout, or the interval if that is shorter" doc:"how long one evaluation may take"`
	MaxAge    value[collectors.Duration] `yaml:"max_age" min:"1s" otherwise:"3 intervals; with cron the longest pause between two runs and two of the shortest" doc:"how long values stay after the last success"`
	RowBudget value[int]                 `yaml:"row_budget" default:"50000" min:"1" max:"10000000" doc:"rows that one statement may return"`
	Customers value[string]              `yaml:"customers" enum:"disjoint" doc:"disjoint says that no customer is in two of the sources"`

	KPIs value[[]rawKPI] `yaml:"kpis" required:"true" min:"1" doc:"names of KPIs, or a name with its parameters"`
}

// rawEvents is the section `events` of a collector.
type rawEvents struct {
	Created  value[[]value[string]] `yaml:"created" is:"event" default:"created" min:"1" doc:"what is written where a ticket is created"`
	Reply    value[[]value[string]] `yaml:"reply" is:"event" default:"reply" min:"1" doc:"what is written where somebody replies in public"`
	Resolved value[[]value[string]] `yaml:"resolved" is:"event" default:"resolved" min:"1" doc:"what is written where a ticket is resolved"`
	Reopened value[[]value[string]] `yaml:"reopened" is:"event" default:"reopened" min:"1" doc:"what is written where a ticket is reopened; an opening before the first resolution is none"`
	Agents   value[[]value[string]] `yaml:"agents" is:"event" default:"agent" min:"1" doc:"who of actor_kind is of the team, and no machine"`
}

// rawFormula is an entry of `formulas`.
type rawFormula struct {
	Name value[string] `yaml:"name" required:"true" is:"name" doc:"value of the label collector; with expr also the name of the KPI, whose metric is cx_custom_<name>_<unit>"`

	Expr           value[string]                    `yaml:"expr" one:"formula" with:"unit" is:"expression" doc:"your own formula"`
	RetentionCost  value[collectors.RetentionCost]  `yaml:"retention_cost" one:"formula" doc:"what it costs to keep a customer"`
	RetentionROI   value[collectors.RetentionROI]   `yaml:"retention_roi" one:"formula" doc:"what the spending on retention earns, relative to it"`
	CostPerContact value[collectors.CostPerContact] `yaml:"cost_per_contact" one:"formula" doc:"what it costs to answer a contact"`
	ContactRate    value[collectors.ContactRate]    `yaml:"contact_rate" one:"formula" doc:"contacts per active customer"`

	Unit         value[string] `yaml:"unit" needs:"expr" is:"text" doc:"seconds, ratio, score, currency, or the plural of what is counted"`
	Direction    value[string] `yaml:"direction" needs:"expr" enum:"higher_is_better,lower_is_better,neutral" default:"neutral" doc:"which way it improves"`
	BusinessGoal value[string] `yaml:"business_goal" needs:"expr" enum:"retention,loyalty,revenue,support" doc:"what it serves"`
	Help         value[string] `yaml:"help" needs:"expr" is:"text" doc:"help text of the metric"`

	Windows  value[[]value[string]]     `yaml:"windows" default:"30d" is:"window" min:"1" doc:"periods to compute it for"`
	Change   value[bool]                `yaml:"change" default:"true" doc:"whether each window is compared with the one before it"`
	Interval value[collectors.Duration] `yaml:"interval" min:"1s" max:"52w" otherwise:"the longest of its collectors" doc:"how often to run"`
}

// rawColumn is what a role is read from: a column's name, or its name with how
// it holds the time.
type rawColumn struct {
	Column   value[string] `yaml:"column" required:"true" short:"true" is:"column" doc:"name of the column"`
	Type     value[string] `yaml:"type" enum:"timestamp,date,text,unix,unix_ms,text_unix,text_unix_ms" otherwise:"as the database says" doc:"how the column holds a time: text is an ISO 8601 date and time, unix is seconds since 1970 (unix_ms milliseconds), text_unix the same as text"`
	Timezone value[string] `yaml:"timezone" is:"timezone" default:"UTC" doc:"zone of times that do not say theirs"`
}
