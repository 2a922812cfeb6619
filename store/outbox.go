package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"recourse/flows"
)

// perChat is how many rows of one chat are handed out at once, so that one who
// floods does not stand before everybody else.
const perChat = 20

// Waiting gives at most limit rows that may go to Telegram at now, in the order
// of their ids. Of each chat it gives an unbroken beginning: nothing behind a
// row that is not yet due, and nothing behind a change of a message that is
// itself still to be sent, because its number is not known yet.
func (s *Store) Waiting(ctx context.Context, now time.Time, limit int) ([]flows.Outgoing, error) {
	rows, err := s.read.QueryContext(ctx, `
		SELECT o.id, o.person, o.at, o.kind, o.body, o.key, o.keyboard,
			CASE WHEN o.key = '' THEN 0 ELSE coalesce((
				SELECT max(m.message) FROM messages m WHERE m.person = o.person AND m.key = o.key), 0) END
		FROM outbox o
		WHERE o.id < coalesce((
				SELECT min(l.id) FROM outbox l
				WHERE l.person = o.person AND l.not_before > 0 AND l.not_before > $1), 9223372036854775807)
			AND o.id <= (
				SELECT max(f.id) FROM (SELECT id FROM outbox WHERE person = o.person ORDER BY id LIMIT $2) f)
		ORDER BY o.id LIMIT $3`,
		micros(now), perChat, limit)
	if err != nil {
		return nil, fmt.Errorf("look into the outbox: %w", err)
	}
	defer rows.Close()
	type keyed struct {
		person int64
		key    string
	}
	var all []flows.Outgoing
	var broken []int64
	ahead, stopped := map[keyed]bool{}, map[int64]bool{}
	for rows.Next() {
		var o flows.Outgoing
		var at int64
		var kind, body, key, keyboard string
		if err := rows.Scan(&o.ID, &o.Person, &at, &kind, &body, &key, &keyboard, &o.Edit); err != nil {
			return nil, fmt.Errorf("look into the outbox: %w", err)
		}
		if k := (keyed{o.Person, key}); key != "" {
			stopped[o.Person] = stopped[o.Person] || ahead[k]
			ahead[k] = true
		}
		if stopped[o.Person] {
			continue
		}
		o.At = time.UnixMicro(at).UTC()
		if o.Effect, err = flows.UnpackEffect(kind, []byte(body)); err != nil {
			broken = append(broken, o.ID)
			continue
		}
		if say, ok := o.Effect.(flows.Say); ok {
			o.Data = places(keyboard, say.Rows)
		}
		all = append(all, o)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("look into the outbox: %w", err)
	}
	for _, id := range broken { // one that nobody can read must not stop the others
		s.Log.Error("outbox row can't be read", "row", id)
		if err := s.Drop(ctx, id, "unreadable"); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// Receipt says that a row of the outbox reached Telegram.
type Receipt struct {
	ID      int64     // the row
	Message int       // Telegram's number of the message; 0 = there is none
	At      time.Time // when; zero = now
}

// Sent takes a row out of the outbox. Of a message its number and time stay for
// two days; its words don't.
func (s *Store) Sent(ctx context.Context, id int64, message int) error {
	return s.SentAll(ctx, []Receipt{{ID: id, Message: message}})
}

// SentAll takes rows out of the outbox in one transaction. A row that is gone
// was erased meanwhile and is passed over.
func (s *Store) SentAll(ctx context.Context, receipts []Receipt) error {
	if len(receipts) == 0 {
		return nil
	}
	var shown []int64 // people whom a file of the vault was sent
	err := s.transact(ctx, func(ctx context.Context, tx *sql.Tx) error {
		for _, r := range receipts {
			if r.At.IsZero() {
				r.At = s.Now()
			}
			var person int64
			var kind, body, key string
			err := tx.QueryRowContext(ctx, `DELETE FROM outbox WHERE id = $1 RETURNING person, kind, body, key`, r.ID).Scan(&person, &kind, &body, &key)
			if errors.Is(err, sql.ErrNoRows) {
				continue
			}
			if err != nil {
				return err
			}
			if fileOf(kind, body) != "" {
				shown = append(shown, person)
			}
			if kind == "hide" { // what was taken away can't be changed any more
				if _, err := tx.ExecContext(ctx, `DELETE FROM messages WHERE person = $1`, person); err != nil {
					return err
				}
			}
			if r.Message == 0 {
				continue
			}
			// A changed message keeps the time it was first sent: Telegram
			// counts the 48 hours from there.
			_, err = tx.ExecContext(ctx, `
				INSERT INTO messages (person, message, key, at) VALUES ($1, $2, $3, $4)
				ON CONFLICT (person, message) DO UPDATE SET key = excluded.key`,
				person, r.Message, key, micros(r.At))
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("mark %d rows as sent: %w", len(receipts), err)
	}
	s.tidyAfter(ctx, shown)
	return nil
}

// tidyAfter removes what was kept only to be sent. What can't be removed now
// goes when the next file of the person's does.
func (s *Store) tidyAfter(ctx context.Context, people []int64) {
	for _, person := range people {
		if err := s.tidy(context.WithoutCancel(ctx), person, false); err != nil {
			s.Log.Error("file not removed after it was sent", "person", person, "error", err)
		}
	}
}

// fileOf is the hash of the vault's file a row of the outbox sends, "" for none.
func fileOf(kind, body string) string {
	if kind != "say" || !strings.Contains(body, `"sha256"`) {
		return ""
	}
	e, err := flows.UnpackEffect(kind, []byte(body))
	if say, ok := e.(flows.Say); ok && err == nil && say.Document != nil {
		return say.Document.SHA256
	}
	return ""
}

// Later keeps a row, and with it everything behind it in its chat, until at.
func (s *Store) Later(ctx context.Context, id int64, at time.Time) error {
	err := s.transact(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE outbox SET not_before = $1, attempts = attempts + 1 WHERE id = $2`, micros(at), id)
		return err
	})
	if err != nil {
		return fmt.Errorf("put off row %d: %w", id, err)
	}
	return nil
}

// Drop gives up on a row. Why is a code, no words; it is kept without what was
// to be said.
func (s *Store) Drop(ctx context.Context, id int64, why string) error {
	var shown []int64
	err := s.transact(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO aside (input, person, kind, class, at)
			SELECT 'outbox:' || id, person, kind, $1, $2 FROM outbox WHERE id = $3`,
			why, micros(s.Now()), id)
		if err != nil {
			return err
		}
		var person int64
		var kind, body string
		err = tx.QueryRowContext(ctx, `DELETE FROM outbox WHERE id = $1 RETURNING person, kind, body`, id).Scan(&person, &kind, &body)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if fileOf(kind, body) != "" {
			shown = []int64{person}
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("drop row %d: %w", id, err)
	}
	s.tidyAfter(ctx, shown)
	return nil
}

// Messages gives the numbers of the messages sent to a person since then,
// rising. Beyond 48 hours nothing is kept.
func (s *Store) Messages(ctx context.Context, person int64, since time.Time) ([]int, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT message FROM messages WHERE person = $1 AND at >= $2 ORDER BY message`, person, micros(since))
	if err != nil {
		return nil, fmt.Errorf("list messages: %w", err)
	}
	defer rows.Close()
	var all []int
	for rows.Next() {
		var message int
		if err := rows.Scan(&message); err != nil {
			return nil, fmt.Errorf("list messages: %w", err)
		}
		all = append(all, message)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list messages: %w", err)
	}
	return all, nil
}
