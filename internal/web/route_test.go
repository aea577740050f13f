package web

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/language"

	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/lang"
	"roster/internal/op"
	"roster/internal/secret"
	"roster/internal/web/ui"
)

func nothing(*Context) (Response, error) { return say(""), nil }

func TestPagesThatMustNotRegister(t *testing.T) {
	self := op.Query[op.Nothing, string]{Name: "me.show", Needs: authz.SelfService, Scope: authz.Self}
	work := op.Command[op.Nothing, string]{Name: "letter.send", Needs: authz.SystemWork, Scope: authz.System}
	for _, c := range []struct {
		pattern string
		options []Option
		says    string
	}{
		{"GET /o/{org}/users", nil, "names no operation"},
		{"GET /o/{org}/users", []Option{Public("")}, "names no operation"},
		{"GET /o/{org}/users", []Option{For(listUsers), Public("both")}, "and a reason"},
		{"GET /o/{org}/users", []Option{For(listUsers, addUser)}, "which writes"},
		{"DELETE /o/{org}/users", []Option{For(addUser)}, "neither GET nor POST"},
		{"/o/{org}/users", []Option{For(listUsers)}, "neither GET nor POST"},
		{"GET /users", []Option{For(listUsers)}, "not below /o/{org}"},
		{"GET /me", []Option{For(self)}, "not below /o/{org}"},
		{"GET /o/{org}/all", []Option{For(listOrgs)}, "not below /operator"},
		{"POST /o/{org}/send", []Option{For(work)}, "only workers"},
	} {
		func() {
			defer func() {
				if got := fmt.Sprint(recover()); !strings.Contains(got, c.says) {
					t.Errorf("%s: %s", c.pattern, got)
				}
			}()
			Page(newWorld(t, public).Kit, c.pattern, nothing, c.options...)
		}()
	}
}

func TestWriteRoutes(t *testing.T) {
	w := newWorld(t, public)
	Page(w.Kit, "POST /o/{org}/users", nothing, For(addUser))
	Page(w.Kit, "GET /o/{org}/users", nothing, For(listUsers))
	Page(w.Kit, "POST /o/{org}/sign-in", nothing, For(signIn))
	Page(w.Kit, "GET /{$}", nothing, Public("sends people where they belong"))
	Page(w.Kit, "GET /operator", nothing, For(listOrgs))
	var got strings.Builder
	if err := w.WriteRoutes(&got); err != nil {
		t.Fatal(err)
	}
	want := `
POST  /o/{org}/sign-in  session.begin      public    everybody
GET   /o/{org}/users    user.list          org       users.view
POST  /o/{org}/users    user.add           org       users.manage
GET   /operator         organization.list  platform  organizations.manage
GET   /{$}              -                  public    sends people where they belong
`
	if got.String() != want[1:] {
		t.Errorf("got\n%s", got.String())
	}
}

// newDoor is a real door on a real database, with one organization and a hook that believes everybody with a session.
func newDoor(t *testing.T) *op.Door {
	t.Helper()
	db, err := op.OpenDatabase(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "roster.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	keys, err := secret.CreateKeyring(filepath.Join(t.TempDir(), "key"))
	if err != nil {
		t.Fatal(err)
	}
	return op.NewDoor(op.Config{
		Database: db, Keys: keys, PublicURL: public, Log: slog.New(slog.DiscardHandler),
		Hooks: op.Hooks{
			Organization: func(_ *op.Tx, ref string) (op.Organization, error) {
				if ref == "nordlys" {
					return op.Organization{ID: nordly}, nil
				}
				return op.Organization{}, errs.NotFound()
			},
			Actor: func(_ *op.Tx, caller authz.Caller, org id.Org) (authz.Actor, error) {
				if caller.Sessions[org] == nil {
					return authz.Actor{Kind: authz.Nobody}, nil
				}
				return authz.Actor{Kind: authz.UserKind, ID: "usr_1", Org: org, Permissions: authz.SetOf(authz.UsersView)}, nil
			},
		},
	})
}

func TestPagesRunOperations(t *testing.T) {
	w := newWorld(t, public)
	w.door = newDoor(t)
	list := listUsers
	list.Run = func(tx *op.Tx, _ op.Nothing) (string, error) {
		return string(tx.Org()) + " " + tx.Actor().ID + " " + tx.Actor().Origin.Address, nil
	}
	run := func(c *Context) (Response, error) {
		text, err := Do(c, list, op.Nothing{})
		return say(text), err
	}
	Page(w.Kit, "GET /o/{org}/users", run, For(list))
	Page(w.Kit, "GET /o/{org}/other", run, For(op.Query[op.Nothing, string]{Name: "team.list", Needs: authz.UsersView, Scope: authz.InOrg}))
	Page(w.Kit, "POST /o/{org}/users", func(c *Context) (Response, error) {
		_, err := Do(c, addUser, op.Nothing{})
		return say("added"), err
	}, For(addUser))
	Page(w.Kit, "GET /o/{org}/both", func(c *Context) (Response, error) {
		text, err := Ask(c, authz.InOrg, func(tx *op.Tx) (string, error) { return list.Within(tx, op.Nothing{}) })
		return say(text), err
	}, For(list))

	session := cookie("__Host-roster-"+string(nordly), token(secret.Session))
	for _, path := range []string{"/o/nordlys/users", "/o/nordlys/both"} {
		got := w.get(path, session)
		if want := string(nordly) + " usr_1 192.0.2.1"; got.StatusCode != 200 || got.body != want {
			t.Errorf("%s: %d %s", path, got.StatusCode, got.body)
		}
	}
	w.get("/o/nordlys/users").want(t, 303, "")
	w.get("/o/saguaro/users", session).want(t, 303, "") // not signed in there: which organizations exist is not said
	w.post("/o/nordlys/users", nil, session).want(t, 404, "not_found")
	w.get("/o/nordlys/other", session).want(t, 500, "internal") // runs what the list of routes does not say
	if !strings.Contains(w.logs.String(), "without naming it") {
		t.Errorf("%s", w.logs)
	}
	w.get("/o/nordlys/users", session, header("Authorization", "Bearer "+token(secret.APIKey))).want(t, 400, "two_credentials")
}

func TestFrameAndLanguage(t *testing.T) {
	w := newWorld(t, public)
	var fails error
	stockholm := time.FixedZone("CET", 3600)
	w.Frame = func(*Context) (Frame, error) {
		return Frame{Frame: ui.Frame{Me: ui.Me{Name: "Maya"}}, Language: language.Swedish, Zone: stockholm}, fails
	}
	show := func(c *Context) (Response, error) {
		return say(fmt.Sprint(c.Page("").Frame.Me.Name, "|", lang.Zone(c.Context()), "|", lang.Tag(c.Context()) == spoken(language.Swedish))), nil
	}
	Page(w.Kit, "GET /o/{org}/users", show, For(listUsers))
	Page(w.Kit, "GET /o/{org}/sign-in", show, Public("a test"))
	if got := w.get("/o/nordlys/users"); got.body != "Maya|CET|true" {
		t.Errorf("%s", got.body)
	}
	if got := w.get("/o/nordlys/sign-in"); !strings.HasPrefix(got.body, "|UTC|") {
		t.Errorf("a public page asked for the frame: %s", got.body)
	}
	fails = errs.Unauthenticated()
	w.get("/o/nordlys/users").want(t, 303, "")
}

// spoken is the shipped language nearest to tag.
func spoken(tag language.Tag) language.Tag {
	return lang.Tag(lang.With(context.Background(), tag, nil))
}

func TestPathsOfAnOrganization(t *testing.T) {
	w := newWorld(t, public)
	w.page("GET /o/{org}/x/{name}", func(c *Context) (Response, error) { return say(c.Path("users", c.Param("name"))), nil })
	if got := w.get("/o/a%2Fb/x/c%3Fd").body; got != "/o/a%2Fb/users/c%3Fd" {
		t.Errorf("%s", got)
	}
}
