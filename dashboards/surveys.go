package dashboards

// surveys is the board of what customers and employees say.
func surveys() *board {
	trends := []measure{nps, csat, ces, psat, responseRate, enps, pulse}
	scores := func(kpi, name string) panel {
		return stacked(lines(name+" answers", "How many gave which score.", Number, series("cx_"+kpi+"_responses", "", "{{score}}")))
	}
	categories := func(kpi, name string) panel {
		p := stacked(lines(name+" answers", "Promoters, passives and detractors.", Number, series("cx_"+kpi+"_responses", "", "{{category}}")))
		for _, of := range [][2]string{{"detractor", "red"}, {"passive", "yellow"}, {"promoter", "green"}} {
			p.overrides = append(p.overrides, byPattern("/"+of[0]+"/", property{"color", color{Mode: "fixed", FixedColor: of[1]}}))
		}
		return p
	}
	b := &board{
		uid: surveysUID, title: "CX / Surveys and loyalty",
		description: "What customers and employees say, how many of them, and what about.",
		variables:   []variable{collectorVariable(), windowVariable()},
		rows: []row{
			{"At a glance", []line{{5, tilesOf(breakdownUID, nps, csat, ces, psat, responseRate, enps, pulse)}}},
			{"Net Promoter Score", []line{{9, []panel{trend(nps), categories("nps", "NPS"), lines("Likelihood to recommend", "Mean of the scores.", Points, series("cx_nps_mean_score", "", ""))}}}},
			{"Satisfaction", []line{
				{9, []panel{trend(csat), scores("csat", "CSAT")}},
				{7, []panel{
					lines("Mean score", "Mean of the satisfaction scores, on the scale of the survey.", Points, series("cx_csat_mean_score", "", "")),
					lines("Net satisfaction", "Satisfied less dissatisfied answers in a hundred.", Points, series("cx_csat_net_score", "", "")),
					lines("On one scale", "The mean as the share of the way from the bad end of the scale to the good one, so that surveys with different scales compare.", Percent, series("cx_csat_normalized_ratio", "", "")),
				}},
			}},
			{"Effort", []line{
				{9, []panel{trend(ces), scores("ces", "Effort")}},
				{7, []panel{
					lines("Easy", "Share of answers that say it was easy.", Percent, series("cx_ces_easy_ratio", "", "")),
					lines("Net ease", "Easy less hard answers in a hundred.", Points, series("cx_ces_net_score", "", "")),
				}},
			}},
			{"Product", []line{
				{9, []panel{trend(psat), scores("psat", "Product")}},
				{7, []panel{
					lines("Mean product score", "Mean of the scores, on the scale of the survey.", Points, series("cx_psat_mean_score", "", "")),
					lines("Net product satisfaction", "Satisfied less dissatisfied answers in a hundred.", Points, series("cx_psat_net_score", "", "")),
					lines("Product on one scale", "The mean as the share of the way from the bad end of the scale to the good one.", Percent, series("cx_psat_normalized_ratio", "", "")),
				}},
			}},
			{"Who answers", []line{{9, []panel{
				trend(responseRate),
				lines("Invitations and answers", "Invitations that are old enough to be counted, and those of them that were answered.", Number,
					series("cx_survey_invitations", "invited", ""), series("cx_survey_responses", "answered", "")),
				lines("Still open", "Invitations that are too young to be counted, and those of them that are answered already.", Number,
					series("cx_survey_pending_invitations", "invited", ""), series("cx_survey_pending_responses", "answered", "")),
			}}}},
			{"What answers are about", []line{
				{8, []panel{
					lines("Themes", "Share of the answers that carry a tag.", Percent, series("cx_theme_ratio", "", "{{theme}}")),
					lines("Themes of detractors", "Share of the detractors whose answers carry a tag: what to mend first.", Percent, series("cx_theme_detractor_ratio", "", "{{theme}}")),
				}},
				{7, []panel{
					lines("Answers by theme", "Answers that carry a tag.", Number, series("cx_theme_responses", "", "{{theme}}")),
					lines("Detractors by theme", "Detractors whose answers carry a tag.", Number, series("cx_theme_detractors", "", "{{theme}}")),
				}},
			}},
			{"Employees", []line{
				{9, []panel{trend(enps), categories("enps", "Employee NPS")}},
				{9, []panel{trend(pulse), scores("pulse", "Pulse")}},
				{7, []panel{
					lines("Likelihood to recommend the employer", "Mean of the scores.", Points, series("cx_enps_mean_score", "", "")),
					lines("Mean pulse", "Mean of the scores, on the scale of the survey.", Points, series("cx_pulse_mean_score", "", "")),
				}},
			}},
			{"Loyalty by deed", []line{{8, []panel{
				lines("Repeat purchase", "Share of buyers who order again.", Percent, series("cx_repeat_purchase_ratio", "", "")),
				lines("Orders a buyer", "Orders in the window for each customer with at least one.", Number, series("cx_purchases_per_customer", "", "")),
				lines("Buyers", "Customers who order, those who order again, and their orders.", Number,
					series("cx_buyers", "buyers", ""), series("cx_repeat_buyers", "again", ""), series("cx_purchases", "orders", "")),
			}}}},
		},
	}
	b.variables = append(b.variables, heldBy(trends)...)
	return b
}
