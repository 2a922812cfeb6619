package flows

import (
	"slices"

	"recourse/flows/content"
)

// Danger: four short steps that come before all paperwork, and a quiet place
// after them. While it lasts the case's letters and reminders pause.
func dangerSteps() []*step {
	return []*step{
		{
			name:  "danger.safe",
			exits: map[string]string{"safe": "danger.age", "unsafe": "danger.tell", "mistake": end, "notit": end},
			ask: func(t *turn) {
				out := "mistake"
				if t.c.Alarm != "" { // nobody tapped anything
					out = "notit"
				}
				t.question(paragraphs(t.w.spans("danger.safe.ask"), t.numbers("police")), t.choices(1, "safe", "unsafe", out)...)
			},
			hear: func(t *turn, h heard) string {
				yes, known := t.g.content.Reader.YesNo(h.text)
				switch {
				case h.value == "mistake" || h.value == "notit":
					if t.c.Alarm != "" {
						t.c.Calm = union(t.c.Calm, []string{t.c.Alarm})
					}
					t.calmed()
					return h.value
				case h.value == "safe" || (known && yes):
					return "safe"
				case h.value == "unsafe" || (known && !yes):
					t.first("danger.now")
					return "unsafe"
				}
				// Whatever is written here, the way out stays in view.
				t.first("danger.heard")
				t.again()
				return ""
			},
		},
		{
			// Asked once, and only where it changes what helps.
			name:  "danger.age",
			exits: next("danger.hold"),
			pass: func(t *turn) string {
				c := t.c
				if c.AgeAsked || c.inPeril("minor") || !c.inPeril("images") && !c.inPeril("blackmail") && !slices.Contains(c.Kinds, "blackmail") {
					return "next"
				}
				return ""
			},
			ask: func(t *turn) {
				t.c.AgeAsked = true
				t.question(t.w.spans("danger.age.ask"), t.choices(1, "under", "adult", "skip")...)
			},
			hear: func(t *turn, h heard) string {
				yes, known := t.g.content.Reader.YesNo(h.text)
				switch {
				case h.value == "under" || known && yes:
					t.c.Perils = union(t.c.Perils, []string{"minor"})
					t.preface = paragraphs(t.preface, t.peril("minor"))
					return "next"
				case h.value == "adult" || h.value == "skip" || known || t.g.content.Reader.Skip(h.text):
					return "next"
				}
				t.first("danger.heard")
				t.again()
				return ""
			},
		},
		dangerStep("danger.hold", map[string]string{"next": "danger.keep"}, func(t *turn) []Span {
			if t.c.inPeril("images") { // of a review there is no word then
				return t.perilsAt("paid", "code", "images")
			}
			return t.perilsAt("blackmail", "paid", "code")
		}),
		dangerStep("danger.keep", map[string]string{"next": "danger.tell"}, func(t *turn) []Span { return t.perilsAt("address", "doxxing") }),
		dangerStep("danger.tell", map[string]string{"next": "danger.rest"}, func(t *turn) []Span {
			parts := [][]Span{t.nearest()}
			if p := t.g.content.Platform(t.c.Merchant.Platform); p != nil && p.Usable() {
				parts = append(parts, plain(p.Name.In(t.p.Language)+t.w.text("list.colon")+p.Report.In(t.p.Language)))
			}
			for _, a := range t.advice() {
				parts = append(parts, plain(a.Text.In(t.p.Language)))
			}
			return paragraphs(parts...)
		}),
		{
			name: "danger.rest", rest: true,
			exits: map[string]string{"return": end, "again": "danger.safe"},
			ask: func(t *turn) {
				values := []string{"return", "again", "statement"}
				if keptExhibits(t.c) > 0 {
					values = append(values, "pack")
				}
				t.question(t.w.spans("danger.rest.ask"), t.choices(1, values...)...)
			},
			hear: func(t *turn, h heard) string {
				switch h.value {
				case "return":
					t.calmed()
					t.first("danger.returned", "state", t.w.text("state."+t.c.State()))
					return "return"
				case "again":
					return "again"
				case "statement":
					t.policeStatement()
					t.again()
					return ""
				case "pack":
					t.startExport(t.g.readable(t.law().Languages, t.p.Language), "police")
					return ""
				}
				t.first("danger.heard")
				t.again()
				return ""
			},
		},
	}
}

// dangerStep says one thing and goes on.
func dangerStep(name string, exits map[string]string, more func(t *turn) []Span) *step {
	return &step{
		name:  name,
		exits: exits,
		ask: func(t *turn) {
			text := t.w.spans(name + ".ask")
			if more != nil {
				text = paragraphs(text, more(t))
			}
			rows := t.choices(1, "next")
			if name == "danger.tell" {
				rows = append(rows, t.choices(1, "all")...)
			}
			t.question(text, rows...)
		},
		hear: func(t *turn, h heard) string {
			if h.value == "next" || t.yes(h.text) {
				return "next"
			}
			if h.value == "all" {
				t.say(t.numbers())
				t.again()
				return ""
			}
			t.first("danger.heard")
			t.again()
			return ""
		},
	}
}

// danger opens the danger screen of the present case; one is opened where there
// is none, so that what follows can be kept.
func (t *turn) danger() {
	t.endangered()
	t.focus(t.c)
	t.c.Unsafe = true
	t.c.Danger = Thread{}
	t.note("danger")
	t.enter("danger.safe")
}

// strangerInDanger helps somebody who has not agreed to anything: nothing is
// kept, and the numbers of every country are given.
func (t *turn) strangerInDanger() {
	t.say(paragraphs(t.w.spans("danger.stranger"), t.everywhere()))
	t.p.Thread = Thread{}
	t.enter("welcome")
}

// numbers are the contacts of the case's country, of the given kinds or all.
func (t *turn) numbers(kinds ...string) []Span {
	if country := t.law(); country.Code != "" {
		return t.contacts(country, kinds...)
	}
	return t.everywhere()
}

// nearest are the few contacts that fit best, so that nobody has to search a
// long list: the police, one for this kind of trouble, somebody to talk to.
func (t *turn) nearest() []Span {
	country := t.law()
	if country.Code == "" {
		return t.everywhere()
	}
	var all [][]Span
	for _, kind := range t.c.nearestKinds() {
		if line := t.firstContact(country, kind); line != nil && len(all) < 5 {
			all = append(all, line)
		}
	}
	return lines(all...)
}

// everywhere gives the police and crisis numbers of every country, for somebody
// who has not said yet where they are.
func (t *turn) everywhere() []Span {
	var all [][]Span
	for _, c := range t.g.content.Countries {
		all = append(all, lines(bold(c.Name.In(t.p.Language)), t.contacts(c, "police", "crisis")))
	}
	return paragraphs(all...)
}

func (t *turn) contacts(country *content.Country, kinds ...string) []Span {
	var all [][]Span
	for _, e := range country.Emergency {
		if e.Usable() && (len(kinds) == 0 || content.Fits(kinds, []string{e.Kind})) {
			all = append(all, t.contactLine(e))
		}
	}
	return lines(all...)
}

// firstContact is the first of a kind, the one for an emergency.
func (t *turn) firstContact(country *content.Country, kind string) []Span {
	for _, e := range country.Emergency {
		if e.Usable() && e.Kind == kind {
			return t.contactLine(e)
		}
	}
	return nil
}

// contactLine is "Police: 999 (when …)".
func (t *turn) contactLine(e content.Contact) []Span {
	in := t.p.Language
	number := e.Phone
	if number == "" && e.TextTo != "" {
		number = t.w.text("contact.text", "number", e.TextTo)
	}
	if number == "" {
		number = e.URL
	} else if e.URL != "" {
		number += " · " + e.URL
	}
	return t.w.spans("contact.line", "name", e.Name.In(in), "number", number, "when", e.When.In(in), "hours", e.Hours.In(in))
}

// advice is what the country's file says of threats, for the case's kinds.
func (t *turn) advice() (list []content.Advice) {
	kinds := union(t.c.Kinds, []string{"blackmail", "abuse"})
	for _, a := range t.law().Danger {
		// What may turn the person's own words against them is said where they write.
		if a.Usable() && !slices.Contains(a.Incidents, "all") && content.Fits(a.Incidents, kinds) && len(list) < 2 {
			list = append(list, a)
		}
	}
	return list
}

// policeStatement sends the short statement for the police.
func (t *turn) policeStatement() {
	country := t.law()
	r := content.Rung{Complaint: "police", Language: t.g.readable(country.Languages, t.p.Language), Name: content.Text{}}
	for _, l := range t.g.content.Languages {
		r.Name[l.Tag] = t.g.words(l.Tag).text("police.name")
	}
	t.showComplaint(&r)
}
