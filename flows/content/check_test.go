package content

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
)

// copied is the embedded content as files that a test may spoil.
func copied(t *testing.T) fstest.MapFS {
	t.Helper()
	files := fstest.MapFS{}
	err := fs.WalkDir(Embedded(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(Embedded(), name)
		files[name] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestTheContentIsWhole(t *testing.T) {
	c, problems := CheckAll(Embedded())
	for _, p := range problems {
		t.Error(p)
	}
	if len(c.Countries) < 3 || len(c.Incidents) != 13 || len(c.Languages) < 2 {
		t.Errorf("%d countries, %d incidents, %d languages", len(c.Countries), len(c.Incidents), len(c.Languages))
	}
}

// Each rule of the check, with a mistake it has to find, its file and its line.
func TestCheckFindsMistakes(t *testing.T) {
	const gb, en, zh = "countries/GB.yaml", "locales/en.yaml", "locales/zh-Hans.yaml"
	const answers = "answers/de.yaml"
	for _, x := range []struct {
		name, file, old, new string
		want                 string // in the problem
		in                   string // the file it is told of; empty = file
	}{
		{"unknown key", gb, "\nholidays: gb", "\nholiday: gb", "unknown field", ""},
		{"bad indentation", gb, "\nholidays: gb", "\n   holidays: gb\n x", "", ""},
		{"unknown calendar", gb, "\nholidays: gb", "\nholidays: fr", "holidays", ""},
		{"no such time zone", gb, "Europe/London", "Europe/Londen", "time zone", ""},
		{"no such currency", gb, "\ncurrency: GBP", "\ncurrency: GBX", "currency", ""},
		{"how dates are read", gb, "\ndates: day_first", "\ndates: dmy", "dates", ""},
		{"confidence misspelt", gb, "confidence: known", "confidence: sure", "confidence", ""},
		{"no source", gb, "source: https://www.police.uk\n", "source: \"\"\n", "without a source", ""},
		{"no address", gb, "source: https://www.police.uk\n", "source: htps://www.police.uk\n", "no address", ""},
		{"unknown incident", gb, "incidents: [", "incidents: [lost, ", "incident \"lost\"", ""},
		{"unknown day", gb, "from: ordered", "from: payday", "the day \"payday\"", ""},
		{"unknown complaint", gb, "complaint: gb_section75", "complaint: gb_section76", "complaints/gb_section76", ""},
		{"unknown rung", gb, "closes: [gb_platform]", "closes: [gb_plattform]", "rung \"gb_plattform\"", ""},
		{"no number", gb, "phone: \"999\"", "phone: \"the police\"", "number to call", ""},
		{"wrong file name", gb, "\ncode: GB", "\ncode: UK", "call the file", ""},
		{"a missing message", zh, "  story.ask.skip:", "  story.ask.skipp:", "story.ask.skip is missing", ""},
		{"a message nobody asks for", zh, "  story.ask.skip:", "  story.ask.skipp:", "story.ask.skipp is not in locales/en.yaml", ""},
		{"an empty message", en, "  exhibit.none: \"Nothing yet.\"", "  exhibit.none: \"\"", "is empty", ""},
		{"an open field", en, "{{.countries}} so far", "{{.countries so far", "has no }}", ""},
		{"an unknown form", en, "span.days: {one:", "span.days: {few:", "form \"few\"", ""},
		{"an unknown fact", "incidents/scam.yaml", "asks: [", "asks: [colour, ", "fact \"colour\"", ""},
		{"a long button", "incidents/scam.yaml", "name: ", "name: {en: \"The shop has vanished and nobody is there any more\", zh-Hans: 店没了}\nx: ", "", ""},
		{"an unknown field in a letter", "letters/firm/en.txt", "{{.By}}", "{{.Bye}}", "Bye", ""},
		{"a rule for nothing anybody says", gb, "to: courier", "to: curier", "phrase \"curier\"", ""},
		{"a rule that stands twice", gb, "id: gb_answer_opened", "id: gb_answer_courier", "stands twice", ""},
		{"a phrase that begins with a gap", "phrases.yaml", "\"courier lost\"", "\"… lost\"", "begins or ends with …", ""},
		{"a phrase without words in a language", "phrases.yaml", "    zh-Hans: [\"找快递\"", "    zh-Hant: [\"找快递\"", "no words in", ""},
		{"a yes tied to exposure", "letters/accept/en.txt", "Please confirm this in writing.", "Or else I will post this everywhere.", "", ""},
		{"a reply too long for a chat", "letters/reply_date_short/en.txt", "Hello,", "Hello, " + strings.Repeat("and good morning ", 20), "500", ""},
		{"an answer's phrase with an open bracket", answers, "labels:\n", "labels:\n  closed: {include: [\"(case closed\"]}\n  x: {}\n", "", ""},
		{"an unknown key of answers", answers, "\nhidden:", "\nhiden:", "unknown field", ""},
		{"an unknown label", answers, "\n  stalling:", "\n  staling:", "\"staling\" is not known", ""},
		{"an unknown idea", answers, "\n  sorry:", "\n  sory:", "\"sory\" is not known", ""},
		{"a pair of one", answers, "{near: [[", "{near: [[\"weg\"], [", "two to four phrases", ""},
		{"a hidden word of two", answers, "hidden: [", "hidden: [two words, ", "not a single word", ""},
		{"answers under a wrong name", answers, "language: de", "language: at", "call the file", ""},
		{"characters that do not pair", "answers/zh-Hans.yaml", "same:\n", "same:\n  \"来\": \"來們\"\n", "on the left", ""},
		{"a letter that promises", "letters/firm/en.txt", "Please answer in writing.", "You will certainly lose in court. Success is guaranteed.", "", ""},
		{"a letter that threatens exposure", "letters/firm/en.txt", "Please answer in writing.", "Otherwise I will expose you and post this everywhere.", "", ""},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			files := copied(t)
			data := string(files[x.file].Data)
			if !strings.Contains("\n"+data, x.old) {
				t.Fatalf("%s no longer has %q: choose another place to spoil", x.file, x.old)
			}
			files[x.file] = &fstest.MapFile{Data: []byte(strings.Replace("\n"+data, x.old, x.new, 1)[1:])}
			_, problems := CheckAll(files)
			for _, p := range problems {
				if p.File == x.file && strings.Contains(p.String(), x.want) {
					if p.Line == 0 && !strings.Contains(p.What, "missing") && p.What != "" && strings.HasSuffix(x.file, ".yaml") {
						t.Errorf("no line: %s", p)
					}
					return
				}
			}
			t.Errorf("not found; problems: %v", problems)
		})
	}
}

// A language that is there for one text only, a file that is gone.
func TestCheckFindsWhatIsMissing(t *testing.T) {
	for _, gone := range []string{"letters/firm/zh-Hans.txt", "complaints/card/zh-Hans.txt", "payments.yaml", "locales/en.yaml", "answers/weights.bin"} {
		files := copied(t)
		delete(files, gone)
		if _, problems := Load(files); len(problems) == 0 {
			t.Errorf("%s is gone and nobody says so", gone)
		}
	}
}
