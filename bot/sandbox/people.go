package sandbox

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// A Person is somebody with a private chat; ID is also the chat's id.
type Person struct {
	ID       int64  `json:"id"`
	Name     string `json:"name"`
	Language string `json:"language"` // as in language_code: "en", "zh-hans"
}

// A Chat is a private chat with a person, or a group.
type Chat struct {
	ID      int64  `json:"id"`
	Kind    string `json:"kind"` // private, group, supergroup
	Title   string `json:"title,omitempty"`
	Person  Person `json:"person"`  // of a private chat
	Started bool   `json:"started"` // the person has written
	Blocked bool   `json:"blocked"` // the person has blocked the bot
	Left    bool   `json:"left"`    // the bot has left the group
	Last    int    `json:"last"`    // id of the newest message
}

// Message is one message of a transcript as it stands now.
type Message struct {
	Chat      int64       `json:"chat"`
	ID        int         `json:"id"`
	From      string      `json:"from"` // "bot" or "person"
	Sender    string      `json:"sender,omitempty"`
	Time      time.Time   `json:"time"` // by the sandbox's clock
	Text      string      `json:"text"` // the text, or the caption of a file
	Entities  []Entity    `json:"entities,omitempty"`
	Buttons   [][]Button  `json:"buttons,omitempty"` // rows of the inline keyboard
	File      *Attachment `json:"file,omitempty"`
	Thing     string      `json:"thing,omitempty"` // neither text nor file: contact, location, poll …
	Album     string      `json:"album,omitempty"` // media_group_id
	Forward   *Origin     `json:"forward,omitempty"`
	ReplyTo   int         `json:"replyTo,omitempty"`
	Edited    time.Time   `json:"edited,omitzero"`
	Earlier   []string    `json:"earlier,omitempty"` // texts it had before edits, oldest first
	Deleted   bool        `json:"deleted,omitempty"`
	Protected bool        `json:"protected,omitempty"`
	Reactions []string    `json:"reactions,omitempty"` // the bot's
	Answers   []Answer    `json:"answers,omitempty"`   // to taps on its buttons
	Revision  int64       `json:"revision"`            // grows with every change
}

// Entity is Telegram's MessageEntity; Offset and Length count UTF-16 units.
type Entity struct {
	Type          string `json:"type"`
	Offset        int    `json:"offset"`
	Length        int    `json:"length"`
	URL           string `json:"url,omitempty"`
	Language      string `json:"language,omitempty"`
	CustomEmojiID string `json:"custom_emoji_id,omitempty"`
	User          *user  `json:"user,omitempty"`
}

// Button is a button of an inline keyboard.
type Button struct {
	Label string `json:"label"`
	Data  string `json:"data,omitempty"`
	URL   string `json:"url,omitempty"`
	Copy  string `json:"copy,omitempty"`
	Style string `json:"style,omitempty"`
}

// Attachment is the file of a message. Its bytes are served at
// /api/file?id=<ID> and returned by Bytes.
type Attachment struct {
	Kind   string `json:"kind"` // photo, document, voice, video, audio, video_note
	Name   string `json:"name,omitempty"`
	Type   string `json:"type,omitempty"` // MIME
	Size   int    `json:"size"`           // bytes
	Width  int    `json:"width,omitempty"`
	Height int    `json:"height,omitempty"`
	ID     string `json:"id"`
}

// Answer is what the bot answered to one tap.
type Answer struct {
	Query string `json:"query"`
	Data  string `json:"data"`
	Text  string `json:"text"` // "" when it only ended the waiting
	Alert bool   `json:"alert,omitempty"`
	URL   string `json:"url,omitempty"`
}

// Origin says where a forwarded message came from.
type Origin struct {
	Kind string    `json:"kind"` // user, hidden_user, chat, channel
	Name string    `json:"name"`
	Date time.Time `json:"date,omitzero"` // zero: the time of forwarding

	bot bool
}

type chat struct {
	id       int64
	kind     string
	title    string
	person   Person
	started  bool
	blocked  bool
	left     bool
	messages []*message
}

type message struct {
	Message
	sender  user
	file    *file
	markup  json.RawMessage // the inline keyboard as the bot sent it
	preview json.RawMessage
	had     []Button // every button it ever had
}

func (c *chat) find(id int) *message {
	if id < 1 || id > len(c.messages) {
		return nil
	}
	return c.messages[id-1]
}

func (c *chat) public() Chat {
	return Chat{
		ID: c.id, Kind: c.kind, Title: c.title, Person: c.person, Started: c.started,
		Blocked: c.blocked, Left: c.left, Last: len(c.messages),
	}
}

// AddPerson makes a person known or changes name and language of a known one.
// With ID 0 the next free id is given. The bot cannot write to a person who
// has not written first.
func (s *Sandbox) AddPerson(p Person) Person {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p.ID == 0 {
		for p.ID = 1; s.chats[p.ID] != nil; p.ID++ {
		}
	}
	c := s.chat(p.ID)
	if p.Name != "" {
		c.person.Name = p.Name
	}
	if p.Language != "" {
		c.person.Language = p.Language
	}
	s.noteLocked(Event{Kind: "people", Chat: p.ID})
	return c.person
}

// Chats lists all chats in the order they appeared.
func (s *Sandbox) Chats() []Chat {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := []Chat{}
	for _, id := range s.order {
		list = append(list, s.chats[id].public())
	}
	return list
}

// chat returns a chat, made on first use. The caller holds s.mu.
func (s *Sandbox) chat(id int64) *chat {
	if c := s.chats[id]; c != nil {
		return c
	}
	c := &chat{id: id, kind: "private"}
	switch {
	case id <= -1_000_000_000_000:
		c.kind, c.title = "supergroup", "Group"
	case id < 0:
		c.kind, c.title = "group", "Group"
	default:
		c.person = Person{ID: id, Name: fmt.Sprintf("Person %d", id), Language: "en"}
	}
	s.chats[id] = c
	s.order = append(s.order, id)
	s.noteLocked(Event{Kind: "people", Chat: id})
	return c
}

// add appends a message to a chat, gives it id and time and tells watchers.
func (s *Sandbox) add(c *chat, m *message) {
	m.Chat, m.ID, m.Time = c.id, len(c.messages)+1, s.Now()
	if m.file != nil {
		m.File = m.file.public()
	}
	c.messages = append(c.messages, m)
	s.touch(c, m)
}

// touch marks a message as changed.
func (s *Sandbox) touch(c *chat, m *message) {
	s.revision++
	m.Revision = s.revision
	close(s.changed)
	s.changed = make(chan struct{})
	s.noteLocked(Event{Kind: "message", Chat: c.id})
}

// Transcript returns all messages of a chat, oldest first, deleted ones
// included.
func (s *Sandbox) Transcript(chat int64) []Message {
	return s.messages(chat, func(*message) bool { return true })
}

// Since returns the messages of a chat that were sent, edited, deleted,
// reacted to or answered after a revision, and the newest revision.
func (s *Sandbox) Since(chat, revision int64) ([]Message, int64) {
	list := s.messages(chat, func(m *message) bool { return m.Revision > revision })
	for _, m := range list {
		revision = max(revision, m.Revision)
	}
	return list, revision
}

func (s *Sandbox) messages(chat int64, keep func(*message) bool) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := []Message{}
	if c := s.chats[chat]; c != nil {
		for _, m := range c.messages {
			if keep(m) {
				list = append(list, m.copy())
			}
		}
	}
	return list
}

// copy is what may leave the lock: slices that later change are cloned.
func (m *message) copy() Message {
	out := m.Message
	out.Earlier = slices.Clone(m.Earlier)
	out.Answers = slices.Clone(m.Answers)
	return out
}

// Wait returns the bot's messages with an id above after, as soon as there is
// one, or ctx's error.
func (s *Sandbox) Wait(ctx context.Context, chat int64, after int) ([]Message, error) {
	return s.wait(ctx, func() []Message {
		return s.messages(chat, func(m *message) bool { return m.ID > after && m.From == "bot" })
	})
}

// WaitRevision returns every message of the chat that changed after a revision,
// as soon as there is one: new, edited, deleted, reacted to, or a tap on it
// answered. Ask Revision after the person's own doing and before waiting.
func (s *Sandbox) WaitRevision(ctx context.Context, chat, revision int64) ([]Message, error) {
	return s.wait(ctx, func() []Message {
		return s.messages(chat, func(m *message) bool { return m.Revision > revision })
	})
}

func (s *Sandbox) wait(ctx context.Context, look func() []Message) ([]Message, error) {
	for {
		s.mu.Lock()
		changed := s.changed
		s.mu.Unlock()
		if list := look(); len(list) > 0 {
			return list, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-s.closed:
			return nil, errClosed
		}
	}
}

// Revision is the number of the newest change, to be handed to WaitRevision.
func (s *Sandbox) Revision() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.revision
}
