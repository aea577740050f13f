package sqldb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
)

func TestWhatMayGoWellLater(t *testing.T) {
	for _, c := range []struct {
		err  error
		want bool
	}{
		{&net.OpError{Op: "dial", Err: errors.New("connection refused")}, true},
		{fmt.Errorf("begin: %w", driver.ErrBadConn), true},
		{sql.ErrConnDone, true},
		{&pgconn.PgError{Code: "57P01"}, true}, // shutting down
		{&pgconn.PgError{Code: "53300"}, true}, // too many connections
		{&pgconn.PgError{Code: "08006"}, true},
		{&pgconn.PgError{Code: "40001"}, false},
		{&pgconn.PgError{Code: "42P01"}, false}, // no such table: a mistake of ours
		{&pgconn.PgError{Code: "23505"}, false},
		{context.Canceled, false},
		{sql.ErrTxDone, false},
		{errors.New("something else"), false},
		{nil, false},
	} {
		if got := IsUnavailable(c.err); got != c.want {
			t.Errorf("%v: %t", c.err, got)
		}
	}
}

func TestNobodyAnswers(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	if _, err := Open(t.Context(), "postgres://roster@"+address+"/roster?sslmode=disable"); !IsUnavailable(err) {
		t.Errorf("a server that is not there: %v", err)
	}
}
