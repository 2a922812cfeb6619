package reading

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// mention is a known name found in a text.
type mention struct {
	id       string
	from, to int // tokens
	exact    bool
	size     int // letters of the name
}

// mentions finds known names in a text. A word of at least shortest letters is
// also found with one letter wrong.
func (r *Reader) mentions(tokens []token, known []Known, shortest int) []mention {
	var out []mention
	for _, k := range known {
		for _, name := range k.Names {
			want := split(name, nil)
			if len(want) == 0 {
				continue
			}
			size := utf8.RuneCountInString(name)
			for i := range tokens {
				if end := spells(tokens, i, want); end > 0 {
					out = append(out, mention{k.ID, i, end, true, size})
				} else if nearly(tokens[i:], want, shortest) {
					out = append(out, mention{k.ID, i, i + len(want), false, size})
				}
			}
		}
	}
	return out
}

// spells tells where a name that begins at token i ends, 0 if it does not stand
// there. Spaces do not matter: "tao bao", "TaoBao".
func spells(tokens []token, i int, want []token) int {
	if tokens[i].s == want[0].s {
		for k := 1; k < len(want); k++ {
			if i+k >= len(tokens) || tokens[i+k].s != want[k].s {
				return 0
			}
		}
		return i + len(want)
	}
	if tokens[i].kind != word || want[0].kind != word || tokens[i].s[0] != want[0].s[0] {
		return 0
	}
	// One side may have written in one word what the other wrote in two.
	a, b := i, 0
	rest, other := tokens[a].s, want[b].s
	for {
		switch {
		case rest == other:
			if b+1 == len(want) {
				return a + 1
			}
			return 0
		case strings.HasPrefix(rest, other) && b+1 < len(want):
			b++
			rest, other = rest[len(other):], want[b].s
		case strings.HasPrefix(other, rest) && a+1 < len(tokens) && tokens[a+1].kind == word && a-i < 3:
			other = other[len(rest):]
			a++
			rest = tokens[a].s
		default:
			return 0
		}
	}
}

// nearly tells that a name stands at the start of tokens with slips in its long
// words, at most one in each.
func nearly(tokens, want []token, shortest int) bool {
	if len(tokens) < len(want) {
		return false
	}
	for k, w := range want {
		t := tokens[k]
		if t.s == w.s {
			continue
		}
		if t.kind != word || w.kind != word || utf8.RuneCountInString(w.s) < shortest || utf8.RuneCountInString(t.s) < shortest || !oneWrong(t.s, w.s) {
			return false
		}
	}
	return true
}

// oneWrong tells that two different words are one slip apart: a letter wrong,
// missing, doubled, or two that changed places.
func oneWrong(a, b string) bool {
	x, y := []rune(a), []rune(b)
	if len(x) > len(y) {
		x, y = y, x
	}
	if len(y)-len(x) > 1 || len(y) > 40 {
		return false
	}
	i := 0
	for i < len(x) && x[i] == y[i] {
		i++
	}
	if len(x) < len(y) {
		return slices.Equal(x[i:], y[i+1:])
	}
	if i == len(x) {
		return false // the same
	}
	if slices.Equal(x[i+1:], y[i+1:]) {
		return true
	}
	return i+1 < len(x) && x[i] == y[i+1] && x[i+1] == y[i] && slices.Equal(x[i+2:], y[i+2:])
}

// Match finds the ids whose names a person typed, the best first: names written
// rightly before those with a slip, long names before short ones inside them.
func (r *Reader) Match(text string, known []Known) (ids []string) {
	all := longest(r.mentions(split(text, r.short), known, 5))
	slices.SortStableFunc(all, func(a, b mention) int {
		if a.exact != b.exact {
			if a.exact {
				return -1
			}
			return 1
		}
		return b.size - a.size
	})
	for _, m := range all {
		if !slices.Contains(ids, m.id) {
			ids = append(ids, m.id)
		}
	}
	return ids
}

// longest drops mentions that lie inside longer ones ("card" in "credit card"),
// and slips where the same place also spells a name rightly.
func longest(all []mention) []mention {
	var out []mention
	for _, m := range all {
		inside := slices.ContainsFunc(all, func(o mention) bool {
			covers := o.from <= m.from && m.to <= o.to
			return covers && (o.to-o.from > m.to-m.from || o.exact && !m.exact)
		})
		if !inside {
			out = append(out, m)
		}
	}
	return out
}
