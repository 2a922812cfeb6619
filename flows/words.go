package flows

import (
	"fmt"
	"strings"

	"recourse/flows/content"
)

// words says things in one language.
type words struct {
	g      *Guide
	locale *content.Locale
}

func (g *Guide) words(language string) words {
	for _, l := range g.content.Languages {
		if l.Tag == language {
			return words{g, l}
		}
	}
	return words{g, g.content.Languages[0]}
}

// raw renders a message with its marks. Pairs are field, value, field, value;
// strings among the values are foreign words and lose any mark.
func (w words) raw(key string, pairs ...any) string {
	data := make(map[string]any, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		v := pairs[i+1]
		switch x := v.(type) {
		case string:
			v = content.Clean(x)
		case fmt.Stringer:
			v = content.Clean(x.String())
		}
		data[pairs[i].(string)] = v
	}
	s, err := w.locale.Say(key, data)
	if err != nil {
		w.g.lost.Add(1)
		return key
	}
	return s
}

// text renders a message without styles.
func (w words) text(key string, pairs ...any) string {
	return content.Clean(w.raw(key, pairs...))
}

// spans renders a message with its styles.
func (w words) spans(key string, pairs ...any) []Span { return styled(w.raw(key, pairs...)) }

// has tells whether there is such a message.
func (w words) has(key string) bool { return w.locale.Keys[key] }

// button gives the label of a choice: the step's own word for it, else the
// word every step uses.
func (w words) button(step, value string) string {
	if key := step + "." + value; w.has(key) {
		return w.text(key)
	}
	return w.text("button." + value)
}

// list joins things as they are listed in a sentence.
func (w words) list(items []string) string {
	if len(items) < 2 {
		return strings.Join(items, "")
	}
	last := len(items) - 1
	return strings.Join(items[:last], w.text("list.comma")) + w.text("list.and") + items[last]
}

// styled turns marks into spans.
func styled(s string) []Span {
	var spans []Span
	style := ""
	rest := s
	for {
		i := strings.IndexFunc(rest, func(r rune) bool { return r >= content.BoldOn && r <= content.CodeOff })
		if i < 0 {
			break
		}
		if i > 0 {
			spans = append(spans, Span{Text: rest[:i], Style: style})
		}
		switch []rune(rest[i : i+3])[0] {
		case content.BoldOn:
			style = "bold"
		case content.CodeOn:
			style = "code"
		default:
			style = ""
		}
		rest = rest[i+3:] // a private-use rune takes three bytes
	}
	if rest != "" {
		spans = append(spans, Span{Text: rest, Style: style})
	}
	return spans
}

// foreign is text that somebody else wrote: it stands alone and unstyled.
func foreign(s string) []Span { return []Span{{Text: content.Clean(s)}} }

// paragraphs joins pieces with an empty line between them, leaving empty ones out.
func paragraphs(pieces ...[]Span) []Span {
	var all []Span
	for _, p := range pieces {
		if len(p) == 0 {
			continue
		}
		if len(all) > 0 {
			all = append(all, Span{Text: "\n\n"})
		}
		all = append(all, p...)
	}
	return all
}

// lines joins pieces with a line break.
func lines(pieces ...[]Span) []Span {
	var all []Span
	for _, p := range pieces {
		if len(p) == 0 {
			continue
		}
		if len(all) > 0 {
			all = append(all, Span{Text: "\n"})
		}
		all = append(all, p...)
	}
	return all
}
