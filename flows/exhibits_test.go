package flows

import (
	"slices"
	"strings"
	"testing"
	"time"

	"recourse/flows/content"
)

func testGuide(t *testing.T) *Guide {
	t.Helper()
	c, problems := content.Load(content.Embedded())
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	g, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// What a machine read off a picture ticks only what is sure, takes nothing away
// and is told the log once.
func TestTicks(t *testing.T) {
	g := testGuide(t)
	for _, c := range []struct {
		words  string
		had    []string
		want   string
		logged int
	}{
		{"Order no. 48213\nLamp\nOrder total £40.00", nil, "order_page", 1},
		{"订单编号 33210\n实付款 ￥299\n申请发票", []string{"chat"}, "chat order_page", 1},
		{"Order no. 48213\nOrder total £40.00", []string{"order_page"}, "order_page", 0},
		{"申请发票", nil, "", 0},
		{"", []string{"photos"}, "photos", 0},
	} {
		p := &Person{ID: 1, Cases: []*Case{{Number: 1, Exhibits: []Exhibit{{Number: 1, Proofs: c.had}}}}, Focus: 1}
		turn := g.turn(p, Input{})
		x := turn.c.exhibit(1)
		turn.ticks(x, c.words)
		if got := strings.Join(x.Proofs, " "); got != c.want || len(turn.out) != c.logged {
			t.Errorf("%q: %q, logged %v; want %q", c.words, got, turn.out, c.want)
		}
	}
}

// The talk stands in the order of the originals, with every version and the
// origin as delivered, and names nobody as its writer.
func TestTalk(t *testing.T) {
	day := func(d int) time.Time { return time.Date(2026, 3, d, 12, 0, 0, 0, time.UTC) }
	later, first := Edit{day(9), "third"}, Edit{day(8), "second"}
	c := &Case{Exhibits: []Exhibit{
		{Number: 1, Kind: "text", Form: "text_only", State: "kept", Sent: day(5), Text: "they wrote: no", Theirs: true, Edits: []Edit{later, first}},
		{Number: 2, Kind: "forward", Form: "text_only", State: "kept", Sent: day(6), Text: "wait", Forward: &Forward{Kind: "hidden_user", Name: "Shop", Date: day(2)}},
		{Number: 3, Kind: "photo", Form: "telegram_recompressed", State: "kept", Sent: day(6), Text: "look", Forward: &Forward{Kind: "user"}}, // no date: when it was sent here
		{Number: 4, Kind: "photo", State: "kept", Sent: day(1), Text: "my own picture"},
		{Number: 5, Kind: "forward", Form: "text_only", State: "kept", Sent: day(1), Out: true, Forward: &Forward{}},
		{Number: 6, Kind: "voice", State: "lost", Sent: day(1), Forward: &Forward{}},
		{Number: 7, Kind: "voice", State: "same", Parent: 3, Sent: day(1), Forward: &Forward{}},
		{Number: 8, Kind: "photo", Form: "derived", State: "kept", Parent: 3, Sent: day(1), Forward: &Forward{}},
		{Number: 9, Kind: "forward", Form: "text_only", State: "kept", Sent: day(6), Text: "same second", Forward: &Forward{Date: day(2)}},
	}}
	var order []int
	for _, l := range c.Talk() {
		order = append(order, l.Exhibit)
		switch l.Exhibit {
		case 1:
			if !l.Theirs || l.Text != "they wrote: no" || !slices.Equal(l.Edits, []Edit{first, later}) || l.Origin != nil || !l.At.Equal(day(5)) {
				t.Errorf("%+v", l)
			}
		case 2:
			if l.Theirs || l.Origin.Name != "Shop" || !l.At.Equal(day(2)) {
				t.Errorf("%+v", l)
			}
		}
	}
	if !slices.Equal(order, []int{2, 9, 1, 3}) {
		t.Errorf("the order is %v", order)
	}
	if c.Exhibits[0].Edits[0] != later {
		t.Error("the case itself was changed")
	}
}

// What letters and complaints name: nothing left out, nothing lost, and of a
// picture and its covered copy only one.
func TestPapers(t *testing.T) {
	c := &Case{Exhibits: []Exhibit{
		{Number: 1, State: "kept"},
		{Number: 2, State: "kept", Form: "derived", Parent: 1},
		{Number: 3, State: "kept", Out: true},
		{Number: 4, State: "kept", Form: "derived", Parent: 3},
		{Number: 5, State: "same", Parent: 1},
		{Number: 6, State: "lost"},
		{Number: 7, State: "waiting"},
	}}
	var got []int
	for _, x := range c.papers() {
		got = append(got, x.Number)
	}
	if !slices.Equal(got, []int{1, 4}) {
		t.Errorf("named are %v", got)
	}
}
