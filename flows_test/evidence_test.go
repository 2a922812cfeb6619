package flows_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unicode"

	"recourse/bot"
	"recourse/bot/sandbox"
	"recourse/flows"
	"recourse/store"
)

// What is known of an exhibit stands in the log of its case: a dossier's
// manifest is held against it. Here every field of the manifest is looked for.
func TestTheLogHoldsTheManifest(t *testing.T) {
	g := guide(t)
	w := newPure(g)
	notes := map[string]map[string]string{} // number → what the log says of it
	var edits, all []flows.Note
	w.listen = func(e flows.Effect) {
		n, ok := e.(flows.Note)
		if !ok || !strings.HasPrefix(n.What, "exhibit") {
			return
		}
		all = append(all, n)
		if n.What == "exhibit edited" {
			edits = append(edits, n)
			return
		}
		about := notes[n.Data["number"]]
		if about == nil {
			about = map[string]string{}
			notes[n.Data["number"]] = about
		}
		for k, v := range n.Data {
			about[k] = v
		}
		if n.What == "exhibit answer" {
			about["answer "+n.Data["question"]] = n.Data["answer"]
		}
		if n.What == "exhibit out" || n.What == "exhibit in" {
			about["out"] = fmt.Sprint(n.What == "exhibit out")
		}
	}
	for _, verb := range []string{"/start", "[agree]", "[GB]", "my lamp from LampLand is broken, £40 by debit card", "[right]"} {
		if strings.HasPrefix(verb, "[") {
			if err := w.tap(1, strings.Trim(verb, "[]"), false, 1); err != nil {
				t.Fatal(err)
			}
			continue
		}
		w.say(1, verb)
	}
	w.file(1, sent{as: "photo", name: "a.jpg", caption: "the damage", album: "x"})
	w.file(1, sent{as: "document", name: "../../etc/passwd", from: "hidden_user Lamp\u202eLand", at: time.Date(2026, 2, 20, 0, 0, 0, 0, time.UTC)})
	w.forward(1, "channel", "News", "we are closed", time.Time{})
	w.say(1, "they wrote: never")
	w.file(1, sent{as: "document", name: "b.jpg", same: "a.jpg"})
	w.edit(1, 2, "they wrote: never ever")
	w.say(1, "/evidence")
	for _, tap := range []string{"look 1", "shows"} {
		if err := w.tap(1, tap, false, 1); err != nil {
			t.Fatal(err)
		}
	}
	w.say(1, "the foot is cracked")
	for _, tap := range []string{"asks", "yes whole", "no unedited", "unknown dated", "yes sender", "cover", "top", "bottom", "make", "out"} {
		if err := w.tap(1, tap, false, 1); err != nil {
			t.Fatal(err)
		}
	}
	c := w.person(1).Cases[0]
	if len(c.Exhibits) != 6 {
		t.Fatalf("%d exhibits", len(c.Exhibits))
	}
	missing := func(notes map[string]map[string]string) (found []string) {
		for _, x := range c.Exhibits {
			about := notes[strconv.Itoa(x.Number)]
			stamp := func(at time.Time) string {
				if at.IsZero() {
					return ""
				}
				return at.UTC().Format(time.RFC3339)
			}
			want := map[string]string{
				"number": strconv.Itoa(x.Number), "kind": x.Kind, "form": x.Form, "declared": x.Declared, "name": x.Name,
				"album": x.Album, "sent": stamp(x.Sent), "received": stamp(x.Received), "stored": stamp(x.Stored),
				"sha256": x.SHA256, "size": strconv.FormatInt(x.Size, 10), "type": x.Type, "proofs": strings.Join(x.Proofs, " "),
				"cover": strings.Join(x.Cover, " "),
			}
			if x.Message != 0 {
				want["message"] = strconv.Itoa(x.Message)
			}
			if x.Forward != nil {
				want["forward_kind"], want["forward_name"], want["forward_date"] = x.Forward.Kind, x.Forward.Name, stamp(x.Forward.Date)
			}
			if x.Form == "derived" {
				want["parent"] = strconv.Itoa(x.Parent)
			}
			if x.State == "same" {
				want["as"] = strconv.Itoa(x.Parent)
			}
			if x.Theirs {
				want["theirs"] = "yes"
			}
			if x.Out {
				want["out"] = "true"
			}
			if x.Form != "text_only" && x.Text != "" {
				want["caption_sha256"] = sum(x.Text)
			}
			if x.Shows != "" && x.Form != "derived" {
				want["words_sha256"] = sum(x.Shows)
			}
			for q, a := range x.Answers {
				want["answer "+q] = a
			}
			for k, v := range want {
				if v != "" && about[k] != v {
					found = append(found, fmt.Sprintf("exhibit %d: %s is %q, the log says %q", x.Number, k, v, about[k]))
				}
			}
		}
		return found
	}
	for _, m := range missing(notes) {
		t.Error(m)
	}
	if len(edits) != 1 || edits[0].Data["number"] != "4" || edits[0].Data["sha256"] != sum("they wrote: never ever") || edits[0].Data["edited"] == "" {
		t.Errorf("edits in the log: %+v", edits)
	}
	// No word of the person's stands in the log.
	text, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	for _, words := range []string{"never", "closed", "the damage", "cracked"} {
		if bytes.Contains(text, []byte(words)) {
			t.Errorf("%q stands in the log", words)
		}
	}
	// The check finds each field that is left out.
	for _, field := range []string{"kind", "form", "name", "message", "sent", "album", "forward_kind", "forward_name", "forward_date", "sha256", "size", "type", "received", "stored", "parent", "as", "theirs", "caption_sha256", "words_sha256", "answer whole", "cover", "out", "proofs"} {
		without := map[string]map[string]string{}
		for n, about := range notes {
			without[n] = map[string]string{}
			for k, v := range about {
				if k != field {
					without[n][k] = v
				}
			}
		}
		if len(missing(without)) == 0 {
			t.Errorf("a log without %q passes", field)
		}
	}
}

// Telegram may bring a message twice under two numbers of its own: it is one
// exhibit, wherever it went, and nothing is said twice.
func TestAMessageThatComesTwice(t *testing.T) {
	w := newPure(guide(t))
	w.say(1, "/start")
	for _, do := range []string{"agree", "GB", "skip"} {
		if err := w.tap(1, do, false, 1); err != nil {
			t.Fatal(err)
		}
	}
	for _, e := range []flows.Event{
		flows.Sent{Message: 900, Album: "x", File: flows.File{ID: "a", Unique: "a", Kind: "photo", Size: 5}},
		flows.Said{Message: 901, Text: "no", Forward: &flows.Forward{Kind: "hidden_user", Name: "Shop"}},
		flows.Said{Message: 902, Text: "they wrote: no"},
	} {
		w.hear(1, e)
		exhibits, messages := len(w.person(1).Cases[0].Exhibits), len(w.heard(1))
		w.hear(1, e)
		if n := len(w.person(1).Cases[0].Exhibits); n != exhibits || len(w.heard(1)) != messages {
			t.Errorf("%T came twice: %d exhibits, then %d; %d messages, then %d", e, exhibits, n, messages, len(w.heard(1)))
		}
	}
	w.hear(1, flows.Said{Message: 903, Text: "they wrote: no way"})
	if n := len(w.person(1).Cases[0].Exhibits); n != 4 {
		t.Errorf("another message is taken for the same: %d exhibits", n)
	}
}

// hostileNames are names of files that mean harm.
func hostileNames(n int) []string {
	seeds := []string{
		"../../../../etc/passwd", `..\..\windows\system32\cmd.exe`, "/etc/shadow", "C:\\boot.ini", "con.txt", "nul", "aux.jpg", "a\x00b.jpg",
		"photo\u202egnp.exe", "in\u2066voice\u2069.pdf", "\u200b\u200b.pdf", "\ufeffx.jpg", "a\nb.jpg", "a\r\nContent-Type: text/html\r\n\r\n<b>", "a\tb",
		"\x1b[2Jx.png", "{{.Shop}}.pdf", "{{template \"You\" .}}", "%s%n%x.jpg", "$(reboot).jpg", "`reboot`.jpg", "; rm -rf /", "| cat", "&& true", "'; DROP TABLE people; --",
		"=cmd|'/c calc'!A1", "+1+1", "-1", "@SUM(A1)", "<script>alert(1)</script>.jpg", "\"><img src=x>", "*bold*.jpg", "_x_", "[link](http://evil.example)", "http://evil.example/x",
		strings.Repeat("a", 5000) + ".jpg", strings.Repeat("長", 300) + ".pdf", strings.Repeat("e\u0301\u0302\u0303", 200), strings.Repeat("👨\u200d👩\u200d👧", 90), "\xff\xfe.jpg", "\xc3\x28.png", ".", "..", "...", " ", "",
		".htaccess", "exhibit-001.jpg", "manifest.json", "SHA256SUMS", "a/./b/../c", "file:///etc/passwd", "smb://x/y", "عقد.pdf", "发票.pdf", "\ue000bold\ue001.jpg", "\U000e0041\U000e0042.png",
	}
	dice := rand.New(rand.NewPCG(1, 2))
	names := slices.Clone(seeds)
	for len(names) < n {
		a, b := seeds[dice.IntN(len(seeds))], seeds[dice.IntN(len(seeds))]
		switch dice.IntN(4) {
		case 0:
			names = append(names, a+b)
		case 1:
			r := []rune(a)
			slices.Reverse(r)
			names = append(names, string(r))
		case 2:
			names = append(names, a+string(rune(dice.IntN(0x3000)))+b)
		default:
			names = append(names, fmt.Sprint(dice.IntN(1000), a))
		}
	}
	return names
}

// 500 names: none becomes a path, none turns a line around or styles one, the
// file is kept all the same, and what is sent back has a name of ours.
func TestHostileNames(t *testing.T) {
	g := guide(t)
	w := newWhole(t, g)
	const each = 20
	names := hostileNames(500)
	for i, some := range slices.Collect(slices.Chunk(names, each)) {
		chat := int64(i + 1)
		told(t, w, chat)
		for j, name := range some {
			w.box.Send(chat, sandbox.File{Name: name, Type: name, Data: picture(fmt.Sprint(j, name))})
		}
		w.settle()
		c := w.person(chat).Cases[0]
		kept := 0
		for _, x := range c.Exhibits {
			if x.State == "kept" {
				kept++
			}
		}
		if kept < len(some) {
			t.Errorf("chat %d: %d of %d are kept", chat, kept, len(some))
		}
		w.say(chat, "/evidence")
		w.settle()
		for _, n := range []int{1, 7, 14, 20} {
			for _, do := range []func(){
				func() { w.say(chat, strconv.Itoa(n)) },
				func() { w.press(chat, "Send it to me") },
				func() { w.press(chat, "All exhibits") },
			} {
				do()
				w.settle()
			}
		}
		back := 0
		for _, m := range w.box.Transcript(chat) {
			if m.From != "bot" {
				continue
			}
			if m.File != nil && m.Protected {
				back++
			}
			for _, r := range m.Text {
				if unicode.Is(unicode.Cc, r) && r != '\n' && r != '\t' || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0x200e || r == 0x200f || r == 0xfeff {
					t.Fatalf("chat %d: %U was sent: %q", chat, r, m.Text)
				}
			}
			for _, e := range m.Entities {
				if e.Type == "text_link" || e.Type == "url" {
					t.Errorf("chat %d: a name became a link: %q", chat, m.Text)
				}
			}
			if m.File != nil && !strings.HasPrefix(m.File.Name, "exhibit-0") {
				t.Errorf("chat %d: sent back as %q", chat, m.File.Name)
			}
		}
		if back == 0 {
			t.Errorf("chat %d: nothing was sent back", chat)
		}
	}
	for _, r := range w.box.Refusals() {
		t.Errorf("Telegram would refuse %s: %s", r.Method, r.Description)
	}
	err := filepath.WalkDir(w.dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if rel, _ := filepath.Rel(w.dir, path); strings.HasPrefix(rel, "vault") && len(d.Name()) != 64 {
			t.Errorf("%s lies in the vault", rel)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if problems, err := w.store.Check(context.Background()); err != nil || len(problems) > 0 {
		t.Error("the store does not fit together: ", err, problems)
	}
}

// press taps the newest button of that label.
func (w *whole) press(chat int64, label string) {
	w.t.Helper()
	for _, m := range slices.Backward(w.box.Transcript(chat)) {
		for _, row := range m.Buttons {
			for _, b := range row {
				if b.Label == label {
					if _, err := w.box.Tap(chat, m.ID, label); err != nil {
						w.t.Fatal(err)
					}
					return
				}
			}
		}
	}
	w.t.Errorf("chat %d: there is no button %q", chat, label)
}

// told brings a person to the first facts of a case.
func told(t *testing.T, w *whole, chat int64) {
	t.Helper()
	w.say(chat, "/start")
	w.settle()
	for _, do := range []string{"[agree]", "[GB]", "[skip]", "[defective]", "[done]"} {
		if err := w.tap(chat, strings.Trim(do, "[]"), false, 1); err != nil {
			t.Fatal(err)
		}
		w.settle()
	}
}

// 100 people send albums of ten at once, some pieces twice, pieces of different
// people mixed; one of them sends 300 more files first. Each chat's order is
// kept, each album has one receipt with a line a piece, and everybody is served
// before the one who sends hundreds.
func TestManySendAlbumsAtOnce(t *testing.T) {
	if testing.Short() {
		t.Skip("needs half a minute")
	}
	g := guide(t)
	const people, pieces, flood = 100, 10, 300
	w := newWhole(t, g)
	for chat := int64(1); chat <= people; chat++ {
		told(t, w, chat)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- w.bot.Run(ctx) }()

	began := time.Now()
	for i := range flood {
		w.box.Send(1, sandbox.File{As: "document", Name: "f", Data: []byte(fmt.Sprint("flood ", i))})
	}
	dice := rand.New(rand.NewPCG(7, 7))
	left := make([]int, people+1)
	chats := make([]int64, 0, people*pieces)
	for chat := int64(1); chat <= people; chat++ {
		for range pieces {
			chats = append(chats, chat)
		}
	}
	dice.Shuffle(len(chats), func(i, j int) { chats[i], chats[j] = chats[j], chats[i] })
	for _, chat := range chats {
		f := sandbox.File{As: "photo", Name: "p", Data: picture(fmt.Sprint(chat, left[chat])), Album: fmt.Sprint("album ", chat)}
		w.box.Send(chat, f)
		if left[chat] == 4 {
			w.box.Send(chat, f) // the same picture twice
		}
		left[chat]++
	}
	sentAll := time.Since(began)
	done := make([]time.Duration, people+1)
	for waiting := people; waiting > 0; {
		if time.Since(began) > 2*time.Minute {
			c := w.person(2).Cases[0]
			states := map[string]int{}
			for _, x := range c.Exhibits {
				states[x.State+x.Why]++
			}
			t.Fatalf("%d people still wait; the second has %v", waiting, states)
		}
		time.Sleep(20 * time.Millisecond)
		for chat := int64(1); chat <= people; chat++ {
			if done[chat] != 0 {
				continue
			}
			want := pieces
			if chat == 1 {
				want = flood // of 310: those sent before anybody else's, were it first come, first served
			}
			kept := 0
			for _, x := range w.person(chat).Cases[0].Exhibits {
				if x.State == "kept" {
					kept++
				}
			}
			if kept >= want {
				done[chat] = time.Since(began)
				waiting--
			}
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	w.settle()
	for chat := int64(1); chat <= people; chat++ {
		c := w.person(chat).Cases[0]
		want := pieces
		if chat == 1 {
			want += flood
		}
		last := 0
		for _, x := range c.Exhibits {
			if x.Message <= last {
				t.Errorf("chat %d: exhibit %d came with message %d, the one before with %d", chat, x.Number, x.Message, last)
			}
			last = x.Message
		}
		if len(c.Exhibits) != want {
			t.Errorf("chat %d: %d exhibits, not %d", chat, len(c.Exhibits), want)
		}
		receipts, lines := 0, 0
		for _, m := range w.heard(chat) {
			if n := strings.Count(m.text, " kept: a photo"); n > 0 {
				receipts++
				lines = n
			}
		}
		if receipts != 1 || lines != pieces {
			t.Errorf("chat %d: %d receipts, the last with %d lines", chat, receipts, lines)
		}
	}
	others := slices.Clone(done[2:])
	slices.Sort(others)
	t.Logf("sent within %v; kept for half of the people after %v, for 95 %% after %v, for all but the one with hundreds after %v; that one had %d after %v",
		sentAll.Round(time.Millisecond), others[len(others)/2].Round(time.Millisecond), others[len(others)*95/100].Round(time.Millisecond), others[len(others)-1].Round(time.Millisecond), flood, done[1].Round(time.Millisecond))
	if others[len(others)-1] >= done[1] {
		t.Error("somebody waited for the one who sent hundreds")
	}
}

// Files of 20 MB go through the bot into the vault in memory that does not grow
// with them. A vault that reads a file whole is found out.
func TestTwentyMegabytesTakeNoMemory(t *testing.T) {
	const megabyte = 1 << 20
	peak := func(size int, around func(bot.Vault) bot.Vault) (heap uint64) {
		g := guide(t)
		box := sandbox.New(sandbox.Options{Token: token})
		defer box.Close()
		server := httptest.NewServer(box.Handler())
		defer server.Close()
		s, err := store.Open(context.Background(), t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		agreed := func(p *flows.Person, in flows.Input) []flows.Effect {
			if p.Agreed.IsZero() {
				p.Agreed, p.Country, p.Zone = in.At, "GB", "Europe/London"
			}
			return g.Advance(p, in)
		}
		b, err := bot.New(bot.Settings{
			Token: bot.NewSecret(token), API: server.URL, Turns: s, Outbox: s, Alarm: s, Jobs: s, Vault: around(vault{s}),
			Advance: agreed, Now: box.Now, Log: slog.New(slog.DiscardHandler), Pace: 100000,
		})
		if err != nil {
			t.Fatal(err)
		}
		box.Say(1, "hello")
		if err := b.Settle(context.Background()); err != nil {
			t.Fatal(err)
		}
		for i := range 4 {
			data := make([]byte, size)
			data[0] = byte(i)
			box.Send(1, sandbox.File{Name: "film.mp4", As: "document", Data: data})
		}
		runtime.GC()
		var before runtime.MemStats
		runtime.ReadMemStats(&before)
		var most atomic.Uint64
		end := make(chan bool)
		var looking sync.WaitGroup
		looking.Go(func() {
			for {
				select {
				case <-end:
					return
				case <-time.After(time.Millisecond):
					var now runtime.MemStats
					runtime.ReadMemStats(&now)
					most.Store(max(most.Load(), now.HeapAlloc))
				}
			}
		})
		err = b.Settle(context.Background())
		close(end)
		looking.Wait()
		if err != nil {
			t.Fatal(err)
		}
		p, err := s.Person(context.Background(), 1)
		if err != nil {
			t.Fatal(err)
		}
		kept := 0
		for _, x := range p.Cases[0].Exhibits {
			if x.State == "kept" && x.Size == int64(size) {
				kept++
			}
		}
		if kept != 4 {
			t.Fatalf("%d of 4 files are kept", kept)
		}
		return max(most.Load(), before.HeapAlloc) - before.HeapAlloc
	}
	plain := func(v bot.Vault) bot.Vault { return v }
	small, large := peak(megabyte, plain), peak(20*megabyte, plain)
	greedy := peak(20*megabyte, func(v bot.Vault) bot.Vault { return greedyVault{v} })
	t.Logf("heap at the most, above the rest: %.1f MB for files of 1 MB, %.1f MB for files of 20 MB; a vault that reads them whole: %.1f MB",
		float64(small)/megabyte, float64(large)/megabyte, float64(greedy)/megabyte)
	if large > small+8*megabyte {
		t.Error("memory grows with the file")
	}
	if greedy < small+16*megabyte {
		t.Error("a vault that reads files whole is not found out")
	}
}

// greedyVault reads a file whole before it keeps it.
type greedyVault struct{ bot.Vault }

func (v greedyVault) Put(ctx context.Context, person int64, r io.Reader, limit int64) (string, int64, []byte, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return "", 0, nil, err
	}
	return v.Vault.Put(ctx, person, bytes.NewReader(data), limit)
}
