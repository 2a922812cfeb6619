package flows_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"recourse/flows"
	"recourse/flows/dossier"
)

// exported plays a case up to its dossier and gives the files, by ending.
func exported(t *testing.T, w *whole, story string) map[string][]byte {
	t.Helper()
	file := filepath.Join(t.TempDir(), "story.txt")
	if err := os.WriteFile(file, []byte(story), 0o600); err != nil {
		t.Fatal(err)
	}
	play(t, w, readStory(t, file))
	files := map[string][]byte{}
	for _, m := range w.box.Transcript(1) {
		if m.From == "bot" && m.File != nil {
			data, ok := w.box.Bytes(m.File.ID)
			if !ok {
				t.Fatalf("%s has no bytes", m.File.Name)
			}
			files[filepath.Ext(m.File.Name)] = data
		}
	}
	return files
}

const toldCase = `at 2026-03-02 10:00
user /start
user [agree]
user [GB]
user ordered a lamp from LampLand on 1 Feb for £40, paid by card, it never arrived, order 48213
user [right]
file photo order.jpg the order page
forward user LampLand: We have forwarded your case to our courier (Mr \ /JS) and ask for patience. 耐心等待。
user They wrote: final sale, no refund
edit 1 They wrote: final sale, no refunds at all
file document receipt.pdf
user /evidence
`

// What a person gets is what a stranger can check; asked for again it is the
// same; and one bit more or less is found.
func TestWhatIsTakenOutHolds(t *testing.T) {
	w := newWhole(t, guide(t))
	first := exported(t, w, toldCase+"user /export\n")
	report, err := dossier.Verify(bytes.NewReader(first[".zip"]), int64(len(first[".zip"])))
	if err != nil {
		t.Fatalf("what was handed over does not hold: %v", err)
	}
	if !bytes.HasPrefix(first[".pdf"], []byte("%PDF-")) {
		t.Errorf("the PDF begins %q", first[".pdf"][:8])
	}
	t.Logf("%+v", report)
	w.move(48 * time.Hour)
	second := exported(t, w, "user /export\n")
	for ending := range first {
		if !bytes.Equal(first[ending], second[ending]) {
			t.Errorf("the same case gives another %s", ending)
		}
	}
	third := exported(t, w, "user They wrote: no refund, and that is our last word\nuser /export\n")
	if bytes.Equal(first[".zip"], third[".zip"]) {
		t.Error("another case gives the same ZIP")
	}
	wrong := bytes.Clone(first[".zip"])
	wrong[len(wrong)/2] ^= 1
	if _, err := dossier.Verify(bytes.NewReader(wrong), int64(len(wrong))); err == nil {
		t.Error("a changed bit is not found")
	}
	// Nothing made for sending is left behind once it was sent.
	if found, err := w.store.Check(t.Context()); err != nil || len(found) > 0 {
		t.Errorf("the vault: %v %v", found, err)
	}
	if folder := os.Getenv("SCREENSHOTS"); folder != "" {
		for ending, data := range third {
			if err := os.WriteFile(filepath.Join(folder, "dossier"+ending), data, 0o600); err != nil {
				t.Error(strings.TrimSpace(err.Error()))
			}
		}
	}
}

// taker takes every case out after every line of a story, in each language and
// pack.
type taker struct{ *pure }

func (w taker) settle() {
	w.pure.settle()
	for chat := int64(1); chat <= 3; chat++ {
		p := w.person(chat)
		if p == nil {
			continue
		}
		for _, c := range p.Cases {
			for _, e := range []flows.Export{{Case: c.Number, Language: "en"}, {Case: c.Number, Language: "zh-Hans", Pack: "police"}, {Case: c.Number, Language: "zh-Hans"}} {
				if _, err := w.g.Dossier(p, e, nil, nil); err != nil {
					panic(err)
				}
			}
		}
	}
}

// Whatever a case has come to, it can be taken out, and no word is missing.
func TestEveryStateCanBeTakenOut(t *testing.T) {
	g := guide(t)
	for _, file := range stories(t) {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			before := g.Missing()
			play(t, taker{newPure(g)}, readStory(t, file))
			if g.Missing() > before {
				t.Error("words were asked for that are not there")
			}
		})
	}
}
