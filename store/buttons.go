package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"recourse/flows"
)

// keyboardLetters make up the id of a keyboard; keyboardLength of them can't be
// guessed (83 bits) and leave room for the place in Telegram's 64 bytes.
const (
	keyboardLetters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	keyboardLength  = 14
)

// keyboard keeps the buttons under a message and gives their id, "" when no
// button comes back to us.
func (b *batch) keyboard(ctx context.Context, in flows.Input, rows [][]flows.Button) (string, error) {
	var flat []flows.Button
	answers := false
	for _, row := range rows {
		for _, button := range row {
			flat = append(flat, button)
			answers = answers || comesBack(button)
		}
	}
	if !answers {
		return "", nil
	}
	buttons, err := json.Marshal(flat)
	if err != nil {
		return "", unreadable{err}
	}
	id := newKeyboardID()
	_, err = b.tx.ExecContext(ctx, `INSERT INTO keyboards (id, person, buttons, at) VALUES ($1, $2, $3, $4)`,
		id, in.Person, string(buttons), micros(in.At))
	return id, err
}

// comesBack tells that pressing the button reaches the bot.
func comesBack(b flows.Button) bool { return b.URL == "" && b.Copy == "" }

// button finds what a press meant. Nil = forged, somebody else's or forgotten.
func (b *batch) button(ctx context.Context, person int64, data string) (*flows.Button, error) {
	id, place, ok := strings.Cut(strings.TrimSuffix(data, flows.AlarmMark), ".")
	at, err := strconv.Atoi(place)
	if !ok || err != nil || strconv.Itoa(at) != place || len(id) != keyboardLength {
		return nil, nil
	}
	var text string
	err = b.tx.QueryRowContext(ctx, `SELECT buttons FROM keyboards WHERE id = $1 AND person = $2`, id, person).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var flat []flows.Button
	if err := json.Unmarshal([]byte(text), &flat); err != nil {
		return nil, unreadable{err}
	}
	if at < 0 || at >= len(flat) || !comesBack(flat[at]) {
		return nil, nil
	}
	return &flat[at], nil
}

// places gives what each button of a message carries, row by row; "" for those
// that don't come back.
func places(keyboard string, rows [][]flows.Button) [][]string {
	if len(rows) == 0 {
		return nil
	}
	data := make([][]string, len(rows))
	at := 0
	for i, row := range rows {
		data[i] = make([]string, len(row))
		for j, button := range row {
			if comesBack(button) {
				data[i][j] = keyboard + "." + strconv.Itoa(at)
				if button.Alarm {
					data[i][j] += flows.AlarmMark
				}
			}
			at++
		}
	}
	return data
}

// newKeyboardID makes an id nobody can guess.
func newKeyboardID() string {
	id := make([]byte, 0, keyboardLength)
	var random [2 * keyboardLength]byte
	for {
		rand.Read(random[:]) // never fails
		for _, r := range random {
			// Four times 62; what is above would favour the first letters.
			if r < 248 {
				if id = append(id, keyboardLetters[r%62]); len(id) == keyboardLength {
					return string(id)
				}
			}
		}
	}
}
