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

// Where the conversation itself breaks over a call for help, the numbers come all
// the same; who did not call is told of the fault only.
func TestHelpWhenTheConversationBreaks(t *testing.T) {
	w := newWhole(t, guide(t))
	server := httptest.NewServer(w.box.Handler())
	defer server.Close()
	bad := func(*flows.Person, flows.Input) []flows.Effect { panic("the content is at fault") }
	make := func(help func(flows.Input) ([]flows.Span, bool)) *bot.Bot {
		b, err := bot.New(bot.Settings{
			Token: bot.NewSecret(token), API: server.URL, Turns: w.store, Outbox: w.store, Alarm: w.store, Jobs: w.store, Vault: vault{w.store},
			Advance: bad, Now: w.box.Now, Log: slog.New(slog.DiscardHandler), Pace: 100000, Emergency: help,
		})
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	helped := func(chat int64) bool {
		for _, m := range w.box.Transcript(chat) {
			if m.From == "bot" && strings.Contains(m.Text, "999") && strings.Contains(m.Text, "110") && strings.Contains(m.Text, "911") {
				return true
			}
		}
		return false
	}
	for chat, text := range map[int64]string{11: "/danger", 12: "我受到威胁", 13: "the parcel never came"} {
		w.box.AddPerson(sandbox.Person{ID: chat, Name: "X"})
		w.box.Say(chat, text)
	}
	if err := make(w.g.Emergency).Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !helped(11) || !helped(12) {
		t.Error("a call for help over which the conversation broke was not answered")
	}
	if helped(13) {
		t.Error("somebody who did not call was told")
	}
	w.box.AddPerson(sandbox.Person{ID: 14, Name: "Y"})
	w.box.Say(14, "/danger")
	if err := make(nil).Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	if helped(14) {
		t.Error("without the way out somebody was told: the test sees nothing")
	}
}
