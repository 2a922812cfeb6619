package flows

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"recourse/flows/content"
)

// MaxFile is the largest file a bot may fetch, in bytes.
const MaxFile = 20 << 20

// What arrives, at whatever step: it becomes an exhibit, is fetched, and only
// when its bytes are safe the person is told so. The questions about exhibits
// are in step_evidence.go.

// file hears a message with a file.
func (t *turn) file(e Sent) {
	if e.File.Size > MaxFile {
		t.first(t.tooBig(e.File.Kind))
		t.again()
		return
	}
	x := Exhibit{
		Kind: e.File.Kind, Form: "as_sent_file", State: "waiting", Declared: cut(e.File.Type, 120), Name: cut(e.File.Name, 200),
		FileID: e.File.ID, Unique: e.File.Unique, Size: e.File.Size, Message: e.Message, Album: e.Album, Sent: e.Sent,
		Forward: e.Forward, Text: cut(e.Caption, 1024), Received: t.in.At,
	}
	switch x.Kind {
	case "photo", "video_note", "video", "animation": // Telegram's apps make pictures and films smaller
		x.Form = "telegram_recompressed"
	}
	t.receive(x)
}

// tooBig is what to do about a file that can't be fetched.
func (t *turn) tooBig(kind string) string {
	if key := "file.too_big." + kind; t.w.has(key) {
		return key
	}
	return "file.too_big"
}

// unsupported declines, by its kind, what is no evidence here.
func (t *turn) unsupported(kind string) {
	switch kind {
	case "invoice", "successful_payment", "refunded_payment", "gift", "unique_gift", "giveaway":
		kind = "payment"
	case "venue":
		kind = "location"
	}
	key := "unsupported." + kind
	if !t.w.has(key) {
		key = "unsupported"
	}
	t.first(key)
	t.again()
}

// forwarded hears a message of somebody else's.
func (t *turn) forwarded(e Said) { t.keepText(e, "forward") }

// pasted hears words of the other side's that the person hands on as such:
// "they wrote: …".
func (t *turn) pasted(e Said) {
	x := textExhibit(e, "text", t.in.At)
	x.Theirs = true
	t.receive(x)
}

// keepTheirs keeps such words where they answer the present question as well; true
// = they threaten, and the danger screens are open.
func (t *turn) keepTheirs(e Said) bool {
	x := textExhibit(e, "text", t.in.At)
	x.Theirs = true
	if t.heardAlready(x.Message) {
		return false
	}
	if t.threatens(x) {
		return true
	}
	t.keep(x)
	return false
}

// keepText keeps a message as an exhibit; kind is text or forward.
func (t *turn) keepText(e Said, kind string) { t.receive(textExhibit(e, kind, t.in.At)) }

// textExhibit is a message of words only: its bytes are the text itself.
func textExhibit(e Said, kind string, at time.Time) Exhibit {
	return Exhibit{
		Kind: kind, Form: "text_only", State: "kept", SHA256: hashOf(e.Text), Size: int64(len(e.Text)),
		Type: "text/plain; charset=utf-8", Message: e.Message, Sent: e.Sent, Received: at, Stored: at, Forward: e.Forward, Text: e.Text,
	}
}

func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// merchantSays are the words of an exhibit without the person's "they wrote:".
func (t *turn) merchantSays(x *Exhibit) string {
	if words, ok := t.g.content.Reader.Theirs(x.Text); ok && x.Forward == nil {
		return words
	}
	return x.Text
}

// receive finds the case a piece of evidence belongs to: the one that is
// talked about, the only one, a new one; where it may be several, or the last
// one has ended, it is asked.
func (t *turn) receive(x Exhibit) {
	if t.heardAlready(x.Message) {
		return
	}
	if t.declines(x) || t.threatens(x) {
		return
	}
	homes := t.homes()
	s := t.present()
	talking := t.c != nil && t.c.open() && s != nil && !s.personal
	words := x.Kind == "forward" || x.Kind == "text" && x.Theirs
	mixed := talking && words && t.another(x.Text) != nil // it names another case's shop
	switch {
	case t.p.Country == "" && t.c == nil: // still at the first questions
		t.p.Loose = append(t.p.Loose, x)
		t.first("exhibit.soon")
		t.again()
		return
	case talking && !(s.rest && len(homes) > 1) && !mixed:
	case len(homes) == 1 && homes[0].open() && s != nil && s.personal && !s.rest:
		t.c = homes[0] // kept where it belongs; the question that is open stays
		t.keep(x)
		return
	case len(homes) == 1 && homes[0].open():
		t.focus(homes[0])
	case len(homes) == 0:
		t.start()
		t.keep(x)
		t.enter("story.ask")
		return
	default:
		t.p.Loose = append(t.p.Loose, x)
		if mixed {
			t.first("which.case.mixed")
		}
		if s == nil || s.name != "which.case" {
			t.p.Thread = Thread{}
			t.enter("which.case")
		} else { // the same question, with the count as it is now
			t.p.Thread.Offered = nil
			s.ask(t)
		}
		return
	}
	number := t.keep(x)
	s = t.present()
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
	case words && s.name == "story.ask":
		t.understand(t.merchantSays(e))
		t.first("story.ask.forwarded")
		t.again()
	case words && t.tellsUrgent(t.merchantSays(e)):
	case words && s.rest && t.c.Danger.Step == "":
		t.theyWrote(e)
	case words && t.c.Danger.Step == "" && len(t.c.merchant().sent()) > 0: // the question that is open stays
		t.say(t.w.spans("answer.noticed", "number", e.Number), []Button{{Label: t.w.text("answer.noticed.look"), Case: t.c.Number, Value: fmt.Sprintf("/answer %d", e.Number)}})
	}
}

// homes are the cases that evidence may belong to now: the open ones, and the
// one that ended last where it is talked about or none is open.
func (t *turn) homes() []*Case {
	all := t.p.openCases()
	if t.c != nil && !t.c.open() {
		return append(all, t.c)
	}
	if len(all) > 0 {
		return all
	}
	var last *Case
	for _, c := range t.p.Cases {
		if last == nil || !c.Closed.Before(last.Closed) {
			last = c
		}
	}
	if last == nil {
		return nil
	}
	return []*Case{last}
}

// heardAlready: Telegram may bring the same message twice, under another number
// of its own.
func (t *turn) heardAlready(message int) bool {
	is := func(x Exhibit) bool { return message != 0 && x.Message == message }
	return slices.ContainsFunc(t.p.Loose, is) ||
		slices.ContainsFunc(t.p.Cases, func(c *Case) bool { return slices.ContainsFunc(c.Exhibits, is) })
}

// keep files a piece of evidence under the next number of the present case and
// gives the number; where the same is there already, that number negative.
func (t *turn) keep(x Exhibit) int {
	c := t.c
	for _, e := range c.Exhibits {
		if e.State != "lost" && sameThing(&e, &x) {
			number := e.Number
			if e.State == "same" {
				number = e.Parent
			}
			t.tell("exhibit.same", "number", number)
			return -number
		}
	}
	x.Number = len(c.Exhibits) + 1
	t.tickArrived(c, &x)
	c.Exhibits = append(c.Exhibits, x)
	t.note("exhibit", arrival(&x)...)
	for _, e := range x.Edits { // changed while it waited for its case
		t.noteEdit(&x, e)
	}
	if x.State == "kept" {
		t.do(React{Message: x.Message, Emoji: "👍"})
		t.receipt(c, c.exhibit(x.Number))
		return x.Number
	}
	t.do(Fetch{Case: c.Number, Exhibit: x.Number, File: File{ID: x.FileID, Unique: x.Unique, Kind: x.Kind, Name: x.Name, Type: x.Declared, Size: x.Size}})
	return x.Number
}

// sameThing tells the same file by Telegram's own mark, and the same message by
// its words and where it came from. "OK" of Monday is not "OK" of Tuesday.
func sameThing(a, b *Exhibit) bool {
	if a.Form == "text_only" || b.Form == "text_only" {
		from := a.Forward == nil && b.Forward == nil ||
			a.Forward != nil && b.Forward != nil && !a.Forward.Date.IsZero() && a.Forward.Date.Equal(b.Forward.Date) && a.Forward.Name == b.Forward.Name && a.Forward.Kind == b.Forward.Kind
		return from && a.Form == b.Form && a.SHA256 == b.SHA256
	}
	return b.Unique != "" && a.Unique == b.Unique
}

// arrival is what is known of an exhibit when it comes: what the manifest of a
// dossier is held against.
func arrival(x *Exhibit) []string {
	pairs := []string{"number", strconv.Itoa(x.Number), "kind", x.Kind, "form", x.Form, "received", stamp(x.Received)}
	add := func(key, value string) {
		if value != "" {
			pairs = append(pairs, key, value)
		}
	}
	if x.Message != 0 {
		add("message", strconv.Itoa(x.Message))
	}
	add("sent", stamp(x.Sent))
	add("album", x.Album)
	add("declared", x.Declared)
	add("name", x.Name)
	if f := x.Forward; f != nil {
		add("forward_kind", f.Kind)
		add("forward_name", f.Name)
		add("forward_date", stamp(f.Date))
	}
	if x.Form == "text_only" {
		add("sha256", x.SHA256)
		add("size", strconv.FormatInt(x.Size, 10))
		add("type", x.Type)
		add("stored", stamp(x.Stored))
	} else if x.Text != "" {
		add("caption_sha256", hashOf(x.Text))
	}
	if x.Theirs {
		add("theirs", "yes")
	}
	add("proofs", strings.Join(x.Proofs, " "))
	return pairs
}

// stamp writes a time as the log does; nothing for none.
func stamp(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format(time.RFC3339)
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

// papers are the exhibits that letters and complaints may name: those that are
// kept and not left out, and of a picture and its covered copy only one, the
// original unless it is left out.
func (c *Case) papers() (list []*Exhibit) {
	for i := range c.Exhibits {
		x := &c.Exhibits[i]
		if x.State != "kept" || x.Out {
			continue
		}
		if p := c.exhibit(x.Parent); x.Form == "derived" && p != nil && !p.Out {
			continue
		}
		list = append(list, x)
	}
	return list
}

// kept hears that the bytes are safe: only now the person is told so.
func (t *turn) kept(e Kept) {
	c := t.p.Case(e.Case)
	if c == nil {
		return
	}
	x := c.exhibit(e.Exhibit)
	if x == nil || x.State != "waiting" {
		return
	}
	t.c = c
	if e.Size == 0 {
		t.lose(c, x, "empty")
		return
	}
	x.State, x.SHA256, x.Size, x.Type, x.Stored = "kept", e.SHA256, e.Size, e.Type, t.in.At
	t.note("exhibit kept", "number", strconv.Itoa(x.Number), "sha256", x.SHA256, "size", strconv.FormatInt(x.Size, 10), "type", x.Type, "stored", stamp(x.Stored))
	if y := c.twin(x); y != nil {
		t.merge(c, x, y)
		return
	}
	if x.Message != 0 {
		t.do(React{Message: x.Message, Emoji: "👍"})
	}
	t.receipt(c, x)
	t.recognize(c, x)
}

// twin is an exhibit that has the same bytes and was kept before.
func (c *Case) twin(x *Exhibit) *Exhibit {
	for i := range c.Exhibits {
		if y := &c.Exhibits[i]; y.Number != x.Number && y.State == "kept" && y.SHA256 == x.SHA256 && y.Form != "text_only" {
			return y
		}
	}
	return nil
}

// merge lets one exhibit stand for two of the same bytes. The second keeps its
// number, and its line in the log, with all that was delivered with it.
func (t *turn) merge(c *Case, x, y *Exhibit) {
	x.State, x.Parent = "same", y.Number
	y.Proofs = union(y.Proofs, x.Proofs)
	for _, p := range c.Proceedings {
		for i := range p.Letters {
			if p.Letters[i].Proof == x.Number {
				p.Letters[i].Proof = y.Number
			}
		}
	}
	t.note("exhibit same", "number", strconv.Itoa(x.Number), "as", strconv.Itoa(y.Number))
	if x.Message != 0 {
		t.do(React{Message: x.Message, Emoji: "👍"})
	}
	key := "exhibit.twin"
	if x.Form == "derived" {
		key = "exhibit.twin.copy"
	}
	t.tell(key, "number", x.Number, "same", y.Number)
}

// missing hears that a file can't be had.
func (t *turn) missing(e Lost) {
	c := t.p.Case(e.Case)
	if c == nil {
		return
	}
	if x := c.exhibit(e.Exhibit); x != nil && x.State == "waiting" {
		t.c = c
		t.lose(c, x, e.Why)
	}
}

func (t *turn) lose(c *Case, x *Exhibit, why string) {
	x.State, x.Why = "lost", why
	t.note("exhibit lost", "number", strconv.Itoa(x.Number), "why", why)
	key := "exhibit.lost"
	switch {
	case x.Form == "derived":
		key = "exhibit.lost.copy"
	case why == "too_big":
		key = t.tooBig(x.Kind)
	case why == "empty":
		key = "exhibit.lost.empty"
	}
	t.tell(key, "number", x.Number, "parent", x.Parent)
}

// tickArrived ticks the lines of the checklist that an exhibit stands for by
// its kind and its caption. Only what is sure.
func (t *turn) tickArrived(c *Case, x *Exhibit) {
	if x.Form == "text_only" {
		if x.Forward != nil || x.Theirs {
			x.Proofs = union(x.Proofs, []string{"chat"})
		}
		return
	}
	said := t.g.content.Reader.Proofs(x.Text)
	if x.Text == "" && x.Album != "" { // the caption of an album stands at one of its pictures
		for _, y := range c.Exhibits {
			if y.Album == x.Album && y.Text != "" && len(said) == 0 {
				said = t.g.content.Reader.Proofs(y.Text)
			}
		}
	}
	x.Proofs = union(x.Proofs, said)
	if len(x.Proofs) == 0 && x.Kind == "voice" && x.Forward != nil { // a message of theirs, spoken
		x.Proofs = []string{"chat"}
	}
}

// ticks adds the lines of the checklist that an exhibit stands for by the words
// a machine read off its picture; it never takes one away.
func (t *turn) ticks(x *Exhibit, words string) {
	found := slices.DeleteFunc(t.g.content.Reader.Screen(words), func(id string) bool { return slices.Contains(x.Proofs, id) })
	if len(found) > 0 {
		x.Proofs = union(x.Proofs, found)
		t.note("exhibit shows", "number", strconv.Itoa(x.Number), "proofs", strings.Join(x.Proofs, " "), "by", "reading")
	}
}

// showing hears a sentence that says what an exhibit shows: "this is the
// invoice". False = it is something else.
func (t *turn) showing(text string) bool {
	s := t.present()
	if t.c == nil || s == nil || s.personal || t.thread() != &t.c.Thread || s.name == "letter.own" || t.offered(text) != "" {
		return false
	}
	number, proofs := t.g.content.Reader.Showing(text)
	if len(proofs) == 0 {
		return false
	}
	x := t.c.exhibit(number)
	if number == 0 {
		x = t.c.latest()
		if x == nil || x.Form == "text_only" || !t.justSent(x) {
			return false
		}
	}
	if x == nil || x.State == "lost" || x.State == "same" {
		return false
	}
	x.Proofs = union(x.Proofs, proofs)
	t.noteShows(x)
	if x.State == "kept" {
		t.receipt(t.c, x)
	}
	t.first("exhibit.says", "number", x.Number, "what", t.proofNames(t.c, x, t.p.Language))
	t.again()
	return true
}

// justSent tells that nothing else was said since an exhibit came.
func (t *turn) justSent(x *Exhibit) bool {
	for _, a := range t.c.Answers {
		if a.Message > x.Message {
			return false
		}
	}
	return t.in.At.Sub(x.Received) <= 15*time.Minute
}

// latest is the exhibit that arrived last.
func (c *Case) latest() *Exhibit {
	for i := len(c.Exhibits) - 1; i >= 0; i-- {
		if x := &c.Exhibits[i]; x.Form != "derived" && x.State != "same" {
			return x
		}
	}
	return nil
}

// noteShows writes into the log what the person says an exhibit shows.
func (t *turn) noteShows(x *Exhibit) {
	pairs := []string{"number", strconv.Itoa(x.Number), "proofs", strings.Join(x.Proofs, " ")}
	if x.Shows != "" {
		pairs = append(pairs, "words_sha256", hashOf(x.Shows))
	}
	if len(x.For) > 0 {
		pairs = append(pairs, "for", strings.Join(x.For, " "))
	}
	t.note("exhibit shows", pairs...)
}

// asksFor tells whether a line stands on the case's checklist.
func (t *turn) asksFor(c *Case, proof string) bool {
	return slices.ContainsFunc(t.checklist(c), func(p content.Proof) bool { return p.ID == proof })
}

// receipt tells that an exhibit is kept, what it proves and what not, and asks,
// in the same message, what it shows. An album has one receipt that grows. In
// danger there is no paperwork.
func (t *turn) receipt(c *Case, x *Exhibit) {
	key := fmt.Sprintf("exhibit %d.%d", c.Number, x.Number)
	shown := []*Exhibit{x}
	if x.Album != "" {
		key, shown = fmt.Sprintf("album %d.%s", c.Number, x.Album), nil
		for i := range c.Exhibits {
			if y := &c.Exhibits[i]; y.Album == x.Album && y.State == "kept" && y.Form != "derived" {
				shown = append(shown, y)
			}
		}
	}
	var all [][]Span
	for _, y := range shown {
		all = append(all, t.exhibitLine(c, y))
	}
	text := lines(all...)
	if c.Unsafe {
		t.do(Say{Text: text, Key: key})
		return
	}
	text = paragraphs(text, t.proves(c, x))
	if x.Form == "derived" {
		var row []Button
		if p := c.exhibit(x.Parent); p != nil && !p.Out {
			row = append(row, Button{Label: t.w.text("exhibit.copy.only", "number", x.Parent), Case: c.Number, Value: fmt.Sprintf("/out %d", x.Parent)})
		}
		t.do(Say{Text: text, Key: key, Rows: inRows(1, row)})
		return
	}
	var rows [][]Button
	if !slices.ContainsFunc(shown, func(y *Exhibit) bool { return len(y.Proofs) > 0 }) {
		if rows = t.showsButtons(c, shown[0], len(shown) > 1); len(rows) > 0 {
			ask := "exhibit.shows"
			if len(shown) > 1 {
				ask = "exhibit.shows.album"
			}
			text = paragraphs(text, t.w.spans(ask))
		}
	}
	t.do(Say{Text: text, Key: key, Rows: rows})
}

// exhibitLine is "Exhibit 4 kept: the order page".
func (t *turn) exhibitLine(c *Case, x *Exhibit) []Span {
	key := "exhibit.kept"
	if len(t.p.openCases()) > 1 || !c.open() {
		key = "exhibit.kept.case"
	}
	return t.w.spans(key, "number", x.Number, "what", t.whatIs(c, x, t.p.Language), "case", c.Number)
}

// whatIs names an exhibit in a few words: what it shows, else what it is.
func (t *turn) whatIs(c *Case, x *Exhibit, language string) string {
	what := t.proofNames(c, x, language)
	if x.Form == "derived" {
		key := "exhibit.copy"
		if len(x.Cover) == 0 {
			key = "exhibit.copy.plain"
		}
		return t.g.words(language).text(key, "parent", x.Parent, "what", what)
	}
	return what
}

// proves is what an exhibit shows by itself and what it doesn't, in one line,
// and the wish for the original where it matters.
func (t *turn) proves(c *Case, x *Exhibit) []Span {
	key := "exhibit.proves." + x.sort()
	if !t.w.has(key) {
		key = "exhibit.proves.document"
	}
	if x.Kind == "photo" && x.Form == "telegram_recompressed" && t.wantsFile(c, x) {
		if key == "exhibit.proves.photo" {
			key = "exhibit.proves.picture" // that it was made smaller is said once
		}
		return paragraphs(t.w.spans(key), t.w.spans("exhibit.as_file"))
	}
	return t.w.spans(key)
}

// sort is what counts when it is asked what an exhibit shows: its kind, or
// what is more telling than that.
func (x *Exhibit) sort() string {
	switch {
	case x.Form == "derived":
		return "copy"
	case x.Forward != nil:
		return "forward"
	case x.Theirs:
		return "theirs"
	case (x.Kind == "photo" || x.Kind == "document" && strings.HasPrefix(x.Type, "image/")) && slices.ContainsFunc(x.Proofs, isScreen):
		return "screen"
	}
	return x.Kind
}

// isScreen tells the lines of a checklist that are usually pictures of a screen.
func isScreen(proof string) bool {
	switch proof {
	case "order_page", "product_page", "payment", "chat", "tracking", "terms", "reviews", "caller_log", "profile", "leak", "price_screens", "refusal", "promise", "cancel_proof", "statement_lines", "sent_proof":
		return true
	}
	return false
}

// wantsFile tells that an exhibit stands for a line where the original matters.
func (t *turn) wantsFile(c *Case, x *Exhibit) bool {
	return slices.ContainsFunc(t.checklist(c), func(p content.Proof) bool { return p.File && slices.Contains(x.Proofs, p.ID) })
}

// proofNames is what an exhibit shows, by the checklist or in the person's words.
func (t *turn) proofNames(c *Case, x *Exhibit, language string) string {
	var names []string
	for _, id := range x.Proofs {
		if p := t.proof(c, id); p != nil {
			names = append(names, p.Name.In(language))
		}
	}
	w := t.g.words(language)
	switch {
	case len(names) > 0 && !(x.Form == "text_only" && slices.Equal(x.Proofs, []string{"chat"})): // one message is not the whole talk
		return strings.Join(names, w.text("list.comma"))
	case x.Shows != "":
		return oneLine(x.Shows)
	case x.Kind == "text" && x.Theirs:
		return w.text("exhibit.kind.theirs")
	case x.Forward != nil && x.Kind != "forward":
		return w.text("exhibit.kind.forwarded", "what", w.text("exhibit.kind."+x.Kind))
	}
	return w.text("exhibit.kind." + x.Kind)
}

// proof finds a line of a checklist by its id: the case's own, else any.
func (t *turn) proof(c *Case, id string) *content.Proof {
	for _, p := range t.checklist(c) {
		if p.ID == id {
			return &p
		}
	}
	for _, i := range t.g.content.Incidents {
		for _, p := range i.Checklist {
			if p.ID == id {
				return &p
			}
		}
	}
	return nil
}

// showsButtons offers the lines of the checklist for one exhibit, or for its
// whole album.
func (t *turn) showsButtons(c *Case, x *Exhibit, album bool) [][]Button {
	name := strconv.Itoa(x.Number)
	if album {
		name += "+"
	}
	list := t.checklist(c)
	// What a thing of this kind most likely is stands first. It is asked, not
	// ticked: a voice may be a call, or the person telling what happened.
	if likely := map[string]string{"voice": "recording", "audio": "recording", "video": "unboxing", "video_note": "unboxing"}[x.Kind]; likely != "" {
		slices.SortStableFunc(list, func(a, b content.Proof) int { return b2i(b.ID == likely) - b2i(a.ID == likely) })
	}
	var all []Button
	for _, p := range list {
		if len(all) < 8 {
			all = append(all, Button{Label: p.Name.In(t.p.Language), Case: c.Number, Value: "/shows " + name + " " + p.ID})
		}
	}
	return inRows(2, all)
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// shows hears what an exhibit is: "/shows 4 order_page"; with "4+" its whole
// album is meant.
func (t *turn) shows(rest string) {
	name, proof, _ := strings.Cut(rest, " ")
	name, album := strings.CutSuffix(name, "+")
	n, _ := strconv.Atoi(name)
	var x *Exhibit
	if t.c != nil {
		x = t.c.exhibit(n)
	}
	if x == nil || x.State != "kept" || !t.asksFor(t.c, proof) {
		t.first("stale.unknown")
		t.again()
		return
	}
	told := false
	for i := range t.c.Exhibits {
		y := &t.c.Exhibits[i]
		if (y.Number == n || album && x.Album != "" && y.Album == x.Album) && y.State != "lost" && !slices.Equal(y.Proofs, []string{proof}) {
			y.Proofs = []string{proof}
			t.noteShows(y)
			told = true
		}
	}
	if !told { // said already: changing the message to the same is no answer
		t.say(t.exhibitLine(t.c, x))
		return
	}
	t.receipt(t.c, x)
}

// leaveOut takes an exhibit out of the dossier, or back into it: "/out 4". The
// log keeps it either way.
func (t *turn) leaveOut(rest string) {
	n, _ := strconv.Atoi(rest)
	var x *Exhibit
	if t.c != nil {
		x = t.c.exhibit(n)
	}
	if x == nil {
		t.first("stale.unknown")
		t.again()
		return
	}
	t.setOut(x, true)
	t.tell("exhibit.out", "number", x.Number)
}

func (t *turn) setOut(x *Exhibit, out bool) {
	if x.Out == out {
		return
	}
	x.Out = out
	what := "exhibit in"
	if out {
		what = "exhibit out"
	}
	t.note(what, "number", strconv.Itoa(x.Number))
}

func (t *turn) noteEdit(x *Exhibit, e Edit) {
	t.note("exhibit edited", "number", strconv.Itoa(x.Number), "sha256", hashOf(e.Text), "edited", stamp(e.At))
}

// editedExhibit hears that a message which is an exhibit was changed: both
// versions stay. False = no exhibit came with that message.
func (t *turn) editedExhibit(e Edited) bool {
	text := cut(e.Text, 4096)
	for i := range t.p.Loose {
		if x := &t.p.Loose[i]; x.Message == e.Message {
			x.Edits = append(x.Edits, Edit{e.At, text})
			t.tell("edit.loose")
			return true
		}
	}
	for _, c := range t.p.Cases {
		for i := range c.Exhibits {
			x := &c.Exhibits[i]
			if x.Message != e.Message || x.Message == 0 {
				continue
			}
			t.c = c
			x.Edits = append(x.Edits, Edit{e.At, text})
			t.noteEdit(x, Edit{e.At, text})
			if said := t.g.content.Reader.Proofs(text); x.Form != "text_only" && x.State == "kept" && len(said) > 0 && len(union(x.Proofs, said)) > len(x.Proofs) {
				x.Proofs = union(x.Proofs, said)
				t.noteShows(x)
			}
			key := "edit.exhibit"
			if x.State == "lost" {
				key = "edit.lost"
			}
			t.tell(key, "number", x.Number)
			return true
		}
	}
	return false
}
