package cli

import (
	"context"
	"fmt"
	"os"

	"roster/internal/app"
	"roster/internal/authz"
	"roster/internal/config"
	"roster/internal/doctor"
	"roster/internal/op"
)

type doctorCommand struct {
	config.Storage
	config.Log
}

// Run implements the command. It fails if anything was found.
func (c *doctorCommand) Run(ctx context.Context, s streams) error {
	base, err := app.OpenBase(ctx, c.Storage, app.Options{}, app.NewLog(c.Log, os.Stderr))
	if err != nil {
		return err
	}
	defer base.Close()
	r, err := doctor.Examine.Do(ctx, base.Door, op.Call{By: authz.Worker("command line")}, op.Nothing{})
	if err != nil {
		return err
	}
	for _, f := range r.Findings {
		fmt.Fprintf(s.out, "%s: %s breaks the rule: %s\n", f.Org, f.What, f.Rule)
	}
	if n := len(r.Findings); n > 0 {
		return fmt.Errorf("%d findings. Keep a copy of the database, and report them", n)
	}
	fmt.Fprintf(s.out, "All %d rules hold.\n", r.Rules)
	return nil
}
