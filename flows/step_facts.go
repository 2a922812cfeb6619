package flows

import (
	"slices"

	"recourse/flows/content"
)

// factSteps is a question for each fact, then what the person wants, then
// everything read back.
func factSteps() []*step {
	var all []*step
	for i, f := range factList {
		to := "want.ask"
		if i+1 < len(factList) {
			to = factList[i+1].id + ".ask"
		}
		all = append(all, factStep(f, to))
	}
	return append(all,
		&step{
			name:  "want.ask",
			exits: next("want.amount"),
			pass: func(t *turn) string {
				if t.c.Thread.Resume == "" && (len(t.c.Wants) > 0 || slices.Contains(t.c.Skipped, "want")) {
					return "next"
				}
				return ""
			},
			ask: func(t *turn) {
				th := &t.c.Thread
				if th.Picked == nil {
					th.Picked = append([]string{}, t.c.Wants...)
				}
				var wants []string
				for _, i := range t.g.incidents(t.c) {
					wants = union(wants, i.Wants)
				}
				if len(wants) == 0 {
					wants = content.Wants
				}
				var all []Button
				for _, w := range wants {
					all = append(all, t.tick(t.w.text("want."+w), w))
				}
				t.question(t.w.spans("want.ask.ask"), append(inRows(2, all), t.choices(2, "done", "skip")...)...)
			},
			hear: func(t *turn, h heard) string {
				th := &t.c.Thread
				switch {
				case h.value == "done" && len(th.Picked) == 0:
					t.first("want.ask.none")
					t.again()
					return ""
				case h.value == "done":
					t.c.Wants, th.Picked = th.Picked, nil
					return "next"
				case h.value == "skip":
					t.c.Skipped, th.Picked = union(t.c.Skipped, []string{"want"}), nil
					return "next"
				case slices.Contains(content.Wants, h.value):
					t.toggle(h.value)
					return ""
				}
				if s := t.read(h.text); len(s.Wants) > 0 {
					th.Picked = union(th.Picked, s.Wants)
					t.again()
					return ""
				}
				return t.unclear()
			},
		},
		&step{
			name:  "want.amount",
			exits: map[string]string{"next": "facts.confirm", "changed": "change.done"},
			pass: func(t *turn) string {
				c := t.c
				if !slices.Contains(c.Wants, "part_refund") && !slices.Contains(c.Wants, "compensation") {
					c.WantAmount = Money{}
					return t.forward("next")
				}
				if c.WantAmount.Number != "" || slices.Contains(c.Skipped, "want_amount") {
					return t.forward("next")
				}
				return ""
			},
			ask: func(t *turn) { t.question(t.w.spans("want.amount.ask"), t.choices(1, "skip")...) },
			hear: func(t *turn, h heard) string {
				if h.value == "skip" {
					t.c.Skipped = union(t.c.Skipped, []string{"want_amount"})
					return t.forward("next")
				}
				if t.takeMoney(&t.c.WantAmount, h.text) {
					if t.beyond(t.c.WantAmount) {
						t.preface = paragraphs(t.preface, t.w.spans("want.measure"), t.given())
					}
					return t.forward("next")
				}
				return t.unclear()
			},
		},
		&step{
			name:  "facts.confirm",
			exits: map[string]string{"right": "evidence.ask", "change": "change.pick"},
			ask: func(t *turn) {
				t.c.Thread.Resume = ""
				t.question(paragraphs(t.w.spans("facts.confirm.ask"), t.summary(t.c)), t.choices(2, "right", "change")...)
			},
			hear: func(t *turn, h heard) string {
				switch {
				case h.value == "right" || t.yes(h.text):
					t.c.KindsSure = true
					return "right"
				case h.value == "change":
					t.c.Thread.Resume = "facts.confirm"
					return "change"
				}
				return t.unclear()
			},
		},
		changePick(),
		&step{
			name: "change.done",
			exits: map[string]string{
				"story": "story.confirm", "facts": "facts.confirm", "letter": "letter.ready", "waiting": "waiting",
			},
			pass: func(t *turn) string {
				resume := t.c.Thread.Resume
				t.c.Thread.Resume = ""
				switch resume {
				case "story.confirm":
					return "story"
				case "letter.ready":
					return "letter"
				case "waiting":
					return "waiting"
				}
				return "facts"
			},
		})
}

// factStep asks for one fact.
func factStep(f *fact, to string) *step {
	name := f.id + ".ask"
	return &step{
		name:  name,
		exits: map[string]string{"next": to, "changed": "change.done"},
		pass: func(t *turn) string {
			c := t.c
			if c.Thread.Resume != "" { // asked for on purpose
				return ""
			}
			if f.known(c) || slices.Contains(c.Skipped, f.id) || !slices.Contains(t.g.asks(c), f.id) {
				return "next"
			}
			return ""
		},
		ask: func(t *turn) {
			th := &t.c.Thread
			if len(th.Dates) > 1 {
				var all []Button
				for _, d := range th.Dates {
					all = append(all, Button{Label: longDate(d, t.p.Language), Value: "day " + d.String()})
				}
				t.question(t.w.spans("date.which"), append(inRows(1, all), t.choices(1, "skip")...)...)
				return
			}
			var rows [][]Button
			if f.offer != nil {
				rows = f.offer(t)
			}
			t.question(t.w.spans(name+".ask"), append(rows, t.choices(1, "skip")...)...)
		},
		hear: func(t *turn, h heard) string {
			c := t.c
			switch {
			case h.value == "skip" || (h.text != "" && t.g.content.Reader.Skip(h.text) && f.id != "product"):
				c.Skipped = union(c.Skipped, []string{f.id})
				return t.forward("next")
			case h.value != "" && f.pick != nil && f.pick(t, c, h.value), h.value == "" && f.take(t, c, h.text):
				c.Skipped = slices.DeleteFunc(c.Skipped, func(s string) bool { return s == f.id })
				if f.date != nil || f.id == "amount" {
					t.first("read_back", "value", f.value(t, c))
				}
				return t.forward("next")
			case len(c.Thread.Dates) > 1:
				t.again()
				return ""
			}
			return t.unclear()
		},
		correct: func(t *turn, text string) bool { return f.take(t, t.c, text) },
	}
}

// changePick asks which fact is wrong.
func changePick() *step {
	s := &step{
		name:  "change.pick",
		exits: map[string]string{"kind": "kind.ask", "want": "want.ask", "back": "change.done"},
		ask: func(t *turn) {
			all := []Button{{Label: t.w.text("fact.kind"), Value: "kind"}}
			for _, f := range factList {
				if f.known(t.c) || slices.Contains(t.g.asks(t.c), f.id) {
					all = append(all, Button{Label: t.w.text("fact." + f.id), Value: f.id})
				}
			}
			all = append(all, Button{Label: t.w.text("fact.want"), Value: "want"})
			t.question(t.w.spans("change.pick.ask"), append(inRows(2, all), t.choices(1, "nothing")...)...)
		},
		hear: func(t *turn, h heard) string {
			th := &t.c.Thread
			th.Picked = nil
			if h.value == "want" { // the sum is part of it
				t.c.WantAmount = Money{}
				t.c.Skipped = slices.DeleteFunc(t.c.Skipped, func(s string) bool { return s == "want_amount" })
			}
			switch {
			case h.value == "nothing":
				return "back"
			case h.value == "kind" || h.value == "want" || factOf(h.value) != nil:
				return h.value
			}
			// Somebody may simply write what is right.
			before := len(t.facts(t.c))
			t.understand(h.text)
			if len(t.facts(t.c)) > before {
				return "back"
			}
			return t.unclear()
		},
	}
	for _, f := range factList {
		s.exits[f.id] = f.id + ".ask"
	}
	return s
}
