// Command bench fills databases with people and measures the program roster on
// them, as its users meet it: the real binary, over HTTP, on loopback.
//
//	bench generate --database sqlite:FILE --users N   fills a database to look at or to work with
//	bench run --database sqlite                       measures on fresh databases, and removes them
//
// docs/performance.md says what is measured and how, and holds the figures.
//
//	names.go, person.go    who the people are: the same ones in each run
//	sample.go, store.go    puts them into a database, through the door
//	database.go, server.go fresh databases; the program, started and stopped
//	client.go, load.go     requests, and many of them
//	measure.go, run.go     what is measured, in which order
//	report.go              JSON and Markdown
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"roster/internal/config"
)

type commands struct {
	Generate generateCommand `cmd:"" help:"Fill a database with people: the organizations large and small."`
	Run      runCommand      `cmd:"" help:"Measure the program on fresh databases."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	command := kong.Parse(&commands{},
		kong.Name("bench"), kong.Description("Measures Roster."), kong.UsageOnError(), kong.BindTo(ctx, (*context.Context)(nil)))
	if err := command.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		stop()
		os.Exit(1)
	}
}

type generateCommand struct {
	config.Storage
	Users int    `help:"How many users the organization large gets." default:"10000" placeholder:"N"`
	Seed  uint64 `help:"The same seed makes the same people." default:"1" placeholder:"N"`
}

// Validate refuses what cannot be made.
func (c *generateCommand) Validate() error {
	if c.Users < 1 || c.Users > 2_000_000 {
		return fmt.Errorf("--users must be from 1 to 2,000,000")
	}
	return c.Storage.Validate()
}

// Run implements the command.
func (c *generateCommand) Run(ctx context.Context) error {
	s, err := fill(ctx, c.Storage, c.Users, c.Seed)
	if err != nil {
		return err
	}
	fmt.Printf("%s users in %s (%s), %s more in %s, in %.1f s\n\n", thousands(len(s.People)), "Large", "/o/"+largeOrg,
		thousands(smallUsers), "Small", s.Took.Seconds())
	fmt.Printf("sign in at    /o/%s/sign-in\n      as      %s\n      with    %s\n", largeOrg, s.admin().Email, samplePassword)
	fmt.Printf("API key       %s\noperator key  %s\n", s.Key, s.OperatorKey)
	return nil
}
