package reading

import (
	"slices"
	"strings"
	"unicode"
)

// What people say of their evidence: whose words a text gives ("they wrote:
// …"), and what a picture shows ("this is the invoice").

// proofIDs are the lines of the checklists that words may speak of.
var proofIDs = []string{
	"order_page", "product_page", "payment", "chat", "parcel", "tracking", "photos", "unboxing", "invoice", "promise", "terms", "reviews",
	"caller_log", "recording", "profile", "leak", "statement_lines", "cancel_proof", "test_report", "warranty_card", "refusal", "price_screens",
	"sent_proof", "return_proof", "injury",
}

// proof is how one line of the checklists is spoken of.
type proof struct {
	Include []line   `yaml:"include"` // in a caption or a sentence
	Exclude []line   `yaml:"exclude"` // longer phrases that mean something else
	Screen  [][]line `yaml:"screen"`  // on a picture of it: all of one row stand there
}

// Theirs reads a text that hands on somebody else's words and says so: "they
// wrote: …", "商家说：…". words are theirs alone.
func (r *Reader) Theirs(text string) (words string, ok bool) {
	tokens := r.cut(text)
	if len(tokens) > looked {
		tokens = tokens[:looked]
	}
	ends := 0
	s := search{r: r, tokens: tokens, found: func(h hit) {
		rest := text[tokens[h.to-1].to:]
		if h.to > ends && handsOver(rest) {
			ends, words = h.to, unquote(rest)
		}
	}}
	for i := 0; i < len(tokens) && i < 3; i++ {
		s.from(&r.theirs, i)
		if !r.fillers[tokens[i].s] && !r.turns[tokens[i].s] {
			break
		}
	}
	return words, len([]rune(words)) > 1
}

// handsOver tells that what follows is the other's: a colon, a quotation mark
// or a new line begins it.
func handsOver(rest string) bool {
	rest = strings.TrimLeft(rest, " \t\u3000,，")
	for _, c := range []string{":", "：", "“", "\"", "「", "『", "«", "\n", "\r\n"} {
		if strings.HasPrefix(rest, c) {
			return true
		}
	}
	return false
}

// unquote takes away what only introduces or encloses the words.
func unquote(s string) string {
	s = strings.TrimFunc(s, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(":：,，", r) })
	for _, q := range [][2]string{{"“", "”"}, {"\"", "\""}, {"「", "」"}, {"『", "』"}, {"«", "»"}} {
		inside, opened := strings.CutPrefix(s, q[0])
		inside, closed := strings.CutSuffix(inside, q[1])
		if opened && closed && !strings.Contains(inside, q[1]) {
			return strings.TrimSpace(inside)
		}
	}
	return s
}

// Proofs reads of which lines of the checklists a caption or a sentence speaks:
// "the invoice", 快递单. What is denied is none.
func (r *Reader) Proofs(text string) []string {
	spans, nots := r.proofHits(text, useProof, useProofNot)
	var ids []string
	for _, h := range spans {
		id := r.rules[h.rule].key
		if !slices.ContainsFunc(nots, func(n hit) bool { return r.rules[n.rule].key == id && n.from < h.to && h.from < n.to }) &&
			!slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// Screen reads what a picture is of by the words on it. It is slow to be sure: a
// button that speaks of an invoice makes no invoice.
func (r *Reader) Screen(words string) []string {
	hits, _ := r.proofHits(words, useScreen, useScreen)
	found := map[int]int{} // row → the sides that stand there, as bits
	var ids []string
	for _, h := range hits {
		x := r.rules[h.rule]
		found[x.near] |= 1 << x.part
		if found[x.near] == 1<<r.screens[x.near]-1 && !slices.Contains(ids, x.key) {
			ids = append(ids, x.key)
		}
	}
	return ids
}

// proofHits finds the phrases of two uses in a text, the denied ones left out.
func (r *Reader) proofHits(text string, yes, not use) (spans, nots []hit) {
	tokens := r.cut(text)
	if len(tokens) > looked {
		tokens = tokens[:looked]
	}
	s := search{r: r, tokens: tokens, found: func(h hit) {
		switch r.rules[h.rule].use {
		case yes:
			if yes == useScreen || !r.negated(tokens, h) {
				spans = append(spans, h)
			}
		case not:
			nots = append(nots, h)
		}
	}}
	s.all(&r.proofs)
	slices.SortStableFunc(spans, func(a, b hit) int { return a.from - b.from })
	return spans, nots
}

// Showing reads a sentence whose whole point is what an exhibit shows: "this is
// the invoice", 证据3是发票. Number is the exhibit it names; 0 = the one just sent.
func (r *Reader) Showing(text string) (number int, proofs []string) {
	const most = 12 // words: more is an account of something
	tokens := r.cut(text)
	if len(tokens) == 0 || len(tokens) > 2*most {
		return 0, nil
	}
	ends := 0
	s := search{r: r, tokens: tokens, found: func(h hit) {
		if h.to >= ends {
			ends, number = h.to, h.parts.number
		}
	}}
	s.from(&r.showing, 0)
	if ends == 0 || len(tokens)-ends > most || tokens[len(tokens)-1].sentence != tokens[0].sentence {
		return 0, nil
	}
	return number, r.Proofs(text)
}
