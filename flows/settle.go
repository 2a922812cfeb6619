package flows

import (
	"slices"

	"github.com/bojanz/currency"

	"recourse/flows/content"
	"recourse/flows/reading"
)

// The settlement desk: the offer beside what was asked and what the rule gives;
// accept, counter, refuse; whether it has arrived, in parts too; and what is
// withdrawn when it is over.
func settleSteps() []*step {
	return []*step{
		{
			name:  "offer.words",
			exits: next("offer.weigh"),
			ask:   func(t *turn) { t.question(t.w.spans("offer.words.ask"), t.choices(1, "skip")...) },
			hear: func(t *turn, h heard) string {
				if h.value != "skip" && !t.g.content.Reader.Skip(h.text) {
					t.readAs(h.text, 0)
				} else {
					t.c.approach("merchant").Read = nil // an offer of which nothing is known
					t.offer()
				}
				return "next"
			},
			file: func(t *turn, e *Exhibit) string {
				e.Proofs = union(e.Proofs, []string{"chat"})
				if t.says(e) != "" {
					t.readAs(t.says(e), e.Number)
				}
				return "next"
			},
		},
		{
			name: "offer.weigh",
			exits: map[string]string{
				"accept": "offer.check", "counter": "offer.counter", "refuse": "letter.ready", "sum": "offer.sum", "ladder": "ladder.pick", "wait": "waiting",
			},
			ask: func(t *turn) {
				t.question(t.deskText(), append(t.choices(1, "accept", "counter", "refuse", "sum"), t.choices(2, "ladder", "wait")...)...)
			},
			hear: func(t *turn, h heard) string {
				switch h.value {
				case "accept", "counter", "sum", "ladder":
					return h.value
				case "refuse":
					t.draft("decline")
					return "refuse"
				case "wait":
					t.remind(Reminder{Kind: "later", Due: t.morning(t.today().AddDays(2))})
					return "wait"
				}
				return t.unclear()
			},
		},
		{
			name:  "offer.sum",
			exits: next("offer.weigh"),
			ask:   func(t *turn) { t.question(t.w.spans("offer.sum.ask")) },
			hear: func(t *turn, h heard) string {
				r := t.offer()
				if !t.takeMoney(&r.Offer, h.text) {
					return t.unclear()
				}
				r.Sort = ""
				return "next"
			},
		},
		{
			name:  "offer.counter",
			exits: next("letter.ready"),
			ask: func(t *turn) {
				var all []Button
				if s := money(t.asked(), t.p.Language); s != "" {
					all = append(all, Button{Label: s, Value: "asked"})
				}
				t.question(t.w.spans("offer.counter.ask"), inRows(1, all)...)
			},
			hear: func(t *turn, h heard) string {
				sum := t.asked()
				if h.value != "asked" && !t.takeMoney(&sum, h.text) {
					return t.unclear()
				}
				t.c.Counter = sum
				t.draft("counter")
				return "next"
			},
		},
		{
			// What a yes gives away, before it is said.
			name:  "offer.check",
			exits: map[string]string{"write": "letter.ready", "said": "money.asked", "no": "offer.weigh"},
			ask: func(t *turn) {
				text := [][]Span{t.w.spans("offer.check.ask")}
				if slices.Contains(t.offer().Ties, "settlement") {
					text = append(text, t.w.spans("offer.check.signed"))
				}
				if ties := t.offer().Ties; slices.Contains(ties, "review") || slices.Contains(ties, "silence") {
					text = append(text, t.w.spans("offer.check.tied"))
				}
				t.question(paragraphs(text...), t.choices(1, "write", "said", "no")...)
			},
			hear: func(t *turn, h heard) string {
				switch h.value {
				case "no":
					return "no"
				case "write", "said":
					r := t.offer()
					t.promised(Promise{Made: t.today(), By: r.By, Sum: r.Offer, Words: r.Words})
					if h.value == "write" {
						t.draft("accept")
					}
					return h.value
				}
				return t.unclear()
			},
		},
	}
}

// Whether it has come, and what follows when it has not.
func moneySteps() []*step {
	return []*step{
		{
			name:  "money.asked",
			exits: map[string]string{"arrived": "end.back", "part": "money.part", "notyet": "waiting", "broken": "broken.next"},
			ask: func(t *turn) {
				t.question(paragraphs(t.history(), t.w.spans("money.asked.ask")), t.choices(1, "arrived", "part", "notyet", "broken")...)
			},
			hear: func(t *turn, h heard) string {
				yes, known := t.g.content.Reader.YesNo(h.text)
				switch {
				case h.value == "arrived" || h.value == "part":
					return h.value
				case h.value == "notyet" || h.value == "" && known && !yes:
					t.remind(Reminder{Kind: "money", Due: t.morning(t.today().AddDays(5))})
					t.first("money.asked.waiting", "date", nearDate(t.today().AddDays(5), t.p.Language))
					return "notyet"
				case h.value == "broken":
					t.broke()
					return "broken"
				case h.value == "" && known:
					return "arrived"
				}
				return t.unclear()
			},
		},
		{
			name:  "money.part",
			exits: map[string]string{"rest": "waiting", "all": "end.back"},
			ask:   func(t *turn) { t.question(t.w.spans("money.part.ask")) },
			hear: func(t *turn, h heard) string {
				var sum Money
				if !t.takeMoney(&sum, h.text) {
					return t.unclear()
				}
				t.c.Parts = append(t.c.Parts, Part{Sum: sum, Day: t.today()})
				t.note("part arrived")
				rest, known := t.rest()
				if known && rest.Number == "" {
					return "all"
				}
				day := t.today().AddDays(7)
				t.remind(Reminder{Kind: "money", Due: t.morning(day)})
				t.first("money.part.noted", "sum", money(sum, t.p.Language), "rest", money(rest, t.p.Language), "date", nearDate(day, t.p.Language))
				return "rest"
			},
		},
		{
			name:  "broken.next",
			exits: map[string]string{"letter": "letter.ready", "ladder": "ladder.pick", "wait": "waiting", "close": "end.ask"},
			ask: func(t *turn) {
				t.question(paragraphs(t.w.spans("broken.next.ask"), t.history(), t.w.spans("usual_next")), t.choices(1, "letter", "ladder", "wait", "close")...)
			},
			hear: func(t *turn, h heard) string {
				switch h.value {
				case "letter":
					t.draft("broken")
				case "wait":
					t.floor()
				case "ladder", "close":
				default:
					return t.unclear()
				}
				return h.value
			},
		},
		{
			// Over: what still lies with a body is taken back, one after another.
			name:  "withdraw.next",
			exits: map[string]string{"done": "withdraw.next", "keep": "withdraw.next", "none": "end.tips"},
			pass: func(t *turn) string {
				if t.lying() == nil {
					return "none"
				}
				return ""
			},
			ask: func(t *turn) {
				p := t.lying()
				t.c.Thread.About = p.Number
				r := t.law().Rung(p.Body)
				t.showWithdrawal(r)
				text := [][]Span{t.w.spans("withdraw.next.ask", "name", r.Name.In(t.p.Language))}
				if r.Can.Withdraw != "yes" {
					text = append(text, t.w.spans("withdraw.next.unsure"))
				}
				t.question(paragraphs(text...), t.choices(1, "done", "keep")...)
			},
			hear: func(t *turn, h heard) string {
				p := t.c.Proceeding(t.c.Thread.About)
				switch {
				case p == nil:
				case h.value == "done":
					p.move("withdraw")
					t.note("withdrawn", "body", p.Body)
				case h.value == "keep":
					p.move("settle")
				default:
					return t.unclear()
				}
				return or(h.value, "keep")
			},
		},
	}
}

// offer is the reading with the offer that lies on the desk; where nothing was
// read, an empty one to be filled in.
func (t *turn) offer() *Read {
	m := t.c.approach("merchant")
	if m.Read == nil {
		m.Read = &Read{Day: t.today(), Labels: []string{"offer"}}
	}
	return m.Read
}

// weigh reads what is offered: the sum, or what it is instead, and the
// conditions. A share is one of the price.
func (t *turn) weigh(r *Read, offers []reading.Offer) {
	for _, o := range offers {
		price, known := t.c.Amount.Amount()
		switch {
		case o.Amount != nil:
			r.Offer = MoneyOf(*o.Amount)
		case known && r.Offer.Number == "":
			if a, err := price.Mul(currencyShare(o.Percent)); err == nil {
				r.Offer = MoneyOf(a.Round())
			}
		}
		if o.Amount != nil {
			break
		}
	}
	if slices.Contains(r.Labels, "offer") {
		for _, sort := range []string{"voucher", "replacement", "repair"} {
			if t.g.content.Says(sort, r.Words) != "" {
				r.Sort = sort
				break
			}
		}
	}
	for _, tie := range []string{"review", "silence", "settlement"} {
		if t.g.content.Says(tie, r.Words) != "" {
			r.Ties = append(r.Ties, tie)
		}
	}
}

// currencyShare is a percentage as a factor: 20 is "0.20".
func currencyShare(percent int) string {
	return "0." + string([]byte{byte('0' + percent/10%10), byte('0' + percent%10)})
}

// share is how many percent of the price a sum is; ok is false where that can't
// be said.
func (t *turn) share(m Money) (percent string, ok bool) {
	a, known := m.Amount()
	price, paid := t.c.Amount.Amount()
	if !known || !paid || m.Currency != t.c.Amount.Currency || price.IsZero() {
		return "", false
	}
	a, err := a.Mul("100")
	if err != nil {
		return "", false
	}
	if a, err = a.Div(price.Number()); err != nil {
		return "", false
	}
	return a.RoundTo(0, currency.RoundHalfUp).Number(), true
}

// deskText is the offer beside what was asked and what the rule gives, with
// what it is tied to.
func (t *turn) deskText() []Span {
	r, in := t.offer(), t.p.Language
	text := [][]Span{t.w.spans("offer.weigh.ask")}
	if r.Words != "" {
		text = append(text, t.w.spans("offer.weigh.theirs", "words", cut(r.Words, 300)))
	}
	if r.Offer.Number != "" {
		sum := t.w.spans("offer.figures", "sum", money(r.Offer, in))
		if percent, ok := t.share(r.Offer); ok {
			sum = t.w.spans("offer.share", "sum", money(r.Offer, in), "percent", percent)
		}
		text = append(text, sum)
	}
	if r.Sort != "" {
		text = append(text, t.w.spans("offer.weigh."+r.Sort))
	}
	if d := t.demand(t.w); d != "" {
		text = append(text, t.w.spans("offer.weigh.asked", "demand", d))
	}
	if rights := t.rights(); len(rights) > 0 {
		text = append(text, t.w.spans("rule.line", "rule", rights[0].Rule.In(in), "source", t.source(rights[0].Origin)))
	}
	if len(r.Ties) == 0 {
		return paragraphs(append(text, t.w.spans("offer.weigh.conditions"))...)
	}
	for _, tie := range r.Ties {
		text = append(text, t.w.spans("offer.tie."+tie))
		if rule := t.ruleFor(tie); rule != nil {
			text = append(text, rule)
		}
	}
	return paragraphs(text...)
}

// promised keeps a promise, and the day it is asked about.
func (t *turn) promised(p Promise) {
	t.c.Promises = append(t.c.Promises, p)
	day := p.By
	if !day.After(t.today()) {
		day = t.today().AddDays(7)
	}
	t.unremind("later", 0)
	t.remind(Reminder{Kind: "money", Due: t.morning(day)})
	t.note("promised", "by", p.By.String())
}

// promise is the last one that was made, nil when there is none.
func (c *Case) promise() *Promise {
	if len(c.Promises) == 0 {
		return nil
	}
	return &c.Promises[len(c.Promises)-1]
}

// broke notes that the last promise was not kept.
func (t *turn) broke() {
	if p := t.c.promise(); p != nil {
		p.Broken = true
	}
	t.unremind("money", 0)
	t.c.approach("merchant").move("silent")
	t.note("promise broken")
}

// history is what was promised and what came, a line each; nothing where there
// was neither.
func (t *turn) history() []Span {
	in := t.p.Language
	var all [][]Span
	for _, p := range t.c.Promises {
		key := "promise.line"
		if !p.By.IsZero() {
			key = "promise.line.by"
		}
		what := money(p.Sum, in)
		if p.Words != "" {
			what = t.w.text("promise.words", "words", cut(p.Words, 120))
		}
		if what == "" {
			what = t.w.text("promise.unnamed")
		}
		all = append(all, t.w.spans(key, "made", nearDate(p.Made, in), "what", what, "by", nearDate(p.By, in)))
	}
	return lines(append(all, t.parts()...)...)
}

// parts are what came so far, a line each.
func (t *turn) parts() (all [][]Span) {
	for _, p := range t.c.Parts {
		all = append(all, t.w.spans("part.line", "sum", money(p.Sum, t.p.Language), "date", nearDate(p.Day, t.p.Language)))
	}
	return all
}

// came is the sum of the parts; an empty one where none came or they are in
// several currencies.
func (c *Case) came() Money {
	var sum currency.Amount
	for i, p := range c.Parts {
		a, ok := p.Sum.Amount()
		if !ok {
			return Money{}
		}
		if i == 0 {
			sum = a
			continue
		}
		var err error
		if sum, err = sum.Add(a); err != nil {
			return Money{}
		}
	}
	if len(c.Parts) == 0 {
		return Money{}
	}
	return MoneyOf(sum)
}

// rest is what is still to come of what was promised, else of what was asked;
// empty when all is there. known is false where it can't be reckoned.
func (t *turn) rest() (rest Money, known bool) {
	due := t.asked()
	if p := t.c.promise(); p != nil && p.Sum.Number != "" {
		due = p.Sum
	}
	a, ok := due.Amount()
	came, some := t.c.came().Amount()
	if !ok || !some {
		return Money{}, false
	}
	left, err := a.Sub(came)
	if err != nil {
		return Money{}, false
	}
	if left.IsNegative() || left.IsZero() {
		return Money{}, true
	}
	return MoneyOf(left), true
}

// lies tells whether a complaint still lies with a body. Where only advice was
// asked nothing has to be taken back.
func (t *turn) lies(p *Proceeding) bool {
	r := t.law().Rung(p.Body)
	return r != nil && r.Complaint != "" && !p.Filed.IsZero() && !slices.Contains([]string{"settled", "withdrawn", "lapsed"}, p.State)
}

// lying is the first such complaint, nil when there is none.
func (t *turn) lying() *Proceeding {
	for _, p := range t.c.Proceedings {
		if t.lies(p) {
			return p
		}
	}
	return nil
}

// showWithdrawal sends the text that takes a complaint back.
func (t *turn) showWithdrawal(r *content.Rung) {
	write := func(language string) string {
		s, err := t.g.content.Complaints.Fill("withdrawal", language, t.paper(language, r.Name.In(language), Date{}))
		if err != nil {
			t.g.lost.Add(1)
		}
		return s
	}
	if r.Language != t.p.Language {
		t.say(paragraphs(t.w.spans("letter.to_read"), foreign(write(t.p.Language))))
		t.say(t.w.spans("letter.to_send", "language", t.g.words(r.Language).locale.Name))
	}
	for _, text := range fit(write(r.Language), r.Limit) {
		t.say(foreign(text))
	}
}

// settling fills into a paper what a letter about an offer or a promise says.
func (t *turn) settling(p *content.Paper, l *Letter) {
	in, country := p.Language, t.c.Country
	w := t.g.words(in)
	m := t.c.merchant()
	ask := func(sum Money, sort string) {
		switch {
		case sum.Number != "":
			p.Demand, p.WantAmount = w.text("demand.offer.sum", "amount", money(sum, in)), money(sum, in)
		case sort == "replacement" || sort == "repair":
			p.Demand, p.WantAmount = w.text("demand."+sort), ""
		default:
			p.Demand, p.WantAmount = w.text("demand.offer"), ""
		}
	}
	if r := m.Read; r != nil && (l.Name == "accept" || l.Name == "counter" || l.Name == "decline") {
		p.Offer, p.Offered, p.Answered = money(r.Offer, in), countryDate(r.Day, in, country), r.Words
		p.Final = slices.Contains(r.Ties, "settlement")
		if l.Name == "accept" {
			ask(r.Offer, r.Sort)
		}
	}
	if l.Name == "counter" && t.c.Counter != (Money{}) && t.c.Counter != t.asked() {
		ask(t.c.Counter, "")
	}
	if x := t.c.promise(); x != nil && l.Name == "broken" {
		p.Offer, p.Offered, p.PromisedBy, p.Answered = money(x.Sum, in), countryDate(x.Made, in, country), countryDate(x.By, in, country), x.Words
		if rest, known := t.rest(); known && rest.Number != "" {
			p.Came = money(t.c.came(), in)
			ask(rest, "")
		} else if x.Sum.Number != "" && x.Sum != t.asked() {
			ask(x.Sum, "")
		}
	}
}
