package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"roster/internal/apikey"
	"roster/internal/app"
	"roster/internal/authz"
	"roster/internal/config"
	"roster/internal/op"
	"roster/internal/operator"
	"roster/internal/secret"
)

type operatorCommand struct {
	Create createOperator `cmd:"" help:"Make an operator, or let one in again who has lost the password. Prints a link to set one."`
	Key    createKey      `cmd:"" help:"Make an API key of the operator. It is printed once."`
}

// onDatabase is what these commands need: they work beside a running server.
type onDatabase struct {
	config.Storage
	config.Log
	PublicURL string `help:"Address at which people reach Roster, for the link." default:"http://localhost:8080" env:"ROSTER_PUBLIC_URL" placeholder:"URL"`
}

func (c *onDatabase) open(ctx context.Context, s streams) (*app.Base, op.Call, error) {
	base, err := app.OpenBase(ctx, c.Storage, app.Options{PublicURL: strings.TrimSuffix(c.PublicURL, "/")}, app.NewLog(c.Log, s.err))
	return base, op.Call{By: authz.Worker("command line")}, err
}

type createOperator struct {
	onDatabase
	Email         string `required:"" help:"The operator's e-mail address." placeholder:"ADDRESS"`
	Name          string `help:"The operator's name. Default: the address."`
	PasswordStdin bool   `help:"Read the password from standard input, instead of printing a link to set one."`
}

// Run implements the command.
func (c *createOperator) Run(ctx context.Context, s streams) error {
	in := operator.New{Email: c.Email, Name: c.Name}
	if c.PasswordStdin {
		line, err := bufio.NewReader(io.LimitReader(s.in, 4096)).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		in.Password = secret.NewClear(strings.TrimRight(line, "\r\n"))
		if in.Password.IsZero() {
			return errors.New("standard input holds no password")
		}
	}
	base, call, err := c.open(ctx, s)
	if err != nil {
		return err
	}
	defer base.Close()
	made, err := operator.Create.Do(ctx, base.Door, call, in)
	if err != nil {
		return err
	}
	if made.Link.URL.IsZero() {
		fmt.Fprintf(s.out, "%s is an operator and can sign in.\n", made.Operator.Email)
		return nil
	}
	fmt.Fprintf(s.out, "%s sets a password with this link. It works once, for 24 hours:\n\n  %s\n", made.Operator.Email, made.Link.URL.Reveal())
	return nil
}

type createKey struct {
	onDatabase
	Name string `required:"" help:"What the key is for, such as the name of the product that uses it."`
}

// Run implements the command.
func (c *createKey) Run(ctx context.Context, s streams) error {
	base, call, err := c.open(ctx, s)
	if err != nil {
		return err
	}
	defer base.Close()
	made, err := apikey.IssueOperatorKey.Do(ctx, base.Door, call, apikey.NewOperatorKey{Name: c.Name})
	if err != nil {
		return err
	}
	fmt.Fprintln(s.out, made.Secret)
	return nil
}
