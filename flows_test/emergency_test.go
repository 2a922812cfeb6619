package flows_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"

	"recourse/bot"
	"recourse/bot/sandbox"
	"recourse/flows"
)

// broken is a store that can't take anything in.
type broken struct{}

func (broken) Turns(context.Context, []flows.Input, flows.Advance) error {
	return errors.New("disk full")
}

// Somebody who calls for help when nothing can be kept still gets the numbers:
// by command, by words, by the button of a message from before; once a minute;
// and nobody else is told anything.
func TestHelpWithoutTheStore(t *testing.T) {
	w := newWhole(t, guide(t))
	for _, text := range []string{"/start"} {
		w.say(1, text)
	}
	w.settle()
	if err := w.tap(1, "agree", false, 1); err != nil {
		t.Fatal(err)
	}
	w.settle()
	if err := w.tap(1, "GB", false, 1); err != nil {
		t.Fatal(err)
	}
	w.settle()
	server := httptest.NewServer(w.box.Handler())
	defer server.Close()
	make := func(help bool) *bot.Bot {
		set := bot.Settings{
			Token: bot.NewSecret(token), API: server.URL, Turns: broken{}, Outbox: w.store, Alarm: w.store, Jobs: w.store, Vault: vault{w.store},
			Advance: w.advance, Now: w.box.Now, Log: slog.New(slog.DiscardHandler), Pace: 100000,
		}
		if help {
			set.Emergency = w.g.Emergency
		}
		b, err := bot.New(set)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	helped := func(chat int64) (n int) {
		for _, m := range w.box.Transcript(chat) {
			if m.From == "bot" && strings.Contains(m.Text, "999") && strings.Contains(m.Text, "110") && strings.Contains(m.Text, "911") {
				n++
			}
		}
		return n
	}
	last := func(button string) int {
		id := 0
		for _, m := range w.box.Transcript(1) {
			for _, row := range m.Buttons {
				for _, b := range row {
					if b.Label == button {
						id = m.ID
					}
				}
			}
		}
		return id
	}
	if _, err := w.box.Tap(1, last("I feel threatened"), "I feel threatened"); err != nil {
		t.Fatal(err)
	}
	w.box.AddPerson(sandbox.Person{ID: 2, Name: "B", Language: "zh"})
	w.box.Say(2, "我受到威胁")
	w.box.AddPerson(sandbox.Person{ID: 3, Name: "C"})
	w.box.Say(3, "/danger")
	w.box.AddPerson(sandbox.Person{ID: 4, Name: "D"})
	w.box.Say(4, "the parcel never came")

	deaf := make(false)
	_ = deaf.Settle(t.Context())
	if n := helped(1) + helped(2) + helped(3); n != 0 {
		t.Fatalf("without the way out %d were told", n)
	}
	b := make(true)
	for range 3 {
		if err := b.Settle(t.Context()); err == nil {
			t.Fatal("the store is not broken")
		}
	}
	for chat := int64(1); chat <= 3; chat++ {
		if n := helped(chat); n != 1 {
			t.Errorf("person %d was told %d times, want once", chat, n)
		}
	}
	if helped(4) != 0 {
		t.Error("somebody who did not call was told")
	}
	// When the store works again everything is taken in as ever.
	w.settle()
	if p := w.person(3); p == nil {
		t.Error("person 3 is unknown")
	}
	if c := w.person(1).Case(1); c == nil || c.Danger.Step != "danger.safe" {
		t.Error("the tap was lost")
	}
}
