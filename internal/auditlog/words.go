package auditlog

import (
	"context"
	"strings"

	"roster/internal/authz"
	"roster/internal/lang"
	"roster/internal/web/ui"
)

// sentence says what happened. %[1]s did it, %[2]s is whom or what it was done
// to; a sentence may leave out either.
type sentence struct {
	full lang.Text
	card lang.Text // on the page of %[2]s, which it therefore leaves out; zero: as full
	icon ui.Icon
}

// sentences has one for every event that Roster records. A test walks the
// sources for names that are missing here.
var sentences = map[string]sentence{
	"organization.created": {lang.Key("%[1]s created the organization %[2]s"), lang.Key("%[1]s created the organization"), "building"},
	"organization.updated": {lang.Key("%[1]s changed the organization %[2]s"), lang.Key("%[1]s changed the organization"), "building"},
	"organization.deleted": {lang.Key("%[1]s deleted the organization %[2]s"), lang.Key("%[1]s deleted the organization"), "trash"},
	"settings.updated":     {lang.Key("%[1]s changed the settings"), lang.Text{}, "sliders"},

	"user.added":        {lang.Key("%[1]s added %[2]s"), lang.Key("%[1]s added the user"), "plus"},
	"user.updated":      {lang.Key("%[1]s changed %[2]s"), lang.Key("%[1]s changed the user"), "edit"},
	"user.deactivated":  {lang.Key("%[1]s deactivated %[2]s"), lang.Key("%[1]s deactivated the user"), "off"},
	"user.activated":    {lang.Key("%[1]s activated %[2]s"), lang.Key("%[1]s activated the user"), "play"},
	"user.deleted":      {lang.Key("%[1]s deleted a user"), lang.Text{}, "trash"},
	"user.joined":       {lang.Key("%[2]s joined"), lang.Key("Joined"), "check"},
	"user.waiting":      {lang.Key("%[2]s waits for a license"), lang.Key("Waits for a license"), "clock"},
	"user.admitted":     {lang.Key("%[2]s has a license and need not wait any more"), lang.Key("Need not wait any more"), "check"},
	"license.assigned":  {lang.Key("%[1]s gave %[2]s a license"), lang.Key("%[1]s gave the user a license"), "ticket"},
	"license.removed":   {lang.Key("%[1]s took a license from %[2]s"), lang.Key("%[1]s took a license from the user"), "ticket"},
	"license.freed":     {lang.Key("A license of %[2]s became free"), lang.Key("A license became free"), "ticket"},
	"license.default":   {lang.Key("%[1]s chose the license that is assigned of %[2]s"), lang.Text{}, "ticket"},
	"seat_pool.created": {lang.Key("%[1]s made the seat pool %[2]s"), lang.Key("%[1]s made the seat pool"), "ticket"},
	"seat_pool.updated": {lang.Key("%[1]s changed the seat pool %[2]s"), lang.Key("%[1]s changed the seat pool"), "ticket"},
	"seat_pool.deleted": {lang.Key("%[1]s deleted the seat pool %[2]s"), lang.Key("%[1]s deleted the seat pool"), "trash"},
	"seat.freed":        {lang.Key("%[1]s took a seat from %[2]s"), lang.Key("%[1]s took a seat from the user"), "ticket"},
	"user.signed_out":   {lang.Key("%[1]s signed %[2]s out everywhere"), lang.Key("%[1]s signed the user out everywhere"), "out"},
	"profile.updated":   {lang.Key("%[2]s changed their own profile"), lang.Key("Changed their own profile"), "person"},

	"activation.sent":     {lang.Key("%[1]s sent %[2]s the activation e-mail again"), lang.Key("%[1]s sent the activation e-mail again"), "mail"},
	"role.created":        {lang.Key("%[1]s created the role %[2]s"), lang.Key("%[1]s created the role"), "shield"},
	"role.updated":        {lang.Key("%[1]s changed the role %[2]s"), lang.Key("%[1]s changed the role"), "shield"},
	"role.deleted":        {lang.Key("%[1]s deleted the role %[2]s"), lang.Key("%[1]s deleted the role"), "trash"},
	"account.created":     {lang.Key("%[1]s created the account %[2]s"), lang.Key("%[1]s created the account"), "building"},
	"account.updated":     {lang.Key("%[1]s changed the account %[2]s"), lang.Key("%[1]s changed the account"), "building"},
	"account.deleted":     {lang.Key("%[1]s deleted the account %[2]s"), lang.Key("%[1]s deleted the account"), "trash"},
	"group.created":       {lang.Key("%[1]s created the group %[2]s"), lang.Key("%[1]s created the group"), "group"},
	"group.updated":       {lang.Key("%[1]s changed the group %[2]s"), lang.Key("%[1]s changed the group"), "group"},
	"group.deleted":       {lang.Key("%[1]s deleted the group %[2]s"), lang.Key("%[1]s deleted the group"), "trash"},
	"team.created":        {lang.Key("%[1]s created the team %[2]s"), lang.Key("%[1]s created the team"), "team"},
	"team.updated":        {lang.Key("%[1]s changed the team %[2]s"), lang.Key("%[1]s changed the team"), "team"},
	"team.deleted":        {lang.Key("%[1]s deleted the team %[2]s"), lang.Key("%[1]s deleted the team"), "trash"},
	"team.member_added":   {lang.Key("%[1]s added %[2]s to a team"), lang.Key("%[1]s added the user to a team"), "team"},
	"team.member_removed": {lang.Key("%[1]s removed %[2]s from a team"), lang.Key("%[1]s removed the user from a team"), "team"},

	"service.created":      {lang.Key("%[1]s defined the service %[2]s"), lang.Key("%[1]s defined the service"), "plug"},
	"service.updated":      {lang.Key("%[1]s changed the service %[2]s"), lang.Key("%[1]s changed the service"), "plug"},
	"plan.created":         {lang.Key("%[1]s made the plan %[2]s"), lang.Key("%[1]s made the plan"), "ticket"},
	"plan.updated":         {lang.Key("%[1]s changed the plan %[2]s"), lang.Key("%[1]s changed the plan"), "ticket"},
	"subscription.created": {lang.Key("%[1]s subscribed the organization to %[2]s"), lang.Key("%[1]s made the subscription"), "ticket"},
	"subscription.updated": {lang.Key("%[1]s changed the subscription to %[2]s"), lang.Key("%[1]s changed the subscription"), "ticket"},
	"numbers.added":        {lang.Key("%[1]s added the numbers %[2]s"), lang.Key("%[1]s added the numbers"), "hash"},
	"number.added":         {lang.Key("%[1]s added the number %[2]s"), lang.Key("%[1]s added the number"), "hash"},
	"number.updated":       {lang.Key("%[1]s changed the number %[2]s"), lang.Key("%[1]s changed the number"), "hash"},
	"number.deleted":       {lang.Key("%[1]s deleted the number %[2]s"), lang.Key("%[1]s deleted the number"), "trash"},
	"number.assigned":      {lang.Key("%[1]s gave %[2]s a number"), lang.Key("%[1]s gave the user a number"), "hash"},
	"number.freed":         {lang.Key("%[1]s took a number from %[2]s"), lang.Key("%[1]s took a number from the user"), "hash"},

	"sender.policy_created": {lang.Key("%[1]s made a policy for unlisted senders of %[2]s"), lang.Key("%[1]s made the policy"), "send"},
	"sender.policy_updated": {lang.Key("%[1]s changed the policy for unlisted senders of %[2]s"), lang.Key("%[1]s changed the policy"), "send"},
	"sender.policy_deleted": {lang.Key("%[1]s deleted the policy for unlisted senders of %[2]s"), lang.Key("%[1]s deleted the policy"), "trash"},
	"custom_field.created":  {lang.Key("%[1]s declared the field %[2]s"), lang.Key("%[1]s declared the field"), "list"},
	"custom_field.updated":  {lang.Key("%[1]s changed the field %[2]s"), lang.Key("%[1]s changed the field"), "list"},
	"custom_field.deleted":  {lang.Key("%[1]s deleted the field %[2]s"), lang.Key("%[1]s deleted the field"), "trash"},
	"letter.changed":        {lang.Key("%[1]s changed the text of the e-mail %[2]s"), lang.Text{}, "mail"},
	"letter.restored":       {lang.Key("%[1]s restored the original text of the e-mail %[2]s"), lang.Text{}, "mail"},

	"domain.added":   {lang.Key("%[1]s declared the domain %[2]s"), lang.Key("%[1]s declared the domain"), "globe"},
	"domain.removed": {lang.Key("%[1]s removed the domain %[2]s"), lang.Key("%[1]s removed the domain"), "globe"},

	"contact.added":   {lang.Key("A contact was added to those of %[2]s"), lang.Key("Added a contact of their own"), "plus"},
	"contact.removed": {lang.Key("A contact was removed from those of %[2]s"), lang.Key("Removed a contact of their own"), "minus"},

	"invitation.created":  {lang.Key("%[1]s invited %[2]s"), lang.Key("%[1]s sent the invitation"), "mail"},
	"invitation.reminded": {lang.Key("%[1]s sent the invitation of %[2]s again"), lang.Key("%[1]s sent the invitation again"), "mail"},
	"invitation.revoked":  {lang.Key("%[1]s revoked the invitation of %[2]s"), lang.Key("%[1]s revoked the invitation"), "x"},

	"signin.succeeded":         {lang.Key("%[2]s signed in"), lang.Key("Signed in"), "laptop"},
	"signin.failed":            {lang.Key("Somebody failed to sign in as %[2]s"), lang.Key("A sign-in failed"), "alert"},
	"session.ended":            {lang.Key("%[2]s signed out"), lang.Key("Signed out"), "out"},
	"password.reminded":        {lang.Key("%[2]s was told that their password expires"), lang.Key("Was told that the password expires"), "mail"},
	"photo.changed":            {lang.Key("%[2]s changed their photo"), lang.Key("Changed the photo"), "person"},
	"photo.removed":            {lang.Key("%[2]s removed their photo"), lang.Key("Removed the photo"), "person"},
	"photo.withdrawn":          {lang.Key("%[1]s removed the photo of %[2]s"), lang.Key("%[1]s removed the photo"), "person"},
	"password.changed":         {lang.Key("%[2]s changed their password"), lang.Key("Changed the password"), "lock"},
	"password.locked":          {lang.Key("The password of %[2]s was locked after too many wrong tries"), lang.Key("The password was locked after too many wrong tries"), "lock"},
	"password.set":             {lang.Key("%[1]s set a password for %[2]s"), lang.Key("%[1]s set a password"), "lock"},
	"password.reset":           {lang.Key("%[2]s set a new password by e-mail"), lang.Key("Set a new password by e-mail"), "lock"},
	"password.reset_requested": {lang.Key("%[1]s asked for a new password for %[2]s"), lang.Key("%[1]s asked for a new password"), "lock"},

	"api_key.created": {lang.Key("%[1]s created the API key %[2]s"), lang.Key("%[1]s created the key"), "key"},
	"api_key.revoked": {lang.Key("%[1]s revoked the API key %[2]s"), lang.Key("%[1]s revoked the key"), "key"},
	"api_key.stopped": {lang.Key("The API key %[2]s stopped with its maker"), lang.Key("Stopped with its maker"), "key"},

	"operator.created":        {lang.Key("%[1]s made %[2]s an operator"), lang.Key("%[1]s made them an operator"), "shield"},
	"operator.setup_offered":  {lang.Key("%[1]s gave %[2]s a link to set up the account"), lang.Key("%[1]s gave them a link to set up the account"), "link"},
	"operator.password_set":   {lang.Key("The operator %[2]s has a new password"), lang.Key("Has a new password"), "lock"},
	"operator.signed_in":      {lang.Key("The operator %[2]s signed in"), lang.Key("Signed in"), "laptop"},
	"operator.signed_out":     {lang.Key("The operator %[2]s signed out"), lang.Key("Signed out"), "out"},
	"operator.sign_in_failed": {lang.Key("Somebody failed to sign in as the operator %[2]s"), lang.Key("A sign-in failed"), "alert"},
	"operator_key.created":    {lang.Key("%[1]s created the operator key %[2]s"), lang.Key("%[1]s created the key"), "key"},
	"operator_key.revoked":    {lang.Key("%[1]s revoked the operator key %[2]s"), lang.Key("%[1]s revoked the key"), "key"},
	"operator_key.stopped":    {lang.Key("The operator key %[2]s stopped with its maker"), lang.Key("Stopped with its maker"), "key"},
}

// For what has no sentence: 'Maya Bergström: team renamed (Field service)'.
var (
	unknown        = lang.Key("%[1]s: %[3]s (%[2]s)")
	unknownNothing = lang.Key("%[1]s: %[3]s")
)

// Piece is a part of a sentence. Party is set where somebody or something is
// named, so that pages can set the name apart.
type Piece struct {
	Text  string
	Party *Party
}

// Sentence says in the language of the context what happened, in pieces.
func Sentence(ctx context.Context, e Event) []Piece {
	s, ok := sentences[e.Name]
	if !ok {
		if e.Subject.Name == "" && e.Subject.ID == "" {
			return pieces(ctx, unknownNothing, e)
		}
		return pieces(ctx, unknown, e)
	}
	return pieces(ctx, s.full, e)
}

// OnCard is Sentence for the page of the event's subject.
func OnCard(ctx context.Context, e Event) []Piece {
	s, ok := sentences[e.Name]
	switch {
	case !ok:
		return pieces(ctx, unknownNothing, e)
	case s.card == (lang.Text{}):
		return pieces(ctx, s.full, e)
	}
	return pieces(ctx, s.card, e)
}

// Say is Sentence as one text.
func Say(ctx context.Context, e Event) string {
	var all strings.Builder
	for _, p := range Sentence(ctx, e) {
		all.WriteString(p.Text)
	}
	return all.String()
}

// Icon is the icon that stands for what happened.
func Icon(e Event) ui.Icon {
	if s, ok := sentences[e.Name]; ok {
		return s.icon
	}
	return "list"
}

// pieces takes a sentence apart at its verbs.
func pieces(ctx context.Context, text lang.Text, e Event) []Piece {
	var list []Piece
	rest := text.In(ctx)
	for {
		before, after, found := strings.Cut(rest, "%[")
		if before != "" {
			list = append(list, Piece{Text: before})
		}
		if !found {
			return list
		}
		verb, tail, _ := strings.Cut(after, "]s")
		starts := len(list) == 0
		switch verb {
		case "1":
			list = append(list, Piece{actorName(ctx, e, starts), &e.Actor})
		case "2":
			list = append(list, Piece{partyName(ctx, e.Subject, starts), &e.Subject})
		case "3":
			list = append(list, Piece{Text: humanized(e.Name)})
		}
		rest = tail
	}
}

// actorName is how the one who acted is called: by name, or for what they are.
func actorName(ctx context.Context, e Event, starts bool) string {
	switch {
	case e.Actor.Kind == string(authz.Nobody) && starts:
		return lang.T(ctx, "Somebody")
	case e.Actor.Kind == string(authz.Nobody):
		return lang.T(ctx, "somebody")
	case e.Actor.Kind == string(authz.KeyKind):
		return lang.T(ctx, "API key %s", e.Actor.Name)
	}
	return partyName(ctx, e.Actor, starts)
}

func partyName(ctx context.Context, p Party, starts bool) string {
	switch {
	case p.Erased() && starts:
		return lang.T(ctx, "A deleted user")
	case p.Erased():
		return lang.T(ctx, "a deleted user")
	case p.Name != "":
		return p.Name
	case p.ID != "":
		return p.ID
	}
	return lang.T(ctx, "unknown")
}

// humanized is an event's name in words: team.member_added is 'team member added'.
func humanized(name string) string {
	return strings.NewReplacer(".", " ", "_", " ").Replace(name)
}
