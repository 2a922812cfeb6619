package reading

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// shop finds what the shop is called, in the person's spelling. Phrases that
// stand first in the rules tell more, and a name that ends as shops' names do
// (旗舰店) tells most.
func (r *Reader) shop(p *page, platforms []mention, whens []when, s *Story) {
	best := len(r.rules) + 2
	offer := func(rank, from, to int) {
		if rank >= best {
			return
		}
		from, to = r.trim(p, from, to, platforms)
		if from >= to || r.noName(p, from, to, platforms, whens) {
			return
		}
		name := strings.Trim(p.said(from, to), " \t\"'“”‘’「」『』【】《》.,，。:：")
		if n := utf8.RuneCountInString(name); n < 2 || n > 60 {
			return
		}
		best, s.Shop, s.Because["shop"] = rank, name, name
	}
	for i := range p.tokens {
		for _, e := range r.shopEndings {
			if !same(p.tokens[i:], e) {
				continue
			}
			from := i
			for from > 0 && i-from < 10 && p.tokens[from-1].clause == p.tokens[i].clause && p.tokens[from-1].kind != mark && r.endsBefore(p.tokens, from) == 0 {
				from--
			}
			if from < i {
				offer(0, from, i+len(e))
			}
		}
	}
	for _, h := range p.hits {
		rule := r.rules[h.rule]
		if rule.use != useShop {
			continue
		}
		if at := h.name[0]; h.capital && at >= 0 && at < len(p.tokens) && p.tokens[at].kind == word && !p.tokens[at].capital {
			continue
		}
		switch {
		case h.name[0] < 0:
			if to := h.name[1]; to > 0 {
				offer(rule.n+1, r.backward(p, to), to)
			}
		case h.name[1] < 0:
			if h.name[0] < len(p.tokens) {
				offer(rule.n+1, h.name[0], r.forward(p, h.name[0], 4, 16))
			}
		default:
			offer(rule.n+1, h.name[0], h.name[1])
		}
	}
	if s.Shop != "" {
		return
	}
	for i, t := range p.tokens { // an address is a shop even where no word says so
		if t.kind == domain && (i == 0 || p.tokens[i-1].s != "@") {
			offer(best-1, i, i+1)
		}
	}
}

// endsBefore tells that the words right before token i end a name.
func (r *Reader) endsBefore(tokens []token, i int) int {
	for n := 1; n <= 3 && i-n >= 0; n++ {
		if r.isEnd(tokens, i-n) == n {
			return n
		}
	}
	return 0
}

// forward gives the end of a name that begins at token i.
func (r *Reader) forward(p *page, i, words, glyphs int) int {
	tokens := p.tokens
	first := tokens[i]
	if first.quoted {
		if end := closing(p.text, first.from); end > 0 {
			to := i
			for to < len(tokens) && tokens[to].to <= end {
				to++
			}
			return to
		}
	}
	capitals := first.capital
	if first.s == "the" && i+1 < len(tokens) {
		capitals = tokens[i+1].capital
	}
	to := i
	for to < len(tokens) && tokens[to].clause == first.clause {
		t := tokens[to]
		switch {
		case t.kind == glyph && to-i >= glyphs, t.kind != glyph && to-i >= words+b2i(capitals)*2:
			return to
		case to > i && r.isEnd(tokens, to) > 0:
			return to
		case t.kind == domain:
			return to + 1
		case capitals && to > i && t.kind == word && !t.capital && !(joins(t.s) && to+1 < len(tokens) && tokens[to+1].capital):
			return to
		case to > i && (r.months[t.s] > 0 && t.capital || r.weekdays[t.s] > 0 && t.capital):
			return to
		case t.kind == mark && t.s != "&" && t.s != "@" && t.s != "+" && t.s != "-":
			return to
		case t.kind == number && to == i && to+1 < len(tokens) && tokens[to+1].kind == mark:
			return to
		}
		to++
	}
	return to
}

func joins(s string) bool { return s == "of" || s == "and" || s == "the" || s == "de" || s == "la" }

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// closing finds where the quotation that begins before byte from ends.
func closing(text string, from int) int {
	rest := text[from:min(len(text), from+120)]
	if i := strings.IndexAny(rest, "\"”’」』】》"); i > 0 && !strings.ContainsAny(rest[:i], "\n。") {
		return from + i
	}
	return 0
}

// backward gives the start of a capitalised name that ends before token i.
func (r *Reader) backward(p *page, i int) int {
	from := i
	for from > 0 && i-from < 5 && p.tokens[from-1].clause == p.tokens[i-1].clause {
		t := p.tokens[from-1]
		if !t.capital && t.kind != domain && t.s != "&" || r.isEnd(p.tokens, from-1) > 0 {
			break
		}
		from--
	}
	return from
}

// trim takes off what stands around a name but is not part of it: articles, the
// platform it stands on, 上, 这家.
func (r *Reader) trim(p *page, from, to int, platforms []mention) (int, int) {
	for changed := true; changed && from < to; {
		changed = false
		for _, m := range platforms {
			if m.exact && m.from == from && m.to < to && p.tokens[from].kind == glyph && p.tokens[m.to].kind == glyph {
				// 淘宝小米小店, but not 京东旗舰店 alone: some name must be left.
				from, changed = m.to, true
				break
			}
		}
		for n := 4; n > 1 && from+n < to; n-- { // 网上, 这家; a single character may belong to the name
			if p.tokens[from].kind == glyph && r.shopNever[joined(p.tokens, from, n)] {
				from, changed = from+n, true
				break
			}
		}
		if from < to && p.tokens[from].kind == glyph && r.fillers[p.tokens[from].s] {
			from, changed = from+1, true
		}
	}
	for from < to && p.tokens[to-1].kind == glyph && r.fillers[p.tokens[to-1].s] {
		to--
	}
	return from, to
}

// noName tells that words cannot be a shop's name.
func (r *Reader) noName(p *page, from, to int, platforms []mention, whens []when) bool {
	for _, m := range platforms {
		if m.from <= from && to <= m.to {
			return true
		}
	}
	for _, w := range whens {
		if w.from < to && from < w.to {
			return true
		}
	}
	if from == to-1 && (p.tokens[from].kind == number || p.tokens[from].kind == mark) {
		return true
	}
	for n := 1; n <= to-from; n++ {
		// "Home & Co" is a name, "home" is not, nor is "my mate Dave".
		if r.shopNever[joined(p.tokens, from, n)] && (n == to-from || p.tokens[from].kind == word && !p.tokens[from].capital) {
			return true
		}
	}
	last := p.tokens[to-1]
	if last.kind == word && r.shopNever[last.s] && !last.capital {
		return true // "the lamp shop", "my local store"
	}
	return !slices.ContainsFunc(p.tokens[from:to], func(t token) bool { return t.kind != mark && t.kind != number })
}

// product finds what was bought.
func (r *Reader) product(p *page, platforms []mention, sums []sum, whens []when, s *Story) {
	best := len(r.rules)
	for _, h := range p.hits {
		rule := r.rules[h.rule]
		if rule.use != useProduct || rule.n >= best || h.name[0] < 0 || h.name[0] >= len(p.tokens) {
			continue
		}
		from, to := h.name[0], h.name[1]
		if end := r.noun(p, from, sums, whens); to < 0 || to > end {
			to = end
		}
		for n := 3; n > 0; n-- {
			if from+n <= to && p.tokens[from].kind == glyph && r.productNever[joined(p.tokens, from, n)] {
				from += n
				n = 4
			}
		}
		for from < to && (r.fillers[p.tokens[from].s] || p.tokens[from].kind == mark || p.tokens[from].kind == glyph && from+1 < to && p.tokens[from+1].kind != glyph && r.counts[p.tokens[from].s]) {
			from++
		}
		for from < to && r.fillers[p.tokens[to-1].s] {
			to--
		}
		if from >= to || r.productNever[p.tokens[from].s] || r.productNever[joined(p.tokens, from, to-from)] || r.afterSign(p.tokens, from) {
			continue
		}
		if slices.ContainsFunc(platforms, func(m mention) bool { return m.exact && m.from <= from && to <= m.to }) {
			continue
		}
		if _, ok := r.before.at(p.tokens, from); ok {
			continue
		}
		name := strings.Trim(p.said(from, to), " \t\"'“”‘’「」『』【】《》.,，。:：")
		if n := utf8.RuneCountInString(name); n == 0 || n > 40 || strings.HasSuffix(s.Shop, name) || p.tokens[from].kind == number && from == to-1 {
			continue
		}
		best, s.Product, s.Because["product"] = rule.n, name, p.said(h.from, to)
	}
}

// noun gives the end of a short noun phrase that begins at token i. An amount or
// a date does not belong to it.
func (r *Reader) noun(p *page, i int, sums []sum, whens []when) int {
	tokens, to := p.tokens, i
	for to < len(tokens) && tokens[to].clause == tokens[i].clause {
		t := tokens[to]
		if t.kind == glyph && to-i >= 14 || t.kind != glyph && to-i >= 6 || to > i && r.isEnd(tokens, to) > 0 {
			break
		}
		if slices.ContainsFunc(sums, func(m sum) bool { return m.from == to }) || slices.ContainsFunc(whens, func(w when) bool { return w.from == to && w.form != "vague" }) {
			break
		}
		if t.kind == mark && t.s != "&" && t.s != "-" && t.s != "/" || t.kind == domain {
			break
		}
		to++
	}
	return to
}
