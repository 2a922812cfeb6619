package bot

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gabriel-vasile/mimetype"
	telegram "github.com/go-telegram/bot"

	"recourse/flows"
)

const (
	fileLimit = 20 << 20 // bytes; Telegram gives a bot no larger file
	tries     = 10       // before a file counts as gone, over about three hours
)

// errEmpty: the file has no bytes at all, so there is nothing to keep.
var errEmpty = errors.New("the file is empty")

// fetch brings one file into the vault. No event = it did not work this time,
// and is to be tried again after wait.
func (b *Bot) fetch(ctx context.Context, job flows.Job, work flows.Fetch) (event flows.Event, wait time.Duration) {
	lost := func(why string) flows.Event { return flows.Lost{Case: work.Case, Exhibit: work.Exhibit, Why: why} }
	if work.File.Size > fileLimit {
		return lost("too_big"), 0
	}
	ctx, end := context.WithTimeout(ctx, fileTime)
	defer end()
	kept, err := b.download(ctx, job.Person, work)
	v := judge(err)
	var disk *storeError // our own trouble is no reason to give a file up
	switch {
	case err == nil:
		return kept, 0
	case errors.Is(err, ErrUnwanted):
		return nil, b.second // the job is gone with its person: putting it off does nothing
	case errors.Is(err, errEmpty):
		return lost("empty"), 0
	case errors.Is(err, ErrTooBig), strings.Contains(v.words, "file is too big"):
		return lost("too_big"), 0
	case v.what == flood:
		return nil, v.after
	case errors.As(err, &disk):
		b.set.Log.Error("file not kept", "job", job.ID, "error", disk.err)
		return nil, b.growing(job.Attempts + 1)
	case job.Attempts+1 >= tries:
		b.set.Log.Warn("file given up", "job", job.ID, "why", v.what)
		return lost("gone"), 0
	}
	b.set.Log.Info("file not fetched yet", "job", job.ID, "attempt", job.Attempts+1, "why", v.what)
	wait = 5 * b.second
	for range min(job.Attempts, 6) {
		wait *= 3
	}
	return nil, min(wait, time.Hour)
}

// download streams a file from Telegram into the vault. The library's way of
// making the address puts the token into errors; this one does not.
func (b *Bot) download(ctx context.Context, person int64, work flows.Fetch) (flows.Event, error) {
	f, err := b.api.GetFile(ctx, &telegram.GetFileParams{FileID: work.File.ID})
	if err != nil {
		return nil, fmt.Errorf("ask for a file: %w", b.scrub(err))
	}
	if f.FileSize > fileLimit {
		return nil, ErrTooBig
	}
	address, err := url.JoinPath(b.set.API, "file", "bot"+b.set.Token.Reveal(), f.FilePath)
	if err != nil {
		return nil, fmt.Errorf("address a file: %w", b.scrub(withoutURL(err)))
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, fmt.Errorf("address a file: %w", b.scrub(withoutURL(err)))
	}
	request.Header.Set("Accept-Encoding", "identity") // the bytes as they are
	response, err := b.client.Do(request)
	if err != nil {
		return nil, fmt.Errorf("download a file: %w", b.scrub(withoutURL(err)))
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("download a file: %w", &unavailable{response.StatusCode})
	}
	size := response.ContentLength
	if size < 0 {
		size = f.FileSize
	}
	from := &whole{from: response.Body, size: size}
	body := bufio.NewReader(from)
	if _, err := body.Peek(1); err == io.EOF {
		return nil, errEmpty
	}
	sum, n, head, err := b.set.Vault.Put(ctx, person, body, fileLimit)
	switch {
	case errors.Is(err, ErrTooBig), errors.Is(err, ErrUnwanted):
		return nil, err
	case from.err != nil:
		return nil, fmt.Errorf("download a file: %w", b.scrub(withoutURL(from.err)))
	case err != nil:
		return nil, &storeError{fmt.Errorf("keep a file: %w", err)}
	}
	return flows.Kept{
		Case: work.Case, Exhibit: work.Exhibit,
		SHA256: sum, Size: n, Type: mimetype.Detect(head).String(),
	}, nil
}

// whole reads what must have a known size: an end before it is an error, so
// that half a file is never kept as the file. Size 0 = not known.
type whole struct {
	from io.Reader
	size int64
	read int64
	err  error // why reading ended early
}

func (w *whole) Read(p []byte) (int, error) {
	n, err := w.from.Read(p)
	w.read += int64(n)
	if err == io.EOF && w.size > 0 && w.read != w.size {
		err = io.ErrUnexpectedEOF
	}
	if err != nil && err != io.EOF {
		w.err = err
	}
	return n, err
}
