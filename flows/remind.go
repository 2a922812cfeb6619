package flows

import (
	"fmt"
	"slices"
)

// remind keeps a reminder; one of the same kind about the same proceeding is
// replaced.
func (t *turn) remind(r Reminder) {
	t.unremind(r.Kind, r.Proceeding)
	t.c.Reminders = append(t.c.Reminders, r)
}

// unremind drops a reminder.
func (t *turn) unremind(kind string, proceeding int) {
	t.c.Reminders = slices.DeleteFunc(t.c.Reminders, func(r Reminder) bool { return r.Kind == kind && r.Proceeding == proceeding })
}

// wake says what is due. A reminder asks; it never asserts. Unanswered, it asks
// again after three days, and after the third time it stops.
func (t *turn) wake() {
	if t.p.Blocked || t.p.Agreed.IsZero() {
		return
	}
	focus := t.p.Focus
	for _, c := range t.p.openCases() {
		if c.Unsafe {
			continue
		}
		for i := 0; i < len(c.Reminders); i++ {
			r := &c.Reminders[i]
			if r.Due.After(t.in.At) {
				continue
			}
			if at := t.awake(t.in.At); at.After(t.at) { // not in their quiet hours
				r.Due = at
				continue
			}
			t.c = c
			r.Asked++
			t.note("reminded", "kind", r.Kind, "asked", fmt.Sprint(r.Asked))
			now := *r
			if r.Asked >= 3 || r.Kind == "later" {
				c.Reminders = slices.Delete(c.Reminders, i, i+1)
				i--
			} else {
				r.Due = t.morning(t.today().AddDays(3))
			}
			if t.due(c, now, focus) {
				focus = c.Number
			}
		}
	}
	t.p.Focus = focus
	t.c = t.p.Case(focus)
}

// due asks about one thing. Where nothing else is being asked the question
// takes the floor, so that the answer may be typed; otherwise it comes as a
// message with its own buttons and the present question stays. It tells whether
// the question took the floor.
func (t *turn) due(c *Case, r Reminder, focus int) (floor bool) {
	name := map[string]string{"merchant": "merchant.asked", "body": "body.asked", "money": "money.asked"}[r.Kind]
	head := [][]Span{t.w.spans("remind.neutral")}
	if name == "" {
		t.do(Say{
			Text: paragraphs(head[0], t.w.spans("remind.later", "number", c.Number)),
			Rows: [][]Button{{{Label: t.w.text("button.go_on"), Case: c.Number, Value: "/case"}, {Label: t.w.text("button.tomorrow"), Case: c.Number, Value: "/tomorrow"}}},
		})
		return false
	}
	var text []Span
	var rows [][]Button
	switch r.Kind {
	case "merchant":
		text = t.w.spans("merchant.asked.ask", "what", t.what(c))
		rows = t.askedButtons()
	case "body":
		text = t.w.spans("remind.body", "what", t.what(c))
		if t.p.Open {
			if x := t.rungOf(c.Proceeding(r.Proceeding)); x != nil {
				text = t.w.spans("body.asked.ask", "name", x.Name.In(t.p.Language))
			}
		}
		rows = t.valuesOf(name, 2, "helped", "refused", "silent", "later")
	case "money":
		text = t.w.spans("remind.money", "what", t.what(c))
		rows = t.valuesOf(name, 1, "arrived", "part", "notyet", "broken")
	}
	if t.p.Open {
		head = append(head, bold(t.title(c)))
	}
	if c.Thread.Step == "waiting" && t.p.Thread.Step == "" && (focus == c.Number || focus == 0) || (focus == 0 && t.p.Thread.Step == "home" && c.Thread.Step == "waiting") {
		// Nothing else is being asked.
		exit := map[string]string{"merchant": "due", "body": "body", "money": "money"}[r.Kind]
		t.p.Thread = Thread{}
		to, err := t.g.follow("waiting", exit)
		if err == nil {
			c.Thread.Step, c.Thread.About, c.Thread.Since = to, r.Proceeding, t.p.Revision+1
			c.Thread.Offered = nil
			for _, row := range rows {
				for _, b := range row {
					c.Thread.Offered = append(c.Thread.Offered, Choice{b.Label, b.Value})
				}
			}
			floor = true
		}
	}
	about := r.Proceeding
	if about == 0 {
		if m := c.merchant(); m != nil {
			about = m.Number
		}
	}
	for i := range rows {
		for j := range rows[i] {
			rows[i][j].Case, rows[i][j].Step, rows[i][j].About = c.Number, name, about
		}
	}
	rows = append(rows, []Button{{Label: t.w.text("button.danger"), Case: c.Number, Value: "/danger", Alarm: true}})
	t.do(Say{Text: paragraphs(append(head, text)...), Rows: rows})
	return floor
}

// valuesOf makes a step's buttons outside that step.
func (t *turn) valuesOf(name string, n int, values ...string) [][]Button {
	var all []Button
	for _, v := range values {
		all = append(all, Button{Label: t.w.button(name, v), Value: v})
	}
	return inRows(n, all)
}

// reminders answers /remind: what will be asked and when, each to be moved or
// stopped.
func (t *turn) reminders() {
	var all [][]Span
	var rows [][]Button
	for _, c := range t.p.openCases() {
		for _, r := range c.Reminders {
			day := nearDate(dateOf(r.Due.In(t.p.location())), t.p.Language)
			all = append(all, t.w.spans("remind.line", "title", t.title(c), "what", t.w.text("remind.kind."+r.Kind), "date", day))
			ref := fmt.Sprintf("%s %d", r.Kind, r.Proceeding)
			rows = append(rows, []Button{
				{Label: t.w.text("button.move", "number", c.Number), Case: c.Number, Value: "/snooze " + ref},
				{Label: t.w.text("button.stop", "number", c.Number), Case: c.Number, Value: "/stop " + ref},
			})
		}
	}
	if len(all) == 0 {
		t.first("remind.none")
		t.again()
		return
	}
	t.say(paragraphs(t.w.spans("remind.head"), lines(all...)), rows...)
}

// changeReminder moves a reminder by three days, or stops it.
func (t *turn) changeReminder(ref string, stop bool) {
	var kind string
	var number int
	if _, err := fmt.Sscanf(ref, "%s %d", &kind, &number); err != nil || t.c == nil {
		t.reminders()
		return
	}
	for i := range t.c.Reminders {
		r := &t.c.Reminders[i]
		if r.Kind != kind || r.Proceeding != number {
			continue
		}
		if stop {
			t.unremind(kind, number)
			t.tell("remind.stopped")
			return
		}
		day := dateOf(r.Due.In(t.p.location()))
		if day.Before(t.today()) {
			day = t.today()
		}
		r.Due, r.Asked = t.morning(day.AddDays(3)), 0
		t.tell("remind.moved", "date", nearDate(day.AddDays(3), t.p.Language))
		return
	}
	t.tell("remind.gone")
}
