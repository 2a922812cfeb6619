package sandbox

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The methods of the Bot API. Each is called with s.mu held.

func (s *Sandbox) getMe(*call) (any, *failure) {
	return map[string]any{
		"id": s.bot.ID, "is_bot": true, "first_name": s.botName(""), "username": s.bot.Username,
		"can_join_groups": true, "can_read_all_group_messages": false, "supports_inline_queries": false,
		"can_connect_to_business": false, "has_main_web_app": false,
	}, nil
}

func (s *Sandbox) deleteWebhook(c *call) (any, *failure) {
	if c.flag("drop_pending_updates") {
		s.queue, s.again = nil, nil
	}
	return true, nil
}

func (s *Sandbox) setWebhook(c *call) (any, *failure) {
	if c.value("url") == "" {
		return true, nil
	}
	return nil, badRequest("bad webhook: the sandbox delivers by getUpdates only")
}

func (s *Sandbox) getWebhookInfo(*call) (any, *failure) {
	return map[string]any{"url": "", "has_custom_certificate": false, "pending_update_count": len(s.queue)}, nil
}

// target finds the chat of a request and whether the bot may write to it.
func (s *Sandbox) target(c *call, key string) (*chat, *failure) {
	given := c.value(key)
	if given == "" {
		return nil, badRequest("chat_id is empty")
	}
	id, err := strconv.ParseInt(given, 10, 64)
	if err != nil {
		return nil, badRequest("chat not found") // @names: there are none here
	}
	to := s.chats[id]
	switch {
	case to == nil || !to.started:
		return nil, badRequest("chat not found")
	case to.blocked:
		return nil, &failure{code: 403, description: "Forbidden: bot was blocked by the user", quiet: true}
	case to.left:
		return nil, &failure{code: 403, description: "Forbidden: bot is not a member of the " + to.kind + " chat"}
	}
	return to, nil
}

// begin makes a message of the bot with what all send methods share.
func (s *Sandbox) begin(c *call, to *chat) (*message, *failure) {
	m := &message{sender: s.bot}
	m.sender.FirstName = s.botName("")
	m.From = "bot"
	m.Protected = c.flag("protect_content")
	if given := c.value("reply_parameters"); given != "" {
		var reply struct {
			ID    int  `json:"message_id"`
			Allow bool `json:"allow_sending_without_reply"`
		}
		if err := json.Unmarshal([]byte(given), &reply); err != nil {
			return nil, badRequest("can't parse reply parameters JSON object")
		}
		if old := to.find(reply.ID); old != nil && !old.Deleted {
			m.ReplyTo = reply.ID
		} else if !reply.Allow {
			return nil, badRequest("message to be replied not found")
		}
	}
	return m, m.keyboard(c.value("reply_markup"))
}

func (m *message) keyboard(given string) *failure {
	markup, rows, f := keyboard(given)
	if f != nil {
		return f
	}
	m.markup, m.Buttons = markup, rows
	for _, row := range rows {
		for _, b := range row {
			if !slices.Contains(m.had, b) {
				m.had = append(m.had, b)
			}
		}
	}
	return nil
}

func (s *Sandbox) sendMessage(c *call) (any, *failure) {
	text, entities, f := c.formatted("text", "entities", maxText, "message is too long")
	if f != nil {
		return nil, f
	}
	if text == "" {
		return nil, badRequest("message text is empty")
	}
	to, f := s.target(c, "chat_id")
	if f != nil {
		return nil, f
	}
	m, f := s.begin(c, to)
	if f != nil {
		return nil, f
	}
	m.Text, m.Entities, m.preview = text, entities, previewOptions(c)
	s.add(to, m)
	return s.wire(to, m), nil
}

func previewOptions(c *call) json.RawMessage {
	if given := c.value("link_preview_options"); json.Valid([]byte(given)) {
		return json.RawMessage(given)
	}
	return nil
}

// own finds a message the bot wants to change.
func (s *Sandbox) own(c *call) (*chat, *message, *failure) {
	to, f := s.target(c, "chat_id")
	if f != nil {
		return nil, nil, f
	}
	id, f := c.integer("message_id", 0)
	if f != nil {
		return nil, nil, f
	}
	m := to.find(int(id))
	switch {
	case m == nil || m.Deleted:
		return nil, nil, badRequest("message to edit not found")
	case m.From != "bot":
		return nil, nil, badRequest("message can't be edited")
	}
	return to, m, nil
}

const notModified = "message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message"

func (s *Sandbox) editMessageText(c *call) (any, *failure) {
	to, m, f := s.own(c)
	if f != nil {
		return nil, f
	}
	text, entities, f := c.formatted("text", "entities", maxText, "message is too long")
	switch {
	case f != nil:
		return nil, f
	case text == "":
		return nil, badRequest("message text is empty")
	case m.file != nil:
		return nil, badRequest("there is no text in the message to edit")
	}
	return s.edit(c, to, m, text, entities)
}

func (s *Sandbox) editMessageCaption(c *call) (any, *failure) {
	to, m, f := s.own(c)
	if f != nil {
		return nil, f
	}
	text, entities, f := c.formatted("caption", "caption_entities", maxCaption, "message caption is too long")
	switch {
	case f != nil:
		return nil, f
	case m.file == nil:
		return nil, badRequest("there is no caption in the message to edit")
	}
	return s.edit(c, to, m, text, entities)
}

// editMessageReplyMarkup, like the other edits, takes the keyboard away when
// none is given.
func (s *Sandbox) editMessageReplyMarkup(c *call) (any, *failure) {
	to, m, f := s.own(c)
	if f != nil {
		return nil, f
	}
	return s.edit(c, to, m, m.Text, m.Entities)
}

func (s *Sandbox) edit(c *call, to *chat, m *message, text string, entities []Entity) (any, *failure) {
	markup, _, f := keyboard(c.value("reply_markup"))
	if f != nil {
		return nil, f
	}
	sameText := text == m.Text && reflect.DeepEqual(entities, m.Entities)
	if sameText && string(markup) == string(m.markup) {
		return nil, badRequest(notModified)
	}
	if f := m.keyboard(c.value("reply_markup")); f != nil {
		return nil, f
	}
	if !sameText {
		m.Earlier = append(m.Earlier, m.Text)
		m.Text, m.Entities = text, entities
		m.Edited = s.Now()
	}
	s.touch(to, m)
	w := s.wire(to, m)
	w.EditDate = s.Now().Unix()
	return w, nil
}

func (s *Sandbox) deleteMessage(c *call) (any, *failure) {
	to, f := s.target(c, "chat_id")
	if f != nil {
		return nil, f
	}
	id, f := c.integer("message_id", 0)
	if f != nil {
		return nil, f
	}
	m := to.find(int(id))
	if m == nil || m.Deleted {
		return nil, badRequest("message to delete not found")
	}
	return s.remove(to, []*message{m})
}

func (s *Sandbox) deleteMessages(c *call) (any, *failure) {
	to, f := s.target(c, "chat_id")
	if f != nil {
		return nil, f
	}
	var ids []int
	if err := json.Unmarshal([]byte(c.value("message_ids")), &ids); err != nil {
		return nil, badRequest("can't parse message identifiers JSON array")
	}
	if len(ids) == 0 {
		return nil, badRequest("message identifiers are not specified")
	}
	if len(ids) > 100 {
		return nil, badRequest("too many message identifiers specified")
	}
	var list []*message
	for _, id := range ids { // unknown ones are skipped, as documented
		if m := to.find(id); m != nil && !m.Deleted {
			list = append(list, m)
		}
	}
	return s.remove(to, list)
}

func (s *Sandbox) remove(to *chat, list []*message) (any, *failure) {
	for _, m := range list {
		if s.Now().Sub(m.Time) > deletable {
			return nil, badRequest("message can't be deleted for everyone")
		}
	}
	for _, m := range list {
		m.Deleted = true
		s.touch(to, m)
	}
	return true, nil
}

// content finds the file of a send method: bytes, attach://name, or the
// file_id of a file seen before.
func (s *Sandbox) content(c *call, kind, key, given string) (*file, *failure) {
	u, ok := c.files[key]
	if name, attached := strings.CutPrefix(given, "attach://"); attached {
		if u, ok = c.files[name]; !ok {
			return nil, badRequest("attached file " + name + " not found")
		}
	}
	if !ok {
		switch old := s.files[given]; {
		case given == "":
			return nil, badRequest("there is no " + kind + " in the request")
		case old != nil:
			return old, nil
		case strings.HasPrefix(given, "http://") || strings.HasPrefix(given, "https://"):
			return nil, badRequest("failed to get HTTP URL content") // no network from here
		}
		return nil, badRequest("wrong remote file identifier specified: can't unserialize it. Wrong last symbol")
	}
	if len(u.data) == 0 {
		return nil, badRequest("file must be non-empty")
	}
	if kind == "photo" {
		if f := checkPhoto(u.data); f != nil {
			return nil, f
		}
	}
	return s.keep(kind, u.name, u.mime, u.data), nil
}

// sendFile is sendDocument, sendPhoto, …
func sendFile(kind string) func(*Sandbox, *call) (any, *failure) {
	return func(s *Sandbox, c *call) (any, *failure) {
		to, f := s.target(c, "chat_id")
		if f != nil {
			return nil, f
		}
		text, entities, f := c.formatted("caption", "caption_entities", maxCaption, "message caption is too long")
		if f != nil {
			return nil, f
		}
		m, f := s.begin(c, to)
		if f != nil {
			return nil, f
		}
		if m.file, f = s.content(c, kind, kind, c.value(kind)); f != nil {
			return nil, f
		}
		m.Text, m.Entities = text, entities
		s.add(to, m)
		return s.wire(to, m), nil
	}
}

func (s *Sandbox) sendMediaGroup(c *call) (any, *failure) {
	to, f := s.target(c, "chat_id")
	if f != nil {
		return nil, f
	}
	var items []struct {
		Type            string          `json:"type"`
		Media           string          `json:"media"`
		Caption         string          `json:"caption"`
		ParseMode       string          `json:"parse_mode"`
		CaptionEntities json.RawMessage `json:"caption_entities"`
	}
	if err := json.Unmarshal([]byte(c.value("media")), &items); err != nil {
		return nil, badRequest("can't parse media JSON object")
	}
	switch {
	case len(items) == 0:
		return nil, badRequest("there are no messages to send")
	case len(items) == 1:
		return nil, badRequest("an album must have 2-10 items")
	case len(items) > 10:
		return nil, badRequest("too many messages to send as an album")
	case c.value("reply_markup") != "":
		return nil, badRequest("an album can't have reply_markup")
	}
	kinds := map[string]bool{}
	var list []*message
	for _, item := range items {
		switch item.Type {
		case "photo", "video":
			kinds["visual"] = true
		case "document", "audio":
			kinds[item.Type] = true
		default:
			return nil, badRequest("can't use the media of the specified type in the album")
		}
		text, entities, f := format(item.Caption, item.ParseMode, string(item.CaptionEntities), maxCaption, "message caption is too long")
		if f != nil {
			return nil, f
		}
		m, f := s.begin(c, to)
		if f != nil {
			return nil, f
		}
		m.Text, m.Entities = text, entities
		if m.file, f = s.content(c, item.Type, "", item.Media); f != nil {
			return nil, f
		}
		list = append(list, m)
	}
	if len(kinds) > 1 {
		return nil, badRequest("document and audio can't be mixed with other media types")
	}
	album := strconv.FormatUint(random()>>2, 10)
	var sent []wireMessage
	for _, m := range list {
		m.Album = album
		s.add(to, m)
		sent = append(sent, s.wire(to, m))
	}
	return sent, nil
}

// source finds the message to copy or forward.
func (s *Sandbox) source(c *call, action string) (*chat, *message, *failure) {
	from, f := s.target(c, "from_chat_id")
	if f != nil {
		return nil, nil, f
	}
	id, f := c.integer("message_id", 0)
	if f != nil {
		return nil, nil, f
	}
	m := from.find(int(id))
	if m == nil || m.Deleted {
		return nil, nil, badRequest("message to " + action + " not found")
	}
	if m.Protected {
		return nil, nil, badRequest(map[string]string{"copy": "message can't be copied", "forward": "message can't be forwarded"}[action])
	}
	return from, m, nil
}

func (s *Sandbox) copyMessage(c *call) (any, *failure) {
	to, f := s.target(c, "chat_id")
	if f != nil {
		return nil, f
	}
	_, old, f := s.source(c, "copy")
	if f != nil {
		return nil, f
	}
	m, f := s.begin(c, to)
	if f != nil {
		return nil, f
	}
	m.Text, m.Entities, m.file = old.Text, old.Entities, old.file
	if old.file != nil && c.has("caption") {
		if m.Text, m.Entities, f = c.formatted("caption", "caption_entities", maxCaption, "message caption is too long"); f != nil {
			return nil, f
		}
	}
	s.add(to, m)
	return map[string]int{"message_id": m.ID}, nil
}

func (s *Sandbox) forwardMessage(c *call) (any, *failure) {
	to, f := s.target(c, "chat_id")
	if f != nil {
		return nil, f
	}
	_, old, f := s.source(c, "forward")
	if f != nil {
		return nil, f
	}
	m, f := s.begin(c, to)
	if f != nil {
		return nil, f
	}
	m.Text, m.Entities, m.file = old.Text, old.Entities, old.file
	if m.Forward = old.Forward; m.Forward == nil {
		m.Forward = &Origin{Kind: "user", Name: old.sender.FirstName, Date: old.Time, bot: old.From == "bot"}
	}
	s.add(to, m)
	return s.wire(to, m), nil
}

// answerCallbackQuery is refused for unknown taps and for those older than 15
// minutes of real time (with Options.Expire also of the sandbox's time).
func (s *Sandbox) answerCallbackQuery(c *call) (any, *failure) {
	id := c.value("callback_query_id")
	q := s.queries[id]
	text := c.value("text")
	if q == nil || time.Since(q.real) > answerable || s.options.Expire && s.Now().Sub(q.at) > answerable {
		return nil, badRequest("query is too old and response timeout expired or query ID is invalid")
	}
	if units(text) > maxToast {
		return nil, badRequest("MESSAGE_TOO_LONG")
	}
	to := s.chats[q.chat]
	m := to.find(q.message)
	m.Answers = append(m.Answers, Answer{Query: id, Data: q.data, Text: text, Alert: c.flag("show_alert"), URL: c.value("url")})
	s.touch(to, m)
	if text != "" {
		s.noteLocked(Event{Kind: "toast", Chat: q.chat, Text: text, Alert: c.flag("show_alert")})
	}
	return true, nil
}

func (s *Sandbox) setMessageReaction(c *call) (any, *failure) {
	to, f := s.target(c, "chat_id")
	if f != nil {
		return nil, f
	}
	id, f := c.integer("message_id", 0)
	if f != nil {
		return nil, f
	}
	var list []struct {
		Type  string `json:"type"`
		Emoji string `json:"emoji"`
	}
	if given := c.value("reaction"); given != "" {
		if err := json.Unmarshal([]byte(given), &list); err != nil {
			return nil, badRequest("can't parse reaction types JSON object")
		}
	}
	m := to.find(int(id))
	if m == nil || m.Deleted {
		return nil, badRequest("message to react not found")
	}
	if len(list) > 1 {
		return nil, badRequest("REACTIONS_TOO_MANY")
	}
	var set []string
	for _, r := range list {
		if r.Type != "emoji" || !slices.Contains(reactions, strings.ReplaceAll(r.Emoji, "\uFE0F", "")) {
			return nil, badRequest("REACTION_INVALID")
		}
		set = append(set, r.Emoji)
	}
	m.Reactions = set
	s.touch(to, m)
	return true, nil
}

func (s *Sandbox) sendChatAction(c *call) (any, *failure) {
	to, f := s.target(c, "chat_id")
	if f != nil {
		return nil, f
	}
	action := c.value("action")
	if !slices.Contains(chatActions, action) {
		return nil, badRequest("wrong parameter action in request")
	}
	s.noteLocked(Event{Kind: "typing", Chat: to.id, Text: action})
	return true, nil
}

// Command is one entry of the bot's menu.
type Command struct {
	Command     string `json:"command"`
	Description string `json:"description"`
}

type commandKey struct {
	scope    string
	chat     int64
	language string
}

func (s *Sandbox) commandKey(c *call) (commandKey, *failure) {
	key := commandKey{scope: "default", language: c.value("language_code")}
	if f := checkLanguage(key.language); f != nil {
		return key, f
	}
	if given := c.value("scope"); given != "" {
		var scope struct {
			Type string          `json:"type"`
			Chat json.RawMessage `json:"chat_id"`
		}
		if err := json.Unmarshal([]byte(given), &scope); err != nil {
			return key, badRequest("can't parse BotCommandScope JSON object")
		}
		key.scope = scope.Type
		switch scope.Type {
		case "default", "all_private_chats", "all_group_chats", "all_chat_administrators":
		case "chat", "chat_administrators", "chat_member":
			id, err := strconv.ParseInt(strings.Trim(string(scope.Chat), `"`), 10, 64)
			if to := s.chats[id]; err != nil || to == nil || !to.started {
				return key, badRequest("chat not found")
			}
			key.chat = id
		default:
			return key, badRequest("can't parse BotCommandScope: unsupported type specified")
		}
	}
	return key, nil
}

func (s *Sandbox) setMyCommands(c *call) (any, *failure) {
	key, f := s.commandKey(c)
	if f != nil {
		return nil, f
	}
	var list []Command
	if err := json.Unmarshal([]byte(c.value("commands")), &list); err != nil {
		return nil, badRequest("can't parse commands JSON object")
	}
	if len(list) > maxCommands {
		return nil, badRequest("BOT_COMMANDS_TOO_MUCH")
	}
	seen := map[string]bool{}
	for i := range list {
		list[i].Command = strings.TrimPrefix(list[i].Command, "/")
		if f := checkCommand(list[i]); f != nil {
			return nil, f
		}
		if seen[list[i].Command] {
			return nil, badRequest("BOT_COMMAND_DUPLICATED")
		}
		seen[list[i].Command] = true
	}
	s.commands[key] = list
	s.noteLocked(Event{Kind: "bot"})
	return true, nil
}

func (s *Sandbox) getMyCommands(c *call) (any, *failure) {
	key, f := s.commandKey(c)
	if f != nil {
		return nil, f
	}
	return append([]Command{}, s.commands[key]...), nil
}

func (s *Sandbox) deleteMyCommands(c *call) (any, *failure) {
	key, f := s.commandKey(c)
	if f != nil {
		return nil, f
	}
	delete(s.commands, key)
	s.noteLocked(Event{Kind: "bot"})
	return true, nil
}

// Menu returns the commands a person's app shows, chosen as Telegram does:
// first those of the chat, then of all private chats, then the default ones,
// each in the person's language before those of no language.
func (s *Sandbox) Menu(chat int64) []Command {
	s.mu.Lock()
	defer s.mu.Unlock()
	language := s.language(chat)
	for _, scope := range []commandKey{{scope: "chat", chat: chat}, {scope: "all_private_chats"}, {scope: "default"}} {
		for _, l := range []string{language, ""} {
			scope.language = l
			if list := s.commands[scope]; len(list) > 0 {
				return slices.Clone(list)
			}
		}
	}
	return []Command{}
}

// language is the two-letter language of a person, as menus are kept.
func (s *Sandbox) language(chat int64) string {
	if c := s.chats[chat]; c != nil {
		l, _, _ := strings.Cut(c.person.Language, "-")
		return l
	}
	return ""
}

// set is setMyName, setMyDescription and setMyShortDescription.
func (s *Sandbox) set(c *call, texts map[string]string, key string, limit int) (any, *failure) {
	language := c.value("language_code")
	if f := checkLanguage(language); f != nil {
		return nil, f
	}
	text := strings.TrimSpace(c.value(key))
	if units(text) > limit {
		return nil, badRequest(fmt.Sprintf("%s is too long: at most %d", strings.ReplaceAll(key, "_", " "), limit))
	}
	if text == "" {
		delete(texts, language)
	} else {
		texts[language] = text
	}
	s.noteLocked(Event{Kind: "bot"})
	return true, nil
}

func get(c *call, texts map[string]string, key string) (any, *failure) {
	language := c.value("language_code")
	if f := checkLanguage(language); f != nil {
		return nil, f
	}
	return map[string]string{key: inLanguage(texts, language)}, nil
}

func inLanguage(texts map[string]string, language string) string {
	if t := texts[language]; t != "" {
		return t
	}
	return texts[""]
}

func (s *Sandbox) setMyName(c *call) (any, *failure) { return s.set(c, s.names, "name", maxName) }

func (s *Sandbox) getMyName(c *call) (any, *failure) {
	if f := checkLanguage(c.value("language_code")); f != nil {
		return nil, f
	}
	return map[string]string{"name": s.botName(c.value("language_code"))}, nil
}

func (s *Sandbox) setMyDescription(c *call) (any, *failure) {
	return s.set(c, s.long, "description", maxLong)
}
func (s *Sandbox) getMyDescription(c *call) (any, *failure) { return get(c, s.long, "description") }

func (s *Sandbox) setMyShortDescription(c *call) (any, *failure) {
	return s.set(c, s.short, "short_description", maxShort)
}

func (s *Sandbox) getMyShortDescription(c *call) (any, *failure) {
	return get(c, s.short, "short_description")
}

func (s *Sandbox) botName(language string) string {
	if name := inLanguage(s.names, language); name != "" {
		return name
	}
	return s.bot.FirstName
}

func (s *Sandbox) getChat(c *call) (any, *failure) {
	id, err := strconv.ParseInt(c.value("chat_id"), 10, 64)
	to := s.chats[id]
	if err != nil || to == nil || !to.started {
		return nil, badRequest("chat not found")
	}
	return struct {
		wireChat
		AccentColor int            `json:"accent_color_id"`
		Reactions   int            `json:"max_reaction_count"`
		Gifts       map[string]any `json:"accepted_gift_types"`
	}{to.wire(), 0, 11, map[string]any{
		"unlimited_gifts": false, "limited_gifts": false, "unique_gifts": false, "premium_subscription": false,
	}}, nil
}

func (s *Sandbox) leaveChat(c *call) (any, *failure) {
	to, f := s.target(c, "chat_id")
	if f != nil {
		return nil, f
	}
	if to.kind == "private" {
		return nil, badRequest("chat member status can't be changed in private chats")
	}
	to.left = true
	s.noteLocked(Event{Kind: "people", Chat: to.id})
	return true, nil
}

func (s *Sandbox) setChatMenuButton(c *call) (any, *failure) {
	id, f := c.integer("chat_id", 0)
	if f != nil {
		return nil, f
	}
	var button struct{ Type string }
	if given := c.value("menu_button"); given != "" {
		if err := json.Unmarshal([]byte(given), &button); err != nil || !slices.Contains([]string{"commands", "default", "web_app"}, button.Type) {
			return nil, badRequest("can't parse menu button: unsupported type specified")
		}
		s.menu[id] = json.RawMessage(given)
	} else {
		delete(s.menu, id)
	}
	return true, nil
}

func (s *Sandbox) getChatMenuButton(c *call) (any, *failure) {
	id, f := c.integer("chat_id", 0)
	if f != nil {
		return nil, f
	}
	if b := s.menu[id]; b != nil {
		return b, nil
	}
	return map[string]string{"type": "commands"}, nil
}
