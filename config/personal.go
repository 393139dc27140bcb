package config

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/cx-exporter/cx-exporter/internal/facts"
)

// personal refuses dimensions that tell who somebody is, unless allow_personal
// names them. Every value of a dimension becomes a label, which is kept for as
// long as Prometheus keeps anything, and is shown to everybody who may look.
func (c *converter) personal(raw *rawCollector, columns map[facts.Role]facts.Column) {
	var dimensions []string
	for _, d := range raw.Dimensions.V {
		for _, col := range d.V.columns {
			if !col.good {
				continue
			}
			dimensions = append(dimensions, col.V)
			why := ""
			switch role := identifying(col.V, columns); {
			case allowed(raw.AllowPersonal, col.V):
			case role != "":
				why = fmt.Sprintf("is the %s, of which there is one a row or a person", role)
			case personalName(col.V):
				why = "seems to tell who somebody is"
			}
			if why != "" {
				c.problem(col.at, "the column %s %s, and every value of a dimension becomes a label that all can see; break down by a group such as a team or a plan, or add `allow_personal: [%s]`", col.shown(), why, col.written)
			}
		}
	}
	if !raw.Dimensions.good {
		return
	}
	for _, a := range raw.AllowPersonal.V {
		if a.good && !slices.Contains(dimensions, a.V) {
			c.add(a.at, note{
				message: fmt.Sprintf("%s is no dimension of this collector, so there is nothing to allow", a.shown()),
				allowed: list(dimensions), nearest: nearest(a.V, dimensions),
			})
		}
	}
}

// allowed reports whether a column is named in allow_personal. Where that could
// not be read, it is taken to be: the mistake in it is told.
func allowed(list value[[]value[string]], column string) bool {
	return list.at.set() && !list.good ||
		slices.ContainsFunc(list.V, func(v value[string]) bool { return v.V == column || !v.good })
}

// identifying is the role of a column that tells rows or persons apart, such as
// customer_id; it is empty for others.
func identifying(column string, columns map[facts.Role]facts.Column) facts.Role {
	var roles []facts.Role
	for role, c := range columns {
		if c.Name == column && strings.HasSuffix(string(role), "_id") {
			roles = append(roles, role)
		}
	}
	if len(roles) == 0 {
		return ""
	}
	return slices.Min(roles)
}

// personalName reports whether a column is called like one that tells who
// somebody is. Names are read by their words, so that `customerId`,
// `CUSTOMER_ID` and `customer-id` are one, and `team_name` is not `name`.
func personalName(column string) bool {
	words := nameWords(column)
	joined := strings.Join(words, "")
	if slices.Contains(personalColumns(), joined) {
		return true
	}
	for i, w := range words {
		if slices.Contains(personalWords(), w) {
			return true
		}
		if i+1 < len(words) && slices.Contains(persons(), w) {
			switch words[i+1] {
			case "id", "uuid", "guid", "key", "no", "number", "nr", "name", "login", "handle", "ip":
				return true
			}
		}
	}
	return false
}

// personalColumns are whole names, without what stands between their words.
func personalColumns() []string {
	return []string{
		"name", "firstname", "givenname", "lastname", "familyname", "middlename", "fullname", "displayname", "nickname",
		"realname", "username", "userid", "login", "email", "mail", "emailaddress", "mailaddress", "phonenumber",
		"mobilenumber", "telephone", "address", "postaladdress", "streetaddress", "ip", "ipaddress", "ipaddr", "remoteaddr",
		"customerid", "clientid", "contactid", "agentid", "agent", "agentname", "assignee", "assigneeid", "assigneename",
		"requester", "requesterid", "employee", "employeeid", "staffid", "respondent", "respondentid", "subscriberid",
		"memberid", "visitorid", "personid", "orderid", "ticketid", "invoiceid", "responseid", "invitationid", "sessionid",
		"deviceid", "cookie", "cookieid", "creditcard", "cardnumber", "birthday", "birthdate", "dateofbirth",
		"taxid", "taxnumber", "passport", "passportnumber",
	}
}

// personalWords make a name personal wherever they stand in it.
func personalWords() []string {
	return []string{"email", "phone", "surname", "firstname", "lastname", "fullname", "username", "ssn", "iban", "dob", "birthday", "birthdate"}
}

// persons are what identifiers and names belong to, if those are personal.
func persons() []string {
	return []string{
		"customer", "client", "contact", "user", "agent", "assignee", "requester", "employee", "staff", "manager", "respondent",
		"subscriber", "member", "visitor", "person", "patient", "guest", "buyer", "order", "ticket", "invoice", "response",
		"invitation", "session", "first", "last", "full", "given", "family",
	}
}

// nameWords are the words of a column's name in lower case: at underscores and
// the like, and where a capital letter follows a small one.
func nameWords(name string) []string {
	var b strings.Builder
	small := false
	for _, r := range name {
		if unicode.IsUpper(r) && small {
			b.WriteByte(' ')
		}
		small = unicode.IsLower(r) || unicode.IsDigit(r)
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			r = ' '
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return strings.Fields(b.String())
}
