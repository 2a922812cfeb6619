// Package reading reads what people write in their own words: the story of
// what happened, a date, an amount, a yes, the name of a platform.
//
// People who were cheated write fast, on a phone, in two languages at once and
// with mistakes. A text is folded to plain letters and cut into tokens
// (text.go), the phrases of all languages are looked for in one pass
// (phrase.go), and what they found is put together (story.go, dates.go,
// money.go, names.go). The phrases are data, one file a language (rules.go), so
// that a reading is mended by people who know the language.
//
// Whatever is read is a suggestion for the person to confirm, and Because tells
// the words it came from. The package knows no clock: today is in the Context.
// No text makes it fail or slow. Begin with Reader.Story.
package reading

import (
	"slices"

	"github.com/bojanz/currency"
)

// Known is something that is known by an id and by the names people type for
// it: a platform, a way to pay, a country.
type Known struct {
	ID    string
	Names []string
}

// Context is what must be known of a person to read what they write.
type Context struct {
	Today     Date   // the person's today
	DayFirst  bool   // 05/03 is 5 March (Britain) rather than 3 May (America, China)
	Currency  string // the currency of bare numbers, and of $ or ¥ where it is a dollar or a yen
	After     Date   // if set, a promise is asked for: a date without a year is the nearest one from this day on
	Platforms []Known
	Payments  []Known
}

// Story is what was found in a person's account of what happened. All of it is a
// suggestion for the person to confirm; what was not found is empty.
type Story struct {
	Kinds                                    []string // ids of incidents, the strongest first
	Shop, Order, Product                     string
	Platform, Payment                        string           // ids out of the Context
	Amount                                   *currency.Amount // the price paid
	Ordered, Expected, Delivered, Discovered Date
	NeverArrived                             bool
	Wants                                    []string          // refund, replacement …, in the order they stand in the text
	Because                                  map[string]string // a field ("shop") or "kind:<id>" → the words that led to it
}

// Reader reads in all languages at once. It does not change after NewReader and
// may be shared.
type Reader struct {
	tree, forms, answers            root
	theirs, showing, proofs         root
	addressed                       root
	rules                           []rule
	pairs                           []int // for each near: how many sides it has
	screens                         []int // for each row of a screen: how many phrases it has
	weights                         map[string]int
	spellings                       spellings
	short, fillers, negation, turns map[string]bool
	notNegation                     [][]string
	ends                            map[string][][]string
	values, multiply, ordinals      map[string]int
	joiners, endings                map[string]bool
	months, weekdays, named         map[string]int
	opens                           map[string]int // first words of units, weekdays and named days → how many may follow
	units                           map[string]string
	inSlots                         map[string]bool // words with which a number or a piece of a date may begin
	before, after                   moneySigns
	counted, counts                 map[string]bool
	shopNever, productNever         map[string]bool
	shopEndings                     [][]string
	labels                          labels
	same                            map[rune]rune // characters that are read as another: 們 as 们
	signs                           bool          // emoji are tokens
}

// page is a text while it is read.
type page struct {
	text   string
	c      Context
	tokens []token
	hits   []hit
	glyphs bool // it is written in Chinese or Japanese, at least partly
}

func newPage(text string, c Context, tokens []token) *page {
	return &page{text: text, c: c, tokens: tokens, glyphs: slices.ContainsFunc(tokens, func(t token) bool { return t.kind == glyph })}
}

func (r *Reader) page(text string, c Context) *page {
	p := newPage(text, c, r.cut(text))
	s := search{r: r, tokens: p.tokens}
	s.found = func(h hit) {
		switch r.rules[h.rule].use {
		case useKind, useKindNear, usePeril, usePerilNear, useOwn, useOwnNear, useWant, useWantNear, useNever, useAbout:
			if r.negated(p.tokens, h) {
				return
			}
		}
		for i := len(p.hits) - 1; i >= 0 && p.hits[i].from == h.from; i-- {
			if p.hits[i].rule == h.rule && p.hits[i].to == h.to && p.hits[i].name == h.name {
				return // met on another way
			}
		}
		p.hits = append(p.hits, h)
	}
	s.all(&r.tree)
	return p
}

// said gives the words of the source between two tokens.
func (p *page) said(from, to int) string {
	if from >= to {
		return ""
	}
	return p.text[p.tokens[from].from:p.tokens[to-1].to]
}

func (r *Reader) has(p *page, u use, key string) bool {
	for _, h := range p.hits {
		if x := r.rules[h.rule]; x.use == u && x.key == key {
			return true
		}
	}
	return false
}

// negated tells that the words right before a phrase deny it: "they did not
// threaten me". A phrase that carries its own no ("never arrived") is not asked.
func (r *Reader) negated(tokens []token, h hit) bool {
	for _, t := range tokens[h.from:h.to] {
		if r.negation[t.s] {
			return false
		}
	}
	for i, words := h.from-1, 0; i >= 0 && words < 3 && tokens[i].clause == tokens[h.from].clause; i-- {
		s := tokens[i].s
		if r.negation[s] {
			return !r.notNegated(tokens, i)
		}
		if r.turns[s] {
			return false
		}
		if !r.fillers[s] {
			words++
		}
	}
	return false
}

// notNegated tells that the no at token i is none: "not only", 是不是.
func (r *Reader) notNegated(tokens []token, i int) bool {
	for _, w := range r.notNegation {
		for k := range w {
			if i-k >= 0 && w[k] == tokens[i].s && same(tokens[i-k:], w) {
				return true
			}
		}
	}
	return false
}

// isEnd gives the length of the words at token i with which a name ends, 0 if
// there are none.
func (r *Reader) isEnd(tokens []token, i int) int {
	for _, w := range r.ends[tokens[i].s] {
		if same(tokens[i:], w) {
			return len(w)
		}
	}
	return 0
}

// YesNo reads a yes or a no; known is false where it is neither.
func (r *Reader) YesNo(text string) (yes, known bool) {
	u, ok := r.answer(text)
	return u == useYes, ok && (u == useYes || u == useNo)
}

// Skip reads "I don't know" and "next, please".
func (r *Reader) Skip(text string) bool {
	tokens := r.cut(text)
	s := search{r: r, tokens: tokens}
	skip := false
	s.found = func(h hit) {
		rest := h.to
		for rest < len(tokens) && r.fillers[tokens[rest].s] {
			rest++
		}
		skip = skip || r.rules[h.rule].use == useSkip && rest == len(tokens)
	}
	for i := 0; i < len(tokens) && i < 4; i++ {
		s.from(&r.answers, i)
		if !r.fillers[tokens[i].s] {
			break
		}
	}
	return skip
}

// answer reads the answer with which a text begins: the longest phrase counts.
func (r *Reader) answer(text string) (u use, ok bool) {
	tokens := r.cut(text)
	longest := 0
	s := search{r: r, tokens: tokens}
	s.found = func(h hit) {
		if h.to > longest && r.closed(tokens, h.to) {
			longest, u, ok = h.to, r.rules[h.rule].use, true
		} else if x := r.rules[h.rule].use; h.to == longest && u == useSkip && (x == useNo || x == useYes) {
			u = x // 没有 is a no where a yes or no is asked
		}
	}
	for i := 0; i < len(tokens) && i < 4 && !ok; i++ {
		s.from(&r.answers, i)
		if !r.fillers[tokens[i].s] {
			break
		}
	}
	return u, ok
}

// closed tells that an answer can end before token i: 对方骂我 does not begin
// with a yes.
func (r *Reader) closed(tokens []token, i int) bool {
	for i < len(tokens) && tokens[i].kind == glyph && tokens[i].clause == tokens[i-1].clause && r.fillers[tokens[i].s] {
		i++
	}
	return i == len(tokens) || tokens[i].kind != glyph || tokens[i].clause != tokens[i-1].clause
}

// Never reads "it never came".
func (r *Reader) Never(text string) bool {
	return r.neverArrived(r.page(text, Context{})) >= 0
}

// neverArrived gives the hit that says so, -1 if none does.
func (r *Reader) neverArrived(p *page) int {
	for i, h := range p.hits {
		if r.rules[h.rule].use == useNever && !r.excluded(p, h, useNeverNot, "") {
			return i
		}
	}
	return -1
}

// excluded tells that a longer phrase around the words takes them back: "the
// refund never arrived" is no parcel.
func (r *Reader) excluded(p *page, h hit, by use, key string) bool {
	for _, x := range p.hits {
		if rule := r.rules[x.rule]; rule.use == by && rule.key == key && x.from < h.to && h.from < x.to {
			return true
		}
	}
	return false
}
