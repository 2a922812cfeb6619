package sandbox

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// What a person can do. Chats and people appear on first use.

var (
	errNoMessage = errors.New("sandbox: no such message")
	errNoButton  = errors.New("sandbox: no such button")
	errNotOwn    = errors.New("sandbox: only the person's own messages can be edited")
)

// Say sends a text from a person, or into a group when chat is negative, and
// returns its message id. As Telegram's apps do, it trims the text, sends
// nothing (id 0) when nothing is left, cuts what is longer than 4096 UTF-16
// units into several messages (the first one's id is returned), and lifts the
// person's block first.
func (s *Sandbox) Say(chat int64, text string) int {
	return s.say(chat, 0, text, nil)
}

// SayInGroup sends a text from a person into a group. The group id must be
// negative; from -1000000000000 down it is a supergroup.
func (s *Sandbox) SayInGroup(group, person int64, text string) int {
	return s.say(group, person, text, nil)
}

// Forward sends a text that the person forwards from somebody else.
func (s *Sandbox) Forward(chat int64, origin Origin, text string) int {
	return s.say(chat, 0, text, &origin)
}

func (s *Sandbox) say(id, person int64, text string, origin *Origin) int {
	text, _ = trim(clean(text), nil)
	if text == "" {
		return 0
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.chat(id)
	first := 0
	for text != "" {
		part := prefix(text, maxText)
		text = text[len(part):]
		m := s.fromPerson(c, person)
		m.Text, m.Entities, m.Forward = part, commandsIn(part, nil), origin
		s.add(c, m)
		s.enqueue("message", s.wire(c, m))
		if first == 0 {
			first = m.ID
		}
	}
	return first
}

// fromPerson begins a message of a person. The caller holds s.mu.
func (s *Sandbox) fromPerson(c *chat, person int64) *message {
	s.unblock(c)
	c.started = true
	from := c.person
	if c.kind != "private" {
		if person == 0 {
			person = 1
		}
		from = s.chat(person).person
	}
	m := &message{sender: from.wire()}
	m.From, m.Sender = "person", from.Name
	return m
}

// File is a file that a person sends.
type File struct {
	Name string
	Type string // MIME; empty: guessed from name and bytes
	Data []byte
	// As is how the app sends it: "photo", "document" (the default), "voice",
	// "video", "audio" or "video_note".
	As      string
	Caption string
	// Album joins several Sends into one album: N updates with one
	// media_group_id. Any string, unlike earlier albums' strings.
	Album   string
	Forward *Origin
}

var fileKinds = []string{"photo", "document", "voice", "video", "audio", "video_note"}

// Send sends a file from a person and returns its message id. It returns 0
// when As is unknown.
func (s *Sandbox) Send(chat int64, f File) int {
	if f.As == "" {
		f.As = "document"
	}
	if !slices.Contains(fileKinds, f.As) {
		return 0
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.chat(chat)
	m := s.fromPerson(c, 0)
	m.file = s.keep(f.As, f.Name, f.Type, f.Data)
	if f.As == "photo" || f.As == "voice" || f.As == "video_note" {
		m.file.name = "" // these kinds have no file name on the wire
	}
	m.Text, _ = trim(clean(prefix(f.Caption, maxCaption)), nil)
	m.Entities, m.Forward = commandsIn(m.Text, nil), f.Forward
	if f.Album != "" {
		sum := sha256.Sum256([]byte(fmt.Sprint(chat, f.Album)))
		m.Album = strconv.FormatUint(uint64(sum[0])<<40|uint64(sum[1])<<32|uint64(sum[2])<<24|uint64(sum[3])<<16|uint64(sum[4])<<8|uint64(sum[5]), 10)
	}
	s.add(c, m)
	s.enqueue("message", s.wire(c, m))
	return m.ID
}

// Edit changes the text or caption of a person's own message.
func (s *Sandbox) Edit(chat int64, messageID int, text string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.chat(chat)
	m := c.find(messageID)
	limit := maxText
	switch {
	case m == nil || m.Deleted:
		return fmt.Errorf("%w: %d in chat %d", errNoMessage, messageID, chat)
	case m.From != "person" || m.Forward != nil:
		return errNotOwn
	case m.file != nil:
		limit = maxCaption
	}
	text, _ = trim(clean(prefix(text, limit)), nil)
	if text == "" && m.file == nil {
		return errors.New("sandbox: an edited text cannot be empty")
	}
	if text == m.Text {
		return nil
	}
	m.Earlier = append(m.Earlier, m.Text)
	m.Text, m.Entities, m.Edited = text, commandsIn(text, nil), s.Now()
	s.touch(c, m)
	s.enqueue("edited_message", s.wire(c, m))
	return nil
}

// query is one tap that waits for its answer.
type query struct {
	chat    int64
	message int
	data    string
	at      time.Time // by the sandbox's clock
	real    time.Time
}

// Tap presses a button, named by its callback data or its label, and returns
// the id of the callback query. Message id 0 means the newest message that has
// such a button now. On a given message also buttons that were there before an
// edit can be pressed: apps show old keyboards for a while. Buttons with a link
// or a text to copy make no query: the id is then empty.
func (s *Sandbox) Tap(chat int64, messageID int, button string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.chat(chat)
	var m *message
	var found *Button
	if messageID != 0 {
		if m = c.find(messageID); m == nil {
			return "", fmt.Errorf("%w: %d in chat %d", errNoMessage, messageID, chat)
		}
		if found = pick(slices.Concat(m.Buttons...), button); found == nil {
			found = pick(m.had, button)
		}
	} else {
		for i := len(c.messages) - 1; i >= 0 && found == nil; i-- {
			if m = c.messages[i]; !m.Deleted {
				found = pick(slices.Concat(m.Buttons...), button)
			}
		}
	}
	if found == nil {
		return "", fmt.Errorf("%w: %q in chat %d", errNoButton, button, chat)
	}
	if found.Data == "" {
		return "", nil
	}
	return s.tap(c, m, found.Data), nil
}

// TapData sends a tap with any data, as a forged or broken app could.
func (s *Sandbox) TapData(chat int64, messageID int, data string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.chat(chat)
	m := c.find(messageID)
	if m == nil {
		return "", fmt.Errorf("%w: %d in chat %d", errNoMessage, messageID, chat)
	}
	return s.tap(c, m, data), nil
}

func pick(buttons []Button, name string) *Button {
	for i := range buttons {
		if buttons[i].Data != "" && buttons[i].Data == name {
			return &buttons[i]
		}
	}
	for i := range buttons {
		if buttons[i].Label == name {
			return &buttons[i]
		}
	}
	return nil
}

func (s *Sandbox) tap(c *chat, m *message, data string) string {
	id := strconv.FormatUint(random()>>1, 10)
	s.queries[id] = &query{chat: c.id, message: m.ID, data: data, at: s.Now(), real: time.Now()}
	// A deleted message, still on somebody's screen, comes as an inaccessible
	// one: only ids and date 0.
	var in any = map[string]any{"chat": c.wire(), "message_id": m.ID, "date": 0}
	if !m.Deleted {
		in = s.wire(c, m)
	}
	from := c.person
	if c.kind != "private" {
		from = s.chat(1).person
	}
	sum := sha256.Sum256([]byte(strconv.FormatInt(c.id, 10)))
	s.enqueue("callback_query", map[string]any{
		"id": id, "from": from.wire(), "message": in, "data": data,
		"chat_instance": "-" + strconv.FormatUint(uint64(hash32(hex.EncodeToString(sum[:])))<<20, 10),
	})
	return id
}

// Block stops the bot in a private chat: the bot is told (my_chat_member
// "kicked") and cannot write any more (403).
func (s *Sandbox) Block(chat int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.chat(chat); !c.blocked && c.kind == "private" {
		c.blocked = true
		s.membership(c, "member", "kicked")
	}
}

// Unblock lets the bot write again; it is told (my_chat_member "member").
func (s *Sandbox) Unblock(chat int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.unblock(s.chat(chat))
}

func (s *Sandbox) unblock(c *chat) {
	if c.blocked {
		c.blocked = false
		s.membership(c, "kicked", "member")
	}
}

func (s *Sandbox) membership(c *chat, before, after string) {
	member := func(status string) map[string]any {
		m := map[string]any{"user": s.bot, "status": status}
		if status == "kicked" {
			m["until_date"] = 0
		}
		return m
	}
	s.enqueue("my_chat_member", map[string]any{
		"chat": c.wire(), "from": c.person.wire(), "date": s.Now().Unix(),
		"old_chat_member": member(before), "new_chat_member": member(after),
	})
	s.noteLocked(Event{Kind: "people", Chat: c.id})
}

// clean is what Telegram does to characters nobody should send.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\r':
			return -1
		case r < ' ' && r != '\n' && r != '\t':
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
}
