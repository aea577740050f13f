package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"roster/internal/access"
	"roster/internal/authz"
	"roster/internal/id"
)

// checked is how many users the questions are about.
const checked = 2000

// asked is a question whose answer is known.
type asked struct {
	access.Question
	want access.Answer
}

// questions are about active users, a few of whom are admins.
func (b *bench) questions() ([]asked, error) {
	c := newClient(b.server.url, b.sample.Key, 1)
	q := url.Values{"limit": {"500"}, "state": {"active"}}
	var all []asked
	for len(all) < checked {
		p, err := c.users(b.ctx, q)
		if err != nil {
			return nil, err
		}
		for _, item := range p.Items {
			one := asked{access.Question{User: id.User(item.ID), Permission: authz.UsersView}, access.Answer{Reason: access.NoGrant}}
			if item.Role == string(authz.RoleAdmin) {
				one.want = access.Answer{Allowed: true, Reason: access.ByRole}
			}
			all = append(all, one)
		}
		if p.Next == "" {
			break
		}
		q.Set("cursor", p.Next)
	}
	if len(all) < access.MaxChecks {
		return nil, fmt.Errorf("%w: only %d active users", errWrong, len(all))
	}
	return all, nil
}

// checks measures asking what users may do: one question in a call, and a
// thousand.
func (b *bench) checks() ([]measured, error) {
	all, err := b.questions()
	if err != nil {
		return nil, err
	}
	one, err := b.measure("access: one check", 0, []int{1, manyClients}, func(c *client) func(context.Context, int) (time.Duration, error) {
		return func(ctx context.Context, n int) (time.Duration, error) {
			at := n % len(all)
			return c.check(ctx, all[at:at+1])
		}
	})
	if err != nil {
		return nil, err
	}
	many, err := b.measure("access: 1,000 checks in one call", 0, []int{1}, func(c *client) func(context.Context, int) (time.Duration, error) {
		return func(ctx context.Context, n int) (time.Duration, error) {
			at := n * 7 % (len(all) - access.MaxChecks + 1)
			return c.check(ctx, all[at:at+access.MaxChecks])
		}
	})
	return []measured{one, many}, err
}

// check asks, and looks at each answer.
func (c *client) check(ctx context.Context, questions []asked) (time.Duration, error) {
	var in access.Questions
	for _, q := range questions {
		in.Checks = append(in.Checks, q.Question)
	}
	a, err := c.api(ctx, http.MethodPost, "/organizations/"+largeOrg+"/access/check", in)
	if err != nil {
		return a.took, err
	}
	var out access.Answers
	if err := json.Unmarshal(a.body, &out); err != nil || len(out.Results) != len(questions) {
		return a.took, fmt.Errorf("%w: %d answers to %d questions, %v", errWrong, len(out.Results), len(questions), err)
	}
	for i, got := range out.Results {
		if got != questions[i].want {
			return a.took, fmt.Errorf("%w: %+v to %+v", errWrong, got, questions[i])
		}
	}
	return a.took, nil
}
