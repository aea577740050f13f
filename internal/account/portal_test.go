package account_test

import (
	"regexp"
	"testing"

	"roster/internal/account"
	"roster/internal/app/apptest"
)

var accountPath = regexp.MustCompile(`^/o/alpha/accounts/(acc_[0-9a-z]{26})$`)

func TestAnAdminWorksWithAccounts(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		b := w.Browser(t, account.Pages).As(w.A.Admin, w.A)
		if list := b.Get("/o/alpha/accounts"); !list.Has("No contract accounts yet", "New contract account") {
			t.Errorf("at first: %+v", list)
		}
		if list := b.Get("/o/alpha/accounts?kind=delivery"); !list.Has("No delivery accounts yet", "kind=delivery") {
			t.Errorf("at first: %+v", list)
		}
		made := b.Post("/o/alpha/accounts", "kind", "contract", "name", "North", "parent_id", "")
		if !accountPath.MatchString(made.Location) {
			t.Fatalf("made: %+v", made)
		}
		north := accountPath.FindStringSubmatch(made.Location)[1]
		if page := b.Follow(made); !page.Has("The account has been created.", "none: it is at the top", "parent_id="+north) {
			t.Errorf("the account: %+v", page)
		}
		if form := b.Get("/o/alpha/accounts/new?kind=contract&parent_id=" + north); !form.Has(`value="` + north + `" selected`) {
			t.Errorf("the form for one below: %+v", form)
		}
		inner := b.Post("/o/alpha/accounts", "kind", "contract", "name", "Oslo", "parent_id", north)
		if page := b.Follow(inner); !page.Has("North", "Oslo") {
			t.Errorf("one below: %+v", page)
		}
		wrong := b.Post("/o/alpha/accounts", "kind", "contract", "name", "oslo", "parent_id", north)
		if wrong.Status != 422 || !wrong.Has(`id="name-e"`, `value="oslo"`, `value="`+north+`" selected`) {
			t.Errorf("a name that is taken: %+v", wrong)
		}
		circle := b.Post("/o/alpha/accounts/"+north+"/edit", "version", "1", "kind", "contract", "name", "Nord", "parent_id", accountPath.FindStringSubmatch(inner.Location)[1])
		if circle.Status != 422 || !circle.Has(`id="parent_id-e"`, `value="Nord"`) {
			t.Errorf("a circle: %+v", circle)
		}
		port := b.Post("/o/alpha/accounts", "kind", "delivery", "name", "Port", "contract_account_ids", north)
		if page := b.Follow(port); !page.Has("A delivery account.", "/o/alpha/accounts/"+north) {
			t.Errorf("a delivery account: %+v", page)
		}
		if list := b.Get("/o/alpha/accounts?kind=delivery&contract_account_id=" + north); !list.Has("Port", "Those that occur under North.", "1 delivery account, by name") {
			t.Errorf("under the contract: %+v", list)
		}
		if none := b.Get("/o/alpha/accounts?q=nothing"); !none.Has("No account matches", "Show all accounts") {
			t.Errorf("searched for nothing: %+v", none)
		}
		if saved := b.Follow(b.Post(port.Location+"/edit", "version", "1", "kind", "delivery", "name", "Harbor")); !saved.Has("Saved.", "Harbor") || saved.Has("/accounts/"+north) {
			t.Errorf("saved: %+v", saved)
		}
		if late := b.Post(port.Location+"/edit", "version", "1", "kind", "delivery", "name", "Late"); late.Status != 412 || !late.Has("Somebody changed this account", `value="Late"`, `name="version" value="2"`) {
			t.Errorf("saved over another change: %+v", late)
		}
		if question := b.Get(made.Location + "/delete"); !question.Has("There are accounts below North.") || question.Has(">Delete account<") {
			t.Errorf("the question: %+v", question)
		}
		if refused := b.Post(made.Location + "/delete"); refused.Status != 409 || !refused.Has("There are accounts below North.") {
			t.Errorf("deleted: %+v", refused)
		}
		other := w.Browser(t, account.Pages).As(w.A.User, w.A)
		for _, answer := range []apptest.Answer{other.Get(made.Location), other.Get("/o/alpha/accounts"), other.Post(port.Location + "/delete")} {
			if answer.Status != 404 {
				t.Errorf("a plain user: %+v", answer)
			}
		}
		if done := b.Follow(b.Post(port.Location + "/delete")); !done.Has("The account has been deleted.") {
			t.Errorf("deleted: %+v", done)
		}
	})
}
