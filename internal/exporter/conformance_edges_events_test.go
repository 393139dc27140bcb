package exporter_test

// eventEdges are the cases of tickets that are folded from their events.
var eventEdges = []named{
	{
		name: "only the team's replies are responses, and a ticket that the team opened waits for none", entity: "ticket_events",
		at: "2024-07-01T00:00:00Z", windows: "30d",
		columns: "ticket_id:word at:naive event:word actor_kind+:word",
		rows: `answered | 2024-06-02T00:00:00Z | created | customer
			answered | 2024-06-02T00:00:01Z | reply | bot
			answered | 2024-06-02T00:30:00Z | reply | customer
			answered | 2024-06-02T01:00:00Z | reply | agent
			waits | 2024-06-10T00:00:00Z | created | customer
			waits | 2024-06-10T00:00:01Z | reply | bot
			outbound | 2024-06-03T00:00:00Z | created | agent
			outbound | 2024-06-03T00:00:00Z | reply | agent
			outbound | 2024-06-04T00:00:00Z | reply | agent
			silent | 2024-06-05T00:00:00Z | created | agent
			solved | 2024-06-06T00:00:00Z | created | customer
			solved | 2024-06-07T00:00:00Z | resolved | agent
			nobody | 2024-06-20T00:00:00Z | created | -
			nobody | 2024-06-20T00:00:10Z | reply | -`,
		kpis: []string{"first_response_time {target: 1h}", "ticket_volume", "backlog {older_than: []}"},
		want: `first_response_time mean over 30d = 3600 of 1
			first_response_time within_target over 30d = 1 of 1
			first_response_time waiting over 30d = 2 of 2
			first_response_time oldest_waiting over 30d = 1814400 of 2
			ticket_volume created over 30d = 6 of 6
			ticket_volume resolved over 30d = 1 of 1
			backlog tickets over 30d = 5 of 5`,
		rejected: "",
	},
	{
		name: "where nobody says who replied, every reply is the team's", entity: "ticket_events",
		at: "2024-07-01T00:00:00Z", windows: "30d",
		columns: "ticket_id:word at:unix event:word",
		rows: `a | 2024-06-02T00:00:00Z | created
			a | 2024-06-02T00:00:40Z | Reply
			b | 2024-06-02T00:00:00Z | CREATED`,
		kpis: []string{"first_response_time"},
		want: `first_response_time mean over 30d = 40 of 1
			first_response_time waiting over 30d = 1 of 1`,
		rejected: "",
	},
	{
		name: "a ticket reopened twice keeps its first resolution, came back once, and is open until the last", entity: "ticket_events",
		at: "2024-07-01T00:00:00Z", windows: "30d",
		columns: "ticket_id:word at:naive event:word actor_kind+:word",
		rows: `twice | 2024-06-12T00:00:00Z | resolved | agent
			twice | 2024-06-02T00:00:00Z | created | customer
			twice | 2024-06-10T00:00:00Z | reopened | customer
			twice | 2024-06-04T00:00:00Z | resolved | agent
			twice | 2024-06-05T00:00:00Z | reopened | customer
			twice | 2024-06-06T00:00:00Z | resolved | agent
			open | 2024-06-02T00:00:00Z | created | customer
			open | 2024-06-03T00:00:00Z | resolved | agent
			open | 2024-06-20T00:00:00Z | reopened | customer
			once | 2024-06-02T00:00:00Z | created | customer
			once | 2024-06-02T00:00:00Z | reopened | customer
			once | 2024-06-03T00:00:00Z | resolved | agent
			tied | 2024-06-02T00:00:00Z | created | customer
			tied | 2024-06-03T00:00:00Z | resolved | agent
			tied | 2024-06-03T00:00:00Z | reopened | customer`,
		kpis: []string{"resolution_time {of: full}", "reopen_rate {within: 7d}", "ticket_volume", "backlog {older_than: []}"},
		want: `resolution_time mean over 30d = 475200 of 2
			reopen_rate ratio over 30d = 0.5 of 4
			reopen_rate reopened over 30d = 2 of 2
			ticket_volume resolved over 30d = 4 of 4
			backlog tickets over 30d = 2 of 2
			backlog oldest over 30d = 2505600 of 2`,
		rejected: "",
	},
	{
		name: "what happened twice at one instant happened once, and replies after the resolution took none of it", entity: "ticket_events",
		at: "2024-07-01T00:00:00Z", windows: "30d",
		columns: "ticket_id:word at:naive event:word actor_kind+:word",
		rows: `one | 2024-06-02T00:00:00Z | created | customer
			one | 2024-06-02T00:00:00Z | created | customer
			one | 2024-06-02T01:00:00Z | reply | agent
			one | 2024-06-02T01:00:00Z | reply | agent
			one | 2024-06-02T01:00:00Z | resolved | agent
			one | 2024-06-02T01:00:00Z | resolved | agent
			one | 2024-06-02T02:00:00Z | reply | agent
			two | 2024-06-02T00:00:00Z | created | customer
			two | 2024-06-02T01:00:00Z | reply | agent
			two | 2024-06-02T02:00:00Z | reply | agent
			two | 2024-06-02T02:00:01Z | reply | bot
			two | 2024-06-02T03:00:00Z | resolved | agent`,
		kpis: []string{"replies_per_resolution", "first_contact_resolution", "resolution_time"},
		want: `replies_per_resolution mean over 30d = 1.5 of 2
			replies_per_resolution replies over 30d = 3 of 3
			first_contact_resolution ratio over 30d = 0.5 of 2
			resolution_time mean over 30d = 7200 of 2`,
		rejected: "",
	},
	{
		name: "a ticket resolved before it was created is refused, and so is one that nobody created or that has no name", entity: "ticket_events",
		at: "2024-07-01T00:00:00Z", windows: "30d",
		columns: "ticket_id:word at:naive event:word actor_kind+:word",
		rows: `early | 2024-06-05T00:00:00Z | created | customer
			early | 2024-06-04T00:00:00Z | resolved | agent
			orphan | 2024-06-04T00:00:00Z | resolved | agent
			- | 2024-06-04T00:00:00Z | created | customer
			- | 2024-06-05T00:00:00Z | created | customer
			timeless | - | created | customer
			passing | 2024-06-04T00:00:00Z | assigned | agent
			fine | 2024-06-04T00:00:00Z | created | customer`,
		kpis: []string{"ticket_volume", "backlog {older_than: []}"},
		want: `ticket_volume created over 30d = 1 of 1
			ticket_volume resolved over 30d = 0 of 0
			backlog tickets over 30d = 1 of 1`,
		rejected: "end_before_start=1 null_time=3",
	},
	{
		name: "a ticket belongs where it was created, and events that a condition leaves out are none", entity: "ticket_events",
		at: "2024-07-01T00:00:00Z", windows: "30d", dims: "team", where: "private IS NULL",
		columns: "ticket_id:word at:text event:word actor_kind+:word team:word private:word",
		rows: `a | 2024-06-02T00:00:00Z | created | customer | north | -
			a | 2024-06-02T00:10:00Z | reply | agent | south | note
			a | 2024-06-02T01:00:00Z | reply | agent | south | -
			b | 2024-06-02T00:00:00Z | created | customer | - | -
			b | 2024-06-02T02:00:00Z | reply | agent | south | -`,
		kpis: []string{"first_response_time"},
		want: `first_response_time mean over 30d = 5400 of 2
			first_response_time mean team="north" over 30d = 3600 of 1
			first_response_time mean team="(none)" over 30d = 7200 of 1`,
		rejected: "",
	},
	{
		name: "the backlog of the past is what was open then, whatever happened to its tickets later", entity: "ticket_events",
		at: "2024-07-15T00:00:00Z", windows: "last_month", change: true,
		columns: "ticket_id:word at:naive event:word",
		rows: `solved since | 2024-05-10T00:00:00Z | created
			solved since | 2024-07-02T00:00:00Z | resolved
			open between | 2024-05-11T00:00:00Z | created
			open between | 2024-05-12T00:00:00Z | resolved
			open between | 2024-06-29T00:00:00Z | reopened
			open between | 2024-07-01T00:00:00Z | resolved
			closed between | 2024-05-20T00:00:00Z | created
			closed between | 2024-05-30T00:00:00Z | resolved
			closed between | 2024-07-03T00:00:00Z | reopened
			reopened on the bound | 2024-05-20T00:00:00Z | created
			reopened on the bound | 2024-05-21T00:00:00Z | resolved
			reopened on the bound | 2024-07-01T00:00:00Z | reopened
			both at once | 2024-06-05T00:00:00Z | created
			both at once | 2024-06-06T00:00:00Z | resolved
			both at once | 2024-06-06T00:00:00Z | reopened
			created twice | 2024-06-07T00:00:00Z | created
			created twice | 2024-06-08T00:00:00Z | resolved
			created twice | 2024-06-09T00:00:00Z | created
			thanked early | 2024-06-11T00:00:00Z | created
			thanked early | 2024-06-10T00:00:00Z | reopened
			refused | 2024-06-12T00:00:00Z | created
			refused | 2024-06-11T00:00:00Z | resolved
			refused | 2024-06-13T00:00:00Z | reopened
			later | 2024-07-01T00:00:00Z | created`,
		kpis: []string{"backlog {older_than: [50d]}"},
		want: `backlog tickets over last_month = 4 of 4 before 1
			backlog oldest over last_month = 4492800 of 4 before 1900800
			backlog age_mean over last_month = 3218400 of 4
			backlog older {age=50d} over last_month = 2 of 2`,
		rejected: "end_before_start=1",
	},
	{
		name: "no events at all", entity: "ticket_events",
		at: "2024-07-01T00:00:00Z", windows: "30d",
		columns: "ticket_id:word at:naive event:word",
		kpis:    []string{"first_response_time", "reopen_rate", "ticket_volume", "backlog {older_than: []}"},
		want: `first_response_time mean over 30d = undefined of 0
			first_response_time waiting over 30d = 0 of 0
			reopen_rate ratio over 30d = undefined of 0
			ticket_volume created over 30d = 0 of 0
			backlog tickets over 30d = 0 of 0`,
		newest: "never",
	},
}
