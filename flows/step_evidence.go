package flows

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"recourse/flows/content"
)

// MaxFile is the largest file a bot may fetch, in bytes.
const MaxFile = 20 << 20

// Evidence: the checklist made for the incident and the country, and what
// arrives, at this step or at any other.
func evidenceSteps() []*step {
	return []*step{
		{
			name:  "evidence.ask",
			exits: map[string]string{"enough": "letter.tone", "back": "waiting"},
			ask: func(t *turn) {
				var all []Button
				for i, p := range t.checklist(t.c) {
					if i < 12 {
						all = append(all, Button{Label: t.mark(p.ID) + p.Name.In(t.p.Language), Value: "how " + p.ID})
					}
				}
				text := paragraphs(t.w.spans("evidence.ask.ask"), t.w.spans("evidence.ask.hint"))
				t.question(text, append(inRows(2, all), t.choices(2, "counts", "enough")...)...)
			},
			hear: func(t *turn, h heard) string {
				if h.value == "enough" || t.g.content.Reader.Skip(h.text) {
					if m := t.c.merchant(); m != nil && m.State != "drafted" {
						return "back"
					}
					return "enough"
				}
				if h.value == "counts" {
					t.preface = paragraphs(t.preface, t.w.spans("evidence.ask.counting"), advices(t.law().Evidence, t.c.Kinds, t.p.Language, 8))
					t.again()
					return ""
				}
				if id, ok := strings.CutPrefix(h.value, "how "); ok {
					for _, p := range t.checklist(t.c) {
						if p.ID == id {
							text := lines(bold(p.Name.In(t.p.Language)), plain(p.How.In(t.p.Language)))
							if p.File {
								text = paragraphs(text, t.w.spans("evidence.file"))
							}
							t.preface = paragraphs(t.preface, text)
						}
					}
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
	}
}

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
		return e.State != "lost" && slices.Contains(e.Proofs, proof)
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

// file hears a message with a file, at whatever step.
func (t *turn) file(e Sent) {
	x := Exhibit{
		Kind: e.File.Kind, Form: "as_sent_file", State: "waiting", Declared: e.File.Type, Name: cut(e.File.Name, 200),
		FileID: e.File.ID, Unique: e.File.Unique, Size: e.File.Size, Message: e.Message, Album: e.Album, Sent: e.Sent,
		Forward: e.Forward, Text: cut(e.Caption, 1024), Received: t.in.At,
	}
	if x.Kind == "photo" || x.Kind == "video_note" {
		x.Form = "telegram_recompressed"
	}
	if e.File.Size > MaxFile {
		t.first("file.too_big")
		t.again()
		return
	}
	t.receive(x)
}

// forwarded hears a message of somebody else's.
func (t *turn) forwarded(e Said) { t.keepText(e, "forward") }

func (t *turn) keepText(e Said, kind string) {
	sum := sha256.Sum256([]byte(e.Text))
	t.receive(Exhibit{
		Kind: kind, Form: "text_only", State: "kept", SHA256: hex.EncodeToString(sum[:]), Size: int64(len(e.Text)),
		Type: "text/plain; charset=utf-8", Message: e.Message, Sent: e.Sent, Received: t.in.At, Stored: t.in.At, Forward: e.Forward, Text: e.Text,
	})
}

// receive finds the case a piece of evidence belongs to: the one that is
// talked about, the only one, a new one; with several at rest it is asked.
func (t *turn) receive(x Exhibit) {
	open := t.p.openCases()
	talking := t.c != nil && t.c.open() && t.present() != nil && !t.present().personal
	switch {
	case t.p.Country == "" && t.c == nil: // still at the first questions
		t.p.Loose = append(t.p.Loose, x)
		t.first("exhibit.soon")
		t.again()
		return
	case talking && !(t.present().rest && len(open) > 1):
	case len(open) == 1 && t.present() != nil && t.present().personal && !t.present().rest:
		t.c = open[0] // kept where it belongs; the question that is open stays
		t.keep(x)
		return
	case len(open) == 1:
		t.focus(open[0])
	case len(open) == 0:
		t.start()
		t.keep(x)
		t.enter("story.ask")
		return
	default:
		t.p.Loose = append(t.p.Loose, x)
		if s := t.present(); s == nil || s.name != "which.case" {
			t.p.Thread = Thread{}
			t.enter("which.case")
		} else { // the same question, with the count as it is now
			t.p.Thread.Offered = nil
			s.ask(t)
		}
		return
	}
	number := t.keep(x)
	s := t.present()
	if number < 0 && s != nil && s.file != nil { // there already, and what was asked for
		if exit := s.file(t, t.c.exhibit(-number)); exit != "" {
			t.leave(exit)
		}
	}
	if number < 0 || s == nil {
		return
	}
	e := t.c.exhibit(number)
	switch {
	case s.file != nil:
		if exit := s.file(t, e); exit != "" {
			t.leave(exit)
		}
	case x.Kind == "forward" && s.name == "story.ask":
		t.understand(x.Text)
		t.first("story.ask.forwarded")
		t.again()
	case x.Kind == "forward" && s.rest && t.c.Danger.Step == "":
		t.theyWrote(e)
	}
}

// keep files a piece of evidence under the next number of the present case and
// gives the number; where the same file is there already, that number negative.
func (t *turn) keep(x Exhibit) int {
	c := t.c
	for _, e := range c.Exhibits {
		if x.Unique != "" && e.Unique == x.Unique && e.State != "lost" {
			t.tell("exhibit.same", "number", e.Number)
			return -e.Number
		}
	}
	x.Number = len(c.Exhibits) + 1
	c.Exhibits = append(c.Exhibits, x)
	t.note("exhibit", "number", fmt.Sprint(x.Number), "kind", x.Kind, "sha256", x.SHA256)
	if x.State == "kept" {
		t.do(React{Message: x.Message, Emoji: "👍"})
		t.receipt(c, c.exhibit(x.Number))
		return x.Number
	}
	t.do(Fetch{Case: c.Number, Exhibit: x.Number, File: File{ID: x.FileID, Unique: x.Unique, Kind: x.Kind, Name: x.Name, Type: x.Declared, Size: x.Size}})
	return x.Number
}

// exhibit gives an exhibit by its number.
func (c *Case) exhibit(number int) *Exhibit {
	for i := range c.Exhibits {
		if c.Exhibits[i].Number == number {
			return &c.Exhibits[i]
		}
	}
	return nil
}

// kept hears that the bytes are safe: only now the person is told so.
func (t *turn) kept(e Kept) {
	c := t.p.Case(e.Case)
	if c == nil {
		return
	}
	x := c.exhibit(e.Exhibit)
	if x == nil || x.State == "kept" {
		return
	}
	x.State, x.SHA256, x.Size, x.Type, x.Stored = "kept", e.SHA256, e.Size, e.Type, t.in.At
	t.c = c
	t.note("exhibit kept", "number", fmt.Sprint(x.Number), "sha256", x.SHA256)
	t.do(React{Message: x.Message, Emoji: "👍"})
	t.receipt(c, x)
}

// missing hears that a file can't be had.
func (t *turn) missing(e Lost) {
	c := t.p.Case(e.Case)
	if c == nil {
		return
	}
	if x := c.exhibit(e.Exhibit); x != nil && x.State == "waiting" {
		x.State, x.Why = "lost", e.Why
		key := "exhibit.lost"
		if e.Why == "too_big" {
			key = "file.too_big"
		}
		t.tell(key, "number", x.Number)
	}
}

// receipt tells that an exhibit is kept and asks, in the same message, what it
// shows. An album has one receipt that grows.
func (t *turn) receipt(c *Case, x *Exhibit) {
	key := fmt.Sprintf("exhibit %d.%d", c.Number, x.Number)
	text := t.exhibitLine(c, x)
	if x.Album != "" {
		key = "album " + x.Album
		var all [][]Span
		for i := range c.Exhibits {
			if y := &c.Exhibits[i]; y.Album == x.Album && y.State == "kept" {
				all = append(all, t.exhibitLine(c, y))
			}
		}
		t.do(Say{Text: lines(all...), Key: key})
		return
	}
	if len(x.Proofs) == 0 {
		text = paragraphs(text, t.w.spans("exhibit.shows"))
	}
	t.do(Say{Text: text, Key: key, Rows: t.showsButtons(c, x)})
}

// exhibitLine is "Exhibit 4 kept: the order page".
func (t *turn) exhibitLine(c *Case, x *Exhibit) []Span {
	what := t.w.text("exhibit.kind." + x.Kind)
	if len(x.Proofs) > 0 {
		what = t.proofNames(c, x, t.p.Language)
	}
	key := "exhibit.kept"
	if len(t.p.openCases()) > 1 {
		key = "exhibit.kept.case"
	}
	return t.w.spans(key, "number", x.Number, "what", what, "case", c.Number)
}

// proofNames is what an exhibit shows, by the checklist or in the person's words.
func (t *turn) proofNames(c *Case, x *Exhibit, language string) string {
	var names []string
	for _, p := range t.checklist(c) {
		if slices.Contains(x.Proofs, p.ID) {
			names = append(names, p.Name.In(language))
		}
	}
	if len(names) == 0 {
		return t.g.words(language).text("exhibit.kind." + x.Kind)
	}
	return strings.Join(names, t.g.words(language).text("list.comma"))
}

// showsButtons offers the lines of the checklist for one exhibit.
func (t *turn) showsButtons(c *Case, x *Exhibit) [][]Button {
	if len(x.Proofs) > 0 {
		return nil
	}
	var all []Button
	for _, p := range t.checklist(c) {
		if len(all) < 8 {
			all = append(all, Button{Label: p.Name.In(t.p.Language), Case: c.Number, Value: fmt.Sprintf("/shows %d %s", x.Number, p.ID)})
		}
	}
	return inRows(2, all)
}

// shows hears what an exhibit is: "/shows 4 order_page".
func (t *turn) shows(rest string) {
	number, proof, _ := strings.Cut(rest, " ")
	n, _ := strconv.Atoi(number)
	if t.c == nil {
		t.again()
		return
	}
	x := t.c.exhibit(n)
	if x == nil || !utf8.ValidString(proof) {
		t.first("stale.unknown")
		t.again()
		return
	}
	var line *content.Proof
	for _, p := range t.checklist(t.c) {
		if p.ID == proof {
			line = &p
		}
	}
	if line == nil {
		t.first("stale.unknown")
		t.again()
		return
	}
	key := fmt.Sprintf("exhibit %d.%d", t.c.Number, x.Number)
	if slices.Equal(x.Proofs, []string{line.ID}) {
		key = "" // said already: changing the message to the same is no answer
	}
	x.Proofs = []string{line.ID}
	text := t.exhibitLine(t.c, x)
	if line.File && x.Form == "telegram_recompressed" {
		text = paragraphs(text, t.w.spans("exhibit.as_file"))
	}
	t.do(Say{Text: text, Key: key})
}

// exhibits answers /evidence: what is kept, and what would still help.
func (t *turn) exhibits() {
	if t.c == nil {
		t.first("command.no_case")
		t.again()
		return
	}
	var all [][]Span
	for i := range t.c.Exhibits {
		x := &t.c.Exhibits[i]
		key := "exhibit.list"
		if x.State != "kept" {
			key = "exhibit.list." + x.State
		}
		all = append(all, t.w.spans(key, "number", x.Number, "what", t.proofNames(t.c, x, t.p.Language), "date", nearDate(dateOf(x.Sent.In(t.p.location())), t.p.Language)))
	}
	if len(all) == 0 {
		all = append(all, t.w.spans("exhibit.none"))
	}
	t.say(paragraphs(t.w.spans("exhibit.head", "title", t.title(t.c)), lines(all...), t.checklistLines(t.c), t.w.spans("evidence.any_time")))
}
