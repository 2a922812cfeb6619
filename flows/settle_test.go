package flows

import (
	"testing"
	"time"

	"recourse/flows/content"
	"recourse/flows/reading"
)

func desk(t *testing.T) *turn {
	t.Helper()
	c, problems := content.Load(content.Embedded())
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	g, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	x := g.turn(&Person{ID: 1, Language: "en", Country: "GB", Zone: "Europe/London"}, Input{At: now})
	x.c = &Case{Number: 1, Country: "GB", Kinds: []string{"not_delivered"}, Amount: Money{"39.90", "GBP"}, Wants: []string{"refund"}}
	return x
}

func TestAShareOfThePrice(t *testing.T) {
	x := desk(t)
	for _, y := range []struct {
		sum     Money
		percent string
		ok      bool
	}{
		{Money{"7.98", "GBP"}, "20", true},
		{Money{"39.90", "GBP"}, "100", true},
		{Money{"13.30", "GBP"}, "33", true},
		{Money{"10", "USD"}, "", false}, // another currency is not compared
		{Money{}, "", false},
	} {
		if got, ok := x.share(y.sum); got != y.percent || ok != y.ok {
			t.Errorf("%v: %q %v", y.sum, got, ok)
		}
	}
	for n, want := range map[int]string{1: "0.01", 20: "0.20", 99: "0.99"} {
		if got := currencyShare(n); got != want {
			t.Errorf("%d %%: %s", n, got)
		}
	}
}

func TestWhatIsStillToCome(t *testing.T) {
	x := desk(t)
	if _, known := x.rest(); known {
		t.Error("nothing came, and the rest is reckoned")
	}
	part := func(n string) { x.c.Parts = append(x.c.Parts, Part{Sum: Money{n, "GBP"}}) }
	part("10.00")
	if rest, known := x.rest(); !known || rest.Number != "29.90" {
		t.Error(rest, known)
	}
	x.c.Promises = []Promise{{Sum: Money{"20.00", "GBP"}}} // what was agreed counts, not what was asked
	if rest, _ := x.rest(); rest.Number != "10.00" {
		t.Error(rest)
	}
	part("10.00")
	if rest, known := x.rest(); !known || rest.Number != "" {
		t.Error("all of it came:", rest, known)
	}
	x.c.Parts = append(x.c.Parts, Part{Sum: Money{"5.00", "USD"}})
	if _, known := x.rest(); known {
		t.Error("two currencies were added up")
	}
}

// Every label has a road, words and a letter; each road leads on.
func TestEveryLabelHasItsRoad(t *testing.T) {
	x := desk(t)
	for _, label := range reading.Labels() {
		if label == "threat" || label == "blackmail" || label == "doxxing" {
			continue // they have screens of their own
		}
		r, ok := roads[label]
		if !ok || len(r.ways) == 0 {
			t.Errorf("%s has no road", label)
		}
		for _, l := range x.g.content.Languages {
			w := x.g.words(l.Tag)
			for _, key := range []string{"answer.is." + label, "answer.label." + label} {
				if !w.has(key) {
					t.Errorf("%s is missing in %s", key, l.Tag)
				}
			}
			if r.reply != "" && !w.has("letter.tone."+r.reply) {
				t.Errorf("the dossier has no name for %s in %s", r.reply, l.Tag)
			}
			if r.reply != "" && x.g.content.Letters[r.reply+"_short/"+l.Tag] == nil {
				t.Errorf("the reply %s is missing in %s", r.reply, l.Tag)
			}
		}
		for _, v := range r.ways {
			if x.g.steps["answer.read"].exits[v] == "" {
				t.Errorf("%s: the way %s leads nowhere", label, v)
			}
		}
	}
}
