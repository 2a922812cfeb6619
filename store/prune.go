package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// How long things are kept that nobody asks for later.
const (
	keepSeen      = 48 * time.Hour       // Telegram sends an update again for a day at most
	keepMessages  = 48 * time.Hour       // later Telegram does not let a bot remove them
	keepErasures  = 48 * time.Hour       // longer than any download
	keepCopies    = 48 * time.Hour       // copies made before a migration
	keepAside     = 30 * 24 * time.Hour  // for whoever mends the fault
	keepKeyboards = 365 * 24 * time.Hour // after that a button is one the bot has forgotten
)

// Prune lets go of what is too old at now, and finishes what erasures could not.
// Call it every hour or so.
func (s *Store) Prune(ctx context.Context, now time.Time) error {
	people, err := s.erasures(ctx)
	if err != nil {
		return err
	}
	for _, person := range people {
		if err := s.tidy(ctx, person, false); err != nil {
			return err
		}
	}
	if err := s.dropCopies(now.Add(-keepCopies)); err != nil {
		return err
	}
	err = s.transact(ctx, func(ctx context.Context, tx *sql.Tx) error {
		for _, old := range []struct {
			statement string
			keep      time.Duration
		}{
			{`DELETE FROM seen WHERE at < $1`, keepSeen},
			{`DELETE FROM messages WHERE at < $1`, keepMessages},
			{`DELETE FROM erasures WHERE at < $1`, keepErasures},
			{`DELETE FROM aside WHERE at < $1`, keepAside},
			{`DELETE FROM keyboards WHERE at < $1`, keepKeyboards},
		} {
			if _, err := tx.ExecContext(ctx, old.statement, micros(now.Add(-old.keep))); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("let go of what is old: %w", err)
	}
	if len(people) == 0 {
		return nil
	}
	busy, err := s.foldLog(ctx)
	if busy {
		s.Log.Warn("log not folded, somebody reads") // the next Prune tries again
	}
	return err
}
