package reading

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/bojanz/currency"
	fullwidth "golang.org/x/text/width"
)

// Screenshot is what was found in the words a machine read off the picture of an
// order. All of it is a suggestion for the person to confirm; what was not found,
// or not surely, is empty.
type Screenshot struct {
	Order, Shop, Platform string
	Amount                *currency.Amount // what was paid in all
	Ordered               Date
}

// labels are the words beside which a field stands on the screens of shops.
type labels struct{ order, total, ordered, shop, shops, after, other []string }

// Screenshot reads the words of a picture, line by line: a machine breaks lines,
// puts spaces into words and numbers, and takes one sign for another.
func (r *Reader) Screenshot(words string, c Context) (s Screenshot) {
	var lines []string
	for _, l := range strings.Split(words, "\n") {
		if l = tidyLine(l); l != "" {
			lines = append(lines, l)
		}
		if len(lines) == 200 { // more is not a screen
			break
		}
	}
	for i, l := range lines {
		next := ""
		if i+1 < len(lines) {
			next = lines[i+1]
		}
		if v, ok := r.beside(l, next, r.labels.order); ok && s.Order == "" {
			s.Order = orderNumber(v)
		}
		if v, ok := r.beside(l, next, r.labels.ordered); ok && s.Ordered.IsZero() {
			d := r.Dates(spaced(v), c)
			if len(d) == 0 && r.heads(l) {
				d = r.Dates(spaced(next), c)
			}
			if len(d) == 1 && !d[0].After(c.Today) {
				s.Ordered = d[0]
			}
		}
		if v, ok := r.beside(l, next, r.labels.shop); ok && s.Shop == "" && !r.starts(v) && r.parted(l, r.labels.shop) {
			s.Shop = r.shopName(v)
		}
		if s.Shop == "" {
			for _, end := range r.labels.shops {
				if at := strings.Index(l, end); at > 0 && len([]rune(l)) <= 30 {
					s.Shop = r.shopName(l[:at+len(end)])
				}
			}
		}
	}
	s.Amount = r.paid(lines, c)
	if found := r.Match(strings.Join(lines, "\n"), c.Platforms); len(found) == 1 {
		s.Platform = found[0]
	}
	return s
}

// paid is the total, by the surest label there is: labels stand in that order.
func (r *Reader) paid(lines []string, c Context) *currency.Amount {
	for _, label := range r.labels.total {
		for i, l := range lines {
			next := ""
			if i+1 < len(lines) {
				next = lines[i+1]
			}
			v, ok := r.beside(l, next, []string{label})
			if !ok || slices.ContainsFunc(r.labels.other, func(x string) bool { return strings.Contains(squeeze(l), x) }) {
				continue
			}
			all := r.amountsIn(v, c)
			if len(all) == 0 && r.heads(l) {
				all = r.amountsIn(next, c)
			}
			if len(all) == 1 && !pointless(all[0].Number(), lines) {
				return &all[0]
			}
		}
	}
	return nil
}

// amountsIn are the amounts in a piece of a line; none where one of them is
// broken.
func (r *Reader) amountsIn(v string, c Context) []currency.Amount {
	v = mended(yuanSign(v))
	if brokenSum.MatchString(v) {
		return nil
	}
	all := r.Amounts(v, c)
	if m := decimals.FindString(v); len(all) == 0 && m != "" {
		all = r.Amounts(m+" "+c.Currency, c)
	}
	return all
}

// mended gives a sum its digits and its point back: £3O.50, £34 .50, ¥128. 00.
func mended(v string) string {
	v = torn.ReplaceAllString(v, "$1.$2$3")
	return letters.ReplaceAllStringFunc(v, func(m string) string {
		if !strings.ContainsAny(m, "0123456789") {
			return m
		}
		return strings.NewReplacer("O", "0", "o", "0", "l", "1", "I", "1").Replace(m)
	})
}

var (
	torn      = regexp.MustCompile(`(\d)(?: \. ?|\. )(\d{2})($|[^\d])`)
	letters   = regexp.MustCompile(`[0-9OolI][0-9OolI,]*\.[0-9OolI]{2}\b`)
	brokenSum = regexp.MustCompile(`[£$€¥] ?\d+ \d|[£$€¥] ?\d[\d.,]*[A-Za-z]`)
)

// pointless tells that a sum may have lost its point: 12800, where 128.00 stands
// elsewhere on the screen.
func pointless(sum string, lines []string) bool {
	whole, _ := strings.CutSuffix(sum, ".00")
	if len(whole) < 3 || strings.Contains(whole, ".") {
		return false
	}
	at := len(whole) - 2
	return slices.ContainsFunc(lines, func(l string) bool {
		return strings.Contains(strings.ReplaceAll(l, ",", ""), whole[:at]+"."+whole[at:])
	})
}

var decimals = regexp.MustCompile(`\d[\d,]*\.\d{2}\b`)

// beside gives what stands behind a label in its line, or in the next line
// where the label stands alone.
func (r *Reader) beside(line, next string, labels []string) (string, bool) {
	small := squeeze(line)
	for _, label := range labels {
		at := strings.Index(small, label)
		if at < 0 || at > 24 {
			continue
		}
		if v := strings.TrimLeft(behind(line, label), " :：#.·|-—"); v != "" {
			return v, true
		}
		return strings.TrimLeft(next, " :：#"), next != ""
	}
	return "", false
}

// behind is the rest of a line after a label, spaces or not in between.
func behind(line, label string) string {
	have := []rune(line)
	for from := range have {
		i := from
		for _, w := range label {
			for i < len(have) && i > from && have[i] == ' ' {
				i++
			}
			if i >= len(have) || unicode.ToLower(have[i]) != w {
				i = -1
				break
			}
			i++
		}
		if i > 0 {
			return string(have[i:])
		}
	}
	return ""
}

// heads tells that a line is the head of a table: labels side by side, what
// belongs to them below.
func (r *Reader) heads(line string) bool {
	n, small := 0, squeeze(line)
	for _, list := range [][]string{r.labels.order, r.labels.total, r.labels.ordered} {
		if slices.ContainsFunc(list, func(label string) bool { return strings.Contains(small, label) }) {
			n++
		}
	}
	return n > 1
}

// parted tells that something stands between a label and what follows: 商家 is a
// label in 商家: 花间小铺, and none in 商家已发货.
func (r *Reader) parted(line string, labels []string) bool {
	for _, label := range labels {
		if strings.Contains(squeeze(line), label) {
			rest := behind(line, label)
			first, _ := utf8.DecodeRuneInString(rest)
			return rest == "" || strings.HasSuffix(label, ":") || !unicode.IsLetter(first) && !unicode.IsDigit(first)
		}
	}
	return false
}

// starts tells that a text begins with a label of its own.
func (r *Reader) starts(v string) bool {
	small := squeeze(v)
	for _, list := range [][]string{r.labels.order, r.labels.total, r.labels.ordered} {
		for _, label := range list {
			if strings.HasPrefix(small, label) {
				return true
			}
		}
	}
	return false
}

// tidyLine makes a line comparable: width, spaces, and none between Chinese
// characters. Two spaces part columns.
func tidyLine(l string) string {
	l = gaps.ReplaceAllString(strings.TrimSpace(fullwidth.Fold.String(l)), "  ")
	have := []rune(l)
	var b strings.Builder
	for i, x := range have {
		if x == ' ' && i > 0 && i+1 < len(have) && (unicode.Is(unicode.Han, have[i-1]) && unicode.Is(unicode.Han, have[i+1])) {
			continue
		}
		b.WriteRune(x)
	}
	return b.String()
}

var gaps = regexp.MustCompile(`\s{2,}|\t`)

// squeeze is a line in small letters without its spaces.
func squeeze(l string) string { return strings.ReplaceAll(strings.ToLower(l), " ", "") }

// spaced parts a date from the time that was read as its end: 2026-03-0212:33.
func spaced(v string) string {
	return glued.ReplaceAllString(v, "$1 $2")
}

var glued = regexp.MustCompile(`(\d{4}[-/.]\d{2}[-/.]\d{2})(\d{2}:)`)

// yuanSign mends the sign of the yuan, which machines read as many things.
func yuanSign(v string) string { return yuan.ReplaceAllString(v, "¥$1") }

var yuan = regexp.MustCompile(`(?:^|[ :：])[￥¥YV半羊](?: ?)(\d)`)

// orderNumber takes the number that begins a text: at least six signs, digits
// most of all, its parts joined where a machine put a space into a long number.
func orderNumber(v string) string {
	fields := strings.Fields(v)
	var b strings.Builder
	for i, f := range fields {
		f = strings.Trim(f, ".,;:|()[]")
		digits := strings.IndexFunc(f, func(x rune) bool { return x < '0' || x > '9' }) < 0
		if i > 0 && (!digits || len(f) < 3 || b.Len()+len(f) > 24) {
			break
		}
		b.WriteString(f)
	}
	n := orderShape.FindString(b.String())
	n = mistaken.ReplaceAllStringFunc(n, func(m string) string {
		return m[:1] + strings.NewReplacer("O", "0", "o", "0", "l", "1", "I", "1").Replace(m[1:])
	})
	count := 0
	for _, x := range n {
		if x >= '0' && x <= '9' {
			count++
		}
	}
	if len(n) < 5 || len(n) > 32 || count < 4 || count*2 < len(n) {
		return ""
	}
	return n
}

var (
	orderShape = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]*`)
	mistaken   = regexp.MustCompile(`\d[OolI]+`)
)

// shopName is a name without what apps put behind it.
func (r *Reader) shopName(v string) string {
	for _, after := range r.labels.after {
		for at := range v {
			if at > 0 && len(v)-at >= len(after) && strings.EqualFold(v[at:at+len(after)], after) {
				v = v[:at]
				break
			}
		}
	}
	v = strings.TrimFunc(v, func(x rune) bool { return !unicode.IsLetter(x) && !unicode.IsDigit(x) })
	for _, end := range []string{" >", "›", "»", "|", "  "} {
		v, _, _ = strings.Cut(v, end)
	}
	v = strings.TrimSpace(v)
	if n := len([]rune(v)); n < 2 || n > 40 {
		return ""
	}
	return v
}
