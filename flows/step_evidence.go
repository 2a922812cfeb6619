package flows

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"recourse/flows/content"
	"recourse/flows/dossier"
)

// Evidence: the checklist made for the incident and the country, and what is
// kept, to be looked at, named, covered and sent back. How things arrive is in
// exhibits.go.
func evidenceSteps() []*step {
	return []*step{
		{
			name:  "evidence.ask",
			exits: map[string]string{"enough": "letter.tone", "back": "waiting", "kept": "evidence.list"},
			ask: func(t *turn) {
				var all []Button
				for i, p := range t.checklist(t.c) {
					if i < 12 {
						all = append(all, Button{Label: t.mark(p.ID) + p.Name.In(t.p.Language), Value: "how " + p.ID})
					}
				}
				values := []string{"counts", "enough"}
				if len(t.c.listed()) > 0 {
					values = []string{"counts", "kept", "enough"}
				}
				text := paragraphs(t.w.spans("evidence.ask.ask"), t.w.spans("evidence.ask.hint"))
				t.question(text, append(inRows(2, all), t.choices(2, values...)...)...)
			},
			hear: func(t *turn, h heard) string {
				switch h.value {
				case "kept":
					return "kept"
				case "counts":
					t.preface = paragraphs(t.preface, t.w.spans("evidence.ask.counting"), advices(t.law().Evidence, t.c.Kinds, t.p.Language, 8))
					t.again()
					return ""
				}
				if h.value == "enough" || t.g.content.Reader.Skip(h.text) {
					if m := t.c.merchant(); m != nil && m.State != "drafted" {
						return "back"
					}
					return "enough"
				}
				if id, ok := strings.CutPrefix(h.value, "how "); ok {
					t.preface = paragraphs(t.preface, t.how(id))
					t.again()
					return ""
				}
				if len([]rune(h.text)) > 20 { // what they wrote, pasted: kept as text
					t.keepText(Said{Message: h.message, Text: h.text, Sent: t.in.At}, "text")
					return ""
				}
				return t.unclear()
			},
		},
		{
			name:  "evidence.list",
			exits: map[string]string{"look": "evidence.look"},
			ask: func(t *turn) {
				text := t.keptText()
				if th := &t.c.Thread; slices.Contains(th.Picked, "help") {
					text, th.Picked = t.missingLines(), nil
				}
				t.question(text, t.keptButtons()...)
			},
			hear: func(t *turn, h heard) string {
				if n, ok := strings.CutPrefix(h.value, "page "); ok {
					t.c.Thread.Page, _ = strconv.Atoi(n)
					t.again()
					return ""
				}
				if h.value == "help" {
					t.c.Thread.Picked = []string{"help"}
					t.again()
					return ""
				}
				n, _ := strconv.Atoi(strings.TrimPrefix(h.value+strings.TrimSpace(h.text), "look "))
				if x := t.c.exhibit(n); x != nil {
					t.c.Thread.Exhibit = n
					return "look"
				}
				return t.unclear()
			},
		},
		{
			name: "evidence.look",
			exits: map[string]string{
				"shows": "evidence.shows", "claim": "evidence.claim", "asks": "evidence.asks", "cover": "evidence.cover",
				"list": "evidence.list",
			},
			pass: func(t *turn) string { return t.unlooked("list") },
			ask: func(t *turn) {
				x := t.looked()
				t.question(t.lookText(x), t.lookButtons(x)...)
			},
			hear: func(t *turn, h heard) string {
				x := t.looked()
				switch h.value {
				case "shows", "claim", "asks", "cover", "list":
					return h.value
				case "out", "in":
					t.setOut(x, h.value == "out") // the screen says so
				case "send":
					t.sendBack(x)
				case "strip":
					t.copyOf(x, nil)
					t.first("evidence.cover.making")
				default:
					return t.unclear()
				}
				t.again()
				return ""
			},
		},
		{
			name:  "evidence.shows",
			exits: next("evidence.look"),
			pass:  func(t *turn) string { return t.unlooked("next") },
			ask: func(t *turn) {
				th, x := &t.c.Thread, t.looked()
				if th.Picked == nil {
					th.Picked = append([]string{}, x.Proofs...)
				}
				var all []Button
				for _, p := range t.checklist(t.c) {
					all = append(all, t.tick(p.Name.In(t.p.Language), p.ID))
				}
				t.question(t.w.spans("evidence.shows.ask", "number", x.Number), append(inRows(2, all), t.choices(1, "done")...)...)
			},
			hear: func(t *turn, h heard) string {
				th, x := &t.c.Thread, t.looked()
				switch {
				case h.value == "done":
					x.Proofs = append([]string{}, th.Picked...)
				case h.value != "":
					if !t.asksFor(t.c, h.value) {
						return t.unclear()
					}
					t.toggle(h.value)
					return ""
				case t.g.content.Reader.Skip(h.text):
				default:
					x.Shows = cut(oneLine(h.text), 300)
					x.Proofs = union(th.Picked, t.g.content.Reader.Proofs(h.text))
				}
				th.Picked = nil
				t.noteShows(x)
				return "next"
			},
		},
		{
			name:  "evidence.claim",
			exits: next("evidence.look"),
			pass:  func(t *turn) string { return t.unlooked("next") },
			ask: func(t *turn) {
				th, x := &t.c.Thread, t.looked()
				if th.Picked == nil {
					th.Picked = append([]string{}, x.For...)
				}
				var all []Button
				for _, i := range t.g.incidents(t.c) {
					all = append(all, t.tick(i.Name.In(t.p.Language), i.ID))
				}
				t.question(t.w.spans("evidence.claim.ask", "number", x.Number), append(inRows(1, all), t.choices(1, "done")...)...)
			},
			hear: func(t *turn, h heard) string {
				th, x := &t.c.Thread, t.looked()
				switch {
				case h.value == "done":
					x.For, th.Picked = append([]string{}, th.Picked...), nil
					t.noteShows(x)
					return "next"
				case slices.Contains(t.c.Kinds, h.value):
					t.toggle(h.value)
					return ""
				case t.g.content.Reader.Skip(h.text):
					th.Picked = nil
					return "next"
				}
				return t.unclear()
			},
		},
		{
			// Four short questions about a picture, one after another. What nobody
			// answers stays unknown: it is never guessed.
			name:  "evidence.asks",
			exits: next("evidence.look"),
			pass:  func(t *turn) string { return t.unlooked("next") },
			ask: func(t *turn) {
				question := pictureQuestions[min(t.c.Thread.Page, len(pictureQuestions)-1)]
				var all []Button
				for _, answer := range []string{"yes", "no", "unknown"} {
					all = append(all, Button{Label: t.w.text("evidence.asks." + answer), Value: answer + " " + question})
				}
				t.question(t.w.spans("evidence.asks."+question, "number", t.looked().Number), all[:2], all[2:])
			},
			hear: func(t *turn, h heard) string {
				th, x := &t.c.Thread, t.looked()
				at := pictureQuestions[min(th.Page, len(pictureQuestions)-1)]
				answer, about, _ := strings.Cut(h.value, " ")
				if yes, known := t.g.content.Reader.YesNo(h.text); h.value == "" && known {
					answer, about = "no", at
					if yes {
						answer = "yes"
					}
				} else if h.value == "" && t.g.content.Reader.Skip(h.text) {
					answer, about = "unknown", at
				}
				if !slices.Contains(pictureQuestions, about) {
					return t.unclear()
				}
				if answer == "unknown" {
					delete(x.Answers, about)
				} else {
					if x.Answers == nil {
						x.Answers = map[string]string{}
					}
					x.Answers[about] = answer
				}
				t.note("exhibit answer", "number", strconv.Itoa(x.Number), "question", about, "answer", answer)
				if about == at {
					th.Page++
				}
				if th.Page < len(pictureQuestions) {
					t.again()
					return ""
				}
				return "next"
			},
		},
		{
			name:  "evidence.cover",
			exits: map[string]string{"made": "evidence.look"},
			pass:  func(t *turn) string { return t.unlooked("made") },
			ask: func(t *turn) {
				var all []Button
				for _, area := range dossier.Areas() {
					all = append(all, t.tick(t.w.text("evidence.cover."+area), area))
				}
				t.question(t.w.spans("evidence.cover.ask", "number", t.looked().Number), append(inRows(2, all), t.choices(1, "make")...)...)
			},
			hear: func(t *turn, h heard) string {
				th := &t.c.Thread
				switch {
				case slices.Contains(dossier.Areas(), h.value):
					t.toggle(h.value)
					return ""
				case h.value == "make" && len(th.Picked) == 0:
					t.first("evidence.cover.none")
					t.again()
					return ""
				case h.value == "make":
					var areas []string
					for _, area := range dossier.Areas() {
						if slices.Contains(th.Picked, area) {
							areas = append(areas, area)
						}
					}
					t.copyOf(t.looked(), areas)
					th.Picked = nil
					t.first("evidence.cover.making")
					return "made"
				}
				return t.unclear()
			},
		},
	}
}

// pictureQuestions are what is asked of a picture, in this order. They are the
// keys of Exhibit.Answers.
var pictureQuestions = []string{"whole", "unedited", "dated", "sender"}

// onePage is how many exhibits stand on one page of the list.
const onePage = 8

// advices are the country's short texts that fit, a line each, most at most.
func advices(list []content.Advice, kinds []string, language string, most int) []Span {
	var all [][]Span
	for _, a := range list {
		if a.Usable() && content.Fits(a.Incidents, kinds) && len(all) < most {
			all = append(all, plain("· "+a.Text.In(language)))
		}
	}
	return lines(all...)
}

func bold(s string) []Span { return []Span{{Text: s, Style: "bold"}} }

// plain is text as it is; nothing for nothing.
func plain(s string) []Span {
	if s == "" {
		return nil
	}
	return []Span{{Text: s}}
}

// checklist is what would help to prove this case here, each line once.
func (t *turn) checklist(c *Case) (list []content.Proof) {
	for _, i := range t.g.incidents(c) {
		for _, p := range i.Checklist {
			here := len(p.Countries) == 0 || slices.Contains(p.Countries, c.Country)
			if here && !slices.ContainsFunc(list, func(x content.Proof) bool { return x.ID == p.ID }) {
				list = append(list, p)
			}
		}
	}
	return list
}

// has tells whether a line of the checklist is there.
func (c *Case) has(proof string) bool {
	return slices.ContainsFunc(c.Exhibits, func(e Exhibit) bool {
		return e.State != "lost" && e.State != "same" && slices.Contains(e.Proofs, proof)
	})
}

func (t *turn) mark(proof string) string {
	if t.c.has(proof) {
		return "✓ "
	}
	return ""
}

func (t *turn) checklistLines(c *Case) []Span {
	var all [][]Span
	for _, p := range t.checklist(c) {
		box := "☐ "
		if c.has(p.ID) {
			box = "☑ "
		}
		all = append(all, plain(box+p.Name.In(t.p.Language)))
	}
	return lines(all...)
}

// how tells how to capture a line of the checklist so that it counts, and what
// is particular to the country.
func (t *turn) how(id string) []Span {
	for _, p := range t.checklist(t.c) {
		if p.ID != id {
			continue
		}
		parts := [][]Span{lines(bold(p.Name.In(t.p.Language)), plain(p.How.In(t.p.Language)))}
		for _, a := range t.law().Evidence {
			if a.Usable() && content.Fits(a.Incidents, t.c.Kinds) && slices.Contains(a.Proofs, id) && len(parts) < 3 {
				parts = append(parts, plain(a.Text.In(t.p.Language)))
			}
		}
		if p.File {
			parts = append(parts, t.w.spans("evidence.file"))
		}
		return paragraphs(parts...)
	}
	return nil
}

// missingLines are the lines that nothing stands for yet, each with how to
// capture it.
func (t *turn) missingLines() []Span {
	var parts [][]Span
	for _, p := range t.checklist(t.c) {
		if !t.c.has(p.ID) && len(parts) < 8 {
			parts = append(parts, lines(bold(p.Name.In(t.p.Language)), plain(p.How.In(t.p.Language))))
		}
	}
	if len(parts) == 0 {
		return t.w.spans("evidence.list.all_there")
	}
	return paragraphs(append([][]Span{t.w.spans("evidence.list.missing")}, parts...)...)
}

// listed are the exhibits of the list: all but those whose bytes are another's,
// and copies that could not be made.
func (c *Case) listed() (list []*Exhibit) {
	for i := range c.Exhibits {
		x := &c.Exhibits[i]
		if x.State != "same" && !(x.State == "lost" && x.Form == "derived") {
			list = append(list, x)
		}
	}
	return list
}

// page is the page of the list that is shown, from 0, and how many there are:
// the one asked for, else the one that holds what was looked at last.
func (c *Case) page() (page, pages int) {
	list := c.listed()
	pages = max((len(list)+onePage-1)/onePage, 1)
	page = c.Thread.Page - 1
	if page < 0 {
		page = slices.IndexFunc(list, func(x *Exhibit) bool { return x.Number == c.Thread.Exhibit }) / onePage
	}
	return min(max(page, 0), pages-1), pages
}

func (c *Case) onPage() []*Exhibit {
	list := c.listed()
	page, _ := c.page()
	return list[min(page*onePage, len(list)):min((page+1)*onePage, len(list))]
}

// keptText is the list as it is shown.
func (t *turn) keptText() []Span {
	c := t.c
	var all [][]Span
	for _, x := range c.onPage() {
		all = append(all, t.listLine(c, x))
	}
	if len(all) == 0 {
		all = append(all, t.w.spans("exhibit.none"))
	}
	head := t.w.spans("exhibit.head", "title", t.title(c))
	if page, pages := c.page(); pages > 1 {
		head = t.w.spans("exhibit.head.page", "title", t.title(c), "page", page+1, "pages", pages)
	}
	return paragraphs(head, lines(all...), t.checklistLines(c), t.w.spans("evidence.any_time"))
}

func (t *turn) listLine(c *Case, x *Exhibit) []Span {
	key := "exhibit.list"
	switch {
	case x.State != "kept":
		key = "exhibit.list." + x.State
	case x.Out:
		key = "exhibit.list.out"
	}
	return t.w.spans(key, "number", x.Number, "what", t.whatIs(c, x, t.p.Language), "date", nearDate(t.dayOf(x), t.p.Language))
}

// dayOf is the person's day on which an exhibit was sent, or made here.
func (t *turn) dayOf(x *Exhibit) Date {
	at := x.Sent
	if at.IsZero() {
		at = x.Received
	}
	return dateOf(at.In(t.p.location()))
}

func (t *turn) keptButtons() [][]Button {
	c := t.c
	var all []Button
	for _, x := range c.onPage() {
		all = append(all, Button{Label: cut(fmt.Sprintf("%d · %s", x.Number, t.whatIs(c, x, t.p.Language)), 30), Value: fmt.Sprintf("look %d", x.Number)})
	}
	rows := inRows(2, all)
	page, pages := c.page()
	var turns []Button
	if page > 0 {
		turns = append(turns, Button{Label: t.w.text("evidence.list.before"), Value: fmt.Sprintf("page %d", page)})
	}
	if page+1 < pages {
		turns = append(turns, Button{Label: t.w.text("evidence.list.more"), Value: fmt.Sprintf("page %d", page+2)})
	}
	rows = append(rows, turns)
	if len(t.checklist(c)) > 0 {
		rows = append(rows, t.choices(1, "help")...)
	}
	if len(t.c.Thread.Trail) == 0 { // nothing to go back to
		rows = append(rows, []Button{{Label: t.w.text("button.go_on"), Value: "/case"}})
	}
	return rows
}

// looked is the exhibit being looked at; nil when there is none.
func (t *turn) looked() *Exhibit {
	if x := t.c.exhibit(t.c.Thread.Exhibit); x != nil && x.State == "same" {
		return t.c.exhibit(x.Parent)
	} else {
		return x
	}
}

// unlooked is the exit of a question about an exhibit when none is looked at.
func (t *turn) unlooked(exit string) string {
	if t.looked() == nil {
		return exit
	}
	return ""
}

// lookText is one exhibit with all that is known of it.
func (t *turn) lookText(x *Exhibit) []Span {
	c, in := t.c, t.p.Language
	form := t.w.text("evidence.form." + x.Form)
	what := t.w.text("exhibit.kind." + x.Kind)
	if x.State != "kept" {
		return lines(t.w.spans("evidence.look.head", "number", x.Number, "what", t.whatIs(c, x, in)), t.w.spans("evidence.look."+x.State))
	}
	facts := [][]Span{
		t.w.spans("evidence.look.head", "number", x.Number, "what", t.whatIs(c, x, in)),
		t.w.spans("evidence.look.form", "what", what, "form", form, "size", size(x.Size), "type", x.Type),
	}
	if x.Name != "" {
		facts = append(facts, t.w.spans("evidence.look.name", "name", cut(x.Name, 80)))
	}
	if !x.Sent.IsZero() {
		facts = append(facts, t.w.spans("evidence.look.sent", "at", t.moment(x)))
	}
	if f := x.Forward; f != nil {
		date := t.w.text("evidence.look.no_date")
		if !f.Date.IsZero() {
			date = longDate(dateOf(f.Date.In(t.p.location())), in)
		}
		facts = append(facts, t.w.spans("evidence.look.forward."+f.Kind, "name", cut(f.Name, 80), "date", date))
	}
	facts = append(facts, t.w.spans("evidence.look.hash", "hash", grouped(x.SHA256)))
	if len(x.Cover) > 0 {
		var areas []string
		for _, a := range x.Cover {
			areas = append(areas, t.w.text("evidence.cover."+a))
		}
		facts = append(facts, t.w.spans("evidence.look.covered", "areas", strings.Join(areas, t.w.text("list.comma"))))
	}
	parts := [][]Span{lines(facts...)}
	if x.Text != "" {
		parts = append(parts, []Span{{Text: content.Clean(cut(x.Text, 500)), Style: "quote"}})
	}
	for i, e := range x.Edits {
		if i < len(x.Edits)-3 {
			continue // the latest three; the dossier has all
		}
		parts = append(parts, lines(t.w.spans("evidence.look.edited", "date", longDate(dateOf(e.At.In(t.p.location())), in)), []Span{{Text: content.Clean(cut(e.Text, 300)), Style: "quote"}}))
	}
	var said [][]Span
	if len(x.Proofs) > 0 && x.Shows != "" {
		said = append(said, t.w.spans("evidence.look.words", "words", x.Shows))
	}
	if len(x.For) > 0 {
		var names []string
		for _, id := range x.For {
			if i := t.g.content.Incident(id); i != nil {
				names = append(names, i.Name.In(in))
			}
		}
		said = append(said, t.w.spans("evidence.look.for", "kinds", strings.Join(names, t.w.text("list.comma"))))
	}
	for _, q := range pictureQuestions {
		if a := x.Answers[q]; a != "" {
			said = append(said, t.w.spans("evidence.look.answer", "question", t.w.text("evidence.look.q."+q), "answer", t.w.text("card.is."+a)))
		}
	}
	parts = append(parts, lines(said...), t.proves(c, x))
	if x.Out {
		parts = append(parts, t.w.spans("evidence.look.is_out"))
	}
	return paragraphs(parts...)
}

// moment is when a message was sent, by the person's clock.
func (t *turn) moment(x *Exhibit) string {
	at := x.Sent.In(t.p.location())
	return t.w.text("evidence.look.moment", "date", longDate(dateOf(at), t.p.Language), "time", at.Format("15:04"))
}

// size writes a number of bytes as people read it.
func size(n int64) string {
	switch {
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
	case n >= 1<<10:
		return fmt.Sprintf("%d KB", (n+512)>>10)
	}
	return fmt.Sprintf("%d B", n)
}

// grouped is the beginning of a hash, to be compared by eye.
func grouped(sha256 string) string {
	if len(sha256) < 16 {
		return sha256
	}
	return sha256[:4] + " " + sha256[4:8] + " " + sha256[8:12] + " " + sha256[12:16] + " …"
}

func (t *turn) lookButtons(x *Exhibit) [][]Button {
	if x.State != "kept" {
		return t.choices(1, "list")
	}
	values := []string{"shows"}
	if len(t.g.incidents(t.c)) > 1 {
		values = append(values, "claim")
	}
	if isPicture(x) {
		values = append(values, "asks")
		if x.Form != "derived" {
			values = append(values, "cover", "strip")
		}
	}
	if x.Out {
		values = append(values, "in")
	} else {
		values = append(values, "out")
	}
	return t.choices(2, append(values, "send", "list")...)
}

// isPicture tells by the content, never by the name.
func isPicture(x *Exhibit) bool { return strings.HasPrefix(x.Type, "image/") }

// sendBack gives an exhibit back as it was kept. Telegram lets nobody forward
// or save it from here.
func (t *turn) sendBack(x *Exhibit) {
	head := t.w.spans("evidence.look.sent_back", "number", x.Number)
	if x.Form == "text_only" {
		t.do(Say{Text: paragraphs(head, []Span{{Text: content.Clean(x.Text), Style: "quote"}}), Protect: true})
		return
	}
	t.do(Say{Text: head, Protect: true, Document: &Document{Name: safeName(x), Type: x.Type, SHA256: x.SHA256}})
}

// safeName is a name we give ourselves: what was delivered never names a file.
func safeName(x *Exhibit) string {
	base, _, _ := strings.Cut(x.Type, ";")
	return fmt.Sprintf("exhibit-%03d%s", x.Number, endings[base])
}

// endings are the only ones a file sent back may have; the rest have none, so
// that nothing starts by a tap.
var endings = map[string]string{
	"image/jpeg": ".jpg", "image/png": ".png", "image/gif": ".gif", "image/webp": ".webp", "image/heic": ".heic",
	"application/pdf": ".pdf", "text/plain": ".txt", "audio/ogg": ".ogg", "application/ogg": ".ogg", "audio/mpeg": ".mp3",
	"audio/mp4": ".m4a", "audio/x-m4a": ".m4a", "video/mp4": ".mp4", "video/quicktime": ".mov", "video/webm": ".webm",
}

// copyOf asks for a copy of a picture with areas covered, or with nothing
// covered, and nothing but pixels in it. It is an exhibit of its own; the
// original stays as it is, under its number.
func (t *turn) copyOf(x *Exhibit, areas []string) {
	c := t.c
	y := Exhibit{
		Number: len(c.Exhibits) + 1, Kind: x.Kind, Form: "derived", State: "waiting", Parent: x.Number, Cover: areas,
		Received: t.in.At, Proofs: slices.Clone(x.Proofs), Shows: x.Shows, For: slices.Clone(x.For),
	}
	original := x.SHA256
	c.Exhibits = append(c.Exhibits, y) // x must not be used after this: it may have moved
	t.note("exhibit copy", "number", strconv.Itoa(y.Number), "parent", strconv.Itoa(y.Parent), "cover", strings.Join(areas, " "),
		"kind", y.Kind, "form", y.Form, "received", stamp(y.Received), "proofs", strings.Join(y.Proofs, " "))
	t.do(Redact{Case: c.Number, Exhibit: y.Number, SHA256: original, Cover: areas})
}

// exhibits answers /evidence: what is kept, and what would still help. In danger
// it is only shown, without paperwork.
func (t *turn) exhibits() {
	if t.c == nil {
		all := t.p.openCases()
		if len(all) == 0 {
			all = t.p.Cases
		}
		switch len(all) {
		case 1:
		case 0:
			t.first("command.no_case")
			t.again()
			return
		default:
			t.list("") // which one is a tap away
			return
		}
		t.c = all[0]
	}
	if t.p.Country == "" || t.c.Danger.Step != "" {
		t.say(t.keptText())
		t.again()
		return
	}
	t.focus(t.c)
	if t.c.Thread.Step == "" { // a case that has ended has somewhere to go back to
		t.c.Thread.Step = "end.tips"
		if t.c.open() {
			t.c.Thread.Step = "waiting"
		}
	}
	if s := t.present(); s != nil && strings.HasPrefix(s.name, "evidence.") && s.name != "evidence.ask" {
		// Asked for again from one of its own screens: the way back stays what it was.
		t.c.Thread.Trail = slices.DeleteFunc(t.c.Thread.Trail, func(name string) bool { return strings.HasPrefix(name, "evidence.") && name != "evidence.ask" })
		t.c.Thread.Step = "evidence.list"
	}
	t.c.Thread.Exhibit = 0
	t.jump("evidence.list")
}
