package flows

import (
	"time"

	"github.com/bojanz/currency"

	"recourse/flows/reading"
)

// Date is a civil date; its zero value means unknown.
type Date = reading.Date

// Person is everything remembered of one person. It is kept as JSON; a field
// is added, never renamed.
type Person struct {
	ID       int64     `json:"id"`                 // Telegram's id of the private chat
	Language string    `json:"language"`           // tag of a locale: "en", "zh-Hans"
	Country  string    `json:"country,omitempty"`  // whose law holds: ISO 3166-1 alpha-2
	Zone     string    `json:"zone,omitempty"`     // IANA time zone
	Agreed   time.Time `json:"agreed,omitzero"`    // when consent was given; zero = nothing else may be kept
	Quiet    Quiet     `json:"quiet"`              // when nothing is sent unasked
	Open     bool      `json:"open,omitempty"`     // reminders may say what they are about on a lock screen
	Blocked  bool      `json:"blocked,omitempty"`  // the bot can't write to them at present
	Thread   Thread    `json:"thread"`             // a question that belongs to no case: welcome, settings
	Cases    []*Case   `json:"cases,omitempty"`    // by number
	Focus    int       `json:"focus,omitempty"`    // number of the case that is talked about; 0 = none
	Opened   int       `json:"opened,omitempty"`   // cases ever opened: numbers are not used again
	Revision int       `json:"revision"`           // counts the questions put; buttons carry it
	Loose    []Exhibit `json:"loose,omitempty"`    // arrived while several cases were open and nobody said which
	LastTap  string    `json:"last_tap,omitempty"` // the button that was heard last, to know a double tap
}

// Quiet is a span of the day, in minutes after midnight in the person's zone.
type Quiet struct{ From, To int }

// Thread is where a conversation stands.
type Thread struct {
	Step     string   `json:"step,omitempty"`     // name of the present step; empty = none
	Revision int      `json:"revision,omitempty"` // of the question last put
	Since    int      `json:"since,omitempty"`    // revision from which on its buttons are of this visit
	Trail    []string `json:"trail,omitempty"`    // steps before it, for "back"
	Resume   string   `json:"resume,omitempty"`   // where a detour (danger, a change of one fact) returns to
	About    int      `json:"about,omitempty"`    // number of the proceeding the step is about
	Rung     string   `json:"rung,omitempty"`     // rung being looked at
	Picked   []string `json:"picked,omitempty"`   // choices ticked so far in a question with several answers
	Fact     string   `json:"fact,omitempty"`     // fact being changed
	Page     int      `json:"page,omitempty"`
	Exhibit  int      `json:"exhibit,omitempty"` // number of the exhibit being looked at
	Dates    []Date   `json:"dates,omitempty"`   // readings of an ambiguous date, offered as buttons
	Offered  []Choice `json:"offered,omitempty"` // buttons under the question, so that their words may be typed too
}

// Choice is a button as it was offered.
type Choice struct{ Label, Value string }

// Case is one dispute with one merchant.
type Case struct {
	Number      int           `json:"number"`
	Opened      time.Time     `json:"opened"`
	Country     string        `json:"country"` // whose law holds
	Kinds       []string      `json:"kinds,omitempty"`
	KindsSure   bool          `json:"kinds_sure,omitempty"` // the person confirmed them
	Story       string        `json:"story,omitempty"`      // in the person's own words
	Merchant    Merchant      `json:"merchant"`
	Order       string        `json:"order,omitempty"`
	Product     string        `json:"product,omitempty"`
	Problem     string        `json:"problem,omitempty"` // what exactly is wrong, in their words
	Amount      Money         `json:"amount"`
	Payment     string        `json:"payment,omitempty"` // id of a way to pay
	Ordered     Date          `json:"ordered,omitzero"`
	Expected    Date          `json:"expected,omitzero"`
	Delivered   Date          `json:"delivered,omitzero"`
	Never       bool          `json:"never,omitempty"` // it never arrived
	Discovered  Date          `json:"discovered,omitzero"`
	Promised    string        `json:"promised,omitempty"`
	Said        string        `json:"said,omitempty"`
	Wants       []string      `json:"wants,omitempty"`
	WantAmount  Money         `json:"want_amount"`
	Skipped     []string      `json:"skipped,omitempty"` // facts the person does not know or won't say
	Thread      Thread        `json:"thread"`
	Danger      Thread        `json:"danger"` // the danger screens, when they are open: they come before everything
	Exhibits    []Exhibit     `json:"exhibits,omitempty"`
	Proceedings []*Proceeding `json:"proceedings,omitempty"`
	Promises    []Promise     `json:"promises,omitempty"` // of the merchant, oldest first
	Parts       []Part        `json:"parts,omitempty"`    // what came back so far
	Counter     Money         `json:"counter"`            // the sum a counter-offer names
	Reminders   []Reminder    `json:"reminders,omitempty"`
	Answers     []Answer      `json:"answers,omitempty"`  // which message answered what, so that its edit corrects it
	Tone        string        `json:"tone,omitempty"`     // friendly firm final
	AnswerBy    Date          `json:"answer_by,omitzero"` // chosen instead of the country's usual time
	Unsafe      bool          `json:"unsafe,omitempty"`   // in danger: letters and reminders pause
	Perils      []string      `json:"perils,omitempty"`   // what is known of the danger: threat blackmail doxxing images paid address minor …
	PaidBy      string        `json:"paid_by,omitempty"`  // id of a way to pay: how money was given to a threat, where that was said
	Alarm       string        `json:"alarm,omitempty"`    // SHA-256 of the words that opened the danger screens; empty = the person did
	Calm        []string      `json:"calm,omitempty"`     // of words the person says are no danger
	AgeAsked    bool          `json:"age_asked,omitempty"`
	Exports     int           `json:"exports,omitempty"`   // dossiers asked for so far
	Exporting   bool          `json:"exporting,omitempty"` // one is being made
	Outcome     string        `json:"outcome,omitempty"`   // solved partly given_up withdrawn; empty = open
	CameBack    string        `json:"came_back,omitempty"`
	Closed      time.Time     `json:"closed,omitzero"`
}

// Merchant is the other side.
type Merchant struct {
	Name     string `json:"name,omitempty"`
	Legal    string `json:"legal,omitempty"`
	Country  string `json:"country,omitempty"`  // code; "other" and "unknown" are answers too
	Platform string `json:"platform,omitempty"` // id of a platform; "own" = the shop's own site, "other" = somewhere else
}

// Money is an amount with its currency; Number "" = unknown.
type Money struct {
	Number   string `json:"number,omitempty"` // decimal, "40.00"
	Currency string `json:"currency,omitempty"`
}

// MoneyOf keeps an amount.
func MoneyOf(a currency.Amount) Money { return Money{a.Number(), a.CurrencyCode()} }

// Amount gives the money back; ok is false where it is unknown.
func (m Money) Amount() (a currency.Amount, ok bool) {
	if m.Number == "" {
		return a, false
	}
	a, err := currency.NewAmount(m.Number, m.Currency)
	return a, err == nil
}

// Exhibit is one piece of evidence. The only thing said of it: these bytes
// reached this bot at this time in this message and have not changed since.
type Exhibit struct {
	Number   int       `json:"number"`           // within its case, from 1; never used again
	Kind     string    `json:"kind"`             // photo document voice video audio video_note animation text forward
	Form     string    `json:"form"`             // as_sent_file telegram_recompressed text_only derived
	State    string    `json:"state"`            // waiting kept lost same (its bytes are those of Parent: it stands in the log only)
	Why      string    `json:"why,omitempty"`    // why it was lost: too_big gone refused empty
	SHA256   string    `json:"sha256,omitempty"` // of the original bytes (of the UTF-8 text for text), hex
	Size     int64     `json:"size,omitempty"`   // bytes
	Type     string    `json:"type,omitempty"`   // detected from the content
	Declared string    `json:"declared,omitempty"`
	Name     string    `json:"name,omitempty"` // as delivered: data, never a path
	FileID   string    `json:"file_id,omitempty"`
	Unique   string    `json:"unique,omitempty"` // Telegram's file_unique_id
	Message  int       `json:"message"`
	Album    string    `json:"album,omitempty"`
	Sent     time.Time `json:"sent"`              // Telegram's date of the message
	Received time.Time `json:"received,omitzero"` // when the bot heard of it
	Stored   time.Time `json:"stored,omitzero"`   // when its bytes were safe
	Forward  *Forward  `json:"forward,omitempty"`
	Text     string    `json:"text,omitempty"`   // words of a message, or the caption
	Edits    []Edit    `json:"edits,omitempty"`  // later versions; the first stays above
	Proofs   []string  `json:"proofs,omitempty"` // checklist lines it stands for
	Shows    string    `json:"shows,omitempty"`  // what it shows, in the person's own words
	Theirs   bool      `json:"theirs,omitempty"` // the person says: these are the merchant's words
	Parent   int       `json:"parent,omitempty"` // number of the exhibit this is a copy of
	Cover    []string  `json:"cover,omitempty"`  // areas that are covered in the copy
	Out      bool      `json:"out,omitempty"`    // left out of the dossier; never out of the log
	For      []string  `json:"for,omitempty"`    // kinds of trouble it speaks for; empty = the whole case
	Words    string    `json:"words,omitempty"`  // what a machine read off the picture: a suggestion, never a fact
	Read     []string  `json:"read,omitempty"`   // what a merchant's message was read as, the most telling label first; corrected where the person did
	// What the person says of the picture; a question nobody answered is absent
	// and never guessed. Questions: whole unedited dated sender; answers: yes no.
	Answers map[string]string `json:"answers,omitempty"`
}

// Edit is a later version of a message that was kept.
type Edit struct {
	At   time.Time `json:"at"`
	Text string    `json:"text"`
}

// Forward is where Telegram says a message came from. It proves little: kind,
// name and date are kept as delivered and never linked to the merchant.
type Forward struct {
	Kind string    `json:"kind"` // user hidden_user chat channel
	Name string    `json:"name,omitempty"`
	ID   int64     `json:"id,omitempty"`
	Date time.Time `json:"date"`
}

// Reminder is something the person is asked again later.
type Reminder struct {
	Kind       string    `json:"kind"`                 // merchant body later window
	Proceeding int       `json:"proceeding,omitempty"` // number, when it is about one
	Due        time.Time `json:"due"`
	Asked      int       `json:"asked,omitempty"` // times asked without an answer; after three it stops
}

// Answer ties a message of the person to the step it answered.
type Answer struct {
	Message int    `json:"message"`
	Step    string `json:"step"`
	Text    string `json:"text,omitempty"` // its words, where an answer may be told in several messages
}
