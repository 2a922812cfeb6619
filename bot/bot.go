// Package bot is Telegram. It brings what people write, tap and send to the
// conversation, and what the conversation says back to them; it knows chats,
// keyboards, files and Telegram's tempers, and knows no law, no case and no
// step of the dialogue.
//
// The way of one message: receive asks Telegram for updates, read makes each a
// flows.Input, Turns commits them all, and only then Telegram hears that they
// may be forgotten. What follows lies in the outbox; send takes it from there,
// in order within a chat, chats side by side. What is slow (fetch) and what
// time brings (wake) comes back through the same door, as an Input. Nothing is
// remembered here that a restart may not forget.
//
// Two clocks: people's dates come from Settings.Now, which the sandbox moves by
// days; waiting before another try is real time (time.Now, time.After), so that
// it ends even where the other clock stands still. Begin with Run.
package bot

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	telegram "github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"
	"golang.org/x/time/rate"

	"recourse/flows"
	"recourse/flows/dossier"
)

// Turns takes what happened into the conversations, all of it in one
// transaction; an input heard before is passed over. It is called by several
// goroutines at once.
type Turns interface {
	Turns(ctx context.Context, inputs []flows.Input, advance flows.Advance) error
}

// Outbox is what waits to go out to Telegram. Its times are real time.
type Outbox interface {
	// Waiting gives the rows that are due, oldest first; a chat whose first
	// row is not due gives none.
	Waiting(ctx context.Context, now time.Time, limit int) ([]flows.Outgoing, error)
	// Sent notes that a row went out, and as which message; 0 = as none.
	Sent(ctx context.Context, id int64, message int) error
	// Later puts a row off, and so its chat.
	Later(ctx context.Context, id int64, at time.Time) error
	// Drop gives a row up.
	Drop(ctx context.Context, id int64, why string) error
	// Messages are the ids of what the bot itself wrote to a person since.
	Messages(ctx context.Context, person int64, since time.Time) ([]int, error)
}

// Alarm tells whose time has come, by the people's clock.
type Alarm interface {
	Due(ctx context.Context, now time.Time, limit int) ([]flows.Input, error)
}

// Jobs is the slow work that waits. Its times are real time. A job ends when
// an Input that names it is taken in.
type Jobs interface {
	Jobs(ctx context.Context, now time.Time, limit int) ([]flows.Job, error)
	Retry(ctx context.Context, id int64, at time.Time) error
}

// Vault is where people's files lie.
type Vault interface {
	// Put keeps a file whose bytes are read from r; head is its beginning, long
	// enough to tell its type. More than limit bytes are ErrTooBig.
	Put(ctx context.Context, person int64, r io.Reader, limit int64) (sha256 string, size int64, head []byte, err error)
	// Open gives a person's file, found unchanged.
	Open(ctx context.Context, person int64, sha256 string) (io.ReadSeekCloser, error)
}

// What Vault answers to a file it does not take.
var (
	ErrTooBig   = errors.New("the file is larger than what is kept")
	ErrUnwanted = errors.New("nobody waits for the file any more")
)

// Words is what Telegram itself shows of the bot in one language.
type Words struct {
	Language    string // tag of a locale: "en", "zh-Hans"
	Commands    []Command
	Description string // shown in an empty chat, ≤ 512 characters
	Short       string // shown on the profile, ≤ 120 characters
}

// Command is a line of the command menu.
type Command struct{ Name, Text string }

// Settings is what a Bot needs. All fields are needed above Words.
type Settings struct {
	Token   Secret
	API     string // where Telegram answers: "https://api.telegram.org"
	Turns   Turns
	Outbox  Outbox
	Alarm   Alarm
	Jobs    Jobs
	Vault   Vault
	Records Records
	// Dossier puts a case into words for the language and pack an export asks for.
	Dossier func(p *flows.Person, work flows.Export, log [][]byte, stamps []flows.Stamp) (*dossier.Dossier, error)
	Key     dossier.Key // signs dossiers
	Advance flows.Advance
	Now     func() time.Time // the people's clock
	Log     *slog.Logger

	Words []Words // English is also for everybody else
	// Prune forgets what is too old at now, the people's clock's; called at the
	// start and every hour. nil = there is nothing to forget.
	Prune   func(ctx context.Context, now time.Time) error
	Absence Absence // nil = silences are not told
	Stamps  Stamps  // needed with Authority
	// Emergency answers a call for help out of what is compiled in, when a turn
	// can't be taken; nil = nobody does.
	Emergency func(flows.Input) ([]flows.Span, bool)
	// Recognizer reads words off pictures; nil = nobody does, and nothing is said
	// of it.
	Recognizer Recognizer
	// Authority is the address of a time-stamping authority (RFC 3161) that
	// attests the ends of logs; "" = none.
	Authority string
	Pace      int // messages a second to everybody together; 0 = 30, as Telegram asks
}

// Bot talks with Telegram. Run or Settle works it, one of them at a time.
type Bot struct {
	set       Settings
	api       *telegram.Bot // methods and models; its receiving half is not used
	client    *http.Client
	pace      *rate.Limiter
	offset    int64     // the next update wanted
	noted     time.Time // when Absence last heard of it
	parts     progress
	exporting chan struct{}       // a place each
	reading   chan struct{}       // a place each
	helped    map[int64]time.Time // who was answered without the store, and when
	second    time.Duration       // what a second of waiting lasts: tests make it short

	covering chan struct{} // held while a picture is covered
	cover    func(r io.Reader, areas []string, w io.Writer) error

	toSend, toWake, toWork chan struct{} // nudges: look again, something was committed
}

const (
	pollTime    = 50 * time.Second // how long Telegram may hold an empty answer back
	callTime    = time.Minute      // the longest a call may take
	fileTime    = 10 * time.Minute // the longest a file may take, up or down
	farewell    = 5 * time.Second  // what is in flight at the end may take
	longestWait = time.Minute
)

var tokenShape = regexp.MustCompile(`^[0-9]+:[A-Za-z0-9_-]+$`)

// New makes a Bot. It calls nobody; a token or an address that can't be right
// is an error.
func New(s Settings) (*Bot, error) {
	if !tokenShape.MatchString(s.Token.Reveal()) {
		return nil, errors.New("the token is not one that Telegram gives: it looks like 123456:ABC-def")
	}
	s.API = strings.TrimRight(s.API, "/")
	address, err := url.Parse(s.API)
	if err != nil || address.Host == "" || (address.Scheme != "https" && address.Scheme != "http") {
		return nil, errors.New("the address of Telegram's API is not a web address: it looks like https://api.telegram.org")
	}
	if s.Pace == 0 {
		s.Pace = 30
	}
	b := &Bot{
		set:       s,
		client:    newClient(),
		pace:      rate.NewLimiter(rate.Limit(s.Pace), s.Pace),
		parts:     progress{of: map[int64]int{}},
		exporting: make(chan struct{}, exports),
		reading:   make(chan struct{}, readers),
		helped:    map[int64]time.Time{},
		second:    time.Second,
		toSend:    make(chan struct{}, 1),
		toWake:    make(chan struct{}, 1),
		toWork:    make(chan struct{}, 1),
		covering:  make(chan struct{}, 1),
		cover:     dossier.Cover,
	}
	b.api, err = telegram.New(nickname,
		telegram.WithServerURL(s.API),
		telegram.WithHTTPClient(pollTime, door{b.client, s.Token}),
		telegram.WithSkipGetMe(),
		// Its own handlers print whole updates and errors.
		telegram.WithDefaultHandler(func(context.Context, *telegram.Bot, *models.Update) {}),
		telegram.WithErrorsHandler(func(error) {}),
		telegram.WithDebugHandler(func(string, ...any) {}),
	)
	if err != nil {
		return nil, fmt.Errorf("make a client for Telegram: %w", b.scrub(err))
	}
	return b, nil
}

// Run works until ctx ends, and then in order: nothing new is received, turns
// under way are finished, what waits to go out may still go for five seconds.
// An error means that it could not begin.
func (b *Bot) Run(ctx context.Context) error {
	if err := b.greet(ctx); err != nil {
		return err
	}
	if b.set.Key != nil { // for the host to publish
		b.set.Log.Info("dossiers are signed", "key", dossier.Fingerprint(b.set.Key.Public()))
	}
	last, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	drain := make(chan struct{})
	var sending, loops sync.WaitGroup
	sending.Go(func() { b.send(last, drain) })
	loops.Go(func() { b.introduce(ctx) })
	loops.Go(func() { b.receive(ctx) })
	loops.Go(func() { b.wake(ctx) })
	loops.Go(func() { b.work(ctx) })
	loops.Go(func() { b.prune(ctx) })
	loops.Go(func() { b.stamp(ctx) })
	loops.Wait()
	close(drain)
	defer time.AfterFunc(farewell, stop).Stop()
	sending.Wait()
	return nil
}

// Settle does all there is to do, one thing after another and always in the
// same order, until nothing is left: for tests and scripts, where Run's loops
// would race each other. What is put off on the way, for up to a minute, it
// waits for.
func (b *Bot) Settle(ctx context.Context) error {
	const rounds = 10_000 // more is not a conversation but a wheel
	var pending []time.Time
	failures := 0
	for range rounds {
		heard, err := b.poll(ctx, 0)
		var no *refusal
		var unheard *storeError
		switch {
		case err == nil:
			failures = 0
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.As(err, &unheard), errors.As(err, &no) && no.denied(), failures == 20:
			return err
		default:
			failures++
			b.pause(ctx, b.patience(err, failures))
			continue
		}
		woken, err := b.wakeOnce(ctx)
		if err != nil {
			return err
		}
		worked, again, err := b.workOnce(ctx)
		if err != nil {
			return err
		}
		sent, later, err := b.sendOnce(ctx)
		if err != nil {
			return err
		}
		now := time.Now()
		pending = slices.DeleteFunc(slices.Concat(pending, again, later), func(t time.Time) bool {
			return t.Before(now) || t.After(now.Add(longestWait))
		})
		switch {
		case heard+woken+worked+sent > 0:
		case len(pending) == 0:
			return nil
		case !b.pause(ctx, time.Until(slices.MinFunc(pending, time.Time.Compare))):
			return ctx.Err()
		}
	}
	return errors.New("settle: there is always something left to do")
}

// greet makes sure that Telegram knows the bot before anything begins.
func (b *Bot) greet(ctx context.Context) error {
	for try := 1; ; try++ {
		call, end := context.WithTimeout(ctx, callTime)
		me, err := b.api.GetMe(call)
		end()
		switch v := judge(err); {
		case v.what == done:
			b.set.Log.Info("bot awake", "bot", me.ID)
			b.unhook(ctx)
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		case v.what == denied || v.what == unknown:
			return errors.New("the token was refused by Telegram")
		case v.what == refused || v.what == shut || try == 5:
			return fmt.Errorf("no answer from Telegram at %s: %w", b.set.API, b.scrub(err))
		default:
			b.set.Log.Warn("telegram not reached, trying again", "try", try)
			if !b.pause(ctx, max(v.after, b.growing(try))) {
				return ctx.Err()
			}
		}
	}
}

// unhook ends an earlier life of the token with a webhook: while one is set,
// getUpdates is refused. What waits is kept. (webhook.go would stand here: a
// door of our own that answers 2xx only after Turns, never the library's.)
func (b *Bot) unhook(ctx context.Context) {
	call, end := context.WithTimeout(ctx, callTime)
	defer end()
	if _, err := b.api.DeleteWebhook(call, &telegram.DeleteWebhookParams{}); err != nil {
		b.set.Log.Warn("webhook not removed", "why", judge(err).what)
	}
}

// storeError is a failure of the store's, not of Telegram's.
type storeError struct{ err error }

func (e *storeError) Error() string { return e.err.Error() }
func (e *storeError) Unwrap() error { return e.err }

// turns takes inputs in and lets the loops know. It does not end with ctx: a
// turn that has begun is finished.
func (b *Bot) turns(ctx context.Context, inputs ...flows.Input) error {
	return b.turnsBy(ctx, b.set.Advance, inputs...)
}

func (b *Bot) turnsBy(ctx context.Context, advance flows.Advance, inputs ...flows.Input) error {
	if err := b.set.Turns.Turns(context.WithoutCancel(ctx), inputs, advance); err != nil {
		return &storeError{fmt.Errorf("take a turn: %w", err)}
	}
	for _, c := range []chan struct{}{b.toSend, b.toWake, b.toWork} {
		select {
		case c <- struct{}{}:
		default: // it has not looked since the last nudge
		}
	}
	return nil
}

// prune forgets, every hour, what need not be kept.
func (b *Bot) prune(ctx context.Context) {
	for b.set.Prune != nil {
		if err := b.set.Prune(context.WithoutCancel(ctx), b.set.Now()); err != nil {
			b.set.Log.Error("prune failed", "error", err)
		}
		if !b.pause(ctx, time.Hour) {
			return
		}
	}
}

// pause waits in real time; false = ctx ended first.
func (b *Bot) pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return ctx.Err() == nil
	}
}

// growing is how long to wait after so many failures: 1, 2, 4 … 60 seconds.
func (b *Bot) growing(failures int) time.Duration {
	return min(b.second<<min(max(failures-1, 0), 6), longestWait)
}
