package reading

import (
	"slices"
	"strings"

	"github.com/bojanz/currency"
)

// money is a currency, or several that share a sign; the person's own is meant
// where it is among them, else the first.
type money struct {
	codes []string
	comma bool // its countries write 134,89
}

func (m *money) code(c Context) string {
	if slices.Contains(m.codes, c.Currency) {
		return c.Currency
	}
	return m.codes[0]
}

// moneySign is a sign or word for money.
type moneySign struct {
	typed []string
	money *money
	part  int  // 100 for pence
	tight bool // written in one: "a$" is not the end of "for a $5 voucher"
}

type moneySigns map[string][]moneySign

func (r *Reader) sign(to *moneySigns, lines []line, m *money, part int) {
	if *to == nil {
		*to = moneySigns{}
	}
	for _, l := range lines {
		typed := words(r.cut(l.text))
		if len(typed) == 0 {
			continue
		}
		list := append((*to)[typed[0]], moneySign{typed, m, part, !strings.Contains(l.text, " ")})
		slices.SortStableFunc(list, func(a, b moneySign) int { return len(b.typed) - len(a.typed) })
		(*to)[typed[0]] = list
	}
}

// at finds the longest sign at token i.
func (s moneySigns) at(tokens []token, i int) (moneySign, bool) {
	if i >= len(tokens) {
		return moneySign{}, false
	}
	for _, c := range s[tokens[i].s] {
		if same(tokens[i:], c.typed) && !(c.tight && slices.ContainsFunc(tokens[i+1:i+len(c.typed)], func(t token) bool { return t.space })) {
			return c, true
		}
	}
	return moneySign{}, false
}

func (r *Reader) afterSign(tokens []token, i int) bool {
	_, ok := r.after.at(tokens, i)
	return ok
}

// sum is an amount found in a text.
type sum struct {
	amount   currency.Amount
	from, to int // tokens
}

// sums finds the amounts of money of a page.
func (r *Reader) sums(p *page) []sum {
	bare := map[int]bool{} // where a bare number is money: after "paid"
	for _, h := range p.hits {
		if r.rules[h.rule].use == useBare {
			bare[h.to] = true
		}
	}
	// 在这家店订了张床，2999，收到发现…: a number that is a clause of its own,
	// behind one about buying.
	for i, t := range p.tokens {
		if t.kind == number && len(t.s) > 1 && len(t.s) < 6 && i > 0 && p.tokens[i-1].kind == glyph && t.clause == p.tokens[i-1].clause+1 && t.sentence == p.tokens[i-1].sentence &&
			(i+1 == len(p.tokens) || p.tokens[i+1].clause != t.clause) && r.buying(p, t.clause-1) {
			bare[i] = true
		}
	}
	var out []sum
	for i := 0; i < len(p.tokens); i++ {
		if s, ok := r.sumAt(p, i, bare[i]); ok {
			out = append(out, s)
			i = s.to - 1
		}
	}
	return out
}

// buying tells that a clause speaks of a price or of buying.
func (r *Reader) buying(p *page, clause int) bool {
	return slices.ContainsFunc(p.hits, func(h hit) bool {
		return r.rules[h.rule].use == usePrice && p.tokens[h.from].clause == clause
	})
}

// sumAt reads an amount that begins at token i.
func (r *Reader) sumAt(p *page, i int, bare bool) (sum, bool) {
	tokens := p.tokens
	n := i
	var m *money
	if s, ok := r.before.at(tokens, i); ok {
		m, n = s.money, i+len(s.typed)
		if n < len(tokens) && tokens[n].clause != tokens[i].clause {
			return sum{}, false
		}
	} else if i > 0 && !tokens[i].space && tokens[i].kind == number && (tokens[i-1].kind == mark || tokens[i-1].kind == number || tokens[i-1].kind == word && tokens[i].from == tokens[i-1].to) {
		// "A-40" and "#40" are codes, not money; "rmb40" came in above.
		if _, sign := r.before.at(tokens, i-1); !sign && tokens[i-1].s != "~" {
			return sum{}, false
		}
	}
	d, to, big, ok := r.numeral(tokens, n)
	if !ok && n < len(tokens) && tokens[n].kind == number {
		// "£299,3,4": a list, of which the first is money.
		if head, _, cut := strings.Cut(tokens[n].s, ","); cut && m != nil {
			d, ok = digits(head, false)
			to = n + 1
		}
	}
	if !ok {
		return sum{}, false
	}
	spaced := false
	if tokens[n].kind == number && to == n+1 {
		d, to, spaced = r.spacedGroups(p, n, d)
	}
	// 15k, only with a sign.
	if m != nil && to < len(tokens) && tokens[to].s == "k" && !tokens[to].space {
		d, to, big = d.times(1000), to+1, true
	}
	if d.units == 0 {
		return sum{}, false
	}
	end := to
	for end < len(tokens) && tokens[end].clause == tokens[to-1].clause && (tokens[end].s == "多" || tokens[end].s == "几" || tokens[end].s == "来") && (big || tokens[n].kind == number) {
		end++
	}
	a, after := r.after.at(tokens, end)
	if after && tokens[end].clause != tokens[to-1].clause {
		after = false
	}
	if after && m == nil && r.piece(tokens, n, end, d) {
		return sum{}, false
	}
	if after && m != nil && a.part == 1 && len(a.money.codes) == 1 {
		m = a.money // "$20 CAD"
	}
	if b, trailing := r.before.at(tokens, end); !after && trailing && m == nil && tokens[end].clause == tokens[to-1].clause {
		// 40£, but not the sign of the next amount: "2 £40 lamps".
		if e := end + len(b.typed); e >= len(tokens) || tokens[e].kind != number || tokens[e].space {
			a, after = moneySign{typed: b.typed, money: b.money, part: 1}, true
		}
	}
	_, tail, cut := strings.Cut(tokens[n].s, ",")
	cut = cut && len(tail) == 1
	switch {
	case after && m == nil:
		m = a.money
		to = end + len(a.typed)
		if a.part > 1 {
			d = d.fraction(a.part)
		} else {
			d, to = r.small(tokens, d, to)
		}
	case after:
		to = end + len(a.typed)
	case m != nil:
	case (bare || big && tokens[to-1].clause == tokens[n].clause && hasGlyph(tokens[n:to])) && p.c.Currency != "" && currency.IsValid(p.c.Currency) && (cut || r.alone(p, to, bare)):
		m = &money{codes: []string{p.c.Currency}}
	default:
		return sum{}, false
	}
	if spaced && !m.comma && !strings.ContainsAny(tokens[n+1].s, ",.") && !hardSpace(p.text[tokens[n].to:tokens[n+1].from]) {
		return sum{}, false // "iPhone 15 299 pounds": thousands are parted so in other countries
	}
	if cut && !m.comma {
		// "花了299,3天就坏": the comma parts clauses, unless money follows.
		head, _, _ := strings.Cut(tokens[n].s, ",")
		if d, ok = digits(head, false); after || !ok {
			return sum{}, false
		}
	}
	amount, err := currency.NewAmount(d.String(), m.code(p.c))
	if err != nil {
		return sum{}, false
	}
	if most, _ := currency.GetDigits(m.code(p.c)); d.scale < int(most) {
		amount = amount.Round() // 40 is 40.00
	}
	if !amount.IsPositive() {
		return sum{}, false // 0.001 was rounded away
	}
	return sum{amount, i, to}, true
}

func hasGlyph(tokens []token) bool {
	return slices.ContainsFunc(tokens, func(t token) bool { return t.kind == glyph })
}

func (d decimal) fraction(part int) decimal {
	for ; part > 1; part /= 10 {
		d.scale++
	}
	return d
}

// small reads what follows a whole 块: 两块五, 9块9, 三块五毛.
func (r *Reader) small(tokens []token, d decimal, to int) (decimal, int) {
	if to >= len(tokens) || d.scale != 0 || tokens[to].clause != tokens[to-1].clause || tokens[to-1].kind != glyph {
		return d, to
	}
	n, next, ok := r.whole(tokens, to, 99)
	if !ok {
		return d, to
	}
	a, named := r.after.at(tokens, next)
	switch {
	case named && a.part == 10 && n < 10:
		return decimal{d.units*10 + int64(n), 1}, next + 1
	case named && a.part == 100:
		return decimal{d.units*100 + int64(n), 2}, next + 1
	case named:
		return d, to
	case n < 10 && (next == len(tokens) || tokens[next].clause != tokens[to].clause || tokens[next].s == "的"):
		return decimal{d.units*10 + int64(n), 1}, next
	}
	return d, to
}

// piece tells that 块 counts pieces here: 一块面包, 两块表.
func (r *Reader) piece(tokens []token, n, end int, d decimal) bool {
	if !r.counts[tokens[end].s] || tokens[n].kind != glyph || d.units > 10 || end+1 >= len(tokens) {
		return false
	}
	t := tokens[end+1]
	if t.clause != tokens[end].clause || t.kind != glyph || t.s == "钱" || r.fillers[t.s] {
		return false
	}
	_, figure := r.values[t.s]
	return !figure
}

// spacedGroups joins 1 299,00.
func (r *Reader) spacedGroups(p *page, n int, d decimal) (decimal, int, bool) {
	tokens, to := p.tokens, n+1
	if len(tokens[n].s) > 3 || strings.ContainsAny(tokens[n].s, ",.'") || tokens[n].s[0] == '0' {
		return d, to, false
	}
	whole := tokens[n].s
	for to < len(tokens) && tokens[to].kind == number && tokens[to].clause == tokens[n].clause && tokens[to].from-tokens[to-1].to <= 3 && tokens[to].space && len(whole) < 13 {
		head, tail := tokens[to].s, ""
		if cut := strings.IndexAny(head, ",."); cut >= 0 {
			head, tail = head[:cut], head[cut+1:]
		}
		if len(head) != 3 || len(tail) > 2 || strings.Contains(head, "'") || strings.ContainsAny(tail, ",.'") {
			break
		}
		whole += head
		to++
		if tail != "" || strings.ContainsAny(tokens[to-1].s, ",.") {
			x, ok := plain(whole, tail)
			return x, to, ok
		}
	}
	if to == n+1 {
		return d, to, false
	}
	x, ok := plain(whole, "")
	return x, to, ok
}

func hardSpace(s string) bool { return strings.ContainsAny(s, "\u00a0\u202f\u2009") }

// alone tells that a bare number counts nothing: "paid 40 for it", not "paid 2
// weeks ago". Where no word says that it is money, nothing may be counted by it.
func (r *Reader) alone(p *page, to int, bare bool) bool {
	if to >= len(p.tokens) || p.tokens[to].clause != p.tokens[to-1].clause {
		return true
	}
	t := p.tokens[to]
	if t.s == "多" || t.s == "几" || t.s == "来" {
		return r.alone(p, to+1, bare)
	}
	if t.kind == mark || t.kind == number || r.counted[t.s] || r.counts[t.s] || r.months[t.s] > 0 || r.weekdays[t.s] > 0 || r.endings[t.s] && !t.space {
		return false
	}
	for n := r.opens[t.s]; n > 0; n-- {
		if _, ok := r.units[joined(p.tokens, to, n)]; ok {
			return false
		}
	}
	if t.kind == glyph {
		return bare || t.s == "的" || t.s == "左"
	}
	return r.isEnd(p.tokens, to) > 0
}

// Amounts gives the amounts of money in a text, in order.
func (r *Reader) Amounts(text string, c Context) []currency.Amount {
	var out []currency.Amount
	for _, s := range r.sums(r.page(text, c)) {
		out = append(out, s.amount)
	}
	return out
}
