package sandbox

import (
	"encoding/json"
)

// The shapes below are the Bot API's own, as far as a private chat needs them.

type user struct {
	ID           int64  `json:"id"`
	IsBot        bool   `json:"is_bot"`
	FirstName    string `json:"first_name"`
	Username     string `json:"username,omitempty"`
	LanguageCode string `json:"language_code,omitempty"`
}

type wireChat struct {
	ID        int64  `json:"id"`
	Type      string `json:"type"`
	Title     string `json:"title,omitempty"`
	FirstName string `json:"first_name,omitempty"`
}

type wireMessage struct {
	ID            int             `json:"message_id"`
	From          *user           `json:"from,omitempty"`
	Date          int64           `json:"date"`
	Chat          wireChat        `json:"chat"`
	ForwardOrigin *wireOrigin     `json:"forward_origin,omitempty"`
	ReplyTo       *wireMessage    `json:"reply_to_message,omitempty"`
	EditDate      int64           `json:"edit_date,omitempty"`
	Protected     bool            `json:"has_protected_content,omitempty"`
	MediaGroupID  string          `json:"media_group_id,omitempty"`
	Text          string          `json:"text,omitempty"`
	Entities      []Entity        `json:"entities,omitempty"`
	LinkPreview   json.RawMessage `json:"link_preview_options,omitempty"`
	Audio         *wireFile       `json:"audio,omitempty"`
	Document      *wireFile       `json:"document,omitempty"`
	Photo         []wireFile      `json:"photo,omitempty"`
	Video         *wireFile       `json:"video,omitempty"`
	VideoNote     *wireFile       `json:"video_note,omitempty"`
	Voice         *wireFile       `json:"voice,omitempty"`
	Caption       string          `json:"caption,omitempty"`
	CaptionEnts   []Entity        `json:"caption_entities,omitempty"`
	ReplyMarkup   json.RawMessage `json:"reply_markup,omitempty"`
}

type wireOrigin struct {
	Type           string    `json:"type"`
	Date           int64     `json:"date"`
	SenderUser     *user     `json:"sender_user,omitempty"`
	SenderUserName string    `json:"sender_user_name,omitempty"`
	SenderChat     *wireChat `json:"sender_chat,omitempty"`
	Chat           *wireChat `json:"chat,omitempty"`
	MessageID      int       `json:"message_id,omitempty"`
	Signature      string    `json:"author_signature,omitempty"`
}

// wireFile is a photo size, document, voice, video, audio or video note: their
// fields do not clash, and absent ones are left out.
type wireFile struct {
	FileID       string `json:"file_id"`
	FileUniqueID string `json:"file_unique_id"`
	FileName     string `json:"file_name,omitempty"`
	MimeType     string `json:"mime_type,omitempty"`
	FileSize     int    `json:"file_size,omitempty"`
	Width        int    `json:"width,omitempty"`
	Height       int    `json:"height,omitempty"`
	Length       int    `json:"length,omitempty"`
	Duration     *int   `json:"duration,omitempty"`
}

// wire gives a message the shape in which Telegram would hand it over now.
func (s *Sandbox) wire(c *chat, m *message) wireMessage {
	w := wireMessage{
		ID:           m.ID,
		Date:         m.Time.Unix(),
		Chat:         c.wire(),
		Protected:    m.Protected,
		MediaGroupID: m.Album,
		ReplyMarkup:  m.markup,
		LinkPreview:  m.preview,
	}
	from := m.sender
	w.From = &from
	if !m.Edited.IsZero() {
		w.EditDate = m.Edited.Unix()
	}
	if m.Forward != nil {
		w.ForwardOrigin = m.Forward.wire(m.Time.Unix())
	}
	if m.ReplyTo != 0 {
		if to := c.find(m.ReplyTo); to != nil {
			r := s.wire(c, to)
			r.ReplyTo = nil
			w.ReplyTo = &r
		}
	}
	if m.file == nil {
		w.Text, w.Entities = m.Text, m.Entities
		return w
	}
	w.Caption, w.CaptionEnts = m.Text, m.Entities
	f := m.file.wire()
	switch m.file.kind {
	case "photo":
		w.Photo = m.file.sizes()
	case "voice":
		f.FileName = ""
		w.Voice = &f
	case "video":
		w.Video = &f
	case "audio":
		w.Audio = &f
	case "video_note":
		f.FileName, f.MimeType, f.Length, f.Width, f.Height = "", "", 240, 0, 0
		w.VideoNote = &f
	default:
		w.Document = &f
	}
	return w
}

func (c *chat) wire() wireChat {
	w := wireChat{ID: c.id, Type: c.kind, Title: c.title}
	if c.kind == "private" {
		w.FirstName = c.person.Name
	}
	return w
}

func (p Person) wire() user {
	return user{ID: p.ID, FirstName: p.Name, LanguageCode: p.Language}
}

func (o Origin) wire(date int64) *wireOrigin {
	if !o.Date.IsZero() {
		date = o.Date.Unix()
	}
	w := &wireOrigin{Type: o.Kind, Date: date}
	id := 5_000_000_000 + int64(hash32(o.Name))
	switch o.Kind {
	case "user":
		w.SenderUser = &user{ID: id, FirstName: o.Name, IsBot: o.bot}
	case "chat":
		w.SenderChat = &wireChat{ID: -1_000_000_000_000 - id, Type: "supergroup", Title: o.Name}
	case "channel":
		w.Chat = &wireChat{ID: -1_000_000_000_000 - id, Type: "channel", Title: o.Name}
		w.MessageID = 1
	default:
		w.Type = "hidden_user"
		w.SenderUserName = o.Name
	}
	return w
}

func hash32(s string) (h uint32) {
	h = 2166136261
	for i := 0; i < len(s); i++ {
		h = (h ^ uint32(s[i])) * 16777619
	}
	return h
}

func toJSON(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // only own types come here
	}
	return b
}
