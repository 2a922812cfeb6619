package flows_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
)

// The arrows of the house: what each package may know of the others, and of the
// libraries that belong to one room only. Tests may know more.
var arrows = map[string][]string{
	"":              {"bot", "bot/sandbox", "flows", "flows/content", "flows/dossier", "flows/reading", "store"},
	"bot":           {"flows", "flows/dossier"},
	"bot/sandbox":   {},
	"store":         {"flows"},
	"flows":         {"flows/content", "flows/dossier", "flows/reading"},
	"flows/content": {"flows/reading"},
	"flows/dossier": {"flows/content", "flows/reading"},
	"flows/reading": {},
	"flows_test":    {}, // test files only
}

// rooms of libraries: who may know what is known in one place.
var rooms = map[string][]string{
	"github.com/go-telegram/bot":    {"bot"},
	"github.com/mattn/go-sqlite3":   {"store"},
	"github.com/pressly/goose":      {"store"},
	"database/sql":                  {"store"},
	"github.com/looplab/fsm":        {"flows"},
	"github.com/caarlos0/env":       {""},
	"github.com/nicksnyder/go-i18n": {"flows/content"},
	"net/http":                      {"", "bot", "bot/sandbox"},
}

// impure is what the conversation never touches: network, database, clock,
// chance, files, the machine. (net/url only reads addresses.)
var impure = []string{
	"net", "os", "database", "syscall", "plugin", "unsafe", "log", "testing", "path/filepath", "io/ioutil",
	"crypto/rand", "math/rand", "runtime/debug", "runtime/pprof",
}

// clock are the functions of package time that read it or wait.
var clock = []string{"Now", "Since", "Until", "After", "AfterFunc", "Sleep", "Tick", "NewTimer", "NewTicker"}

// top is what may lie at the top.
var top = []string{"bot", "flows", "flows_test", "store", "main.go", "main_test.go", "go.mod", "go.sum", "Dockerfile", "README.md", "LICENSE"}

// The names say nothing of what is inside.
var nameless = []string{"util", "utils", "common", "models", "model", "internal", "pkg", "helper", "helpers", "misc", "lib", "shared"}

// crooked lists what is not as the house is drawn, rising.
func crooked(house fs.FS) (found []string, err error) {
	bad := func(format string, args ...any) { found = append(found, fmt.Sprintf(format, args...)) }
	passed := ignored(house)
	entries, err := fs.ReadDir(house, ".")
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") && !slices.Contains(top, e.Name()) && !slices.Contains(passed, e.Name()) {
			bad("%s does not belong at the top", e.Name())
		}
	}
	module, err := moduleOf(house)
	if err != nil {
		return nil, err
	}
	err = fs.WalkDir(house, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir():
			if name != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" || slices.Contains(passed, name)) {
				return fs.SkipDir
			}
			if slices.Contains(nameless, strings.ToLower(d.Name())) {
				bad("%s: the name of a folder says what is in it", name)
			}
			return nil
		case path.Ext(name) != ".go":
			return nil
		}
		folder := path.Dir(name)
		if folder == "." {
			folder = ""
		}
		may, known := arrows[folder]
		if !known {
			bad("%s: nobody drew the package %q", name, folder)
			return nil
		}
		if strings.HasSuffix(name, "_test.go") {
			return nil
		}
		if folder == "flows_test" {
			bad("%s: only tests live here", name)
		}
		text, err := fs.ReadFile(house, name)
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(gotoken.NewFileSet(), name, text, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		pure := folder == "flows" || strings.HasPrefix(folder, "flows/")
		for _, spec := range file.Imports {
			is, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			if own, ok := strings.CutPrefix(is, module+"/"); ok && !slices.Contains(may, own) {
				bad("%s: %q must not know %q", name, folder, own)
			}
			for library, where := range rooms {
				if within(is, library) && !slices.Contains(where, folder) {
					bad("%s: %q must not know %s", name, folder, is)
				}
			}
			if pure && is != "net/url" && slices.ContainsFunc(impure, func(x string) bool { return within(is, x) }) {
				bad("%s: the conversation must not know %s", name, is)
			}
		}
		if pure {
			for _, call := range clockReads(file) {
				bad("%s: the conversation has no clock: time.%s", name, call)
			}
		}
		return nil
	})
	slices.Sort(found)
	return slices.Compact(found), err
}

// within tells whether an import is a library or a part of it.
func within(is, library string) bool { return is == library || strings.HasPrefix(is, library+"/") }

// clockReads are the uses of time.Now and its like, under whatever name the
// package goes.
func clockReads(file *ast.File) (calls []string) {
	name := ""
	for _, spec := range file.Imports {
		if spec.Path.Value == `"time"` {
			if name = "time"; spec.Name != nil {
				name = spec.Name.Name
			}
		}
	}
	if name == "" {
		return nil
	}
	if name == "." {
		return []string{"(all of it, without its name)"}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok && slices.Contains(clock, s.Sel.Name) {
			if x, ok := s.X.(*ast.Ident); ok && x.Name == name {
				calls = append(calls, s.Sel.Name)
			}
		}
		return true
	})
	return calls
}

// moduleOf reads the module's name.
func moduleOf(house fs.FS) (string, error) {
	text, err := fs.ReadFile(house, "go.mod")
	if err != nil {
		return "", err
	}
	for line := range strings.Lines(string(text)) {
		if name, ok := strings.CutPrefix(strings.TrimSpace(line), "module "); ok {
			return strings.TrimSpace(name), nil
		}
	}
	return "", fmt.Errorf("go.mod names no module")
}

// ignored are the names that git passes over: what a run leaves behind.
func ignored(house fs.FS) (names []string) {
	text, err := fs.ReadFile(house, ".gitignore")
	if err != nil {
		return nil // there need not be one
	}
	for line := range strings.Lines(string(text)) {
		if name := strings.Trim(strings.TrimSpace(line), "/"); name != "" && !strings.HasPrefix(name, "#") {
			names = append(names, name)
		}
	}
	return names
}

func TestTheHouseStandsAsDrawn(t *testing.T) {
	t.Parallel()
	found, err := crooked(os.DirFS(".."))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		t.Error(f)
	}
	for folder := range arrows { // a drawn package that is not there would keep no arrow
		entries, err := os.ReadDir(path.Join("..", folder))
		if err != nil || !slices.ContainsFunc(entries, func(e os.DirEntry) bool { return path.Ext(e.Name()) == ".go" }) {
			t.Errorf("the package %q is drawn and not there", folder)
		}
	}
}

// A house with one thing wrong is found out, each time.
func TestACrookedHouseIsFoundOut(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, file, text, says string }{
		{"straight", "", "", ""},
		{"store knows bot", "store/x.go", "package store\nimport _ \"recourse/bot\"", `"store" must not know "bot"`},
		{"bot knows store", "bot/x.go", "package bot\nimport _ \"recourse/store\"", `"bot" must not know "store"`},
		{"bot knows the sandbox", "bot/x.go", "package bot\nimport _ \"recourse/bot/sandbox\"", `"bot" must not know "bot/sandbox"`},
		{"the sandbox knows flows", "bot/sandbox/x.go", "package sandbox\nimport _ \"recourse/flows\"", `"bot/sandbox" must not know "flows"`},
		{"flows knows store", "flows/x.go", "package flows\nimport _ \"recourse/store\"", `"flows" must not know "store"`},
		{"content knows flows", "flows/content/x.go", "package content\nimport _ \"recourse/flows\"", `"flows/content" must not know "flows"`},
		{"reading knows content", "flows/reading/x.go", "package reading\nimport _ \"recourse/flows/content\"", `must not know "flows/content"`},
		{"flows knows Telegram", "flows/x.go", "package flows\nimport _ \"github.com/go-telegram/bot/models\"", "must not know github.com/go-telegram/bot/models"},
		{"flows knows SQL", "flows/x.go", "package flows\nimport _ \"database/sql\"", "must not know database/sql"},
		{"flows knows the network", "flows/dossier/x.go", "package dossier\nimport _ \"net/http\"", "must not know net/http"},
		{"flows knows files", "flows/content/x.go", "package content\nimport _ \"os\"", "must not know os"},
		{"flows throws dice", "flows/x.go", "package flows\nimport _ \"math/rand/v2\"", "must not know math/rand/v2"},
		{"flows reads the clock", "flows/x.go", "package flows\nimport \"time\"\nvar now = time.Now", "no clock: time.Now"},
		{"flows reads the clock by another name", "flows/reading/x.go", "package reading\nimport t \"time\"\nfunc f() { t.Sleep(1) }", "no clock: time.Sleep"},
		{"bot draws machines", "bot/x.go", "package bot\nimport _ \"github.com/looplab/fsm\"", "must not know github.com/looplab/fsm"},
		{"bot opens the database", "bot/x.go", "package bot\nimport _ \"github.com/mattn/go-sqlite3\"", "must not know github.com/mattn/go-sqlite3"},
		{"a room nobody drew", "flows/letters/x.go", "package letters", `nobody drew the package "flows/letters"`},
		{"a room for everything", "bot/util/x.go", "package util", "says what is in it"},
		{"a new room at the top", "internal/x.go", "package internal", "internal does not belong at the top"},
		{"code among the tests", "flows_test/x.go", "package flows_test", "only tests live here"},
		{"something at the top", "notes.txt", "", "notes.txt does not belong at the top"},
		{"what a run leaves behind", "data/recourse.db", "", ""},
		{"a test that knows more", "bot/x_test.go", "package bot\nimport _ \"recourse/bot/sandbox\"", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			house := fstest.MapFS{
				"go.mod":     {Data: []byte("module recourse\n\ngo 1.26.0\n")},
				".gitignore": {Data: []byte("/data/\n")},
				"main.go":    {Data: []byte("package main\nimport _ \"recourse/bot\"")},
			}
			if c.file != "" {
				house[c.file] = &fstest.MapFile{Data: []byte(c.text)}
			}
			found, err := crooked(house)
			if err != nil {
				t.Fatal(err)
			}
			if c.says == "" && len(found) > 0 || c.says != "" && !slices.ContainsFunc(found, func(f string) bool { return strings.Contains(f, c.says) }) {
				t.Errorf("found %q, want %q", found, c.says)
			}
		})
	}
}

// flows/diagram.md is the dialogue as it is.
func TestTheDiagramIsTheDialogue(t *testing.T) {
	t.Parallel()
	const file = "../flows/diagram.md"
	want := guide(t).Diagram()
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("it is not; look at the change, then go test ./flows_test -run Diagram -update\n%s", difference(string(got), want))
	}
}
