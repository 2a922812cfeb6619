package flows

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"recourse/flows/reading"
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
	x := t.readingContext()
	sums := t.g.content.Reader.Amounts(text, x)
	asked := len(sums) > 0 || asksMoney.MatchString(text)
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
		for _, a := range t.g.content.Reader.Amounts(s, x) {
			bad = bad || t.beyond(MoneyOf(a)) // told below, of the whole
		}
		if t.passed(s, x) {
			add("deadline", s)
			bad = true
		}
		if !bad {
			kept = append(kept, s)
		} else if n := len(kept); n > 0 && condition.MatchString(kept[n-1]) {
			kept = kept[:n-1] // "If I get no refund," of what is gone
		}
	}
	for _, a := range sums {
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
	if utf8.RuneCountInString(calmer) < short {
		calmer = ""
	}
	if d := t.claim(); asked && d != "" && !asksMoney.MatchString(calmer) {
		// The request stood in a sentence with something else: it is said by itself.
		calmer = strings.TrimSpace(calmer + t.w.text("lint.request", "demand", d, "date", longDate(t.answerBy(), t.p.Language)))
	}
	if utf8.RuneCountInString(calmer) < short || calmer == strings.TrimSpace(text) {
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
	personal = regexp.MustCompile(`(?i:\b(?:he|she|who|they|manager|owner|boss) (?:lives?|is living) (?:at|in|on)\b|\blives (?:at|on)\b)|(?:老板|店主|客服|经理|负责人|他|她)[^，。！？我]{0,12}(?:住在|家住|住址)|身份证号|\b[1-9]\d{16}[\dXx]\b|\b1[3-9]\d{9}\b|(?:\+44|\b0)7\d{3}[ ]?\d{6}\b|\b(?:\d{4}[ -]){3}\d{4}\b`)
	// What a demand hangs on, where the demand itself is left out.
	condition = regexp.MustCompile(`(?i)^\s*(?:if|unless|should|as long as)\b[^.!?]*,$|^[^，]*(?:不|没)[^，]{0,6}(?:退|赔|给|还|付|处理|解决|回复)[^，]{0,6}，$|^(?:如果|要是|假如|若|否则|不然|再不)[^，]*，$`)
	due       = regexp.MustCompile(`(?i)\b(?:by|before|until|no later than|deadline is)\s+(.{3,24})|(.{3,14}?)(?:之前|以前|前)`)
	asks      = regexp.MustCompile(`(?i)\b(?:please|must|refund me|repay|pay me|want|demand|expect)\b|请|必须|要求|给我|退款|退钱|赔`)
	said      = regexp.MustCompile(`(?i)\b(?:confirmed|promised|said|agreed|told|offered|announced|was due|should have)\b|承诺|答应|说过|说好|应该|本应|原定|保证`)
	mark      = regexp.MustCompile(`[!！]{2,}`)
)

// claim is what the person asks for, in words that follow "please"; the price,
// where they have not said. A sum out of measure is not said again.
func (t *turn) claim() string {
	if was := t.c.WantAmount; t.beyond(was) {
		t.c.WantAmount = Money{}
		defer func() { t.c.WantAmount = was }()
	}
	if d := t.demand(t.w); d != "" {
		return d
	}
	if t.c.Amount.Number != "" {
		return t.w.text("demand.refund.sum", "amount", money(t.c.Amount, t.p.Language))
	}
	return t.w.text("demand.refund")
}

// passed tells that a sentence asks for something by a day that is over, or by
// today. A day they named themselves is told, not asked for.
func (t *turn) passed(s string, x reading.Context) bool {
	if !asks.MatchString(s) || said.MatchString(s) {
		return false
	}
	x.After = t.today()
	for _, m := range due.FindAllStringSubmatch(s, 4) {
		days := t.g.content.Reader.Dates(m[1]+m[2], x)
		if len(days) == 1 && !days[0].After(t.today()) {
			return true
		}
	}
	return false
}

// short is a text with fewer characters than say anything.
const short = 15

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
// rule gives. Four: the price back and three times the price on top, the most that
// any of the three countries' general rules gives a buyer (China, for fraud:
// 消费者权益保护法第五十五条).
const measure = "4"

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
