package main

import (
	"context"
	"errors"
	"path/filepath"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"roster/internal/authz"
	"roster/internal/config"
	"roster/internal/mailaddr"
	"roster/internal/phone"
	"roster/internal/user"
)

func TestPercentile(t *testing.T) {
	upTo := func(n int) []time.Duration {
		list := make([]time.Duration, n)
		for i := range list {
			list[i] = time.Duration(i + 1)
		}
		return list
	}
	for _, c := range []struct {
		of   int
		p    float64
		want time.Duration
	}{
		{0, 50, 0}, {1, 50, 1}, {1, 99, 1}, {2, 50, 1}, {2, 51, 2}, {3, 50, 2}, {4, 50, 2}, {5, 50, 3},
		{20, 95, 19}, {100, 95, 95}, {100, 99, 99}, {100, 100, 100}, {100, 0, 1}, {101, 95, 96}, {2000, 99, 1980},
	} {
		if got := percentile(upTo(c.of), c.p); got != c.want {
			t.Errorf("percentile %v of 1 to %d is %d, not %d", c.p, c.of, got, c.want)
		}
	}
	if got := median([]time.Duration{9, 1, 5}); got != 5 {
		t.Errorf("the median is %d", got)
	}
}

func TestLoadSendsWhatItWasTold(t *testing.T) {
	var sent, highest atomic.Int64
	f, err := load{clients: 8, requests: 500, time: time.Minute, warmUp: 100, do: func(_ context.Context, n int) (time.Duration, error) {
		sent.Add(1)
		for old := highest.Load(); int64(n) > old && !highest.CompareAndSwap(old, int64(n)); old = highest.Load() {
		}
		return time.Millisecond, nil
	}}.run(t.Context())
	if err != nil || sent.Load() != 600 || highest.Load() != 600 || f.Requests != 500 {
		t.Errorf("%d requests were sent, the last was the %dth, %d count, %v", sent.Load(), highest.Load(), f.Requests, err)
	}
	if f.P50 != 1 || f.P99 != 1 {
		t.Errorf("%+v", f)
	}
}

func TestLoadEndsWithTheFirstError(t *testing.T) {
	wrong := errors.New("wrong")
	_, err := load{clients: 8, requests: 1 << 30, time: time.Minute, do: func(_ context.Context, n int) (time.Duration, error) {
		if n == 50 {
			return 0, wrong
		}
		return 0, nil
	}}.run(t.Context())
	if !errors.Is(err, wrong) {
		t.Errorf("%v", err)
	}
}

func TestLoadEndsInTime(t *testing.T) {
	began := time.Now()
	f, err := load{clients: 2, requests: 1 << 30, time: 50 * time.Millisecond, do: func(context.Context, int) (time.Duration, error) {
		time.Sleep(time.Millisecond)
		return time.Millisecond, nil
	}}.run(t.Context())
	if err != nil || f.Requests == 0 || time.Since(began) > 10*time.Second {
		t.Errorf("%+v, %v", f, err)
	}
}

func crowdOf(n int, seed uint64) []person {
	c := newCrowd("large.example", seed)
	people := make([]person, n)
	for i := range people {
		people[i] = c.next()
	}
	return people
}

func TestTheSameSeedMakesTheSamePeople(t *testing.T) {
	if a, b := crowdOf(500, 7), crowdOf(500, 7); !reflect.DeepEqual(a, b) {
		t.Error("two crowds of one seed differ")
	}
	if a, b := crowdOf(500, 7), crowdOf(500, 8); reflect.DeepEqual(a, b) {
		t.Error("two crowds of two seeds are the same")
	}
}

func TestPeopleArePlausible(t *testing.T) {
	const n = 20_000
	people := crowdOf(n, 1)
	seen := map[string]bool{}
	for _, p := range people {
		a, err := mailaddr.Parse(p.Email)
		if err != nil || seen[a.Key] {
			t.Fatalf("%s: taken %v, %v", p.Email, seen[a.Key], err)
		}
		seen[a.Key] = true
		if p.Phone != "" {
			if e164, err := phone.Parse(p.Phone, ""); err != nil || e164 != p.Phone {
				t.Fatalf("%s in %s: %v", p.Phone, p.Country, err)
			}
		}
		if !phone.ValidCountry(p.Country) || !phone.ValidLanguage(p.Language) || !phone.ValidTimeZone(p.TimeZone) {
			t.Fatalf("%s, %s, %s", p.Country, p.Language, p.TimeZone)
		}
		if p.FirstName == "" || p.LastName == "" {
			t.Fatalf("%+v has no name", p)
		}
	}
	share := func(name string, want float64, is func(person) bool) {
		if got := float64(count(people, is)) / n; got < want*0.8 || got > want*1.2 {
			t.Errorf("%s: %.3f of all, not %.3f", name, got, want)
		}
	}
	for state, want := range map[user.State]float64{user.Active: .90, user.Deactivated: .05, user.Invited: .03, user.Pending: .02} {
		share(string(state), want, func(p person) bool { return p.State == state })
	}
	share("admins", .009, func(p person) bool { return p.Role == authz.RoleAdmin })
	share("seen within 90 days", .85, func(p person) bool { return p.unseen >= 0 && p.unseen < 90*24*time.Hour })
	if first := people[0]; first.State != user.Active || first.Role != authz.RoleAdmin {
		t.Errorf("the first one is %s and %s", first.State, first.Role)
	}
}

func TestMatches(t *testing.T) {
	p := person{User: user.User{FirstName: "Søren", LastName: "Ångström", Email: "soren.angstrom@large.example", ExternalID: "E1000001"}}
	for part, want := range map[string]bool{
		"SOREN": true, "gstr": true, "n å": true, "e1000": true, "@large": true, "xyz": false, "angstrom@large.example e1": false,
		"s": true, "ån": true, "gs": false,
	} {
		if got := p.matches(part); got != want {
			t.Errorf("%q: %v", part, got)
		}
	}
}

func TestFill(t *testing.T) {
	storage := config.Storage{}
	if err := storage.Database.UnmarshalText([]byte("sqlite:" + filepath.Join(t.TempDir(), "roster.db"))); err != nil {
		t.Fatal(err)
	}
	s, err := fill(t.Context(), storage, 1_050, 1)
	if err != nil {
		t.Fatal(err)
	}
	if len(s.People) != 1_050 || s.Key == "" || s.OperatorKey == "" || len(s.signers()) < 900 {
		t.Errorf("%d people, %d of them can sign in", len(s.People), len(s.signers()))
	}
	if _, err := fill(t.Context(), storage, 10, 1); err == nil {
		t.Error("a database was filled twice")
	}
}

func TestReplaceBlock(t *testing.T) {
	page := "# Performance\n\n" + blockBegin + "old\n" + blockEnd + "\nMore.\n"
	for range 2 { // a second time changes nothing
		got, err := replaceBlock([]byte(page), "new")
		if want := "# Performance\n\n" + blockBegin + "\nnew\n\n" + blockEnd + "\nMore.\n"; err != nil || string(got) != want {
			t.Fatalf("%q, %v", got, err)
		}
		page = string(got)
	}
	if _, err := replaceBlock([]byte("# Performance\n"), "new"); err == nil {
		t.Error("a page without the block was accepted")
	}
}

func TestMarkdown(t *testing.T) {
	r := report{
		At: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), Machine: machine{Cores: 2, MemoryMiB: 8192, System: "linux/amd64", Go: "go1.26"},
		Databases: []measures{{
			database: &database{Name: "SQLite"}, FirstStart: []float64{30, 10, 20},
			Sizes: []sized{{Users: 100_000, Start: []float64{5}, Measured: []measured{{Name: "sign in", Figures: []figures{{Clients: 8, P95: 12.34}}}}}},
		}},
	}
	text := r.markdown()
	for _, want := range []string{"2 cores of an unnamed processor, 8 GiB", "| SQLite | new | 20 ms |", "### SQLite, 100,000 users", "| sign in |  | 8 | 0 | 0.0 | 0.0 | 12.3 |"} {
		if !strings.Contains(text, want) {
			t.Errorf("there is no %q in\n%s", want, text)
		}
	}
}
