package flows

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The person's own words are looked at before they go out: not to forbid, but so
// that they can't be turned against the one who wrote them.

// finding is one thing in a text that may harm its writer.
type finding struct {
	id    string // insult violence exposure report accusation third_party shouting measure deadline
	words string // of the text
}

// lint reads a text for the merchant, sentence by sentence; calmer is the text
// without what was found, "" when too little is left. Money beside exposure or a
// report may stand in different sentences: that is looked for in the whole.
func (t *turn) lint(text string) (found []finding, calmer string) {
	asked := len(t.g.content.Reader.Amounts(text, t.readingContext())) > 0 || asksMoney.MatchString(text)
	add := func(id, words string) {
		if !slices.ContainsFunc(found, func(f finding) bool { return f.id == id }) {
			found = append(found, finding{id, cut(oneLine(words), 120)})
		}
	}
	var kept []string
	for _, s := range sentences(text) {
		bad := false
		for id, words := range t.g.content.Reader.Own(s) {
			if (id == "exposure" || id == "report") && !asked {
				continue // alone it may be wise or not; it is no demand under threat
			}
			add(id, or(words, s))
			bad = true
		}
		if m := personal.FindString(s); m != "" {
			add("third_party", m)
			bad = true
		}
		if shouts(s) {
			add("shouting", s)
			s = quiet(s)
		}
		if hurried.MatchString(s) {
			add("deadline", s)
			bad = true
		}
		if !bad {
			kept = append(kept, s)
		}
	}
	for _, a := range t.g.content.Reader.Amounts(text, t.readingContext()) {
		if t.beyond(MoneyOf(a)) {
			add("measure", money(MoneyOf(a), t.p.Language))
		}
	}
	slices.SortStableFunc(found, func(a, b finding) int {
		return slices.Index(lintOrder, a.id) - slices.Index(lintOrder, b.id)
	})
	calmer = strings.TrimSpace(strings.Join(kept, ""))
	if before, ok := strings.CutSuffix(calmer, "，"); ok {
		calmer = before + "。"
	}
	if d := t.demand(t.w); asked && d != "" && calmer != "" && !asksMoney.MatchString(calmer) {
		// The request stood in a sentence with something else: it is said by itself.
		calmer += t.w.text("lint.request", "demand", d, "date", longDate(t.answerBy(), t.p.Language))
	}
	if len([]rune(calmer)) < 15 || calmer == strings.TrimSpace(text) {
		calmer = ""
	}
	return found, calmer
}

// lintOrder is what is said first.
var lintOrder = []string{"violence", "exposure", "report", "third_party", "accusation", "insult", "measure", "deadline", "shouting"}

var (
	asksMoney = regexp.MustCompile(`(?i)\b(refund|pay|money|compensat\w+|reimburse)\b|退款|退钱|赔|钱`)
	// An ID card, a card or a phone number that is not the order's. The person's own
	// don't belong into a chat either.
	personal = regexp.MustCompile(`\b[1-9]\d{16}[\dXx]\b|\b1[3-9]\d{9}\b|(?:\+44|\b0)7\d{3}[ ]?\d{6}\b|\b(?:\d{4}[ -]){3}\d{4}\b`)
	hurried  = regexp.MustCompile(`(?i)\b(within (an|one|the|two|2|1) hours?|in the next hour|immediately or|right now or)\b|一小时内|1小时内|马上退|立刻马上|今天之内必须`)
	mark     = regexp.MustCompile(`[!！]{2,}`)
)

// stops end a sentence. A Chinese comma does too: what stands between two is a
// sentence of its own there.
const stops = ".!?。！？，\n"

// sentences cuts a text behind its stops; nothing of it is lost.
func sentences(text string) (all []string) {
	from := 0
	for i, x := range text {
		if strings.ContainsRune(stops, x) {
			end := i + len(string(x))
			if next, _ := utf8.DecodeRuneInString(text[end:]); end < len(text) && strings.ContainsRune(stops, next) {
				continue
			}
			if x == '.' && end < len(text) && text[end] != ' ' && text[end] != '\n' { // 40.00, a shop's address
				continue
			}
			all = append(all, text[from:end])
			from = end
		}
	}
	if from < len(text) {
		all = append(all, text[from:])
	}
	return all
}

// shouts tells capitals and heaps of exclamation marks.
func shouts(s string) bool {
	upper, letters := 0, 0
	for _, x := range s {
		if unicode.IsLetter(x) && x < 0x250 {
			letters++
			if unicode.IsUpper(x) {
				upper++
			}
		}
	}
	return letters > 12 && upper*10 > letters*7 || mark.MatchString(s)
}

// quiet takes the shouting out.
func quiet(s string) string {
	s = mark.ReplaceAllStringFunc(s, func(m string) string {
		if strings.HasPrefix(m, "！") {
			return "。"
		}
		return "."
	})
	upper := 0
	for _, x := range s {
		if unicode.IsUpper(x) {
			upper++
		}
	}
	if upper*2 < len([]rune(s)) {
		return s
	}
	lower := []rune(strings.ToLower(s))
	for i, x := range lower {
		if unicode.IsLetter(x) {
			lower[i] = unicode.ToUpper(x)
			break
		}
	}
	return string(lower)
}

// measure is how many times the price a demand may be before it is said what the
// rule gives. Three: the most that any of the three countries' general rules
// gives a buyer on top of the price (China, for fraud: 消费者权益保护法第五十五条).
const measure = "3"

// beyond tells that a sum is more than measure times the price. Unsafe goods have
// rules of their own.
func (t *turn) beyond(m Money) bool {
	sum, ok := m.Amount()
	price, known := t.c.Amount.Amount()
	if !ok || !known || sum.CurrencyCode() != price.CurrencyCode() || slices.Contains(t.c.Kinds, "unsafe") {
		return false
	}
	most, err := price.Mul(measure)
	if err != nil {
		return false
	}
	more, err := sum.Cmp(most)
	return err == nil && more > 0
}

// lintText says what was found and why, with the country's own warning and its
// source where it has one.
func (t *turn) lintText(found []finding, calmer string) []Span {
	parts := [][]Span{t.w.spans("lint.head")}
	var said []string
	for _, f := range found {
		parts = append(parts, lines([]Span{{Text: f.words, Style: "italic"}}, t.w.spans("lint."+f.id)))
		for _, a := range t.law().Danger {
			if a.Usable() && slices.Contains(a.Own, f.id) && !slices.Contains(said, a.ID) {
				said = append(said, a.ID)
				parts = append(parts, t.w.spans("rule.line", "rule", a.Text.In(t.p.Language), "source", t.source(a.Origin)))
			}
		}
		if f.id == "measure" {
			parts = append(parts, t.given())
		}
	}
	if calmer != "" {
		parts = append(parts, t.w.spans("lint.calmer"), foreign(calmer))
	}
	return paragraphs(parts...)
}

// given is what the strongest rule gives, with its source.
func (t *turn) given() []Span {
	r := t.rights()
	if len(r) == 0 {
		return nil
	}
	return t.w.spans("rule.line", "rule", r[0].Rule.In(t.p.Language), "source", t.source(r[0].Origin))
}

// lintStep stands between the person's own wording and the letter.
func lintStep() *step {
	return &step{
		name:  "letter.lint",
		exits: map[string]string{"fine": "letter.ready", "calmer": "letter.ready", "mine": "letter.ready", "again": "letter.own", "sleep": "waiting"},
		pass: func(t *turn) string {
			if l := t.c.merchant().draft(); l == nil || l.Own == "" {
				return "fine"
			} else if found, _ := t.lint(l.Own); len(found) == 0 {
				return "fine"
			}
			return ""
		},
		ask: func(t *turn) {
			found, calmer := t.lint(t.c.merchant().draft().Own)
			values := []string{"mine", "again", "sleep"}
			if calmer != "" {
				values = append([]string{"calmer"}, values...)
			}
			t.question(t.lintText(found, calmer), t.choices(1, values...)...)
		},
		hear: func(t *turn, h heard) string {
			switch h.value {
			case "calmer":
				l := t.c.merchant().draft()
				if _, calmer := t.lint(l.Own); calmer != "" {
					t.own(calmer)
				}
				t.note("own words", "took", "calmer")
				return "calmer"
			case "mine":
				t.note("own words", "took", "mine")
				return "mine"
			case "again":
				return "again"
			case "sleep":
				t.remind(Reminder{Kind: "later", Due: t.morning(t.today().AddDays(1))})
				t.first("lint.slept", "date", nearDate(t.today().AddDays(1), t.p.Language))
				return "sleep"
			}
			if len([]rune(h.text)) > 20 { // they wrote it anew
				t.own(h.text)
				t.enter("letter.lint")
				return ""
			}
			return t.unclear()
		},
	}
}
