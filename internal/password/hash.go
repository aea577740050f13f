package password

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"runtime"
	"strings"

	"golang.org/x/crypto/argon2"
)

var (
	// ErrBusy means that too many hashes are being computed and waited for. Nothing
	// is wrong with the password: answer 503 with Retry-After.
	ErrBusy = errors.New("too many passwords are being checked, try again in a moment")

	// ErrUnusable means that the text cannot be a password at all: too long, NUL, or
	// invalid UTF-8. [Policy.Check] tells people which.
	ErrUnusable = errors.New("text that cannot be a password")

	// ErrFormat means that a stored hash is not one of ours. It is a damaged record,
	// not a wrong password.
	ErrFormat = errors.New("stored password hash has an unknown format")
)

// RetryAfter is what an answer to [ErrBusy] should ask for, in seconds.
const RetryAfter = 2

// queuePerSlot bounds how many callers wait for each hash that is computed. At some
// 30 ms a hash, the last of them waits about a second; whoever comes then is better
// served by an honest refusal.
const queuePerSlot = 32

// params are the costs of argon2id.
type params struct {
	memory  uint32 // KiB
	time    uint32 // passes
	threads uint8
}

// The minimum that OWASP recommends for argon2id. A higher cost would buy an
// attacker's delay with fewer sign-ins per second and core.
var standard = params{memory: 19 * 1024, time: 2, threads: 1}

// What a stored hash may demand of us, so that a damaged record cannot take the
// machine's memory.
const (
	maxMemory  = 256 * 1024 // KiB
	maxTime    = 16
	maxThreads = 8
)

const (
	saltBytes = 16
	hashBytes = 32
)

// Hasher computes and verifies argon2id hashes, at most one per processor at a
// time and with a bounded number of callers waiting; see [ErrBusy]. Callers with
// [WithPriority] pass all others and have a queue of their own. It is safe for
// concurrent use, and there should be one in a process.
type Hasher struct {
	// Guard, if not nil, is asked before each computation and can refuse it. It is
	// for programs that must not hash in certain places, such as inside a database
	// transaction. Set it before the first use.
	Guard func(context.Context) error

	params params
	nobody hash // what VerifyNobody compares with

	// Each channel holds one token for every caller that is in it. All callers pass
	// slots, which is as wide as the machine. Ordinary ones first pass lane, which is
	// equally wide, so that no more of them ever wait for a slot than hold one: a
	// preferred caller is behind one hash at most, and no slot stays idle for that.
	ordinary  chan struct{} // ordinary callers, waiting or computing
	preferred chan struct{} // preferred callers, waiting or computing
	lane      chan struct{} // ordinary callers that wait for a slot or have one
	slots     chan struct{} // callers that compute
}

type priorityKey struct{}

// WithPriority marks work that goes before that of strangers: a sign-in from a
// device that the account knows. Thus a flood of guesses does not keep people out.
func WithPriority(ctx context.Context) context.Context {
	return context.WithValue(ctx, priorityKey{}, true)
}

// NewHasher returns a Hasher with the costs for real passwords: 19 MiB and two
// passes.
func NewHasher() *Hasher { return newHasher(standard) }

// NewCheapHasher returns a Hasher whose hashes cost next to nothing and protect
// nothing. It is for tests.
func NewCheapHasher() *Hasher { return newHasher(params{memory: 8, time: 1, threads: 1}) }

func newHasher(p params) *Hasher {
	width := runtime.NumCPU()
	callers := width * (1 + queuePerSlot)
	h := &Hasher{
		params: p,
		nobody: hash{params: p, salt: make([]byte, saltBytes), sum: make([]byte, hashBytes)},

		ordinary:  make(chan struct{}, callers),
		preferred: make(chan struct{}, callers),
		lane:      make(chan struct{}, width),
		slots:     make(chan struct{}, width),
	}
	_, _ = rand.Read(h.nobody.salt) // never fails: the program ends instead
	_, _ = rand.Read(h.nobody.sum)
	return h
}

// Hash returns pw as a PHC string, such as "$argon2id$v=19$m=19456,t=2,p=1$…$…".
// It does not ask whether pw is a good password. It fails with [ErrUnusable],
// [ErrBusy], the Guard's error, or that of ctx if it ends while waiting.
func (h *Hasher) Hash(ctx context.Context, pw string) (phc string, err error) {
	pw, code := normalize(pw)
	if code != "" {
		return "", ErrUnusable
	}
	stored := hash{params: h.params, salt: make([]byte, saltBytes)}
	_, _ = rand.Read(stored.salt) // never fails: the program ends instead
	stored.sum, err = h.compute(ctx, stored, pw)
	if err != nil {
		return "", err
	}
	return stored.String(), nil
}

// Verify reports whether pw is the password that phc was made from. If it is,
// rehash tells whether phc was made with other costs than today's, so that the
// caller should store a new hash. A text that cannot be a password is a wrong
// password, not an error. It fails with [ErrFormat], [ErrBusy], the Guard's error,
// or that of ctx if it ends while waiting.
func (h *Hasher) Verify(ctx context.Context, phc, pw string) (ok, rehash bool, err error) {
	stored, err := parse(phc)
	if err != nil {
		return false, false, err
	}
	ok, err = h.verify(ctx, stored, pw)
	return ok, ok && stored.params != h.params, err
}

// VerifyNobody does the work of [Hasher.Verify] for an account that does not exist
// or has no password, and finds it wrong, so that nobody can tell by the time. It
// fails as Verify does.
func (h *Hasher) VerifyNobody(ctx context.Context, pw string) error {
	_, err := h.verify(ctx, h.nobody, pw)
	return err
}

// NeedsRehash reports whether phc was made with other costs than those of h, or
// cannot be read.
func (h *Hasher) NeedsRehash(phc string) bool {
	stored, err := parse(phc)
	return err != nil || stored.params != h.params
}

func (h *Hasher) verify(ctx context.Context, stored hash, pw string) (bool, error) {
	pw, code := normalize(pw)
	if code != "" {
		return false, nil // equally fast for everybody
	}
	sum, err := h.compute(ctx, stored, pw)
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(sum, stored.sum) == 1, nil
}

// compute waits for its turn. A computation that has begun cannot be stopped.
func (h *Hasher) compute(ctx context.Context, like hash, normal string) ([]byte, error) {
	if h.Guard != nil {
		if err := h.Guard(ctx); err != nil {
			return nil, err
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	priority := ctx.Value(priorityKey{}) != nil
	queue := h.ordinary
	if priority {
		queue = h.preferred
	}
	select {
	case queue <- struct{}{}:
		defer leave(queue)
	default:
		return nil, ErrBusy
	}
	if !priority {
		if err := enter(ctx, h.lane); err != nil {
			return nil, err
		}
		defer leave(h.lane)
	}
	if err := enter(ctx, h.slots); err != nil {
		return nil, err
	}
	defer leave(h.slots)

	size := uint32(hashBytes)
	if like.sum != nil {
		size = uint32(len(like.sum))
	}
	return argon2.IDKey([]byte(normal), like.salt, like.time, like.memory, like.threads, size), nil
}

// enter waits until there is room in c.
func enter(ctx context.Context, c chan struct{}) error {
	select {
	case c <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func leave(c chan struct{}) { <-c }

// hash is a PHC string in its parts.
type hash struct {
	params
	salt, sum []byte
}

var phcBase64 = base64.RawStdEncoding.Strict()

func (h hash) String() string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version,
		h.memory, h.time, h.threads, phcBase64.EncodeToString(h.salt), phcBase64.EncodeToString(h.sum))
}

// parse reads exactly what [hash.String] writes. Other programs' variants of the
// format are refused rather than guessed.
func parse(phc string) (hash, error) {
	parts := strings.Split(phc, "$")
	if len(parts) != 6 {
		return hash{}, ErrFormat
	}
	var h hash
	var err1, err2, err3 error
	_, err1 = fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &h.memory, &h.time, &h.threads)
	h.salt, err2 = phcBase64.DecodeString(parts[4])
	h.sum, err3 = phcBase64.DecodeString(parts[5])
	if err1 != nil || err2 != nil || err3 != nil || h.String() != phc {
		return hash{}, ErrFormat
	}
	if h.time < 1 || h.time > maxTime || h.threads < 1 || h.threads > maxThreads ||
		h.memory < 8*uint32(h.threads) || h.memory > maxMemory ||
		len(h.salt) < 8 || len(h.salt) > 64 || len(h.sum) < 16 || len(h.sum) > 64 {
		return hash{}, ErrFormat
	}
	return h, nil
}
