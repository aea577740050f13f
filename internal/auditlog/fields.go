package auditlog

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"roster/internal/authz"
	"roster/internal/id"
	"roster/internal/lang"
	"roster/internal/role"
)

// fields has the name of every field that events show before and after. A test
// looks for fields of audited types that are missing.
var fields = map[string]lang.Text{
	"addresses":                    lang.Key("Trusted addresses"),
	"admin_password_expiry_days":   lang.Key("Days until an admin's password expires"),
	"admin_password_history":       lang.Key("Last passwords of admins that may not come again"),
	"admin_password_kinds":         lang.Key("Kinds of characters in admins' passwords"),
	"admin_password_min_length":    lang.Key("Shortest password of admins"),
	"admin_password_reminder_days": lang.Key("Days of notice before an admin's password expires"),
	"authentication":               lang.Key("Signs in with"),
	"blocked":                      lang.Key("Blocked addresses"),
	"choices":                      lang.Key("Choices"),
	"closing":                      lang.Key("Closing"),
	"color":                        lang.Key("Color"),
	"contract_account_ids":         lang.Key("Occurs under"),
	"contract_accounts":            lang.Key("Contract accounts"),
	"country":                      lang.Key("Country"),
	"default_language":             lang.Key("Language of new users"),
	"default_role_id":              lang.Key("Role of new users"),
	"default_teams":                lang.Key("Teams of new users"),
	"delivery_accounts":            lang.Key("Delivery accounts"),
	"department":                   lang.Key("Department"),
	"description":                  lang.Key("Description"),
	"display_name":                 lang.Key("Display name"),
	"domains":                      lang.Key("Trusted domains"),
	"email":                        lang.Key("E-mail"),
	"enabled":                      lang.Key("In force"),
	"ends_on":                      lang.Key("Last day"),
	"expires_at":                   lang.Key("Expires"),
	"external_id":                  lang.Key("External id"),
	"first_name":                   lang.Key("First name"),
	"group_id":                     lang.Key("Group"),
	"install_text":                 lang.Key("How to install it"),
	"invitation_days":              lang.Key("Days an invitation is open"),
	"is_default":                   lang.Key("Default group"),
	"key":                          lang.Key("Key"),
	"kind":                         lang.Key("Kind"),
	"language":                     lang.Key("Language"),
	"last_name":                    lang.Key("Last name"),
	"license_assign":               lang.Key("Assign licenses by themselves"),
	"license_required":             lang.Key("Requires a license"),
	"license_reserve":              lang.Key("Reserve licenses for the invited"),
	"limits.account_ids":           lang.Key("Limited to accounts"),
	"limits.group_ids":             lang.Key("Limited to groups"),
	"limits.team_ids":              lang.Key("Limited to teams"),
	"link":                         lang.Key("Link"),
	"logo":                         lang.Key("Logo"),
	"members":                      lang.Key("Members"),
	"move_to":                      lang.Key("Members moved to"),
	"moved_to":                     lang.Key("Users moved to"),
	"must_change_password":         lang.Key("To be changed at the next sign-in"),
	"name":                         lang.Key("Name"),
	"notes":                        lang.Key("Notes"),
	"number":                       lang.Key("Number"),
	"number_notices":               lang.Key("Tell people of their numbers"),
	"numbers":                      lang.Key("Numbers"),
	"numbers_on_deactivation":      lang.Key("Numbers of the deactivated"),
	"opening":                      lang.Key("Opening"),
	"organization":                 lang.Key("Organization"),
	"overage":                      lang.Key("Overage in percent"),
	"parent_id":                    lang.Key("Lies below"),
	"password":                     lang.Key("Password"),
	"password_expiry_days":         lang.Key("Days until a password expires"),
	"password_history":             lang.Key("Last passwords that may not come again"),
	"password_kinds":               lang.Key("Kinds of characters in passwords"),
	"password_min_length":          lang.Key("Shortest password"),
	"password_never_expires":       lang.Key("Password never expires"),
	"password_reminder_days":       lang.Key("Days of notice before a password expires"),
	"permissions":                  lang.Key("Permissions"),
	"person_may_edit":              lang.Key("People edit it themselves"),
	"phone":                        lang.Key("Phone"),
	"pool_id":                      lang.Key("Pool"),
	"position":                     lang.Key("Place"),
	"quantity":                     lang.Key("Quantity"),
	"reason":                       lang.Key("Reason"),
	"reply_to":                     lang.Key("Replies go to"),
	"required":                     lang.Key("Required"),
	"role_id":                      lang.Key("Role"),
	"seats":                        lang.Key("Seats"),
	"second_device":                lang.Key("On a second device"),
	"sender_name":                  lang.Key("Sender of e-mails"),
	"service":                      lang.Key("Service"),
	"session_idle_minutes":         lang.Key("Minutes until an unused session ends"),
	"session_max_hours":            lang.Key("Hours until every session ends"),
	"sessions":                     lang.Key("Sessions"),
	"side":                         lang.Key("Side"),
	"sign_out_after":               lang.Key("Signs out after so many seconds"),
	"slug":                         lang.Key("Short name"),
	"starts_on":                    lang.Key("First day"),
	"state":                        lang.Key("State"),
	"subject":                      lang.Key("Subject"),
	"suspended_at":                 lang.Key("Suspended"),
	"team":                         lang.Key("Team"),
	"teams":                        lang.Key("Teams"),
	"time_zone":                    lang.Key("Time zone"),
	"title":                        lang.Key("Title"),
	"type":                         lang.Key("Type"),
	"unlisted_senders":             lang.Key("Unlisted senders"),
	"username":                     lang.Key("Username"),
	"users":                        lang.Key("Users"),
	"uses_numbers":                 lang.Key("Uses numbers"),
	"welcome_mails":                lang.Key("E-mails of welcome"),
	"welcome_text":                 lang.Key("How to begin"),
	"without_teams":                lang.Key("People in no team see"),
}

// values has words for values that programs write.
var values = map[string]map[string]lang.Text{
	"state": {
		"invited": lang.Key("Invited"), "pending": lang.Key("Awaiting activation"), "waiting": lang.Key("Waiting for a license"),
		"active": lang.Key("Active"), "deactivated": lang.Key("Deactivated"),
	},
	"authentication": {"password": lang.Key("Password"), "federated": lang.Key("Federated sign-in")},
	"password":       {"disabled": lang.Key("Disabled")},
	"reason": {
		"wrong_password": lang.Key("Wrong password"), "no_password": lang.Key("There is no password"), "password_changed": lang.Key("The password changed meanwhile"),
		"invited": lang.Key("The person has not joined yet"), "pending": lang.Key("The account is not activated"),
		"waiting": lang.Key("The user waits for a license"), "deactivated": lang.Key("The user is deactivated"),
		"not_active": lang.Key("The user is not active"), "organization_suspended": lang.Key("The organization is suspended"),
	},
	"kind": {
		"main": lang.Key("Main number"), "shared": lang.Key("Shared"), "personal": lang.Key("Personal"),
		"text": lang.Key("Text"), "number": lang.Key("Number"), "date": lang.Key("Date"), "choice": lang.Key("Choice"),
		"contract": lang.Key("Contract account"), "delivery": lang.Key("Delivery account"),
	},
	"numbers_on_deactivation": {"free": lang.Key("Become free"), "keep": lang.Key("Stay theirs")},
	"contract_accounts":       {"all": lang.Key("All")},
	"delivery_accounts":       {"all": lang.Key("All")},
	"second_device":           {"take_over": lang.Key("Takes the seat over"), "refuse": lang.Key("Is refused")},
	"side":                    {"organization": lang.Key("Organization"), "delivery": lang.Key("Delivery account")},
	"without_teams":           {"nobody": lang.Key("Nobody"), "everybody": lang.Key("Everybody")},
	"type":                    {"personal": lang.Key("Person"), "group": lang.Key("Shared address")},
}

// Difference is one changed field in words. Before and After are empty if there
// was nothing.
type Difference struct {
	Field, Before, After string
}

// Differences says in the language of the context what an event changed.
func Differences(ctx context.Context, e Event) []Difference {
	list := make([]Difference, 0, len(e.Changes))
	for _, c := range e.Changes {
		if c.Field == "team_id" || c.Field == "number_id" { // for programs; people see what team or number it was
			continue
		}
		d := Difference{fieldName(ctx, c.Field), value(ctx, c.Field, c.Before), value(ctx, c.Field, c.After)}
		if d.Before != d.After {
			list = append(list, d)
		}
	}
	return list
}

func fieldName(ctx context.Context, field string) string {
	if text, ok := fields[field]; ok {
		return text.In(ctx)
	}
	if key, ok := strings.CutPrefix(field, "settings."); ok {
		return lang.T(ctx, "Setting %s", key)
	}
	if key, ok := strings.CutPrefix(field, "permissions."); ok {
		return lang.T(ctx, "Permission %s", key)
	}
	if key, ok := strings.CutPrefix(field, "custom."); ok {
		return lang.T(ctx, "Field %s", key)
	}
	words := strings.ReplaceAll(field, "_", " ")
	first, size := utf8.DecodeRuneInString(words)
	return string(unicode.ToUpper(first)) + words[size:]
}

// value writes a JSON value for people.
func value(ctx context.Context, field string, v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case bool:
		if v {
			return lang.T(ctx, "Yes")
		}
		return lang.T(ctx, "No")
	case float64:
		if v != math.Trunc(v) || strings.HasPrefix(field, "custom.") {
			return strconv.FormatFloat(v, 'f', -1, 64)
		}
		return lang.Number(ctx, int(v))
	case string:
		return word(ctx, field, v)
	case map[string]any: // an op.Named
		if name, ok := v["name"].(string); ok {
			return short(name)
		}
	case []any:
		parts := make([]string, len(v))
		for i, one := range v {
			parts[i] = value(ctx, field, one)
		}
		return strings.Join(parts, ", ")
	}
	return fmt.Sprint(v)
}

func word(ctx context.Context, field, v string) string {
	if text, ok := values[field][v]; ok {
		return text.In(ctx)
	}
	switch {
	case field == "role_id", field == "default_role_id":
		if authz.RoleName(id.Role(v), "") != "" { // as events were written before roles had names
			return role.Called(ctx, id.Role(v), "")
		}
	case field == "permissions":
		for _, d := range authz.OrganizationPermissions() {
			if string(d.Permission) == v {
				return d.Name
			}
		}
	case field == "country":
		if region, err := language.ParseRegion(v); err == nil {
			return display.Regions(lang.Tag(ctx)).Name(region)
		}
	case field == "language", field == "default_language":
		if tag, err := language.Parse(v); err == nil {
			return display.Self.Name(tag)
		}
	case strings.HasSuffix(field, "_on"):
		if day, err := time.Parse(time.DateOnly, v); err == nil {
			return lang.Date(lang.With(ctx, lang.Tag(ctx), time.UTC), day)
		}
	case strings.HasSuffix(field, "_at"):
		if at, err := time.Parse(time.RFC3339, v); err == nil {
			return lang.DateTime(ctx, at)
		}
	}
	return short(v)
}

// longest is how much of a value is shown, in characters.
const longest = 160

func short(text string) string {
	if runes := []rune(text); len(runes) > longest {
		return string(runes[:longest-1]) + "…"
	}
	return text
}
