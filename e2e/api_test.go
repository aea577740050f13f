package e2e

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"roster/internal/config"
	"roster/internal/mail/mailtest"
)

func TestWhatIsNoJSONIsRefused(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		path := v1 + "/organizations"
		deep := strings.Repeat(`{"a":`, 40) + "1" + strings.Repeat("}", 40)
		var many strings.Builder
		for i := range 1001 {
			fmt.Fprintf(&many, `,"k%d":1`, i)
		}
		for name, test := range map[string]struct {
			body   string
			status int
			code   string
			values []string
		}{
			"nothing":                   {``, 422, "validation_failed", []string{"name required"}},
			"an empty object":           {`{}`, 422, "validation_failed", []string{"name required"}},
			"an unknown name":           {`{"name":"A","colour":"red"}`, 422, "validation_failed", []string{"colour unknown_field"}},
			"a name in other spelling":  {`{"Name":"A"}`, 422, "validation_failed", []string{"Name unknown_field"}},
			"a field that is ours":      {`{"name":"A","id":"org_1","version":7}`, 422, "validation_failed", []string{"id unknown_field", "version unknown_field"}},
			"a wrong type":              {`{"name":7}`, 422, "validation_failed", []string{"name invalid_type"}},
			"a list for a text":         {`{"name":["A"]}`, 422, "validation_failed", []string{"name invalid_type"}},
			"two wrong values":          {`{"name":{},"slug":1}`, 422, "validation_failed", []string{"name invalid_type", "slug invalid_type"}},
			"a list":                    {`[]`, 422, "validation_failed", []string{"$ invalid_type"}},
			"a text":                    {`"name"`, 422, "validation_failed", []string{"$ invalid_type"}},
			"NUL in a text":             {`{"name":"A\u0000B"}`, 422, "validation_failed", []string{"name invalid_character"}},
			"a name twice":              {`{"name":"A","name":"B"}`, 400, "malformed_json", nil},
			"a name twice, deeper":      {`{"name":{"x":1,"x":2}}`, 400, "malformed_json", nil},
			"half an object":            {`{"name":"A"`, 400, "malformed_json", nil},
			"words":                     {`name=A`, 400, "malformed_json", nil},
			"NaN":                       {`{"name":NaN}`, 400, "malformed_json", nil},
			"a comment":                 {`{"name":"A"} // the name`, 400, "malformed_json", nil},
			"two objects":               {`{"name":"A"}{"name":"B"}`, 400, "malformed_json", nil},
			"text behind the end":       {`{"name":"A"} x`, 400, "malformed_json", nil},
			"no UTF-8":                  {"{\"name\":\"\xff\"}", 400, "malformed_json", nil},
			"half a pair of surrogates": {`{"name":"\ud800"}`, 400, "malformed_json", nil},
			"too deep":                  {deep, 400, "too_complex", nil},
			"too many names":            {`{"name":"A"` + many.String() + `}`, 400, "too_complex", nil},
			"too long":                  {`{"name":"` + strings.Repeat("A", 1<<20) + `"}`, 413, "too_large", nil},
		} {
			t.Run(name, func(t *testing.T) {
				s.operator.post(t, path, text(test.body)).refused(t, test.status, test.code, test.values...)
			})
		}
		for _, kind := range []string{"text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json; charset=latin1", ""} {
			s.operator.post(t, path, text(`{"name":"A"}`), "Content-Type: "+kind).refused(t, 415, "unsupported_media_type")
		}
		s.operator.post(t, path, text(`{"name":"A"}`), "Content-Encoding: gzip").refused(t, 415, "unsupported_media_type")
		if got := all[organization](t, s.operator, path, 500); len(got) != 0 {
			t.Errorf("what was refused made %+v", got)
		}
		s.operator.post(t, path, text(`{"name":"Kind words"}`), "Content-Type: application/json; charset=UTF-8").ok(t, 201)
	})
}

func TestParametersAreReadStrictly(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		o := s.organization(t, "Acme")
		for _, list := range []string{v1 + "/organizations", o.path("users"), o.path("invitations"), o.path("audit-events"), o.path("api-keys")} {
			for query, code := range map[string]string{
				"limit=0": "invalid_parameter", "limit=501": "invalid_parameter", "limit=-1": "invalid_parameter", "limit=": "invalid_parameter",
				"limit=many": "invalid_parameter", "limit=1e2": "invalid_parameter", "limit=99999999999999999999": "invalid_parameter",
				"limit=1&limit=2": "invalid_parameter", "count=1": "invalid_parameter", "count=yes": "invalid_parameter",
				"cursor=x": "invalid_cursor", "cursor=%00": "invalid_parameter", "page=2": "unknown_parameter", "Limit=2": "unknown_parameter",
				"org=beta": "unknown_parameter", "q=%ff": "invalid_parameter", "limit=%zz": "invalid_parameter",
				strings.Repeat("a=b&", 60): "too_many_parameters", "q=" + strings.Repeat("a", 5000): "query_too_long",
			} {
				a := s.operator.get(t, list+"?"+query)
				if p := a.problem(t); a.status != 400 || p.Code != code {
					t.Errorf("want 400 %s, got %s", code, a)
				}
			}
			for _, good := range []string{"limit=1", "limit=500", "count=true", "count=false", ""} {
				s.operator.get(t, list+"?"+good).ok(t, 200)
			}
		}
		for _, bad := range []string{"sort=password", "sort=email;select", "state=asleep", "role_id=" + strings.Repeat("r,", 101)} {
			s.operator.get(t, o.path("users")+"?"+bad).refused(t, 400, "invalid_parameter")
		}
	})
}

func TestKeysDoNotBelongIntoAddresses(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		for _, c := range []client{s.operator, s.web} {
			for _, name := range []string{"access_token", "api_key", "key"} {
				c.get(t, v1+"/organizations?"+name+"=rst_key_x").refused(t, 400, "credential_in_url", name+" credential_in_url")
			}
		}
	})
}

func TestMethods(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		o := s.organization(t, "Acme")
		for path, allow := range map[string]string{
			v1 + "/organizations":             "GET, HEAD, POST",
			o.path():                          "DELETE, GET, HEAD, PATCH",
			o.path("users", "usr_1"):          "DELETE, GET, HEAD, PATCH",
			o.path("invitations", "x/remind"): "POST",
			v1 + "/me/password":               "POST",
		} {
			for _, method := range []string{"PUT", "OPTIONS", "TRACE", "PROPFIND"} {
				a := s.operator.do(t, method, path, nil)
				a.refused(t, 405, "method_not_allowed")
				if got := a.header.Get("Allow"); got != allow {
					t.Errorf("%s: Allow is %q, want %q", a.asked, got, allow)
				}
			}
		}
		// HEAD answers as GET, without a body.
		for _, path := range []string{o.path(), v1 + "/organizations", o.path("users", "usr_1"), "/api/openapi.json"} {
			get, head := s.operator.get(t, path), s.operator.do(t, "HEAD", path, nil)
			if head.status != get.status || len(head.body) > 0 || fmt.Sprint(names(head.header)) != fmt.Sprint(names(get.header)) {
				t.Errorf("HEAD %s: %d, %q\nGET: %d, %q", path, head.status, names(head.header), get.status, names(get.header))
			}
		}
		// An override is not heard.
		s.operator.post(t, v1+"/organizations", map[string]any{"name": "Beta"}, "X-HTTP-Method-Override: DELETE").ok(t, 201)
	})
}

func TestUnknownAddresses(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		for _, path := range []string{"/api/v1", "/api/v1/", "/api/v2/organizations", "/api/v1/teapots", "/api/v1/organizations/", "/api/v1//organizations",
			"/api/v1/x/../organizations", "/api/v1/organizations/%00", "/api/v1/organizations/a%2Fb", "/api/v1/me/"} {
			s.operator.get(t, path).refused(t, 404, "not_found")
		}
	})
}

func TestHosts(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		for _, host := range []string{"evil.example", "localhost.evil.example", "evil.example:8080", "evil.example@localhost:8080"} {
			for _, path := range []string{v1 + "/organizations", "/sign-in", "/api/openapi.json"} {
				a := s.operator.get(t, path, "Host: "+host)
				if a.status != 421 {
					t.Errorf("for the host %s: %s", host, a)
				}
				if strings.Contains(string(a.body), "evil") || strings.Contains(fmt.Sprint(a.header), "evil") {
					t.Errorf("the host %s is repeated: %s", host, a)
				}
			}
			s.operator.get(t, v1+"/organizations", "Host: "+host).refused(t, 421, "misdirected_request")
		}
		// A load balancer asks by address.
		s.web.get(t, "/healthz", "Host: 10.0.0.7").ok(t, 200)
		s.web.get(t, "/readyz", "Host: 10.0.0.7").ok(t, 200)
		s.operator.get(t, v1+"/organizations", "Host: LOCALHOST:8080").ok(t, 200)
	})
}

// What no client sends by accident is refused, and the connection closed where
// nobody can tell any more where the next request begins.
func TestOddRequests(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		head := func(line string, more ...string) string {
			return line + "\r\nHost: localhost:8080\r\n" + strings.Join(append(more, "\r\n"), "\r\n")
		}
		for name, test := range map[string]struct {
			request string
			want    string
		}{
			"another host in the request line": {head("GET http://evil.example/sign-in HTTP/1.1", "Connection: close"), "HTTP/1.1 421 "},
			"no host":                          {"GET /sign-in HTTP/1.1\r\nConnection: close\r\n\r\n", "HTTP/1.1 400 "},
			"two hosts":                        {head("GET /sign-in HTTP/1.1", "Host: evil.example"), "HTTP/1.1 400 "},
			"two lengths":                      {head("POST /api/v1/organizations HTTP/1.1", "Content-Length: 2", "Content-Length: 3") + "{}", "HTTP/1.1 400 "},
			"an unknown coding":                {head("POST /api/v1/organizations HTTP/1.1", "Transfer-Encoding: xchunked") + "{}", "HTTP/1.1 501 "},
			"a chunk without a size":           {head("POST /sign-in HTTP/1.1", "Transfer-Encoding: chunked", "Connection: close") + "zz\r\n{}\r\n0\r\n\r\n", "HTTP/1.1 4"},
			"headers without end":              {head("GET /sign-in HTTP/1.1", "X-Long: "+strings.Repeat("x", 64<<10)), "HTTP/1.1 431 "},
			"a space before the colon":         {head("GET /sign-in HTTP/1.1", "X-Odd : 1"), "HTTP/1.1 400 "},
			"a method with a line feed":        {"GET\n/sign-in HTTP/1.1\r\nHost: localhost:8080\r\n\r\n", "HTTP/1.1 400 "},
		} {
			connection, err := net.Dial("tcp", s.address)
			if err != nil {
				t.Fatal(err)
			}
			connection.SetDeadline(time.Now().Add(10 * time.Second))
			fmt.Fprint(connection, test.request) // it may be refused before its end
			got, err := io.ReadAll(connection)   // to its end: the server closes
			connection.Close()
			if !strings.HasPrefix(string(got), test.want) || err != nil && !errors.Is(err, syscall.ECONNRESET) {
				t.Errorf("%s: %v, %q, want %s", name, err, got[:min(len(got), 300)], test.want)
			}
			if strings.Contains(string(got), "evil") || strings.Count(string(got), "HTTP/1.1 ") != 1 {
				t.Errorf("%s: %q", name, got)
			}
		}
		s.operator.get(t, v1+"/organizations", "Cookie: "+strings.Repeat("a=b; ", 60)).refused(t, 400, "too_many_cookies")
		s.web.get(t, "/sign-in").ok(t, 200)
	})
}

func TestTheMailedLinkHasTheConfiguredHost(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		o := s.organization(t, "Acme")
		s.operator.post(t, o.path("invitations"), map[string]any{"emails": []string{"ada@acme.example"}},
			"X-Forwarded-Host: evil.example", "X-Forwarded-Proto: https", "Forwarded: host=evil.example;proto=http", "X-Original-Host: evil.example").ok(t, 200)
		letter := s.post.WaitFor(t, "ada@acme.example", 1)[0]
		if !strings.HasPrefix(link(t, letter), publicURL+"/") || strings.Contains(string(letter.Raw), "evil") {
			t.Errorf("the letter is\n%s", letter.Raw)
		}
	})
}

func TestBehindHTTPS(t *testing.T) {
	eachStorage(t, func(t *testing.T, at storage) {
		key := at.operatorKey(t)
		s := start(t, at, mailtest.Start(t), key, func(c *config.Serve) { c.PublicURL = "https://people.example.com" })
		a := s.web.get(t, "/sign-in").ok(t, 200)
		if got := a.header.Get("Strict-Transport-Security"); got != "max-age=63072000; includeSubDomains" {
			t.Errorf("Strict-Transport-Security is %q", got)
		}
		s.operator.get(t, v1+"/organizations", "Host: localhost:8080").ok(t, 200) // it listens on loopback only
		s.operator.get(t, v1+"/organizations", "Host: example.com").refused(t, 421, "misdirected_request")
		s.operator.post(t, v1+"/organizations", map[string]any{"name": "Acme", "admin_email": "ada@acme.example"}).ok(t, 201)
		letter := s.post.WaitFor(t, "ada@acme.example", 1)[0]
		if !strings.Contains(letter.Text, "https://people.example.com/invitation/") {
			t.Errorf("the letter says\n%s", letter.Text)
		}
	})
}

func TestARepeatWithItsKeyIsOneRequest(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		o := s.organization(t, "Acme")
		path, body := v1+"/organizations", map[string]any{"name": "Beta", "admin_email": "bo@beta.example"}
		first := s.operator.post(t, path, body, "Idempotency-Key: one").ok(t, 201)
		again := s.operator.post(t, path, body, "Idempotency-Key: one").ok(t, 201)
		if string(first.body) != string(again.body) || fmt.Sprint(names(first.header)) != fmt.Sprint(names(again.header)) {
			t.Errorf("the repeat is answered differently:\n%s %q\n%s %q", first, names(first.header), again, names(again.header))
		}
		reused := "Idempotency-Key idempotency_key_reused"
		s.operator.post(t, path, map[string]any{"name": "Gamma"}, "Idempotency-Key: one").refused(t, 422, "validation_failed", reused)
		s.operator.post(t, o.path("invitations"), map[string]any{"emails": []string{"x@acme.example"}}, "Idempotency-Key: one").ok(t, 200) // in another organization it is another key
		s.operator.post(t, path+"?", body, "Idempotency-Key: two").refused(t, 409, "slug_taken")
		// A refusal is not kept: the corrected request may use the key.
		s.operator.post(t, path, map[string]any{"name": ""}, "Idempotency-Key: three").refused(t, 422, "validation_failed", "name required")
		s.operator.post(t, path, map[string]any{"name": "Delta"}, "Idempotency-Key: three").ok(t, 201)
		for _, bad := range []string{"", strings.Repeat("k", 256), "schlüssel"} {
			s.operator.post(t, path, map[string]any{"name": "Epsilon"}, "Idempotency-Key: "+bad).refused(t, 400, "invalid_header")
		}
		if got := all[organization](t, s.operator, path, 500); len(got) != 3 {
			t.Errorf("there are %d organizations: %+v", len(got), got)
		}
		if letters := s.post.WaitFor(t, "bo@beta.example", 1); len(letters) != 1 {
			t.Errorf("Bo has %d letters", len(letters))
		}
	})
}

// In parallel, on a connection each, a key still stands for one request; what a
// key was made for is as secret the second time, and the same.
func TestRepeatsInParallel(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		o := s.organization(t, "Acme")
		answers := make([]answer, 12)
		var together sync.WaitGroup
		for i := range answers {
			together.Go(func() {
				answers[i] = s.operator.post(t, o.path("api-keys"), map[string]any{"name": "sync", "permissions": []string{"users.view"}}, "Idempotency-Key: parallel")
			})
		}
		together.Wait()
		for _, a := range answers {
			if a.status != 201 || string(a.body) != string(answers[0].body) {
				t.Errorf("one of them is answered with %s", a)
			}
		}
		if keys := all[struct{ ID string }](t, s.operator, o.path("api-keys"), 500); len(keys) != 1 {
			t.Errorf("there are %d keys", len(keys))
		}
		if n := count(s.events(t, o), "api_key.created"); n != 1 {
			t.Errorf("the log tells of %d keys", n)
		}
	})
}

func TestVersions(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		o := s.organization(t, "Acme")
		who := s.invite(t, o, "ada@acme.example", roleUser)
		me := s.join(t, o, "bo@acme.example", roleUser)
		for path, test := range map[string]struct {
			client client
			change map[string]any
		}{
			o.path():                    {s.operator, map[string]any{"name": "Acme North"}},
			o.path("settings"):          {s.operator, map[string]any{"sender_name": "Acme People"}},
			o.path("users", who.UserID): {s.operator, map[string]any{"title": "Captain"}},
			v1 + "/me":                  {me.asks(t), map[string]any{"title": "Mate"}},
		} {
			t.Run(path, func(t *testing.T) {
				read := test.client.get(t, path).ok(t, 200)
				tag := read.header.Get("ETag")
				if !strings.HasPrefix(tag, `"v`) || !strings.HasSuffix(tag, `"`) {
					t.Fatalf("the ETag is %q", tag)
				}
				for _, same := range []string{tag, "*", "W/" + tag, `"v999", ` + tag} {
					unchanged := test.client.get(t, path, "If-None-Match: "+same).ok(t, 304)
					if len(unchanged.body) > 0 || unchanged.header.Get("ETag") != tag {
						t.Errorf("304 with %q, %s", unchanged.header.Get("ETag"), unchanged)
					}
				}
				test.client.get(t, path, `If-None-Match: "v999"`).ok(t, 200)
				for _, bad := range []string{"v1", `"1"`, `"v0"`, `"v-1"`, `W/"v1"`, `"v1", "v2"`, `""`} {
					test.client.patch(t, path, test.change, "If-Match: "+bad).refused(t, 400, "invalid_header")
				}
				test.client.patch(t, path, test.change, `If-Match: "v999"`).refused(t, 412, "version_conflict")
				if got := test.client.get(t, path); string(got.body) != string(read.body) {
					t.Errorf("a refused change changed something: %s", got)
				}
				changed := test.client.patch(t, path, test.change, "If-Match: "+tag).ok(t, 200)
				if changed.header.Get("ETag") == tag {
					t.Errorf("the ETag is the same after a change")
				}
				test.client.patch(t, path, test.change, "If-Match: "+tag).refused(t, 412, "version_conflict")
				test.client.patch(t, path, test.change, "If-Match: *").ok(t, 200)
				// What changes nothing leaves the version alone.
				same := test.client.patch(t, path, test.change).ok(t, 200)
				if same.header.Get("ETag") != changed.header.Get("ETag") {
					t.Errorf("a change of nothing made a version")
				}
			})
		}
		s.operator.get(t, o.path("users"), `If-Match: "v1"`).ok(t, 200)
		s.operator.delete(t, o.path("invitations", who.InvitationID), `If-Match: "v1"`).refused(t, 400, "invalid_header")
		s.operator.delete(t, o.path(), `If-Match: "v999"`).refused(t, 412, "version_conflict")
	})
}

// Of many changes based on one version, one is made.
func TestVersionsInParallel(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		o := s.organization(t, "Acme")
		tag := s.operator.get(t, o.path("settings")).header.Get("ETag")
		statuses := make([]int, 10)
		var together sync.WaitGroup
		for i := range statuses {
			together.Go(func() {
				a := s.operator.patch(t, o.path("settings"), map[string]any{"sender_name": fmt.Sprintf("Sender %d", i)}, "If-Match: "+tag)
				statuses[i] = a.status
			})
		}
		together.Wait()
		won := 0
		for _, status := range statuses {
			switch status {
			case http.StatusOK:
				won++
			case http.StatusPreconditionFailed:
			default:
				t.Errorf("one is answered with %d", status)
			}
		}
		if won != 1 {
			t.Errorf("%d of them won", won)
		}
		if n := count(s.events(t, o), "settings.updated"); n != 1 {
			t.Errorf("the log tells of %d changes", n)
		}
	})
}

// cursors are what a list goes on with: every item comes once, and no other
// list opens them.
func TestCursors(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		a, b := s.organization(t, "Alpha"), s.organization(t, "Beta")
		const many = 7
		for _, o := range []organization{a, b} {
			var emails []string
			for i := range many {
				emails = append(emails, fmt.Sprintf("person%d@%s.example", i, o.Slug))
				s.key(t, o, "users.view")
			}
			s.operator.post(t, o.path("invitations"), map[string]any{"emails": emails}).ok(t, 200)
		}
		for i := range many - 2 {
			s.organization(t, fmt.Sprintf("More %d", i))
		}
		type item struct{ ID string }
		cursors := map[string]string{}
		lists := []string{v1 + "/organizations", v1 + "/organizations?q=more"}
		for _, o := range []organization{a, b} {
			for _, list := range []string{"users", "users?sort=-created_at", "users?state=invited", "invitations", "invitations?state=open", "api-keys", "audit-events", "audit-events?name=invitation.created"} {
				lists = append(lists, o.path(list))
			}
		}
		for _, list := range lists {
			join := "?"
			if strings.Contains(list, "?") {
				join = "&"
			}
			whole := into[page[item]](t, s.operator.get(t, list+join+"limit=500&count=true").ok(t, 200))
			if whole.Total == nil || *whole.Total != len(whole.Items) || whole.NextCursor != nil || len(whole.Items) < 5 {
				t.Fatalf("%s has %d items and says %v", list, len(whole.Items), whole.Total)
			}
			for _, limit := range []int{1, 2, 3, len(whole.Items)} {
				if got := all[item](t, s.operator, list, limit); fmt.Sprint(got) != fmt.Sprint(whole.Items) {
					t.Errorf("%s in pages of %d:\n%v\nas a whole:\n%v", list, limit, got, whole.Items)
				}
			}
			first := into[page[item]](t, s.operator.get(t, list+join+"limit=2").ok(t, 200))
			if first.Total != nil {
				t.Errorf("%s counts without being asked", list)
			}
			cursors[list] = *first.NextCursor
			broken := []byte(*first.NextCursor)
			broken[len(broken)/2] ^= 1
			for _, bad := range []string{string(broken), *first.NextCursor + "AA", (*first.NextCursor)[4:], "'%3B DROP TABLE users", "AAAA", "e30"} {
				s.operator.get(t, list+join+"cursor="+strings.ReplaceAll(bad, " ", "+")).refused(t, 400, "invalid_cursor")
			}
		}
		for list, cursor := range cursors {
			for _, other := range lists {
				join := "?"
				if strings.Contains(other, "?") {
					join = "&"
				}
				answer := s.operator.get(t, other+join+"limit=2&cursor="+cursor)
				if other == list {
					answer.ok(t, 200)
				} else {
					answer.refused(t, 400, "invalid_cursor")
				}
			}
		}
	})
}

// What changes between two pages does not make an item come twice.
func TestAListThatChangesWhileItIsRead(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		o := s.organization(t, "Acme")
		var invited []invitationResult
		for i := range 6 {
			invited = append(invited, s.invite(t, o, fmt.Sprintf("p%d@acme.example", i), roleUser))
		}
		path := o.path("users") + "?sort=email"
		first := into[page[user]](t, s.operator.get(t, path+"&limit=2").ok(t, 200))
		s.operator.delete(t, o.path("invitations", invited[1].InvitationID)).ok(t, 204) // where the cursor stands
		s.invite(t, o, "p00@acme.example", roleUser)                                    // before it
		s.invite(t, o, "p9@acme.example", roleUser)                                     // behind it
		var emails []string
		rest := into[page[user]](t, s.operator.get(t, path+"&cursor="+*first.NextCursor).ok(t, 200))
		for _, u := range append(first.Items, rest.Items...) {
			emails = append(emails, strings.TrimSuffix(u.Email, "@acme.example"))
		}
		if got := strings.Join(emails, " "); got != "p0 p1 p2 p3 p4 p5 p9" {
			t.Errorf("read: %s", got)
		}
	})
}

func TestWhoAsks(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		a, b := s.organization(t, "Alpha"), s.organization(t, "Beta")
		admin, plain := s.join(t, a, "ada@alpha.example", roleAdmin), s.join(t, a, "uma@alpha.example", roleUser)
		key, viewer := s.key(t, a, everything...), s.key(t, a, "users.view")
		olga := s.operatorsBrowser(t)
		users := func(o organization) string { return o.path("users") }

		for who, test := range map[string]struct {
			client                             client
			platform, own, foreign, manage, me int
		}{
			"nobody":           {s.web, 401, 401, 401, 401, 401},
			"a made-up key":    {s.web.with("Authorization: Bearer rst_key_" + strings.Repeat("a", 49)), 401, 401, 401, 401, 401},
			"another scheme":   {s.web.with("Authorization: Basic YWRhOnB3"), 401, 401, 401, 401, 401},
			"a made-up cookie": {s.web.with("Cookie: roster-" + a.ID + "=rst_ses_" + strings.Repeat("a", 49)), 401, 401, 401, 401, 401},
			"the operator":     {s.operator, 200, 200, 200, 200, 401},
			"an operator":      {olga.asks(t), 200, 401, 401, 401, 401},
			"a key":            {key, 401, 200, 404, 200, 401},
			"a small key":      {viewer, 401, 200, 404, 403, 401},
			"an admin":         {admin.asks(t), 401, 200, 401, 200, 200},
			"a user":           {plain.asks(t), 401, 403, 401, 403, 200},
		} {
			t.Run(who, func(t *testing.T) {
				test.client.get(t, v1+"/organizations").ok(t, test.platform)
				test.client.get(t, a.path()).ok(t, test.platform)
				test.client.get(t, users(a)).ok(t, test.own)
				test.client.get(t, v1+"/organizations/"+a.ID+"/users").ok(t, test.own)
				test.client.get(t, users(b)).ok(t, test.foreign)
				test.client.get(t, a.path("settings")).ok(t, test.manage)
				test.client.get(t, v1+"/me").ok(t, test.me)
				// What does not exist is answered as what is foreign.
				foreign, unknown := test.client.get(t, users(b)), test.client.get(t, v1+"/organizations/nowhere/users")
				if test.foreign != 200 && foreign.anonymous(t) != unknown.anonymous(t) {
					t.Errorf("foreign: %s\nunknown: %s", foreign, unknown)
				}
				if test.own == 401 && test.client.get(t, users(a)).header.Get("WWW-Authenticate") != "Bearer" {
					t.Error("the refusal does not say how to prove who asks")
				}
			})
		}

		both := admin.asks(t).with("Authorization: Bearer rst_key_" + strings.Repeat("a", 49))
		both.get(t, users(a)).refused(t, 400, "two_credentials")
		both.get(t, v1+"/me").refused(t, 400, "two_credentials")
		// A browser proves that one of our pages sent the change.
		cookies := strings.Join(admin.asks(t).header["Cookie"], "; ")
		invitation := map[string]any{"emails": []string{"new@alpha.example"}}
		for _, lines := range [][]string{
			nil, {"Origin: https://evil.example"}, {"Origin: null"}, {"Sec-Fetch-Site: cross-site"}, {"Sec-Fetch-Site: same-site"},
			{"Origin: https://evil.example", "Content-Type: text/plain"},
		} {
			s.web.with("Cookie: "+cookies).post(t, a.path("invitations"), invitation, lines...).refused(t, 403, "cross_site")
			s.web.with("Cookie: "+cookies).delete(t, v1+"/me/sessions", lines...).refused(t, 403, "cross_site")
		}
		if n := len(all[user](t, key, users(a), 100)); n != 2 {
			t.Errorf("there are %d users", n)
		}
	})
}

// Foreign and unknown things are one answer, byte for byte, for everything that
// an organization's key can name.
func TestForeignIsUnknown(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		a, b := s.organization(t, "Alpha"), s.organization(t, "Beta")
		invited := s.invite(t, b, "bo@beta.example", roleUser)
		member := s.join(t, b, "uma@beta.example", roleUser)
		made := into[struct{ ID string }](t, s.operator.post(t, b.path("api-keys"), map[string]any{"name": "theirs", "permissions": everything}).ok(t, 201))
		session := into[struct{ Items []struct{ ID string } }](t, member.asks(t).get(t, v1+"/me/sessions").ok(t, 200)).Items[0]
		ada := s.join(t, a, "ada@alpha.example", roleAdmin)
		before := s.events(t, b)

		key := s.key(t, a, everything...)
		tried := 0
		for _, in := range []string{a.Slug, b.Slug} { // the own organization with a foreign id, and the foreign one
			for _, test := range []struct{ method, path, foreign string }{
				{"GET", "/users/{}", member.ID}, {"PATCH", "/users/{}", member.ID}, {"DELETE", "/users/{}", member.ID},
				{"POST", "/users/{}/activate", member.ID}, {"POST", "/users/{}/deactivate", member.ID},
				{"POST", "/users/{}/reset-password", member.ID}, {"POST", "/users/{}/sign-out", member.ID},
				{"GET", "/invitations/{}", invited.InvitationID}, {"DELETE", "/invitations/{}", invited.InvitationID},
				{"POST", "/invitations/{}/remind", invited.InvitationID},
				{"GET", "/api-keys/{}", made.ID}, {"DELETE", "/api-keys/{}", made.ID},
			} {
				var body any
				if test.method == "PATCH" {
					body = map[string]any{"title": "Captain"}
				}
				ask := func(c client, id string) answer {
					return c.do(t, test.method, v1+"/organizations/"+in+strings.ReplaceAll(test.path, "{}", id), body)
				}
				unknown := test.foreign[:4] + strings.Repeat("0", 26)
				for who, c := range map[string]client{"key": key, "admin": ada.asks(t)} {
					foreign, never, odd := ask(c, test.foreign), ask(c, unknown), ask(c, "x")
					want := 404
					if who == "admin" && in == b.Slug {
						want = 401 // the browser is not signed in there
					}
					if foreign.status != want || foreign.anonymous(t) != never.anonymous(t) || foreign.anonymous(t) != odd.anonymous(t) {
						t.Errorf("%s by the %s in %s:\nforeign: %s\nunknown: %s\nno id: %s", test.method, who, in, foreign, never, odd)
					}
					tried++
				}
			}
		}
		for _, id := range []string{session.ID, "ses_" + strings.Repeat("0", 26)} {
			ada.asks(t).delete(t, v1+"/me/sessions/"+id).refused(t, 404, "not_found")
		}
		if tried != 48 {
			t.Errorf("%d requests were tried", tried)
		}
		if after := s.events(t, b); len(after) != len(before) {
			t.Errorf("in the other organization happened %+v", after[:len(after)-len(before)])
		}
		member.asks(t).get(t, v1+"/me").ok(t, 200)
		// The same address is free in the own organization, whatever it is elsewhere.
		s.invite(t, a, "uma@beta.example", roleUser)
	})
}
