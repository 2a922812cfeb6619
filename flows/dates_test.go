package flows

import (
	"strings"
	"testing"
	"time"

	"recourse/flows/content"
	"recourse/flows/reading"
)

func civil(t *testing.T, s string) Date {
	t.Helper()
	d, err := reading.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestLater(t *testing.T) {
	for _, x := range []struct {
		from     string
		span     content.Span
		holidays string
		want     string
	}{
		{"2026-03-02", content.Span{Days: 14}, "gb", "2026-03-16"},
		{"2026-03-01", content.Span{Days: 13}, "gb", "2026-03-14"},                    // a Saturday stays one
		{"2026-03-01", content.Span{Days: 13, NextWorkday: true}, "gb", "2026-03-16"}, // unless the rule moves it
		{"2026-12-11", content.Span{Days: 14, NextWorkday: true}, "gb", "2026-12-29"}, // Christmas, Boxing Day (a Saturday, kept on Monday)
		{"2026-06-25", content.Span{Days: 9, NextWorkday: true}, "us", "2026-07-06"},  // 4 July 2026 is a Saturday
		{"2026-01-31", content.Span{Months: 1}, "none", "2026-02-28"},
		{"2024-02-29", content.Span{Years: 1}, "none", "2025-02-28"},
		{"2026-03-06", content.Span{WorkingDays: 1}, "none", "2026-03-09"}, // Friday → Monday
		{"2026-03-02", content.Span{WorkingDays: 7}, "none", "2026-03-11"},
		{"2026-04-02", content.Span{WorkingDays: 1}, "gb", "2026-04-07"}, // over Easter
		{"2026-03-02", content.Span{Weeks: 2}, "none", "2026-03-16"},
	} {
		if got := later(civil(t, x.from), x.span, x.holidays).String(); got != x.want {
			t.Errorf("%s + %+v (%s) = %s, not %s", x.from, x.span, x.holidays, got, x.want)
		}
	}
}

// A reminder never comes in the quiet hours, and never earlier than it was due.
func TestAwake(t *testing.T) {
	for _, zone := range []string{"Europe/London", "Asia/Shanghai", "America/New_York"} {
		loc, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		for _, quiet := range []Quiet{{22 * 60, 8 * 60}, {21 * 60, 11*60 + 30}, {1 * 60, 6 * 60}, {1, 1}} {
			tt := &turn{p: &Person{Zone: zone, Quiet: quiet}}
			// Every half hour over the days on which clocks change.
			for _, start := range []time.Time{time.Date(2026, 3, 7, 0, 0, 0, 0, loc), time.Date(2026, 3, 28, 0, 0, 0, 0, loc), time.Date(2026, 10, 24, 0, 0, 0, 0, loc), time.Date(2026, 10, 31, 0, 0, 0, 0, loc)} {
				for n := range 120 {
					at := start.Add(time.Duration(n) * 30 * time.Minute)
					got := tt.awake(at)
					m := got.Hour()*60 + got.Minute()
					quietNow := quiet.From < quiet.To && m >= quiet.From && m < quiet.To || quiet.From > quiet.To && (m >= quiet.From || m < quiet.To)
					if quietNow || got.Before(at) || got.Sub(at) > 26*time.Hour {
						t.Fatalf("%s %v: %v → %v", zone, quiet, at, got)
					}
				}
			}
		}
	}
}

func TestFitLosesNothing(t *testing.T) {
	text := strings.Repeat("The order has not arrived. I wrote on 2 March. ", 40) + "\n" + strings.Repeat("订单没有送到。", 60)
	for _, limit := range []int{0, 50, 200, 1000, 5000} {
		pieces := fit(text, limit)
		for _, p := range pieces {
			if n := len([]rune(p)); limit > 0 && n > limit {
				t.Errorf("limit %d: a piece of %d", limit, n)
			}
		}
		squeeze := func(s string) string { return strings.Join(strings.Fields(s), "") }
		if squeeze(strings.Join(pieces, "")) != squeeze(text) {
			t.Errorf("limit %d: words are lost", limit)
		}
	}
}

// What somebody else wrote can't style, and can't pass for ours.
func TestForeignWordsCarryNoStyle(t *testing.T) {
	c, problems := content.Load(content.Embedded())
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	g, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	w := g.words("en")
	evil := "\uE000bold\uE001 *x* `y` {{.name}} {{"
	for _, s := range w.spans("fact.line", "name", "Shop", "value", evil) {
		if s.Style != "" || strings.ContainsAny(s.Text, "\uE000\uE001\uE002\uE003") {
			t.Errorf("%q is styled %q", s.Text, s.Style)
		}
	}
	if got := join(w.spans("fact.line", "name", "Shop", "value", evil)); !strings.Contains(got, "*x* `y` {{.name}} {{") {
		t.Errorf("words were changed: %q", got)
	}
	// The control: the translator's own marks do style.
	if s := w.spans("case.line", "title", "a", "state", "b"); len(s) != 2 || s[0].Style != "bold" {
		t.Errorf("%v", s)
	}
}

// An event that does not fit a proceeding's state changes nothing.
func TestProceedingMoves(t *testing.T) {
	for _, x := range []struct{ from, event, want string }{
		{"drafted", "send", "sent"},
		{"sent", "send", "sent"},
		{"sent", "silent", "overdue"},
		{"drafted", "silent", "drafted"},
		{"overdue", "send", "sent"},
		{"sent", "refuse", "refused"},
		{"settled", "refuse", "settled"},
		{"settled", "reopen", "answered"},
		{"lapsed", "send", "lapsed"},
	} {
		p := &Proceeding{State: x.from}
		if p.move(x.event); p.State != x.want {
			t.Errorf("%s, %s: %s, not %s", x.from, x.event, p.State, x.want)
		}
	}
}
