package password_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"roster/internal/password"
)

const good = "correct horse battery staple"

func TestHashAndVerify(t *testing.T) {
	h, ctx := password.NewCheapHasher(), t.Context()
	tests := []struct {
		name, stored, typed string
		ok                  bool
	}{
		{"same", good, good, true},
		{"another", good, good + "s", false},
		{"case", good, "Correct horse battery staple", false},
		{"trimmed", " " + good, good, false},
		{"composed and decomposed", "Ångström", "A\u030angstro\u0308m", true},
		{"full width", "password", "ｐａｓｓｗｏｒｄ", true},
		{"beyond 72 bytes", strings.Repeat("x", 100) + "a", strings.Repeat("x", 100) + "b", false},
		{"the longest", strings.Repeat("x", password.MaxRunes), strings.Repeat("x", password.MaxRunes), true},
		{"never cut off", strings.Repeat("x", password.MaxRunes), strings.Repeat("x", password.MaxRunes+1), false},
		{"nul", "ab", "a\x00b", false},
		{"empty", good, "", false},
		{"invalid UTF-8", good, good + "\xff", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			phc, err := h.Hash(ctx, test.stored)
			if err != nil {
				t.Fatal(err)
			}
			if ok, rehash, err := h.Verify(ctx, phc, test.typed); ok != test.ok || rehash || err != nil {
				t.Errorf("ok = %v, rehash = %v, %v", ok, rehash, err)
			}
		})
	}
	one, _ := h.Hash(ctx, good)
	if two, _ := h.Hash(ctx, good); one == two {
		t.Error("the same salt twice")
	}
}

func TestHashRefusesWhatCannotBeAPassword(t *testing.T) {
	h := password.NewCheapHasher()
	for _, pw := range []string{strings.Repeat("x", password.MaxRunes+1), "a\x00b", "\xff"} {
		if phc, err := h.Hash(t.Context(), pw); !errors.Is(err, password.ErrUnusable) || phc != "" {
			t.Errorf("%.10q: %q, %v", pw, phc, err)
		}
	}
}

func TestFormatAndRehash(t *testing.T) {
	ctx, cheap, real := t.Context(), password.NewCheapHasher(), password.NewHasher()
	phc, err := real.Hash(ctx, good)
	if err != nil || !strings.HasPrefix(phc, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Fatalf("%q, %v", phc, err)
	}
	if ok, rehash, err := real.Verify(ctx, phc, good); !ok || rehash || err != nil {
		t.Errorf("same costs: ok = %v, rehash = %v, %v", ok, rehash, err)
	}
	if ok, rehash, err := cheap.Verify(ctx, phc, good); !ok || !rehash || err != nil {
		t.Errorf("other costs: ok = %v, rehash = %v, %v", ok, rehash, err)
	}
	if ok, rehash, err := cheap.Verify(ctx, phc, "wrong"); ok || rehash || err != nil {
		t.Errorf("wrong password: ok = %v, rehash = %v, %v", ok, rehash, err)
	}
	if real.NeedsRehash(phc) || !cheap.NeedsRehash(phc) || !real.NeedsRehash("x") {
		t.Error("NeedsRehash is wrong")
	}
	// A vector of the reference implementation (argon2 -id -t 2 -k 65536 -p 1).
	const reference = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	if ok, rehash, err := real.Verify(ctx, reference, "password"); !ok || !rehash || err != nil {
		t.Errorf("reference: ok = %v, rehash = %v, %v", ok, rehash, err)
	}
}

func TestVerifyRefusesDamagedHashes(t *testing.T) {
	h := password.NewCheapHasher()
	const salt, sum = "c29tZXNhbHQ", "CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	for _, phc := range []string{
		"", "$", "x", "$2a$10$abcdefghijklmnopqrstuv",
		"$argon2i$v=19$m=64,t=2,p=1$" + salt + "$" + sum,
		"$argon2id$v=16$m=64,t=2,p=1$" + salt + "$" + sum,
		"$argon2id$v=19$m=64,t=2$" + salt + "$" + sum,
		"$argon2id$v=19$m=64,t=2,p=1,x=1$" + salt + "$" + sum,
		"$argon2id$v=19$m=064,t=2,p=1$" + salt + "$" + sum,
		"$argon2id$v=19$m=64,t=0,p=1$" + salt + "$" + sum,
		"$argon2id$v=19$m=64,t=2,p=0$" + salt + "$" + sum,
		"$argon2id$v=19$m=7,t=2,p=1$" + salt + "$" + sum,
		"$argon2id$v=19$m=4294967295,t=2,p=1$" + salt + "$" + sum,
		"$argon2id$v=19$m=64,t=4294967295,p=1$" + salt + "$" + sum,
		"$argon2id$v=19$m=64,t=2,p=1$c2FsdA$" + sum,
		"$argon2id$v=19$m=64,t=2,p=1$" + salt + "$CTFhFdXP",
		"$argon2id$v=19$m=64,t=2,p=1$" + salt + "$" + sum + "\n",
		"$argon2id$v=19$m=64,t=2,p=1$" + salt + "$!",
	} {
		if ok, _, err := h.Verify(t.Context(), phc, "password"); ok || !errors.Is(err, password.ErrFormat) {
			t.Errorf("%q: %v, %v", phc, ok, err)
		}
	}
}

func FuzzVerify(f *testing.F) {
	f.Add("$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc")
	h := password.NewCheapHasher()
	f.Fuzz(func(t *testing.T, phc string) {
		// NeedsRehash reads the hash without the cost that it may ask for.
		if h.NeedsRehash(phc) {
			return
		}
		if _, _, err := h.Verify(t.Context(), phc, "password"); err != nil {
			t.Error(err)
		}
	})
}

func TestGuard(t *testing.T) {
	refused := errors.New("inside a transaction")
	h := password.NewCheapHasher()
	phc, _ := h.Hash(t.Context(), good)
	h.Guard = func(context.Context) error { return refused }
	_, err1 := h.Hash(t.Context(), good)
	_, _, err2 := h.Verify(t.Context(), phc, good)
	err3 := h.VerifyNobody(t.Context(), good)
	for _, err := range []error{err1, err2, err3} {
		if !errors.Is(err, refused) {
			t.Errorf("got %v", err)
		}
	}
}

func TestVerifyNobody(t *testing.T) {
	h := password.NewCheapHasher()
	for _, pw := range []string{good, "", "\xff"} {
		if err := h.VerifyNobody(t.Context(), pw); err != nil {
			t.Errorf("%q: %v", pw, err)
		}
	}
}

func BenchmarkHash(b *testing.B) {
	h := password.NewHasher()
	for b.Loop() {
		if _, err := h.Hash(b.Context(), good); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkVerifyNobody(b *testing.B) {
	h := password.NewHasher()
	for b.Loop() {
		if err := h.VerifyNobody(b.Context(), good); err != nil {
			b.Fatal(err)
		}
	}
}
