package secret

import (
	"bufio"
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

const (
	keyBytes   = 32 // AES-256
	nonceBytes = 12
	maxKeyID   = 32
	maxKeyFile = 1 << 16

	// sealVersion is the first byte of every sealed value.
	sealVersion = 1
)

// ErrSealed is wrapped by the errors of [Keyring.Open] for a value that is damaged
// or belongs to another place. Which of the two cannot be told.
var ErrSealed = errors.New("sealed value cannot be opened")

// Keyring encrypts and decrypts with AES-256-GCM. It holds the current key and the
// older ones with which existing values were sealed. It is safe for concurrent use.
//
// Nonces are random, so one key should seal no more than 2^32 values. That is more
// than an installation has secrets; change the key long before.
type Keyring struct {
	current string
	keys    map[string]key
}

// key has one use for each of its parts: the raw bytes of the file are only ever
// the input of a derivation.
type key struct {
	root []byte
	aead cipher.AEAD
}

// Place is where a sealed value is stored. It is authenticated with the value, so
// that nobody with write access to the database can move a secret from one row or
// column to another. Row is the primary key.
type Place struct {
	Table, Row, Column string
}

// Current returns the id of the key that [Keyring.Seal] uses. Values whose
// [KeyID] differs should be sealed again before the older key is removed.
func (k *Keyring) Current() string { return k.current }

// String keeps keys out of logs.
func (k *Keyring) String() string { return "keyring " + k.current }

// GoString is [Keyring.String].
func (k *Keyring) GoString() string { return k.String() }

// Seal encrypts plaintext for place with the current key. The result is
//
//	version (1 byte) | length of key id (1) | key id | nonce (12) | ciphertext and tag
//
// Two calls never give the same result.
func (k *Keyring) Seal(place Place, plaintext []byte) []byte {
	sealed := make([]byte, 0, 2+len(k.current)+nonceBytes+len(plaintext)+16)
	sealed = append(sealed, sealVersion, byte(len(k.current)))
	sealed = append(sealed, k.current...)
	header := len(sealed)
	sealed = sealed[:header+nonceBytes]
	nonce := sealed[header:]
	_, _ = rand.Read(nonce) // never fails: the program ends instead
	return k.keys[k.current].aead.Seal(sealed, nonce, plaintext, associated(k.current, place))
}

// Open decrypts what [Keyring.Seal] made for the same place, with the key that it
// was sealed with. Without that key the error names its id; a value that is
// damaged or was made for another place gives [ErrSealed].
func (k *Keyring) Open(place Place, sealed []byte) ([]byte, error) {
	id, rest, err := split(sealed)
	if err != nil {
		return nil, err
	}
	key, ok := k.keys[id]
	if !ok {
		return nil, fmt.Errorf("the key file has no key %q, with which %s.%s was sealed", id, place.Table, place.Column)
	}
	plaintext, err := key.aead.Open(nil, rest[:nonceBytes], rest[nonceBytes:], associated(id, place))
	if err != nil {
		return nil, fmt.Errorf("%w: %s.%s, key %q", ErrSealed, place.Table, place.Column, id)
	}
	return plaintext, nil
}

// KeyID returns the id of the key that sealed was made with, or false if it is no
// sealed value.
func KeyID(sealed []byte) (id string, ok bool) {
	id, _, err := split(sealed)
	return id, err == nil
}

// Derive returns 32 bytes for purpose, made from the current key by HKDF-SHA-256.
// The same key and purpose always give the same bytes, and nothing can be learned
// from them about the key or about other purposes. They change with the current
// key: use them for what is short-lived, such as the MAC of a page cursor.
func (k *Keyring) Derive(purpose string) []byte {
	return derive(k.keys[k.current].root, "derive "+purpose)
}

func derive(root []byte, info string) []byte {
	out, err := hkdf.Key(sha256.New, root, nil, "roster "+info, keyBytes)
	if err != nil {
		panic(err) // only for a length beyond 255 hashes
	}
	return out
}

// split parts a sealed value into key id and nonce with ciphertext.
func split(sealed []byte) (id string, rest []byte, err error) {
	if len(sealed) < 2 || sealed[0] != sealVersion {
		return "", nil, fmt.Errorf("%w: not of a known version", ErrSealed)
	}
	n := int(sealed[1])
	if len(sealed) < 2+n+nonceBytes {
		return "", nil, fmt.Errorf("%w: too short", ErrSealed)
	}
	return string(sealed[2 : 2+n]), sealed[2+n:], nil
}

// associated returns the additional data. Every part carries its length, so that
// no two places have the same bytes.
func associated(id string, place Place) []byte {
	data := []byte{sealVersion}
	for _, part := range [...]string{id, place.Table, place.Row, place.Column} {
		data = binary.AppendUvarint(data, uint64(len(part)))
		data = append(data, part...)
	}
	return data
}

// LoadKeyring reads a key file: lines of `id:key`, the key being 32 bytes in
// standard base64, the current one first. Empty lines and those that begin with #
// are skipped. An id has at most 32 of the characters a-z, 0-9, - and _.
//
// A file that others than its owner can read or write is refused. The error wraps
// [os.ErrNotExist] if there is none; whether [CreateKeyring] may then make a new
// one is the caller's decision, since it must not happen beside a database that
// holds sealed values.
func LoadKeyring(path string) (*Keyring, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("key file: %w", err)
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	switch {
	case err != nil:
		return nil, fmt.Errorf("key file: %w", err)
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("key file %s is not a regular file", path)
	case info.Mode().Perm()&0o077 != 0:
		return nil, fmt.Errorf("key file %s has mode %04o, so that others can read it; run: chmod 600 %s", path, info.Mode().Perm(), path)
	case info.Size() > maxKeyFile:
		return nil, fmt.Errorf("key file %s is too large", path)
	}
	k, err := parseKeys(bufio.NewScanner(file))
	if err != nil {
		return nil, fmt.Errorf("key file %s: %w", path, err)
	}
	return k, nil
}

// parseKeys reads the lines of a key file. Its errors never repeat a line.
func parseKeys(lines *bufio.Scanner) (*Keyring, error) {
	k := &Keyring{keys: make(map[string]key)}
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || line[0] == '#' {
			continue
		}
		id, encoded, ok := strings.Cut(line, ":")
		if !ok || !validKeyID(id) {
			return nil, fmt.Errorf("line %d is not of the form id:key", n)
		}
		root, err := base64.StdEncoding.Strict().DecodeString(encoded)
		if err != nil || len(root) != keyBytes {
			return nil, fmt.Errorf("line %d: the key is not %d bytes in base64", n, keyBytes)
		}
		if _, twice := k.keys[id]; twice {
			return nil, fmt.Errorf("line %d: key id %q occurs twice", n, id)
		}
		k.keys[id] = newKey(root)
		if k.current == "" {
			k.current = id
		}
	}
	if err := lines.Err(); err != nil {
		return nil, err
	}
	if k.current == "" {
		return nil, errors.New("it holds no key")
	}
	return k, nil
}

func newKey(root []byte) key {
	block, err := aes.NewCipher(derive(root, "seal"))
	if err != nil {
		panic(err) // only for a wrong key length
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic(err) // only for a block size other than that of AES
	}
	return key{root: root, aead: aead}
}

func validKeyID(id string) bool {
	return id != "" && len(id) <= maxKeyID &&
		strings.Trim(id, "abcdefghijklmnopqrstuvwxyz0123456789-_") == ""
}

// CreateKeyring makes a key file with one random key, readable by its owner only,
// and returns its keyring. The file appears complete and is on disk before the
// function returns. An existing file is never touched: the error then wraps
// [os.ErrExist], also if another process was faster by an instant.
func CreateKeyring(path string) (*Keyring, error) {
	var id [4]byte
	root := make([]byte, keyBytes)
	_, _ = rand.Read(id[:])
	_, _ = rand.Read(root)
	line := hex.EncodeToString(id[:]) + ":" + base64.StdEncoding.EncodeToString(root)
	content := "# Keys of Roster, the current one first. Back this file up apart from the database:\n" +
		"# without it the secrets in the database cannot be read.\n" + line + "\n"
	if err := writeNew(path, []byte(content)); err != nil {
		return nil, fmt.Errorf("create key file: %w", err)
	}
	return parseKeys(bufio.NewScanner(bytes.NewReader([]byte(content))))
}

// writeNew creates path with content, or fails without leaving anything behind.
// It writes a temporary file beside it and links that to its name, because a link,
// unlike a rename, fails if the name is taken.
func writeNew(path string, content []byte) (err error) {
	dir := filepath.Dir(path)
	temp, err := os.CreateTemp(dir, ".roster-key-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name())
	_, err = temp.Write(content)
	if err == nil {
		err = temp.Sync()
	}
	if err = errors.Join(err, temp.Close()); err != nil {
		return err
	}
	if err := os.Link(temp.Name(), path); err != nil {
		return err
	}
	return syncDir(dir)
}

// syncDir makes a new name in dir durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
