package store

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"time"

	"github.com/mattn/go-sqlite3"

	"recourse/flows"
)

// Turns hears a batch of inputs in their order, in one transaction: nil means
// that all of it is on the disk, an error that nothing of it is. An input whose
// ID was heard before is passed over, and so is the result of a job that is no
// longer there.
//
// An input that can't be worked on (advance panics, a row of its person can't
// be read) takes back only what it did itself. It is put aside, and its person
// is told through advance with a flows.Failed.
func (s *Store) Turns(ctx context.Context, inputs []flows.Input, advance flows.Advance) error {
	if len(inputs) == 0 {
		return nil
	}
	b := &batch{advance: advance, people: map[int64]*remembered{}}
	// Held over the commit once somebody erases: a file that arrives meanwhile
	// must not land between the commit and the removal of the folder.
	defer func() {
		if b.sealed {
			s.vault.mu.Unlock()
		}
	}()
	err := s.transact(ctx, func(ctx context.Context, tx *sql.Tx) error {
		b.tx = tx
		for _, in := range inputs {
			if err := b.hear(ctx, in); err != nil {
				return fmt.Errorf("hear the input %s: %w", in.ID, err)
			}
		}
		if len(b.erased) > 0 {
			s.vault.mu.Lock()
			b.sealed = true
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, f := range b.failures {
		s.Log.Error("input put aside", "input", f.input, "person", f.person, "class", f.class)
	}
	if b.sealed {
		s.removeErased(b.erased)
		b.sealed = false
		s.vault.mu.Unlock()
		if err := s.rewrite(context.WithoutCancel(ctx)); err != nil {
			s.Log.Error("database not rewritten after an erasure", "error", err)
		}
	}
	for _, person := range b.late {
		if err := s.tidy(context.WithoutCancel(ctx), person, false); err != nil {
			s.Log.Error("late file not removed", "person", person, "error", err)
		}
	}
	return nil
}

// batch is the work of one transaction.
type batch struct {
	tx       *sql.Tx
	advance  flows.Advance
	people   map[int64]*remembered
	erased   []int64   // people who took everything away
	late     []int64   // people for whom a result came that nobody waits for
	failures []failure // inputs put aside
	sealed   bool      // the vault is held
}

// remembered is a person as the batch knows them.
type remembered struct {
	person   *flows.Person
	body     []byte // as it stands in the row; nil = no row
	revision int64
	wake     sql.NullInt64
}

// failure is what is said of an input that was put aside.
type failure struct {
	input  string
	person int64
	class  string
}

// hear works on one input. An error is the store's and ends the batch.
func (b *batch) hear(ctx context.Context, in flows.Input) error {
	if in.ID == "" {
		return errors.New("it has no ID")
	}
	done, err := b.tx.ExecContext(ctx, `INSERT INTO seen (id, at) VALUES ($1, $2) ON CONFLICT DO NOTHING`, in.ID, micros(in.At))
	if err != nil {
		return err
	}
	if n, err := done.RowsAffected(); err != nil {
		return err
	} else if n == 0 {
		return b.repeat(ctx, in)
	}

	fault, err := b.attempt(ctx, in)
	if fault == nil || err != nil {
		return err
	}
	if err := b.putAside(ctx, in, class(fault)); err != nil {
		return err
	}
	switch in.Event.(type) {
	case flows.Woke, flows.Kept, flows.Lost, flows.Recognized, flows.Exported, flows.Away:
		return nil // nobody sent anything that could be sent again
	}
	told := flows.Input{ID: in.ID, Person: in.Person, At: in.At, Language: in.Language, Event: flows.Failed{}}
	_, err = b.attempt(ctx, told)
	return err
}

// attempt works on an input within a savepoint. A fault of the input takes back
// what it did; an error is the store's.
func (b *batch) attempt(ctx context.Context, in flows.Input) (fault, err error) {
	if _, err := b.tx.ExecContext(ctx, `SAVEPOINT input`); err != nil {
		return nil, err
	}
	erased, late := len(b.erased), len(b.late)
	fault = b.turn(ctx, in)
	if fault != nil {
		if storesOwn(fault) {
			return nil, fault
		}
		b.erased, b.late = b.erased[:erased], b.late[:late]
		delete(b.people, in.Person) // advance may have left it half changed
		if _, err := b.tx.ExecContext(ctx, `ROLLBACK TO input`); err != nil {
			return nil, err
		}
	}
	_, err = b.tx.ExecContext(ctx, `RELEASE input`)
	return fault, err
}

// turn takes one input through the conversation: person in, person and effects
// out.
func (b *batch) turn(ctx context.Context, in flows.Input) error {
	if in.Job != 0 {
		done, err := b.tx.ExecContext(ctx, `DELETE FROM jobs WHERE id = $1 AND person = $2`, in.Job, in.Person)
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil {
			return err
		} else if n == 0 {
			// Repeated, or erased while the work was under way.
			b.late = append(b.late, in.Person)
			return nil
		}
	}
	r, err := b.remember(ctx, in.Person)
	if err != nil {
		return err
	}
	if tapped, ok := in.Event.(flows.Tapped); ok {
		if tapped.Button, err = b.button(ctx, in.Person, tapped.Data); err != nil {
			return err
		}
		in.Event = tapped
	}
	effects, err := b.step(r.person, in)
	if err != nil {
		return err
	}
	for _, e := range effects {
		if err := b.perform(ctx, r, in, e); err != nil {
			return err
		}
	}
	return b.save(ctx, r, in)
}

// step calls advance and turns a panic into a fault of this one input.
func (b *batch) step(p *flows.Person, in flows.Input) (effects []flows.Effect, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = panicked{p, panicPlace()}
		}
	}()
	return b.advance(p, in), nil
}

// remember loads a person; one who is new begins empty.
func (b *batch) remember(ctx context.Context, id int64) (*remembered, error) {
	if r := b.people[id]; r != nil {
		return r, nil
	}
	r := &remembered{person: &flows.Person{ID: id}}
	var body string
	err := b.tx.QueryRowContext(ctx, `SELECT body, revision, wake_at FROM people WHERE id = $1`, id).Scan(&body, &r.revision, &r.wake)
	switch {
	case errors.Is(err, sql.ErrNoRows):
	case err != nil:
		return nil, err
	default:
		r.body = []byte(body)
		if err := json.Unmarshal(r.body, r.person); err != nil {
			return nil, unreadable{err}
		}
	}
	b.people[id] = r
	return r, nil
}

// save writes the person down when anything has changed.
func (b *batch) save(ctx context.Context, r *remembered, in flows.Input) error {
	body, err := json.Marshal(r.person)
	if err != nil {
		return unreadable{err}
	}
	wake := sql.NullInt64{}
	if at := r.person.WakeAt(); !at.IsZero() {
		wake = sql.NullInt64{Int64: micros(at), Valid: true}
	}
	woken := false
	switch in.Event.(type) {
	case flows.Woke, flows.Failed: // what failed may have been a wake
		woken = wake.Valid && r.wake.Valid && wake.Int64 <= r.wake.Int64
	}
	if woken && wake.Int64 <= micros(in.At) {
		// The conversation left the time where it was. The same id would be passed
		// over for ever, and the clock would spin on it.
		wake.Int64 = micros(in.At.Add(wakeAgain))
	}
	if bytes.Equal(body, r.body) && wake == r.wake {
		return nil
	}
	done, err := b.tx.ExecContext(ctx, `
		INSERT INTO people (id, body, revision, wake_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (id) DO UPDATE SET body = excluded.body, revision = excluded.revision, wake_at = excluded.wake_at
		WHERE people.revision = excluded.revision - 1`,
		r.person.ID, string(body), r.revision+1, wake)
	if err != nil {
		return err
	}
	if n, err := done.RowsAffected(); err != nil {
		return err
	} else if n == 0 {
		return fmt.Errorf("person %d was changed by somebody else", r.person.ID)
	}
	r.body, r.wake, r.revision = body, wake, r.revision+1
	return nil
}

// wakeAgain is how long after a wake that changed nothing, or failed, the
// person is woken again.
const wakeAgain = time.Minute

// repeat passes over an input that was heard before, and sees to it that its
// source does not offer it again for ever.
func (b *batch) repeat(ctx context.Context, in flows.Input) error {
	if in.Job != 0 {
		b.late = append(b.late, in.Person)
	}
	if _, woke := in.Event.(flows.Woke); !woke {
		return nil
	}
	// The same time was set anew after its wake was heard: it is due under a new id.
	delete(b.people, in.Person)
	_, err := b.tx.ExecContext(ctx, `UPDATE people SET wake_at = $1 WHERE id = $2 AND wake_at < $1`,
		micros(in.At), in.Person)
	return err
}

// putAside keeps an input that could not be worked on, and sees to it that its
// source does not offer it again.
func (b *batch) putAside(ctx context.Context, in flows.Input, class string) error {
	kind := strings.TrimPrefix(fmt.Sprintf("%T", in.Event), "flows.")
	var raw sql.NullString
	if body, err := json.Marshal(in); err == nil {
		raw = sql.NullString{String: string(body), Valid: true}
	}
	_, err := b.tx.ExecContext(ctx, `INSERT INTO aside (input, person, kind, class, raw, at) VALUES ($1, $2, $3, $4, $5, $6)`,
		in.ID, in.Person, kind, class, raw, micros(in.At))
	if err != nil {
		return err
	}
	if in.Job != 0 {
		if _, err := b.tx.ExecContext(ctx, `DELETE FROM jobs WHERE id = $1 AND person = $2`, in.Job, in.Person); err != nil {
			return err
		}
	}
	if _, woke := in.Event.(flows.Woke); woke {
		_, err := b.tx.ExecContext(ctx, `UPDATE people SET wake_at = $1 WHERE id = $2 AND wake_at <= $3`,
			micros(in.At.Add(wakeAgain)), in.Person, micros(in.At))
		if err != nil {
			return err
		}
	}
	b.failures = append(b.failures, failure{in.ID, in.Person, class})
	return nil
}

// panicked is a panic of the conversation. What it carried is not said: it may
// hold a person's words.
type panicked struct {
	value any
	place string
}

func (p panicked) Error() string { return fmt.Sprintf("panic: %T at %s", p.value, p.place) }

// unreadable is a person or an effect that can't be written down or read back.
type unreadable struct{ err error }

func (u unreadable) Error() string { return fmt.Sprintf("unreadable: %T", u.err) }
func (u unreadable) Unwrap() error { return u.err }

// class names a fault by type and place, without a word of the person's.
func class(fault error) string {
	var own sqlite3.Error
	if errors.As(fault, &own) {
		return fmt.Sprintf("database: %d", own.ExtendedCode)
	}
	return fault.Error()
}

// storesOwn tells a failing disk or database, which ends the batch, from a row
// that can't be written, which is the fault of its input.
func storesOwn(err error) bool {
	var p panicked
	var u unreadable
	if errors.As(err, &p) || errors.As(err, &u) {
		return false
	}
	var own sqlite3.Error
	if errors.As(err, &own) {
		switch own.Code {
		case sqlite3.ErrConstraint, sqlite3.ErrMismatch, sqlite3.ErrTooBig, sqlite3.ErrRange:
			return false
		}
	}
	return true
}

// panicPlace is the function and line that panicked. It is called from the
// deferred function that recovers.
func panicPlace() string {
	pcs := make([]uintptr, 64)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs)])
	through := false
	for {
		f, more := frames.Next()
		if f.Function == "runtime.gopanic" {
			through = true
		} else if through && !strings.HasPrefix(f.Function, "runtime.") {
			name := f.Function[strings.LastIndex(f.Function, "/")+1:]
			return fmt.Sprintf("%s:%d", name, f.Line)
		}
		if !more {
			return "unknown place"
		}
	}
}
