package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// client sends requests to the program under test and looks at its answers.
type client struct {
	base string
	key  string // API key
	http *http.Client
}

func newClient(base, key string, clients int) *client {
	return &client{base, key, &http.Client{
		Timeout:       30 * time.Second,
		Transport:     &http.Transport{MaxIdleConnsPerHost: clients, MaxConnsPerHost: clients},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// answer is a whole answer, and how long it took.
type answer struct {
	status int
	header http.Header
	body   []byte
	took   time.Duration
}

func (c *client) send(r *http.Request) (answer, error) {
	began := time.Now()
	res, err := c.http.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return answer{res.StatusCode, res.Header, body, time.Since(began)}, err
}

// api calls the API with the key.
func (c *client) api(ctx context.Context, method, path string, in any) (answer, error) {
	body, err := json.Marshal(in)
	if err != nil {
		return answer{}, err
	}
	r, err := http.NewRequestWithContext(ctx, method, c.base+"/api/v1"+path, bytes.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	if in == nil {
		r.Body, r.ContentLength = nil, 0
	}
	r.Header.Set("Authorization", "Bearer "+c.key)
	r.Header.Set("Content-Type", "application/json")
	a, err := c.send(r)
	if err == nil && a.status/100 != 2 {
		err = fmt.Errorf("%s %s: %d %s", method, path, a.status, a.body)
	}
	return a, err
}

// usersPath is the list of users with a filter.
func usersPath(q url.Values) string { return "/organizations/" + largeOrg + "/users?" + q.Encode() }

// page is what the list of users answers, as far as it matters here.
type page struct {
	Items []struct {
		ID, Email, State string
		Role             string `json:"role_id"`
	}
	Next  string `json:"next_cursor"`
	Total int
}

func (c *client) users(ctx context.Context, q url.Values) (page, error) {
	var p page
	a, err := c.api(ctx, http.MethodGet, usersPath(q), nil)
	if err == nil {
		err = json.Unmarshal(a.body, &p)
	}
	return p, err
}

// signIn sends the portal's form, as somebody who comes from the address from.
// It answers the cookies of a browser that is signed in.
func (c *client) signIn(ctx context.Context, username, from string) (answer, []*http.Cookie, error) {
	form := url.Values{"username": {username}, "password": {samplePassword}}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+"/o/"+largeOrg+"/sign-in", strings.NewReader(form.Encode()))
	if err != nil {
		return answer{}, nil, err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", c.base)
	r.Header.Set("X-Forwarded-For", from)
	a, err := c.send(r)
	if err != nil {
		return a, nil, err
	}
	cookies := (&http.Response{Header: a.header}).Cookies()
	if a.status != http.StatusSeeOther || len(cookies) == 0 {
		return a, nil, fmt.Errorf("the sign-in of %s was answered with %d and %d cookies: %.500s", username, a.status, len(cookies), a.body)
	}
	return a, cookies, nil
}

// portal gets a page of the portal with a browser's cookies.
func (c *client) portal(ctx context.Context, path string, cookies []*http.Cookie) (answer, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+"/o/"+largeOrg+path, nil)
	if err != nil {
		return answer{}, err
	}
	for _, cookie := range cookies {
		r.AddCookie(cookie)
	}
	a, err := c.send(r)
	if err == nil && a.status != http.StatusOK {
		err = fmt.Errorf("the page %s was answered with %d", path, a.status)
	}
	return a, err
}

var errWrong = errors.New("a wrong answer")
