package reading

import (
	"slices"
	"strings"
	"unicode"
)

// reveal undoes the ways in which people hide words from filters: letters drawn
// out (loooser), figures and signs for letters (1d10t), stars in the middle
// (f**k), signs or spaces between the letters (s.b, 傻*逼). Only the words
// listed as hidden are looked for behind figures, stars and spaces, so that a
// product's code stays one.
func (m *Messages) reveal(letters []letter) []letter {
	letters = shorten(letters)
	letters = rejoin(letters)
	out := make([]letter, 0, len(letters))
	for i := 0; i < len(letters); {
		if !masked(letters[i].r) {
			out = append(out, letters[i])
			i++
			continue
		}
		j, odd := i, false
		for j < len(letters) && j-i < 40 && masked(letters[j].r) {
			odd = odd || !isLetter(letters[j].r)
			j++
		}
		if odd {
			// A mark that ends a sentence is no letter.
			for k := j; k > i; k-- {
				if w := m.behind(letters[i:k]); w != "" {
					out = append(out, spread(w, letters[i:k])...)
					i = k
					break
				}
				if isLetter(letters[k-1].r) || isDigit(letters[k-1].r) {
					break
				}
			}
		}
		if i < j {
			if w, to := m.spelled(letters, i, j); w != "" {
				out = append(out, spread(w, letters[i:to])...)
				i = to
				continue
			}
			out = append(out, letters[i:j]...)
			i = j
		}
	}
	return out
}

// masked tells what may stand for a letter inside a hidden word.
func masked(r rune) bool {
	return isLetter(r) || isDigit(r) || strings.ContainsRune("*@$!#|", r)
}

// shorten leaves one letter of three or more that are the same, but two figures
// are two.
func shorten(letters []letter) []letter {
	out := letters[:0]
	for i, l := range letters {
		n := len(out)
		if n > 0 && i > 1 && (isLetter(l.r) || isGlyph(l.r)) && letters[i-1].r == l.r && l.r == out[n-1].r {
			run := 1
			for k := i + 1; k < len(letters) && letters[k].r == l.r && run < 3; k++ {
				run++
			}
			back := 0
			for k := i - 1; k >= 0 && letters[k].r == l.r && back < 3; k-- {
				back++
			}
			if run+back > 2 {
				out[n-1].to = l.to
				continue
			}
		}
		out = append(out, l)
	}
	return out
}

// rejoin drops what was put between the characters of Chinese or Japanese
// words: 傻*逼, and the spaces in 滚 出 去 where each character stands alone.
func rejoin(letters []letter) []letter {
	out := make([]letter, 0, len(letters))
	at := func(i int) rune {
		if i < 0 || i >= len(letters) {
			return 0
		}
		return letters[i].r
	}
	for i := 0; i < len(letters); i++ {
		r := letters[i].r
		if i > 0 && isGlyph(at(i-1)) {
			j := i
			for j < len(letters) && j-i < 3 && strings.ContainsRune("*.·・_^|`~/\\-•", letters[j].r) {
				j++
			}
			if j > i && isGlyph(at(j)) {
				i = j - 1
				continue
			}
			if r == ' ' && isGlyph(at(i+1)) && (at(i+2) == ' ' || at(i+2) == 0) && (at(i-2) == ' ' || at(i-2) == 0) {
				continue
			}
		}
		out = append(out, letters[i])
	}
	return out
}

// behind gives the hidden word that letters with signs among them stand for.
func (m *Messages) behind(letters []letter) string {
	rs := make([]rune, len(letters))
	anything, plainly := false, 0
	for i, l := range letters {
		rs[i] = l.r
		switch l.r {
		case '0':
			rs[i] = 'o'
		case '1', '!', '|':
			rs[i] = 'i'
		case '3':
			rs[i] = 'e'
		case '4', '@':
			rs[i] = 'a'
		case '5', '$':
			rs[i] = 's'
		case '7':
			rs[i] = 't'
		case '*', '#':
			rs[i] = '*'
			anything = true
		default:
			plainly++
		}
	}
	if plainly == 0 {
		return ""
	}
	for _, w := range m.hidden[string(rs[0])] {
		x := []rune(w)
		if !anything && string(rs) == w || len(x) == len(rs) && !slices.ContainsFunc(numbers(len(x)), func(i int) bool { return rs[i] != '*' && rs[i] != x[i] }) {
			return w
		}
	}
	// s*b, f***: stars that stand for nothing, or for fewer letters.
	if anything {
		if w := strings.ReplaceAll(string(rs), "*", ""); slices.Contains(m.hidden[string(rs[0])], w) {
			return w
		}
	}
	return ""
}

func numbers(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// spelled reads a word whose letters stand apart: "s b", "i.d.i.o.t".
func (m *Messages) spelled(letters []letter, i, j int) (string, int) {
	if j-i != 1 || !isLetter(letters[i].r) || i > 0 && isLetter(letters[i-1].r) {
		return "", 0
	}
	word, best, to := string(letters[i].r), "", 0
	for k := j; k+1 < len(letters) && k-i < 40; k += 2 {
		if !unicode.IsSpace(letters[k].r) && !strings.ContainsRune(".-_·*", letters[k].r) || !isLetter(letters[k+1].r) || k+2 < len(letters) && isLetter(letters[k+2].r) {
			break
		}
		word += string(letters[k+1].r)
		if slices.Contains(m.hidden[string(letters[i].r)], word) {
			best, to = word, k+2
		}
	}
	return best, to
}

// spread writes a word over the place of other letters.
func spread(word string, over []letter) []letter {
	rs := []rune(word)
	out := make([]letter, len(rs))
	for i, r := range rs {
		out[i] = letter{r, over[min(i, len(over)-1)].from, over[min(i, len(over)-1)].to, r}
	}
	out[len(out)-1].to = over[len(over)-1].to
	return out
}
