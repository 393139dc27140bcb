package collectors

import (
	"fmt"

	"github.com/cx-exporter/cx-exporter/internal/calendar"
	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// ResponseRate is the share of delivered survey invitations that are answered:
//
//	answered within maturity of sending / (sent − bounced)
//
// over the invitations sent in the window that are older than the maturity.
// Younger ones are left out: they could still be answered, and would make every
// recent window look bad. They are shown apart, as pending, with those of them
// that are answered so far. The answer counts for the day of its invitation.
//
// Source: the minimum response rate RR1 of AAPOR, Standard Definitions, with
// bounced invitations taken as not eligible. Interval: Wilson.
type ResponseRate struct {
	Maturity Duration `yaml:"maturity" doc:"how long an invitation may be answered; younger ones are left out; default 7d"`
}

// maxMaturity keeps a typing error from emptying every window.
const maxMaturity = Duration(366 * day)

func newResponseRate() Parameters { return &ResponseRate{Maturity: Duration(week)} }

type responseRate struct {
	described
	answered outcome
}

// The values of the KPI, as indexes of its stats.
const (
	responseRatio = iota
	responseInvitations
	responseAnswers
	responsePending
	responsePendingAnswers
)

// KPI builds the KPI.
func (p *ResponseRate) KPI(b Binding) (KPI, error) {
	if p.Maturity <= 0 || p.Maturity > maxMaturity {
		return nil, wrong("maturity", "%s must be above 0 and at most %s: say how long an invitation may be answered, such as 7d", p.Maturity, maxMaturity)
	}
	k := &responseRate{answered: outcome{of: roleSentAt, at: roleRespondedAt, maturity: p.Maturity}}
	delivered := "sent"
	if b.Has(roleBounced) {
		k.answered.except = roleBounced
		delivered = "delivered"
	}
	k.desc = Desc{
		Name:         "response_rate",
		Title:        "Survey response rate",
		Variant:      fmt.Sprintf("answered within %s of sending, of all %s", p.Maturity, delivered),
		BusinessGoal: goalLoyalty,
		Fidelity:     kpi.Exact,
		Stats: []Stat{
			responseRatio: {
				Name: "ratio", Metric: "cx_survey_response_ratio",
				Help: "Share of delivered survey invitations answered within the maturity, from 0 to 1, by the time of sending; younger invitations are left out.",
				Unit: kpi.Ratio, Ends: kpi.Between(0, 1), Direction: kpi.HigherIsBetter,
			},
			responseInvitations: {
				Name: "invitations", Metric: "cx_survey_invitations",
				Help: "Survey invitations delivered, by the time of sending, that are older than the maturity.",
				Unit: kpi.Count, Ends: kpi.From(0), Direction: kpi.Neutral, Component: true,
			},
			responseAnswers: {
				Name: "responses", Metric: "cx_survey_responses",
				Help: "Survey invitations answered within the maturity, by the time of sending.",
				Unit: kpi.Count, Ends: kpi.From(0), Direction: kpi.Neutral, Component: true,
			},
			responsePending: {
				Name: "pending_invitations", Metric: "cx_survey_pending_invitations",
				Help: "Survey invitations delivered, by the time of sending, that are younger than the maturity; the response rate leaves them out.",
				Unit: kpi.Count, Ends: kpi.From(0), Direction: kpi.Neutral, Component: true,
			},
			responsePendingAnswers: {
				Name: "pending_responses", Metric: "cx_survey_pending_responses",
				Help: "Survey invitations younger than the maturity that are answered already, by the time of sending; provisional.",
				Unit: kpi.Count, Ends: kpi.From(0), Direction: kpi.Neutral, Component: true,
			},
		},
	}
	return k, nil
}

// CheckWindow refuses windows in which no invitation is old enough.
func (k *responseRate) CheckWindow(w calendar.Window) error {
	return tooShort("response_rate", k.answered.maturity, w)
}

// Needs asks for the mature invitations, and for the younger ones.
func (k *responseRate) Needs(s kpi.Span) []facts.Need {
	needs := k.answered.needs(s)
	if c := k.answered.youngCube(s); c != nil {
		needs = append(needs, cubes(c)...)
	}
	return needs
}

// Compute divides the answered invitations by the delivered ones.
func (k *responseRate) Compute(s kpi.Span, f facts.Facts) []Value {
	p, _ := k.answered.fold(s, f)
	pending := k.answered.foldYoung(s, f)
	return []Value{
		{Stat: responseRatio, Evidence: p},
		{Stat: responseInvitations, Evidence: exactly(p.N)},
		{Stat: responseAnswers, Evidence: exactly(p.Hits)},
		{Stat: responsePending, Evidence: exactly(pending.N)},
		{Stat: responsePendingAnswers, Evidence: exactly(pending.Hits)},
	}
}

// Rejected counts the invitations of which bounced is neither yes nor no.
func (k *responseRate) Rejected(s kpi.Span, f facts.Facts) map[string]float64 {
	return k.answered.rejected(s, f)
}

var (
	_ KPI           = (*responseRate)(nil)
	_ Rejecter      = (*responseRate)(nil)
	_ WindowChecker = (*responseRate)(nil)
)
