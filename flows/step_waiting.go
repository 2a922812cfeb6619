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
		{
			name:  "answer.what",
			exits: map[string]string{"paid": "money.asked", "offer": "offer.words", "refused": "answer.words", "info": "answer.words", "stalling": "answer.words", "rude": "answer.words"},
			ask: func(t *turn) {
				t.question(t.w.spans("answer.what.ask"), t.choices(2, "paid", "offer", "refused", "info", "stalling", "rude")...)
			},
			hear: func(t *turn, h heard) string {
				m := t.c.approach("merchant")
				switch h.value {
				case "paid", "offer", "refused", "info", "stalling", "rude":
					m.Answer = h.value
					if h.value == "refused" {
						m.move("refuse")
					} else {
						m.move("answer")
					}
					t.unremind("merchant", m.Number)
					t.note("answered", "answer", h.value)
					return h.value
				}
				if len([]rune(h.text)) > 15 { // their words, pasted
					m.Answered = cut(h.text, 2000)
					t.keepText(Said{Message: h.message, Text: h.text, Sent: t.in.At}, "text")
					t.first("answer.pasted")
					t.again()
					return ""
				}
				return t.unclear()
			},
		},
		{
			name:  "answer.words",
			exits: map[string]string{"refused": "refused.next", "info": "info.next", "stalling": "stalling.next", "rude": "rude.next"},
			pass: func(t *turn) string {
				if m := t.c.merchant(); m != nil && m.Answered != "" {
					return kindOf(m.Answer)
				}
				return ""
			},
			ask: func(t *turn) { t.question(t.w.spans("answer.words.ask"), t.choices(1, "skip")...) },
			hear: func(t *turn, h heard) string {
				m := t.c.approach("merchant")
				if h.value != "skip" && !t.g.content.Reader.Skip(h.text) {
					m.Answered = cut(oneLine(h.text), 2000)
				}
				return kindOf(m.Answer)
			},
			file: func(t *turn, e *Exhibit) string {
				t.theirWords(e)
				return kindOf(t.c.approach("merchant").Answer)
			},
		},
		nextStep("refused.next", map[string]string{"firm": "letter.ready", "final": "letter.ready", "ladder": "ladder.pick", "wait": "waiting", "close": "end.ask"},
			"firm", "final", "ladder", "wait", "close"),
		nextStep("info.next", map[string]string{"firm": "letter.ready", "sent": "waiting", "wait": "waiting", "ladder": "ladder.pick"},
			"sent", "firm", "ladder", "wait"),
		nextStep("stalling.next", map[string]string{"firm": "letter.ready", "final": "letter.ready", "wait": "waiting", "ladder": "ladder.pick"},
			"firm", "final", "ladder", "wait"),
		nextStep("rude.next", map[string]string{"firm": "letter.ready", "ladder": "ladder.pick", "wait": "waiting", "close": "end.ask"},
			"firm", "ladder", "wait", "close"),
		nextStep("silent.next", map[string]string{"firm": "letter.ready", "final": "letter.ready", "ladder": "ladder.pick", "wait": "waiting", "close": "end.ask"},
			"firm", "final", "ladder", "wait", "close"),
		{
			name:  "offer.words",
			exits: next("offer.weigh"),
			ask:   func(t *turn) { t.question(t.w.spans("offer.words.ask"), t.choices(1, "skip")...) },
			hear: func(t *turn, h heard) string {
				if h.value != "skip" && !t.g.content.Reader.Skip(h.text) {
					t.c.approach("merchant").Answered = cut(oneLine(h.text), 2000)
				}
				return "next"
			},
			file: func(t *turn, e *Exhibit) string {
				t.theirWords(e)
				return "next"
			},
		},
		{
			name:  "offer.weigh",
			exits: map[string]string{"accept": "money.asked", "refuse": "letter.ready", "ladder": "ladder.pick", "wait": "waiting"},
			ask: func(t *turn) {
				m := t.c.approach("merchant")
				text := [][]Span{t.w.spans("offer.weigh.ask")}
				if m.Answered != "" {
					text = append(text, t.w.spans("offer.weigh.theirs", "words", cut(m.Answered, 300)))
				}
				if d := t.demand(t.w); d != "" {
					text = append(text, t.w.spans("offer.weigh.asked", "demand", d))
				}
				if r := t.rights(); len(r) > 0 {
					text = append(text, t.w.spans("rule.line", "rule", r[0].Rule.In(t.p.Language), "source", t.source(r[0].Origin)))
				}
				text = append(text, t.w.spans("offer.weigh.conditions"))
				t.question(paragraphs(text...), t.choices(1, "accept", "refuse", "ladder", "wait")...)
			},
			hear: func(t *turn, h heard) string {
				switch h.value {
				case "accept":
					t.remind(Reminder{Kind: "money", Due: t.morning(t.today().AddDays(7))})
					return "accept"
				case "refuse":
					t.draft("firm")
					return "refuse"
				case "ladder":
					return "ladder"
				case "wait":
					t.remind(Reminder{Kind: "later", Due: t.morning(t.today().AddDays(2))})
					return "wait"
				}
				return t.unclear()
			},
		},
		{
			name:  "money.asked",
			exits: map[string]string{"arrived": "end.back", "notyet": "waiting", "broken": "silent.next"},
			ask: func(t *turn) {
				t.question(t.w.spans("money.asked.ask"), t.choices(1, "arrived", "notyet", "broken")...)
			},
			hear: func(t *turn, h heard) string {
				switch h.value {
				case "arrived":
					return "arrived"
				case "notyet":
					t.remind(Reminder{Kind: "money", Due: t.morning(t.today().AddDays(5))})
					t.first("money.asked.waiting", "date", nearDate(t.today().AddDays(5), t.p.Language))
					return "notyet"
				case "broken":
					m := t.c.approach("merchant")
					t.unremind("money", 0)
					m.move("silent")
					return "broken"
				}
				if yes, known := t.g.content.Reader.YesNo(h.text); known {
					if yes {
						return "arrived"
					}
					t.remind(Reminder{Kind: "money", Due: t.morning(t.today().AddDays(5))})
					return "notyet"
				}
				return t.unclear()
			},
		},
	}
}

// kindOf is an answer that has next steps of its own; what came back by another
// way is taken for a no, the answer that takes nothing away.
func kindOf(answer string) string {
	switch answer {
	case "info", "stalling", "rude":
		return answer
	}
	return "refused"
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
		case len([]rune(h.text)) > 25:
			m.Answered = cut(oneLine(h.text), 2000)
			h.value = "answered"
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
				m := t.c.approach("merchant")
				m.Answer, m.Answered = "", ""
				t.unremind("later", 0)
				t.remind(Reminder{Kind: "merchant", Proceeding: m.Number, Due: t.morning(t.today().AddDays(7))})
				if m.State == "drafted" || m.State == "overdue" || m.State == "answered" || m.State == "refused" {
					m.move("send") // they have the floor again
				}
				t.first("later.set", "date", nearDate(t.today().AddDays(7), t.p.Language))
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

// theyWrote turns a forwarded message at rest into the merchant's answer, if
// the person says so.
func (t *turn) theyWrote(e *Exhibit) {
	t.theirWords(e)
	t.jump("answer.what")
}

// theirWords takes the words of an exhibit as the merchant's answer: the person
// answers for that, Telegram does not.
func (t *turn) theirWords(e *Exhibit) {
	e.Proofs = union(e.Proofs, []string{"chat"})
	if e.Text != "" {
		t.c.approach("merchant").Answered = cut(oneLine(t.merchantSays(e)), 2000)
	}
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
