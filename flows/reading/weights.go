package reading

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"math"
	"slices"
	"strings"
)

// Weights tell how much each word, and each rule that found something, speaks
// for a label: one linear separation a label, learnt from the messages in
// testdata/messages. A word's place in the table is its hash, so the table has
// no words in it and two words may rarely share a place.
type Weights struct {
	labels []string
	bars   []float32 // a label holds when its sum reaches its bar
	scales []float32 // the size of one step
	bits   uint      // the table has 1<<bits places
	steps  []int8    // place by place, a step a label
}

// term is something in a message that has a weight: a word, a few words or
// characters in a row, or that a rule found something.
type term struct {
	hash     uint32
	value    float32
	from, to int // bytes of the text; the same for what is no place in it
}

func hash(parts ...string) uint32 {
	h := fnv.New32a()
	for _, p := range parts {
		h.Write([]byte(p))
		h.Write([]byte{0})
	}
	x := h.Sum32()
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

// terms are what a message is weighed by.
func terms(a *answer) []term {
	seen := map[uint32]bool{}
	var out []term
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
		two, ok := next(1)
		if !ok {
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
	if len(data) < 2+8*n || data[0] != byte(n) || data[1] > 20 {
		return nil, fmt.Errorf("the weights are not for these %d labels: learn them anew, as the README of flows/reading tells", n)
	}
	w.bits = uint(data[1])
	data = data[2:]
	if want := 8*n + n<<w.bits; len(data) != want {
		return nil, fmt.Errorf("the weights are %d bytes, not %d: learn them anew, as the README of flows/reading tells", len(data), want)
	}
	for i := range n {
		w.bars = append(w.bars, math.Float32frombits(binary.LittleEndian.Uint32(data[8*i:])))
		w.scales = append(w.scales, math.Float32frombits(binary.LittleEndian.Uint32(data[8*i+4:])))
	}
	w.steps = make([]int8, n<<w.bits)
	for i, b := range data[8*n:] {
		w.steps[i] = int8(b)
	}
	return w, nil
}

// Bytes writes the weights, the same for the same weights.
func (w *Weights) Bytes() []byte {
	out := []byte{byte(len(w.labels)), byte(w.bits)}
	for i := range w.labels {
		out = binary.LittleEndian.AppendUint32(out, math.Float32bits(w.bars[i]))
		out = binary.LittleEndian.AppendUint32(out, math.Float32bits(w.scales[i]))
	}
	for _, s := range w.steps {
		out = append(out, byte(s))
	}
	return out
}

// place is where a term's steps begin.
func (w *Weights) place(t term) int { return int(t.hash&(1<<w.bits-1)) * len(w.labels) }

func (w *Weights) sum(terms []term, label int) float32 {
	sum := float32(0)
	for _, t := range terms {
		sum += t.value * float32(w.steps[w.place(t)+label])
	}
	return sum * w.scales[label]
}

func (w *Weights) holds(terms []term, label string) bool {
	i := slices.Index(w.labels, label)
	return w.sum(terms, i) >= w.bars[i]
}

// heaviest are the places of the text that speak most for a label.
func (w *Weights) heaviest(terms []term, label string) []term {
	i := slices.Index(w.labels, label)
	var all []term
	for _, t := range terms {
		if t.to > t.from && w.steps[w.place(t)+i] > 0 {
			all = append(all, t)
		}
	}
	slices.SortStableFunc(all, func(x, y term) int {
		return cmp.Compare(y.value*float32(w.steps[w.place(y)+i]), x.value*float32(w.steps[w.place(x)+i]))
	})
	return all[:min(2, len(all))]
}
