package cli

import (
	"context"
	"errors"
	"fmt"

	"roster/internal/app"
	"roster/internal/authz"
	"roster/internal/config"
	"roster/internal/demo"
	"roster/internal/mailbox"
	"roster/internal/op"
	"roster/internal/operator"
)

type serveCommand struct{ config.Serve }

// Run implements the command: it serves until the program is told to stop.
func (c *serveCommand) Run(ctx context.Context, s streams) error {
	if c.Demo && c.SMTP.Set() {
		return errors.New("--demo fills the mailbox with letters to people who do not exist: leave --smtp away")
	}
	server, err := app.New(ctx, c.Serve, app.NewLog(c.Log, s.err))
	if err != nil {
		return err
	}
	if err := c.welcome(ctx, s, server); err != nil {
		server.Close()
		return err
	}
	return server.Run(ctx)
}

// welcome tells whoever started the server where it is and how to get in.
func (c *serveCommand) welcome(ctx context.Context, s streams, server *app.Server) error {
	fmt.Fprintf(s.out, "\nRoster is at %s (listening on %s)\n", server.URL(), server.Address())
	if c.Demo {
		accounts, err := demo.Fill(ctx, server.DoorAt, server.Hasher)
		if err != nil {
			return err
		}
		accounts.Print(s.out, server.URL())
	}
	link, err := operator.SetupLink.Do(ctx, server.Door, op.Call{By: authz.Worker("setup")}, op.Nothing{})
	if err != nil {
		return err
	}
	if !link.URL.IsZero() {
		fmt.Fprintf(s.out, "\nSet up the first operator with this link. It works once, for 24 hours:\n\n  %s\n", link.URL.Reveal())
	}
	switch {
	case c.SMTP.Set():
	case mailbox.ShownAt(server.URL()):
		fmt.Fprintf(s.out, "\nNo mail server is configured: e-mails appear at %s/mailbox, on this machine only.\n", server.URL())
	default:
		fmt.Fprintln(s.out, "\nNo mail server is configured: nobody gets e-mails, and links in them are lost. Name one with --smtp.")
	}
	fmt.Fprintln(s.out)
	return nil
}
