package flows

import (
	"fmt"
	"slices"
	"strconv"

	"recourse/flows/content"
)

// Taking a case out of the chat: the dossier is asked for here, made by the bot
// as slow work, and handed over when it is there.

// export answers /export: in which language, where there is a choice; and
// "/export en", which the buttons say.
func (t *turn) export(rest string) {
	if t.c == nil {
		if n := len(t.p.Cases); n == 0 {
			t.first("command.no_case")
			t.again()
			return
		} else if n > 1 {
			t.which()
			return
		}
		t.c = t.p.Cases[0]
	}
	offered := t.exportLanguages()
	switch {
	case slices.Contains(offered, rest):
		t.startExport(rest, "")
	case len(offered) == 1:
		t.startExport(offered[0], "")
	default:
		var rows [][]Button
		for _, tag := range offered {
			rows = append(rows, []Button{{Label: t.g.words(tag).locale.Name, Case: t.c.Number, Value: "/export " + tag}})
		}
		t.say(t.w.spans("export.which", "title", t.title(t.c)), rows...)
	}
}

// which asks whose case is to be taken out.
func (t *turn) which() {
	var rows [][]Button
	for _, c := range t.p.Cases {
		rows = append(rows, []Button{{Label: cut(t.title(c), 40), Case: c.Number, Value: "/export"}})
	}
	t.say(t.w.spans("export.case"), rows[max(0, len(rows)-12):]...)
}

// exportLanguages are the person's own and those the place's offices read, as
// far as there are words in them.
func (t *turn) exportLanguages() []string {
	all := []string{t.p.Language}
	for _, tag := range t.law().Languages {
		if slices.ContainsFunc(t.g.content.Languages, func(l *content.Locale) bool { return l.Tag == tag }) {
			all = union(all, []string{tag})
		}
	}
	return all
}

// startExport sets the making of a dossier going. The case's own log stays as it
// is: the same case gives the same bytes.
func (t *turn) startExport(language, pack string) {
	c := t.c
	if c.Exporting {
		t.tell("export.already")
		return
	}
	c.Exporting = true
	c.Exports++
	on := 0
	for _, x := range c.Exhibits {
		if x.State == "waiting" {
			on++
		}
	}
	text := t.w.spans("export.begun", "n", keptExhibits(c))
	if on > 0 {
		text = paragraphs(text, t.w.spans("export.waiting", "n", on))
	}
	t.do(Say{Text: text, Key: exportKey(c)})
	t.do(Export{Case: c.Number, Language: language, Pack: pack})
	t.do(Note{What: "export", Data: map[string]string{"of": strconv.Itoa(c.Number), "language": language, "pack": pack}})
}

func exportKey(c *Case) string { return fmt.Sprintf("export %d.%d", c.Number, c.Exports) }

// exported hands a dossier over.
func (t *turn) exported(e Exported) {
	c := t.p.Case(e.Case)
	if c == nil || !c.Exporting {
		return
	}
	t.c, c.Exporting = c, false
	if len(e.Files) == 0 {
		key := "export.broken"
		if e.Why == "busy" {
			key = "export.busy"
		}
		t.do(Say{Text: t.w.spans(key), Key: exportKey(c)})
		return
	}
	t.do(Say{Text: t.w.spans("export.done", "n", len(e.Files)), Key: exportKey(c)})
	for i := range e.Files {
		t.do(Say{Document: &e.Files[i]})
	}
}
