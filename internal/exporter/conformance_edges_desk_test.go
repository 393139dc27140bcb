package exporter_test

// deskEdges are the cases of resolved tickets, promises, and calls and chats.
// Where seven days are given to come back, tickets resolved on 24 June 2024 or
// later are too young on the first of July.
var deskEdges = []named{
	{
		name: "a ticket counts once, however often it came back, and only if it did so in time", entity: "tickets",
		at: "2024-07-01T00:00:00Z", windows: "30d", change: true,
		columns: "created_at:naive resolved_at:naive reopened_at+:naive reopen_count+:integer",
		rows: `2024-06-02T00:00:00Z | 2024-06-03T00:00:00Z | - | 0
			2024-06-02T00:00:00Z | 2024-06-03T00:00:00Z | 2024-06-10T00:00:00Z | 1
			2024-06-02T00:00:00Z | 2024-06-03T00:00:00Z | 2024-06-10T00:00:00.001Z | 5
			2024-06-02T00:00:00Z | 2024-06-03T00:00:00Z | 2024-06-03T00:00:00Z | 3
			2024-06-02T00:00:00Z | 2024-06-03T00:00:00Z | 2024-06-02T12:00:00Z | -
			2024-06-02T00:00:00Z | 2024-06-01T00:00:00Z | 2024-06-03T00:00:00Z | -
			- | 2024-06-03T00:00:00Z | 2024-06-03T00:00:00Z | -
			2024-06-02T00:00:00Z | 2024-06-24T00:00:00Z | 2024-06-25T00:00:00Z | 1
			2024-06-02T00:00:00Z | 2024-06-23T23:59:59.999Z | 2024-06-30T23:59:59Z | 1
			2024-05-02T00:00:00Z | 2024-05-03T00:00:00Z | 2024-05-04T00:00:00Z | 1
			2024-05-02T00:00:00Z | 2024-05-25T00:00:00Z | 2024-05-26T00:00:00Z | 1
			2024-06-02T00:00:00Z | - | - | -`,
		kpis: []string{"reopen_rate", "first_contact_resolution"},
		want: `reopen_rate ratio over 30d = 0.5 of 6 before 1
			reopen_rate resolved over 30d = 6 of 6
			reopen_rate reopened over 30d = 3 of 3
			reopen_rate mean over 30d = 2 of 5
			first_contact_resolution ratio over 30d = 0.5 of 6
			first_contact_resolution settled over 30d = 3 of 3`,
	},
	{
		name: "a count tells that a ticket came back, but not when", entity: "tickets",
		at: "2024-07-01T00:00:00Z", windows: "30d all",
		columns: "created_at:naive resolved_at:naive reopen_count+:number-text",
		rows: `2024-06-02T00:00:00Z | 2024-06-03T00:00:00Z | 0
			2024-06-02T00:00:00Z | 2024-06-03T00:00:00Z | 2
			2024-06-02T00:00:00Z | 2024-06-03T00:00:00Z | -
			2024-06-02T00:00:00Z | 2024-06-03T00:00:00Z | often`,
		kpis: []string{"reopen_rate"},
		want: `reopen_rate ratio over 30d = 0.25 of 4
			reopen_rate ratio over all = 0.25 of 4
			reopen_rate mean over 30d = 1 of 2`,
	},
	{
		name: "one reply settles a ticket, and none, two or an unknown number do not", entity: "tickets",
		at: "2024-07-01T00:00:00Z", windows: "30d",
		columns: "created_at:naive resolved_at:naive agent_replies+:integer",
		rows: `2024-06-02T00:00:00Z | 2024-06-03T00:00:00Z | 1
			2024-06-02T00:00:00Z | 2024-06-02T00:00:00Z | 1
			2024-06-02T00:00:00Z | 2024-06-03T00:00:00Z | 0
			2024-06-02T00:00:00Z | 2024-06-03T00:00:00Z | 2
			2024-06-02T00:00:00Z | 2024-06-03T00:00:00Z | -
			2024-06-02T00:00:00Z | - | 1`,
		kpis: []string{"first_contact_resolution", "replies_per_resolution"},
		want: `first_contact_resolution ratio over 30d = 0.4 of 5
			first_contact_resolution tickets over 30d = 5 of 5
			replies_per_resolution mean over 30d = 1 of 4
			replies_per_resolution replies over 30d = 4 of 4`,
	},
	{
		name: "of all that were created, a ticket settles that was resolved in time", entity: "tickets",
		at: "2024-07-01T00:00:00Z", windows: "30d",
		columns: "created_at:naive resolved_at:naive reopened_at:naive",
		rows: `2024-06-02T00:00:00Z | 2024-06-09T00:00:00Z | -
			2024-06-02T00:00:00Z | 2024-06-09T00:00:01Z | -
			2024-06-02T00:00:00Z | 2024-06-02T00:00:00Z | 2024-06-03T00:00:00Z
			2024-06-02T00:00:00Z | - | -
			2024-06-02T00:00:00Z | 2024-06-01T00:00:00Z | -
			2024-06-16T23:59:59Z | 2024-06-17T00:00:00Z | -
			2024-06-17T00:00:00Z | 2024-06-17T00:00:00Z | -`,
		kpis: []string{"first_contact_resolution {of: created}"},
		want: `first_contact_resolution ratio over 30d = 0.4 of 5
			first_contact_resolution settled over 30d = 2 of 2`,
	},
	{
		name: "a customer who comes again until seven days after is not settled", entity: "tickets",
		at: "2024-07-01T00:00:00Z", windows: "30d",
		columns: "created_at:naive resolved_at:naive next_contact_at:unix",
		rows: `2024-06-02T00:00:00Z | 2024-06-03T00:00:00Z | 2024-06-02T12:00:00Z
			2024-06-02T00:00:00Z | 2024-06-03T00:00:00Z | 2024-06-10T00:00:00Z
			2024-06-02T00:00:00Z | 2024-06-03T00:00:00Z | 2024-06-10T00:00:01Z
			2024-06-02T00:00:00Z | 2024-06-03T00:00:00Z | -`,
		kpis: []string{"first_contact_resolution {method: no_repeat_contact}"},
		want: `first_contact_resolution ratio over 30d = 0.5 of 4`,
	},
	{
		name: "a promise is kept if it is done when it is due, and broken by an open ticket", entity: "tickets",
		at: "2024-07-01T00:00:00Z", windows: "30d",
		columns: "created_at:naive first_response_at:naive resolved_at:naive first_response_due_at+:naive resolution_due_at+:unix_ms",
		rows: `2024-06-02T00:00:00Z | 2024-06-03T00:00:00Z | - | 2024-06-03T00:00:00Z | 2024-06-04T00:00:00Z
			2024-06-02T00:00:00Z | 2024-06-03T00:00:00Z | 2024-06-04T00:00:00Z | 2024-06-02T23:59:59.999Z | 2024-06-04T00:00:00.001Z
			2024-06-02T00:00:00Z | - | 2024-06-02T01:00:00Z | 2024-06-03T00:00:00Z | 2024-06-01T00:00:00Z
			2024-06-05T00:00:00Z | 2024-06-04T00:00:00Z | - | 2024-06-06T00:00:00Z | -
			2024-06-30T00:00:00Z | - | - | 2024-07-01T00:00:00Z | 2024-07-02T00:00:00Z
			2024-06-30T00:00:00Z | 2024-06-30T12:00:00Z | - | 2024-07-01T00:00:00Z | 2024-07-01T23:59:59Z
			2024-06-30T00:00:00Z | - | - | 2024-06-30T23:59:59Z | 2099-01-01T00:00:00Z`,
		kpis: []string{"sla"},
		want: `sla met {target=first_response} over 30d = 0.25 of 4
			sla due {target=first_response} over 30d = 4 of 4
			sla breached {target=first_response} over 30d = 3 of 3
			sla due_soon {target=first_response} over 30d = 1 of 1
			sla met {target=resolution} over 30d = 0.3333333333333333 of 3
			sla breached {target=resolution} over 30d = 2 of 2
			sla due_soon {target=resolution} over 30d = 1 of 1`,
		rejected: "",
	},
	{
		name: "a ticket that is as old as the limit is not older, and a resolved one may be open", entity: "tickets",
		at: "2024-07-01T00:00:00Z", windows: "24h", change: true,
		columns: "created_at:naive resolved_at:naive closed_at:unix",
		rows: `2024-06-24T00:00:00Z | - | -
			2024-06-23T23:59:59.999Z | 2024-06-25T00:00:00Z | -
			2024-06-01T00:00:00Z | 2024-06-02T00:00:00Z | 2024-06-03T00:00:00Z
			2024-06-30T23:59:59Z | 2024-06-30T23:59:59Z | 2024-07-01T00:00:00Z
			2024-06-30T00:00:00Z | - | 2024-06-29T00:00:00Z`,
		kpis: []string{"backlog {until: closed, older_than: [7d]}"},
		want: `backlog tickets over 24h = 3 of 3 before 2
			backlog older {age=7d} over 24h = 1 of 1 before 0
			backlog age_p50 over 24h = 604800 of 3`,
		rejected: "end_before_start=1",
	},
	{
		name: "what is due in the future is no row of the future", entity: "tickets",
		at: "2024-07-01T00:00:00Z", windows: "30d",
		columns: "created_at:naive resolved_at:naive resolution_due_at+:naive",
		rows: `2024-06-02T00:00:00Z | - | 2024-08-01T00:00:00Z
			2024-08-02T00:00:00Z | - | 2024-08-03T00:00:00Z`,
		kpis: []string{"sla", "ticket_volume"},
		want: `sla met {target=resolution} over 30d = undefined of 0
			ticket_volume created over 30d = 1 of 1`,
		rejected: "in_the_future=1",
	},
	{
		name: "calls that end as they begin, in time, late, soon and not yet", entity: "contacts",
		at: "2024-07-01T00:00:00Z", windows: "30d",
		columns: "offered_at:naive answered_at:naive abandoned_at:naive",
		rows: `2024-06-02T00:00:00Z | 2024-06-02T00:00:00Z | -
			2024-06-02T00:00:00Z | 2024-06-02T00:00:20Z | -
			2024-06-02T00:00:00Z | 2024-06-02T00:00:20.001Z | -
			2024-06-02T00:00:00Z | 2024-06-02T00:00:40Z | 2024-06-02T00:00:30Z
			2024-06-02T00:00:00Z | - | 2024-06-02T00:00:00Z
			2024-06-02T00:00:00Z | - | 2024-06-02T00:00:05Z
			2024-06-02T00:00:00Z | - | 2024-06-02T00:00:20Z
			2024-06-02T00:00:00Z | - | 2024-06-02T00:00:21Z
			2024-06-30T23:59:59Z | - | -
			2024-06-30T23:59:59Z | 2024-07-01T00:00:00Z | -
			2024-06-02T00:00:00Z | 2024-06-01T23:59:59Z | -
			2024-06-01T00:00:00Z | 2024-06-01T00:00:10Z | -
			2024-05-31T23:59:59Z | 2024-06-01T00:00:10Z | -
			- | 2024-06-01T00:00:10Z | -`,
		kpis: []string{"wait_time", "service_level", "abandonment"},
		want: `wait_time mean over 30d = 18.0002 of 5
			wait_time p50 over 30d = 20 of 5
			service_level ratio over 30d = 0.42857142857142855 of 7
			service_level met over 30d = 3 of 3
			abandonment ratio over 30d = 0.2857142857142857 of 7
			abandonment offered over 30d = 11 of 11
			abandonment answered over 30d = 5 of 5
			abandonment abandoned over 30d = 2 of 2
			abandonment short over 30d = 2 of 2
			abandonment waiting over 30d = 2 of 2`,
		rejected: "end_before_start=1 null_time=1",
	},
	{
		name: "calls of which only the seconds are known", entity: "contacts",
		at: "2024-07-01T00:00:00Z", windows: "30d",
		columns: "offered_at:naive wait_seconds+:float abandoned_at:naive",
		rows: `2024-06-02T00:00:00Z | 0 | -
			2024-06-02T00:00:00Z | 20 | -
			2024-06-02T00:00:00Z | 30 | 2024-06-02T00:00:03Z
			2024-06-02T00:00:00Z | -1 | 2024-06-02T00:00:03Z
			2024-06-02T00:00:00Z | - | 2024-06-02T00:00:06Z
			2024-06-02T00:00:00Z | - | -`,
		kpis: []string{"wait_time", "service_level {formula: short_met}", "abandonment"},
		want: `wait_time mean over 30d = 16.666666666666668 of 3
			wait_time p90 over 30d = 30 of 3
			service_level ratio over 30d = 0.5 of 4
			abandonment ratio over 30d = 0.25 of 4
			abandonment offered over 30d = 5 of 5
			abandonment short over 30d = 0 of 0
			abandonment waiting over 30d = 1 of 1`,
		rejected: "off_scale=1",
	},
	{
		name: "seconds below zero and seconds that are none are refused: such calls do not wait", entity: "contacts",
		at: "2024-07-01T00:00:00Z", windows: "30d",
		columns: "offered_at:naive wait_seconds+:number-text abandoned_at:naive",
		rows: `2024-06-02T00:00:00Z | 10 | -
			2024-06-02T00:00:00Z | -1 | -
			2024-06-02T00:00:00Z | -0.5 | 2024-06-02T00:00:03Z
			2024-06-02T00:00:00Z | soon | -
			2024-06-02T00:00:00Z | n/a | 2024-06-02T00:00:09Z
			2024-06-02T00:00:00Z | - | 2024-06-02T00:00:09Z
			2024-06-02T00:00:00Z | '' | -
			2024-05-02T00:00:00Z | never | -`,
		kpis: []string{"wait_time", "service_level", "abandonment"},
		want: `wait_time mean over 30d = 10 of 1
			service_level ratio over 30d = 0.5 of 2
			abandonment ratio over 30d = 0.5 of 2
			abandonment offered over 30d = 3 of 3
			abandonment answered over 30d = 1 of 1
			abandonment abandoned over 30d = 1 of 1
			abandonment short over 30d = 0 of 0
			abandonment waiting over 30d = 1 of 1`,
		rejected: "not_a_number=2 off_scale=2",
	},
	{
		name: "the wait of a call alone is refused for the same reasons", entity: "contacts",
		at: "2024-07-01T00:00:00Z", windows: "30d",
		columns: "offered_at:naive wait_seconds+:number-text",
		rows: `2024-06-02T00:00:00Z | 10
			2024-06-02T00:00:00Z | -1
			2024-06-02T00:00:00Z | soon
			2024-06-02T00:00:00Z | -`,
		kpis:     []string{"wait_time"},
		want:     `wait_time mean over 30d = 10 of 1`,
		rejected: "not_a_number=1 off_scale=1",
	},
	{
		name: "no calls at all", entity: "contacts",
		at: "2024-07-01T00:00:00Z", windows: "30d",
		columns: "offered_at:naive answered_at:naive abandoned_at:naive",
		kpis:    []string{"wait_time", "service_level", "abandonment"},
		want: `wait_time mean over 30d = undefined of 0
			service_level ratio over 30d = undefined of 0
			abandonment ratio over 30d = undefined of 0
			abandonment offered over 30d = 0 of 0`,
	},
}
