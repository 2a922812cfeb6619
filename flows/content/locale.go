package content

import (
	"fmt"
	"sort"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

// Marks that stand for the style of words inside a rendered message. A
// translator writes *bold* and `code`; what is filled in can't carry either,
// because Clean takes these runes out of it.
const (
	BoldOn, BoldOff = '\uE000', '\uE001'
	CodeOn, CodeOff = '\uE002', '\uE003'
)

// Locale is one language of the interface: every word the bot says.
type Locale struct {
	Tag      string // "en", "zh-Hans"
	Name     string // of itself: "English", "简体中文"
	Keys     map[string]bool
	localize *i18n.Localizer
}

type localeFile struct {
	Tag   string         `yaml:"tag"`
	Name  string         `yaml:"name"`
	Order int            `yaml:"order"`
	Words map[string]any `yaml:"words"`
}

// Say renders one message. Data fills its {{.fields}}; a field "n" chooses the
// plural form. A missing message is an error: the check refuses content that
// could lead to it.
func (l *Locale) Say(key string, data map[string]any) (string, error) {
	c := &i18n.LocalizeConfig{MessageID: key, TemplateData: data}
	if n, ok := data["n"]; ok {
		c.PluralCount = n
	}
	s, err := l.localize.Localize(c)
	if err != nil {
		return "", fmt.Errorf("words %q in %s: %w", key, l.Tag, err)
	}
	return strings.TrimRight(s, "\n"), nil
}

// Clean takes out of foreign words what would style them.
func Clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= BoldOn && r <= CodeOff {
			return -1
		}
		return r
	}, s)
}

func parseLocale(file string, data []byte) (*Locale, int, []Problem) {
	var f localeFile
	if p := decode(file, data, &f); p != nil {
		return nil, 0, []Problem{*p}
	}
	tag, err := language.Parse(f.Tag)
	if err != nil {
		return nil, 0, []Problem{{File: file, Line: 1, What: fmt.Sprintf("tag %q is no language tag", f.Tag), Hint: "write it like en, zh-Hans, pt-BR"}}
	}
	l := &Locale{Tag: f.Tag, Name: f.Name, Keys: map[string]bool{}}
	bundle := i18n.NewBundle(tag)
	var problems []Problem
	keys := make([]string, 0, len(f.Words))
	for key := range f.Words {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	for _, key := range keys {
		m := &i18n.Message{ID: key}
		switch w := f.Words[key].(type) {
		case string:
			m.Other = marked(w)
			m.One = m.Other
		case map[string]any:
			for form, text := range w {
				s, ok := text.(string)
				switch {
				case ok && form == "one":
					m.One = marked(s)
				case ok && form == "other":
					m.Other = marked(s)
				default:
					problems = append(problems, Problem{file, line(data, "$.words."+quoted(key)), fmt.Sprintf("%s: form %q is unknown", key, form), "the forms are one and other"})
				}
			}
		default:
			problems = append(problems, Problem{file, line(data, "$.words."+quoted(key)), fmt.Sprintf("%s is neither a text nor forms of one", key), "put the text in quotes"})
		}
		if strings.TrimSpace(m.Other) == "" {
			problems = append(problems, Problem{file, line(data, "$.words."+quoted(key)), key + " is empty", "write the text"})
		}
		if strings.Count(m.Other, "{{") != strings.Count(m.Other, "}}") {
			problems = append(problems, Problem{file, line(data, "$.words."+quoted(key)), key + ": a {{ has no }}", "write fields like {{.shop}}"})
			continue
		}
		if err := bundle.AddMessages(tag, m); err != nil {
			problems = append(problems, Problem{file, line(data, "$.words."+quoted(key)), key + ": " + err.Error(), "look at its {{ }}"})
			continue
		}
		l.Keys[key] = true
	}
	l.localize = i18n.NewLocalizer(bundle, f.Tag)
	return l, f.Order, problems
}

// marked turns a translator's *bold* and `code` into marks.
func marked(s string) string {
	var b strings.Builder
	bold, code := false, false
	for _, r := range s {
		switch r {
		case '*':
			bold = !bold
			b.WriteRune(pick(bold, BoldOn, BoldOff))
		case '`':
			code = !code
			b.WriteRune(pick(code, CodeOn, CodeOff))
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func pick(on bool, a, b rune) rune {
	if on {
		return a
	}
	return b
}

// decode reads strictly; the problem it returns carries the line.
func decode(file string, data []byte, into any) *Problem {
	err := yaml.UnmarshalWithOptions(data, into, yaml.Strict())
	if err == nil {
		return nil
	}
	p := &Problem{File: file, What: "can't be read", Hint: "look at the spelling and the indentation"}
	var e yaml.Error
	if asYAML(err, &e) {
		p.What = e.GetMessage()
		if tok := e.GetToken(); tok != nil && tok.Position != nil {
			p.Line = tok.Position.Line
		}
		return p
	}
	p.What = err.Error()
	return p
}
