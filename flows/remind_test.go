package flows

import (
	"slices"
	"strings"
	"testing"
	"time"

	"recourse/flows/content"
)

// What comes unasked may be read on a lock screen: its first line tells nothing
// of the case, whatever it is about, whether the person wants to be told more or
// not, and it begins with words the check of the content looks at.
func TestWhatComesUnaskedTellsNothing(t *testing.T) {
	g := turnOf(t, "en", "GB", Money{"40.00", "GBP"}).g
	seen := 0
	for _, l := range g.content.Languages {
		var open []string
		for _, key := range content.Unasked {
			open = append(open, words{g, l}.text(key))
		}
		for _, country := range g.content.Countries {
			rung := country.Ladder[0].ID
			for _, r := range []Reminder{{Kind: "merchant", Proceeding: 1}, {Kind: "body", Proceeding: 2}, {Kind: "money"}, {Kind: "later"}} {
				for _, step := range []string{"waiting", "letter.ready", "story.ask"} {
					for _, more := range []bool{false, true} {
						at := time.Date(2026, 3, 20, 12, 0, 0, 0, time.UTC)
						r.Due = at.Add(-time.Hour)
						p := &Person{ID: 1, Language: l.Tag, Country: country.Code, Agreed: at, Focus: 1, Open: more, Cases: []*Case{{
							Number: 1, Country: country.Code, Kinds: []string{"blackmail"}, Amount: Money{"40.00", "GBP"}, Wants: []string{"refund"},
							Merchant: Merchant{Name: "LampLand", Platform: "own"}, Product: "lamp", Reminders: []Reminder{r}, Thread: Thread{Step: step},
							Proceedings: []*Proceeding{{Number: 1, Body: "merchant", State: "sent"}, {Number: 2, Body: rung, State: "sent"}},
						}}}
						for _, in := range []Event{Woke{}, Away{}} {
							for _, e := range g.Advance(p, Input{Person: 1, At: at, Event: in}) {
								said, ok := e.(Say)
								if !ok {
									continue
								}
								seen++
								var text strings.Builder
								for _, s := range said.Text {
									text.WriteString(s.Text)
								}
								first, _, _ := strings.Cut(text.String(), "\n")
								if told := g.content.Telling(l.Tag, first); told != "" || strings.Contains(first, "LampLand") || strings.Contains(first, "lamp") {
									t.Errorf("%s %s %s: %q tells %q", l.Tag, r.Kind, step, first, told)
								}
								if !slices.Contains(open, first) {
									t.Errorf("%s %s %s: it begins with %q, which is none of content.Unasked", l.Tag, r.Kind, step, first)
								}
							}
						}
					}
				}
			}
		}
	}
	if want := 2 * len(g.content.Languages) * len(g.content.Countries) * 4 * 3 * 2; seen != want {
		t.Errorf("%d messages, want %d: the test no longer wakes what it should", seen, want)
	}
}
