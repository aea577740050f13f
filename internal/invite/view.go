package invite

import (
	"context"
	"time"

	"roster/internal/lang"
	"roster/internal/web/ui"
)

// look lists the addresses that need a look, each with its next step.
func (v formView) look(ctx context.Context) []ui.Outcome {
	var list []ui.Outcome
	for _, r := range v.results.Results {
		o := ui.Outcome{What: r.Email, Why: r.reason(ctx)}
		switch r.Outcome {
		case Invalid:
			o.Tone = ui.Bad
			o.Action = ui.LinkButton{Label: lang.T(ctx, "Correct"), Href: "#emails", Small: true}
		case AlreadyInvited:
			o.Icon = "clock"
			if r.Invitation != "" {
				o.Action = ui.PostButton{
					Action: v.c.Path("invitations", string(r.Invitation), "remind"),
					Button: ui.Button{Label: lang.T(ctx, "Remind"), Small: true},
				}
			}
		case AlreadyUser:
			o.Icon = "person"
			if r.User != "" {
				o.Action = ui.LinkButton{Label: lang.T(ctx, "Open the user"), Href: v.c.Path("users", string(r.User)), Small: true}
			}
		default:
			continue
		}
		list = append(list, o)
	}
	return list
}

// reason is why the address needs a look.
func (r Result) reason(ctx context.Context) string {
	if r.why == nil {
		return r.Message
	}
	return r.why.In(lang.Saying(ctx))
}

// external are those of the invited whose addresses are from outside.
func (v formView) external() []string {
	var list []string
	for _, r := range v.results.Results {
		if r.Outcome == Invited && r.External {
			list = append(list, r.Email)
		}
	}
	return list
}

// good lists the addresses that have been invited.
func (v formView) good() []ui.Outcome {
	var list []ui.Outcome
	for _, r := range v.results.Results {
		if r.Outcome == Invited {
			list = append(list, ui.Outcome{Tone: ui.Good, What: r.Email})
		}
	}
	return list
}

// urgent is how soon the end of an invitation is worth a word.
const urgent = 3 * 24 * time.Hour

// until says when an invitation ends, if that is soon.
func (v listView) until(ctx context.Context, i Invitation) string {
	if now := v.c.Now(); i.ExpiresAt.Sub(now) < urgent {
		return lang.T(ctx, "expires %s", lang.Ago(ctx, now, i.ExpiresAt))
	}
	return ""
}

// caption says how many of what in which order.
func (v listView) caption(ctx context.Context) string {
	return lang.N(ctx, *v.page.Total, "%d invitation, last sent first", "%d invitations, last sent first")
}

// person is whom the invitation is for. One who has no name yet is called by the address.
func (v listView) person(i Invitation) ui.Person {
	p := ui.Person{Avatar: ui.Avatar{Open: true}, Name: i.Name, Email: i.Email, Href: v.c.Path("users", string(i.User))}
	if i.Name == "" || i.Name == i.Email {
		p.Name, p.Email = i.Email, ""
	}
	return p
}
