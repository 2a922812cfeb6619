package reading

import (
	"math/bits"
	"strings"
	"unicode"
)

// speak notes that the words of a phrase belong to a language.
func (m *Messages) speak(phrase string, language int) {
	if m.spoken == nil {
		m.spoken = map[string]uint64{}
	}
	for _, t := range m.own.cut(strings.NewReplacer("*", " ", "|", " ", "(", " ", ")", " ").Replace(phrase)) {
		if t.kind == word {
			m.spoken[t.s] |= 1 << language
		}
	}
}

// listen tells which languages a message is written in, a bit each: Chinese and
// Japanese by their characters, Russian by its letters, the others by how many
// of their words there are. What is nearly as likely counts too, and so does
// the language it is said to be in: a wrong hint adds rules, it takes none away.
// The likeliest of them is named, without its script: "zh"; the hint where
// nothing tells.
func (m *Messages) listen(hint string, tokens []token) (spoken uint64, likeliest string) {
	counts := make([]int, len(m.languages))
	glyphs, kana := 0, 0
	for _, t := range tokens {
		switch t.kind {
		case glyph:
			glyphs++
			if r := []rune(t.s)[0]; unicode.In(r, unicode.Hiragana, unicode.Katakana) {
				kana++
			}
		case word:
			for of := m.spoken[t.s]; of != 0; of &= of - 1 {
				counts[bits.TrailingZeros64(of)]++
			}
		}
	}
	most := 0
	for _, n := range counts {
		most = max(most, n)
	}
	for i, language := range m.languages {
		is := false
		switch base(language) {
		case "zh":
			is = glyphs > 5*kana
		case "ja":
			is = 20*kana > glyphs
		}
		if is || most > 0 && 4*counts[i] >= 3*most || most == 0 && glyphs == 0 || base(hint) == base(language) && glyphs == 0 {
			spoken |= 1 << i
		}
		if most > 0 && counts[i] == most && (likeliest == "" || base(hint) == base(language)) {
			likeliest = base(language)
		}
	}
	switch {
	case glyphs > 5*kana:
		likeliest = "zh"
	case glyphs > 0:
		likeliest = "ja"
	case likeliest == "":
		likeliest = base(hint)
	}
	return spoken, likeliest
}
