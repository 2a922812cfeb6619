package flows_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"recourse/bot"
	"recourse/bot/sandbox"
	"recourse/flows"
	"recourse/store"
)

// A walk is people who do anything at all: what is asked of them, what is not,
// the same thing twice, nonsense in every script, files, forwards, edits, old
// and forged buttons, silence for forty days. Nobody says what has to be
// answered; only what must hold whatever was done:
//
//   - nobody is met with silence,
//   - whoever has a question before them can answer it or get out of it,
//   - Telegram refuses nothing, no input is put aside, nothing is lost in the vault,
//   - an update that comes again changes nothing.
//
// WALK_STEPS and WALK_SEED choose how far and which way.
type walk struct {
	t       *testing.T
	g       *flows.Guide
	wrong   mistake
	dir     string
	box     *sandbox.Sandbox
	server  *httptest.Server
	store   *store.Store
	bot     *bot.Bot
	beside  *sql.DB // the same database, to read what the store keeps to itself
	dice    *rand.Rand
	people  []*walker
	ids     int64 // people so far
	groups  int64 // groups so far
	log     complaints
	refused int   // refusals looked at
	missing int64 // words that were not there, so far
	aside   int64 // rows looked at
	step    int
	dreamt  int // messages that only the bot was told of: it can't react to them
	found   []finding
}

// mistake makes a bot that is known to be wrong. Its zero value makes none.
type mistake struct {
	advance func(flows.Advance) flows.Advance
	turns   func(bot.Turns) bot.Turns
}

// finding is something that does not hold.
type finding struct {
	kind string // silence, dead end, refusal, put aside, repeat, garbled, complaint, store
	what string
}

// walker is one person.
type walker struct {
	id       int64
	left     int     // steps until they go for good
	nonsense float64 // how much of what they do is
	blocked  bool
	gone     bool // they have hidden or erased everything, the question too
	said     []int
	files    []sandbox.File
	messages map[int]sandbox.Message
	order    []int
	revision int64
	trail    []string                // what they did last
	seen     bool                    // something new, since their last deed
	answered []string                // taps, since then
	meaning  map[string]flows.Button // by label
	floor    []flows.Say             // the question last put, and what came after it with a way out
}

// deed is what one person did.
type deed struct {
	by      *walker
	what    string
	due     bool     // it deserves an answer
	queries []string // taps that must not be left waiting
	passed  bool     // it was the clock that moved
}

func newWalk(t *testing.T, g *flows.Guide, seed uint64, wrong mistake) *walk {
	w := &walk{t: t, g: g, wrong: wrong, dir: t.TempDir(), dice: rand.New(rand.NewPCG(seed, 1))}
	w.box = sandbox.New(sandbox.Options{Token: token, Start: time.Date(2026, 1, 2, 10, 0, 0, 0, time.UTC), Frozen: true})
	w.server = httptest.NewServer(w.box.Handler())
	w.start()
	var err error
	if w.beside, err = sql.Open("sqlite3", "file:"+filepath.Join(w.dir, "recourse.db")+"?mode=ro&_busy_timeout=5000"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		w.box.Close()
		w.server.Close()
		if err := errors.Join(w.beside.Close(), w.store.Close()); err != nil {
			t.Error(err)
		}
	})
	return w
}

func (w *walk) start() {
	w.t.Helper()
	s, err := store.Open(context.Background(), w.dir)
	if err != nil {
		w.t.Fatal(err)
	}
	s.Now, s.Log = w.box.Now, slog.New(&w.log)
	w.store = s
	advance, turns := flows.Advance(w.listen), bot.Turns(s)
	if w.wrong.turns != nil {
		turns = w.wrong.turns(s)
	}
	var words []bot.Words
	for _, m := range w.g.Menus() {
		x := bot.Words{Language: m.Language, Description: m.Description, Short: m.Short}
		for _, c := range m.Commands {
			x.Commands = append(x.Commands, bot.Command(c))
		}
		words = append(words, x)
	}
	w.bot, err = bot.New(bot.Settings{
		Token: bot.NewSecret(token), API: w.server.URL, Turns: turns, Outbox: s, Alarm: s, Jobs: s, Vault: vault{s},
		Records: s, Dossier: w.g.Dossier, Key: s.Key(), Advance: advance, Now: w.box.Now, Log: s.Log, Words: words, Pace: 1_000_000,
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// listen is the conversation, overheard: which buttons mean what, and which
// question is the last.
func (w *walk) listen(p *flows.Person, in flows.Input) []flows.Effect {
	advance := flows.Advance(w.g.Advance)
	if w.wrong.advance != nil {
		advance = w.wrong.advance(advance)
	}
	effects := advance(p, in)
	i := slices.IndexFunc(w.people, func(x *walker) bool { return x.id == in.Person })
	if i < 0 {
		return effects
	}
	who := w.people[i]
	for _, e := range effects {
		switch e := e.(type) {
		case flows.Hide, flows.Erase:
			who.gone = true
		case flows.Say:
			alarm := false
			for _, b := range slices.Concat(e.Rows...) {
				who.meaning[b.Label] = b
				alarm = alarm || b.Alarm
			}
			switch {
			case strings.HasPrefix(e.Key, "question"):
				who.floor, who.gone = []flows.Say{e}, false
			case alarm:
				who.floor = append(who.floor, e)
			}
		}
	}
	return effects
}

func (w *walk) settle() {
	w.t.Helper()
	ctx, done := context.WithTimeout(context.Background(), time.Minute)
	defer done()
	if err := w.bot.Settle(ctx); err != nil {
		w.t.Fatal("settle: ", err)
	}
}

// restart ends store and bot and begins them anew on the same data.
func (w *walk) restart() {
	if err := w.store.Close(); err != nil {
		w.t.Fatal(err)
	}
	w.start()
}

// run walks so many steps.
func (w *walk) run(steps int) {
	for range 4 {
		w.people = append(w.people, w.newcomer())
	}
	for w.step = 1; w.step <= steps; w.step++ {
		w.box.Move(time.Duration(w.dice.IntN(120)) * time.Second)
		if w.dice.IntN(200) == 0 {
			w.restart()
		}
		// Now and then several act before the bot looks.
		n := 1
		if w.dice.IntN(12) == 0 {
			n = 3
		}
		var done []deed
		for _, i := range w.dice.Perm(len(w.people))[:n] {
			who := w.people[i]
			if who.left--; who.left < 0 {
				who = w.newcomer()
				w.people[i] = who
			}
			who.seen, who.answered = false, nil
			d := w.act(who)
			d.by = who
			if who.trail = append(who.trail, fmt.Sprintf("%d: %s", w.step, d.what)); len(who.trail) > 9 {
				who.trail = who.trail[1:]
			}
			done = append(done, d)
		}
		w.settle()
		for _, d := range done {
			w.hold(d)
		}
		w.holdAll()
		if w.dice.IntN(20) == 0 && !slices.ContainsFunc(done, func(d deed) bool { return d.passed }) {
			w.repeat()
		}
	}
	w.step--
	if problems, err := w.store.Check(context.Background()); err != nil || len(problems) > 0 {
		w.find("store", nil, "it does not fit together: %v %q", err, problems)
	}
}

func (w *walk) find(kind string, who *walker, format string, args ...any) {
	what := fmt.Sprintf("step %d: ", w.step) + fmt.Sprintf(format, args...)
	if who == nil { // it may be any of them
		for _, x := range w.people {
			if len(x.trail) > 0 {
				what += fmt.Sprintf("\n\t\t(%d) %s", x.id, x.trail[len(x.trail)-1])
			}
		}
	} else {
		what += fmt.Sprintf("\n\t\tperson %d:\n\t\t", who.id) + strings.Join(who.trail, "\n\t\t")
	}
	w.found = append(w.found, finding{kind, what})
}

// repeat hands the newest update out once more.
func (w *walk) repeat() {
	for _, who := range w.people {
		w.look(who)
		who.seen = false
	}
	if !w.box.Redeliver(0) {
		return
	}
	w.settle()
	for _, who := range w.people {
		if w.look(who); who.seen {
			w.find("repeat", who, "an update that came again was heard again")
		}
	}
}

// hold checks what one deed led to.
func (w *walk) hold(d deed) {
	who := d.by
	w.look(who)
	if d.due && !who.seen && !who.blocked {
		w.find("silence", who, "nothing was answered")
	}
	for _, q := range d.queries {
		if !slices.Contains(who.answered, q) {
			w.find("silence", who, "a tap was left waiting")
		}
	}
	w.holdQuestion(who)
}

// look takes in what changed in a person's chat.
func (w *walk) look(who *walker) {
	list, revision := w.box.Since(who.id, who.revision)
	who.revision = revision
	for _, m := range list {
		before, known := who.messages[m.ID]
		if !known {
			who.order = append(who.order, m.ID)
		}
		if m.From == "bot" {
			who.seen = who.seen || !known || sight(before) != sight(m)
			if strings.Contains(m.Text, "{{") || strings.Contains(m.Text, "<no value>") || strings.Contains(m.Text, "%!") {
				if !strings.Contains(m.Text, mark) { // their own words, read back
					w.find("garbled", who, "%q", m.Text)
				}
			}
		} else {
			who.seen = who.seen || !slices.Equal(before.Reactions, m.Reactions)
		}
		for _, a := range m.Answers[len(before.Answers):] {
			who.answered = append(who.answered, a.Query)
			who.seen = who.seen || a.Text != ""
		}
		who.messages[m.ID] = m
	}
}

// sight is what a person sees of a message.
func sight(m sandbox.Message) string {
	var b strings.Builder
	fmt.Fprint(&b, m.Deleted, m.Text)
	for _, row := range m.Buttons {
		for _, x := range row {
			fmt.Fprintf(&b, "[%s]", x.Label)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// holdQuestion checks that somebody who has a question before them can answer
// it with a tap, and can get to the danger screen.
func (w *walk) holdQuestion(who *walker) {
	if who.blocked || who.gone || len(who.messages) == 0 {
		return
	}
	p, err := w.store.Person(context.Background(), who.id)
	if err != nil {
		w.t.Fatal(err)
	}
	if p == nil {
		return
	}
	name := stepOf(p)
	if name == "" {
		w.find("dead end", who, "nothing is asked")
		return
	}
	for _, say := range who.floor {
		out, answer := strings.HasPrefix(name, "danger."), false
		for _, b := range slices.Concat(say.Rows...) {
			out = out || b.Alarm
			answer = answer || !b.Alarm && live(p, b)
		}
		if out && answer && w.stands(who, say) {
			return
		}
	}
	w.find("dead end", who, "at %s no question in sight can be answered and left", name)
}

// live tells whether a button still answers what it was made for.
func live(p *flows.Person, b flows.Button) bool {
	if strings.HasPrefix(b.Value, "/") {
		return true
	}
	thread := p.Thread
	if c := p.Case(b.Case); c != nil {
		if thread = c.Thread; strings.HasPrefix(b.Step, "danger.") {
			thread = c.Danger
		}
	}
	offered := slices.ContainsFunc(thread.Offered, func(o flows.Choice) bool { return o.Value == b.Value })
	return thread.Step == b.Step && (b.Revision == thread.Revision || b.Revision == 0 || offered)
}

// stands tells whether a message with such a keyboard is in the chat, with a
// way out that is marked.
func (w *walk) stands(who *walker, say flows.Say) bool {
	for _, id := range slices.Backward(who.order) {
		m := who.messages[id]
		if m.From != "bot" || m.Deleted || len(m.Buttons) != len(say.Rows) {
			continue
		}
		same := true
		for i, row := range say.Rows {
			same = same && len(row) == len(m.Buttons[i])
			for j := 0; same && j < len(row); j++ {
				same = row[j].Alarm == (m.Buttons[i][j].Style == "danger") && (m.Buttons[i][j].Data != "") == (row[j].URL == "" && row[j].Copy == "")
			}
		}
		if same {
			return true
		}
	}
	return false
}

// holdAll checks what must hold for everybody.
func (w *walk) holdAll() {
	refusals := w.box.Refusals()
	for _, r := range refusals[w.refused:] {
		if n, _ := strconv.Atoi(r.Params["message_id"]); n < dream {
			w.find("refusal", nil, "%s: %s", r.Method, r.Description)
		}
	}
	w.refused = len(refusals)
	rows, err := w.beside.Query(`SELECT id, input, kind, class FROM aside WHERE id > ? ORDER BY id`, w.aside)
	if err != nil {
		w.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var input, kind, class string
		if err := rows.Scan(&w.aside, &input, &kind, &class); err != nil {
			w.t.Fatal(err)
		}
		switch {
		case strings.HasPrefix(input, "outbox:") && class == "the chat is closed to the bot":
		case strings.HasPrefix(input, "outbox:") && kind == "react" && w.dreamt > 0:
			w.dreamt--
		default:
			w.find("put aside", nil, "%s %s: %s", input, kind, class)
		}
	}
	if err := rows.Err(); err != nil {
		w.t.Fatal(err)
	}
	if n := w.g.Missing(); n > w.missing {
		w.missing = n
		w.find("garbled", nil, "words were asked for that are not there")
	}
	for _, line := range w.log.take() {
		w.find("complaint", nil, "%s", line)
	}
}

// complaints keeps what store and bot log as an error.
type complaints struct {
	mu    sync.Mutex
	lines []string
}

func (c *complaints) Enabled(_ context.Context, l slog.Level) bool { return l >= slog.LevelError }
func (c *complaints) WithAttrs([]slog.Attr) slog.Handler           { return c }
func (c *complaints) WithGroup(string) slog.Handler                { return c }

func (c *complaints) Handle(_ context.Context, r slog.Record) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	line := r.Message
	r.Attrs(func(a slog.Attr) bool { line += " " + a.String(); return true })
	c.lines = append(c.lines, line)
	return nil
}

func (c *complaints) take() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	lines := c.lines
	c.lines = nil
	return lines
}

func (w *walk) newcomer() *walker {
	w.ids++
	who := &walker{
		id: w.ids, left: 40 + w.dice.IntN(360), nonsense: []float64{0, 0.05, 0.2, 0.6}[w.dice.IntN(4)],
		messages: map[int]sandbox.Message{}, meaning: map[string]flows.Button{},
	}
	language := []string{"en", "en", "en", "zh-hans", "zh-hans", "de", "zh-hant", "xx"}[w.dice.IntN(8)]
	w.box.AddPerson(sandbox.Person{ID: who.id, Name: "A", Language: language})
	return who
}

// act lets a person do one thing.
func (w *walk) act(who *walker) deed {
	if len(who.messages) == 0 {
		if w.dice.Float64() < 0.8 {
			return w.say(who, "/start")
		}
		return w.say(who, w.nonsense())
	}
	if who.blocked && w.dice.IntN(2) == 0 {
		who.blocked = false
		w.box.Unblock(who.id)
		return deed{what: "unblocks"}
	}
	if who.blocked || w.dice.Float64() < who.nonsense {
		return w.actOddly(who)
	}
	switch n := w.dice.IntN(100); {
	case n < 62:
		return w.tap(who, false)
	case n < 66:
		return w.sayLabel(who)
	case n < 84:
		return w.say(who, w.sense())
	case n < 88:
		return w.send(who)
	case n < 91:
		return w.forward(who)
	case n < 94:
		return w.move()
	case n < 96:
		return w.edit(who, w.sense())
	}
	return w.say(who, w.command(false))
}

func (w *walk) actOddly(who *walker) deed {
	n := w.dice.IntN(100)
	if who.blocked && n < 36 { // no taps: the app would not send them
		n = 36 + w.dice.IntN(34)
	}
	switch {
	case n < 12:
		return w.tap(who, true)
	case n < 20:
		d := w.tap(who, w.dice.IntN(2) == 0)
		return w.again(who, d)
	case n < 26:
		return w.forged(who)
	case n < 32:
		w.box.Block(who.id)
		who.blocked = true
		return deed{what: "blocks"}
	case n < 36:
		return w.group(who)
	case n < 56:
		return w.say(who, w.nonsense())
	case n < 64:
		return w.say(who, w.command(true))
	case n < 72:
		return w.send(who)
	case n < 76:
		return w.forward(who)
	case n < 82:
		return w.edit(who, w.nonsense())
	case n < 92:
		return w.raw(who)
	case n < 96:
		return w.language(who)
	}
	return w.move()
}

// wrote notes a message of the person's own.
func (w *walk) wrote(who *walker, id int, what string) deed {
	if id == 0 {
		return deed{what: what + " (nothing left to send)"}
	}
	who.blocked = false // the app lifts the block first
	who.said = append(who.said, id)
	return deed{what: what, due: true}
}

func (w *walk) say(who *walker, text string) deed {
	return w.wrote(who, w.box.Say(who.id, text), fmt.Sprintf("says %.60q", text))
}

// keyboards are the person's messages with buttons, oldest first.
func (who *walker) keyboards() (ids []int) {
	for _, id := range who.order {
		if m := who.messages[id]; m.From == "bot" && len(m.Buttons) > 0 {
			ids = append(ids, id)
		}
	}
	return ids
}

// tap presses a button of the newest keyboard, seldom one that leads away, or
// of any keyboard there ever was.
func (w *walk) tap(who *walker, any bool) deed {
	ids := who.keyboards()
	if !any {
		ids = slices.DeleteFunc(ids, func(id int) bool { return who.messages[id].Deleted })
	}
	if len(ids) == 0 {
		return w.say(who, w.sense())
	}
	id := ids[len(ids)-1]
	if any || w.dice.IntN(12) == 0 {
		id = ids[w.dice.IntN(len(ids))]
	}
	var buttons []sandbox.Button
	var weights []float64
	total := 0.0
	for _, b := range slices.Concat(who.messages[id].Buttons...) {
		if b.Data == "" {
			continue
		}
		weight := 1.0
		switch v := who.meaning[b.Label].Value; {
		case b.Style == "danger" || v == "erase" || v == "/erase":
			weight = 0.1
		case v == "back" || v == "pause" || v == "/new":
			weight = 0.3
		}
		buttons, weights, total = append(buttons, b), append(weights, weight), total+weight
	}
	if len(buttons) == 0 {
		return w.say(who, w.sense())
	}
	at := w.dice.Float64() * total
	pick := 0
	for pick < len(buttons)-1 && at >= weights[pick] {
		at -= weights[pick]
		pick++
	}
	query, err := w.box.TapData(who.id, id, buttons[pick].Data)
	if err != nil {
		w.t.Fatal(err)
	}
	v := who.meaning[buttons[pick].Label].Value
	return deed{what: fmt.Sprintf("taps %q (%s) under %d", buttons[pick].Label, v, id), due: true, queries: []string{query}}
}

// again presses what was just pressed.
func (w *walk) again(who *walker, d deed) deed {
	if len(d.queries) == 0 {
		return d
	}
	var data string
	var at int
	for _, id := range who.keyboards() {
		if strings.HasSuffix(d.what, fmt.Sprintf(" under %d", id)) {
			at = id
			for _, b := range slices.Concat(who.messages[id].Buttons...) {
				if strings.HasPrefix(d.what, fmt.Sprintf("taps %q ", b.Label)) {
					data = b.Data
				}
			}
		}
	}
	query, err := w.box.TapData(who.id, at, data)
	if err != nil {
		w.t.Fatal(err)
	}
	d.what += ", twice"
	d.due = false // a tick that is put and taken away leaves nothing to see
	d.queries = append(d.queries, query)
	return d
}

// sayLabel types the words of a button.
func (w *walk) sayLabel(who *walker) deed {
	ids := who.keyboards()
	if len(ids) == 0 {
		return w.say(who, w.sense())
	}
	all := slices.Concat(who.messages[ids[len(ids)-1]].Buttons...)
	return w.say(who, all[w.dice.IntN(len(all))].Label)
}

// forged presses a button that was never offered to this person.
func (w *walk) forged(who *walker) deed {
	ids := who.keyboards()
	if len(ids) == 0 {
		return w.say(who, w.nonsense())
	}
	data := []string{"", "x", "AAAAAAAAAAAAAAAA.0", "AAAAAAAAAAAAAAAA.-1", strings.Repeat("a", 64), "/erase", "{\"case\":1}", "агент.0"}[w.dice.IntN(8)]
	if other := w.people[w.dice.IntN(len(w.people))]; other != who && w.dice.IntN(2) == 0 {
		for _, id := range other.keyboards() { // somebody else's
			data = slices.Concat(other.messages[id].Buttons...)[0].Data
		}
	}
	query, err := w.box.TapData(who.id, ids[w.dice.IntN(len(ids))], data)
	if err != nil {
		w.t.Fatal(err)
	}
	return deed{what: fmt.Sprintf("taps the forged %q", data), due: true, queries: []string{query}}
}

var fileNames = []string{"order.png", "聊天记录.jpg", "..\\..\\etc\\passwd", "../../../x", "CON", "a\u202egnp.exe", strings.Repeat("n", 250) + ".pdf", "", "a\nb.txt", "<b>.html"}

// send sends a file, one that was sent before, or an album.
func (w *walk) send(who *walker) deed {
	f := sandbox.File{
		Name: fileNames[w.dice.IntN(len(fileNames))],
		As:   []string{"photo", "photo", "document", "document", "voice", "video", "audio", "video_note"}[w.dice.IntN(8)],
		Data: fmt.Appendf([]byte("\x89PNG\r\n\x1a\n"), "%d", w.dice.Uint64()),
	}
	switch w.dice.IntN(6) {
	case 0:
		f.Caption = w.nonsense()
	case 1:
		f.Caption = w.sense()
	case 2:
		f.Forward = w.origin()
	case 3:
		if len(who.files) > 0 {
			f = who.files[w.dice.IntN(len(who.files))]
		}
	}
	if w.dice.IntN(4) > 0 {
		who.files = append(who.files, f)
		return w.wrote(who, w.box.Send(who.id, f), fmt.Sprintf("sends a %s", f.As))
	}
	f.As, f.Album = "photo", fmt.Sprint("album ", w.step)
	n := 2 + w.dice.IntN(3)
	var d deed
	for i := range n {
		f.Data = append(slices.Clone(f.Data), byte('0'+i))
		d = w.wrote(who, w.box.Send(who.id, f), fmt.Sprintf("sends an album of %d", n))
		f.Caption = ""
		if w.dice.IntN(3) == 0 {
			w.settle()
		}
	}
	return d
}

func (w *walk) origin() *sandbox.Origin {
	o := &sandbox.Origin{
		Kind: []string{"user", "hidden_user", "chat", "channel"}[w.dice.IntN(4)],
		Name: []string{"LampLand", "客服小美", "Recourse", "x\u202ey", strings.Repeat("長", 60), "{{.}} " + mark}[w.dice.IntN(6)],
	}
	if w.dice.IntN(2) == 0 {
		o.Date = w.box.Now().Add(-time.Duration(w.dice.IntN(1000)) * time.Hour)
	}
	return o
}

func (w *walk) forward(who *walker) deed {
	text := w.sense()
	if w.dice.IntN(4) == 0 {
		text = w.nonsense()
	}
	return w.wrote(who, w.box.Forward(who.id, *w.origin(), text), fmt.Sprintf("forwards %.60q", text))
}

// edit changes one of the person's messages, mostly a late one.
func (w *walk) edit(who *walker, text string) deed {
	if len(who.said) == 0 {
		return w.say(who, text)
	}
	at := len(who.said) - 1 - min(w.dice.IntN(6), len(who.said)-1)
	if w.dice.IntN(3) == 0 {
		at = w.dice.IntN(len(who.said))
	}
	id := who.said[at]
	before := w.box.Revision()
	if err := w.box.Edit(who.id, id, text); err != nil || w.box.Revision() == before {
		return w.say(who, text) // a forward, an empty text, or the same one
	}
	return deed{what: fmt.Sprintf("edits %d to %.60q", id, text), due: true}
}

// dream is the first number of messages that only the bot was told of.
const dream = 900_000

// raw is what the stand-in's people can't do by themselves: kinds of message and
// of update the bot has no use for, one that is invented, one that is broken.
func (w *walk) raw(who *walker) deed {
	const around = `"message_id":%d,"date":%d,"chat":{"id":%d,"type":"private"},"from":{"id":%d,"is_bot":false,"first_name":"A"}`
	envelope := fmt.Sprintf(around, dream+w.step, w.box.Now().Unix(), who.id, who.id)
	kinds := []struct {
		what, field, body string
		due               bool
	}{
		{"a die", "message", `{` + envelope + `,"dice":{"emoji":"x","value":1}}`, true},
		{"a sticker", "message", `{` + envelope + `,"sticker":{"file_id":"s","file_unique_id":"s","type":"regular","width":1,"height":1}}`, true},
		{"a place", "message", `{` + envelope + `,"location":{"latitude":1,"longitude":1}}`, true},
		{"a poll", "message", `{` + envelope + `,"poll":{"id":"1","question":"?","options":[]}}`, true},
		{"a contact", "message", `{` + envelope + `,"contact":{"phone_number":"1","first_name":"B"}}`, true},
		{"a kind of message invented later", "message", `{` + envelope + `,"hologram":{"x":[1,2,{"y":null}]}}`, true},
		{"a forward of a kind invented later", "message", `{` + envelope + `,"text":"from nowhere","forward_origin":{"type":"dream","date":1}}`, true},
		{"a file too large", "message", `{` + envelope + `,"document":{"file_id":"big","file_unique_id":"big","file_name":"big.mov","file_size":31457280}}`, true},
		{"a kind of update invented later", "telepathy", `{` + envelope + `}`, true},
		{"a place that moved", "edited_message", `{` + envelope + `,"location":{"latitude":1,"longitude":1}}`, false},
		{"an edit of a message nobody knows", "edited_message", `{` + envelope + `,"text":"new"}`, true},
		{"nothing at all", "message", `null`, false},
		{"a broken message", "message", `{"chat":"x","text":{"a":1}}`, false},
	}
	k := kinds[w.dice.IntN(len(kinds))]
	w.box.Unblock(who.id) // the app would, before it sends anything
	who.blocked = false
	if _, err := w.box.Raw(fmt.Appendf(nil, `{%q:%s}`, k.field, k.body)); err != nil {
		w.t.Fatal(err)
	}
	if strings.Contains(k.body, "forward_origin") {
		w.dreamt++
	}
	return deed{what: "sends " + k.what, due: k.due}
}

// group calls the bot into a group, which it leaves.
func (w *walk) group(who *walker) deed {
	w.groups++
	id := -w.groups
	w.box.SayInGroup(id, who.id, w.sense())
	w.settle()
	for _, c := range w.box.Chats() {
		if c.ID == id && !c.Left {
			w.find("complaint", who, "the bot stays in a group")
		}
	}
	return deed{what: "calls the bot into a group"}
}

func (w *walk) language(who *walker) deed {
	w.box.AddPerson(sandbox.Person{ID: who.id, Language: []string{"en", "zh-hans", "fr", "zh", ""}[w.dice.IntN(5)]})
	return w.say(who, []string{"/settings", "中文", "English", "language", "简体中文"}[w.dice.IntN(5)])
}

// move passes the time, an hour to forty days, and lets everybody be woken in
// between when they are due.
func (w *walk) move() deed {
	d := time.Duration(1+w.dice.IntN(48)) * time.Hour
	if w.dice.IntN(3) == 0 {
		d = time.Duration(1+w.dice.IntN(40*24)) * time.Hour
	}
	until := w.box.Now().Add(d)
	for woken := 0; ; woken++ {
		var due sql.NullInt64
		if err := w.beside.QueryRow(`SELECT min(wake_at) FROM people`).Scan(&due); err != nil {
			w.t.Fatal(err)
		}
		at := time.UnixMicro(due.Int64)
		if !due.Valid || at.After(until) {
			break
		}
		w.box.Set(at)
		w.settle()
		if woken > 1000 {
			w.find("complaint", nil, "somebody is woken for ever")
			break
		}
	}
	w.box.Set(until)
	if err := w.store.Prune(context.Background(), until); err != nil {
		w.find("complaint", nil, "prune: %v", err)
	}
	for _, who := range w.people {
		w.look(who)
		w.holdQuestion(who)
	}
	return deed{what: fmt.Sprintf("(%s pass)", d), passed: true}
}

func (w *walk) command(odd bool) string {
	var all []string
	for _, c := range w.g.Menus()[0].Commands {
		all = append(all, "/"+c.Name)
	}
	all = append(all, "/shows 1 order_page", "/tomorrow", "/snooze merchant 1", "/stop merchant 1", "/stop", "/case 1")
	name := all[w.dice.IntN(len(all))]
	if !odd {
		return name
	}
	switch w.dice.IntN(7) {
	case 0:
		return strings.ToUpper(name)
	case 1:
		return name + " " + w.nonsense()
	case 2:
		return name + "@recourse_bot"
	case 3:
		return name + " -99999999999999999999"
	case 4:
		return "/" + name
	case 5:
		return name + name
	}
	return "/nobody_knows"
}

var sense = []string{
	"ordered a lamp from LampLand on 1 Feb for £40, paid by card, it never arrived",
	"I bought a coffee machine from BeanHouse for £180 on 2 February 2026, order 77120, paid by credit card. It was promised for 10 February and never arrived.",
	"I ordered a bike from WheelShop for £300 on 10 February and it came with a broken frame",
	"StreamBox keeps charging me $14.99 a month though I cancelled in April",
	"The seller threatened me: delete the review or he will post my address online.",
	"我3月2日在淘宝的小厨旗舰店买了一台电饭煲，订单号33210，付了299元，3月5日收到。商家拒绝退款。",
	"在抖音上一家店买手机，转账给他1999元，店铺没了，人也联系不上，被骗了",
	"在京东买的耳机，499块，4月1号下单，4月3号到货，是假货，商家不给退",
	"40", "£40", "$1,299.00", "1.299,00 €", "499元", "about forty pounds", "0", "-5",
	"1 Feb", "02/03/2026", "3/4", "yesterday", "昨天", "3月5日", "next Friday", "31 Feb", "2026-02-29", "two weeks ago",
	"LampLand", "小厨旗舰店", "Amazon", "eBay", "淘宝", "alipay", "支付宝", "credit card", "cash", "UK", "Germany", "美国",
	"48213", "no. 2002", "lamp", "a thing", "It is 20 cm shorter than the page says.",
	"yes", "no", "right", "skip", "back", "done", "pause", "不知道", "对", "没有", "跳过", "never", "1", "2", "99",
	"I wrote to them on 20 February and they have not answered", "客服说拆封了不能退", "They give me £20 if I am content with that.",
	"21:00-11:30", "9pm", "thank you", "谢谢", "ok", "👍", "?",
	"Please send the lamp or return 55 pounds by the end of the month. Thank you.",
	"If you do not pay I will post your address and report you to the tax office.",
}

func (w *walk) sense() string { return sense[w.dice.IntN(len(sense))] }

// mark stands in words that look like a fault of the templates.
const mark = "(theirs)"

var nonsense = []string{
	strings.Repeat("a", 4096), strings.Repeat("字", 4096), strings.Repeat("👨‍👩‍👧‍👦", 370), strings.Repeat("word ", 819), strings.Repeat("x\n", 2000),
	strings.Repeat("£9 1 Feb amazon ", 250), strings.Repeat("我3月2日在淘宝买了299元", 250), strings.Repeat("(", 4000), strings.Repeat("1", 400), strings.Repeat("b", 9000),
	"\u202egnp.exe\u202c", "\u200b", "\u2066\u2067\u2068", "שלום עולם", "مرحبا بالعالم ٣٤", "z̴̡̛̺a̷͖͋l̸̰̇g̵͇̽o̶̞͝" + strings.Repeat("\u0315\u031b", 200),
	"\ue000\ue001\ue002\ue003", "\ufeff", "\u00ad\u034f", "🏴󠁧󠁢󠁳󠁣󠁴󠁿🇬🇧🇨", "\x01\x02 a", "a\tb\r\nc", ".", "。", "✓", "·", "/", "//", "/ start", "@", "#", "0x10", "1e309", "NaN", "-0",
	"99999999999999999999999999.99 GBP", "£0.001", "10/10/10", "0/0/0", "1 Jan 0001", "31 Dec 9999", "30 Feb 2026", "2026-13-45",
	"<b>bold</b> & <a href='x'>", "*_`[x](y)", "{{.Name}} {{range}} " + mark, "%!s %d %v " + mark, "'; DROP TABLE people; --", "null", "undefined",
	"https://example.org/?q=1", "tg://user?id=1", "javascript:alert(1)", "t.me/x", "you are a stupid bot", "help me", "I want to die",
}

func (w *walk) nonsense() string {
	switch w.dice.IntN(4) {
	case 0: // any letters at all
		r := make([]rune, 1+w.dice.IntN(40))
		for i := range r {
			r[i] = rune([]int{0x20, 0x20, 0x4e00, 0x300, 0x2000, 0x1f300, 0xe000, 0x600}[w.dice.IntN(8)] + w.dice.IntN(0x60))
		}
		return string(r)
	case 1: // two things at once
		return w.sense() + []string{" ", "\n", "，", "\u200f", "/"}[w.dice.IntN(5)] + nonsense[w.dice.IntN(len(nonsense))]
	}
	return nonsense[w.dice.IntN(len(nonsense))]
}

// number reads how much of something a test is to do.
func number(name string, usual, short int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	if testing.Short() {
		return short
	}
	return usual
}

// The walks: two at a time, each with its own people, clock and data.
func TestNobodyIsLeftAlone(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	walked := map[string]bool{}
	var exits []string
	const walks = 4
	steps, seed := number("WALK_STEPS", 1500, 200), number("WALK_SEED", 1, 1)
	counts := map[string]int{}
	people, messages := 0, 0
	t.Run("walks", func(t *testing.T) {
		for i := range walks {
			t.Run(fmt.Sprint("seed ", seed+i), func(t *testing.T) {
				t.Parallel()
				g := guide(t)
				g.Listen(func(step, exit string) {
					mu.Lock()
					defer mu.Unlock()
					walked[step+" "+exit] = true
				})
				w := newWalk(t, g, uint64(seed+i), mistake{})
				w.run((steps + walks - 1 - i) / walks)
				mu.Lock()
				defer mu.Unlock()
				for _, f := range w.found {
					if counts[f.kind]++; counts[f.kind] <= 5 {
						t.Errorf("seed %d: %s: %s", seed+i, f.kind, f.what)
					}
				}
				people, exits = people+int(w.ids), g.Exits()
				for _, c := range w.box.Chats() {
					messages += c.Last
				}
			})
		}
	})
	there := 0
	for _, e := range exits {
		if f := strings.Fields(e); walked[f[0]+" "+f[1]] {
			there++
		}
	}
	t.Logf("%d steps of %d people, %d messages, %d of %d exits, seeds %d to %d: %d silences, %d dead ends, %d refusals, %d inputs put aside, %d repeats, %d garbled texts, %d complaints, %d faults of the store",
		steps, people, messages, there, len(exits), seed, seed+walks-1, counts["silence"], counts["dead end"], counts["refusal"], counts["put aside"], counts["repeat"], counts["garbled"], counts["complaint"], counts["store"])
}

// eachSay changes what is said.
func eachSay(change func(s *flows.Say)) func(flows.Advance) flows.Advance {
	return func(advance flows.Advance) flows.Advance {
		return func(p *flows.Person, in flows.Input) []flows.Effect {
			effects := advance(p, in)
			for i, e := range effects {
				if s, ok := e.(flows.Say); ok {
					s.Rows = slices.Clone(s.Rows)
					for j := range s.Rows {
						s.Rows[j] = slices.Clone(s.Rows[j])
					}
					change(&s)
					effects[i] = s
				}
			}
			return effects
		}
	}
}

// forgetful takes an update that comes again for a new one.
type forgetful struct{ to bot.Turns }

func (f *forgetful) Turns(ctx context.Context, inputs []flows.Input, advance flows.Advance) error {
	for i := range inputs {
		inputs[i].ID += fmt.Sprint("#", rand.Uint64())
	}
	return f.to.Turns(ctx, inputs, advance)
}

// The same walks find the faults of bots that are known to be wrong.
func TestWalksFindWhatIsWrong(t *testing.T) {
	t.Parallel()
	g := guide(t)
	at := func(name string, do func(effects []flows.Effect) []flows.Effect) func(flows.Advance) flows.Advance {
		return func(advance flows.Advance) flows.Advance {
			return func(p *flows.Person, in flows.Input) []flows.Effect {
				there := stepOf(p) == name
				effects := advance(p, in)
				if _, blocked := in.Event.(flows.Blocked); there && !blocked {
					effects = do(effects)
				}
				return effects
			}
		}
	}
	for _, c := range []struct {
		name, kind string
		wrong      mistake
	}{
		{"says nothing at one step", "silence", mistake{advance: at("country.ask", func([]flows.Effect) []flows.Effect { return nil })}},
		{"leaves taps waiting", "silence", mistake{advance: at("country.ask", func(effects []flows.Effect) []flows.Effect {
			return slices.DeleteFunc(effects, func(e flows.Effect) bool { _, toast := e.(flows.Toast); return toast })
		})}},
		{"asks without buttons", "dead end", mistake{advance: eachSay(func(s *flows.Say) { s.Rows = nil })}},
		{"has no way to the danger screen", "dead end", mistake{advance: eachSay(func(s *flows.Say) {
			for i := range s.Rows {
				s.Rows[i] = slices.DeleteFunc(s.Rows[i], func(b flows.Button) bool { return b.Alarm })
			}
		})}},
		{"offers buttons of another question", "dead end", mistake{advance: eachSay(func(s *flows.Say) {
			for i := range s.Rows {
				for j := range s.Rows[i] {
					if b := &s.Rows[i][j]; b.Step == "country.ask" {
						b.Step = "welcome"
					}
				}
			}
		})}},
		{"reacts with what is no reaction", "refusal", mistake{advance: at("story.ask", func(effects []flows.Effect) []flows.Effect {
			return append(effects, flows.React{Message: 1, Emoji: "🖼"})
		})}},
		{"has too many buttons in a row", "refusal", mistake{advance: eachSay(func(s *flows.Say) {
			for i := range s.Rows {
				for len(s.Rows[i]) < 9 {
					s.Rows[i] = append(s.Rows[i], s.Rows[i][0])
				}
			}
		})}},
		{"asks with empty words", "put aside", mistake{advance: eachSay(func(s *flows.Say) { s.Text = nil })}},
		{"panics at one step", "put aside", mistake{advance: at("country.ask", func([]flows.Effect) []flows.Effect { panic("lost") })}},
		{"panics and says so in the log", "complaint", mistake{advance: at("country.ask", func([]flows.Effect) []flows.Effect { panic("lost") })}},
		{"misremembers what a file was", "store", mistake{advance: func(advance flows.Advance) flows.Advance {
			return func(p *flows.Person, in flows.Input) []flows.Effect {
				if kept, ok := in.Event.(flows.Kept); ok {
					kept.SHA256 = strings.Repeat("0", 64)
					in.Event = kept
				}
				return advance(p, in)
			}
		}}},
		{"shows its templates", "garbled", mistake{advance: eachSay(func(s *flows.Say) { s.Text = append(s.Text, flows.Span{Text: "{{.Name}}"}) })}},
		{"hears an update twice", "repeat", mistake{turns: func(t bot.Turns) bot.Turns { return &forgetful{to: t} }}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(10) {
				w := newWalk(t, g, seed+100, c.wrong)
				w.run(60)
				if slices.ContainsFunc(w.found, func(f finding) bool { return f.kind == c.kind }) {
					return
				}
			}
			t.Errorf("no %s was found", c.kind)
		})
	}
}
