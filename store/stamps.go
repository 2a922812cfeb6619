package store

import (
	"context"
	"database/sql"
	"encoding/base64"
	"fmt"
	"time"

	"recourse/flows"
)

// Unstamped gives the ends of logs no time stamp attests yet, at most limit,
// those of cases only.
func (s *Store) Unstamped(ctx context.Context, limit int) ([]flows.Head, error) {
	rows, err := s.read.QueryContext(ctx, `
		SELECT l.person, l.number, l.seq, l.hash FROM log l
		WHERE l.number > 0
			AND l.seq = (SELECT max(seq) FROM log WHERE person = l.person AND number = l.number)
			AND NOT EXISTS (SELECT 1 FROM stamps WHERE person = l.person AND number = l.number AND seq = l.seq)
		ORDER BY l.person, l.number LIMIT $1`, limit)
	if err != nil {
		return nil, fmt.Errorf("look for ends of logs: %w", err)
	}
	defer rows.Close()
	var all []flows.Head
	for rows.Next() {
		var h flows.Head
		if err := rows.Scan(&h.Person, &h.Case, &h.Seq, &h.Hash); err != nil {
			return nil, fmt.Errorf("look for ends of logs: %w", err)
		}
		all = append(all, h)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("look for ends of logs: %w", err)
	}
	return all, nil
}

// Stamped keeps a time stamp that was found good. Where the line is gone, its
// person has erased it, and nothing is kept.
func (s *Store) Stamped(ctx context.Context, h flows.Head, st flows.Stamp) error {
	err := s.transact(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO stamps (person, number, seq, hash, token, authority, at)
			SELECT person, number, seq, hash, $1, $2, $3 FROM log WHERE person = $4 AND number = $5 AND seq = $6 AND hash = $7
			ON CONFLICT DO NOTHING`,
			base64.StdEncoding.EncodeToString(st.Token), st.Authority, micros(st.At), h.Person, h.Case, h.Seq, h.Hash)
		return err
	})
	if err != nil {
		return fmt.Errorf("keep a time stamp: %w", err)
	}
	return nil
}

func stampsOf(ctx context.Context, tx *sql.Tx, person int64, number int) (all []flows.Stamp, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT seq, hash, token, authority, at FROM stamps WHERE person = $1 AND number = $2 ORDER BY seq`, person, number)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var st flows.Stamp
		var token string
		var at int64
		if err := rows.Scan(&st.Seq, &st.Hash, &token, &st.Authority, &at); err != nil {
			return nil, err
		}
		if st.Token, err = base64.StdEncoding.DecodeString(token); err != nil {
			return nil, unreadable{err}
		}
		st.At = time.UnixMicro(at).UTC()
		all = append(all, st)
	}
	return all, rows.Err()
}
