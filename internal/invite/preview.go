package invite

import (
	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/group"
	"roster/internal/id"
	"roster/internal/mailaddr"
	"roster/internal/op"
	"roster/internal/org"
	"roster/internal/team"
)

// Sample is what an invitation would be, as far as others are concerned.
type Sample struct {
	Emails   []string     `json:"emails,omitempty" doc:"Up to 1,000 addresses."`
	Teams    []id.Team    `json:"team_ids,omitempty" doc:"Those of the group if left out."`
	Group    id.Group     `json:"group_id,omitempty" doc:"The default group if left out."`
	Side     authz.Side   `json:"side,omitempty" enum:"organization,delivery" doc:"organization if left out."`
	Delivery []id.Account `json:"delivery_accounts,omitempty"`
}

// Reach says what an invitation would bring about.
type Reach struct {
	People   int      `json:"people" doc:"How many people each of the invited will see, and be seen by."`
	External []string `json:"external" doc:"Those of the addresses that lie outside of the organization's domains."`
}

// Preview answers what an invitation would bring about, before it is sent.
// Error: validation_failed.
var Preview = op.Query[Sample, Reach]{
	Name: "invitation.preview", Needs: authz.InvitationsManage, Scope: authz.InOrg, Run: preview,
}

func preview(t *op.Tx, in Sample) (Reach, error) {
	var c errs.Check
	g, err := group.Choose(t, in.Group)
	if errs.KindOf(err) == errs.KindInvalid {
		c.Fail("group_id", "unknown_group", "Choose a group from the list.")
	} else if err != nil {
		return Reach{}, err
	}
	teams, err := team.ChooseFor(t, &c, in.Teams, g)
	if err != nil {
		return Reach{}, err
	}
	if len(in.Emails) > MaxAddresses {
		c.Fail("emails", "too_many", "At most %d addresses go into one invitation; these are %d.", MaxAddresses, len(in.Emails))
	}
	if err := c.Err(); err != nil {
		return Reach{}, err
	}
	o, err := org.Mine(t)
	if err != nil {
		return Reach{}, err
	}
	r := Reach{External: []string{}}
	if r.People, err = reach(t, o, teams, in.Side, authz.ChosenAccounts(in.Delivery...)); err != nil {
		return r, err
	}
	domains, err := org.DomainsOf(t)
	for _, p := range (Input{Emails: in.Emails}).people() {
		if p.problem == nil && !p.twice && domains.Outside(p.address) {
			r.External = append(r.External, p.address.Spelling)
		}
	}
	return r, err
}

// reach counts whom somebody in these teams will see, and be seen by.
func reach(t *op.Tx, o org.Organization, teams []team.Team, side authz.Side, deliveries authz.Accounts) (int, error) {
	ids := make([]id.Team, len(teams))
	for i, one := range teams {
		ids[i] = one.ID
	}
	return team.Reach(t, ids, o.WithoutTeams == org.SeeEverybody, side, deliveries)
}

// external tells which of the addresses lie outside of the domains.
func (p person) external(domains org.Domains) bool {
	return p.address != mailaddr.Address{} && domains.Outside(p.address)
}
