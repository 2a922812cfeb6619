package reading

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"flag"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
)

var update = flag.Bool("update", false, "learn the weights anew and write them")

// How the network is learnt. Found by trying, with messages of the work half that
// were not learnt from.
const (
	nets   = 3    // learnt apart, from other beginnings, and added up
	units  = 32   // hidden units of each
	seldom = 10   // a term that fewer messages have is left out
	rounds = 15   // over all messages
	batch  = 64   // messages a step
	speed  = 3e-3 // of learning, at first; it falls evenly to nothing
	decay  = 0.1  // how far a term's row shrinks with each step it takes, times speed
	deaf   = 0.4  // share of terms left out of each message, each time
	asleep = 0.2  // share of hidden units left out
	rare   = 2    // how much more a label counts where it holds: it holds seldom
	calm   = 1.6  // how much more a false alarm weighs than a danger missed: most messages are calm
)

// rowsOf gives each term that messages have often enough its row, in rising order
// of the hash.
func rowsOf(messages [][]term) map[uint32]int {
	count := map[uint32]int{}
	for _, m := range messages {
		for _, t := range m {
			count[t.hash]++
		}
	}
	var often []uint32
	for h, n := range count {
		if n >= seldom {
			often = append(often, h)
		}
	}
	slices.Sort(often)
	out := make(map[uint32]int, len(often))
	for i, h := range often {
		out[h] = i
	}
	return out
}

// param is a list of numbers that is learnt, with what Adam (Kingma and Ba, 2015)
// remembers of each.
type param struct{ x, slope, mean, square []float32 }

func newParam(n int) *param {
	return &param{make([]float32, n), make([]float32, n), make([]float32, n), make([]float32, n)}
}

// step moves the numbers from a to b against their slope, and shrinks them. Every
// product is rounded before it is added, so that all machines give the same.
func (p *param) step(a, b int, speed, correct, decay float32) {
	for i := a; i < b; i++ {
		g := p.slope[i]
		p.slope[i] = 0
		p.mean[i] = float32(0.9*p.mean[i]) + float32(0.1*g)
		p.square[i] = float32(0.999*p.square[i]) + float32(float32(0.001*g)*g)
		root := float32(math.Sqrt(float64(p.square[i]))) + 1e-8
		p.x[i] -= float32(float32(speed*correct)*p.mean[i]) / root
		p.x[i] -= float32(decay * p.x[i])
	}
}

// net is one network while it is learnt.
type net struct {
	rows, hidden, labelw, bias *param
}

// learnNet learns one network from messages (the terms' rows and values) and
// their labels. The loss is the squared hinge: a label that is read right, and
// clearly so, teaches nothing more.
func learnNet(seed uint64, places map[uint32]int, messages [][]term, is [][]bool) *net {
	labels := len(is[0])
	n := &net{newParam(len(places) * units), newParam(units), newParam(labels * units), newParam(labels)}
	chance := rand.New(rand.NewPCG(seed, 1))
	around := func(list []float32, width float64) {
		for i := range list {
			list[i] = float32((2*chance.Float64() - 1) * width)
		}
	}
	around(n.rows.x, 0.08)
	around(n.labelw.x, 0.35)
	for i := range n.bias.x {
		n.bias.x[i] = -1
	}
	type placed struct {
		at    int
		value float32
	}
	all := make([][]placed, len(messages))
	order := make([]int, len(messages))
	for i, m := range messages {
		order[i] = i
		for _, t := range m {
			if at, ok := places[t.hash]; ok {
				all[i] = append(all[i], placed{at * units, t.value})
			}
		}
	}
	var heard []placed
	sum, back, on := make([]float32, units), make([]float32, units), make([]float32, units)
	touched, seen := []int{}, make([]bool, len(places))
	steps, total, b1, b2 := 0, rounds*((len(messages)+batch-1)/batch), 1.0, 1.0
	for range rounds {
		chance.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		for from := 0; from < len(order); from += batch {
			some := order[from:min(from+batch, len(order))]
			share := float32(1) / float32(len(some))
			for _, i := range some {
				heard = heard[:0]
				copy(sum, n.hidden.x)
				for _, p := range all[i] {
					if chance.Float32() < deaf {
						continue
					}
					p.value /= 1 - deaf
					heard = append(heard, p)
					for k, x := range n.rows.x[p.at : p.at+units] {
						sum[k] += float32(p.value * x)
					}
				}
				for k, x := range sum {
					on[k] = 0
					if chance.Float32() >= asleep && x > 0 {
						on[k] = 1 / (1 - asleep)
					}
					sum[k] = float32(x * on[k])
					back[k] = 0
				}
				for l := range labels {
					w, slope := n.labelw.x[l*units:(l+1)*units], n.labelw.slope[l*units:(l+1)*units]
					said, sign, weight := n.bias.x[l], float32(-1), share/2
					for k, u := range sum {
						said += float32(u * w[k])
					}
					if is[i][l] {
						sign, weight = 1, rare*share/2
					}
					miss := 1 - sign*said
					if miss <= 0 {
						continue
					}
					g := -sign * float32(miss*weight)
					n.bias.slope[l] += g
					for k, u := range sum {
						slope[k] += float32(g * u)
						back[k] += float32(g * w[k])
					}
				}
				for k := range back {
					back[k] *= on[k]
					n.hidden.slope[k] += back[k]
				}
				for _, p := range heard {
					if row := p.at / units; !seen[row] {
						seen[row] = true
						touched = append(touched, p.at)
					}
					slope := n.rows.slope[p.at : p.at+units]
					for k, g := range back {
						slope[k] += float32(p.value * g)
					}
				}
			}
			steps++
			b1, b2 = b1*0.9, b2*0.999
			now := float32(speed * (1 - float64(steps)/float64(total)))
			correct := float32(math.Sqrt(1-b2) / (1 - b1))
			for _, at := range touched {
				seen[at/units] = false
				n.rows.step(at, at+units, now, correct, now*decay)
			}
			touched = touched[:0]
			for _, p := range []*param{n.hidden, n.labelw, n.bias} {
				p.step(0, len(p.x), now, correct, 0)
			}
		}
	}
	return n
}

// learn gives weights without bars. Nothing is left to chance, so the same
// messages give the same weights on every machine.
func learn(messages [][]term, examples []example) *Weights {
	w := &Weights{labels: Labels(), stamp: stampOf(messages, examples)}
	w.labels = w.labels[:len(w.labels)-1]
	is := make([][]bool, len(examples))
	for i, e := range examples {
		for _, label := range w.labels {
			is[i] = append(is[i], slices.Contains(e.Labels, label))
		}
	}
	places := rowsOf(messages)
	learnt := make([]*net, nets)
	var group sync.WaitGroup
	for i := range learnt {
		group.Go(func() { learnt[i] = learnNet(uint64(i+1), places, messages, is) })
	}
	group.Wait()

	// Side by side they are one network; a row becomes steps of a byte.
	w.places = map[uint32]int{}
	for h, i := range places {
		w.places[h] = i * nets * units
	}
	w.steps, w.bars = make([]int8, len(places)*nets*units), make([]float32, len(w.labels))
	w.labelw = make([]float32, len(w.labels)*nets*units)
	for i, n := range learnt {
		w.hidden = append(w.hidden, n.hidden.x...)
		for k := range units {
			most := float32(0)
			for at := k; at < len(n.rows.x); at += units {
				most = max(most, n.rows.x[at], -n.rows.x[at])
			}
			scale := most / 127
			w.scales = append(w.scales, scale)
			for row := range len(places) {
				w.steps[row*nets*units+i*units+k] = int8(math.Round(float64(n.rows.x[row*units+k] / scale)))
			}
		}
		for l := range w.labels {
			w.bars[l] += n.bias.x[l] / nets
			for k := range units {
				w.labelw[l*nets*units+i*units+k] = n.labelw.x[l*units+k] / nets
			}
		}
	}
	return w
}

// stampOf is the sum of what weights are learnt from.
func stampOf(messages [][]term, examples []example) (stamp [stampSize]byte) {
	h := sha256.New()
	var b []byte
	for i, m := range messages {
		b = append(b[:0], strings.Join(examples[i].Labels, " ")...)
		for _, t := range m {
			b = binary.LittleEndian.AppendUint32(b, t.hash)
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(t.value))
		}
		h.Write(b)
	}
	fmt.Fprint(h, nets, units, seldom, rounds, batch, speed, decay, deaf, asleep, rare)
	h.Sum(stamp[:0])
	return stamp
}

const folds = 5

// across gives each message's sums under weights that were learnt without it.
// Neighbours in a file stay together, as one writer's turns of phrase do.
func across(messages [][]term, examples []example) [][]float32 {
	sums := make([][]float32, len(messages))
	for f := range folds {
		var r [][]term
		var e []example
		for i := range messages {
			if i/4%folds != f {
				r, e = append(r, messages[i]), append(e, examples[i])
			}
		}
		w := learn(r, e)
		for i := range messages {
			if i/4%folds == f {
				sums[i] = w.weigh("", messages[i]).sums
			}
		}
	}
	return sums
}

// barsFor are where a label begins to hold: where precision and recall together
// are best.
func barsFor(sums [][]float32, examples []example) []float32 {
	labels := Labels()
	labels = labels[:len(labels)-1]
	bars := make([]float32, len(labels))
	for l, label := range labels {
		best := -1.0
		for b := float32(-1.5); b < 1; b += 0.02 {
			right, wrong, missed := 0.0, 0.0, 0.0
			for i, e := range examples {
				is, says := slices.Contains(e.Labels, label), sums[i][l] >= b
				switch {
				case is && says:
					right++
				case says:
					wrong++
				case is:
					missed++
				}
			}
			if f := 2 * right / (2*right + missed + wrong + 1e-9); f > best {
				best, bars[l] = f, b
			}
		}
	}
	return bars
}

// waryFor moves the labels of danger together, language by language, to where the
// share of dangers that are missed weighs as much as the share of calm messages
// that alarm. The sums have the bars taken off.
func waryFor(sums [][]float32, examples []example) (all []wary) {
	by := map[string][]int{}
	for i, e := range examples {
		by[base(e.Lang)] = append(by[base(e.Lang)], i)
	}
	for _, language := range slices.Sorted(maps.Keys(by)) {
		found, least := wary{language: language}, math.Inf(1)
		for more := float32(-1); more < 1; more += 0.01 {
			w := wary{language, more}
			t := newTally()
			for _, i := range by[language] {
				t.add(examples[i], said(needed(sums[i], examples[i].Lang, []wary{w})))
			}
			if worse := max(1-t.recall(), calm*t.alarms()); worse < least {
				least, found = worse, w
			}
		}
		all = append(all, found)
	}
	return all
}

// The weights in the repository belong to the rules and to the work half of the
// corpus.
func TestWeightsBelongToTheCorpus(t *testing.T) {
	if *update {
		t.Skip("they are learnt anew")
	}
	work := half(t, "work")
	rows := allTerms(messages(t, nil), work)
	stamp := shipped(t).stamp
	if stampOf(rows, work) != stamp {
		t.Error("the rules or the messages changed: go test ./flows/reading -run Weights -update -v, and look at the figures")
	}
	// One message with another label, or one that is gone, is noticed.
	work[7].Labels = []string{"insult", "closed"}
	if stampOf(rows, work) == stamp || stampOf(rows[1:], work[1:]) == stamp {
		t.Error("a change of the corpus is not noticed")
	}
}

// They are what it teaches, byte by byte.
func TestWeightsAreLearntFromTheCorpus(t *testing.T) {
	if os.Getenv("LEARN") == "" && !*update {
		t.Skip("learning takes a minute: LEARN=1")
	}
	work := half(t, "work")
	rows := allTerms(messages(t, nil), work)
	w := learn(rows, work)
	if !*update {
		want := shipped(t)
		w.bars, w.wary = want.bars, want.wary // these take five times as long
		if !bytes.Equal(w.Bytes(), want.Bytes()) {
			t.Error("what is learnt is not what is shipped")
		}
		return
	}
	sums := across(rows, work)
	typical, its := []example{}, [][]float32{}
	for i, e := range work {
		if e.typical {
			typical, its = append(typical, e), append(its, sums[i])
		}
	}
	bars := barsFor(its, typical)
	for _, s := range sums {
		for l, bar := range bars {
			s[l] -= bar
		}
	}
	wary := waryFor(its, typical)
	measure(t, "work half, each message read by weights learnt without it", work, func(i int) []string { return said(needed(sums[i], work[i].Lang, wary)) })
	measure(t, "of these the typical ones", typical, func(i int) []string { return said(needed(its[i], typical[i].Lang, wary)) })
	for l := range bars {
		w.bars[l] -= bars[l]
	}
	w.wary = wary
	if err := os.WriteFile(weightsFile, w.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}
