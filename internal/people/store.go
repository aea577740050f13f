package people

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"roster/internal/account"
	"roster/internal/op"
	"roster/internal/service"
	"roster/internal/user"
)

// query says who matches, and how the database is to find them.
//
// Sorting what the index of words finds is best where it finds few. Where it
// finds many, a page of them is soon met in the list's own order: either by
// looking at the rows, which is best if nearly everybody matches, or by asking
// for each whether the index has found it, which holds also if all that match
// stand together at the end of the list.
type query struct {
	where string // everything but the search
	part  string // what the index of words is asked for; empty: nothing is searched for
	like  string // the same for the column search
	few   bool
	args  op.Args
}

// noPlan stands among plans for users who hold no license.
const noPlan = "none"

// fewMatches is up to how many matches are sorted. Only tests change it.
var fewMatches = 2000

// plan writes the conditions of a view. What is searched for is first counted
// in the index of words, no further than fewMatches.
func plan(t *op.Tx, v view) (query, error) {
	condition, args := account.Within(t)
	q := query{where: "org_id = :org", args: args}
	if condition != "" {
		q.where += ` and id in (select u.id from users u where u.org_id = :org` + condition + `)`
	}
	if len(v.states) > 0 {
		q.where += " and state in (:states)"
		q.args["states"] = v.states
	}
	if len(v.roles) > 0 {
		q.where += " and role_id in (:roles)"
		q.args["roles"] = v.roles
	}
	if len(v.groups) > 0 {
		q.where += " and group_id in (:groups)"
		q.args["groups"] = v.groups
	}
	if len(v.teams) > 0 {
		q.where += " and id in (select m.user_id from team_members m where m.org_id = :org and m.team_id in (:teams))"
		q.args["teams"] = v.teams
	}
	if len(v.plans) > 0 {
		holds := "id in (select li.user_id from licenses li where li.org_id = :org and li.held and li.service || '/' || li.plan in (:plans))"
		if slices.Contains(v.plans, noPlan) {
			holds = "(" + holds + " or id not in (select li.user_id from licenses li where li.org_id = :org and li.held))"
		}
		q.where += " and " + holds
		q.args["plans"] = v.plans
	}
	if len(v.pools) > 0 {
		q.where += " and id in (select lp.user_id from licenses lp where lp.org_id = :org and lp.held and lp.pool_id in (:pools))"
		q.args["pools"] = v.pools
	}
	if v.model != "" {
		is := map[service.Model]string{service.Named: "null", service.Seat: "not null"}[v.model]
		q.where += " and id in (select lm.user_id from licenses lm where lm.org_id = :org and lm.held and lm.pool_id is " + is + ")"
	}
	if v.side != "" {
		q.where += " and side = :side"
		q.args["side"] = v.side
	}
	if v.account != "" {
		q.where += ` and id in (select ua.user_id from user_accounts ua join account_below b on b.org_id = :org and b.below_id = ua.account_id
			where ua.org_id = :org and b.account_id = :account)`
		q.args["account"] = v.account
	}
	if v.search == "" {
		return q, nil
	}
	part := v.search
	if utf8.RuneCountInString(part) < 3 {
		part = " " + part // every word of the column search begins with a space
	}
	q.part, q.like = wordPart(t, part), op.Like(part)
	q.args["part"], q.args["like"] = q.part, q.like
	n, err := countWords(t, q.part)
	q.few = n <= fewMatches
	return q, err
}

// countWords counts the matches in the index of words, all organizations
// together, up to one more than fewMatches. Nobody is told the number.
func countWords(t *op.Tx, part string) (int, error) {
	return op.One[int](t, `-- across organizations: only decides which of two equal queries is the faster one
		`+found(t)+`select count(*) from (select found_seq from found limit :most) as few`,
		op.Args{"part": part, "most": fewMatches + 1})
}

// matching is contains-search in the index of words: the databases' trigram
// indexes are asked differently.
func matching(t *op.Tx) string {
	if t.OnSQLite() {
		return "user_words match :part"
	}
	return `words like :part escape '\'`
}

// wordPart is what the index is asked for. SQLite's holds every space twice, so
// that also the beginning of a word with a single letter is a trigram.
func wordPart(t *op.Tx, part string) string {
	if t.OnSQLite() {
		return `"` + strings.NewReplacer(" ", "  ", `"`, `""`).Replace(part) + `"`
	}
	return op.Like(part)
}

// glance is how many rows of a list are looked at, one by one, before the index
// is asked which of them match. SQLite reads rows slowly, and asks quickly.
func glance(t *op.Tx) int {
	if t.OnSQLite() {
		return 300
	}
	return 3000
}

// page reads the matches that come after a position, in the view's order.
func (q query) page(t *op.Tx, v view, after []any, limit int) ([]user.User, error) {
	args := maps.Clone(q.args)
	args["limit"] = limit
	direction, comes := "", ">"
	if v.down {
		direction, comes = " desc", "<"
	}
	where := q.where
	if len(after) == len(v.order.by) {
		names := make([]string, len(after))
		for i, value := range after {
			name := fmt.Sprintf("after_%c", 'a'+i)
			if number, ok := value.(float64); ok {
				value = int64(number) // JSON knows one kind of number
			}
			names[i], args[name] = ":"+name, value
		}
		where += fmt.Sprintf(" and (%s) %s (%s)", strings.Join(v.order.by, ", "), comes, strings.Join(names, ", "))
	}
	order := ` order by ` + strings.Join(v.order.by, direction+", ") + direction
	read := func(from, condition string) ([]user.User, error) {
		return op.All[user.User](t, from+` where `+condition+order+` limit :limit`, args)
	}
	switch {
	case q.part == "":
		return read(`select `+user.Columns+` from users`, where)
	case q.few:
		return read(found(t)+`select `+user.Columns+` from found cross join users`, `seq = found_seq and `+where)
	}
	args["glance"] = glance(t)
	near, err := read(`select `+user.Columns+` from (select * from users where `+where+order+` limit :glance) as near`, `search like :like escape '\'`)
	if err != nil || len(near) == limit {
		return near, err
	}
	return read(`select `+user.Columns+` from users`, where+` and (`+among(t)+`) is true`)
}

// found is a common table of the numbers that the index finds. PostgreSQL must
// plan it by itself: guessing that many match, it would read the whole table to
// meet the first of them. SQLite must not, since it would collect all of them.
func found(t *op.Tx) string {
	materialized := "materialized "
	if t.OnSQLite() {
		materialized = ""
	}
	return `with found as ` + materialized + `(select rowid as found_seq from user_words where ` + matching(t) + `) `
}

// among asks whether the index has found a row.
func among(t *op.Tx) string { return `seq in (select rowid from user_words where ` + matching(t) + `)` }

func (q query) count(t *op.Tx) (int, error) {
	from, where := `select count(*) from users where `, q.where
	switch {
	case q.part == "":
	case q.few:
		from = found(t) + `select count(*) from found cross join users where seq = found_seq and `
	default:
		where += ` and ` + among(t)
	}
	return op.One[int](t, from+where, q.args)
}
