package demo

import (
	"context"
	"fmt"
	"time"

	"roster/internal/errs"
	"roster/internal/op"
	"roster/internal/patch"
	"roster/internal/role"
	"roster/internal/service"
)

// The services of the vendor.
const (
	guidance = "guidance"
	fax      = "fax"
	network  = "network"
)

// plans are how the vendor sells what it does not sell as a whole only.
var plans = []service.NewPlan{
	{Service: guidance, Key: "standard", Model: service.Named, PlanInput: service.PlanInput{Name: patch.To("Standard")}},
	{Service: guidance, Key: "expert", Model: service.Named, PlanInput: service.PlanInput{
		Name: patch.To("Expert"), Permissions: patch.To(role.Permissions{"guidance.invite_guest"}),
		WelcomeText: patch.To("You can invite guests to your calls: press Invite in a call and give them the link."),
	}},
	{Service: guidance, Key: "support", Model: service.Seat, PlanInput: service.PlanInput{Name: patch.To("Support"), Permissions: patch.To(role.Permissions{"guidance.recordings"})}},
}

// catalogue is what the vendor offers: help by video, faxes, and a portal for a network.
var catalogue = []service.New{
	{Key: guidance, Input: service.Input{
		Name: patch.To("Remote Guidance"), Link: patch.To("https://guidance.vendor.example"),
		InstallText: patch.To("Install Remote Guidance from the store of your phone, or open it in a browser.\nAllow it to use the camera and the microphone."),
		WelcomeText: patch.To("Choose somebody among your contacts and press Call. You see what they see, and can point at it with your hands."),
		Permissions: patch.To([]service.Permission{
			{Key: "guidance.call", Name: "Call contacts", Everybody: true},
			{Key: "guidance.invite_guest", Name: "Invite guests to a call"},
			{Key: "guidance.recordings", Name: "See recordings of all calls"},
		}),
	}},
	{Key: fax, Input: service.Input{
		Name: patch.To("Fax"), Link: patch.To("https://fax.vendor.example"), UsesNumbers: patch.To(true),
		InstallText: patch.To("To fax from any program, install the printer from https://fax.vendor.example/printer and choose Fax when you print."),
		WelcomeText: patch.To("Send your first fax: open Fax, enter the number, add a document. You get an e-mail when it has arrived."),
		Permissions: patch.To([]service.Permission{
			{Key: "fax.send", Name: "Send faxes", Everybody: true, Delivery: true},
			{Key: "fax.monitor", Name: "See all faxes of the organization"},
		}),
	}},
	{Key: network, Input: service.Input{
		Name: patch.To("Network Portal"), Link: patch.To("https://network.vendor.example"),
		WelcomeText: patch.To("The map shows your sites. Press one to see its lines, its orders and its tickets."),
		Permissions: patch.To([]service.Permission{
			{Key: "sites.view", Name: "See sites", Everybody: true, Delivery: true},
			{Key: "support.view", Name: "See tickets", Delivery: true},
			{Key: "support.edit", Name: "Write tickets", Delivery: true},
			{Key: "orders.view", Name: "See orders", Delivery: true},
			{Key: "orders.approve", Name: "Approve orders"},
			{Key: "billing.view", Name: "See invoices"},
		}),
	}},
}

// offer defines the services that are not there yet.
func offer(ctx context.Context, d *op.Door, vendor op.Call) error {
	for _, s := range catalogue {
		if _, err := service.Create.Do(ctx, d, vendor, s); err != nil && !errs.Is(err, "service_exists") {
			return fmt.Errorf("define the service %s: %w", s.Key, err)
		}
	}
	for _, p := range plans {
		if _, err := service.CreatePlan.Do(ctx, d, vendor, p); err != nil && !errs.Is(err, "plan_exists") {
			return fmt.Errorf("define the plan %s: %w", p.Key, err)
		}
	}
	return nil
}

// subscribes is the operator subscribing the organization to a service as a whole
// from that day on, for so many days; 0: without end.
func (s *story) subscribes(m moment, to string, days int) { s.buys(m, to, "", 0, days) }

// buys is the operator selling so many licenses of a plan.
func (s *story) buys(m moment, to, plan string, quantity, days int) {
	s.then(m, "subscribe to "+to+" "+plan, func(d *op.Door) error {
		call, first := s.operator, m.at(s.now)
		call.Org = string(s.org)
		in := service.NewSubscription{Service: to, Plan: plan, Quantity: quantity, StartsOn: first.Format(time.DateOnly)}
		if days > 0 {
			in.EndsOn = first.AddDate(0, 0, days-1).Format(time.DateOnly)
		}
		_, err := service.Subscribe.Do(s.ctx, d, call, in)
		return err
	})
}
