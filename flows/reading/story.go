package reading

import (
	"slices"
	"sort"
	"strings"
	"unicode/utf8"
)

// reach is how many tokens may lie between words that belong together though
// other words part them.
const reach = 30

// Story reads a person's account of what happened.
func (r *Reader) Story(text string, c Context) Story {
	p := r.page(text, c)
	s := Story{Because: map[string]string{}}
	s.Kinds = r.matters(p, useKind, useKindNot, useKindNear, func(key, said string) { s.Because["kind:"+key] = said })
	s.Wants = r.matters(p, useWant, useWantNot, useWantNear, func(key, said string) { s.Because["want:"+key] = said })
	if i := r.neverArrived(p); i >= 0 {
		s.NeverArrived = true
		s.Because["never_arrived"] = p.said(p.hits[i].from, p.hits[i].to)
	}

	sums, whens := r.sums(p), r.whens(p)
	whens = slices.DeleteFunc(whens, func(w when) bool {
		return slices.ContainsFunc(sums, func(m sum) bool { return m.from < w.to && w.from < m.to })
	})
	platforms := longest(r.mentions(p.tokens, c.Platforms, 6))
	payments := longest(r.mentions(p.tokens, c.Payments, 6))
	// 微信 inside 微信支付 is the way to pay, not the place.
	platforms, payments = without(platforms, payments), without(payments, platforms)

	r.price(p, sums, &s)
	r.dates(p, whens, &s)
	r.order(p, sums, whens, &s)
	r.platform(p, platforms, &s)
	r.payment(p, payments, &s)
	r.shop(p, platforms, whens, &s)
	r.product(p, platforms, sums, whens, &s)
	return s
}

// without drops mentions that are part of a longer name of the other sort.
func without(all, others []mention) []mention {
	return slices.DeleteFunc(slices.Clone(all), func(m mention) bool {
		return slices.ContainsFunc(others, func(o mention) bool {
			return o.from <= m.from && m.to <= o.to && o.to-o.from > m.to-m.from
		})
	})
}

// matters weighs what the phrases speak of: every place counts once, times the
// weight of the matter; of equals the first in the text comes first.
func (r *Reader) matters(p *page, yes, not, near use, because func(key, said string)) []string {
	type weighed struct {
		key       string
		score, at int
		spans     []hit
	}
	var all []*weighed
	take := func(key string, h hit) {
		i := slices.IndexFunc(all, func(w *weighed) bool { return w.key == key })
		if i < 0 {
			all = append(all, &weighed{key: key, at: h.from})
			i = len(all) - 1
		}
		all[i].spans = append(all[i].spans, h)
	}
	pairs := map[int][][]hit{}
	var order []int
	for _, h := range p.hits {
		rule := r.rules[h.rule]
		switch {
		case rule.use != yes && rule.use != near || r.excluded(p, h, not, rule.key):
		case rule.use == yes:
			take(rule.key, h)
		default:
			if pairs[rule.near] == nil {
				pairs[rule.near] = make([][]hit, r.pairs[rule.near])
				order = append(order, rule.near)
			}
			if sides := pairs[rule.near]; len(sides[rule.part]) < 50 {
				sides[rule.part] = append(sides[rule.part], h)
			}
		}
	}
	for _, id := range order {
		sides := pairs[id]
		for _, h := range sides[0] {
			span := h
			if ok := together(sides[1:], h, &span); ok {
				take(r.rules[h.rule].key, span)
				break
			}
		}
	}
	for _, w := range all {
		sort.SliceStable(w.spans, func(i, j int) bool {
			a, b := w.spans[i], w.spans[j]
			if a.from != b.from {
				return a.from < b.from
			}
			return a.to > b.to
		})
		end := -1
		for _, h := range w.spans {
			if h.from >= end {
				w.score += r.weights[w.key]
				end = h.to
			}
		}
		w.at = w.spans[0].from
		because(w.key, p.said(w.spans[0].from, w.spans[0].to))
	}
	sort.SliceStable(all, func(i, j int) bool {
		if all[i].score != all[j].score {
			return all[i].score > all[j].score
		}
		if all[i].at != all[j].at {
			return all[i].at < all[j].at
		}
		return all[i].key < all[j].key
	})
	var keys []string
	for _, w := range all {
		keys = append(keys, w.key)
	}
	return keys
}

// together finds for a hit one of every other side within reach, no two of them
// the same words.
func together(sides [][]hit, h hit, span *hit) bool {
	for _, side := range sides {
		i := slices.IndexFunc(side, func(o hit) bool {
			apart := o.from >= h.to || h.from >= o.to
			return apart && o.from-h.to <= reach && h.from-o.to <= reach
		})
		if i < 0 {
			return false
		}
		span.from, span.to = min(span.from, side[i].from), max(span.to, side[i].to)
	}
	return true
}

// price chooses the amount that was paid: the words next to an amount tell
// whether it is a price, or a fee, a discount, an offer.
func (r *Reader) price(p *page, sums []sum, s *Story) {
	best := 0
	for i, m := range sums {
		before, after := 0, len(p.tokens)
		if i > 0 {
			before = sums[i-1].to
		}
		if i+1 < len(sums) {
			after = sums[i+1].from
		}
		score, distance := 1, 7
		for _, h := range p.hits {
			u := r.rules[h.rule].use
			if u != usePrice && u != useOther {
				continue
			}
			d := distance
			switch {
			case h.to <= m.from && h.from >= before && p.tokens[h.from].sentence == p.tokens[m.from].sentence:
				d = m.from - h.to + 2*(p.tokens[m.from].clause-p.tokens[h.to-1].clause)
			case h.from >= m.to && h.to <= after && p.tokens[h.from].clause == p.tokens[m.from].clause:
				d = h.from - m.to + 1
			case h.from < m.to && m.from < h.to:
				d = 0
			}
			if d < distance {
				distance = d
				if score = 0; u == usePrice {
					score = 2
				}
			}
		}
		if score > best {
			best = score
			amount := m.amount
			s.Amount = &amount
			s.Because["amount"] = p.said(m.from, m.to)
		}
	}
}

// dates gives each date found to what happened on it, by the nearest words.
func (r *Reader) dates(p *page, whens []when, s *Story) {
	about := make([]string, len(whens))
	for i, w := range whens {
		nearest := 13
		for _, h := range p.hits {
			rule := r.rules[h.rule]
			if rule.use != useAbout || r.partOf(p, h) || p.tokens[h.from].sentence != p.tokens[w.from].sentence {
				continue
			}
			d := 0
			from, to := h.to, w.from // what lies between
			if h.from >= w.to {
				if slices.ContainsFunc(whens, func(o when) bool {
					return o.from >= h.to && o.from-h.to <= 2 && p.tokens[o.from].clause == p.tokens[h.from].clause
				}) {
					continue // "on 13 Feb, arrived 20 Feb": the words go with what follows
				}
				from, to = w.to, h.from
				d++
			}
			for _, o := range whens {
				if o.from >= from && o.to <= to {
					d += 6
				}
			}
			d += max(0, to-from) + 3*abs(p.tokens[h.from].clause-p.tokens[w.from].clause)
			if h.from < w.to && w.from < h.to {
				d = 0
			}
			if d < nearest {
				nearest, about[i] = d, rule.key
			}
		}
	}
	set := func(to *Date, field string, w when, a aim) {
		if !to.IsZero() || w.form == "vague" {
			return
		}
		for _, d := range w.days(p.c.Today, s.Ordered, a) {
			if a == past && d.After(p.c.Today.AddDays(1)) {
				continue // what has happened has not happened tomorrow; a day for time zones
			}
			*to = d
			s.Because[field] = p.said(w.from, w.to)
			break
		}
	}
	for i, w := range whens {
		if about[i] == "ordered" && w.form != "ahead" {
			set(&s.Ordered, "ordered", w, past)
		}
	}
	for i, w := range whens {
		if about[i] == "" && w.form != "ahead" {
			set(&s.Ordered, "ordered", w, past)
		}
	}
	for i, w := range whens {
		switch about[i] {
		case "expected":
			if s.Ordered.IsZero() {
				set(&s.Expected, "expected", w, near)
			} else {
				set(&s.Expected, "expected", w, promise)
			}
		case "delivered":
			if !s.NeverArrived && w.form != "ahead" {
				set(&s.Delivered, "delivered", w, past)
			}
		case "discovered":
			if w.form != "ahead" {
				set(&s.Discovered, "discovered", w, past)
			}
		}
	}
}

// partOf tells that a longer phrase about dates holds these words: "delivered" in
// "should be delivered".
func (r *Reader) partOf(p *page, h hit) bool {
	return slices.ContainsFunc(p.hits, func(o hit) bool {
		return r.rules[o.rule].use == useAbout && o.from <= h.from && h.to <= o.to && o.to-o.from > h.to-h.from
	})
}

func abs(n int) int { return max(n, -n) }

// order finds the order number: a run of letters and digits behind the word.
func (r *Reader) order(p *page, sums []sum, whens []when, s *Story) {
	for _, h := range p.hits {
		if r.rules[h.rule].use != useOrder || s.Order != "" || r.excluded(p, h, useOrderNot, "") {
			continue
		}
		from := p.tokens[h.to-1].to
		if h.name[0] >= 0 && h.name[0] < len(p.tokens) {
			from = p.tokens[h.name[0]].from
		}
		rest := strings.TrimLeft(p.text[from:min(len(p.text), from+60)], " \t\u00a0:：#＃.,，№=是为為")
		number := rest[:runEnd(rest)]
		number = strings.Trim(number, "-_/.")
		at := strings.Index(p.text[from:], number) + from
		taken := func(a, b int) bool {
			return p.tokens[a].from < at+len(number) && at < p.tokens[b-1].to
		}
		digits := strings.Count(strings.Map(func(r rune) rune {
			if '0' <= r && r <= '9' || '０' <= r && r <= '９' {
				return '0'
			}
			return -1
		}, number), "0")
		if digits < 4 || utf8.RuneCountInString(number) > 40 ||
			slices.ContainsFunc(sums, func(m sum) bool { return taken(m.from, m.to) }) ||
			slices.ContainsFunc(whens, func(w when) bool { return w.form != "vague" && taken(w.from, w.to) }) {
			continue
		}
		s.Order = number
		s.Because["order"] = p.text[p.tokens[h.from].from : at+len(number)]
	}
}

// runEnd is the length of the letters, digits and dashes a text begins with.
func runEnd(s string) int {
	for i, c := range s {
		switch {
		case '0' <= c && c <= '9', 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '０' <= c && c <= '９', c == '-', c == '_', c == '/':
		default:
			return i
		}
	}
	return len(s)
}

// platform chooses among the platforms named the one that is bought on.
func (r *Reader) platform(p *page, all []mention, s *Story) {
	best := 0
	for _, m := range all {
		score := 1
		if m.exact {
			score++
		}
		for k := max(0, m.from-2); k < m.from; k++ {
			if w := p.tokens[k].s; p.tokens[k].clause == p.tokens[m.from].clause && r.isEnd(p.tokens, k) > 0 && !r.negation[w] {
				score++ // on, from, at, 在, 从
				break
			}
		}
		if score > best {
			best = score
			s.Platform = m.id
			s.Because["platform"] = p.said(m.from, m.to)
		}
	}
}

// payment chooses among the ways to pay named the one next to paying.
func (r *Reader) payment(p *page, all []mention, s *Story) {
	best := 0
	for _, m := range all {
		score := 1
		if m.exact {
			score++
		}
		for _, h := range p.hits {
			if r.rules[h.rule].use == usePay && p.tokens[h.from].sentence == p.tokens[m.from].sentence && h.to-m.from <= 8 && m.from-h.to <= 8 {
				score += 2
				break
			}
		}
		if score > best {
			best = score
			s.Payment = m.id
			s.Because["payment"] = p.said(m.from, m.to)
		}
	}
}
