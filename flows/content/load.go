package content

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"recourse/flows/reading"
)

// Load reads all content below fsys and checks it. With any Problem the
// content is not to be used.
func Load(fsys fs.FS) (*Content, []Problem) {
	l := &loader{fsys: fsys, raw: map[string][]byte{}, trees: map[string]*ast.File{}}
	c := &Content{}
	l.each("locales", ".yaml", func(file string, data []byte) {
		locale, order, problems := parseLocale(file, data)
		l.problems = append(l.problems, problems...)
		if locale != nil {
			l.order = append(l.order, order)
			c.Languages = append(c.Languages, locale)
		}
	})
	sortLocales(c.Languages, l.order)
	l.each("countries", ".yaml", func(file string, data []byte) {
		x := &Country{}
		if l.decode(file, data, x) {
			c.Countries = append(c.Countries, x)
			l.files = append(l.files, part{file, "$", x})
			if want := x.Code + ".yaml"; path.Base(file) != want {
				l.say(file, "$.code", "the file is called "+path.Base(file)+", the country "+x.Code, "call the file "+want)
			}
		}
	})
	l.each("incidents", ".yaml", func(file string, data []byte) {
		x := &Incident{}
		if l.decode(file, data, x) {
			c.Incidents = append(c.Incidents, x)
			l.files = append(l.files, part{file, "$", x})
			if want := x.ID + ".yaml"; path.Base(file) != want {
				l.say(file, "$.id", "the file is called "+path.Base(file)+", the incident "+x.ID, "call the file "+want)
			}
		}
	})
	sorted(c.Incidents, func(a, b *Incident) bool { return a.Order < b.Order })
	l.one("platforms.yaml", &c.Platforms)
	l.one("payments.yaml", &c.Payments)
	l.one("phrases.yaml", &c.Phrases)
	for i, x := range c.Phrases {
		if err := x.compile(); err != nil {
			l.say("phrases.yaml", fmt.Sprintf("$[%d]", i), err.Error(), "phrases are words; … stands for words between them")
		}
	}

	var rules []reading.Rules
	l.each("readings", ".yaml", func(file string, data []byte) {
		r, err := reading.ParseRules(file, data)
		if err != nil {
			l.problems = append(l.problems, Problem{File: file, What: strings.TrimPrefix(err.Error(), file+":")})
			return
		}
		rules = append(rules, r)
	})
	reader, err := reading.NewReader(rules...)
	if err != nil {
		l.problems = append(l.problems, Problem{File: "readings", What: err.Error()})
	}
	c.Reader = reader

	l.messages(c)
	l.wordings(c)

	var problems []Problem
	c.Letters, problems = LoadTemplates(fsys, "letters", "letters/parts")
	l.problems = append(l.problems, problems...)
	c.Complaints, problems = LoadTemplates(fsys, "complaints", "letters/parts")
	l.problems = append(l.problems, problems...)
	c.Statements, problems = ParseStatements(fsys, "letters/parts", c.Incidents)
	l.problems = append(l.problems, problems...)
	if len(l.problems) == 0 {
		l.check(c)
	}
	// The shared parts are read with the letters, the complaints and the
	// statements: a mistake in them is told once.
	var once []Problem
	for _, p := range l.problems {
		if !slices.Contains(once, p) {
			once = append(once, p)
		}
	}
	return c, once
}

// messages reads how merchants' messages are read.
func (l *loader) messages(c *Content) {
	var rules []reading.AnswerRules
	l.each("answers", ".yaml", func(file string, data []byte) {
		r, err := reading.ParseAnswers(file, data)
		if err != nil {
			l.problems = append(l.problems, ruleProblem(file, err))
			return
		}
		if want := r.Language() + ".yaml"; path.Base(file) != want {
			l.say(file, "$.language", "the file is called "+path.Base(file)+", the language "+r.Language(), "call the file "+want)
		}
		rules = append(rules, r)
	})
	const file = "answers/weights.bin"
	data, err := fs.ReadFile(l.fsys, file)
	if err != nil {
		l.problems = append(l.problems, Problem{File: file, What: "is missing", Hint: "it belongs to the content"})
		return
	}
	weights, err := reading.ReadWeights(data)
	if err != nil {
		l.problems = append(l.problems, Problem{File: file, What: err.Error()})
		return
	}
	if c.Reader == nil || len(rules) == 0 {
		return // told already
	}
	if c.Messages, err = reading.NewMessages(c.Reader, weights, rules...); err != nil {
		l.problems = append(l.problems, Problem{File: "answers", What: err.Error()})
	}
}

// ruleProblem tells a mistake in reading rules as a Problem.
func ruleProblem(file string, err error) Problem {
	var r *reading.RuleError
	if errors.As(err, &r) {
		return Problem{r.File, r.Line, r.What, r.Hint}
	}
	return Problem{File: file, What: err.Error()}
}

// part is one decoded piece of a file, for the checks that look at everything.
type part struct {
	file string
	path string // YAML path of the piece inside the file
	at   any
}

type loader struct {
	fsys     fs.FS
	raw      map[string][]byte
	trees    map[string]*ast.File // of the files in which a line was looked for
	order    []int
	files    []part
	problems []Problem
}

func (l *loader) each(dir, ending string, read func(file string, data []byte)) {
	entries, err := fs.ReadDir(l.fsys, dir)
	if err != nil {
		l.problems = append(l.problems, Problem{File: dir, What: "the folder can't be read", Hint: "it belongs to the content"})
		return
	}
	for _, e := range entries {
		if e.IsDir() || path.Ext(e.Name()) != ending {
			continue
		}
		file := path.Join(dir, e.Name())
		data, err := fs.ReadFile(l.fsys, file)
		if err != nil {
			l.problems = append(l.problems, Problem{File: file, What: "can't be read"})
			continue
		}
		l.raw[file] = data
		read(file, data)
	}
}

// one reads a file that holds a list.
func (l *loader) one(file string, into any) {
	data, err := fs.ReadFile(l.fsys, file)
	if err != nil {
		l.problems = append(l.problems, Problem{File: file, What: "is missing", Hint: "it belongs to the content"})
		return
	}
	l.raw[file] = data
	if l.decode(file, data, into) {
		l.files = append(l.files, part{file, "$", into})
	}
}

func (l *loader) decode(file string, data []byte, into any) bool {
	if p := decode(file, data, into); p != nil {
		l.problems = append(l.problems, *p)
		return false
	}
	return true
}

// say notes a problem at a place inside a file.
func (l *loader) say(file, at, what, hint string) {
	l.problems = append(l.problems, Problem{file, l.line(file, at), what, hint})
}

// line finds the line of a YAML path in a file that was read. A file with many
// problems is parsed once.
func (l *loader) line(file, at string) int {
	tree, ok := l.trees[file]
	if !ok {
		tree, _ = parser.ParseBytes(l.raw[file], 0) // no tree, no line
		l.trees[file] = tree
	}
	return lineIn(tree, at)
}

// line finds the line of a YAML path.
func line(data []byte, at string) int {
	tree, _ := parser.ParseBytes(data, 0) // no tree, no line
	return lineIn(tree, at)
}

// lineIn finds the line of a YAML path; where the path itself is missing, that of
// its nearest parent.
func lineIn(file *ast.File, at string) int {
	if file == nil {
		return 0
	}
	for at != "$" && at != "" {
		p, err := yaml.PathString(at)
		if err == nil {
			if node, err := p.FilterFile(file); err == nil && node != nil {
				if tok := node.GetToken(); tok != nil && tok.Position != nil {
					return tok.Position.Line
				}
			}
		}
		cut := strings.LastIndexAny(at, ".[")
		if cut < 1 {
			break
		}
		at = at[:cut]
	}
	return 1
}

// quoted writes a key with dots in it as one element of a YAML path.
func quoted(key string) string { return "'" + key + "'" }

func asYAML(err error, into *yaml.Error) bool { return errors.As(err, into) }

func sortLocales(list []*Locale, order []int) {
	at := map[*Locale]int{}
	for i, l := range list {
		at[l] = order[i]
	}
	sorted(list, func(a, b *Locale) bool { return at[a] < at[b] })
}
