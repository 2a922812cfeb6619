package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"recourse/flows"
)

// Jobs gives at most limit pieces of slow work that are due at now. A piece is
// given again until an input carries its result (Input.Job) through Turns.
// Everybody's first comes before anybody's second: who sends hundreds of files
// holds up nobody else's one.
func (s *Store) Jobs(ctx context.Context, now time.Time, limit int) ([]flows.Job, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT id, person, kind, body, attempts FROM jobs WHERE due_at <= $1 
		ORDER BY row_number() OVER (PARTITION BY person ORDER BY due_at, id), due_at, id LIMIT $2`, micros(now), limit)
	if err != nil {
		return nil, fmt.Errorf("look for jobs: %w", err)
	}
	defer rows.Close()
	var all []flows.Job
	for rows.Next() {
		var j flows.Job
		var kind, body string
		if err := rows.Scan(&j.ID, &j.Person, &kind, &body, &j.Attempts); err != nil {
			return nil, fmt.Errorf("look for jobs: %w", err)
		}
		if j.Work, err = flows.UnpackEffect(kind, []byte(body)); err != nil {
			s.Log.Error("job can't be read", "job", j.ID)
			continue
		}
		all = append(all, j)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("look for jobs: %w", err)
	}
	return all, nil
}

// Retry puts a job off until at, after an attempt that failed.
func (s *Store) Retry(ctx context.Context, id int64, at time.Time) error {
	err := s.transact(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE jobs SET due_at = $1, attempts = attempts + 1 WHERE id = $2`, micros(at), id)
		return err
	})
	if err != nil {
		return fmt.Errorf("put off job %d: %w", id, err)
	}
	return nil
}
