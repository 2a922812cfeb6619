package store

import (
	"context"
	"fmt"

	"recourse/flows"
)

// perform writes down what follows from an input.
func (b *batch) perform(ctx context.Context, r *remembered, in flows.Input, e flows.Effect) error {
	switch e := e.(type) {
	case flows.Note:
		return b.note(ctx, in, e)
	case flows.Erase:
		return b.erase(ctx, r, in)
	}
	if flows.Slow(e) {
		return b.job(ctx, in, e)
	}
	return b.say(ctx, in, e)
}

// job sets slow work going.
func (b *batch) job(ctx context.Context, in flows.Input, e flows.Effect) error {
	kind, body, err := flows.PackEffect(e)
	if err != nil {
		return unreadable{err}
	}
	_, err = b.tx.ExecContext(ctx, `INSERT INTO jobs (person, kind, body, due_at) VALUES ($1, $2, $3, 0)`, in.Person, kind, string(body))
	return err
}

// say puts an effect for Telegram into the outbox.
func (b *batch) say(ctx context.Context, in flows.Input, e flows.Effect) error {
	kind, body, err := flows.PackEffect(e)
	if err != nil {
		return unreadable{err}
	}
	var key, keyboard string
	if say, ok := e.(flows.Say); ok {
		key = say.Key
		if keyboard, err = b.keyboard(ctx, in, say.Rows); err != nil {
			return err
		}
	}
	_, err = b.tx.ExecContext(ctx, `INSERT INTO outbox (person, kind, body, key, keyboard, at) VALUES ($1, $2, $3, $4, $5, $6)`,
		in.Person, kind, string(body), key, keyboard, micros(in.At))
	return err
}

// erase takes away every row of the person; what is saved afterwards is their
// number and language. Only the ids that were heard stay,
// so that nothing is heard twice, and for two days the number of the person, so
// that no file comes back. What was still to be said goes too; what follows in
// the same turn is said.
func (b *batch) erase(ctx context.Context, r *remembered, in flows.Input) error {
	for _, statement := range []string{
		`DELETE FROM people WHERE id = $1`,
		`DELETE FROM keyboards WHERE person = $1`,
		`DELETE FROM outbox WHERE person = $1 AND kind <> 'toast'`, // a tap is answered, the erasing one too
		`DELETE FROM messages WHERE person = $1`,
		`DELETE FROM jobs WHERE person = $1`,
		`DELETE FROM log WHERE person = $1`,
		`DELETE FROM stamps WHERE person = $1`,
		`DELETE FROM aside WHERE person = $1`,
	} {
		if _, err := b.tx.ExecContext(ctx, statement, in.Person); err != nil {
			return err
		}
	}
	_, err := b.tx.ExecContext(ctx, `INSERT INTO erasures (person, at) VALUES ($1, $2) ON CONFLICT (person) DO UPDATE SET at = excluded.at`,
		in.Person, micros(in.At))
	if err != nil {
		return err
	}
	b.erased = append(b.erased, in.Person)
	r.body, r.revision = nil, 0
	r.wake.Valid, r.wake.Int64 = false, 0
	if p := r.person; len(p.Cases)+len(p.Loose) > 0 || !p.Agreed.IsZero() {
		// The conversation has not let go of it. Whatever it meant, saving this
		// would bring everything back.
		*p = flows.Person{ID: p.ID, Language: p.Language, Revision: p.Revision}
	}
	return nil
}

// Person gives what is remembered of a person, nil when there is nothing.
func (s *Store) Person(ctx context.Context, id int64) (*flows.Person, error) {
	p, _, err := s.personAndJobs(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("load person %d: %w", id, err)
	}
	return p, nil
}
