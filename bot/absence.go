package bot

import (
	"context"
	"fmt"
	"time"

	"recourse/flows"
)

// Absence remembers when Telegram was listened to, so that a long silence of
// the bot's own can be told.
type Absence interface {
	Listened(ctx context.Context, at time.Time) error
	LastListened(ctx context.Context) (time.Time, error) // zero = never
	People(ctx context.Context) ([]int64, error)
}

// telegramKeeps is how long Telegram keeps a message nobody asked for. Taps go
// after two and a half minutes already; a tap that is lost is tapped again.
const telegramKeeps = 24 * time.Hour

// missed tells everybody once, after a silence longer than Telegram keeps
// messages, that some may be lost: nobody else would.
func (b *Bot) missed(ctx context.Context) error {
	if b.set.Absence == nil || time.Since(b.noted) < time.Minute {
		return nil
	}
	last, err := b.set.Absence.LastListened(ctx)
	if err != nil {
		return err
	}
	if !last.IsZero() && time.Since(last) > telegramKeeps {
		people, err := b.set.Absence.People(ctx)
		if err != nil {
			return err
		}
		for _, id := range people {
			err := b.turns(ctx, flows.Input{ID: fmt.Sprintf("away:%d:%d", id, last.UnixMicro()), Person: id, At: b.set.Now(), Event: flows.Away{}})
			if err != nil {
				return err
			}
		}
	}
	b.noted = time.Now()
	return b.set.Absence.Listened(ctx, b.noted)
}
