package bot

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"recourse/bot/sandbox"
	"recourse/flows"
)

// The token every test uses: whatever is logged, printed or returned in a test
// is searched for it.
const canary = "4242:CANARY-token-nobody-may-see"

// shelf is a store in memory, small enough to be seen through.
type shelf struct {
	mu       sync.Mutex
	seen     map[string]bool
	heard    []flows.Input // in the order they took effect, each once
	batches  [][]flows.Input
	rows     []*shelfRow
	due      []flows.Input
	jobs     []*shelfJob
	files    map[string][]byte
	failures int // Turns fails so many times
	noDisk   int // and Put
	next     int64
}

type shelfRow struct {
	flows.Outgoing
	at      time.Time
	sent    bool
	message int
	dropped string
}

type shelfJob struct {
	flows.Job
	at   time.Time
	done bool
}

func newShelf() *shelf { return &shelf{seen: map[string]bool{}, files: map[string][]byte{}} }

var errDown = errors.New("the store is down")

func (s *shelf) Turns(_ context.Context, inputs []flows.Input, advance flows.Advance) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.batches = append(s.batches, inputs)
	if s.failures > 0 {
		s.failures--
		return errDown
	}
	for _, in := range inputs {
		if s.seen[in.ID] {
			continue
		}
		s.seen[in.ID] = true
		s.heard = append(s.heard, in)
		s.due = slices.DeleteFunc(s.due, func(d flows.Input) bool { return d.ID == in.ID })
		for _, j := range s.jobs {
			j.done = j.done || j.ID == in.Job
		}
		for _, e := range advance(&flows.Person{ID: in.Person}, in) {
			if flows.Slow(e) {
				s.next++
				s.jobs = append(s.jobs, &shelfJob{Job: flows.Job{ID: s.next, Person: in.Person, Work: e}})
				continue
			}
			s.put(flows.Outgoing{Person: in.Person, Effect: e})
		}
	}
	return nil
}

// put lays a row in the outbox; the caller holds mu, or is alone.
func (s *shelf) put(o flows.Outgoing) int64 {
	s.next++
	o.ID = s.next
	if say, ok := o.Effect.(flows.Say); ok && o.Data == nil {
		for i, row := range say.Rows {
			o.Data = append(o.Data, nil)
			for j := range row {
				o.Data[i] = append(o.Data[i], fmt.Sprintf("%d.%d.%d", o.ID, i, j))
			}
		}
	}
	s.rows = append(s.rows, &shelfRow{Outgoing: o})
	return o.ID
}

func (s *shelf) row(id int64) *shelfRow {
	for _, r := range s.rows {
		if r.ID == id {
			return r
		}
	}
	panic("no such row")
}

func (s *shelf) Waiting(_ context.Context, now time.Time, limit int) ([]flows.Outgoing, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	stopped := map[int64]bool{}
	var out []flows.Outgoing
	for _, r := range s.rows {
		if r.sent || r.dropped != "" || stopped[r.Person] {
			continue
		}
		if r.at.After(now) {
			stopped[r.Person] = true
			continue
		}
		if out = append(out, r.Outgoing); len(out) == limit {
			break
		}
	}
	return out, nil
}

func (s *shelf) Sent(_ context.Context, id int64, message int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.row(id).sent, s.row(id).message = true, message
	return nil
}

func (s *shelf) Later(_ context.Context, id int64, at time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.row(id).at = at
	return nil
}

func (s *shelf) Drop(_ context.Context, id int64, why string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.row(id).dropped = why
	return nil
}

func (s *shelf) Messages(_ context.Context, person int64, _ time.Time) (ids []int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.rows {
		if r.Person == person && r.message != 0 {
			ids = append(ids, r.message)
		}
	}
	return ids, nil
}

func (s *shelf) Due(_ context.Context, now time.Time, limit int) ([]flows.Input, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var due []flows.Input
	for _, in := range s.due {
		if !in.At.After(now) && len(due) < limit {
			due = append(due, in)
		}
	}
	return due, nil
}

func (s *shelf) Jobs(_ context.Context, now time.Time, limit int) ([]flows.Job, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var jobs []flows.Job
	for _, j := range s.jobs {
		if !j.done && !j.at.After(now) && len(jobs) < limit {
			jobs = append(jobs, j.Job)
		}
	}
	return jobs, nil
}

func (s *shelf) Retry(_ context.Context, id int64, at time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, j := range s.jobs {
		if j.ID == id {
			j.at = at
			j.Attempts++
		}
	}
	return nil
}

func (s *shelf) Open(_ context.Context, _ int64, sha256 string) (io.ReadSeekCloser, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	data, ok := s.files[sha256]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return &held{bytes.NewReader(data)}, nil
}

func (s *shelf) Put(_ context.Context, _ int64, r io.Reader, limit int64) (string, int64, []byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return "", 0, nil, err
	}
	if int64(len(data)) > limit {
		return "", 0, nil, fmt.Errorf("put: %w", ErrTooBig)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.noDisk > 0 {
		s.noDisk--
		return "", 0, nil, errors.New("disk full")
	}
	sum := sha256.Sum256(data)
	key := hex.EncodeToString(sum[:])
	s.files[key] = data
	return key, int64(len(data)), data[:min(len(data), 3072)], nil
}

// quiet is a conversation that says nothing.
func quiet(*flows.Person, flows.Input) []flows.Effect { return nil }

// echo says back what it hears.
func echo(_ *flows.Person, in flows.Input) []flows.Effect {
	switch e := in.Event.(type) {
	case flows.Said:
		return []flows.Effect{words("heard " + e.Text)}
	case flows.Sent:
		return []flows.Effect{flows.Fetch{Case: 1, Exhibit: 1, File: e.File}}
	case flows.Tapped:
		return []flows.Effect{flows.Toast{Query: e.Query}, words("tapped " + e.Data)}
	}
	return nil
}

func words(text string) flows.Say { return flows.Say{Text: []flows.Span{{Text: text}}} }

// rig is a bot between a sandbox and a shelf, whose waiting is short.
type rig struct {
	*Bot
	box   *sandbox.Sandbox
	shelf *shelf
	log   *logbook
	web   *httptest.Server
}

// newRig makes one; around, when given, stands before the sandbox.
func newRig(t *testing.T, advance flows.Advance, around func(http.Handler) http.Handler) *rig {
	t.Helper()
	box := sandbox.New(sandbox.Options{Token: canary})
	handler := box.Handler()
	if around != nil {
		handler = around(handler)
	}
	web := httptest.NewServer(handler)
	t.Cleanup(web.Close)
	t.Cleanup(box.Close)
	s, log := newShelf(), &logbook{}
	b := newBot(t, web.URL, s, advance, log)
	b.set.Now = box.Now
	r := &rig{b, box, s, log, web}
	t.Cleanup(func() {
		if strings.Contains(r.logged(), canary) {
			t.Errorf("the token is in the log:\n%s", r.logged())
		}
	})
	return r
}

func newBot(t *testing.T, address string, s *shelf, advance flows.Advance, log io.Writer) *Bot {
	t.Helper()
	b, err := New(Settings{
		Token: NewSecret(canary), API: address, Pace: 100_000, Advance: advance,
		Turns: s, Outbox: s, Alarm: s, Jobs: s, Vault: s, Now: time.Now,
		Log: slog.New(slog.NewJSONHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	if err != nil {
		t.Fatal(err)
	}
	b.second = time.Millisecond
	return b
}

type logbook struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logbook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

// settle settles or fails the test.
func (r *rig) settle(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := r.Settle(ctx); err != nil {
		t.Fatalf("settle: %v\n%s", err, r.logged())
	}
}

// run runs the bot until the returned function is called, which waits for it.
func (r *rig) run(t *testing.T) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- r.Run(ctx) }()
	return func() {
		t.Helper()
		cancel()
		if err := <-ended; err != nil {
			t.Fatalf("run: %v\n%s", err, r.logged())
		}
	}
}

// until waits for something to become true; a test that hangs here is red by
// the time limit.
func until(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !is(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("never came: %s", what)
		}
	}
}

// said are the texts the bot wrote in a chat, in order.
func (r *rig) said(chat int64) (texts []string) {
	for _, m := range r.box.Transcript(chat) {
		if m.From == "bot" && !m.Deleted {
			texts = append(texts, m.Text)
		}
	}
	return texts
}

func wantTexts(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("the chat shows\n%q\nwant\n%q", got, want)
	}
}

func TestSettleGoesRoundOnce(t *testing.T) {
	r := newRig(t, echo, nil)
	r.box.Say(7, "hello")
	r.box.Say(8, "你好")
	r.settle(t)
	wantTexts(t, r.said(7), "heard hello")
	wantTexts(t, r.said(8), "heard 你好")
	r.settle(t) // nothing is left, nothing is said again
	wantTexts(t, r.said(7), "heard hello")
	if n := r.box.Pending(); n != 0 {
		t.Errorf("%d updates unconfirmed", n)
	}
	if no := r.box.Refusals(); len(no) > 0 {
		t.Errorf("refused: %+v", no)
	}
}

func TestRunWorksAndEnds(t *testing.T) {
	r := newRig(t, echo, nil)
	stop := r.run(t)
	r.box.Say(7, "hello")
	until(t, "the answer", func() bool { return len(r.said(7)) == 1 })
	r.box.Send(7, sandbox.File{Name: "a.txt", Data: []byte("bytes")})
	until(t, "the file", func() bool { r.shelf.mu.Lock(); defer r.shelf.mu.Unlock(); return len(r.shelf.files) == 1 })
	stop()
	wantTexts(t, r.said(7), "heard hello")
}

// What waits in the outbox when the bot is told to end still goes.
func TestRunSendsWhatWaitsAtTheEnd(t *testing.T) {
	gate := make(chan struct{})
	r := newRig(t, quiet, func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
			if strings.HasSuffix(q.URL.Path, "/sendMessage") {
				<-gate
			}
			h.ServeHTTP(w, q)
		})
	})
	r.box.Say(7, "hi")
	r.settle(t)
	for i := range 20 { // more than a lane takes at once
		r.shelf.put(flows.Outgoing{Person: 7, Effect: words(fmt.Sprint(i))})
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- r.Run(ctx) }()
	until(t, "the start", func() bool { return strings.Contains(r.logged(), "bot awake") })
	cancel()
	close(gate)
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if got := r.said(7); len(got) != 20 {
		t.Errorf("%d of 20 went: %q", len(got), got)
	}
}

// logged is the log so far.
func (r *rig) logged() string {
	r.log.mu.Lock()
	defer r.log.mu.Unlock()
	return r.log.text.String()
}

func TestNewRefusesWhatCannotBeRight(t *testing.T) {
	for _, c := range []struct{ token, api string }{
		{"", "https://api.telegram.org"},
		{"no token", "https://api.telegram.org"},
		{canary, ""},
		{canary, "api.telegram.org"},
		{canary, "ftp://api.telegram.org"},
		{canary, "https://"},
		{canary, "https://%zz"},
	} {
		_, err := New(Settings{Token: NewSecret(c.token), API: c.api})
		if err == nil || strings.Contains(err.Error(), canary) || strings.Contains(err.Error(), "\n") {
			t.Errorf("New(%q, %q): %v", c.token, c.api, err)
		}
	}
}

func TestRunSaysWhyItCannotBegin(t *testing.T) {
	for _, c := range []struct {
		name, body string
		code       int
		want       string
	}{
		{"revoked", `{"ok":false,"error_code":401,"description":"Unauthorized"}`, 401, "the token was refused by Telegram"},
		{"malformed", `{"ok":false,"error_code":404,"description":"Not Found"}`, 404, "the token was refused by Telegram"},
		{"not Telegram", `<html>` + canary, 200, "no answer from Telegram at "},
	} {
		t.Run(c.name, func(t *testing.T) {
			web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				if c.code != 200 {
					w.Header().Set("Content-Type", "application/json")
				}
				w.WriteHeader(c.code)
				_, _ = io.WriteString(w, c.body)
			}))
			defer web.Close()
			err := newBot(t, web.URL, newShelf(), quiet, io.Discard).Run(t.Context())
			if err == nil || !strings.HasPrefix(err.Error(), c.want) || strings.Contains(err.Error(), canary) {
				t.Errorf("Run: %v, want %q", err, c.want)
			}
		})
	}
}

// Due people are heard by the people's clock; one whose time never passes must
// not make the bot spin.
func TestWake(t *testing.T) {
	r := newRig(t, func(_ *flows.Person, in flows.Input) []flows.Effect {
		if _, ok := in.Event.(flows.Woke); ok {
			return []flows.Effect{words("a note for today")}
		}
		return nil
	}, nil)
	r.box.Say(7, "hi")
	r.shelf.due = []flows.Input{{ID: "wake:7:1", Person: 7, At: r.box.Now().Add(240 * time.Hour), Event: flows.Woke{}}}
	r.settle(t)
	wantTexts(t, r.said(7))
	r.box.Move(241 * time.Hour)
	r.settle(t)
	wantTexts(t, r.said(7), "a note for today")
}

func TestWakeDoesNotSpin(t *testing.T) {
	s := newShelf()
	b := newBot(t, "http://127.0.0.1:1", s, quiet, io.Discard)
	b.second = time.Hour
	b.set.Alarm = stuck{}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { b.wake(ctx); close(ended) }()
	until(t, "the first turn", func() bool { s.mu.Lock(); defer s.mu.Unlock(); return len(s.batches) > 0 })
	time.Sleep(20 * time.Millisecond) // for a spin to show; a right bot sleeps an hour
	cancel()
	<-ended
	if n := len(s.batches); n > 2 {
		t.Errorf("%d turns for one stuck reminder", n)
	}
}

// stuck is an alarm that never stops ringing, however often it is answered.
type stuck struct{}

func (stuck) Due(_ context.Context, now time.Time, limit int) (due []flows.Input, err error) {
	for i := range limit {
		due = append(due, flows.Input{ID: fmt.Sprint("wake:", i), Person: 7, At: now, Event: flows.Woke{}})
	}
	return due, nil
}

func TestIntroduce(t *testing.T) {
	r := newRig(t, quiet, nil)
	menu := []Command{{"start", "Begin"}, {"Help", strings.Repeat("長", 300)}, {"", "no name"}}
	r.set.Words = []Words{
		{Language: "en", Commands: menu, Description: "What it is", Short: strings.Repeat("s", 200)},
		{Language: "zh-Hans", Commands: menu, Description: "做什么", Short: "短"},
		{Language: "zh-Hant", Commands: []Command{{"start", "開始"}}},
		{Language: "pt-BR", Commands: menu},
	}
	r.introduce(t.Context())
	if no := r.box.Refusals(); len(no) > 0 || strings.Contains(r.logged(), "not introduced") {
		t.Errorf("refused: %+v\n%s", no, r.logged())
	}
	r.box.Say(7, "hi")
	r.settle(t)
	r.shelf.put(flows.Outgoing{Person: 7, Effect: flows.Menu{Language: "zh-Hant"}})
	r.settle(t)
	if m := r.box.Menu(7); len(m) != 1 || m[0].Description != "開始" {
		t.Errorf("menu of the chat: %+v", m)
	}
	for tag, want := range map[string]string{"en": "", "zh-Hans": "zh", "zh-Hant": "-", "pt-BR": "pt", "de": "de", "x": "-"} {
		code, ok := languageCode(tag)
		if !ok {
			code = "-"
		}
		if code != want {
			t.Errorf("languageCode(%q) = %q, want %q", tag, code, want)
		}
	}
}
