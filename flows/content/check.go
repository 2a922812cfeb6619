package content

import (
	"fmt"
	"io/fs"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/bojanz/currency"
)

// check holds everything that was read against the rules: every text in every
// language, every fact with its source, every id leading somewhere.
func (l *loader) check(c *Content) {
	for _, p := range l.files {
		l.walk(c, p.file, p.path, reflect.ValueOf(p.at), false)
	}
	l.checkLocales(c)
	l.checkWording(c)
	for _, p := range l.files {
		switch x := p.at.(type) {
		case *Country:
			l.checkCountry(c, p.file, x)
		case *Incident:
			l.checkIncident(c, p.file, x)
		case *[]*Platform:
			for i, y := range *x {
				at := fmt.Sprintf("$[%d]", i)
				l.ids(p.file, at+".covers", y.Covers, incidentIDs(c), "incident")
				l.windows(p.file, at, y.Windows)
			}
			unique(l, p.file, *x, func(y *Platform) string { return y.ID }, "$[%d]")
		case *[]*Phrase:
			for i, y := range *x {
				for _, lang := range c.Languages {
					if len(y.Words[lang.Tag]) == 0 {
						l.say(p.file, fmt.Sprintf("$[%d].words", i), "no words in "+lang.Name+" ("+lang.Tag+")", "write what merchants say in every language")
					}
				}
			}
			unique(l, p.file, *x, func(y *Phrase) string { return y.ID }, "$[%d]")
		case *[]*Payment:
			for i, y := range *x {
				at := fmt.Sprintf("$[%d]", i)
				l.ids(p.file, at+".covers", y.Covers, incidentIDs(c), "incident")
				l.windows(p.file, at, y.Windows)
			}
			unique(l, p.file, *x, func(y *Payment) string { return y.ID }, "$[%d]")
		}
	}
}

// CheckAll reads all content as Load does and then fills every letter, complaint
// and statement with many sample cases, which takes a second or two: what
// `recourse check` does.
func CheckAll(fsys fs.FS) (*Content, []Problem) {
	c, problems := Load(fsys)
	if len(problems) > 0 {
		return c, problems
	}
	problems = append(problems, CheckTemplates(c.Letters, "letters")...)
	problems = append(problems, CheckTemplates(c.Complaints, "complaints")...)
	problems = append(problems, CheckTemplates(c.Statements, "statements")...)
	return c, problems
}

var (
	textType   = reflect.TypeFor[Text]()
	originType = reflect.TypeFor[Origin]()
	phone      = regexp.MustCompile(`^[0-9+() *#;,/a-zA-Z.-]+$`)
)

// walk looks at every Text and every Origin wherever they stand.
func (l *loader) walk(c *Content, file, at string, v reflect.Value, optional bool) {
	switch {
	case v.Kind() == reflect.Pointer:
		if !v.IsNil() {
			l.walk(c, file, at, v.Elem(), optional)
		}
	case v.Type() == textType:
		l.text(c, file, at, v.Interface().(Text), optional)
	case v.Type() == originType:
		l.origin(file, at, v.Interface().(Origin))
	case v.Kind() == reflect.Slice:
		for i := range v.Len() {
			l.walk(c, file, fmt.Sprintf("%s[%d]", at, i), v.Index(i), false)
		}
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			f := v.Type().Field(i)
			if !f.IsExported() {
				continue
			}
			name, rest, _ := strings.Cut(f.Tag.Get("yaml"), ",")
			next := at
			if name != "" {
				next = at + "." + name
			}
			l.walk(c, file, next, v.Field(i), strings.Contains(rest, "omitempty") || optionalText[v.Type().Name()+"."+f.Name])
		}
	}
}

// optionalText may be left out though its key has no omitempty of its own.
var optionalText = map[string]bool{
	"Right.Letter": true, "Right.Unless": true, "Rung.ClosesWhy": true, "Contact.Hours": true, "Rung.Hours": true,
	"Payment.How": true, "Payment.Trap": true, "Platform.Asks": true, "Platform.Trap": true, "Window.Note": true, "Country.About": true,
}

func (l *loader) text(c *Content, file, at string, t Text, optional bool) {
	if len(t) == 0 {
		if !optional {
			l.say(file, at, "a text is missing", "write it in every language")
		}
		return
	}
	for _, lang := range c.Languages {
		if s, ok := t[lang.Tag]; !ok || strings.TrimSpace(s) == "" {
			l.say(file, at, "the text is missing in "+lang.Name+" ("+lang.Tag+")", "a text stands in every language or in none")
		} else if strings.ContainsAny(s, "{}") && !strings.HasSuffix(at, ".statement") && !strings.HasSuffix(at, ".salutation") {
			l.say(file, at, "a brace in a text that is not filled in", "only statement and salutation are templates")
		}
		l.polite(c, file, at+"."+quoted(lang.Tag), lang.Tag, code.ReplaceAllString(t[lang.Tag], "…"))
	}
	for tag := range t {
		if !slices.ContainsFunc(c.Languages, func(x *Locale) bool { return x.Tag == tag }) {
			l.say(file, at, "nobody knows the language "+tag, "there is no locales/"+tag+".yaml")
		}
	}
}

func (l *loader) origin(file, at string, o Origin) {
	switch o.Confidence {
	case Verified, Known, Check:
	default:
		l.say(file, at, fmt.Sprintf("confidence %q is unknown", o.Confidence), "write verified, known or check")
	}
	if o.Source == "" {
		l.say(file, at, "a fact without a source", "add source: the page, or the name of the law")
	}
	if o.Read.IsZero() {
		l.say(file, at, "a fact without the day it was read", "add read: 2026-11-23")
	}
	l.address(file, at, o.Source, true)
}

// address looks at something that is meant to be opened.
func (l *loader) address(file, at, s string, words bool) {
	if s == "" || (words && !strings.Contains(s, "://")) {
		return
	}
	u, err := url.Parse(s)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" {
		l.say(file, at, fmt.Sprintf("%q is no address of a page", s), "write it with https://")
	}
}

func (l *loader) checkLocales(c *Content) {
	if len(c.Languages) == 0 || c.Languages[0].Tag != "en" {
		l.problems = append(l.problems, Problem{File: "locales/en.yaml", What: "English is missing", Hint: "it is the language the others are measured by"})
		return
	}
	en := c.Languages[0]
	for _, lang := range c.Languages[1:] {
		file := "locales/" + lang.Tag + ".yaml"
		for key := range en.Keys {
			if !lang.Keys[key] {
				l.problems = append(l.problems, Problem{File: file, What: key + " is missing", Hint: "a language is complete or absent"})
			}
		}
		for key := range lang.Keys {
			if !en.Keys[key] {
				l.problems = append(l.problems, Problem{File: file, Line: l.line(file, "$.words."+quoted(key)), What: key + " is not in locales/en.yaml", Hint: "a misspelt key, or one that is gone"})
			}
		}
	}
}

func (l *loader) checkCountry(c *Content, file string, x *Country) {
	if !regexp.MustCompile(`^[A-Z]{2}$`).MatchString(x.Code) {
		l.say(file, "$.code", fmt.Sprintf("code %q", x.Code), "two capital letters, ISO 3166-1")
	}
	if !currency.IsValid(x.Currency) {
		l.say(file, "$.currency", fmt.Sprintf("currency %q", x.Currency), "three capital letters, ISO 4217")
	}
	if x.Dates != "day_first" && x.Dates != "month_first" {
		l.say(file, "$.dates", fmt.Sprintf("dates %q", x.Dates), "day_first or month_first")
	}
	if !slices.Contains([]string{"gb", "us", "none"}, x.Holidays) {
		l.say(file, "$.holidays", fmt.Sprintf("holidays %q", x.Holidays), "gb, us or none")
	}
	if x.Answer.Zero() {
		l.say(file, "$.answer", "no time to answer", "add days")
	}
	if len(x.Languages) == 0 {
		l.say(file, "$.languages", "no language", "the first is the one letters are written in")
	}
	for i, z := range x.Zones {
		if _, err := time.LoadLocation(z.ID); err != nil || z.ID == "" {
			l.say(file, fmt.Sprintf("$.timezones[%d]", i), fmt.Sprintf("nobody knows the time zone %q", z.ID), "write it like Europe/London")
		}
	}
	if len(x.Zones) == 0 || len(x.Emergency) == 0 || len(x.Rights) == 0 || len(x.Ladder) == 0 {
		l.say(file, "$", "timezones, emergency, rights and ladder each need an entry", "a country is whole or absent")
	}
	for i, e := range x.Emergency {
		at := fmt.Sprintf("$.emergency[%d]", i)
		if e.Phone == "" && e.TextTo == "" && e.URL == "" {
			l.say(file, at, "a contact without phone, text_to or url", "add one, with its source")
		}
		l.phone(file, at+".phone", e.Phone)
		l.phone(file, at+".text_to", e.TextTo)
		l.address(file, at+".url", e.URL, false)
	}
	known := incidentIDs(c)
	for i, r := range x.Rights {
		at := fmt.Sprintf("$.rights[%d]", i)
		l.ids(file, at+".incidents", r.Incidents, known, "incident")
		l.ids(file, at+".wants", r.Wants, Wants, "want")
		l.windows(file, at, r.Windows)
	}
	rungs := make([]string, 0, len(x.Ladder))
	for _, r := range x.Ladder {
		rungs = append(rungs, r.ID)
	}
	for i, r := range x.Ladder {
		at := fmt.Sprintf("$.ladder[%d]", i)
		l.ids(file, at+".incidents", r.Incidents, known, "incident")
		l.ids(file, at+".closes", r.Closes, rungs, "rung")
		l.ids(file, at+".only.after", r.Only.After, rungs, "rung")
		l.ids(file, at+".only.payments", r.Only.Payments, paymentIDs(c), "way to pay")
		l.ids(file, at+".only.platforms", r.Only.Platforms, platformIDs(c), "platform")
		l.windows(file, at, r.Windows)
		l.phone(file, at+".phone", r.Phone)
		l.address(file, at+".url", r.URL, false)
		if r.Complaint != "" {
			for _, lang := range c.Languages {
				if c.Complaints[r.Complaint+"/"+lang.Tag] == nil {
					l.say(file, at+".complaint", fmt.Sprintf("there is no complaints/%s/%s.txt", r.Complaint, lang.Tag), "write it, or leave complaint out")
				}
			}
		}
		if len(r.Closes) > 0 && len(r.ClosesWhy) == 0 {
			l.say(file, at, "closes without closes_why", "say in a sentence why the other body would refuse")
		}
		for name, v := range map[string]string{"order_refund": r.Can.OrderRefund, "public": r.Can.Public, "withdraw": r.Can.Withdraw, "real_name": r.Can.RealName} {
			if v != "yes" && v != "no" && v != "unknown" {
				l.say(file, at+".can", fmt.Sprintf("%s is %q", name, v), "yes, no or unknown (in quotes)")
			}
		}
		for _, n := range []string{r.Only.Over, r.Only.UpTo} {
			if n != "" {
				if _, err := currency.NewAmount(n, x.Currency); err != nil {
					l.say(file, at+".only", fmt.Sprintf("%q is no amount", n), "write it like 100.00")
				}
			}
		}
		if !r.Answer.Zero() && r.Answer.WorkingDays == 0 && r.Answer.Days+r.Answer.Weeks+r.Answer.Months+r.Answer.Years <= 0 {
			l.say(file, at+".answer", "a time that is not positive", "")
		}
	}
	unique(l, file, x.Rights, func(y Right) string { return y.ID }, "$.rights[%d]")
	unique(l, file, x.Ladder, func(y Rung) string { return y.ID }, "$.ladder[%d]")
	unique(l, file, x.Emergency, func(y Contact) string { return y.ID }, "$.emergency[%d]")
	for _, list := range []struct {
		name string
		of   []Advice
	}{{"danger", x.Danger}, {"evidence", x.Evidence}, {"traps", x.Traps}} {
		for i, a := range list.of {
			l.ids(file, fmt.Sprintf("$.%s[%d].incidents", list.name, i), a.Incidents, known, "incident")
			l.ids(file, fmt.Sprintf("$.%s[%d].proofs", list.name, i), a.Proofs, proofIDs(c), "line of a checklist")
		}
	}
	for i, a := range x.Answers {
		at := fmt.Sprintf("$.answers[%d]", i)
		l.ids(file, at+".incidents", a.Incidents, known, "incident")
		l.ids(file, at, []string{a.To}, phraseIDs(c), "phrase")
	}
	unique(l, file, x.Answers, func(y Answered) string { return y.ID }, "$.answers[%d]")
}

func (l *loader) checkIncident(c *Content, file string, x *Incident) {
	l.ids(file, "$.asks", x.Asks, Facts, "fact")
	l.ids(file, "$.wants", x.Wants, Wants, "want")
	l.ids(file, "$.tips", x.Tips, []string{"reputation", "description", "personal_information", "payment", "records", "after_sales"}, "tip")
	for _, lang := range c.Languages {
		if n := utf8.RuneCountInString(x.Name[lang.Tag]); n > 30 {
			l.say(file, "$.name", fmt.Sprintf("the name has %d characters in %s", n, lang.Tag), "30 at most: it stands on a button")
		}
	}
	if len(x.Checklist) == 0 || len(x.Wants) == 0 {
		l.say(file, "$", "wants and checklist each need an entry", "")
	}
	unique(l, file, x.Checklist, func(y Proof) string { return y.ID }, "$.checklist[%d]")
}

func (l *loader) ids(file, at string, ids, known []string, what string) {
	for i, id := range ids {
		if id != "all" && !slices.Contains(known, id) {
			l.say(file, fmt.Sprintf("%s[%d]", at, i), fmt.Sprintf("nobody knows the %s %q", what, id), "one of: "+strings.Join(known, " "))
		}
	}
}

func (l *loader) windows(file, at string, list []Window) {
	for i, w := range list {
		here := fmt.Sprintf("%s.windows[%d]", at, i)
		if !slices.Contains(Bases, w.From) {
			l.say(file, here, fmt.Sprintf("nobody knows the day %q", w.From), "one of: "+strings.Join(Bases, " "))
		}
		if !slices.Contains([]string{"right", "limitation", "response"}, w.Kind) {
			l.say(file, here, fmt.Sprintf("kind %q", w.Kind), "right, limitation or response")
		}
		if w.From == "unknown" && len(w.Note) == 0 {
			l.say(file, here, "a time nobody can count and no note", "say in a sentence from when it runs")
		}
		if w.Zero() && w.From != "unknown" {
			l.say(file, here, "a time without a length", "add days, weeks, months or years")
		}
	}
}

func (l *loader) phone(file, at, s string) {
	if s != "" && (!phone.MatchString(s) || !strings.ContainsAny(s, "0123456789")) {
		l.say(file, at, fmt.Sprintf("%q does not look like a number to call", s), "digits and spaces; words belong in when or hours")
	}
}

func unique[T any](l *loader, file string, list []T, id func(T) string, at string) {
	seen := map[string]bool{}
	for i, x := range list {
		if k := id(x); k == "" || seen[k] {
			l.say(file, fmt.Sprintf(at, i), fmt.Sprintf("id %q is empty or stands twice", k), "give it an id of its own")
		} else {
			seen[k] = true
		}
	}
}

func incidentIDs(c *Content) (ids []string) {
	for _, x := range c.Incidents {
		ids = append(ids, x.ID)
	}
	return ids
}

func proofIDs(c *Content) (ids []string) {
	for _, x := range c.Incidents {
		for _, p := range x.Checklist {
			if !slices.Contains(ids, p.ID) {
				ids = append(ids, p.ID)
			}
		}
	}
	return ids
}

func phraseIDs(c *Content) (ids []string) {
	for _, x := range c.Phrases {
		ids = append(ids, x.ID)
	}
	return ids
}

func platformIDs(c *Content) (ids []string) {
	for _, x := range c.Platforms {
		ids = append(ids, x.ID)
	}
	return ids
}

func paymentIDs(c *Content) (ids []string) {
	for _, x := range c.Payments {
		ids = append(ids, x.ID)
	}
	return ids
}
