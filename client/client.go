// Package client is for products that ask Roster who somebody is, what they may do,
// and for a seat. It covers what a product needs while people work; everything else
// is in the API (docs/openapi.json).
//
// A Client is safe for use by several goroutines. What it sends may be sent again, so
// it repeats by itself what a restarting or busy server did not take.
package client

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Client speaks to one organization.
type Client struct {
	base, key string
	http      *http.Client
}

// New is a client of an organization (its short name or id) at an installation, such as
// https://roster.example.com. The key is one that an admin made under Integrations, or
// an operator's. A request that takes longer than 15 seconds is given up.
func New(installation, organization, key string) *Client {
	return &Client{
		base: strings.TrimRight(installation, "/") + "/api/v1/organizations/" + url.PathEscape(organization),
		key:  key,
		http: &http.Client{Timeout: 15 * time.Second},
	}
}

// Problem is a refusal: a problem document (RFC 9457). Decide by Code; Detail says in
// English what happened and what to do.
type Problem struct {
	Status  int             `json:"status"`
	Code    string          `json:"code"`
	Title   string          `json:"title"`
	Detail  string          `json:"detail"`
	Details json.RawMessage `json:"details"`
}

// Error implements error.
func (p *Problem) Error() string { return fmt.Sprintf("roster: %s: %s", p.Code, p.Detail) }

// User is who somebody is.
type User struct {
	ID       string    `json:"id"` // never changes and is never used again
	Email    string    `json:"email"`
	Name     string    `json:"name"`
	State    string    `json:"state"`
	Licenses []License `json:"licenses"`
}

// License is one that a user holds.
type License struct {
	Service string `json:"service"`
	Plan    string `json:"plan"`
	Model   string `json:"model"`   // named or seat
	Pool    string `json:"pool_id"` // of a seat plan: the pool that the user is a member of
}

// Pool is the pool of a service's seats that the user is a member of; empty if none.
func (u User) Pool(service string) string {
	for _, l := range u.Licenses {
		if l.Service == service {
			return l.Pool
		}
	}
	return ""
}

// Lookup finds a user by e-mail address; found is false if there is none whom the key may
// see. The key needs users.view.
func (c *Client) Lookup(ctx context.Context, email string) (u User, found bool, err error) {
	var answer struct {
		User *User `json:"user"`
	}
	err = c.do(ctx, http.MethodGet, "/users/lookup?email="+url.QueryEscape(email), nil, &answer)
	if err != nil || answer.User == nil {
		return User{}, false, err
	}
	return *answer.User, true, nil
}

// Check is a question: may this user do this, at all or on accounts?
type Check struct {
	User            string `json:"user_id"`
	Permission      string `json:"permission"`
	ContractAccount string `json:"contract_account_id,omitempty"`
	DeliveryAccount string `json:"delivery_account_id,omitempty"`
}

// Verdict is its answer. Decide by Allowed; Reason is one of those in docs/access.md.
type Verdict struct {
	Allowed bool   `json:"allowed"`
	Reason  string `json:"reason"`
}

// Check asks up to 1,000 questions at once, and answers them in their order. The key
// needs access.check.
func (c *Client) Check(ctx context.Context, checks ...Check) ([]Verdict, error) {
	var answer struct {
		Results []Verdict `json:"results"`
	}
	err := c.do(ctx, http.MethodPost, "/access/check", map[string]any{"checks": checks}, &answer)
	return answer.Results, err
}

// tries is how often something is sent before it is given up.
const tries = 4

// do sends a request, again if the server was not there or too busy, and reads the answer
// into out. A refusal is a *Problem.
func (c *Client) do(ctx context.Context, method, path string, body, out any) error {
	var sent []byte
	if body != nil {
		var err error
		if sent, err = json.Marshal(body); err != nil {
			return err
		}
	}
	for try := 1; ; try++ {
		again, err := c.once(ctx, method, path, sent, out)
		if err == nil || again < 0 || try == tries {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(max(again, time.Duration(try*try)*100*time.Millisecond)):
		}
	}
}

// once sends it once. again is after how long to try again, less than 0 for never.
func (c *Client) once(ctx context.Context, method, path string, sent []byte, out any) (again time.Duration, err error) {
	r, err := http.NewRequestWithContext(ctx, method, c.base+path, bytes.NewReader(sent))
	if err != nil {
		return -1, err
	}
	r.Header.Set("Authorization", "Bearer "+c.key)
	r.Header.Set("Accept", "application/json")
	if sent != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	answer, err := c.http.Do(r)
	if err != nil {
		return 0, fmt.Errorf("roster: %w", err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(answer.Body, 16<<20))
	if err != nil {
		return 0, fmt.Errorf("roster: %w", err)
	}
	if answer.StatusCode < 300 {
		if out == nil || len(text) == 0 {
			return -1, nil
		}
		return -1, json.Unmarshal(text, out)
	}
	p := &Problem{Status: answer.StatusCode, Code: "unknown", Detail: answer.Status}
	_ = json.Unmarshal(text, p) // a proxy between answers in its own way
	switch answer.StatusCode {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		seconds, _ := strconv.Atoi(answer.Header.Get("Retry-After"))
		return time.Duration(seconds) * time.Second, p
	}
	return -1, p
}
