package reading

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

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
type labels struct{ order, total, ordered, shop, shops, other []string }

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
			if d := r.Dates(spaced(v), c); len(d) == 1 && !d[0].After(c.Today) {
				s.Ordered = d[0]
			}
		}
		if v, ok := r.beside(l, next, r.labels.shop); ok && s.Shop == "" && !r.starts(v) {
			s.Shop = shopName(v)
		}
		if s.Shop == "" {
			for _, end := range r.labels.shops {
				if at := strings.Index(l, end); at > 0 && len([]rune(l)) <= 30 {
					s.Shop = shopName(l[:at+len(end)])
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
			all := r.Amounts(yuanSign(v), c)
			if len(all) == 0 {
				if m := decimals.FindString(v); m != "" {
					all = r.Amounts(m+" "+c.Currency, c)
				}
			}
			if len(all) == 1 {
				return &all[0]
			}
		}
	}
	return nil
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
// characters.
func tidyLine(l string) string {
	l = strings.Join(strings.Fields(fullwidth.Fold.String(l)), " ")
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
func shopName(v string) string {
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
