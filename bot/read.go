package bot

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"recourse/flows"
)

// What is read of an update: our own shapes, not the library's models, because
// those refuse a whole message for one union type they do not know (a new kind
// of forward, of reaction, of member), and that message may be evidence. Here
// a field of an unexpected type stays empty and the rest is read.
type (
	update struct {
		ID     int64   `json:"update_id"`
		Said   *said   `json:"message"`
		Edited *said   `json:"edited_message"`
		Post   *said   `json:"channel_post"`
		Tap    *tap    `json:"callback_query"`
		Member *member `json:"my_chat_member"`
	}
	said struct {
		ID       int       `json:"message_id"`
		From     user      `json:"from"`
		Chat     chat      `json:"chat"`
		Date     int64     `json:"date"`
		EditDate int64     `json:"edit_date"`
		Origin   *origin   `json:"forward_origin"`
		Album    string    `json:"media_group_id"`
		Text     string    `json:"text"`
		Caption  string    `json:"caption"`
		Photo    []picture `json:"photo"`
		// Animations come a second time as documents; File keeps the first that is there.
		Animation *file `json:"animation"`
		Document  *file `json:"document"`
		Voice     *file `json:"voice"`
		Video     *file `json:"video"`
		Audio     *file `json:"audio"`
		VideoNote *file `json:"video_note"`
	}
	tap struct {
		ID   string `json:"id"`
		From user   `json:"from"`
		Said *said  `json:"message"` // missing when it is too old
		Data string `json:"data"`
	}
	member struct {
		From user `json:"from"`
		Chat chat `json:"chat"`
		New  struct {
			Status string `json:"status"`
		} `json:"new_chat_member"`
	}
	user struct {
		ID       int64  `json:"id"`
		First    string `json:"first_name"`
		Last     string `json:"last_name"`
		Language string `json:"language_code"`
	}
	chat struct {
		ID    int64  `json:"id"`
		Type  string `json:"type"`
		Title string `json:"title"`
		First string `json:"first_name"`
		Last  string `json:"last_name"`
	}
	origin struct {
		Type   string `json:"type"`
		Date   int64  `json:"date"`
		User   user   `json:"sender_user"`
		Hidden string `json:"sender_user_name"`
		Sender chat   `json:"sender_chat"`
		Chat   chat   `json:"chat"`
	}
	picture struct {
		file
		Width  int64 `json:"width"`
		Height int64 `json:"height"`
	}
	file struct {
		ID     string `json:"file_id"`
		Unique string `json:"file_unique_id"`
		Name   string `json:"file_name"`
		Type   string `json:"mime_type"`
		Size   int64  `json:"file_size"`
	}
)

// Nothing that comes is trusted to keep Telegram's own limits.
const (
	longestText = 16 << 10 // bytes; Telegram's 4096 UTF-16 units are at most 12 KiB
	longestName = 1 << 10
	longestID   = 512
)

// read makes one update an Input. It is total: whatever the bytes are, it
// answers. id is the update's, 0 when it has none; ok is false where nobody
// can be said to have done anything.
func read(raw []byte, now time.Time) (in flows.Input, id int64, ok bool) {
	var u update
	// Of an error only the type of a field can be the reason: the batch around
	// it was JSON. The other fields are read all the same.
	_ = json.Unmarshal(raw, &u)
	if u.ID <= 0 || u.ID >= 1<<53 {
		return in, 0, false
	}
	in = flows.Input{ID: "tg:" + strconv.FormatInt(u.ID, 10), At: now}
	switch {
	case u.Said != nil:
		in.Person, in.Language = u.Said.Chat.ID, clean(u.Said.From.Language, longestID)
		if in.Event = elsewhere(u.Said.Chat); in.Event == nil {
			in.Event = u.Said.event(raw, now)
		}
	case u.Edited != nil:
		in.Person, in.Language = u.Edited.Chat.ID, clean(u.Edited.From.Language, longestID)
		if in.Event = elsewhere(u.Edited.Chat); in.Event == nil {
			if _, ok := u.Edited.file(); !ok && u.Edited.Text == "" {
				return in, u.ID, false // a live location that moved, and the like
			}
			text := u.Edited.Text
			if text == "" {
				text = u.Edited.Caption
			}
			in.Event = flows.Edited{Message: u.Edited.ID, Text: clean(text, longestText), At: date(u.Edited.EditDate, now)}
		}
	case u.Post != nil:
		in.Person, in.Event = u.Post.Chat.ID, elsewhere(u.Post.Chat)
		if in.Event == nil { // a channel that calls itself private is nobody
			return in, u.ID, false
		}
	case u.Tap != nil:
		// Whoever tapped is who is answered; in a private chat that is the chat.
		in.Person, in.Language = u.Tap.From.ID, clean(u.Tap.From.Language, longestID)
		e := flows.Tapped{Query: clean(u.Tap.ID, longestID), Data: clean(u.Tap.Data, longestID)}
		in.Event = e
		if u.Tap.Said != nil {
			e.Message = u.Tap.Said.ID
			in.Event = e
			if away := elsewhere(u.Tap.Said.Chat); away != nil {
				in.Person, in.Event = u.Tap.Said.Chat.ID, away
			}
		}
	case u.Member != nil:
		in.Person, in.Language = u.Member.Chat.ID, clean(u.Member.From.Language, longestID)
		away := elsewhere(u.Member.Chat)
		switch gone := u.Member.New.Status == "kicked" || u.Member.New.Status == "left"; {
		case away != nil && gone: // what follows our own leaving
			return in, u.ID, false
		case away != nil:
			in.Event = away
		case u.Member.New.Status == "kicked":
			in.Event = flows.Blocked{}
		case u.Member.New.Status == "member":
			in.Event = flows.Unblocked{}
		default:
			in.Event = flows.Unsupported{Kind: "my_chat_member"}
		}
	default:
		in.Person, in.Event = stranger(raw)
	}
	return in, u.ID, in.Person != 0 && in.Event != nil
}

// elsewhere is the event of a chat that is not one person's; nil for one that
// is. A chat of no type is taken as private only with a person's id: those are
// positive.
func elsewhere(c chat) flows.Event {
	switch {
	case c.Type == "private" || c.Type == "" && c.ID > 0:
		return nil
	case c.Type == "group" || c.Type == "supergroup" || c.Type == "channel":
		return flows.Elsewhere{Kind: c.Type}
	}
	return flows.Elsewhere{Kind: "group"}
}

// event is what a message in a private chat says.
func (m *said) event(raw []byte, now time.Time) flows.Event {
	sent, forward := date(m.Date, now), m.Origin.forward()
	if m.Text != "" {
		return flows.Said{Message: m.ID, Text: clean(m.Text, longestText), Sent: sent, Forward: forward}
	}
	if f, ok := m.file(); ok {
		return flows.Sent{
			Message: m.ID, File: f, Caption: clean(m.Caption, longestText),
			Album: clean(m.Album, longestID), Sent: sent, Forward: forward,
		}
	}
	return flows.Unsupported{Message: m.ID, Kind: kindOf(raw)}
}

// file is the one file of a message; of a photo the largest of its sizes.
func (m *said) file() (flows.File, bool) {
	if len(m.Photo) > 0 {
		best := m.Photo[0]
		for _, p := range m.Photo[1:] {
			if p.Width*p.Height > best.Width*best.Height {
				best = p
			}
		}
		return best.announce("photo"), true
	}
	for _, f := range []struct {
		kind string
		file *file
	}{
		{"animation", m.Animation}, // Telegram makes them silent films
		{"document", m.Document},
		{"voice", m.Voice},
		{"video", m.Video},
		{"audio", m.Audio},
		{"video_note", m.VideoNote},
	} {
		if f.file != nil {
			return f.file.announce(f.kind), true
		}
	}
	return flows.File{}, false
}

func (f file) announce(kind string) flows.File {
	return flows.File{
		ID: clean(f.ID, longestID), Unique: clean(f.Unique, longestID), Kind: kind,
		Name: clean(f.Name, longestName), Type: clean(f.Type, longestID), Size: max(f.Size, 0),
	}
}

// forward is where Telegram says the message came from, as delivered. A kind
// unknown here is still a forward: it must not pass for the person's own word.
func (o *origin) forward() *flows.Forward {
	if o == nil {
		return nil
	}
	f := &flows.Forward{Kind: "unknown", Date: date(o.Date, time.Time{})}
	switch o.Type {
	case "user":
		f.Kind, f.ID, f.Name = o.Type, o.User.ID, o.User.First+" "+o.User.Last
	case "hidden_user":
		f.Kind, f.Name = o.Type, o.Hidden
	case "chat":
		f.Kind, f.ID, f.Name = o.Type, o.Sender.ID, o.Sender.name()
	case "channel":
		f.Kind, f.ID, f.Name = o.Type, o.Chat.ID, o.Chat.name()
	}
	f.Name = clean(strings.TrimSpace(f.Name), longestName)
	return f
}

func (c chat) name() string {
	if c.Title != "" {
		return c.Title
	}
	return c.First + " " + c.Last
}

// stranger finds the person of an update of a kind that is not known here, by
// its chat. Those of business accounts are about the chats of others.
func stranger(raw []byte) (int64, flows.Event) {
	var kinds map[string]json.RawMessage
	_ = json.Unmarshal(raw, &kinds)
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		var about struct {
			ID       int  `json:"message_id"`
			Chat     chat `json:"chat"`
			Business any  `json:"business_connection_id"`
		}
		_ = json.Unmarshal(kinds[kind], &about)
		if about.Chat.ID > 0 && about.Chat.Type == "private" && about.Business == nil && !strings.Contains(kind, "business") {
			return about.Chat.ID, flows.Unsupported{Message: about.ID, Kind: word(kind)}
		}
	}
	return 0, nil
}

// envelope are the fields around what a message brings.
var envelope = []string{
	"message_id", "message_thread_id", "direct_messages_topic", "from", "sender_chat", "sender_boost_count",
	"sender_business_bot", "date", "business_connection_id", "chat", "forward_origin", "forward_date", "forward_from",
	"is_topic_message", "is_automatic_forward", "reply_to_message", "external_reply", "quote", "reply_to_story", "via_bot",
	"edit_date", "has_protected_content", "is_from_offline", "is_paid_post", "media_group_id", "author_signature",
	"paid_star_count", "entities", "link_preview_options", "effect_id", "caption", "caption_entities",
	"show_caption_above_media", "has_media_spoiler", "reply_markup",
}

// kindOf names what a message brings that nobody here has a use for: "sticker",
// "poll", or a word invented after this was written.
func kindOf(raw []byte) string {
	var u struct {
		Message map[string]json.RawMessage `json:"message"`
	}
	_ = json.Unmarshal(raw, &u)
	for _, key := range slices.Sorted(maps.Keys(u.Message)) {
		if !slices.Contains(envelope, key) {
			return word(key)
		}
	}
	return "message"
}

// word lets through what looks like a name of Telegram's: a–z and _.
func word(s string) string {
	if len(s) > 64 || strings.Trim(s, "abcdefghijklmnopqrstuvwxyz_") != "" {
		return "unknown"
	}
	return s
}

// date reads Unix seconds; what can't be a date of Telegram's is otherwise.
func date(seconds int64, otherwise time.Time) time.Time {
	const lastYear = 253402300799 // 9999: later ones can't be written as JSON
	if seconds <= 0 || seconds > lastYear {
		return otherwise
	}
	return time.Unix(seconds, 0).UTC()
}

// clean makes a text valid UTF-8 without NUL and of at most so many bytes, cut
// between two characters. What it says is not changed: it may be evidence.
func clean(s string, most int) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
	if len(s) <= most {
		return s
	}
	for most > 0 && s[most]&0xC0 == 0x80 {
		most--
	}
	return s[:most]
}
