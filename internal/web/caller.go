package web

import (
	"net/http"
	"strings"

	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/secret"
)

// CallerOf collects what a request shows of who is asking: sessions, the operator's session, or a key. It proves
// nothing: package op does. What is no token of the right kind counts as not there.
//
// A key together with a session is refused with two_credentials, since the two may be different people and whoever wrote
// the request meant one of them.
func CallerOf(r *http.Request) (authz.Caller, error) {
	state := stateOf(r.Context())
	caller := authz.Caller{Origin: authz.Origin{
		Address: state.address, Agent: cleaned(r.UserAgent(), 256), RequestID: state.id,
	}}
	for _, cookie := range r.Cookies() {
		if cookie.Name == state.kit.cookieName(operatorCookie) && caller.Operator == nil {
			if hash, ok := secret.HashToken(cookie.Value, secret.Operator); ok {
				caller.Operator = hash.Bytes()
			}
			continue
		}
		hash, ok := secret.HashToken(cookie.Value, secret.Session)
		if !ok {
			continue
		}
		org, ok := state.kit.orgOf(cookie.Name)
		if _, twice := caller.Sessions[org]; ok && !twice {
			if caller.Sessions == nil {
				caller.Sessions = map[id.Org][]byte{}
			}
			caller.Sessions[org] = hash.Bytes()
		}
	}
	key, ok := bearer(r)
	if !ok {
		return caller, nil
	}
	if len(caller.Sessions) > 0 || caller.Operator != nil {
		return authz.Caller{Origin: caller.Origin}, errs.Malformed("two_credentials", "The request shows both a key and a signed-in browser. Send one of them.")
	}
	if hash, ok := secret.HashToken(key, secret.APIKey); ok {
		caller.Key = hash.Bytes()
	}
	return caller, nil
}

// bearer is the token of the header Authorization, if that is what it holds.
func bearer(r *http.Request) (string, bool) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	return strings.TrimSpace(token), strings.EqualFold(scheme, "Bearer")
}
