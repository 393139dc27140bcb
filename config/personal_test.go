package config

import "testing"

func TestColumnsThatTellWhoSomebodyIsAreKnownByTheirNames(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"customer_id": true, "CustomerID": true, "customerId": true, "customer-id": true, "CUSTOMER_ID": true,
		"email": true, "e_mail": true, "billing_email": true, "EMailAddress": true, "phone": true, "phone_number": true,
		"name": true, "first_name": true, "customer_last_name": true, "agent_name": true, "agent": true, "user_id": true,
		"ip": true, "ip_address": true, "date_of_birth": true, "order_id": true, "ticket_number": true, "user.login": true,

		"team": false, "team_name": false, "plan": false, "plan_id": false, "product_id": false, "campaign_name": false,
		"region": false, "channel": false, "language": false, "customer_segment": false, "customer_type": false,
		"user_plan": false, "is_mobile": false, "order_status": false, "agent_team": false, "ticket_kind": false,
		"shipping": false, "zip_region": false, "emails_opened": false, "BillingCountry": false, "survey": false, "": false,
	} {
		if got := personalName(name); got != want {
			t.Errorf("personalName(%q) is %v", name, got)
		}
	}
}
