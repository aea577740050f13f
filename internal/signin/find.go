package signin

import (
	"context"
	"time"

	"golang.org/x/text/language"

	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/mail"
	"roster/internal/mailaddr"
	"roster/internal/op"
)

// Lost is somebody who does not know where to sign in.
type Lost struct {
	Email    string       `form:"email"`
	Language language.Tag // of the letter

	address mailaddr.Address
}

// placesPerHour is how many such letters one address gets.
const placesPerHour = 3

// Find sends an address, and nobody else, the list of organizations in which it
// has an account. If there is none, nothing is sent and the answer is the same.
// Errors: validation_failed for what is no address, too_many_attempts from one
// network.
var Find = op.Sequence[Lost, op.Nothing]{
	Name: "signin.find", Needs: authz.Everybody, Scope: authz.Public, Run: find,
}

var sendPlaces = op.Command[Lost, op.Nothing]{
	Name: "signin.send_places", Needs: authz.Everybody, Scope: authz.Public,
	Quiet: "asking for one's own organizations changes nothing", Run: postPlaces,
}

func find(ctx context.Context, d *op.Door, call op.Call, in Lost) (op.Nothing, error) {
	var err error
	if in.address, err = mailaddr.Parse(in.Email); err != nil {
		return op.Nothing{}, errs.Invalid(errs.Field{Field: "email", Code: mailaddr.CodeInvalid, Message: "Enter an e-mail address, such as name@example.com."})
	}
	call.Org = ""
	return op.Nothing{}, ask(ctx, d, call, func() error {
		_, err := sendPlaces.Do(ctx, d, call, in)
		return err
	})
}

// postPlaces writes to the addresses as the accounts have them: a mail server
// may tell apart what we do not, so each spelling is told of its own accounts.
func postPlaces(t *op.Tx, in Lost) (op.Nothing, error) {
	places, err := placesOf(t, in.address.Key)
	if err != nil {
		return op.Nothing{}, err
	}
	for _, same := range bySpelling(places) {
		n, err := lettersSince(t, same[0].Email, kindPlaces, t.Now().Add(-time.Hour))
		if err != nil {
			return op.Nothing{}, err
		}
		if n >= placesPerHour {
			continue
		}
		if _, err := mail.Post(t, placesLetter(t, in.Language, same)); err != nil {
			return op.Nothing{}, err
		}
	}
	return op.Nothing{}, nil
}

// bySpelling cuts the places, which are ordered by address, where the spelling
// of the address changes.
func bySpelling(places []place) [][]place {
	var groups [][]place
	for i, p := range places {
		if i == 0 || p.Email != places[i-1].Email {
			groups = append(groups, nil)
		}
		groups[len(groups)-1] = append(groups[len(groups)-1], p)
	}
	return groups
}
