package demo

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"roster/internal/errs"
	"roster/internal/op"
	"roster/internal/operator"
	"roster/internal/password"
	"roster/internal/secret"
)

// Accounts are ways to sign in to the sample.
type Accounts struct {
	Organization string // its short name

	AdminEmail, UserEmail, OperatorEmail          string
	AdminPassword, UserPassword, OperatorPassword secret.Clear
}

// Print tells people how to sign in to the installation at url.
func (a Accounts) Print(w io.Writer, url string) {
	home := url + "/o/" + a.Organization + "/sign-in"
	fmt.Fprintln(w, "\nThe sample organization is ready. Sign in as")
	fmt.Fprintf(w, "\n  an admin     %s\n  %-12s %s\n  %-12s %s\n", a.AdminEmail, "", a.AdminPassword.Reveal(), "", home)
	fmt.Fprintf(w, "\n  a user       %s\n  %-12s %s\n  %-12s %s\n", a.UserEmail, "", a.UserPassword.Reveal(), "", home)
	fmt.Fprintf(w, "\n  the operator %s\n  %-12s %s\n  %-12s %s\n", a.OperatorEmail, "", a.OperatorPassword.Reveal(), "", url+"/operator/sign-in")
}

// accounts are the same at every start of an installation, and others in every
// other one.
func accounts(keys *secret.Keyring) Accounts {
	people := secret.NewClear(passwordFrom(keys.Derive("demo: passwords of people")))
	return Accounts{
		Organization: nordlys, OperatorEmail: "olivia.quist@vendor.example",
		AdminEmail: maya, AdminPassword: people,
		UserEmail: "lars.odegard@nordlys.example", UserPassword: people,
		OperatorPassword: secret.NewClear(passwordFrom(keys.Derive("demo: password of the operator"))),
	}
}

// passwordFrom writes 80 bits so that people can type them: kq3v-8mzd-….
func passwordFrom(random []byte) string {
	const letters = "abcdefghijkmnpqrstuvwxyz23456789" // none that look alike
	var b strings.Builder
	for i := range 16 {
		if i > 0 && i%4 == 0 {
			b.WriteByte('-')
		}
		b.WriteByte(letters[random[i]%32])
	}
	return b.String()
}

// Fill makes the sample organizations that are not there yet, and tells how to
// sign in. door answers a door whose clock is off by so much. Run it before a
// worker sends letters. A fill that was interrupted is not continued.
func Fill(ctx context.Context, door func(offset time.Duration) *op.Door, passwords *password.Hasher) (Accounts, error) {
	present := door(0)
	a := accounts(present.Keys())
	before, err := look.Do(ctx, present, worker(), []string{nordlys, hafenbau})
	if err != nil || len(before.missing) == 0 {
		return a, err
	}
	hash, err := passwords.Hash(ctx, a.AdminPassword.Reveal())
	if err != nil {
		return a, err
	}
	vendor, err := signInOperator(ctx, present, a)
	if err != nil {
		return a, err
	}
	if err := offer(ctx, present, vendor); err != nil {
		return a, err
	}
	for _, slug := range before.missing {
		s := &story{ctx: ctx, door: door, now: before.now, operator: vendor, hash: hash}
		stories[slug](s)
		// Another node may have been faster by an instant.
		if err := s.tell(); err != nil && !errs.Is(err, "slug_taken") {
			return a, fmt.Errorf("fill the sample organization %s: %w", slug, err)
		}
	}
	return a, nil
}

var stories = map[string]func(*story){nordlys: tellNordlys, hafenbau: tellHafenbau}

// signInOperator makes the operator, whose first act is to create the organizations.
func signInOperator(ctx context.Context, d *op.Door, a Accounts) (op.Call, error) {
	who := operator.New{Email: a.OperatorEmail, Name: "Olivia Quist", Password: a.OperatorPassword}
	if _, err := operator.Create.Do(ctx, d, worker(), who); err != nil {
		return op.Call{}, err
	}
	call := op.Call{}
	call.By.Origin = origin(0)
	in, err := operator.SignIn.Do(ctx, d, call, operator.Credentials{Email: a.OperatorEmail, Password: a.OperatorPassword})
	if err != nil {
		return op.Call{}, err
	}
	hash, _ := secret.HashToken(in.Token.Reveal(), secret.Operator)
	call.By.Operator = hash.Bytes()
	return call, nil
}
