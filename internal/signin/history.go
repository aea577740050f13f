package signin

import (
	"context"
	"fmt"

	"roster/internal/errs"
	"roster/internal/op"
	"roster/internal/org"
	"roster/internal/password"
	"roster/internal/secret"
	"roster/internal/user"
)

// former are the hashes of the passwords that may not come again, and the
// version of the credential they were read at: comparing takes time, and is done
// between two transactions.
type former struct {
	hashes  []string
	version int
}

// Recall is the step of adding to the rules what the user's new password must not
// repeat. The one that sets it compares, in its Prepare, by Hash.
func (r Rules) Recall(t *op.Tx, u user.User) (Rules, error) {
	stored, err := user.CredentialsOf(t, u.ID)
	if err != nil {
		return r, err
	}
	r.former.version = stored.Version
	if r.History == 0 {
		return r, nil
	}
	if stored.Password != "" {
		r.former.hashes = append(r.former.hashes, stored.Password)
	}
	earlier, err := formerPasswords(t, u.ID, r.History-len(r.former.hashes))
	r.former.hashes = append(r.former.hashes, earlier...)
	return r, err
}

// Hashed is a new password as it is stored.
type Hashed struct {
	hash     string
	repeated bool // it is one of those that may not come again
}

// Hash compares a new password with those that were recalled and hashes it, in a
// command's Prepare. What cannot be a password has no hash: Check says so.
func (r Rules) Hash(ctx context.Context, tools op.Tools, pw secret.Clear) (h Hashed, err error) {
	for _, earlier := range r.former.hashes {
		h.repeated, _, err = tools.Passwords.Verify(ctx, earlier, pw.Reveal())
		if err != nil || h.repeated {
			return h, err
		}
	}
	h.hash, err = Hash(ctx, tools, pw)
	return h, err
}

// refuse says in the command's Run what Prepare has found: that the password may
// not come again, or that meanwhile another one was set, so that it has to be
// compared once more.
func (h Hashed) refuse(r Rules, field string, stored user.Credentials) error {
	switch {
	case stored.Version != r.former.version:
		return errs.Changed()
	case h.repeated:
		var c errs.Check
		c.Fail(field, password.CodeRepeated, "%s", r.repeated())
		return c.Err()
	}
	return nil
}

// repeated is the refusal of a password that may not come again.
func (r Rules) repeated() string {
	switch {
	case r.History == 1 && r.others:
		return "This is the user's present password. Choose another one."
	case r.History == 1:
		return "This is your present password. Choose another one."
	case r.others:
		return fmt.Sprintf("The user has had this password lately: the last %d may not come again.", r.History)
	}
	return fmt.Sprintf("You have had this password lately: the last %d may not come again.", r.History)
}

// replace sets another password of a user, or with an empty hash none. The one
// that goes is kept for as long as it may not come again.
func replace(t *op.Tx, u user.User, hash string, mustChange bool) error {
	o, err := org.Mine(t)
	if err != nil {
		return err
	}
	stored, err := user.CredentialsOf(t, u.ID)
	if err != nil {
		return err
	}
	most := RulesFor(o, u).History
	if most > 0 && stored.Password != "" {
		if err := keepFormer(t, u.ID, stored); err != nil {
			return err
		}
	}
	if err := forgetFormer(t, u.ID, most); err != nil {
		return err
	}
	return user.SetPassword(t, u.ID, hash, mustChange)
}
