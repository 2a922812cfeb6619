package bot

import (
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
	downloads = 8        // at once
	fileLimit = 20 << 20 // bytes; Telegram gives a bot no larger file
	tries     = 10       // before a file counts as gone, over about three hours
)

// work does the jobs that wait, a few at once. It starts and waits for them
// itself.
func (b *Bot) work(ctx context.Context) {
	busy := map[int64]bool{}
	ended := make(chan int64, downloads)
	stumbles := 0
	for {
		for len(ended) > 0 { // never between reading the jobs and handing out
			delete(busy, <-ended)
		}
		pause := b.second
		if len(busy) < downloads && ctx.Err() == nil {
			// The busy ones may be given again; beyond them there is room.
			jobs, err := b.set.Jobs.Jobs(context.WithoutCancel(ctx), time.Now(), downloads+len(busy))
			if err != nil {
				stumbles++
				pause = b.growing(stumbles)
				b.set.Log.Error("jobs not read", "error", err)
			} else {
				stumbles = 0
			}
			for _, job := range jobs {
				if busy[job.ID] || len(busy) == downloads {
					continue
				}
				busy[job.ID] = true
				go func() {
					b.do(ctx, job)
					ended <- job.ID
				}()
			}
		}
		if ctx.Err() != nil {
			for len(busy) > 0 {
				delete(busy, <-ended)
			}
			return
		}
		select {
		case id := <-ended:
			delete(busy, id)
		case <-b.toWork:
		case <-time.After(pause):
		case <-ctx.Done():
		}
	}
}

// workOnce does all jobs that are due, one after another; later are the times
// to which jobs were put off.
func (b *Bot) workOnce(ctx context.Context) (n int, later []time.Time, err error) {
	for ctx.Err() == nil {
		jobs, err := b.set.Jobs.Jobs(context.WithoutCancel(ctx), time.Now(), downloads)
		if err != nil {
			return n, later, fmt.Errorf("read the jobs: %w", err)
		}
		if len(jobs) == 0 {
			return n, later, nil
		}
		for _, job := range jobs {
			if again := b.do(ctx, job); !again.IsZero() {
				later = append(later, again)
			}
			n++
		}
	}
	return n, later, ctx.Err()
}

// do does one job and brings its result home; again is when it is to be tried
// again, zero = it is done.
func (b *Bot) do(ctx context.Context, job flows.Job) (again time.Time) {
	event, wait := b.fetch(ctx, job)
	if event == nil && ctx.Err() != nil {
		return again // it waits for the next start
	}
	if event != nil {
		err := b.turns(ctx, flows.Input{
			ID: fmt.Sprintf("job:%d", job.ID), Person: job.Person, At: b.set.Now(), Job: job.ID, Event: event,
		})
		if err == nil {
			return again
		}
		b.set.Log.Error("result of a job not kept", "job", job.ID, "error", err)
		wait = b.growing(job.Attempts + 1)
	}
	again = time.Now().Add(wait)
	for failures := 1; ; failures++ {
		err := b.set.Jobs.Retry(context.WithoutCancel(ctx), job.ID, again)
		if err == nil {
			return again
		}
		b.set.Log.Error("job not put off", "job", job.ID, "error", err)
		if !b.pause(ctx, b.growing(failures)) {
			return again
		}
	}
}

// fetch brings one file into the vault. No event = it did not work this time,
// and is to be tried again after wait.
func (b *Bot) fetch(ctx context.Context, job flows.Job) (event flows.Event, wait time.Duration) {
	defer func() {
		if recover() != nil {
			b.set.Log.Error("ALARM: a job could not be done", "job", job.ID)
			event, wait = b.lost(job, "gone"), 0
		}
	}()
	if job.Fetch.File.Size > fileLimit {
		return b.lost(job, "too_big"), 0
	}
	ctx, end := context.WithTimeout(ctx, fileTime)
	defer end()
	kept, err := b.download(ctx, job)
	v := judge(err)
	var disk *storeError // our own trouble is no reason to give a file up
	switch {
	case err == nil:
		return kept, 0
	case errors.Is(err, ErrUnwanted):
		return nil, b.second // the job is gone with its person: putting it off does nothing
	case errors.Is(err, ErrTooBig), strings.Contains(v.words, "file is too big"):
		return b.lost(job, "too_big"), 0
	case v.what == flood:
		return nil, v.after
	case errors.As(err, &disk):
		b.set.Log.Error("file not kept", "job", job.ID, "error", disk.err)
		return nil, b.growing(job.Attempts + 1)
	case job.Attempts+1 >= tries:
		b.set.Log.Warn("file given up", "job", job.ID, "why", v.what)
		return b.lost(job, "gone"), 0
	}
	b.set.Log.Info("file not fetched yet", "job", job.ID, "attempt", job.Attempts+1, "why", v.what)
	wait = 5 * b.second
	for range min(job.Attempts, 6) {
		wait *= 3
	}
	return nil, min(wait, time.Hour)
}

func (b *Bot) lost(job flows.Job, why string) flows.Event {
	return flows.Lost{Case: job.Fetch.Case, Exhibit: job.Fetch.Exhibit, Why: why}
}

// download streams a file from Telegram into the vault. The library's way of
// making the address puts the token into errors; this one does not.
func (b *Bot) download(ctx context.Context, job flows.Job) (flows.Event, error) {
	f, err := b.api.GetFile(ctx, &telegram.GetFileParams{FileID: job.Fetch.File.ID})
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
	sum, n, head, err := b.set.Vault.Put(ctx, job.Person, from, fileLimit)
	switch {
	case errors.Is(err, ErrTooBig), errors.Is(err, ErrUnwanted):
		return nil, err
	case from.err != nil:
		return nil, fmt.Errorf("download a file: %w", b.scrub(withoutURL(from.err)))
	case err != nil:
		return nil, &storeError{fmt.Errorf("keep a file: %w", err)}
	}
	return flows.Kept{
		Case: job.Fetch.Case, Exhibit: job.Fetch.Exhibit,
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
