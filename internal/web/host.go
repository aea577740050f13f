package web

import (
	"net"
	"net/http"
	"net/url"
	"strings"

	"roster/internal/errs"
)

// hosts are the host names that are ours, in lower case.
type hosts struct {
	exact map[string]bool // as the header Host spells them
	names map[string]bool // with any port
}

func newHosts(base *url.URL, extra []string) hosts {
	ours := hosts{map[string]bool{}, map[string]bool{}}
	name, port := strings.ToLower(base.Hostname()), base.Port()
	usual := map[string]string{"http": "80", "https": "443"}[base.Scheme]
	if port == "" || port == usual {
		// Browsers leave the usual port out, others may not.
		ours.exact[strings.TrimSuffix(net.JoinHostPort(name, ""), ":")] = true
		port = usual
	}
	ours.exact[net.JoinHostPort(name, port)] = true
	for _, host := range extra {
		host = strings.ToLower(host)
		if _, _, err := net.SplitHostPort(host); err == nil {
			ours.exact[host] = true
		} else {
			ours.names[strings.Trim(host, "[]")] = true
		}
	}
	return ours
}

// anyHost are the addresses that a load balancer asks by IP. They say nothing and hold no link.
var anyHost = map[string]bool{"/healthz": true, "/readyz": true}

// check refuses a request for another host, so that no link, redirect or cookie is ever made for a name that somebody
// else chose, and no foreign name that resolves to us reaches a server on loopback.
func (h hosts) check(r *http.Request) error {
	if !anyHost[r.URL.Path] && !h.has(strings.ToLower(r.Host)) {
		return errs.New(errs.KindMisdirected, "misdirected_request",
			"This server does not answer for this host name. Use the address that you were given.")
	}
	// An absolute address in the request line has decided about r.Host. Nobody else is to read it.
	r.URL.Scheme, r.URL.Host = "", ""
	return nil
}

func (h hosts) has(host string) bool {
	if h.exact[host] {
		return true
	}
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = strings.Trim(host, "[]")
	}
	return h.names[name]
}
