package flows

import (
	"encoding/json"
	"fmt"
	"time"
)

// Effect is what follows from an input. Say, Toast, React, Hide, Menu and Leave
// go out to Telegram in their order, after the commit; Fetch, Recognize, Redact
// and Export are slow work, kept as rows, whose results come back as inputs;
// Note is a line of the case's log; Erase takes everything away.
type Effect interface{ effect() }

type (
	// Say is one message to the person.
	Say struct {
		Text     []Span     `json:"text,omitempty"`
		Rows     [][]Button `json:"rows,omitempty"`
		Document *Document  `json:"document,omitempty"` // Text is then its caption
		Key      string     `json:"key,omitempty"`      // a later Say with the same key changes the same message
		Protect  bool       `json:"protect,omitempty"`  // Telegram lets nobody forward or save it: for evidence shown back
	}
	// Toast answers a tap; Text may be empty.
	Toast struct {
		Query string `json:"query"`
		Text  string `json:"text,omitempty"`
	}
	// React puts an emoji on a message of the person's.
	React struct {
		Message int    `json:"message"`
		Emoji   string `json:"emoji"`
	}
	// Hide removes what the bot wrote in this chat in the last 48 hours, the
	// longest Telegram lets a bot do that.
	Hide struct{}
	// Menu shows the command menu in this person's language.
	Menu struct {
		Language string `json:"language"`
	}
	// Leave leaves a group or channel.
	Leave struct{}

	// Fetch brings an exhibit's file into the vault; the result comes back as
	// Kept or Lost.
	Fetch struct {
		Case    int  `json:"case"`
		Exhibit int  `json:"exhibit"`
		File    File `json:"file"`
	}
	// Recognize reads the words off the picture of an exhibit, where the host has
	// a program for it; the result comes back as Recognized.
	Recognize struct {
		Case    int    `json:"case"`
		Exhibit int    `json:"exhibit"`
		SHA256  string `json:"sha256"`
	}
	// Redact makes a copy of an exhibit's picture with areas covered and nothing
	// but pixels in it; the copy is an exhibit of its own, and comes back as Kept
	// or Lost.
	Redact struct {
		Case    int      `json:"case"`
		Exhibit int      `json:"exhibit"`         // the copy
		SHA256  string   `json:"sha256"`          // of the original
		Cover   []string `json:"cover,omitempty"` // areas as dossier.Cover names them
	}
	// Export makes the dossier of a case; the result comes back as Exported.
	Export struct {
		Case     int    `json:"case"`
		Language string `json:"language"`       // it is written in
		Pack     string `json:"pack,omitempty"` // "police" = the short pack; empty = everything
	}
	// Note is a line of the case's log. Data holds ids, choices and what Telegram
	// delivered with a message (names, dates, file names), since that is what a
	// dossier is held against; of words it holds the SHA-256 only.
	Note struct {
		Case int               `json:"case"`
		What string            `json:"what"`
		Data map[string]string `json:"data,omitempty"`
	}
	// Erase takes away all that is kept of the person, files included. The
	// effects after it still go out.
	Erase struct{}
)

func (Say) effect()       {}
func (Toast) effect()     {}
func (React) effect()     {}
func (Hide) effect()      {}
func (Menu) effect()      {}
func (Leave) effect()     {}
func (Fetch) effect()     {}
func (Recognize) effect() {}
func (Redact) effect()    {}
func (Export) effect()    {}
func (Note) effect()      {}
func (Erase) effect()     {}

// Span is a run of text in one style: "" plain, "bold", "italic", "code",
// "pre", "quote" (expandable). Foreign words stand in spans of their own and
// never carry markup.
type Span struct {
	Text  string `json:"text"`
	Style string `json:"style,omitempty"`
}

// Button is a choice under a message. What goes to Telegram is an opaque id
// the store resolves back into this.
type Button struct {
	Label    string `json:"label"`
	Case     int    `json:"case,omitempty"`
	Step     string `json:"step,omitempty"` // the step it answers; empty: understood anywhere
	Revision int    `json:"revision,omitempty"`
	Value    string `json:"value,omitempty"`
	About    int    `json:"about,omitempty"` // number of the proceeding it is about
	URL      string `json:"url,omitempty"`   // opens a page instead
	Copy     string `json:"copy,omitempty"`  // copies this (≤ 256 characters) instead
	Alarm    bool   `json:"alarm,omitempty"` // shown so that it is found: the way out
}

// Document is a file for the person: a small one the conversation makes itself
// (Data), or one of the vault's (SHA256).
type Document struct {
	Name   string `json:"name"`
	Type   string `json:"type"`
	Data   []byte `json:"data,omitempty"`
	SHA256 string `json:"sha256,omitempty"`
}

// Outgoing is an effect for Telegram on its way: a row of the outbox.
type Outgoing struct {
	ID     int64
	Person int64
	At     time.Time
	Effect Effect     // Say, Toast, React, Hide, Menu or Leave
	Data   [][]string // the opaque ids of Say.Rows, place by place; "" for URL and Copy
	Edit   int        // message to change instead (same Key sent before); 0 = a new one
}

// Job is slow work on its way.
type Job struct {
	ID       int64
	Person   int64
	Attempts int    // so far
	Work     Effect // Fetch, Recognize, Redact or Export
}

// Slow tells whether an effect is work for a job.
func Slow(e Effect) bool {
	switch e.(type) {
	case Fetch, Recognize, Redact, Export:
		return true
	}
	return false
}

// PackEffect writes an effect that is kept as a row, of the outbox or of the
// jobs; UnpackEffect reads it back.
func PackEffect(e Effect) (kind string, body []byte, err error) {
	switch e.(type) {
	case Say:
		kind = "say"
	case Toast:
		kind = "toast"
	case React:
		kind = "react"
	case Hide:
		kind = "hide"
	case Menu:
		kind = "menu"
	case Leave:
		kind = "leave"
	case Fetch:
		kind = "fetch"
	case Recognize:
		kind = "recognize"
	case Redact:
		kind = "redact"
	case Export:
		kind = "export"
	default:
		return "", nil, fmt.Errorf("effect %T is not kept as a row", e)
	}
	body, err = json.Marshal(e)
	return kind, body, err
}

// UnpackEffect reads what PackEffect wrote.
func UnpackEffect(kind string, body []byte) (Effect, error) {
	switch kind {
	case "say":
		return unpack[Say](body)
	case "toast":
		return unpack[Toast](body)
	case "react":
		return unpack[React](body)
	case "hide":
		return Hide{}, nil
	case "menu":
		return unpack[Menu](body)
	case "leave":
		return Leave{}, nil
	case "fetch":
		return unpack[Fetch](body)
	case "recognize":
		return unpack[Recognize](body)
	case "redact":
		return unpack[Redact](body)
	case "export":
		return unpack[Export](body)
	}
	return nil, fmt.Errorf("unknown kind of effect %q", kind)
}

func unpack[E Effect](body []byte) (Effect, error) {
	var e E
	err := json.Unmarshal(body, &e)
	return e, err
}
