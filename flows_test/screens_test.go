package flows_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"recourse/bot"
	"recourse/flows/reading"
)

// Order screens as shops' apps draw them, read by the program that is installed.
// The first half was looked at while the reading was written, the second was not.
func TestScreens(t *testing.T) {
	recognize := bot.Tesseract()
	if recognize == nil {
		t.Skip("tesseract is not installed (Debian: tesseract-ocr tesseract-ocr-chi-sim)")
	}
	table, err := os.ReadFile("testdata/screens/screens.tsv")
	if err != nil {
		t.Fatal(err)
	}
	r := contentOf(t).Reader
	type tally struct{ order, amount, date, wrong, of int }
	var halves [2]tally
	for i, line := range strings.Split(strings.TrimSpace(string(table)), "\n") {
		f := strings.Split(line, "\t")
		data, err := os.ReadFile(filepath.Join("testdata/screens", f[0]))
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		words, err := recognize(context.Background(), bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		c := reading.Context{Today: reading.Date{Year: 2026, Month: 3, Day: 4}, Currency: f[1], DayFirst: f[1] == "GBP"}
		s := r.Screenshot(words, c)
		amount := ""
		if s.Amount != nil {
			amount = s.Amount.Number()
		}
		want := day(t, f[4])
		h := &halves[i%2]
		h.of++
		for _, x := range []struct {
			got, want string
			n         *int
		}{{s.Order, f[2], &h.order}, {amount, f[3], &h.amount}, {s.Ordered.String(), want.String(), &h.date}} {
			switch x.got {
			case x.want:
				*x.n++
			case "", (reading.Date{}).String():
			default:
				h.wrong++
			}
		}
		if testing.Verbose() && (s.Order != f[2] || amount != f[3] || s.Ordered != want) {
			t.Logf("%s (%v): %q %q %v, want %v\n%s", f[0], time.Since(began).Round(10*time.Millisecond), s.Order, amount, s.Ordered, f[2:], words)
		}
	}
	for i, name := range []string{"looked at", "not looked at"} {
		h := halves[i]
		t.Logf("%s: %d screens, order numbers %d, amounts %d, dates %d right; %d read wrongly", name, h.of, h.order, h.amount, h.date, h.wrong)
		if h.order*2 < h.of || h.amount*2 < h.of || h.date*2 < h.of {
			t.Errorf("%s: less than half is read", name)
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
