package adduser

import (
	"slices"
	"strings"
	"testing"
	"time"

	"roster/internal/access"
	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/group"
	"roster/internal/org"
	"roster/internal/patch"
	"roster/internal/secret"
	"roster/internal/user"
)

var alpha = org.Organization{Name: "Alpha", Settings: org.Settings{Language: "sv", TimeZone: "Europe/Stockholm", PasswordSettings: org.PasswordSettings{PasswordMinLength: 15}}}

func marta() Input {
	return Input{Email: "marta@x.example", Fields: user.Fields{FirstName: patch.To("Marta"), LastName: patch.To("Kowalczyk")}}
}

func TestWhatARequestMustHold(t *testing.T) {
	const good = "seven purple lanterns over Utrecht"
	for name, c := range map[string]struct {
		change func(*Input)
		want   []string // field and code
	}{
		"as it should be":                    {func(*Input) {}, nil},
		"an address at all":                  {func(in *Input) { in.Email = "" }, []string{"email required"}},
		"a whole address":                    {func(in *Input) { in.Email = "marta@@x.example" }, []string{"email invalid_email"}},
		"names":                              {func(in *Input) { in.Fields = user.Fields{} }, []string{"first_name required", "last_name required"}},
		"a known type":                       {func(in *Input) { in.Type = "robot" }, []string{"type unknown_type"}},
		"a known entry":                      {func(in *Input) { in.Entry = "magic" }, []string{"entry unknown_entry"}},
		"a short username":                   {func(in *Input) { in.Username = strings.Repeat("x", 129) }, []string{"username too_long"}},
		"one line of id":                     {func(in *Input) { in.ExternalID = patch.To("a\nb") }, []string{"external_id invalid_text"}},
		"a telephone number":                 {func(in *Input) { in.Phone = patch.To("12") }, []string{"phone invalid_phone"}},
		"a group's name":                     {func(in *Input) { in.Type = user.Group }, []string{"display_name required"}},
		"a password where one is set":        {func(in *Input) { in.Entry = ByPassword }, []string{"password required"}},
		"a good one":                         {func(in *Input) { in.Entry, in.Password = ByPassword, secret.NewClear("tin whistle 19") }, []string{"password too_short"}},
		"one that is not about its owner":    {func(in *Input) { in.Entry, in.Password = ByPassword, secret.NewClear("lanterns of kowalczyk 55") }, []string{"password personal"}},
		"a password, and to be changed":      {func(in *Input) { in.Entry, in.Password, in.MustChange = ByPassword, secret.NewClear(good), true }, nil},
		"no password with an activation":     {func(in *Input) { in.Password = secret.NewClear(good) }, []string{"password not_wanted"}},
		"no password with federated sign-in": {func(in *Input) { in.Entry, in.Password = ByFederation, secret.NewClear(good) }, []string{"password not_wanted"}},
		"nothing to change without one":      {func(in *Input) { in.MustChange = true }, []string{"must_change_password not_wanted"}},
	} {
		in := marta()
		c.change(&in)
		var check errs.Check
		in.checkPassword(alpha, in.user(alpha, group.Group{ID: "grp_x"}, &check), &check)
		var got []string
		for _, f := range faultsIn(check) {
			got = append(got, f.Field+" "+f.Code)
			if pw := in.Password.Reveal(); pw != "" && strings.Contains(f.Message, pw) {
				t.Errorf("%s: the refusal repeats the password", name)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestWhatComesOfARequest(t *testing.T) {
	for entry, want := range map[Entry]struct {
		state user.State
		by    user.Authentication
	}{
		"":           {user.Pending, user.ByPassword},
		ByActivation: {user.Pending, user.ByPassword},
		ByPassword:   {user.Active, user.ByPassword},
		ByFederation: {user.Active, user.Federated},
	} {
		in := marta()
		in.Entry = entry
		var check errs.Check
		u := in.user(alpha, group.Group{ID: "grp_x"}, &check)
		if u.State != want.state || u.Authentication != want.by || u.Type != user.Personal || u.Role != authz.RoleUser ||
			u.Username != "marta@x.example" || u.Language != "sv" || u.TimeZone != "Europe/Stockholm" {
			t.Errorf("%q: %+v", entry, u)
		}
	}
	in := marta()
	in.Username, in.Language, in.Role = " marta.k ", patch.To("de"), authz.RoleAdmin
	var check errs.Check
	if u := in.user(alpha, group.Group{ID: "grp_x"}, &check); u.Username != "marta.k" || u.Language != "de" || u.Role != authz.RoleAdmin || check.Err() != nil {
		t.Errorf("%+v, %v", u, check.Err())
	}
}

func TestWhereAnActivationStands(t *testing.T) {
	now := time.Now()
	for _, c := range []struct {
		a    Activation
		want State
	}{
		{Activation{ExpiresAt: now.Add(time.Millisecond)}, Open},
		{Activation{ExpiresAt: now}, Expired},
		{Activation{}, Expired},
		{Activation{ExpiresAt: now.Add(time.Hour), RevokedAt: now}, Withdrawn},
	} {
		if got := c.a.at(now).State; got != c.want {
			t.Errorf("%+v: %s, want %s", c.a, got, c.want)
		}
	}
}

func TestTheWizardsSteps(t *testing.T) {
	for _, c := range []struct {
		from step
		way  string
		want step
	}{
		{"", "", rights}, {person, "", rights}, {rights, "", review}, {review, "", review}, {"nonsense", "", rights},
		{person, "back", whose}, {rights, "back", person}, {review, "back", rights}, {whose, "", person}, {whose, "back", whose},
	} {
		if got := (form{Step: c.from, Go: c.way}).next(access.Offer{Sides: true}); got != c.want {
			t.Errorf("from %q by %q: %s, want %s", c.from, c.way, got, c.want)
		}
	}
	if got := (form{Step: person, Go: "back"}).next(access.Offer{}); got != person {
		t.Errorf("where there is one side only, the first step leads back to %s", got)
	}
	faults := []errs.Field{{Field: "role_id"}, {Field: "email"}, {Field: "password"}}
	for upTo, want := range map[step]step{person: person, rights: person, review: person} {
		if at, here, wrong := stopped(faults, upTo); !wrong || at != want || len(here) != 1 {
			t.Errorf("up to %s: %s %v", upTo, at, here)
		}
	}
	if at, _, wrong := stopped(faults[:1], person); wrong {
		t.Errorf("what is asked for later stops at %s", at)
	}
	if _, here, wrong := stopped([]errs.Field{{Field: "of another feature"}}, review); !wrong || len(here) != 1 {
		t.Error("a fault that no step asks for is lost")
	}
}

func TestTheWizardCarriesEverythingButThePassword(t *testing.T) {
	typed := map[string][]string{
		"email": {"marta@x.example"}, "first_name": {" Marta "}, "role_id": {"rol_user"}, "password": {"seven lanterns"}, "asked": {"1"}, "go": {"back"}, "step": {"review"},
	}
	got := map[string]string{}
	for _, p := range carried(typed, rights) {
		got[p.Name] = p.Value
	}
	if len(got) != 4 || got["step"] != "access" || got["email"] != "marta@x.example" || got["first_name"] != " Marta " || got["asked"] != "1" {
		t.Errorf("carried %v", got)
	}
}

func TestOnlyWhatFitsTheChoicesIsSent(t *testing.T) {
	f := form{Input: marta()}
	f.DisplayName = patch.To("Desk")
	f.Password, f.MustChange = secret.NewClear("seven lanterns"), true
	if in := f.input(); in.DisplayName.Set || !in.FirstName.Set || !in.Password.IsZero() || in.MustChange {
		t.Errorf("a person with an activation e-mail: %+v", in)
	}
	f.Type, f.Entry = user.Group, ByPassword
	if in := f.input(); !in.DisplayName.Set || in.FirstName.Set || in.LastName.Set || in.Password.IsZero() || !in.MustChange {
		t.Errorf("a shared address with a password: %+v", in)
	}
}
