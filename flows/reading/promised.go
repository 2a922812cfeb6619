package reading

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// promised gives the days a message names: dates of the calendar, weekdays,
// "tomorrow", and numbers of days counted from today.
func (m *Messages) promised(a *answer, pages [2]*page) []Date {
	c := pages[0].c
	var out []Date
	add := func(d Date) {
		if !d.IsZero() && !slices.Contains(out, d) && len(out) < 20 {
			out = append(out, d)
		}
	}
	taken := map[int]bool{} // bytes of the text that are read already
	best := map[int]hit{}
	s := search{r: m.own, tokens: a.tokens}
	s.found = func(h hit) {
		if b, ok := best[h.from]; !ok || h.to > b.to || h.to == b.to && m.own.rules[h.rule].key == "working" {
			best[h.from] = h
		}
	}
	s.all(&m.days)
	for i := 0; i < len(a.tokens); i++ {
		h, ok := best[i]
		if !ok {
			continue
		}
		for k := h.from; k < h.to; k++ {
			taken[a.tokens[k].from] = true
		}
		switch n := count(h.parts); {
		case n > 400:
		case m.own.rules[h.rule].key == "working" && (h.parts.unit == "" || h.parts.unit == "day"):
			add(workingDays(c.Today, n))
		default:
			add(move(c.Today, n, h.parts.unit))
		}
		i = h.to - 1
	}
	for i, r := range m.readers() {
		p := pages[i]
		for _, w := range r.whens(p) {
			if w.form == "vague" || w.form == "ago" || w.form == "last_weekday" || w.form == "last_week" || w.form == "last_month" || w.form == "last_year" || taken[p.tokens[w.from].from] {
				continue
			}
			taken[p.tokens[w.from].from] = true
			if days := w.days(c.Today, c.Today, promise); len(days) > 0 {
				add(days[0])
			}
		}
	}
	slices.SortFunc(out, Date.compare)
	return out
}

// readers are those of dates and amounts: of what people write and of what
// merchants do.
func (m *Messages) readers() [2]*Reader { return [2]*Reader{m.people, m.own} }

// workingDays counts the days from Monday to Friday; no holiday is known here.
func workingDays(from Date, n int) Date {
	d := from
	for n > 0 {
		d = d.AddDays(1)
		if w := d.Weekday(); w != time.Saturday && w != time.Sunday {
			n--
		}
	}
	return d
}

// offers gives what a message offers: amounts in the sentences that offer, else
// in all of it, and shares of the price.
func (m *Messages) offers(a *answer, own string, pages [2]*page) []Offer {
	type found struct {
		at, end int
		Offer
	}
	var all []found
	add := func(at, end int, o Offer) {
		if !slices.ContainsFunc(all, func(f found) bool { return at < f.end && f.at < end }) {
			all = append(all, found{at, end, o})
		}
	}
	for i, r := range m.readers() {
		p := *pages[i]
		if strings.Contains(own, "$") {
			p.c.Currency = "USD" // of the many dollars the likeliest
		}
		for _, s := range r.sums(&p) {
			add(p.tokens[s.from].from, p.tokens[s.to-1].to, Offer{Amount: &s.amount})
		}
	}
	share := func(from, to, n int) {
		if n > 0 && n < 100 {
			add(a.tokens[from].from, a.tokens[to-1].to, Offer{Percent: n})
		}
	}
	for i, t := range a.tokens {
		if t.s == "%" && i > 0 && a.tokens[i-1].kind == number {
			n, err := strconv.ParseFloat(strings.ReplaceAll(a.tokens[i-1].s, ",", "."), 64)
			if err == nil {
				share(i-1, i+1, int(n+0.5))
			}
		}
	}
	s := search{r: m.own, tokens: a.tokens}
	s.found = func(h hit) {
		switch n := h.parts.number; m.own.rules[h.rule].key {
		case "of":
			share(h.from, h.to, n)
		case "left": // 八折, 85折
			if n < 10 {
				n *= 10
			}
			share(h.from, h.to, 100-n)
		case "half":
			share(h.from, h.to, 50)
		}
	}
	s.all(&m.percent)
	// Sentences in which a rule saw an offer.
	in := map[int]bool{}
	for _, h := range a.places["offer"] {
		in[a.tokens[h.from].sentence], in[a.tokens[h.to-1].sentence] = true, true
	}
	sentence := func(at int) int {
		i, _ := slices.BinarySearchFunc(a.tokens, at, func(t token, at int) int { return t.from - at })
		return a.tokens[min(i, len(a.tokens)-1)].sentence
	}
	if slices.ContainsFunc(all, func(f found) bool { return in[sentence(f.at)] }) {
		all = slices.DeleteFunc(all, func(f found) bool { return !in[sentence(f.at)] })
	}
	slices.SortStableFunc(all, func(x, y found) int { return x.at - y.at })
	var out []Offer
	for _, f := range all {
		out = append(out, f.Offer)
	}
	return out
}
