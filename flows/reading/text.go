package reading

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// looked is how many characters of a text are read. A story that is longer has
// said what happened by then, and no text, however long, costs more than this.
const looked = 4000

type kind uint8

const (
	word   kind = iota // letters of a script that puts spaces between words
	glyph              // one character of a script that doesn't: 汉, か
	number             // digits, with the commas and points inside them
	mark               // £ # / - and the like, where they matter
	domain             // lampland.co.uk
)

// token is the smallest piece of a text that rules speak of.
type token struct {
	s        string // folded: lower case, plain width, without accents and apostrophes
	kind     kind
	from, to int  // bytes of the source
	space    bool // white space stands before it
	capital  bool // starts with a capital letter
	quoted   bool // a quotation mark opens right before it
	clause   int  // tokens between two commas share it
	sentence int  // tokens between two full stops share it
}

// letter is a folded character and the bytes of the source it came from.
type letter struct {
	r        rune
	from, to int
	was      rune // before folding
}

// fold makes characters comparable: full-width digits, capitals, accents,
// invisible characters and piles of marks no longer tell words apart.
func fold(text string) []letter {
	out := make([]letter, 0, min(utf8.RuneCountInString(text), looked)+8)
	count := 0
	for i := 0; i < len(text) && count < looked; count++ {
		r, size := utf8.DecodeRuneInString(text[i:])
		from, to := i, i+size
		i = to
		switch {
		case r < 0x80:
			if 'A' <= r && r <= 'Z' {
				out = append(out, letter{r + 'a' - 'A', from, to, r})
			} else {
				out = append(out, letter{r, from, to, r})
			}
		case isPlain(r):
			out = append(out, letter{r, from, to, r})
		case 0xFF01 <= r && r <= 0xFF5E: // full-width ASCII
			out = append(out, letter{unicode.ToLower(r - 0xFEE0), from, to, r})
		case r == utf8.RuneError && size == 1, unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
			// left out
		case r == '…' || r == '—' || r == '–' || r == '―':
			out = append(out, letter{'…', from, to, r})
		default:
			for _, c := range norm.NFKC.String(string(r)) {
				c = unicode.ToLower(c)
				if unicode.In(c, unicode.Latin, unicode.Greek, unicode.Cyrillic) {
					c, _ = utf8.DecodeRuneInString(norm.NFD.String(string(c)))
				} else if unicode.IsDigit(c) && c > 0x7F {
					c = plainDigit(c)
				}
				if !unicode.In(c, unicode.Mn, unicode.Me, unicode.Cf) {
					out = append(out, letter{c, from, to, r})
				}
			}
		}
	}
	return out
}

// isPlain tells of the characters of Chinese and Japanese that folding leaves as
// they are, so that they need not be looked up.
func isPlain(r rune) bool {
	return 0x4E00 <= r && r <= 0x9FFF || 0x3001 <= r && r <= 0x3029 || 0x3041 <= r && r <= 0x3096 || 0x30A1 <= r && r <= 0x30FA
}

// plainDigit gives 0 to 9 for a digit of another script; those stand in rows of ten.
func plainDigit(r rune) rune {
	n := rune(0)
	for n < 9 && unicode.IsDigit(r-n-1) {
		n++
	}
	return '0' + n
}

func isGlyph(r rune) bool {
	if r < 0x2E80 {
		return false
	}
	return 0x4E00 <= r && r <= 0x9FFF || unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana)
}

func isDigit(r rune) bool { return '0' <= r && r <= '9' }

func isLetter(r rune) bool {
	if r < 0x80 {
		return 'a' <= r && r <= 'z'
	}
	return unicode.IsLetter(r) && !isGlyph(r) && !isApostrophe(r)
}

func isApostrophe(r rune) bool { return r == '\'' || r == '’' || r == '‘' || r == 'ʼ' || r == '`' }

// tlds are the endings by which a word with points is taken for an address.
// Endings that are common English words are missing: people forget the space
// after a full stop ("it broke.me and my wife").
var tlds = " com net org shop store online site co uk cn io xyz eu de fr es ca au jp hk tw kr ru pl nl br info biz vip club app "

// split cuts a text into tokens.
func split(text string, short map[string]bool) []token { return splitLetters(fold(text), short, false) }

// splitLetters is split for letters already folded. With signs an emoji or
// another sign is a token of its own instead of parting clauses.
func splitLetters(letters []letter, short map[string]bool, signs bool) []token {
	out := make([]token, 0, len(letters))
	clause, sentence, space, quoted := 0, 0, false, false
	at := func(i int) rune {
		if i < 0 || i >= len(letters) {
			return 0
		}
		return letters[i].r
	}
	add := func(s string, k kind, i, j int) {
		out = append(out, token{
			s: s, kind: k, from: letters[i].from, to: letters[j-1].to, space: space, quoted: quoted,
			capital: unicode.IsUpper(letters[i].was), clause: clause, sentence: sentence,
		})
		space, quoted = false, false
	}
	full := func() { sentence++; clause++ }
	var b strings.Builder
	for i := 0; i < len(letters); {
		r := letters[i].r
		switch {
		case r == '\n' || r == '\r':
			full()
			space = true
			i++
		case r == ' ' || unicode.IsSpace(r):
			// Chinese writers often put a space where a comma belongs.
			if isGlyph(at(i-1)) && isGlyph(at(i+1)) {
				clause++
			}
			space = true
			i++
		case isDigit(r):
			j := i + 1
			for j < len(letters) && j-i < 40 {
				if isDigit(at(j)) || inNumber(letters[j].was) && isDigit(at(j-1)) && isDigit(at(j+1)) {
					j++
					continue
				}
				break
			}
			b.Reset()
			for _, l := range letters[i:j] {
				if isApostrophe(l.r) {
					l.r = '\''
				}
				b.WriteRune(l.r)
			}
			add(b.String(), number, i, j)
			i = j
		case isGlyph(r):
			add(string(r), glyph, i, i+1)
			i++
		case isLetter(r):
			j := i + 1
			for j < len(letters) && (isLetter(at(j)) || isApostrophe(at(j)) && isLetter(at(j+1))) {
				j++
			}
			if k := addressEnd(letters, i); k > j {
				b.Reset()
				for _, l := range letters[i:k] {
					b.WriteRune(l.r)
				}
				add(b.String(), domain, i, k)
				i = k
				continue
			}
			b.Reset()
			for _, l := range letters[i:j] {
				if !isApostrophe(l.r) {
					b.WriteRune(l.r)
				}
			}
			s := b.String()
			add(s, word, i, j)
			i = j
			if at(i) == '.' && short[s] { // "no. 5", "Feb. 1": no end of a sentence
				i++
			}
		case r == '.' || r == '!' || r == '?' || r == '。' || r == ';' || r == '｡':
			// A point inside "U.S." or "v.2" ends nothing.
			if r != '.' || !isLetter(at(i+1)) || !isLetter(at(i-1)) || !single(letters, i-1) {
				full()
			}
			i++
		case r == '-' && (isDigit(at(i-1)) || isDigit(at(i+1))), r == '/' && (isDigit(at(i-1)) || isDigit(at(i+1))), r == ':' && isDigit(at(i-1)) && isDigit(at(i+1)):
			add(string(r), mark, i, i+1)
			i++
		case r == '-' && isLetter(at(i-1)) && isLetter(at(i+1)), r == '/' || r == '_' || r == ':':
			space = true
			i++
		case r == '#' || r == '&' || r == '@' || r == '%' || r == '~' || r == '+' || unicode.Is(unicode.Sc, r):
			add(string(r), mark, i, i+1)
			i++
		case isApostrophe(r) || r == '"' || r == '“' || r == '”' || r == '「' || r == '」' || r == '『' || r == '』' || r == '【' || r == '】' || r == '《' || r == '》':
			// Quotation marks hold no words apart, but say where a name begins.
			quoted = true
			i++
		case signs && unicode.In(r, unicode.So, unicode.Sm):
			add(string(r), mark, i, i+1)
			i++
		default: // commas, brackets, dashes, emoji
			clause++
			i++
		}
	}
	return out
}

func inNumber(was rune) bool {
	return was == '.' || was == ',' || was == '．' || isApostrophe(was) && was != '`'
}

// single tells that the letter at i stands alone, as in "U.S.".
func single(letters []letter, i int) bool {
	return i == 0 || !isLetter(letters[i-1].r)
}

// addressEnd gives the end of an internet address that starts at i, or 0.
func addressEnd(letters []letter, i int) int {
	j, last, dots := i, 0, 0
	for j < len(letters) && j-i < 80 {
		r := letters[j].r
		if r == '.' && j > i && j+1 < len(letters) && (isLetter(letters[j+1].r) || isDigit(letters[j+1].r)) && letters[j+1].r < 0x80 {
			dots++
			last = j + 1
		} else if !(r < 0x80 && (isLetter(r) || isDigit(r)) || r == '-') {
			break
		}
		j++
	}
	if dots == 0 {
		return 0
	}
	var b strings.Builder
	for _, l := range letters[last:j] {
		b.WriteRune(l.r)
	}
	if b.Len() < 2 || !strings.Contains(tlds, " "+b.String()+" ") {
		return 0
	}
	return j
}

// spelling is a sequence of tokens that is read as another.
type spelling struct{ typed, means []string }

// spellings are kept by the first token of what is typed, the longest first.
type spellings map[string][]spelling

// apply replaces misspellings and short forms by what they mean.
func (s spellings) apply(tokens []token) []token {
	// Most texts have none: they need no copy.
	first := slices.IndexFunc(tokens, func(t token) bool { return len(s[t.s]) > 0 })
	if first < 0 {
		return tokens
	}
	out := make([]token, first, len(tokens)+8)
	copy(out, tokens)
	for i := first; i < len(tokens); {
		n := 0
		var found spelling
		for _, c := range s[tokens[i].s] {
			if same(tokens[i:], c.typed) {
				n, found = len(c.typed), c
				break
			}
		}
		if n == 0 {
			out = append(out, tokens[i])
			i++
			continue
		}
		for k, m := range found.means {
			t := tokens[i]
			if n == len(found.means) {
				t = tokens[i+k]
			} else {
				t.to = tokens[i+n-1].to
				t.space = t.space || k > 0
			}
			t.s, t.kind = m, kindOf(m)
			out = append(out, t)
		}
		i += n
	}
	return out
}

func same(tokens []token, want []string) bool {
	if len(tokens) < len(want) {
		return false
	}
	for k, w := range want {
		if tokens[k].s != w || tokens[k].clause != tokens[0].clause {
			return false
		}
	}
	return true
}

func kindOf(s string) kind {
	r, _ := utf8.DecodeRuneInString(s)
	switch {
	case isDigit(r):
		return number
	case isGlyph(r):
		return glyph
	case isLetter(r):
		return word
	}
	return mark
}
