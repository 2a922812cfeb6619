package reading

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/bojanz/currency"
	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
)

// Rules are one language's reading rules, as they stand in its file. The file's
// keys are explained in the README beside the files.
type Rules struct {
	file string
	data sheet
}

// Language is the tag of the rules' language.
func (r Rules) Language() string { return r.data.Language.text }

// line is a text of a rules file that remembers where it stands, so that a
// mistake can be pointed at.
type line struct {
	text string
	at   int
}

// UnmarshalYAML takes a plain value.
func (l *line) UnmarshalYAML(n ast.Node) error {
	switch n := n.(type) {
	case *ast.StringNode:
		l.text = n.Value
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		l.text = n.GetToken().Value
	case *ast.LiteralNode:
		l.text = n.Value.Value
	default:
		return &yaml.SyntaxError{Token: n.GetToken(), Message: "a phrase is expected here; one that contains [ { | * # : or a comma needs quotes around it"}
	}
	l.at = n.GetToken().Position.Line
	return nil
}

// sheet is the shape of a rules file.
type sheet struct {
	Language line        `yaml:"language"`
	Words    wordsPart   `yaml:"words"`
	Answers  answersPart `yaml:"answers"`
	Numbers  numbersPart `yaml:"numbers"`
	Dates    datesPart   `yaml:"dates"`
	Money    moneyPart   `yaml:"money"`
	Shop     struct {
		Include []line `yaml:"include"`
		Never   []line `yaml:"never"`
		Endings []line `yaml:"endings"`
	} `yaml:"shop"`
	Product struct {
		Include []line `yaml:"include"`
		Never   []line `yaml:"never"`
		Counts  []line `yaml:"counts"`
	} `yaml:"product"`
	Order struct {
		Include []line `yaml:"include"`
		Exclude []line `yaml:"exclude"`
	} `yaml:"order"`
	Payment struct {
		Near []line `yaml:"near"`
	} `yaml:"payment"`
	NeverArrived matter            `yaml:"never_arrived"`
	Kinds        map[string]matter `yaml:"kinds"`
	Wants        map[string]matter `yaml:"wants"`
	Theirs       []line            `yaml:"theirs"`
	Showing      []line            `yaml:"showing"`
	Proofs       map[string]proof  `yaml:"proofs"`
	Perils       map[string]matter `yaml:"perils"`
	Addressed    struct {
		Include []line `yaml:"include"`
		Exclude []line `yaml:"exclude"`
	} `yaml:"addressed"`
	Own         map[string]matter `yaml:"own"`
	Screenshots struct {
		Order   []line `yaml:"order"`
		Total   []line `yaml:"total"`
		Ordered []line `yaml:"ordered"`
		Shop    []line `yaml:"shop"`
		Shops   []line `yaml:"shop_endings"`
		After   []line `yaml:"after_shop"`
		Other   []line `yaml:"other"`
	} `yaml:"screenshots"`
}

// The parts that rules for people's words and rules for merchants' answers share.
type (
	wordsPart struct {
		Fillers     []line            `yaml:"fillers"`
		Negation    []line            `yaml:"negation"`
		NotNegation []line            `yaml:"not_negation"`
		Turns       []line            `yaml:"turns"`
		Short       []line            `yaml:"short"`
		Ends        []line            `yaml:"ends"`
		Spellings   map[string][]line `yaml:"spellings"`
	}
	answersPart struct {
		Yes     []line `yaml:"yes"`
		No      []line `yaml:"no"`
		Unclear []line `yaml:"unclear"`
		Skip    []line `yaml:"skip"`
	}
	numbersPart struct {
		Values   map[string]int `yaml:"values"`
		Multiply map[string]int `yaml:"multiply"`
		Joiners  []line         `yaml:"joiners"`
		Ordinals map[string]int `yaml:"ordinals"`
		Endings  []line         `yaml:"ordinal_endings"`
	}
	datesPart struct {
		Months   map[string][]line `yaml:"months"`
		Weekdays map[string][]line `yaml:"weekdays"`
		Units    map[string][]line `yaml:"units"`
		DaysAgo  map[string][]line `yaml:"days_ago"`
		Named    map[string][]line `yaml:"named"`
		Forms    map[string][]line `yaml:"forms"`
		About    map[string][]line `yaml:"about"`
	}
	moneyPart struct {
		Currencies []coin `yaml:"currencies"`
		Bare       []line `yaml:"bare"`
		Counted    []line `yaml:"counted"`
		Price      []line `yaml:"price"`
		Other      []line `yaml:"other"`
	}
)

// matter is what leads to one reading.
type matter struct {
	Weight  int      `yaml:"weight"`
	Include []line   `yaml:"include"`
	Exclude []line   `yaml:"exclude"`
	Near    [][]line `yaml:"near"`
}

// coin is how one currency is written, or several that share a sign.
type coin struct {
	Currency []line `yaml:"currency"`
	Before   []line `yaml:"before"`
	After    []line `yaml:"after"`
	Cents    []line `yaml:"cents"`
	Tenths   []line `yaml:"tenths"`
	Comma    bool   `yaml:"decimal_comma"`
}

// What a rules file may speak of.
var (
	kindIDs   = []string{"abuse", "blackmail", "privacy", "not_delivered", "not_as_described", "defective", "counterfeit", "unsafe", "refund_refused", "overcharged", "subscription", "after_sales", "scam"}
	ownIDs    = []string{"insult", "violence", "exposure", "report", "accusation", "deadline"}
	perilIDs  = []string{"told", "images", "selfharm", "paid", "code", "doxxing", "address", "minor", "recovery"}
	wantIDs   = []string{"refund", "part_refund", "replacement", "repair", "delivery", "apology", "remove_data", "cancel", "compensation"}
	aboutIDs  = []string{"ordered", "expected", "delivered", "discovered", "other"}
	unitIDs   = []string{"day", "week", "month", "year"}
	formNames = []string{
		"calendar", "ago", "ahead", "day", "weekday", "last_weekday", "this_week", "last_week", "week_before_last", "next_week",
		"this_month", "last_month", "this_year", "last_year", "year_before_last", "vague",
	}
)

// RuleError is a mistake in a rules file, told so that somebody who does not
// program can mend it.
type RuleError struct {
	File string
	Line int // 0 when the file as a whole is meant
	What string
	Hint string
}

func (e *RuleError) Error() string {
	at := e.File
	if e.Line > 0 {
		at = fmt.Sprintf("%s:%d", e.File, e.Line)
	}
	if e.Hint == "" {
		return fmt.Sprintf("%s: %s", at, e.What)
	}
	return fmt.Sprintf("%s: %s (%s)", at, e.What, e.Hint)
}

// ParseRules reads a rules file. Its error is a *RuleError with the file, the
// line and a hint.
func ParseRules(file string, data []byte) (Rules, error) {
	r := Rules{file: file}
	if err := yaml.UnmarshalWithOptions(data, &r.data, yaml.Strict()); err != nil {
		return Rules{}, ruleError(file, err)
	}
	if r.data.Language.text == "" {
		return Rules{}, &RuleError{File: file, What: "the language is missing", Hint: "begin the file with a line such as: language: en"}
	}
	// Compiling finds the mistakes inside phrases, and each belongs to this file.
	if _, err := NewReader(r); err != nil {
		return Rules{}, err
	}
	return r, nil
}

// ruleError finds the line of a mistake in YAML.
func ruleError(file string, err error) *RuleError {
	e := &RuleError{File: file, What: err.Error(), Hint: "the README beside the file lists the keys"}
	var y yaml.Error
	if errors.As(err, &y) {
		e.What = y.GetMessage()
		if t := y.GetToken(); t != nil && t.Position != nil {
			e.Line = t.Position.Line
		}
	}
	return e
}

// use says what a phrase leads to.
type use uint8

const (
	useKind use = iota
	useKindNot
	useKindNear
	useWant
	useWantNot
	useWantNear
	useNever
	useNeverNot
	useAbout
	useBare
	usePrice
	useOther
	useShop
	useProduct
	useOrder
	useOrderNot
	usePay
	useYes
	useNo
	useUnclear
	useSkip
	useForm
	useTheirs
	useShowing
	useProof
	useProofNot
	useScreen
	usePeril
	usePerilNot
	usePerilNear
	useAddressed
	useAddressedNot
	useOwn
	useOwnNot
	useOwnNear
	useLabel
	useIdea
	useLabelNot
	usePair
	useQuote
	usePromise
	usePercent
)

// rule is what a phrase of the tree stands for.
type rule struct {
	use  use
	key  string // the kind, the want, the form …
	near int    // for near: which pair
	part int    // for near: which side of it
	n    int    // for a form: a number of days; for a shop or product: its place in the list
	from int    // for what merchants write: the place of its language
}

// NewReader compiles the rules of all languages into one Reader. People mix
// languages within a sentence, so all are looked for at once.
func NewReader(rules ...Rules) (*Reader, error) { return newReader(nil, rules...) }

// newReader makes a Reader for which some characters are the same, and then
// emoji are words too.
func newReader(same map[rune]rune, rules ...Rules) (*Reader, error) {
	r := &Reader{
		same: same, signs: same != nil,
		fillers: map[string]bool{}, negation: map[string]bool{}, turns: map[string]bool{}, short: map[string]bool{}, ends: map[string][][]string{},
		joiners: map[string]bool{}, endings: map[string]bool{}, counted: map[string]bool{}, counts: map[string]bool{},
		values: map[string]int{}, multiply: map[string]int{}, ordinals: map[string]int{},
		months: map[string]int{}, weekdays: map[string]int{}, units: map[string]string{},
		named: map[string]int{}, opens: map[string]int{}, shopNever: map[string]bool{}, productNever: map[string]bool{},
		spellings: spellings{}, weights: map[string]int{},
	}
	// What cuts a text comes first: phrases are cut the same way.
	for _, f := range rules {
		for _, l := range f.data.Words.Short {
			r.short[l.text] = true
		}
		for _, lines := range f.data.Dates.Months {
			for _, l := range lines {
				r.short[strings.ToLower(l.text)] = true
			}
		}
	}
	for _, f := range rules {
		for means, typed := range f.data.Words.Spellings {
			to := words(r.plain(fold(means)))
			for _, l := range typed {
				from := words(r.plain(fold(l.text)))
				if len(from) == 0 || len(to) == 0 {
					return nil, f.wrong(l, "this spelling is empty", "write a word")
				}
				r.spellings[from[0]] = append(r.spellings[from[0]], spelling{from, to})
			}
		}
	}
	for _, s := range r.spellings {
		slices.SortStableFunc(s, func(a, b spelling) int { return len(b.typed) - len(a.typed) })
	}
	for _, f := range rules {
		if err := r.learn(f); err != nil {
			return nil, err
		}
	}
	r.fillSlots()
	return r, nil
}

// fillSlots notes the words with which a slot may begin: most words of a text are
// none, and need not be tried.
func (r *Reader) fillSlots() {
	r.inSlots = map[string]bool{}
	for _, words := range []map[string]int{r.values, r.multiply, r.ordinals, r.months, r.opens} {
		for w := range words {
			r.inSlots[w] = true
		}
	}
}

func words(tokens []token) []string {
	out := make([]string, len(tokens))
	for i, t := range tokens {
		out[i] = t.s
	}
	return out
}

func (f Rules) wrong(l line, what, hint string) error {
	return &RuleError{File: f.file, Line: l.at, What: what, Hint: hint}
}

// learn takes in one language.
func (r *Reader) learn(f Rules) error {
	d := f.data
	var failed error
	fail := func(l line, what, hint string) {
		if failed == nil {
			failed = f.wrong(l, what, hint)
		}
	}
	// single puts words into a set; each is one word, or one character.
	single := func(set map[string]bool, lines []line) {
		for _, l := range lines {
			cut := r.plain(fold(l.text))
			if len(cut) != 1 {
				fail(l, fmt.Sprintf("%q is not a single word", l.text), "here each entry is one word, or one Chinese character")
				continue
			}
			set[cut[0].s] = true
		}
	}
	phrases := func(tree *root, lines []line, to rule) {
		if len(lines) == 0 {
			return
		}
		id := len(r.rules)
		r.rules = append(r.rules, to)
		for _, l := range lines {
			start, err := parsePhrase(l.text, id, r.cut)
			if err != nil {
				fail(l, fmt.Sprintf("%q: %v", l.text, err), "the README beside the file shows how phrases are written")
				continue
			}
			tree.add(start)
		}
	}
	names := func(what string, known []string, from map[string][]line) {
		for key, lines := range from {
			if !slices.Contains(known, key) {
				at := line{}
				if len(lines) > 0 {
					at = lines[0]
				}
				fail(at, fmt.Sprintf("%s: %q is not known", what, key), "there are "+strings.Join(known, ", "))
			}
		}
	}

	single(r.fillers, d.Words.Fillers)
	single(r.negation, d.Words.Negation)
	for _, l := range d.Words.Ends {
		if w := words(r.cut(l.text)); len(w) > 0 {
			r.ends[w[0]] = append(r.ends[w[0]], w)
		}
	}
	single(r.turns, d.Words.Turns)
	single(r.joiners, d.Numbers.Joiners)
	single(r.endings, d.Numbers.Endings)
	single(r.counted, d.Money.Counted)
	single(r.counts, d.Product.Counts)
	for _, l := range d.Words.NotNegation {
		r.notNegation = append(r.notNegation, words(r.cut(l.text)))
	}
	for _, l := range d.Shop.Never {
		r.shopNever[strings.Join(words(r.cut(l.text)), " ")] = true
	}
	for _, l := range d.Product.Never {
		r.productNever[strings.Join(words(r.cut(l.text)), " ")] = true
	}
	for _, l := range d.Shop.Endings {
		r.shopEndings = append(r.shopEndings, words(r.cut(l.text)))
	}

	for w, n := range d.Numbers.Values {
		r.values[foldWord(w)] = n
	}
	for w, n := range d.Numbers.Multiply {
		r.multiply[foldWord(w)] = n
	}
	for w, n := range d.Numbers.Ordinals {
		r.ordinals[foldWord(w)] = n
	}

	names("dates.units", unitIDs, d.Dates.Units)
	names("dates.forms", formNames, d.Dates.Forms)
	names("dates.about", aboutIDs, d.Dates.About)
	calendar := func(what string, from map[string][]line, most int, into map[string]int) {
		for key, lines := range from {
			n, err := strconv.Atoi(key)
			for _, l := range lines {
				if err != nil || n < 1 || n > most {
					fail(l, fmt.Sprintf("%s: %q is not a number from 1 to %d", what, key, most), "write the number, then the words for it")
				}
				into[r.key(l.text)] = n
			}
		}
	}
	calendar("dates.months", d.Dates.Months, 12, r.months)
	calendar("dates.weekdays", d.Dates.Weekdays, 7, r.weekdays)
	for unit, lines := range d.Dates.Units {
		for _, l := range lines {
			r.units[r.key(l.text)] = unit
		}
	}
	for form, lines := range d.Dates.Forms {
		phrases(&r.forms, lines, rule{use: useForm, key: form})
	}
	for days, lines := range d.Dates.DaysAgo {
		n, err := strconv.Atoi(days)
		if err != nil && len(lines) > 0 {
			fail(lines[0], fmt.Sprintf("dates.days_ago: %q is not a number of days", days), "0 is today, 1 yesterday, -1 tomorrow")
		}
		phrases(&r.forms, lines, rule{use: useForm, key: "days_ago", n: n})
	}
	for day, lines := range d.Dates.Named {
		at, err := ParseDate("2024-" + day)
		if err != nil && len(lines) > 0 {
			fail(lines[0], fmt.Sprintf("dates.named: %q is not a day of the year", day), `write month and day in quotes: "11-11"`)
		}
		for _, l := range lines {
			r.named[r.key(l.text)] = int(at.Month)*100 + at.Day
		}
	}
	for about, lines := range d.Dates.About {
		phrases(&r.tree, lines, rule{use: useAbout, key: about})
	}

	for _, c := range d.Money.Currencies {
		k := &money{comma: c.Comma}
		for _, l := range c.Currency {
			if !currency.IsValid(l.text) {
				fail(l, fmt.Sprintf("%q is not a currency", l.text), "use the three capital letters of the currency: GBP, CNY")
			}
			k.codes = append(k.codes, l.text)
		}
		if len(k.codes) == 0 {
			fail(d.Language, "money.currencies: an entry names no currency", "add for example: currency: [GBP]")
			continue
		}
		r.sign(&r.before, c.Before, k, 1)
		r.sign(&r.after, c.After, k, 1)
		r.sign(&r.after, c.Cents, k, 100)
		r.sign(&r.after, c.Tenths, k, 10)
	}
	phrases(&r.tree, d.Money.Bare, rule{use: useBare})
	phrases(&r.tree, d.Money.Price, rule{use: usePrice})
	phrases(&r.tree, d.Money.Other, rule{use: useOther})
	for i := range d.Shop.Include {
		phrases(&r.tree, d.Shop.Include[i:i+1], rule{use: useShop, n: i})
	}
	for i := range d.Product.Include {
		phrases(&r.tree, d.Product.Include[i:i+1], rule{use: useProduct, n: i})
	}
	phrases(&r.tree, d.Order.Include, rule{use: useOrder})
	phrases(&r.tree, d.Order.Exclude, rule{use: useOrderNot})
	phrases(&r.tree, d.Payment.Near, rule{use: usePay})
	phrases(&r.answers, d.Answers.Yes, rule{use: useYes})
	phrases(&r.answers, d.Answers.No, rule{use: useNo})
	phrases(&r.answers, d.Answers.Unclear, rule{use: useUnclear})
	phrases(&r.answers, d.Answers.Skip, rule{use: useSkip})
	phrases(&r.tree, d.NeverArrived.Include, rule{use: useNever})
	phrases(&r.tree, d.NeverArrived.Exclude, rule{use: useNeverNot})

	matters := func(what string, known []string, from map[string]matter, yes, not, near use) {
		for key, m := range from {
			if !slices.Contains(known, key) {
				at := line{}
				if len(m.Include) > 0 {
					at = m.Include[0]
				}
				fail(at, fmt.Sprintf("%s: %q is not known", what, key), "there are "+strings.Join(known, ", "))
			}
			r.weights[key] = max(r.weights[key], m.Weight, 1)
			phrases(&r.tree, m.Include, rule{use: yes, key: key})
			phrases(&r.tree, m.Exclude, rule{use: not, key: key})
			for _, pair := range m.Near {
				if len(pair) < 2 || len(pair) > 4 {
					at := line{}
					if len(pair) > 0 {
						at = pair[0]
					}
					fail(at, "near needs two to four phrases that stand near each other", `for example: - ["delete|remove", "review"]`)
					continue
				}
				r.pairs = append(r.pairs, len(pair))
				for part := range pair {
					phrases(&r.tree, pair[part:part+1], rule{use: near, key: key, near: len(r.pairs) - 1, part: part})
				}
			}
		}
	}
	matters("kinds", kindIDs, d.Kinds, useKind, useKindNot, useKindNear)
	for _, x := range []struct {
		to   *[]string
		from []line
	}{
		{&r.labels.order, d.Screenshots.Order},
		{&r.labels.total, d.Screenshots.Total},
		{&r.labels.ordered, d.Screenshots.Ordered},
		{&r.labels.shop, d.Screenshots.Shop},
		{&r.labels.shops, d.Screenshots.Shops},
		{&r.labels.other, d.Screenshots.Other},
	} {
		for _, l := range x.from {
			*x.to = append(*x.to, squeeze(l.text))
		}
	}
	for _, l := range d.Screenshots.After {
		r.labels.after = append(r.labels.after, l.text)
	}
	matters("perils", perilIDs, d.Perils, usePeril, usePerilNot, usePerilNear)
	matters("own", ownIDs, d.Own, useOwn, useOwnNot, useOwnNear)
	matters("wants", wantIDs, d.Wants, useWant, useWantNot, useWantNear)
	phrases(&r.theirs, d.Theirs, rule{use: useTheirs})
	phrases(&r.showing, d.Showing, rule{use: useShowing})
	phrases(&r.addressed, d.Addressed.Include, rule{use: useAddressed})
	phrases(&r.addressed, d.Addressed.Exclude, rule{use: useAddressedNot})
	for key, p := range d.Proofs {
		names("proofs", proofIDs, map[string][]line{key: p.Include})
		phrases(&r.proofs, p.Include, rule{use: useProof, key: key})
		phrases(&r.proofs, p.Exclude, rule{use: useProofNot, key: key})
		for _, row := range p.Screen {
			if len(row) > 8 || len(row) == 0 {
				fail(d.Language, "proofs."+key+".screen: a row holds one to eight phrases", `for example: - ["order number", "order total"]`)
				continue
			}
			r.screens = append(r.screens, len(row))
			for part := range row {
				phrases(&r.proofs, row[part:part+1], rule{use: useScreen, key: key, near: len(r.screens) - 1, part: part})
			}
		}
	}
	return failed
}

// key is a word, or several, as they are found in the maps of the calendar.
func (r *Reader) key(text string) string {
	w := words(r.cut(text))
	if len(w) > 0 {
		r.opens[w[0]] = max(r.opens[w[0]], len(w))
	}
	return strings.Join(w, " ")
}

func foldWord(s string) string {
	var b strings.Builder
	for _, l := range fold(s) {
		if !isApostrophe(l.r) {
			b.WriteRune(l.r)
		}
	}
	return b.String()
}

// cut cuts a text into tokens, misspellings mended.
func (r *Reader) cut(text string) []token { return r.cutLetters(fold(text)) }

func (r *Reader) cutLetters(letters []letter) []token { return r.spellings.apply(r.plain(letters)) }

// plain cuts and leaves misspellings as they are.
func (r *Reader) plain(letters []letter) []token {
	for i, l := range letters {
		if same, ok := r.same[l.r]; ok {
			letters[i].r = same
		}
	}
	return splitLetters(letters, r.short, r.signs)
}
