package e2e

import (
	"bytes"
	"image"
	"image/png"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// Every route of the document answers one request that is right and one that is
// wrong; each answer has been judged by the document before it gets here. A
// route that is missing below fails the test.
func TestEveryRouteAnswersAsTheDocumentSays(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		o := s.organization(t, "Acme")
		ada, uma := s.join(t, o, "ada@acme.example", roleAdmin), s.join(t, o, "uma@acme.example", roleUser)
		invited := s.invite(t, o, "bo@acme.example", roleUser)
		other := s.browser(t)
		other.signIn(t, o, uma.Email, password).ok(t, http.StatusOK)
		session := into[struct{ Items []struct{ ID string } }](t, other.asks(t).get(t, v1+"/me/sessions").ok(t, 200)).Items[0].ID
		me := uma.asks(t)
		made := func(path string, body map[string]any) string {
			return path + "/" + into[struct{ ID string }](t, s.operator.post(t, path, body).ok(t, 201)).ID
		}
		key := made(o.path("api-keys"), map[string]any{"name": "n", "permissions": []string{"users.view"}})
		pending := made(o.path("users"), map[string]any{"email": "pia@acme.example", "first_name": "Pia", "last_name": "Ek"})
		group := made(o.path("groups"), map[string]any{"name": "Field"})
		number := made(o.path("numbers"), map[string]any{"number": "+4681234567"})
		s.operator.patch(t, o.path(), map[string]any{"features": map[string]any{"unlisted_senders": true}}).ok(t, 200)
		team := made(o.path("teams"), map[string]any{"name": "Crew"})
		custom := made(o.path("custom-fields"), map[string]any{"key": "badge", "name": "Badge", "kind": "text", "person_may_edit": true})
		domain := made(o.path("domains"), map[string]any{"name": "acme.example"})
		contact := o.path("contacts") + "/" + into[struct{ ID string }](t, me.post(t, o.path("contacts"), map[string]any{"name": "Aunt May"}).ok(t, 201)).ID
		fax := v1 + "/services/fax"
		s.operator.post(t, v1+"/services", map[string]any{"key": "fax", "name": "Fax"}).ok(t, 201)
		subscription := made(o.path("subscriptions"), map[string]any{"service": "fax", "ends_on": "2100-12-31"})
		s.operator.post(t, v1+"/services", map[string]any{"key": "vault", "name": "Vault"}).ok(t, 201)
		plans := v1 + "/services/vault/plans"
		s.operator.post(t, plans, map[string]any{"key": "flat", "name": "Flat", "model": "named"}).ok(t, 201)
		made(o.path("subscriptions"), map[string]any{"service": "vault", "plan": "flat", "quantity": 2})
		s.operator.post(t, v1+"/services", map[string]any{"key": "help", "name": "Help"}).ok(t, 201)
		s.operator.post(t, v1+"/services/help/plans", map[string]any{"key": "desk", "name": "Desk", "model": "seat"}).ok(t, 201)
		made(o.path("subscriptions"), map[string]any{"service": "help", "plan": "desk", "quantity": 3})
		standard := into[struct{ Items []struct{ ID string } }](t, s.operator.get(t, o.path("seat-pools")).ok(t, 200)).Items[0].ID
		night := made(o.path("seat-pools"), map[string]any{"service": "help", "plan": "desk", "name": "Night", "seats": 1})
		s.operator.do(t, "PUT", o.path("users", uma.ID, "licenses", "help"), map[string]any{"plan": "desk", "pool_id": night[strings.LastIndex(night, "/")+1:]}).ok(t, 200)
		held := o.path("leases", into[struct{ ID string }](t, s.operator.post(t, night+"/leases", map[string]any{"user_id": uma.ID, "device": "Mac"}).ok(t, 201)).ID)
		desk := made(o.path("roles"), map[string]any{"name": "Desk", "permissions": []string{"users.view"}})
		north := made(o.path("accounts"), map[string]any{"kind": "contract", "name": "North"})
		vendorKey := made(v1+"/operator-keys", map[string]any{"name": "n"})
		waste := s.organization(t, "Waste")
		s.operator.patch(t, waste.path(), map[string]any{"suspended": true}).ok(t, 200)

		type request struct {
			who    client
			asks   string // method and path
			body   any
			status int
		}
		get := func(path string) string { return "GET " + path }
		hers, nobody, op := o.path("users", uma.ID), s.web, s.operator
		invitation := o.path("invitations", invited.InvitationID)
		tried := map[string]bool{}
		for _, test := range []struct {
			id        string
			good, bad request
		}{
			{"organizationList", request{op, get(v1 + "/organizations?q=a&limit=2&count=true"), nil, 200}, request{nobody, get(v1 + "/organizations"), nil, 401}},
			{"organizationCreate", request{op, "POST " + v1 + "/organizations", map[string]any{"name": "Beta"}, 201}, request{op, "POST " + v1 + "/organizations", map[string]any{"name": "Beta"}, 409}},
			{"organizationGet", request{op, get(o.path()), nil, 200}, request{op, get(v1 + "/organizations/nowhere"), nil, 404}},
			{"organizationUpdate", request{op, "PATCH " + o.path(), map[string]any{"name": "Acme Two"}, 200}, request{op, "PATCH " + o.path(), map[string]any{"slug": "-"}, 422}},
			{"organizationDelete", request{op, "DELETE " + waste.path(), nil, 204}, request{op, "DELETE " + o.path(), nil, 409}},
			{"settingsGet", request{ada.asks(t), get(o.path("settings")), nil, 200}, request{me, get(o.path("settings")), nil, 403}},
			{"settingsUpdate", request{op, "PATCH " + o.path("settings"), map[string]any{"reply_to": "", "time_zone": "Europe/Berlin"}, 200}, request{op, "PATCH " + o.path("settings"), text(`{`), 400}},
			{"settingsSetLogo", request{op, "PUT " + o.path("settings", "logo"), map[string]any{"image": "UklGRhwAAABXRUJQVlA4TA8AAAAvD8ADAAcQEf0PRET/Aw=="}, 200}, request{op, "PUT " + o.path("settings", "logo"), map[string]any{"image": "aGVsbG8="}, 422}},
			{"settingsRemoveLogo", request{op, "DELETE " + o.path("settings", "logo"), nil, 200}, request{me, "DELETE " + o.path("settings", "logo"), nil, 403}},
			{"customFieldList", request{op, get(o.path("custom-fields")), nil, 200}, request{me, get(o.path("custom-fields")), nil, 403}},
			{"customFieldCreate", request{op, "POST " + o.path("custom-fields"), map[string]any{"name": "Shirt", "kind": "choice", "choices": []string{"S", "M"}}, 201}, request{op, "POST " + o.path("custom-fields"), map[string]any{"key": "badge", "name": "x", "kind": "text"}, 409}},
			{"customFieldGet", request{op, get(custom), nil, 200}, request{op, get(o.path("custom-fields", "fld_1")), nil, 404}},
			{"customFieldUpdate", request{op, "PATCH " + custom, map[string]any{"name": "Badge no.", "position": 2}, 200}, request{op, "PATCH " + custom, map[string]any{"position": 9}, 422}},
			{"userList", request{op, get(o.path("users") + "?q=a&state=active&role_id=rol_user&sort=-name&limit=5&count=true"), nil, 200}, request{op, get(o.path("users") + "?cursor=x"), nil, 400}},
			{"userLookup", request{op, get(o.path("users", "lookup") + "?email=uma%40acme.example"), nil, 200}, request{op, get(o.path("users", "lookup") + "?email=x"), nil, 400}},
			{"userGet", request{op, get(hers), nil, 200}, request{op, get(o.path("users", "usr_1")), nil, 404}},
			{"userUpdate", request{op, "PATCH " + hers, map[string]any{"title": "Captain", "department": nil, "custom": map[string]any{"badge": "B 1"}}, 200}, request{op, "PATCH " + hers, map[string]any{"title": 7}, 422}},
			{"userAdd", request{op, "POST " + o.path("users"), map[string]any{"email": "otto@acme.example", "first_name": "Otto", "last_name": "Ek", "entry": "password", "password": password, "must_change_password": true}, 201}, request{op, "POST " + o.path("users"), map[string]any{"email": "otto@acme.example", "first_name": "Otto", "last_name": "Ek"}, 409}},
			{"userShowActivation", request{op, get(pending + "/activation"), nil, 200}, request{op, get(hers + "/activation"), nil, 409}},
			{"userResendActivation", request{op, "POST " + pending + "/resend-activation", nil, 202}, request{op, "POST " + hers + "/resend-activation", nil, 409}},
			{"userSignOut", request{op, "POST " + o.path("users", ada.ID, "sign-out"), nil, 204}, request{op, "POST " + o.path("users", "usr_1", "sign-out"), nil, 404}},
			{"invitationList", request{op, get(o.path("invitations") + "?state=open&q=bo&limit=1&count=true"), nil, 200}, request{op, get(o.path("invitations") + "?state=lost"), nil, 400}},
			{"invitationCreate", request{op, "POST " + o.path("invitations"), map[string]any{"emails": []string{"x@acme.example", "x"}, "role_id": roleUser, "language": "fr", "message": "Hi"}, 200}, request{op, "POST " + o.path("invitations"), map[string]any{}, 422}},
			{"invitationGet", request{op, get(invitation), nil, 200}, request{op, get(o.path("invitations", "inv_1")), nil, 404}},
			{"invitationRemind", request{op, "POST " + invitation + "/remind", nil, 200}, request{op, "POST " + o.path("invitations", "inv_1", "remind"), nil, 404}},
			{"invitationRevoke", request{op, "DELETE " + invitation, nil, 204}, request{op, "DELETE " + invitation, nil, 404}},
			{"groupList", request{op, get(o.path("groups") + "?q=def&limit=1&count=true"), nil, 200}, request{me, get(o.path("groups")), nil, 403}},
			{"groupCreate", request{op, "POST " + o.path("groups"), map[string]any{"name": "g", "default": true, "defaults": map[string]any{"role_id": roleUser, "language": "sv"}, "settings": map[string]any{"fax_profile": "fine"}}, 201}, request{op, "POST " + o.path("groups"), map[string]any{"name": "G"}, 409}},
			{"groupGet", request{op, get(group), nil, 200}, request{op, get(o.path("groups", "grp_1")), nil, 404}},
			{"groupUpdate", request{op, "PATCH " + group, map[string]any{"name": "Field two", "settings": map[string]any{}}, 200}, request{op, "PATCH " + group, map[string]any{"defaults": map[string]any{"plan": "x"}}, 422}},
			{"groupDelete", request{op, "DELETE " + group, nil, 204}, request{op, "DELETE " + group, nil, 404}},
			{"numberList", request{op, get(o.path("numbers") + "?q=81&kind=personal&assigned=false&limit=1&count=true"), nil, 200}, request{me, get(o.path("numbers")), nil, 403}},
			{"numberAdd", request{op, "POST " + o.path("numbers"), map[string]any{"from": "+4685001000", "to": "+4685001009", "kind": "personal"}, 201}, request{op, "POST " + o.path("numbers"), map[string]any{"number": "+4681234567"}, 409}},
			{"numberGet", request{op, get(number), nil, 200}, request{op, get(o.path("numbers", "num_1")), nil, 404}},
			{"numberUpdate", request{op, "PATCH " + number, map[string]any{"user_id": ada.ID}, 200}, request{op, "PATCH " + number, map[string]any{"kind": "shared"}, 409}},
			{"numberDelete", request{op, "DELETE " + made(o.path("numbers"), map[string]any{"number": "+4681234568"}), nil, 204}, request{op, "DELETE " + number, nil, 409}},
			{"numberGive", request{op, "POST " + hers + "/numbers", map[string]any{"next_number": "any"}, 200}, request{op, "POST " + hers + "/numbers", map[string]any{}, 422}},
			{"senderList", request{op, get(o.path("senders") + "?service=fax"), nil, 200}, request{me, get(o.path("senders")), nil, 403}},
			{"senderPut", request{op, "PUT " + o.path("senders"), map[string]any{"service": "fax", "enabled": true, "domains": []string{"*.acme.example"}, "addresses": []string{"a@b.example"}}, 200}, request{op, "PUT " + o.path("senders"), map[string]any{"service": "Fax"}, 422}},
			{"senderCheck", request{op, "POST " + o.path("senders", "check"), map[string]any{"service": "fax", "email": "a@b.example"}, 200}, request{me, "POST " + o.path("senders", "check"), map[string]any{"service": "fax", "email": "a@b.example"}, 403}},
			{"senderDelete", request{op, "DELETE " + o.path("senders", "fax"), nil, 204}, request{op, "DELETE " + o.path("senders", "fax"), nil, 404}},
			{"roleList", request{op, get(o.path("roles")), nil, 200}, request{me, get(o.path("roles")), nil, 403}},
			{"roleCreate", request{op, "POST " + o.path("roles"), map[string]any{"name": "r", "description": "d", "permissions": []string{"users.manage", "users.view"}, "limits": map[string]any{"group_ids": []string{}, "team_ids": []string{team[strings.LastIndex(team, "/")+1:]}, "account_ids": []string{}}}, 201}, request{op, "POST " + o.path("roles"), map[string]any{"name": "admin"}, 409}},
			{"roleGet", request{op, get(desk), nil, 200}, request{op, get(o.path("roles", "rol_1")), nil, 404}},
			{"roleUpdate", request{op, "PATCH " + desk, map[string]any{"description": "First line"}, 200}, request{op, "PATCH " + desk, map[string]any{"permissions": []string{"fly"}}, 422}},
			{"roleDelete", request{op, "DELETE " + desk, nil, 204}, request{op, "DELETE " + o.path("roles", roleAdmin), nil, 409}},
			{"permissionList", request{op, get(o.path("permissions")), nil, 200}, request{me, get(o.path("permissions")), nil, 403}},
			{"accountList", request{op, get(o.path("accounts") + "?kind=contract&q=no&limit=1&count=true"), nil, 200}, request{op, get(o.path("accounts") + "?kind=x"), nil, 400}},
			{"accountCreate", request{op, "POST " + o.path("accounts"), map[string]any{"kind": "delivery", "name": "Port", "contract_account_ids": []string{north[strings.LastIndex(north, "/")+1:]}}, 201}, request{op, "POST " + o.path("accounts"), map[string]any{"kind": "contract", "name": "NORTH"}, 409}},
			{"accountGet", request{op, get(north), nil, 200}, request{op, get(o.path("accounts", "acc_1")), nil, 404}},
			{"accountUpdate", request{op, "PATCH " + north, map[string]any{"name": "Nord"}, 200}, request{op, "PATCH " + north, map[string]any{"name": ""}, 422}},
			{"accountDelete", request{op, "DELETE " + north, nil, 204}, request{op, "DELETE " + north, nil, 404}},
			{"teamList", request{op, get(o.path("teams") + "?q=cr&limit=1&count=true"), nil, 200}, request{me, get(o.path("teams")), nil, 403}},
			{"teamCreate", request{op, "POST " + o.path("teams"), map[string]any{"name": "Night shift", "description": "d"}, 201}, request{op, "POST " + o.path("teams"), map[string]any{"name": "NIGHT SHIFT"}, 409}},
			{"teamGet", request{op, get(team), nil, 200}, request{op, get(o.path("teams", "tea_1")), nil, 404}},
			{"teamUpdate", request{op, "PATCH " + team, map[string]any{"description": "sails"}, 200}, request{op, "PATCH " + team, map[string]any{"name": ""}, 422}},
			{"teamAddMembers", request{op, "POST " + team + "/members", map[string]any{"members": []string{ada.Email, "nobody@acme.example"}}, 200}, request{op, "POST " + team + "/members", map[string]any{"members": []string{}}, 422}},
			{"teamAddMember", request{op, "PUT " + team + "/members/" + uma.ID, nil, 204}, request{op, "PUT " + team + "/members/usr_1", nil, 404}},
			{"teamMembers", request{op, get(team + "/members?limit=1&count=true"), nil, 200}, request{op, get(o.path("teams", "tea_1", "members")), nil, 404}},
			{"contactList", request{me, get(o.path("contacts") + "?q=a&limit=1"), nil, 200}, request{nobody, get(o.path("contacts")), nil, 401}},
			{"contactAdd", request{me, "POST " + o.path("contacts"), map[string]any{"name": "Ben", "email": "ben@x.example"}, 201}, request{me, "POST " + o.path("contacts"), map[string]any{"name": ""}, 422}},
			{"contactGet", request{me, get(contact), nil, 200}, request{me, get(o.path("contacts", "con_1")), nil, 404}},
			{"contactRemove", request{me, "DELETE " + contact, nil, 204}, request{me, "DELETE " + contact, nil, 404}},
			{"contactCan", request{op, get(hers + "/can-contact/" + ada.ID), nil, 200}, request{op, get(hers + "/can-contact/usr_1"), nil, 404}},
			{"meSetPhoto", request{me, "PUT " + v1 + "/me/photo", square(t), 200}, request{me, "PUT " + v1 + "/me/photo", map[string]any{}, 415}},
			{"mePhoto", request{me, get(v1 + "/me/photo"), nil, 200}, request{op, get(v1 + "/me/photo"), nil, 401}},
			{"userPhoto", request{op, get(hers + "/photo"), nil, 200}, request{me, get(hers + "/photo"), nil, 403}},
			{"contactPhoto", request{op, get(o.path("contacts", uma.ID, "photo") + "?as=" + ada.ID), nil, 200}, request{op, get(o.path("contacts", ada.ID, "photo") + "?as=" + uma.ID), nil, 404}},
			{"userRemovePhoto", request{op, "DELETE " + hers + "/photo", nil, 204}, request{op, "DELETE " + hers + "/photo", nil, 404}},
			{"meSetPhoto", request{me, "PUT " + v1 + "/me/photo", square(t), 200}, request{me, "PUT " + v1 + "/me/photo", file("text"), 422}},
			{"meRemovePhoto", request{me, "DELETE " + v1 + "/me/photo", nil, 204}, request{me, "DELETE " + v1 + "/me/photo", nil, 404}},
			{"accessCheck", request{op, "POST " + o.path("access", "check"), map[string]any{"checks": []map[string]any{{"user_id": ada.ID, "permission": "users.view"}, {"user_id": "usr_1", "permission": "x", "contract_account_id": "acc_1", "delivery_account_id": "acc_2"}}}, 200}, request{op, "POST " + o.path("access", "check"), map[string]any{"checks": []any{}}, 422}},
			{"accessExplain", request{op, get(hers + "/access"), nil, 200}, request{op, get(o.path("users", "usr_1", "access")), nil, 404}},
			{"teamRemoveMember", request{op, "DELETE " + team + "/members/" + uma.ID, nil, 204}, request{op, "DELETE " + team + "/members/usr_1", nil, 404}},
			{"teamDelete", request{op, "DELETE " + team, nil, 204}, request{op, "DELETE " + team, nil, 404}},
			{"letterList", request{op, get(o.path("letters")), nil, 200}, request{me, get(o.path("letters")), nil, 403}},
			{"letterGet", request{op, get(o.path("letters", "invitation", "de")), nil, 200}, request{op, get(o.path("letters", "invitation", "xx")), nil, 404}},
			{"letterSave", request{op, "PUT " + o.path("letters", "invitation", "de"), map[string]any{"subject": "Hallo", "opening": "Kommen Sie zu {{organization}}."}, 200}, request{op, "PUT " + o.path("letters", "invitation", "de"), map[string]any{"subject": "{{x}}", "opening": "y"}, 422}},
			{"letterRestore", request{op, "DELETE " + o.path("letters", "invitation", "de"), nil, 204}, request{op, "DELETE " + o.path("letters", "invitation", "de"), nil, 404}},
			{"domainList", request{op, get(o.path("domains")), nil, 200}, request{me, get(o.path("domains")), nil, 403}},
			{"domainAdd", request{op, "POST " + o.path("domains"), map[string]any{"name": "acme.test"}, 201}, request{op, "POST " + o.path("domains"), map[string]any{"name": "acme.test"}, 409}},
			{"domainRemove", request{op, "DELETE " + domain, nil, 204}, request{op, "DELETE " + domain, nil, 404}},
			{"invitationPreview", request{op, "POST " + o.path("invitations", "preview"), map[string]any{"emails": []string{"z@elsewhere.example"}}, 200}, request{me, "POST " + o.path("invitations", "preview"), map[string]any{}, 403}},
			{"serviceList", request{op, get(v1 + "/services?q=fa&limit=1&count=true"), nil, 200}, request{ada.asks(t), get(v1 + "/services"), nil, 401}},
			{"serviceCreate", request{op, "POST " + v1 + "/services", map[string]any{"key": "guidance", "name": "Guidance", "link": "https://guidance.example", "permissions": []map[string]any{{"key": "guidance.call", "name": "Call", "everybody": true, "delivery": false}}}, 201}, request{op, "POST " + v1 + "/services", map[string]any{"key": "guidance", "name": "g"}, 409}},
			{"serviceGet", request{op, get(fax), nil, 200}, request{op, get(v1 + "/services/mail"), nil, 404}},
			{"serviceUpdate", request{op, "PATCH " + fax, map[string]any{"welcome_text": "Hi", "uses_numbers": true}, 200}, request{op, "PATCH " + fax, map[string]any{"link": "fax"}, 422}},
			{"planList", request{op, get(plans), nil, 200}, request{op, get(v1 + "/services/mail/plans"), nil, 404}},
			{"planCreate", request{op, "POST " + plans, map[string]any{"key": "pro", "name": "Pro", "model": "named", "link": "https://vault.example/pro"}, 201}, request{op, "POST " + plans, map[string]any{"key": "pro", "name": "Pro", "model": "named"}, 409}},
			{"planGet", request{op, get(plans + "/flat"), nil, 200}, request{op, get(plans + "/none"), nil, 404}},
			{"planUpdate", request{op, "PATCH " + plans + "/flat", map[string]any{"welcome_text": "Hi"}, 200}, request{op, "PATCH " + plans + "/flat", map[string]any{"link": "vault"}, 422}},
			{"licenseOverview", request{op, get(o.path("licenses")), nil, 200}, request{me, get(o.path("licenses")), nil, 403}},
			{"licenseSetDefault", request{op, "PUT " + o.path("licenses", "vault", "default"), map[string]any{"plan": "flat"}, 200}, request{op, "PUT " + o.path("licenses", "vault", "default"), map[string]any{"plan": "none"}, 422}},
			{"licenseAssign", request{op, "PUT " + hers + "/licenses/vault", map[string]any{"plan": "flat"}, 200}, request{op, "PUT " + o.path("users", ada.ID, "licenses", "vault"), map[string]any{"plan": "flat"}, 409}},
			{"seatPoolList", request{op, get(o.path("seat-pools")), nil, 200}, request{me, get(o.path("seat-pools")), nil, 403}},
			{"seatPoolCreate", request{op, "POST " + o.path("seat-pools"), map[string]any{"service": "help", "plan": "desk", "name": "Day", "seats": 1, "second_device": "refuse", "sign_out_after_seconds": 600, "overage_percent": 10}, 201}, request{op, "POST " + o.path("seat-pools"), map[string]any{"service": "help", "plan": "desk", "name": "Noon", "seats": 9}, 409}},
			{"seatPoolGet", request{op, get(night), nil, 200}, request{op, get(o.path("seat-pools", "pol_1")), nil, 404}},
			{"seatPoolUpdate", request{op, "PATCH " + night, map[string]any{"overage_percent": 0}, 200}, request{op, "PATCH " + night, map[string]any{"seats": -1}, 422}},
			{"leaseAcquire", request{op, "POST " + night + "/leases", map[string]any{"user_id": uma.ID, "device": "Mac"}, 200}, request{op, "POST " + night + "/leases", map[string]any{"user_id": ada.ID, "device": "Mac"}, 409}},
			{"leaseList", request{op, get(night + "/leases?limit=1&count=true"), nil, 200}, request{me, get(night + "/leases"), nil, 403}},
			{"seatPoolMoveSeats", request{op, "POST " + night + "/move-seats", map[string]any{"to": standard, "seats": 1}, 200}, request{op, "POST " + night + "/move-seats", map[string]any{"to": standard, "seats": 9}, 422}},
			{"seatPoolUsage", request{op, get(night + "/usage?days=7"), nil, 200}, request{op, get(night + "/usage?days=400"), nil, 422}},
			{"licenseUsage", request{op, get(o.path("licenses", "usage")), nil, 200}, request{op, get(o.path("licenses", "usage") + "?month=2026"), nil, 422}},
			{"leaseRenew", request{op, "PUT " + held, map[string]any{}, 200}, request{op, "PUT " + o.path("leases", "lea_1"), map[string]any{}, 404}},
			{"leaseReturn", request{op, "DELETE " + held, nil, 204}, request{op, "DELETE " + o.path("leases", "lea_1"), nil, 404}},
			{"leaseFree", request{op, "POST " + held + "/free", nil, 204}, request{me, "POST " + held + "/free", nil, 403}},
			{"seatPoolDelete", request{op, "DELETE " + night, nil, 204}, request{op, "DELETE " + night, nil, 404}},
			{"licenseRemove", request{op, "DELETE " + hers + "/licenses/vault", nil, 200}, request{op, "DELETE " + hers + "/licenses/vault", nil, 404}},
			{"subscriptionList", request{op, get(o.path("subscriptions") + "?limit=1&count=true"), nil, 200}, request{me, get(o.path("subscriptions")), nil, 403}},
			{"subscriptionCreate", request{op, "POST " + o.path("subscriptions"), map[string]any{"service": "guidance", "starts_on": "2026-01-01"}, 201}, request{op, "POST " + o.path("subscriptions"), map[string]any{"service": "guidance"}, 409}},
			{"subscriptionGet", request{op, get(subscription), nil, 200}, request{op, get(o.path("subscriptions", "sub_1")), nil, 404}},
			{"subscriptionUpdate", request{op, "PATCH " + subscription, map[string]any{"ends_on": nil}, 200}, request{op, "PATCH " + subscription, map[string]any{"ends_on": "never"}, 422}},
			{"apiKeyList", request{op, get(o.path("api-keys") + "?limit=1&count=true"), nil, 200}, request{me, get(o.path("api-keys")), nil, 403}},
			{"apiKeyCreate", request{op, "POST " + o.path("api-keys"), map[string]any{"name": "k", "permissions": []string{"audit.view"}, "expires_at": "2100-01-01T00:00:00Z"}, 201}, request{op, "POST " + o.path("api-keys"), map[string]any{"name": "k"}, 422}},
			{"apiKeyGet", request{op, get(key), nil, 200}, request{op, get(o.path("api-keys", "key_1")), nil, 404}},
			{"apiKeyRevoke", request{op, "DELETE " + key, nil, 204}, request{op, "DELETE " + key, nil, 404}},
			{"operatorKeyList", request{op, get(v1 + "/operator-keys?limit=1"), nil, 200}, request{me, get(v1 + "/operator-keys"), nil, 401}},
			{"operatorKeyCreate", request{op, "POST " + v1 + "/operator-keys", map[string]any{"name": "k"}, 201}, request{op, "POST " + v1 + "/operator-keys", nil, 422}},
			{"operatorKeyGet", request{op, get(vendorKey), nil, 200}, request{op, get(v1 + "/operator-keys/key_1"), nil, 404}},
			{"operatorKeyRevoke", request{op, "DELETE " + vendorKey, nil, 204}, request{op, "DELETE " + vendorKey, nil, 404}},
			{"auditList", request{op, get(o.path("audit-events") + "?name=user.&q=uma&limit=1&count=true"), nil, 200}, request{op, get(o.path("audit-events") + "?from=x"), nil, 400}},
			{"auditVerify", request{op, get(o.path("audit-events", "verify")), nil, 200}, request{op, get(o.path("audit-events", "verify") + "?anchor=x"), nil, 400}},
			{"auditExport", request{op, get(o.path("audit-events", "export") + "?name=user.joined"), nil, 200}, request{nobody, get(o.path("audit-events", "export")), nil, 401}},
			{"platformAuditList", request{op, get(v1 + "/audit-events?limit=3"), nil, 200}, request{me, get(v1 + "/audit-events"), nil, 401}},
			{"platformAuditVerify", request{op, get(v1 + "/audit-events/verify"), nil, 200}, request{op, get(v1 + "/audit-events/verify?anchor=x"), nil, 400}},
			{"meGet", request{me, get(v1 + "/me"), nil, 200}, request{op, get(v1 + "/me"), nil, 401}},
			{"meUpdate", request{me, "PATCH " + v1 + "/me", map[string]any{"language": "de", "custom": map[string]any{"badge": nil}}, 200}, request{me, "PATCH " + v1 + "/me", map[string]any{"language": "xx"}, 422}},
			{"customFieldDelete", request{op, "DELETE " + custom, nil, 204}, request{op, "DELETE " + custom, nil, 404}},
			{"sessionList", request{me, get(v1 + "/me/sessions"), nil, 200}, request{nobody, get(v1 + "/me/sessions"), nil, 401}},
			{"sessionEnd", request{me, "DELETE " + v1 + "/me/sessions/" + session, nil, 204}, request{me, "DELETE " + v1 + "/me/sessions/" + session, nil, 404}},
			{"sessionEndOthers", request{me, "DELETE " + v1 + "/me/sessions", nil, 204}, request{nobody, "DELETE " + v1 + "/me/sessions", nil, 401}},
			{"meChangePassword", request{me, "POST " + v1 + "/me/password", map[string]any{"current_password": password, "new_password": "nine green bottles in the hall"}, 200}, request{me, "POST " + v1 + "/me/password", map[string]any{}, 422}},
			{"userSetPassword", request{op, "POST " + hers + "/set-password", map[string]any{"password": "ten tall towers by the sea"}, 204}, request{op, "POST " + hers + "/set-password", map[string]any{"password": "short"}, 422}},
			{"userResetPassword", request{op, "POST " + hers + "/reset-password", nil, 202}, request{op, "POST " + o.path("users", "usr_1", "reset-password"), nil, 404}},
			{"userDeactivate", request{op, "POST " + hers + "/deactivate", nil, 200}, request{op, "POST " + hers + "/deactivate", nil, 409}},
			{"userActivate", request{op, "POST " + hers + "/activate", nil, 200}, request{op, "POST " + hers + "/activate", nil, 409}},
			{"userDelete", request{op, "DELETE " + o.path("users", deactivated(t, s, o)), nil, 204}, request{op, "DELETE " + hers, nil, 409}},
		} {
			for _, r := range []request{test.good, test.bad} {
				method, path, _ := strings.Cut(r.asks, " ")
				a := r.who.do(t, method, path, r.body)
				if a.status != r.status {
					t.Errorf("%s: want %d: %s", test.id, r.status, a)
				}
				if found, _ := s.doc.find(method, a.path()); found.OperationID != test.id {
					t.Errorf("%s is %s in the document", r.asks, found.OperationID)
				}
			}
			tried[test.id] = true
		}
		for _, id := range slices.Sorted(maps.Keys(s.doc.operations())) {
			if !tried[id] {
				t.Errorf("nobody tried %s, %s", id, s.doc.operations()[id])
			}
		}
	})
}

// square is a picture as somebody sends it.
func square(t *testing.T) file {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 20, 20))); err != nil {
		t.Fatal(err)
	}
	return file(b.String())
}

// deactivated is the id of a user who can be deleted.
func deactivated(t *testing.T, s *server, o organization) string {
	t.Helper()
	p := s.join(t, o, "dee@acme.example", roleUser)
	s.operator.post(t, o.path("users", p.ID, "deactivate"), nil).ok(t, 200)
	return p.ID
}

// What the document says cannot be wrong by itself: every reference leads
// somewhere, every list has a meaning, nobody needs what nobody names.
func TestTheDocumentIsSound(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		first := s.web.get(t, "/api/openapi.json").ok(t, 200)
		if second := s.web.get(t, v1+"/openapi.json").ok(t, 200); string(first.body) != string(second.body) {
			t.Error("there are two documents")
		}
		s.web.get(t, "/api/openapi.json", "If-None-Match: "+first.header.Get("ETag")).ok(t, 304)
		s.web.get(t, "/api/docs").ok(t, 200)
		for name, schema := range s.doc.Components.Schemas {
			s.sound(t, name, schema)
		}
		for path, methods := range s.doc.Paths {
			for method, o := range methods {
				at := method + " " + path
				for status, r := range o.Responses {
					if name, shared := strings.CutPrefix(r.Ref, "#/components/responses/"); shared && s.doc.Components.Responses[name].Content == nil {
						t.Errorf("%s, %s leads to %s, which is nothing", at, status, name)
					}
				}
				for _, wild := range strings.Split(path, "/") {
					if name, ok := strings.CutPrefix(wild, "{"); ok && !slices.Contains(o.Parameters, parameter{strings.TrimSuffix(name, "}"), "path"}) {
						t.Errorf("%s does not say what %s is", at, wild)
					}
				}
				if o.RequestBody != nil {
					for _, content := range o.RequestBody.Content {
						s.sound(t, at, content.Schema)
					}
				}
			}
		}
	})
}

// sound fails the test if a schema is not.
func (s *server) sound(t *testing.T, at string, x *schema) {
	t.Helper()
	if x == nil {
		t.Errorf("%s has no schema", at)
		return
	}
	if name, ref := strings.CutPrefix(x.Ref, "#/components/schemas/"); ref && s.doc.Components.Schemas[name] == nil || !ref && x.Ref != "" {
		t.Errorf("%s leads to %s, which is nothing", at, x.Ref)
	}
	for _, name := range x.Required {
		if x.Properties[name] == nil {
			t.Errorf("%s needs %s, which it does not name", at, name)
		}
	}
	for name, member := range x.Properties {
		s.sound(t, at+"."+name, member)
	}
	for _, one := range x.AnyOf {
		s.sound(t, at, one)
	}
	if slices.Contains(x.Type, "array") {
		s.sound(t, at+"[]", x.Items)
	}
}
