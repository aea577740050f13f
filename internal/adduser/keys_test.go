package adduser_test

import (
	"testing"

	"roster/internal/apikey"
	"roster/internal/app/apptest"
	"roster/internal/authz"
	"roster/internal/op"
	"roster/internal/secret"
)

// keySecret makes a key of organization A that may do so much.
func keySecret(t *testing.T, w *apptest.World, may ...authz.Permission) string {
	t.Helper()
	made, err := apikey.Create.Do(t.Context(), w.Door, w.A.Admin.Call(w.A), apikey.New{Name: "helper", Permissions: may})
	if err != nil {
		t.Fatal(err)
	}
	return made.Secret
}

// helper is one who manages users, is no admin, and does not have to sign in
// again when the clock moves.
func helper(t *testing.T, w *apptest.World) op.Call {
	t.Helper()
	hash, _ := secret.HashToken(keySecret(t, w, authz.UsersManage, authz.UsersView), secret.APIKey)
	return op.Call{By: authz.Caller{Key: hash.Bytes(), Origin: apptest.Origin}, Org: string(w.A.Org.ID)}
}
