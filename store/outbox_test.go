package store

import (
	"context"
	"fmt"
	"reflect"
	"testing"
	"time"

	"recourse/flows"
)

// say is an input whose answer are these effects.
func say(t *testing.T, s *Store, person int64, effects ...flows.Effect) {
	t.Helper()
	id := fmt.Sprint(number(t, s, `SELECT count(*) FROM seen`))
	turns(t, s, func(*flows.Person, flows.Input) []flows.Effect { return effects }, said(id, person, ""))
}

func text(s string) flows.Say { return flows.Say{Text: []flows.Span{{Text: s}}} }

func waiting(t *testing.T, s *Store, now time.Time) (ids []int64) {
	t.Helper()
	all, err := s.Waiting(context.Background(), now, 100)
	must(t, err)
	for _, o := range all {
		ids = append(ids, o.ID)
	}
	return ids
}

func TestWaitingGivesEverythingInOrder(t *testing.T) {
	s := open(t)
	effects := []flows.Effect{
		flows.Toast{Query: "q", Text: "t"},
		text("words\u2028 & <b>"),
		flows.React{Message: 3, Emoji: "👍"},
		flows.Hide{},
		flows.Menu{Language: "zh-Hans"},
		flows.Leave{},
		flows.Say{Document: &flows.Document{Name: "a.pdf", Type: "application/pdf", Data: []byte{0, 255, 1}}},
	}
	say(t, s, 7, effects...)
	all, err := s.Waiting(context.Background(), noon, 100)
	must(t, err)
	if len(all) != len(effects) {
		t.Fatalf("%d of %d wait", len(all), len(effects))
	}
	for i, o := range all {
		if !reflect.DeepEqual(o.Effect, effects[i]) || o.Person != 7 || !o.At.Equal(noon) || o.ID != int64(i+1) {
			t.Errorf("%d: %+v", i, o)
		}
	}
}

func TestWaitingIsAnUnbrokenBeginningOfEachChat(t *testing.T) {
	s := open(t)
	ctx := context.Background()
	say(t, s, 7, text("1"), text("2"), text("3"))
	say(t, s, 8, text("4"), text("5"))
	say(t, s, 7, text("6"))
	check := func(now time.Time, want ...int64) {
		t.Helper()
		if got := waiting(t, s, now); !reflect.DeepEqual(got, want) {
			t.Errorf("waiting are %v, want %v", got, want)
		}
	}
	check(noon, 1, 2, 3, 4, 5, 6)
	must(t, s.Later(ctx, 2, noon.Add(time.Minute)))
	check(noon, 1, 4, 5)
	must(t, s.Later(ctx, 1, noon.Add(time.Second)))
	check(noon, 4, 5)
	check(noon.Add(time.Second), 1, 4, 5)
	check(noon.Add(time.Minute), 1, 2, 3, 4, 5, 6)
	must(t, s.Sent(ctx, 1, 100), s.Drop(ctx, 2, "too_long"))
	check(noon, 3, 4, 5, 6)
	if n := number(t, s, `SELECT count(*) FROM aside WHERE input = 'outbox:2' AND person = 7 AND class = 'too_long' AND raw IS NULL`); n != 1 {
		t.Error("what was dropped is not noted")
	}
	if n := number(t, s, `SELECT count(*) FROM outbox WHERE attempts > 0`); n != 0 {
		t.Error("rows that went are still there")
	}
	// Nobody there any more: nothing happens.
	must(t, s.Sent(ctx, 1, 100), s.Drop(ctx, 2, "x"), s.Later(ctx, 2, noon), s.SentAll(ctx, nil))
}

func TestOneChatDoesNotStandBeforeTheOthers(t *testing.T) {
	s := open(t)
	for range 50 {
		say(t, s, 7, text("a"), text("b"), text("c"), text("d"))
	}
	say(t, s, 8, text("e"))
	got := waiting(t, s, noon)
	if len(got) != perChat+1 || got[perChat] != 201 {
		t.Errorf("waiting are %v", got)
	}
	start := time.Now()
	change(t, s, `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
		INSERT INTO outbox (person, kind, body, key, keyboard, at) SELECT 7, 'hide', '{}', '', '', 0 FROM n`)
	waiting(t, s, noon)
	if d := time.Since(start); d > 3*time.Second {
		t.Errorf("with 20,000 rows of one chat it takes %v", d)
	}
}

func TestWordsAreNotKeptAfterSending(t *testing.T) {
	s := open(t)
	ctx := context.Background()
	say(t, s, 7, text("canary"), text("canary"), flows.Toast{Query: "q"})
	must(t, s.SentAll(ctx, []Receipt{{ID: 1, Message: 11}, {ID: 2, Message: 12, At: noon.Add(-time.Hour)}, {ID: 3}}))
	if n := number(t, s, `SELECT count(*) FROM outbox`); n != 0 {
		t.Errorf("%d rows are left", n)
	}
	list := func(since time.Time) []int {
		all, err := s.Messages(ctx, 7, since)
		must(t, err)
		return all
	}
	if got := list(noon.Add(-48 * time.Hour)); !reflect.DeepEqual(got, []int{11, 12}) {
		t.Errorf("messages are %v", got)
	}
	if got := list(noon); !reflect.DeepEqual(got, []int{11}) {
		t.Errorf("messages since noon are %v", got)
	}
	if got, _ := s.Messages(ctx, 8, time.Time{}); got != nil {
		t.Errorf("somebody else's messages are %v", got)
	}
	must(t, s.Prune(ctx, noon.Add(47*time.Hour+time.Minute)))
	if got := list(time.Time{}); !reflect.DeepEqual(got, []int{11}) {
		t.Errorf("two days later messages are %v", got)
	}
}

func TestAKeyChangesTheMessageItNamedLast(t *testing.T) {
	s := open(t)
	ctx := context.Background()
	keyed := func(key, words string) flows.Say {
		e := text(words)
		e.Key = key
		return e
	}
	say(t, s, 7, keyed("a", "1"), text("2"), keyed("a", "3"), text("4"))
	say(t, s, 8, keyed("a", "5"))
	// The third waits for the number of the first, and the fourth stays behind it.
	if got := waiting(t, s, noon); !reflect.DeepEqual(got, []int64{1, 2, 5}) {
		t.Fatalf("waiting are %v", got)
	}
	must(t, s.SentAll(ctx, []Receipt{{ID: 1, Message: 21}, {ID: 2, Message: 22}}))
	all, err := s.Waiting(ctx, noon, 10)
	must(t, err)
	if len(all) != 3 || all[0].Edit != 21 || all[1].Edit != 0 || all[2].Edit != 0 {
		t.Fatalf("waiting are %+v", all)
	}
	must(t, s.Sent(ctx, 3, 21))
	say(t, s, 7, keyed("a", "6"), keyed("b", "7"))
	for _, o := range must1(s.Waiting(ctx, noon, 10))(t) {
		want := 0
		if o.ID == 6 {
			want = 21
		}
		if o.Edit != want {
			t.Errorf("row %d changes %d, want %d", o.ID, o.Edit, want)
		}
	}
	// It was gone on the person's side and sent anew.
	must(t, s.Sent(ctx, 6, 33))
	say(t, s, 7, keyed("a", "8"))
	all = must1(s.Waiting(ctx, noon, 10))(t)
	if last := all[len(all)-1]; last.Edit != 33 {
		t.Errorf("the last row changes %d, want 33", last.Edit)
	}
}

func TestARowNobodyCanReadStopsNobody(t *testing.T) {
	s := open(t)
	s.Log = quiet()
	say(t, s, 7, text("1"), text("2"), text("3"))
	change(t, s, `UPDATE outbox SET body = '{' WHERE id = 1`)
	change(t, s, `UPDATE outbox SET kind = 'song' WHERE id = 2`)
	if got := waiting(t, s, noon); !reflect.DeepEqual(got, []int64{3}) {
		t.Errorf("waiting are %v", got)
	}
	if n := number(t, s, `SELECT count(*) FROM aside WHERE class = 'unreadable'`); n != 2 {
		t.Errorf("%d rows are noted as unreadable", n)
	}
}

func must1[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		must(t, err)
		return v
	}
}
