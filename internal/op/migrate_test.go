package op_test

import (
	"database/sql"
	"strconv"
	"strings"
	"testing"
	"time"

	"roster/internal/app/apptest"
	"roster/internal/id"
	"roster/internal/op"
)

// Users from before there were groups are in the default group of their
// organization afterwards, each in their own.
func TestUsersFromBeforeGetAGroup(t *testing.T) {
	for name, address := range map[string]func(testing.TB) string{"sqlite": apptest.SQLite, "postgres": apptest.EmptyPostgreSQL} {
		t.Run(name, func(t *testing.T) {
			at := address(t)
			db, err := op.OpenDatabase(t.Context(), at)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			if err := db.MigrateTo(t.Context(), 1); err != nil {
				t.Fatal(err)
			}
			for _, o := range []string{"0m00000001aaaaaaaaaaaaaaaa", "0m00000002bbbbbbbbbbbbbbbb"} {
				past(t, at, `insert into organizations (id, slug, name, name_key, color, sender_name, reply_to, language, time_zone,
						invitation_days, session_idle_minutes, session_max_hours, password_min_length, created_at, version)
					values ('org_`+o+`', '`+o+`', 'O', 'o', '#000000', '', '', 'en', 'UTC', 7, 60, 24, 15, 1, 1)`)
				for _, u := range []string{"one", "two"} {
					past(t, at, `insert into users (org_id, id, type, email, email_key, username, username_key, first_name, last_name, display_name,
							name_key, search, phone, country, language, time_zone, title, department, external_id, notes, state, state_before, role_id,
							authentication, password, must_change_password, credential_version, created_at, version)
						values ('org_`+o+`', 'usr_`+u+`', 'personal', '`+u+`', '`+u+`', '`+u+`', '`+u+`', '', '', '', '', '', '', '', '', '', '', '', '', '', 'active', '',
							'rol_user', 'password', '', false, 1, 1, 1)`)
				}
			}
			if err := db.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			groups := past(t, at, `select g.id from users u join groups g on g.org_id = u.org_id and g.id = u.group_id where g.is_default order by g.org_id`)
			if len(groups) != 4 || groups[0] != groups[1] || groups[2] != groups[3] || groups[0] == groups[2] {
				t.Errorf("the users are in %v", groups)
			}
			for _, g := range groups {
				if !id.Valid[id.Group](g) {
					t.Errorf("%q is no id of a group", g)
				}
			}
			if all := past(t, at, `select name from groups`); len(all) != 2 || all[0] != "Default" {
				t.Errorf("the groups are %v", all)
			}
		})
	}
}

// The one rule for the length of passwords goes on for users and admins, and the
// passwords that exist age from the migration on.
func TestOneRuleForPasswordsBecomesTwo(t *testing.T) {
	for name, address := range map[string]func(testing.TB) string{"sqlite": apptest.SQLite, "postgres": apptest.EmptyPostgreSQL} {
		t.Run(name, func(t *testing.T) {
			at := address(t)
			db, err := op.OpenDatabase(t.Context(), at)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			if err := db.MigrateTo(t.Context(), 1); err != nil {
				t.Fatal(err)
			}
			past(t, at, `insert into organizations (id, slug, name, name_key, color, sender_name, reply_to, language, time_zone,
					invitation_days, session_idle_minutes, session_max_hours, password_min_length, created_at, version)
				values ('org_0m00000001aaaaaaaaaaaaaaaa', 'o', 'O', 'o', '#000000', '', '', 'en', 'UTC', 7, 60, 24, 21, 1, 1)`)
			for u, hash := range map[string]string{"one": "$argon2id$", "two": ""} {
				past(t, at, `insert into users (org_id, id, type, email, email_key, username, username_key, first_name, last_name, display_name,
						name_key, search, phone, country, language, time_zone, title, department, external_id, notes, state, state_before, role_id,
						authentication, password, must_change_password, credential_version, created_at, version)
					values ('org_0m00000001aaaaaaaaaaaaaaaa', 'usr_`+u+`', 'personal', '`+u+`', '`+u+`', '`+u+`', '`+u+`', '', '', '', '', '', '', '', '', '', '', '', '', '', 'active', '',
						'rol_user', 'password', '`+hash+`', false, 1, 1, 1)`)
			}
			before := time.Now().Add(-time.Second).UnixMilli()
			if err := db.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := past(t, at, `select password_min_length || ' ' || admin_password_min_length from organizations`); len(got) != 1 || got[0] != "21 21" {
				t.Errorf("the rules are %q", got)
			}
			got := past(t, at, `select coalesce(password_set_at, 0) from users order by id`)
			set, err := strconv.ParseInt(got[0], 10, 64)
			if err != nil || set < before || set > time.Now().Add(time.Second).UnixMilli() || got[1] != "0" {
				t.Errorf("set at %q, %v", got, err)
			}
		})
	}
}

// past runs a statement past the door and answers the first column.
func past(t *testing.T, address, statement string) []string {
	t.Helper()
	driver := "pgx"
	if path, ok := strings.CutPrefix(address, "sqlite:"); ok {
		driver, address = "sqlite", "file:"+path+"?_pragma=busy_timeout(10000)"
	}
	db, err := sql.Open(driver, address)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	if driver == "pgx" {
		if _, err := tx.Exec(`select set_config('roster.across', 'on', true)`); err != nil {
			t.Fatal(err)
		}
	}
	rows, err := tx.Query(statement)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for rows.Next() {
		var one string
		if err := rows.Scan(&one); err != nil {
			t.Fatal(err)
		}
		list = append(list, one)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	return list
}
