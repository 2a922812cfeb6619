package reading

import (
	"strconv"
	"strings"
)

// decimal is a number as people write it: units / 10^scale.
type decimal struct {
	units int64
	scale int
}

func (d decimal) times(n int) decimal {
	d.units *= int64(n)
	for d.scale > 0 && d.units%10 == 0 {
		d.units /= 10
		d.scale--
	}
	return d
}

// String is the number in plain digits with a point.
func (d decimal) String() string {
	s := strconv.FormatInt(d.units, 10)
	if d.scale == 0 {
		return s
	}
	if len(s) <= d.scale {
		s = strings.Repeat("0", d.scale-len(s)+1) + s
	}
	return s[:len(s)-d.scale] + "." + s[len(s)-d.scale:]
}

// digits reads a number token. A point or comma with three digits behind it
// parts thousands, any other is the decimal sign, for no price has three
// decimals: 1,299 and 1.299 are both over a thousand, 134,89 and 134.89 are
// both below two hundred. Where multiplied is set a thousand-fold word follows
// (1.299万) and the point is decimal.
func digits(s string, multiplied bool) (decimal, bool) {
	if len(s) > 24 {
		return decimal{}, false
	}
	last := strings.LastIndexAny(s, ".,'")
	if last < 0 {
		return plain(s, "")
	}
	head, tail, sign := s[:last], s[last+1:], s[last]
	grouped := len(tail) == 3 && sign != '\'' && !multiplied && !(head == "0" || len(head) > 3 && !strings.ContainsAny(head, ".,'"))
	if sign == '\'' {
		grouped = true
	}
	if other := strings.IndexAny(head, ".,'"); other >= 0 {
		if head[other] != sign || sign == '\'' { // 1,299.00: the last is the decimal sign
			if sign == '\'' && len(tail) != 3 {
				return decimal{}, false
			}
			grouped = sign == '\''
		} else if grouped = true; len(tail) != 3 { // 2026.2.1 is no number
			return decimal{}, false
		}
	}
	if grouped {
		if len(tail) != 3 {
			return decimal{}, false
		}
		whole, ok := groups(s)
		if !ok {
			return decimal{}, false
		}
		return plain(whole, "")
	}
	whole, ok := groups(head)
	if !ok || len(tail) > 4 {
		return decimal{}, false
	}
	return plain(whole, tail)
}

// groups joins 1,299,000: groups of three, or of two before the last as in India.
func groups(s string) (string, bool) {
	parts := strings.FieldsFunc(s, func(r rune) bool { return r == '.' || r == ',' || r == '\'' })
	for i, p := range parts {
		switch {
		case i == 0 && (len(p) <= 3 || len(parts) == 1):
		case i > 0 && i == len(parts)-1 && len(p) == 3:
		case i > 0 && i < len(parts)-1 && (len(p) == 2 || len(p) == 3):
		default:
			return "", false
		}
	}
	return strings.Join(parts, ""), true
}

func plain(whole, decimals string) (decimal, bool) {
	n, err := strconv.ParseInt(whole+decimals, 10, 64)
	if err != nil || len(whole)+len(decimals) > 15 {
		return decimal{}, false
	}
	return decimal{n, len(decimals)}, true
}

// numeral reads a number in digits or words that begins at token i and gives the
// token behind it; big tells that a word like 千 or "thousand" was in it.
func (r *Reader) numeral(tokens []token, i int) (d decimal, to int, big, ok bool) {
	if i >= len(tokens) {
		return
	}
	switch tokens[i].kind {
	case number:
		m, many := 0, false
		if i+1 < len(tokens) && tokens[i+1].clause == tokens[i].clause {
			m, many = r.multiply[tokens[i+1].s]
			many = many && m >= 100 && len(tokens[i].s) < 9
		}
		d, ok = digits(tokens[i].s, many)
		if ok && many {
			d = d.times(m)
			// 3千5 is 3500, 1万2 is 12000.
			if i+2 < len(tokens) && tokens[i+1].kind == glyph && tokens[i+2].kind == number && len(tokens[i+2].s) == 1 && d.scale == 0 {
				d.units += int64(tokens[i+2].s[0]-'0') * int64(m/10)
				return d, i + 3, true, true
			}
			return d, i + 2, true, true
		}
		return d, i + 1, false, ok
	case glyph:
		n, to, big, ok := r.glyphs(tokens, i)
		return decimal{units: n}, to, big, ok
	case word:
		n, to, big, ok := r.spoken(tokens, i)
		return decimal{units: n}, to, big, ok
	}
	return
}

// glyphs reads Chinese numerals: 二十五, 两百九十九, 三千五 (3500), 二零二六.
func (r *Reader) glyphs(tokens []token, i int) (n int64, to int, big, ok bool) {
	var total, section, digit int64
	last, seen, plainDigits := int64(1), 0, 0
	zero := false
	for to = i; to < len(tokens) && to-i < 16 && tokens[to].kind == glyph && tokens[to].clause == tokens[i].clause; to++ {
		s := tokens[to].s
		if v, is := r.values[s]; is {
			if seen == plainDigits { // no 十百千万 yet: 二零二六
				n = n*10 + int64(v)
			}
			digit, zero = int64(v), zero || v == 0
			plainDigits++
			seen++
			continue
		}
		m, is := r.multiply[s]
		if !is || seen == 0 && m != 10 {
			break
		}
		if seen == 0 {
			digit = 1 // 十五
		}
		if seen == plainDigits && plainDigits > 1 {
			break // 二零二六百 is nothing
		}
		seen++
		zero = false
		if m >= 10000 {
			total = (total + section + digit) * int64(m)
			section = 0
		} else {
			section += digit * int64(m)
		}
		digit, last, big = 0, int64(m), big || m >= 100
		if total > 1e12 {
			return 0, 0, false, false
		}
	}
	if seen == 0 {
		return 0, 0, false, false
	}
	if seen == plainDigits {
		return n, to, false, n < 1e12
	}
	if digit > 0 && last >= 100 && !zero {
		digit *= last / 10 // 三千五
	}
	return total + section + digit, to, big, true
}

// spoken reads numbers in words: twenty-five, a hundred and five, two thousand.
func (r *Reader) spoken(tokens []token, i int) (n int64, to int, big, ok bool) {
	var total, current int64
	to = i
	for to < len(tokens) && to-i < 10 && tokens[to].kind == word && tokens[to].clause == tokens[i].clause {
		s := tokens[to].s
		if v, is := r.values[s]; is {
			if ok && !big && (current < 20 || current%10 != 0 || v > 9) {
				break // "two three": two numbers
			}
			current += int64(v)
		} else if m, is := r.multiply[s]; is && ok {
			current = max(current, 1) * int64(m)
			if m >= 1000 {
				total, current = total+current, 0
			}
			big = true
			if total > 1e12 {
				return 0, 0, false, false
			}
		} else if is && to == i { // "hundred quid"
			current, big = int64(m), true
		} else if big && r.joiners[s] && to+1 < len(tokens) && r.values[tokens[to+1].s] > 0 {
			to++
			continue
		} else {
			break
		}
		ok = true
		to++
	}
	return total + current, to, big, ok
}

// whole reads a whole number up to most.
func (r *Reader) whole(tokens []token, i, most int) (n, to int, ok bool) {
	d, to, _, ok := r.numeral(tokens, i)
	if !ok || d.scale != 0 || d.units > int64(most) {
		return 0, 0, false
	}
	return int(d.units), to, true
}
