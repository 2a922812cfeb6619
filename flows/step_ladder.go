package flows

import (
	"strconv"
	"strings"

	"recourse/flows/content"
)

// The ladder: whom to turn to, what each can do, what closes what, the text,
// and what came of it.
func ladderSteps() []*step {
	return []*step{
		{
			name:  "ladder.pick",
			exits: map[string]string{"look": "ladder.card", "later": "waiting", "close": "end.ask"},
			ask: func(t *turn) {
				rungs := t.rungs()
				page := t.c.Thread.Page
				const size = 6
				if page*size >= len(rungs) {
					page, t.c.Thread.Page = 0, 0
				}
				var all []Button
				for _, r := range rungs[min(page*size, len(rungs)):min(page*size+size, len(rungs))] {
					label := r.Name.In(t.p.Language)
					if t.c.filed(r.ID) {
						label = "✓ " + label
					}
					all = append(all, Button{Label: cut(label, 60), Value: r.ID})
				}
				rows := inRows(1, all)
				if len(rungs) > size {
					rows = append(rows, t.choices(1, "more")...)
				}
				text := [][]Span{t.w.spans("ladder.pick.ask")}
				if len(t.c.merchant().sent()) == 0 {
					text = append(text, t.w.spans("ladder.pick.first"))
				}
				if d := t.soonest(); d != nil {
					text = append(text, t.deadlineLine(*d))
				}
				t.question(paragraphs(text...), append(rows, t.choices(2, "later", "close")...)...)
			},
			hear: func(t *turn, h heard) string {
				switch {
				case h.value == "later" || h.value == "close":
					return h.value
				case h.value == "more":
					t.c.Thread.Page++
					t.again()
					return ""
				case t.rung(h.value) != nil:
					t.c.Thread.Rung = h.value
					return "look"
				}
				for _, r := range t.rungs() {
					if len([]rune(fold(h.text))) > 1 && strings.Contains(fold(r.Name.In(t.p.Language)), fold(h.text)) {
						t.c.Thread.Rung = r.ID
						return "look"
					}
				}
				return t.unclear()
			},
		},
		{
			name:  "ladder.card",
			exits: map[string]string{"prepare": "ladder.guard", "filed": "filed.number", "others": "ladder.pick"},
			ask: func(t *turn) {
				r := t.lookedAt()
				if r == nil {
					t.question(t.w.spans("ladder.pick.ask"), t.choices(1, "others")...)
					return
				}
				values := []string{"filed", "others"}
				if r.Complaint != "" {
					values = []string{"prepare", "others"}
				}
				t.question(t.rungCard(r), t.choices(1, values...)...)
			},
			hear: func(t *turn, h heard) string {
				switch h.value {
				case "prepare", "filed", "others":
					return h.value
				}
				return t.unclear()
			},
		},
		{
			name:  "ladder.guard",
			exits: map[string]string{"free": "ladder.check", "go_on": "ladder.check", "others": "ladder.pick"},
			pass: func(t *turn) string {
				if r := t.lookedAt(); r == nil || (len(t.closes(r)) == 0 && t.closedBy(r) == nil) {
					return "free"
				}
				return ""
			},
			ask: func(t *turn) {
				r := t.lookedAt()
				var text []Span
				if by := t.closedBy(r); by != nil {
					text = t.w.spans("ladder.guard.closed", "name", r.Name.In(t.p.Language), "by", by.Name.In(t.p.Language), "why", by.ClosesWhy.In(t.p.Language))
				} else {
					var names []string
					for _, x := range t.closes(r) {
						names = append(names, x.Name.In(t.p.Language))
					}
					text = t.w.spans("ladder.guard.ask", "name", r.Name.In(t.p.Language), "closes", t.w.list(names), "why", r.ClosesWhy.In(t.p.Language))
				}
				t.question(text, t.choices(1, "others", "go_on")...)
			},
			hear: func(t *turn, h heard) string {
				if h.value == "go_on" || h.value == "others" {
					return h.value
				}
				return t.unclear()
			},
		},
		{
			name:  "ladder.check",
			exits: map[string]string{"ready": "complaint.ready", "later": "waiting", "change": "change.pick"},
			pass: func(t *turn) string {
				if r := t.lookedAt(); r == nil || len(r.Needs)+len(r.Refuses) == 0 {
					return "ready"
				}
				return ""
			},
			ask: func(t *turn) {
				r := t.lookedAt()
				var needs, refuses [][]Span
				for _, n := range r.Needs {
					needs = append(needs, plain("☐ "+n.In(t.p.Language)))
				}
				for _, n := range r.Refuses {
					refuses = append(refuses, plain("· "+n.In(t.p.Language)))
				}
				text := [][]Span{t.w.spans("ladder.check.ask"), lines(needs...)}
				if len(refuses) > 0 {
					text = append(text, t.w.spans("ladder.check.refuses"), lines(refuses...))
				}
				t.question(paragraphs(text...), t.choices(1, "ready", "change", "later")...)
			},
			hear: func(t *turn, h heard) string {
				switch {
				case h.value == "ready" || t.yes(h.text):
					return "ready"
				case h.value == "change":
					t.c.Thread.Resume = "waiting"
					return "change"
				case h.value == "later":
					t.remind(Reminder{Kind: "later", Due: t.morning(t.today().AddDays(3))})
					return "later"
				}
				return t.unclear()
			},
		},
		{
			name:  "complaint.ready",
			exits: map[string]string{"filed": "filed.number", "others": "ladder.pick", "later": "waiting"},
			ask: func(t *turn) {
				if r := t.lookedAt(); r != nil && r.Complaint != "" {
					t.showComplaint(r)
				}
				t.question(t.w.spans("complaint.ready.ask"), append(t.choices(1, "filed"), t.choices(2, "text", "others", "later")...)...)
			},
			hear: func(t *turn, h heard) string {
				r := t.lookedAt()
				switch h.value {
				case "filed", "others":
					return h.value
				case "later":
					t.remind(Reminder{Kind: "later", Due: t.morning(t.today().AddDays(3))})
					return "later"
				case "text":
					if r != nil && r.Complaint != "" {
						t.do(Say{
							Text:     t.w.spans("letter.text"),
							Document: &Document{Name: t.fileName("complaint", ".txt"), Type: "text/plain; charset=utf-8", Data: []byte(t.complaint(r, r.Language) + "\n")},
						})
					}
					t.again()
					return ""
				}
				return t.unclear()
			},
		},
		{
			name:  "filed.number",
			exits: next("waiting"),
			ask:   func(t *turn) { t.question(t.w.spans("filed.number.ask"), t.choices(1, "skip")...) },
			hear: func(t *turn, h heard) string {
				r := t.lookedAt()
				if r == nil {
					return "next"
				}
				p := t.c.approach(r.ID)
				if h.value != "skip" && !t.g.content.Reader.Skip(h.text) {
					p.Reference = cut(oneLine(h.text), 80)
				}
				t.lodge(r, p)
				return "next"
			},
		},
		{
			name:  "body.asked",
			exits: map[string]string{"helped": "money.asked", "refused": "ladder.pick", "silent": "ladder.pick", "later": "waiting"},
			ask: func(t *turn) {
				name := ""
				if r := t.rungOf(t.c.Proceeding(t.c.Thread.About)); r != nil {
					name = r.Name.In(t.p.Language)
				}
				t.question(t.w.spans("body.asked.ask", "name", name), t.choices(2, "helped", "refused", "silent", "later")...)
			},
			hear: func(t *turn, h heard) string {
				p := t.c.Proceeding(t.c.Thread.About)
				if p == nil {
					return "later"
				}
				switch h.value {
				case "helped":
					p.move("answer")
				case "refused":
					p.move("refuse")
					t.first("body.asked.refused.said")
				case "silent":
					p.move("silent")
					t.first("body.asked.silent.said")
				case "later":
					t.remind(Reminder{Kind: "body", Proceeding: p.Number, Due: t.morning(t.today().AddDays(7))})
					t.first("later.set", "date", nearDate(t.today().AddDays(7), t.p.Language))
					return "later"
				default:
					return t.unclear()
				}
				t.unremind("body", p.Number)
				t.note("body answered", "body", p.Body, "answer", h.value)
				return h.value
			},
		},
	}
}

// lodge notes that a complaint went out and sets the day it is asked about.
func (t *turn) lodge(r *content.Rung, p *Proceeding) {
	country := t.law()
	p.Filed = t.in.At
	p.move("send")
	if p.State == "drafted" {
		p.State = "sent"
	}
	l := Letter{Name: r.Complaint, Language: r.Language, Drafted: t.in.At, Sent: t.in.At, How: "form"}
	if r.Complaint != "" { // some bodies are only rung up
		l.Text = t.complaint(r, r.Language)
	}
	p.Letters = append(p.Letters, l)
	span := r.Answer
	if span.Zero() {
		span = content.Span{Days: 14}
	}
	p.AnswerBy = later(t.today(), span, country.Holidays)
	t.remind(Reminder{Kind: "body", Proceeding: p.Number, Due: t.morning(p.AnswerBy)})
	t.unremind("later", 0)
	t.note("filed", "body", r.ID)
	if r.Answer.Zero() {
		t.first("filed.done.asking", "name", r.Name.In(t.p.Language), "date", nearDate(p.AnswerBy, t.p.Language))
	} else {
		t.first("filed.done.time", "name", r.Name.In(t.p.Language), "time", r.Time.In(t.p.Language), "date", nearDate(p.AnswerBy, t.p.Language))
	}
}

// rung gives a rung that fits the present case by its id.
func (t *turn) rung(id string) *content.Rung {
	for _, r := range t.rungs() {
		if r.ID == id {
			return r
		}
	}
	return nil
}

// lookedAt is the rung whose card is open.
func (t *turn) lookedAt() *content.Rung {
	return t.law().Rung(t.c.Thread.Rung)
}

// rungOf gives the body of a proceeding, nil for the merchant.
func (t *turn) rungOf(p *Proceeding) *content.Rung {
	if p == nil {
		return nil
	}
	return t.law().Rung(p.Body)
}

// rungCard says what a body can and can't do, what it costs, what it takes, and
// how fresh that knowledge is.
func (t *turn) rungCard(r *content.Rung) []Span {
	in := t.p.Language
	line := func(key string, value string) []Span {
		if value == "" {
			return nil
		}
		return t.w.spans("card.line", "name", t.w.text("card."+key), "value", value)
	}
	answers := func(v string) string { return t.w.text("card.is." + v) }
	var langs []string
	for _, l := range t.g.content.Languages {
		if l.Tag == r.Language {
			langs = append(langs, l.Name)
		}
	}
	var contact [][]Span
	if r.Phone != "" {
		contact = append(contact, t.w.spans("card.phone", "phone", r.Phone, "hours", r.Hours.In(in)))
	}
	if r.URL != "" {
		contact = append(contact, line("url", r.URL))
	}
	if r.Phone == "" && r.URL == "" && r.Kind != "platform" {
		contact = append(contact, t.w.spans("card.no_contact"))
	}
	parts := [][]Span{
		bold(r.Name.In(in)),
		lines(plain(r.Does.In(in)), line("cannot", r.Cannot.In(in))),
		lines(
			line("refund", answers(r.Can.OrderRefund)), line("public", answers(r.Can.Public)),
			line("withdraw", answers(r.Can.Withdraw)), line("real_name", answers(r.Can.RealName)),
			line("cost", r.Cost.In(in)), line("time", r.Time.In(in)), line("language", strings.Join(langs, t.w.text("list.comma"))), line("when", r.When.In(in))),
		line("reveals", r.Reveals.In(in)),
		lines(contact...),
	}
	if r.Kind == "platform" {
		if p := t.g.content.Platform(t.c.Merchant.Platform); p != nil && p.Usable() {
			parts = append(parts, lines(bold(p.Name.In(in)), plain(p.How.In(in)), plain(p.Report.In(in)), plain(p.Trap.In(in))))
		}
	}
	if r.Kind == "payment" {
		if p := t.g.content.Payment(t.c.Payment); p != nil && p.Usable() {
			parts = append(parts, lines(plain(p.How.In(in)), plain(p.Trap.In(in))))
		}
	}
	for _, w := range r.Windows {
		if w.From == "unknown" {
			parts = append(parts, plain(w.Note.In(in)))
		}
	}
	parts = append(parts, t.checked(r.Origin))
	return paragraphs(parts...)
}

// checked says where a fact stands and how old it is.
func (t *turn) checked(o content.Origin) []Span {
	key := "card.checked"
	if o.Confidence == content.Known {
		key = "card.known"
	}
	if t.today().Sub(o.Read) > 365 {
		key = "card.old"
	}
	return t.w.spans(key, "source", o.Source, "date", longDate(o.Read, t.p.Language))
}

// showComplaint sends the text for a body, a message a field of its form, with
// a translation to read where it is not the person's language.
func (t *turn) showComplaint(r *content.Rung) {
	if r.Language != t.p.Language {
		t.say(paragraphs(t.w.spans("letter.to_read"), foreign(t.complaint(r, t.p.Language))))
		t.say(t.w.spans("letter.to_send", "language", t.g.words(r.Language).locale.Name))
	}
	for _, f := range content.Fields(t.complaint(r, r.Language)) {
		for i, text := range fit(f.Text, r.Limit) {
			name := f.Name
			if i > 0 {
				name = strings.TrimSpace(name + " " + strconv.Itoa(i+1))
			}
			if name == "" {
				t.say(foreign(text))
			} else {
				t.say(paragraphs(bold(name), foreign(text)))
			}
		}
	}
	var attach [][]Span
	for _, x := range t.c.papers() {
		attach = append(attach, t.w.spans("exhibit.attach", "number", x.Number, "what", t.whatIs(t.c, x, t.p.Language)))
	}
	if len(attach) > 0 {
		t.say(paragraphs(t.w.spans("complaint.attach"), lines(attach...)))
	}
}

// fit cuts a text to the length a form takes, at a paragraph or a sentence; the
// rest follows as a text of its own to be added by other means. No limit: one piece.
func fit(text string, limit int) []string {
	var pieces []string
	for limit > 0 && len([]rune(text)) > limit {
		r := []rune(text)
		head := string(r[:limit])
		at := strings.LastIndex(head, "\n")
		if at < len(head)/2 {
			if i := strings.LastIndexAny(head, ".。;；"); i > at {
				at = i + len(string([]rune(head[i:])[0]))
			}
		}
		if at <= 0 {
			at = len(head)
		}
		pieces = append(pieces, strings.TrimSpace(text[:at]))
		text = strings.TrimSpace(text[at:])
	}
	return append(pieces, text)
}

// deadlineLine is the soonest window, told with its day and what it is about.
func (t *turn) deadlineLine(d deadline) []Span {
	days := d.end.Sub(t.today())
	key := "deadline." + d.kind
	date := nearDate(d.end, t.p.Language)
	if days > 90 {
		date = longDate(d.end, t.p.Language)
	}
	text := t.w.spans(key, "what", d.what, "date", date, "n", days)
	if d.note != "" {
		text = append(text, t.w.spans("deadline.note", "note", d.note)...)
	}
	return text
}
