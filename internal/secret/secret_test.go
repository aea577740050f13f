package secret_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	jsonv2 "github.com/go-json-experiment/json"

	"roster/internal/secret"
)

func keyLine(id string, fill byte) string {
	return id + ":" + base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{fill}, 32)) + "\n"
}

func load(t *testing.T, content string) *secret.Keyring {
	t.Helper()
	k, err := loadFile(t, content, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func loadFile(t *testing.T, content string, mode os.FileMode) (*secret.Keyring, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "roster.key")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
	return secret.LoadKeyring(path)
}

var seed = secret.Place{Table: "totp", Row: "usr_1", Column: "seed"}

func TestSealAndOpen(t *testing.T) {
	k := load(t, keyLine("a", 1))
	for _, plaintext := range []string{"", "x", strings.Repeat("long ", 10_000)} {
		sealed := k.Seal(seed, []byte(plaintext))
		if bytes.Equal(sealed, k.Seal(seed, []byte(plaintext))) {
			t.Error("two calls gave the same bytes")
		}
		if got, err := k.Open(seed, sealed); err != nil || string(got) != plaintext {
			t.Errorf("got %.20q, %v", got, err)
		}
		if id, ok := secret.KeyID(sealed); !ok || id != "a" {
			t.Errorf("KeyID = %q, %v", id, ok)
		}
	}
}

func TestOpenRefusesAnotherPlace(t *testing.T) {
	k := load(t, keyLine("a", 1))
	sealed := k.Seal(seed, []byte("JBSWY3DP"))
	for _, place := range []secret.Place{
		{}, {Table: "totp", Row: "usr_2", Column: "seed"}, {Table: "totp", Row: "usr_1", Column: "name"},
		{Table: "webhook", Row: "usr_1", Column: "seed"},
		{Table: "totpusr_1", Column: "seed"}, {Table: "totp", Row: "usr_1seed"},
	} {
		if _, err := k.Open(place, sealed); !errors.Is(err, secret.ErrSealed) {
			t.Errorf("%+v: %v", place, err)
		}
	}
}

func TestOpenRefusesEveryChangedByte(t *testing.T) {
	k := load(t, keyLine("a", 1)+keyLine("b", 1))
	sealed := k.Seal(seed, []byte("JBSWY3DP"))
	for i := range sealed {
		for _, change := range []byte{1, 3, 0x80} {
			bad := bytes.Clone(sealed)
			bad[i] ^= change // 'a' ^ 3 = 'b', a key of the ring with the same bytes
			if _, err := k.Open(seed, bad); err == nil {
				t.Errorf("byte %d changed by %#x was accepted", i, change)
			}
		}
		if _, err := k.Open(seed, sealed[:i]); !errors.Is(err, secret.ErrSealed) {
			t.Errorf("cut to %d bytes: %v", i, err)
		}
	}
}

func TestRotation(t *testing.T) {
	before := load(t, keyLine("old", 1))
	sealed := before.Seal(seed, []byte("JBSWY3DP"))

	after := load(t, "# current\n"+keyLine("new", 2)+"\n"+keyLine("old", 1))
	if after.Current() != "new" {
		t.Errorf("Current = %q", after.Current())
	}
	if got, err := after.Open(seed, sealed); err != nil || string(got) != "JBSWY3DP" {
		t.Errorf("the older key: %q, %v", got, err)
	}
	if id, _ := secret.KeyID(after.Seal(seed, nil)); id != "new" {
		t.Errorf("sealed with %q", id)
	}

	without := load(t, keyLine("new", 2))
	if _, err := without.Open(seed, sealed); err == nil || !strings.Contains(err.Error(), `"old"`) {
		t.Errorf("a missing key is not named: %v", err)
	}
}

func TestDerive(t *testing.T) {
	k, other := load(t, keyLine("a", 1)), load(t, keyLine("a", 2))
	cursor := k.Derive("cursor")
	if len(cursor) != 32 || !bytes.Equal(cursor, load(t, keyLine("b", 1)).Derive("cursor")) {
		t.Error("not determined by key and purpose")
	}
	if bytes.Equal(cursor, k.Derive("csrf")) || bytes.Equal(cursor, other.Derive("cursor")) {
		t.Error("another purpose or key gives the same bytes")
	}
}

func TestLoadKeyringRefuses(t *testing.T) {
	good := keyLine("a", 1)
	tests := []struct {
		name, content string
		mode          os.FileMode
		want          string
	}{
		{"readable by the group", good, 0o640, "chmod 600"},
		{"readable by all", good, 0o604, "chmod 600"},
		{"empty", "", 0o600, "no key"},
		{"only a comment", "# nothing\n", 0o600, "no key"},
		{"no id", ":" + good, 0o600, "line 1 is not"},
		{"no colon", "\nabc\n", 0o600, "line 2 is not"},
		{"bad id", "A B" + good, 0o600, "line 1 is not"},
		{"long id", strings.Repeat("a", 33) + good, 0o600, "line 1 is not"},
		{"bad base64", "a:!!!\n", 0o600, "line 1: the key"},
		{"short key", "a:AAAA\n", 0o600, "line 1: the key"},
		{"same id twice", good + good, 0o600, "occurs twice"},
		{"huge", strings.Repeat("#\n", 1<<16), 0o600, "too large"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := loadFile(t, test.content, test.mode)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error = %v, want %q", err, test.want)
			}
		})
	}
	if _, err := secret.LoadKeyring(filepath.Join(t.TempDir(), "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing file: %v", err)
	}
	if _, err := secret.LoadKeyring(t.TempDir()); err == nil {
		t.Error("a directory was accepted")
	}
}

func TestCreateKeyring(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "roster.key")
	created, err := secret.CreateKeyring(path)
	if err != nil {
		t.Fatal(err)
	}
	loaded, err := secret.LoadKeyring(path)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := loaded.Open(seed, created.Seal(seed, []byte("x"))); err != nil || string(got) != "x" {
		t.Errorf("the file holds another key: %q, %v", got, err)
	}
	before, _ := os.ReadFile(path)
	if _, err := secret.CreateKeyring(path); !errors.Is(err, os.ErrExist) {
		t.Errorf("a second creation: %v", err)
	}
	if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
		t.Error("a second creation changed the file")
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("left behind: %v", entries)
	}
	if _, err := secret.CreateKeyring(filepath.Join(dir, "none", "roster.key")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing directory: %v", err)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		if got, want := fmt.Sprintf(verb, created), "keyring "+created.Current(); got != want {
			t.Errorf("%s prints %s", verb, got)
		}
	}
}

func TestCreateKeyringRace(t *testing.T) {
	path := filepath.Join(t.TempDir(), "roster.key")
	var wins sync.Map
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			if k, err := secret.CreateKeyring(path); err == nil {
				wins.Store(i, k.Current())
			} else if !errors.Is(err, os.ErrExist) {
				t.Error(err)
			}
		})
	}
	group.Wait()
	k, err := secret.LoadKeyring(path)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	wins.Range(func(_, id any) bool {
		n++
		return id == k.Current()
	})
	if n != 1 {
		t.Errorf("%d creations won", n)
	}
}

func FuzzOpen(f *testing.F) {
	f.Add([]byte{1, 1, 'a'})
	f.Add([]byte{1, 255})
	f.Fuzz(func(t *testing.T, sealed []byte) {
		k := load(t, keyLine("a", 1))
		if _, err := k.Open(seed, sealed); err == nil {
			t.Errorf("opened %x", sealed)
		}
	})
}

func TestToken(t *testing.T) {
	seen := map[string]bool{}
	for range 1000 {
		clear, hash := secret.NewToken(secret.Invitation)
		token := clear.Reveal()
		if len(token) != 8+43+6 || !strings.HasPrefix(token, "rst_inv_") || seen[token] {
			t.Fatalf("token %q", token)
		}
		seen[token] = true
		got, ok := secret.HashToken(token, secret.Invitation)
		if !ok || got != hash || !got.Equal(hash) || !bytes.Equal(got.Bytes(), hash[:]) {
			t.Fatalf("token %q hashes to %x, %v", token, got, ok)
		}
	}
}

func TestHashTokenRefuses(t *testing.T) {
	clear, hash := secret.NewToken(secret.Invitation)
	token := clear.Reveal()
	other, _ := secret.NewToken(secret.Session)
	tests := map[string]string{
		"empty":         "",
		"prefix":        "rst_inv_",
		"another kind":  other.Reveal(),
		"prefix change": "rst_ses_" + token[8:],
		"upper case":    strings.ToUpper(token),
		"space":         " " + token,
		"longer":        token + "0",
		"not a number":  "rst_inv_" + strings.Repeat("!", 49),
	}
	for name, bad := range tests {
		if _, ok := secret.HashToken(bad, secret.Invitation); ok {
			t.Errorf("%s: %q was accepted", name, bad)
		}
	}
	for i := range token {
		if _, ok := secret.HashToken(token[:i], secret.Invitation); ok {
			t.Errorf("cut to %d characters was accepted", i)
		}
		replacement := "0"
		if token[i] == '0' {
			replacement = "1"
		}
		if _, ok := secret.HashToken(token[:i]+replacement+token[i+1:], secret.Invitation); ok {
			t.Errorf("another character at %d was accepted", i)
		}
	}
	if (secret.Hash{}).Equal(hash) {
		t.Error("the zero hash equals a hash")
	}
}

func TestClearIsNeverPrinted(t *testing.T) {
	const content = "hunter2-hunter2"
	c := secret.NewClear(content)
	type outer struct {
		Password secret.Clear
		Pointer  *secret.Clear
		Map      map[string]secret.Clear
		hidden   secret.Clear
	}
	values := []any{c, &c, []secret.Clear{c}, outer{c, &c, map[string]secret.Clear{"k": c}, c}}

	var out bytes.Buffer
	loggers := []*slog.Logger{slog.New(slog.NewTextHandler(&out, nil)), slog.New(slog.NewJSONHandler(&out, nil))}
	for _, value := range values {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T %v"} {
			if strings.HasPrefix(verb, "%T") {
				fmt.Fprintf(&out, verb, value, value)
				continue
			}
			fmt.Fprintf(&out, verb, value)
		}
		for _, logger := range loggers {
			logger.Info("message", "value", value)
		}
		one, err := json.Marshal(value)
		two, err2 := jsonv2.Marshal(value)
		if err := errors.Join(err, err2); err != nil {
			t.Error(err)
		}
		out.Write(one)
		out.Write(two)
	}
	fmt.Fprint(&out, fmt.Errorf("wrapped: %w %v", errors.New("x"), c))

	for _, leak := range []string{content, fmt.Sprintf("%x", content), fmt.Sprintf("%X", content), base64.StdEncoding.EncodeToString([]byte(content))} {
		if strings.Contains(out.String(), leak) {
			t.Errorf("%q leaked", leak)
		}
	}
	if c.Reveal() != content || c.IsZero() || !(secret.Clear{}).IsZero() {
		t.Error("the content is lost")
	}
	if !c.Equal(secret.NewClear(content)) || c.Equal(secret.Clear{}) || !(secret.Clear{}).Equal(secret.NewClear("")) {
		t.Error("Equal does not compare contents")
	}
}

func TestClearIsDecoded(t *testing.T) {
	var in struct{ Password secret.Clear }
	if err := json.Unmarshal([]byte(`{"Password":"a\u0062"}`), &in); err != nil || in.Password.Reveal() != "ab" {
		t.Errorf("%q, %v", in.Password.Reveal(), err)
	}
	if err := jsonv2.Unmarshal([]byte(`{"Password":"cd"}`), &in); err != nil || in.Password.Reveal() != "cd" {
		t.Errorf("%q, %v", in.Password.Reveal(), err)
	}
}
