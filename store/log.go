package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"recourse/flows"
)

// note adds a line to the log of a case.
func (b *batch) note(ctx context.Context, in flows.Input, e flows.Note) error {
	return chain(ctx, b.tx, in.Person, flows.Entry{At: in.At, Case: e.Case, What: e.What, Data: e.Data})
}

// chain puts an entry at the end of its log; Seq and Prev are filled in here.
func chain(ctx context.Context, tx *sql.Tx, person int64, e flows.Entry) error {
	e.Seq, e.Prev = 1, flows.FirstPrev
	err := tx.QueryRowContext(ctx, `SELECT seq + 1, hash FROM log WHERE person = $1 AND number = $2 ORDER BY seq DESC LIMIT 1`,
		person, e.Case).Scan(&e.Seq, &e.Prev)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	line, err := e.Line()
	if err != nil {
		return unreadable{err}
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO log (person, number, seq, line, hash) VALUES ($1, $2, $3, $4, $5)`,
		person, e.Case, e.Seq, string(line), flows.LineHash(line))
	return err
}

// chainOldEvents is the third step of the migrations: lines that were kept
// before there was a chain become one. What happened to them before this day the
// chain can't tell, and a line of each says where it begins to.
func chainOldEvents(ctx context.Context, tx *sql.Tx) error {
	for _, statement := range []string{
		`CREATE TABLE log (
			person INTEGER NOT NULL,
			number INTEGER NOT NULL, -- of the case; 0 = none
			seq    INTEGER NOT NULL, -- from 1
			line   TEXT    NOT NULL, -- flows.Entry, byte for byte what its hash is of
			hash   TEXT    NOT NULL, -- SHA-256 of line, hex
			PRIMARY KEY (person, number, seq)
		) STRICT, WITHOUT ROWID`,
		`CREATE TABLE stamps (
			person    INTEGER NOT NULL,
			number    INTEGER NOT NULL, -- of the case
			seq       INTEGER NOT NULL, -- the line whose hash is stamped
			hash      TEXT    NOT NULL,
			token     TEXT    NOT NULL, -- RFC 3161 TimeStampToken, DER in base64
			authority TEXT    NOT NULL, -- address it came from
			at        INTEGER NOT NULL, -- the time it attests
			PRIMARY KEY (person, number, seq)
		) STRICT, WITHOUT ROWID`,
	} {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	rows, err := tx.QueryContext(ctx, `SELECT person, at, number, what, data FROM events ORDER BY person, seq`)
	if err != nil {
		return err
	}
	defer rows.Close()
	type owner struct {
		person int64
		number int
	}
	var owners []owner
	known := map[owner]bool{}
	var last int64
	for rows.Next() {
		var o owner
		var at int64
		var data string
		var e flows.Entry
		if err := rows.Scan(&o.person, &at, &o.number, &e.What, &data); err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(data), &e.Data); err != nil {
			return unreadable{err}
		}
		e.At, e.Case, last = time.UnixMicro(at).UTC(), o.number, max(last, at)
		if !known[o] {
			known[o] = true
			owners = append(owners, o)
		}
		if err := chain(ctx, tx, o.person, e); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for _, o := range owners {
		e := flows.Entry{At: time.UnixMicro(last).UTC(), Case: o.number, What: "chained from here"}
		if err := chain(ctx, tx, o.person, e); err != nil {
			return err
		}
	}
	_, err = tx.ExecContext(ctx, `DROP TABLE events`)
	return err
}

// Record is a person and the log of one of their cases, as they stood at one
// moment. The person is nil when there is none.
func (s *Store) Record(ctx context.Context, person int64, number int) (p *flows.Person, log [][]byte, stamps []flows.Stamp, err error) {
	err = s.look(ctx, func(tx *sql.Tx) error {
		var body string
		err := tx.QueryRowContext(ctx, `SELECT body FROM people WHERE id = $1`, person).Scan(&body)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		p = &flows.Person{}
		if err := json.Unmarshal([]byte(body), p); err != nil {
			return unreadable{err}
		}
		if log, err = lines(ctx, tx, person, number); err != nil {
			return err
		}
		stamps, err = stampsOf(ctx, tx, person, number)
		return err
	})
	if err != nil {
		return nil, nil, nil, fmt.Errorf("read the record of person %d: %w", person, err)
	}
	return p, log, stamps, nil
}

// look reads several things as they stood at one moment.
func (s *Store) look(ctx context.Context, read func(tx *sql.Tx) error) error {
	tx, err := s.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return err
	}
	defer tx.Rollback()
	return read(tx)
}

func lines(ctx context.Context, tx *sql.Tx, person int64, number int) (all [][]byte, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT line FROM log WHERE person = $1 AND number = $2 ORDER BY seq`, person, number)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			return nil, err
		}
		all = append(all, []byte(line))
	}
	return all, rows.Err()
}

// CheckLogs reads every log and gives a line for the operator for each that is
// not the chain it was written as.
func (s *Store) CheckLogs(ctx context.Context) (found []string, err error) {
	rows, err := s.read.QueryContext(ctx, `SELECT person, number, seq, line, hash FROM log ORDER BY person, number, seq`)
	if err != nil {
		return nil, fmt.Errorf("check the logs: %w", err)
	}
	defer rows.Close()
	var was struct {
		person     int64
		number     int
		seq        int64
		hash       string
		known, bad bool
	}
	for rows.Next() {
		var person, seq int64
		var number int
		var line, hash string
		if err := rows.Scan(&person, &number, &seq, &line, &hash); err != nil {
			return nil, fmt.Errorf("check the logs: %w", err)
		}
		if !was.known || person != was.person || number != was.number {
			was.person, was.number, was.seq, was.hash, was.known, was.bad = person, number, 0, flows.FirstPrev, true, false
		}
		var e flows.Entry
		whole := json.Unmarshal([]byte(line), &e) == nil &&
			e.Case == number && e.Seq == seq && seq == was.seq+1 && e.Prev == was.hash && flows.LineHash([]byte(line)) == hash
		if !whole && !was.bad {
			found = append(found, fmt.Sprintf("person %d: the log of case %d is not whole at line %d", person, number, seq))
			was.bad = true
		}
		was.seq, was.hash = seq, hash
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("check the logs: %w", err)
	}
	return found, nil
}
