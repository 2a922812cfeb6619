package store

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// keyName is the file of the key this copy signs dossiers with.
const keyName = "instance.key"

// Key signs what leaves this copy of the bot (Ed25519, RFC 8032). It is made at
// the first start and stays.
type Key struct{ private ed25519.PrivateKey }

// Sign signs a message.
func (k Key) Sign(message []byte) ([]byte, error) { return ed25519.Sign(k.private, message), nil }

// Public is what a stranger checks signatures with.
func (k Key) Public() ed25519.PublicKey { return k.private.Public().(ed25519.PublicKey) }

// Key gives the key of this copy.
func (s *Store) Key() Key { return s.key }

// openKey reads the key, or makes one where there is none.
func openKey(path string) (Key, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return makeKey(path)
	}
	if err != nil {
		return Key{}, fmt.Errorf("read the key for signing: %w", pathless(err))
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return Key{}, errors.New("instance.key is not a key; put back the one of a backup: what was signed so far can only be checked with it")
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	private, ok := key.(ed25519.PrivateKey)
	if err != nil || !ok {
		return Key{}, errors.New("instance.key is not an Ed25519 key; put back the one of a backup: what was signed so far can only be checked with it")
	}
	return Key{private}, nil
}

func makeKey(path string) (Key, error) {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return Key{}, fmt.Errorf("make a key for signing: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return Key{}, fmt.Errorf("make a key for signing: %w", err)
	}
	// Whole under its name or not there: half a key would stop every start.
	part := path + ".part"
	f, err := os.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return Key{}, fmt.Errorf("keep the key for signing: %w", pathless(err))
	}
	err = pem.Encode(f, &pem.Block{Type: "PRIVATE KEY", Bytes: der})
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(part, path)
	}
	if err != nil {
		return Key{}, fmt.Errorf("keep the key for signing: %w", pathless(err))
	}
	return Key{private}, nil
}
