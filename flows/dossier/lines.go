package dossier

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/go-text/typesetting/bidi"
	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/harfbuzz"
	"github.com/go-text/typesetting/language"
	"github.com/go-text/typesetting/segmenter"
)

// lines makes foreign text fit for a page: what can't be seen and could deceive
// (control characters, directions that override, nothing-wide characters) is
// shown by its code, and lines end in one way.
func lines(s string) string {
	s = strings.ReplaceAll(strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\r\n", "\n"), "\r", "\n")
	runes := []rune(s)
	var b strings.Builder
	for i, r := range runes {
		switch {
		case r == '\n':
			b.WriteRune(r)
		case r == '\t':
			b.WriteString("    ")
		case r == '\u2028', r == '\u2029', r == '\u0085':
			b.WriteRune('\n')
		case (r == '\u200C' || r == '\u200D') && joins(runes, i):
			b.WriteRune(r)
		case unicode.Is(unicode.Cf, r) || unicode.IsControl(r) || r == '\u3164' || r == '\u115F' || r == '\u1160' || r == '\uFFA0' || r == '\u034F' || r >= 0xE0100 && r <= 0xE01EF:
			fmt.Fprintf(&b, "[U+%04X]", r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// joins tells whether a joiner stands where it does something: between emoji, or
// in a script that writes letters together.
func joins(runes []rune, i int) bool {
	if i == 0 || i+1 >= len(runes) {
		return false
	}
	works := func(r rune) bool {
		return r >= 0x1F000 && r < 0x1FB00 || r >= 0x2190 && r < 0x2C00 || r == 0xFE0F || r >= 0x0600 && r < 0x0E00
	}
	return works(runes[i-1]) && works(runes[i+1])
}

// plain is lines in one line.
func plain(s string) string {
	return strings.Join(strings.FieldsFunc(lines(s), func(r rune) bool { return r == '\n' }), " ")
}

// glyph is one drawn sign. Numbers are thousandths of the size.
type glyph struct {
	face    *face
	id      font.GID
	text    []rune // what it stands for; empty for the second and later of one character
	advance int
	dx, dy  int
}

// setter makes lines of text.
type setter struct {
	faces
	segments segmenter.Segmenter
	bidi     bidi.Paragraph
	buffer   *harfbuzz.Buffer
	western  bool // the paragraph has letters that only the fonts for Latin, Greek and Cyrillic have
	wide     bool // the paragraph is Chinese or Japanese: quotation marks and the like take a whole square
}

// narrow says how signs stand that the font draws in a whole square, in text that
// is not Chinese or Japanese: how far to the right, and how wide. In thousandths.
var narrow = map[rune]struct{ dx, advance int }{
	'‘': {-743, 279}, '’': {23, 279}, '“': {-561, 475}, '”': {33, 475}, '·': {-344, 312},
}

// sign draws one character that stands by itself; it is copied as what it was,
// also where something else is drawn for it.
func (t *setter) sign(f *face, drawn, was rune) []glyph {
	if !t.wide && (f == t.regular || f == t.bold) {
		if n, ok := narrow[drawn]; ok {
			id, _ := f.has(drawn)
			return []glyph{{face: f, id: id, text: []rune{was}, advance: n.advance, dx: n.dx}}
		}
		if drawn == '…' { // the font's stands in the middle of the line
			id, _ := f.has('.')
			dot := glyph{face: f, id: id, advance: f.width(id)}
			first := dot
			first.text = []rune{'…'}
			return []glyph{first, dot, dot}
		}
	}
	id, _ := f.has(drawn)
	return []glyph{{face: f, id: id, text: []rune{was}, advance: f.width(id)}}
}

// isWide tells whether a paragraph is Chinese or Japanese.
func isWide(runes []rune) bool {
	east, other := 0, 0
	for _, r := range runes {
		switch {
		case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Bopomofo):
			east++
		case unicode.IsLetter(r):
			other++
		}
	}
	return east > 0 && 4*east >= other
}

// set is a line, ready to be drawn.
type set struct {
	glyphs      []glyph
	width       int  // thousandths of the size
	rightToLeft bool // the paragraph reads from the right: it stands there too
}

// substitute stands for a character that none of the fonts has. It is drawn, so
// that nothing vanishes.
const substitute = '\u25A1' // white square

// faceOf says who draws a character, and what stands for it there; ok is false
// for one that is not drawn: a joiner, a selector.
func (t *setter) faceOf(r rune, bold bool) (f *face, drawn rune, ok bool) {
	if r == 0x200C || r == 0x200D || r >= 0xFE00 && r <= 0xFE0F || r >= 0xE0020 && r <= 0xE007F {
		return t.regular, 0, false
	}
	order := []*face{t.regular, t.latin, t.arabic, t.emoji}
	if bold {
		order = []*face{t.bold, t.latinBold, t.regular, t.latin, t.arabic, t.emoji}
	}
	if t.western && isWestern(r) { // one hand for all letters of a paragraph
		order = []*face{t.latin, t.regular}
		if bold {
			order = []*face{t.latinBold, t.bold}
		}
	}
	for _, f := range order {
		if _, has := f.has(r); has {
			return f, r, true
		}
	}
	if unicode.IsSpace(r) {
		return t.regular, ' ', true
	}
	return t.regular, substitute, true
}

// isWestern tells whether a character is of Latin, Greek or Cyrillic writing.
func isWestern(r rune) bool { return r < 0x0530 || r >= 0x1E00 && r < 0x2000 }

// isArabic tells whether letters are written together.
func isArabic(r rune) bool { return r >= 0x0600 && r <= 0x077F }

// fold breaks a paragraph (no line ends in it) into lines of at most width
// thousandths of the size: where Unicode allows a break (UAX #14), else, in a
// piece that is wider than a line, anywhere between two signs.
func (t *setter) fold(text string, width int, bold bool) (all []set) {
	runes := []rune(text)
	if len(runes) == 0 {
		return []set{{}}
	}
	base := bidi.Direction(bidi.LeftToRight)
	if readsFromRight(runes) {
		base = bidi.RightToLeft
	}
	t.wide, t.western = isWide(runes), slices.ContainsFunc(runes, func(r rune) bool {
		if !isWestern(r) || !unicode.IsLetter(r) {
			return false
		}
		_, has := t.regular.has(r)
		return !has
	})
	t.segments.Init(runes)
	pieces := t.segments.LineIterator()
	start, end, room := 0, 0, width
	flush := func(to int) {
		all = append(all, t.line(runes[start:to], base, bold))
		start, end, room = to, to, width
	}
	for pieces.Next() {
		piece := pieces.Line()
		from, to := piece.Offset, piece.Offset+len(piece.Text)
		trimmed := to
		for trimmed > from && unicode.IsSpace(runes[trimmed-1]) {
			trimmed--
		}
		need := t.measure(runes[from:trimmed], bold)
		if need > room && end > start {
			flush(from)
		}
		if need > width { // wider than any line
			need = 0
			for i := from; i < trimmed; i++ {
				one := t.measure(runes[i:i+1], bold)
				if need+one > width && i > start && !unicode.Is(unicode.Mn, runes[i]) && runes[i] != 0x200D && runes[i-1] != 0x200D {
					flush(i)
					need = 0
				}
				need += one
			}
		}
		room -= need + t.measure(runes[trimmed:to], bold)
		end = to
	}
	if end > start || len(all) == 0 {
		flush(end)
	}
	return all
}

// longWord is how many letters are joined at most: there are no longer words, and
// joining takes more than its share of time.
const longWord = 64

// readsFromRight tells whether the first letter that has a direction goes from
// right to left (UAX #9, P2 and P3).
func readsFromRight(runes []rune) bool {
	for _, r := range runes {
		switch {
		case r >= 0x0590 && r <= 0x08FF || r >= 0xFB1D && r <= 0xFDFF || r >= 0xFE70 && r <= 0xFEFC:
			return unicode.IsLetter(r)
		case unicode.IsLetter(r):
			return false
		}
	}
	return false
}

// measure is the width of runes in thousandths of the size.
func (t *setter) measure(runes []rune, bold bool) (w int) {
	for i := 0; i < len(runes); {
		if isArabic(runes[i]) {
			j := i
			for j < len(runes) && isArabic(runes[j]) && j-i < longWord {
				j++
			}
			for _, g := range t.shaped(runes[i:j], true) {
				w += g.advance
			}
			i = j
			continue
		}
		if f, r, ok := t.faceOf(runes[i], bold); ok {
			for _, g := range t.sign(f, r, r) {
				w += g.advance
			}
		}
		i++
	}
	return w
}

// shaped writes Arabic letters together, or a number in Arabic digits, which reads
// from the left; the glyphs come from left to right.
func (t *setter) shaped(runes []rune, fromRight bool) (all []glyph) {
	if t.buffer == nil {
		t.buffer = harfbuzz.NewBuffer()
	}
	b := t.buffer
	b.Clear()
	direction := harfbuzz.LeftToRight
	if fromRight {
		direction = harfbuzz.RightToLeft
	}
	b.Props = harfbuzz.SegmentProperties{Direction: direction, Script: language.Arabic, Language: language.NewLanguage("ar")}
	b.AddRunes(runes, 0, len(runes))
	b.Shape(t.arabic.shape, nil)
	for i, info := range b.Info {
		pos := b.Pos[i]
		// The characters of a cluster are copied from its widest glyph: letters share
		// bodies and dots, and only the pair says which letter it is.
		from, to := info.Cluster, len(runes)
		for _, other := range b.Info {
			if other.Cluster > from {
				to = min(to, other.Cluster)
			}
		}
		widest := -1 // the first of those: marks alone have no width at all
		for j, other := range b.Info {
			if other.Cluster == from && (widest < 0 || b.Pos[j].XAdvance > b.Pos[widest].XAdvance) {
				widest = j
			}
		}
		var text []rune
		if widest == i {
			text = runes[from:to]
		}
		f := t.arabic
		g := glyph{face: f, id: info.Glyph, text: text, advance: f.thousandths(int(pos.XAdvance)), dx: f.thousandths(int(pos.XOffset)), dy: f.thousandths(int(pos.YOffset))}
		if info.Glyph == 0 {
			sub, _ := t.regular.has(substitute)
			g = glyph{face: t.regular, id: sub, text: text, advance: t.regular.width(sub)}
		}
		all = append(all, g)
	}
	return all
}

// line sets one line: in the order the eye finds it (UAX #9, L2).
func (t *setter) line(runes []rune, base bidi.Direction, bold bool) set {
	for len(runes) > 0 && unicode.IsSpace(runes[len(runes)-1]) {
		runes = runes[:len(runes)-1]
	}
	s := set{rightToLeft: base == bidi.RightToLeft}
	if len(runes) == 0 {
		return s
	}
	found := t.bidi.Segment(runes, base)
	runs := make([]bidi.Run, found.NumRuns())
	highest := bidi.Level(0)
	for i := range runs {
		runs[i] = found.Run(i)
		highest = max(highest, runs[i].Level)
	}
	for level := highest; level > 0; level-- {
		for i := 0; i < len(runs); i++ {
			j := i
			for j < len(runs) && runs[j].Level >= level {
				j++
			}
			for a, b := i, j-1; a < b; a, b = a+1, b-1 {
				runs[a], runs[b] = runs[b], runs[a]
			}
			i = max(i, j-1)
		}
	}
	for _, run := range runs {
		s.glyphs = append(s.glyphs, t.run(runes[run.Start:run.End], !run.IsLeftToRight(), bold)...)
	}
	for _, g := range s.glyphs {
		s.width += g.advance
	}
	return s
}

// run sets what reads in one direction; the glyphs come from left to right.
func (t *setter) run(runes []rune, fromRight, bold bool) (all []glyph) {
	var groups [][]glyph
	for i := 0; i < len(runes); {
		if isArabic(runes[i]) {
			j := i
			for j < len(runes) && isArabic(runes[j]) && j-i < longWord {
				j++
			}
			groups = append(groups, t.shaped(runes[i:j], fromRight))
			i = j
			continue
		}
		r := runes[i]
		if fromRight {
			if m, ok := mirrored[r]; ok {
				r = m
			}
		}
		if f, drawn, ok := t.faceOf(r, bold); ok {
			groups = append(groups, t.sign(f, drawn, runes[i]))
		}
		i++
	}
	if fromRight {
		for a, b := 0, len(groups)-1; a < b; a, b = a+1, b-1 {
			groups[a], groups[b] = groups[b], groups[a]
		}
	}
	for _, g := range groups {
		all = append(all, g...)
	}
	return all
}

// mirrored are the brackets that turn round in text from right to left.
var mirrored = map[rune]rune{'(': ')', ')': '(', '[': ']', ']': '[', '{': '}', '}': '{', '<': '>', '>': '<', '«': '»', '»': '«', '‹': '›', '›': '‹'}
