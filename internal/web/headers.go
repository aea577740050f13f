package web

import (
	"net/http"
	"net/netip"
	"net/url"
)

// securityHeaders are on every answer. A handler may replace one of them for its own; assets replace Cache-Control.
func securityHeaders(base *url.URL) http.Header {
	h := http.Header{}
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; font-src 'self'; "+
		"img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), "+
		"microphone=(), midi=(), payment=(), usb=(), publickey-credentials-create=(self), publickey-credentials-get=(self)")
	h.Set("Cache-Control", "no-store")
	switch {
	case base.Scheme == "https":
		h.Set("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
	case !isLoopback(base.Hostname()):
		// Browsers send Sec-Fetch-Site only over https and to loopback. Here Origin is the only proof that a form is
		// ours, and no-referrer would turn it into null.
		h.Set("Referrer-Policy", "same-origin")
	}
	return h
}

func isLoopback(host string) bool {
	address, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && address.IsLoopback()
}
