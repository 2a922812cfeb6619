package flows

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/text/width"
)

// What a person does, and where it goes: to a command, to the step that asks,
// to the evidence, or to a kind word about an old button.

// unclear says kindly that the answer was not understood and asks again.
func (t *turn) unclear() string {
	t.first("unclear", "asking", t.w.text(t.present().name+".asking"))
	t.again()
	return ""
}

// hear is everything a person does.
func (t *turn) hear(e Event) {
	if t.p.Agreed.IsZero() {
		t.stranger(e)
		return
	}
	switch e := e.(type) {
	case Said:
		t.said(e)
	case Tapped:
		t.tapped(e)
	case Sent:
		t.file(e)
	case Edited:
		t.edited(e)
	case Unsupported:
		t.unsupported(e.Kind)
	}
}

// stranger hears somebody who has not agreed yet: nothing is kept but the
// language and the tap.
func (t *turn) stranger(e Event) {
	switch e := e.(type) {
	case Tapped:
		t.do(Toast{Query: e.Query})
		if b := e.Button; b != nil && b.Value == "/danger" {
			t.strangerInDanger()
			return
		} else if s := t.present(); b != nil && s != nil && b.Step == s.name {
			t.answer(heard{value: b.Value})
			return
		}
	case Said:
		switch name, _ := commandOf(e.Text); name {
		case "danger":
			t.strangerInDanger()
			return
		case "start", "":
		case "privacy", "help":
			t.tell(name)
		}
		if t.wantsOut(e.Text) {
			t.strangerInDanger()
			return
		}
		if s := t.present(); s != nil {
			if v := t.offered(e.Text); v != "" {
				t.answer(heard{value: v})
				return
			}
			if name, _ := commandOf(e.Text); name == "" {
				t.first("welcome.first")
			}
		}
	default:
		t.first("welcome.first")
	}
	t.p.Thread = Thread{}
	t.enter("welcome")
}

// said hears words.
func (t *turn) said(e Said) {
	if e.Forward != nil {
		t.forwarded(e)
		return
	}
	if name, rest := commandOf(e.Text); name != "" {
		t.command(name, rest)
		return
	}
	text := strings.TrimSpace(e.Text)
	if text == "" {
		t.first("empty")
		t.again()
		return
	}
	if t.wantsOut(text) {
		t.tapsDanger()
		return
	}
	s := t.present()
	_, theirs := t.g.content.Reader.Theirs(text)
	theirs = theirs && t.offered(text) == "" && (s == nil || s.name != "letter.own")
	if theirs {
		if s == nil || s.name != "said.ask" && s.name != "promised.ask" {
			t.pasted(e)
			return
		}
		if t.keepTheirs(e) { // else they are the answer as well
			return
		}
	}
	if t.showing(text) || !theirs && t.offered(text) == "" && t.tellsDanger(e, text) {
		return
	}
	if s == nil {
		t.home()
		return
	}
	h := heard{text: text, message: e.Message}
	if v := t.offered(text); v != "" {
		if strings.HasPrefix(v, "/") {
			t.command(strings.TrimPrefix(v, "/"), "")
			return
		}
		h = heard{value: v, message: e.Message}
	}
	t.answer(h)
}

// answer gives an answer to the present step.
func (t *turn) answer(h heard) {
	s, c := t.present(), t.c
	switch h.value {
	case "back":
		t.back()
		return
	case "pause":
		t.pause()
		return
	}
	exit := s.hear(t, h)
	if exit == "" {
		return
	}
	if h.message != 0 && c != nil && !s.personal {
		a := Answer{Message: h.message, Step: s.name}
		if s.name == "story.ask" {
			a.Text = h.text
		}
		c.Answers = append(c.Answers, a)
		if len(c.Answers) > 60 {
			c.Answers = c.Answers[1:]
		}
	}
	t.leave(exit)
}

// wantsOut: the words of the way out, typed. They are never an answer.
func (t *turn) wantsOut(text string) bool {
	return fold(text) == fold(t.w.text("button.danger"))
}

// offered finds the button whose words were typed.
func (t *turn) offered(text string) string {
	th := t.thread()
	if th == nil {
		return ""
	}
	want := fold(text)
	for _, o := range th.Offered {
		if fold(o.Label) == want {
			return o.Value
		}
	}
	return ""
}

// fold makes words comparable: case, width, outer punctuation.
func fold(s string) string {
	return strings.ToLower(strings.Trim(width.Fold.String(s), " \t\n.!?。！？✓·"))
}

// tapped hears a button.
func (t *turn) tapped(e Tapped) {
	b := e.Button
	if b == nil {
		t.do(Toast{Query: e.Query, Text: t.w.text("stale.toast")})
		t.first("stale.unknown")
		t.again()
		return
	}
	tap := fmt.Sprintf("%d %d %s %d %d %s", e.Message, b.Case, b.Step, b.Revision, b.About, b.Value)
	if strings.HasPrefix(b.Value, "/") {
		t.do(Toast{Query: e.Query})
		if b.Case != 0 && t.p.Case(b.Case) != nil {
			t.c = t.p.Case(b.Case)
		}
		name, rest, _ := strings.Cut(strings.TrimPrefix(b.Value, "/"), " ")
		t.command(name, rest)
		return
	}
	if tap == t.p.LastTap && !t.repeatable(b) {
		t.do(Toast{Query: e.Query, Text: t.w.text("stale.twice")})
		return
	}
	s := t.g.steps[b.Step]
	c := t.p.Case(b.Case)
	if s == nil || (!s.personal && c == nil) {
		t.do(Toast{Query: e.Query, Text: t.w.text("stale.toast")})
		t.first("stale.unknown")
		t.again()
		return
	}
	th := t.place(s, c)
	// A button of an earlier visit to the same step may be about another body.
	fits := th.Step == b.Step && (b.Revision >= th.Since && b.Revision > 0 ||
		b.Revision == 0 && slices.ContainsFunc(th.Offered, func(o Choice) bool { return o.Value == b.Value }))
	if !fits && b.Revision == 0 && t.mayStillAnswer(c, b) {
		t.do(Toast{Query: e.Query})
		t.focus(c)
		t.p.LastTap = tap
		if th.Step != b.Step {
			th.Trail = append(th.Trail, th.Step)
		}
		th.Step, th.About = b.Step, b.About
		t.p.Revision++
		th.Since = t.p.Revision
		th.Revision = t.p.Revision
		t.answer(heard{value: b.Value})
		return
	}
	if !fits {
		t.do(Toast{Query: e.Query, Text: t.w.text("stale.toast")})
		t.first("stale", "asking", t.w.text(t.asking(s.name)))
		t.again()
		return
	}
	t.do(Toast{Query: e.Query})
	if s.personal {
		// The question stays where it is.
	} else {
		t.focus(c)
	}
	t.p.LastTap = tap
	if b.About != 0 {
		th.About = b.About
	}
	t.answer(heard{value: b.Value})
}

// repeatable buttons change the same message on each tap, so the same button
// tapped again is a new answer.
func (t *turn) repeatable(b *Button) bool {
	c := t.p.Case(b.Case)
	if s := t.g.steps[b.Step]; s == nil || t.place(s, c) == nil || t.place(s, c).Revision != b.Revision || t.place(s, c).Step != b.Step {
		return false
	}
	return true
}

// asking is the key of what a step was asking, in half a sentence.
func (t *turn) asking(name string) string {
	if key := name + ".asking"; t.w.has(key) {
		return key
	}
	return "stale.question"
}

// mayStillAnswer tells whether a reminder's button is still of use.
func (t *turn) mayStillAnswer(c *Case, b *Button) bool {
	if c == nil || !c.open() || c.Unsafe {
		return false
	}
	if b.Step == "money.asked" {
		return true
	}
	p := c.Proceeding(b.About)
	return p != nil && (p.State == "sent" || p.State == "overdue")
}

// back goes to the step before.
func (t *turn) back() {
	th := t.thread()
	for len(th.Trail) > 0 {
		name := th.Trail[len(th.Trail)-1]
		th.Trail = th.Trail[:len(th.Trail)-1]
		s := t.g.steps[name]
		if s == nil || s.ask == nil || name == th.Step {
			continue
		}
		th.Step, th.Since, th.Page, th.Picked, th.Dates = name, t.p.Revision+1, 0, nil, nil
		if name != "change.pick" {
			th.Resume = ""
		}
		t.put(s, th)
		return
	}
	t.first("back.none")
	t.again()
}

// pause leaves the case as it is and asks about it in a few days.
func (t *turn) pause() {
	t.remind(Reminder{Kind: "later", Due: t.morning(t.today().AddDays(3))})
	t.note("paused")
	c := t.c
	t.p.Focus, t.c = 0, nil
	t.p.Thread = Thread{Step: "home"}
	t.say(t.w.spans("paused"), []Button{
		{Label: t.w.text("button.go_on"), Case: c.Number, Value: "/case"},
		{Label: t.w.text("button.danger"), Case: c.Number, Value: "/danger", Alarm: true},
	})
}

// edited corrects what a message said.
func (t *turn) edited(e Edited) {
	if t.editedExhibit(e) {
		return
	}
	for _, c := range t.p.Cases {
		for i := range c.Answers {
			a := &c.Answers[i]
			if a.Message != e.Message {
				continue
			}
			s := t.g.steps[a.Step]
			if s == nil || s.correct == nil {
				break
			}
			focus := t.p.Focus
			t.c = c
			dates := c.Thread.Dates
			t.was = a
			understood := s.correct(t, strings.TrimSpace(e.Text))
			c.Thread.Dates = dates // an unclear date must not change the question that is open
			if understood {
				t.note("corrected", "step", s.name)
				t.tell("edit.corrected", "what", t.readBack(c, s.name))
			} else {
				t.tell("edit.unclear", "asking", t.w.text(t.asking(s.name)))
			}
			if t.p.Focus = focus; c.Number == focus && t.present() != nil && (t.present().name == "story.confirm" || t.present().name == "facts.confirm") {
				t.again()
			}
			return
		}
	}
	t.tell("edit.nothing")
}
