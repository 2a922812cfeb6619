package reading

import (
	"fmt"
	"slices"
	"strings"
)

// A phrase is a rule's smallest part, written the way people speak with a few
// signs more:
//
//	refuse to refund        these words, one after the other
//	refus* refund           a word that begins so
//	(never|not) arrived     one of these
//	[my] parcel             may be there
//	delete ... or else      up to six words between, in the same sentence
//	shop called {}          here stands what is looked for
//	from {Name}             the same, with a capital letter
//	{number} days ago       a number, {day}, {month}, {weekday} …
//
// A phrase becomes a small graph. Those of all languages hang side by side on
// one root that is indexed by their first words, so a text is read once and most
// words of it are passed with one look.
type node struct {
	edges  []edge
	also   []*node // nodes one stands on at the same time; gone after closing
	accept bool
	rule   int
	closed bool
}

type edge struct {
	operation operation
	text      string // the word, its beginning, or the slot's name
	to        *node
}

type operation uint8

const (
	literal operation = iota
	beginning
	gap
	slot
)

// root holds phrases by the way they begin.
type root struct {
	words    map[string][]*node // the nodes behind a first word
	prefixes map[string][]*node // … behind the beginning of one
	lengths  []int              // of those beginnings
	slots    []opening
}

// opening is a slot with which phrases begin, and the nodes behind it.
type opening struct {
	edge edge
	to   []*node
}

const (
	gapWidth  = 6  // words that "..." may stand for
	nameWidth = 12 // tokens that {} may stand for between two words
	maxSkips  = 2  // filler words that may stand between two words of a phrase
	maxNodes  = 2000
	maxSteps  = 400_000
)

// slotNames are the slots a phrase may use; "" is {}.
var slotNames = map[string]bool{
	"": true, "Name": true, "number": true, "day": true, "ordinal": true, "month": true, "month number": true,
	"year": true, "weekday": true, "unit": true, "named": true,
}

func (e edge) isName() bool { return e.operation == slot && (e.text == "" || e.text == "Name") }

// parsePhrase gives the start of a phrase's graph.
func parsePhrase(text string, rule int, cut func(string) []token) (*node, error) {
	p := phraseParser{rest: []rune(text), cut: cut}
	start := &node{}
	end, err := p.choice(start, 0)
	if err != nil {
		return nil, err
	}
	end.accept = true
	start.close(rule)
	switch {
	case start.fewest() == 0:
		return nil, fmt.Errorf("a phrase needs at least one word that must be there")
	case start.badGap(true):
		return nil, fmt.Errorf("\"...\" stands between words, not at the end")
	}
	return start, nil
}

// close gives a node the edges of all nodes one stands on together with it.
func (n *node) close(rule int) {
	if n.closed {
		return
	}
	n.closed, n.rule = true, rule
	for _, a := range n.also {
		a.close(rule)
		n.edges = append(n.edges, a.edges...)
		n.accept = n.accept || a.accept
	}
	n.also = nil
	seen := map[edge]bool{}
	var once []edge
	for _, e := range n.edges {
		if !seen[e] {
			seen[e] = true
			once = append(once, e)
			e.to.close(rule)
		}
	}
	n.edges = once
}

// fewest is the smallest number of words by which the phrase can be met.
func (n *node) fewest() int {
	if n.accept {
		return 0
	}
	least := maxNodes
	for _, e := range n.edges {
		if e.operation != gap && !e.isName() {
			least = min(least, 1) // one word is enough, wherever it stands
		} else {
			least = min(least, e.to.fewest())
		}
	}
	return least
}

func (n *node) badGap(first bool) bool {
	for _, e := range n.edges {
		if e.operation == gap && (first || e.to.accept) {
			return true
		}
	}
	if !first {
		return false
	}
	seen := map[*node]bool{}
	var inside func(*node) bool
	inside = func(n *node) bool {
		if seen[n] {
			return false
		}
		seen[n] = true
		for _, e := range n.edges {
			if e.to.badGap(false) || inside(e.to) {
				return true
			}
		}
		return false
	}
	return inside(n)
}

type phraseParser struct {
	rest  []rune
	nodes int
	cut   func(string) []token
}

func (p *phraseParser) peek() rune {
	if len(p.rest) == 0 {
		return 0
	}
	return p.rest[0]
}

func (p *phraseParser) step(from *node, o operation, text string) *node {
	p.nodes++
	to := &node{}
	from.edges = append(from.edges, edge{o, text, to})
	return to
}

// choice reads alternatives up to a closing bracket or the end.
func (p *phraseParser) choice(from *node, depth int) (*node, error) {
	if depth > 8 {
		return nil, fmt.Errorf("too many brackets within brackets")
	}
	end := &node{}
	for {
		// Each alternative starts on a node of its own, so that what one of
		// them adds does not run into the other.
		start := &node{}
		from.also = append(from.also, start)
		last, err := p.sequence(start, depth)
		if err != nil {
			return nil, err
		}
		if p.nodes > maxNodes {
			return nil, fmt.Errorf("the phrase is too long: make two of it")
		}
		last.also = append(last.also, end)
		if p.peek() != '|' {
			return end, nil
		}
		p.rest = p.rest[1:]
	}
}

func (p *phraseParser) sequence(from *node, depth int) (*node, error) {
	for {
		switch r := p.peek(); {
		case r == 0 || r == '|' || r == ')' || r == ']':
			if depth == 0 && (r == ')' || r == ']') {
				return nil, fmt.Errorf("%q closes a bracket that was not opened", string(r))
			}
			return from, nil
		case r == '(' || r == '[':
			p.rest = p.rest[1:]
			end, err := p.choice(from, depth+1)
			if err != nil {
				return nil, err
			}
			if want := map[rune]rune{'(': ')', '[': ']'}[r]; p.peek() != want {
				return nil, fmt.Errorf("%q is not closed", string(r))
			}
			p.rest = p.rest[1:]
			if r == '[' {
				from.also = append(from.also, end)
			}
			from = end
		case r == '{':
			end := slices.Index(p.rest, '}')
			if end < 0 {
				return nil, fmt.Errorf("\"{\" is not closed")
			}
			name := string(p.rest[1:end])
			if !slotNames[name] {
				return nil, fmt.Errorf("{%s} is not known; there are {} {Name} {number} {day} {ordinal} {month} {month number} {year} {weekday} {unit} {named}", name)
			}
			p.rest = p.rest[end+1:]
			from = p.step(from, slot, name)
		default:
			var err error
			if from, err = p.words(from); err != nil {
				return nil, err
			}
		}
	}
}

// words reads plain words up to the next sign.
func (p *phraseParser) words(from *node) (*node, error) {
	var b strings.Builder
	// plain takes the words read so far; the last may be only a beginning.
	plain := func(open bool) {
		cut := p.cut(b.String())
		b.Reset()
		for i, t := range cut {
			o := literal
			if open && i == len(cut)-1 {
				o = beginning
			}
			from = p.step(from, o, t.s)
		}
	}
	for len(p.rest) > 0 && !strings.ContainsRune("|()[]{", p.rest[0]) {
		switch r := p.rest[0]; {
		case r == '…':
			plain(false)
			from = p.step(from, gap, "")
		case r == '.' && len(p.rest) > 2 && p.rest[1] == '.' && p.rest[2] == '.':
			plain(false)
			from = p.step(from, gap, "")
			p.rest = p.rest[2:]
		case r == '*':
			if b.Len() == 0 {
				return nil, fmt.Errorf(`"*" stands right behind the beginning of a word: refus*`)
			}
			plain(true)
		default:
			b.WriteRune(r)
		}
		p.rest = p.rest[1:]
	}
	plain(false)
	return from, nil
}

// add hangs a phrase on the root.
func (r *root) add(start *node) {
	if r.words == nil {
		r.words, r.prefixes = map[string][]*node{}, map[string][]*node{}
	}
	for _, e := range start.edges {
		switch e.operation {
		case literal:
			r.words[e.text] = append(r.words[e.text], e.to)
		case beginning:
			if !slices.Contains(r.lengths, len(e.text)) {
				r.lengths = append(r.lengths, len(e.text))
			}
			r.prefixes[e.text] = append(r.prefixes[e.text], e.to)
		case slot:
			i := slices.IndexFunc(r.slots, func(o opening) bool { return o.edge.text == e.text })
			if i < 0 {
				i = len(r.slots)
				r.slots = append(r.slots, opening{edge: e})
			}
			r.slots[i].to = append(r.slots[i].to, e.to)
		}
	}
}

// hit is a phrase found in a text.
type hit struct {
	rule     int
	from, to int    // tokens
	name     [2]int // the tokens of {}; -1 where the phrase leaves its start or end open
	capital  bool   // it was {Name}
	parts    parts
}

// parts are the values of a phrase's slots.
type parts struct {
	number, day, month, year, weekday int
	unit                              string
}

// search walks along a text.
type search struct {
	r      *Reader
	tokens []token
	steps  int
	found  func(hit)
}

// all looks for phrases at every token.
func (s *search) all(phrases *root) {
	for i := range s.tokens {
		s.from(phrases, i)
	}
}

// from looks for the phrases that begin at token i.
func (s *search) from(phrases *root, i int) {
	h := hit{from: i, to: i + 1, name: [2]int{-1, -1}}
	w := s.tokens[i].s
	for _, n := range phrases.words[w] {
		s.arrive(n, h, false)
	}
	for _, l := range phrases.lengths {
		if l <= len(w) {
			for _, n := range phrases.prefixes[w[:l]] {
				s.arrive(n, h, false)
			}
		}
	}
	slots := len(phrases.slots) > 0 && (s.tokens[i].kind == number || s.r.inSlots[w])
	for _, o := range phrases.slots {
		on := h
		on.to = i
		if o.edge.isName() {
			for _, n := range o.to {
				s.slot(edge{slot, o.edge.text, n}, i, on)
			}
		} else if !slots {
			continue
		} else if to := s.r.slot(o.edge.text, s.tokens, i, &on.parts); to > 0 {
			on.to = to
			for _, n := range o.to {
				s.arrive(n, on, false)
			}
		}
	}
}

func (s *search) arrive(n *node, h hit, free bool) {
	if n.accept {
		h.rule = n.rule
		s.found(h)
	}
	if len(n.edges) > 0 {
		s.walk(n, h.to, h, 0, free)
	}
}

// walk tries all ways on from a node, with token i to be read next. Words of a
// phrase stand in one clause, unless a gap has just been passed (free).
func (s *search) walk(n *node, i int, h hit, skips int, free bool) {
	s.steps++
	if s.steps > maxSteps {
		return
	}
	apart := i < len(s.tokens) && !free && s.tokens[i].clause != s.tokens[i-1].clause
	for _, e := range n.edges {
		switch e.operation {
		case literal, beginning:
			if i >= len(s.tokens) || apart {
				continue
			}
			if t := s.tokens[i].s; t == e.text || e.operation == beginning && strings.HasPrefix(t, e.text) {
				on := h
				on.to = i + 1
				s.arrive(e.to, on, false)
			}
		case gap:
			for k := i; k < len(s.tokens) && k <= i+gapWidth && s.tokens[k].sentence == s.tokens[i-1].sentence; k++ {
				s.walk(e.to, k, h, 0, true)
			}
		case slot:
			if e.isName() || i < len(s.tokens) && !apart {
				s.slot(e, i, h)
			}
		}
	}
	if i < len(s.tokens) && !apart && i > h.from && skips < maxSkips && !free && s.r.fillers[s.tokens[i].s] {
		s.walk(n, i+1, h, skips+1, false)
	}
}

// slot passes a slot at token i. A name {} that starts a phrase ends where the
// words begin, at a phrase's end it begins where they end; between words it lies
// between them.
func (s *search) slot(e edge, i int, h hit) {
	if !e.isName() {
		if to := s.r.slot(e.text, s.tokens, i, &h.parts); to > 0 {
			h.to = to
			s.arrive(e.to, h, false)
		}
		return
	}
	h.capital = e.text == "Name"
	if e.to.accept {
		end := h
		end.name, end.rule = [2]int{i, -1}, e.to.rule
		s.found(end)
	}
	if len(e.to.edges) == 0 {
		return
	}
	if i == h.from { // the name stands first
		if i > 0 {
			h.name = [2]int{-1, i}
			s.walk(e.to, i, h, maxSkips, true)
		}
		return
	}
	for k := i + 1; k < len(s.tokens) && k <= i+nameWidth && s.tokens[k].clause == s.tokens[i].clause; k++ {
		h.name = [2]int{i, k}
		s.walk(e.to, k, h, maxSkips, true)
	}
}
