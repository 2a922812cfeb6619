package flows

import (
	"strings"
	"unicode/utf8"

	"recourse/flows/dossier"
)

// The message to the merchant: its tone, the draft, how it was sent, and the
// day they are asked to answer by.
func letterSteps() []*step {
	return []*step{
		{
			name:  "letter.tone",
			exits: map[string]string{"chosen": "letter.ready", "own": "letter.own"},
			ask: func(t *turn) {
				t.question(t.w.spans("letter.tone.ask"), append(t.choices(1, "friendly", "firm", "final"), t.choices(1, "own")...)...)
			},
			hear: func(t *turn, h heard) string {
				switch h.value {
				case "friendly", "firm", "final":
					t.draft(h.value)
					return "chosen"
				case "own":
					return "own"
				}
				return t.unclear()
			},
		},
		{
			name:  "letter.ready",
			exits: map[string]string{"sent": "sent.how", "tone": "letter.tone", "change": "change.pick", "own": "letter.own", "written": "letter.lint", "leave": "waiting", "date": "answerby.ask"},
			ask: func(t *turn) {
				l := t.c.merchant().draft()
				if l == nil {
					l = t.draft(or(t.c.Tone, "firm"))
				}
				if !l.By.After(t.today()) {
					l.By = t.answerBy() // drafted a while ago
				}
				if l.Own == "" {
					l.Language = t.letterLanguage()
				}
				t.c.Thread.Resume = ""
				t.showLetter(l)
				other := "short"
				if l.Short {
					other = "long"
				}
				rows := t.choices(1, "sent")
				values := []string{other, "tone", "change", "own", "date", "text"}
				if strings.HasPrefix(l.Name, "reply_") { // it is for a chat window only
					values = values[1:]
				}
				rows = append(rows, t.choices(2, values...)...)
				rows = append(rows, t.choices(1, "leave")...)
				text := [][]Span{t.w.spans("letter.ready.ask"), t.w.spans("letter.ready.reveals")}
				if send := t.law().Letter.Send.In(t.p.Language); !l.Short && t.law().Letter.Usable() {
					text = append(text, plain(send))
				}
				t.question(paragraphs(text...), rows...)
			},
			hear: func(t *turn, h heard) string {
				l := t.c.merchant().draft()
				if l == nil {
					l = t.draft(or(t.c.Tone, "firm"))
				}
				switch h.value {
				case "sent", "tone", "own", "date":
					return h.value
				case "leave":
					t.remind(Reminder{Kind: "later", Due: t.morning(t.today().AddDays(3))})
					return "leave"
				case "change":
					t.c.Thread.Resume = "letter.ready"
					return "change"
				case "short", "long":
					l.Short = h.value == "short"
					t.again()
					return ""
				case "text":
					t.do(Say{
						Text:     t.w.spans("letter.text"),
						Document: &Document{Name: t.fileName("letter", ".txt"), Type: "text/plain; charset=utf-8", Data: []byte(t.write(l, l.Language) + "\n")},
					}) // the question above it still stands
					return ""
				}
				if len([]rune(h.text)) > 40 { // they wrote it themselves
					t.own(h.text)
					return "written"
				}
				return t.unclear()
			},
		},
		{
			name:  "letter.own",
			exits: map[string]string{"written": "letter.lint"},
			ask:   func(t *turn) { t.question(t.w.spans("letter.own.ask")) },
			hear: func(t *turn, h heard) string {
				if utf8.RuneCountInString(h.text) < 10 {
					return t.unclear()
				}
				t.own(h.text)
				return "written"
			},
			correct: func(t *turn, text string) bool {
				if t.c.merchant().draft() == nil {
					return false // it went out; what was sent is not changed
				}
				t.own(text)
				return true
			},
		},
		lintStep(),
		{
			name:  "answerby.ask",
			exits: map[string]string{"next": "letter.ready", "waiting": "waiting"},
			ask: func(t *turn) {
				if len(t.c.Thread.Dates) > 1 {
					var all []Button
					for _, d := range t.c.Thread.Dates {
						all = append(all, Button{Label: longDate(d, t.p.Language), Value: "day " + d.String()})
					}
					t.question(t.w.spans("date.which"), inRows(1, all)...)
					return
				}
				country := t.law()
				t.question(t.w.spans("answerby.ask.ask", "usual", t.w.span(country.Answer.Span), "why", country.Answer.Why.In(t.p.Language)),
					t.choices(2, "7 days", "14 days", "21 days", "30 days")...)
			},
			hear: func(t *turn, h heard) string {
				var d Date
				switch h.value {
				case "7 days":
					d = t.today().AddDays(7)
				case "14 days":
					d = t.today().AddDays(14)
				case "21 days":
					d = t.today().AddDays(21)
				case "30 days":
					d = t.today().AddDays(30)
				case "":
					if !t.takeAhead(&d, h.text) {
						if len(t.c.Thread.Dates) > 1 {
							t.again()
							return ""
						}
						return t.unclear()
					}
				default:
					t.pickDate(&d, h.value)
				}
				if !d.After(t.today()) {
					t.first("answerby.past")
					t.again()
					return ""
				}
				t.c.AnswerBy = d
				m := t.c.merchant()
				if l := m.draft(); l != nil {
					l.By = d
					return "next"
				}
				if m != nil && m.State == "sent" {
					m.AnswerBy = d
					t.remind(Reminder{Kind: "merchant", Proceeding: m.Number, Due: t.morning(d)})
					t.first("answerby.moved", "date", nearDate(d, t.p.Language))
				}
				return "waiting"
			},
		},
		{
			name:  "sent.how",
			exits: next("sent.proof"),
			ask:   func(t *turn) { t.question(t.w.spans("sent.how.ask"), t.choices(2, "chat", "email", "post", "form")...) },
			hear: func(t *turn, h heard) string {
				how := h.value
				if how == "" {
					how = sentHow(h.text)
				}
				if how == "" {
					return t.unclear()
				}
				if l := t.c.merchant().draft(); l != nil {
					l.How = how
				}
				t.went()
				return "next"
			},
		},
		{
			name:  "sent.proof",
			exits: next("answerby.confirm"),
			ask:   func(t *turn) { t.question(t.w.spans("sent.proof.ask"), t.choices(1, "later")...) },
			hear: func(t *turn, h heard) string {
				if h.value == "later" || t.g.content.Reader.Skip(h.text) {
					return "next"
				}
				return t.unclear()
			},
			file: func(t *turn, e *Exhibit) string {
				e.Proofs = []string{"sent_proof"}
				if sent := t.c.merchant(); len(sent.sent()) > 0 {
					sent.Letters[len(sent.sent())-1].Proof = e.Number
				}
				return "next"
			},
		},
		{
			name:  "answerby.confirm",
			exits: map[string]string{"good": "waiting", "change": "answerby.ask"},
			ask: func(t *turn) {
				m := t.c.merchant()
				country, why := t.law(), ""
				days := m.AnswerBy.Sub(t.today())
				if m.AnswerBy == later(t.today(), country.Answer.Span, country.Holidays) {
					why = country.Answer.Why.In(t.p.Language) // the reason of the usual time, not of another
				}
				t.question(t.w.spans("answerby.confirm.ask", "date", nearDate(m.AnswerBy, t.p.Language), "n", days, "why", why), t.choices(1, "good", "change", "calendar")...)
			},
			hear: func(t *turn, h heard) string {
				switch {
				case h.value == "good" || t.yes(h.text):
					return "good"
				case h.value == "change":
					return "change"
				case h.value == "calendar":
					t.calendar(t.c.merchant()) // the question above it still stands
					return ""
				}
				return t.unclear()
			},
		},
	}
}

func or(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// went starts the clock: the person says the message went out.
func (t *turn) went() {
	m := t.c.merchant()
	l := m.draft()
	if l == nil {
		return // said twice
	}
	l.Text = t.write(l, l.Language)
	l.Sent = t.in.At
	if !l.By.After(t.today()) {
		l.By = t.answerBy()
	}
	m.AnswerBy, m.Answer, m.Answered = l.By, "", ""
	m.move("send")
	t.unremind("later", 0)
	t.note("sent", "letter", l.Name, "how", l.How, "by", l.By.String())
	if l.Name == "accept" { // what is asked next is whether it came
		t.remind(Reminder{Kind: "money", Due: t.morning(l.By)})
		return
	}
	t.remind(Reminder{Kind: "merchant", Proceeding: m.Number, Due: t.morning(l.By)})
}

// draft begins a letter to the merchant, or turns the one at hand to a tone.
func (t *turn) draft(tone string) *Letter {
	m := t.c.approach("merchant")
	if tone == "friendly" || tone == "firm" || tone == "final" {
		t.c.Tone = tone
	}
	l := m.draft()
	if l == nil {
		m.Letters = append(m.Letters, Letter{Drafted: t.in.At})
		l = &m.Letters[len(m.Letters)-1]
		l.By = t.answerBy()
	}
	if strings.HasPrefix(l.Name, "reply_") {
		l.Short = false // a reply was at hand, and it is for a chat window only
	}
	l.Name, l.Own, l.Language = tone, "", t.letterLanguage()
	t.note("drafted", "letter", tone)
	return l
}

// own takes the person's own wording.
func (t *turn) own(text string) {
	l := t.c.merchant().draft()
	if l == nil {
		l = t.draft(or(t.c.Tone, "firm"))
	}
	l.Own = cut(strings.TrimSpace(text), 8000)
}

// sentHow understands in words how something was sent.
func sentHow(text string) string {
	text = fold(text)
	for _, x := range []struct {
		how   string
		words []string
	}{
		{"chat", []string{"chat", "message", "whatsapp", "wechat", "聊天", "微信", "旺旺", "客服", "私信"}},
		{"email", []string{"mail", "邮件", "邮箱"}},
		{"post", []string{"post", "letter", "fax", "ems", "挂号", "快递", "信件", "寄"}},
		{"form", []string{"form", "website", "表单", "网站", "网页"}},
	} {
		for _, w := range x.words {
			if strings.Contains(text, w) {
				return x.how
			}
		}
	}
	return ""
}

// takeAhead reads a date that lies ahead.
func (t *turn) takeAhead(to *Date, text string) bool {
	x := t.readingContext()
	x.After = t.today()
	dates := t.g.content.Reader.Dates(text, x)
	if len(dates) == 1 {
		*to = dates[0]
		return true
	}
	if len(dates) > 1 {
		t.c.Thread.Dates = dates
	}
	return false
}

// calendar sends a calendar file with the answer-by day. Its title is neutral:
// it shows on a lock screen.
func (t *turn) calendar(p *Proceeding) {
	if p == nil || p.AnswerBy.IsZero() {
		t.tell("calendar.none")
		return
	}
	t.do(Say{
		Text: t.w.spans("calendar.here"),
		Document: &Document{
			Name: t.fileName("date", ".ics"), Type: "text/calendar; charset=utf-8",
			Data: dossier.Calendar(t.calendarEntry(p)),
		},
	})
}

func (t *turn) calendarEntry(p *Proceeding) dossier.Entry {
	return dossier.Entry{
		ID: dossier.EntryID(t.p.ID, t.c.Number, p.Number), Day: p.AnswerBy, Title: t.w.text("calendar.title"),
		Text: t.w.text("calendar.text", "title", t.title(t.c)), Made: t.in.At,
	}
}
