package sandbox

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// things are what a person can send that is neither text nor file, as Telegram
// hands them over.
var things = map[string]string{
	"contact":  `{"contact":{"phone_number":"+441234567890","first_name":"LampLand"}}`,
	"location": `{"location":{"latitude":51.5,"longitude":-0.12}}`,
	"venue":    `{"location":{"latitude":51.5,"longitude":-0.12},"venue":{"location":{"latitude":51.5,"longitude":-0.12},"title":"LampLand","address":"1 High Street"}}`,
	"poll":     `{"poll":{"id":"1","question":"Refund?","options":[{"text":"Yes","voter_count":0,"persistent_id":"0"},{"text":"No","voter_count":0,"persistent_id":"1"}],"total_voter_count":0,"is_closed":false,"is_anonymous":true,"type":"regular","allows_multiple_answers":false}}`,
	"sticker":  `{"sticker":{"file_id":"SbxSticker","file_unique_id":"AgSticker","type":"regular","width":512,"height":512,"is_animated":false,"is_video":false,"emoji":"🙂"}}`,
	"dice":     `{"dice":{"emoji":"🎲","value":4}}`,
	"story":    `{"story":{"chat":{"id":5,"type":"private","first_name":"LampLand"},"id":1}}`,
	"payment":  `{"successful_payment":{"currency":"XTR","total_amount":1,"invoice_payload":"x","telegram_payment_charge_id":"x","provider_payment_charge_id":"x"}}`,
	// Invented: what a bot meets that is older than Telegram.
	"hologram": `{"hologram":{"depth":3}}`,
}

// Share sends something that is neither text nor file: a "contact", "location",
// "venue", "poll", "sticker", "dice", "story", "payment", or a "hologram", which
// nobody knows. It returns the message id, 0 when the kind is another.
func (s *Sandbox) Share(chat int64, kind string) int {
	body, ok := things[kind]
	if !ok {
		return 0
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.chat(chat)
	m := s.fromPerson(c, 0)
	m.Thing = kind
	s.add(c, m)
	w := map[string]json.RawMessage{}
	for _, part := range [][]byte{toJSON(s.wire(c, m)), []byte(body)} {
		if err := json.Unmarshal(part, &w); err != nil {
			panic(err) // both are written here
		}
	}
	s.enqueue("message", w)
	return m.ID
}

func (s *Sandbox) apiShare(r *http.Request) (any, error) {
	var in struct {
		Chat int64
		Kind string
	}
	if err := body(r, &in); err != nil {
		return nil, err
	}
	if in.Chat == 0 {
		return nil, wrong("chat is missing")
	}
	id := s.Share(in.Chat, in.Kind)
	if id == 0 {
		return nil, wrong("kind is one of %s", strings.Join(slices.Sorted(maps.Keys(things)), ", "))
	}
	return map[string]int{"message": id}, nil
}
