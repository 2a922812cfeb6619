package flows

import "strings"

// AlarmMark ends what a button of the way out carries, so that it is known even
// where what buttons mean can't be looked up.
const AlarmMark = "!"

// Emergency answers a call for help when nothing can be remembered: the disk is
// full, the database does not answer. It needs only what is compiled in. False =
// it was no call for help.
func (g *Guide) Emergency(in Input) (text []Span, ok bool) {
	switch e := in.Event.(type) {
	case Tapped:
		ok = strings.HasSuffix(e.Data, AlarmMark)
	case Said:
		name, _ := commandOf(e.Text)
		ok = name == "danger"
		for _, l := range g.content.Languages {
			ok = ok || e.Forward == nil && fold(e.Text) == fold(g.words(l.Tag).text("button.danger"))
		}
	}
	if !ok {
		return nil, false
	}
	t := g.turn(&Person{ID: in.Person}, in)
	return paragraphs(t.w.spans("danger.stranger"), t.everywhere(), t.w.spans("danger.alone")), true
}
