package apikey

import (
	"strings"
	"testing"
	"time"

	"roster/internal/authz"
	"roster/internal/errs"
)

var now = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

func TestWhatAKeyHolds(t *testing.T) {
	granted := `["audit.view","users.view"]`
	maker, vendor := "usr_00000000000000000000000000", "key_00000000000000000000000000"
	for name, test := range map[string]struct {
		key     Key
		state   State
		reduced bool
		holds   int
	}{
		"its maker is an admin":           {Key{Org: "org_a", Granted: granted, CreatedBy: maker, MakerRole: authz.RoleAdmin}, Active, false, 2},
		"its maker was demoted":           {Key{Org: "org_a", Granted: granted, CreatedBy: maker, MakerRole: authz.RoleUser}, Active, true, 0},
		"its maker is gone":               {Key{Org: "org_a", Granted: granted, CreatedBy: maker}, Active, true, 0},
		"its maker's role is gone":        {Key{Org: "org_a", Granted: granted, CreatedBy: maker, MakerRole: "rol_gone"}, Active, true, 0},
		"the operator made it":            {Key{Org: "org_a", Granted: granted, CreatedBy: vendor}, Active, false, 2},
		"it has expired":                  {Key{Org: "org_a", Granted: granted, CreatedBy: maker, MakerRole: authz.RoleAdmin, ExpiresAt: now}, Expired, false, 0},
		"it will expire":                  {Key{Org: "org_a", Granted: granted, CreatedBy: maker, MakerRole: authz.RoleAdmin, ExpiresAt: now.Add(1)}, Active, false, 2},
		"it was stopped":                  {Key{Org: "org_a", Granted: granted, CreatedBy: maker, MakerRole: authz.RoleAdmin, StoppedAt: now}, Stopped, false, 0},
		"its permissions cannot be read":  {Key{Org: "org_a", Granted: `{`, CreatedBy: maker, MakerRole: authz.RoleAdmin}, Active, false, 0},
		"it is the operator's":            {Key{CreatedBy: "opr_00000000000000000000000000"}, Active, false, len(authz.OperatorSet())},
		"it is the operator's and is old": {Key{CreatedBy: "opr_00000000000000000000000000", ExpiresAt: now}, Expired, false, 0},
	} {
		k := test.key.at(now)
		if k.State != test.state || k.Reduced != test.reduced || len(k.holds()) != test.holds {
			t.Errorf("%s: %s, reduced %v, holds %v", name, k.State, k.Reduced, k.holds())
		}
	}
}

func TestNewKeysAreChecked(t *testing.T) {
	good := New{Name: "Payroll", Permissions: []authz.Permission{authz.UsersView}}
	for name, test := range map[string]struct {
		change func(*New)
		code   string
	}{
		"good":                         {func(*New) {}, ""},
		"no name":                      {func(n *New) { n.Name = " \u200b" }, "required"},
		"a long name":                  {func(n *New) { n.Name = strings.Repeat("n", 65) }, "too_long"},
		"a control in the name":        {func(n *New) { n.Name = "a\x07" }, "invalid_text"},
		"no permission":                {func(n *New) { n.Permissions = nil }, "required"},
		"an unknown permission":        {func(n *New) { n.Permissions = append(n.Permissions, "users.destroy") }, "unknown_permission"},
		"a permission of the platform": {func(n *New) { n.Permissions = append(n.Permissions, authz.OperatorsManage) }, "unknown_permission"},
		"self-service":                 {func(n *New) { n.Permissions = append(n.Permissions, authz.SelfService) }, "unknown_permission"},
		"an end in the past":           {func(n *New) { n.ExpiresAt = now }, "in_the_past"},
		"an end to come":               {func(n *New) { n.ExpiresAt = now.Add(time.Second) }, ""},
	} {
		n := good
		test.change(&n)
		_, err := n.check(now, authz.OrganizationSet())
		got := ""
		if e, ok := err.(*errs.Error); ok {
			got = e.Fields[0].Code
		}
		if got != test.code {
			t.Errorf("%s: got %q (%v), want %q", name, got, err, test.code)
		}
	}
	twice, err := New{Name: "n", Permissions: []authz.Permission{authz.UsersView, authz.AuditView, authz.UsersView}}.check(now, authz.OrganizationSet())
	if err != nil || len(twice.Permissions) != 2 || twice.Permissions[0] != authz.AuditView {
		t.Errorf("twice the same permission: %v, %v", twice.Permissions, err)
	}
}
