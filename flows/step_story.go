package flows

import (
	"slices"
	"strings"

	"recourse/flows/content"
	"recourse/flows/reading"
)

// What happened: the open question first, then what was understood, read back
// for a yes, and which kinds of trouble it is.
func storySteps() []*step {
	return []*step{
		{
			name:  "story.ask",
			exits: map[string]string{"told": "story.confirm", "skip": "kind.ask"},
			ask: func(t *turn) {
				values := []string{"skip"}
				if t.c.Story != "" || len(t.c.Exhibits) > 0 {
					values = []string{"enough"}
				}
				t.question(t.w.spans("story.ask"), t.choices(1, values...)...)
			},
			hear: func(t *turn, h heard) string {
				if h.value == "skip" {
					return "skip"
				}
				if h.value == "enough" {
					return "told"
				}
				t.c.Story = cut(strings.TrimSpace(t.c.Story+"\n\n"+h.text), 12000)
				t.understand(t.c.Story)
				return "told"
			},
			correct: func(t *turn, text string) bool {
				// A story may have been told in several messages: only this one's
				// part is replaced.
				t.forget(t.c.Story)
				story := t.c.Story
				if old := t.was.Text; old != "" && strings.Contains(story, old) {
					story = strings.Replace(story, old, text, 1)
				} else {
					story += "\n\n" + text
				}
				t.c.Story, t.was.Text = cut(story, 12000), text
				t.understand(t.c.Story)
				return true
			},
		},
		{
			name:  "story.confirm",
			exits: map[string]string{"right": "kind.ask", "change": "change.pick", "nothing": "kind.ask"},
			pass: func(t *turn) string {
				if len(t.facts(t.c)) == 0 && len(t.c.Kinds) == 0 {
					return "nothing"
				}
				return ""
			},
			ask: func(t *turn) {
				t.c.Thread.Resume = ""
				t.question(paragraphs(t.w.spans("story.confirm.ask"), t.summary(t.c)), t.choices(2, "right", "change")...)
			},
			hear: func(t *turn, h heard) string {
				switch {
				case h.value == "right" || t.yes(h.text):
					t.c.KindsSure = len(t.c.Kinds) > 0
					return "right"
				case h.value == "change":
					t.c.Thread.Resume = "story.confirm"
					return "change"
				case len([]rune(h.text)) > 15: // more of the story
					t.c.Story = cut(t.c.Story+"\n\n"+h.text, 12000)
					t.understand(h.text)
					t.again()
					return ""
				}
				return t.unclear()
			},
		},
		{
			name:  "kind.ask",
			exits: map[string]string{"done": "shop.ask", "changed": "change.done"},
			pass: func(t *turn) string {
				if t.c.KindsSure && t.c.Thread.Resume == "" {
					return "done"
				}
				return ""
			},
			ask: func(t *turn) {
				th := &t.c.Thread
				if th.Picked == nil {
					th.Picked = append([]string{}, t.c.Kinds...)
				}
				var all []Button
				for _, i := range t.g.content.Incidents {
					all = append(all, t.tick(i.Name.In(t.p.Language), i.ID))
				}
				t.question(t.w.spans("kind.ask.ask"), append(inRows(2, all), t.choices(1, "done")...)...)
			},
			hear: func(t *turn, h heard) string {
				th := &t.c.Thread
				if h.value == "done" {
					if len(th.Picked) == 0 {
						t.first("kind.ask.none")
						t.again()
						return ""
					}
					t.c.Kinds, t.c.KindsSure, th.Picked = th.Picked, true, nil
					return t.forward("done")
				}
				if t.g.content.Incident(h.value) != nil {
					t.toggle(h.value)
					return ""
				}
				if s := t.read(h.text); len(s.Kinds) > 0 {
					th.Picked = union(th.Picked, s.Kinds)
					t.again()
					return ""
				}
				return t.unclear()
			},
		},
	}
}

// forward is the exit of a step in a chain: on, or back to where a change of
// one fact was asked for.
func (t *turn) forward(exit string) string {
	if t.c.Thread.Resume != "" {
		return "changed"
	}
	return exit
}

// tick is a button of a question with several answers.
func (t *turn) tick(label, value string) Button {
	if slices.Contains(t.thread().Picked, value) {
		label = "✓ " + label
	}
	return Button{Label: label, Value: value}
}

// toggle picks or drops a value and shows the same question with its ticks: the
// revision stays, so the message is changed instead of sent again.
func (t *turn) toggle(value string) {
	th := t.thread()
	if i := slices.Index(th.Picked, value); i >= 0 {
		th.Picked = slices.Delete(th.Picked, i, i+1)
	} else {
		th.Picked = append(th.Picked, value)
	}
	if th.Picked == nil {
		th.Picked = []string{}
	}
	th.Offered = nil
	t.present().ask(t)
}

func union(a, b []string) []string {
	a = append([]string{}, a...)
	for _, x := range b {
		if !slices.Contains(a, x) {
			a = append(a, x)
		}
	}
	return a
}

// yes understands an agreement in words.
func (t *turn) yes(text string) bool {
	if text == "" {
		return false
	}
	yes, known := t.g.content.Reader.YesNo(text)
	return known && yes
}

// readingContext is what the reader has to know to read this person.
func (t *turn) readingContext() reading.Context {
	country := t.law()
	x := reading.Context{Today: t.today(), Currency: country.Currency, DayFirst: country.Dates == "day_first"}
	for _, p := range t.g.content.Platforms {
		k := reading.Known{ID: p.ID, Names: append([]string{}, p.Also...)}
		for _, n := range p.Name {
			k.Names = append(k.Names, n)
		}
		x.Platforms = append(x.Platforms, k)
	}
	for _, p := range t.g.content.Payments {
		k := reading.Known{ID: p.ID, Names: append([]string{}, p.Also...)}
		for _, n := range p.Name {
			k.Names = append(k.Names, n)
		}
		x.Payments = append(x.Payments, k)
	}
	return x
}

func (t *turn) read(text string) reading.Story {
	return t.g.content.Reader.Story(text, t.readingContext())
}

// understand takes out of a story what the case does not know yet. Everything
// is read back to the person before it is used.
func (t *turn) understand(text string) {
	c, s := t.c, t.read(text)
	if !c.KindsSure {
		c.Kinds = union(c.Kinds, s.Kinds)
		c.Thread.Picked = nil
	}
	set := func(to *string, from string) {
		if *to == "" {
			*to = cut(from, 120)
		}
	}
	day := func(to *Date, from Date) {
		if to.IsZero() {
			*to = from
		}
	}
	set(&c.Merchant.Name, s.Shop)
	set(&c.Merchant.Platform, s.Platform)
	set(&c.Order, s.Order)
	set(&c.Product, s.Product)
	set(&c.Payment, s.Payment)
	if s.Amount != nil && c.Amount.Number == "" {
		c.Amount = MoneyOf(*s.Amount)
	}
	day(&c.Ordered, s.Ordered)
	day(&c.Expected, s.Expected)
	day(&c.Discovered, s.Discovered)
	if c.Delivered.IsZero() && !c.Never {
		c.Delivered, c.Never = s.Delivered, s.NeverArrived && s.Delivered.IsZero()
	}
	if len(c.Wants) == 0 {
		c.Wants = s.Wants
	}
	// "Skip" of an earlier day does not hold against what is told now.
	c.Skipped = slices.DeleteFunc(c.Skipped, func(f string) bool { return t.known(c, f) })
}

// forget takes back what was only ever read out of a text, so that a changed
// text is read anew; what the person said since stays.
func (t *turn) forget(text string) {
	c, s := t.c, t.read(text)
	for _, x := range []struct {
		of  *string
		was string
	}{
		{&c.Merchant.Name, s.Shop}, {&c.Merchant.Platform, s.Platform}, {&c.Order, s.Order}, {&c.Product, s.Product}, {&c.Payment, s.Payment},
	} {
		if x.was != "" && *x.of == x.was {
			*x.of = ""
		}
	}
	if s.Amount != nil && c.Amount == MoneyOf(*s.Amount) {
		c.Amount = Money{}
	}
	for _, x := range []struct {
		of  *Date
		was Date
	}{
		{&c.Ordered, s.Ordered}, {&c.Expected, s.Expected}, {&c.Delivered, s.Delivered}, {&c.Discovered, s.Discovered},
	} {
		if *x.of == x.was {
			*x.of = Date{}
		}
	}
	if s.NeverArrived {
		c.Never = false
	}
	if !c.KindsSure {
		c.Kinds = slices.DeleteFunc(c.Kinds, func(k string) bool { return slices.Contains(s.Kinds, k) })
	}
	if slices.Equal(c.Wants, s.Wants) {
		c.Wants = nil
	}
}

// asks gives the facts the case's kinds need, in the order the strongest kind
// asks them.
func (g *Guide) asks(c *Case) (facts []string) {
	for _, id := range c.Kinds {
		if i := g.content.Incident(id); i != nil {
			facts = union(facts, i.Asks)
		}
	}
	return facts
}

// incidents gives the case's kinds as content.
func (g *Guide) incidents(c *Case) (list []*content.Incident) {
	for _, id := range c.Kinds {
		if i := g.content.Incident(id); i != nil {
			list = append(list, i)
		}
	}
	return list
}
