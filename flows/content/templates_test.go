package content

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
)

// here is the content as it stands in the repository.
var here = os.DirFS(".")

func incidentsHere(t testing.TB) []*Incident {
	t.Helper()
	files, err := fs.Glob(here, "incidents/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("incidents: %d files, %v", len(files), err)
	}
	var list []*Incident
	for _, f := range files {
		data, err := fs.ReadFile(here, f)
		if err != nil {
			t.Fatal(err)
		}
		i := &Incident{}
		if err := yaml.NewDecoder(strings.NewReader(string(data)), yaml.Strict()).Decode(i); err != nil {
			t.Fatalf("%s: %v", f, err)
		}
		if want := strings.TrimSuffix(path.Base(f), ".yaml"); i.ID != want {
			t.Errorf("%s: id %q", f, i.ID)
		}
		list = append(list, i)
	}
	return list
}

func templatesHere(t testing.TB, dir string) Templates {
	t.Helper()
	x, problems := LoadTemplates(here, dir, "letters/parts")
	for _, p := range problems {
		t.Error(p)
	}
	return x
}

func statementsHere(t testing.TB) Templates {
	t.Helper()
	x, problems := ParseStatements(here, "letters/parts", incidentsHere(t))
	for _, p := range problems {
		t.Error(p)
	}
	return x
}

var (
	letterNames    = []string{"friendly", "friendly_short", "firm", "firm_short", "final", "final_short"}
	complaintNames = []string{
		"platform", "card", "gb_section75", "us_billing_error", "wallet", "bank_scam", "cn_12315", "cn_12315_report", "association", "regulator",
		"attorney_general", "against_bank", "data", "police", "mediation", "arbitration", "gb_court", "us_court", "cn_court", "withdrawal",
	}
)

func TestEveryTextIsThereAndPassesTheCheck(t *testing.T) {
	for dir, names := range map[string][]string{"letters": letterNames, "complaints": complaintNames} {
		x := templatesHere(t, dir)
		for _, n := range names {
			for _, l := range []string{"en", "zh-Hans"} {
				if x[n+"/"+l] == nil {
					t.Errorf("%s/%s/%s.txt is missing", dir, n, l)
				}
			}
		}
		for _, p := range CheckTemplates(x, dir) {
			t.Error(p)
		}
	}
	for _, p := range CheckTemplates(statementsHere(t), "statements") {
		t.Error(p)
	}
}

// The papers a person gets: every kind with every thing that may be asked for
// it, the kind's own statement in it, in all letters and complaints.
func TestEveryIncidentInEveryText(t *testing.T) {
	statements := statementsHere(t)
	for _, dir := range []string{"letters", "complaints"} {
		var papers []Paper
		for _, s := range []sample{english, chinese} {
			minimal := s.papers()[1]
			for _, incident := range incidentsHere(t) {
				for _, want := range incident.Wants {
					for _, p := range []Paper{s.full, minimal} {
						p.Kinds, p.Wants, p.Demand = []string{incident.ID}, []string{want}, s.demands[want]
						p.Never = incident.ID == "not_delivered"
						if dir == "complaints" {
							p.Body = s.body
						}
						told, err := statements.Statements(p.Language, p)
						if err != nil || len(told) != 1 {
							t.Fatalf("%s: statement %q, %v", incident.ID, told, err)
						}
						p.Statement = told
						papers = append(papers, p)
					}
				}
			}
		}
		for _, problem := range CheckWith(templatesHere(t, dir), dir, papers) {
			t.Error(problem)
		}
	}
}

func TestIncidents(t *testing.T) {
	names := map[string]Text{}
	orders := map[int]string{}
	for _, i := range incidentsHere(t) {
		if orders[i.Order] != "" {
			t.Errorf("%s and %s have the same order", i.ID, orders[i.Order])
		}
		orders[i.Order] = i.ID
		if n := len(i.Checklist); n < 5 || n > 9 {
			t.Errorf("%s: %d lines in the checklist", i.ID, n)
		}
		for _, a := range i.Asks {
			if !slices.Contains(Facts, a) {
				t.Errorf("%s asks %q", i.ID, a)
			}
		}
		for _, w := range i.Wants {
			if !slices.Contains(Wants, w) {
				t.Errorf("%s wants %q", i.ID, w)
			}
		}
		for _, p := range i.Checklist {
			if first, ok := names[p.ID]; !ok {
				names[p.ID] = p.Name
			} else if fmt.Sprint(first) != fmt.Sprint(p.Name) {
				t.Errorf("%s: %s is called %v, elsewhere %v", i.ID, p.ID, p.Name, first)
			}
		}
		for _, l := range []string{"en", "zh-Hans"} {
			if n := utf8.RuneCountInString(i.Name[l]); n == 0 || n > 30 {
				t.Errorf("%s: name in %s has %d characters", i.ID, l, n)
			}
		}
	}
	if !slices.Equal(sampleKinds, sortedLike(sampleKinds, orders)) {
		t.Errorf("samples know %v, the content %v", sampleKinds, orders)
	}
}

// sortedLike gives the kinds the content has, in the samples' order, strangers last.
func sortedLike(like []string, have map[int]string) []string {
	var list []string
	for _, k := range like {
		for _, h := range have {
			if h == k {
				list = append(list, k)
			}
		}
	}
	for _, h := range have {
		if !slices.Contains(like, h) {
			list = append(list, h)
		}
	}
	return list
}

// A misspelt kind or checklist line is no error to a template: it would stay silent.
func TestNamesInTheTextsExist(t *testing.T) {
	kinds, proofs := map[string]bool{}, map[string]bool{}
	var texts []string
	for _, i := range incidentsHere(t) {
		kinds[i.ID] = true
		for _, p := range i.Checklist {
			proofs[p.ID] = true
		}
		for _, s := range i.Statement {
			texts = append(texts, s)
		}
	}
	files, err := fs.Glob(here, "*/*/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, f := range files {
		data, err := fs.ReadFile(here, f)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(data))
	}
	for name, known := range map[string]map[string]bool{"Is": kinds, "See": proofs, "eq $k": kinds} {
		list := regexp.MustCompile(regexp.QuoteMeta(name) + `((?: "[a-z_]+")+)`)
		found := 0
		for _, text := range texts {
			for _, m := range list.FindAllStringSubmatch(text, -1) {
				for _, id := range strings.Fields(m[1]) {
					found++
					if id = strings.Trim(id, `"`); !known[id] {
						t.Errorf("%s %q: there is no such id", name, id)
					}
				}
			}
		}
		if found == 0 {
			t.Errorf("no text uses %s: the test looks for the wrong words", name)
		}
	}
}

// A statement says nothing of the other side's crimes and reads as the voice
// asks: to the merchant "you", to a body "the shop".
func TestStatementsSpeakToTheirReader(t *testing.T) {
	statements := statementsHere(t)
	for _, kind := range []string{"abuse", "blackmail"} {
		p := Paper{Kinds: []string{kind}}
		letter, _ := statements.Fill(kind, "en", p)
		p.Body = "Police"
		complaint, _ := statements.Fill(kind, "en", p)
		if !strings.Contains(letter, "from your side") || strings.Contains(complaint, "you") || !strings.Contains(complaint, "as far as I can tell") {
			t.Errorf("%s: %q / %q", kind, letter, complaint)
		}
	}
	for key := range statements {
		kind, language, _ := strings.Cut(key, "/")
		for _, body := range []string{"", "B"} {
			s, err := statements.Fill(kind, language, Paper{Body: body})
			if err != nil {
				t.Fatal(err)
			}
			if n := utf8.RuneCountInString(firstSentence(s)); n > 120 {
				t.Errorf("%s: the first sentence has %d characters: %s", key, n, s)
			}
		}
	}
}

func TestALetterAsTheVoiceAsks(t *testing.T) {
	p := english.full
	p.Shop, p.Order, p.Product, p.Amount, p.Payment = "LampLand", "48213", "one desk lamp", "£40.00", "by card"
	p.Delivered, p.Discovered, p.Never, p.Promised, p.Said, p.Platform = "", "", true, "", "", ""
	p.Problem = ""
	p.Demand, p.Rights = "deliver the lamp or repay £40.00 to the card I paid with", p.Rights[:1]
	p.Salutation = "Dear LampLand,"
	p.Earlier, p.Answer = []Sent{{Date: "20 February 2026", Exhibit: 3}}, "none"
	told, err := statementsHere(t).Statements("en", p)
	if err != nil {
		t.Fatal(err)
	}
	p.Statement = told
	got, err := templatesHere(t, "letters").Fill("firm", "en", p)
	if err != nil {
		t.Fatal(err)
	}
	const want = `Order 48213: not delivered

Dear LampLand,

On 1 February 2026 I placed order 48213 (one desk lamp) with your shop and paid £40.00 by card (Exhibit 1). The order has not arrived; delivery was expected by 8 February 2026 (Exhibit 2).

I wrote to you on 20 February 2026 (Exhibit 3). I have had no answer.

Under section 28 of the Consumer Rights Act 2015, goods must be delivered by the agreed time, and within 30 days where none was agreed.

Please deliver the lamp or repay £40.00 to the card I paid with by 17 March 2026.

If this has not been done by then, I will use the routes open to me, including my card provider and, if needed, the county court.

I have kept the records and can send you copies. Please answer in writing.

Yours faithfully,
[your name]
3 March 2026`
	if got != want {
		t.Errorf("got\n%s\n\nwant\n%s", got, want)
	}
}

// What was not done is not claimed, and what is not known leaves no trace.
func TestNothingIsClaimedThatWasNotDone(t *testing.T) {
	letters := templatesHere(t, "letters")
	for _, name := range letterNames {
		for _, s := range []sample{english, chinese} {
			text, err := letters.Fill(name, s.full.Language, s.full)
			if err != nil {
				t.Fatal(err)
			}
			for _, words := range []string{"I wrote", "no answer", "refused", "联系", "至今没有收到答复", "拒绝"} {
				if strings.Contains(text, words) {
					t.Errorf("%s in a first letter: %q", name, words)
				}
			}
			p := s.full
			p.Earlier, p.Answer, p.Answered = []Sent{{Date: s.dates[0]}}, "none", ""
			if text, _ = letters.Fill(name, s.full.Language, p); !strings.Contains(text, s.dates[0]) {
				t.Errorf("%s does not say when the earlier message was sent", name)
			}
			p.Exhibits = nil
			text, _ = letters.Fill(name, s.full.Language, p)
			for _, words := range []string{"records", "凭证"} {
				if strings.Contains(text, words) {
					t.Errorf("%s without exhibits: %q", name, words)
				}
			}
		}
	}
}

// A report of a violation asks for no money, and the police are told nothing of a refund.
func TestReportsAskForNoMoney(t *testing.T) {
	complaints := templatesHere(t, "complaints")
	for _, name := range []string{"cn_12315_report", "police", "regulator"} {
		for _, s := range []sample{english, chinese} {
			p := s.full
			p.Body = s.body
			text, err := complaints.Fill(name, s.full.Language, p)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(text, p.Demand) {
				t.Errorf("%s in %s asks: %s", name, s.full.Language, p.Demand)
			}
		}
	}
}

func TestWithdrawalNamesItsComplaint(t *testing.T) {
	complaints := templatesHere(t, "complaints")
	p := english.full
	p.Body = english.body
	p.Filed = []Sent{{To: "Somebody else", Date: "1 May 2026", Reference: "X"}, {To: english.body, Date: "2 May 2026", Reference: "C-1"}}
	text, err := complaints.Fill("withdrawal", "en", p)
	if err != nil || !strings.Contains(text, "Complaint of 2 May 2026, reference C-1") || strings.Contains(text, "1 May") || strings.Contains(text, "[date]") {
		t.Errorf("%v\n%s", err, text)
	}
	p.Filed = nil
	if text, _ = complaints.Fill("withdrawal", "en", p); !strings.Contains(text, "[date]") {
		t.Errorf("nothing to fill in:\n%s", text)
	}
}

func TestFields(t *testing.T) {
	got := Fields("Before\n\n## One\na\n\nb\n## Two\n\nc\n")
	want := []Field{{"", "Before"}, {"One", "a\n\nb"}, {"Two", "c"}}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	if got := Fields("only"); !slices.Equal(got, []Field{{"", "only"}}) {
		t.Errorf("%q", got)
	}
}

func TestFill(t *testing.T) {
	fsys := fstest.MapFS{
		"parts/en.txt":      {Data: []byte(`{{define "x"}}part{{end}}`)},
		"parts/zh-Hans.txt": {Data: []byte(`{{define "x"}}段{{end}}`)},
		"l/a/en.txt":        {Data: []byte("{{- /* c */ -}}\n\n a \r\n\n\n\nb{{template \"x\" .}} ({{.Product}}){{.See \"photos\"}}. {{sentences .Statement}} {{first .Statement}}{{quote .Said}}\n")},
		"l/a/zh-Hans.txt":   {Data: []byte("{{template \"x\" .}}（{{.Product}}）{{.See \"photos\"}}{{sentences .Statement}}{{first .Statement}}")},
		"l/README.md":       {Data: []byte("{{")},
	}
	x, problems := LoadTemplates(fsys, "l", "parts")
	if len(problems) > 0 || len(x) != 2 {
		t.Fatal(x, problems)
	}
	p := Paper{Product: "lamp", Statement: []string{"It broke on v. 2 of 5.6. Then more.", "B."}, Said: ` he said "no". `, Exhibits: []Exhibit{{Number: 4, Proofs: []string{"photos"}}, {Number: 5, Proofs: []string{"photos"}}}}
	got, err := x.Fill("a", "en", p)
	if want := "a\n\nbpart (lamp; Exhibits 4 and 5). It broke on v. 2 of 5.6. Then more. B. It broke on v.“he said 'no'”"; got != want || err != nil {
		t.Errorf("%q %v", got, err)
	}
	p.Statement = []string{"一。二。", "三。"}
	got, err = x.Fill("a", "zh-Hans", p)
	if want := "段（lamp，见证据4、5）一。二。三。一。"; got != want || err != nil {
		t.Errorf("%q %v", got, err)
	}
	if _, err := x.Fill("a", "de", p); err == nil {
		t.Error("a language nobody wrote")
	}
}

// Each mistake a lawyer or translator may make is found, and told with its file.
func TestMistakesAreFound(t *testing.T) {
	const good = "Please {{or .Demand `answer`}} by {{.By}}. {{.You}}"
	const parts = `{{define "p"}}x{{end}}`
	for _, c := range []struct {
		name, text, rule string
		line             int
		kind, file       string
	}{
		{name: "unclosed", text: "a\nb {{if .Order}} c", rule: "unexpected EOF", line: 2},
		{name: "unknown field", text: "a\n{{if .Never}}{{.Ordred}}{{end}}" + good, rule: "there is no field Ordred", line: 2},
		{name: "unknown field of a message", text: "{{range $s := .Earlier}}{{$s.When}}{{end}}" + good, rule: "there is no field When", line: 1},
		{name: "unknown part", text: "\n\n{{if .Never}}{{template \"q\" .}}{{end}}" + good, rule: `there is no part "q"`, line: 3},
		{name: "unknown function", text: "{{money .Amount}}" + good, rule: `function "money" not defined`, line: 1},
		{name: "fails while filling", text: "a\n{{index .Rights 7}} " + good, rule: "index out of range", line: 2},
		{name: "missing value", text: good + " <no value>", rule: "a value is missing"},
		{name: "brackets left", text: good + " {{`{{`}}.Order}}", rule: "curly brackets are left"},
		{name: "two spaces", text: "On {{.Platform}} I. " + good, rule: "two spaces"},
		{name: "space before", text: good + " I bought {{.Product}}.", rule: "space before a punctuation mark"},
		{name: "space after bracket", text: good + " ({{.Product}} new)", rule: "space after an opening bracket"},
		{name: "empty brackets", text: good + " It ({{.Order}}) is.", rule: "empty brackets"},
		{name: "stray comma", text: good + " By card,{{.Payment}}.", rule: "punctuation marks that don't belong together"},
		{name: "double stop", text: good + " So{{with .Order}} {{.}}.{{else}}.{{end}}.", rule: "punctuation marks that don't belong together"},
		{name: "line begins", text: good + "\n{{.Order}}, it is.", rule: "a line begins with a punctuation mark"},
		{name: "exclamation", text: good + " Now!", rule: "exclamation mark"},
		{name: "no date", text: "Please {{.Demand}}.", rule: "the date to answer by is missing"},
		{name: "no demand", text: "By {{.By}}.", rule: "what is asked for is missing"},
		{name: "nothing", text: "{{with .Order}}{{.}}{{end}}", rule: "the text is empty"},
		{name: "too long", text: good + strings.Repeat(" word", 100), rule: "too long for a short form", file: "x_short"},
		{name: "promise", text: good + " You are guaranteed a refund.", rule: "words that promise, threaten or accuse"},
		{name: "exposure", text: good + " Else I go public.", rule: "words that promise, threaten or accuse"},
		{name: "exposure 2", text: good + " I will post this everywhere.", rule: "words that promise, threaten or accuse"},
		{name: "or else", text: good + " Or else.", rule: "words that promise, threaten or accuse"},
		{name: "accusation", text: good + " You scammers.", rule: "words that promise, threaten or accuse"},
		{name: "police in a letter", text: good + " I will inform the police.", rule: "words that promise, threaten or accuse"},
		{name: "police in a complaint is fine", text: good + " I told the police.", kind: "complaints"},
		{name: "empty field", text: "## A\n{{.Order}}\n## B\n" + good, rule: "a field without text", kind: "complaints"},
		{name: "half a sentence", text: "It broke", rule: "no whole sentence", kind: "statements"},
		{name: "good", text: good + `{{template "p" .}}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir, file := "letters", "x"
			if c.kind == "complaints" {
				dir = c.kind
			}
			if c.file != "" {
				file = c.file
			}
			name := dir + "/" + file + "/en.txt"
			x, problems := LoadTemplates(fstest.MapFS{"letters/parts/en.txt": {Data: []byte(parts)}, name: {Data: []byte(c.text)}}, dir, "letters/parts")
			kind := dir
			if c.kind != "" {
				kind = c.kind
			}
			if kind == "statements" {
				name = "incidents/x.yaml"
			}
			problems = append(problems, CheckTemplates(x, kind)...)
			if c.rule == "" {
				for _, p := range problems {
					t.Error(p)
				}
				return
			}
			for _, p := range problems {
				if strings.Contains(p.What, c.rule) && p.File == name && p.Line == c.line {
					return
				}
			}
			t.Errorf("%q line %d not found in %v", c.rule, c.line, problems)
		})
	}
}

func TestChineseMistakesAreFound(t *testing.T) {
	const good = "请于{{.By}}前{{or .Demand `答复`}}。"
	for text, rule := range map[string]string{
		"您好,请看。" + good:                 "half-width punctuation in Chinese",
		good + "（{{.Order}}）":           "empty brackets",
		good + "，{{.Product}}。":         "punctuation marks that don't belong together",
		good + "我将在网上公开此事。":             "words that promise, threaten or accuse",
		good + "我会曝光。":                  "words that promise, threaten or accuse",
		good + "我一定胜诉。":                 "words that promise, threaten or accuse",
		good + "否则后果自负。":                "words that promise, threaten or accuse",
		good + "我会报警。":                  "words that promise, threaten or accuse",
		good + "你们是骗子。":                 "words that promise, threaten or accuse",
		good + "请看 。":                   "space before a punctuation mark",
		good + "快点！":                    "exclamation mark",
		good + strings.Repeat("字", 500): "too long for a short form",
	} {
		x, problems := LoadTemplates(fstest.MapFS{"p/zh-Hans.txt": {Data: []byte("x")}, "letters/a_short/zh-Hans.txt": {Data: []byte(text)}}, "letters", "p")
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		found := CheckTemplates(x, "letters")
		if !slices.ContainsFunc(found, func(p Problem) bool { return strings.Contains(p.What, rule) }) {
			t.Errorf("%s: %q not found in %v", text[:min(60, len(text))], rule, found)
		}
	}
	x, _ := LoadTemplates(fstest.MapFS{"p/zh-Hans.txt": {Data: []byte("x")}, "letters/a_short/zh-Hans.txt": {Data: []byte(good)}}, "letters", "p")
	for _, p := range CheckTemplates(x, "letters") {
		t.Error(p)
	}
}

func TestAMissingLanguageIsFound(t *testing.T) {
	_, problems := LoadTemplates(fstest.MapFS{
		"letters/parts/en.txt":      {Data: []byte("x")},
		"letters/parts/zh-Hans.txt": {Data: []byte("x")},
		"letters/a/en.txt":          {Data: []byte("x")},
		"letters/a/zh-Hans.txt":     {Data: []byte("x")},
		"letters/b/en.txt":          {Data: []byte("x")},
		"letters/b/de.txt":          {Data: []byte("x")},
	}, "letters", "letters/parts")
	var files []string
	for _, p := range problems {
		files = append(files, p.File)
	}
	want := []string{"letters/a/de.txt", "letters/b/zh-Hans.txt", "letters/parts/de.txt"}
	if !slices.Equal(files, want) {
		t.Errorf("%v, want %v", files, want)
	}
}

func TestAMistakeInThePartsIsFoundInTheirFile(t *testing.T) {
	for text, want := range map[string]string{
		"a\n{{define \"x\"}}{{.Nobody}}{{end}}":                 "letters/parts/en.txt:2: there is no field Nobody",
		"{{define \"x\"}}{{template \"y\" .}}{{end}}":           `letters/parts/en.txt:1: there is no part "y"`,
		"\n\n{{define \"x\"}}{{if .Order}}no end":               "letters/parts/en.txt:3: unexpected EOF",
		"{{define \"x\"}}{{.You | shout}}{{end}}":               `letters/parts/en.txt:1: function "shout" not defined`,
		"{{define \"x\"}}{{with .Order}}{{$.Yu}}{{end}}{{end}}": "letters/parts/en.txt:1: there is no field Yu",
	} {
		_, problems := LoadTemplates(fstest.MapFS{"letters/parts/en.txt": {Data: []byte(text)}, "letters/a/en.txt": {Data: []byte("x")}}, "letters", "letters/parts")
		if !slices.ContainsFunc(problems, func(p Problem) bool { return strings.HasPrefix(p.String(), want) }) {
			t.Errorf("%q: %v", text, problems)
		}
	}
}

func TestAPartThatFailsIsFoundInItsFile(t *testing.T) {
	x, problems := LoadTemplates(fstest.MapFS{
		"letters/parts/en.txt": {Data: []byte("\n{{define \"x\"}}{{index .Rights 9}}{{end}}")},
		"letters/a/en.txt":     {Data: []byte("{{.By}} {{.Demand}} {{template \"x\" .}}")},
	}, "letters", "letters/parts")
	problems = append(problems, CheckTemplates(x, "letters")...)
	if len(problems) != 1 || problems[0].File != "letters/parts/en.txt" || problems[0].Line != 2 {
		t.Error(problems)
	}
}

func TestAMistakeInAStatementIsFound(t *testing.T) {
	parts := fstest.MapFS{"letters/parts/en.txt": {Data: []byte("x")}}
	for text, want := range map[string]string{
		"It {{.Brok}}.":  "there is no field Brok",
		"It {{if .Order": "unclosed action",
	} {
		_, problems := ParseStatements(parts, "letters/parts", []*Incident{{ID: "a", Statement: Text{"en": text}}})
		if len(problems) != 1 || problems[0].File != "incidents/a.yaml" || !strings.Contains(problems[0].What, want) || !strings.Contains(problems[0].What, "en, its line 1") {
			t.Errorf("%q: %v", text, problems)
		}
	}
}

// The words of a person or a merchant are never code and never break a text.
func TestStrangeWordsStayWords(t *testing.T) {
	letters := templatesHere(t, "letters")
	p := english.full
	p.Said = `{{.You}} <no value> ## Field {{template "x"}}`
	text, err := letters.Fill("firm", "en", p)
	if err != nil || !strings.Contains(text, `{{.You}} <no value> ## Field {{template 'x'}}`) {
		t.Errorf("%v\n%s", err, text)
	}
	complaints := templatesHere(t, "complaints")
	before, _ := complaints.Fill("card", "en", english.full)
	p.Body = english.body
	after, _ := complaints.Fill("card", "en", p)
	if len(Fields(before)) != len(Fields(after)) {
		t.Errorf("somebody's words made a field:\n%s", after)
	}
}

// Checking runs at every start of the program.
func BenchmarkCheck(b *testing.B) {
	x, _ := LoadTemplates(here, "letters", "letters/parts")
	for b.Loop() {
		CheckTemplates(x, "letters")
	}
}
