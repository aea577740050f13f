package demo

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"roster/internal/adduser"
	"roster/internal/authz"
	"roster/internal/group"
	"roster/internal/id"
	"roster/internal/invite"
	"roster/internal/op"
	"roster/internal/org"
	"roster/internal/patch"
	"roster/internal/user"
)

// moment is a point of the past, as a story gives it.
type moment struct {
	days   int // before today
	minute int // of that day in UTC; today: before now
}

// on is a time of day, such as 1345, so many days before today.
func on(days, clock int) moment { return moment{days, clock/100*60 + clock%100} }

// ago is so many minutes before now.
func ago(minutes int) moment { return moment{0, minutes} }

// never is a moment that has not been.
var never = moment{-1, 0}

func (m moment) at(now time.Time) time.Time {
	minutes := time.Duration(m.minute) * time.Minute
	if m.days == 0 {
		return now.Add(-minutes)
	}
	return now.Truncate(24*time.Hour).AddDate(0, 0, -m.days).Add(minutes)
}

// later is the moment so many days and minutes after m.
func (m moment) later(days, minutes int) moment { return moment{m.days - days, m.minute + minutes} }

// base is where people work.
type base struct{ country, language, zone string }

// person is somebody in a story.
type person struct {
	first, last       string
	display           string // where first and last name make another one
	email             string
	title, department string
	base              base
	phone             string
	seen              moment // never: not since they joined
}

func (p person) fields() user.Fields {
	f := user.Fields{
		FirstName: patch.To(p.first), LastName: patch.To(p.last), DisplayName: patch.To(p.display),
		Title: patch.To(p.title), Department: patch.To(p.department),
		Country: patch.To(p.base.country), Language: patch.To(p.base.language), TimeZone: patch.To(p.base.zone),
	}
	if p.phone != "" {
		f.Phone = patch.To(p.phone)
	}
	return f
}

// story is the history of one organization: scenes, told in the order of their
// moments, each through a door whose clock stands at its moment.
type story struct {
	ctx      context.Context
	door     func(offset time.Duration) *op.Door
	now      time.Time
	operator op.Call
	hash     string // of everybody's password

	org         id.Org
	users       map[string]id.User // by address
	invitations map[string]id.Invitation
	groups      map[id.Group]id.Group // by the name that stands for it: see named
	bounced     map[string]string     // by address: what the mail server said
	mailed      []string              // addresses whose letters are in the local mailbox
	scenes      []scene
}

type scene struct {
	at   time.Time
	what string
	play func(d *op.Door) error
}

// then adds a scene.
func (s *story) then(m moment, what string, play func(d *op.Door) error) {
	s.scenes = append(s.scenes, scene{m.at(s.now), what, play})
}

// tell plays all scenes and puts the letters away.
func (s *story) tell() error {
	s.users, s.invitations = map[string]id.User{}, map[string]id.Invitation{}
	s.groups = map[id.Group]id.Group{}
	slices.SortStableFunc(s.scenes, func(a, b scene) int { return a.at.Compare(b.at) })
	for _, c := range s.scenes {
		if err := c.play(s.door(c.at.Sub(s.now))); err != nil {
			return fmt.Errorf("%s: %w", c.what, err)
		}
	}
	problems := map[id.Invitation]string{}
	for email, problem := range s.bounced {
		problems[s.invitations[email]] = problem
	}
	var stays []string
	for _, email := range s.mailed {
		stays = append(stays, string(s.users[email]))
	}
	_, err := withhold.Do(s.ctx, s.door(0), worker(), outbox{s.org, problems, stays})
	return err
}

// begin creates the organization. Its first admin joins two hours later.
func (s *story) begin(m moment, in org.New, admin person) {
	in.AdminEmail = admin.email
	s.then(m, "create "+in.Slug, func(d *op.Door) error {
		o, err := org.Create.Do(s.ctx, d, s.operator, in)
		if err != nil {
			return err
		}
		s.org = o.ID
		return s.remember(d, admin.email)
	})
	s.joins(m.later(0, 130), admin)
}

// remember finds the user of an address.
func (s *story) remember(d *op.Door, email string) error {
	u, err := find.Do(s.ctx, d, worker(), finding{s.org, email})
	s.users[email] = u
	return err
}

// named stands for a group until there is its id.
func named(group string) id.Group { return id.Group(group) }

// makes is somebody making a group, which named finds from then on.
func (s *story) makes(m moment, by string, in group.Input) {
	s.then(m, "make the group "+in.Name.Value, func(d *op.Door) error {
		call, err := s.as(d, by)
		if err != nil {
			return err
		}
		g, err := group.Create.Do(s.ctx, d, call, in)
		s.groups[named(in.Name.Value)] = g.ID
		return err
	})
}

// regroups is somebody putting people into a group.
func (s *story) regroups(m moment, by, into string, emails ...string) {
	for i, email := range emails {
		act(s, m.later(0, i), by, user.Change, func() user.Update {
			return user.Update{ID: s.users[email], Group: patch.To(s.groups[named(into)])}
		})
	}
}

// invites is somebody inviting people, all with the same words.
func (s *story) invites(m moment, by string, in invite.Input) {
	s.then(m, "invite "+fmt.Sprint(in.Emails), func(d *op.Door) error {
		call, err := s.as(d, by)
		if err != nil {
			return err
		}
		in.Group = s.groups[in.Group] // none stays none
		out, err := invite.Create.Do(s.ctx, d, call, in)
		if err != nil {
			return err
		}
		for _, r := range out.Results {
			if r.Outcome != invite.Invited {
				return fmt.Errorf("%s: %s %s", r.Email, r.Outcome, r.Message)
			}
			address := addressOf(r.Email)
			s.users[address], s.invitations[address] = r.User, r.Invitation
		}
		return nil
	})
}

// addressOf takes the address out of Name <address>.
func addressOf(written string) string {
	if _, address, ok := strings.Cut(written, "<"); ok {
		return strings.TrimSuffix(address, ">")
	}
	return written
}

// recruits invites people who all join within four days.
func (s *story) recruits(m moment, by string, in invite.Input, people ...person) {
	for i, p := range people {
		in.Emails = append(in.Emails, fmt.Sprintf("%s %s <%s>", p.first, p.last, p.email))
		s.joins(m.later(1+i%4, -120+i*37%300), p)
	}
	s.invites(m, by, in)
}

// joins is somebody following their invitation, and coming back until they are
// last seen.
func (s *story) joins(m moment, p person) {
	s.then(m, p.email+" joins", func(d *op.Door) error {
		_, err := join.Do(s.ctx, d, workerFrom(originOf(p.email)), coming{s.org, s.users[p.email], p.fields(), s.hash})
		return err
	})
	s.seen(p)
}

func (s *story) seen(p person) {
	if p.seen == never {
		return
	}
	s.then(p.seen, p.email+" signs in", func(d *op.Door) error {
		_, err := s.as(d, p.email)
		return err
	})
}

// places puts somebody there who was not invited.
func (s *story) places(m moment, kind user.Type, in user.State, p person) {
	s.then(m, "place "+p.email, func(d *op.Door) error {
		u := user.User{Type: kind, State: in, Email: p.email, Role: authz.RoleUser, Rights: user.OfOrganization(), Authentication: user.ByPassword}
		var err error
		s.users[p.email], err = place.Do(s.ctx, d, worker(), placing{s.org, u, p.fields(), s.hash})
		return err
	})
}

// adds is somebody adding a person, who gets an activation e-mail.
func (s *story) adds(m moment, by string, p person) {
	s.then(m, "add "+p.email, func(d *op.Door) error {
		call, err := s.as(d, by)
		if err != nil {
			return err
		}
		u, err := adduser.Add.Do(s.ctx, d, call, adduser.Input{Email: p.email, Fields: p.fields()})
		s.users[p.email] = u.ID
		return err
	})
}

// as signs somebody in.
func (s *story) as(d *op.Door, email string) (op.Call, error) {
	from := originOf(email)
	hash, err := arrive.Do(s.ctx, d, workerFrom(from), arriving{s.org, s.users[email]})
	if err != nil {
		return op.Call{}, fmt.Errorf("%s signs in: %w", email, err)
	}
	return op.Call{By: authz.Caller{Sessions: map[id.Org][]byte{s.org: hash}, Origin: from}, Org: string(s.org)}, nil
}

// act is somebody running a command. Its input is made when the scene is
// played: only then are there ids.
func act[In, Out any](s *story, m moment, by string, command op.Runner[In, Out], in func() In) {
	s.then(m, by+": "+command.Spec().Name, func(d *op.Door) error {
		call, err := s.as(d, by)
		if err != nil {
			return err
		}
		_, err = command.Do(s.ctx, d, call, in())
		return err
	})
}

// user names somebody to a command.
func (s *story) user(email string) func() user.Ref {
	return func() user.Ref { return user.Ref{ID: s.users[email]} }
}

// invitation names an invitation to a command.
func (s *story) invitation(email string) func() invite.Ref {
	return func() invite.Ref { return invite.Ref{ID: s.invitations[email]} }
}
