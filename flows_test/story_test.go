package flows_test

import (
	"bufio"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"recourse/flows"
	"recourse/flows/content"
)

var update = flag.Bool("update", false, "write golden/ and flows/diagram.md anew")

// world is what a story is played in.
type world interface {
	say(chat int64, text string)
	forward(chat int64, kind, name, text string, at time.Time) // at zero: now
	file(chat int64, f sent)
	share(chat int64, kind string)                           // neither text nor file: contact, poll …
	edit(chat int64, nth int, text string)                   // the nth message of the person's, counted back from 1
	tap(chat int64, value string, old bool, times int) error // the newest, or the oldest, button with that value
	unknown(chat int64)                                      // a kind of message nobody foresaw
	forged(chat int64)                                       // a button the bot never made
	block(chat int64)
	unblock(chat int64)
	move(d time.Duration)
	set(t time.Time)
	speak(chat int64, language string) // the language of the person's Telegram
	settle()                           // until nothing is left to do
	restart()
	person(chat int64) *flows.Person
	heard(chat int64) []message // what the bot said, as it stands now
	reads(words string)         // what a machine will read off pictures
	hides(chat int64) int       // messages taken away
	toasts(chat int64) int
}

// sent is a file as a story sends it.
type sent struct {
	as, name, caption, album string
	same                     string // has the bytes of the file of that name
	size                     int64  // bytes; 0 = a few, -1 = none at all
	from                     string // forwarded: "kind name"
	at                       time.Time
}

// message is one of the bot's.
type message struct {
	id      int
	text    string
	buttons []flows.Button // Label and Value
	file    string
}

// line is one line of a story.
type line struct {
	at   int
	verb string
	rest string
}

func readStory(t *testing.T, file string) []line {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []line
	for s, n := bufio.NewScanner(f), 1; s.Scan(); n++ {
		text := strings.TrimSpace(s.Text())
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		verb, rest, _ := strings.Cut(text, " ")
		all = append(all, line{n, verb, strings.TrimSpace(rest)})
	}
	return all
}

var bracket = regexp.MustCompile(`\[([^\]]*)\]`)

// play acts a story out and holds what happens against it.
func play(t *testing.T, w world, story []line) {
	t.Helper()
	chat := int64(1)
	seen := map[int64]int{} // messages heard before the line
	for _, l := range story {
		fail := func(format string, args ...any) {
			t.Helper()
			t.Fatalf("line %d (%s %s): %s\n%s", l.at, l.verb, l.rest, fmt.Sprintf(format, args...), transcript(w, chat, 6))
		}
		acts := true
		before, toasts := len(w.heard(chat)), w.toasts(chat)
		switch l.verb {
		case "at":
			at, err := time.Parse("2006-01-02 15:04", l.rest)
			if err != nil {
				fail("%v", err)
			}
			w.set(at)
			acts = false
		case "person":
			n, err := strconv.ParseInt(l.rest, 10, 64)
			if err != nil {
				fail("%v", err)
			}
			chat = n
			acts = false
		case "language":
			w.speak(chat, l.rest)
			acts = false
		case "user":
			if m := bracket.FindStringSubmatch(l.rest); m != nil && m[0] == l.rest {
				if err := w.tap(chat, m[1], false, 1); err != nil {
					fail("%v", err)
				}
			} else {
				w.say(chat, l.rest)
			}
		case "old":
			if err := w.tap(chat, strings.Trim(l.rest, "[]"), true, 1); err != nil {
				fail("%v", err)
			}
		case "twice":
			if err := w.tap(chat, strings.Trim(l.rest, "[]"), false, 2); err != nil {
				fail("%v", err)
			}
		case "forward":
			kind, rest, _ := strings.Cut(l.rest, " ")
			name, text, ok := strings.Cut(rest, ": ")
			if !ok {
				fail("write forward kind name: text")
			}
			at := time.Time{}
			if day, rest, ok := strings.Cut(kind, "@"); ok { // forward hidden_user@2026-02-20 LampLand: text
				var err error
				if at, err = time.Parse("2006-01-02", rest); err != nil {
					fail("%v", err)
				}
				kind = day
			}
			w.forward(chat, kind, name, text, at)
		case "file":
			words := strings.Fields(l.rest)
			f := sent{as: words[0], name: words[1]}
			for _, x := range words[2:] {
				switch key, v, _ := strings.Cut(x, "="); key {
				case "album":
					f.album = v
				case "same":
					f.same = v
				case "from":
					f.from = strings.Replace(v, ":", " ", 1)
				case "size":
					f.size, _ = strconv.ParseInt(v, 10, 64)
				case "at":
					var err error
					if f.at, err = time.Parse("2006-01-02", v); err != nil {
						fail("%v", err)
					}
				default:
					f.caption = strings.TrimSpace(f.caption + " " + x)
				}
			}
			w.file(chat, f)
		case "share":
			w.share(chat, l.rest)
		case "reads":
			w.reads(strings.ReplaceAll(l.rest, "|", "\n"))
			acts = false
		case "edit":
			n, text, _ := strings.Cut(l.rest, " ")
			nth, err := strconv.Atoi(n)
			if err != nil {
				fail("%v", err)
			}
			w.edit(chat, nth, text)
		case "unknown":
			w.unknown(chat)
		case "forged":
			w.forged(chat)
		case "block":
			w.block(chat)
			acts = false
		case "unblock":
			w.unblock(chat)
			acts = false
		case "wait":
			d, err := days(l.rest)
			if err != nil {
				fail("%v", err)
			}
			w.move(d)
			acts = false
		case "show", "case", "idle", "says", "hears", "nothing", "exhibits", "exhibit", "talk", "unsaid", "toast":
			acts = false
			if problem := holds(w, chat, l, seen[chat]); problem != "" {
				fail("%s", problem)
			}
			continue
		default:
			fail("nobody knows the word %q", l.verb)
		}
		w.settle()
		w.restart()
		if acts && len(w.heard(chat)) == before && w.toasts(chat) == toasts {
			if m := w.heard(chat); len(m) == 0 || !changed(m, seen[chat]) {
				fail("the bot was silent")
			}
		}
		seen[chat] = before
	}
}

// changed: an answer may change a message instead of sending one; the worlds
// count both, so this is only asked where neither counter moved.
func changed(m []message, before int) bool { return len(m) >= before }

func days(s string) (time.Duration, error) {
	if n, ok := strings.CutSuffix(s, "d"); ok {
		d, err := strconv.Atoi(n)
		return time.Duration(d) * 24 * time.Hour, err
	}
	return time.ParseDuration(s)
}

// holds checks one expectation; "" = it holds.
func holds(w world, chat int64, l line, before int) string {
	p := w.person(chat)
	if p == nil {
		return "the person is not known"
	}
	c := p.Case(p.Focus)
	if c == nil && len(p.Cases) > 0 {
		c = p.Cases[len(p.Cases)-1]
	}
	messages := w.heard(chat)
	switch l.verb {
	case "show":
		name, rest, _ := strings.Cut(l.rest, " ")
		if step := stepOf(p); step != name {
			return fmt.Sprintf("the step is %q", step)
		}
		if m := bracket.FindStringSubmatch(rest); m != nil {
			var offered []string
			for i := len(messages) - 1; i >= 0 && len(offered) == 0; i-- {
				for _, b := range messages[i].buttons {
					offered = append(offered, b.Value)
				}
			}
			for _, v := range strings.Split(m[1], "|") {
				if v = strings.TrimSpace(v); v != "" && !slices.Contains(offered, v) {
					return fmt.Sprintf("%q is not offered, but %q", v, offered)
				}
			}
			rest = strings.Replace(rest, m[0], "", 1)
		}
		return facts(p, c, rest)
	case "case":
		return facts(p, c, l.rest)
	case "idle":
		if step := stepOf(p); step != "" && step != "home" && step != "end.tips" {
			return fmt.Sprintf("the step is %q", step)
		}
	case "says":
		for _, m := range messages[min(before, len(messages)):] {
			if strings.Contains(m.text, l.rest) || strings.Contains(m.file, l.rest) {
				return ""
			}
		}
		// A changed message counts as well.
		if len(messages) > 0 && slices.ContainsFunc(messages[max(0, len(messages)-6):], func(m message) bool { return strings.Contains(m.text, l.rest) }) {
			return ""
		}
		return "that was not said"
	case "unsaid":
		for _, m := range messages[min(before, len(messages)):] {
			if strings.Contains(m.text, l.rest) {
				return "that was said: " + m.text
			}
		}
	case "nothing":
		if len(messages) > before {
			return "something was said: " + messages[len(messages)-1].text
		}
	case "exhibit": // exhibit 4 kind=photo form=derived parent=3 proofs=chat,invoice
		number, rest, _ := strings.Cut(l.rest, " ")
		n, _ := strconv.Atoi(number)
		if c == nil || n < 1 || n > len(c.Exhibits) {
			return "there is no such exhibit"
		}
		return exhibitFacts(&c.Exhibits[n-1], rest)
	case "talk": // talk 2: how many lines, and in which order their exhibits stand
		var got []string
		for _, l := range c.Talk() {
			got = append(got, fmt.Sprint(l.Exhibit))
		}
		if want := l.rest; strings.Join(got, " ") != want {
			return fmt.Sprintf("the talk is %q", got)
		}
	case "exhibits":
		n, _ := strconv.Atoi(l.rest)
		kept := 0
		if c != nil {
			for _, e := range c.Exhibits {
				if e.State == "kept" && len(e.SHA256) == 64 {
					kept++
				}
			}
		}
		if kept != n {
			return fmt.Sprintf("%d are kept", kept)
		}
	}
	return ""
}

func stepOf(p *flows.Person) string {
	if p.Thread.Step != "" {
		return p.Thread.Step
	}
	if c := p.Case(p.Focus); c != nil {
		if c.Danger.Step != "" {
			return c.Danger.Step
		}
		return c.Thread.Step
	}
	return ""
}

// facts checks "key=value key=value"; a value with spaces stands with _ for them.
func facts(p *flows.Person, c *flows.Case, list string) string {
	for _, f := range strings.Fields(list) {
		key, want, ok := strings.Cut(f, "=")
		if !ok {
			return "write key=value: " + f
		}
		got := factOf(p, c, key)
		if got != want && got != strings.ReplaceAll(want, "_", " ") {
			return fmt.Sprintf("%s is %q", key, got)
		}
	}
	return ""
}

func exhibitFacts(x *flows.Exhibit, list string) string {
	for _, f := range strings.Fields(list) {
		key, want, _ := strings.Cut(f, "=")
		var got string
		switch key {
		case "kind":
			got = x.Kind
		case "form":
			got = x.Form
		case "state":
			got = x.State
		case "why":
			got = x.Why
		case "parent":
			got = fmt.Sprint(x.Parent)
		case "cover":
			got = strings.Join(x.Cover, ",")
		case "proofs":
			got = strings.Join(x.Proofs, ",")
		case "for":
			got = strings.Join(x.For, ",")
		case "shows":
			got = x.Shows
		case "theirs":
			got = fmt.Sprint(x.Theirs)
		case "out":
			got = fmt.Sprint(x.Out)
		case "edits":
			got = fmt.Sprint(len(x.Edits))
		case "type":
			got = x.Type
		case "from":
			if x.Forward != nil {
				got = x.Forward.Kind
			}
		case "answers":
			var all []string
			for _, q := range []string{"whole", "unedited", "dated", "sender"} {
				all = append(all, or(x.Answers[q], "-"))
			}
			got = strings.Join(all, ",")
		default:
			return "nobody knows the fact " + key
		}
		if got != want && got != strings.ReplaceAll(want, "_", " ") {
			return fmt.Sprintf("%s is %q", key, got)
		}
	}
	return ""
}

func or(a, b string) string {
	if a == "" {
		return b
	}
	return a
}

func factOf(p *flows.Person, c *flows.Case, key string) string {
	switch key {
	case "cases":
		return fmt.Sprint(len(p.Cases))
	case "focus":
		return fmt.Sprint(p.Focus)
	case "language":
		return p.Language
	case "country":
		return p.Country
	case "zone":
		return p.Zone
	}
	if c == nil {
		return "no case"
	}
	switch key {
	case "merchant":
		return c.Merchant.Name
	case "platform":
		return c.Merchant.Platform
	case "shop_country":
		return c.Merchant.Country
	case "order":
		return c.Order
	case "product":
		return c.Product
	case "amount":
		return c.Amount.Number + c.Amount.Currency
	case "payment":
		return c.Payment
	case "ordered":
		return c.Ordered.String()
	case "expected":
		return c.Expected.String()
	case "delivered":
		return c.Delivered.String()
	case "never":
		return fmt.Sprint(c.Never)
	case "kinds":
		return strings.Join(c.Kinds, ",")
	case "wants":
		return strings.Join(c.Wants, ",")
	case "state":
		return c.State()
	case "outcome":
		return c.Outcome
	case "back":
		return c.CameBack
	case "exhibits":
		return fmt.Sprint(len(c.Exhibits))
	case "reminders":
		return fmt.Sprint(len(c.Reminders))
	case "promises":
		return fmt.Sprint(len(c.Promises))
	case "parts":
		return fmt.Sprint(len(c.Parts))
	case "unsafe":
		return fmt.Sprint(c.Unsafe)
	}
	// merchant.state, gb_section75.state, merchant.by, merchant.letters …
	body, what, _ := strings.Cut(key, ".")
	for _, x := range c.Proceedings {
		if x.Body != body {
			continue
		}
		switch what {
		case "state":
			return x.State
		case "by":
			return x.AnswerBy.String()
		case "letters":
			return fmt.Sprint(len(x.Letters))
		case "reference":
			return x.Reference
		case "answer":
			return x.Answer
		case "read": // the label that leads, of the last message
			if x.Read == nil {
				return "nothing"
			}
			return x.Read.Labels[0]
		case "meant":
			if x.Read == nil {
				return "nothing"
			}
			return x.Read.Meant
		case "offer":
			if x.Read == nil {
				return "nothing"
			}
			return x.Read.Offer.Number + x.Read.Offer.Currency
		case "language":
			return x.Letters[len(x.Letters)-1].Language
		}
	}
	return "unknown"
}

// transcript is the end of what was said, to find out why a story broke.
func transcript(w world, chat int64, last int) string {
	var b strings.Builder
	messages := w.heard(chat)
	for _, m := range messages[max(0, len(messages)-last):] {
		fmt.Fprintf(&b, "\n— %s\n", m.text)
		for _, x := range m.buttons {
			fmt.Fprintf(&b, "  [%s = %s]", x.Label, x.Value)
		}
	}
	if p := w.person(chat); p != nil {
		fmt.Fprintf(&b, "\n(step %s)", stepOf(p))
	}
	return b.String()
}

// stories are the scenario files.
func stories(t testing.TB) []string {
	files, err := filepath.Glob("scenarios/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no scenarios: ", err)
	}
	return files
}

// guide loads the real content.
func guide(t testing.TB) *flows.Guide {
	t.Helper()
	g, err := flows.New(contentOf(t))
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func contentOf(t testing.TB) *content.Content {
	t.Helper()
	c, problems := content.Load(content.Embedded())
	for _, p := range problems {
		t.Error(p)
	}
	if len(problems) > 0 {
		t.FailNow()
	}
	return c
}
