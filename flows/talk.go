package flows

import (
	"slices"
	"time"
)

// Line is one message of the talk with the other side, as it was handed on.
type Line struct {
	Exhibit int       // number of the exhibit it is
	At      time.Time // of the original, where the forward has a date; else when it was sent here
	Origin  *Forward  // as Telegram delivered it; nil = pasted by the person
	Kind    string    // of the exhibit: forward text photo document voice …
	Text    string    // words or caption, as they came first; with the person's "they wrote:"
	Theirs  bool      // the person says these are the other side's words
	Edits   []Edit    // later versions, in their order
}

// Talk is the transcript: every forwarded message and every text that was
// pasted, in the order of the originals, with what Telegram said of where they
// came from. It says nothing about who wrote them. What was left out of the
// dossier, was lost or has the same bytes as another exhibit is not in it.
func (c *Case) Talk() []Line {
	var all []Line
	for _, x := range c.Exhibits {
		if x.State != "kept" || x.Out || x.Form == "derived" || x.Forward == nil && x.Form != "text_only" {
			continue
		}
		l := Line{Exhibit: x.Number, At: x.Sent, Origin: x.Forward, Kind: x.Kind, Text: x.Text, Theirs: x.Theirs, Edits: slices.Clone(x.Edits)}
		if x.Forward != nil && !x.Forward.Date.IsZero() {
			l.At = x.Forward.Date
		}
		slices.SortStableFunc(l.Edits, func(a, b Edit) int { return a.At.Compare(b.At) })
		all = append(all, l)
	}
	slices.SortStableFunc(all, func(a, b Line) int { return a.At.Compare(b.At) }) // those of one second by their numbers
	return all
}
