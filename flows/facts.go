package flows

import (
	"slices"
	"strings"

	"recourse/flows/content"
	"recourse/flows/reading"
)

// fact is one thing a case may know, with the question that asks for it.
type fact struct {
	id    string // out of content.Facts; the step is <id>.ask
	known func(c *Case) bool
	value func(t *turn, c *Case) string             // to read it back
	take  func(t *turn, c *Case, text string) bool  // from words; false = not understood
	pick  func(t *turn, c *Case, value string) bool // from a button
	offer func(t *turn) [][]Button                  // quick answers
	date  func(c *Case) *Date                       // set for dates: they are all read alike
}

// facts in the order they are asked.
var factList = []*fact{
	{
		id:    "shop",
		known: func(c *Case) bool { return c.Merchant.Name != "" },
		value: func(t *turn, c *Case) string { return c.Merchant.Name },
		take:  free(func(c *Case) *string { return &c.Merchant.Name }, 120),
	},
	{
		id:    "shop_country",
		known: func(c *Case) bool { return c.Merchant.Country != "" },
		value: func(t *turn, c *Case) string {
			if x := t.g.content.Country(c.Merchant.Country); x != nil {
				return x.Name.In(t.p.Language)
			}
			return t.w.button("shop_country.ask", c.Merchant.Country)
		},
		take: func(t *turn, c *Case, text string) bool {
			if code := t.country(text); code != "" {
				c.Merchant.Country = code
				return true
			}
			c.Merchant.Country = "other"
			return len([]rune(text)) > 2
		},
		pick: func(t *turn, c *Case, value string) bool {
			c.Merchant.Country = value
			return value == "other" || value == "unknown" || t.g.content.Country(value) != nil
		},
		offer: func(t *turn) [][]Button {
			var all []Button
			for _, x := range t.g.content.Countries {
				b := Button{Label: flag(x.Code) + " " + x.Name.In(t.p.Language), Value: x.Code}
				if x.Code == t.c.Country {
					all = append([]Button{b}, all...)
				} else {
					all = append(all, b)
				}
			}
			return append(inRows(1, all), t.choices(2, "other", "unknown")...)
		},
	},
	{
		id:    "platform",
		known: func(c *Case) bool { return c.Merchant.Platform != "" },
		value: func(t *turn, c *Case) string { return t.platformName(c, t.p.Language) },
		take: func(t *turn, c *Case, text string) bool {
			if ids := t.g.content.Reader.Match(text, t.readingContext().Platforms); len(ids) > 0 {
				c.Merchant.Platform = ids[0]
			} else {
				c.Merchant.Platform = "other"
			}
			return true
		},
		pick: func(t *turn, c *Case, value string) bool {
			c.Merchant.Platform = value
			return value == "own" || value == "other" || t.g.content.Platform(value) != nil
		},
		offer: func(t *turn) [][]Button {
			var all []Button
			for _, x := range t.g.content.Platforms {
				if slices.Contains(x.Countries, t.c.Country) && len(all) < 8 {
					all = append(all, Button{Label: x.Name.In(t.p.Language), Value: x.ID})
				}
			}
			return append(inRows(2, all), t.choices(2, "own", "other")...)
		},
	},
	{
		id:    "order",
		known: func(c *Case) bool { return c.Order != "" },
		value: func(t *turn, c *Case) string { return c.Order },
		take: func(t *turn, c *Case, text string) bool {
			if s := t.read(text); s.Order != "" {
				c.Order = s.Order
				return true
			}
			if !strings.ContainsAny(text, "0123456789０１２３４５６７８９") {
				return false
			}
			return free(func(c *Case) *string { return &c.Order }, 120)(t, c, text)
		},
	},
	{
		id:    "product",
		known: func(c *Case) bool { return c.Product != "" },
		value: func(t *turn, c *Case) string { return c.Product },
		take:  free(func(c *Case) *string { return &c.Product }, 120),
	},
	{
		id:    "problem",
		known: func(c *Case) bool { return c.Problem != "" },
		value: func(t *turn, c *Case) string { return cut(c.Problem, 200) },
		take:  free(func(c *Case) *string { return &c.Problem }, 400),
	},
	{
		id:    "amount",
		known: func(c *Case) bool { return c.Amount.Number != "" },
		value: func(t *turn, c *Case) string { return money(c.Amount, t.p.Language) },
		take:  func(t *turn, c *Case, text string) bool { return t.takeMoney(&c.Amount, text) },
	},
	{
		id:    "payment",
		known: func(c *Case) bool { return c.Payment != "" },
		value: func(t *turn, c *Case) string {
			if p := t.g.content.Payment(c.Payment); p != nil {
				return p.Name.In(t.p.Language)
			}
			return ""
		},
		take: func(t *turn, c *Case, text string) bool {
			ids := t.g.content.Reader.Match(text, t.readingContext().Payments)
			if len(ids) == 0 {
				return false
			}
			c.Payment = ids[0]
			return true
		},
		pick: func(t *turn, c *Case, value string) bool {
			c.Payment = value
			return t.g.content.Payment(value) != nil
		},
		offer: func(t *turn) [][]Button {
			var all []Button
			for _, x := range t.g.content.Payments {
				if content.Fits(x.Countries, []string{t.c.Country}) {
					all = append(all, Button{Label: x.Name.In(t.p.Language), Value: x.ID})
				}
			}
			return inRows(2, all)
		},
	},
	day("ordered", func(c *Case) *Date { return &c.Ordered }, "today", "yesterday"),
	day("expected", func(c *Case) *Date { return &c.Expected }),
	{
		id:    "delivered",
		known: func(c *Case) bool { return c.Never || !c.Delivered.IsZero() },
		value: func(t *turn, c *Case) string {
			if c.Never {
				return t.w.text("delivered.ask.never")
			}
			return longDate(c.Delivered, t.p.Language)
		},
		date: func(c *Case) *Date { return &c.Delivered },
		take: func(t *turn, c *Case, text string) bool {
			if t.g.content.Reader.Never(text) || isNever(text) {
				c.Never, c.Delivered = true, Date{}
				return true
			}
			if t.takeDate(&c.Delivered, text, false) {
				c.Never = false
				return true
			}
			return false
		},
		pick: func(t *turn, c *Case, value string) bool {
			if value == "never" {
				c.Never, c.Delivered = true, Date{}
				return true
			}
			c.Never = false
			return t.pickDate(&c.Delivered, value)
		},
		offer: func(t *turn) [][]Button { return t.choices(2, "today", "yesterday", "never") },
	},
	day("discovered", func(c *Case) *Date { return &c.Discovered }, "today", "yesterday"),
	{
		id:    "promised",
		known: func(c *Case) bool { return c.Promised != "" },
		value: func(t *turn, c *Case) string { return cut(c.Promised, 200) },
		take:  free(func(c *Case) *string { return &c.Promised }, 1000),
	},
	{
		id:    "said",
		known: func(c *Case) bool { return c.Said != "" },
		value: func(t *turn, c *Case) string { return cut(c.Said, 200) },
		take:  free(func(c *Case) *string { return &c.Said }, 1000),
	},
}

func isNever(text string) bool {
	switch fold(text) {
	case "never", "no", "not", "没有", "没收到", "没到", "未收到":
		return true
	}
	return false
}

// day is a fact that is a date.
func day(id string, at func(c *Case) *Date, quick ...string) *fact {
	f := &fact{
		id: id, date: at,
		known: func(c *Case) bool { return !at(c).IsZero() },
		value: func(t *turn, c *Case) string { return longDate(*at(c), t.p.Language) },
		take:  func(t *turn, c *Case, text string) bool { return t.takeDate(at(c), text, id == "expected") },
		pick:  func(t *turn, c *Case, value string) bool { return t.pickDate(at(c), value) },
	}
	if len(quick) > 0 {
		f.offer = func(t *turn) [][]Button { return t.choices(2, quick...) }
	}
	return f
}

// free takes any words as they are, on one line.
func free(at func(c *Case) *string, runes int) func(*turn, *Case, string) bool {
	return func(_ *turn, c *Case, text string) bool {
		text = strings.Join(strings.Fields(text), " ")
		*at(c) = cut(text, runes)
		return text != ""
	}
}

// factOf gives a fact by its id.
func factOf(id string) *fact {
	for _, f := range factList {
		if f.id == id {
			return f
		}
	}
	return nil
}

// known tells whether the case knows a fact.
func (t *turn) known(c *Case, id string) bool {
	if id == "want" {
		return len(c.Wants) > 0
	}
	f := factOf(id)
	return f != nil && f.known(c)
}

// facts the case knows, in their order.
func (t *turn) facts(c *Case) (ids []string) {
	for _, f := range factList {
		if f.known(c) {
			ids = append(ids, f.id)
		}
	}
	return ids
}

// readBack tells what a step's answer is now, for a correction.
func (t *turn) readBack(c *Case, name string) string {
	if f := factOf(strings.TrimSuffix(name, ".ask")); f != nil {
		return t.w.text("fact."+f.id) + ": " + f.value(t, c)
	}
	return content.Clean(join(t.summary(c)))
}

// join is the text of spans without their styles.
func join(spans []Span) string {
	var b strings.Builder
	for _, s := range spans {
		b.WriteString(s.Text)
	}
	return b.String()
}

// summary is what the case knows, a fact a line.
func (t *turn) summary(c *Case) []Span {
	var all [][]Span
	line := func(id, value string) {
		if value != "" {
			all = append(all, t.w.spans("fact.line", "name", t.w.text("fact."+id), "value", value))
		}
	}
	var kinds []string
	for _, i := range t.g.incidents(c) {
		kinds = append(kinds, i.Name.In(t.p.Language))
	}
	line("kind", strings.Join(kinds, t.w.text("list.comma")))
	for _, f := range factList {
		if f.known(c) {
			line(f.id, f.value(t, c))
		}
	}
	line("want", t.wants(c))
	line("want_amount", money(c.WantAmount, t.p.Language))
	return lines(all...)
}

// title is how a case is called in a list.
func (t *turn) title(c *Case) string {
	name := c.Merchant.Name
	switch {
	case name == "" && c.Product == "":
		return t.w.text("case.title", "number", c.Number)
	case name == "":
		return t.w.text("case.title.one", "number", c.Number, "what", c.Product)
	case c.Product == "":
		return t.w.text("case.title.one", "number", c.Number, "what", name)
	}
	return t.w.text("case.title.two", "number", c.Number, "what", name, "and", c.Product)
}

func (t *turn) platformName(c *Case, language string) string {
	if p := t.g.content.Platform(c.Merchant.Platform); p != nil {
		return p.Name.In(language)
	}
	if c.Merchant.Platform == "" {
		return ""
	}
	return t.w.button("platform.ask", c.Merchant.Platform)
}

// takeMoney reads an amount of money.
func (t *turn) takeMoney(to *Money, text string) bool {
	x := t.readingContext()
	all := t.g.content.Reader.Amounts(text, x)
	if len(all) == 0 { // a bare number is the country's money here, where money was asked for
		all = t.g.content.Reader.Amounts(text+" "+x.Currency, x)
	}
	if len(all) == 0 || all[0].IsNegative() || all[0].IsZero() {
		return false
	}
	*to = MoneyOf(all[0])
	return true
}

// takeDate reads a date; one that may mean two days is asked back.
func (t *turn) takeDate(to *Date, text string, ahead bool) bool {
	x := t.readingContext()
	if ahead {
		x.After = t.c.Ordered
		if x.After.IsZero() {
			x.After = t.today().AddDays(-60)
		}
	}
	dates := t.g.content.Reader.Dates(text, x)
	switch len(dates) {
	case 0:
		return false
	case 1:
		*to = dates[0]
		return true
	}
	if t.c != nil {
		t.c.Thread.Dates = dates
	}
	return false
}

// pickDate takes a date from a button.
func (t *turn) pickDate(to *Date, value string) bool {
	switch value {
	case "today":
		*to = t.today()
		return true
	case "yesterday":
		*to = t.today().AddDays(-1)
		return true
	}
	d, err := reading.ParseDate(strings.TrimPrefix(value, "day "))
	if err != nil || d.IsZero() {
		return false
	}
	*to = d
	return true
}
