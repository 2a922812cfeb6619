package reading

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const (
	corpus      = "testdata/messages"
	weightsFile = "../content/answers/weights.bin"
)

// example is a message of the corpus.
type example struct {
	ID     string   `json:"id"`
	Lang   string   `json:"lang"`
	Text   string   `json:"text"`
	Labels []string `json:"labels"`
	Not    []string `json:"not"`

	typical bool // of a file whose messages are as frequent as in life
}

// half reads the "work" or the "measure" half of the corpus, file by file.
func half(t testing.TB, which string) (all []example) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(corpus, "*-"+which+".jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		s := bufio.NewScanner(bytes.NewReader(data))
		s.Buffer(nil, 1<<20)
		for n := 1; s.Scan(); n++ {
			var e example
			if err := json.Unmarshal(s.Bytes(), &e); err != nil {
				t.Fatalf("%s:%d: %v", file, n, err)
			}
			e.typical = strings.Contains(file, "-typical-")
			all = append(all, e)
		}
	}
	return all
}

// messages are the shipped rules, with the weights given.
func messages(t testing.TB, w *Weights) *Messages {
	t.Helper()
	files, err := filepath.Glob("../content/answers/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var rules []AnswerRules
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		r, err := ParseAnswers(strings.TrimPrefix(file, "../content/"), data)
		if err != nil {
			t.Fatal(err)
		}
		rules = append(rules, r)
	}
	m, err := NewMessages(reader(t), w, rules...)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// shipped are the weights in the repository.
func shipped(t testing.TB) *Weights {
	t.Helper()
	data, err := os.ReadFile(weightsFile)
	if err != nil {
		t.Fatal(err)
	}
	w, err := ReadWeights(data)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// tally counts what was read against what is.
type tally struct {
	right, wrong, missed map[string]int
	messages             int
	danger, found        int // messages of danger; with at least one such label read
	calm, alarmed        int // messages without danger; read as one
	ordinary, startled   int // … of these, with nothing evasive or hostile either
	dangerSaid, dangerIs int // labels of danger that are; that were read
}

func newTally() *tally {
	return &tally{right: map[string]int{}, wrong: map[string]int{}, missed: map[string]int{}}
}

func (t *tally) add(e example, labels []string) {
	t.messages++
	is, says := false, false
	for _, l := range Labels() {
		a, b := slices.Contains(e.Labels, l), slices.Contains(labels, l)
		switch {
		case a && b:
			t.right[l]++
		case b:
			t.wrong[l]++
		case a:
			t.missed[l]++
		}
		if severity(l) == 3 {
			is, says = is || a, says || b
			if a {
				t.dangerIs++
				if b {
					t.dangerSaid++
				}
			}
		}
	}
	if is {
		t.danger++
		if says {
			t.found++
		}
	} else {
		grave := slices.ContainsFunc(e.Labels, func(l string) bool { return severity(l) > 0 })
		t.calm++
		if !grave {
			t.ordinary++
		}
		if says {
			t.alarmed++
			if !grave {
				t.startled++
			}
		}
	}
}

func (t *tally) f1(label string) float64 {
	r := float64(t.right[label])
	return 2 * r / (2*r + float64(t.wrong[label]+t.missed[label]) + 1e-12)
}

func (t *tally) macro() float64 {
	sum, n := 0.0, 0.0
	for _, l := range Labels() {
		if t.right[l]+t.missed[l]+t.wrong[l] > 0 {
			sum, n = sum+t.f1(l), n+1
		}
	}
	return sum / max(n, 1)
}

func (t *tally) recall() float64 { return float64(t.dangerSaid) / float64(max(t.dangerIs, 1)) }
func (t *tally) alarms() float64 { return float64(t.alarmed) / float64(max(t.calm, 1)) }

func (t *tally) line() string {
	return fmt.Sprintf("%5d messages  macro-F1 %.3f  danger recall %.3f (any danger label %d/%d)  false alarms %.3f (%d/%d; in ordinary talk %d/%d)",
		t.messages, t.macro(), t.recall(), t.found, t.danger, t.alarms(), t.alarmed, t.calm, t.startled, t.ordinary)
}

func (t *tally) table() string {
	var b strings.Builder
	for _, l := range Labels() {
		p := float64(t.right[l]) / max(float64(t.right[l]+t.wrong[l]), 1)
		r := float64(t.right[l]) / max(float64(t.right[l]+t.missed[l]), 1)
		fmt.Fprintf(&b, "%-16s %4d  precision %.2f  recall %.2f  F1 %.2f\n", l, t.right[l]+t.missed[l], p, r, t.f1(l))
	}
	return b.String()
}

// measure reads messages and prints figures, never a text.
func measure(t testing.TB, name string, examples []example, read func(i int) []string) map[string]*tally {
	by, all := map[string]*tally{}, newTally()
	for i, e := range examples {
		if by[e.Lang] == nil {
			by[e.Lang] = newTally()
		}
		labels := read(i)
		by[e.Lang].add(e, labels)
		all.add(e, labels)
	}
	var languages []string
	for l := range by {
		languages = append(languages, l)
	}
	slices.Sort(languages)
	var b strings.Builder
	fmt.Fprintf(&b, "%s\nall      %s\n", name, all.line())
	for _, l := range languages {
		fmt.Fprintf(&b, "%-8s %s\n", l, by[l].line())
	}
	b.WriteString(all.table())
	for _, l := range []string{"en", "zh-Hans"} {
		if by[l] != nil {
			fmt.Fprintf(&b, "%s\n%s", l, by[l].table())
		}
	}
	t.Log(b.String())
	by[""] = all
	return by
}

// said turns sums into labels.
func said(sums []float32) (labels []string) {
	for l, s := range sums {
		if s >= 0 {
			labels = append(labels, Labels()[l])
		}
	}
	if labels == nil {
		labels = []string{Neutral}
	}
	return labels
}

func allTerms(m *Messages, examples []example) (rows [][]term) {
	for _, e := range examples {
		rows = append(rows, m.page(e.Lang, firstPart(e.Text)).terms)
	}
	return rows
}

// How well messages are read: go test ./flows/reading -run Measure -v
//
// The floors lie a little below what was reached, so that a change does not make
// the reading worse unnoticed. The rules alone do not reach them.
func TestMeasure(t *testing.T) {
	rules, both := messages(t, nil), messages(t, shipped(t))
	as := func(m *Messages, hint bool, examples []example) func(i int) []string {
		return func(i int) []string {
			language := ""
			if hint {
				language = examples[i].Lang
			}
			return m.Read(language, examples[i].Text, friday).Labels
		}
	}
	examples := half(t, "measure")
	low := func(by map[string]*tally) (all []string) {
		for language, least := range map[string]float64{"en": 0.85, "zh-Hans": 0.85, "": 0.82} {
			if t := by[language]; t == nil || t.macro() < least || t.recall() < 0.93 || t.alarms() > 0.08 {
				all = append(all, language)
			}
		}
		return all
	}
	if len(low(measure(t, "measuring half, the rules alone", examples, as(rules, true, examples)))) == 0 {
		t.Error("the rules alone are as good: the weights are not needed")
	}
	measure(t, "measuring half, without being told the language", examples, as(both, false, examples))
	shipped := measure(t, "measuring half, as shipped", examples, as(both, true, examples))
	for _, language := range low(shipped) {
		t.Errorf("worse than it was: %s %s", language, shipped[language].line())
	}

	// What is sure finds most dangers, and takes less for one than what is likely.
	all, sure := newTally(), newTally()
	for _, e := range examples {
		r := both.Read(e.Lang, e.Text, friday)
		all.add(e, r.Labels)
		if !r.Sure {
			r.Labels = slices.DeleteFunc(r.Labels, func(l string) bool { return severity(l) == 3 })
		}
		sure.add(e, r.Labels)
	}
	t.Logf("sure: %d of %d messages of danger, %d of %d calm ones; likely: %d and %d", sure.found, sure.danger, sure.alarmed, sure.calm, all.found, all.alarmed)
	if sure.found*10 < sure.danger*7 || sure.alarmed*3 > all.alarmed*2 {
		t.Error("what is sure is not: too few dangers, or nearly as many false alarms")
	}
}
