package web

import (
	"context"
	"strings"

	"roster/internal/lang"
)

// mark is a word by which browsers name something.
type mark struct{ word, name string }

// The more particular comes first: every browser also claims to be others.
var (
	browsers = []mark{
		{"Edg", "Edge"}, {"OPR/", "Opera"}, {"SamsungBrowser/", "Samsung Internet"}, {"Vivaldi/", "Vivaldi"},
		{"Firefox/", "Firefox"}, {"FxiOS/", "Firefox"}, {"CriOS/", "Chrome"}, {"Chromium/", "Chromium"}, {"Chrome/", "Chrome"},
		{"Safari/", "Safari"}, {"curl/", "curl"},
	}
	systems = []mark{
		{"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Android", "Android"}, {"Windows", "Windows"}, {"CrOS", "ChromeOS"},
		{"Mac OS X", "macOS"}, {"Macintosh", "macOS"}, {"Linux", "Linux"},
	}
)

// Device says in a person's words what a user agent is: Firefox on Windows. It is what the browser claims, and nothing
// is decided by it.
func Device(ctx context.Context, agent string) string {
	browser, system := named(browsers, agent), named(systems, agent)
	switch {
	case browser != "" && system != "":
		return lang.T(ctx, "%s on %s", browser, system)
	case browser+system != "":
		return browser + system
	}
	return lang.T(ctx, "Unknown device")
}

func named(marks []mark, agent string) string {
	for _, m := range marks {
		if strings.Contains(agent, m.word) {
			return m.name
		}
	}
	return ""
}
