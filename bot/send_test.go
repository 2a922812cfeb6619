package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	telegram "github.com/go-telegram/bot"

	"recourse/bot/sandbox"
	"recourse/flows"
)

// misplaced finds, in what a chat shows of the numbered messages 0 … n-1, what
// is missing and what came before its time. Repeats are allowed: an answer that
// was lost on the way can't be told from a message that was.
func misplaced(shown []string, n int) (wrong []string) {
	next := 0
	for _, s := range shown {
		switch {
		case next < n && s == fmt.Sprint(next):
			next++
		case next > 0 && s == fmt.Sprint(next-1): // once more
		default:
			wrong = append(wrong, fmt.Sprintf("%q where %d belongs", s, next))
		}
	}
	if next < n {
		wrong = append(wrong, fmt.Sprintf("%d of %d came", next, n))
	}
	return wrong
}

func TestOrderIsKeptUnderFaults(t *testing.T) {
	const chats, each = 12, 25
	for _, way := range []string{"run", "settle"} {
		t.Run(way, func(t *testing.T) {
			r := newRig(t, quiet, nil)
			for c := range int64(chats) {
				r.box.Say(c+1, "hi")
			}
			r.settle(t)
			r.box.Faults(sandbox.Faults{
				TooMany: 0.01, ServerError: 0.12, Reset: 0.1, Lost: 0.07, Seed: 3,
				Methods: []string{"sendMessage"},
			})
			for i := range each {
				for c := range int64(chats) {
					r.shelf.put(flows.Outgoing{Person: c + 1, Effect: words(fmt.Sprint(i))})
				}
			}
			if way == "settle" {
				r.settle(t)
			} else {
				stop := r.run(t)
				until(t, "the last message", func() bool {
					rows, _ := r.shelf.Waiting(t.Context(), time.Now().Add(time.Hour), 1)
					return len(rows) == 0
				})
				stop()
			}
			for c := range int64(chats) {
				if wrong := misplaced(r.said(c+1), each); wrong != nil {
					t.Errorf("chat %d: %v", c+1, wrong)
				}
			}
			if no := r.box.Refusals(); len(no) > 0 {
				t.Errorf("refused: %+v", no)
			}
		})
	}
}

// The same search finds messages that are lost or out of order.
func TestOrderControl(t *testing.T) {
	if misplaced([]string{"0", "1", "1", "2"}, 3) != nil {
		t.Error("a repeat was found wrong")
	}
	for _, shown := range [][]string{{"0", "2", "1"}, {"0", "1"}, {"1", "2"}, {"0", "1", "0", "2"}, nil} {
		if misplaced(shown, 3) == nil {
			t.Errorf("nothing found wrong with %q", shown)
		}
	}
}

// While nothing fails, each message goes once, whatever ends while the outbox is
// being read: here reading is slow, and lanes end all the time.
func TestNothingGoesTwice(t *testing.T) {
	const chats, each = 40, 30
	r := newRig(t, quiet, nil)
	for c := range int64(chats) {
		r.box.Say(c+1, "hi")
	}
	r.settle(t)
	r.set.Outbox = sluggish{r.shelf}
	var want []string
	for i := range each {
		want = append(want, fmt.Sprint(i))
		for c := range int64(chats) {
			r.shelf.put(flows.Outgoing{Person: c + 1, Effect: words(fmt.Sprint(i))})
		}
	}
	stop := r.run(t)
	until(t, "the last message", func() bool {
		rows, _ := r.shelf.Waiting(t.Context(), time.Now(), 1)
		return len(rows) == 0
	})
	stop()
	for c := range int64(chats) {
		wantTexts(t, r.said(c+1), want...)
	}
}

// sluggish takes its time after it has looked.
type sluggish struct{ *shelf }

func (s sluggish) Waiting(ctx context.Context, now time.Time, limit int) ([]flows.Outgoing, error) {
	rows, err := s.shelf.Waiting(ctx, now, limit)
	time.Sleep(5 * time.Millisecond)
	return rows, err
}

// scripted is a Telegram that answers each call as a test says; what it has no
// answer for it accepts.
type scripted struct {
	mu     sync.Mutex
	calls  []call
	answer func(c call) (status int, body string)
}

type call struct {
	method string
	fields map[string]string
}

func (s *scripted) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := call{r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:], map[string]string{}}
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") && r.ContentLength > 0 {
		if err := r.ParseMultipartForm(64 << 20); err == nil {
			for k, v := range r.MultipartForm.Value {
				c.fields[k] = v[0]
			}
			for k, v := range r.MultipartForm.File {
				c.fields[k] = v[0].Filename
			}
		}
	}
	s.mu.Lock()
	s.calls = append(s.calls, c)
	n := len(s.calls)
	s.mu.Unlock()
	status, body := 0, ""
	if s.answer != nil {
		status, body = s.answer(c)
	}
	if status == 0 {
		status, body = 200, fmt.Sprintf(`{"ok":true,"result":{"message_id":%d,"date":1,"chat":{"id":7,"type":"private"}}}`, 1000+n)
		switch c.method {
		case "answerCallbackQuery", "setMessageReaction", "deleteMessages", "setMyCommands", "leaveChat", "deleteWebhook":
			body = `{"ok":true,"result":true}`
		case "getUpdates":
			body = `{"ok":true,"result":[]}`
		}
	}
	if strings.HasPrefix(body, "{") {
		w.Header().Set("Content-Type", "application/json")
	} else {
		w.Header().Set("Content-Type", "text/html")
	}
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

// methods are the calls made but for polls.
func (s *scripted) methods() (names []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.calls {
		if c.method != "getUpdates" {
			names = append(names, c.method)
		}
	}
	return names
}

func refusing(code int, words string) (int, string) {
	return code, fmt.Sprintf(`{"ok":false,"error_code":%d,"description":%q}`, code, words)
}

func newScripted(t *testing.T, answer func(call) (int, string)) (*Bot, *shelf, *scripted, *logbook) {
	t.Helper()
	tg := &scripted{answer: answer}
	web := httptest.NewServer(tg)
	t.Cleanup(web.Close)
	s, log := newShelf(), &logbook{}
	return newBot(t, web.URL, s, quiet, log), s, tg, log
}

func settle(t *testing.T, b *Bot) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := b.Settle(ctx); err != nil {
		t.Fatal(err)
	}
}

func TestWhatBecomesOfARow(t *testing.T) {
	say := flows.Say{Text: []flows.Span{{Text: "b", Style: "bold"}}, Rows: [][]flows.Button{{{Label: "B"}, {Label: "P", URL: "https://example.org"}}}}
	const modified = "Bad Request: message is not modified: specified new message content and reply markup are exactly the same"
	once := func(method string, code int, words string) func() func(call) (int, string) {
		return func() func(call) (int, string) {
			var gone atomic.Bool
			return func(c call) (int, string) {
				if c.method == method && gone.CompareAndSwap(false, true) {
					return refusing(code, words)
				}
				return 0, ""
			}
		}
	}
	always := func(method string, code int, words string) func() func(call) (int, string) {
		return func() func(call) (int, string) {
			return func(c call) (int, string) {
				if c.method == method {
					return refusing(code, words)
				}
				return 0, ""
			}
		}
	}
	page := func() func(call) (int, string) {
		var n atomic.Int32
		return func(c call) (int, string) {
			if c.method == "sendMessage" && n.Add(1) < 4 {
				return []int{502, 200, 400}[n.Load()-1], "<html>" + canary + "</html>"
			}
			return 0, ""
		}
	}
	for _, c := range []struct {
		name    string
		row     flows.Outgoing
		answer  func() func(call) (int, string)
		calls   string // made, in order
		message int    // kept with the row; -1 = the row was dropped
		blocked bool
	}{
		{"sent", flows.Outgoing{Effect: say}, nil, "sendMessage", 1001, false},
		{"edited", flows.Outgoing{Effect: say, Edit: 9}, nil, "editMessageText", 1001, false},
		{"not modified is success", flows.Outgoing{Effect: say, Edit: 9}, always("editMessageText", 400, modified), "editMessageText", 9, false},
		{"a missing message is sent anew", flows.Outgoing{Effect: say, Edit: 9}, always("editMessageText", 400, "Bad Request: message to edit not found"), "editMessageText sendMessage", 1002, false},
		{"a message that had no text is sent anew", flows.Outgoing{Effect: say, Edit: 9}, always("editMessageText", 400, "Bad Request: there is no text in the message to edit"), "editMessageText sendMessage", 1002, false},
		{"markup is sent plain once", flows.Outgoing{Effect: say}, once("sendMessage", 400, "Bad Request: can't parse entities: x"), "sendMessage sendMessage", 1002, false},
		{"a bad button is sent plain once", flows.Outgoing{Effect: say}, once("sendMessage", 400, "Bad Request: BUTTON_URL_INVALID"), "sendMessage sendMessage", 1002, false},
		{"and then dropped", flows.Outgoing{Effect: say}, always("sendMessage", 400, "Bad Request: can't parse entities: x"), "sendMessage sendMessage", -1, false},
		{"an edit's markup too", flows.Outgoing{Effect: say, Edit: 9}, always("editMessageText", 400, "Bad Request: can't parse entities: x"), "editMessageText editMessageText sendMessage", 1003, false},
		{"another refusal drops", flows.Outgoing{Effect: say}, always("sendMessage", 400, "Bad Request: chat not found"), "sendMessage", -1, false},
		{"blocked", flows.Outgoing{Effect: say}, always("sendMessage", 403, "Forbidden: bot was blocked by the user"), "sendMessage", -1, true},
		{"a group that threw it out", flows.Outgoing{Person: -5, Effect: say}, always("sendMessage", 403, "Forbidden: bot was kicked"), "sendMessage", -1, false},
		{"a flood passes", flows.Outgoing{Effect: say}, once("sendMessage", 429, "Too Many Requests: retry after 0"), "sendMessage sendMessage", 1002, false},
		{"a server's trouble passes", flows.Outgoing{Effect: say}, once("sendMessage", 500, "Internal Server Error"), "sendMessage sendMessage", 1002, false},
		{"pages of HTML pass", flows.Outgoing{Effect: say}, page, "sendMessage sendMessage sendMessage sendMessage", 1004, false},
		{"a refused token passes", flows.Outgoing{Effect: say}, once("sendMessage", 401, "Unauthorized"), "sendMessage sendMessage", 1002, false},
		{"a toast's failure is nothing", flows.Outgoing{Effect: flows.Toast{Query: "Q"}}, always("answerCallbackQuery", 400, "Bad Request: query is too old"), "answerCallbackQuery", -1, false},
		{"nor its flood", flows.Outgoing{Effect: flows.Toast{Query: "Q"}}, always("answerCallbackQuery", 429, "Too Many Requests"), "answerCallbackQuery", -1, false},
		{"toast", flows.Outgoing{Effect: flows.Toast{Query: "Q", Text: "Noted"}}, nil, "answerCallbackQuery", 0, false},
		{"reaction", flows.Outgoing{Effect: flows.React{Message: 3, Emoji: "👍"}}, nil, "setMessageReaction", 0, false},
		{"a method nobody knows, of an ornament", flows.Outgoing{Effect: flows.React{Message: 3, Emoji: "👍"}}, always("setMessageReaction", 404, "Not Found"), "setMessageReaction", -1, false},
		{"leave", flows.Outgoing{Person: -5, Effect: flows.Leave{}}, nil, "leaveChat", 0, false},
		{"document", flows.Outgoing{Effect: flows.Say{Document: &flows.Document{Name: "a.pdf", Data: []byte("x")}}}, nil, "sendDocument", 1001, false},
		{
			"a document too large",
			flows.Outgoing{Effect: flows.Say{Document: &flows.Document{Name: "a.pdf", Data: []byte("x")}}},
			func() func(call) (int, string) { return func(c call) (int, string) { return tooLargeFor(c) } }, "sendDocument", -1, false,
		},
		{"nothing to show", flows.Outgoing{Effect: words(" \u200B\n")}, nil, "", -1, false},
		{"accepted, but the answer has something new", flows.Outgoing{Effect: say}, func() func(call) (int, string) {
			return func(c call) (int, string) {
				if c.method == "sendMessage" {
					return 200, `{"ok":true,"result":{"message_id":77,"forward_origin":{"type":"planet"},"chat":{"id":7}}}`
				}
				return 0, ""
			}
		}, "sendMessage", 77, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			var answer func(call) (int, string)
			if c.answer != nil {
				answer = c.answer()
			}
			b, s, tg, log := newScripted(t, func(q call) (int, string) {
				if answer == nil || q.method == "getUpdates" {
					return 0, ""
				}
				return answer(q)
			})
			if c.row.Person == 0 {
				c.row.Person = 7
			}
			// The scripted Telegram counts polls as calls too: keep them out of the ids.
			id := s.put(c.row)
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			for row := s.row(id); !row.sent && row.dropped == "" && ctx.Err() == nil; time.Sleep(time.Millisecond) {
				if _, _, err := b.sendOnce(ctx); err != nil {
					t.Fatal(err)
				}
			}
			if got := strings.Join(tg.methods(), " "); got != c.calls {
				t.Errorf("calls: %s\nwant:  %s", got, c.calls)
			}
			row := s.row(id)
			if dropped := row.dropped != ""; dropped != (c.message == -1) || !dropped && row.message != c.message {
				t.Errorf("message %d, dropped %q, want %d", row.message, row.dropped, c.message)
			}
			var blocked []flows.Input
			for _, in := range s.heard {
				if in.Event == (flows.Blocked{}) {
					blocked = append(blocked, in)
				}
			}
			if c.blocked != (len(blocked) == 1) || c.blocked && (blocked[0].ID != fmt.Sprint("blocked:", id) || blocked[0].Person != 7) {
				t.Errorf("heard %+v", blocked)
			}
			if strings.Contains(log.text.String(), canary) {
				t.Errorf("the token is in the log:\n%s", &log.text)
			}
		})
	}
}

func tooLargeFor(c call) (int, string) {
	if c.method == "sendDocument" {
		return 413, "<html><h1>413 Request Entity Too Large</h1></html>"
	}
	return 0, ""
}

func TestPlainKeepsTheButtonsThatAnswer(t *testing.T) {
	var seen []map[string]string
	b, s, _, _ := newScripted(t, func(c call) (int, string) {
		if c.method != "sendMessage" {
			return 0, ""
		}
		seen = append(seen, c.fields)
		if len(seen) == 1 {
			return refusing(400, "Bad Request: can't parse entities")
		}
		return 0, ""
	})
	s.put(flows.Outgoing{Person: 7, Effect: flows.Say{
		Text: []flows.Span{{Text: "bold", Style: "bold"}},
		Rows: [][]flows.Button{{{Label: "Yes", Alarm: true}, {Label: "Page", URL: "https://example.org"}}},
	}})
	settle(t, b)
	if len(seen) != 2 || seen[0]["entities"] == "" || seen[0]["link_preview_options"] != `{"is_disabled":true}` || !strings.Contains(seen[0]["reply_markup"], "danger") {
		t.Fatalf("%+v", seen)
	}
	if p := seen[1]; p["entities"] != "" || p["text"] != "bold" || strings.Contains(p["reply_markup"], "example.org") ||
		strings.Contains(p["reply_markup"], "danger") || !strings.Contains(p["reply_markup"], "Yes") {
		t.Errorf("plain: %+v", p)
	}
}

// A flood in one chat must not hold up another. Chat 1 is told to wait an hour;
// a bot that waits with it never ends this test.
func TestAFloodDelaysItsOwnChatOnly(t *testing.T) {
	var flooded atomic.Int32
	r := newRig(t, quiet, func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
			if strings.HasSuffix(q.URL.Path, "/sendMessage") {
				body, _ := io.ReadAll(q.Body)
				if strings.Contains(string(body), "flooded") {
					flooded.Add(1)
					w.Header().Set("Content-Type", "application/json")
					w.WriteHeader(429)
					_, _ = io.WriteString(w, `{"ok":false,"error_code":429,"description":"Too Many Requests","parameters":{"retry_after":3600}}`)
					return
				}
				q.Body = io.NopCloser(strings.NewReader(string(body)))
			}
			h.ServeHTTP(w, q)
		})
	})
	r.box.Say(1, "hi")
	r.box.Say(2, "hi")
	r.settle(t)
	first := r.shelf.put(flows.Outgoing{Person: 1, Effect: words("flooded")})
	r.shelf.put(flows.Outgoing{Person: 1, Effect: words("behind it")})
	for i := range 20 {
		r.shelf.put(flows.Outgoing{Person: 2, Effect: words(fmt.Sprint(i))})
	}
	before := time.Now()
	stop := r.run(t)
	until(t, "the other chat's messages", func() bool { return len(r.said(2)) == 20 })
	until(t, "the flood", func() bool { return flooded.Load() > 0 })
	stop()
	if wrong := misplaced(r.said(2), 20); wrong != nil {
		t.Error(wrong)
	}
	if got := r.said(1); len(got) != 0 {
		t.Errorf("chat 1 shows %q", got)
	}
	if n := flooded.Load(); n != 1 {
		t.Errorf("asked %d times during a flood", n)
	}
	if at := r.shelf.row(first).at; at.Before(before.Add(time.Hour)) {
		t.Errorf("would be asked again at %v, before its time", at)
	}
}

// A slow chat must not hold up another either: chat 1's call never answers
// until chat 2 has all it is owed.
func TestASlowChatDelaysNobody(t *testing.T) {
	gate := make(chan struct{})
	r := newRig(t, quiet, func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
			if strings.HasSuffix(q.URL.Path, "/sendMessage") {
				body, _ := io.ReadAll(q.Body)
				if strings.Contains(string(body), "slow") {
					<-gate
				}
				q.Body = io.NopCloser(strings.NewReader(string(body)))
			}
			h.ServeHTTP(w, q)
		})
	})
	r.box.Say(1, "hi")
	r.box.Say(2, "hi")
	r.settle(t)
	r.shelf.put(flows.Outgoing{Person: 1, Effect: words("slow")})
	for range 600 { // more rows than are read at first
		r.shelf.put(flows.Outgoing{Person: 1, Effect: words("behind")})
	}
	r.shelf.put(flows.Outgoing{Person: 2, Effect: words("0")})
	stop := r.run(t)
	until(t, "the other chat's message", func() bool { return len(r.said(2)) == 1 })
	close(gate)
	until(t, "the slow one", func() bool { return len(r.said(1)) == 601 })
	stop()
	if got := r.said(1); got[0] != "slow" {
		t.Errorf("out of order: %q", got[0])
	}
}

func TestToastsGoFirst(t *testing.T) {
	b, s, tg, _ := newScripted(t, nil)
	s.put(flows.Outgoing{Person: 7, Effect: words("text")})
	s.put(flows.Outgoing{Person: 7, Effect: flows.Toast{Query: "Q"}})
	s.put(flows.Outgoing{Person: 7, Effect: words("more")})
	settle(t, b)
	if got := strings.Join(tg.methods(), " "); got != "answerCallbackQuery sendMessage sendMessage" {
		t.Errorf("calls: %s", got)
	}
}

// Parts that went out are not repeated when a later one is put off.
func TestALongTextIsNotBegunAgain(t *testing.T) {
	n := 0
	b, s, tg, _ := newScripted(t, func(c call) (int, string) {
		if c.method == "sendMessage" {
			if n++; n == 2 {
				return refusing(500, "Internal Server Error")
			}
		}
		return 0, ""
	})
	id := s.put(flows.Outgoing{Person: 7, Effect: words(strings.Repeat("字", 10_000))})
	settle(t, b)
	var sizes []int
	for _, c := range tg.calls {
		if c.method == "sendMessage" {
			sizes = append(sizes, units(c.fields["text"]))
		}
	}
	if !slices.Equal(sizes, []int{4096, 4096, 4096, 1808}) || !s.row(id).sent {
		t.Errorf("parts of %v units, sent %v", sizes, s.row(id).sent)
	}
	if len(b.parts.of) != 0 {
		t.Errorf("still remembered: %v", b.parts.of)
	}
}

func TestHide(t *testing.T) {
	var asked [][]int
	b, s, _, _ := newScripted(t, func(c call) (int, string) {
		if c.method == "deleteMessages" {
			var ids []int
			_ = json.Unmarshal([]byte(c.fields["message_ids"]), &ids)
			asked = append(asked, ids)
			if len(asked) == 1 {
				return refusing(400, "Bad Request: message can't be deleted")
			}
		}
		return 0, ""
	})
	for i := range 250 {
		id := s.put(flows.Outgoing{Person: 7, Effect: words("x")})
		s.row(id).sent, s.row(id).message = true, i+1
	}
	id := s.put(flows.Outgoing{Person: 7, Effect: flows.Hide{}})
	settle(t, b)
	if len(asked) != 3 || len(asked[0]) != 100 || len(asked[2]) != 50 || !s.row(id).sent {
		t.Errorf("asked %d times, sent %v", len(asked), s.row(id).sent)
	}
}

// A message that went out and could not be marked must be marked, not sent
// again.
func TestMarkingIsTriedUntilItWorks(t *testing.T) {
	b, s, tg, _ := newScripted(t, nil)
	b.set.Outbox = &forgetful{shelf: s, failures: 3}
	id := s.put(flows.Outgoing{Person: 7, Effect: words("once")})
	settle(t, b)
	if got := strings.Join(tg.methods(), " "); got != "sendMessage" || !s.row(id).sent {
		t.Errorf("calls: %s, sent %v", got, s.row(id).sent)
	}
}

type forgetful struct {
	*shelf
	failures int
}

func (f *forgetful) Sent(ctx context.Context, id int64, message int) error {
	if f.failures--; f.failures >= 0 {
		return errDown
	}
	return f.shelf.Sent(ctx, id, message)
}

func TestJudge(t *testing.T) {
	deep := fmt.Errorf("outer: %w", fmt.Errorf("inner: %w", &telegram.TooManyRequestsError{RetryAfter: 7}))
	if v := judge(deep); v.what != flood || v.after != 7*time.Second {
		t.Errorf("a wrapped flood is %+v", v)
	}
	if v := judge(errors.Join(errDown, deep)); v.what != flood {
		t.Errorf("a joined flood is %+v", v)
	}
	if v := judge(&telegram.MigrateError{Message: "x"}); v.what != refused {
		t.Errorf("a moved group is %+v", v)
	}
	if v := judge(io.ErrUnexpectedEOF); v.what != down {
		t.Errorf("a torn answer is %+v", v)
	}
}
