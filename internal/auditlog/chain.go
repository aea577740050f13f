package auditlog

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/id"
	"roster/internal/text"
)

// digest is the SHA-256 over a purpose and parts. Each part comes with its
// length, so that no two lists of parts run into one.
func digest(purpose string, parts ...string) []byte {
	size := len(purpose) + len(parts)*binary.MaxVarintLen64
	for _, p := range parts {
		size += len(p)
	}
	all := make([]byte, 0, size)
	all = append(all, purpose...)
	for _, p := range parts {
		all = binary.AppendUvarint(all, uint64(len(p)))
		all = append(all, p...)
	}
	sum := sha256.Sum256(all)
	return sum[:]
}

// Purposes of digests. Another canonical form needs another number.
const (
	forChain = "roster audit chain 1\n"
	forAbout = "roster audit about 1\n"
	forActor = "roster audit actor 1\n"
	forLink  = "roster audit link 1\n"
)

// noChanges is the changes of an event that have been erased.
const noChanges = "[]"

// first is what the first event of an organization's chain is linked to.
func first(org id.Org) []byte { return digest(forChain, string(org)) }

func (r row) aboutDigest() []byte {
	return digest(forAbout, string(r.AboutSalt), r.SubjectName, r.Changes)
}

func (r row) actorDigest() []byte {
	return digest(forActor, string(r.ActorSalt), r.ActorName, r.Address, r.Agent)
}

// linkHash is the hash that ties the event to the one before it.
func (r row) linkHash(before []byte) []byte {
	return digest(forLink, string(before), strconv.FormatInt(r.Link, 10), string(r.ID), strconv.FormatInt(r.At.UnixMilli(), 10),
		r.Name, r.ActorKind, r.ActorID, r.SubjectKind, r.SubjectID, r.Request, string(r.AboutDigest), string(r.ActorDigest))
}

// saltSize is what keeps a digest from being guessed after the salt is gone.
const saltSize = 16

func salt() []byte {
	s := make([]byte, saltSize)
	_, _ = rand.Read(s) // never fails: the program ends instead
	return s
}

// digested fills in salts and digests. Those that are there already stay: their
// text may have been erased.
func (r row) digested() row {
	if len(r.AboutDigest) == 0 {
		r.AboutSalt = salt()
		r.AboutDigest = r.aboutDigest()
	}
	if len(r.ActorDigest) == 0 {
		r.ActorSalt = salt()
		r.ActorDigest = r.actorDigest()
	}
	return r
}

// anchor is where a chain ends.
type anchor struct {
	Link     int64     `db:"link"`
	Hash     []byte    `db:"hash"`
	Mark     []byte    `db:"mark"` // Link and Hash, sealed
	SealedAt time.Time `db:"sealed_at"`
}

// clear is what stands in the anchor's mark.
func (a anchor) clear() []byte {
	return append(binary.BigEndian.AppendUint64(nil, uint64(a.Link)), a.Hash...)
}

// String is the anchor as people keep it elsewhere: 128:9f86d081….
func (a anchor) String() string { return fmt.Sprintf("%d:%x", a.Link, a.Hash) }

// parseAnchor is the inverse of String.
func parseAnchor(s string) (anchor, error) {
	number, hash, _ := strings.Cut(strings.TrimSpace(s), ":")
	link, err := strconv.ParseInt(number, 10, 64)
	raw, err2 := hex.DecodeString(hash)
	if err != nil || err2 != nil || link < 0 || len(raw) != sha256.Size {
		return anchor{}, errs.Malformed("invalid_parameter", "anchor is the anchor of an earlier answer: a number, a colon and 64 digits.")
	}
	return anchor{Link: link, Hash: raw}, nil
}

// Why says in what way a chain is broken.
type Why string

// The ways.
const (
	Altered   Why = "altered"   // something in the event is not what was sealed
	Removed   Why = "removed"   // an event is missing
	Inserted  Why = "inserted"  // an event is there that was never sealed
	Reordered Why = "reordered" // another event belongs in this place
	Blanked   Why = "blanked"   // names were erased of somebody who has not been deleted
	Rewritten Why = "rewritten" // the chain is whole but not the one that was sealed
)

// Broken is the first event that does not fit.
type Broken struct {
	ID   id.Event `json:"id" doc:"Empty if the event is missing."`
	Link int64    `json:"link" doc:"Its number in the chain, from 1."`
	Why  Why      `json:"why" enum:"altered,removed,inserted,reordered,blanked,rewritten"`
}

// Report is what verifying found.
type Report struct {
	OK          bool      `json:"ok"`
	Checked     int64     `json:"checked" doc:"How many events fit the chain, from the first on."`
	SealedUntil time.Time `json:"sealed_until,omitzero" doc:"When the last of them happened."`
	Unsealed    int       `json:"unsealed" doc:"How many newer events are not in the chain yet. They are sealed within a second."`
	Anchor      string    `json:"anchor" doc:"Number and hash of the last event. Keep it elsewhere and ask with it later: the chain must still contain it."`
	FirstBroken *Broken   `json:"first_broken" doc:"The first event that does not fit; null if all do."`
}

// walker goes along a chain, event by event.
type walker struct {
	before  []byte
	link    int64 // of the event before
	at      time.Time
	id      id.Event
	deleted map[string]bool // ids of deleted users, whose events may be erased
	anchor  anchor          // where the chain ends
	known   anchor          // one that the caller has kept; zero without
}

// step takes the next event, in the order of their numbers; nil means that it fits.
func (w *walker) step(r row) *Broken {
	switch {
	case r.Link < w.link+1:
		return &Broken{r.ID, r.Link, Inserted}
	case r.Link > w.link+1:
		return &Broken{Link: w.link + 1, Why: Removed}
	}
	if why := w.parts(r); why != "" {
		return &Broken{r.ID, r.Link, why}
	}
	if !bytes.Equal(r.linkHash(w.before), r.Hash) {
		return &Broken{r.ID, r.Link, Altered}
	}
	if r.Link > w.anchor.Link {
		return &Broken{r.ID, r.Link, Inserted}
	}
	w.before, w.link, w.at, w.id = r.Hash, r.Link, r.At, r.ID
	if r.Link == w.known.Link && !bytes.Equal(r.Hash, w.known.Hash) {
		return &Broken{r.ID, r.Link, Rewritten}
	}
	return nil
}

// parts compares what names people with its digests, or makes sure that it has
// been erased for a reason.
func (w *walker) parts(r row) Why {
	if len(r.AboutSalt) > 0 {
		if !bytes.Equal(r.aboutDigest(), r.AboutDigest) || r.SubjectKey != text.SearchKey(r.SubjectName) {
			return Altered
		}
	} else if r.SubjectName+r.SubjectKey != "" || r.Changes != noChanges {
		return Altered
	} else if !w.deleted[r.SubjectID] {
		return Blanked
	}
	if len(r.ActorSalt) > 0 {
		if !bytes.Equal(r.actorDigest(), r.ActorDigest) || r.ActorKey != text.SearchKey(r.ActorName) {
			return Altered
		}
	} else if r.ActorName+r.ActorKey+r.Address+r.Agent != "" {
		return Altered
	} else if !w.deleted[r.actingUser()] {
		return Blanked
	}
	return ""
}

// actingUser is whose doing the event was: the actor, or the subject of what
// somebody did who had not proved yet who they are.
func (r row) actingUser() string {
	if r.ActorKind == string(authz.Nobody) {
		return r.SubjectID
	}
	return r.ActorID
}

// end compares the end of the chain with its anchor, which is genuine if
// nobody without the key has written it.
func (w *walker) end(genuine bool) *Broken {
	switch {
	case w.link < max(w.anchor.Link, w.known.Link):
		return &Broken{Link: w.link + 1, Why: Removed}
	case !genuine || !bytes.Equal(w.before, w.anchor.Hash):
		return &Broken{w.id, w.link, Rewritten}
	}
	return nil
}

// belongs reports whether r, wherever it stands now, was sealed into the place
// after the walker's event.
func (w *walker) belongs(r row) bool {
	r.Link = w.link + 1
	return bytes.Equal(r.linkHash(w.before), r.Hash)
}
