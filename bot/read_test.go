package bot

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"recourse/flows"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

const (
	person  = `"from":{"id":7,"first_name":"Ann","language_code":"en"},"chat":{"id":7,"type":"private","first_name":"Ann"},"date":1772445600`
	inGroup = `"from":{"id":7,"first_name":"Ann"},"chat":{"id":-100200,"type":"supergroup","title":"G"},"date":1772445600`
)

var sentAt = time.Unix(1772445600, 0).UTC()

func TestRead(t *testing.T) {
	f := func(kind string) flows.File {
		return flows.File{ID: "F", Unique: "U", Kind: kind, Name: "n.x", Type: "a/b", Size: 12}
	}
	const file = `{"file_id":"F","file_unique_id":"U","file_name":"n.x","mime_type":"a/b","file_size":12}`
	sent := func(kind string) flows.Sent { return flows.Sent{Message: 5, File: f(kind), Sent: sentAt} }
	for _, c := range []struct {
		name, update string
		person       int64 // 0 = passed over
		event        flows.Event
	}{
		{"text", `"message":{"message_id":5,` + person + `,"text":"hello 👍"}`, 7, flows.Said{Message: 5, Text: "hello 👍", Sent: sentAt}},
		{
			"forward of a user", `"message":{"message_id":5,` + person + `,"text":"t","forward_origin":{"type":"user","date":1772440000,"sender_user":{"id":9,"first_name":"Lamp","last_name":"Land"}}}`,
			7,
			flows.Said{Message: 5, Text: "t", Sent: sentAt, Forward: &flows.Forward{Kind: "user", Name: "Lamp Land", ID: 9, Date: time.Unix(1772440000, 0).UTC()}},
		},
		{
			"forward of a hidden user", `"message":{"message_id":5,` + person + `,"text":"t","forward_origin":{"type":"hidden_user","date":1772440000,"sender_user_name":"Shop"}}`,
			7,
			flows.Said{Message: 5, Text: "t", Sent: sentAt, Forward: &flows.Forward{Kind: "hidden_user", Name: "Shop", Date: time.Unix(1772440000, 0).UTC()}},
		},
		{
			"forward of a chat", `"message":{"message_id":5,` + person + `,"text":"t","forward_origin":{"type":"chat","date":1772440000,"sender_chat":{"id":-9,"type":"group","title":"Shop"}}}`,
			7,
			flows.Said{Message: 5, Text: "t", Sent: sentAt, Forward: &flows.Forward{Kind: "chat", Name: "Shop", ID: -9, Date: time.Unix(1772440000, 0).UTC()}},
		},
		{
			"forward of a channel", `"message":{"message_id":5,` + person + `,"text":"t","forward_origin":{"type":"channel","date":1772440000,"message_id":3,"chat":{"id":-9,"type":"channel","title":"Shop"}}}`,
			7,
			flows.Said{Message: 5, Text: "t", Sent: sentAt, Forward: &flows.Forward{Kind: "channel", Name: "Shop", ID: -9, Date: time.Unix(1772440000, 0).UTC()}},
		},
		{
			"forward of a kind nobody knows", `"message":{"message_id":5,` + person + `,"text":"t","forward_origin":{"type":"planet","date":1772440000,"x":[{}]}}`,
			7,
			flows.Said{Message: 5, Text: "t", Sent: sentAt, Forward: &flows.Forward{Kind: "unknown", Date: time.Unix(1772440000, 0).UTC()}},
		},
		{
			"forward that is no object", `"message":{"message_id":5,` + person + `,"forward_origin":["x"],"text":"t"}`,
			7,
			flows.Said{Message: 5, Text: "t", Sent: sentAt, Forward: &flows.Forward{Kind: "unknown"}},
		},
		{
			"photo", `"message":{"message_id":5,` + person + `,"caption":"look","media_group_id":"A","photo":[{"file_id":"s","width":90,"height":60},{"file_id":"F","file_unique_id":"U","width":900,"height":600,"file_size":12},{"file_id":"m","width":300,"height":200}]}`,
			7,
			flows.Sent{Message: 5, File: flows.File{ID: "F", Unique: "U", Kind: "photo", Size: 12}, Caption: "look", Album: "A", Sent: sentAt},
		},
		{"document", `"message":{"message_id":5,` + person + `,"document":` + file + `}`, 7, sent("document")},
		{"voice", `"message":{"message_id":5,` + person + `,"voice":` + file + `}`, 7, sent("voice")},
		{"video", `"message":{"message_id":5,` + person + `,"video":` + file + `}`, 7, sent("video")},
		{"audio", `"message":{"message_id":5,` + person + `,"audio":` + file + `}`, 7, sent("audio")},
		{"video note", `"message":{"message_id":5,` + person + `,"video_note":` + file + `}`, 7, sent("video_note")},
		{"animation", `"message":{"message_id":5,` + person + `,"animation":` + file + `,"document":{"file_id":"other"}}`, 7, sent("animation")},
		{
			"sizes that lie", `"message":{"message_id":5,` + person + `,"document":{"file_id":"F","file_unique_id":"U","file_size":-3}}`,
			7,
			flows.Sent{Message: 5, File: flows.File{ID: "F", Unique: "U", Kind: "document"}, Sent: sentAt},
		},
		{"a field of the wrong type", `"message":{"message_id":5,` + person + `,"media_group_id":77,"text":"t","photo":"none"}`, 7, flows.Said{Message: 5, Text: "t", Sent: sentAt}},
		{"no date", `"message":{"message_id":5,"chat":{"id":7,"type":"private"},"text":"t"}`, 7, flows.Said{Message: 5, Text: "t", Sent: noon}},
		{"a date beyond dates", `"message":{"message_id":5,"chat":{"id":7,"type":"private"},"date":99999999999999,"text":"t"}`, 7, flows.Said{Message: 5, Text: "t", Sent: noon}},
		{"text that is no UTF-8", "\"message\":{\"message_id\":5," + person + ",\"text\":\"a\xff\\ud800\\u0000b\"}", 7, flows.Said{Message: 5, Text: "a\uFFFD\uFFFD\uFFFDb", Sent: sentAt}},
		{"sticker", `"message":{"message_id":5,` + person + `,"sticker":{"file_id":"F"}}`, 7, flows.Unsupported{Message: 5, Kind: "sticker"}},
		{"location", `"message":{"message_id":5,` + person + `,"location":{"latitude":1,"longitude":2}}`, 7, flows.Unsupported{Message: 5, Kind: "location"}},
		{"poll", `"message":{"message_id":5,` + person + `,"poll":{"id":"1"}}`, 7, flows.Unsupported{Message: 5, Kind: "poll"}},
		{"a message of a kind nobody knows", `"message":{"message_id":5,` + person + `,"hologram":{"type":"new","x":1}}`, 7, flows.Unsupported{Message: 5, Kind: "hologram"}},
		{"a kind that is no word", `"message":{"message_id":5,` + person + `,"<b>Kind</b>":1}`, 7, flows.Unsupported{Message: 5, Kind: "unknown"}},
		{"a message of nothing", `"message":{"message_id":5,` + person + `}`, 7, flows.Unsupported{Message: 5, Kind: "message"}},
		{"group", `"message":{"message_id":5,` + inGroup + `,"text":"/start"}`, -100200, flows.Elsewhere{Kind: "supergroup"}},
		{"channel", `"channel_post":{"message_id":5,"chat":{"id":-100300,"type":"channel"},"date":1,"text":"x"}`, -100300, flows.Elsewhere{Kind: "channel"}},
		{"a chat of a type nobody knows", `"message":{"message_id":5,"chat":{"id":7,"type":"planet"},"text":"x"}`, 7, flows.Elsewhere{Kind: "group"}},
		{"edited text", `"edited_message":{"message_id":5,` + person + `,"edit_date":1772445660,"text":"£41"}`, 7, flows.Edited{Message: 5, Text: "£41", At: sentAt.Add(time.Minute)}},
		{"edited caption", `"edited_message":{"message_id":5,` + person + `,"edit_date":1772445660,"caption":"c","document":` + file + `}`, 7, flows.Edited{Message: 5, Text: "c", At: sentAt.Add(time.Minute)}},
		{"caption taken away", `"edited_message":{"message_id":5,` + person + `,"edit_date":1772445660,"document":` + file + `}`, 7, flows.Edited{Message: 5, At: sentAt.Add(time.Minute)}},
		{"live location moved", `"edited_message":{"message_id":5,` + person + `,"edit_date":1772445660,"location":{}}`, 0, nil},
		{"tap", `"callback_query":{"id":"Q","from":{"id":7,"language_code":"en"},"data":"D","message":{"message_id":5,` + person + `,"text":"x"}}`, 7, flows.Tapped{Query: "Q", Data: "D", Message: 5}},
		{"tap without a message", `"callback_query":{"id":"Q","from":{"id":7,"language_code":"en"},"data":"D","message":null}`, 7, flows.Tapped{Query: "Q", Data: "D"}},
		{"tap on a message out of reach", `"callback_query":{"id":"Q","from":{"id":7,"language_code":"en"},"data":"D","message":{"message_id":5,"date":0,"chat":{"id":7,"type":"private"}}}`, 7, flows.Tapped{Query: "Q", Data: "D", Message: 5}},
		{"tap in a group", `"callback_query":{"id":"Q","from":{"id":7},"data":"D","message":{"message_id":5,` + inGroup + `}}`, -100200, flows.Elsewhere{Kind: "supergroup"}},
		{"tap of nobody", `"callback_query":{"id":"Q","data":"D"}`, 0, nil},
		{"blocked", `"my_chat_member":{` + person + `,"new_chat_member":{"status":"kicked"}}`, 7, flows.Blocked{}},
		{"unblocked", `"my_chat_member":{` + person + `,"new_chat_member":{"status":"member"}}`, 7, flows.Unblocked{}},
		{"a member of a kind nobody knows", `"my_chat_member":{` + person + `,"new_chat_member":{"status":"ghost","x":{}}}`, 7, flows.Unsupported{Kind: "my_chat_member"}},
		{"taken into a group", `"my_chat_member":{` + inGroup + `,"new_chat_member":{"status":"administrator"}}`, -100200, flows.Elsewhere{Kind: "supergroup"}},
		{"left a group", `"my_chat_member":{` + inGroup + `,"new_chat_member":{"status":"left"}}`, 0, nil},
		{"reaction", `"message_reaction":{` + person + `,"message_id":5,"new_reaction":[{"type":"never seen"}]}`, 7, flows.Unsupported{Message: 5, Kind: "message_reaction"}},
		{"an update of a kind nobody knows", `"brand_new":{"chat":{"id":7,"type":"private"},"what":{}}`, 7, flows.Unsupported{Kind: "brand_new"}},
		{"one without a chat", `"inline_query":{"id":"1","from":{"id":7}}`, 0, nil},
		{"one of a group", `"chat_boost":{"chat":{"id":-5,"type":"channel"}}`, 0, nil},
		{"somebody else's business", `"business_message":{"message_id":5,"chat":{"id":7,"type":"private"},"text":"x"}`, 0, nil},
		{"only an id", `"x":1`, 0, nil},
		{"a message that is a word", `"message":"hello"`, 0, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			in, id, ok := read([]byte(`{"update_id":31,`+c.update+`}`), noon)
			if id != 31 || ok != (c.person != 0) {
				t.Fatalf("update %d, ok %v", id, ok)
			}
			if !ok {
				return
			}
			want := flows.Input{ID: "tg:31", Person: c.person, At: noon, Language: in.Language, Event: c.event}
			if !reflect.DeepEqual(in, want) {
				t.Errorf("read\n%#v\nwant\n%#v", in, want)
			}
			if strings.Contains(c.update, `"language_code":"en"`) && c.person == 7 && in.Language != "en" {
				if _, unsupported := c.event.(flows.Unsupported); !unsupported {
					t.Errorf("language %q", in.Language)
				}
			}
		})
	}
}

func TestReadWithoutAnID(t *testing.T) {
	for _, raw := range []string{
		`{}`, `[]`, `null`, `7`, `"x"`, `{"update_id":0}`, `{"update_id":-4}`, `{"update_id":"9"}`,
		`{"update_id":9223372036854775807}`, `{"update_id":1e300}`,
	} {
		if in, id, ok := read([]byte(raw), noon); id != 0 || ok {
			t.Errorf("%s: %v %d %v", raw, in, id, ok)
		}
	}
}

func TestReadCutsWhatIsTooLong(t *testing.T) {
	long := strings.Repeat("漢", 100_000)
	in, _, ok := read(fmt.Appendf(nil, `{"update_id":31,"message":{"message_id":5,%s,"caption":%q,"document":{"file_id":"F","file_name":%q}}}`, person, long, long), noon)
	s, is := in.Event.(flows.Sent)
	if !ok || !is || len(s.Caption) > longestText || len(s.Caption) < longestText-3 || len(s.File.Name) > longestName || !utf8.ValidString(s.Caption) {
		t.Errorf("caption of %d bytes, name of %d", len(s.Caption), len(s.File.Name))
	}
}

// Whatever comes, read answers, and what it answers can be kept.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		`{"update_id":1,"message":{"message_id":5,` + person + `,"text":"hello"}}`,
		`{"update_id":1,"message":{"message_id":5,` + person + `,"photo":[{"file_id":"s","width":90}],"forward_origin":{"type":"channel","chat":{"id":-1}}}}`,
		`{"update_id":2,"edited_message":{"message_id":5,` + person + `,"edit_date":99999999999999,"text":"\ud83d"}}`,
		`{"update_id":3,"callback_query":{"id":"Q","from":{"id":7},"message":{"date":0,"chat":{"id":7}}}}`,
		`{"update_id":4,"my_chat_member":{` + inGroup + `,"new_chat_member":{"status":"kicked"}}}`,
		`{"update_id":5,"brand_new":{"chat":{"id":7,"type":"private"}}}`,
		`{"update_id":6,"message":[1,{"a":null}]}`, `{"update_id`, "\x00\xff", ``,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		in, id, ok := read(raw, noon)
		if !ok {
			return
		}
		if id <= 0 || in.ID != fmt.Sprint("tg:", id) || in.Person == 0 || in.Event == nil || !in.At.Equal(noon) {
			t.Fatalf("incomplete: %#v", in)
		}
		kept, err := json.Marshal(in)
		if err != nil {
			t.Fatalf("can't be kept: %v", err)
		}
		if strings.Contains(string(kept), `\u0000`) {
			t.Fatalf("NUL: %s", kept)
		}
		if !utf8.ValidString(in.Language) || len(kept) > 8*(2*longestText+4*longestName) {
			t.Fatalf("too long or no UTF-8: %d bytes", len(kept))
		}
		switch e := in.Event.(type) {
		case flows.Elsewhere:
		default:
			if in.Person < 0 && fmt.Sprintf("%T", e) != "flows.Elsewhere" {
				// A private chat has a positive id; Telegram says which it is,
				// and a chat that calls itself private is believed.
				return
			}
		}
	})
}
