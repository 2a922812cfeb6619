package flows

import (
	"strings"
	"time"

	"github.com/bojanz/currency"
	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/gb"
	"github.com/rickar/cal/v2/us"

	"recourse/flows/content"
	"recourse/flows/reading"
)

func dateOf(t time.Time) Date { return reading.DateOf(t) }

// longDate writes a date out: "1 February 2026", "2026年2月1日".
func longDate(d Date, language string) string {
	if d.IsZero() {
		return ""
	}
	t := d.Time(time.UTC)
	if strings.HasPrefix(language, "zh") {
		return t.Format("2006年1月2日")
	}
	return t.Format("2 January 2006")
}

// countryDate writes a date out as letters of a country do: Americans put the
// month first.
func countryDate(d Date, language, country string) string {
	if country == "US" && language == "en" && !d.IsZero() {
		return d.Time(time.UTC).Format("January 2, 2006")
	}
	return longDate(d, language)
}

// nearDate writes a date with its weekday: "Tue 17 March", "3月17日（周二）".
func nearDate(d Date, language string) string {
	if d.IsZero() {
		return ""
	}
	t := d.Time(time.UTC)
	if strings.HasPrefix(language, "zh") {
		return t.Format("1月2日") + "（周" + []string{"日", "一", "二", "三", "四", "五", "六"}[t.Weekday()] + "）"
	}
	return t.Format("Mon 2 January")
}

// money writes an amount with its sign where the language puts it; "" when
// unknown.
func money(m Money, language string) string {
	a, ok := m.Amount()
	if !ok {
		return ""
	}
	f := currency.NewFormatter(currency.NewLocale(language))
	if m.Currency == "CNY" && strings.HasPrefix(language, "zh") {
		f.CurrencyDisplay = currency.DisplayNone
		return strings.TrimSpace(f.Format(a)) + "元"
	}
	return f.Format(a)
}

// calendars of working days by the name content gives them.
func workdays(name string) *cal.BusinessCalendar {
	c := cal.NewBusinessCalendar()
	switch name {
	case "gb":
		c.AddHoliday(gb.Holidays...)
	case "us":
		c.AddHoliday(us.Holidays...)
	default:
		return nil
	}
	return c
}

// later adds a span of time to a day. Working days are counted with the
// calendar; where there is none (China moves its working days by decree every
// year) weekends alone are left out, which never makes the day too early for
// the person to ask.
func later(d Date, s content.Span, holidays string) Date {
	c := workdays(holidays)
	works := func(d Date) bool {
		if c != nil {
			return c.IsWorkday(d.Time(time.UTC))
		}
		return d.Weekday() != time.Saturday && d.Weekday() != time.Sunday
	}
	d = d.AddYears(s.Years).AddMonths(s.Months).AddDays(7*s.Weeks + s.Days)
	for n := s.WorkingDays; n > 0; {
		if d = d.AddDays(1); works(d) {
			n--
		}
	}
	if s.NextWorkday && c != nil {
		for !works(d) {
			d = d.AddDays(1)
		}
	}
	return d
}

// spanWords says a span in words: "14 days".
func (w words) span(s content.Span) string {
	switch {
	case s.WorkingDays > 0:
		return w.text("span.working_days", "n", s.WorkingDays)
	case s.Days > 0:
		return w.text("span.days", "n", s.Days)
	case s.Weeks > 0:
		return w.text("span.weeks", "n", s.Weeks)
	case s.Months > 0:
		return w.text("span.months", "n", s.Months)
	case s.Years > 0:
		return w.text("span.years", "n", s.Years)
	}
	return ""
}

// base is the day a window runs from in the present case, by the person's
// calendar; zero = not known.
func (t *turn) base(from string) Date {
	c := t.c
	switch from {
	case "ordered":
		return c.Ordered
	case "expected":
		return c.Expected
	case "delivered":
		return c.Delivered
	case "discovered":
		return c.Discovered
	case "sent":
		if m := c.merchant(); m != nil && len(m.Letters) > 0 && !m.Letters[0].Sent.IsZero() {
			return dateOf(m.Letters[0].Sent.In(t.p.location()))
		}
	}
	return Date{}
}

// morning is when a reminder of that day comes: ten o'clock in the person's
// zone, or the end of their quiet hours when those last longer.
func (t *turn) morning(d Date) time.Time {
	at := d.Time(t.p.location()).Add(10 * time.Hour)
	return t.awake(at)
}

// awake moves a time out of the person's quiet hours.
func (t *turn) awake(at time.Time) time.Time {
	at = at.In(t.p.location())
	now := at.Hour()*60 + at.Minute()
	from, to := t.p.Quiet.From, t.p.Quiet.To
	quiet := from < to && now >= from && now < to || from > to && (now >= from || now < to)
	if !quiet {
		return at
	}
	end := time.Date(at.Year(), at.Month(), at.Day(), to/60, to%60, 0, 0, at.Location())
	if from > to && now >= from {
		end = end.AddDate(0, 0, 1)
	}
	return end
}
