package sender

import (
	"slices"
	"strconv"
	"strings"

	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/mailaddr"
	"roster/internal/number"
	"roster/internal/op"
)

const columns = `service, enabled, language, number_id, group_id, created_at, version`

// byService finds a policy without its lists, or answers errs.NotFound.
func byService(t *op.Tx, service string) (Policy, error) {
	return op.One[Policy](t, `select `+columns+` from sender_policies where org_id = :org and service = :service`, op.Args{"service": service})
}

// listed is a rule with the service whose policy it belongs to.
type listed struct {
	rule
	Service string `db:"service"`
}

// all are the policies with their lists, of one service or of all, by key.
func all(t *op.Tx, service string) ([]Policy, error) {
	policies, err := op.All[Policy](t, `select `+columns+` from sender_policies where org_id = :org and (:service = '' or service = :service)
		order by service`, op.Args{"service": service})
	if err != nil {
		return nil, err
	}
	rules, err := op.All[listed](t, `select service, kind, key, spelling from sender_rules where org_id = :org and (:service = '' or service = :service)
		order by service, key, kind desc`, op.Args{"service": service})
	if err != nil {
		return nil, err
	}
	of := map[string][]rule{}
	for _, r := range rules {
		of[r.Service] = append(of[r.Service], r.rule)
	}
	for i, p := range policies {
		policies[i] = p.with(of[p.Service])
	}
	return policies, nil
}

// matching are the rules of a service's policy that have one of the keys.
func matching(t *op.Tx, service string, a mailaddr.Address) ([]rule, error) {
	return op.All[rule](t, `select kind, key, spelling from sender_rules
		where org_id = :org and service = :service and kind in ('domain', 'below', 'address', 'blocked') and key in (:keys)`,
		op.Args{"service": service, "keys": keysFor(a)})
}

// write makes the policy, or writes all that can change of it if nobody has
// changed it since, and its rules.
func write(t *op.Tx, p Policy, rules []rule, there bool) error {
	args := op.Args{"service": p.Service, "enabled": p.Enabled, "language": p.Language, "number": string(p.Number), "group": string(p.Group), "now": p.CreatedAt, "version": p.Version}
	statement := `insert into sender_policies (org_id, service, enabled, language, number_id, group_id, created_at, version)
		values (:org, :service, :enabled, :language, nullif(:number, ''), nullif(:group, ''), :now, :version) on conflict do nothing`
	if there {
		statement = `update sender_policies set enabled = :enabled, language = :language, number_id = nullif(:number, ''), group_id = nullif(:group, ''),
			version = version + 1 where org_id = :org and service = :service and version = :version`
	}
	n, err := t.Exec(statement, args)
	if err == nil && n == 0 {
		return errs.Changed()
	}
	if err != nil {
		return err
	}
	if _, err := t.Exec(`delete from sender_rules where org_id = :org and service = :service`, op.Args{"service": p.Service}); err != nil {
		return err
	}
	return insertRules(t, p.Service, rules)
}

// insertAtOnce is how many rules one statement adds.
const insertAtOnce = 200

func insertRules(t *op.Tx, service string, rules []rule) error {
	for some := range slices.Chunk(rules, insertAtOnce) {
		var rows strings.Builder
		args := op.Args{"service": service}
		for i, r := range some {
			at := strconv.Itoa(i)
			if i > 0 {
				rows.WriteString(", ")
			}
			rows.WriteString(`(:org, :service, :kind` + at + `, :key` + at + `, :spelling` + at + `)`)
			args["kind"+at], args["key"+at], args["spelling"+at] = r.Kind, r.Key, r.Spelling
		}
		if _, err := t.Exec(`insert into sender_rules (org_id, service, kind, key, spelling) values `+rows.String(), args); err != nil {
			return err
		}
	}
	return nil
}

func count(t *op.Tx) (int, error) {
	return op.One[int](t, `select count(*) from sender_policies where org_id = :org`, nil)
}

func remove(t *op.Tx, service string) error {
	return t.ExecOne(`delete from sender_policies where org_id = :org and service = :service`, op.Args{"service": service})
}

// Regroup is the step of deleting a group: the policies that name it name another
// one, or none if to is empty.
func Regroup(t *op.Tx, from, to id.Group) error {
	_, err := t.Exec(`update sender_policies set group_id = nullif(:to, ''), version = version + 1 where org_id = :org and group_id = :from`,
		op.Args{"from": from, "to": string(to)})
	return err
}

// Needs is the step of deleting a number, or giving it away: a policy may send
// from it. Error: number_in_use.
func Needs(t *op.Tx, n number.Number) error {
	services, err := op.All[string](t, `select service from sender_policies where org_id = :org and number_id = :number order by service`, op.Args{"number": n.ID})
	if err != nil || len(services) == 0 {
		return err
	}
	return errs.Conflict("number_in_use", "Unlisted senders of %s send from %s. Choose another number for them first.", strings.Join(services, ", "), n.Number)
}
