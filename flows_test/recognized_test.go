package flows_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"recourse/bot/sandbox"
	"recourse/flows"
)

// What was read arrives when something else has happened meanwhile: then nothing
// is said. A picture that comes in danger is not read at all.
func TestReadTooLate(t *testing.T) {
	g := guide(t)
	order := flows.Recognized{Case: 1, Exhibit: 1, Text: "Order# 202-4471938-5520417\nGrand Total: £34.50"}
	for name, c := range map[string]struct {
		meanwhile func(w *pure)
		said      bool
	}{
		"nothing": {func(*pure) {}, true},
		"danger":  {func(w *pure) { must(t, w.tap(1, "/danger", false, 1)) }, false},
		"the end": {func(w *pure) {
			p := w.person(1)
			p.Cases[0].Outcome = "given_up"
			body, err := json.Marshal(p)
			must(t, err)
			w.people[1] = string(body)
		}, false},
		"read twice": {func(w *pure) { w.hear(1, order) }, false},
		"gone":       {func(w *pure) { delete(w.people, 1) }, false},
	} {
		w := newPure(g)
		begun(t, w)
		w.file(1, sent{as: "photo", name: "a.png"})
		c.meanwhile(w)
		before := len(w.heard(1))
		edits := w.chat(1).edits
		w.hear(1, order)
		if said := len(w.heard(1)) > before || w.chat(1).edits > edits; said != c.said {
			t.Errorf("%s: said %v", name, said)
		}
	}

	w := newPure(g)
	begun(t, w)
	must(t, w.tap(1, "/danger", false, 1))
	w.listen = func(e flows.Effect) {
		if _, ok := e.(flows.Recognize); ok {
			t.Error("a picture is read in danger")
		}
	}
	w.file(1, sent{as: "photo", name: "b.png"})
}

// begun is somebody who has told what happened.
func begun(t *testing.T, w *pure) {
	w.say(1, "/start")
	must(t, w.tap(1, "agree", false, 1))
	must(t, w.tap(1, "GB", false, 1))
	w.say(1, "it never arrived")
	must(t, w.tap(1, "right", false, 1))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// 100 people send a picture each, and none of them can be read for a while: the
// pictures are kept, everybody is answered at once, the ones that wait cost
// little, and all are read in the end.
func TestSlowReadingHoldsNobodyUp(t *testing.T) {
	const people = 100
	g := guide(t)
	w := newWhole(t, g)
	w.onPictures, w.slowly = "Order# 202-4471938-5520417", make(chan struct{})
	for chat := int64(1); chat <= people; chat++ {
		told(t, w, chat)
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- w.bot.Run(ctx) }()
	until := func(what string, within time.Duration, done func(chat int64) bool) {
		t.Helper()
		waiting := map[int64]bool{}
		for chat := int64(1); chat <= people; chat++ {
			waiting[chat] = true
		}
		for end := time.Now().Add(within); ; time.Sleep(20 * time.Millisecond) {
			for chat := range waiting {
				if done(chat) {
					delete(waiting, chat)
				}
			}
			if len(waiting) == 0 {
				return
			}
			if time.Now().After(end) {
				t.Fatalf("%s: %d people still wait", what, len(waiting))
			}
		}
	}
	for chat := int64(1); chat <= people; chat++ {
		w.box.Send(chat, sandbox.File{As: "photo", Name: "p", Data: picture(fmt.Sprint("slow ", chat))})
	}
	kept := func(n int) func(chat int64) bool {
		return func(chat int64) bool {
			x := w.person(chat).Cases[0].Exhibits
			return len(x) == n && x[n-1].State == "kept"
		}
	}
	until("pictures kept", 20*time.Second, kept(1))
	for chat := int64(1); chat <= people; chat++ {
		w.box.Send(chat, sandbox.File{As: "document", Name: "d", Data: []byte(fmt.Sprint("behind the pictures ", chat))})
	}
	until("what comes behind them kept", 20*time.Second, kept(2))

	attempts := func() (n int) {
		jobs, err := w.store.Jobs(context.Background(), time.Now().Add(time.Hour), 2*people)
		must(t, err)
		if len(jobs) < people-2 {
			t.Errorf("only %d pictures wait", len(jobs))
		}
		for _, j := range jobs {
			n += j.Attempts
		}
		return n
	}
	tried, from := attempts(), time.Now()
	var took []time.Duration
	for chat := int64(1); chat <= people; chat++ {
		heard, at := len(w.heard(chat)), time.Now()
		w.box.Say(chat, "/case")
		for len(w.heard(chat)) == heard {
			if time.Since(at) > 5*time.Second {
				t.Fatalf("chat %d is not answered", chat)
			}
			time.Sleep(time.Millisecond)
		}
		took = append(took, time.Since(at))
	}
	time.Sleep(max(0, 4*time.Second-time.Since(from)))
	each := float64(attempts()-tried) / time.Since(from).Seconds()
	slices.Sort(took)
	t.Logf("answered within %v (median), %v (the slowest); the %d pictures that wait are looked at %.0f times a second", took[people/2].Round(time.Millisecond), took[people-1].Round(time.Millisecond), people-2, each)
	if took[people*95/100] > time.Second {
		t.Errorf("95 %% are answered within %v", took[people*95/100])
	}
	if each > 60 {
		t.Errorf("the pictures that wait are looked at %.0f times a second", each)
	}

	close(w.slowly)
	until("pictures read", time.Minute, func(chat int64) bool { return w.person(chat).Cases[0].Exhibits[0].Words != "" })
	stop()
	must(t, <-ended)
}
