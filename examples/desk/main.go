// Desk is a pretend product whose people share seats. It signs somebody in by their
// e-mail address, takes a seat for them, keeps it while they type, and gives it back:
//
//	go run ./examples/desk -org nordlys -service guidance -email ayse.yildirim@nordlys.example
//
// ROSTER_KEY is a key with users.view and seats.lease.
package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"roster/client"
)

func main() {
	installation := flag.String("url", "http://localhost:8080", "where Roster is")
	org := flag.String("org", "", "short name of the organization")
	service := flag.String("service", "", "key of the service whose seats are shared")
	email := flag.String("email", "", "who signs in")
	device := flag.String("device", "Terminal", "on which device")
	flag.Parse()
	roster := client.New(*installation, *org, os.Getenv("ROSTER_KEY"))
	if err := work(context.Background(), roster, *service, *email, *device); err != nil {
		fmt.Fprintln(os.Stderr, say(err))
		os.Exit(1)
	}
}

// work is a session: from signing in to signing out.
func work(ctx context.Context, roster *client.Client, service, email, device string) error {
	user, found, err := roster.Lookup(ctx, email)
	if err != nil {
		return err
	}
	if !found || user.Pool(service) == "" {
		return errors.New("you share no seats: ask your admin for a license")
	}
	lease, err := roster.Take(ctx, user.Pool(service), user.ID, device, 0)
	if err != nil {
		return err
	}
	defer func() { _ = roster.Return(context.WithoutCancel(ctx), lease.ID) }() // it would run out by itself
	fmt.Printf("Hello %s, you have seat %d. Type to work, 'call' to be in a call for an hour, 'bye' to leave.\n", user.Name, lease.Slot)

	var typed atomic.Bool
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	lost := make(chan error, 1)
	go func() { lost <- roster.Keep(ctx, lease, func() bool { return typed.Swap(false) }) }()
	lines := make(chan string)
	go func() {
		for in := bufio.NewScanner(os.Stdin); in.Scan(); {
			lines <- in.Text()
		}
		close(lines)
	}()
	for {
		select {
		case err := <-lost:
			return err
		case line, open := <-lines:
			switch {
			case !open || strings.TrimSpace(line) == "bye":
				fmt.Println("Goodbye. Your seat is free for somebody else.")
				return nil
			case strings.TrimSpace(line) == "call":
				if _, err := roster.Renew(ctx, lease.ID, time.Now().Add(time.Hour)); err != nil {
					return err
				}
				fmt.Println("In a call: your seat is yours until it ends, or until you type again.")
			default:
				typed.Store(true)
				fmt.Println("Done.")
			}
		}
	}
}

// say tells people what happened in the product's own words.
func say(err error) string {
	if crowd, crowded := client.Crowded(err); crowded {
		text := "All seats are in use. One may be free at " + crowd.FreeAt.Local().Format("15:04") + "."
		for _, h := range crowd.Holders {
			text += "\n  " + h.Name + " works on " + h.Device
		}
		return text
	}
	if client.TakenOver(err) {
		return "You have gone on on another device, so this one has stopped."
	}
	return err.Error()
}
