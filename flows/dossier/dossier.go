// Package dossier makes what a person takes out of the chat: one case as a ZIP
// that a stranger can check without us, with a PDF to print and carry into a
// consumer office, a court or a lawyer's room; the calendar file of a date; and
// copies of pictures with areas covered.
//
// It gets everything as words and numbers already chosen (Dossier) and bytes to
// stream (open), and knows nothing of the conversation, of Telegram, of files or
// of the store. It has no clock: same case, same bytes. Begin at Write (write.go)
// and at Verify (verify.go), which reads back what Write wrote and believes
// nothing.
package dossier

import (
	"crypto/ed25519"
	"time"
)

// Dossier is one case, ready to be written down: all words already chosen.
type Dossier struct {
	Language string    // tag of the locale it is in; decides nothing but the PDF's declared language
	Case     int       // number of the case
	As       time.Time // when the case stood like this: the time of the last line of the log. The only time there is
	Zone     string    // what the times on the pages are in, as the person knows it: "Europe/London"
	// When writes a moment as the person reads it, in Zone: "2 March 2026, 14:05".
	When func(time.Time) string
	// Words are the headings and labels of the pages, filled from the locale;
	// Keys lists what is asked for. Pairs are field, value, field, value.
	Words func(key string, pairs ...any) string

	Title      string      // of the case: "LampLand, order 48213"
	Cover      []Field     // on the first page: the shop, the amount, what is asked for, where it stands
	Parties    []Party     // the person first
	Summary    []string    // what happened, a paragraph each
	Chronology []Happening // rising by date
	Claim      []Field     // what is asked for and by when
	Basis      []Rule      // what it rests on
	Statement  []string    // for the person to sign, a paragraph each, without the lines for place, date and name
	Exhibits   []Exhibit   // by number, those left out too
	Papers     []Paper     // letters and complaints, in the order they were written
	Talk       []Message   // rising by time
	Calendar   []byte      // the dates that run, as Calendar writes them; none = no calendar.ics
	Log        [][]byte    // the lines of the case's log, byte for byte, without their ends of line
	Stamps     []Stamp     // rising by Seq
}

// Field is a label and what stands beside it.
type Field struct{ Label, Text string }

// Party is one side.
type Party struct {
	Role   string // "The consumer", "The shop"
	Fields []Field
}

// Happening is a line of the chronology.
type Happening struct {
	Date     string // as it is written in the dossier's language
	Text     string
	Exhibits []int // that speak for it
}

// Rule is a rule the claim rests on. What is not known is empty.
type Rule struct {
	Rule   string // what it says, in a sentence
	Law    string // "Consumer Rights Act 2015, s 28"
	Source string // address it was read at
	Read   string // the day it was read
}

// Exhibit is one piece of evidence. The only thing said of it: these bytes
// reached this bot at this time in this message and have not changed since.
// Names of kinds, forms and states are flows.Exhibit's, whose fields these are.
type Exhibit struct {
	Number   int
	Kind     string // photo document voice video audio video_note animation text forward
	Form     string // as_sent_file telegram_recompressed text_only derived
	State    string // kept waiting lost same
	Why      string // why it was lost
	Same     int    // number of the exhibit with the same bytes, for State same
	SHA256   string // of the bytes, hex; of Text in UTF-8 for text_only
	Size     int64
	Type     string // detected from the content
	Declared string
	Name     string // as delivered: data, never a path
	Message  int
	Album    string
	Sent     time.Time
	Received time.Time
	Stored   time.Time
	Forward  *Origin
	Text     string // the words, or the caption, as first sent
	Edits    []Edit
	Theirs   bool              // the person says: these are the merchant's words
	Proofs   []string          // ids of checklist lines
	Shows    string            // what the person says it shows, own words
	Answers  map[string]string // whole unedited dated sender → yes no; absent = unknown
	Parent   int               // the exhibit this is a copy of
	Cover    []string          // areas covered in the copy
	Out      bool              // left out by the person: listed by number and hash, bytes and words not handed over

	Title string   // what it is, in the dossier's language: "Photo: the invoice"
	Date  string   // the day it is of, as it is written in the index
	Notes []string // what it shows and does not prove, a line each
}

// Origin is where Telegram says a message came from, as delivered.
type Origin struct {
	Kind string // user hidden_user chat channel
	Name string
	Date time.Time
}

// Edit is a later version of a message.
type Edit struct {
	At   time.Time
	Text string
}

// Paper is a letter or a complaint.
type Paper struct {
	Kind     string // letter complaint
	Title    string
	Language string
	Date     string // "sent 3 March 2026 by e-mail"; empty = a draft
	Text     string
}

// Message is a line of the talk.
type Message struct {
	At      time.Time // Telegram's date of the original where the forward has one, else of the message
	Exhibit int
	Who     string // in words: "The shop, as the person says", "Forwarded from …"
	Text    string
	Edits   []Edit
}

// Stamp is a time stamp of an outside authority (RFC 3161) on a line of the log.
type Stamp struct {
	Seq       int64
	Hash      string    // SHA-256 of the line, hex
	Token     []byte    // TimeStampToken, DER; none = asked for and not yet there
	Authority string    // address it came from
	At        time.Time // the time it attests
}

// Key signs a dossier: the one of this copy of the bot.
type Key interface {
	Sign(message []byte) ([]byte, error)
	Public() ed25519.PublicKey
}
