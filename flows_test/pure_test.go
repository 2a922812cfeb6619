package flows_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"recourse/flows"
)

// pure plays a story through Guide.Advance alone: no store, no bot. A person is
// written to JSON and read back after every input, as the store does.
type pure struct {
	onPictures string // what a machine reads off them
	g          *flows.Guide
	now        time.Time
	people     map[int64]string
	chats      map[int64]*pureChat
	updates    int
	files      map[string]sent // by the id Telegram gave them
	listen     func(flows.Effect)
}

type pureChat struct {
	language string
	blocked  bool
	next     int // message ids
	mine     []int
	messages []message
	keys     map[string]int // Say.Key → index into messages
	hidden   int
	toasts   int
	edits    int
}

func newPure(g *flows.Guide) *pure {
	return &pure{g: g, now: time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC), people: map[int64]string{}, chats: map[int64]*pureChat{}, files: map[string]sent{}}
}

func (w *pure) chat(id int64) *pureChat {
	c := w.chats[id]
	if c == nil {
		c = &pureChat{language: "en", keys: map[string]int{}}
		w.chats[id] = c
	}
	return c
}

func (w *pure) person(chat int64) *flows.Person {
	body, ok := w.people[chat]
	if !ok {
		return nil
	}
	p := &flows.Person{}
	if err := json.Unmarshal([]byte(body), p); err != nil {
		panic(err)
	}
	return p
}

func (w *pure) reads(words string) { w.onPictures = words }

// hear is one input and all that follows from it.
func (w *pure) hear(chat int64, e flows.Event) {
	p := w.person(chat)
	if p == nil {
		p = &flows.Person{ID: chat}
	}
	w.updates++
	c := w.chat(chat)
	effects := w.g.Advance(p, flows.Input{ID: fmt.Sprint("pure:", w.updates), Person: chat, At: w.now, Language: c.language, Event: e})
	body, err := json.Marshal(p)
	if err != nil {
		panic(err)
	}
	w.people[chat] = string(body)
	for _, e := range effects {
		if w.listen != nil {
			w.listen(e)
		}
		switch e := e.(type) {
		case flows.Say:
			w.said(c, e)
		case flows.Toast:
			c.toasts++
		case flows.Hide:
			c.hidden = len(c.messages)
		case flows.Erase:
			delete(w.people, chat)
			body, _ := json.Marshal(&flows.Person{ID: chat, Language: p.Language})
			w.people[chat] = string(body)
		case flows.Fetch:
			f := w.files[e.File.ID]
			sum := sha256.Sum256([]byte(or(f.same, f.name)))
			w.hear(chat, flows.Kept{Case: e.Case, Exhibit: e.Exhibit, SHA256: hex.EncodeToString(sum[:]), Size: max(e.File.Size, 0), Type: "image/png"})
		case flows.Redact:
			sum := sha256.Sum256([]byte(fmt.Sprint(e.SHA256, e.Cover)))
			w.hear(chat, flows.Kept{Case: e.Case, Exhibit: e.Exhibit, SHA256: hex.EncodeToString(sum[:]), Size: 10, Type: "image/jpeg"})
		case flows.Export:
			w.exported(chat, e)
		case flows.Recognize:
			w.hear(chat, flows.Recognized{Case: e.Case, Exhibit: e.Exhibit, Text: w.onPictures})
		}
	}
}

// exported puts the case into words, as the bot does, and hands over empty files.
func (w *pure) exported(chat int64, e flows.Export) {
	if _, err := w.g.Dossier(w.person(chat), e, nil, nil); err != nil {
		panic(err)
	}
	var files []flows.Document
	for _, ending := range []string{"pdf", "zip"} {
		files = append(files, flows.Document{Name: fmt.Sprintf("recourse-case-%d.%s", e.Case, ending), SHA256: sum(ending)})
	}
	w.hear(chat, flows.Exported{Case: e.Case, Pack: e.Pack, Files: files})
}

func sum(text string) string {
	s := sha256.Sum256([]byte(text))
	return hex.EncodeToString(s[:])
}

func (w *pure) said(c *pureChat, e flows.Say) {
	if c.blocked {
		return
	}
	var text strings.Builder
	for _, s := range e.Text {
		text.WriteString(s.Text)
	}
	m := message{text: text.String()}
	for _, row := range e.Rows {
		m.buttons = append(m.buttons, row...)
	}
	if e.Document != nil {
		m.file = e.Document.Name
	}
	if i, ok := c.keys[e.Key]; ok && e.Key != "" {
		m.id = c.messages[i].id
		c.messages[i] = m
		c.edits++
		return
	}
	c.next++
	m.id = c.next
	c.messages = append(c.messages, m)
	if e.Key != "" {
		c.keys[e.Key] = len(c.messages) - 1
	}
}

func (w *pure) mine(chat int64) int {
	c := w.chat(chat)
	c.next++
	c.mine = append(c.mine, c.next)
	return c.next
}

func (w *pure) say(chat int64, text string) {
	w.hear(chat, flows.Said{Message: w.mine(chat), Text: text, Sent: w.now})
}

func (w *pure) forward(chat int64, kind, name, text string, at time.Time) {
	if at.IsZero() {
		at = w.now
	}
	w.hear(chat, flows.Said{Message: w.mine(chat), Text: text, Sent: w.now, Forward: &flows.Forward{Kind: kind, Name: name, Date: at}})
}

func (w *pure) file(chat int64, f sent) {
	if f.size == 0 {
		f.size = 10
	}
	e := flows.Sent{
		Message: w.mine(chat), Caption: f.caption, Album: f.album, Sent: w.now,
		File: flows.File{ID: fmt.Sprint("file ", w.updates), Unique: "unique " + f.as + or(f.same, f.name), Kind: f.as, Name: f.name, Size: f.size},
	}
	w.files[e.File.ID] = f
	if kind, name, ok := strings.Cut(f.from, " "); ok {
		e.Forward = &flows.Forward{Kind: kind, Name: name, Date: w.now}
		if !f.at.IsZero() {
			e.Forward.Date = f.at
		}
	}
	w.hear(chat, e)
}

func (w *pure) share(chat int64, kind string) {
	w.hear(chat, flows.Unsupported{Message: w.mine(chat), Kind: map[string]string{"payment": "successful_payment", "venue": "location"}[kind] + map[bool]string{true: kind}[kind != "payment" && kind != "venue"]})
}

func (w *pure) edit(chat int64, nth int, text string) {
	c := w.chat(chat)
	w.hear(chat, flows.Edited{Message: c.mine[len(c.mine)-nth], Text: text, At: w.now})
}

func (w *pure) tap(chat int64, value string, old bool, times int) error {
	c := w.chat(chat)
	var found *flows.Button
	at := 0
	for _, m := range c.messages {
		for _, b := range m.buttons {
			if b.Value == value && (found == nil || !old) {
				x := b
				found, at = &x, m.id
			}
		}
	}
	if found == nil {
		return fmt.Errorf("there is no button %q", value)
	}
	for range times {
		w.hear(chat, flows.Tapped{Query: fmt.Sprint("query ", w.updates), Message: at, Button: found})
	}
	return nil
}

func (w *pure) unknown(chat int64) {
	w.hear(chat, flows.Unsupported{Message: w.mine(chat), Kind: "dice"})
}
func (w *pure) forged(chat int64) { w.hear(chat, flows.Tapped{Query: "q", Data: "forged.1"}) }
func (w *pure) block(chat int64) {
	w.chat(chat).blocked = true
	w.hear(chat, flows.Blocked{})
}

func (w *pure) unblock(chat int64) {
	w.chat(chat).blocked = false
	w.hear(chat, flows.Unblocked{})
}
func (w *pure) set(t time.Time)                   { w.now = t }
func (w *pure) speak(chat int64, language string) { w.chat(chat).language = language }
func (w *pure) settle()                           { w.move(0) }
func (w *pure) restart()                          {}
func (w *pure) heard(chat int64) []message        { return w.chat(chat).messages }
func (w *pure) hides(chat int64) int              { return w.chat(chat).hidden }
func (w *pure) toasts(chat int64) int             { return w.chat(chat).toasts + w.chat(chat).edits }

// move lets time pass and wakes whoever is due on the way.
func (w *pure) move(d time.Duration) {
	until := w.now.Add(d)
	for {
		var chat int64
		var at time.Time
		for id := range w.people {
			if due := w.person(id).WakeAt(); !due.IsZero() && !due.After(until) && (at.IsZero() || due.Before(at)) {
				chat, at = id, due
			}
		}
		if chat == 0 {
			break
		}
		if at.After(w.now) {
			w.now = at
		}
		w.hear(chat, flows.Woke{})
	}
	w.now = until
}

// The stories, through the conversation alone, with what was said held against
// golden/.
func TestStoriesPure(t *testing.T) {
	g := guide(t)
	walked := map[string]bool{}
	g.Listen(func(step, exit string) { walked[step+" "+exit] = true })
	for _, file := range stories(t) {
		name := strings.TrimSuffix(filepath.Base(file), ".txt")
		t.Run(name, func(t *testing.T) {
			w := newPure(g)
			play(t, w, readStory(t, file))
			golden(t, name, w)
		})
	}
	if g.Missing() > 0 {
		t.Errorf("%d times words were asked for that are not there", g.Missing())
	}
	if t.Failed() {
		return
	}
	// Every exit of the dialogue is walked by some story.
	for _, exit := range g.Exits() {
		f := strings.Fields(exit)
		if !walked[f[0]+" "+f[1]] {
			t.Errorf("no story walks the exit %q of the step %s (to %s)", f[1], f[0], f[2])
		}
	}
}

func golden(t *testing.T, name string, w *pure) {
	t.Helper()
	var b strings.Builder
	for chat := int64(1); chat <= 3; chat++ {
		for _, m := range w.heard(chat) {
			fmt.Fprintf(&b, "———— %d\n%s\n", chat, m.text)
			if m.file != "" {
				fmt.Fprintf(&b, "<%s>\n", m.file)
			}
			for _, x := range m.buttons {
				fmt.Fprintf(&b, "[%s] ", x.Label)
			}
			if len(m.buttons) > 0 {
				b.WriteString("\n")
			}
		}
	}
	file := filepath.Join("golden", name+".txt")
	if *update {
		if err := os.MkdirAll("golden", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v (go test ./flows_test -update writes it)", err)
	}
	if string(want) != b.String() {
		t.Errorf("what is said differs from %s; look at it, then go test ./flows_test -update\n%s", file, difference(string(want), b.String()))
	}
}

// difference shows the first lines that are not alike.
func difference(want, got string) string {
	a, b := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range a {
		if i >= len(b) || a[i] != b[i] {
			now := "(nothing)"
			if i < len(b) {
				now = b[i]
			}
			return fmt.Sprintf("line %d was: %s\n     now: %s", i+1, a[i], now)
		}
	}
	return "there is more at the end"
}
