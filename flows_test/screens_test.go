package flows_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"recourse/bot"
	"recourse/flows/reading"
)

// Order screens as shops' apps draw them, read by the program that is installed.
// Those that are "seen" were looked at while the reading was written, those that
// are "new" were drawn afterwards, in other layouts.
func TestScreens(t *testing.T) {
	recognize := bot.Tesseract()
	if recognize == nil {
		t.Skip("tesseract is not installed (Debian: tesseract-ocr tesseract-ocr-chi-sim)")
	}
	table, err := os.ReadFile("testdata/screens/screens.tsv")
	if err != nil {
		t.Fatal(err)
	}
	content := contentOf(t)
	type tally struct{ order, amount, date, shop, wrong, wrongShop, of int }
	tallies := map[string]*tally{"seen": {}, "new": {}}
	for _, line := range strings.Split(strings.TrimSpace(string(table)), "\n") {
		f := strings.Split(line, "\t")
		data, err := os.ReadFile(filepath.Join("testdata/screens", f[0]))
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		words, err := recognize(t.Context(), bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		took := time.Since(began)
		c := reading.Context{Today: reading.Date{Year: 2026, Month: 3, Day: 4}, Currency: f[1], DayFirst: f[1] == "GBP"}
		s := content.Reader.Screenshot(words, c)
		amount, ordered := "", ""
		if s.Amount != nil {
			amount = s.Amount.String()
		}
		if !s.Ordered.IsZero() {
			ordered = s.Ordered.String()
		}
		h := tallies[f[6]]
		h.of++
		all := true
		for _, x := range []struct {
			got, want string
			n, wrong  *int
		}{
			{s.Order, f[2], &h.order, &h.wrong},
			{amount, f[3] + " " + f[1], &h.amount, &h.wrong},
			{ordered, day(t, f[4]).String(), &h.date, &h.wrong},
			{s.Shop, f[5], &h.shop, &h.wrongShop},
		} {
			switch x.got {
			case x.want:
				*x.n++
			case "":
				all = all && x.n == &h.shop // it often stands without a label
			default:
				all = false
				*x.wrong++
			}
		}
		if testing.Verbose() && !all {
			t.Logf("%s (%v): %q %q %q %q, want %q\n%s", f[0], took.Round(10*time.Millisecond), s.Order, amount, ordered, s.Shop, f[2:6], words)
		}
		// An order frightens nobody.
		if m := content.Messages.Read("", words, c.Today); slices.ContainsFunc(m.Labels, func(l string) bool { return l == "threat" || l == "blackmail" || l == "doxxing" }) || len(content.Reader.Perils(words)) > 0 {
			t.Errorf("%s is taken for a menace: %q", f[0], m.Labels)
		}
	}
	for _, sight := range []string{"seen", "new"} {
		h := tallies[sight]
		t.Logf("%s: %d screens; order numbers %d, amounts %d, dates %d right, %d of these read wrongly; shops %d right, %d wrongly", sight, h.of, h.order, h.amount, h.date, h.wrong, h.shop, h.wrongShop)
		if h.of < 11 || h.order*4 < h.of*3 || h.amount*4 < h.of*3 || h.date*4 < h.of*3 {
			t.Errorf("%s: less than three quarters are read", sight)
		}
		if h.wrong*10 > h.of {
			t.Errorf("%s: what is not sure is offered", sight)
		}
	}
}

func day(t *testing.T, text string) reading.Date {
	for _, form := range []string{"2006-01-02 15:04:05", "2 January 2006", "2 Jan 2006", "January 2, 2006"} {
		if at, err := time.Parse(form, text); err == nil {
			return reading.DateOf(at)
		}
	}
	t.Fatalf("no date: %s", text)
	return reading.Date{}
}
