package web

import (
	"context"

	"roster/internal/lang"
	"roster/internal/phone"
	"roster/internal/web/ui"
)

// Languages are the options of a Select for the language that Roster speaks to somebody, each named in itself.
func Languages(selected string) []ui.Option {
	var options []ui.Option
	for _, l := range phone.Languages() {
		options = append(options, ui.Option{Value: l.Code, Label: l.Name, Lang: l.Code, Selected: l.Code == selected})
	}
	return options
}

// Countries are the options of a Select for a country, none first.
func Countries(ctx context.Context, selected string) []ui.Option {
	options := []ui.Option{{Label: lang.T(ctx, "Choose a country"), Selected: selected == ""}}
	for _, c := range phone.Countries(lang.Tag(ctx).String()) {
		options = append(options, ui.Option{Value: c.Code, Label: c.Name, Selected: c.Code == selected})
	}
	return options
}

// TimeZones are the options of a Select for a time zone.
func TimeZones(selected string) []ui.Option {
	var options []ui.Option
	for _, zone := range phone.TimeZones() {
		options = append(options, ui.Option{Value: zone, Label: zone, Selected: zone == selected})
	}
	return options
}

// Label is the label of the selected option; empty if none is.
func Label(options []ui.Option) string {
	for _, o := range options {
		if o.Selected && o.Value != "" {
			return o.Label
		}
	}
	return ""
}
