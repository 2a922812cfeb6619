package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"recourse/flows"
)

// Between a commit and the next question the program may die. The update then
// comes again, and takes effect once.
func TestAnUpdateIsConfirmedOnlyAfterItsTurn(t *testing.T) {
	r := newRig(t, echo, nil)
	r.box.Say(7, "hello")
	r.shelf.failures = 1
	before := r.offset
	if _, err := r.poll(t.Context(), 0); err == nil {
		t.Fatal("no error from a store that is down")
	}
	if r.offset != before || r.box.Pending() != 1 {
		t.Fatalf("offset %d → %d, %d updates waiting", before, r.offset, r.box.Pending())
	}
	// A turn that is taken, and then the end: another life begins from nothing.
	if _, err := r.poll(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	r.offset = 0
	r.settle(t)
	if len(r.shelf.batches) != 3 {
		t.Errorf("%d batches; the update should have come three times", len(r.shelf.batches))
	}
	if len(r.shelf.heard) != 1 {
		t.Errorf("heard %d times", len(r.shelf.heard))
	}
	wantTexts(t, r.said(7), "heard hello")
}

func TestRunOutlivesAStoreThatFails(t *testing.T) {
	r := newRig(t, echo, nil)
	r.shelf.failures = 5
	stop := r.run(t)
	r.box.Say(7, "hello")
	until(t, "the answer", func() bool { return len(r.said(7)) == 1 })
	stop()
	if len(r.shelf.batches) < 6 {
		t.Errorf("%d batches", len(r.shelf.batches))
	}
}

// One update that nobody understands, and one of an unknown union type, must
// not keep those around them.
func TestAStrangeUpdateHurtsNobodyElse(t *testing.T) {
	r := newRig(t, func(_ *flows.Person, in flows.Input) []flows.Effect {
		switch e := in.Event.(type) {
		case flows.Said:
			return []flows.Effect{words(e.Text)}
		case flows.Unsupported:
			return []flows.Effect{words("unsupported " + e.Kind)}
		}
		return nil
	}, nil)
	r.box.Say(7, "before")
	for _, raw := range []string{
		`{"message":{"message_id":900,"date":1772445600,"chat":{"id":7,"type":"private"},"text":"kept","forward_origin":{"type":"planet","rings":7}}}`,
		`{"message":"not even an object"}`,
		`{"message":{"message_id":901,"date":1772445600,"chat":{"id":7,"type":"private"},"hologram":{}}}`,
		`{"my_chat_member":[]}`,
	} {
		if _, err := r.box.Raw([]byte(raw)); err != nil {
			t.Fatal(err)
		}
	}
	r.box.Say(7, "after")
	r.settle(t)
	wantTexts(t, r.said(7), "before", "kept", "unsupported hologram", "after")
}

func TestABatchIsHeardInOrder(t *testing.T) {
	b := newBot(t, "http://127.0.0.1:1", newShelf(), quiet, &logbook{})
	var batch []json.RawMessage
	for _, id := range []int{12, 11, 40, 13} {
		batch = append(batch, json.RawMessage(fmt.Sprintf(`{"update_id":%d,"message":{"message_id":1,"chat":{"id":7,"type":"private"},"text":"x"}}`, id)))
	}
	ins, next := b.hear(batch)
	var order []string
	for _, in := range ins {
		order = append(order, in.ID)
	}
	if strings.Join(order, " ") != "tg:11 tg:12 tg:13 tg:40" || next != 41 {
		t.Errorf("%v, next %d", order, next)
	}
}

// After a silent week ids begin anywhere, also lower.
func TestIDsMayBeginAgain(t *testing.T) {
	var offsets []int64
	script := []string{`[{"update_id":900}]`, `[{"update_id":5}]`, `[]`}
	b, _, _, _ := newScripted(t, nil)
	b.client.Transport = tripper(func(r *http.Request) (*http.Response, error) {
		var q struct{ Offset int64 }
		if err := json.NewDecoder(r.Body).Decode(&q); err != nil {
			return nil, err
		}
		offsets = append(offsets, q.Offset)
		return respond(200, `{"ok":true,"result":`+script[len(offsets)-1]+`}`), nil
	})
	for range script {
		if _, err := b.poll(t.Context(), 0); err != nil {
			t.Fatal(err)
		}
	}
	if fmt.Sprint(offsets) != "[0 901 6]" {
		t.Errorf("asked from %v", offsets)
	}
}

// What Telegram refuses for long is an alarm, and is asked for slowly. The
// waits are what patience says; nothing here is timed.
func TestRefusalsDoNotSpin(t *testing.T) {
	for _, c := range []struct {
		code  int
		after int
		least time.Duration
		alarm bool
	}{{409, 0, 5 * time.Second, true}, {401, 0, 30 * time.Second, true}, {404, 0, 30 * time.Second, true}, {429, 17, 17 * time.Second, false}, {500, 0, time.Second, false}} {
		b, _, _, log := newScripted(t, nil)
		b.second = time.Second
		b.client.Transport = tripper(func(*http.Request) (*http.Response, error) {
			return respond(c.code, fmt.Sprintf(`{"ok":false,"error_code":%d,"description":%q,"parameters":{"retry_after":%d}}`, c.code, canary, c.after)), nil
		})
		_, err := b.poll(t.Context(), 0)
		if err == nil {
			t.Fatalf("%d: no error", c.code)
		}
		b.complain(err)
		last := time.Duration(0)
		for failures := 1; failures < 12; failures++ {
			d := b.patience(err, failures)
			if d < c.least || d < last || c.after == 0 && d > longestWait {
				t.Errorf("%d: waits %v after %d failures", c.code, d, failures)
			}
			last = d
		}
		if got := strings.Contains(log.text.String(), "ALARM"); got != c.alarm || strings.Contains(log.text.String(), canary) {
			t.Errorf("%d: log\n%s", c.code, &log.text)
		}
	}
}

func TestReceiveEndsWhileItWaits(t *testing.T) {
	b, _, _, _ := newScripted(t, nil)
	var asked atomic.Int32
	b.client.Transport = tripper(func(r *http.Request) (*http.Response, error) {
		asked.Add(1)
		<-r.Context().Done()
		return nil, r.Context().Err()
	})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { b.receive(ctx); close(ended) }()
	until(t, "the question", func() bool { return asked.Load() == 1 })
	cancel()
	<-ended
}

// Addresses with the token in them stay out of every error.
func TestErrorsDoNotTellTheToken(t *testing.T) {
	b := newBot(t, "http://127.0.0.1:1", newShelf(), quiet, &logbook{})
	_, err := b.poll(t.Context(), 0)
	if err == nil || strings.Contains(err.Error(), canary) || len(leaks(err)) > 0 {
		t.Errorf("poll: %v", err)
	}
	_, err = b.api.GetMe(t.Context())
	if err == nil || len(leaks(err)) > 0 {
		t.Errorf("getMe: %v", err)
	}
	_, err = b.download(t.Context(), 7, flows.Fetch{File: flows.File{ID: "F"}})
	if err == nil || len(leaks(err)) > 0 {
		t.Errorf("download: %v", err)
	}
	// The control: net/http itself does tell it.
	_, err = http.Get("http://127.0.0.1:1/bot" + canary + "/getMe")
	if err == nil || !strings.Contains(err.Error(), canary) {
		t.Errorf("net/http no longer tells addresses: %v", err)
	}
}
