package exporter_test

// expectedEdges are the cases of durations of which some have not ended.
var expectedEdges = []named{
	{
		name: "nothing is expected of tickets that are all open", entity: "tickets",
		at: "2024-07-01T00:00:00Z", windows: "30d",
		columns: "created_at:naive resolved_at:naive",
		rows: `2024-06-02T00:00:00Z | -
			2024-06-12T00:00:00Z | -
			2024-06-30T00:00:00Z | 2024-07-03T00:00:00Z`,
		kpis: []string{"resolution_time {cohort: created}"},
		want: `resolution_time expected_p50 over 30d = undefined of 3
			resolution_time created over 30d = 3 of 3
			resolution_time resolved over 30d = 0 of 0`,
	},
	{
		// If the one that is open for a day were not there any more, half of the
		// other two would have ended.
		name: "who is open for just as long as another took was there when it ended", entity: "tickets",
		at: "2024-07-01T00:00:00Z", windows: "30d",
		columns: "created_at:naive resolved_at:unix",
		rows: `2024-06-10T00:00:00Z | 2024-06-11T00:00:00Z
			2024-06-30T00:00:00Z | -
			2024-06-29T00:00:00Z | -`,
		kpis: []string{"resolution_time {cohort: created}"},
		want: `resolution_time expected_p50 over 30d = undefined of 3
			resolution_time resolved over 30d = 1 of 1`,
	},
	{
		name: "of tickets that take the same time, half end at once", entity: "tickets",
		at: "2024-07-01T00:00:00Z", windows: "30d",
		columns: "created_at:naive resolved_at:naive",
		rows: `2024-06-10T00:00:00Z | 2024-06-11T00:00:00Z
			2024-06-11T12:00:00Z | 2024-06-12T12:00:00Z
			2024-06-30T00:00:00Z | -
			2024-06-05T00:00:00Z | 2024-06-20T00:00:00Z`,
		kpis: []string{"resolution_time {cohort: created}"},
		want: `resolution_time expected_p50 over 30d = 86400 of 4
			resolution_time resolved over 30d = 3 of 3`,
	},
	{
		name: "what is resolved just when one looks is not known to be so yet", entity: "tickets",
		at: "2024-07-01T00:00:00Z", windows: "30d",
		columns: "created_at:naive resolved_at:naive",
		rows: `2024-06-10T00:00:00Z | 2024-06-30T23:59:59Z
			2024-06-30T00:00:00Z | 2024-07-01T00:00:00Z
			2024-06-02T00:00:00Z | 2024-07-01T00:00:00Z
			2024-07-01T00:00:00Z | 2024-07-01T00:00:00Z`,
		kpis: []string{"resolution_time {cohort: created}"},
		// Of three, one took 21 days less a second, when one other went on.
		want: `resolution_time expected_p50 over 30d = 1814399 of 3
			resolution_time created over 30d = 3 of 3
			resolution_time resolved over 30d = 1 of 1`,
	},
	{
		name: "what was resolved before it was created is none, and what took no time is", entity: "tickets",
		at: "2024-07-01T00:00:00Z", windows: "30d", dims: "team",
		columns: "created_at:naive resolved_at:naive team:word",
		rows: `2024-06-10T00:00:00Z | 2024-06-09T00:00:00Z | a
			2024-06-10T00:00:00Z | 2024-06-10T00:00:00Z | a
			- | 2024-06-10T00:00:00Z | a
			2024-06-10T00:00:00Z | - | b`,
		kpis: []string{"resolution_time {cohort: created}"},
		want: `resolution_time expected_p50 over 30d = 0 of 2
			resolution_time expected_p50 team="a" over 30d = 0 of 1
			resolution_time expected_p50 team="b" over 30d = undefined of 1
			resolution_time created over 30d = 2 of 2
			resolution_time resolved over 30d = 1 of 1`,
		rejected: "end_before_start=1 null_time=1",
	},
	{
		name: "a closed window knows what was resolved since, and the one before it as much as after as long", entity: "tickets",
		at: "2024-07-05T00:00:00Z", windows: "last_month", change: true,
		columns: "created_at:naive resolved_at:naive",
		rows: `2024-06-01T00:00:00Z | 2024-06-03T00:00:00Z
			2024-06-28T00:00:00Z | 2024-07-03T00:00:00Z
			2024-06-30T00:00:00Z | 2024-07-08T00:00:00Z
			2024-05-10T00:00:00Z | 2024-05-14T00:00:00Z
			2024-05-12T00:00:00Z | 2024-05-18T00:00:00Z
			2024-05-31T00:00:00Z | 2024-06-10T00:00:00Z
			2024-05-31T00:00:00Z | 2024-06-12T00:00:00Z
			2024-05-31T00:00:00Z | 2024-06-13T00:00:00Z`,
		kpis: []string{"resolution_time {cohort: created}"},
		// On 5 June, three of May's tickets were open for five days. So the one that
		// took six was the last there. On 1 June the median was four days, and in the
		// end it is ten.
		want: `resolution_time expected_p50 over last_month = 432000 of 3 before 518400
			resolution_time created over last_month = 3 of 3
			resolution_time resolved over last_month = 2 of 2`,
	},
	{
		name: "open tickets age in business hours only", entity: "tickets",
		at: "2024-07-01T00:00:00Z", windows: "30d", calendar: "UTC | mon-fri 09:00-17:00",
		columns: "created_at:naive resolved_at:unix",
		rows: `2024-06-03T09:00:00Z | 2024-06-03T11:00:00Z
			2024-06-03T16:00:00Z | 2024-06-04T12:00:00Z
			2024-06-28T16:30:00Z | -
			2024-06-29T10:00:00Z | -`,
		kpis: []string{"resolution_time {cohort: created, calendar: office}"},
		// The open ones are half an hour old and nothing, over a weekend. So one of
		// the two others goes on after two hours.
		want: `resolution_time expected_p50 over 30d = 7200 of 4
			resolution_time resolved over 30d = 2 of 2`,
	},
}
