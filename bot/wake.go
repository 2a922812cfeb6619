package bot

import (
	"context"
	"fmt"
	"time"
)

// wake brings those whose time has come back into the conversation. It looks
// each second, and after each turn, because a turn may set a time.
func (b *Bot) wake(ctx context.Context) {
	for failures := 0; ; {
		pause := b.second
		nudge := b.toWake
		n, err := b.wakeOnce(ctx)
		switch {
		case err != nil:
			failures++
			pause, nudge = b.growing(failures), nil
			b.set.Log.Error("nobody woken", "error", err)
		case n > 0: // its own turns nudged it: a time that never passes must not make it spin
			nudge = nil
			fallthrough
		default:
			failures = 0
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		case <-nudge:
		}
	}
}

// wakeOnce takes in all who are due now; n counts them.
func (b *Bot) wakeOnce(ctx context.Context) (n int, err error) {
	const crowd = 100
	first := ""
	for now := b.set.Now(); ctx.Err() == nil; {
		due, err := b.set.Alarm.Due(context.WithoutCancel(ctx), now, crowd)
		if err != nil {
			return n, fmt.Errorf("ask who is due: %w", err)
		}
		if len(due) > 0 {
			if err := b.turns(ctx, due...); err != nil {
				return n, err
			}
		}
		if n += len(due); len(due) < crowd || due[0].ID == first {
			break
		}
		first = due[0].ID
	}
	return n, nil
}
