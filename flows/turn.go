package flows

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// turn is one input being heard.
type turn struct {
	g       *Guide
	p       *Person
	in      Input
	w       words
	at      time.Time // Input.At in the person's zone
	c       *Case     // the case it is about; nil = none
	was     *Answer   // the answer an edit corrects
	preface []Span    // said at the head of the next question
	out     []Effect
}

func (g *Guide) turn(p *Person, in Input) *turn {
	if p.Language == "" {
		p.Language = g.languageFor(in.Language)
	}
	if p.Quiet == (Quiet{}) {
		p.Quiet = Quiet{22 * 60, 8 * 60}
	}
	t := &turn{g: g, p: p, in: in, w: g.words(p.Language), c: p.Case(p.Focus)}
	t.at = in.At.In(p.location())
	return t
}

func (p *Person) location() *time.Location {
	if l, err := time.LoadLocation(p.Zone); err == nil {
		return l
	}
	return time.UTC
}

// today is the person's day.
func (t *turn) today() Date { return dateOf(t.at) }

func (t *turn) do(e Effect) { t.out = append(t.out, e) }

// say sends a message that asks nothing.
func (t *turn) say(text []Span, rows ...[]Button) { t.do(Say{Text: text, Rows: rows}) }

// tell sends one of the locale's messages.
func (t *turn) tell(key string, pairs ...any) { t.say(t.w.spans(key, pairs...)) }

// first puts something at the head of the next question, so that one answer is
// one message.
func (t *turn) first(key string, pairs ...any) {
	t.preface = paragraphs(t.preface, t.w.spans(key, pairs...))
}

// note writes a line into the case's log.
func (t *turn) note(what string, pairs ...string) {
	n := Note{What: what}
	if t.c != nil {
		n.Case = t.c.Number
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		if n.Data == nil {
			n.Data = map[string]string{}
		}
		n.Data[pairs[i]] = pairs[i+1]
	}
	t.do(n)
}

// thread is where the conversation stands: a question of the person's own
// comes before the danger screens of the case, they before its other steps.
func (t *turn) thread() *Thread {
	switch {
	case t.p.Thread.Step != "":
		return &t.p.Thread
	case t.c == nil:
		return nil
	case t.c.Danger.Step != "":
		return &t.c.Danger
	case t.c.Thread.Step != "":
		return &t.c.Thread
	}
	return nil
}

// present is the step of the present thread, nil when nothing is asked.
func (t *turn) present() *step {
	if th := t.thread(); th != nil {
		return t.g.steps[th.Step]
	}
	return nil
}

// place gives the thread a step lives in.
func (t *turn) place(s *step, c *Case) *Thread {
	switch {
	case s.personal:
		return &t.p.Thread
	case c == nil:
		return nil
	case strings.HasPrefix(s.name, "danger."):
		return &c.Danger
	}
	return &c.Thread
}

// enter goes to a step, passing over those whose answer is known.
func (t *turn) enter(name string) {
	for range len(t.g.order) {
		if name == end {
			t.over()
			return
		}
		s := t.g.steps[name]
		th := t.place(s, t.c)
		if th == nil {
			t.home()
			return
		}
		th.Step, th.Since = name, t.p.Revision+1
		if s.rest {
			th.Trail = nil // what led here is done with
		}
		if t.homeless(s) {
			t.enter("country.ask")
			return
		}
		if s.pass != nil {
			if exit := s.pass(t); exit != "" {
				to, err := t.g.follow(name, exit)
				if err != nil {
					panic(err) // the table and the step disagree: a fault of ours, kept to this one input
				}
				name = to
				continue
			}
		}
		t.put(s, th)
		return
	}
	panic("the dialogue runs in a circle at " + name)
}

// put asks a step's question anew.
func (t *turn) put(s *step, th *Thread) {
	if t.thread() != th {
		panic("asks " + s.name + " out of turn") // its buttons would answer another question
	}
	t.p.Revision++
	th.Revision = t.p.Revision
	th.Offered = nil
	s.ask(t)
}

// leave takes an exit of the present step.
func (t *turn) leave(exit string) {
	th, s := t.thread(), t.present()
	to, err := t.g.follow(s.name, exit)
	if err != nil {
		panic(err)
	}
	if i := slices.Index(th.Trail, to); i >= 0 && to != s.name { // a step on the way here: this leads back to it
		th.Trail = th.Trail[:i]
	} else if !(s.rest && s.personal) && s.ask != nil && to != s.name {
		th.Trail = append(th.Trail, s.name)
		if len(th.Trail) > 40 {
			th.Trail = th.Trail[1:]
		}
	}
	th.Page, th.Dates = 0, nil
	t.enter(to)
}

// cross takes an exit that leads out of the person's questions into a case that
// was turned to meanwhile.
func (t *turn) cross(from, exit string) {
	to, err := t.g.follow(from, exit)
	if err != nil {
		panic(err)
	}
	if to == end {
		t.again()
		return
	}
	t.enter(to)
}

// jump goes to a step of the present case out of turn; "back" leads to where
// the case was.
func (t *turn) jump(name string) {
	th := t.place(t.g.steps[name], t.c)
	if th == nil {
		t.home()
		return
	}
	if th.Step != "" && th.Step != name {
		th.Trail = append(th.Trail, th.Step)
	}
	th.Page, th.Picked, th.Dates = 0, nil, nil
	t.enter(name)
}

// over ends the present thread and shows what comes then.
func (t *turn) over() {
	if th := t.thread(); th != nil {
		*th = Thread{}
	}
	switch {
	case t.p.Thread.Step == "" && t.p.Opened == 0:
		t.open()
	case t.thread() != nil:
		t.again()
	default:
		t.home()
	}
}

// again puts the present question once more.
func (t *turn) again() {
	if t.c != nil && t.c.Number != t.p.Focus {
		t.c = t.p.Case(t.p.Focus) // a button of another case does not change what is talked about
	}
	s := t.present()
	switch {
	case s == nil:
		t.home()
	case t.homeless(s):
		t.enter("country.ask")
	default:
		t.put(s, t.thread())
	}
}

// homeless: a question of a case can't be put before the country is known.
// Danger can.
func (t *turn) homeless(s *step) bool {
	return !s.personal && t.p.Country == "" && !strings.HasPrefix(s.name, "danger.")
}

// home is where nothing is asked.
func (t *turn) home() {
	switch {
	case t.p.Country == "" && !t.p.Agreed.IsZero():
		t.p.Thread = Thread{}
		t.enter("country.ask")
		return
	case len(t.p.Loose) > 0 && len(t.p.Cases) > 0: // evidence waits for its case
		t.p.Thread = Thread{}
		t.enter("which.case")
		return
	}
	t.p.Focus, t.c = 0, nil
	t.p.Thread = Thread{Step: "home"}
	t.put(t.g.steps["home"], &t.p.Thread)
}

// open starts a case, with what was sent before there was one.
func (t *turn) open() {
	t.c = nil
	for _, c := range t.p.openCases() {
		if c.Story == "" && len(c.Kinds)+len(c.Exhibits)+len(c.Proceedings) == 0 {
			t.focus(c) // one that nobody has told anything yet
			c.Thread = Thread{}
		}
	}
	if t.c == nil {
		t.start()
	}
	loose := t.p.Loose
	t.p.Loose = nil
	for _, x := range loose {
		t.keep(x)
	}
	t.enter("story.ask")
}

// start makes a new case and turns to it, without a word.
func (t *turn) start() *Case {
	t.p.Opened++
	t.c = &Case{Number: t.p.Opened, Opened: t.in.At, Country: t.p.Country, Thread: Thread{Step: "story.ask"}}
	t.p.Cases = append(t.p.Cases, t.c)
	t.p.Focus = t.c.Number
	t.p.Thread = Thread{}
	t.note("opened")
	return t.c
}

// focus turns to a case.
func (t *turn) focus(c *Case) {
	t.c, t.p.Focus = c, c.Number
	t.p.Thread = Thread{}
}

// question sends the present step's question: what was to be said first, the
// text, its buttons, and the way back, the pause and the way out.
func (t *turn) question(text []Span, rows ...[]Button) {
	th, s := t.thread(), t.present()
	number := 0
	if !s.personal {
		number = t.c.Number
	}
	var all [][]Button
	for _, row := range rows {
		var r []Button
		for _, b := range row {
			if b.Value != "" && !strings.HasPrefix(b.Value, "/") {
				b.Case, b.Step, b.Revision = number, s.name, th.Revision
			} else if strings.HasPrefix(b.Value, "/") && b.Case == 0 {
				b.Case = number
			}
			if b.Value != "" {
				th.Offered = append(th.Offered, Choice{b.Label, b.Value})
			}
			r = append(r, b)
		}
		if len(r) > 0 {
			all = append(all, r)
		}
	}
	var nav []Button
	if len(th.Trail) > 0 && !s.rest {
		nav = append(nav, Button{Label: t.w.text("button.back"), Case: number, Step: s.name, Revision: th.Revision, Value: "back"})
	}
	if !s.personal && !s.rest && th == &t.c.Thread && t.c.open() {
		nav = append(nav, Button{Label: t.w.text("button.pause"), Case: number, Step: s.name, Revision: th.Revision, Value: "pause"})
	}
	for _, b := range nav {
		th.Offered = append(th.Offered, Choice{b.Label, b.Value})
	}
	if !strings.HasPrefix(s.name, "danger.") {
		way := Button{Label: t.w.text("button.danger"), Case: t.p.Focus, Value: "/danger", Alarm: true}
		if len(nav) > 1 { // a third button in a row would be cut off on a phone
			all = append(all, nav)
			nav = nil
		}
		nav = append(nav, way)
	}
	if len(nav) > 0 {
		all = append(all, nav)
	}
	t.do(Say{Text: paragraphs(t.preface, text), Rows: all, Key: fmt.Sprintf("question %d", th.Revision)})
	t.preface = nil
}

// choices makes buttons for values, a row each or n in a row.
func (t *turn) choices(n int, values ...string) [][]Button {
	name := t.present().name
	var all []Button
	for _, v := range values {
		all = append(all, Button{Label: t.w.button(name, v), Value: v})
	}
	return inRows(n, all)
}

func inRows(n int, all []Button) (rows [][]Button) {
	for chunk := range slices.Chunk(all, n) {
		rows = append(rows, chunk)
	}
	return rows
}

func cut(s string, runes int) string {
	r := []rune(s)
	if len(r) <= runes {
		return s
	}
	return string(r[:runes-1]) + "…"
}
