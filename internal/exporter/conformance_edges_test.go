package exporter_test

// edges are the cases that KPIs usually get wrong, with their values computed by
// hand. Windows of 30 days that end at the first of July 2024 begin at the first
// of June.
var edges = []named{
	{
		name: "a row on the lower bound is in the window, and one on the upper is not", entity: "responses",
		at: "2024-07-01T00:00:00Z", windows: "30d",
		columns: "responded_at:naive score:integer",
		rows: `2024-06-01T00:00:00Z | 10
			2024-05-31T23:59:59.999Z | 0
			2024-06-30T23:59:59.999Z | 9
			2024-07-01T00:00:00Z | 0
			2024-06-10T00:00:00Z | 6
			2024-06-11T00:00:00Z | 7`,
		kpis: []string{"nps"},
		want: `nps score over 30d = 25 of 4
			nps responses {category=promoter} over 30d = 2 of 2
			nps responses {category=passive} over 30d = 1 of 1
			nps responses {category=detractor} over 30d = 1 of 1`,
	},
	{
		name: "an empty window has no score, and says that it rests on nothing", entity: "responses",
		at: "2024-07-01T00:00:00Z", windows: "30d all",
		columns: "responded_at:naive score:integer",
		rows:    `2024-05-01T00:00:00Z | 10`,
		kpis:    []string{"nps", "csat {scale: {min: 0, max: 10}, satisfied_from: 8}", "ces"},
		want: `nps score over 30d = undefined of 0
			nps responses {category=promoter} over 30d = 0 of 0
			nps score over all = 100 of 1
			csat ratio over 30d = undefined of 0
			csat mean over 30d = undefined of 0
			csat mean over all = 10 of 1
			ces mean over all = undefined of 0`,
	},
	{
		name: "scores that are missing, off the scale or no numbers are refused and counted", entity: "responses",
		at: "2024-07-01T00:00:00Z", windows: "30d",
		columns: "responded_at:naive score:number-text",
		rows: `2024-06-10T00:00:00Z | 9.0
			2024-06-10T00:00:00Z | +1e1
			2024-06-10T00:00:00Z | -
			2024-06-10T00:00:00Z | ''
			2024-06-10T00:00:00Z | n/a
			2024-06-10T00:00:00Z | 11
			2024-06-10T00:00:00Z | -1
			2024-06-10T00:00:00Z | 99
			- | 5
			2024-07-01T01:00:00Z | 5
			2024-07-01T00:59:59Z | 5`,
		kpis:     []string{"nps"},
		want:     `nps score over 30d = 100 of 2`,
		rejected: "in_the_future=1 not_a_number=1 null_score=2 null_time=1 off_scale=3",
	},
	{
		name: "an answer that was delivered twice, and two of one person, count as they are", entity: "responses",
		at: "2024-07-01T00:00:00Z", windows: "30d",
		columns: "responded_at:naive score:integer",
		rows: `2024-06-10T00:00:00Z | 5
			2024-06-10T00:00:00Z | 5
			2024-06-11T00:00:00Z | 2`,
		kpis: []string{"csat"},
		want: `csat ratio over 30d = 0.6666666666666666 of 3
			csat mean over 30d = 4 of 3
			csat responses {score=5} over 30d = 2 of 2
			csat responses {score=2} over 30d = 1 of 1
			csat responses {score=1} over 30d = 0 of 0`,
	},
	{
		name: "tests and spam are left out by a condition", entity: "responses",
		at: "2024-07-01T00:00:00Z", windows: "30d", where: "kind <> 'test' OR kind IS NULL",
		columns: "responded_at:naive score:integer kind:word",
		rows: `2024-06-10T00:00:00Z | 7 | -
			2024-06-10T00:00:00Z | 6 | real
			2024-06-10T00:00:00Z | 1 | test`,
		kpis: []string{"ces"},
		want: `ces mean over 30d = 6.5 of 2
			ces easy over 30d = 1 of 2`,
	},
	{
		name: "segments beyond the cap are one, and NULL and empty are another", entity: "responses",
		at: "2024-07-01T00:00:00Z", windows: "30d", cap: 2, dims: "team",
		columns: "responded_at:naive score:integer team:word",
		rows: `2024-06-10T00:00:00Z | 10 | -
			2024-06-10T00:00:00Z | 10 | ''
			2024-06-10T00:00:00Z | 0 | -
			2024-06-10T00:00:00Z | 10 | b
			2024-06-10T00:00:00Z | 10 | b
			2024-06-10T00:00:00Z | 0 | c
			2024-06-10T00:00:00Z | 7 | d`,
		kpis: []string{"nps"},
		want: `nps score over 30d = 28.571428571428573 of 7
			nps score team="(none)" over 30d = 33.333333333333336 of 3
			nps score team="b" over 30d = 100 of 2
			nps score team="other" over 30d = -50 of 2`,
	},
	{
		name: "a day of 23 hours ends at midnight", entity: "responses", zone: "Europe/Berlin",
		at: "2024-04-01T10:00:00Z", windows: "yesterday 24h 1d", change: true,
		columns: "responded_at:naive@ score:integer",
		rows: `2024-03-30T22:59:59Z | 0
			2024-03-30T23:00:00Z | 10
			2024-03-31T21:59:59Z | 10
			2024-03-31T22:00:00Z | 0
			2024-03-31T10:00:00Z | 10`,
		kpis: []string{"nps"},
		want: `nps score over yesterday = 100 of 3 before -100
			nps score over 24h = 33.333333333333336 of 3
			nps score over 1d = 33.333333333333336 of 3`,
	},
	{
		name: "a day of 25 hours ends at midnight", entity: "responses", zone: "Europe/Berlin",
		at: "2024-10-28T09:00:00Z", windows: "yesterday 24h 1d",
		columns: "responded_at:unix score:integer",
		rows: `2024-10-26T21:59:59Z | 0
			2024-10-26T22:00:00Z | 10
			2024-10-27T22:59:59Z | 10
			2024-10-27T23:00:00Z | 0
			2024-10-27T00:30:00Z | 10
			2024-10-27T01:30:00Z | 10
			2024-10-27T09:00:00Z | 10
			2024-10-27T08:59:59Z | 0`,
		kpis: []string{"nps"},
		want: `nps score over yesterday = 66.66666666666667 of 6
			nps score over 24h = 33.333333333333336 of 3
			nps score over 1d = 33.333333333333336 of 3`,
	},
	{
		name: "days that are dates belong to the zone of their column", entity: "responses", zone: "Europe/Berlin",
		at: "2024-04-01T10:00:00Z", windows: "yesterday today",
		columns: "responded_at:date@ score:integer",
		rows: `2024-03-30T10:00:00Z | 0
			2024-03-31T10:00:00Z | 10
			2024-04-01T10:00:00Z | 7`,
		kpis: []string{"nps"},
		want: `nps score over yesterday = 100 of 1
			nps score over today = 0 of 1`,
	},
	{
		name: "a day without a midnight begins when its clock does", entity: "responses", zone: "America/Santiago",
		at: "2022-09-11T15:00:00Z", windows: "today yesterday",
		columns: "responded_at:date@ score:integer",
		rows: `2022-09-11T12:00:00Z | 10
			2022-09-10T12:00:00Z | 0`,
		kpis: []string{"nps"},
		want: `nps score over today = 100 of 1
			nps score over yesterday = -100 of 1`,
	},
	{
		name: "a wall clock that is shown twice is taken for the first time", entity: "responses", zone: "Europe/Berlin",
		at: "2024-10-27T01:30:00Z", windows: "1h today",
		columns: "responded_at:naive@ score:integer",
		rows: `2024-10-27T00:29:59Z | 0
			2024-10-27T00:30:00Z | 10
			2024-10-27T01:59:00Z | 10
			2024-10-27T02:00:00Z | 0`,
		kpis: []string{"nps"},
		want: `nps score over 1h = 100 of 2
			nps score over today = 33.333333333333336 of 3`,
	},
	{
		name: "a text that is no date is no time", entity: "tickets",
		at: "2024-07-01T00:00:00Z", windows: "30d",
		columns: "created_at+:free-text resolved_at+:free-text",
		rows: `2024-06-10 00:00:00 | 2024-06-10T00:00:01
			2024-06-10T00:00:00.5 | ''
			soon | 2024-06-10 00:00:01
			'' | -
			2024-06-10T00:00:00+02:00 | never`,
		kpis: []string{"backlog", "ticket_volume"},
		want: `backlog tickets over 30d = 2 of 2
			ticket_volume created over 30d = 3 of 3
			ticket_volume resolved over 30d = 1 of 1`,
		rejected: "null_time=2",
	},
	{
		name: "a February of 29 days is a whole month", entity: "responses",
		at: "2024-03-15T00:00:00Z", windows: "last_month", change: true,
		columns: "responded_at:text score:integer",
		rows: `2024-01-31T23:59:59Z | 0
			2024-02-01T00:00:00Z | 10
			2024-02-29T23:59:59Z | 10
			2024-03-01T00:00:00Z | 0`,
		kpis: []string{"nps"},
		want: `nps score over last_month = 100 of 2 before -100`,
	},
	{
		name: "365 days before 28 February 2025 was a leap day", entity: "responses",
		at: "2025-02-28T12:00:00Z", windows: "365d",
		columns: "responded_at:unix_ms score:integer",
		rows: `2024-02-29T12:00:00Z | 10
			2024-02-29T11:59:59.999Z | 0`,
		kpis: []string{"nps"},
		want: `nps score over 365d = 100 of 1`,
	},
	{
		name: "the year begins earlier in Berlin", entity: "responses", zone: "Europe/Berlin",
		at: "2025-01-15T00:00:00Z", windows: "year last_year",
		columns: "responded_at:naive score:integer",
		rows: `2024-12-31T23:30:00Z | 10
			2024-12-31T22:59:59Z | 0`,
		kpis: []string{"nps"},
		want: `nps score over year = 100 of 1
			nps score over last_year = -100 of 1`,
	},
	{
		name: "the year begins later in New York", entity: "responses", zone: "America/New_York",
		at: "2025-01-15T00:00:00Z", windows: "year last_year",
		columns: "responded_at:naive@ score:integer",
		rows: `2025-01-01T05:00:00Z | 10
			2025-01-01T04:59:59Z | 0`,
		kpis: []string{"nps"},
		want: `nps score over year = 100 of 1
			nps score over last_year = -100 of 1`,
	},
	{
		name: "a partial month is compared with the same part of the month before", entity: "tickets",
		at: "2024-03-10T12:00:00Z", windows: "month", change: true,
		columns: "created_at:naive resolved_at:naive",
		rows: `2024-02-01T00:00:00Z | -
			2024-02-10T11:59:59Z | -
			2024-02-10T12:00:00Z | -
			2024-03-01T00:00:00Z | -
			2024-03-10T11:59:59Z | -
			2024-03-10T12:00:00Z | -
			2024-03-05T00:00:00Z | -`,
		kpis: []string{"ticket_volume"},
		want: `ticket_volume created over month = 3 of 3 before 2`,
	},
	{
		name: "on 31 March the month is compared with all of February", entity: "tickets",
		at: "2024-03-31T12:00:00Z", windows: "month", change: true,
		columns: "created_at:naive resolved_at:naive",
		rows: `2024-02-01T00:00:00Z | -
			2024-02-29T23:59:59Z | -
			2024-03-01T00:00:00Z | -`,
		kpis: []string{"ticket_volume"},
		want: `ticket_volume created over month = 1 of 1 before 2`,
	},
	{
		name: "tickets that end where they begin, before it, on a bound and never", entity: "tickets",
		at: "2024-07-01T00:00:00Z", windows: "30d",
		columns: "created_at:naive resolved_at:naive",
		rows: `2024-06-02T00:00:00Z | 2024-06-03T00:00:00Z
			2024-06-04T00:00:00Z | 2024-06-04T00:00:00Z
			2024-06-05T00:00:00Z | 2024-06-04T00:00:00Z
			2024-06-06T00:00:00Z | 2024-07-01T00:00:00Z
			2024-06-07T00:00:00Z | -
			- | 2024-06-08T00:00:00Z
			2024-05-02T00:00:00Z | 2024-06-01T00:00:00Z
			2024-07-01T00:00:00Z | -`,
		kpis: []string{"resolution_time {target: 1d}", "backlog", "ticket_volume"},
		want: `resolution_time mean over 30d = 892800 of 3
			resolution_time p50 over 30d = 86400 of 3
			resolution_time p90 over 30d = 2592000 of 3
			resolution_time within_target over 30d = 0.6666666666666666 of 3
			backlog tickets over 30d = 2 of 2
			backlog oldest over 30d = 2160000 of 2
			backlog age_mean over 30d = 2116800 of 2
			backlog age_p50 over 30d = 2073600 of 2
			backlog older {age=1d} over 30d = 2 of 2
			backlog older {age=7d} over 30d = 2 of 2
			backlog older {age=30d} over 30d = 0 of 0
			ticket_volume created over 30d = 4 of 4
			ticket_volume resolved over 30d = 3 of 3`,
		rejected: "end_before_start=1 null_time=1",
	},
	{
		name: "created tickets do not depend on the KPIs beside them", entity: "tickets",
		at: "2024-07-01T00:00:00Z", windows: "30d",
		columns: "created_at:naive resolved_at:naive first_response_at:naive",
		rows: `2024-06-05T00:00:00Z | 2024-06-04T00:00:00Z | -
			2024-06-05T00:00:00Z | - | 2024-06-04T00:00:00Z`,
		kpis: []string{"ticket_volume", "backlog", "first_response_time"},
		want: `ticket_volume created over 30d = 1 of 1
			ticket_volume resolved over 30d = 0 of 0
			backlog tickets over 30d = 1 of 1
			first_response_time waiting over 30d = 1 of 1`,
		rejected: "end_before_start=2",
	},
	{
		name: "tickets resolved without a response no longer wait where resolved_at is named", entity: "tickets",
		at: "2024-07-01T00:00:00Z", windows: "30d",
		columns: "created_at:naive first_response_at:naive resolved_at+:naive",
		rows: `2024-06-02T00:00:00Z | 2024-06-02T01:00:00Z | -
			2024-06-03T00:00:00Z | - | 2024-06-04T00:00:00Z
			2024-06-06T00:00:00Z | - | -`,
		kpis: []string{"first_response_time {target: 1h}"},
		want: `first_response_time mean over 30d = 3600 of 1
			first_response_time within_target over 30d = 1 of 1
			first_response_time waiting over 30d = 1 of 1
			first_response_time oldest_waiting over 30d = 2160000 of 1`,
	},
	{
		name: "a ticket that ends before it starts is refused by its volume alone as well", entity: "tickets",
		at: "2024-07-01T00:00:00Z", windows: "30d",
		columns: "created_at:naive resolved_at:unix",
		rows: `2024-06-05T00:00:00Z | 2024-06-04T00:00:00Z
			2024-06-05T00:00:00Z | 2024-06-05T00:00:00Z
			2024-06-05T00:00:00Z | -`,
		kpis: []string{"ticket_volume"},
		want: `ticket_volume created over 30d = 2 of 2
			ticket_volume resolved over 30d = 1 of 1`,
		rejected: "end_before_start=1",
	},
	{
		name: "tickets without a response wait until they have one", entity: "tickets",
		at: "2024-07-01T00:00:00Z", windows: "30d",
		columns: "created_at:naive first_response_at:naive resolved_at:naive",
		rows: `2024-06-02T00:00:00Z | 2024-07-01T00:00:00Z | -
			2024-06-03T00:00:00Z | - | 2024-06-04T00:00:00Z
			2024-06-06T00:00:00Z | - | -`,
		kpis: []string{"first_response_time"},
		want: `first_response_time mean over 30d = undefined of 0
			first_response_time waiting over 30d = 3 of 3
			first_response_time oldest_waiting over 30d = 2505600 of 3`,
	},
	{
		name: "durations are between instants, whatever the clocks show", entity: "tickets", zone: "Europe/Berlin",
		at: "2024-04-05T00:00:00Z", windows: "7d",
		columns: "created_at:naive@ resolved_at:text@ first_response_at:unix",
		rows: `2024-03-31T00:30:00Z | 2024-03-31T01:30:00Z | 2024-03-31T01:00:00Z
			2024-03-30T12:00:00Z | 2024-03-31T12:00:00Z | 2024-03-31T12:00:00Z`,
		kpis: []string{"resolution_time", "first_response_time"},
		want: `resolution_time mean over 7d = 45000 of 2
			resolution_time p50 over 7d = 3600 of 2
			resolution_time p90 over 7d = 86400 of 2
			first_response_time mean over 7d = 44100 of 2`,
	},
	{
		name: "the backlog is that of the window's end, and a later resolution does not change it", entity: "tickets",
		at: "2024-07-15T00:00:00Z", windows: "last_month", change: true,
		columns: "created_at:naive resolved_at:naive",
		rows: `2024-06-10T00:00:00Z | 2024-07-02T00:00:00Z
			2024-06-11T00:00:00Z | 2024-06-12T00:00:00Z
			2024-05-11T00:00:00Z | 2024-06-12T00:00:00Z
			2024-07-11T00:00:00Z | -`,
		kpis: []string{"backlog", "resolution_time"},
		want: `backlog tickets over last_month = 1 of 1 before 1
			backlog oldest over last_month = 1814400 of 1
			resolution_time mean over last_month = 1425600 of 2`,
	},
	{
		name: "no tickets at all", entity: "tickets",
		at: "2024-07-01T00:00:00Z", windows: "30d",
		columns: "created_at:naive resolved_at:naive first_response_at:naive",
		kpis:    []string{"backlog", "resolution_time", "first_response_time", "ticket_volume"},
		want: `backlog tickets over 30d = 0 of 0
			backlog oldest over 30d = undefined of 0
			backlog age_p50 over 30d = undefined of 0
			backlog older {age=1d} over 30d = 0 of 0
			resolution_time mean over 30d = undefined of 0
			resolution_time p90 over 30d = undefined of 0
			first_response_time waiting over 30d = 0 of 0
			ticket_volume created over 30d = 0 of 0`,
	},
}
