package account_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"roster/internal/account"
	"roster/internal/app/apptest"
	"roster/internal/authz"
	"roster/internal/id"
	"roster/internal/op"
	"roster/internal/patch"
	"roster/internal/role"
	"roster/internal/user"
)

// model is the accounts of one run, and the slow and obvious answers.
type model struct {
	kinds  map[id.Account]account.Kind
	parent map[id.Account]id.Account
	links  map[id.Account][]id.Account
}

func (m model) of(kind account.Kind) []id.Account {
	var list []id.Account
	for a, k := range m.kinds {
		if k == kind {
			list = append(list, a)
		}
	}
	slices.Sort(list)
	return list
}

// up are an account and all that it lies below.
func (m model) up(a id.Account) []id.Account {
	var path []id.Account
	for at := a; at != ""; at = m.parent[at] {
		path = append(path, at)
	}
	return path
}

func (m model) chosen(a id.Account, by authz.Accounts) bool {
	return by.All || slices.ContainsFunc(m.up(a), func(one id.Account) bool { return slices.Contains(by.IDs, one) })
}

func (m model) occurs(delivery, contract id.Account) bool {
	for _, at := range m.up(delivery) {
		for _, linked := range m.links[at] {
			if slices.Contains(m.up(linked), contract) {
				return true
			}
		}
	}
	return false
}

// reaches says it of one account, or of a contract account with a delivery account.
func (m model) reaches(r authz.Reach, contract, delivery id.Account) bool {
	switch {
	case contract != "" && delivery != "":
		return m.chosen(contract, r.Contract) && m.chosen(delivery, r.Delivery) && m.occurs(delivery, contract)
	case contract != "":
		if !m.chosen(contract, r.Contract) {
			return false
		}
		return r.Delivery.All || slices.ContainsFunc(m.of(account.Delivery), func(d id.Account) bool { return m.chosen(d, r.Delivery) && m.occurs(d, contract) })
	}
	if !m.chosen(delivery, r.Delivery) {
		return false
	}
	return r.Contract.All || slices.ContainsFunc(m.of(account.Contract), func(c id.Account) bool { return m.chosen(c, r.Contract) && m.occurs(delivery, c) })
}

type question struct{ asked [][2]id.Account }

// ask answers by the pure function what the one who looks may be let near.
var ask = op.Query[question, []bool]{
	Name: "test.reach", Needs: authz.UsersView, Scope: authz.InOrg,
	Run: func(t *op.Tx, in question) ([]bool, error) {
		var all []id.Account
		for _, pair := range in.asked {
			for _, one := range pair {
				if one != "" {
					all = append(all, one)
				}
			}
		}
		r := t.Actor().Reach
		f, err := account.Known(t, all, r.Delivery.IDs)
		var answers []bool
		for _, pair := range in.asked {
			answers = append(answers, f.Reaches(r, pair[0], pair[1]))
		}
		return answers, err
	},
}

// viewer is somebody of A who may see users and nothing else.
func viewer(t *testing.T, w *apptest.World) apptest.Person {
	t.Helper()
	r, err := role.Create.Do(t.Context(), w.Door, w.A.Admin.Call(w.A), role.Input{Name: patch.To("Viewer"), Permissions: patch.To(role.Permissions{authz.UsersView})})
	if err != nil {
		t.Fatal(err)
	}
	return w.Person(t, w.A.Org, "Vic", "Viewer", "vic@alpha.example", r.ID)
}

// The rule about accounts stands twice, in SQL and as a function: both say what
// the obvious model says, of any trees, links and choices, also after moves.
func TestBothRulesOfReachSayTheSame(t *testing.T) {
	w := apptest.New(t, apptest.SQLite(t))
	admin, vic, run := w.A.Admin.Call(w.A), viewer(t, w), 0
	rapid.Check(t, func(rt *rapid.T) {
		run++
		m, named := model{map[id.Account]account.Kind{}, map[id.Account]id.Account{}, map[id.Account][]id.Account{}}, fmt.Sprintf("run %d.", run)
		for i := range rapid.IntRange(2, 8).Draw(rt, "accounts") {
			grow(t, rt, w, m, fmt.Sprint(named, i))
		}
		for range rapid.IntRange(0, 2).Draw(rt, "moves") {
			shift(t, rt, w, m)
		}
		reach := authz.Reach{Side: authz.OfOrganization, Contract: pick(rt, m.of(account.Contract), "contracts"), Delivery: authz.AllAccounts()}
		if d := pick(rt, m.of(account.Delivery), "deliveries"); !d.All {
			reach.Side, reach.Delivery = authz.OfDelivery, d
		}
		access := user.Access{Side: patch.To(reach.Side), Contract: patch.To(reach.Contract), Delivery: patch.To(reach.Delivery)}
		if _, err := user.Change.Do(t.Context(), w.Door, admin, user.Update{ID: vic.User.ID, Access: access}); err != nil {
			rt.Fatal(err)
		}
		compare(t, rt, w, vic.Call(w.A), m, reach, named)
	})
}

// compare asks both rules about every account and every pair.
func compare(t *testing.T, rt *rapid.T, w *apptest.World, call op.Call, m model, reach authz.Reach, named string) {
	var q question
	var want []bool
	listed := map[id.Account]bool{}
	for a, kind := range m.kinds {
		pair := [2]id.Account{a, ""}
		if kind == account.Delivery {
			pair = [2]id.Account{"", a}
		}
		if m.reaches(reach, pair[0], pair[1]) {
			listed[a] = true
		}
		q.asked, want = append(q.asked, pair), append(want, m.reaches(reach, pair[0], pair[1]))
	}
	for _, c := range m.of(account.Contract) {
		for _, d := range m.of(account.Delivery) {
			q.asked, want = append(q.asked, [2]id.Account{c, d}), append(want, m.reaches(reach, c, d))
		}
	}
	got, err := ask.Do(t.Context(), w.Door, call, q)
	if err != nil || !slices.Equal(got, want) {
		rt.Fatalf("asked %v as %+v: %v, %v, want %v; %+v", q.asked, reach, got, err, want, m)
	}
	page, err := account.List.Do(t.Context(), w.Door, call, account.ListInput{Filter: account.Filter{Search: named}, Paging: op.Paging{Limit: 100, Count: true}})
	found := map[id.Account]bool{}
	for _, a := range page.Items {
		found[a.ID] = true
	}
	if err != nil || !maps.Equal(found, listed) || *page.Total != len(listed) {
		rt.Fatalf("listed as %+v are %v, %v, want %v; %+v", reach, found, err, listed, m)
	}
}

func grow(t *testing.T, rt *rapid.T, w *apptest.World, m model, name string) {
	kind := rapid.SampledFrom([]account.Kind{account.Contract, account.Delivery}).Draw(rt, "kind")
	in := account.New{Kind: kind, Input: account.Input{Name: patch.To(name)}}
	if above := rapid.SampledFrom(append(m.of(kind), "")).Draw(rt, "parent"); above != "" && len(m.up(above)) < account.MaxDepth {
		in.Parent = patch.To(above)
	}
	if contracts := m.of(account.Contract); kind == account.Delivery && len(contracts) > 0 {
		in.Contracts = patch.To(account.IDs(rapid.SliceOfN(rapid.SampledFrom(contracts), 0, 2).Draw(rt, "links")))
	}
	a, err := account.Create.Do(t.Context(), w.Door, w.A.Admin.Call(w.A), in)
	if err != nil {
		rt.Fatal(err)
	}
	m.kinds[a.ID], m.parent[a.ID], m.links[a.ID] = kind, a.Parent, a.Contracts
}

// shift moves an account to another place, or nowhere where that would be below itself.
func shift(t *testing.T, rt *rapid.T, w *apptest.World, m model) {
	a := rapid.SampledFrom(slices.Sorted(maps.Keys(m.kinds))).Draw(rt, "moved")
	to := rapid.SampledFrom(append(m.of(m.kinds[a]), "")).Draw(rt, "to")
	moved, err := account.Change.Do(t.Context(), w.Door, w.A.Admin.Call(w.A), account.Update{ID: a, Input: account.Input{Parent: patch.To(to)}})
	switch circle := to != "" && slices.Contains(m.up(to), a); {
	case circle && err == nil:
		rt.Fatalf("%s lies below itself", a)
	case !circle && err != nil:
		rt.Fatal(err) // eight accounts are never too deep
	case !circle:
		m.parent[a] = moved.Parent
	}
}

// pick chooses all, or one to three of them.
func pick(rt *rapid.T, list []id.Account, what string) authz.Accounts {
	if len(list) == 0 || rapid.Bool().Draw(rt, "all "+what) {
		return authz.AllAccounts()
	}
	return authz.ChosenAccounts(rapid.SliceOfN(rapid.SampledFrom(list), 1, 3).Draw(rt, what)...)
}
