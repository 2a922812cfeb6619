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
	// A chat with the shop often has the order on top: danger is looked for first.
	// Most pictures are no chat, and words are misread: here a likeness is not enough.
	if a := t.alarming(x.Words, true); a != nil && a.sure {
		t.focus(c)
		t.raise(a)
		return
	}
	if found := t.readOff(x); len(found) > 0 {
		t.offers(x, nil, found)
		return
	}
	// The shop's answer to what was sent: a button offers to read it.
	if len(c.merchant().sent()) > 0 && t.g.content.Messages.Read("", x.Words, t.today()).Labels[0] != reading.Neutral {
		t.say(t.w.spans("answer.noticed", "number", x.Number), []Button{{Label: t.w.text("answer.noticed.look"), Case: c.Number, Value: "/answer " + strconv.Itoa(x.Number)}})
	}
}

// offers shows what was read under what was done so far. One tap puts in all that
// the case does not know yet; what it knows otherwise is taken only by a tap of
// its own.
func (t *turn) offers(x *Exhibit, done []Span, found []offer) {
	button := func(label, fact string) Button {
		return Button{Label: label, Case: t.c.Number, Value: strings.TrimSpace("/use " + strconv.Itoa(x.Number) + " " + fact)}
	}
	var all [][]Span
	var single []Button
	fresh := 0
	for _, f := range found {
		name := t.w.text("fact." + f.id)
		show, label := f.value, t.w.text("screen.only", "name", name)
		if f.had != "" {
			show = t.w.text("screen.differs", "value", f.value, "had", f.had)
			label = t.w.text("screen.instead", "name", name, "value", cut(f.value, 30))
		} else {
			fresh++
		}
		all = append(all, t.w.spans("screen.fact", "name", name, "value", show))
		if f.had != "" || len(found) > 1 {
			single = append(single, button(label, f.id))
		}
	}
	var rows [][]Button
	if fresh > 0 {
		rows = append(rows, []Button{button(t.w.text("screen.use"), "")})
	}
	rows = append(append(rows, inRows(2, single)...), []Button{button(t.w.text("screen.no"), "none")})
	key := "screen.read"
	if len(t.p.openCases()) > 1 {
		key = "screen.read.case"
	}
	text := paragraphs(done, t.w.spans(key, "number", x.Number, "case", t.c.Number), lines(all...), t.w.spans("screen.ask"))
	t.do(Say{Text: text, Rows: rows, Key: screenKey(t.c, x)})
}

func screenKey(c *Case, x *Exhibit) string {
	return "screen " + strconv.Itoa(c.Number) + "." + strconv.Itoa(x.Number)
}

// offer is a fact that was read, and how to put it in; had is what the case knows
// instead, empty = nothing.
type offer struct {
	id, value, had string
	set            func()
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
		had := ""
		if f := factOf(id); f.known(c) {
			if had = f.value(t, c); fold(had) == fold(value) {
				return
			}
		}
		all = append(all, offer{id, value, had, set})
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

// use puts in what was read: "/use 4" all that was not known, "/use 4 order" one
// fact, "/use 4 none" nothing. What is left is offered on.
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
		if id == f.id || id == "" && f.had == "" {
			f.set()
			took = append(took, f.id)
		}
	}
	done := t.w.spans("screen.there", "number", n)
	if len(took) > 0 {
		t.c.Skipped = slices.DeleteFunc(t.c.Skipped, func(f string) bool { return slices.Contains(took, f) })
		t.note("read off", "exhibit", number, "facts", strings.Join(took, " "))
		var names []string
		for _, id := range took {
			names = append(names, t.w.text("fact."+id)+t.w.text("list.colon")+factOf(id).value(t, t.c))
		}
		done = t.w.spans("screen.taken", "facts", strings.Join(names, t.w.text("list.comma")))
	}
	switch left := t.readOff(x); {
	case len(left) == 0:
		t.do(Say{Text: done, Key: screenKey(t.c, x)})
	case len(took) == 0:
		t.offers(x, nil, left)
	default:
		t.offers(x, done, left)
	}
	if len(took) == 0 {
		return
	}
	// The question that is open may be answered by that.
	if s := t.present(); s != nil && !s.personal && t.c.Number == t.p.Focus && s.pass != nil && t.c.Danger.Step == "" {
		if exit := s.pass(t); exit != "" {
			t.leave(exit)
		}
	}
}
