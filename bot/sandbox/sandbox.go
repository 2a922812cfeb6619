// Package sandbox is a stand-in for Telegram that runs on one machine: a Bot
// API server, a chat page in the browser and a clock that can be moved on.
//
// A bot talks to it through the same client and the same code as to Telegram;
// people talk to the bot through the page, through a small HTTP interface
// (README.md) or through the Go methods of Sandbox. It is the demonstration,
// the developers' bench and the rig of the end-to-end tests.
//
// It is strict: what Telegram refuses, it refuses, with Telegram's words, and
// it remembers every refusal, so that a test can ask for none (Refusals). It
// can be unkind on purpose: 429, 502, closed connections, lost answers
// (Faults), second deliveries (Redeliver), unknown kinds of update (Raw).
//
// It knows nothing of any bot's dialogue. Everything lives in memory and is
// gone with the process. Begin with New; the Bot API starts in api.go, what a
// person can do is in say.go, what is refused in check.go and entities.go.
package sandbox

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	mathrand "math/rand/v2"
	"net/http"
	"sync"
	"time"
)

// Options say how a Sandbox is set up. The zero value of every field but
// Token is usable.
type Options struct {
	// Token is the bot token that is accepted, for instance "1:sandbox".
	Token string
	// State, when given, returns what the bot knows about a chat. It is shown
	// as JSON to developers and never looked into.
	State func(ctx context.Context, chat int64) (any, error)
	// Start is the clock's first reading; zero means time.Now().
	Start time.Time
	// Frozen makes the clock stand still unless it is moved; otherwise it runs
	// on from Start.
	Frozen bool
	// Expire makes waiting updates vanish as Telegram's do, by the sandbox's
	// clock: messages after 24 hours, taps after 150 seconds. A tap's answer is
	// then also refused 15 minutes after the tap by this clock, not only by
	// real time. Without it updates wait for ever.
	Expire bool
}

// Sandbox is one local Telegram with one bot. Its methods may be called from
// any goroutine.
type Sandbox struct {
	options Options

	clockMu  sync.Mutex
	reading  time.Time // what the clock said …
	readAt   time.Time // … at this real moment
	closed   chan struct{}
	closeOne sync.Once

	mu       sync.Mutex
	bot      user
	chats    map[int64]*chat
	order    []int64 // chats in the order they appeared
	revision int64   // counts every change a reader of transcripts can see
	changed  chan struct{}

	queue     []update
	again     []update // second deliveries, see Redeliver
	past      map[int64]update
	nextID    int64
	allowed   map[string]bool // nil: Telegram's default set
	arrived   chan struct{}
	poll      chan struct{} // closed when a newer poll takes over
	queries   map[string]*query
	files     map[string]*file // by file_id
	paths     map[string]*file // by file_path, once getFile has named it
	fileCount int

	commands map[commandKey][]Command
	names    map[string]string // by language code, "" is the default
	long     map[string]string
	short    map[string]string
	menu     map[int64]any

	faults   Faults
	chance   *mathrand.Rand
	refusals []Refusal

	events  []Event
	lastSeq int64
	noted   chan struct{}
}

// New returns a Sandbox whose bot has Options.Token. Nobody has written yet.
func New(o Options) *Sandbox {
	if o.Start.IsZero() {
		o.Start = time.Now()
	}
	s := &Sandbox{
		options:  o,
		reading:  o.Start,
		readAt:   time.Now(),
		closed:   make(chan struct{}),
		chats:    map[int64]*chat{},
		changed:  make(chan struct{}),
		past:     map[int64]update{},
		arrived:  make(chan struct{}),
		queries:  map[string]*query{},
		files:    map[string]*file{},
		paths:    map[string]*file{},
		commands: map[commandKey][]Command{},
		names:    map[string]string{},
		long:     map[string]string{},
		short:    map[string]string{},
		menu:     map[int64]any{},
		noted:    make(chan struct{}),
	}
	s.bot = user{ID: botID(o.Token), IsBot: true, FirstName: "Recourse", Username: "sandbox_bot"}
	s.nextID = 100_000_000 + int64(random()%800_000_000)
	return s
}

// botID is the number before the colon of a token, as with Telegram's tokens.
func botID(token string) int64 {
	var id int64
	for _, c := range token {
		if c < '0' || c > '9' || id > 1<<52 {
			break
		}
		id = id*10 + int64(c-'0')
	}
	// People have small ids in a sandbox; the bot must not share one.
	return id + 7_000_000_000
}

func random() uint64 {
	var b [8]byte
	rand.Read(b[:])
	return binary.LittleEndian.Uint64(b[:])
}

// Handler serves the chat page at "/", the driving interface at "/api/", the
// Bot API at "/bot<token>/<method>" and downloads at "/file/bot<token>/<path>".
// It answers only requests whose Host is a loopback name or address.
func (s *Sandbox) Handler() http.Handler {
	return http.HandlerFunc(s.serve)
}

// Now reads the sandbox's clock.
func (s *Sandbox) Now() time.Time {
	s.clockMu.Lock()
	defer s.clockMu.Unlock()
	return s.now()
}

func (s *Sandbox) now() time.Time {
	if s.options.Frozen {
		return s.reading
	}
	return s.reading.Add(time.Since(s.readAt))
}

// Move moves the clock on by d. It never goes back: a negative d does nothing.
func (s *Sandbox) Move(d time.Duration) {
	if d > 0 {
		s.clockMu.Lock()
		s.reading, s.readAt = s.now().Add(d), time.Now()
		s.clockMu.Unlock()
		s.note(Event{Kind: "clock"})
	}
}

// Set sets the clock to t. An earlier t than Now does nothing.
func (s *Sandbox) Set(t time.Time) {
	s.clockMu.Lock()
	later := t.After(s.now())
	if later {
		s.reading, s.readAt = t, time.Now()
	}
	s.clockMu.Unlock()
	if later {
		s.note(Event{Kind: "clock"})
	}
}

// Close ends waiting polls and event streams. Later Bot API calls are answered
// with 500, so that a bot which polls on does not spin on empty answers.
func (s *Sandbox) Close() {
	s.closeOne.Do(func() { close(s.closed) })
}

// An Event tells the page that something changed: "message" (ask for the
// transcript), "toast" (the bot answered a tap), "typing" (a chat action),
// "clock", "people" or "bot" (commands, name or description).
type Event struct {
	Seq   int64  `json:"seq"`
	Kind  string `json:"kind"`
	Chat  int64  `json:"chat,omitempty"`
	Text  string `json:"text,omitempty"`
	Alert bool   `json:"alert,omitempty"`
}

const eventsKept = 512

func (s *Sandbox) note(e Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.noteLocked(e)
}

func (s *Sandbox) noteLocked(e Event) {
	s.lastSeq++
	e.Seq = s.lastSeq
	s.events = append(s.events, e)
	if len(s.events) > eventsKept {
		s.events = append([]Event(nil), s.events[len(s.events)-eventsKept/2:]...)
	}
	close(s.noted)
	s.noted = make(chan struct{})
}
