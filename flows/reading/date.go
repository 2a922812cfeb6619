package reading

import (
	"fmt"
	"time"

	"github.com/goccy/go-yaml/ast"
)

// Date is a day of the calendar, without a clock or a time zone. The zero Date
// means that the day is not known. Written "2026-02-01" in JSON and YAML, and
// "" when unknown.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// DateOf gives the day on which t falls in t's own time zone.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date{y, m, d}
}

// ParseDate reads "2026-02-01" and nothing else. What people write is read by
// Reader.Dates.
func ParseDate(iso string) (Date, error) {
	t, err := time.Parse(time.DateOnly, iso)
	if err != nil {
		return Date{}, fmt.Errorf("date %q: write it as 2026-02-01", iso)
	}
	return DateOf(t), nil
}

// civil gives the date only if such a day exists.
func civil(year int, month time.Month, day int) (Date, bool) {
	if year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month) {
		return Date{}, false
	}
	return Date{year, month, day}, true
}

func daysIn(year int, month time.Month) int {
	return time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// Time is the midnight with which the day begins in loc. In a zone whose clocks
// skip that midnight it is the moment time.Date chooses.
func (d Date) Time(loc *time.Location) time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, loc)
}

// AddDays gives the day n days later, or earlier when n is negative.
func (d Date) AddDays(n int) Date { return DateOf(d.Time(time.UTC).AddDate(0, 0, n)) }

// AddMonths gives the same day n months later; where that month is too short,
// its last day: a month after 31 January is 28 or 29 February.
func (d Date) AddMonths(n int) Date {
	first := DateOf(time.Date(d.Year, d.Month+time.Month(n), 1, 0, 0, 0, 0, time.UTC))
	first.Day = min(d.Day, daysIn(first.Year, first.Month))
	return first
}

// AddYears gives the same day n years later, 28 February for 29 February where
// needed.
func (d Date) AddYears(n int) Date { return d.AddMonths(12 * n) }

// Sub is the number of days from e to d.
func (d Date) Sub(e Date) int {
	return int((d.Time(time.UTC).Unix() - e.Time(time.UTC).Unix()) / (24 * 60 * 60))
}

// Before tells whether d is an earlier day than e.
func (d Date) Before(e Date) bool { return d.compare(e) < 0 }

// After tells whether d is a later day than e.
func (d Date) After(e Date) bool { return d.compare(e) > 0 }

func (d Date) compare(e Date) int {
	if d.Year != e.Year {
		return d.Year - e.Year
	}
	if d.Month != e.Month {
		return int(d.Month - e.Month)
	}
	return d.Day - e.Day
}

// IsZero tells that the day is not known.
func (d Date) IsZero() bool { return d == Date{} }

// Weekday is the day of the week.
func (d Date) Weekday() time.Weekday { return d.Time(time.UTC).Weekday() }

// String is "2026-02-01", or "" for an unknown day.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, int(d.Month), d.Day)
}

// MarshalText writes the date as String does.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (d *Date) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = Date{}
		return nil
	}
	read, err := ParseDate(string(text))
	if err != nil {
		return err
	}
	*d = read
	return nil
}

// UnmarshalYAML reads the same; with it alone the library does not print the
// whole file anew for each date in it.
func (d *Date) UnmarshalYAML(n ast.Node) error {
	return d.UnmarshalText([]byte(n.GetToken().Value))
}
