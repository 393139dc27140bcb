package collectors

import (
	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

// The names of the entities.
const (
	EntityResponses     = "responses"
	EntityInvitations   = "invitations"
	EntityTickets       = "tickets"
	EntityTicketEvents  = "ticket_events"
	EntityContacts      = "contacts"
	EntitySubscriptions = "subscriptions"
	EntityOrders        = "orders"
	EntityVisits        = "visits"
	EntityCosts         = "costs"
	EntityCarts         = "carts"
	EntityCustom        = "custom"
)

// The roles that KPIs read.
const (
	roleAbandonedAt     facts.Role = "abandoned_at"
	roleAgentReplies    facts.Role = "agent_replies"
	roleAmount          facts.Role = "amount"
	roleAnsweredAt      facts.Role = "answered_at"
	roleAt              facts.Role = "at"
	roleBounced         facts.Role = "bounced"
	roleCompletedAt     facts.Role = "completed_at"
	roleClosedAt        facts.Role = "closed_at"
	roleConverted       facts.Role = "converted"
	roleConvertedAt     facts.Role = "converted_at"
	roleCreatedAt       facts.Role = "created_at"
	roleCurrency        facts.Role = "currency"
	roleCustomerID      facts.Role = "customer_id"
	roleEndReason       facts.Role = "end_reason"
	roleEndedAt         facts.Role = "ended_at"
	roleFirstResponseAt facts.Role = "first_response_at"
	roleLastResolvedAt  facts.Role = "last_resolved_at"
	roleIncurredOn      facts.Role = "incurred_on"
	roleOpenSince       facts.Role = "open_since"
	roleOpenUntil       facts.Role = "open_until"
	roleOutboundAt      facts.Role = "outbound_at"
	roleResponseDueAt   facts.Role = "first_response_due_at"
	roleMRR             facts.Role = "mrr"
	roleNextContactAt   facts.Role = "next_contact_at"
	roleOfferedAt       facts.Role = "offered_at"
	roleOrderedAt       facts.Role = "ordered_at"
	roleReopenCount     facts.Role = "reopen_count"
	roleReopenedAt      facts.Role = "reopened_at"
	roleResolutionDueAt facts.Role = "resolution_due_at"
	roleResolvedAt      facts.Role = "resolved_at"
	roleRespondedAt     facts.Role = "responded_at"
	roleRespondentID    facts.Role = "respondent_id"
	roleReachedCheckout facts.Role = "reached_checkout_at"
	roleRefundedAmount  facts.Role = "refunded_amount"
	roleScore           facts.Role = "score"
	roleSentAt          facts.Role = "sent_at"
	roleStartedAt       facts.Role = "started_at"
	roleTags            facts.Role = "tags"
	roleTrialEndsAt     facts.Role = "trial_ends_at"
	roleValue           facts.Role = "value"
	roleVisitedAt       facts.Role = "visited_at"
	roleWaitSeconds     facts.Role = "wait_seconds"
)

// The business goals that a KPI can serve.
const (
	goalRetention = "retention"
	goalLoyalty   = "loyalty"
	goalRevenue   = "revenue"
	goalSupport   = "support"
)

// Entities are what a row can be, with the columns that it has. The first
// required time of an entity is the one that places its rows in a window.
func Entities() []Entity {
	return []Entity{
		{EntityResponses, "An answer to a survey question, one row an answer.", []EntityRole{
			{roleScore, Number, true, "the score that was given: a number of any column type; on a scale of 0 to 1 also a boolean or yes and no"},
			{roleRespondedAt, Time, true, "when it was given"},
			{"response_id", Name, false, "identifies the answer"},
			{roleRespondentID, Name, false, "identifies who answered"},
			{roleTags, Name, false, "what it is about: its tags in one text, with a separator between them"},
			{roleMRR, Number, false, "what the customer pays a month, as a query says in each of their rows; at_risk reads it"},
			{roleCurrency, Name, false, "in which currency; at_risk reads it"},
			{"survey", Name, false, "which survey it belongs to"},
			{"touchpoint", Name, false, "what the survey was about"},
			{"updated_at", Time, false, "when the row was last changed"},
			{"is_test", Flag, false, "marks answers that are tests; leave them out by where"},
		}},
		{EntityInvitations, "An invitation to a survey, one row an invitation.", []EntityRole{
			{roleSentAt, Time, true, "when it was sent"},
			{roleRespondedAt, Time, false, "when it was answered; empty means not yet"},
			{"invitation_id", Name, false, "identifies the invitation"},
			{roleBounced, Flag, false, "marks invitations that were not delivered, which response rates leave out"},
		}},
		{EntityTickets, "A request to the help desk, one row a ticket.", []EntityRole{
			{roleCreatedAt, Time, true, "when the customer opened it"},
			{"ticket_id", Name, false, "identifies the ticket"},
			{roleFirstResponseAt, Time, false, "when a person first answered in public; empty means not yet"},
			{roleResolvedAt, Time, false, "when it was first resolved; empty means not yet. Where it is named, resolved tickets wait for no response"},
			{"last_resolved_at", Time, false, "when it was last resolved"},
			{roleClosedAt, Time, false, "when it was closed for good"},
			{roleReopenedAt, Time, false, "when it was first reopened after the resolution; empty means not"},
			{roleReopenCount, Number, false, "how often it was reopened, as known now; reopen_rate and first_contact_resolution read it for want of reopened_at"},
			{roleAgentReplies, Number, false, "how many public replies it got, as known now"},
			{roleCustomerID, Name, false, "who opened it"},
			{roleMRR, Number, false, "what the customer pays a month, as a query says in each of their rows; at_risk reads it"},
			{roleCurrency, Name, false, "in which currency; at_risk reads it"},
			{roleNextContactAt, Time, false, "when the same customer opened the next ticket, which a query can tell; empty means not yet"},
			{"status", Name, false, "its present status"},
			{"kind", Name, false, "tells spam, merged, deleted and test tickets; leave them out by where"},
			{"first_response_business_seconds", Number, false, "seconds of business hours until the first response"},
			{"resolution_business_seconds", Number, false, "seconds of business hours until the resolution"},
			{roleResponseDueAt, Time, false, "by when the first response was promised"},
			{roleResolutionDueAt, Time, false, "by when the resolution was promised"},
		}},
		{EntityTicketEvents, "Something that happened to a ticket, one row an event; KPIs are computed on the tickets that the events add up to.", []EntityRole{
			{"ticket_id", Name, true, "the ticket that it happened to"},
			{roleAt, Time, true, "when it happened"},
			{"event", Name, true, "what happened, in the words that `events` lists; what is in none of its lists is passed over"},
			{"actor_kind", Name, false, "who did it; replies count only where it is one of `events.agents`. Where it is not named, every reply is one of the team"},
		}},
		{EntityContacts, "A call or a chat that was offered to the team, one row a contact.", []EntityRole{
			{roleOfferedAt, Time, true, "when it began to wait for an answer"},
			{"contact_id", Name, false, "identifies the contact"},
			{roleAnsweredAt, Time, false, "when a person answered; empty means not yet. The KPIs read it unless wait_seconds is named and it is not"},
			{roleWaitSeconds, Number, false, "seconds from the offer to the answer, as known now; empty means not answered"},
			{roleAbandonedAt, Time, false, "when the customer gave up; empty means not"},
			{"handle_seconds", Number, false, "seconds that the contact took after it was answered"},
			{"resolved", Flag, false, "whether it was solved by this contact"},
			{roleCustomerID, Name, false, "who called or wrote"},
		}},
		{EntitySubscriptions, "A stretch of time in which a customer has a contract; a customer may have several.", []EntityRole{
			{roleCustomerID, Name, true, "who has it; rows without are left out"},
			{roleStartedAt, Time, true, "when it began"},
			{roleEndedAt, Time, true, "when it ended or will end; empty means it runs"},
			{roleMRR, Number, false, "what it pays a month; of several it decides which segment the customer belongs to"},
			{roleCurrency, Name, false, "in which currency"},
			{roleEndReason, Name, false, "why it ended; churn reads it where it is told which reasons are involuntary"},
			{roleTrialEndsAt, Time, false, "when a trial turns into a paid subscription, or was to; empty means there was none. Where it is named, a subscription counts from then on, and one that ended no later never does"},
			{"is_trial", Flag, false, "marks rows that are nothing but a trial; leave them out by where"},
		}},
		{EntityOrders, "An order, one row an order.", []EntityRole{
			{roleCustomerID, Name, true, "who ordered; orders without count for no customer"},
			{roleOrderedAt, Time, true, "when it was ordered"},
			{roleAmount, Number, true, "what it is worth, in units of the currency"},
			{"order_id", Name, false, "identifies the order"},
			{roleCurrency, Name, false, "its currency: where it is named, money gets the label currency and is never added across currencies"},
			{"status", Name, false, "its present status; leave cancelled orders out by where"},
			{roleRefundedAmount, Number, false, "what was paid back of it so far, in the same units; net amounts take it off"},
			{"cost", Number, false, "what it cost to deliver"},
			{"margin", Number, false, "what was earned by it"},
			{"is_test", Flag, false, "marks test orders; leave them out by where"},
		}},
		{EntityVisits, "A visit to the shop, or a lead: one row a chance to convert.", []EntityRole{
			{roleVisitedAt, Time, true, "when it began"},
			{roleConverted, Flag, false, "whether it converted, as known now; the conversion rate reads it unless converted_at is named"},
			{roleConvertedAt, Time, false, "when it converted; empty means not. Where it is named, it goes before converted"},
			{"visitor_id", Name, false, "who visited"},
			{"is_bot", Flag, false, "marks machines; leave them out by where"},
		}},
		{EntityCosts, "Money that was spent, one row a booking.", []EntityRole{
			{roleIncurredOn, Time, true, "the day or the time that the spending belongs to, not that of its booking or payment"},
			{roleAmount, Number, true, "what was spent, in units of the currency; a negative amount is money that came back"},
			{roleCurrency, Name, false, "its currency: where it is named, money gets the label currency and is never added across currencies"},
			{"kind", Name, false, "what it was spent on, such as retention, acquisition or service; choose by where, or break down by dimensions"},
		}},
		{EntityCarts, "A shopping cart, one row a cart.", []EntityRole{
			{roleCreatedAt, Time, true, "when it was begun"},
			{"cart_id", Name, false, "identifies the cart"},
			{roleCompletedAt, Time, false, "when it became an order; empty means not yet"},
			{roleValue, Number, false, "what is in it, in units of the currency"},
			{roleCurrency, Name, false, "in which currency: where it is named, values are never added across currencies"},
			{roleReachedCheckout, Time, false, "when it reached the checkout; empty means not yet"},
		}},
		{EntityCustom, "Anything else: custom KPIs name its columns.", []EntityRole{
			{roleAt, Time, false, "places a row in a window; a gauge needs none"},
		}},
	}
}

// Becomes is the entity whose KPIs are computed on rows of another: events of
// tickets become tickets, and all others stay what they are.
func Becomes(entity string) string {
	if entity == EntityTicketEvents {
		return EntityTickets
	}
	return entity
}

// kept is how true a KPI of tickets is as of a past instant. Where they are folded
// from events, which keep the time of everything that happened, what is first of its
// kind is exact; otherwise it is less, since rows are written over.
func (b Binding) kept(otherwise kpi.Fidelity) kpi.Fidelity {
	if b.Entity == EntityTicketEvents {
		return kpi.Exact
	}
	return otherwise
}

// MappedRoles are the optional roles that KPIs may read where a configuration
// names some columns: of events, what they tell of their tickets.
func MappedRoles(entity string, columns map[facts.Role]facts.Column) map[facts.Role]bool {
	mapped := map[facts.Role]bool{}
	for role := range columns {
		mapped[role] = true
	}
	if entity != EntityTicketEvents {
		return mapped
	}
	told := map[facts.Role]bool{}
	for _, role := range facts.FoldedRoles(mapped["actor_kind"]) {
		told[role] = true
	}
	return told
}

// LookupEntity finds an entity by its name.
func LookupEntity(name string) (Entity, bool) {
	for _, e := range Entities() {
		if e.Name == name {
			return e, true
		}
	}
	return Entity{}, false
}

// Role finds a role of the entity.
func (e Entity) Role(r facts.Role) (EntityRole, bool) {
	for _, er := range e.Roles {
		if er.Role == r {
			return er, true
		}
	}
	return EntityRole{}, false
}

// Time is the role that places the entity's rows in a window: its first required
// time. It is empty where there is none.
func (e Entity) Time() facts.Role {
	for _, er := range e.Roles {
		if er.Required && er.Kind == Time {
			return er.Role
		}
	}
	return ""
}

// Primary is the role whose absence makes a row unusable, where it is read: Time
// or, of anything else, the time that it may have.
func (e Entity) Primary() facts.Role {
	if t := e.Time(); t != "" || e.Name != EntityCustom {
		return t
	}
	return roleAt
}
