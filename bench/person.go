package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"time"
	"unicode/utf8"

	"roster/internal/authz"
	"roster/internal/text"
	"roster/internal/user"
)

// person is somebody to fill a database with. The user has no id yet, and the
// state that they shall be in.
type person struct {
	user.User
	unseen time.Duration // since when; negative: they never were here
}

// crowd makes people: the same ones for the same seed and domain.
type crowd struct {
	rand   *rand.Rand
	domain string
	taken  map[string]int // how many people have wanted the same address
	made   int
}

func newCrowd(domain string, seed uint64) *crowd {
	return &crowd{rand: rand.New(rand.NewPCG(seed, uint64(len(domain)))), domain: domain, taken: map[string]int{}}
}

// next is one more person. The first one is an admin who can sign in.
func (c *crowd) next() person {
	at := locales[c.rand.IntN(len(locales))]
	c.made++
	u := user.User{
		Rights:    user.OfOrganization(),
		FirstName: c.common(at.first), LastName: c.common(at.last),
		Country: at.country, Language: at.language, TimeZone: at.zone,
		State: c.state(), Role: authz.RoleUser, Authentication: user.ByPassword,
	}
	u.Email = c.address(u.FirstName, u.LastName)
	if u.State == user.Invited {
		return person{u, -1} // nothing is known of them but what was written into the invitation
	}
	if c.chance(0.8) {
		u.Phone = at.mobile + c.digits(at.digits)
	}
	if c.chance(0.9) {
		u.Department = c.any(departments)
		u.Title = c.any(ranks) + c.any(trades)
	}
	if c.chance(0.7) {
		u.ExternalID = fmt.Sprintf("E%07d", 1000000+c.made)
	}
	if u.State == user.Active && c.chance(0.01) || c.made == 1 {
		u.Role = authz.RoleAdmin
	}
	return person{u, c.unseen(u.State)}
}

// state spreads people over the states as an organization has them that has
// been here for years: 90 % active, 5 % deactivated, 3 % invited, 2 % pending.
func (c *crowd) state() user.State {
	n := c.rand.IntN(100)
	switch {
	case n < 90 || c.made == 1:
		return user.Active
	case n < 95:
		return user.Deactivated
	case n < 98:
		return user.Invited
	default:
		return user.Pending
	}
}

// unseen is since when somebody was not here: most were within the last weeks,
// some not for months, and one of twenty never came back after joining.
func (c *crowd) unseen(s user.State) time.Duration {
	const day = 24 * time.Hour
	switch {
	case s == user.Invited || s == user.Pending || c.chance(0.05):
		return -1
	case s == user.Deactivated:
		return 90*day + time.Duration(c.rand.ExpFloat64()*float64(200*day))
	}
	return time.Duration(c.rand.ExpFloat64() * float64(12*day))
}

// common picks a name: the first of a list are the ones that many have.
func (c *crowd) common(names []string) string {
	return names[int(math.Pow(c.rand.Float64(), 1.7)*float64(len(names)))]
}

func (c *crowd) any(words []string) string { return words[c.rand.IntN(len(words))] }

func (c *crowd) chance(p float64) bool { return c.rand.Float64() < p }

func (c *crowd) digits(n int) string {
	return fmt.Sprintf("%0*d", n, c.rand.IntN(int(math.Pow10(n))))
}

// address is what a company would give somebody of this name: without accents,
// and with a number if others have the same name.
func (c *crowd) address(first, last string) string {
	local := letters(first) + "." + letters(last)
	c.taken[local]++
	if n := c.taken[local]; n > 1 {
		local = fmt.Sprintf("%s%d", local, n)
	}
	return local + "@" + c.domain
}

// letters are those of a name that go into an address.
func letters(name string) string {
	return strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' || r == '-' {
			return r
		}
		return -1
	}, text.SearchKey(name))
}

// matches reports whether a search for part has to find p. It asks each field
// by itself, and so checks the index without knowing how that is built.
func (p person) matches(part string) bool {
	part = text.SearchKey(part)
	begins := utf8.RuneCountInString(part) < 3 // so little is searched for where words begin
	for _, field := range []string{p.Name(), p.Email, p.Phone, p.ExternalID} {
		field = text.SearchKey(field)
		if !begins && strings.Contains(field, part) {
			return true
		}
		for word := range strings.SplitSeq(field, " ") {
			if begins && strings.HasPrefix(word, part) {
				return true
			}
		}
	}
	return false
}

// count is how many of the people are so.
func count(people []person, is func(person) bool) int {
	n := 0
	for _, p := range people {
		if is(p) {
			n++
		}
	}
	return n
}
