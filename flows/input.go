package flows

import "time"

// Input is one thing that happened. It is the only way anything enters the
// conversation, time included.
type Input struct {
	ID       string    // unique for ever; an input whose ID was heard before is passed over
	Person   int64     // Telegram's id of the private chat
	At       time.Time // when it happened, as far as the bot knows: its clock's reading on arrival
	Language string    // Telegram's language_code of the person, when it came along
	Job      int64     // the slow work whose result this is; 0 = none
	Event    Event
}

// Event is what happened: one of the types below.
type Event interface{ event() }

type (
	// Said is a text message, typed or forwarded.
	Said struct {
		Message int
		Text    string
		Sent    time.Time // Telegram's date
		Forward *Forward
	}
	// Tapped is a press of a button under a message of the bot's. The store
	// fills Button from the opaque Data; nil = forged, foreign or forgotten.
	Tapped struct {
		Query   string // to be answered with a Toast
		Data    string // what the button carried
		Message int    // the message it stands under; 0 when Telegram no longer says
		Button  *Button
	}
	// Sent is a message with one file. Albums come as several.
	Sent struct {
		Message int
		File    File
		Caption string
		Album   string // media group id
		Sent    time.Time
		Forward *Forward
	}
	// Edited is a message of the person's that was changed.
	Edited struct {
		Message int
		Text    string // text or caption as it is now
		At      time.Time
	}
	// Blocked: the person stopped the bot. Unblocked: they let it in again.
	Blocked   struct{}
	Unblocked struct{}
	// Woke: a time the person asked for, or the conversation set, has come.
	Woke struct{}
	// Kept: an exhibit's file is in the vault.
	Kept struct {
		Case, Exhibit int
		SHA256        string
		Size          int64
		Type          string
	}
	// Lost: it can't be had. Why: too_big, gone, refused, empty.
	Lost struct {
		Case, Exhibit int
		Why           string
	}
	// Recognized: the words on an exhibit's picture, as far as a machine can read
	// them; none where there is nothing to read them with.
	Recognized struct {
		Case, Exhibit int
		Text          string
	}
	// Exported: the files of a dossier are in the vault, ready to be sent. No
	// files: it could not be made, and Why says so: busy, broken.
	Exported struct {
		Case  int
		Pack  string
		Files []Document
		Why   string
	}
	// Unsupported is anything the bot has no use for: a sticker, a poll, a
	// kind of update invented after this was written.
	Unsupported struct {
		Message int
		Kind    string
	}
	// Elsewhere: somebody called the bot in a group or channel.
	Elsewhere struct{ Kind string }
	// Away: the bot was away for longer than Telegram keeps messages.
	Away struct{}
	// Failed: an input before could not be worked on; its person is told.
	Failed struct{}
)

// File is a file as Telegram announces it; nothing of it is believed.
type File struct {
	ID, Unique string
	Kind       string // photo document voice video audio video_note animation
	Name, Type string // as declared by the sender
	Size       int64  // bytes; 0 = not said
}

func (Said) event()        {}
func (Tapped) event()      {}
func (Sent) event()        {}
func (Edited) event()      {}
func (Blocked) event()     {}
func (Unblocked) event()   {}
func (Woke) event()        {}
func (Kept) event()        {}
func (Lost) event()        {}
func (Recognized) event()  {}
func (Exported) event()    {}
func (Unsupported) event() {}
func (Elsewhere) event()   {}
func (Failed) event()      {}
func (Away) event()        {}
