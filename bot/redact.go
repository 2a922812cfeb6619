package bot

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/gabriel-vasile/mimetype"

	"recourse/flows"
)

// redact makes a covered copy of an exhibit: vault, cover, vault. The original
// is only read. One at a time, for a picture in memory is large; the others
// wait without holding a place among the jobs.
func (b *Bot) redact(ctx context.Context, job flows.Job, work flows.Redact) (event flows.Event, wait time.Duration) {
	lost := flows.Lost{Case: work.Case, Exhibit: work.Exhibit, Why: "refused"}
	select {
	case b.covering <- struct{}{}:
		defer func() { <-b.covering }()
	default:
		return nil, b.second
	}
	original, err := b.set.Vault.Open(ctx, job.Person, work.SHA256)
	if err != nil {
		b.set.Log.Error("picture to be covered is not in the vault", "job", job.ID, "error", err)
		lost.Why = "gone"
		return lost, 0
	}
	defer original.Close()

	from, to := io.Pipe()
	made := make(chan error, 1)
	go func() {
		err := errCover // what a panic leaves
		defer func() {
			if recover() != nil {
				b.set.Log.Error("ALARM: covering a picture failed", "job", job.ID)
			}
			to.CloseWithError(err) // nil: the end of the copy
			made <- err
		}()
		err = b.cover(original, work.Cover, to)
	}()
	sum, size, head, err := b.set.Vault.Put(ctx, job.Person, from, fileLimit)
	from.CloseWithError(errCover) // whatever is still written has nobody to read it
	trouble := <-made
	switch {
	case err == nil:
		return flows.Kept{
			Case: work.Case, Exhibit: work.Exhibit,
			SHA256: sum, Size: size, Type: mimetype.Detect(head).String(),
		}, 0
	case ctx.Err() != nil:
		return nil, b.second
	case errors.Is(err, ErrUnwanted):
		return nil, b.second
	case errors.Is(err, ErrTooBig):
		return lost, 0
	case trouble != nil && !errors.Is(trouble, errCover) || errors.Is(err, errCover):
		b.set.Log.Info("picture not covered", "job", job.ID)
		return lost, 0
	}
	b.set.Log.Error("covered picture not kept", "job", job.ID, "error", err)
	return nil, b.growing(job.Attempts + 1)
}

// errCover is why a copy ended early.
var errCover = errors.New("the copy was not finished")
