package flows

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// What a person may set, the list of cases, and erasing.
func settingsSteps() []*step {
	return []*step{
		{
			name: "settings", personal: true,
			exits: map[string]string{"language": "language.ask", "country": "country.ask", "zone": "zones.ask", "quiet": "quiet.ask", "done": end},
			ask: func(t *turn) {
				c := t.g.content.Country(t.p.Country)
				country, zone := t.p.Country, t.p.Zone
				if c != nil {
					country = c.Name.In(t.p.Language)
				}
				for _, c := range t.g.content.Countries {
					for _, z := range c.Zones {
						if z.ID == t.p.Zone {
							zone = z.Name.In(t.p.Language)
						}
					}
				}
				open := "closed"
				if t.p.Open {
					open = "open"
				}
				quiet := t.w.text("settings.quiet.span", "from", clock(t.p.Quiet.From), "to", clock(t.p.Quiet.To))
				if t.p.Quiet.From == t.p.Quiet.To {
					quiet = t.w.text("quiet.ask.none")
				}
				t.question(t.w.spans("settings.ask", "language", t.w.locale.Name, "country", country, "zone", zone, "quiet", quiet, "reminders", t.w.text("settings."+open)),
					append(t.choices(2, "language", "country", "zone", "quiet"), t.choices(1, "private", "done")...)...)
			},
			hear: func(t *turn, h heard) string {
				switch h.value {
				case "language", "country", "zone", "quiet", "done":
					return h.value
				case "private":
					t.p.Open = !t.p.Open
					t.again()
					return ""
				}
				return t.unclear()
			},
		},
		{
			name: "language.ask", personal: true,
			exits: map[string]string{"chosen": "settings"},
			ask:   func(t *turn) { t.question(t.w.spans("language.ask"), t.languageButtons()...) },
			hear: func(t *turn, h heard) string {
				if t.chooseLanguage(h) {
					t.do(Menu{Language: t.p.Language})
					return "chosen"
				}
				return t.unclear()
			},
		},
		{
			name: "zones.ask", personal: true,
			exits: map[string]string{"chosen": "settings"},
			ask: func(t *turn) {
				var all []Button
				for _, c := range t.g.content.Countries {
					for _, z := range c.Zones {
						all = append(all, Button{Label: z.Name.In(t.p.Language), Value: z.ID})
					}
				}
				t.question(t.w.spans("zones.ask"), inRows(2, all)...)
			},
			hear: func(t *turn, h heard) string {
				for _, c := range t.g.content.Countries {
					for _, z := range c.Zones {
						if h.value == z.ID || (h.text != "" && (fold(z.Name.In(t.p.Language)) == fold(h.text) || strings.EqualFold(z.ID, h.text))) {
							t.p.Zone = z.ID
							t.at = t.in.At.In(t.p.location())
							return "chosen"
						}
					}
				}
				return t.unclear()
			},
		},
		{
			name: "quiet.ask", personal: true,
			exits: map[string]string{"chosen": "settings"},
			ask:   func(t *turn) { t.question(t.w.spans("quiet.ask"), t.choices(2, "22-8", "21-9", "23-7", "none")...) },
			hear: func(t *turn, h heard) string {
				text := h.value + h.text
				if text == "none" {
					t.p.Quiet = Quiet{1, 1}
					return "chosen"
				}
				if m := hours.FindStringSubmatch(text); m != nil {
					from, to := minutes(m[1], m[2]), minutes(m[3], m[4])
					if from >= 0 && to >= 0 && from != to {
						t.p.Quiet = Quiet{from, to}
						return "chosen"
					}
				}
				return t.unclear()
			},
		},
		{
			name: "erase.ask", personal: true,
			exits: map[string]string{"keep": end},
			ask: func(t *turn) {
				t.question(t.w.spans("erase.ask", "n", len(t.p.Cases)), t.choices(1, "erase", "keep")...)
			},
			hear: func(t *turn, h heard) string {
				switch h.value {
				case "erase":
					*t.p = Person{ID: t.p.ID, Language: t.p.Language, Revision: t.p.Revision}
					t.c = nil
					t.do(Erase{})
					t.tell("erase.done")
					return ""
				case "keep":
					return "keep"
				}
				return t.unclear()
			},
		},
		{
			name: "which.case", personal: true,
			exits: map[string]string{"chosen": end, "new": "story.ask"},
			ask: func(t *turn) {
				var all []Button
				for _, c := range t.homes() {
					all = append(all, Button{Label: cut(t.title(c), 40), Value: fmt.Sprint(c.Number)})
				}
				all = append(all, Button{Label: t.w.text("button.new"), Value: "new"})
				t.question(t.w.spans("which.case.ask", "n", len(t.p.Loose)), inRows(1, all)...)
			},
			hear: func(t *turn, h heard) string {
				number, _ := strconv.Atoi(h.value + h.text)
				c := t.p.Case(number)
				if h.value == "new" {
					c = t.start()
				} else if !slices.Contains(t.homes(), c) {
					return t.unclear()
				}
				t.focus(c)
				loose := t.p.Loose
				t.p.Loose = nil
				last := 0
				for _, e := range loose {
					if n := t.keep(e); e.Kind == "forward" || e.Kind == "text" && e.Theirs {
						last = n
					}
				}
				if h.value == "new" {
					t.cross("which.case", "new")
				} else if s := t.present(); last > 0 && s != nil && s.rest && c.open() && c.Danger.Step == "" && s.name == "waiting" {
					t.theyWrote(c.exhibit(last)) // their answer, now that it is known whose
				} else {
					t.cross("which.case", "chosen")
				}
				return ""
			},
		},
	}
}

var hours = regexp.MustCompile(`(\d{1,2})(?:[:：](\d{2}))?\s*(?:-|–|—|to|到|至|~)\s*(\d{1,2})(?:[:：](\d{2}))?`)

// minutes after midnight; -1 when it is no time of day.
func minutes(hour, minute string) int {
	h, _ := strconv.Atoi(hour)
	m, _ := strconv.Atoi("0" + minute)
	if h > 23 || m > 59 {
		return -1
	}
	return h*60 + m
}

func clock(minutes int) string { return fmt.Sprintf("%02d:%02d", minutes/60, minutes%60) }

func (t *turn) languageButtons() [][]Button {
	var all []Button
	for _, l := range t.g.content.Languages {
		all = append(all, Button{Label: l.Name, Value: l.Tag})
	}
	return inRows(1, all)
}

func (t *turn) chooseLanguage(h heard) bool {
	for _, l := range t.g.content.Languages {
		if h.value == l.Tag || (h.text != "" && (strings.EqualFold(h.text, l.Name) || strings.EqualFold(h.text, l.Tag))) {
			t.p.Language = l.Tag
			t.w = t.g.words(l.Tag)
			return true
		}
	}
	return false
}
