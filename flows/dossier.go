package flows

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"recourse/flows/content"
	"recourse/flows/dossier"
)

// Dossier puts a case into words for the language an export asks for: what the
// person walks into an office or a court with. It is a function of the case and
// its log alone; the time it speaks of is that of the log's last line.
func (g *Guide) Dossier(p *Person, work Export, log [][]byte, stamps []Stamp) (*dossier.Dossier, error) {
	c := p.Case(work.Case)
	if c == nil {
		return nil, fmt.Errorf("there is no case %d", work.Case)
	}
	as := c.Opened
	if len(log) > 0 {
		var last Entry
		if err := json.Unmarshal(log[len(log)-1], &last); err != nil {
			return nil, errors.New("the last line of the log can't be read")
		}
		as = last.At
	}
	reader := *p // it is written in the dossier's language, whatever the person's is
	reader.Language, reader.Focus = work.Language, c.Number
	t := g.turn(&reader, Input{At: as})
	t.c = c
	d := &dossier.Dossier{
		Language: work.Language, Case: c.Number, As: as, Zone: or(p.Zone, "UTC"),
		When: func(at time.Time) string {
			at = at.In(p.location())
			return longDate(dateOf(at), work.Language) + t.w.text("export.clock", "time", at.Format("15:04"))
		},
		Words: func(key string, pairs ...any) string { return t.w.text(key, pairs...) },
		Title: t.subject(), Cover: t.coverFields(), Parties: t.parties(),
		Chronology: t.chronology(), Claim: t.claimFields(), Basis: t.basis(),
		Log: log, Calendar: t.calendarOf(),
	}
	paper := t.paper(work.Language, "office", c.AnswerBy)
	d.Summary = t.account(paper)
	d.Statement = append(t.account(paper), t.w.text("export.true"))
	for _, x := range c.Exhibits {
		d.Exhibits = append(d.Exhibits, t.dossierExhibit(&x))
	}
	if work.Pack != "police" { // they need what was done, not what was written about money
		d.Papers = t.papers()
	}
	for _, l := range c.Talk() {
		d.Talk = append(d.Talk, dossier.Message{At: l.At, Exhibit: l.Exhibit, Who: t.speaker(l), Text: l.Text, Edits: editsOf(l.Edits)})
	}
	for _, s := range stamps {
		d.Stamps = append(d.Stamps, dossier.Stamp(s))
	}
	return d, nil
}

// account is what happened: the facts, and the person's own words as theirs.
func (t *turn) account(paper content.Paper) []string {
	var all []string
	text, err := t.g.content.Complaints.Fill("account", paper.Language, paper)
	if err != nil {
		t.g.lost.Add(1)
	}
	for _, paragraph := range strings.Split(text, "\n") {
		if paragraph = strings.TrimSpace(paragraph); paragraph != "" {
			all = append(all, paragraph)
		}
	}
	return all
}

// coverFields stand on the first page.
func (t *turn) coverFields() (all []dossier.Field) {
	c := t.c
	add := func(label, text string) {
		if text != "" {
			all = append(all, dossier.Field{Label: label, Text: text})
		}
	}
	fact := func(id string) { add(t.w.text("fact."+id), factOf(id).value(t, c)) }
	var kinds []string
	for _, i := range t.g.incidents(c) {
		kinds = append(kinds, i.Name.In(t.p.Language))
	}
	add(t.w.text("fact.kind"), strings.Join(kinds, t.w.text("list.comma")))
	for _, id := range []string{"shop", "platform", "product", "amount", "payment"} {
		if factOf(id).known(c) {
			fact(id)
		}
	}
	add(t.w.text("fact.want"), t.wants(c))
	add(t.w.text("export.state"), t.w.text("state."+c.State()))
	if d := t.soonest(); d != nil && c.open() {
		add(t.w.text("export.soonest"), content.Clean(join(t.deadlineLine(*d))))
	}
	return all
}

// parties are the person, whose name the bot never asks for, and the merchant.
func (t *turn) parties() []dossier.Party {
	c := t.c
	you := dossier.Party{Role: t.w.text("export.consumer"), Fields: []dossier.Field{
		{Label: t.w.text("export.name"), Text: t.w.text("paper.you")},
		{Label: t.w.text("export.contact"), Text: t.w.text("paper.contact")},
		{Label: t.w.text("export.address"), Text: t.w.text("paper.address")},
		{Label: t.w.text("export.country"), Text: t.law().Name.In(t.p.Language)},
	}}
	shop := dossier.Party{Role: t.w.text("export.shop")}
	add := func(label, text string) {
		if text != "" {
			shop.Fields = append(shop.Fields, dossier.Field{Label: t.w.text(label), Text: text})
		}
	}
	add("export.name", or(c.Merchant.Name, t.w.text("export.unknown")))
	add("export.legal", c.Merchant.Legal)
	for _, id := range []string{"shop_country", "platform", "order"} {
		if f := factOf(id); f.known(c) {
			add("fact."+id, f.value(t, c))
		}
	}
	return []dossier.Party{you, shop}
}

// claimFields are what is asked for and by when.
func (t *turn) claimFields() (all []dossier.Field) {
	if d := t.demand(t.w); d != "" {
		all = append(all, dossier.Field{Label: t.w.text("fact.want"), Text: d})
	}
	if m := t.asked(); m.Number != "" {
		all = append(all, dossier.Field{Label: t.w.text("fact.want_amount"), Text: money(m, t.p.Language)})
	}
	if m := t.c.merchant(); m != nil && !m.AnswerBy.IsZero() {
		all = append(all, dossier.Field{Label: t.w.text("export.by"), Text: longDate(m.AnswerBy, t.p.Language)})
	}
	return all
}

// basis are the rules the claim rests on, the strongest first.
func (t *turn) basis() (all []dossier.Rule) {
	in := t.p.Language
	for _, r := range t.rights() {
		if len(all) < 6 {
			all = append(all, dossier.Rule{
				Rule: r.Rule.In(in), Law: strings.TrimSpace(r.Law.In(in) + section(in, r.Section)),
				Source: r.Source, Read: longDate(r.Read, in),
			})
		}
	}
	return all
}

// chronology is what happened day by day, as far as the case knows a day.
func (t *turn) chronology() []dossier.Happening {
	c, in := t.c, t.p.Language
	type event struct {
		on   Date
		text string
		see  []int
	}
	var all []event
	day := func(on Date, key string, pairs ...any) {
		if !on.IsZero() {
			all = append(all, event{on: on, text: t.w.text("export.event."+key, pairs...)})
		}
	}
	local := func(at time.Time) Date { return dateOf(at.In(t.p.location())) }
	day(c.Ordered, "ordered", "product", c.Product, "amount", money(c.Amount, in))
	day(c.Expected, "expected")
	if !c.Never {
		day(c.Delivered, "delivered")
	}
	day(c.Discovered, "discovered")
	for _, l := range c.Talk() {
		on := local(l.At)
		key := "message"
		if l.Theirs {
			key = "theirs"
		}
		all = append(all, event{on, t.w.text("export.event."+key, "words", cut(oneLine(l.Text), 160)), []int{l.Exhibit}})
	}
	for _, p := range c.Proceedings {
		name := t.w.text("card.merchant")
		if r := t.rungOf(p); r != nil {
			name = r.Name.In(in)
		}
		for _, l := range p.sent() {
			key := "wrote"
			if p.Body != "merchant" {
				key = "filed"
			}
			e := event{on: local(l.Sent), text: t.w.text("export.event."+key, "name", name, "reference", p.Reference)}
			if l.Proof != 0 {
				e.see = []int{l.Proof}
			}
			all = append(all, e)
		}
	}
	if !c.Closed.IsZero() {
		day(local(c.Closed), "closed", "outcome", t.w.text("state."+c.State()))
	}
	slices.SortStableFunc(all, func(a, b event) int {
		switch {
		case a.on.Before(b.on):
			return -1
		case b.on.Before(a.on):
			return 1
		}
		return 0
	})
	var list []dossier.Happening
	for _, e := range all {
		list = append(list, dossier.Happening{Date: longDate(e.on, in), Text: e.text, Exhibits: e.see})
	}
	return list
}

// papers are the letters and complaints, as they went out; the one still being
// written last.
func (t *turn) papers() (all []dossier.Paper) {
	for _, p := range t.c.Proceedings {
		r := t.rungOf(p)
		for i := range p.Letters {
			l := &p.Letters[i]
			x := dossier.Paper{Kind: "letter", Language: t.g.words(l.Language).locale.Name, Text: l.Text}
			switch {
			case p.Body == "merchant":
				x.Title = t.w.text("export.letter", "tone", t.w.button("letter.tone", l.Name))
				if x.Text == "" {
					x.Text = t.write(l, l.Language)
				}
			case r != nil:
				x.Kind, x.Title = "complaint", r.Name.In(t.p.Language)
			default:
				x.Kind, x.Title = "complaint", p.Body
			}
			if !l.Sent.IsZero() {
				x.Date = t.w.text("export.sent", "date", longDate(dateOf(l.Sent.In(t.p.location())), t.p.Language), "how", t.w.text("sent.how."+or(l.How, "form")))
			}
			if x.Text != "" {
				all = append(all, x)
			}
		}
	}
	return all
}

// calendarOf are the days that run.
func (t *turn) calendarOf() []byte {
	var all []dossier.Entry
	for _, p := range t.c.Proceedings {
		if (p.State == "sent" || p.State == "overdue") && !p.AnswerBy.IsZero() {
			all = append(all, t.calendarEntry(p))
		}
	}
	if len(all) == 0 {
		return nil
	}
	return dossier.Calendar(all...)
}

// speaker is whose words a line of the talk are, as far as anybody can say.
func (t *turn) speaker(l Line) string {
	switch {
	case l.Origin != nil:
		return t.w.text("export.forwarded", "name", l.Origin.Name)
	case l.Theirs:
		return t.w.text("export.theirs")
	}
	return t.w.text("export.pasted")
}

func editsOf(edits []Edit) (all []dossier.Edit) {
	for _, e := range edits {
		all = append(all, dossier.Edit(e))
	}
	return all
}

// dossierExhibit is an exhibit with what it shows and does not prove in words.
func (t *turn) dossierExhibit(x *Exhibit) dossier.Exhibit {
	e := dossier.Exhibit{
		Number: x.Number, Kind: x.Kind, Form: x.Form, State: x.State, Why: x.Why, SHA256: x.SHA256, Size: x.Size, Type: x.Type,
		Declared: x.Declared, Name: x.Name, Message: x.Message, Album: x.Album, Sent: x.Sent, Received: x.Received, Stored: x.Stored,
		Text: x.Text, Edits: editsOf(x.Edits), Theirs: x.Theirs, Proofs: x.Proofs, Shows: x.Shows, Answers: x.Answers,
		Parent: x.Parent, Cover: x.Cover, Out: x.Out,
		Title: t.exhibitTitle(x), Date: longDate(dateOf(x.Sent.In(t.p.location())), t.p.Language),
	}
	if x.State == "same" {
		e.Same, e.Parent = x.Parent, 0
	}
	if f := x.Forward; f != nil {
		e.Forward = &dossier.Origin{Kind: f.Kind, Name: f.Name, Date: f.Date}
	}
	if x.State == "kept" {
		e.Notes = []string{t.w.text("export.note." + x.sort())}
	}
	return e
}

// exhibitTitle is what it shows as far as anybody said, else what kind of thing
// it is.
func (t *turn) exhibitTitle(x *Exhibit) string {
	if slices.ContainsFunc(t.checklist(t.c), func(p content.Proof) bool { return slices.Contains(x.Proofs, p.ID) }) {
		return t.proofNames(t.c, x, t.p.Language)
	}
	if x.Shows != "" {
		return cut(oneLine(x.Shows), 120)
	}
	return t.w.text("export.kind." + x.Kind)
}

// subject is what the case is about, as it stands on the cover.
func (t *turn) subject() string {
	c := t.c
	if c.Merchant.Name == "" && c.Product == "" {
		return t.title(c)
	}
	return strings.Trim(c.Merchant.Name+" · "+c.Product, " ·")
}
