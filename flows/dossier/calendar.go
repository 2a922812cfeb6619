package dossier

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	ics "github.com/arran4/golang-ical"

	"recourse/flows/reading"
)

// Entry is one day in a calendar.
type Entry struct {
	ID    string
	Day   reading.Date
	Title string
	Text  string
	Made  time.Time
}

// EntryID names an entry of a person's case, so that a file sent twice changes
// the same entry. It says nothing about the person.
func EntryID(person int64, caseNumber, proceeding int) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "recourse %d %d %d", person, caseNumber, proceeding))
	return hex.EncodeToString(sum[:12]) + "@recourse"
}

// Calendar writes entries as one iCalendar file (RFC 5545): whole days, each with
// a reminder at nine in the morning.
func Calendar(entries ...Entry) []byte {
	c := ics.NewCalendar()
	c.SetProductId("-//Recourse//EN")
	c.SetMethod(ics.MethodPublish)
	for _, e := range entries {
		v := c.AddEvent(e.ID)
		v.SetDtStampTime(e.Made.UTC())
		v.SetAllDayStartAt(e.Day.Time(time.UTC))
		v.SetAllDayEndAt(e.Day.AddDays(1).Time(time.UTC))
		v.SetSummary(e.Title)
		v.SetDescription(e.Text)
		a := v.AddAlarm()
		a.SetAction(ics.ActionDisplay)
		a.SetTrigger("PT9H")
		a.SetProperty(ics.ComponentPropertyDescription, e.Title)
	}
	return []byte(c.Serialize())
}
