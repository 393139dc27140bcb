package dashboards

// support is the board of the help desk and the telephone.
func support() *board {
	trends := []measure{firstResponse, resolution, firstContact, reopened, serviceLevel, abandonment, wait}
	b := &board{
		uid: supportUID, title: "CX / Support",
		description: "Tickets and contacts: how soon they are answered, how well they are solved, and what waits.",
		variables:   []variable{collectorVariable(), windowVariable()},
		rows: []row{
			{"At a glance", []line{{5, tilesOf(breakdownUID, firstResponse, resolution, firstContact, reopened, backlog, contactCost, contactRate)}}},
			{"First response", []line{
				{8, []panel{trend(firstResponse), lines("First response in full", "Mean, median and nine of ten tickets.", Seconds,
					series("cx_first_response_mean_seconds", "mean", ""), series("cx_first_response_p50_seconds", "median", ""), series("cx_first_response_p90_seconds", "nine of ten", ""))}},
				{7, []panel{
					lines("In business hours", "The same counted in the hours of a business calendar.", Seconds,
						series("cx_first_response_business_mean_seconds", "mean", ""), series("cx_first_response_business_p50_seconds", "median", ""), series("cx_first_response_business_p90_seconds", "nine of ten", "")),
					lines("Within the target", "Share of tickets that were answered within the target.", Percent,
						series("cx_first_response_within_target_ratio", "", ""), series("cx_first_response_business_within_target_ratio", "business hours", "")),
					lines("Waiting for an answer", "Tickets that nobody has answered yet.", Number, series("cx_first_response_waiting_tickets", "", "")),
					lines("Longest wait for an answer", "How long the oldest unanswered ticket has waited.", Seconds, series("cx_first_response_oldest_waiting_seconds", "", "")),
				}},
			}},
			{"Resolution", []line{
				{8, []panel{trend(resolution), lines("Resolution in full", "Mean, median and nine of ten tickets.", Seconds,
					series("cx_resolution_mean_seconds", "mean", ""), series("cx_resolution_p50_seconds", "median", ""), series("cx_resolution_p90_seconds", "nine of ten", ""))}},
				{7, []panel{
					lines("In business hours", "The same counted in the hours of a business calendar.", Seconds,
						series("cx_resolution_business_mean_seconds", "mean", ""), series("cx_resolution_business_p50_seconds", "median", ""), series("cx_resolution_business_p90_seconds", "nine of ten", "")),
					lines("Within the target", "Share of tickets that were resolved within the target.", Percent,
						series("cx_resolution_within_target_ratio", "", ""), series("cx_resolution_business_within_target_ratio", "business hours", "")),
					lines("Expected resolution", "Median time that tickets created in the window take, open ones counted in (Kaplan-Meier).", Seconds,
						series("cx_resolution_expected_p50_seconds", "", ""), series("cx_resolution_business_expected_p50_seconds", "business hours", "")),
					lines("Replies", "Public replies that a resolved ticket took.", Number, series("cx_replies_per_resolution", "", "")),
				}},
				{7, []panel{
					lines("To the last resolution", "Until a ticket was resolved for good, where it was reopened before.", Seconds,
						series("cx_resolution_full_mean_seconds", "mean", ""), series("cx_resolution_full_p50_seconds", "median", ""), series("cx_resolution_full_p90_seconds", "nine of ten", "")),
					lines("To the last resolution in business hours", "The same counted in the hours of a business calendar.", Seconds,
						series("cx_resolution_full_business_mean_seconds", "mean", ""), series("cx_resolution_full_business_p50_seconds", "median", ""), series("cx_resolution_full_business_p90_seconds", "nine of ten", "")),
					lines("Last resolution within the target", "Share of tickets that were resolved for good within the target.", Percent,
						series("cx_resolution_full_within_target_ratio", "", ""), series("cx_resolution_full_business_within_target_ratio", "business hours", "")),
					lines("Behind the expectation", "Tickets created in the window, and those of them that are resolved.", Number,
						series("cx_resolution_expected_created_tickets", "created", ""), series("cx_resolution_expected_resolved_tickets", "resolved", "")),
				}},
				{8, []panel{trend(firstContact), trend(reopened)}},
				{7, []panel{
					lines("First contact in numbers", "Tickets that are old enough to be judged, and those of them that one contact settled.", Number,
						series("cx_first_contact_tickets", "judged", ""), series("cx_first_contact_settled_tickets", "settled", "")),
					lines("Reopened in numbers", "Resolved tickets that are old enough to be judged, and those of them that came back.", Number,
						series("cx_reopen_resolved_tickets", "resolved", ""), series("cx_reopen_reopened_tickets", "reopened", "")),
					lines("Reopenings", "How often a resolved ticket came back, on average.", Number, series("cx_reopens_per_resolved_ticket", "", "")),
					lines("Replies in numbers", "Public replies of the resolved tickets.", Number, series("cx_resolved_ticket_replies", "", "")),
				}},
			}},
			{"Backlog", []line{
				{7, []panel{
					lines("Open tickets", "Tickets that are open at the end of the window.", Number, series("cx_backlog_tickets", "", "")),
					stacked(lines("Created and resolved", "Tickets created and resolved in the window, whenever they were created. Where more come than go, the backlog grows.", Number,
						series("cx_tickets_created", "created", ""), series("cx_tickets_resolved", "resolved", ""))),
					lines("Age", "Mean and median age of the open tickets.", Seconds, series("cx_backlog_age_mean_seconds", "mean", ""), series("cx_backlog_age_p50_seconds", "median", "")),
				}},
				{7, []panel{
					lines("Older than", "Open tickets by what they are older than.", Number, series("cx_backlog_older_tickets", "", "{{age}}")),
					lines("Oldest", "Age of the oldest open ticket.", Seconds, series("cx_backlog_oldest_seconds", "", "")),
				}},
			}},
			{"Promises", []line{{7, []panel{
				lines("Promises kept", "Share of promised responses and resolutions that were in time.", Percent, series("cx_sla_met_ratio", "", "{{target}}")),
				lines("Due and broken", "Promises that fell due in the window, and those of them that were broken.", Number,
					series("cx_sla_due_tickets", "due", "{{target}}"), series("cx_sla_breached_tickets", "broken", "{{target}}")),
				lines("Due soon", "Promises that fall due soon and are not kept yet.", Number, series("cx_sla_due_soon_tickets", "", "{{target}}")),
			}}}},
			{"Calls and chats", []line{
				{8, []panel{trend(serviceLevel), trend(abandonment)}},
				{8, []panel{trend(wait), lines("Wait in full", "Mean, median and nine of ten contacts.", Seconds,
					series("cx_wait_mean_seconds", "mean", ""), series("cx_wait_p50_seconds", "median", ""), series("cx_wait_p90_seconds", "nine of ten", ""))}},
				{7, []panel{
					stacked(lines("What became of contacts", "Contacts of the window: answered, given up, given up at once, and waiting.", Number,
						series("cx_contacts_answered", "answered", ""), series("cx_contacts_abandoned", "given up", ""), series("cx_contacts_abandoned_short", "given up at once", ""), series("cx_contacts_waiting", "waiting", ""))),
					lines("Offered and in time", "Contacts offered, those that the service level counts, and those of them that were answered in time.", Number,
						series("cx_contacts_offered", "offered", ""), series("cx_service_level_contacts", "counted", ""), series("cx_service_level_met_contacts", "in time", "")),
				}},
			}},
		},
	}
	b.variables = append(b.variables, heldBy(trends)...)
	return b
}

func tilesOf(detail string, measures ...measure) []panel {
	var panels []panel
	for _, m := range measures {
		panels = append(panels, tile(m, detail))
	}
	return panels
}

// heldBy are the hidden variables that trends repeat by.
func heldBy(measures []measure) []variable {
	var out []variable
	for _, m := range measures {
		out = append(out, m.holder())
	}
	return out
}
