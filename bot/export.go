package bot

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"time"

	telegram "github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"recourse/flows"
	"recourse/flows/dossier"
)

// Records gives what a dossier is made of: a person, the log of one of their
// cases and its time stamps, as they stood at one moment. No person = erased.
type Records interface {
	Record(ctx context.Context, person int64, number int) (*flows.Person, [][]byte, []flows.Stamp, error)
}

const (
	exports     = 2               // dossiers made at once: each takes a processor and memory for pictures
	exportTime  = 5 * time.Minute // one may take
	exportTries = 3
	exportLimit = 50 << 20 // bytes of one file; Telegram takes no larger one from a bot
)

// export makes the dossier of a case and keeps its files in the vault, from
// where the outbox sends them.
func (b *Bot) export(ctx context.Context, job flows.Job, work flows.Export) (event flows.Event, wait time.Duration) {
	select {
	case b.exporting <- struct{}{}:
		defer func() { <-b.exporting }()
	default:
		return nil, 2 * b.second // other jobs must not stand behind it
	}
	ctx, end := context.WithTimeout(ctx, exportTime)
	defer end()
	defer b.uploading(ctx, job.Person)()
	files, err := b.makeDossier(ctx, job.Person, work)
	var disk *storeError
	switch {
	case err == nil:
		return flows.Exported{Case: work.Case, Pack: work.Pack, Files: files}, 0
	case errors.Is(err, ErrUnwanted):
		return nil, b.second // the job is gone with its person
	case job.Attempts+1 < exportTries || errors.As(err, &disk):
		b.set.Log.Warn("dossier not made yet", "job", job.ID, "attempt", job.Attempts+1, "error", err)
		return nil, b.growing(job.Attempts + 1)
	}
	b.set.Log.Error("dossier not made", "job", job.ID, "error", err)
	return given(work), 0
}

// makeDossier writes the files, each straight into the vault.
func (b *Bot) makeDossier(ctx context.Context, person int64, work flows.Export) ([]flows.Document, error) {
	if b.set.Authority != "" {
		b.stampFor(ctx, person, work.Case)
	}
	p, log, stamps, err := b.set.Records.Record(ctx, person, work.Case)
	if err != nil {
		return nil, &storeError{err}
	}
	if p == nil {
		return nil, ErrUnwanted
	}
	d, err := b.set.Dossier(p, work, log, stamps)
	if err != nil {
		return nil, err
	}
	var files []flows.Document
	open := func(sha256 string) (io.ReadCloser, error) { return b.set.Vault.Open(ctx, person, sha256) }
	create := func(name string) (io.WriteCloser, error) {
		return b.keep(ctx, person, func(sha256 string, size int64) {
			files = append(files, flows.Document{Name: name, Type: fileTypes[path.Ext(name)], SHA256: sha256})
		}), nil
	}
	if _, err := dossier.Write(ctx, d, open, b.set.Key, create, nil); err != nil {
		return nil, fmt.Errorf("write a dossier: %w", err)
	}
	return files, nil
}

var fileTypes = map[string]string{".pdf": "application/pdf", ".zip": "application/zip"}

// stampFor has the end of the case's log stamped before it is handed out, if
// the authority answers soon; else it stays pending.
func (b *Bot) stampFor(ctx context.Context, person int64, number int) {
	heads, err := b.set.Stamps.Unstamped(ctx, stampCrowd)
	for _, head := range heads {
		if head.Person != person || head.Case != number {
			continue
		}
		var st flows.Stamp
		if st, err = b.attest(ctx, head); err == nil {
			err = b.set.Stamps.Stamped(ctx, head, st)
		}
	}
	if err != nil {
		b.set.Log.Warn("log not stamped before an export", "error", err)
	}
}

// keep gives a writer whose bytes go into the vault; kept hears of them when it
// is closed and they are safe.
func (b *Bot) keep(ctx context.Context, person int64, kept func(sha256 string, size int64)) io.WriteCloser {
	r, w := io.Pipe()
	k := &keeping{PipeWriter: w, done: make(chan error, 1)}
	go func() {
		sum, size, _, err := b.set.Vault.Put(ctx, person, r, exportLimit)
		r.CloseWithError(errors.Join(err, io.ErrClosedPipe))
		if err == nil {
			kept(sum, size)
		} else if !errors.Is(err, ErrUnwanted) {
			err = &storeError{err}
		}
		k.done <- err
	}()
	return k
}

type keeping struct {
	*io.PipeWriter
	done chan error
}

// Close waits until the bytes are safe.
func (k *keeping) Close() error {
	k.PipeWriter.Close()
	return <-k.done
}

// uploading lets Telegram say that a file is being made, until it is stopped.
func (b *Bot) uploading(ctx context.Context, person int64) (stop func()) {
	ctx, end := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			call, over := context.WithTimeout(ctx, callTime)
			// It is only a sign of life: whether it arrives changes nothing.
			_, _ = b.api.SendChatAction(call, &telegram.SendChatActionParams{ChatID: person, Action: models.ChatActionUploadDocument})
			over()
			if !b.pause(ctx, 4*b.second) { // Telegram shows it for five
				return
			}
		}
	}()
	return func() {
		end()
		<-done
	}
}
