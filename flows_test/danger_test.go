package flows_test

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"recourse/flows"
)

// watcher looks, after every line of every story, how far the danger screens are.
type watcher struct {
	*pure
	t      *testing.T
	states map[string]bool // steps looked at
	lost   []string        // what is wrong
}

func (w *watcher) settle() {
	w.pure.settle()
	for chat := int64(1); chat <= 3; chat++ {
		p := w.person(chat)
		if p == nil || p.Blocked || p.Agreed.IsZero() {
			continue // before their yes, /danger gives the numbers of every country: a story of its own
		}
		step := stepOf(p)
		if w.states[step] || step == "" {
			continue
		}
		w.states[step] = true
		heard := w.heard(chat)
		if wrong := far(w.g, p, step, heard); wrong != "" {
			w.lost = append(w.lost, wrong)
		}
	}
}

// far says why the danger screens are more than two taps, or one message, away.
func far(g *flows.Guide, p *flows.Person, step string, heard []message) string {
	if !strings.HasPrefix(step, "danger.") {
		near := false
		for _, m := range heard[max(0, len(heard)-4):] {
			near = near || slices.ContainsFunc(m.buttons, func(b flows.Button) bool { return b.Value == "/danger" })
		}
		if !near {
			return step + ": the button is not in sight"
		}
	}
	words := map[string][]string{
		"en":      {"I feel threatened", "he said he will come to my house tonight"},
		"zh-Hans": {"我受到威胁", "他说今晚要来我家打我"},
	}[p.Language]
	for _, text := range append([]string{"/danger"}, words...) {
		body, err := json.Marshal(p)
		if err != nil {
			return err.Error()
		}
		copied := &flows.Person{}
		if err := json.Unmarshal(body, copied); err != nil {
			return err.Error()
		}
		g.Advance(copied, flows.Input{ID: "x", Person: p.ID, At: p.Agreed.AddDate(1, 0, 0), Event: flows.Said{Message: 1 << 30, Text: text}})
		c := copied.Case(copied.Focus)
		if c != nil && c.Unsafe && strings.HasPrefix(step, "danger.") && step != "danger.rest" && strings.HasPrefix(c.Danger.Step, "danger.") {
			continue // in the midst of the screens
		}
		if c == nil || c.Danger.Step != "danger.safe" || !c.Unsafe {
			return fmt.Sprintf("%s: %q leads to %s", step, text, stepOf(copied))
		}
	}
	return ""
}

// From every state the danger screens are at most two taps or one message away.
func TestDangerIsNear(t *testing.T) {
	g := guide(t)
	states := map[string]bool{}
	for _, file := range stories(t) {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			w := &watcher{pure: newPure(g), t: t, states: states}
			play(t, w, readStory(t, file))
			for _, wrong := range w.lost {
				t.Error(wrong)
			}
		})
	}
	asked := 0
	for _, exit := range g.Exits() {
		if step := strings.Fields(exit)[0]; states[step] {
			asked++
		}
	}
	if len(states) < 40 || asked < 100 {
		t.Errorf("only %d states were looked at", len(states))
	}
	t.Logf("%d states", len(states))

	// Where the button is missing it is noticed, and where words are not heard.
	w := newPure(g)
	w.say(1, "/start")
	if err := w.tap(1, "agree", false, 1); err != nil {
		t.Fatal(err)
	}
	if err := w.tap(1, "GB", false, 1); err != nil {
		t.Fatal(err)
	}
	heard := w.heard(1)
	for i := range heard {
		heard[i].buttons = nil
	}
	if far(g, w.person(1), "story.ask", heard) == "" {
		t.Error("a state without the button is not noticed")
	}
	deaf := *w.person(1)
	deaf.Agreed = time.Time{} // hears numbers only, opens nothing
	if far(g, &deaf, "story.ask", w.heard(1)) == "" {
		t.Error("a state that does not hear words is not noticed")
	}
}
