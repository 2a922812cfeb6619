package flows

import (
	"fmt"
	"strings"
)

// card is a case on one screen: where it stands, the money, the soonest
// deadline, and what runs.
func (t *turn) card(c *Case) []Span {
	parts := [][]Span{
		lines(bold(t.title(c)), t.w.spans("card.state", "state", t.w.text("state."+c.State()))),
	}
	var facts [][]Span
	if c.Amount.Number != "" {
		facts = append(facts, t.w.spans("fact.line", "name", t.w.text("fact.amount"), "value", money(c.Amount, t.p.Language)))
	}
	if w := t.wants(c); w != "" {
		facts = append(facts, t.w.spans("fact.line", "name", t.w.text("fact.want"), "value", w))
	}
	if m := c.merchant(); m != nil && m.Read != nil && c.open() {
		facts = append(facts, t.w.spans("card.read", "label", t.w.text("answer.label."+m.Read.as())))
	}
	if sum := money(c.came(), t.p.Language); sum != "" {
		facts = append(facts, t.w.spans("card.came", "sum", sum))
	}
	if p := c.promise(); p != nil && c.open() && !p.Broken && !p.By.IsZero() {
		facts = append(facts, t.w.spans("card.promise", "date", nearDate(p.By, t.p.Language)))
	}
	facts = append(facts, t.w.spans("card.exhibits", "n", keptExhibits(c)))
	parts = append(parts, lines(facts...))
	var running [][]Span
	for _, p := range c.Proceedings {
		name := t.w.text("card.merchant")
		if r := t.rungOf(p); r != nil {
			name = r.Name.In(t.p.Language)
		}
		switch {
		case p.State == "sent" && !p.AnswerBy.IsZero():
			running = append(running, t.w.spans("card.running", "name", name, "date", nearDate(p.AnswerBy, t.p.Language)))
		default:
			running = append(running, t.w.spans("card.proceeding", "name", name, "state", t.w.text("proceeding."+p.State)))
		}
	}
	parts = append(parts, lines(running...))
	if c.open() {
		if d := t.soonest(); d != nil {
			parts = append(parts, t.deadlineLine(*d))
		}
	}
	return paragraphs(parts...)
}

// wants is what the person wants, in their words.
func (t *turn) wants(c *Case) string {
	var names []string
	for _, w := range c.Wants {
		names = append(names, t.w.text("want."+w))
	}
	return strings.Join(names, t.w.text("list.comma"))
}

func keptExhibits(c *Case) int {
	n := 0
	for _, e := range c.Exhibits {
		if e.State == "kept" {
			n++
		}
	}
	return n
}

// cardButtons offer the next best step first.
func (t *turn) cardButtons(c *Case) [][]Button {
	m := c.merchant()
	var values []string
	switch {
	case m != nil && m.draft() != nil && m.draft().Sent.IsZero():
		values = append(values, "draft")
	case m == nil || len(m.sent()) == 0:
		values = append(values, "letter")
	default:
		values = append(values, "answered")
	}
	values = append(values, "evidence", "ladder")
	if m != nil && m.State == "sent" {
		values = append(values, "date")
	} else if m != nil && m.draft() == nil && len(m.sent()) > 0 {
		values = append(values, "letter")
	}
	values = append(values, "change", "close")
	rows := t.choices(2, values...)
	for _, p := range c.Proceedings {
		if r := t.rungOf(p); r != nil && (p.State == "sent" || p.State == "overdue") {
			b := Button{Label: cut(t.w.text("waiting.body", "name", r.Name.In(t.p.Language)), 60), Value: fmt.Sprintf("body %d", p.Number)}
			rows = append(rows, []Button{b})
		}
	}
	if keptExhibits(c) > 0 {
		rows = append(rows, []Button{{Label: t.w.text("button.export"), Case: c.Number, Value: "/export"}})
	}
	if x := c.promise(); m != nil && (m.Answer == "offer" || m.Answer == "paid" || x != nil && !x.Broken) {
		rows = append(rows, t.choices(1, "money")...)
	}
	return rows
}

// String helps tests read a case.
func (c *Case) String() string { return fmt.Sprintf("case %d %s", c.Number, c.State()) }
