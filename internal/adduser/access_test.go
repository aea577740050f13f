package adduser_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"roster/internal/account"
	"roster/internal/adduser"
	"roster/internal/app/apptest"
	"roster/internal/authz"
	"roster/internal/id"
	"roster/internal/op"
	"roster/internal/patch"
	"roster/internal/people"
	"roster/internal/role"
	"roster/internal/secret"
	"roster/internal/user"
)

// accountOf makes an account of the organization A.
func accountOf(t *testing.T, w *apptest.World, kind account.Kind, name string) id.Account {
	t.Helper()
	a, err := account.Create.Do(t.Context(), w.Door, w.A.Admin.Call(w.A), account.New{Kind: kind, Input: account.Input{Name: patch.To(name)}})
	if err != nil {
		t.Fatal(err)
	}
	return a.ID
}

func TestTheWizardAsksWhoseUserItIs(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		b := w.Browser(t, adduser.Pages, people.Pages).As(w.A.Admin, w.A)
		if page := b.Get(newUser); page.Has(`name="side"`) || !page.Has(`name="first_name"`) {
			t.Error("an organization without delivery accounts is asked for a side")
		}
		fjord, nordic := accountOf(t, w, account.Delivery, "Fjordkraft"), accountOf(t, w, account.Contract, "Nordic")
		page := b.Get(newUser + "?email=frida@f.example")
		if !page.Has(`name="side"`, "A delivery account") || page.Has(`name="first_name"`) {
			t.Fatalf("the first step: %d\n%s", page.Status, page.Body)
		}
		page = b.Post(newUser, "step", "whose", "side", "delivery", "email", "frida@f.example")
		if page.Status != http.StatusOK || !page.Has(`name="first_name"`) {
			t.Fatalf("the person: %d\n%s", page.Status, page.Body)
		}
		page = b.Post(newUser, append(carried(page), "email", "frida@f.example", "first_name", "Frida", "last_name", "Fjord")...)
		if !page.Has("Fjordkraft", "Nordic", `value="users.manage"`) || page.Has(`value="roles.manage"`) {
			t.Fatalf("the rights of a user of a delivery account: %d\n%s", page.Status, page.Body)
		}
		given := append(carried(page), "role_id", "rol_user", "entry", "activation", "contract_access", "all")
		if wrong := b.Post(newUser, given...); wrong.Status != http.StatusUnprocessableEntity || !wrong.Has(`href="#delivery_accounts"`) {
			t.Errorf("no account: %d\n%s", wrong.Status, wrong.Body)
		}
		given[len(given)-1] = "chosen"
		page = b.Post(newUser, append(given, "contract_accounts", string(nordic), "delivery_accounts", string(fjord), "permissions", "users.view")...)
		if page.Status != http.StatusOK || !page.Has("Fjordkraft", "Nordic", "See users", "A delivery account") {
			t.Fatalf("the review: %d\n%s", page.Status, page.Body)
		}
		done := b.Post(newUser, append(carried(page), "go", "add")...)
		u, err := user.Get.Do(t.Context(), w.Door, w.A.Admin.Call(w.A), user.Ref{ID: id.User(done.Location[strings.LastIndex(done.Location, "/")+1:])})
		if err != nil || u.Side != authz.OfDelivery || !slices.Equal(u.Delivery.IDs, []id.Account{fjord}) || !slices.Equal(u.Contract.IDs, []id.Account{nordic}) || !slices.Equal(u.Extra, []authz.Permission{"users.view"}) {
			t.Errorf("added %+v, %v", u.Rights, err)
		}
	})
}

// An admin of a delivery account administers it, and nothing else.
func TestAnAdminOfADeliveryAccount(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		fjord, hafen := accountOf(t, w, account.Delivery, "Fjordkraft"), accountOf(t, w, account.Delivery, "Hafenbau")
		add := func(by op.Call, in adduser.Input) (user.User, error) {
			in.Fields = user.Fields{FirstName: patch.To("F"), LastName: patch.To("F")}
			return adduser.Add.Do(ctx, w.Door, by, in)
		}
		of := func(role id.Role, accounts ...id.Account) adduser.Input {
			return adduser.Input{
				Role: role, Entry: adduser.ByPassword, Password: secret.NewClear(good),
				Access: user.Access{Side: patch.To(authz.OfDelivery), Delivery: patch.To(authz.ChosenAccounts(accounts...))},
			}
		}
		chief := of(authz.RoleAdmin, fjord)
		chief.Email = "chief@f.example"
		boss, err := add(w.A.Admin.Call(w.A), chief)
		if err != nil {
			t.Fatal(err)
		}
		other := of(authz.RoleUser, hafen)
		other.Email = "other@h.example"
		stranger, err := add(w.A.Admin.Call(w.A), other)
		if err != nil {
			t.Fatal(err)
		}
		s, err := signIn(t, w, w.A, "chief@f.example", good)
		if err != nil {
			t.Fatal(err)
		}
		hash, _ := secret.HashToken(s.Token.Reveal(), secret.Session)
		by := apptest.Person{User: boss, Token: s.Token, Hash: hash.Bytes()}.Call(w.A)

		mate, err := add(by, adduser.Input{Email: "mate@f.example", Role: authz.RoleAdmin, Entry: adduser.ByPassword, Password: secret.NewClear(good)})
		if err != nil || mate.Side != authz.OfDelivery || !slices.Equal(mate.Delivery.IDs, []id.Account{fjord}) {
			t.Fatalf("who is added without a word about accounts: %+v, %v", mate.Rights, err)
		}
		if mate.Permissions().Has(authz.SettingsManage) || !mate.Permissions().Has(authz.UsersManage) {
			t.Errorf("an admin of a delivery account holds %v", mate.Permissions().List())
		}
		for name, in := range map[string]adduser.Input{
			"another account": of(authz.RoleUser, hafen), "both": of(authz.RoleUser, fjord, hafen),
			"the organization":     {Access: user.Access{Side: patch.To(authz.OfOrganization)}},
			"a right not for them": {Access: user.Access{Extra: patch.To(role.Permissions{authz.RolesManage})}},
		} {
			in.Email = "x@f.example"
			if _, err := add(by, in); err == nil {
				t.Errorf("%s was given", name)
			}
		}
		for name, u := range map[string]user.User{"of another account": stranger, "of the organization": w.A.User.User} {
			if _, err := user.Get.Do(ctx, w.Door, by, user.Ref{ID: u.ID}); err == nil {
				t.Errorf("a user %s is seen", name)
			}
			if _, err := user.Change.Do(ctx, w.Door, by, user.Update{ID: u.ID, Notes: patch.To("seen")}); err == nil {
				t.Errorf("a user %s is changed", name)
			}
			found, err := people.Lookup.Do(ctx, w.Door, by, people.Address{Email: u.Email})
			if err != nil || !found.Exists || found.User != nil {
				t.Errorf("the address of a user %s answers %+v, %v", name, found, err)
			}
		}
		list, err := people.List.Do(ctx, w.Door, by, people.ListInput{})
		if err != nil || len(list.Items) != 2 {
			t.Errorf("%d users are listed, want the two of the account: %v", len(list.Items), err)
		}
		counts, err := people.Counts.Do(ctx, w.Door, by, op.Nothing{})
		if err != nil || counts[user.Active] != 2 {
			t.Errorf("counted %v, %v", counts, err)
		}
	})
}
