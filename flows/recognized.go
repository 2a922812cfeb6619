package flows

import (
	"slices"
	"strconv"
	"strings"

	"recourse/flows/reading"
)

// What a machine reads off a picture: a suggestion, put in by a tap and never
// silently.

// recognize has the words read off an exhibit that is a picture.
func (t *turn) recognize(c *Case, x *Exhibit) {
	if strings.HasPrefix(x.Type, "image/") && x.Form != "derived" && c.open() && !c.Unsafe {
		t.do(Recognize{Case: c.Number, Exhibit: x.Number, SHA256: x.SHA256})
	}
}

// recognized hears what was read, and offers what the case does not know yet.
func (t *turn) recognized(e Recognized) {
	c := t.p.Case(e.Case)
	if c == nil || strings.TrimSpace(e.Text) == "" {
		return
	}
	x := c.exhibit(e.Exhibit)
	if x == nil || x.State != "kept" || x.Words != "" {
		return
	}
	x.Words = cut(e.Text, 4000)
	t.c = c
	t.ticks(x, x.Words)
	if !c.open() || c.Unsafe {
		return
	}
	found := t.readOff(x)
	if len(found) == 0 {
		t.conversation(x)
		return
	}
	var all [][]Span
	rows := [][]Button{}
	for _, f := range found {
		all = append(all, t.w.spans("screen.fact", "name", t.w.text("fact."+f.id), "value", f.show))
	}
	rows = append(rows, []Button{{Label: t.w.text("screen.use"), Case: c.Number, Value: "/use " + strconv.Itoa(x.Number)}})
	if len(found) > 1 {
		var single []Button
		for _, f := range found {
			label := t.w.text("screen.only", "name", t.w.text("fact."+f.id))
			single = append(single, Button{Label: label, Case: c.Number, Value: "/use " + strconv.Itoa(x.Number) + " " + f.id})
		}
		rows = append(rows, inRows(2, single)...)
	}
	rows = append(rows, []Button{{Label: t.w.text("screen.no"), Case: c.Number, Value: "/use " + strconv.Itoa(x.Number) + " none"}})
	t.do(Say{Text: paragraphs(t.w.spans("screen.read", "number", x.Number), lines(all...), t.w.spans("screen.ask")), Rows: rows, Key: screenKey(c, x)})
}

// conversation hears the words of a picture that shows no order: if they menace,
// that comes first; if they are the shop's answer to what was sent, a button
// offers to read them.
func (t *turn) conversation(x *Exhibit) {
	if a := t.alarming(x.Words, true); a != nil {
		t.focus(t.c)
		t.raise(a)
		return
	}
	m := t.g.content.Messages.Read("", x.Words, t.today())
	if len(t.c.merchant().sent()) > 0 && m.Labels[0] != reading.Neutral {
		t.say(t.w.spans("answer.noticed", "number", x.Number), []Button{{Label: t.w.text("answer.noticed.look"), Case: t.c.Number, Value: "/answer " + strconv.Itoa(x.Number)}})
	}
}

func screenKey(c *Case, x *Exhibit) string {
	return "screen " + strconv.Itoa(c.Number) + "." + strconv.Itoa(x.Number)
}

// offer is a fact that was read, and how to put it in.
type offer struct {
	id, show string
	set      func()
}

// readOff are the facts on a picture that the case does not know, or knows
// otherwise; then both are shown.
func (t *turn) readOff(x *Exhibit) (all []offer) {
	c := t.c
	s := t.g.content.Reader.Screenshot(x.Words, t.readingContext())
	add := func(id, value string, set func()) {
		if value == "" {
			return
		}
		show := value
		if f := factOf(id); f.known(c) {
			had := f.value(t, c)
			if fold(had) == fold(value) {
				return
			}
			show = t.w.text("screen.differs", "value", value, "had", had)
		}
		all = append(all, offer{id, show, set})
	}
	add("shop", s.Shop, func() { c.Merchant.Name = cut(s.Shop, 120) })
	if p := t.g.content.Platform(s.Platform); p != nil {
		add("platform", p.Name.In(t.p.Language), func() { c.Merchant.Platform = s.Platform })
	}
	add("order", s.Order, func() { c.Order = s.Order })
	if s.Amount != nil {
		m := MoneyOf(*s.Amount)
		add("amount", money(m, t.p.Language), func() { c.Amount = m })
	}
	if !s.Ordered.IsZero() {
		add("ordered", longDate(s.Ordered, t.p.Language), func() { c.Ordered = s.Ordered })
	}
	return all
}

// use puts in what was read: "/use 4" all of it, "/use 4 order" one fact, "/use
// 4 none" nothing.
func (t *turn) use(rest string) {
	number, id, _ := strings.Cut(rest, " ")
	n, _ := strconv.Atoi(number)
	if t.c == nil || t.c.exhibit(n) == nil || !t.c.open() {
		t.first("stale.unknown")
		t.again()
		return
	}
	x := t.c.exhibit(n)
	if id == "none" {
		t.do(Say{Text: t.w.spans("screen.left", "number", n), Key: screenKey(t.c, x)})
		return
	}
	var took []string
	for _, f := range t.readOff(x) {
		if id == "" || id == f.id {
			f.set()
			took = append(took, f.id)
		}
	}
	if len(took) == 0 {
		t.do(Say{Text: t.w.spans("screen.there", "number", n), Key: screenKey(t.c, x)})
		return
	}
	t.c.Skipped = slices.DeleteFunc(t.c.Skipped, func(f string) bool { return slices.Contains(took, f) })
	t.note("read off", "exhibit", number, "facts", strings.Join(took, " "))
	var names []string
	for _, id := range took {
		names = append(names, t.w.text("fact."+id)+t.w.text("list.colon")+factOf(id).value(t, t.c))
	}
	t.do(Say{Text: t.w.spans("screen.taken", "facts", strings.Join(names, t.w.text("list.comma"))), Key: screenKey(t.c, x)})
	// The question that is open may be answered by that.
	if s := t.present(); s != nil && !s.personal && t.c.Number == t.p.Focus && s.pass != nil && t.c.Danger.Step == "" {
		if exit := s.pass(t); exit != "" {
			t.leave(exit)
		}
	}
}
