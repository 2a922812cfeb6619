package reading

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"
)

// Weights tell how much each word of a message, and each rule that found
// something, speaks for a label: a small network of one hidden layer, learnt from
// the messages in testdata/messages. Each term has a row, a number for each
// hidden unit; the rows of a message's terms are added up, what is below zero is
// dropped, and each label adds up what is left. So what a term adds to a label
// can be told, and the words that spoke most be shown. Terms are known by their
// hash: the file has no words in it.
type Weights struct {
	labels []string
	stamp  [stampSize]byte
	places map[uint32]int // a term's hash → the place of its row in steps
	steps  []int8         // row by row, a number a hidden unit
	scales []float32      // the size of a step, a hidden unit
	hidden []float32      // what a hidden unit has before any term
	labelw []float32      // label by label, a weight a hidden unit
	bars   []float32      // what a label has before any term, less its bar: it holds from 0 on
	wary   []wary         // by language
}

// wary is how much more a label of danger needs in a language, so that dangers
// missed and false alarms are in the same balance in all.
type wary struct {
	language string // as listen names it
	more     float32
}

// stampSize is the size of a SHA-256 sum: of what the weights were learnt from.
const stampSize = 32

// term is something in a message that has a weight: a word, a part of one, a few
// words or characters in a row, or that a rule found something.
type term struct {
	hash     uint32
	value    float32
	from, to int // bytes of the text; the same for what is no place in it
}

// hash is FNV-1a, its upper half folded in.
func hash(parts ...string) uint32 {
	x := uint32(2166136261)
	for _, p := range parts {
		for i := range len(p) {
			x = (x ^ uint32(p[i])) * 16777619
		}
		x *= 16777619 // a zero between parts
	}
	return x ^ x>>15
}

// stem is the beginning of a word, which endings seldom change.
func stem(s string) string {
	n := 0
	for i := range s {
		if n == 5 {
			return s[:i]
		}
		n++
	}
	return s
}

// pieces are the parts of four and five letters of a word, with its beginning and
// end marked: they see through endings, compounds and misspellings.
func pieces(s string, each func(string)) {
	s = "<" + s + ">"
	starts := make([]int, 0, len(s)+1)
	for i := range s {
		starts = append(starts, i)
	}
	starts = append(starts, len(s))
	for n := 4; n <= 5; n++ {
		for k := 0; k+n < len(starts); k++ {
			each(s[starts[k]:starts[k+n]])
		}
	}
}

// terms are what a message is weighed by.
func terms(a *answer) []term {
	seen := make(map[uint32]bool, 8*len(a.tokens))
	out := make([]term, 0, 8*len(a.tokens))
	add := func(from, to int, parts ...string) {
		if h := hash(parts...); !seen[h] {
			seen[h] = true
			out = append(out, term{h, 1, a.tokens[from].from, a.tokens[to-1].to})
		}
	}
	for i, t := range a.tokens {
		s := t.s
		switch t.kind {
		case number:
			s = "9"
		case domain:
			s = "a.b"
		}
		next := func(k int) (string, bool) {
			if i+k >= len(a.tokens) || a.tokens[i+k].sentence != t.sentence {
				return "", false
			}
			switch x := a.tokens[i+k]; x.kind {
			case number:
				return "9", true
			case domain:
				return "a.b", true
			default:
				return x.s, true
			}
		}
		add(i, i+1, "1", s)
		if i == 0 || a.tokens[i-1].sentence != t.sentence {
			add(i, i+1, "begin", s)
		}
		if t.kind == word {
			pieces(t.s, func(piece string) { add(i, i+1, "in", piece) })
		}
		two, ok := next(1)
		if !ok {
			add(i, i+1, "end", s)
			continue
		}
		add(i, i+2, "2", s, two)
		if t.kind == word {
			add(i, i+2, "s2", stem(s), stem(two))
		}
		if three, ok := next(2); ok && t.kind == glyph {
			add(i, i+3, "3", s, two, three)
		} else if ok {
			add(i, i+3, "g", stem(s), stem(three))
		}
	}
	for i, t := range a.tokens {
		if t.kind == word && len(t.s) > 4 {
			add(i, i+1, "s", stem(t.s))
		}
	}
	length(out, 4, wordWeight)
	n := len(out)
	for i, x := range a.ideas {
		add(x.from, x.to, "idea", x.name)
		for k, y := range a.ideas[i+1:] {
			if k > 12 {
				break
			}
			if x.name == y.name || y.from < x.to {
				continue
			}
			one, two := min(x.name, y.name), max(x.name, y.name)
			add(x.from, y.to, "both", one, two)
			if y.from-x.to <= 7 && a.tokens[x.from].sentence == a.tokens[y.from].sentence {
				add(x.from, y.to, "then", x.name, y.name)
			}
		}
	}
	length(out[n:], 4, ideaWeight)
	rule := func(value float32, parts ...string) { out = append(out, term{hash: hash(parts...), value: value}) }
	for _, label := range Labels() {
		if n := len(a.places[label]); n > 0 {
			rule(ruleWeight, "rule", label)
			if n > 1 {
				rule(ruleWeight/2, "rules", label)
			}
		}
	}
	for _, label := range Labels() {
		if a.taken[label] {
			rule(ruleWeight, "taken", label)
		}
	}
	rule(0.5, "always")
	if len(a.tokens) < 8 {
		rule(0.3, "short")
	}
	if len(a.tokens) > 60 {
		rule(0.3, "long")
	}
	if strings.ContainsAny(a.text, "?？") {
		rule(0.3, "question")
	}
	if len(a.quoted) > 0 {
		rule(0.3, "quoted")
	}
	if m := strings.Count(a.text, "!") + strings.Count(a.text, "！"); m > 1 {
		rule(0.3, "loud")
	}
	return out
}

// length gives terms the length that is said, less if they are few.
func length(terms []term, few, length float64) {
	value := float32(length / math.Sqrt(float64(len(terms))+few))
	for i := range terms {
		terms[i].value = value
	}
}

// How loud the words of a message are together, its ideas together, and each
// rule that found something. Found by trying, with each message of the work half
// read by weights learnt without it.
const (
	wordWeight = 1.4
	ideaWeight = 1.0
	ruleWeight = 0.6
)

// ReadWeights reads what Weights.Bytes wrote.
func ReadWeights(data []byte) (*Weights, error) {
	w := &Weights{labels: Labels()}
	w.labels = w.labels[:len(w.labels)-1]
	n := len(w.labels)
	const head = 3 + 4 + stampSize
	if len(data) < head || int(data[0]) != n {
		return nil, fmt.Errorf("the weights are not for these %d labels: %s", n, anew)
	}
	units, languages, rows := int(data[1]), int(data[2]), int(binary.LittleEndian.Uint32(data[3:]))
	if want := head + 4*(2*units+n*units+n) + languages*(2+4) + rows*(4+units); rows > 1<<20 || len(data) != want {
		return nil, fmt.Errorf("the weights are %d bytes, not %d: %s", len(data), want, anew)
	}
	copy(w.stamp[:], data[7:])
	data = data[head:]
	floats := func(n int) []float32 {
		out := make([]float32, n)
		for i := range out {
			out[i] = math.Float32frombits(binary.LittleEndian.Uint32(data[4*i:]))
		}
		data = data[4*n:]
		return out
	}
	w.scales, w.hidden, w.labelw, w.bars = floats(units), floats(units), floats(n*units), floats(n)
	for range languages {
		tag := string(data[:2])
		data = data[2:]
		w.wary = append(w.wary, wary{tag, floats(1)[0]})
	}
	w.places = make(map[uint32]int, rows)
	for i := range rows {
		w.places[binary.LittleEndian.Uint32(data[4*i:])] = i * units
	}
	w.steps = make([]int8, rows*units)
	for i, b := range data[4*rows:] {
		w.steps[i] = int8(b)
	}
	return w, nil
}

const anew = "learn them anew, as the README of flows/reading tells"

// Bytes writes the weights, the same for the same weights.
func (w *Weights) Bytes() []byte {
	units := len(w.hidden)
	out := []byte{byte(len(w.labels)), byte(units), byte(len(w.wary))}
	out = binary.LittleEndian.AppendUint32(out, uint32(len(w.places)))
	out = append(out, w.stamp[:]...)
	for _, list := range [][]float32{w.scales, w.hidden, w.labelw, w.bars} {
		for _, x := range list {
			out = binary.LittleEndian.AppendUint32(out, math.Float32bits(x))
		}
	}
	for _, x := range w.wary {
		out = append(out, x.language[:2]...)
		out = binary.LittleEndian.AppendUint32(out, math.Float32bits(x.more))
	}
	hashes := make([]uint32, len(w.places))
	for h, at := range w.places {
		hashes[at/units] = h
	}
	for _, h := range hashes {
		out = binary.LittleEndian.AppendUint32(out, h)
	}
	for _, s := range w.steps {
		out = append(out, byte(s))
	}
	return out
}

// weighed is a message under the weights.
type weighed struct {
	units []float32 // the hidden units; 0 where a unit is silent
	sums  []float32 // label by label; a label holds from 0 on
}

func (w *Weights) weigh(language string, terms []term) weighed {
	n := len(w.hidden)
	units := make([]float32, n)
	// Most terms of a message have the same value: their steps are added up first.
	steps, value := make([]int32, n), float32(0)
	flush := func() {
		for k, s := range steps {
			units[k] += float32(value * float32(s))
			steps[k] = 0
		}
	}
	for _, t := range terms {
		at, ok := w.places[t.hash]
		if !ok {
			continue
		}
		if t.value != value {
			flush()
			value = t.value
		}
		row := w.steps[at : at+n]
		for k := range steps[:len(row)] {
			steps[k] += int32(row[k])
		}
	}
	flush()
	for k := range units {
		units[k] = max(0, float32(units[k]*w.scales[k])+w.hidden[k])
	}
	sums := slices.Clone(w.bars)
	for l := range sums {
		for k, u := range units {
			sums[l] += float32(u * w.labelw[l*n+k])
		}
	}
	return weighed{units, needed(sums, language, w.wary)}
}

// needed gives sums, less what a label of danger needs more in a language.
func needed(sums []float32, language string, all []wary) []float32 {
	out := slices.Clone(sums)
	for _, w := range all {
		if w.language != base(language) {
			continue
		}
		for l, label := range Labels()[:len(out)] {
			if severity(label) == 3 {
				out[l] -= w.more
			}
		}
	}
	return out
}

// heaviest are the two places of the text, at most, that speak most for a label.
func (w *Weights) heaviest(terms []term, of weighed, label string) []term {
	n, l := len(w.hidden), slices.Index(w.labels, label)
	speaks := make([]float32, n) // what a step of a unit adds to the label
	for k, u := range of.units {
		if u > 0 {
			speaks[k] = w.labelw[l*n+k] * w.scales[k]
		}
	}
	var first, second term
	var most, more float32
	for _, t := range terms {
		at, ok := w.places[t.hash]
		if !ok || t.to == t.from {
			continue
		}
		sum := float32(0)
		for k, s := range w.steps[at : at+n] {
			sum += speaks[k] * float32(s)
		}
		switch sum *= t.value; {
		case sum > most:
			second, more, first, most = first, most, t, sum
		case sum > more && (t.from != first.from || t.to != first.to):
			second, more = t, sum
		}
	}
	switch {
	case most <= 0:
		return nil
	case more <= 0:
		return []term{first}
	case second.from <= first.to && first.from <= second.to: // they run into each other: one place
		first.from, first.to = min(first.from, second.from), max(first.to, second.to)
		return []term{first}
	}
	return []term{first, second}
}
