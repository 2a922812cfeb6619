package reading

import (
	"strconv"
	"strings"
	"time"
)

// when is a date found in a text, before it is known to which day it points.
type when struct {
	from, to int // tokens
	form     string
	n        int
	parts    parts
	orders   []parts // for 05/03: the ways to read it, the likeliest first
}

// aim says which of several years or weeks a date without one means.
type aim uint8

const (
	past    aim = iota // orders, deliveries: the latest one that has been
	promise            // the nearest one from a day on
	near               // a promise, while it is not known since when: the nearest to today
)

// slot reads the slot of a phrase at token i and gives the token behind it, 0 if
// it is not there.
func (r *Reader) slot(name string, tokens []token, i int, p *parts) int {
	t := &tokens[i]
	switch name {
	case "number":
		if n, to, ok := r.whole(tokens, i, 9999); ok {
			p.number = n
			return to
		}
	case "day", "ordinal":
		n, to, ok := r.ordinals[t.s], i+1, false
		tens := r.values[t.s]
		if n > 0 {
			ok = true
		} else if (tens == 20 || tens == 30) && t.kind == word && i+1 < len(tokens) && r.ordinals[tokens[i+1].s] > 0 {
			n, to, ok = tens+r.ordinals[tokens[i+1].s], i+2, true // twenty-first
		} else if t.kind == number || t.kind == glyph {
			if t.kind == number && len(t.s) > 2 {
				return 0
			}
			if n, to, ok = r.whole(tokens, i, 31); !ok || n < 1 {
				return 0
			}
			if to < len(tokens) && r.endings[tokens[to].s] && !tokens[to].space {
				to++
			} else if name == "ordinal" {
				return 0
			}
		}
		if ok && n <= 31 {
			p.day = n
			return to
		}
	case "month":
		if m := r.months[t.s]; m > 0 {
			p.month = m
			return i + 1
		}
	case "month number":
		if t.kind == number && len(t.s) > 2 || t.kind == word {
			return 0
		}
		if n, to, ok := r.whole(tokens, i, 12); ok && n > 0 {
			p.month = n
			return to
		}
	case "year":
		return r.year(tokens, i, p)
	case "weekday":
		for n := r.opens[t.s]; n > 0; n-- {
			if w := r.weekdays[joined(tokens, i, n)]; w > 0 {
				p.weekday = w
				return i + n
			}
		}
	case "unit":
		for n := r.opens[t.s]; n > 0; n-- {
			if u, ok := r.units[joined(tokens, i, n)]; ok {
				p.unit = u
				return i + n
			}
		}
	case "named":
		for n := r.opens[t.s]; n > 0; n-- {
			if d := r.named[joined(tokens, i, n)]; d > 0 {
				p.month, p.day = d/100, d%100
				return i + n
			}
		}
	}
	return 0
}

// joined is n tokens of one clause as one key, "" if there are fewer.
func joined(tokens []token, i, n int) string {
	if n == 1 {
		return tokens[i].s
	}
	if i+n > len(tokens) || tokens[i+n-1].clause != tokens[i].clause {
		return ""
	}
	s := tokens[i].s
	for _, t := range tokens[i+1 : i+n] {
		s += " " + t.s
	}
	return s
}

func (r *Reader) year(tokens []token, i int, p *parts) int {
	t := tokens[i]
	if t.kind == glyph { // 二零二六
		if n, to, big, ok := r.glyphs(tokens, i); ok && !big && to-i == 4 && n >= 1990 && n < 2100 {
			p.year = int(n)
			return to
		}
		return 0
	}
	n, err := strconv.Atoi(t.s)
	switch {
	case t.kind != number || err != nil:
		return 0
	case len(t.s) == 4 && n >= 1990 && n < 2100:
		p.year = n
		return i + 1
	case len(t.s) == 2 && n >= 15 && n < 60 && (i+1 == len(tokens) || tokens[i+1].clause != t.clause || tokens[i+1].s == "年"):
		// "1 Feb 26", but not "1 Feb 26 pounds": nothing may follow.
		p.year = 2000 + n
		return i + 1
	}
	return 0
}

// whens finds the dates of a page, the longest at each place.
func (r *Reader) whens(p *page) []when {
	var out []when
	var best when
	s := search{r: r, tokens: p.tokens}
	s.found = func(h hit) {
		form := r.rules[h.rule]
		if h.to > best.to || h.to == best.to && best.form == "vague" {
			best = when{from: h.from, to: h.to, form: form.key, n: form.n, parts: h.parts}
		}
	}
	for i := 0; i < len(p.tokens); i++ {
		best = when{}
		s.from(&r.forms, i)
		if n := r.numeric(p, i); n.to > best.to {
			best = n
		}
		if best.to == 0 {
			continue
		}
		out = append(out, best)
		i = best.to - 1
	}
	return out
}

// numeric reads dates in figures that begin at token i.
func (r *Reader) numeric(p *page, i int) when {
	tokens, none := p.tokens, when{}
	if tokens[i].kind != number {
		return none
	}
	if i > 0 && !tokens[i].space {
		if b := tokens[i-1]; b.kind == mark && b.s != "~" || b.kind == number {
			return none // the middle of a number or of a code
		}
	}
	figures, sep, to := []string{tokens[i].s}, "", i+1
	if strings.Contains(tokens[i].s, ".") {
		figures, sep = strings.Split(tokens[i].s, "."), "."
	} else {
		for to+1 < len(tokens) && len(figures) < 3 && tokens[to].kind == mark && tokens[to+1].kind == number &&
			(tokens[to].s == "/" || tokens[to].s == "-") && (sep == "" || sep == tokens[to].s) {
			sep = tokens[to].s
			figures = append(figures, tokens[to+1].s)
			to += 2
		}
	}
	if to < len(tokens) && !tokens[to].space && tokens[to].clause == tokens[to-1].clause {
		if a := tokens[to]; a.kind == mark && a.s != "~" && a.s != ":" || r.units[a.s] != "" {
			return none // 1/2/3/4, 24/7/365, 3-5天
		}
	}
	w := when{from: i, to: to, form: "numeric"}
	whole := len(tokens) == to-i
	n := make([]int, len(figures))
	for k, f := range figures {
		var err error
		if n[k], err = strconv.Atoi(f); err != nil || len(f) > 4 || len(f) == 3 {
			if !(whole && len(figures) == 1 && len(f) == 8 && err == nil) {
				return none
			}
		}
	}
	if to < len(tokens) && tokens[to].clause == tokens[to-1].clause && r.afterSign(tokens, to) {
		return none // money, not a date
	}
	add := func(y, m, d int) {
		if y == 0 && m >= 1 && m <= 12 && d >= 1 && d <= daysIn(2024, time.Month(m)) || y != 0 {
			w.orders = append(w.orders, parts{year: y, month: m, day: d})
		}
	}
	chinese := p.glyphs || p.c.Currency == "CNY" || p.c.Currency == "JPY" || p.c.Currency == "TWD" || p.c.Currency == "KRW"
	switch len(n) {
	case 1:
		if whole && len(figures[0]) == 8 { // 20260201
			add(n[0]/10000, n[0]/100%100, n[0]%100)
		}
	case 2:
		padded := len(figures[0]) == 2 && len(figures[1]) == 2
		if len(figures[0]) > 2 || len(figures[1]) > 2 || sep == "." && !whole || sep == "-" && !whole && !padded {
			return none
		}
		if p.c.DayFirst {
			add(0, n[1], n[0])
			add(0, n[0], n[1])
		} else {
			add(0, n[0], n[1])
			if !chinese {
				add(0, n[1], n[0])
			}
		}
	case 3:
		switch {
		case len(figures[1]) > 2:
			return none
		case len(figures[0]) == 4:
			add(n[0], n[1], n[2])
		case len(figures[0]) > 2 || len(figures[2]) == 1 && !chinese:
			return none
		default:
			y := n[2]
			if len(figures[2]) < 4 {
				y += 2000
			}
			if chinese && len(figures[2]) <= 2 && len(figures[0]) == 2 { // 26/2/1
				add(2000+n[0], n[1], n[2])
			}
			if len(figures[2]) > 1 {
				first, second := n[1], n[0]
				if !p.c.DayFirst {
					first, second = second, first
				}
				add(y, first, second)
				if !(chinese && p.glyphs) {
					add(y, second, first)
				}
			}
		}
	}
	if len(w.orders) == 0 {
		if len(n) == 3 || len(n) == 2 && sep == "/" {
			return when{from: i, to: to, form: "vague"}
		}
		return none
	}
	return w
}

// days gives the days a found date may mean, the likeliest first.
func (w when) days(today, after Date, a aim) []Date {
	var out []Date
	add := func(d Date, ok bool) {
		if !ok || d.Year < 1990 || d.Year > 2100 {
			return
		}
		for _, o := range out {
			if o == d {
				return
			}
		}
		out = append(out, d)
	}
	monday := today.AddDays(-(int(today.Weekday()) + 6) % 7)
	week := func(n int) { add(monday.AddDays(7*n+w.parts.weekday-1), true) }
	x := w.parts
	switch w.form {
	case "numeric":
		for _, o := range w.orders {
			if o.year != 0 {
				add(civil(o.year, time.Month(o.month), o.day))
			} else {
				add(yearless(o.month, o.day, today, after, a))
			}
		}
		out = plausible(out, today, after, a)
	case "calendar":
		if x.year != 0 {
			add(civil(x.year, time.Month(x.month), x.day))
		} else {
			add(yearless(x.month, x.day, today, after, a))
		}
	case "this_year", "last_year", "year_before_last":
		back := map[string]int{"last_year": 1, "year_before_last": 2}[w.form]
		add(civil(today.Year-back, time.Month(x.month), x.day))
	case "days_ago":
		add(today.AddDays(-w.n), true)
	case "ago":
		add(move(today, -count(x), x.unit), true)
	case "ahead":
		if a == promise {
			add(move(after, count(x), x.unit), true)
		} else {
			add(move(today, count(x), x.unit), true)
		}
	case "day", "this_month", "last_month":
		first := Date{today.Year, today.Month, 1}
		if w.form == "last_month" {
			first = first.AddMonths(-1)
		} else if w.form == "day" {
			from, step := first, -1
			if a == promise {
				from, step = Date{after.Year, after.Month, 1}, 1
			}
			for n := 0; n < 3; n++ {
				m := from.AddMonths(step * n)
				d, ok := civil(m.Year, m.Month, x.day)
				if ok && (a == promise && !d.Before(after) || a != promise && !d.After(today)) {
					first = m
					break
				}
			}
		}
		add(civil(first.Year, first.Month, x.day))
	case "weekday":
		if a == promise {
			ahead := (x.weekday - int(after.Weekday()) + 7) % 7
			add(after.AddDays(ahead), true)
			break
		}
		add(lastWeekday(today, x.weekday), true)
	case "last_weekday":
		d := lastWeekday(today, x.weekday)
		add(d, true)
		// "Last Friday" on a Saturday: yesterday, or the one of last week?
		if !d.Before(monday) {
			add(d.AddDays(-7), true)
		}
	case "this_week":
		week(0)
	case "last_week":
		week(-1)
	case "week_before_last":
		week(-2)
	case "next_week":
		week(1)
	}
	return out
}

func lastWeekday(today Date, weekday int) Date {
	back := (int(today.Weekday()) - weekday + 7) % 7
	if back == 0 {
		back = 7
	}
	return today.AddDays(-back)
}

// count is the number of a phrase, one where it has none ("a week ago").
func count(p parts) int {
	if p.number == 0 {
		return 1
	}
	return p.number
}

func move(d Date, n int, unit string) Date {
	switch unit {
	case "week":
		return d.AddDays(7 * n)
	case "month":
		return d.AddMonths(n)
	case "year":
		return d.AddYears(n)
	}
	return d.AddDays(n)
}

// yearless finds the year of a date that was written without one. 29 February
// may be eight years away.
func yearless(month, day int, today, after Date, a aim) (Date, bool) {
	from, step := today.Year, -1
	if a == promise {
		from, step = after.Year, 1
	}
	var earlier, later Date
	for n := 0; n <= 8; n++ {
		d, ok := civil(from+step*n, time.Month(month), day)
		switch {
		case !ok:
		case a == promise && !d.Before(after), a == past && !d.After(today):
			return d, true
		case a == near && !d.After(today):
			earlier = d
			for k := 1; k <= 8 && later.IsZero(); k++ {
				later, _ = civil(d.Year+k, time.Month(month), day)
			}
			if later.IsZero() || today.Sub(earlier) <= later.Sub(today) {
				return earlier, true
			}
			return later, true
		}
	}
	return Date{}, false
}

// plausible drops readings on the wrong side of today, if another is left.
func plausible(dates []Date, today, after Date, a aim) []Date {
	var out []Date
	for _, d := range dates {
		switch {
		case a == past && d.After(today), a == promise && d.Before(after):
		default:
			out = append(out, d)
		}
	}
	if len(out) == 0 {
		return dates
	}
	return out
}

// Dates gives the dates a text may mean, the likeliest first: none if no date
// was understood, several if it is unclear which is meant (05/03, "last Friday"
// on a Saturday, two dates) and the person should be asked.
func (r *Reader) Dates(text string, c Context) []Date {
	p := r.page(text, c)
	a, after := past, c.After
	if !c.After.IsZero() {
		a = promise
	} else if r.has(p, useAbout, "expected") {
		a = near
	}
	var out []Date
	for _, w := range r.whens(p) {
		if w.form == "ahead" && a == promise {
			// "In three days" may be counted from today or from the order.
			out = merge(out, w.days(c.Today, c.Today, promise))
		}
		out = merge(out, w.days(c.Today, after, a))
	}
	return out
}

func merge(dates, more []Date) []Date {
next:
	for _, d := range more {
		for _, e := range dates {
			if d == e {
				continue next
			}
		}
		dates = append(dates, d)
	}
	return dates
}
