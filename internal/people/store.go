package people

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"roster/internal/op"
	"roster/internal/user"
)

// query is the part of a statement that says who matches.
type query struct {
	where string
	args  op.Args
}

// fewMatches is up to how many matches of a word part the index of words is
// used, and sorted afterwards. More than that are so dense that walking the
// list in its own order finds a page of them sooner.
const fewMatches = 2000

// plan writes the conditions of a view. A part of three letters or more is
// first counted in the index of words, no further than fewMatches.
func plan(t *op.Tx, v view) (query, error) {
	q := query{where: "org_id = :org", args: op.Args{}}
	if len(v.states) > 0 {
		q.where += " and state in (:states)"
		q.args["states"] = v.states
	}
	if len(v.roles) > 0 {
		q.where += " and role_id in (:roles)"
		q.args["roles"] = v.roles
	}
	if v.search == "" {
		return q, nil
	}
	if utf8.RuneCountInString(v.search) >= 3 {
		n, err := countWords(t, v.search)
		if err != nil {
			return q, err
		}
		if n <= fewMatches {
			q.where += " and seq in (select rowid from user_words where " + matching(t) + ")"
			q.args["part"] = wordPart(t, v.search)
			return q, nil
		}
	}
	q.where += ` and search like :like escape '\'`
	q.args["like"] = op.Like(v.search)
	return q, nil
}

// countWords counts the matches in the index of words, all organizations
// together, up to one more than fewMatches. Nobody is told the number.
func countWords(t *op.Tx, part string) (int, error) {
	return op.One[int](t, `-- across organizations: only decides which of two equal queries is the faster one
		select count(*) from (select rowid from user_words where `+matching(t)+` limit :most) as few`,
		op.Args{"part": wordPart(t, part), "most": fewMatches + 1})
}

// matching is contains-search in the index of words: the databases' trigram
// indexes are asked differently.
func matching(t *op.Tx) string {
	if t.OnSQLite() {
		return "user_words match :part"
	}
	return `words like :part escape '\'`
}

func wordPart(t *op.Tx, part string) string {
	if t.OnSQLite() {
		return `"` + strings.ReplaceAll(part, `"`, `""`) + `"`
	}
	return op.Like(part)
}

// page reads the matches that come after a position, in the view's order.
func (q query) page(t *op.Tx, v view, after []any, limit int) ([]user.User, error) {
	args := op.Args{"limit": limit}
	for k, a := range q.args {
		args[k] = a
	}
	where, direction, comes := q.where, "", ">"
	if v.down {
		direction, comes = " desc", "<"
	}
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
	return op.All[user.User](t, `select `+user.Columns+` from users where `+where+
		` order by `+strings.Join(v.order.by, direction+", ")+direction+` limit :limit`, args)
}

func (q query) count(t *op.Tx) (int, error) {
	return op.One[int](t, `select count(*) from users where `+q.where, q.args)
}
