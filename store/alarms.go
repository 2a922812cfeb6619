package store

import (
	"context"
	"fmt"
	"time"

	"recourse/flows"
)

// Due gives an input for each person, at most limit, whose time has come at
// now, the longest overdue first. It goes through Turns like any other and sets
// the person's next time there; asking twice gives the same ids, which are heard
// once.
func (s *Store) Due(ctx context.Context, now time.Time, limit int) ([]flows.Input, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT id, wake_at FROM people WHERE wake_at <= $1 ORDER BY wake_at LIMIT $2`, micros(now), limit)
	if err != nil {
		return nil, fmt.Errorf("look who is due: %w", err)
	}
	defer rows.Close()
	var all []flows.Input
	for rows.Next() {
		var id, at int64
		if err := rows.Scan(&id, &at); err != nil {
			return nil, fmt.Errorf("look who is due: %w", err)
		}
		all = append(all, flows.Input{ID: fmt.Sprintf("wake:%d:%d", id, at), Person: id, At: now, Event: flows.Woke{}})
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("look who is due: %w", err)
	}
	return all, nil
}
