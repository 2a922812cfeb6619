package flows

import (
	"slices"
	"time"
)

// The end of a case: how it ended, what came back, what to keep in mind.
func endSteps() []*step {
	return []*step{
		{
			name:  "end.ask",
			exits: map[string]string{"solved": "end.back", "partly": "end.back", "given_up": "end.tips", "withdrawn": "end.tips", "stay": "waiting"},
			ask: func(t *turn) {
				t.question(t.w.spans("end.ask.ask"), t.choices(1, "solved", "partly", "given_up", "withdrawn", "stay")...)
			},
			hear: func(t *turn, h heard) string {
				switch h.value {
				case "solved", "partly":
					t.c.Thread.Picked = []string{h.value}
					return h.value
				case "given_up", "withdrawn":
					t.close(h.value)
					return h.value
				case "stay":
					return "stay"
				}
				return t.unclear()
			},
		},
		{
			name:  "end.back",
			exits: next("withdraw.next"),
			ask: func(t *turn) {
				t.question(t.w.spans("end.back.ask"), t.choices(2, "all", "part", "apology", "skip")...)
			},
			hear: func(t *turn, h heard) string {
				outcome := "solved"
				if slices.Contains(t.c.Thread.Picked, "partly") || h.value == "part" {
					outcome = "partly"
				}
				switch h.value {
				case "all", "part", "apology":
					t.c.CameBack = h.value
				case "skip":
				default:
					t.c.CameBack = cut(oneLine(h.text), 200)
				}
				t.close(outcome)
				return "next"
			},
		},
		{
			name: "end.tips", rest: true,
			exits: map[string]string{"reopen": "waiting", "broken": "broken.next", "done": end},
			ask: func(t *turn) {
				text := [][]Span{t.w.spans("end." + or(t.c.Outcome, "solved")), lines(t.parts()...)}
				if t.stillFiled() {
					text = append(text, t.w.spans("end.withdraw"))
				}
				text = append(text, lines(t.w.spans("tips.head"), t.tips()), t.w.spans("end.recovery"), t.w.spans("end.keep"))
				t.question(paragraphs(text...), append(t.choices(1, "reopen"),
					[]Button{{Label: t.w.text("button.export"), Case: t.c.Number, Value: "/export"}},
					[]Button{{Label: t.w.text("button.new"), Value: "/new"}, {Label: t.w.text("button.erase"), Value: "/erase"}})...)
			},
			hear: func(t *turn, h heard) string {
				if h.value == "reopen" {
					settled := t.c.Outcome == "solved" || t.c.Outcome == "partly"
					t.c.Outcome, t.c.Closed, t.c.CameBack = "", time.Time{}, ""
					for _, p := range t.c.Proceedings {
						if !settled || p.State != "withdrawn" { // what was taken back stays so
							p.move("reopen")
						}
					}
					t.note("reopened")
					if settled && t.c.promise() != nil {
						t.broke()
						t.remind(Reminder{Kind: "later", Due: t.morning(t.today().AddDays(3))})
						return "broken"
					}
					t.remind(Reminder{Kind: "later", Due: t.morning(t.today().AddDays(3))})
					return "reopen"
				}
				if h.text == "" {
					return "done"
				}
				t.leave("done") // words after the end begin something new, or nothing
				t.out = t.out[:len(t.out)-1]
				t.answer(h)
				return ""
			},
		},
	}
}

// close ends the case. Every outcome is fine.
func (t *turn) close(outcome string) {
	c := t.c
	c.Outcome, c.Closed, c.Reminders = outcome, t.in.At, nil
	for _, p := range c.Proceedings {
		switch {
		case (outcome == "solved" || outcome == "partly") && t.lies(p):
			// It is taken back by the person, who is asked next.
		case outcome == "solved" || outcome == "partly":
			p.move("settle")
		case outcome == "withdrawn":
			p.move("withdraw")
		default:
			p.move("lapse")
		}
	}
	t.note("closed", "outcome", outcome)
}

// stillFiled tells whether a complaint is still lying somewhere.
func (t *turn) stillFiled() bool {
	return slices.ContainsFunc(t.c.Proceedings, func(p *Proceeding) bool { return p.Body != "merchant" && !p.Filed.IsZero() })
}

// tips are the ones that fit the case's kinds.
func (t *turn) tips() []Span {
	var ids []string
	if t.c != nil {
		for _, i := range t.g.incidents(t.c) {
			ids = union(ids, i.Tips)
		}
	}
	if len(ids) == 0 {
		ids = []string{"reputation", "description", "personal_information", "payment", "records", "after_sales"}
	}
	var all [][]Span
	for _, id := range ids {
		all = append(all, t.w.spans("tip."+id))
	}
	return lines(all...)
}
