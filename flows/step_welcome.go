package flows

import (
	"fmt"
	"strings"

	"recourse/flows/reading"
)

// The first minutes: what this is, a yes, the language, the country, the time
// zone. Before the yes nothing is kept but the language and the tap.
func welcomeSteps() []*step {
	return []*step{
		{
			name: "welcome", personal: true,
			exits: map[string]string{"agree": "country.ask", "more": "welcome.more", "language": "welcome.language"},
			ask: func(t *turn) {
				t.p.Thread.Trail = nil // nothing lies before this
				t.say(paragraphs(t.preface, t.w.spans("welcome.what")))
				t.preface = nil
				t.question(t.w.spans("welcome.ask"), inRows(1, []Button{
					{Label: t.w.text("welcome.agree"), Value: "agree"},
					{Label: t.w.text("welcome.more"), Value: "more"},
					{Label: t.w.text("welcome.language"), Value: "language"},
				})...)
			},
			hear: hearWelcome,
		},
		{
			name: "welcome.more", personal: true,
			exits: map[string]string{"agree": "country.ask", "language": "welcome.language"},
			ask: func(t *turn) {
				t.question(t.w.spans("privacy"), inRows(1, []Button{
					{Label: t.w.text("welcome.agree"), Value: "agree"},
					{Label: t.w.text("welcome.language"), Value: "language"},
				})...)
			},
			hear: hearWelcome,
		},
		{
			name: "welcome.language", personal: true,
			exits: map[string]string{"chosen": "welcome"},
			ask:   func(t *turn) { t.question(t.w.spans("language.ask"), t.languageButtons()...) },
			hear: func(t *turn, h heard) string {
				if t.chooseLanguage(h) {
					t.p.Thread.Trail = nil
					return "chosen"
				}
				t.again()
				return ""
			},
		},
		{
			name: "country.ask", personal: true,
			exits: map[string]string{"chosen": "zone.ask"},
			ask: func(t *turn) {
				var all []Button
				for _, c := range t.g.content.Countries {
					all = append(all, Button{Label: flag(c.Code) + " " + c.Name.In(t.p.Language), Value: c.Code})
				}
				t.question(t.w.spans("country.ask"), inRows(1, all)...)
			},
			hear: func(t *turn, h heard) string {
				code := h.value
				if code == "" {
					code = t.country(h.text)
				}
				c := t.g.content.Country(code)
				if c == nil {
					t.first("country.unknown", "countries", t.w.list(t.countryNames()))
					t.again()
					return ""
				}
				t.p.Country = code
				t.p.Zone = c.Zones[0].ID
				for _, x := range t.p.openCases() { // a case nobody has told yet follows the person's country
					if len(x.Proceedings) == 0 && x.Story == "" {
						x.Country = code
					}
				}
				return "chosen"
			},
		},
		{
			name: "zone.ask", personal: true,
			exits: map[string]string{"chosen": end},
			pass: func(t *turn) string {
				if len(t.g.content.Country(t.p.Country).Zones) == 1 {
					return "chosen"
				}
				return ""
			},
			ask: func(t *turn) {
				var all []Button
				for _, z := range t.g.content.Country(t.p.Country).Zones {
					all = append(all, Button{Label: z.Name.In(t.p.Language), Value: z.ID})
				}
				t.question(t.w.spans("zone.ask"), inRows(1, all)...)
			},
			hear: func(t *turn, h heard) string {
				for _, z := range t.g.content.Country(t.p.Country).Zones {
					if h.value == z.ID || (len([]rune(fold(h.text))) > 2 && strings.Contains(fold(z.Name.In(t.p.Language)), fold(h.text))) {
						t.p.Zone = z.ID
						return "chosen"
					}
				}
				return t.unclear()
			},
		},
		{
			name: "home", personal: true, rest: true,
			exits: map[string]string{"told": "story.ask"},
			ask: func(t *turn) {
				var rows [][]Button
				for _, c := range t.p.openCases() {
					rows = append(rows, []Button{{Label: cut(t.title(c), 40), Case: c.Number, Value: "/case"}})
				}
				rows = append(rows, []Button{{Label: t.w.text("button.new"), Value: "/new"}, {Label: t.w.text("button.settings"), Value: "/settings"}})
				key := "home.ask"
				if len(t.p.openCases()) > 0 {
					key = "home.cases"
				}
				t.question(t.w.spans(key), rows...)
			},
			hear: func(t *turn, h heard) string {
				// Somebody who starts to tell has started a case.
				if len([]rune(h.text)) < 12 {
					t.first("home.short")
					t.again()
					return ""
				}
				t.start()
				t.cross("home", "told")
				t.out = t.out[:len(t.out)-1] // the question is answered already
				t.answer(h)
				return ""
			},
		},
	}
}

func hearWelcome(t *turn, h heard) string {
	switch h.value {
	case "agree":
		t.p.Agreed = t.in.At
		return "agree"
	case "more", "language":
		return h.value
	}
	t.first("welcome.first")
	t.again()
	return ""
}

func (t *turn) countryNames() (names []string) {
	for _, c := range t.g.content.Countries {
		names = append(names, c.Name.In(t.p.Language))
	}
	return names
}

// country reads a country somebody typed, "" when it is none we know.
func (t *turn) country(text string) string {
	var known []reading.Known
	for _, c := range t.g.content.Countries {
		k := reading.Known{ID: c.Code, Names: append([]string{c.Code}, c.Also...)}
		for _, n := range c.Name {
			k.Names = append(k.Names, n)
		}
		known = append(known, k)
	}
	if ids := t.g.content.Reader.Match(text, known); len(ids) > 0 {
		return ids[0]
	}
	return ""
}

// flag is a country's flag: its two letters as regional indicators.
func flag(code string) string {
	var b strings.Builder
	for _, r := range code {
		fmt.Fprintf(&b, "%c", r-'A'+0x1F1E6)
	}
	return b.String()
}
