package flows

import (
	"slices"
	"strings"

	"recourse/flows/content"
	"recourse/flows/reading"
)

// What the merchant answered: their words are read, the move is named calmly
// with the words that made it look so, and what usually follows is offered. The
// person can say that something else was meant.
func answerSteps() []*step {
	return []*step{
		{
			name: "answer.what",
			exits: map[string]string{
				"paid": "money.asked", "offer": "offer.words", "refused": "answer.words", "info": "answer.words", "stalling": "answer.words",
				"rude": "answer.words", "read": "answer.read",
			},
			ask: func(t *turn) {
				t.question(t.w.spans("answer.what.ask"), t.choices(2, "paid", "offer", "refused", "info", "stalling", "rude")...)
			},
			hear: func(t *turn, h heard) string {
				switch h.value {
				case "paid", "offer", "refused", "info", "stalling", "rude":
					t.answered(h.value)
					return h.value
				}
				if len([]rune(h.text)) > 5 { // their words, pasted
					t.pasted(Said{Message: h.message, Text: h.text, Sent: t.in.At})
					return ""
				}
				return t.unclear()
			},
			file: func(t *turn, e *Exhibit) string { return t.readExhibit(e, "read") },
		},
		{
			name: "answer.words",
			exits: map[string]string{
				"refused": "refused.next", "info": "info.next", "stalling": "stalling.next", "rude": "rude.next", "read": "answer.read",
			},
			ask: func(t *turn) { t.question(t.w.spans("answer.words.ask"), t.choices(1, "skip")...) },
			hear: func(t *turn, h heard) string {
				if h.value == "skip" || t.g.content.Reader.Skip(h.text) {
					return kindOf(t.c.approach("merchant").Answer)
				}
				t.readAs(h.text, 0)
				return "read"
			},
			file: func(t *turn, e *Exhibit) string {
				e.Proofs = union(e.Proofs, []string{"chat"})
				if t.says(e) == "" {
					return kindOf(t.c.approach("merchant").Answer)
				}
				t.readAs(t.says(e), e.Number)
				return "read"
			},
		},
		{
			name: "answer.read",
			exits: map[string]string{
				"reply": "letter.ready", "firm": "letter.ready", "final": "letter.ready", "ladder": "ladder.pick", "wait": "waiting", "noted": "waiting",
				"close": "end.ask", "weigh": "offer.weigh", "money": "money.asked", "wrong": "answer.correct",
			},
			ask: func(t *turn) {
				r := t.c.merchant().Read
				t.question(t.readText(r), t.choices(1, t.ways(r)...)...)
			},
			hear: func(t *turn, h heard) string {
				m := t.c.merchant()
				if !slices.Contains(t.ways(m.Read), h.value) {
					return t.unclear()
				}
				switch h.value {
				case "reply":
					l := t.draft(roads[m.Read.as()].reply)
					l.Short = true
				case "firm", "final":
					t.draft(h.value)
				case "wait":
					t.floor()
				}
				return h.value
			},
			file: func(t *turn, e *Exhibit) string { return t.readExhibit(e, "") },
		},
		{
			name:  "answer.correct",
			exits: next("answer.read"),
			ask: func(t *turn) {
				var all []Button
				for _, label := range labels {
					all = append(all, Button{Label: t.w.text("answer.label." + label), Value: label})
				}
				t.question(t.w.spans("answer.correct.ask"), inRows(2, all)...)
			},
			hear: func(t *turn, h heard) string {
				m := t.c.merchant()
				if !slices.Contains(labels, h.value) || m == nil || m.Read == nil {
					return t.unclear()
				}
				r := m.Read
				t.note("answer corrected", "from", r.as(), "to", h.value)
				r.Meant = h.value
				t.act(r)
				return "next"
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
	}
}

// labels are what the merchant's message may be corrected to, the most telling
// first: of several the first one leads. Threats have screens of their own.
var labels = []string{
	"phishing", "insult", "discrimination", "review_pressure", "off_platform", "offer", "full_refund", "closed", "refusal",
	"blame_shift", "auto_reply", "stalling", "request_info", "apology", reading.Neutral,
}

// road is what usually follows a kind of message.
type road struct {
	answer string   // of the proceeding; "" = nothing has changed: no answer yet
	reply  string   // the letter that is ready
	ways   []string // next steps, at most three besides the correction
}

// roads by label.
var roads = map[string]road{
	"phishing":        {"other", "reply_here", []string{"reply", "ladder", "wait"}},
	"discrimination":  {"rude", "reply_facts", []string{"reply", "ladder", "wait"}},
	"insult":          {"rude", "reply_facts", []string{"reply", "ladder", "close"}},
	"review_pressure": {"other", "reply_review", []string{"reply", "ladder", "wait"}},
	"off_platform":    {"other", "reply_here", []string{"reply", "ladder", "wait"}},
	"offer":           {"offer", "", []string{"weigh", "wait"}},
	"full_refund":     {"paid", "reply_thanks", []string{"reply", "money", "noted"}},
	"closed":          {"refused", "reply_rule", []string{"reply", "final", "ladder"}},
	"refusal":         {"refused", "reply_rule", []string{"reply", "firm", "ladder"}},
	"blame_shift":     {"refused", "reply_rule", []string{"reply", "firm", "ladder"}},
	"auto_reply":      {"", "", []string{"noted"}},
	"stalling":        {"stalling", "reply_date", []string{"reply", "ladder", "wait"}},
	"request_info":    {"info", "reply_info", []string{"reply", "ladder", "wait"}},
	"apology":         {"other", "reply_thanks", []string{"reply", "wait"}},
	reading.Neutral:   {"", "reply_ask", []string{"reply", "noted"}},
}

// ways are the next steps offered after a message.
func (t *turn) ways(r *Read) []string {
	var all []string
	if r.as() != "offer" && slices.Contains(r.Labels, "offer") {
		all = append(all, "weigh")
	}
	for _, v := range roads[r.as()].ways {
		if (v == "firm" || v == "final") && t.c.wrote(v) { // each once
			continue
		}
		all = append(all, v)
	}
	return append(all, "wrong")
}

// readExhibit reads the words of an exhibit as the merchant's answer; where it
// has none the step stays.
func (t *turn) readExhibit(e *Exhibit, exit string) string {
	e.Proofs = union(e.Proofs, []string{"chat"})
	if t.says(e) == "" {
		return ""
	}
	t.hears(t.says(e), e.Number)
	if exit == "" {
		t.again()
	}
	return exit
}

// says are the merchant's words of an exhibit, on one line: of the message, or
// what a machine read off the picture.
func (t *turn) says(e *Exhibit) string {
	if e.Form == "text_only" || e.Words == "" {
		return oneLine(t.merchantSays(e))
	}
	return oneLine(e.Words)
}

// theyWrote takes what came at rest for the merchant's answer: the person
// answers for that, Telegram does not.
func (t *turn) theyWrote(e *Exhibit) {
	t.readExhibit(e, "read")
	t.jump("answer.read")
}

// hears reads a message of the merchant and does what follows from it without
// asking.
func (t *turn) hears(words string, exhibit int) *Read {
	m := t.c.approach("merchant")
	x := t.g.content.Messages.Read(t.letterLanguage(), words, t.today())
	r := &Read{Exhibit: exhibit, Day: t.today(), Words: cut(oneLine(words), 2000), Labels: x.Labels}
	place := func(label string) int { // what frightens has a screen of its own and leads no road
		if i := slices.Index(labels, label); i >= 0 {
			return i
		}
		return len(labels)
	}
	slices.SortStableFunc(r.Labels, func(a, b string) int { return place(a) - place(b) })
	if place(r.Labels[0]) == len(labels) {
		r.Labels = append([]string{"insult"}, r.Labels...)
	}
	for _, b := range x.Because {
		r.Because = append(r.Because, Hint{b.Label, cut(oneLine(b.Words), 120)})
	}
	if n := len(x.Dates); n > 0 && x.Dates[n-1].After(t.today()) {
		r.By = x.Dates[n-1]
	}
	t.weigh(r, x.Offers)
	if e := t.c.exhibit(exhibit); e != nil {
		e.Read = r.Labels
	}
	m.Read = r
	t.note("answer read", "labels", strings.Join(r.Labels, " "))
	t.act(r)
	return r
}

// readAs reads words of which the person said already what they come down to:
// that leads, where the reading sees something else.
func (t *turn) readAs(words string, exhibit int) {
	said := map[string]string{"refused": "refusal", "info": "request_info", "stalling": "stalling", "rude": "insult", "offer": "offer"}[t.c.approach("merchant").Answer]
	r := t.hears(words, exhibit)
	if said != "" && !slices.Contains(r.Labels, said) {
		if all := t.g.content.Reader.Amounts(words, t.readingContext()); said == "offer" && len(all) == 1 {
			r.Offer = MoneyOf(all[0])
		}
		r.Meant = said
		t.act(r)
	}
}

// act lets a reading count: the state of the proceeding, the reminders, what
// was promised. An automatic reply changes nothing: the clock goes on.
func (t *turn) act(r *Read) {
	m := t.c.approach("merchant")
	if e := t.c.exhibit(r.Exhibit); e != nil && r.Meant != "" {
		e.Read = union([]string{r.Meant}, slices.DeleteFunc(slices.Clone(e.Read), func(l string) bool { return l == r.Meant || l == reading.Neutral }))
	}
	t.c.Promises = slices.DeleteFunc(t.c.Promises, func(p Promise) bool { return p.Made == r.Day && p.Words == r.Words && !p.Broken })
	answer := roads[r.as()].answer
	if answer == "" {
		if m.Read == r && m.Answered == r.Words { // it was taken for an answer first
			m.Answer, m.Answered = "", ""
			if m.move("send"); m.State == "sent" && m.AnswerBy.After(t.today()) {
				t.remind(Reminder{Kind: "merchant", Proceeding: m.Number, Due: t.morning(m.AnswerBy)})
			}
		}
	} else {
		m.Answered = r.Words
		t.answered(answer)
	}
	promised := r.as() == "full_refund" || !r.By.IsZero() && slices.Contains([]string{"stalling", "apology", reading.Neutral}, r.as())
	if promised {
		t.promised(Promise{Made: r.Day, By: r.By, Sum: t.asked(), Words: r.Words})
	}
}

// answered notes what their answer comes down to.
func (t *turn) answered(answer string) {
	m := t.c.approach("merchant")
	m.Answer = answer
	if answer == "refused" {
		m.move("refuse")
	} else {
		m.move("answer")
	}
	t.unremind("merchant", m.Number)
	t.remind(Reminder{Kind: "later", Due: t.morning(t.today().AddDays(3))}) // should the next question stay open
	t.note("answered", "answer", answer)
}

// floor gives the merchant a week: they are asked about again then.
func (t *turn) floor() {
	m := t.c.approach("merchant")
	m.Answer, m.Answered = "", ""
	t.unremind("later", 0)
	t.remind(Reminder{Kind: "merchant", Proceeding: m.Number, Due: t.morning(t.today().AddDays(7))})
	if m.State == "drafted" || m.State == "overdue" || m.State == "answered" || m.State == "refused" {
		m.move("send") // they have the floor again
	}
	t.first("later.set", "date", nearDate(t.today().AddDays(7), t.p.Language))
}

// readText is the answer screen: what it looks like, the words behind it, what
// the law says to it, the day it names.
func (t *turn) readText(r *Read) []Span {
	in := t.p.Language
	text := [][]Span{t.w.spans("answer.is." + r.as())}
	if quotes := r.quotes(); len(quotes) > 0 {
		text = append(text, t.w.spans("answer.because", "words", strings.Join(quotes, t.w.text("answer.quote.next"))))
	}
	for _, l := range r.Labels {
		if l == "threat" || l == "blackmail" || l == "doxxing" {
			text = append([][]Span{t.w.spans("answer.frightens")}, text...)
			break
		}
	}
	var also []string
	for _, l := range r.Labels {
		if l != r.as() && l != reading.Neutral && slices.Contains(labels, l) {
			also = append(also, t.w.text("answer.label."+l))
		}
	}
	if len(also) > 0 {
		text = append(text, t.w.spans("answer.also", "labels", strings.Join(also, t.w.text("list.comma"))))
	}
	if rule := t.answerRule(r); rule != nil {
		text = append(text, rule)
	}
	if !r.By.IsZero() && len(t.c.Promises) > 0 && t.c.Promises[len(t.c.Promises)-1].By == r.By {
		text = append(text, t.w.spans("answer.day", "date", nearDate(r.By, in)))
	}
	if r.as() == "auto_reply" {
		if m := t.c.merchant(); m.State == "sent" && !m.AnswerBy.IsZero() {
			text = append(text, t.w.spans("answer.clock", "date", nearDate(m.AnswerBy, in)))
		}
	}
	if len(roads[r.as()].ways) > 1 {
		text = append(text, t.w.spans("usual_next"))
	}
	return paragraphs(text...)
}

// quotes are the words that led to the label that counts, at most three places.
func (r *Read) quotes() (all []string) {
	for _, h := range r.Because {
		if h.Label == r.as() && len(all) < 3 && !slices.Contains(all, h.Words) {
			all = append(all, h.Words)
		}
	}
	return all
}

// answerRule is the country's rule for what they said, else the strongest right
// where they say no; nil where there is none.
func (t *turn) answerRule(r *Read) []Span {
	switch r.as() {
	case "refusal", "closed", "blame_shift", "review_pressure", "stalling":
	default:
		return nil
	}
	for _, id := range []string{"opened", "return_first", "courier", "platform_job", "final_sale", "review"} {
		if t.g.content.Says(id, r.Words) == "" {
			continue
		}
		if rule := t.ruleFor(id); rule != nil {
			return rule
		}
	}
	if all := t.rights(); len(all) > 0 && r.as() != "stalling" && r.as() != "review_pressure" {
		return t.w.spans("rule.line", "rule", all[0].Rule.In(t.p.Language), "source", t.source(all[0].Origin))
	}
	return nil
}

// ruleFor is what the country's law says to a phrase; nil where nothing is sure.
func (t *turn) ruleFor(phrase string) []Span {
	for _, a := range t.law().Answers {
		if a.To == phrase && a.Usable() && content.Fits(a.Incidents, t.c.Kinds) {
			in := t.p.Language
			return t.w.spans("answer.rule", "law", a.Law.In(in)+section(in, a.Section), "rule", a.Rule.In(in), "source", t.source(a.Origin))
		}
	}
	return nil
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

// another is the open case whose shop or order a message names while it does
// not name the present one's; nil when there is none.
func (t *turn) another(text string) *Case {
	text = fold(text)
	names := func(c *Case) bool {
		for _, s := range []string{c.Merchant.Name, c.Merchant.Legal, c.Order} {
			if s = fold(s); len([]rune(s)) >= 3 && strings.Contains(text, s) {
				return true
			}
		}
		return false
	}
	if t.c == nil || names(t.c) {
		return nil
	}
	for _, c := range t.p.openCases() {
		if c != t.c && names(c) {
			return c
		}
	}
	return nil
}
