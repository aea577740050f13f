package service

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/mail"
	"roster/internal/op"
	"roster/internal/patch"
	"roster/internal/text"
)

// Service is a product of the vendor that organizations subscribe to.
type Service struct {
	Key             string       `db:"key" json:"key" audit:"ignore"`
	Name            string       `db:"name" json:"name" audit:"track"`
	Link            string       `db:"link" json:"link" audit:"track" doc:"Where people start with it; empty: nowhere."`
	InstallText     string       `db:"install_text" json:"install_text" audit:"track" doc:"How to install it: plain text, in invitations and activation e-mails."`
	WelcomeText     string       `db:"welcome_text" json:"welcome_text" audit:"track" doc:"How to begin: plain text, in the e-mail that welcomes people."`
	LicenseRequired bool         `db:"license_required" json:"license_required" audit:"track" doc:"Where plans of it were bought, users need a license of it to be active, admins too."`
	UsesNumbers     bool         `db:"uses_numbers" json:"uses_numbers" audit:"track" doc:"It gives its users numbers, such as for fax."`
	Permissions     []Permission `db:"-" json:"permissions" audit:"ignore"` // changes tells of them one by one
	CreatedAt       time.Time    `db:"created_at" json:"created_at" audit:"ignore"`
	Version         int          `db:"version" json:"version" audit:"ignore"`
}

// ETag is the version as the API's ETag.
func (s Service) ETag() string { return fmt.Sprintf(`"v%d"`, s.Version) }

// Permission is a right that a service declares.
type Permission struct {
	Service     string `db:"service" json:"-"`
	ServiceName string `db:"service_name" json:"-"`
	Key         string `db:"key" json:"key" example:"fax.send" doc:"Unique over all services, such as fax.send; of at most 64 characters."`
	Name        string `db:"name" json:"name" example:"Send faxes" doc:"What people read, of at most 64 characters."`
	Everybody   bool   `db:"everybody" json:"everybody" doc:"Every user of the service has it."`
	Delivery    bool   `db:"delivery" json:"delivery" doc:"It may be given to users of a delivery account."`
}

// says is a permission for the audit log: its name and its marks.
func (p Permission) says() string {
	var marks []string
	if p.Everybody {
		marks = append(marks, "everybody")
	}
	if p.Delivery {
		marks = append(marks, "delivery")
	}
	if len(marks) == 0 {
		return p.Name
	}
	return p.Name + " (" + strings.Join(marks, ", ") + ")"
}

// Limits.
const (
	maxKey        = 32
	maxPermission = 64 // characters of a permission's key
	maxName       = 64
	maxLink       = 500
	maxText       = 2000
	// MaxServices is how many services there are at most.
	MaxServices = 200
	// MaxPermissions is how many permissions one service declares at most.
	MaxPermissions = 100
)

var (
	keyForm        = regexp.MustCompile(`^[a-z][a-z0-9_-]{1,31}$`)
	permissionForm = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$`)
)

// ownNouns are what Roster's own permissions are about. A service that called its
// own like them would be taken for Roster. The last ones are kept free for what
// is still to come.
var ownNouns = func() map[string]bool {
	nouns := map[string]bool{}
	for _, noun := range []string{"seats", "integrations", "directories"} {
		nouns[noun] = true
	}
	for _, p := range []authz.Permission{authz.SelfService, authz.OwnPassword, authz.Everybody, authz.SystemWork} {
		nouns[nounOf(string(p))] = true
	}
	for p := range authz.OperatorSet() {
		nouns[nounOf(string(p))] = true
	}
	return nouns
}()

// nounOf is what a permission is about: the part before the first dot.
func nounOf(permission string) string {
	noun, _, _ := strings.Cut(permission, ".")
	return noun
}

// Input is what can be said of a service: absent fields stay as they are.
type Input struct {
	Name            patch.Field[string]       `json:"name,omitzero" maxLength:"64" example:"Fax"`
	Link            patch.Field[string]       `json:"link,omitzero" maxLength:"500" doc:"An https address, where people start; http for localhost only." example:"https://fax.vendor.example"`
	InstallText     patch.Field[string]       `json:"install_text,omitzero" maxLength:"2000" doc:"How to install it: plain text, in invitations and activation e-mails."`
	WelcomeText     patch.Field[string]       `json:"welcome_text,omitzero" maxLength:"2000" doc:"How to begin: plain text, in the e-mail that welcomes people."`
	LicenseRequired patch.Field[bool]         `json:"license_required,omitzero" doc:"Where plans of it were bought, users need a license of it to be active, admins too."`
	UsesNumbers     patch.Field[bool]         `json:"uses_numbers,omitzero" doc:"It gives its users numbers, such as for fax."`
	Permissions     patch.Field[[]Permission] `json:"permissions,omitzero" doc:"Replaces all of them: up to 100. Who holds one that is left out has it no more."`
}

// New is what an operator gives to define a service.
type New struct {
	Key string `json:"key" required:"true" maxLength:"32" example:"fax" doc:"Its short name for programs: 2 to 32 lower-case letters, digits, hyphens and underscores, a letter first. It never changes."`
	Input
}

// check makes a service of what was given, or says which fields are wrong.
func (n New) check(at time.Time) (Service, error) {
	var c errs.Check
	s := Service{Key: n.Key, CreatedAt: at, Version: 1, Permissions: []Permission{}}
	checkKey(&c, n.Key)
	return n.apply(s, &c)
}

func checkKey(c *errs.Check, key string) {
	switch {
	case key == "":
		c.Fail("key", "required", "Enter a key.")
	case !keyForm.MatchString(key):
		c.Fail("key", "invalid_key", "A key has 2 to %d lower-case letters, digits, hyphens and underscores, and begins with a letter.", maxKey)
	case key == "new": // it stands in the address of the page
		c.Fail("key", "reserved", "Roster needs this word for itself. Choose another key.")
	}
}

// apply writes what was given into s, or says which fields are wrong.
func (in Input) apply(s Service, c *errs.Check) (Service, error) {
	if in.Name.Set || s.Name == "" {
		if s.Name = text.Name(c, "name", in.Name.Value, maxName); text.Key(s.Name) == "" {
			c.Fail("name", "required", "Enter a name for the service.")
		}
	}
	if in.Link.Set {
		s.Link = checkLink(c, in.Link.Value)
	}
	if in.InstallText.Set {
		s.InstallText = checkText(c, "install_text", in.InstallText.Value)
	}
	if in.WelcomeText.Set {
		s.WelcomeText = checkText(c, "welcome_text", in.WelcomeText.Value)
	}
	s.LicenseRequired = in.LicenseRequired.Or(s.LicenseRequired)
	s.UsesNumbers = in.UsesNumbers.Or(s.UsesNumbers)
	if in.Permissions.Set {
		s.Permissions = checkPermissions(c, s, in.Permissions.Value)
	}
	return s, c.Err()
}

func checkText(c *errs.Check, field, given string) string {
	clean, err := text.CleanLines(given, maxText)
	if e, wrong := errors.AsType[*text.Error](err); wrong {
		c.Fail(field, e.Code, "The text has at most %d characters, and none that cannot be seen.", maxText)
	}
	return clean
}

// checkLink takes what may stand in an e-mail as an address, and is encrypted on
// its way unless it stays on the machine.
func checkLink(c *errs.Check, link string) string {
	link = strings.TrimSpace(link)
	if link == "" {
		return ""
	}
	if len(link) > maxLink {
		c.Fail("link", "too_long", "The link has at most %d characters.", maxLink)
		return ""
	}
	u, err := url.Parse(link)
	if err != nil || mail.CheckURL(link) != nil || u.Scheme != "https" && !onThisMachine(u.Hostname()) {
		c.Fail("link", "invalid_link", "Write the whole address, such as https://fax.vendor.example. Only on localhost may it begin with http.")
	}
	return link
}

func onThisMachine(host string) bool {
	return host == "localhost" || host == "127.0.0.1" || host == "::1"
}

// checkPermissions cleans the permissions of s. Each fault is in a field of its own.
func checkPermissions(c *errs.Check, s Service, given []Permission) []Permission {
	if len(given) > MaxPermissions {
		c.Fail("permissions", "too_many", "A service declares at most %d permissions; these are %d.", MaxPermissions, len(given))
		return nil
	}
	clean, seen := make([]Permission, 0, len(given)), map[string]bool{}
	for i, p := range given {
		field := keyField(i)
		switch {
		case p.Key == "":
			c.Fail(field, "required", "Enter a key for this permission.")
		case len(p.Key) > maxPermission || !permissionForm.MatchString(p.Key):
			c.Fail(field, "invalid_permission", "Write two words or more with a dot between them, such as fax.send: lower-case letters, digits and underscores, at most %d characters.", maxPermission)
		case ownNouns[nounOf(p.Key)]:
			c.Fail(field, "reserved", "Roster's own permissions begin like this. Choose another first word, such as the service's key.")
		case seen[p.Key]:
			c.Fail(field, "twice", "This permission stands here twice.")
		}
		seen[p.Key] = true
		p.Service = s.Key
		if p.Name = text.Name(c, nameField(i), p.Name, maxName); text.Key(p.Name) == "" {
			c.Fail(nameField(i), "required", "Enter a name for this permission.")
		}
		clean = append(clean, p)
	}
	return clean
}

// keyField and nameField are the places of a permission in the API's JSON.
func keyField(i int) string  { return fmt.Sprintf("permissions[%d].key", i) }
func nameField(i int) string { return fmt.Sprintf("permissions[%d].name", i) }

// changes are the differences for the audit log, permission by permission.
func (s Service) changes(old Service) []op.Change {
	list := op.Diff(old, s)
	before := map[string]string{}
	for _, p := range old.Permissions {
		before[p.Key] = p.says()
	}
	for _, p := range s.Permissions {
		was, there := before[p.Key]
		delete(before, p.Key)
		switch {
		case !there:
			list = append(list, op.Change{Field: "permissions." + p.Key, After: p.says()})
		case was != p.says():
			list = append(list, op.Change{Field: "permissions." + p.Key, Before: was, After: p.says()})
		}
	}
	for _, p := range old.Permissions {
		if was, gone := before[p.Key]; gone {
			list = append(list, op.Change{Field: "permissions." + p.Key, Before: was})
		}
	}
	// Others, as shown above, or the same in another order.
	if was, is := old.keys(), s.keys(); !slices.Equal(was, is) && slices.Equal(slices.Sorted(slices.Values(was)), slices.Sorted(slices.Values(is))) {
		list = append(list, op.Change{Field: "permissions", Before: was, After: is})
	}
	return list
}

// keys are those of the service's permissions, in order.
func (s Service) keys() []string {
	keys := make([]string, len(s.Permissions))
	for i, p := range s.Permissions {
		keys[i] = p.Key
	}
	return keys
}

func (s Service) subject() op.Subject {
	return op.Subject{Kind: "service", ID: s.Key, Name: s.Name}
}

func exists() error {
	return errs.Conflict("service_exists", "There is a service with this key already. Choose another one.")
}

// taken refuses permissions that other services have declared, each in its field.
func taken(s Service, by map[string]Permission) error {
	e := errs.Conflict("permission_taken", "Another service has declared one of these permissions already. Nothing was saved: choose another key for it.")
	for i, p := range s.Permissions {
		if other, is := by[p.Key]; is {
			e.Fields = append(e.Fields, errs.Field{
				Field: keyField(i), Code: "permission_taken", Message: fmt.Sprintf("The service %s has declared this permission already.", other.ServiceName),
			})
		}
	}
	return e
}
