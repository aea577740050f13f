package mailbox_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	netmail "net/mail"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"roster/internal/app/apptest"
	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/invite"
	"roster/internal/mail"
	"roster/internal/mailbox"
	"roster/internal/op"
	"roster/internal/password"
	"roster/internal/secret"
	"roster/internal/web"
)

func envelope(messageID, subject string) mail.Envelope {
	return mail.Envelope{
		MessageID: messageID, Date: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC), To: "zoe@x.example",
		From:    netmail.Address{Name: "Nordlys Ångström", Address: "roster@localhost"},
		ReplyTo: netmail.Address{Address: "help@nordlys.example"},
		Message: mail.Message{Subject: subject, HTML: `<p>Hello <a href="http://localhost:8080/x" target="_blank">there</a></p>`, Text: "Hello there"},
	}
}

func keep(t *testing.T, w *apptest.World, e mail.Envelope) {
	t.Helper()
	if err := (mailbox.Sender{Door: w.Door}).Send(t.Context(), e); err != nil {
		t.Fatal(err)
	}
}

func list(t *testing.T, w *apptest.World, in op.Paging) mailbox.Listing {
	t.Helper()
	in.Count = true
	l, err := mailbox.List.Do(t.Context(), w.Door, op.Call{}, in)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestALetterThatComesTwiceLiesHereOnce(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		sent := envelope("let_1@localhost", "Willkommen in Lübeck")
		keep(t, w, sent)
		keep(t, w, sent)
		l := list(t, w, op.Paging{})
		if len(l.Items) != 1 || *l.Total != 1 || l.Next != nil {
			t.Fatalf("%+v", l)
		}
		if h := l.Items[0]; h.ID != "let_1" || h.To != sent.To || h.Subject != sent.Message.Subject || l.Now.Sub(h.At) > time.Minute {
			t.Errorf("%+v", h)
		}
		m, err := mailbox.Open.Do(t.Context(), w.Door, op.Call{}, mailbox.Ref{ID: "let_1"})
		if err != nil || m.ID != "let_1" || m.Envelope != sent {
			t.Errorf("%+v, %v", m, err)
		}
		if _, err := mailbox.Open.Do(t.Context(), w.Door, op.Call{}, mailbox.Ref{ID: "let_2"}); !errs.Is(err, "not_found") {
			t.Errorf("a message that is not there: %v", err)
		}
	})
}

func TestNothingIsKeptInClear(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		sent := envelope("let_1@localhost", "Quarterly figures")
		keep(t, w, sent)
		stored, err := op.Query[op.Nothing, []byte]{
			Name: "test.stored", Needs: authz.Everybody, Scope: authz.Public,
			Run: func(t *op.Tx, _ op.Nothing) ([]byte, error) {
				type row struct {
					Head    []byte `db:"head"`
					Message []byte `db:"message"`
				}
				r, err := op.One[row](t, "-- across organizations: a test\nselect head, message from mailbox", nil)
				return append(r.Head, r.Message...), err
			},
		}.Do(t.Context(), w.Door, op.Call{}, op.Nothing{})
		if err != nil || len(stored) < 200 {
			t.Fatalf("%d bytes, %v", len(stored), err)
		}
		for _, word := range []string{sent.To, sent.Message.Subject, "Hello", "localhost"} {
			if bytes.Contains(stored, []byte(word)) {
				t.Errorf("%q stands in the database", word)
			}
		}
	})
}

func TestTheNewestStay(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		const sent = 507
		for i := range sent {
			w.Advance(time.Second)
			keep(t, w, envelope(fmt.Sprintf("let_%03d@localhost", i), fmt.Sprint("No. ", i)))
		}
		var in op.Paging
		var all []string
		for {
			in.Limit = 120
			l := list(t, w, in)
			if *l.Total != 500 {
				t.Fatalf("%d are kept", *l.Total)
			}
			for _, h := range l.Items {
				all = append(all, h.ID)
			}
			if l.Next == nil {
				break
			}
			in.Cursor = *l.Next
		}
		if len(all) != 500 || all[0] != "let_506" || all[499] != "let_007" {
			t.Errorf("%d, from %s to %s", len(all), all[0], all[len(all)-1])
		}
		if _, err := mailbox.List.Do(t.Context(), w.Door, op.Call{}, op.Paging{Cursor: "broken"}); !errs.Is(err, "invalid_cursor") {
			t.Errorf("a broken cursor: %v", err)
		}
	})
}

func TestAMessageWithoutAnIDIsRefusedForGood(t *testing.T) {
	w := apptest.New(t, apptest.SQLite(t))
	for _, messageID := range []string{"", "@localhost", "let_1", "let_1@"} {
		err := (mailbox.Sender{Door: w.Door}).Send(t.Context(), envelope(messageID, "x"))
		if refused, ok := err.(*mail.Error); !ok || !refused.Permanent {
			t.Errorf("%q: %v", messageID, err)
		}
	}
	if l := list(t, w, op.Paging{}); len(l.Items) != 0 {
		t.Errorf("%+v", l.Items)
	}
}

// TestOnlyWorkersPutMailsIn is the lock on the way in.
func TestOnlyWorkersPutMailsIn(t *testing.T) {
	w := apptest.New(t, apptest.SQLite(t))
	for _, o := range mailbox.Operations() {
		if !o.Spec().Writes {
			continue
		}
		for name, call := range map[string]op.Call{"nobody": {}, "an admin": w.A.Admin.Call(w.A), "an operator": apptest.OperatorCall()} {
			if _, err := o.Try(t.Context(), w.Door, call, envelope("let_1@localhost", "x")); errs.KindOf(err) != errs.KindUnauthenticated {
				t.Errorf("%s puts a mail in: %v", name, err)
			}
		}
	}
}

// pages serves the mailbox of w as an installation at publicURL would.
func pages(t *testing.T, w *apptest.World, publicURL string) http.Handler {
	t.Helper()
	k, err := web.New(web.Options{Door: doorAt(t, w, publicURL), PublicURL: publicURL, ExtraHosts: []string{"localhost"}, Log: apptest.Log(t)})
	if err != nil {
		t.Fatal(err)
	}
	mailbox.Pages(k)
	return k.Handler()
}

func doorAt(t *testing.T, w *apptest.World, publicURL string) *op.Door {
	t.Helper()
	return op.NewDoor(op.Config{
		Database: w.Database, Keys: w.Door.Keys(), PublicURL: publicURL, Log: apptest.Log(t), Tools: op.Tools{Passwords: password.NewCheapHasher()},
		Hooks: op.Hooks{
			Organization: func(*op.Tx, string) (op.Organization, error) { return op.Organization{}, errs.NotFound() },
			Actor:        func(*op.Tx, authz.Caller, id.Org) (authz.Actor, error) { return authz.Actor{Kind: authz.Nobody}, nil },
		},
	})
}

func get(h http.Handler, path, from string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, "http://localhost:8080"+path, nil)
	r.RemoteAddr = from
	answer := httptest.NewRecorder()
	h.ServeHTTP(answer, r)
	return answer
}

const (
	fromHere  = "127.0.0.1:40000"
	fromThere = "192.0.2.9:40000"
)

// TestAnInvitationCanBeReadAndFollowed goes the newcomer's way: invite somebody, find the e-mail, open its link.
func TestAnInvitationCanBeReadAndFollowed(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		h := pages(t, w, w.Door.PublicURL())
		if empty := get(h, "/mailbox", fromHere); empty.Code != http.StatusOK || !strings.Contains(empty.Body.String(), "No e-mails yet") {
			t.Fatalf("%d %s", empty.Code, empty.Body)
		}
		in := invite.Input{Emails: []string{"Zoë <zoe@x.example>"}, Message: "Welcome <aboard> & see you"}
		if _, err := invite.Create.Do(t.Context(), w.Door, w.A.Admin.Call(w.A), in); err != nil {
			t.Fatal(err)
		}
		deliver(t, w)
		l := list(t, w, op.Paging{})
		if len(l.Items) != 1 || l.Items[0].To != "zoe@x.example" {
			t.Fatalf("%+v", l.Items)
		}
		path := "/mailbox/" + l.Items[0].ID
		if listed := get(h, "/mailbox", fromHere); !strings.Contains(listed.Body.String(), `href="`+path+`"`) || !strings.Contains(listed.Body.String(), `hx-trigger="every 3s"`) {
			t.Errorf("the list: %s", listed.Body)
		}
		opened, part := get(h, path, fromHere), get(h, path+"/html", fromHere)
		body := opened.Body.String()
		for _, want := range []string{"zoe@x.example", "Welcome &lt;aboard&gt; &amp; see you", `src="` + path + `/html"`, "http://localhost:8080/invitation/" + string(secret.Invitation)} {
			if !strings.Contains(body, want) {
				t.Errorf("the page lacks %s:\n%s", want, body)
			}
		}
		if policy := opened.Header().Get("Content-Security-Policy"); !strings.Contains(policy, "frame-src 'self'") || !strings.Contains(policy, "script-src 'self';") {
			t.Errorf("the page's policy: %s", policy)
		}
		if policy := part.Header().Get("Content-Security-Policy"); !strings.HasPrefix(policy, "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:;") ||
			!strings.Contains(policy, "frame-ancestors 'self'; sandbox allow-popups") || strings.Contains(policy, "script") {
			t.Errorf("the frame's policy: %s", policy)
		}
		if !strings.Contains(part.Body.String(), `target="_top"`) || strings.Contains(part.Body.String(), "_blank") {
			t.Errorf("the links in the frame open elsewhere:\n%s", part.Body)
		}
		accessible(t, body)
	})
}

// deliver runs a mail worker until nothing is left to send.
func deliver(t *testing.T, w *apptest.World) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		mail.Worker{Door: w.Door, Sender: mailbox.Sender{Door: w.Door}, From: "roster@localhost", Log: apptest.Log(t)}.Run(ctx)
	}()
	for range 500 {
		if len(list(t, w, op.Paging{}).Items) > 0 {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	stop()
	<-done
}

// accessible checks what a person with a screen reader needs of the pages; the browser tests do the rest.
func accessible(t *testing.T, page string) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		count[n.Data]++
		for _, a := range n.Attr {
			switch {
			case a.Key == "style" || strings.HasPrefix(a.Key, "on"):
				t.Errorf("<%s> has an inline %s", n.Data, a.Key)
			case n.Data == "iframe" && a.Key == "title" && a.Val != "":
				count["frames with a title"]++
			}
		}
	}
	if count["h1"] != 1 || count["main"] != 1 || count["iframe"] != count["frames with a title"] {
		t.Errorf("%v", count)
	}
}

func TestNobodyElseSeesTheMailbox(t *testing.T) {
	w := apptest.New(t, apptest.SQLite(t))
	keep(t, w, envelope("let_1@localhost", "Your new password"))
	local, public := pages(t, w, w.Door.PublicURL()), pages(t, w, "https://roster.example")
	for _, path := range []string{"/mailbox", "/mailbox/let_1", "/mailbox/let_1/html", "/mailbox/let_2", "/mailbox?cursor=x"} {
		for name, answer := range map[string]*httptest.ResponseRecorder{
			"another machine":                      get(local, path, fromThere),
			"a proxy here, for a public name":      get(public, path, fromHere),
			"another machine, and the public name": get(public, path, fromThere),
		} {
			if answer.Code != http.StatusNotFound || strings.Contains(answer.Body.String(), "password") {
				t.Errorf("%s, %s: %d", name, path, answer.Code)
			}
		}
	}
	for path, want := range map[string]int{
		"/mailbox": http.StatusOK, "/mailbox/let_1": http.StatusOK, "/mailbox/let_1/html": http.StatusOK,
		"/mailbox/let_2": http.StatusNotFound, "/mailbox/let_2/html": http.StatusNotFound, "/mailbox?cursor=x": http.StatusBadRequest,
	} {
		if answer := get(local, path, fromHere); answer.Code != want {
			t.Errorf("this machine, %s: %d", path, answer.Code)
		}
	}
}

func TestAnErrorPageKeepsItsOwnPolicy(t *testing.T) {
	w := apptest.New(t, apptest.SQLite(t))
	h := pages(t, w, w.Door.PublicURL())
	if policy := get(h, "/mailbox/let_2", fromHere).Header().Get("Content-Security-Policy"); strings.Contains(policy, "frame-src") {
		t.Error(policy)
	}
}
