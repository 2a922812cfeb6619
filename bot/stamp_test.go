package bot

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/digitorus/timestamp"

	"recourse/flows"
)

// authority is a time-stamping authority for tests; spoil changes what it says.
func authority(t *testing.T, spoil func(*timestamp.Timestamp)) *httptest.Server {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	usage, err := asn1.Marshal([]asn1.ObjectIdentifier{{1, 3, 6, 1, 5, 5, 7, 3, 8}}) // time stamping
	if err != nil {
		t.Fatal(err)
	}
	plate := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "a test's authority"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageDigitalSignature,
		ExtraExtensions: []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 37}, Critical: true, Value: usage}},
	}
	der, err := x509.CreateCertificate(rand.Reader, plate, plate, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		q, err := timestamp.ParseRequest(body)
		if err != nil || r.Header.Get("Content-Type") != "application/timestamp-query" {
			http.Error(w, "not a question", http.StatusBadRequest)
			return
		}
		st := &timestamp.Timestamp{
			HashAlgorithm: q.HashAlgorithm, HashedMessage: q.HashedMessage, Nonce: q.Nonce, Time: time.Now(),
			Policy: asn1.ObjectIdentifier{1, 2, 3}, AddTSACertificate: q.Certificates,
		}
		if spoil != nil {
			spoil(st)
		}
		answer, err := st.CreateResponseWithOpts(certificate, key, crypto.SHA256)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		_, _ = w.Write(answer)
	}))
	t.Cleanup(s.Close)
	return s
}

// heads is the store of the test: one end, and what was kept of it.
type heads struct{ kept []flows.Stamp }

func (h *heads) Unstamped(context.Context, int) ([]flows.Head, error) {
	return []flows.Head{{Person: 7, Case: 1, Seq: 3, Hash: strings.Repeat("ab", 32)}}, nil
}

func (h *heads) Stamped(_ context.Context, head flows.Head, st flows.Stamp) error {
	h.kept = append(h.kept, st)
	return nil
}

func TestOnlyAGoodStampIsKept(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*timestamp.Timestamp)
		ok    bool
	}{
		"good":                 {nil, true},
		"about something else": {func(s *timestamp.Timestamp) { s.HashedMessage = make([]byte, 32) }, false},
		"another question's":   {func(s *timestamp.Timestamp) { s.Nonce = big.NewInt(7) }, false},
		"without a nonce":      {func(s *timestamp.Timestamp) { s.Nonce = nil }, false},
		"without its signer":   {func(s *timestamp.Timestamp) { s.AddTSACertificate = false }, false},
	} {
		t.Run(name, func(t *testing.T) {
			h := &heads{}
			b := newBot(t, "http://127.0.0.1:1", newShelf(), quiet, &logbook{})
			b.set.Authority, b.set.Stamps = authority(t, c.spoil).URL, h
			err := b.stampOnce(t.Context())
			if (err == nil) != c.ok || (len(h.kept) == 1) != c.ok {
				t.Fatalf("kept %d, %v", len(h.kept), err)
			}
			if c.ok && (h.kept[0].Hash != strings.Repeat("ab", 32) || h.kept[0].Seq != 3 || time.Since(h.kept[0].At) > time.Hour) {
				t.Errorf("kept %+v", h.kept[0])
			}
		})
	}
	t.Run("no authority there", func(t *testing.T) {
		h := &heads{}
		b := newBot(t, "http://127.0.0.1:1", newShelf(), quiet, &logbook{})
		b.set.Authority, b.set.Stamps = "http://127.0.0.1:1", h
		if err := b.stampOnce(t.Context()); err == nil || len(h.kept) != 0 {
			t.Errorf("kept %d, %v", len(h.kept), err)
		}
	})
}
