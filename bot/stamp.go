package bot

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"time"

	"github.com/digitorus/timestamp"

	"recourse/flows"
)

// Stamps keeps time stamps of the ends of logs.
type Stamps interface {
	// Unstamped gives ends that no stamp attests yet.
	Unstamped(ctx context.Context, limit int) ([]flows.Head, error)
	// Stamped keeps a stamp that was found good.
	Stamped(ctx context.Context, head flows.Head, stamp flows.Stamp) error
}

const (
	stampEvery = 10 * time.Minute // cases that changed since are stamped together
	stampTime  = 15 * time.Second // an authority may take
	stampLimit = 64 << 10         // bytes of an answer; real ones have 3 to 8 thousand
	stampCrowd = 100              // ends a round, so that an authority is not flooded
)

// stamp has an outside authority attest when the logs ended as they do (RFC
// 3161). It sees a hash and nothing else. What could not be attested stays
// pending and is tried again.
func (b *Bot) stamp(ctx context.Context) {
	if b.set.Authority == "" {
		return
	}
	for b.pause(ctx, stampEvery) {
		if err := b.stampOnce(ctx); err != nil && ctx.Err() == nil {
			b.set.Log.Warn("logs not stamped, trying again later", "error", err)
		}
	}
}

// stampOnce stamps what is unstamped, and gives up at the first trouble.
func (b *Bot) stampOnce(ctx context.Context) error {
	heads, err := b.set.Stamps.Unstamped(context.WithoutCancel(ctx), stampCrowd)
	if err != nil {
		return err
	}
	for _, head := range heads {
		st, err := b.attest(ctx, head)
		if err == nil {
			err = b.set.Stamps.Stamped(context.WithoutCancel(ctx), head, st)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// attest asks the authority for a stamp of one end and checks the answer: that
// it is signed, and about this hash, and an answer to this question.
func (b *Bot) attest(ctx context.Context, head flows.Head) (flows.Stamp, error) {
	hash, err := hex.DecodeString(head.Hash)
	if err != nil {
		return flows.Stamp{}, fmt.Errorf("ask for a time stamp: %w", err)
	}
	nonce, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 64))
	if err != nil {
		return flows.Stamp{}, fmt.Errorf("ask for a time stamp: %w", err)
	}
	question, err := (&timestamp.Request{HashAlgorithm: crypto.SHA256, HashedMessage: hash, Certificates: true, Nonce: nonce}).Marshal()
	if err != nil {
		return flows.Stamp{}, fmt.Errorf("ask for a time stamp: %w", err)
	}
	ctx, end := context.WithTimeout(ctx, stampTime)
	defer end()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, b.set.Authority, bytes.NewReader(question))
	if err != nil {
		return flows.Stamp{}, fmt.Errorf("ask for a time stamp: %w", withoutURL(err))
	}
	request.Header.Set("Content-Type", "application/timestamp-query")
	response, err := b.client.Do(request)
	if err != nil {
		return flows.Stamp{}, fmt.Errorf("ask for a time stamp: %w", withoutURL(err))
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(response.Body, stampLimit))
	if err != nil {
		return flows.Stamp{}, fmt.Errorf("read a time stamp: %w", err)
	}
	if response.StatusCode != http.StatusOK {
		return flows.Stamp{}, fmt.Errorf("read a time stamp: answered %d", response.StatusCode)
	}
	return readStamp(answer, head, hash, nonce, b.set.Authority)
}

func readStamp(answer []byte, head flows.Head, hash []byte, nonce *big.Int, authority string) (flows.Stamp, error) {
	st, err := timestamp.ParseResponse(answer)
	switch {
	case err != nil:
		return flows.Stamp{}, fmt.Errorf("read a time stamp: %w", err)
	case len(st.Certificates) == 0: // then the library has checked no signature
		return flows.Stamp{}, errors.New("read a time stamp: it names no signer")
	case st.HashAlgorithm != crypto.SHA256 || !bytes.Equal(st.HashedMessage, hash):
		return flows.Stamp{}, errors.New("read a time stamp: it is about something else")
	case st.Nonce == nil || st.Nonce.Cmp(nonce) != 0:
		return flows.Stamp{}, errors.New("read a time stamp: it answers another question")
	}
	return flows.Stamp{Seq: head.Seq, Hash: head.Hash, Token: st.RawToken, Authority: authority, At: st.Time.UTC()}, nil
}
