package flows_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	telegram "github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"recourse/bot"
	"recourse/bot/sandbox"
	"recourse/flows"
	"recourse/flows/content"
	"recourse/store"
)

// The two promises a person's evidence hangs on: what they sent takes effect
// exactly once, and a crash repeats at most the one message that was on its way
// to them. A bot of its own process, this test binary started again with a
// role, is killed over and over while people forward numbered notes to it.
//
// KILLS chooses how often; ten notes come with each kill.
const roleVariable = "RECOURSE_KILL_ROLE"

func TestMain(m *testing.M) {
	if role := os.Getenv(roleVariable); role != "" {
		if err := mortal(strings.Fields(role)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// mortal is the bot that is killed: kind, data folder, Telegram's address.
//
//	sound      the house as it is
//	counting   its store and bot, with a conversation that only keeps notes
//	library    the same, but received by the library's own Start
//	forgetful  the same, but an update that comes again is a new one
//	careless   the same, but what was sent is marked late
//	stepwise   the house as it is, and dies at a step of its own accord
//	hasty      the same, but a file counts as kept before it is
func mortal(role []string) error {
	kind, dir, api := role[0], role[1], role[2]
	go func() { // whoever started it is gone
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(3)
	}()
	advance := flows.Advance(keepNote)
	kind, at, _ := strings.Cut(kind, ":") // stepwise:12 dies at its twelfth step
	if kind == "sound" || kind == "stepwise" || kind == "hasty" {
		c, problems := content.Load(content.Embedded())
		if len(problems) > 0 {
			return fmt.Errorf("the content: %s", problems[0])
		}
		g, err := flows.New(c)
		if err != nil {
			return err
		}
		advance = g.Advance
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	s, err := store.Open(ctx, dir)
	if err != nil {
		return err
	}
	defer s.Close()
	s.Log = slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	if kind == "library" {
		return byTheLibrary(ctx, s, api, advance)
	}
	turns, outbox, files := bot.Turns(s), bot.Outbox(s), bot.Vault(vault{s})
	switch kind {
	case "forgetful":
		turns = &forgetful{to: s}
	case "careless":
		outbox = &careless{Outbox: s}
	case "stepwise", "hasty":
		if kind == "hasty" {
			files = hasty{files}
		}
		turns, outbox, files = stepwise(at, turns, outbox, files)
	}
	b, err := bot.New(bot.Settings{
		Token: bot.NewSecret(token), API: api, Turns: turns, Outbox: outbox, Alarm: s, Jobs: s, Vault: files,
		Advance: advance, Now: time.Now, Log: s.Log, Pace: 1_000_000,
	})
	if err != nil {
		return err
	}
	fmt.Println("ready")
	return b.Run(ctx)
}

// byTheLibrary receives as the library means it to be done: Start, and a handler
// that does not return before its update is on the disk.
func byTheLibrary(ctx context.Context, s *store.Store, api string, advance flows.Advance) error {
	b, err := telegram.New(token, telegram.WithServerURL(api), telegram.WithDefaultHandler(func(ctx context.Context, _ *telegram.Bot, u *models.Update) {
		if u.Message == nil || u.Message.ForwardOrigin == nil {
			return
		}
		in := flows.Input{ID: fmt.Sprintf("tg:%d", u.ID), Person: u.Message.Chat.ID, At: time.Now(), Event: flows.Said{
			Message: u.Message.ID, Text: u.Message.Text, Forward: &flows.Forward{Kind: "user"},
		}}
		if err := s.Turns(context.WithoutCancel(ctx), []flows.Input{in}, advance); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	}))
	if err != nil {
		return err
	}
	fmt.Println("ready")
	b.Start(ctx)
	return nil
}

// keepNote is a conversation that keeps what is forwarded, and says so.
func keepNote(p *flows.Person, in flows.Input) []flows.Effect {
	said, ok := in.Event.(flows.Said)
	if !ok || said.Forward == nil {
		return nil
	}
	c := p.Cases[0]
	sum := sha256.Sum256([]byte(said.Text))
	c.Exhibits = append(c.Exhibits, flows.Exhibit{
		Number: len(c.Exhibits) + 1, Kind: "forward", Form: "text_only", State: "kept", Text: said.Text, SHA256: hex.EncodeToString(sum[:]),
	})
	key := fmt.Sprintf("exhibit 1.%d", len(c.Exhibits))
	return []flows.Effect{flows.Say{Text: []flows.Span{{Text: key}}, Key: key}}
}

// careless marks only every tenth row as sent, with those before it.
type careless struct {
	bot.Outbox
	mu   sync.Mutex
	late []store.Receipt
}

func (c *careless) Sent(ctx context.Context, id int64, message int) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.late = append(c.late, store.Receipt{ID: id, Message: message}); len(c.late) < 10 {
		return nil
	}
	for _, r := range c.late {
		if err := c.Outbox.Sent(ctx, r.ID, r.Message); err != nil {
			return err
		}
	}
	c.late = nil
	return nil
}

// deathbed is where bots are killed: people, their notes, and Telegram, which
// outlives the bots.
type deathbed struct {
	t      *testing.T
	kind   string
	dir    string
	box    *sandbox.Sandbox
	server *httptest.Server
	notes  map[int64]int // so far, by chat
	sent   int
	kills  int
	lives  []map[int64]int // the newest message of each chat as each bot began
}

const mourners = 40 // people who go on writing

func newDeathbed(t *testing.T, kind string) *deathbed {
	d := &deathbed{t: t, kind: kind, dir: t.TempDir(), notes: map[int64]int{}}
	d.box = sandbox.New(sandbox.Options{Token: token})
	d.server = httptest.NewServer(d.box.Handler())
	t.Cleanup(func() {
		d.box.Close()
		d.server.Close()
	})
	s := d.open()
	var inputs []flows.Input
	for chat := int64(1); chat <= mourners; chat++ {
		d.box.Say(chat, "/start")
		inputs = append(inputs, flows.Input{ID: fmt.Sprint("begin ", chat), Person: chat, At: d.box.Now(), Event: flows.Unblocked{}})
	}
	err := s.Turns(context.Background(), inputs, func(p *flows.Person, in flows.Input) []flows.Effect {
		*p = standing(p.ID, in.At)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return d
}

// standing is a person who is asked for evidence, or, every fourth, still for
// the story.
func standing(id int64, at time.Time) flows.Person {
	step := "evidence.ask"
	if id%4 == 0 {
		step = "story.ask"
	}
	return flows.Person{
		ID: id, Language: "en", Country: "GB", Zone: "Europe/London", Agreed: at, Quiet: flows.Quiet{From: 1, To: 1}, Opened: 1, Focus: 1,
		Cases: []*flows.Case{{
			Number: 1, Opened: at, Country: "GB", Kinds: []string{"not_delivered"}, KindsSure: true,
			Merchant: flows.Merchant{Name: "LampLand"}, Product: "lamp", Thread: flows.Thread{Step: step},
		}},
	}
}

func (d *deathbed) open() *store.Store {
	d.t.Helper()
	s, err := store.Open(context.Background(), d.dir)
	if err != nil {
		d.t.Fatal(err)
	}
	return s
}

// life is one bot at work.
type life struct {
	cmd       *exec.Cmd
	ready     chan struct{} // closed when it begins to talk to Telegram, or ends
	hold      io.Closer     // it ends when this is closed
	complaint bytes.Buffer
}

func (d *deathbed) born() *life {
	d.t.Helper()
	newest := map[int64]int{}
	for _, c := range d.box.Chats() {
		newest[c.ID] = c.Last
	}
	d.lives = append(d.lives, newest)
	l := &life{cmd: exec.Command(os.Args[0]), ready: make(chan struct{})}
	l.cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%s %s %s", roleVariable, d.kind, d.dir, d.server.URL))
	l.cmd.Stderr = &l.complaint
	out, err := l.cmd.StdoutPipe()
	if err != nil {
		d.t.Fatal(err)
	}
	if l.hold, err = l.cmd.StdinPipe(); err != nil {
		d.t.Fatal(err)
	}
	if err := l.cmd.Start(); err != nil {
		d.t.Fatal(err)
	}
	go func() { // ends with the process
		_, _ = bufio.NewReader(out).ReadString('\n')
		close(l.ready)
	}()
	return l
}

// write lets one of the people forward their next notes, all at once, as one
// does who picks several messages in another chat.
func (d *deathbed) write(notes int) {
	chat := 1 + rand.Int64N(mourners)
	for range notes {
		d.notes[chat]++
		d.sent++
		d.box.Forward(chat, sandbox.Origin{Kind: "user", Name: "LampLand"}, fmt.Sprint("note ", d.notes[chat]))
	}
}

// killOne lets a bot live for 80 to 300 milliseconds. Ten notes come in its
// time: two before it listens, the others in three handfuls. One bot in ten is
// killed before it listens, too.
func (d *deathbed) killOne() {
	d.t.Helper()
	l := d.born()
	d.write(2)
	if rand.IntN(10) > 0 {
		<-l.ready
	}
	began, lasts := time.Now(), 80+rand.IntN(220)
	when := []int{rand.IntN(lasts), rand.IntN(lasts), rand.IntN(lasts)}
	slices.Sort(when)
	for i, notes := range []int{1, 2, 5} {
		time.Sleep(time.Until(began.Add(time.Duration(when[i]) * time.Millisecond)))
		d.write(notes)
	}
	time.Sleep(time.Until(began.Add(time.Duration(lasts) * time.Millisecond)))
	if err := l.cmd.Process.Kill(); err != nil {
		d.t.Fatal(err)
	}
	<-l.ready
	_ = l.cmd.Wait() // it says that it was killed
	l.hold.Close()
	d.kills++
	if l.complaint.Len() > 0 {
		d.t.Fatalf("the bot complains: %s", &l.complaint)
	}
}

// until waits until nothing happens any more; false = it never ends, or died was
// closed first.
func (d *deathbed) until(died <-chan struct{}) bool {
	quiet, revision := 0, int64(-1)
	for limit := time.Now().Add(3 * time.Minute); quiet < 10; {
		if time.Now().After(limit) {
			return false
		}
		select {
		case <-died:
			return false
		case <-time.After(100 * time.Millisecond):
		}
		quiet++
		if now := d.box.Revision(); now != revision || d.box.Pending() > 0 {
			quiet, revision = 0, now
		}
	}
	return true
}

// rest lets a last bot live until everything is done, and end in its own way.
func (d *deathbed) rest() {
	d.t.Helper()
	l := d.born()
	<-l.ready
	if !d.until(nil) {
		d.t.Fatalf("no rest: %d updates are waiting; %s", d.box.Pending(), &l.complaint)
	}
	if err := l.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		d.t.Fatal(err)
	}
	if err := l.cmd.Wait(); err != nil || l.complaint.Len() > 0 {
		d.t.Fatalf("the last bot: %v %s", err, &l.complaint)
	}
	l.hold.Close()
}

// harm is what the kills did to people.
type harm struct {
	lost, twice, disorder  int // notes
	unsaid, repeats, worst int // receipts; worst = repeats in one chat by one kill
}

// harm holds what is remembered and what was said against what people sent.
// While updates wait, that many notes are not lost yet.
func (d *deathbed) harm(receipts func(id int64, n int) []string) (h harm) {
	d.t.Helper()
	s := d.open()
	defer s.Close()
	for chat := int64(1); chat <= mourners; chat++ {
		p, err := s.Person(context.Background(), chat)
		if err != nil {
			d.t.Fatal(err)
		}
		kept := map[string]int{}
		for i, x := range p.Cases[0].Exhibits {
			sum := sha256.Sum256([]byte(x.Text))
			if kept[x.Text]++; kept[x.Text] > 1 {
				h.twice++
			}
			if x.Number != i+1 || x.Text != fmt.Sprint("note ", i+1) || x.SHA256 != hex.EncodeToString(sum[:]) || x.State != "kept" {
				h.disorder++
			}
		}
		for n := 1; n <= d.notes[chat]; n++ {
			if kept[fmt.Sprint("note ", n)] == 0 {
				h.lost++
			}
		}
		if receipts == nil {
			continue
		}
		texts := receipts(chat, d.notes[chat])
		said := map[string]int{}
		repeats := map[int]int{} // by life
		last := 0
		for _, m := range d.box.Transcript(chat) {
			n := slices.Index(texts, m.Text)
			if m.From != "bot" || n < 0 {
				continue
			}
			if said[m.Text]++; said[m.Text] == 1 {
				if n < last {
					h.disorder++
				}
				last = n
				continue
			}
			h.repeats++
			at := 0
			for at < len(d.lives) && d.lives[at][chat] < m.ID {
				at++
			}
			repeats[at]++
			h.worst = max(h.worst, repeats[at])
		}
		h.unsaid += d.notes[chat] - len(said)
	}
	h.lost = max(0, h.lost-d.box.Pending())
	if receipts != nil {
		if problems, err := s.Check(context.Background()); err != nil || len(problems) > 0 {
			d.t.Error("the store does not fit together: ", err, problems)
		}
	}
	return h
}

// spoken gives the receipts of a person's first n notes in the words of a
// conversation that nobody disturbs.
func spoken(advance flows.Advance) func(id int64, n int) []string {
	return func(id int64, n int) (texts []string) {
		p := standing(id, time.Now())
		for i := range n {
			effects := advance(&p, flows.Input{ID: fmt.Sprint(i), Person: id, At: time.Now(), Event: flows.Said{
				Message: i + 2, Text: fmt.Sprint("note ", i+1), Forward: &flows.Forward{Kind: "user", Name: "LampLand"},
			}})
			for _, e := range effects {
				if s, ok := e.(flows.Say); ok && s.Key == fmt.Sprintf("exhibit 1.%d", i+1) {
					var b strings.Builder
					for _, span := range s.Text {
						b.WriteString(span.Text)
					}
					texts = append(texts, strings.TrimSpace(b.String()))
				}
			}
		}
		return texts
	}
}

func TestKillsLoseAndRepeatNothing(t *testing.T) {
	t.Parallel()
	g := guide(t)
	d := newDeathbed(t, "sound")
	began := time.Now()
	for range number("KILLS", 25, 8) {
		d.killOne()
	}
	d.rest()
	h := d.harm(spoken(g.Advance))
	t.Logf("%d kills, %d updates of %d people in %s: %d lost, %d applied twice, %d out of order, %d receipts missing, %d receipts repeated, at most %d in one chat by one kill",
		d.kills, d.sent, mourners, time.Since(began).Round(time.Second), h.lost, h.twice, h.disorder, h.unsaid, h.repeats, h.worst)
	if h.lost+h.twice+h.disorder+h.unsaid > 0 || h.worst > 1 {
		t.Errorf("harm was done: %+v", h)
	}
	for _, r := range d.box.Refusals() {
		// A killed bot's poll may still hang when the next one asks: 409, and harmless.
		if r.Method != "getUpdates" || r.Code != 409 {
			t.Errorf("Telegram would refuse %s: %s", r.Method, r.Description)
		}
	}
}

// The same kills do harm to bots that are known to be wrong; to one that is only
// simpler they do none. The library's own way of receiving is among the wrong.
func TestKillsHarmBotsThatAreWrong(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		kind string
		does func(h harm) bool
	}{
		{"library", func(h harm) bool { return h.lost > 0 }},
		{"forgetful", func(h harm) bool { return h.twice > 0 }},
		{"careless", func(h harm) bool { return h.worst > 1 }},
		{"counting", nil},
	} {
		t.Run(c.kind, func(t *testing.T) {
			t.Parallel()
			d := newDeathbed(t, c.kind)
			most := 300
			if c.does == nil {
				most = min(number("KILLS", 10, 3), 100)
			}
			var h harm
			for d.kills < most {
				d.killOne()
				if h = d.harm(spoken(keepNote)); c.does != nil && c.does(h) {
					t.Logf("%d kills, %d updates: %+v", d.kills, d.sent, h)
					return
				}
			}
			if c.does != nil {
				t.Fatalf("%d kills did no such harm: the test can't see it: %+v", d.kills, h)
			}
			d.rest()
			if h = d.harm(spoken(keepNote)); h.lost+h.twice+h.disorder+h.unsaid > 0 || h.worst > 1 {
				t.Errorf("harm was done: %+v", h)
			}
		})
	}
}
