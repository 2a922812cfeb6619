package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"
)

const token = "1:sandbox"

var monday = time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)

// bench is a frozen sandbox with the real client in front of it. Person 1 has
// written, so the bot may write to chat 1.
type bench struct {
	*Sandbox
	t   *testing.T
	url string
	bot *bot.Bot
}

func newBench(t *testing.T) *bench {
	t.Helper()
	s := New(Options{Token: token, Start: monday, Frozen: true})
	server := httptest.NewServer(s.Handler())
	t.Cleanup(func() { s.Close(); server.Close() })
	client, err := bot.New(token, bot.WithServerURL(server.URL))
	if err != nil {
		t.Fatal(err)
	}
	s.Say(1, "/start")
	return &bench{Sandbox: s, t: t, url: server.URL, bot: client}
}

// ask calls a method with a JSON body and returns the raw answer.
func (b *bench) ask(method, params string) (result json.RawMessage, code int, description string) {
	b.t.Helper()
	resp, err := http.Post(b.url+"/bot"+token+"/"+method, "application/json", strings.NewReader(params))
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	var a struct {
		OK          bool
		Result      json.RawMessage
		ErrorCode   int `json:"error_code"`
		Description string
	}
	if err := json.NewDecoder(resp.Body).Decode(&a); err != nil {
		b.t.Fatal(err)
	}
	if a.OK != (a.ErrorCode == 0) || !a.OK && resp.StatusCode != a.ErrorCode {
		b.t.Fatalf("%s: ok %v, status %d, error code %d", method, a.OK, resp.StatusCode, a.ErrorCode)
	}
	return a.Result, a.ErrorCode, a.Description
}

// updates polls once without waiting.
func (b *bench) updates(params string) []models.Update {
	b.t.Helper()
	result, code, description := b.ask("getUpdates", params)
	if code != 0 {
		b.t.Fatalf("getUpdates: %d %s", code, description)
	}
	var list []models.Update
	if err := json.Unmarshal(result, &list); err != nil {
		b.t.Fatal(err)
	}
	return list
}

// newest returns the one update that came after those before.
func (b *bench) newest() models.Update {
	b.t.Helper()
	list := b.updates(`{"offset":-1}`)
	if len(list) != 1 {
		b.t.Fatalf("want one update, got %d", len(list))
	}
	return list[0]
}

func (b *bench) last() Message {
	list := b.Transcript(1)
	return list[len(list)-1]
}

func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func keys(rows ...[]models.InlineKeyboardButton) models.InlineKeyboardMarkup {
	return models.InlineKeyboardMarkup{InlineKeyboard: rows}
}

func TestBotWritesThroughTheRealClient(t *testing.T) {
	b := newBench(t)
	ctx := context.Background()

	me := must(b.bot.GetMe(ctx))(t)
	if !me.IsBot || me.Username == "" {
		t.Errorf("getMe: %+v", me)
	}

	sent := must(b.bot.SendMessage(ctx, &bot.SendMessageParams{
		ChatID: int64(1), Text: "Hello <b>there</b> 👋", ParseMode: models.ParseModeHTML,
		ReplyMarkup: keys([]models.InlineKeyboardButton{{Text: "Yes", CallbackData: "y"}, {Text: "Copy", CopyText: models.CopyTextButton{Text: "words"}}}),
	}))(t)
	if sent.ID != 2 || sent.Date != int(monday.Unix()) || sent.Text != "Hello there 👋" || len(sent.Entities) != 1 || sent.Entities[0].Length != 5 || sent.ReplyMarkup == nil {
		t.Errorf("sendMessage: %+v", sent)
	}
	want := [][]Button{{{Label: "Yes", Data: "y"}, {Label: "Copy", Copy: "words"}}}
	if m := b.last(); m.From != "bot" || !reflect.DeepEqual(m.Buttons, want) {
		t.Errorf("transcript: %+v", m)
	}

	b.Move(time.Minute)
	edited := must(b.bot.EditMessageText(ctx, &bot.EditMessageTextParams{ChatID: int64(1), MessageID: 2, Text: "Changed"}))(t)
	if edited.EditDate != int(monday.Unix())+60 || edited.ReplyMarkup != nil {
		t.Errorf("editMessageText: %+v", edited)
	}
	if m := b.last(); m.Text != "Changed" || m.Buttons != nil || !reflect.DeepEqual(m.Earlier, []string{"Hello there 👋"}) {
		t.Errorf("after the edit: %+v", m)
	}
	must(b.bot.EditMessageReplyMarkup(ctx, &bot.EditMessageReplyMarkupParams{ChatID: int64(1), MessageID: 2, ReplyMarkup: keys([]models.InlineKeyboardButton{{Text: "Again", CallbackData: "a"}})}))(t)
	if m := b.last(); len(m.Buttons) != 1 || m.Text != "Changed" {
		t.Errorf("after the markup edit: %+v", m)
	}

	must(b.bot.SetMessageReaction(ctx, &bot.SetMessageReactionParams{ChatID: int64(1), MessageID: 1, Reaction: []models.ReactionType{{Type: models.ReactionTypeTypeEmoji, ReactionTypeEmoji: &models.ReactionTypeEmoji{Emoji: "👍"}}}}))(t)
	if m := b.Transcript(1)[0]; !reflect.DeepEqual(m.Reactions, []string{"👍"}) {
		t.Errorf("reactions: %v", m.Reactions)
	}
	must(b.bot.SendChatAction(ctx, &bot.SendChatActionParams{ChatID: int64(1), Action: models.ChatActionTyping}))(t)

	copied := must(b.bot.CopyMessage(ctx, &bot.CopyMessageParams{ChatID: int64(1), FromChatID: int64(1), MessageID: 1}))(t)
	forwarded := must(b.bot.ForwardMessage(ctx, &bot.ForwardMessageParams{ChatID: int64(1), FromChatID: int64(1), MessageID: 1}))(t)
	if copied.ID != 3 || forwarded.ForwardOrigin == nil || forwarded.ForwardOrigin.MessageOriginUser == nil {
		t.Errorf("copy %+v, forward %+v", copied, forwarded)
	}

	must(b.bot.DeleteMessage(ctx, &bot.DeleteMessageParams{ChatID: int64(1), MessageID: 2}))(t)
	must(b.bot.DeleteMessages(ctx, &bot.DeleteMessagesParams{ChatID: int64(1), MessageIDs: []int{3, 999}}))(t)
	if list := b.Transcript(1); !list[1].Deleted || !list[2].Deleted || list[3].Deleted {
		t.Errorf("deleted: %+v", list)
	}

	commands := []models.BotCommand{{Command: "start", Description: "Begin"}}
	must(b.bot.SetMyCommands(ctx, &bot.SetMyCommandsParams{Commands: commands}))(t)
	must(b.bot.SetMyCommands(ctx, &bot.SetMyCommandsParams{Commands: []models.BotCommand{{Command: "start", Description: "开始"}}, LanguageCode: "zh"}))(t)
	must(b.bot.SetMyCommands(ctx, &bot.SetMyCommandsParams{Commands: []models.BotCommand{{Command: "start", Description: "Mine"}}, Scope: &models.BotCommandScopeChat{ChatID: int64(1)}}))(t)
	if got := must(b.bot.GetMyCommands(ctx, &bot.GetMyCommandsParams{}))(t); !reflect.DeepEqual(got, commands) {
		t.Errorf("getMyCommands: %+v", got)
	}
	b.AddPerson(Person{ID: 2, Name: "小林", Language: "zh-hans"})
	if a, z := b.Menu(1), b.Menu(2); a[0].Description != "Mine" || z[0].Description != "开始" {
		t.Errorf("menus: %v, %v", a, z)
	}
	must(b.bot.SetMyName(ctx, &bot.SetMyNameParams{Name: "Recourse"}))(t)
	must(b.bot.SetMyDescription(ctx, &bot.SetMyDescriptionParams{Description: "Long"}))(t)
	must(b.bot.SetMyShortDescription(ctx, &bot.SetMyShortDescriptionParams{ShortDescription: "Short"}))(t)
	if d := must(b.bot.GetMyDescription(ctx, &bot.GetMyDescriptionParams{LanguageCode: "fr"}))(t); d.Description != "Long" {
		t.Errorf("description: %+v", d)
	}
	if c := must(b.bot.GetChat(ctx, &bot.GetChatParams{ChatID: int64(1)}))(t); c.FirstName != "Person 1" {
		t.Errorf("getChat: %+v", c)
	}
	must(b.bot.DeleteWebhook(ctx, &bot.DeleteWebhookParams{}))(t)
	must(b.bot.DeleteMyCommands(ctx, &bot.DeleteMyCommandsParams{}))(t)
	must(b.bot.SetChatMenuButton(ctx, &bot.SetChatMenuButtonParams{MenuButton: &models.MenuButtonCommands{Type: models.MenuButtonTypeCommands}}))(t)

	if r := b.Refusals(); len(r) != 0 {
		t.Errorf("refusals: %+v", r)
	}
}

func pngOf(w, h int) []byte {
	var b bytes.Buffer
	png.Encode(&b, image.NewGray(image.Rect(0, 0, w, h)))
	return b.Bytes()
}

func TestFilesBothWays(t *testing.T) {
	b := newBench(t)
	ctx := context.Background()

	doc := must(b.bot.SendDocument(ctx, &bot.SendDocumentParams{ChatID: int64(1), Caption: "The letter", Document: &models.InputFileUpload{Filename: "letter.pdf", Data: strings.NewReader("%PDF-1.7 letter")}}))(t)
	if doc.Document == nil || doc.Document.FileName != "letter.pdf" || doc.Document.MimeType != "application/pdf" || doc.Document.FileSize != 15 || doc.Caption != "The letter" {
		t.Errorf("sendDocument: %+v", doc.Document)
	}
	again := must(b.bot.SendDocument(ctx, &bot.SendDocumentParams{ChatID: int64(1), Document: &models.InputFileString{Data: doc.Document.FileID}}))(t)
	if again.Document.FileUniqueID != doc.Document.FileUniqueID {
		t.Error("sending by file_id lost the file")
	}
	must(b.bot.EditMessageCaption(ctx, &bot.EditMessageCaptionParams{ChatID: int64(1), MessageID: doc.ID, Caption: "The letter, firm"}))(t)

	photo := must(b.bot.SendPhoto(ctx, &bot.SendPhotoParams{ChatID: int64(1), Photo: &models.InputFileUpload{Filename: "p.png", Data: bytes.NewReader(pngOf(2000, 1000))}}))(t)
	if n := len(photo.Photo); n != 3 || photo.Photo[2].Width != 1280 || photo.Photo[2].Height != 640 || photo.Photo[0].Width != 90 {
		t.Errorf("photo sizes: %+v", photo.Photo)
	}

	group := must(b.bot.SendMediaGroup(ctx, &bot.SendMediaGroupParams{ChatID: int64(1), Media: []models.InputMedia{
		&models.InputMediaDocument{Media: "attach://a.txt", Caption: "both", MediaAttachment: strings.NewReader("a")},
		&models.InputMediaDocument{Media: "attach://b.txt", MediaAttachment: strings.NewReader("b")},
	}}))(t)
	if len(group) != 2 || group[0].MediaGroupID == "" || group[0].MediaGroupID != group[1].MediaGroupID || group[1].Document.FileName != "b.txt" {
		t.Errorf("album: %+v", group)
	}

	// A person's file: what comes out is what went in.
	data := pngOf(200, 100)
	id := b.Send(1, File{Name: "shot.png", Data: data, As: "photo", Caption: "the order"})
	u := b.newest()
	if u.Message.ID != id || len(u.Message.Photo) != 2 || u.Message.Caption != "the order" {
		t.Fatalf("photo update: %+v", u.Message)
	}
	largest := u.Message.Photo[1]
	f := must(b.bot.GetFile(ctx, &bot.GetFileParams{FileID: largest.FileID}))(t)
	if f.FileUniqueID != largest.FileUniqueID || f.FileSize != int64(len(data)) {
		t.Errorf("getFile: %+v", f)
	}
	resp := must(http.Get(b.bot.FileDownloadLink(f)))(t)
	got, _ := io.ReadAll(resp.Body)
	resp.Body.Close()
	if !bytes.Equal(got, data) {
		t.Errorf("downloaded %d bytes, want %d", len(got), len(data))
	}
	if resp := must(http.Get(b.url + "/file/bot" + token + "/photos/nothing.jpg"))(t); resp.StatusCode != 404 {
		t.Errorf("unknown path: %d", resp.StatusCode)
	}

	// The same bytes again are recognised, under another file_id.
	b.Send(1, File{Name: "other.png", Data: data, As: "photo"})
	twin := b.newest().Message.Photo[1]
	if twin.FileUniqueID != largest.FileUniqueID || twin.FileID == largest.FileID {
		t.Errorf("same content: %+v and %+v", largest, twin)
	}
	for _, as := range []string{"document", "voice", "video", "audio", "video_note"} {
		b.Send(1, File{Name: "f.bin", Data: []byte("x"), As: as})
		m := b.newest().Message
		if has := map[string]bool{"document": m.Document != nil, "voice": m.Voice != nil, "video": m.Video != nil, "audio": m.Audio != nil, "video_note": m.VideoNote != nil}; !has[as] {
			t.Errorf("%s arrived as %v", as, has)
		}
	}

	before := len(b.Transcript(1))
	b.Send(1, File{Name: "1.png", Data: data, As: "photo", Album: "x"})
	b.Send(1, File{Name: "2.png", Data: data, As: "photo", Album: "x"})
	b.Send(1, File{Name: "3.png", Data: data, As: "photo", Album: "y"})
	list := b.Transcript(1)[before:]
	if list[0].Album == "" || list[0].Album != list[1].Album || list[1].Album == list[2].Album {
		t.Errorf("albums: %q %q %q", list[0].Album, list[1].Album, list[2].Album)
	}
	if r := b.Refusals(); len(r) != 0 {
		t.Errorf("refusals: %+v", r)
	}
}

func TestWhatPeopleDoBecomesUpdates(t *testing.T) {
	b := newBench(t)
	ctx := context.Background()
	b.AddPerson(Person{ID: 1, Name: "Alex", Language: "pt-br"})

	b.Say(1, "see /help 👋 and /case@sandbox_bot, not a/b or /a/b")
	m := b.newest().Message
	if m.From.LanguageCode != "pt-br" || m.From.ID != 1 || m.Chat.ID != 1 || m.Chat.Type != "private" || m.From.FirstName != "Alex" {
		t.Errorf("sender: %+v in %+v", m.From, m.Chat)
	}
	if len(m.Entities) != 2 || m.Entities[0].Offset != 4 || m.Entities[0].Length != 5 || m.Entities[1].Offset != 17 || m.Entities[1].Length != 17 {
		t.Errorf("commands: %+v", m.Entities)
	}

	if b.Say(1, " \n ") != 0 {
		t.Error("an empty text was sent")
	}
	before := len(b.Transcript(1))
	b.Say(1, strings.Repeat("😀", 2048)+"rest")
	if list := b.Transcript(1)[before:]; len(list) != 2 || list[1].Text != "rest" {
		t.Errorf("a long text came as %d messages", len(list))
	}

	day := monday.Add(-24 * time.Hour)
	for _, kind := range []string{"user", "hidden_user", "chat", "channel"} {
		b.Forward(1, Origin{Kind: kind, Name: "LampLand", Date: day}, "No refunds.")
		o := b.newest().Message.ForwardOrigin
		if o == nil || string(o.Type) != kind {
			t.Fatalf("%s: %+v", kind, o)
		}
		var name string
		var date int
		switch kind {
		case "user":
			name, date = o.MessageOriginUser.SenderUser.FirstName, o.MessageOriginUser.Date
		case "hidden_user":
			name, date = o.MessageOriginHiddenUser.SenderUserName, o.MessageOriginHiddenUser.Date
		case "chat":
			name, date = o.MessageOriginChat.SenderChat.Title, o.MessageOriginChat.Date
		case "channel":
			name, date = o.MessageOriginChannel.Chat.Title, o.MessageOriginChannel.Date
		}
		if name != "LampLand" || date != int(day.Unix()) {
			t.Errorf("%s: %q, %d", kind, name, date)
		}
	}

	b.Move(time.Hour)
	if err := b.Edit(1, 1, "/start again"); err != nil {
		t.Fatal(err)
	}
	if e := b.newest().EditedMessage; e == nil || e.ID != 1 || e.Text != "/start again" || e.EditDate != int(monday.Unix())+3600 || e.Date != int(monday.Unix()) {
		t.Errorf("edit: %+v", e)
	}

	b.Block(1)
	if c := b.newest().MyChatMember; c == nil || c.NewChatMember.Type != models.ChatMemberTypeBanned || c.OldChatMember.Type != models.ChatMemberTypeMember {
		t.Errorf("block: %+v", c)
	}
	if _, err := b.bot.SendMessage(ctx, &bot.SendMessageParams{ChatID: int64(1), Text: "x"}); !errors.Is(err, bot.ErrorForbidden) || !strings.Contains(err.Error(), "bot was blocked by the user") {
		t.Errorf("to a blocked chat: %v", err)
	}
	b.Unblock(1)
	if c := b.newest().MyChatMember; c == nil || c.NewChatMember.Type != models.ChatMemberTypeMember {
		t.Errorf("unblock: %+v", c)
	}
	if r := b.Refusals(); len(r) != 0 {
		t.Errorf("the 403 after a block is nobody's mistake: %+v", r)
	}

	b.SayInGroup(-100, 1, "hello all")
	if m := b.newest().Message; m.Chat.Type != "group" || m.From.ID != 1 {
		t.Errorf("group: %+v", m)
	}
	must(b.bot.LeaveChat(ctx, &bot.LeaveChatParams{ChatID: int64(-100)}))(t)
	if _, err := b.bot.SendMessage(ctx, &bot.SendMessageParams{ChatID: int64(-100), Text: "x"}); !errors.Is(err, bot.ErrorForbidden) {
		t.Errorf("after leaving: %v", err)
	}
}

func TestTaps(t *testing.T) {
	b := newBench(t)
	ctx := context.Background()
	send := func(label, data string) int {
		return must(b.bot.SendMessage(ctx, &bot.SendMessageParams{ChatID: int64(1), Text: "?", ReplyMarkup: keys([]models.InlineKeyboardButton{{Text: label, CallbackData: data}})}))(t).ID
	}
	old, fresh := send("Yes", "y:1"), send("Yes", "y:2")

	query := must(b.Tap(1, 0, "Yes"))(t)
	q := b.newest().CallbackQuery
	if q.ID != query || q.Data != "y:2" || q.Message.Message == nil || q.Message.Message.ID != fresh || q.ChatInstance == "" || q.From.ID != 1 {
		t.Errorf("tap: %+v", q)
	}
	must(b.bot.AnswerCallbackQuery(ctx, &bot.AnswerCallbackQueryParams{CallbackQueryID: query, Text: "Noted", ShowAlert: true}))(t)
	if a := b.last().Answers; len(a) != 1 || a[0].Text != "Noted" || !a[0].Alert || a[0].Query != query {
		t.Errorf("answers: %+v", a)
	}

	// Months later, on an old message whose keyboard has gone.
	b.Move(200 * 24 * time.Hour)
	must(b.bot.EditMessageText(ctx, &bot.EditMessageTextParams{ChatID: int64(1), MessageID: old, Text: "done"}))(t)
	must(b.Tap(1, old, "y:1"))(t)
	if q := b.newest().CallbackQuery; q.Data != "y:1" {
		t.Errorf("old tap: %+v", q)
	}
	must(b.TapData(1, old, "forged"))(t)
	if q := b.newest().CallbackQuery; q.Data != "forged" {
		t.Errorf("forged tap: %+v", q)
	}
	must(b.bot.DeleteMessage(ctx, &bot.DeleteMessageParams{ChatID: int64(1), MessageID: send("Gone", "g")}))(t)
	must(b.Tap(1, 4, "g"))(t)
	if q := b.newest().CallbackQuery; q.Message.InaccessibleMessage == nil || q.Message.InaccessibleMessage.MessageID != 4 {
		t.Errorf("tap on a deleted message: %+v", q.Message)
	}

	if _, err := b.Tap(1, 0, "No"); !errors.Is(err, errNoButton) {
		t.Errorf("no such button: %v", err)
	}
	if _, err := b.Tap(1, 99, "Yes"); !errors.Is(err, errNoMessage) {
		t.Errorf("no such message: %v", err)
	}
}

func TestOffsets(t *testing.T) {
	b := newBench(t)
	b.Say(1, "two")
	b.Say(1, "three")
	ids := func(list []models.Update) (out []int64) {
		for _, u := range list {
			out = append(out, u.ID)
		}
		return out
	}
	all := ids(b.updates(`{}`))
	if len(all) != 3 || all[1] != all[0]+1 || all[2] != all[0]+2 {
		t.Fatalf("ids: %v", all)
	}
	first := all[0]
	check := func(name, params string, want ...int64) {
		t.Helper()
		if got := ids(b.updates(params)); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
	// A bot that dies before its next call gets everything again.
	check("unconfirmed", `{}`, all...)
	check("offset 0", `{"offset":0}`, all...)
	check("limited", `{"limit":2}`, first, first+1)
	check("limit too low", `{"limit":0}`, first)
	check("confirmed one", fmt.Sprintf(`{"offset":%d}`, first+1), first+1, first+2)
	check("for good", `{}`, first+1, first+2)
	if b.Pending() != 2 {
		t.Errorf("pending %d", b.Pending())
	}
	check("negative forgets the others", `{"offset":-1}`, first+2)
	check("for good too", `{}`, first+2)
	check("all confirmed", fmt.Sprintf(`{"offset":%d}`, first+3))

	if !b.Redeliver(first) {
		t.Error("an old update is forgotten")
	}
	check("a second delivery", fmt.Sprintf(`{"offset":%d}`, first+3), first)
	check("only once", fmt.Sprintf(`{"offset":%d}`, first+3))

	for range 120 {
		b.Say(1, "x")
	}
	if n := len(b.updates(`{"limit":1000}`)); n != 100 {
		t.Errorf("a batch of %d", n)
	}

	b.updates(`{"offset":-1,"allowed_updates":["callback_query"]}`)
	pending := b.Pending()
	b.Say(1, "not asked for")
	if b.Pending() != pending {
		t.Error("an update of a kind not allowed was queued")
	}
	b.updates(`{"allowed_updates":[]}`)
	b.Say(1, "asked for again")
	if b.Pending() != pending+1 {
		t.Error("an empty list did not restore the default")
	}
}

func TestRawUpdates(t *testing.T) {
	b := newBench(t)
	id := must(b.Raw([]byte(`{"brand_new_kind":{"a":1}}`)))(t)
	result, _, _ := b.ask("getUpdates", `{"offset":-1}`)
	if want := fmt.Sprintf(`[{"brand_new_kind":{"a":1},"update_id":%d}]`, id); string(result) != want {
		t.Errorf("%s, want %s", result, want)
	}
	if _, err := b.Raw([]byte(`[]`)); err == nil {
		t.Error("a raw update that is no object was taken")
	}
}

func TestPolling(t *testing.T) {
	b := newBench(t)
	b.updates(`{"offset":-1}`)
	next := fmt.Sprintf(`{"offset":%d,"timeout":30}`, b.newest().ID+1)

	type answer struct {
		result      json.RawMessage
		code        int
		description string
	}
	poll := func() chan answer {
		c := make(chan answer, 1)
		go func() {
			r, code, d := b.ask("getUpdates", next)
			c <- answer{r, code, d}
		}()
		return c
	}
	waiting := func() {
		for range 500 {
			b.mu.Lock()
			ready := b.poll != nil
			b.mu.Unlock()
			if ready {
				return
			}
			time.Sleep(time.Millisecond)
		}
		t.Fatal("no poll came")
	}
	older := poll()
	waiting()
	newer := poll()
	if a := <-older; a.code != 409 || !strings.HasPrefix(a.description, "Conflict: terminated by other getUpdates request") {
		t.Errorf("the older poll: %+v", a)
	}
	b.Say(1, "wake up")
	if a := <-newer; a.code != 0 || !strings.Contains(string(a.result), "wake up") {
		t.Errorf("the newer poll: %+v", a)
	}
	if r := b.Refusals(); len(r) != 1 || r[0].Code != 409 {
		t.Errorf("refusals: %+v", r)
	}

	// A killed bot's poll leaves nothing behind, and what it was handed stays.
	b.updates(fmt.Sprintf(`{"offset":%d}`, b.newest().ID+1))
	ctx, kill := context.WithCancel(context.Background())
	req, _ := http.NewRequestWithContext(ctx, "POST", b.url+"/bot"+token+"/getUpdates?timeout=30", nil)
	killed := make(chan error)
	go func() {
		_, err := http.DefaultClient.Do(req)
		killed <- err
	}()
	waiting()
	kill()
	if err := <-killed; err == nil {
		t.Error("the poll was not killed")
	}
	b.Say(1, "while nobody listens")
	for range 2 {
		if n := len(b.updates(`{}`)); n != 1 {
			t.Errorf("%d updates after the kill", n)
		}
	}
	if r := b.Refusals(); len(r) != 1 {
		t.Errorf("the dead poll was counted as refused: %+v", r)
	}
}

func TestCloseEndsPolls(t *testing.T) {
	b := newBench(t)
	next := fmt.Sprintf(`{"offset":%d,"timeout":30}`, b.newest().ID+1)
	done := make(chan bool)
	go func() { b.ask("getUpdates", next); close(done) }()
	time.Sleep(20 * time.Millisecond)
	b.Close()
	select {
	case <-done:
	case <-time.After(5 * time.Second):
		t.Fatal("the poll still waits")
	}
	if _, code, _ := b.ask("getUpdates", next); code != 500 {
		t.Errorf("after closing: %d", code)
	}
}

func TestExpire(t *testing.T) {
	s := New(Options{Token: token, Start: monday, Frozen: true, Expire: true})
	server := httptest.NewServer(s.Handler())
	defer server.Close()
	defer s.Close()
	b := &bench{Sandbox: s, t: t, url: server.URL}
	s.Say(1, "hello")
	b.ask("sendMessage", `{"chat_id":1,"text":"?","reply_markup":{"inline_keyboard":[[{"text":"A","callback_data":"a"}]]}}`)
	query := must(s.Tap(1, 0, "A"))(t)
	if n := len(b.updates(`{}`)); n != 2 {
		t.Fatalf("%d updates", n)
	}
	s.Move(151 * time.Second)
	if n := len(b.updates(`{}`)); n != 1 {
		t.Errorf("%d updates after 151 s", n)
	}
	s.Move(24 * time.Hour)
	if n := len(b.updates(`{}`)); n != 0 {
		t.Errorf("%d updates after a day", n)
	}
	if _, code, d := b.ask("answerCallbackQuery", `{"callback_query_id":"`+query+`"}`); code != 400 || !strings.Contains(d, "query is too old") {
		t.Errorf("late answer: %d %s", code, d)
	}
}

func TestFaults(t *testing.T) {
	b := newBench(t)
	ctx := context.Background()
	send := func() error {
		_, err := b.bot.SendMessage(ctx, &bot.SendMessageParams{ChatID: int64(1), Text: "x"})
		return err
	}
	sent := func() int { return len(b.Transcript(1)) }
	before := sent()

	b.Faults(Faults{TooMany: 1, RetryAfter: 7})
	var limit *bot.TooManyRequestsError
	if err := send(); !errors.As(err, &limit) || limit.RetryAfter != 7 {
		t.Errorf("429: %v", err)
	}
	b.Faults(Faults{ServerError: 1})
	if err := send(); err == nil || !strings.Contains(err.Error(), "502 Bad Gateway") {
		t.Errorf("502: %v", err)
	}
	b.Faults(Faults{Reset: 1})
	if err := send(); err == nil {
		t.Error("a reset connection was no error")
	}
	if sent() != before {
		t.Error("something was sent in spite of the fault")
	}
	b.Faults(Faults{Lost: 1})
	if err := send(); err == nil || sent() != before+1 {
		t.Errorf("a lost answer: %v, %d sent", err, sent()-before)
	}
	b.Faults(Faults{TooMany: 1, Methods: []string{"getFile"}})
	if err := send(); err != nil {
		t.Errorf("a fault of another method: %v", err)
	}
	count := func(seed uint64) (n string) {
		b.Faults(Faults{TooMany: 0.5, Seed: seed})
		for range 40 {
			if send() != nil {
				n += "x"
			} else {
				n += "."
			}
		}
		return n
	}
	if a, c := count(3), count(3); a != c || !strings.Contains(a, "x") || !strings.Contains(a, ".") {
		t.Errorf("shares: %s and %s", a, c)
	}
	b.Faults(Faults{})
	if err := send(); err != nil {
		t.Error(err)
	}
	if r := b.Refusals(); len(r) != 0 {
		t.Errorf("faults are nobody's mistake: %+v", r)
	}
}

func TestClock(t *testing.T) {
	s := New(Options{Token: token, Start: monday, Frozen: true})
	s.Move(-time.Hour)
	s.Set(monday.Add(-time.Hour))
	if !s.Now().Equal(monday) {
		t.Errorf("the clock went back to %v", s.Now())
	}
	s.Move(14 * 24 * time.Hour)
	s.Set(monday.Add(15 * 24 * time.Hour))
	if want := monday.Add(15 * 24 * time.Hour); !s.Now().Equal(want) {
		t.Errorf("%v, want %v", s.Now(), want)
	}
	run := New(Options{Token: token, Start: monday})
	time.Sleep(3 * time.Millisecond)
	run.Move(time.Hour)
	if d := run.Now().Sub(monday); d <= time.Hour || d > time.Hour+time.Minute {
		t.Errorf("a running clock is at %v", d)
	}
	for text, want := range map[string]time.Duration{"14d": 336 * time.Hour, "36h": 36 * time.Hour, "1d12h": 36 * time.Hour, "90s": 90 * time.Second} {
		if d, err := duration(text); err != nil || d != want {
			t.Errorf("%s: %v, %v", text, d, err)
		}
	}
	for _, text := range []string{"", "d", "x", "-1d", "14"} {
		if d, err := duration(text); err == nil {
			t.Errorf("%q is %v", text, d)
		}
	}
}

func TestParametersComeInFourWays(t *testing.T) {
	b := newBench(t)
	at := b.url + "/bot" + token + "/sendMessage"
	must(http.Get(at + "?chat_id=1&text=query"))(t)
	must(http.PostForm(at, url.Values{"chat_id": {"1"}, "text": {"form"}}))(t)
	must(http.Post(at, "application/json", strings.NewReader(`{"chat_id":"1","text":"json","reply_markup":null}`)))(t)
	must(b.bot.SendMessage(context.Background(), &bot.SendMessageParams{ChatID: int64(1), Text: "multipart"}))(t)
	var texts []string
	for _, m := range b.Transcript(1)[1:] {
		texts = append(texts, m.Text)
	}
	if want := []string{"query", "form", "json", "multipart"}; !reflect.DeepEqual(texts, want) {
		t.Errorf("%v, want %v", texts, want)
	}
}
