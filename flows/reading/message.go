package reading

import (
	"cmp"
	"slices"
	"strings"

	"github.com/bojanz/currency"
)

// Message is what a message of a merchant is.
type Message struct {
	Labels   []string // out of Labels, the gravest first; never empty: "neutral" stands alone
	Because  []Because
	Severity int     // 0 ordinary, 1 evasive, 2 hostile or risky, 3 danger
	Sure     bool    // of a danger: a rule found its words, or the weights are far from doubt
	Offers   []Offer // what an offering message offers, in order
	Dates    []Date  // the days it names or promises, counted from today, rising
}

// Because is a place of the text that led to a label.
type Because struct {
	Label string
	Words string // as they stand in the text
}

// Offer is an amount, or a share of the price.
type Offer struct {
	Amount  *currency.Amount // nil where it is a share
	Percent int              // 1 to 99
}

// Neutral is the label of a message that is nothing else.
const Neutral = "neutral"

// Labels are what a merchant's message may be, the gravest first, with how
// grave each is. How they are told apart is written in README.md.
func Labels() []string {
	return []string{
		"threat", "blackmail", "doxxing",
		"phishing", "insult", "discrimination", "review_pressure",
		"refusal", "stalling", "blame_shift", "closed", "off_platform",
		"offer", "full_refund", "apology", "request_info", "auto_reply", Neutral,
	}
}

func severity(label string) int {
	switch label {
	case "threat", "blackmail", "doxxing":
		return 3
	case "phishing", "insult", "discrimination", "review_pressure":
		return 2
	case "refusal", "stalling", "blame_shift", "closed", "off_platform":
		return 1
	}
	return 0
}

// Ideas are what merchants speak of, whatever the language: the files of answers
// list the words for each. The weights know which of them together make a label,
// so what was learnt in one language serves in all.
func Ideas() []string {
	return []string{
		"absent", "ask", "auto", "block", "charge", "chatapp", "come", "cond", "confirm", "courier", "delete", "done", "end", "evidence", "family", "fault", "fee", "full",
		"future", "goto", "greet", "group", "home", "keep", "kind", "know", "law", "link", "maker", "misuse", "mock", "neverask", "noreply", "offer", "ourfault",
		"part", "pay", "personal", "platform", "policy", "poor", "private", "process", "product", "promo", "publish", "refund", "refuse", "replace", "review",
		"secret", "service", "silence", "sorry", "swear", "thanks", "track", "violence", "voucher", "wait", "warn", "we", "work", "you",
	}
}

// Messages reads what merchants write, in all languages at once. It does not
// change after NewMessages and may be shared.
type Messages struct {
	own     *Reader // the phrases of the answers, with words of their own
	people  *Reader // reads dates and amounts
	quotes  root
	hidden  map[string][]string // words people hide, by their first letter
	days    root                // "within 3 days": a number of days from today
	percent root
	pairs   []pair
	weights *Weights

	languages []string
	spoken    map[string]uint64 // a word → the languages it belongs to, a bit each
}

// Read tells what a message is. The language is a hint: it says which currency
// a bare $ or ¥ may be; the text is read by the rules of all languages. Words
// of the customer that the message quotes do not count. No text makes it fail,
// and of a very long one only the beginning is read.
func (m *Messages) Read(language, text string, today Date) Message {
	text = firstPart(text)
	p := m.page(language, text)
	var found Message
	for _, label := range Labels() {
		if label == Neutral {
			continue
		}
		if because := m.holds(p, label); because != nil {
			found.Labels = append(found.Labels, label)
			found.Because = append(found.Because, because...)
			found.Severity = max(found.Severity, severity(label))
			found.Sure = found.Sure || severity(label) == 3 && m.sure(p, label)
		}
	}
	if len(found.Labels) == 0 {
		found.Labels = []string{Neutral}
	}
	own := blank(text, p.quoted)
	c := Context{Today: today, After: today, DayFirst: dayFirst(language), Currency: currencyOf(language)}
	pages := [2]*page{newPage(own, c, m.people.cut(own)), newPage(own, c, p.tokens)}
	if slices.Contains(found.Labels, "offer") {
		found.Offers = m.offers(p, own, pages)
	}
	found.Dates = m.promised(p, pages)
	return found
}

// doubt is how far above its bar a label of danger may be a likeness only.
const doubt = 0.5

// sure tells that a label that holds is no likeness only.
func (m *Messages) sure(a *answer, label string) bool {
	return len(a.places[label]) > 0 || m.weights != nil && a.sums[slices.Index(m.weights.labels, label)] > doubt
}

// dayFirst tells how 05/03 is read where a message says nothing else.
func dayFirst(language string) bool {
	switch base(language) {
	case "es", "de", "fr", "pt", "ru":
		return true
	}
	return false
}

// currencyOf is the currency that a bare sign means in a language.
func currencyOf(language string) string {
	switch base(language) {
	case "zh":
		return "CNY"
	case "ja":
		return "JPY"
	case "de", "es", "fr", "pt":
		return "EUR"
	case "ru":
		return "RUB"
	}
	return ""
}

func base(language string) string {
	head, _, _ := strings.Cut(strings.ToLower(language), "-")
	return head
}

// answer is a message while it is read.
type answer struct {
	*page
	language string   // it is most likely in, as listen names it
	quoted   [][2]int // bytes that are the customer's own words
	places   map[string][]hit
	taken    map[string]bool // labels of which words were taken back
	ideas    []idea
	terms    []term // for the weights
	weighed
}

// idea is one that a message speaks of.
type idea struct {
	name string
	hit
}

// idea notes one; what is denied is another idea.
func (a *answer) idea(name string, h hit, negated bool) {
	if negated {
		name = "no " + name
	}
	for i := len(a.ideas) - 1; i >= 0 && i >= len(a.ideas)-8; i-- {
		if x := a.ideas[i]; x.name == name && x.from < h.to && h.from < x.to {
			return
		}
	}
	if len(a.ideas) < mostIdeas {
		a.ideas = append(a.ideas, idea{name, h})
	}
}

func (m *Messages) page(language, text string) *answer {
	a := &answer{page: &page{text: text}, places: map[string][]hit{}, taken: map[string]bool{}}
	a.quoted = m.quotedParts(text)
	a.tokens = m.own.cutLetters(m.reveal(fold(blank(text, a.quoted))))
	spoken, likeliest := m.listen(language, a.tokens)
	a.language = likeliest
	s := search{r: m.own, tokens: a.tokens}
	s.found = func(h hit) {
		if spoken&(1<<m.own.rules[h.rule].from) == 0 {
			return
		}
		if use := m.own.rules[h.rule].use; use == useLabel && m.own.negated(a.tokens, h) {
			return
		}
		for i := len(a.hits) - 1; i >= 0 && a.hits[i].from == h.from; i-- {
			if a.hits[i].rule == h.rule && a.hits[i].to == h.to {
				return
			}
		}
		if use := m.own.rules[h.rule].use; use == useIdea {
			a.idea(m.own.rules[h.rule].key, h, m.own.negated(a.tokens, h))
			return
		}
		if len(a.hits) < mostHits {
			a.hits = append(a.hits, h)
		}
	}
	s.all(&m.own.tree)
	m.sums(a)
	m.places(a)
	a.terms = terms(a)
	if m.weights != nil {
		a.weighed = m.weights.weigh(a.language, a.terms)
	}
	return a
}

// mostHits are the phrases of one message that are looked at: more than any
// honest text has.
const mostHits = 2000

// sums notes amounts of money and shares as ideas.
func (m *Messages) sums(a *answer) {
	for i, t := range a.tokens {
		if t.kind != number {
			continue
		}
		h := hit{from: i, to: i + 1}
		for _, r := range []*Reader{m.people, m.own} {
			_, after := r.after.at(a.tokens, i+1)
			_, behind := r.before.at(a.tokens, i+1) // 40 €
			before := false
			for k := 1; k <= 2 && k <= i; k++ {
				s, ok := r.before.at(a.tokens, i-k)
				before = before || ok && len(s.typed) == k
			}
			if after || before || behind {
				a.idea("sum", h, false)
				break
			}
		}
		if i+1 < len(a.tokens) && a.tokens[i+1].s == "%" {
			a.idea("percent", h, false)
		}
	}
	slices.SortStableFunc(a.ideas, func(x, y idea) int { return x.from - y.from })
}

// mostIdeas are the places of ideas that are looked at.
const mostIdeas = 300

// apart is how many tokens may lie between phrases that stand near each other.
const apart = 14

// places finds what the phrases lead to: one that is included and not taken
// back, or all sides of a pair.
func (m *Messages) places(a *answer) {
	// What takes back, label by label.
	taken := map[string][]hit{}
	for _, h := range a.hits {
		if r := m.own.rules[h.rule]; r.use == useLabelNot {
			taken[r.key] = append(taken[r.key], h)
			a.taken[r.key] = true
		}
	}
	free := func(h hit, label string) bool {
		return !slices.ContainsFunc(taken[label], func(x hit) bool { return x.from < h.to && h.from < x.to })
	}
	sides := map[int][][]hit{}
	for _, h := range a.hits {
		switch r := m.own.rules[h.rule]; r.use {
		case useLabel:
			if free(h, r.key) {
				a.places[r.key] = append(a.places[r.key], h)
			}
		case usePair:
			if sides[r.near] == nil {
				sides[r.near] = make([][]hit, m.pairs[r.near].sides)
			}
			if s := sides[r.near]; len(s[r.part]) < 20 && free(h, r.key) {
				s[r.part] = append(s[r.part], h)
			}
		}
	}
	for i, pair := range m.pairs {
		if together := meet(sides[i], pair.near); together != nil {
			a.places[pair.label] = append(a.places[pair.label], together...)
		}
	}
}

// meet gives one place of each side such that all stand in the text, and near
// the first if they must. A side may not lie inside another.
func meet(sides [][]hit, near bool) []hit {
	if len(sides) == 0 {
		return nil
	}
	for _, first := range sides[0] {
		all := []hit{first}
		for _, side := range sides[1:] {
			i := slices.IndexFunc(side, func(h hit) bool {
				distance := max(h.from-first.to, first.from-h.to)
				return distance >= 0 && (!near || distance <= apart)
			})
			if i < 0 {
				break
			}
			all = append(all, side[i])
		}
		if len(all) == len(sides) {
			return all
		}
	}
	return nil
}

// harmless tells that the words of danger in a message were all taken back, as
// in "the courier will come to your house", and no rule of danger speaks.
func (a *answer) harmless() bool {
	back := false
	for _, label := range Labels() {
		if severity(label) == 3 {
			back = back || a.taken[label]
			if len(a.places[label]) > 0 {
				return false
			}
		}
	}
	return back
}

// holds tells why a label holds, nil if it does not: the words of the rules,
// and where no rule speaks the words that weigh most.
func (m *Messages) holds(a *answer, label string) []Because {
	places := a.places[label]
	if m.weights == nil {
		if len(places) == 0 {
			return nil
		}
	} else if a.sums[slices.Index(m.weights.labels, label)] < 0 || severity(label) == 3 && a.harmless() {
		return nil
	}
	because := []Because{}
	add := func(from, to int) {
		said := strings.TrimSpace(a.text[from:to])
		if said != "" && len(because) < 3 && !slices.ContainsFunc(because, func(b Because) bool { return strings.Contains(b.Words, said) }) {
			because = append(because, Because{label, said})
		}
	}
	places = slices.Clone(places)
	slices.SortStableFunc(places, func(x, y hit) int { return cmp.Compare(y.to-y.from, x.to-x.from) })
	for _, h := range places {
		add(a.tokens[h.from].from, a.tokens[h.to-1].to)
	}
	if len(because) == 0 {
		for _, t := range m.weights.heaviest(a.terms, a.weighed, label) {
			add(t.from, t.to)
		}
	}
	return because
}
