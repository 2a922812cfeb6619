package flows

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"text/template"
	"time"

	"recourse/flows/content"
)

// paper gathers what a letter or a complaint of the present case is filled
// from, in the language it is written in.
func (t *turn) paper(language, body string, by Date) content.Paper {
	c, w := t.c, t.g.words(language)
	country := t.law()
	p := content.Paper{
		Language: language, Country: c.Country, Body: body,
		You: w.text("paper.you"), Contact: w.text("paper.contact"), Address: w.text("paper.address"),
		Shop: c.Merchant.Name, Order: c.Order, Product: c.Product,
		Amount: money(c.Amount, language), Never: c.Never,
		Ordered: countryDate(c.Ordered, language, c.Country), Expected: countryDate(c.Expected, language, c.Country),
		Delivered: countryDate(c.Delivered, language, c.Country), Discovered: countryDate(c.Discovered, language, c.Country),
		Today: countryDate(t.today(), language, c.Country), By: countryDate(by, language, c.Country),
		Kinds: c.Kinds, Problem: oneLine(c.Problem), Promised: oneLine(c.Promised), Said: oneLine(c.Said), Wants: c.Wants,
		Routes: country.Letter.Routes.In(language), Closing: country.Letter.Closing.In(language),
	}
	if c.Merchant.Legal != "" {
		p.Shop = c.Merchant.Legal
	}
	if x := t.g.content.Platform(c.Merchant.Platform); x != nil {
		p.Platform = x.Name.In(language)
	}
	if x := t.g.content.Country(c.Merchant.Country); x != nil {
		p.ShopWhere = x.Name.In(language)
	}
	if x := t.g.content.Payment(c.Payment); x != nil && x.ID != "other" {
		p.Payment = x.Phrase.In(language)
	}
	p.WantAmount = money(t.asked(), language)
	p.Demand = t.demand(w)
	if rest, known := t.rest(); known && rest.Number != "" { // a part has come: only the rest is asked for
		p.WantAmount = money(rest, language)
		p.Demand = w.text("demand.offer.sum", "amount", p.WantAmount)
	}
	for _, e := range c.papers() {
		p.Exhibits = append(p.Exhibits, content.Exhibit{
			Number: e.Number, What: t.whatIs(c, e, language),
			Date: countryDate(t.dayOf(e), language, c.Country), Proofs: e.Proofs,
		})
	}
	if m := c.merchant(); m != nil {
		for _, l := range m.sent() {
			p.Earlier = append(p.Earlier, content.Sent{
				To: c.Merchant.Name, Date: countryDate(dateOf(l.Sent.In(t.p.location())), language, c.Country),
				How: w.text("sent.how." + l.How), Exhibit: l.Proof,
			})
		}
		switch m.Answer {
		case "refused", "offer":
			p.Answer = m.Answer
		case "":
			if len(p.Earlier) > 0 {
				p.Answer = "none"
			}
		default:
			p.Answer = "other"
		}
		p.Answered = oneLine(m.Answered)
	}
	for _, x := range c.Proceedings {
		if r := country.Rung(x.Body); r != nil && !x.Filed.IsZero() {
			p.Filed = append(p.Filed, content.Sent{To: r.Name.In(language), Date: countryDate(dateOf(x.Filed.In(t.p.location())), language, c.Country), Reference: x.Reference})
		}
	}
	for _, r := range t.rights() {
		if s := r.Letter.In(language); len(r.Letter) > 0 && s != "" && len(p.Rights) < 3 {
			p.Rights = append(p.Rights, s)
			if p.Laws == "" {
				p.Laws = strings.TrimSpace(r.Law.In(language) + section(language, r.Section))
			}
		}
	}
	p.Salutation = fill(country.Letter.Salutation.In(language), p)
	statements, err := t.g.content.Statements.Statements(language, p)
	if err != nil {
		t.g.lost.Add(1)
	}
	p.Statement = statements
	return p
}

// law is the country whose law holds: the case's, else the person's. Before a
// country was chosen it is an empty one: it has no rules and no contacts.
func (t *turn) law() *content.Country {
	code := t.p.Country
	if t.c != nil && t.c.Country != "" {
		code = t.c.Country
	}
	if c := t.g.content.Country(code); c != nil {
		return c
	}
	return &content.Country{}
}

// section puts the section behind the law: "…Act 2015, ss 28, 29", "…法第二十五条".
func section(language, s string) string {
	if s == "" {
		return ""
	}
	if !strings.HasPrefix(language, "zh") {
		return ", " + s
	}
	if m := english.FindStringSubmatch(s); m != nil { // "ss 28, 29" of a British act
		return "第" + strings.ReplaceAll(m[1], ", ", "、") + "条"
	}
	return " " + s
}

var english = regexp.MustCompile(`^(?:ss?|arts?\.?|regs?\.?) ([0-9][0-9A-Za-z(), -]*)$`)

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// fill puts the paper into a short text of the country file.
func fill(text string, p content.Paper) string {
	x, err := template.New("").Parse(text)
	if err != nil {
		return ""
	}
	var b bytes.Buffer
	if x.Execute(&b, p) != nil {
		return ""
	}
	return b.String()
}

// asked is the sum that is asked for: the one named, else the price where the
// price is what is wanted back.
func (t *turn) asked() Money {
	c := t.c
	if c.WantAmount.Number != "" {
		return c.WantAmount
	}
	if slices.Contains(c.Wants, "refund") || slices.Contains(c.Wants, "cancel") || len(c.Wants) == 0 {
		return c.Amount
	}
	return Money{}
}

// demand is what is wanted, as it stands after "please".
func (t *turn) demand(w words) string {
	var all []string
	for _, want := range t.c.Wants {
		m := t.c.Amount
		if want != "refund" && want != "cancel" {
			m = t.c.WantAmount
		}
		key := "demand." + want
		if m.Number != "" && w.has(key+".sum") {
			all = append(all, w.text(key+".sum", "amount", money(m, w.locale.Tag)))
		} else {
			all = append(all, w.text(key))
		}
	}
	return w.list(all)
}

// rights that fit the case, the strongest first: those for what is wanted
// before the others, at the file's order.
func (t *turn) rights() (list []content.Right) {
	country := t.law()
	for _, kind := range t.c.Kinds { // the strongest kind's rights come first
		for _, r := range country.Rights {
			fits := r.Usable() && content.Fits(r.Incidents, []string{kind}) &&
				(len(r.Wants) == 0 || len(t.c.Wants) == 0 || content.Fits(r.Wants, t.c.Wants))
			if fits && !slices.ContainsFunc(list, func(x content.Right) bool { return x.ID == r.ID }) {
				list = append(list, r)
			}
		}
	}
	return list
}

// answerBy is the day the merchant is given, counted from today.
func (t *turn) answerBy() Date {
	if d := t.c.AnswerBy; !d.IsZero() && d.After(t.today()) {
		return d
	}
	country := t.law()
	return later(t.today(), country.Answer.Span, country.Holidays)
}

// letterLanguage is the language the merchant is written to: its country's,
// where that is known, else the country's whose law holds.
func (t *turn) letterLanguage() string {
	country := t.g.content.Country(t.c.Merchant.Country)
	if country == nil {
		country = t.law()
	}
	return t.g.readable(country.Languages, t.p.Language)
}

// readable chooses among the languages of a place the person's own where it is
// one of them, else the first the content is written in.
func (g *Guide) readable(languages []string, own string) string {
	if slices.Contains(languages, own) {
		return own
	}
	for _, tag := range languages {
		for _, l := range g.content.Languages {
			if l.Tag == tag {
				return tag
			}
		}
	}
	return g.content.Languages[0].Tag
}

// write fills a letter to the merchant.
func (t *turn) write(l *Letter, language string) string {
	switch {
	case l.Own != "" && language == l.Language:
		return l.Own
	case l.Text != "" && language == l.Language:
		return l.Text
	}
	name := l.Name
	if l.Short {
		name += "_short"
	}
	p := t.paper(language, "", l.By)
	t.settling(&p, l)
	s, err := t.g.content.Letters.Fill(name, language, p)
	if err != nil {
		t.g.lost.Add(1)
	}
	return s
}

// complaint fills the text for a body.
func (t *turn) complaint(r *content.Rung, language string) string {
	s, err := t.g.content.Complaints.Fill(r.Complaint, language, t.paper(language, r.Name.In(language), Date{}))
	if err != nil {
		t.g.lost.Add(1)
	}
	return s
}

// showLetter sends the draft: as a message of its own, made to be copied, and
// beside it in the person's language when that is another.
func (t *turn) showLetter(l *Letter) {
	text := t.write(l, l.Language)
	if l.Language != t.p.Language && l.Own == "" {
		t.say(paragraphs(t.w.spans("letter.to_read"), foreign(t.write(l, t.p.Language))))
		t.say(t.w.spans("letter.to_send", "language", t.g.words(l.Language).locale.Name))
	}
	t.say(foreign(text))
}

// fileName of a document: only letters every system takes.
func (t *turn) fileName(what, ending string) string {
	return what + "-" + t.at.Format(time.DateOnly) + ending
}
