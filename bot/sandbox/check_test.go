package sandbox

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"
)

func markup(rows string) string {
	return `{"chat_id":1,"text":"x","reply_markup":{"inline_keyboard":` + rows + `}}`
}

// Each refusal stands beside a neighbour that is taken (want ""), so that a
// check which refuses everything, or nothing, shows.
func TestRefusals(t *testing.T) {
	long := strings.Repeat("a", 4096)
	faces := strings.Repeat("😀", 2048) // 4096 units
	caption := strings.Repeat("ы", 1024)
	const parse = "can't parse entities: "
	tests := []struct {
		name, method, params string
		code                 int
		want                 string
	}{
		{"no text", "sendMessage", `{"chat_id":1}`, 400, "message text is empty"},
		{"white space", "sendMessage", `{"chat_id":1,"text":" \n "}`, 400, "text must be non-empty"},
		{"only markup", "sendMessage", `{"chat_id":1,"text":"<b></b>","parse_mode":"HTML"}`, 400, "text must be non-empty"},
		{"longest", "sendMessage", `{"chat_id":1,"text":"` + long + `"}`, 0, ""},
		{"one too long", "sendMessage", `{"chat_id":1,"text":"` + long + `a"}`, 400, "message is too long"},
		{"most faces", "sendMessage", `{"chat_id":1,"text":"` + faces + `"}`, 0, ""},
		{"faces and one", "sendMessage", `{"chat_id":1,"text":"` + faces + `a"}`, 400, "message is too long"},
		{"markup does not count", "sendMessage", `{"chat_id":1,"text":"<b>` + long + `</b>","parse_mode":"HTML"}`, 0, ""},
		{"no chat id", "sendMessage", `{"text":"x"}`, 400, "chat_id is empty"},
		{"unknown chat", "sendMessage", `{"chat_id":99,"text":"x"}`, 400, "chat not found"},
		{"never written", "sendMessage", `{"chat_id":2,"text":"x"}`, 400, "chat not found"},
		{"by name", "sendMessage", `{"chat_id":"@nobody","text":"x"}`, 400, "chat not found"},
		{"parse mode", "sendMessage", `{"chat_id":1,"text":"x","parse_mode":"Word"}`, 400, "unsupported parse_mode"},
		{"reply to nothing", "sendMessage", `{"chat_id":1,"text":"x","reply_parameters":{"message_id":99}}`, 400, "message to be replied not found"},
		{"reply allowed", "sendMessage", `{"chat_id":1,"text":"x","reply_parameters":{"message_id":99,"allow_sending_without_reply":true}}`, 0, ""},

		{"entity", "sendMessage", `{"chat_id":1,"text":"a😀b","entities":[{"type":"bold","offset":1,"length":2}]}`, 0, ""},
		{"entity type", "sendMessage", `{"chat_id":1,"text":"abc","entities":[{"type":"blink","offset":0,"length":2}]}`, 400, "can't parse MessageEntity: Unsupported type specified"},
		{"entity beyond", "sendMessage", `{"chat_id":1,"text":"abc","entities":[{"type":"bold","offset":100,"length":1}]}`, 400, "entity begins after the end of the text at UTF-16 offset 100"},
		{"entity too long", "sendMessage", `{"chat_id":1,"text":"abc","entities":[{"type":"bold","offset":0,"length":4}]}`, 400, "entity beginning at UTF-16 offset 0 ends after the end of the text at UTF-16 offset 4"},
		{"entity before", "sendMessage", `{"chat_id":1,"text":"abc","entities":[{"type":"bold","offset":-1,"length":1}]}`, 400, "receive an entity with incorrect offset -1"},
		{"entity empty", "sendMessage", `{"chat_id":1,"text":"abc","entities":[{"type":"bold","offset":0,"length":0}]}`, 400, "receive an entity with incorrect length 0"},
		{"half a face, begin", "sendMessage", `{"chat_id":1,"text":"😀b","entities":[{"type":"bold","offset":1,"length":2}]}`, 400, "entity begins in a middle of a UTF-16 symbol at UTF-16 offset 1"},
		{"half a face, end", "sendMessage", `{"chat_id":1,"text":"a😀","entities":[{"type":"bold","offset":0,"length":2}]}`, 400, "entity beginning at UTF-16 offset 0 ends in a middle of a UTF-16 symbol at UTF-16 offset 2"},
		{"link nowhere", "sendMessage", `{"chat_id":1,"text":"abc","entities":[{"type":"text_link","offset":0,"length":1,"url":"not-a-url"}]}`, 400, "entity URL 'not-a-url' is invalid: Wrong HTTP URL"},
		{"overlap", "sendMessage", `{"chat_id":1,"text":"abcd","entities":[{"type":"bold","offset":0,"length":2},{"type":"italic","offset":1,"length":2}]}`, 400, "entities overlap: bold at 0 and italic at 1"},
		{"nested", "sendMessage", `{"chat_id":1,"text":"abcd","entities":[{"type":"bold","offset":0,"length":4},{"type":"italic","offset":1,"length":2}]}`, 0, ""},

		{"html", "sendMessage", `{"chat_id":1,"text":"<b>x","parse_mode":"HTML"}`, 400, parse + `Can't find end tag corresponding to start tag "b"`},
		{"markdown", "sendMessage", `{"chat_id":1,"text":"*x","parse_mode":"Markdown"}`, 400, parse + "Can't find end of the entity starting at byte offset 0"},
		{"markdown 2", "sendMessage", `{"chat_id":1,"text":"1.","parse_mode":"MarkdownV2"}`, 400, parse + `Character '.' is reserved and must be escaped with the preceding '\'`},

		{"data of 64", "sendMessage", markup(`[[{"text":"a","callback_data":"` + strings.Repeat("x", 64) + `"}]]`), 0, ""},
		{"data of 65", "sendMessage", markup(`[[{"text":"a","callback_data":"` + strings.Repeat("x", 65) + `"}]]`), 400, "BUTTON_DATA_INVALID"},
		{"data in bytes", "sendMessage", markup(`[[{"text":"a","callback_data":"` + strings.Repeat("字", 22) + `"}]]`), 400, "BUTTON_DATA_INVALID"},
		{"button does nothing", "sendMessage", markup(`[[{"text":"a","callback_data":""}]]`), 400, "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"},
		{"button does two things", "sendMessage", markup(`[[{"text":"a","callback_data":"x","url":"https://example.org"}]]`), 400, "can't parse inline keyboard button: exactly one of the optional fields must be used"},
		{"no label", "sendMessage", markup(`[[{"callback_data":"x"}]]`), 400, `can't parse inline keyboard button: Can't find field "text"`},
		{"empty label", "sendMessage", markup(`[[{"text":" ","callback_data":"x"}]]`), 400, "BUTTON_TEXT_EMPTY: inline keyboard button text must be non-empty"},
		{"copy 256", "sendMessage", markup(`[[{"text":"a","copy_text":{"text":"` + strings.Repeat("я", 256) + `"}}]]`), 0, ""},
		{"copy 257", "sendMessage", markup(`[[{"text":"a","copy_text":{"text":"` + strings.Repeat("я", 257) + `"}}]]`), 400, "BUTTON_COPY_TEXT_INVALID"},
		{"copy nothing", "sendMessage", markup(`[[{"text":"a","copy_text":{"text":""}}]]`), 400, "BUTTON_COPY_TEXT_INVALID"},
		{"url", "sendMessage", markup(`[[{"text":"a","url":"not-a-url"}]]`), 400, "inline keyboard button URL 'not-a-url' is invalid: Wrong HTTP URL"},
		{"web app", "sendMessage", markup(`[[{"text":"a","web_app":{"url":"http://example.org"}}]]`), 400, "inline keyboard button Web App URL 'http://example.org' is invalid: Only HTTPS links are allowed"},
		{"pay", "sendMessage", markup(`[[{"text":"a","pay":true}]]`), 400, "BUTTON_TYPE_INVALID"},
		{"style", "sendMessage", markup(`[[{"text":"a","callback_data":"x","style":"danger"}]]`), 0, ""},
		{"no such style", "sendMessage", markup(`[[{"text":"a","callback_data":"x","style":"pink"}]]`), 400, "can't parse inline keyboard button: invalid button style specified"},
		{"100 buttons", "sendMessage", markup("[" + strings.Repeat(`[{"text":"a","callback_data":"x"}],`, 99) + `[{"text":"a","callback_data":"x"}]]`), 0, ""},
		{"101 buttons", "sendMessage", markup("[" + strings.Repeat(`[{"text":"a","callback_data":"x"}],`, 100) + `[{"text":"a","callback_data":"x"}]]`), 400, "reply markup is too long"},
		{"keyboard is text", "sendMessage", `{"chat_id":1,"text":"x","reply_markup":{"inline_keyboard":"bad"}}`, 400, `field "inline_keyboard" must be of type Array`},

		{"edit nothing", "editMessageText", `{"chat_id":1,"message_id":99,"text":"x"}`, 400, "message to edit not found"},
		{"edit a deleted one", "editMessageText", `{"chat_id":1,"message_id":4,"text":"x"}`, 400, "message to edit not found"},
		{"edit theirs", "editMessageText", `{"chat_id":1,"message_id":1,"text":"x"}`, 400, "message can't be edited"},
		{"edit the same", "editMessageText", `{"chat_id":1,"message_id":2,"text":"<b>hello</b>","parse_mode":"HTML"}`, 400, notModified},
		{"edit the markup alone", "editMessageText", `{"chat_id":1,"message_id":2,"text":"hello"}`, 0, ""},
		{"edit a file's text", "editMessageText", `{"chat_id":1,"message_id":3,"text":"x"}`, 400, "there is no text in the message to edit"},
		{"edit a text's caption", "editMessageCaption", `{"chat_id":1,"message_id":2,"caption":"x"}`, 400, "there is no caption in the message to edit"},
		{"caption", "editMessageCaption", `{"chat_id":1,"message_id":3,"caption":"` + caption + `"}`, 0, ""},
		{"caption too long", "editMessageCaption", `{"chat_id":1,"message_id":3,"caption":"` + caption + `x"}`, 400, "message caption is too long"},
		{"same keyboard", "editMessageReplyMarkup", `{"chat_id":1,"message_id":3}`, 400, notModified},

		{"delete nothing", "deleteMessage", `{"chat_id":1,"message_id":99}`, 400, "message to delete not found"},
		{"delete twice", "deleteMessage", `{"chat_id":1,"message_id":4}`, 400, "message to delete not found"},
		{"delete theirs", "deleteMessage", `{"chat_id":1,"message_id":1}`, 0, ""},
		{"delete none", "deleteMessages", `{"chat_id":1,"message_ids":[]}`, 400, "message identifiers are not specified"},

		{"unknown tap", "answerCallbackQuery", `{"callback_query_id":"12"}`, 400, "query is too old and response timeout expired or query ID is invalid"},
		{"reaction", "setMessageReaction", `{"chat_id":1,"message_id":2,"reaction":[{"type":"emoji","emoji":"✅"}]}`, 400, "REACTION_INVALID"},
		{"heart", "setMessageReaction", `{"chat_id":1,"message_id":2,"reaction":[{"type":"emoji","emoji":"❤️"}]}`, 0, ""},
		{"two reactions", "setMessageReaction", `{"chat_id":1,"message_id":2,"reaction":[{"type":"emoji","emoji":"👍"},{"type":"emoji","emoji":"🔥"}]}`, 400, "REACTIONS_TOO_MANY"},
		{"react to nothing", "setMessageReaction", `{"chat_id":1,"message_id":99}`, 400, "message to react not found"},
		{"action", "sendChatAction", `{"chat_id":1,"action":"dancing"}`, 400, "wrong parameter action in request"},

		{"no file", "sendDocument", `{"chat_id":1}`, 400, "there is no document in the request"},
		{"file id", "sendDocument", `{"chat_id":1,"document":"nonsense"}`, 400, "wrong remote file identifier specified: can't unserialize it. Wrong last symbol"},
		{"file by URL", "sendDocument", `{"chat_id":1,"document":"https://example.org/a.pdf"}`, 400, "failed to get HTTP URL content"},
		{"get no file", "getFile", `{"file_id":"nonsense"}`, 400, "invalid file_id"},
		{"album of one", "sendMediaGroup", `{"chat_id":1,"media":[{"type":"photo","media":"x"}]}`, 400, "an album must have 2-10 items"},
		{"album of none", "sendMediaGroup", `{"chat_id":1,"media":[]}`, 400, "there are no messages to send"},
		{"album of eleven", "sendMediaGroup", `{"chat_id":1,"media":[` + strings.Repeat(`{"type":"photo","media":"x"},`, 10) + `{"type":"photo","media":"x"}]}`, 400, "too many messages to send as an album"},
		{"copy nothing at all", "copyMessage", `{"chat_id":1,"from_chat_id":1,"message_id":99}`, 400, "message to copy not found"},
		{"forward nothing", "forwardMessage", `{"chat_id":1,"from_chat_id":1,"message_id":99}`, 400, "message to forward not found"},
		{"forward the protected", "forwardMessage", `{"chat_id":1,"from_chat_id":1,"message_id":5}`, 400, "message can't be forwarded"},

		{"commands", "setMyCommands", `{"commands":[{"command":"` + strings.Repeat("a", 32) + `","description":"` + strings.Repeat("d", 256) + `"}]}`, 0, ""},
		{"command too long", "setMyCommands", `{"commands":[{"command":"` + strings.Repeat("a", 33) + `","description":"x"}]}`, 400, "BOT_COMMAND_INVALID"},
		{"command in capitals", "setMyCommands", `{"commands":[{"command":"Start","description":"x"}]}`, 400, "BOT_COMMAND_INVALID"},
		{"command says nothing", "setMyCommands", `{"commands":[{"command":"a","description":""}]}`, 400, "BOT_COMMAND_DESCRIPTION_INVALID"},
		{"command says too much", "setMyCommands", `{"commands":[{"command":"a","description":"` + strings.Repeat("d", 257) + `"}]}`, 400, "BOT_COMMAND_DESCRIPTION_INVALID"},
		{"101 commands", "setMyCommands", `{"commands":[` + strings.Repeat(`{"command":"a","description":"x"},`, 100) + `{"command":"b","description":"x"}]}`, 400, "BOT_COMMANDS_TOO_MUCH"},
		{"language of an app", "setMyCommands", `{"commands":[],"language_code":"zh-hans"}`, 400, "invalid language code specified"},
		{"description", "setMyDescription", `{"description":"` + strings.Repeat("d", 512) + `"}`, 0, ""},
		{"description too long", "setMyDescription", `{"description":"` + strings.Repeat("d", 513) + `"}`, 400, "description is too long: at most 512"},
		{"short description too long", "setMyShortDescription", `{"short_description":"` + strings.Repeat("d", 121) + `"}`, 400, "short description is too long: at most 120"},
		{"leave a person", "leaveChat", `{"chat_id":1}`, 400, "chat member status can't be changed in private chats"},
		{"webhook", "setWebhook", `{"url":"https://example.org"}`, 400, "bad webhook: the sandbox delivers by getUpdates only"},
		{"number", "getUpdates", `{"offset":"many"}`, 400, "can't parse offset as an Integer"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := newBench(t)
			ctx := context.Background()
			b.AddPerson(Person{ID: 2, Name: "Silent"})
			must(b.bot.SendMessage(ctx, &bot.SendMessageParams{ChatID: int64(1), Text: "<b>hello</b>", ParseMode: models.ParseModeHTML}))(t)
			must(b.bot.SendDocument(ctx, &bot.SendDocumentParams{ChatID: int64(1), Document: &models.InputFileUpload{Filename: "a.txt", Data: strings.NewReader("a")}}))(t)
			must(b.bot.SendMessage(ctx, &bot.SendMessageParams{ChatID: int64(1), Text: "gone"}))(t)
			must(b.bot.DeleteMessage(ctx, &bot.DeleteMessageParams{ChatID: int64(1), MessageID: 4}))(t)
			must(b.bot.SendMessage(ctx, &bot.SendMessageParams{ChatID: int64(1), Text: "kept", ProtectContent: true}))(t)

			_, code, description := b.ask(test.method, test.params)
			want := test.want
			if test.code == 400 {
				want = "Bad Request: " + want
			}
			if code != test.code || description != want {
				t.Errorf("%d %q\nwant %d %q", code, description, test.code, want)
			}
			list := b.Refusals()
			if test.code == 0 && len(list) != 0 || test.code != 0 && (len(list) != 1 || list[0].Description != want || list[0].Method != test.method) {
				t.Errorf("refusals: %+v", list)
			}
		})
	}
}

func TestDoors(t *testing.T) {
	b := newBench(t)
	if _, code, d := b.ask("sendTelepathy", `{}`); code != 404 || d != "Not Found" {
		t.Errorf("unknown method: %d %s", code, d)
	}
	if _, code, _ := b.ask("SENDmessage", `{"chat_id":1,"text":"x"}`); code != 0 {
		t.Errorf("methods have no case: %d", code)
	}
	if _, err := bot.New("2:other", bot.WithServerURL(b.url)); err == nil || !strings.Contains(err.Error(), "unauthorized") {
		t.Errorf("wrong token: %v", err)
	}
}

func TestOldMessagesCannotBeDeleted(t *testing.T) {
	b := newBench(t)
	b.Move(48 * time.Hour)
	b.Say(1, "young")
	if _, code, d := b.ask("deleteMessage", `{"chat_id":1,"message_id":1}`); code != 0 {
		t.Errorf("at 48 hours: %s", d)
	}
	b.Move(48*time.Hour + time.Second)
	for _, method := range []string{`deleteMessage {"chat_id":1,"message_id":2}`, `deleteMessages {"chat_id":1,"message_ids":[2]}`} {
		name, params, _ := strings.Cut(method, " ")
		if _, _, d := b.ask(name, params); d != "Bad Request: message can't be deleted for everyone" {
			t.Errorf("%s: %q", name, d)
		}
	}
}

func TestBigFiles(t *testing.T) {
	if testing.Short() {
		t.Skip("moves 120 MB about")
	}
	b := newBench(t)
	ctx := context.Background()
	zeros := func(n int) *models.InputFileUpload {
		return &models.InputFileUpload{Filename: "z.bin", Data: strings.NewReader(strings.Repeat("\x00", n))}
	}
	if _, err := b.bot.SendDocument(ctx, &bot.SendDocumentParams{ChatID: int64(1), Document: zeros(maxUpload)}); err != nil {
		t.Errorf("50 MB: %v", err)
	}
	if _, err := b.bot.SendDocument(ctx, &bot.SendDocumentParams{ChatID: int64(1), Document: zeros(maxUpload + 1)}); err == nil || !strings.Contains(err.Error(), "413 Request Entity Too Large") {
		t.Errorf("more than 50 MB: %v", err)
	}
	if _, err := b.bot.SendPhoto(ctx, &bot.SendPhotoParams{ChatID: int64(1), Photo: zeros(maxPhoto + 1)}); err == nil || !strings.Contains(err.Error(), "too big for a photo") {
		t.Errorf("photo: %v", err)
	}
	for size, want := range map[int]int{maxDownload: 0, maxDownload + 1: 400} {
		b.Send(1, File{Name: "v.mp4", Data: make([]byte, size), As: "video"})
		_, code, d := b.ask("getFile", `{"file_id":"`+b.last().File.ID+`"}`)
		if code != want || want != 0 && d != "Bad Request: file is too big" {
			t.Errorf("getFile of %d: %d %s", size, code, d)
		}
	}
}

func TestPhotosAreLookedAt(t *testing.T) {
	b := newBench(t)
	send := func(data string) string {
		_, err := b.bot.SendPhoto(context.Background(), &bot.SendPhotoParams{ChatID: int64(1), Photo: &models.InputFileUpload{Filename: "p.png", Data: strings.NewReader(data)}})
		return fmt.Sprint(err)
	}
	for data, want := range map[string]string{
		string(pngOf(20, 20)): "<nil>", "plain text": "IMAGE_PROCESS_FAILED", "": "file must be non-empty",
		string(pngOf(210, 10)): "PHOTO_INVALID_DIMENSIONS", string(pngOf(200, 10)): "<nil>",
	} {
		if got := send(data); !strings.Contains(got, want) {
			t.Errorf("%.12q: %s, want %s", data, got, want)
		}
	}
}

func TestMarkup(t *testing.T) {
	tests := []struct {
		mode, in, text, entities, fail string
	}{
		{"HTML", `a <b>bold <i>both</i></b> 😀<u>x</u>`, "a bold both 😀x", "bold 2+9, italic 7+4, underline 14+1", ""},
		{"HTML", `&lt;b&gt; &amp; &quot; &#38; &#x41; &nbsp; &`, `<b> & " & A &nbsp; &`, "", ""},
		{"HTML", `<a href="https://example.org?a=1&amp;b=2">here</a>`, "here", "text_link 0+4 https://example.org?a=1&b=2", ""},
		{"HTML", `<a href="nowhere">here</a>`, "here", "", ""},
		{"HTML", `<pre><code class="language-go">x := 1</code></pre>`, "x := 1", "pre 0+6 go", ""},
		{"HTML", `<code class="language-go">x</code>`, "x", "code 0+1 go", ""},
		{"HTML", `<blockquote expandable>q</blockquote> <span class="tg-spoiler">s</span> <tg-spoiler>t</tg-spoiler>`, "q s t", "expandable_blockquote 0+1, spoiler 2+1, spoiler 4+1", ""},
		{"HTML", `  <b> x </b>  `, "x", "bold 0+1", ""},
		{"HTML", `1 > 0`, "1 > 0", "", ""},
		{"HTML", `1 < 2`, "", "", "Unsupported start tag \"\" at byte offset 2"},
		{"HTML", `a<br>b`, "", "", `Unsupported start tag "br" at byte offset 1`},
		{"HTML", `a<b`, "", "", "Unclosed start tag at byte offset 1"},
		{"HTML", `a</b>`, "", "", "Unexpected end tag at byte offset 1"},
		{"HTML", `<b><i>test</b></i>`, "", "", `Unmatched end tag at byte offset 10, expected "</i>", found "</b>"`},
		{"HTML", `<span class="x">a</span>`, "", "", `Tag "span" must have class "tg-spoiler" at byte offset 0`},
		{"HTML", `<a href>a</a>`, "", "", `Expected equal sign in declaration of an attribute of the tag "a" at byte offset 0`},

		{"MarkdownV2", `*b _both_* __u__ ~s~ ||h||`, "b both u s h", "bold 0+6, italic 2+4, underline 7+1, strikethrough 9+1, spoiler 11+1", ""},
		{"MarkdownV2", "`a*b` ```go\nx\n``` [here](https://example.org/a\\)b)", "a*b x\n here", "code 0+3, pre 4+2 go, text_link 7+4 https://example.org/a)b", ""},
		{"MarkdownV2", `1\. a\-b \\`, `1. a-b \`, "", ""},
		{"MarkdownV2", ">one\n>two\nthree", "one\ntwo\nthree", "blockquote 0+7", ""},
		{"MarkdownV2", "**>one\n>two||\nthree", "one\ntwo\nthree", "expandable_blockquote 0+7", ""},
		{"MarkdownV2", `a-b`, "", "", `Character '-' is reserved and must be escaped with the preceding '\'`},
		{"MarkdownV2", `a>b`, "", "", `Character '>' is reserved and must be escaped with the preceding '\'`},
		{"MarkdownV2", `a|b`, "", "", `Character '|' is reserved and must be escaped with the preceding '\'`},
		{"MarkdownV2", `*unclosed`, "", "", "Can't find end of Bold entity at byte offset 0"},
		{"MarkdownV2", `*bold _italic\_*`, "", "", "Can't find end of Bold entity at byte offset 15"},
		{"MarkdownV2", `[a](b`, "", "", "Can't find end of a URL at byte offset 4"},

		{"Markdown", "*b* _i_ `c` [l](https://example.org) a\\_b", "b i c l a_b", "bold 0+1, italic 2+1, code 4+1, text_link 6+1 https://example.org", ""},
		{"Markdown", "snake_case", "", "", "Can't find end of the entity starting at byte offset 5"},

		{"", "go to /help or `/no`", "go to /help or `/no`", "bot_command 6+5", ""},
		{"HTML", "<code>/help</code> /case", "/help /case", "code 0+5, bot_command 6+5", ""},
	}
	for _, test := range tests {
		text, entities, f := format(test.in, test.mode, "", maxText, "long")
		var list []string
		for _, e := range entities {
			list = append(list, strings.TrimSpace(fmt.Sprintf("%s %d+%d %s", e.Type, e.Offset, e.Length, e.URL+e.Language)))
		}
		fail := ""
		if f != nil {
			fail = strings.TrimPrefix(f.description, "Bad Request: can't parse entities: ")
		}
		if got := strings.Join(list, ", "); text != test.text || got != test.entities || fail != test.fail {
			t.Errorf("%s %q\n got %q, %s, %s\nwant %q, %s, %s", test.mode, test.in, text, got, fail, test.text, test.entities, test.fail)
		}
	}
}

func TestLengths(t *testing.T) {
	for text, want := range map[string]int{"": 0, "abc": 3, "中文": 2, "😀": 2, "👨‍👩‍👧": 8, "e\u0301": 2} {
		if got := units(text); got != want {
			t.Errorf("%q has %d, want %d", text, got, want)
		}
	}
	if got := prefix("a😀b", 2); got != "a" {
		t.Errorf("a face was cut in half: %q", got)
	}
	text, list := trim("  ab cd \n", []Entity{{Type: "bold", Offset: 0, Length: 4}, {Type: "italic", Offset: 5, Length: 4}, {Type: "code", Offset: 7, Length: 2}})
	if want := []Entity{{Type: "bold", Offset: 0, Length: 2}, {Type: "italic", Offset: 3, Length: 2}}; text != "ab cd" || !reflect.DeepEqual(list, want) {
		t.Errorf("%q %+v", text, list)
	}
}
