package flows

import (
	"slices"
	"strings"
	"unicode/utf8"

	"recourse/flows/content"
	"recourse/flows/reading"
)

// Danger that is read rather than tapped: in what the merchant wrote, and in
// what the person says. It comes before everything else the words may mean.

// alarm is why the danger screens open.
type alarm struct {
	text   string   // that was read
	words  []string // of it that led to them
	perils []string // what is known of the danger, as Reader.Perils names it; doxxing blackmail threat too
	sure   bool     // not a likeness only
}

// alarming reads words for danger; theirs = they are the other side's. Nil = no
// reason to open the screens. What was once said to be no danger is none.
func (t *turn) alarming(text string, theirs bool) *alarm {
	if strings.TrimSpace(text) == "" || t.c != nil && slices.Contains(t.c.Calm, hashOf(text)) {
		return nil
	}
	a := &alarm{text: text}
	opens := false
	add := func(id, words string, opening bool) {
		a.perils = union(a.perils, []string{id})
		if opening {
			opens = true
			// The person's own words are not told them again.
			if theirs && words != "" {
				a.words = quoting(a.words, words)
			}
		}
	}
	for _, p := range t.g.content.Reader.Perils(text) {
		opening := p.ID == "images" || (p.ID == "told" || p.ID == "doxxing") && !theirs
		if p.ID == "minor" && theirs { // the merchant's age is nobody's business
			continue
		}
		add(p.ID, p.Words, opening)
	}
	a.sure = opens
	if theirs {
		m := t.g.content.Messages.Read("", text, t.today())
		a.sure = a.sure || m.Sure
		if menaces(m) {
			// The longest say most, and hold the shorter ones.
			slices.SortStableFunc(m.Because, func(x, y reading.Because) int { return len(y.Words) - len(x.Words) })
			for _, b := range m.Because {
				if isDanger(b.Label) && utf8.RuneCountInString(b.Words) > 1 {
					add(b.Label, b.Words, true)
				}
			}
			for _, l := range m.Labels {
				if isDanger(l) {
					add(l, "", true)
				}
			}
		}
	}
	if !opens {
		return nil
	}
	if !theirs {
		for _, kind := range t.read(text).Kinds {
			switch kind {
			case "blackmail":
				add("blackmail", "", false)
			case "privacy":
				add("doxxing", "", false)
			}
		}
	}
	return a
}

// quoting adds words to those that are quoted: two at most, none within another,
// and no word alone beside a sentence, where it tells nothing.
func quoting(all []string, words string) []string {
	for i, w := range all {
		switch {
		case strings.Contains(w, words):
			return all
		case strings.Contains(words, w):
			all[i] = words
			return all
		}
	}
	if len(all) == 0 || len(all) == 1 && 3*len(words) >= len(all[0]) {
		all = append(all, words)
	}
	return all
}

// theirWords are the steps that ask for the other side's words.
var theirWords = []string{"answer.words", "offer.words", "said.ask", "promised.ask"}

// menaces tells whether a message stops everything. An offer that is tied to a
// review is pressure, and the answer screen names it.
func menaces(m reading.Message) bool {
	return slices.ContainsFunc(m.Labels, func(l string) bool {
		return l == "threat" || l == "doxxing" || l == "blackmail" && !slices.Contains(m.Labels, "offer")
	})
}

func isDanger(label string) bool {
	return label == "threat" || label == "blackmail" || label == "doxxing"
}

// threatens keeps a piece of evidence that threatens and opens the danger
// screens; false = it does not.
func (t *turn) threatens(x Exhibit) bool {
	words := x.Text
	theirs := x.Forward != nil || x.Theirs
	if theirs {
		words = t.merchantSays(&x)
	}
	a := t.alarming(words, theirs)
	if a == nil {
		return false
	}
	if t.c != nil && t.c.Danger.Step != "" { // the screens are open: what comes is kept and the steps go on
		t.c.Perils = union(t.c.Perils, a.perils)
		return false
	}
	t.endangered()
	t.c.Unsafe = true // kept without a word about paperwork
	t.c.Perils = union(t.c.Perils, a.perils)
	if key := t.refusal(x); key != "" { // of such a picture only the words are kept
		words := textExhibit(Said{Message: x.Message, Text: x.Text, Sent: x.Sent, Forward: x.Forward}, "text", t.in.At)
		words.Theirs = x.Theirs
		if x.Forward != nil {
			words.Kind = "forward"
		}
		x = words
		t.first(key)
	}
	t.keep(x)
	t.raise(a)
	return true
}

// tellsDanger hears whether the person's words tell of danger, and then answers
// that first. They may be the other side's, handed on bare: then they are kept as
// such. What is written to the merchant is not read so.
func (t *turn) tellsDanger(e Said, text string) bool {
	s := t.present()
	you, others := t.g.content.Reader.Spoken(text)
	if s != nil && strings.HasPrefix(s.name, "letter.") && (you || !others) {
		return t.tellsSelfHarm(text)
	}
	if t.tellsSelfHarm(text) {
		return true
	}
	if t.c != nil && t.c.Danger.Step == "danger.rest" {
		if a := t.alarming(text, false); a != nil { // something new, in the quiet after the steps
			t.raise(a)
			return true
		}
	}
	if t.c != nil && t.c.Danger.Step != "" {
		return t.learns(text)
	}
	if t.tellsUrgent(text) {
		return true
	}
	if theirs := s != nil && slices.Contains(theirWords, s.name) || you && !others; theirs && t.alarming(text, true) != nil {
		t.pasted(e)
		return true
	}
	a := t.alarming(text, false)
	if a == nil {
		return false
	}
	t.endangered()
	if s != nil && s.name == "story.ask" {
		// What was told is read back when the danger is over.
		exit := s.hear(t, heard{text: text})
		if to, err := t.g.follow(s.name, exit); err == nil && len(t.facts(t.c))+len(t.c.Kinds) > 0 {
			th := &t.c.Thread
			th.Trail, th.Step = append(th.Trail, s.name), to
		}
	} else if t.c.Said == "" {
		t.c.Said = cut(oneLine(text), 400)
	}
	t.raise(a)
	return true
}

// endangered turns to the case the danger belongs to: the one that is talked
// about, else the newest, else a new one.
func (t *turn) endangered() {
	if t.c == nil || !t.c.open() {
		if open := t.p.openCases(); len(open) > 0 {
			t.focus(open[len(open)-1])
		} else {
			t.start()
		}
	}
}

// tapsDanger opens the danger screens because the person says so.
func (t *turn) tapsDanger() {
	t.endangered()
	t.c.Alarm = ""
	t.danger()
}

// raise opens the danger screens, and says which words did it.
func (t *turn) raise(a *alarm) {
	t.c.Perils = union(t.c.Perils, a.perils)
	t.notePaid(a.text, a.perils)
	t.c.Alarm = hashOf(a.text)
	t.note("danger read", "sha256", t.c.Alarm, "perils", strings.Join(a.perils, " "))
	var quotes [][]Span
	for _, w := range a.words {
		quotes = append(quotes, []Span{{Text: cut(oneLine(w), 200), Style: "italic"}})
	}
	if len(quotes) > 0 {
		t.preface = paragraphs(t.preface, lines(append([][]Span{t.w.spans("danger.because")}, quotes...)...))
	}
	t.danger()
}

// learns hears, on the danger screens, what changes what is said there.
func (t *turn) learns(text string) bool {
	var fresh []string
	for _, p := range t.g.content.Reader.Perils(text) {
		if !slices.Contains(t.c.Perils, p.ID) && t.w.has("danger.of."+p.ID) {
			fresh = append(fresh, p.ID)
		}
	}
	if len(fresh) == 0 {
		return false
	}
	t.c.Perils = union(t.c.Perils, fresh)
	t.notePaid(text, fresh)
	for _, id := range fresh {
		t.preface = paragraphs(t.preface, t.peril(id))
	}
	t.again()
	return true
}

// peril is what is to be said of one part of the danger, with whom to tell.
func (t *turn) peril(id string) []Span {
	return paragraphs(t.w.spans("danger.of."+id), t.recalled(id), t.whom(id))
}

// recalled is what may still be got back of money given to a threat, by the way
// it was paid; nothing where that is not known.
func (t *turn) recalled(id string) []Span {
	if id != "paid" || t.c == nil {
		return nil
	}
	if p := t.g.content.Payment(t.c.PaidBy); p != nil && p.Usable() {
		return plain(p.Name.In(t.p.Language) + t.w.text("list.colon") + p.How.In(t.p.Language))
	}
	return nil
}

// notePaid remembers how money was given, where the words that tell of it say so.
func (t *turn) notePaid(text string, perils []string) {
	if !slices.Contains(perils, "paid") || t.c == nil {
		return
	}
	if ids := t.g.content.Reader.Match(text, t.readingContext().Payments); len(ids) > 0 {
		t.c.PaidBy = ids[0]
	}
}

// whom are the contacts for one part of the danger; none where the country's
// file has none.
func (t *turn) whom(id string) []Span {
	for _, kinds := range perilContacts[id] {
		list := t.contacts(t.law(), kinds...)
		switch {
		case len(list) == 0:
		case t.w.has("danger.where." + id):
			return lines(t.w.spans("danger.where."+id), list)
		default:
			return list
		}
	}
	return nil
}

// perilContacts are the kinds of contacts that fit a part of the danger: the
// first of which there are any.
var perilContacts = map[string][][]string{
	"paid": {{"bank", "fraud"}}, "code": {{"bank", "fraud"}}, "images": {{"images"}, {"content"}}, "minor": {{"child"}}, "doxxing": {{"data", "content"}}, "recovery": {{"fraud"}},
}

// inPeril tells whether something is known of the danger.
func (c *Case) inPeril(id string) bool { return slices.Contains(c.Perils, id) }

// perilsAt are the texts for one of the four steps.
func (t *turn) perilsAt(ids ...string) []Span {
	var all [][]Span
	for _, id := range ids {
		if t.c.inPeril(id) {
			all = append(all, t.peril(id))
		}
	}
	return paragraphs(all...)
}

// tellsSelfHarm answers somebody who speaks of ending their life: warm, short,
// whom to call, and then nothing else.
func (t *turn) tellsSelfHarm(text string) bool {
	if !slices.ContainsFunc(t.g.content.Reader.Perils(text), func(p reading.Peril) bool { return p.ID == "selfharm" }) {
		return false
	}
	contacts := t.everywhere()
	if country := t.law(); country.Code != "" {
		contacts = lines(t.contacts(country, "crisis"), t.firstContact(country, "police"))
	}
	if t.c != nil {
		t.note("crisis")
	}
	t.say(paragraphs(t.w.spans("danger.of.selfharm"), contacts), []Button{{Label: t.w.text("button.go_on"), Case: t.p.Focus, Value: "/case"}})
	return true
}

// tellsUrgent names what can't wait though nobody is threatened, and leaves the
// question open: the second fraud, money back for a fee; and a code or the screen
// in somebody's hands, where the bank comes first.
func (t *turn) tellsUrgent(text string) bool {
	said := false
	for _, p := range t.g.content.Reader.Perils(text) {
		if p.ID == "recovery" || p.ID == "code" {
			t.preface = paragraphs(t.preface, t.peril(p.ID))
			said = true
		}
	}
	if s := t.present(); !said || s != nil && s.name == "story.ask" {
		return false // what was told is the story as well, and is read back under this
	} else if s == nil || s.rest { // where the case stands would only bury it
		text := t.preface
		t.preface = nil
		t.say(text, []Button{{Label: t.w.text("button.go_on"), Case: t.p.Focus, Value: "/case"}}, []Button{{Label: t.w.text("button.danger"), Case: t.p.Focus, Value: "/danger", Alarm: true}})
		return true
	}
	t.again()
	return true
}

// declines says why a file is not taken while it would do harm to have it.
func (t *turn) declines(x Exhibit) bool {
	key := t.refusal(x)
	if key == "" {
		return false
	}
	t.first(key)
	t.again()
	return true
}

// refusal is why a file must not be kept, the key of its text: pictures where
// intimate ones are held over somebody, anything of a child's. "" = it may.
func (t *turn) refusal(x Exhibit) string {
	c := t.c
	switch {
	case c == nil || !c.Unsafe || x.Form == "text_only":
	case c.inPeril("minor"):
		return "danger.no_files.minor"
	case c.inPeril("images") && (x.Kind == "photo" || x.Kind == "video" || x.Kind == "video_note" || x.Kind == "animation" || x.Kind == "document"):
		return "danger.no_files.images"
	}
	return ""
}

// calmed is the way back: what was read is no danger, or it is over.
func (t *turn) calmed() {
	c := t.c
	c.Unsafe = false
	t.note("danger over")
	for i := range c.Reminders { // what fell due meanwhile comes tomorrow, not at once
		if r := &c.Reminders[i]; r.Due.Before(t.in.At) {
			r.Due = t.morning(t.today().AddDays(1))
		}
	}
}

// nearestKinds are the kinds of contacts that fit the danger best.
func (c *Case) nearestKinds() []string {
	var kinds []string
	if c.inPeril("minor") {
		kinds = append(kinds, "child")
	}
	kinds = append(kinds, "police")
	if c.inPeril("images") {
		kinds = append(kinds, "images")
	}
	if c.inPeril("doxxing") {
		kinds = append(kinds, "data")
	}
	if c.inPeril("paid") || content.Fits([]string{"scam", "blackmail"}, c.Kinds) {
		kinds = append(kinds, "bank", "fraud")
	}
	return append(kinds, "cyber", "victims", "crisis")
}
