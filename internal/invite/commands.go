package invite

import (
	"strings"

	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/group"
	"roster/internal/id"
	"roster/internal/license"
	"roster/internal/link"
	"roster/internal/mail"
	"roster/internal/op"
	"roster/internal/org"
	"roster/internal/service"
	"roster/internal/team"
	"roster/internal/text"
	"roster/internal/user"
)

// Operations lists what this package does.
func Operations() []op.Operation {
	return []op.Operation{Create, List, Get, Remind, Revoke, Prepare, Preview}
}

// Create invites one or many people; every address has its own outcome, and
// those that cannot be invited do not keep the others from it. An address whose
// invitation has expired is invited anew. Where no role or language is said, the
// group's defaults apply. Errors: validation_failed,
// grant_exceeds_own.
var Create = op.Command[Input, Results]{
	Name: "invitation.create", Needs: authz.InvitationsManage, Scope: authz.InOrg, Run: create,
}

// ListInput is the list's filter.
type ListInput struct {
	State  State  `query:"state" json:"-" enum:"open,expired" doc:"Only open or only expired ones."`
	Search string `query:"q" json:"-" maxLength:"128" doc:"Part of a name or address."`
	op.Paging
}

// List answers the invitations that have not been accepted, last sent first.
var List = op.Query[ListInput, op.Page[Invitation]]{
	Name: "invitation.list", Needs: authz.InvitationsManage, Scope: authz.InOrg, Run: list,
}

// Ref names an invitation.
type Ref struct {
	ID id.Invitation `path:"id" json:"-"`
}

// Get answers one invitation.
var Get = op.Query[Ref, Invitation]{
	Name: "invitation.get", Needs: authz.InvitationsManage, Scope: authz.InOrg,
	Run: func(t *op.Tx, in Ref) (Invitation, error) { return byID(t, in.ID) },
}

// Remind sends the invitation again, open or expired: a new link for a new full
// time, under the same id. The older link stops working. Errors: not_found,
// too_many_letters.
var Remind = op.Command[Ref, Invitation]{
	Name: "invitation.remind", Needs: authz.InvitationsManage, Scope: authz.InOrg, Run: remind,
}

// Revoke takes an invitation back: its link stops working, and the user who
// never joined is gone. The address can be invited again. Error: not_found.
var Revoke = op.Command[Ref, op.Nothing]{
	Name: "invitation.revoke", Needs: authz.InvitationsManage, Scope: authz.InOrg, Run: revoke,
}

// FirstAdmin is the step of creating an organization: the operator invites the
// admin who will run it.
func FirstAdmin(t *op.Tx, _ org.Organization, email string) error {
	if email == "" {
		return nil
	}
	_, err := create(t, Input{Emails: []string{email}, Role: authz.RoleAdmin})
	return err
}

func create(t *op.Tx, in Input) (Results, error) {
	o, err := org.Mine(t)
	if err != nil {
		return Results{}, err
	}
	g, err := group.Choose(t, in.Group)
	if err != nil && errs.KindOf(err) != errs.KindInvalid { // which check says, beside what else is wrong
		return Results{}, err
	}
	var c errs.Check
	if in.teams, err = team.ChooseFor(t, &c, in.Teams, g); err != nil {
		return Results{}, err
	}
	in = in.check(&c, o.Language, g)
	in.as, err = in.Access.Apply(t, &c, user.User{Type: user.Personal, Group: g.ID, Role: in.Role, Language: in.Language, TimeZone: o.TimeZone, Authentication: user.ByPassword})
	if err == nil {
		in.as.Wishes, err = license.Choose(t, &c, in.Licenses)
	}
	if err == nil {
		err = c.Err()
	}
	if err != nil {
		return Results{}, err
	}
	if in.services, err = service.InForce(t); err != nil {
		return Results{}, err
	}
	people := in.people()
	domains, err := org.DomainsOf(t)
	if err != nil {
		return Results{}, err
	}
	users, invitations, within, err := known(t, people)
	if err != nil {
		return Results{}, err
	}
	out := Results{Results: make([]Result, 0, len(people))}
	for _, p := range people {
		r := Result{Email: p.written}
		if p.problem != nil {
			r.because(Invalid, *p.problem)
		} else {
			u, exists := users[p.address.Key]
			if exists && !within[u.ID] {
				r.Outcome, r.Message = AlreadyUser, "Somebody is a user with this address already."
			} else if r, err = one(t, o, g, in, p, u, exists, invitations[u.ID]); err != nil {
				return Results{}, err
			}
		}
		r.External = p.external(domains)
		out.Results = append(out.Results, r)
	}
	out.People, err = reach(t, o, in.teams, in.as.Side, in.as.Delivery)
	return out, err
}

// known looks all addresses up at once, and says who of them is within reach.
func known(t *op.Tx, people []person) (map[string]user.User, map[id.User]Invitation, map[id.User]bool, error) {
	var keys []string
	for _, p := range people {
		if p.problem == nil {
			keys = append(keys, p.address.Key)
		}
	}
	users, err := user.ByEmailKeys(t, keys)
	if err != nil {
		return nil, nil, nil, err
	}
	var there, invited []id.User
	for _, u := range users {
		there = append(there, u.ID)
		if u.State == user.Invited {
			invited = append(invited, u.ID)
		}
	}
	invitations, err := byUsers(t, invited)
	if err != nil {
		return nil, nil, nil, err
	}
	within, err := user.Within(t, there)
	return users, invitations, within, err
}

// one invites a single person, or says why not.
func one(t *op.Tx, o org.Organization, g group.Group, in Input, p person, u user.User, exists bool, i Invitation) (Result, error) {
	r := Result{Email: p.written, User: u.ID, Invitation: i.ID}
	switch {
	case p.twice:
		r.because(AlreadyInvited, errs.Phrased("This address stands in the list twice."))
		return r, nil
	case exists && u.State != user.Invited:
		r.because(AlreadyUser, errs.Phrased("%s is a user already.", u.Name()))
		if !t.Actor().Permissions.Has(authz.UsersView) { // who may not see users learns no names
			r.User = ""
			r.because(AlreadyUser, errs.Phrased("Somebody is a user with this address already."))
		}
		return r, nil
	case exists && i.State == Open:
		r.because(AlreadyInvited, errs.Phrased("Invited already, by %s.", i.InvitedByName))
		return r, nil
	case exists:
		return again(t, o, g, in, p, u, i)
	}
	first, last := p.names()
	u = in.as
	u.Email, u.FirstName, u.LastName = p.address.Spelling, first, last
	u, added, err := user.AddInvited(t, u)
	if err != nil {
		return r, err
	}
	if !added {
		// Somebody's username reads like this address.
		r.because(AlreadyUser, errs.Phrased("Somebody signs in with this address as their username."))
		return r, nil
	}
	i = Invitation{
		ID: id.New[id.Invitation](t.Now()), User: u.ID, Email: u.Email, Name: strings.TrimSpace(first + " " + last), Group: g.ID, GroupName: g.Name, Role: in.Role, RoleName: in.as.RoleName, Message: in.Message, Language: in.Language,
		CreatedAt: t.Now(), Version: 1,
	}
	if len(in.teams) > 0 {
		if err := team.Place(t, u.ID, in.teams); err != nil {
			return r, err
		}
	}
	if err := user.MayKeep(t, u.ID); err != nil {
		return r, err
	}
	i.called, i.services = team.Names(in.teams), in.services
	i = i.sentBy(t, o)
	if err := insert(t, i, p.address.Key); err != nil {
		return r, err
	}
	if err := send(t, o, i, u); err != nil {
		return r, err
	}
	r.Outcome, r.User, r.Invitation = Invited, u.ID, i.ID
	return r, t.Record(i.event("invitation.created"))
}

// again opens an expired invitation with what is given now.
func again(t *op.Tx, o org.Organization, g group.Group, in Input, p person, u user.User, i Invitation) (Result, error) {
	r := Result{Email: p.written, Outcome: Invited, User: u.ID, Invitation: i.ID}
	u, err := user.Reinvite(t, u, in.as)
	if err != nil {
		return r, err
	}
	if err := team.Place(t, u.ID, in.teams); err != nil {
		return r, err
	}
	if err := user.MayKeep(t, u.ID); err != nil {
		return r, err
	}
	i.Group, i.GroupName = g.ID, g.Name
	i.RoleName = in.as.RoleName
	i.Role, i.Message, i.Language, i.called, i.services = in.Role, in.Message, in.Language, team.Names(in.teams), in.services
	return r, resend(t, o, i, u, "invitation.created")
}

// sentBy stamps who sends now, and until when it holds.
func (i Invitation) sentBy(t *op.Tx, o org.Organization) Invitation {
	actor := t.Actor()
	i.InvitedBy, i.InvitedByName = actor.ID, actor.Name
	if actor.OnPlatform() {
		i.InvitedByName = o.Sender() // people do not know the vendor's operators
	}
	i.SentAt, i.ExpiresAt = t.Now(), t.Now().Add(o.InvitationLife())
	return i
}

// resend stamps a stored invitation anew and sends it.
func resend(t *op.Tx, o org.Organization, i Invitation, u user.User, event string) error {
	i = i.sentBy(t, o)
	if err := mail.Cancel(t, string(i.ID)); err != nil {
		return err
	}
	if err := renew(t, i); err != nil {
		return err
	}
	if err := send(t, o, i, u); err != nil {
		return err
	}
	return t.Record(i.event(event))
}

// send makes the link, which kills the older one, and posts the letter.
func send(t *op.Tx, o org.Organization, i Invitation, u user.User) error {
	token, _, err := link.Issue(t, link.New{
		Purpose: link.Invitation, Subject: string(u.ID), Address: u.Email, CredentialVersion: 1, Life: o.InvitationLife(),
	})
	if err != nil {
		return err
	}
	w, err := wordsFor(t, i)
	if err != nil {
		return err
	}
	posted, err := mail.Post(t, letter(t, o, i, u.FirstName, token, w))
	if err != nil {
		return err
	}
	return setLetter(t, i.ID, posted)
}

func list(t *op.Tx, in ListInput) (op.Page[Invitation], error) {
	var none op.Page[Invitation]
	limit, err := in.Size()
	if err != nil {
		return none, err
	}
	if in.State != "" && in.State != Open && in.State != Expired {
		return none, errs.Malformed("invalid_parameter", "state is open or expired.")
	}
	search := text.SearchKey(in.Search)
	name := "invitations\x00" + string(in.State) + "\x00" + search
	var after *position
	if in.Cursor != "" {
		after = &position{}
		if err := t.OpenCursor(name, in.Cursor, after); err != nil {
			return none, err
		}
	}
	rows, err := page(t, in.State, search, after, limit+1)
	if err != nil {
		return none, err
	}
	p, err := op.Cut(t, name, rows, limit, func(i Invitation) any { return position{i.SentAt, i.ID} })
	if err == nil && in.Count {
		var n int
		n, err = total(t, in.State, search)
		p.Total = &n
	}
	return p, err
}

func remind(t *op.Tx, in Ref) (Invitation, error) {
	i, err := byID(t, in.ID)
	if err != nil {
		return i, err
	}
	o, err := org.Mine(t)
	if err != nil {
		return i, err
	}
	u, err := user.ByID(t, i.User)
	if err != nil {
		return i, err
	}
	// Who reminds stands behind the invitation from now on, so must be able to give what it gives.
	as := u
	as.Language = i.Language
	if u, err = user.Reinvite(t, u, as); err != nil {
		return i, err
	}
	if err := mail.TooMany(t, u.Email, "invitation", lettersPerDay); err != nil {
		return i, err
	}
	if i.services, err = service.InForce(t); err != nil {
		return i, err
	}
	i.Reminders++
	if err := resend(t, o, i, u, "invitation.reminded"); err != nil {
		return i, err
	}
	return byID(t, i.ID)
}

func revoke(t *op.Tx, in Ref) (op.Nothing, error) {
	i, err := byID(t, in.ID)
	if err != nil {
		return op.Nothing{}, err
	}
	u, err := user.ByID(t, i.User)
	if err != nil {
		return op.Nothing{}, err
	}
	if err := mail.Cancel(t, string(i.ID)); err != nil {
		return op.Nothing{}, err
	}
	if err := user.Withdraw(t, u); err != nil {
		return op.Nothing{}, err
	}
	return op.Nothing{}, t.Record(i.event("invitation.revoked"))
}

func (i Invitation) event(name string) op.Event {
	e := op.Event{
		Name: name, Subject: op.Subject{Kind: "user", ID: string(i.User), Name: i.Email},
		Changes: []op.Change{
			{Field: "group_id", After: op.Named{ID: string(i.Group), Name: i.GroupName}},
			{Field: "role_id", After: op.Named{ID: string(i.Role), Name: authz.RoleName(i.Role, i.RoleName)}}, {Field: "expires_at", After: i.ExpiresAt},
		},
	}
	if len(i.called) > 0 {
		e.Changes = append(e.Changes, op.Change{Field: "teams", After: i.called})
	}
	return e
}
