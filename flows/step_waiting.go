package flows

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"recourse/flows/content"
)

// Waiting for the merchant, and what they answered or did not.
func waitingSteps() []*step {
	return []*step{
		{
			name: "waiting", rest: true,
			exits: map[string]string{
				"answered": "answer.what", "due": "merchant.asked", "ladder": "ladder.pick", "evidence": "evidence.ask",
				"letter": "letter.tone", "draft": "letter.ready", "close": "end.ask", "body": "body.asked", "money": "money.asked", "date": "answerby.ask", "change": "change.pick",
			},
			ask: func(t *turn) {
				t.question(t.card(t.c), t.cardButtons(t.c)...)
			},
			hear: func(t *turn, h heard) string {
				if number, ok := strings.CutPrefix(h.value, "body "); ok {
					t.c.Thread.About, _ = strconv.Atoi(number)
					return "body"
				}
				switch h.value {
				case "answered", "ladder", "evidence", "letter", "draft", "close", "date", "money":
					return h.value
				case "change":
					t.c.Thread.Resume = "waiting"
					return "change"
				}
				// Free words at rest get the card: they may be a question.
				t.first("waiting.heard")
				t.again()
				return ""
			},
		},
		{
			name: "merchant.asked",
			exits: map[string]string{
				"answered": "answer.what", "silent": "silent.next", "solved": "end.back", "later": "waiting", "threatened": "waiting",
			},
			ask:  func(t *turn) { t.question(t.w.spans("merchant.asked.ask", "what", t.what(t.c)), t.askedButtons()...) },
			hear: hearAsked,
		},
		nextStep("silent.next", map[string]string{"firm": "letter.ready", "final": "letter.ready", "ladder": "ladder.pick", "wait": "waiting", "close": "end.ask"},
			"firm", "final", "ladder", "wait", "close"),
	}
}

// hearAsked hears whether they answered.
func hearAsked(t *turn, h heard) string {
	m := t.c.merchant()
	switch h.value {
	case "answered", "silent", "solved", "later", "threatened":
	default:
		yes, known := t.g.content.Reader.YesNo(h.text)
		switch {
		case known && yes:
			h.value = "answered"
		case known:
			h.value = "silent"
		case len([]rune(h.text)) > 25: // what they wrote
			t.unremind("later", 0)
			t.jump("answer.what")
			t.out = t.out[:len(t.out)-1]
			t.pasted(Said{Message: h.message, Text: h.text, Sent: t.in.At})
			return ""
		default:
			return t.unclear()
		}
	}
	if m != nil {
		t.unremind("merchant", m.Number)
	}
	switch h.value {
	case "answered":
		t.remind(Reminder{Kind: "later", Due: t.morning(t.today().AddDays(3))}) // should the next question stay open
	case "silent":
		if m != nil {
			m.move("silent")
		}
		t.remind(Reminder{Kind: "later", Due: t.morning(t.today().AddDays(3))})
		t.note("silent")
	case "later":
		number := 0
		if m != nil {
			number = m.Number
		}
		t.remind(Reminder{Kind: "merchant", Proceeding: number, Due: t.morning(t.today().AddDays(3))})
		t.first("later.set", "date", nearDate(t.today().AddDays(3), t.p.Language))
	case "solved":
		if m != nil {
			m.move("settle")
		}
	case "threatened":
		if to, err := t.g.follow("merchant.asked", "threatened"); err == nil {
			t.c.Thread.Step = to // the card is not shown: danger comes before it
		}
		t.tapsDanger()
		return ""
	}
	return h.value
}

// askedButtons are the five answers to "did they answer?".
func (t *turn) askedButtons() [][]Button {
	var all []Button
	for _, v := range []string{"answered", "silent", "solved", "later", "threatened"} {
		all = append(all, Button{Label: t.w.button("merchant.asked", v), Value: v})
	}
	return inRows(2, all)
}

// nextStep offers the usual next steps after an answer or a silence.
func nextStep(name string, exits map[string]string, values ...string) *step {
	return &step{
		name:  name,
		exits: exits,
		ask: func(t *turn) {
			text := [][]Span{t.w.spans(name + ".ask")}
			if r := t.rights(); len(r) > 0 && name != "info.next" {
				text = append(text, t.w.spans("rule.line", "rule", r[0].Rule.In(t.p.Language), "source", t.source(r[0].Origin)))
			}
			var offered []string
			for _, v := range values {
				// A firm reminder comes before a final notice, and each once.
				if (v == "firm" || v == "final") && t.c.wrote(v) {
					continue
				}
				offered = append(offered, v)
			}
			text = append(text, t.w.spans("usual_next"))
			t.question(paragraphs(text...), t.choices(1, offered...)...)
		},
		hear: func(t *turn, h heard) string {
			if !slices.Contains(values, h.value) {
				return t.unclear()
			}
			switch h.value {
			case "firm", "final":
				t.draft(h.value)
			case "wait", "sent":
				t.floor()
			}
			return h.value
		},
	}
}

// wrote tells whether a letter of that tone went out already.
func (c *Case) wrote(tone string) bool {
	return slices.ContainsFunc(c.merchant().sent(), func(l Letter) bool { return l.Name == tone || l.Name == "final" })
}

// what a case is about, in a word fit for a lock screen: the product, never the
// merchant.
func (t *turn) what(c *Case) string {
	if c.Product != "" {
		return t.w.text("what.product", "product", cut(c.Product, 40))
	}
	return t.w.text("what.order")
}

// source names where a fact comes from, and the day it was read: the site is
// enough in a sentence, the card of /law has the whole address.
func (t *turn) source(o content.Origin) string {
	site := o.Source
	if u, err := url.Parse(o.Source); err == nil && u.Host != "" {
		site = strings.TrimPrefix(u.Host, "www.")
	}
	return t.w.text("source.line", "site", site, "date", longDate(o.Read, t.p.Language))
}
