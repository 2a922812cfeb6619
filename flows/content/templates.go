package content

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"reflect"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"text/template"
	"text/template/parse"
	"unicode/utf8"
)

// Templates are parsed texts: "<name>/<language>" → template, filled from a
// Paper. Letters, complaints and the incidents' statements are all Templates.
type Templates map[string]*template.Template

// ShortLimit is how many characters a short form may have: it has to fit into
// one message of a shop's chat window.
const ShortLimit = 500

// Extension of the files with letters, complaints and their shared parts.
const extension = ".txt"

// LoadTemplates reads <dir>/<name>/<language>.txt together with the shared
// parts in <parts>/<language>.txt. What can't be used is left out and told as a
// Problem; a name that lacks a language other names have is one too.
func LoadTemplates(fsys fs.FS, dir, parts string) (Templates, []Problem) {
	shared, problems := loadParts(fsys, parts)
	found := Templates{}
	entries, err := fs.ReadDir(fsys, dir)
	if err != nil {
		return found, append(problems, Problem{File: dir, What: "the folder can't be read", Hint: err.Error()})
	}
	languages := map[string]bool{}
	for l := range shared {
		languages[l] = true
	}
	has := map[string]map[string]bool{} // name → languages, also those with mistakes
	for _, e := range entries {
		folder := path.Join(dir, e.Name())
		if !e.IsDir() || folder == path.Clean(parts) {
			continue
		}
		has[e.Name()] = map[string]bool{}
		files, err := fs.ReadDir(fsys, folder)
		if err != nil {
			problems = append(problems, Problem{File: folder, What: "the folder can't be read", Hint: err.Error()})
			continue
		}
		for _, f := range files {
			language, ok := strings.CutSuffix(f.Name(), extension)
			if !ok || f.IsDir() {
				continue
			}
			file := path.Join(folder, f.Name())
			languages[language] = true
			has[e.Name()][language] = true
			text, err := fs.ReadFile(fsys, file)
			if err != nil {
				problems = append(problems, Problem{File: file, What: "the file can't be read", Hint: err.Error()})
				continue
			}
			t, mistakes := compile(shared[language], language, file, string(text))
			problems = append(problems, mistakes...)
			if t != nil {
				found[e.Name()+"/"+language] = t
			}
		}
	}
	for _, name := range sortedKeys(has) {
		for _, language := range sortedKeys(languages) {
			if !has[name][language] {
				problems = append(problems, Problem{
					File: path.Join(dir, name, language+extension), What: "this language is missing here",
					Hint: "other texts have it: translate " + name + " from the file beside it",
				})
			}
		}
	}
	for _, language := range sortedKeys(languages) {
		if shared[language] == nil {
			problems = append(problems, Problem{
				File: path.Join(parts, language+extension), What: "the shared parts are missing in this language",
				Hint: "translate them from " + path.Join(parts, "en"+extension),
			})
		}
	}
	return found, problems
}

// ParseStatements compiles the statement of every incident, once for each
// language, with the same shared parts as the letters: "<incident>/<language>".
func ParseStatements(fsys fs.FS, parts string, incidents []*Incident) (Templates, []Problem) {
	shared, problems := loadParts(fsys, parts)
	found := Templates{}
	for _, i := range incidents {
		for _, language := range sortedKeys(i.Statement) {
			// A line here would count from the statement, not from the file, so it
			// goes into the words instead.
			file := "incidents/" + i.ID + ".yaml"
			t, mistakes := compile(shared[language], language, file, i.Statement[language])
			for _, m := range mistakes {
				m.What = fmt.Sprintf("statement, %s, its line %d: %s", language, m.Line, m.What)
				m.Line = 0
				problems = append(problems, m)
			}
			if t != nil {
				found[i.ID+"/"+language] = t
			}
		}
	}
	return found, problems
}

// Fill fills one text. It trims it, leaves at most one empty line between two
// paragraphs and no space at the end of a line.
func (t Templates) Fill(name, language string, p Paper) (string, error) {
	x, ok := t[name+"/"+language]
	if !ok {
		return "", fmt.Errorf("no text %s in %s", name, language)
	}
	p.Language = language // marks of exhibits follow the text they stand in
	var b strings.Builder
	if err := x.Execute(&b, p); err != nil {
		return "", fmt.Errorf("fill %s in %s: %w", name, language, err)
	}
	return tidy(b.String()), nil
}

// Statements tells what happened, one text for each kind of the paper, in its
// order: what a Paper's Statement is set to. Kinds without a statement are
// passed over.
func (t Templates) Statements(language string, p Paper) ([]string, error) {
	var told []string
	for _, k := range p.Kinds {
		if t[k+"/"+language] == nil {
			continue
		}
		s, err := t.Fill(k, language, p)
		if err != nil {
			return nil, err
		}
		if s != "" && !slices.Contains(told, s) {
			told = append(told, s)
		}
	}
	return told, nil
}

// Field is a part of a complaint that goes into one field of a body's form.
type Field struct {
	Name string // empty for what stands before the first heading
	Text string
}

// Fields cuts a filled complaint at its headings, the lines "## Name".
func Fields(complaint string) []Field {
	var fields []Field
	now := Field{}
	keep := func() {
		now.Text = strings.TrimSpace(now.Text)
		if now.Name != "" || now.Text != "" {
			fields = append(fields, now)
		}
	}
	for _, line := range strings.Split(complaint, "\n") {
		if name, ok := strings.CutPrefix(line, "## "); ok {
			keep()
			now = Field{Name: strings.TrimSpace(name)}
			continue
		}
		now.Text += line + "\n"
	}
	keep()
	return fields
}

var (
	spacesAtEnd  = regexp.MustCompile(`[ \t]+\n`)
	manyNewlines = regexp.MustCompile(`\n{3,}`)
	// An exhibit named right after another bracket shares it.
	brackets = strings.NewReplacer(") (Exhibit", "; Exhibit", "）（见证据", "，见证据")
)

func tidy(s string) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	s = spacesAtEnd.ReplaceAllString(s+"\n", "\n")
	s = manyNewlines.ReplaceAllString(s, "\n\n")
	return strings.TrimSpace(brackets.Replace(s))
}

// loadParts reads the shared parts, language → template.
func loadParts(fsys fs.FS, dir string) (map[string]*template.Template, []Problem) {
	shared := map[string]*template.Template{}
	var problems []Problem
	files, err := fs.ReadDir(fsys, dir)
	if err != nil {
		return shared, []Problem{{File: dir, What: "the folder can't be read", Hint: err.Error()}}
	}
	for _, f := range files {
		language, ok := strings.CutSuffix(f.Name(), extension)
		if !ok || f.IsDir() {
			continue
		}
		file := path.Join(dir, f.Name())
		text, err := fs.ReadFile(fsys, file)
		if err != nil {
			problems = append(problems, Problem{File: file, What: "the file can't be read", Hint: err.Error()})
			continue
		}
		t, mistakes := compile(nil, language, file, string(text))
		problems = append(problems, mistakes...)
		if t != nil {
			shared[language] = t
		}
	}
	return shared, problems
}

// compile parses a text on top of the shared parts of its language and looks at
// every name in it, also in branches that no sample reaches.
func compile(shared *template.Template, language, file, text string) (*template.Template, []Problem) {
	t := template.New(file)
	if shared != nil {
		clone, err := shared.Clone()
		if err != nil {
			return nil, []Problem{{File: file, What: "the shared parts can't be used", Hint: err.Error()}}
		}
		t = clone.New(file)
	}
	t, err := t.Option("missingkey=error").Funcs(functions(language)).Parse(text)
	if err != nil {
		return nil, []Problem{mistake(file, err)}
	}
	if problems := unknownNames(t, file); len(problems) > 0 {
		return nil, problems
	}
	return t, nil
}

// functions are what a template can call besides the fields and methods of a
// Paper. They depend on the language only.
func functions(language string) template.FuncMap {
	return template.FuncMap{
		// sentences puts sentences after each other.
		"sentences": func(list []string) string { return strings.Join(list, gap(language)) },
		// first is the first sentence of the first text: what a short form tells.
		"first": func(list []string) string {
			if len(list) == 0 {
				return ""
			}
			return firstSentence(list[0])
		},
		// quote puts somebody's words in quotation marks, without their last full
		// stop: the sentence around them brings its own.
		"quote": func(words string) string { return quote(words) },
		// last tells whether an index is the last one of a list.
		"last": func(i int, list any) bool { return i == reflect.ValueOf(list).Len()-1 },
		// next is the number after an index: lists for people begin with 1.
		"next": func(i int) int { return i + 1 },
	}
}

// gap stands between two sentences.
func gap(language string) string {
	if strings.HasPrefix(language, "zh") || strings.HasPrefix(language, "ja") {
		return ""
	}
	return " "
}

// A full stop ends a sentence when a space or nothing follows; 。 always does.
var sentenceEnd = regexp.MustCompile(`\.(\s|$)|。`)

func firstSentence(s string) string {
	at := sentenceEnd.FindStringIndex(s)
	if at == nil {
		return s
	}
	return strings.TrimSpace(s[:at[1]])
}

var innerQuotes = strings.NewReplacer("“", "‘", "”", "’", `"`, "'")

func quote(words string) string {
	words = strings.TrimSpace(words)
	words = strings.TrimRight(words, ".。 ")
	if strings.HasPrefix(words, "“") && strings.HasSuffix(words, "”") && strings.Count(words, "“") == 1 {
		words = strings.TrimSuffix(strings.TrimPrefix(words, "“"), "”")
	}
	return "“" + innerQuotes.Replace(words) + "”"
}

// text/template names the file, the line and often the column before what it
// says.
var atLine = regexp.MustCompile(`^template: (.+?):(\d+)(?::\d+)?: (?s)(.*)$`)

// mistake tells what text/template found, at its line; a part that fails while
// a letter is filled is a mistake in the file of the parts.
func mistake(file string, err error) Problem {
	p := Problem{File: file, What: err.Error(), Hint: "look at the curly brackets {{ }} there"}
	if m := atLine.FindStringSubmatch(err.Error()); m != nil {
		p.File = m[1]
		p.Line, _ = strconv.Atoi(m[2])
		p.What = m[3]
	}
	return p
}

// known are the names that may follow a dot in a template.
var known = func() map[string]bool {
	names := map[string]bool{}
	for _, v := range []any{Paper{}, Sent{}, Exhibit{}} {
		t := reflect.TypeOf(v)
		for i := range t.NumField() {
			names[t.Field(i).Name] = true
		}
		for i := range t.NumMethod() {
			names[t.Method(i).Name] = true
		}
	}
	return names
}()

// unknownNames looks for fields and parts that don't exist. Executing finds
// them too, but only in the branches a sample reaches.
func unknownNames(t *template.Template, file string) []Problem {
	var problems []Problem
	if t.Tree == nil || t.Root == nil {
		return nil
	}
	tell := func(n parse.Node, what, hint string) {
		where, _ := t.ErrorContext(n)
		line := 0
		if m := regexp.MustCompile(`:(\d+):\d+$`).FindStringSubmatch(where); m != nil {
			line, _ = strconv.Atoi(m[1])
		}
		problems = append(problems, Problem{File: file, Line: line, What: what, Hint: hint})
	}
	field := func(n parse.Node, names []string) {
		for _, name := range names {
			if !known[name] {
				tell(n, "there is no field "+name, "the README of the folder lists the fields")
			}
		}
	}
	var walk func(n parse.Node)
	list := func(l *parse.ListNode) {
		if l != nil {
			for _, n := range l.Nodes {
				walk(n)
			}
		}
	}
	pipe := func(p *parse.PipeNode) {
		if p != nil {
			walk(p)
		}
	}
	branch := func(b *parse.BranchNode) {
		pipe(b.Pipe)
		list(b.List)
		list(b.ElseList)
	}
	walk = func(n parse.Node) {
		switch n := n.(type) {
		case *parse.ListNode:
			list(n)
		case *parse.ActionNode:
			pipe(n.Pipe)
		case *parse.PipeNode:
			for _, c := range n.Cmds {
				for _, a := range c.Args {
					walk(a)
				}
			}
		case *parse.FieldNode:
			field(n, n.Ident)
		case *parse.VariableNode:
			field(n, n.Ident[1:])
		case *parse.ChainNode:
			walk(n.Node)
			field(n, n.Field)
		case *parse.IfNode:
			branch(&n.BranchNode)
		case *parse.WithNode:
			branch(&n.BranchNode)
		case *parse.RangeNode:
			branch(&n.BranchNode)
		case *parse.TemplateNode:
			pipe(n.Pipe)
			if t.Lookup(n.Name) == nil {
				tell(n, "there is no part "+strconv.Quote(n.Name), "parts are written in letters/parts")
			}
		}
	}
	walk(t.Root)
	// The parts are looked at in the file that defines them, where they carry its
	// name as the name of their parse tree.
	for _, d := range t.Templates() {
		if d != t && d.Tree != nil && d.ParseName == t.Name() {
			walk(d.Root)
		}
	}
	return problems
}

// CheckTemplates fills every text with every sample and reports what must not
// reach a person. The kind is the folder: "letters", "complaints", or
// "statements" for those of the incidents.
func CheckTemplates(t Templates, kind string) []Problem {
	return CheckWith(t, kind, SamplePapers())
}

// CheckWith is CheckTemplates with papers of one's own. Papers are filled into
// the texts of their language; texts in a language without a paper get the
// English ones, so that a new language is looked at from its first day.
func CheckWith(t Templates, kind string, papers []Paper) []Problem {
	byLanguage := map[string][]Paper{}
	for _, p := range papers {
		byLanguage[p.Language] = append(byLanguage[p.Language], p)
	}
	var problems []Problem
	for _, key := range sortedKeys(t) {
		name, language, _ := strings.Cut(key, "/")
		samples := byLanguage[language]
		if samples == nil {
			samples = byLanguage["en"]
		}
		file := kind + "/" + key + extension
		if kind == "statements" {
			file = "incidents/" + name + ".yaml"
		}
		told := map[string]bool{} // each rule once a file: one mistake shows in every sample
		seen := map[string]bool{} // lines looked at: most are the same in every sample
		for _, p := range samples {
			switch kind {
			case "complaints":
				if p.Body == "" {
					p.Body = sampleBody(p.Language)
				}
			case "letters":
				p.Body = ""
			}
			text, err := t.Fill(name, language, p)
			if err != nil {
				m := mistake(file, errors.Unwrap(err))
				if kind == "statements" && m.File == file {
					m.Line = 0 // counted from the statement, not from the file
				}
				if !told["error"] {
					told["error"] = true
					problems = append(problems, m)
				}
				continue
			}
			look := func(rules []rule, text string) {
				for _, r := range rules {
					if told[r.name] {
						continue
					}
					if found := r.look(text, name, kind, language, p); found != "" {
						told[r.name] = true
						problems = append(problems, Problem{File: file, What: r.name + ": " + found, Hint: r.hint})
					}
				}
			}
			look(textRules, text)
			for _, line := range strings.Split(text, "\n") {
				if !seen[line] {
					seen[line] = true
					look(lineRules, line)
				}
			}
		}
	}
	return problems
}

// rule is one thing a filled text must not show. look gives the words that
// break it, empty when there are none.
type rule struct {
	name, hint string
	look       func(text, name, kind, language string, p Paper) string
}

// matches is a rule that looks for a pattern in a line, whatever the text.
func matches(name, pattern, hint string) rule {
	re := regexp.MustCompile(pattern)
	return rule{name, hint, func(line, _, _, _ string, _ Paper) string {
		if at := re.FindStringIndex(line); at != nil {
			return around(line, at)
		}
		return ""
	}}
}

// lineRules hold for each line of a filled text.
var lineRules = []rule{
	matches("a value is missing", `<no value>|<nil>`, "ask with {{if}} or {{with}} whether it is known"),
	matches("curly brackets are left", `\{\{|\}\}`, "a bracket too many, or one missing"),
	matches("two spaces", `[ 　]{2,}`, "a sentence was left out, but not the space before it"),
	matches("space before a punctuation mark", `[ 　][,.;:!?)\]”，。；：！？、）】]`, "a word was left out, but not the space before it"),
	matches("space after an opening bracket", `[(\[“（【][ 　]`, "a word was left out, but not the space after it"),
	matches("empty brackets", `\([ ;,]*\)|（[；，、]*）|\[ *\]|【】|“ *”`, "put the brackets inside the {{if}}"),
	matches("punctuation marks that don't belong together", `[,;:，；：、] *[.。,;，；、]|[^.]\.\.|。[。，；、]|[(（] *[,;，；、]|[,;，；、] *[)）]`, "a word between them was left out"),
	matches("a line begins with a punctuation mark", `^[,.;:，。；：、)）]`, "what stood before it was left out"),
	matches("exclamation mark", `[!！]`, "calm words need none"),
	{"half-width punctuation in Chinese", "use ，。；：（）", func(line, _, _, language string, _ Paper) string {
		if strings.HasPrefix(language, "zh") {
			if at := halfWidth.FindStringIndex(line); at != nil {
				return around(line, at)
			}
		}
		return ""
	}},
	{"words that promise, threaten or accuse", "say it without them: facts, lawful steps, no outcome", func(line, _, kind, language string, p Paper) string {
		// What the person said is theirs; the check is of our own words.
		for _, words := range []string{p.Said, p.Promised, p.Answered} {
			if words != "" {
				line = strings.ReplaceAll(line, quote(words), "“…”")
			}
		}
		for _, list := range forbidden(kind, language) {
			if at := list.FindStringIndex(line); at != nil {
				return around(line, at)
			}
		}
		return ""
	}},
}

// textRules hold for a filled text as a whole.
var textRules = []rule{
	{"a field without text", "leave the heading out together with its text", func(text, _, kind, _ string, _ Paper) string {
		if kind != "complaints" {
			return ""
		}
		for _, f := range Fields(text) {
			if f.Text == "" {
				return f.Name
			}
		}
		return ""
	}},
	{"the text is empty", "something must be said when nothing is known, too", func(text, name, _, _ string, _ Paper) string {
		if text == "" {
			return name
		}
		return ""
	}},
	{"no whole sentence", "a statement ends with a full stop", func(text, _, kind, _ string, _ Paper) string {
		if kind == "statements" && text != "" && !strings.HasSuffix(text, ".") && !strings.HasSuffix(text, "。") {
			return text
		}
		return ""
	}},
	{"the date to answer by is missing", "use {{.By}}", func(text, _, kind, _ string, p Paper) string {
		if kind == "letters" && p.By != "" && !strings.Contains(text, p.By) {
			return p.By
		}
		return ""
	}},
	{"what is asked for is missing", "use {{.Demand}}", func(text, _, kind, _ string, p Paper) string {
		if kind == "letters" && p.Demand != "" && !strings.Contains(text, p.Demand) {
			return p.Demand
		}
		return ""
	}},
	{"too long for a short form", fmt.Sprintf("at most %d characters: leave a sentence out", ShortLimit), func(text, name, kind, _ string, _ Paper) string {
		if n := utf8.RuneCountInString(text); kind == "letters" && strings.HasSuffix(name, "_short") && n > ShortLimit {
			return fmt.Sprintf("%d characters", n)
		}
		return ""
	}},
}

// A half-width mark right after a Chinese character; a full stop between
// figures, a colon in a time or an address is none of these.
var halfWidth = regexp.MustCompile(`\p{Han}[,;:?!()]|[,;:?!()]\p{Han}`)

// Words no letter and no complaint may use: they promise an outcome, threaten
// with exposure, or call somebody a criminal. A demand for money beside such a
// threat can itself be an offence in several countries.
var forbiddenEverywhere = map[string]*regexp.Regexp{
	"en": regexp.MustCompile(`(?i)\b(guarantee\w*|expos(e|ed|ing|ure)|post (this|it|about)|go(ing)? public|name and shame|social media|the press|journalists?|viral|or else|you will regret|consequences|fraudsters?|scammers?|crooks?|thie(f|ves)|certain to win|(I|we) will win|sure to (win|succeed)|teach you)\b`),
	"zh": regexp.MustCompile(`曝光|网上公开|公之于众|公开发布|发到网上|发布到网|朋友圈|媒体|记者|人肉|一定胜诉|必胜|稳赢|包赢|保证(胜|赢|退|赔)|后果自负|否则|走着瞧|骗子|黑店|奸商|无良|無良|敲诈犯|诈骗犯`),
}

// Words no letter to a merchant may use besides: a report to the police beside
// a demand for money reads as a threat.
var forbiddenInLetters = map[string]*regexp.Regexp{
	"en": regexp.MustCompile(`(?i)\b(police|criminal\w*|prosecut\w*|report(ing)? you)\b`),
	"zh": regexp.MustCompile(`报警|警方|公安|刑事|坐牢|举报`),
}

// forbidden are the words of a language that a kind of text may not use.
func forbidden(kind, language string) []*regexp.Regexp {
	if strings.HasPrefix(language, "zh") {
		language = "zh"
	}
	var lists []*regexp.Regexp
	if list := forbiddenEverywhere[language]; list != nil {
		lists = append(lists, list)
	}
	if list := forbiddenInLetters[language]; list != nil && kind == "letters" {
		lists = append(lists, list)
	}
	return lists
}

// around is a finding with a few characters on both sides.
func around(text string, at []int) string {
	const more = 20
	before := []rune(text[:at[0]])
	after := []rune(text[at[1]:])
	return "…" + string(before[max(0, len(before)-more):]) + text[at[0]:at[1]] + string(after[:min(len(after), more)]) + "…"
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
