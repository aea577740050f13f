package access_test

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"roster/internal/access"
	"roster/internal/apikey"
	"roster/internal/app/apptest"
	"roster/internal/authz"
	"roster/internal/id"
	"roster/internal/op"
	"roster/internal/user"
)

// BenchmarkCheck asks through all that a request passes, with a key, on SQLite:
// one question, and a thousand in one call.
func BenchmarkCheck(b *testing.B) {
	w := apptest.New(b, apptest.SQLite(b))
	declare(b, w)
	subscribe(b, w, w.A, "fax", -1, 5)
	var users []id.User
	_, err := arrange.Do(b.Context(), w.Door, w.A.Admin.Call(w.A), func(t *op.Tx) error {
		for i := range 5000 {
			u, _, err := user.Add(t, user.User{
				Type: user.Personal, Email: fmt.Sprintf("b%d@alpha.example", i), State: user.Active, Role: authz.RoleUser, Authentication: user.ByPassword,
				Rights: user.Rights{Side: authz.OfOrganization, Contract: authz.AllAccounts(), Delivery: authz.AllAccounts()},
			})
			if err != nil {
				return err
			}
			users = append(users, u.ID)
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	made, err := apikey.Create.Do(b.Context(), w.Door, w.A.Admin.Call(w.A), apikey.New{Name: "Product", Permissions: []authz.Permission{authz.AccessCheck}})
	if err != nil {
		b.Fatal(err)
	}
	handler := w.Client(b, made.Secret, access.Routes)
	for _, test := range []struct {
		name       string
		questions  int
		permission authz.Permission
		together   int
	}{
		{"one", 1, "fax.read", 1}, {"one by 8", 1, "fax.read", 8}, {"one of Roster itself", 1, authz.UsersView, 1}, {"thousand", 1000, "fax.read", 1},
	} {
		b.Run(test.name, func(b *testing.B) {
			var bodies []string
			for first := 0; first < 1000; first += test.questions {
				in := access.Questions{}
				for i := range test.questions {
					in.Checks = append(in.Checks, access.Question{User: users[first+i], Permission: test.permission})
				}
				body, err := json.Marshal(in)
				if err != nil {
					b.Fatal(err)
				}
				bodies = append(bodies, string(body))
			}
			var n atomic.Int64
			b.ReportAllocs()
			b.SetParallelism(test.together)
			ask := func() {
				r := handler.Request("POST", "/organizations/alpha/access/check", bodies[int(n.Add(1))%len(bodies)])
				answer := httptest.NewRecorder()
				handler.ServeHTTP(answer, r)
				if answer.Code != 200 || strings.Count(answer.Body.String(), `"reason"`) != test.questions {
					b.Errorf("%d %.300s", answer.Code, answer.Body)
				}
			}
			if test.together == 1 {
				for b.Loop() {
					ask()
				}
				return
			}
			b.RunParallel(func(p *testing.PB) {
				for p.Next() {
					ask()
				}
			})
		})
	}
}
