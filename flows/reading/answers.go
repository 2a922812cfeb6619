package reading

import (
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
)

// AnswerRules are one language's rules for what merchants write, as they stand
// in its file. The file's keys are explained in the README beside the files.
type AnswerRules struct {
	file string
	data answerSheet
}

// Language is the tag of the rules' language.
func (r AnswerRules) Language() string { return r.data.Language.text }

// answerSheet is the shape of a file of answers.
type answerSheet struct {
	Language line                 `yaml:"language"`
	Words    wordsPart            `yaml:"words"`
	Hidden   []line               `yaml:"hidden"`
	Same     map[string]line      `yaml:"same"`
	Quotes   []line               `yaml:"quotes"`
	Numbers  numbersPart          `yaml:"numbers"`
	Dates    datesPart            `yaml:"dates"`
	Money    moneyPart            `yaml:"money"`
	Promise  promisePart          `yaml:"promise"`
	Percent  percentPart          `yaml:"percent"`
	Labels   map[string]labelPart `yaml:"labels"`
	Ideas    map[string][]line    `yaml:"ideas"`
}

// promisePart is how days are promised: counted as they come, or only those on
// which people work.
type promisePart struct {
	Days    []line `yaml:"days"`
	Working []line `yaml:"working"`
}

// percentPart is how shares of a price are said, beside "20%".
type percentPart struct {
	Of   []line `yaml:"of"`   // 20 percent
	Left []line `yaml:"left"` // 八折: eight tenths are left to pay
	Half []line `yaml:"half"`
}

// labelPart is what leads to one label.
type labelPart struct {
	Include []line   `yaml:"include"`
	Exclude []line   `yaml:"exclude"`
	Near    [][]line `yaml:"near"`
	Combine [][]line `yaml:"combine"`
}

// pair is a rule of several sides.
type pair struct {
	label string
	sides int
	near  bool // else anywhere in the message
}

// ParseAnswers reads a file of answers. Its error is a *RuleError with the file,
// the line and a hint.
func ParseAnswers(file string, data []byte) (AnswerRules, error) {
	r := AnswerRules{file: file}
	if err := yaml.UnmarshalWithOptions(data, &r.data, yaml.Strict()); err != nil {
		return AnswerRules{}, ruleError(file, err)
	}
	if r.data.Language.text == "" {
		return AnswerRules{}, &RuleError{File: file, What: "the language is missing", Hint: "begin the file with a line such as: language: en"}
	}
	nobody, err := NewReader()
	if err != nil {
		return AnswerRules{}, err
	}
	// Compiling finds the mistakes inside phrases, and each belongs to this file.
	if _, err := NewMessages(nobody, nil, r); err != nil {
		return AnswerRules{}, err
	}
	return r, nil
}

// NewMessages compiles the rules of all languages into one reader of messages.
// Dates and amounts are read by people as well; without weights the rules alone
// decide.
func NewMessages(people *Reader, weights *Weights, answers ...AnswerRules) (*Messages, error) {
	m := &Messages{people: people, weights: weights, hidden: map[string][]string{}}
	var words []Rules
	same := map[rune]rune{}
	for _, f := range answers {
		words = append(words, Rules{file: f.file, data: sheet{Language: f.data.Language, Words: f.data.Words, Numbers: f.data.Numbers, Dates: f.data.Dates, Money: f.data.Money}})
		for to, l := range f.data.Same {
			from := []rune(l.text)
			as := []rune(to)
			if len(as) == len(from) {
				for i := range from {
					same[from[i]] = as[i]
				}
				continue
			}
			return nil, &RuleError{File: f.file, Line: l.at, What: fmt.Sprintf("same: %d characters on the left and %d on the right", len(as), len(from)), Hint: "each character on the right is read as the one at its place on the left"}
		}
	}
	var err error
	if m.own, err = newReader(same, words...); err != nil {
		return nil, err
	}
	// The words for numbers are shared, whichever file they stand in.
	for w, n := range people.values {
		m.own.values[w] = n
	}
	for w, n := range people.multiply {
		m.own.multiply[w] = n
	}
	for w, u := range people.units {
		m.own.units[w] = u
	}
	for w, n := range people.opens {
		m.own.opens[w] = max(m.own.opens[w], n)
	}
	m.own.fillSlots()
	for i, f := range answers {
		m.languages = append(m.languages, f.Language())
		if err := m.learn(f, i); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// learn takes in the phrases of one language.
func (m *Messages) learn(f AnswerRules, from int) error {
	var failed error
	phrases := func(tree *root, lines []line, to rule) {
		if len(lines) == 0 {
			return
		}
		to.from = from
		m.own.rules = append(m.own.rules, to)
		for _, l := range lines {
			start, err := parsePhrase(l.text, len(m.own.rules)-1, m.own.cut)
			if err == nil {
				tree.add(start)
			} else if failed == nil {
				failed = &RuleError{File: f.file, Line: l.at, What: fmt.Sprintf("%q: %v", l.text, err), Hint: "the README beside the file shows how phrases are written"}
			}
		}
	}
	for _, l := range f.data.Hidden {
		w := foldWord(l.text)
		if strings.ContainsAny(w, " ") || len([]rune(w)) < 2 {
			return &RuleError{File: f.file, Line: l.at, What: fmt.Sprintf("hidden: %q is not a single word", l.text), Hint: "here each entry is one word of two letters or more"}
		}
		head := string([]rune(w)[0])
		m.hidden[head] = append(m.hidden[head], w)
	}
	phrases(&m.quotes, f.data.Quotes, rule{use: useQuote})
	phrases(&m.days, f.data.Promise.Days, rule{use: usePromise, key: "days"})
	phrases(&m.days, f.data.Promise.Working, rule{use: usePromise, key: "working"})
	phrases(&m.percent, f.data.Percent.Of, rule{use: usePercent, key: "of"})
	phrases(&m.percent, f.data.Percent.Left, rule{use: usePercent, key: "left"})
	phrases(&m.percent, f.data.Percent.Half, rule{use: usePercent, key: "half"})
	known := Labels()
	known = known[:len(known)-1]
	for label, part := range f.data.Labels {
		if !slices.Contains(known, label) {
			return &RuleError{File: f.file, Line: part.line(), What: fmt.Sprintf("labels: %q is not known", label), Hint: "there are " + strings.Join(known, ", ")}
		}
	}
	for _, label := range known {
		part := f.data.Labels[label]
		phrases(&m.own.tree, part.Include, rule{use: useLabel, key: label})
		phrases(&m.own.tree, part.Exclude, rule{use: useLabelNot, key: label})
		for i, list := range [][][]line{part.Near, part.Combine} {
			for _, sides := range list {
				if len(sides) < 2 || len(sides) > 4 {
					at := line{at: part.line()}
					if len(sides) > 0 {
						at = sides[0]
					}
					return &RuleError{File: f.file, Line: at.at, What: label + ": near and combine need two to four phrases each", Hint: `for example: - ["delete|remove", "review"]`}
				}
				m.pairs = append(m.pairs, pair{label, len(sides), i == 0})
				for side := range sides {
					phrases(&m.own.tree, sides[side:side+1], rule{use: usePair, key: label, near: len(m.pairs) - 1, part: side})
				}
			}
		}
	}
	if err := m.ideas(f, phrases); err != nil {
		return err
	}
	return failed
}

// ideas takes in the words for what merchants speak of.
func (m *Messages) ideas(f AnswerRules, phrases func(*root, []line, rule)) error {
	known := Ideas()
	var names []string
	for idea, lines := range f.data.Ideas {
		if !slices.Contains(known, idea) {
			at := 0
			if len(lines) > 0 {
				at = lines[0].at
			}
			return &RuleError{File: f.file, Line: at, What: fmt.Sprintf("ideas: %q is not known", idea), Hint: "there are " + strings.Join(known, ", ")}
		}
		names = append(names, idea)
		for _, l := range lines {
			m.speak(l.text, len(m.languages)-1)
		}
	}
	for _, lines := range [][]line{f.data.Words.Fillers, f.data.Words.Negation} {
		for _, l := range lines {
			m.speak(l.text, len(m.languages)-1)
		}
	}
	slices.Sort(names)
	for _, idea := range names {
		phrases(&m.own.tree, f.data.Ideas[idea], rule{use: useIdea, key: idea})
	}
	return nil
}

// line is where a label's rules stand.
func (p labelPart) line() int {
	for _, list := range append([][]line{p.Include, p.Exclude}, append(p.Near, p.Combine...)...) {
		if len(list) > 0 {
			return list[0].at
		}
	}
	return 0
}
