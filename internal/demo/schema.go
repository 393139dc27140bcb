package demo

import "strings"

// tableID is one of the company's tables.
type tableID int

const (
	customers tableID = iota
	subscriptions
	orders
	carts
	visits
	tickets
	contacts
	invitations
	responses
	pulses
	costs
	tableCount
)

// table is how a table is made. Times are held as they are found in the wild:
// as text in UTC, in seconds, in milliseconds and as days.
type table struct {
	name    string
	columns string // definitions; the first is the key
	indexes []string
}

// width is the number of columns.
func (t table) width() int { return strings.Count(t.columns, "\n") + 1 }

// tables lists the tables by their ids.
func tables() [tableCount]table {
	return [tableCount]table{
		customers: {"customers", `customer_id INTEGER PRIMARY KEY,
			signed_up_at DATETIME NOT NULL,
			country TEXT NOT NULL,
			region TEXT NOT NULL,
			segment TEXT,
			acquisition TEXT NOT NULL`, []string{"signed_up_at"}},
		subscriptions: {"subscriptions", `subscription_id INTEGER PRIMARY KEY,
			customer_id INTEGER NOT NULL REFERENCES customers,
			plan TEXT NOT NULL,
			started_at DATETIME NOT NULL,
			cancelled_at DATETIME,
			ended_at DATETIME,
			end_reason TEXT,
			mrr NUMERIC NOT NULL,
			currency TEXT NOT NULL`, []string{"started_at", "ended_at", "customer_id"}},
		orders: {"orders", `order_id INTEGER PRIMARY KEY,
			customer_id INTEGER NOT NULL REFERENCES customers,
			ordered_at DATETIME NOT NULL,
			amount NUMERIC NOT NULL,
			refunded_amount NUMERIC NOT NULL,
			currency TEXT NOT NULL,
			region TEXT NOT NULL,
			channel TEXT NOT NULL,
			status TEXT NOT NULL,
			is_test BOOLEAN NOT NULL`, []string{"ordered_at", "customer_id"}},
		carts: {"carts", `cart_id INTEGER PRIMARY KEY,
			customer_id INTEGER NOT NULL REFERENCES customers,
			created_ms INTEGER NOT NULL,
			checkout_ms INTEGER,
			completed_ms INTEGER,
			value NUMERIC NOT NULL,
			currency TEXT NOT NULL,
			device TEXT NOT NULL`, []string{"created_ms"}},
		visits: {"visits", `visit_id INTEGER PRIMARY KEY,
			visited_at INTEGER NOT NULL,
			converted_at INTEGER,
			source TEXT NOT NULL,
			device TEXT NOT NULL,
			country TEXT NOT NULL,
			is_bot BOOLEAN NOT NULL`, []string{"visited_at"}},
		tickets: {"tickets", `ticket_id INTEGER PRIMARY KEY,
			customer_id INTEGER NOT NULL REFERENCES customers,
			created_at DATETIME NOT NULL,
			first_response_at DATETIME,
			resolved_at DATETIME,
			last_resolved_at DATETIME,
			reopened_at DATETIME,
			reopen_count INTEGER NOT NULL,
			agent_replies INTEGER NOT NULL,
			first_response_due_at DATETIME NOT NULL,
			resolution_due_at DATETIME NOT NULL,
			team TEXT NOT NULL,
			channel TEXT NOT NULL,
			topic TEXT NOT NULL,
			priority TEXT NOT NULL,
			status TEXT NOT NULL`, []string{"created_at", "first_response_at", "resolved_at"}},
		contacts: {"contacts", `contact_id INTEGER PRIMARY KEY,
			customer_id INTEGER NOT NULL REFERENCES customers,
			offered_at INTEGER NOT NULL,
			answered_at INTEGER,
			abandoned_at INTEGER,
			handle_seconds INTEGER,
			queue TEXT NOT NULL`, []string{"offered_at"}},
		invitations: {"invitations", `invitation_id INTEGER PRIMARY KEY,
			customer_id INTEGER NOT NULL REFERENCES customers,
			survey TEXT NOT NULL,
			touchpoint TEXT NOT NULL,
			region TEXT NOT NULL,
			sent_at TEXT NOT NULL,
			responded_at TEXT,
			bounced BOOLEAN NOT NULL`, []string{"sent_at"}},
		responses: {"responses", `response_id INTEGER PRIMARY KEY,
			invitation_id INTEGER NOT NULL REFERENCES invitations,
			customer_id INTEGER NOT NULL REFERENCES customers,
			ticket_id INTEGER REFERENCES tickets,
			survey TEXT NOT NULL,
			touchpoint TEXT NOT NULL,
			region TEXT NOT NULL,
			plan TEXT NOT NULL,
			team TEXT,
			score INTEGER,
			tag TEXT,
			responded_at DATETIME NOT NULL`, []string{"responded_at"}},
		pulses: {"pulses", `answer_id INTEGER PRIMARY KEY,
			question TEXT NOT NULL,
			division TEXT NOT NULL,
			score INTEGER NOT NULL,
			answered_on DATE NOT NULL`, []string{"answered_on"}},
		costs: {"costs", `cost_id INTEGER PRIMARY KEY,
			incurred_on DATE NOT NULL,
			kind TEXT NOT NULL,
			amount NUMERIC NOT NULL,
			currency TEXT NOT NULL`, []string{"incurred_on"}},
	}
}

// create returns the statement that makes the table.
func (t table) create() string { return "CREATE TABLE " + t.name + " (" + t.columns + ")" }

// index returns the statements that index it. They come after the rows, which
// is faster than keeping the indexes up meanwhile.
func (t table) index() []string {
	var s []string
	for _, column := range t.indexes {
		s = append(s, "CREATE INDEX "+t.name+"_"+column+" ON "+t.name+" ("+column+")")
	}
	return s
}

// facts about the file itself: what is needed to bring it forward.
const createMeta = `CREATE TABLE demo_history (name TEXT PRIMARY KEY, value INTEGER NOT NULL)`
