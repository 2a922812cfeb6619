package flows

import (
	"strconv"
	"strings"
	"unicode"
)

// commands is what is understood at every step. Those with menu stand in
// Telegram's command menu.
var commands = []struct {
	name string
	menu bool
	do   func(t *turn, rest string)
}{
	{"start", true, func(t *turn, _ string) {
		if t.thread() == nil || t.present().personal {
			t.p.Thread = Thread{}
			t.c = t.p.Case(t.p.Focus)
		}
		t.again()
	}},
	{"new", true, func(t *turn, _ string) { t.open() }},
	{"cases", true, (*turn).list},
	{"case", true, func(t *turn, _ string) { t.show() }},
	{"evidence", true, func(t *turn, _ string) { t.exhibits() }},
	{"letter", true, func(t *turn, _ string) {
		if t.ready() {
			if t.c.merchant().draft() != nil {
				t.jump("letter.ready")
			} else {
				t.jump("letter.tone")
			}
		}
	}},
	{"answer", true, func(t *turn, rest string) {
		if t.ready() {
			if n, err := strconv.Atoi(rest); err == nil {
				if x := t.c.exhibit(n); x != nil && t.says(x) != "" {
					t.theyWrote(x)
					return
				}
			}
			t.jump("answer.what")
		}
	}},
	{"ladder", true, func(t *turn, _ string) {
		if t.ready() {
			t.jump("ladder.pick")
		}
	}},
	{"law", true, func(t *turn, _ string) { t.rules() }},
	{"remind", true, func(t *turn, _ string) { t.reminders() }},
	{"export", true, (*turn).export},
	{"settings", true, func(t *turn, _ string) {
		t.p.Thread = Thread{}
		t.enter("settings")
	}},
	{"tips", true, func(t *turn, _ string) {
		t.say(paragraphs(t.w.spans("tips.head"), t.tips(), t.w.spans("end.recovery")))
	}},
	{"danger", true, func(t *turn, _ string) { t.tapsDanger() }},
	{"help", true, func(t *turn, _ string) { t.tell("help") }},
	{"privacy", true, func(t *turn, _ string) { t.tell("privacy") }},
	{"hide", true, func(t *turn, _ string) {
		t.do(Hide{})
		t.tell("hide.done")
	}},
	{"erase", true, func(t *turn, _ string) {
		t.p.Thread = Thread{}
		t.enter("erase.ask")
	}},
	{"cancel", true, func(t *turn, _ string) {
		switch {
		case t.p.Thread.Step != "" && t.p.Thread.Step != "home":
			t.p.Thread = Thread{}
			t.again()
		case t.c != nil && t.c.Danger.Step != "":
			t.again() // the way out of danger is on its screens
		case t.c != nil && t.c.open() && len(t.c.Proceedings) > 0:
			t.jump("waiting")
		case t.c != nil && t.c.open():
			t.pause()
		default:
			t.home()
		}
	}},
	// Buttons speak these; nobody has to type them.
	{"shows", false, (*turn).shows},
	{"use", false, (*turn).use},
	{"out", false, (*turn).leaveOut},
	{"tomorrow", false, func(t *turn, _ string) {
		if t.c == nil || !t.c.open() {
			t.first("command.no_case")
			t.again()
		} else {
			t.remind(Reminder{Kind: "later", Due: t.morning(t.today().AddDays(1))})
			t.tell("remind.moved", "date", nearDate(t.today().AddDays(1), t.p.Language))
		}
	}},
	{"snooze", false, func(t *turn, rest string) { t.changeReminder(rest, false) }},
	{"stop", false, func(t *turn, rest string) { t.changeReminder(rest, true) }},
}

// commandOf reads "/case 2" as "case", "2"; name is empty when it is no command.
func commandOf(text string) (name, rest string) {
	text = strings.TrimSpace(text)
	if !strings.HasPrefix(text, "/") {
		return "", ""
	}
	name, rest, _ = strings.Cut(text[1:], " ")
	name, _, _ = strings.Cut(name, "@")
	name = strings.ToLower(name)
	if name == "" || strings.IndexFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && r != '_' }) >= 0 {
		return "", ""
	}
	return name, strings.TrimSpace(rest)
}

// command carries out a command.
func (t *turn) command(name, rest string) {
	for _, c := range commands {
		if c.name == name {
			c.do(t, rest)
			return
		}
	}
	t.first("command.unknown")
	t.again()
}

// ready makes sure there is an open case that was told far enough for a letter
// or a complaint.
func (t *turn) ready() bool {
	if t.c == nil || !t.c.open() {
		open := t.p.openCases()
		if len(open) != 1 {
			t.first("command.no_case")
			t.again()
			return false
		}
		t.focus(open[0])
	}
	t.p.Thread = Thread{}
	if t.c.Unsafe {
		t.first("danger.pauses")
		t.again()
		return false
	}
	if len(t.c.Kinds) == 0 || !t.c.KindsSure {
		t.first("command.too_early")
		t.again()
		return false
	}
	return true
}

// list answers /cases.
func (t *turn) list(string) {
	var rows [][]Button
	var all [][]Span
	for _, c := range t.p.Cases {
		all = append(all, t.w.spans("case.line", "title", t.title(c), "state", t.w.text("state."+c.State())))
		rows = append(rows, []Button{{Label: cut(t.title(c), 40), Case: c.Number, Value: "/case"}})
	}
	if len(rows) > 12 {
		rows = rows[len(rows)-12:]
	}
	rows = append(rows, []Button{{Label: t.w.text("button.new"), Value: "/new"}})
	if len(all) == 0 {
		all = append(all, t.w.spans("case.none"))
	}
	t.say(lines(all...), rows...)
}

// show answers /case: the card, or where its questions stand.
func (t *turn) show() {
	if t.c == nil {
		open := t.p.openCases()
		if len(open) != 1 {
			t.list("")
			return
		}
		t.c = open[0]
	}
	t.focus(t.c)
	if loose := t.p.Loose; len(loose) > 0 && t.c.open() { // to tap a case is to say which
		t.p.Loose = nil
		for _, x := range loose {
			t.keep(x)
		}
	}
	if !t.c.open() && t.c.Thread.Step == "" {
		t.enter("end.tips")
		return
	}
	if s := t.present(); s != nil && (s.name == "waiting" || s.name == "end.tips") {
		t.again()
		return
	}
	t.say(t.card(t.c))
	t.again()
}

// rules answers /law: which rules fit the case, from where, and where free legal
// help is.
func (t *turn) rules() {
	if t.c == nil || len(t.c.Kinds) == 0 {
		t.first("command.no_case")
		t.again()
		return
	}
	in := t.p.Language
	parts := [][]Span{t.w.spans("law.head")}
	for i, r := range t.rights() {
		if i == 5 {
			break
		}
		text := lines(bold(r.Law.In(in)+section(in, r.Section)), plain(r.Rule.In(in)))
		if u := r.Unless.In(in); u != "" {
			text = lines(text, t.w.spans("law.unless", "unless", u))
		}
		parts = append(parts, lines(text, t.checked(r.Origin)))
	}
	for _, d := range t.deadlines() {
		if d.kind == "limitation" {
			parts = append(parts, t.deadlineLine(d))
			break
		}
	}
	t.say(paragraphs(parts...))
	if traps := advices(t.law().Traps, t.c.Kinds, in, 6); len(traps) > 0 {
		t.say(paragraphs(t.w.spans("law.traps"), traps))
	}
	parts = [][]Span{t.w.spans("law.help")}
	for _, r := range t.rungs() {
		if r.Kind == "legal_aid" || r.Kind == "lawyer" {
			text := lines(bold(r.Name.In(in)), plain(r.Does.In(in)))
			if r.Phone != "" {
				text = lines(text, t.w.spans("card.phone", "phone", r.Phone, "hours", r.Hours.In(in)))
			}
			if r.URL != "" {
				text = lines(text, plain(r.URL))
			}
			parts = append(parts, text)
		}
	}
	parts = append(parts, t.w.spans("law.lawyer"))
	t.say(paragraphs(parts...))
}
