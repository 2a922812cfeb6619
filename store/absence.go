package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Listened notes that Telegram was listened to at a time.
func (s *Store) Listened(ctx context.Context, at time.Time) error {
	err := s.transact(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO listened (one, at) VALUES (1, $1) ON CONFLICT (one) DO UPDATE SET at = excluded.at`, micros(at))
		return err
	})
	if err != nil {
		return fmt.Errorf("note that Telegram was listened to: %w", err)
	}
	return nil
}

// LastListened is what Listened noted last; zero = never.
func (s *Store) LastListened(ctx context.Context) (time.Time, error) {
	var at int64
	err := s.read.QueryRowContext(ctx, `SELECT at FROM listened`).Scan(&at)
	if errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, fmt.Errorf("read when Telegram was listened to: %w", err)
	}
	return time.UnixMicro(at).UTC(), nil
}

// People are the ids of everybody of whom something is kept.
func (s *Store) People(ctx context.Context) ([]int64, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT id FROM people ORDER BY id`)
	if err != nil {
		return nil, fmt.Errorf("list the people: %w", err)
	}
	defer rows.Close()
	var all []int64
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, fmt.Errorf("list the people: %w", err)
		}
		all = append(all, id)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list the people: %w", err)
	}
	return all, nil
}
