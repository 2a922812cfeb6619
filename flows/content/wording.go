package content

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
)

// Manners are what our own words may not do, in any text, letter or complaint.
var Manners = []string{"promise", "insult", "blame", "tie", "loud"}

// why says what a rule is there for, to whoever broke it.
var why = map[string][2]string{
	"promise": {"promises an outcome", "say what can be done, not how it ends"},
	"insult":  {"insults somebody", "say what happened; the reader judges"},
	"blame":   {"blames the person", "whoever was cheated did nothing wrong; say what helps from here"},
	"tie":     {"ties money to exposure or a report", "two sentences that have nothing to do with each other, or leave it out: together it can be extortion"},
	"loud":    {"is loud", "calm words need no exclamation mark"},
}

// Unasked are the words with which a message begins that nobody is waiting for.
// It is read on a lock screen, perhaps by somebody else (TRUST S4).
var Unasked = []string{"away", "calendar.title", "remind.neutral"}

// wording is what is never said in one language.
type wording struct {
	rules  map[string]manner
	closed []*regexp.Regexp
}

// manner is one rule: words of never, once those of but are gone.
type manner struct{ never, but []*regexp.Regexp }

type wordingFile struct {
	Tag   string `yaml:"tag"`
	Rules map[string]struct {
		Never []string `yaml:"never"`
		But   []string `yaml:"but"`
	} `yaml:"rules"`
	Closed []string `yaml:"closed"`
}

// wordings reads wording/<language>.yaml.
func (l *loader) wordings(c *Content) {
	c.worded = map[string]*wording{}
	l.each("wording", ".yaml", func(file string, data []byte) {
		var f wordingFile
		if !l.decode(file, data, &f) {
			return
		}
		if want := f.Tag + ".yaml"; path.Base(file) != want {
			l.say(file, "$.tag", "the file is called "+path.Base(file)+", the language "+f.Tag, "call the file "+want)
		}
		compile := func(at string, list []string) (all []*regexp.Regexp) {
			for i, s := range list {
				re, err := regexp.Compile("(?i)" + s)
				if err != nil || re.MatchString("") {
					l.say(file, fmt.Sprintf("%s[%d]", at, i), fmt.Sprintf("%q is no rule", s), "a regular expression that fits no empty text")
					continue
				}
				all = append(all, re)
			}
			return all
		}
		w := &wording{rules: map[string]manner{}, closed: compile("$.closed", f.Closed)}
		for id, r := range f.Rules {
			at := "$.rules." + id
			l.ids(file, at, []string{id}, Manners, "rule")
			w.rules[id] = manner{compile(at+".never", r.Never), compile(at+".but", r.But)}
		}
		for _, id := range Manners {
			if len(w.rules[id].never) == 0 {
				l.say(file, "$.rules", "nothing stands under "+id, "a language has every rule or is absent")
			}
		}
		if len(w.closed) == 0 {
			l.say(file, "$", "nothing stands under closed", "write what a lock screen may not tell")
		}
		c.worded[f.Tag] = w
	})
}

// breaks gives the first words of a text that break a rule, with the rule.
func (w *wording) breaks(text string) (rule, words string) {
	for _, id := range Manners {
		r, s := w.rules[id], text
		for _, re := range r.but {
			s = re.ReplaceAllString(s, "…")
		}
		for _, re := range r.never {
			if at := re.FindStringIndex(s); at != nil {
				return id, around(s, at)
			}
		}
	}
	return "", ""
}

// tells gives the first words of a line that a lock screen may not show.
func (w *wording) tells(line string) string {
	for _, re := range w.closed {
		if s := re.FindString(line); s != "" {
			return s
		}
	}
	return ""
}

// Telling gives the first words of a line that a lock screen may not show, ""
// where it may be read by anybody.
func (c *Content) Telling(language, line string) string {
	if w := c.worded[language]; w != nil {
		return w.tells(line)
	}
	return line
}

// polite looks at a text of a language.
func (l *loader) polite(c *Content, file, at, language, text string) {
	w := c.worded[language]
	if w == nil {
		return // told once, by checkWording
	}
	if rule, words := w.breaks(text); rule != "" {
		l.say(file, at, fmt.Sprintf("the text in %s %s: %s", language, why[rule][0], words), why[rule][1])
	}
}

// checkWording looks at the words of the languages, the letters, the complaints
// and their parts. The texts in the other files are looked at where they are
// walked.
func (l *loader) checkWording(c *Content) {
	for _, lang := range c.Languages {
		w := c.worded[lang.Tag]
		if w == nil {
			l.problems = append(l.problems, Problem{File: "wording/" + lang.Tag + ".yaml", What: "is missing", Hint: "what is never said in a language belongs to it"})
			continue
		}
		file := "locales/" + lang.Tag + ".yaml"
		var f localeFile
		if err := yaml.Unmarshal(l.raw[file], &f); err != nil {
			continue // told already
		}
		for _, key := range sortedKeys(f.Words) {
			at := "$.words." + quoted(key)
			for _, text := range forms(f.Words[key]) {
				l.polite(c, file, at, lang.Tag, text)
				if slices.Contains(Unasked, key) {
					if told := w.tells(text); told != "" {
						l.say(file, at, key+" tells a lock screen: "+told, "it comes unasked; somebody else may read it")
					}
				}
			}
		}
	}
	for _, dir := range []string{"letters", "complaints"} {
		files, err := fs.Glob(l.fsys, dir+"/*/*"+extension)
		if err != nil {
			continue // the pattern is ours
		}
		for _, file := range files {
			data, err := fs.ReadFile(l.fsys, file)
			w := c.worded[strings.TrimSuffix(path.Base(file), extension)]
			if err != nil || w == nil {
				continue
			}
			for i, s := range strings.Split(string(data), "\n") {
				if rule, words := w.breaks(code.ReplaceAllString(s, "…")); rule != "" {
					l.problems = append(l.problems, Problem{file, i + 1, why[rule][0] + ": " + words, why[rule][1]})
				}
			}
		}
	}
}

// code is what is filled in.
var code = regexp.MustCompile(`\{\{.*?\}\}`)

// forms are the texts of one message.
func forms(w any) (all []string) {
	switch w := w.(type) {
	case string:
		all = append(all, w)
	case map[string]any:
		for _, form := range sortedKeys(w) {
			if s, ok := w[form].(string); ok {
				all = append(all, s)
			}
		}
	}
	return all
}
