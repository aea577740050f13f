package op

import (
	"testing"

	"roster/internal/op/internal/sqldb"
)

func TestTranslateKeepsOnlyWhatADatabaseReads(t *testing.T) {
	text := "create table a (\n\tb TEXT not null,\n\tINTO INT\n) STRICT;\n-- only sqlite\nlite\n-- end\n-- only postgres\npg\n-- end\n"
	for dialect, want := range map[sqldb.Dialect]string{
		sqldb.SQLite:     "create table a (\n\tb text not null,\n\tINTO integer\n) strict;\nlite\n",
		sqldb.PostgreSQL: "create table a (\n\tb text collate \"C\" not null,\n\tINTO bigint\n) ;\npg\n",
	} {
		if got := translate(text, dialect); got != want {
			t.Errorf("%s: got %q, want %q", dialect, got, want)
		}
	}
}
