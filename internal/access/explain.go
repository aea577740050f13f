package access

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"roster/internal/authz"
	"roster/internal/id"
	"roster/internal/lang"
	"roster/internal/role"
	"roster/internal/text"
	"roster/internal/user"
)

func sortByName(list []Named) {
	slices.SortFunc(list, func(a, b Named) int {
		return cmp.Or(strings.Compare(text.Key(a.Name), text.Key(b.Name)), strings.Compare(a.ID, b.ID))
	})
}

// part is what is held of one service, or of Roster itself.
type part struct {
	title string // empty: Roster itself
	held  []Held
}

// parts divides what is held by what declares it, in the catalogue's order.
func (e Explained) parts() []part {
	var list []part
	last := "\x00"
	for _, h := range e.Permissions {
		if h.Service != last {
			list, last = append(list, part{title: h.ServiceName}), h.Service
		}
		list[len(list)-1].held = append(list[len(list)-1].held, h)
	}
	return list
}

// lines is how many permissions of a part stand there before it is folded; one
// more alone is not worth folding.
const lines = 5

// shown are the lines that stand there at once, and those that are folded.
func (p part) shown() (first, rest []Held) {
	if len(p.held) <= lines+1 {
		return p.held, nil
	}
	return p.held[:lines], p.held[lines:]
}

// label is the name of what is held, beside others of the same part.
func (h Held) label(ctx context.Context) string {
	return role.Offered{Described: authz.Described{Name: h.Name}, Service: h.Service}.Label(ctx)
}

// sources says what gives a permission: 'from the role Dispatcher, given to this user'.
func (e Explained) sources(ctx context.Context, h Held) string {
	var list []string
	for _, by := range h.By {
		switch by {
		case ByRole:
			list = append(list, lang.T(ctx, "from the role %s", role.Called(ctx, id.Role(e.Role.ID), e.Role.Name)))
		case ByGrant:
			list = append(list, lang.T(ctx, "given to this user"))
		case ByEverybody:
			list = append(list, lang.T(ctx, "everybody has it"))
		case ByPlan:
			list = append(list, lang.T(ctx, "from the license %s", h.Plan))
		}
	}
	return strings.Join(list, ", ")
}

// refusals say why something that is held cannot be used, where it is not the
// state of the whole account.
var refusals = map[Reason]lang.Text{
	SubscriptionExpired: lang.Key("no subscription is in force today"),
	NoLicense:           lang.Key("without a license of it"),
	NoSeat:              lang.Key("while they have no seat"),
	ForOrganization:     lang.Key("not for users of a delivery account"),
}

// standing says what keeps the whole account from using what it holds, empty if
// nothing does.
func (e Explained) standing(ctx context.Context) string {
	switch e.State {
	case user.Active:
		return ""
	case user.Waiting:
		return lang.T(ctx, "None of this can be used yet: the account waits for a license.")
	case user.Deactivated:
		return lang.T(ctx, "None of this can be used while the account is deactivated.")
	}
	return lang.T(ctx, "None of this can be used before the account is set up.")
}

// named lists names for a sentence, with those that cannot be shown.
func named(ctx context.Context, list []Named, beyond int) string {
	names := make([]string, len(list))
	for i, one := range list {
		names[i] = one.Name
	}
	if beyond > 0 {
		names = append(names, lang.N(ctx, beyond, "%d that you cannot see", "%d that you cannot see"))
	}
	return strings.Join(names, ", ")
}

func (c Chosen) words(ctx context.Context) string {
	switch {
	case c.All:
		return lang.T(ctx, "All")
	case len(c.Items)+c.Beyond == 0:
		return lang.T(ctx, "None")
	}
	return named(ctx, c.Items, c.Beyond)
}

// limited reports whether there are limits, and something for them to limit.
func (e Explained) limited() bool {
	l, holds := e.Limits, authz.Set{}
	for _, h := range e.Permissions {
		holds[h.Permission] = true
	}
	return len(l.Groups)+len(l.Teams)+len(l.Accounts)+l.Beyond > 0 && holds.AboutPeople()
}

// limitWords says whom the rights over other users are about.
func (e Explained) limitWords(ctx context.Context) []string {
	var list []string
	for _, l := range []struct {
		items []Named
		words lang.Text
	}{
		{e.Limits.Groups, lang.Key("in these groups: ")}, {e.Limits.Teams, lang.Key("in one of these teams: ")}, {e.Limits.Accounts, lang.Key("of these accounts: ")},
	} {
		if len(l.items) > 0 {
			list = append(list, l.words.In(ctx)+named(ctx, l.items, 0))
		}
	}
	if e.Limits.Beyond > 0 {
		list = append(list, lang.T(ctx, "within limits that you cannot see"))
	}
	return list
}
