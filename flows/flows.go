// Package flows is the conversation: what Recourse asks, hears, says and
// remembers. It is pure. It knows no Telegram, no database, no clock, no
// network and no file but the content embedded in flows/content; time enters
// only as Input.At.
//
// The one way in is Guide.Advance: a Person and an Input in, the Person changed
// and Effects out. Two machines carry it, both tables of looplab/fsm: the
// dialogue (step.go, steps.go: every question in the order a person meets it,
// with its exits as data) and the proceeding (proceeding.go: one approach to
// one body). The words stand in flows/content/locales, the law in
// flows/content/countries; here is only what leads from one to the next.
//
// Begin with steps.go, then turn.go.
package flows

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/looplab/fsm"

	"recourse/flows/content"
)

// Guide leads conversations. It holds no person's data and may be used by many
// goroutines at once.
type Guide struct {
	content  *content.Content
	steps    map[string]*step
	order    []*step
	dialogue sync.Pool // *fsm.FSM over the steps; building one costs more than an input
	lost     atomic.Int64
	walked   func(step, exit string) // tests listen which exits are taken
}

// New makes a Guide over loaded content. It fails when the dialogue is not
// whole: an exit that leads nowhere, a question without words.
func New(c *content.Content) (*Guide, error) {
	g := &Guide{content: c, steps: map[string]*step{}, order: dialogue()}
	for _, s := range g.order {
		if g.steps[s.name] != nil {
			return nil, fmt.Errorf("the step %s stands twice", s.name)
		}
		g.steps[s.name] = s
	}
	for _, s := range g.order {
		for exit, to := range s.exits {
			if to != end && g.steps[to] == nil {
				return nil, fmt.Errorf("the exit %s of the step %s leads to %q, which is no step", exit, s.name, to)
			}
		}
		for _, l := range c.Languages {
			if key := s.name + ".asking"; !s.rest && s.ask != nil && !l.Keys[key] {
				return nil, fmt.Errorf("words %q are missing in %s", key, l.Tag)
			}
		}
	}
	g.dialogue.New = func() any { return fsm.NewFSM(g.order[0].name, g.events(), nil) }
	return g, nil
}

// Listen lets a test hear which exits are taken. Set it before the first
// Advance.
func (g *Guide) Listen(walked func(step, exit string)) { g.walked = walked }

// Missing counts the words that were asked for and not there. It is 0, or the
// content is at fault.
func (g *Guide) Missing() int64 { return g.lost.Load() }

// Advance is the shape of Guide.Advance: what the store calls for each input.
type Advance func(p *Person, in Input) []Effect

// Advance hears one input and changes the person accordingly. The effects are
// in the order they are to happen.
func (g *Guide) Advance(p *Person, in Input) []Effect {
	t := g.turn(p, in)
	switch e := in.Event.(type) {
	case Elsewhere:
		t.tell("elsewhere")
		t.do(Leave{})
		return t.out
	case Blocked:
		p.Blocked = true
		return nil
	case Unblocked:
		p.Blocked = false
		return nil
	case Away:
		if len(p.openCases()) > 0 && !p.Blocked {
			t.tell("away")
		}
	case Failed:
		t.tell("failed")
		t.again()
	case Kept:
		t.kept(e)
	case Lost:
		t.missing(e)
	case Recognized:
		t.recognized(e)
	case Exported:
		t.exported(e)
	case Woke:
		t.wake()
	default:
		p.Blocked = false
		t.hear(in.Event)
	}
	return t.out
}

// WakeAt is when the person's next reminder is due; zero = none.
func (p *Person) WakeAt() time.Time {
	var at time.Time
	if p.Blocked {
		return at
	}
	for _, c := range p.Cases {
		if c.Unsafe || !c.open() {
			continue
		}
		for _, r := range c.Reminders {
			if at.IsZero() || r.Due.Before(at) {
				at = r.Due
			}
		}
	}
	return at
}

// Case gives a case by its number, nil when there is none.
func (p *Person) Case(number int) *Case {
	for _, c := range p.Cases {
		if c.Number == number {
			return c
		}
	}
	return nil
}

// open tells that the case goes on.
func (c *Case) open() bool { return c.Outcome == "" }

// openCases are those that go on, by number.
func (p *Person) openCases() (open []*Case) {
	for _, c := range p.Cases {
		if c.open() {
			open = append(open, c)
		}
	}
	return open
}

// MenuText is what Telegram shows of the bot before a word is said.
type MenuText struct {
	Language           string
	Commands           []Command
	Description, Short string // ≤ 512 and ≤ 120 characters
}

// Command is a line of the command menu.
type Command struct{ Name, Text string }

// Menus gives the command menus and descriptions in every language.
func (g *Guide) Menus() []MenuText {
	var all []MenuText
	for _, l := range g.content.Languages {
		w := words{g, l}
		m := MenuText{Language: l.Tag, Description: w.text("bot.description"), Short: w.text("bot.short")}
		for _, c := range commands {
			if c.menu {
				m.Commands = append(m.Commands, Command{c.name, w.text("command." + c.name)})
			}
		}
		all = append(all, m)
	}
	return all
}

// languageFor chooses the locale for Telegram's language_code.
func (g *Guide) languageFor(code string) string {
	code = strings.ToLower(code)
	if strings.HasPrefix(code, "zh") {
		for _, l := range g.content.Languages {
			if l.Tag == "zh-Hans" {
				return l.Tag
			}
		}
	}
	for _, l := range g.content.Languages {
		if base, _, _ := strings.Cut(strings.ToLower(l.Tag), "-"); base == strings.SplitN(code, "-", 2)[0] {
			return l.Tag
		}
	}
	return g.content.Languages[0].Tag
}
