// Package content is what lawyers and translators write: the countries' law and
// contacts, the kinds of incident, the platforms and ways to pay, the letters,
// the complaints and every word the bot says.
//
// It is data in YAML and plain text beside this file, embedded in the program.
// Load reads it strictly: a key that nobody knows, a missing translation, a
// fact without a source is a Problem with its file, its line and a hint, and
// the program refuses to start with one. The package knows the shape of the
// data and how to fill a template; it knows no person, no case and no step of
// the dialogue. Begin with Content, then Country.
package content

import (
	"embed"
	"io/fs"
	"sort"

	"recourse/flows/reading"
)

//go:embed answers countries incidents letters complaints locales readings wording platforms.yaml payments.yaml phrases.yaml
var embedded embed.FS

// Embedded is the content that is built into the program.
func Embedded() fs.FS { return embedded }

// Content is everything Load read. It is not changed afterwards and may be
// shared.
type Content struct {
	Countries  []*Country  // by code
	Incidents  []*Incident // in the order they are offered
	Platforms  []*Platform
	Payments   []*Payment
	Phrases    []*Phrase // what merchants say that has a rule of its own
	Languages  []*Locale // in the order they are offered; English first
	Letters    Templates // "<letter>/<language>"
	Complaints Templates // "<complaint>/<language>"
	Statements Templates // "<incident>/<language>": what happened, for letters and complaints
	Reader     *reading.Reader
	Messages   *reading.Messages   // reads what merchants write
	worded     map[string]*wording // what is never said, by language
}

// Text is one text in several languages: language tag → words.
type Text map[string]string

// In gives the text in a language, in English where that is missing.
func (t Text) In(language string) string {
	if s, ok := t[language]; ok {
		return s
	}
	return t["en"]
}

// Confidence says how sure a fact is.
type Confidence string

const (
	Verified Confidence = "verified" // a page that says it was read
	Known    Confidence = "known"    // general knowledge, not opened: very likely, not proof
	Check    Confidence = "check"    // somebody must look first: kept for them, never shown
)

// Origin is where a fact comes from. Every legal fact and contact has one.
type Origin struct {
	Source     string       `yaml:"source"`         // address of the page, or the name of the law where there is none
	Seen       string       `yaml:"seen,omitempty"` // the copy that was really read, when it is not Source
	Read       reading.Date `yaml:"read"`           // the day it was read
	Confidence Confidence   `yaml:"confidence"`
}

// Usable tells whether the fact may be shown to a person.
func (o Origin) Usable() bool { return o.Confidence == Verified || o.Confidence == Known }

// Span is a length of time as a law states it; one of its fields is set.
type Span struct {
	Days        int  `yaml:"days,omitempty"`
	WorkingDays int  `yaml:"working_days,omitempty"`
	Weeks       int  `yaml:"weeks,omitempty"`
	Months      int  `yaml:"months,omitempty"`
	Years       int  `yaml:"years,omitempty"`
	NextWorkday bool `yaml:"next_workday,omitempty"` // where the last day is no working day, the next one counts
}

// Zero tells that no length is stated.
func (s Span) Zero() bool {
	return s.Days == 0 && s.WorkingDays == 0 && s.Weeks == 0 && s.Months == 0 && s.Years == 0
}

// Windows run from one of these days of a case.
var Bases = []string{"ordered", "expected", "delivered", "discovered", "sent", "refused", "filed", "unknown"}

// Window is a running time limit: a right that ends, a claim that lapses.
// From is one of Bases; "unknown" means the bot cannot know that day (the first
// statement that shows the error, say): then only Note is shown, never a date.
type Window struct {
	Span `yaml:",inline"`
	From string `yaml:"from"`
	Kind string `yaml:"kind"` // right: use it before the end · limitation: sue before the end · response: the other side's time
	Note Text   `yaml:"note,omitempty"`
}

// Country is the law and the contacts of one country.
type Country struct {
	Code      string       `yaml:"code"` // ISO 3166-1 alpha-2, upper case
	Name      Text         `yaml:"name"`
	Also      []string     `yaml:"also"`      // other names people type, any language
	Languages []string     `yaml:"languages"` // first: the language its merchants and authorities are written to
	Currency  string       `yaml:"currency"`  // ISO 4217
	Dates     string       `yaml:"dates"`     // how 05/03 is read: day_first or month_first
	Zones     []Zone       `yaml:"timezones"`
	Holidays  string       `yaml:"holidays"`        // calendar of working days: gb, us or none (count calendar days)
	Checked   reading.Date `yaml:"checked"`         // the day somebody last went through the whole file
	About     Text         `yaml:"about,omitempty"` // for whom the file holds ("England and Wales, with notes for …")
	Answer    Answer       `yaml:"answer"`
	Letter    Conventions  `yaml:"letter"`
	Emergency []Contact    `yaml:"emergency"`
	Rights    []Right      `yaml:"rights"`
	Ladder    []Rung       `yaml:"ladder"`
	Danger    []Advice     `yaml:"danger"`   // what not to do and what the law says when threatened here
	Evidence  []Advice     `yaml:"evidence"` // what makes evidence count here
	Traps     []Advice     `yaml:"traps"`    // what people get wrong here
	Answers   []Answered   `yaml:"answers"`  // what the law says to things merchants say
}

// Zone is a time zone of a country; the name is asked only where there are several.
type Zone struct {
	ID   string `yaml:"id"` // IANA name
	Name Text   `yaml:"name"`
}

// Answer is how long a merchant usually gets to answer a first letter.
type Answer struct {
	Span   `yaml:",inline"`
	Why    Text `yaml:"why"` // the rule or custom in a few words: "the time usually given before a claim"
	Origin `yaml:",inline"`
}

// Conventions are how a letter looks in a country.
type Conventions struct {
	Salutation Text `yaml:"salutation"` // with {{.Shop}}, which may be empty
	Closing    Text `yaml:"closing"`
	Routes     Text `yaml:"routes"` // the lawful next steps a letter names, as they stand in "I will use …"
	Send       Text `yaml:"send"`   // how to send it so that it counts
	Origin     `yaml:",inline"`
}

// Contact is somebody to call or write to in danger. At least one of Phone,
// TextTo, URL is set.
type Contact struct {
	ID     string `yaml:"id"`
	Kind   string `yaml:"kind"` // police fraud bank cyber content data crisis victims child images legal
	Name   Text   `yaml:"name"`
	Phone  string `yaml:"phone,omitempty"`
	TextTo string `yaml:"text_to,omitempty"` // number for SMS
	URL    string `yaml:"url,omitempty"`
	Hours  Text   `yaml:"hours,omitempty"`
	When   Text   `yaml:"when"` // for what, in a few words
	Origin `yaml:",inline"`
}

// Right is one rule of law that helps in some incidents. The first fitting
// ones of the file are cited in letters, so the strongest stand first.
type Right struct {
	ID        string   `yaml:"id"`
	Law       Text     `yaml:"law"`
	Section   string   `yaml:"section,omitempty"`
	Rule      Text     `yaml:"rule"`             // what it gives, to the person, in one or two short sentences
	Letter    Text     `yaml:"letter"`           // the whole sentence of a letter that names the law and what follows from it; empty = not cited in letters
	Incidents []string `yaml:"incidents"`        // ids, or all
	Wants     []string `yaml:"wants,omitempty"`  // cited only when one of these is asked; empty = always
	Unless    Text     `yaml:"unless,omitempty"` // exceptions, to the person
	Windows   []Window `yaml:"windows,omitempty"`
	Origin    `yaml:",inline"`
}

// Rung is one body to turn to, with everything that is said of it before
// somebody files there.
type Rung struct {
	ID        string   `yaml:"id"`
	Kind      string   `yaml:"kind"` // platform payment consumer_association industry_association regulator data_protection police mediation arbitration court legal_aid lawyer
	Name      Text     `yaml:"name"`
	Incidents []string `yaml:"incidents"`      // ids, or all
	Only      Only     `yaml:"only,omitempty"` // when it applies at all
	When      Text     `yaml:"when"`           // at which point of the case it fits
	Does      Text     `yaml:"does"`           // what it can do for the person
	Cannot    Text     `yaml:"cannot"`         // what it can't
	Can       Can      `yaml:"can"`
	Cost      Text     `yaml:"cost"`
	Time      Text     `yaml:"time"`              // how long it usually takes, in words
	Answer    Span     `yaml:"answer,omitempty"`  // the body's own answer time; the bot asks again after it
	Language  string   `yaml:"language"`          // the language the complaint is written in
	Needs     []Text   `yaml:"needs,omitempty"`   // what it asks for: each one a line of the pre-flight
	Refuses   []Text   `yaml:"refuses,omitempty"` // what it turns a complaint away for
	Closes    []string `yaml:"closes,omitempty"`  // rungs that refuse the case once it was filed here
	ClosesWhy Text     `yaml:"closes_why,omitempty"`
	Reveals   Text     `yaml:"reveals"` // what the merchant learns by this step
	Phone     string   `yaml:"phone,omitempty"`
	URL       string   `yaml:"url,omitempty"`
	Hours     Text     `yaml:"hours,omitempty"`
	Windows   []Window `yaml:"windows,omitempty"`
	Complaint string   `yaml:"complaint,omitempty"` // folder in complaints/; empty: nothing is written for it
	Limit     int      `yaml:"limit,omitempty"`     // characters its form takes, where that is known
	Origin    `yaml:",inline"`
}

// Only narrows when a rung applies. Empty fields don't narrow.
type Only struct {
	Payments  []string `yaml:"payments,omitempty"`  // ids out of payments.yaml
	Platform  string   `yaml:"platform,omitempty"`  // yes: bought on a platform · no: bought from the shop itself
	Platforms []string `yaml:"platforms,omitempty"` // ids out of platforms.yaml
	Over      string   `yaml:"over,omitempty"`      // price above this number of the country's currency
	UpTo      string   `yaml:"up_to,omitempty"`     // price not above it
	Abroad    bool     `yaml:"abroad,omitempty"`    // only when the shop sits in another country
	After     []string `yaml:"after,omitempty"`     // only after one of these rungs was filed
}

// Can answers what people ask of a body first: yes, no or unknown.
type Can struct {
	OrderRefund string `yaml:"order_refund"` // can it order the merchant to pay
	Public      string `yaml:"public"`       // is the complaint published
	Withdraw    string `yaml:"withdraw"`     // can it be withdrawn
	RealName    string `yaml:"real_name"`    // must the person give the real name
}

// Advice is a short text that holds in a country, for some incidents or all.
type Advice struct {
	ID        string   `yaml:"id"`
	Text      Text     `yaml:"text"`
	Incidents []string `yaml:"incidents"`        // ids, or all
	Proofs    []string `yaml:"proofs,omitempty"` // lines of the checklist it tells more about
	Own       []string `yaml:"own,omitempty"`    // what in a person's own words it warns of: exposure report accusation third_party
	Origin    `yaml:",inline"`
}

// Answered is what the law says to one thing that merchants say.
type Answered struct {
	ID        string   `yaml:"id"`
	To        string   `yaml:"to"`        // id of a Phrase
	Incidents []string `yaml:"incidents"` // ids, or all
	Law       Text     `yaml:"law"`
	Section   string   `yaml:"section,omitempty"`
	Rule      Text     `yaml:"rule"` // to the person, in one or two short sentences
	Origin    `yaml:",inline"`
}

// Facts are what a case may know; an incident names those it needs.
var Facts = []string{"shop", "shop_country", "platform", "order", "product", "problem", "amount", "payment", "ordered", "expected", "delivered", "discovered", "promised", "said"}

// Wants are what a person may ask of a merchant.
var Wants = []string{"refund", "part_refund", "replacement", "repair", "delivery", "apology", "remove_data", "cancel", "compensation"}

// Incident is one kind of trouble.
type Incident struct {
	ID        string   `yaml:"id"`
	Order     int      `yaml:"order"`     // place in the list offered
	Name      Text     `yaml:"name"`      // as a person says it, ≤ 30 characters: it stands on a button
	Meaning   Text     `yaml:"meaning"`   // one line that tells it from the others
	Asks      []string `yaml:"asks"`      // Facts asked for, in this order
	Wants     []string `yaml:"wants"`     // offered, the usual one first
	Statement Text     `yaml:"statement"` // template: what happened, for letters and complaints
	Checklist []Proof  `yaml:"checklist"`
	Tips      []string `yaml:"tips"` // reputation description personal_information payment records after_sales
}

// Proof is a line of the evidence checklist.
type Proof struct {
	ID        string   `yaml:"id"`                  // the same id in every incident means the same thing
	Name      Text     `yaml:"name"`                // "The order page"
	How       Text     `yaml:"how"`                 // how to capture it so that it counts
	File      bool     `yaml:"file,omitempty"`      // send as file: the original matters
	Countries []string `yaml:"countries,omitempty"` // only there
}

// Platform is a marketplace with rules of its own.
type Platform struct {
	ID         string   `yaml:"id"`
	Name       Text     `yaml:"name"`
	Also       []string `yaml:"also"`
	Countries  []string `yaml:"countries"`         // codes, or all
	Protection Text     `yaml:"protection"`        // what its own buyer protection is called
	Covers     []string `yaml:"covers"`            // incidents
	Windows    []Window `yaml:"windows,omitempty"` // only those that may be shown
	How        Text     `yaml:"how"`               // the way through its app
	Report     Text     `yaml:"report"`            // how to report abuse there
	Asks       Text     `yaml:"asks,omitempty"`    // evidence it asks for
	Trap       Text     `yaml:"trap,omitempty"`
	URL        string   `yaml:"url,omitempty"`
	Origin     `yaml:",inline"`
}

// Payment is a way to pay and what can be done about it.
type Payment struct {
	ID        string   `yaml:"id"`
	Name      Text     `yaml:"name"`   // on a button: "Credit card"
	Phrase    Text     `yaml:"phrase"` // in a sentence: "by credit card"
	Also      []string `yaml:"also"`
	Countries []string `yaml:"countries"` // where it is offered: codes, or all
	Covers    []string `yaml:"covers,omitempty"`
	Windows   []Window `yaml:"windows,omitempty"`
	How       Text     `yaml:"how,omitempty"` // what the person does
	Trap      Text     `yaml:"trap,omitempty"`
	URL       string   `yaml:"url,omitempty"`
	Origin    `yaml:",inline"`
}

// Country gives a country by its code, nil when there is none.
func (c *Content) Country(code string) *Country {
	for _, x := range c.Countries {
		if x.Code == code {
			return x
		}
	}
	return nil
}

// Incident gives an incident by its id, nil when there is none.
func (c *Content) Incident(id string) *Incident {
	for _, x := range c.Incidents {
		if x.ID == id {
			return x
		}
	}
	return nil
}

// Platform gives a platform by its id, nil when there is none.
func (c *Content) Platform(id string) *Platform {
	for _, x := range c.Platforms {
		if x.ID == id {
			return x
		}
	}
	return nil
}

// Payment gives a way to pay by its id, nil when there is none.
func (c *Content) Payment(id string) *Payment {
	for _, x := range c.Payments {
		if x.ID == id {
			return x
		}
	}
	return nil
}

// Rung gives a rung of the country by its id, nil when there is none.
func (c *Country) Rung(id string) *Rung {
	for i := range c.Ladder {
		if c.Ladder[i].ID == id {
			return &c.Ladder[i]
		}
	}
	return nil
}

// Fits tells whether a list of incidents (or "all") names one of the kinds.
func Fits(incidents, kinds []string) bool {
	for _, i := range incidents {
		if i == "all" {
			return true
		}
		for _, k := range kinds {
			if i == k {
				return true
			}
		}
	}
	return false
}

func sorted[T any](list []T, less func(a, b T) bool) []T {
	sort.SliceStable(list, func(i, j int) bool { return less(list[i], list[j]) })
	return list
}
