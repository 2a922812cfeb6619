package flows_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"image"
	"image/png"
	"io"
	"log/slog"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"recourse/bot"
	"recourse/bot/sandbox"
	"recourse/flows"
	"recourse/store"
)

const token = "1:sandbox"

// whole plays a story over the real store, the real bot and the local stand-in
// for Telegram, and starts the first two anew after every line.
type whole struct {
	onPictures string // what a machine reads off them
	slowly     chan struct{}
	t          testing.TB
	g          *flows.Guide
	dir        string
	box        *sandbox.Sandbox
	server     *httptest.Server
	store      *store.Store
	bot        *bot.Bot
	mu         sync.Mutex
	values     map[string]flows.Button // text + label → what the button means
	blocked    map[int64]bool
}

func newWhole(t testing.TB, g *flows.Guide) *whole {
	w := &whole{t: t, g: g, dir: t.TempDir(), values: map[string]flows.Button{}, blocked: map[int64]bool{}}
	w.box = sandbox.New(sandbox.Options{Token: token, Start: time.Date(2026, 1, 2, 10, 0, 0, 0, time.UTC), Frozen: true})
	w.server = httptest.NewServer(w.box.Handler())
	w.start()
	t.Cleanup(func() {
		w.box.Close()
		w.server.Close()
		if err := w.store.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

func (w *whole) start() {
	w.t.Helper()
	s, err := store.Open(context.Background(), w.dir)
	if err != nil {
		w.t.Fatal(err)
	}
	w.store = s
	w.bot, err = bot.New(bot.Settings{
		Token: bot.NewSecret(token), API: w.server.URL, Turns: s, Outbox: s, Alarm: s, Jobs: s, Vault: vault{s},
		Records: s, Dossier: w.g.Dossier, Key: s.Key(), Recognizer: w.recognize, Advance: w.advance, Now: w.box.Now, Log: slog.New(slog.DiscardHandler), Pace: 100000,
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// advance remembers what the buttons mean that go out, so that a story may name
// them by their value.
func (w *whole) advance(p *flows.Person, in flows.Input) []flows.Effect {
	effects := w.g.Advance(p, in)
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, e := range effects {
		if s, ok := e.(flows.Say); ok {
			var text strings.Builder
			for _, x := range s.Text {
				text.WriteString(x.Text)
			}
			for _, row := range s.Rows {
				for _, b := range row {
					w.values[fmt.Sprint(in.Person, text.String(), b.Label)] = b
				}
			}
		}
	}
	return effects
}

func (w *whole) reads(words string) { w.onPictures = words }

func (w *whole) recognize(ctx context.Context, _ io.Reader) (string, error) {
	if w.slowly != nil { // until it is closed
		select {
		case <-w.slowly:
		case <-ctx.Done():
		}
	}
	return w.onPictures, nil
}

// vault is the store's vault as the bot sees it.
type vault struct{ s *store.Store }

func (v vault) Put(ctx context.Context, person int64, r io.Reader, limit int64) (string, int64, []byte, error) {
	x, err := v.s.Put(ctx, person, r, limit)
	return x.SHA256, x.Size, x.Head, err
}

func (v vault) Open(ctx context.Context, person int64, sha256 string) (io.ReadSeekCloser, error) {
	return v.s.Open(ctx, person, sha256)
}

func (w *whole) restart() {
	if err := w.store.Close(); err != nil {
		w.t.Fatal(err)
	}
	w.start()
}

func (w *whole) settle() {
	w.t.Helper()
	ctx, done := context.WithTimeout(context.Background(), time.Minute)
	defer done()
	if err := w.bot.Settle(ctx); err != nil {
		w.t.Fatal("settle: ", err)
	}
}

func (w *whole) person(chat int64) *flows.Person {
	p, err := w.store.Person(context.Background(), chat)
	if err != nil {
		w.t.Fatal(err)
	}
	return p
}

func (w *whole) heard(chat int64) []message {
	w.mu.Lock()
	defer w.mu.Unlock()
	var all []message
	for _, m := range w.box.Transcript(chat) {
		if m.From != "bot" {
			continue
		}
		x := message{id: m.ID, text: m.Text}
		if m.File != nil {
			x.file = m.File.Name
		}
		for _, row := range m.Buttons {
			for _, b := range row {
				v := w.values[fmt.Sprint(chat, m.Text, b.Label)]
				x.buttons = append(x.buttons, flows.Button{Label: b.Label, Value: v.Value, Case: v.Case})
			}
		}
		all = append(all, x)
	}
	return all
}

func (w *whole) tap(chat int64, value string, old bool, times int) error {
	var message int
	var label string
	for _, m := range w.heard(chat) {
		for _, b := range m.buttons {
			if b.Value == value && (message == 0 || !old) {
				message, label = m.id, b.Label
			}
		}
	}
	if message == 0 {
		return fmt.Errorf("there is no button %q", value)
	}
	for range times {
		if _, err := w.box.Tap(chat, message, label); err != nil {
			return err
		}
	}
	return nil
}

func (w *whole) say(chat int64, text string) { w.box.Say(chat, text) }
func (w *whole) forward(chat int64, kind, name, text string, at time.Time) {
	w.box.Forward(chat, sandbox.Origin{Kind: kind, Name: name, Date: at}, text)
}

func (w *whole) file(chat int64, f sent) {
	x := sandbox.File{Name: f.name, Data: picture(or(f.same, f.name)), As: f.as, Caption: f.caption, Album: f.album}
	if kind, name, ok := strings.Cut(f.from, " "); ok {
		x.Forward = &sandbox.Origin{Kind: kind, Name: name, Date: f.at}
	}
	switch {
	case f.size < 0:
		x.Data = nil
	case f.size > 0:
		x.Data = append(x.Data, make([]byte, f.size)...)
	}
	w.box.Send(chat, x)
}

func (w *whole) share(chat int64, kind string) { w.box.Share(chat, kind) }

// picture is a small real picture, another for each name.
func picture(name string) []byte {
	sum := sha256.Sum256([]byte(name))
	m := image.NewGray(image.Rect(0, 0, 60, 60))
	for i := range m.Pix {
		m.Pix[i] = sum[i/60/8+8*(i%60/16)]
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func (w *whole) edit(chat int64, nth int, text string) {
	var mine []int
	for _, m := range w.box.Transcript(chat) {
		if m.From == "person" {
			mine = append(mine, m.ID)
		}
	}
	if err := w.box.Edit(chat, mine[len(mine)-nth], text); err != nil {
		w.t.Fatal(err)
	}
}

func (w *whole) unknown(chat int64) {
	_, err := w.box.Raw(fmt.Appendf(nil, `{"message":{"message_id":900001,"date":%d,"chat":{"id":%d,"type":"private"},"from":{"id":%d,"is_bot":false,"first_name":"A"},"dice":{"emoji":"x","value":1}}}`, w.box.Now().Unix(), chat, chat))
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *whole) forged(chat int64) {
	messages := w.heard(chat)
	if _, err := w.box.TapData(chat, messages[len(messages)-1].id, "AAAAAAAAAAAAAAAA.0"); err != nil {
		w.t.Fatal(err)
	}
}

func (w *whole) block(chat int64)   { w.box.Block(chat) }
func (w *whole) unblock(chat int64) { w.box.Unblock(chat) }

// move passes the time in steps of an hour, so that reminders come when they
// are due and not all at the end.
func (w *whole) move(d time.Duration) {
	for d > 0 {
		step := min(d, time.Hour)
		w.box.Move(step)
		d -= step
		if w.store != nil {
			due, err := w.store.Due(context.Background(), w.box.Now(), 1)
			if err != nil {
				w.t.Fatal(err)
			}
			if len(due) > 0 {
				w.settle()
			}
		}
	}
}
func (w *whole) set(t time.Time) { w.box.Set(t) }
func (w *whole) speak(chat int64, language string) {
	w.box.AddPerson(sandbox.Person{ID: chat, Name: "A", Language: language})
}

func (w *whole) hides(chat int64) int {
	n := 0
	for _, m := range w.box.Transcript(chat) {
		if m.Deleted {
			n++
		}
	}
	return n
}

func (w *whole) toasts(chat int64) int {
	n := 0
	for _, m := range w.box.Transcript(chat) {
		n += len(m.Answers) + len(m.Earlier)
	}
	return n
}

// The same stories over store, bot and sandbox, with a restart after every
// line. What is said must be what the pure rig said.
func TestStoriesWhole(t *testing.T) {
	g := guide(t)
	for _, file := range stories(t) {
		name := strings.TrimSuffix(filepath.Base(file), ".txt")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWhole(t, g)
			play(t, w, readStory(t, file))
			for _, r := range w.box.Refusals() {
				t.Errorf("Telegram would refuse %s: %s", r.Method, r.Description)
			}
			if problems, err := w.store.Check(context.Background()); err != nil || len(problems) > 0 {
				t.Error("the store does not fit together: ", err, problems)
			}
		})
	}
}
