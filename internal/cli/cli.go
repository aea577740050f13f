// Package cli has the subcommands of the program roster.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/alecthomas/kong"

	"roster/internal/app"
	"roster/internal/config"
	"roster/internal/errs"
)

// commands are what the program can be told, and its help.
type commands struct {
	config.File
	Version kong.VersionFlag `help:"Print the version and exit."`

	Serve    serveCommand    `cmd:"" help:"Run the server."`
	Migrate  migrateCommand  `cmd:"" help:"Bring the database's schema to this program's version. The server does that by itself."`
	Doctor   doctorCommand   `cmd:"" help:"Recount every figure and check every rule, in all organizations. Changes nothing, and works beside a running server."`
	Operator operatorCommand `cmd:"" help:"Manage operators and their keys, directly on the database."`
}

// streams are where a command reads and writes.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// Run runs the program with its arguments and answers its exit code: 0, 1 for
// what failed, 2 for what was asked wrongly.
func Run(ctx context.Context, args []string, in io.Reader, out, errOut io.Writer) int {
	var c commands
	code := -1
	parser, err := kong.New(&c,
		kong.Name("roster"),
		kong.Description("Roster administers the people of business customers."),
		kong.Configuration(config.Load),
		kong.Vars{"version": app.Version},
		kong.Writers(out, errOut),
		kong.UsageOnError(),
		kong.Exit(func(n int) { code = n }),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(streams{in, out, errOut}),
	)
	if err != nil {
		fmt.Fprintln(errOut, "roster:", err)
		return 1
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	command, err := parser.Parse(args)
	if code >= 0 {
		return code // help or version, printed already
	}
	if err != nil {
		fmt.Fprintln(errOut, "roster:", err)
		return 2
	}
	if err := command.Run(); err != nil {
		fmt.Fprintln(errOut, "roster:", sentence(err))
		return 1
	}
	return 0
}

// sentence is what a terminal is told: a refusal in its own words.
func sentence(err error) string {
	e, ok := errors.AsType[*errs.Error](err)
	if !ok {
		return err.Error()
	}
	text := e.Message
	for _, f := range e.Fields {
		text += "\n  " + f.Field + ": " + f.Message
	}
	return text
}

type migrateCommand struct {
	config.Storage
	config.Log
}

// Run implements the command.
func (c *migrateCommand) Run(ctx context.Context, s streams) error {
	base, err := app.OpenBase(ctx, c.Storage, app.Options{}, app.NewLog(c.Log, os.Stderr))
	if err != nil {
		return err
	}
	defer base.Close()
	fmt.Fprintln(s.out, "The schema is up to date.")
	return nil
}
