package flows

import (
	"slices"
	"sort"

	"github.com/bojanz/currency"

	"recourse/flows/content"
)

// rungs are the bodies that fit the present case, in the order of the country's
// file; those already turned to come last.
func (t *turn) rungs() (list []*content.Rung) {
	country := t.law()
	for i := range country.Ladder {
		if r := &country.Ladder[i]; r.Usable() && content.Fits(r.Incidents, t.c.Kinds) && t.applies(r.Only, country) {
			list = append(list, r)
		}
	}
	sort.SliceStable(list, func(i, j int) bool { return t.c.with(list[i].ID) == nil && t.c.with(list[j].ID) != nil })
	return list
}

// applies holds a rung's conditions against the case. What the case does not
// know does not rule a body out: its card says what it takes.
func (t *turn) applies(o content.Only, country *content.Country) bool {
	c := t.c
	if len(o.Payments) > 0 && c.Payment != "" && c.Payment != "other" && !slices.Contains(o.Payments, c.Payment) {
		return false
	}
	onPlatform := t.g.content.Platform(c.Merchant.Platform) != nil || c.Merchant.Platform == "other"
	switch {
	case o.Platform == "yes" && !onPlatform && c.Merchant.Platform != "":
		return false
	case o.Platform == "no" && onPlatform:
		return false
	}
	if len(o.Platforms) > 0 && c.Merchant.Platform != "" && !slices.Contains(o.Platforms, c.Merchant.Platform) {
		return false
	}
	if o.Abroad && (c.Merchant.Country == "" || c.Merchant.Country == c.Country || c.Merchant.Country == "unknown") {
		return false
	}
	if len(o.After) > 0 && !slices.ContainsFunc(o.After, func(id string) bool { return c.filed(id) }) {
		return false
	}
	if a, ok := c.Amount.Amount(); ok && c.Amount.Currency == country.Currency {
		if over, err := currency.NewAmount(o.Over, country.Currency); err == nil && o.Over != "" {
			if n, err := a.Cmp(over); err == nil && n <= 0 {
				return false
			}
		}
		if most, err := currency.NewAmount(o.UpTo, country.Currency); err == nil && o.UpTo != "" {
			if n, err := a.Cmp(most); err == nil && n > 0 {
				return false
			}
		}
	}
	return true
}

// filed tells whether a complaint went to a body.
func (c *Case) filed(body string) bool {
	p := c.with(body)
	return p != nil && !p.Filed.IsZero()
}

// closes gives the bodies that would refuse the case once it was filed with r:
// those of the ladder that were not turned to yet, or that have not decided.
func (t *turn) closes(r *content.Rung) (list []*content.Rung) {
	for _, x := range t.rungs() {
		if slices.Contains(r.Closes, x.ID) {
			if p := t.c.with(x.ID); p == nil || p.State == "sent" || p.State == "drafted" {
				list = append(list, x)
			}
		}
	}
	return list
}

// closedBy gives the body whose proceeding makes r refuse the case, nil when
// there is none.
func (t *turn) closedBy(r *content.Rung) *content.Rung {
	country := t.law()
	for _, p := range t.c.Proceedings {
		if x := country.Rung(p.Body); x != nil && !p.Filed.IsZero() && p.State != "withdrawn" && slices.Contains(x.Closes, r.ID) {
			return x
		}
	}
	return nil
}

// deadline is one running window of a case.
type deadline struct {
	end  Date
	what string // which right or body, in the person's language
	note string // what the reckoning leaves out
	kind string // right limitation response
}

// deadlines are all windows of the case whose day can be counted, the soonest
// first: of the rights, of the bodies that fit, of the platform, of the way it
// was paid. Past ones are left out when more than a year gone.
func (t *turn) deadlines() (list []deadline) {
	c := t.c
	country := t.law()
	add := func(what content.Text, o content.Origin, windows []content.Window) {
		if !o.Usable() {
			return
		}
		for _, w := range windows {
			base := t.base(w.From)
			if w.Kind == "response" || base.IsZero() || w.Zero() {
				continue
			}
			d := deadline{end: later(base, w.Span, country.Holidays), what: what.In(t.p.Language), note: w.Note.In(t.p.Language), kind: w.Kind}
			if !slices.Contains(list, d) {
				list = append(list, d)
			}
		}
	}
	for _, r := range country.Rights {
		if content.Fits(r.Incidents, c.Kinds) {
			add(r.Law, r.Origin, r.Windows)
		}
	}
	for _, r := range t.rungs() {
		if !c.filed(r.ID) {
			add(r.Name, r.Origin, r.Windows)
		}
	}
	if p := t.g.content.Platform(c.Merchant.Platform); p != nil && content.Fits(p.Covers, c.Kinds) {
		add(content.Text{"en": p.Name["en"] + ": " + p.Protection["en"], t.p.Language: p.Name.In(t.p.Language) + t.w.text("list.colon") + p.Protection.In(t.p.Language)}, p.Origin, p.Windows)
	}
	if p := t.g.content.Payment(c.Payment); p != nil && content.Fits(p.Covers, c.Kinds) {
		add(p.Name, p.Origin, p.Windows)
	}
	sort.SliceStable(list, func(i, j int) bool { return list[i].end.Before(list[j].end) })
	return list
}

// soonest is the first deadline that lies ahead, nil when there is none.
func (t *turn) soonest() *deadline {
	for _, d := range t.deadlines() {
		if !d.end.Before(t.today()) {
			return &d
		}
	}
	return nil
}
