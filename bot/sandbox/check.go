package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"
)

// Telegram's limits. Text lengths are UTF-16 units of what is visible, after
// markup is taken out.
const (
	maxText     = 4096
	maxCaption  = 1024
	maxData     = 64 // bytes of callback_data
	maxCopy     = 256
	maxButtons  = 100 // of one inline keyboard
	maxRow      = 8
	maxToast    = 200
	maxUpload   = 50 << 20
	maxPhoto    = 10 << 20
	maxDownload = 20 << 20

	maxCommands    = 100
	maxCommandText = 256
	maxName        = 64
	maxLong        = 512
	maxShort       = 120

	deletable  = 48 * time.Hour
	answerable = 15 * time.Minute // a tap; Telegram names no figure
)

// units is the length of a text as Telegram counts it.
func units(text string) int {
	n := 0
	for _, r := range text {
		n += unitsOf(r)
	}
	return n
}

func unitsOf(r rune) int {
	if r > 0xFFFF {
		return 2
	}
	return 1
}

// prefix cuts a text to at most n UTF-16 units, not inside a character.
func prefix(text string, n int) string {
	for i, r := range text {
		if n -= unitsOf(r); n < 0 {
			return text[:i]
		}
	}
	return text
}

// trim takes white space off both ends and moves the entities along.
func trim(text string, entities []Entity) (string, []Entity) {
	const space = " \t\n"
	left := strings.TrimLeft(text, space)
	before := units(text) - units(left)
	text = strings.TrimRight(left, space)
	length := units(text)
	var kept []Entity
	for _, e := range entities {
		begin := max(0, e.Offset-before)
		end := min(length, e.Offset-before+e.Length)
		if end > begin {
			e.Offset, e.Length = begin, end-begin
			kept = append(kept, e)
		}
	}
	return text, kept
}

// formatted reads text or caption with its markup or entities and checks the
// result; long is what Telegram says when it is over limit.
func (c *call) formatted(textKey, entitiesKey string, limit int, long string) (string, []Entity, *failure) {
	text, mode := c.params[textKey], c.value("parse_mode")
	return format(text, mode, c.value(entitiesKey), limit, long)
}

func format(text, mode, given string, limit int, long string) (string, []Entity, *failure) {
	if !utf8.ValidString(text) {
		return "", nil, badRequest("strings must be encoded in UTF-8")
	}
	typed := text != ""
	var entities []Entity
	var err error
	switch strings.ToLower(mode) {
	case "":
		if given != "" {
			if entities, err = readEntities(given, text); err != nil {
				return "", nil, badRequest(err.Error())
			}
		}
	case "html":
		text, entities, err = parseHTML(text)
	case "markdownv2":
		text, entities, err = parseMarkdownV2(text)
	case "markdown":
		text, entities, err = parseMarkdown(text)
	default:
		return "", nil, badRequest("unsupported parse_mode")
	}
	if err != nil {
		return "", nil, badRequest("can't parse entities: " + err.Error())
	}
	text, entities = trim(clean(text), entities)
	if typed && text == "" && limit == maxText {
		return "", nil, badRequest("text must be non-empty")
	}
	if units(text) > limit {
		return "", nil, badRequest(long)
	}
	entities = commandsIn(text, entities)
	return text, entities, nil
}

// readEntities checks entities given as JSON. Telegram drops some wrong ones
// in silence; here they are refused, since a bot that sends them has a bug.
func readEntities(given, text string) ([]Entity, error) {
	var list []Entity
	if err := json.Unmarshal([]byte(given), &list); err != nil {
		return nil, fmt.Errorf("can't parse entities JSON object")
	}
	code := utf16.Encode([]rune(text))
	inside := func(at int) bool { // between the halves of a surrogate pair
		return at > 0 && at < len(code) && code[at] >= 0xDC00 && code[at] <= 0xDFFF && code[at-1] >= 0xD800 && code[at-1] <= 0xDBFF
	}
	for _, e := range list {
		end := e.Offset + e.Length
		switch {
		case !slices.Contains(entityTypes, e.Type):
			return nil, fmt.Errorf("can't parse MessageEntity: Unsupported type specified")
		case e.Offset < 0:
			return nil, fmt.Errorf("receive an entity with incorrect offset %d", e.Offset)
		case e.Length <= 0:
			return nil, fmt.Errorf("receive an entity with incorrect length %d", e.Length)
		case e.Offset >= len(code):
			return nil, fmt.Errorf("entity begins after the end of the text at UTF-16 offset %d", e.Offset)
		case end > len(code):
			return nil, fmt.Errorf("entity beginning at UTF-16 offset %d ends after the end of the text at UTF-16 offset %d", e.Offset, end)
		case inside(e.Offset):
			return nil, fmt.Errorf("entity begins in a middle of a UTF-16 symbol at UTF-16 offset %d", e.Offset)
		case inside(end):
			return nil, fmt.Errorf("entity beginning at UTF-16 offset %d ends in a middle of a UTF-16 symbol at UTF-16 offset %d", e.Offset, end)
		case e.Type == "text_link" && e.URL == "":
			return nil, fmt.Errorf("entity URL '' is invalid: URL host is empty")
		case e.Type == "text_link" && !linkable(e.URL):
			return nil, fmt.Errorf("entity URL '%s' is invalid: Wrong HTTP URL", e.URL)
		case e.Type == "text_mention" && e.User == nil:
			return nil, fmt.Errorf("can't parse MessageEntity: Can't find field \"user\"")
		case e.Type == "custom_emoji" && e.CustomEmojiID == "":
			return nil, fmt.Errorf("can't parse MessageEntity: Can't find field \"custom_emoji_id\"")
		}
	}
	for i, a := range list {
		for _, b := range list[i+1:] {
			if a.Offset > b.Offset {
				a, b = b, a
			}
			if a.Offset < b.Offset && b.Offset < a.Offset+a.Length && a.Offset+a.Length < b.Offset+b.Length {
				return nil, fmt.Errorf("entities overlap: %s at %d and %s at %d", a.Type, a.Offset, b.Type, b.Offset)
			}
		}
	}
	return list, nil
}

var entityTypes = []string{
	"mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number",
	"bold", "italic", "underline", "strikethrough", "spoiler", "blockquote", "expandable_blockquote",
	"code", "pre", "text_link", "text_mention", "custom_emoji",
}

func linkable(link string) bool {
	u, err := url.Parse(link)
	if err != nil {
		return false
	}
	switch strings.ToLower(u.Scheme) {
	case "http", "https":
		return strings.Contains(u.Host, ".") || u.Hostname() == "localhost" || strings.Contains(u.Host, ":")
	case "tg", "ton", "mailto", "tel":
		return true
	case "": // "example.org/page" is taken as http
		return strings.Contains(u.Path, ".") && !strings.ContainsAny(u.Path, " \t\n")
	}
	return false
}

// keyboard checks a reply_markup and returns the inline keyboard in it. Reply
// keyboards and force_reply are taken and not shown.
func keyboard(given string) (json.RawMessage, [][]Button, *failure) {
	if given == "" {
		return nil, nil, nil
	}
	var markup struct {
		Inline *[][]map[string]json.RawMessage `json:"inline_keyboard"`
		Reply  json.RawMessage                 `json:"keyboard"`
		Remove bool                            `json:"remove_keyboard"`
		Force  bool                            `json:"force_reply"`
	}
	if err := json.Unmarshal([]byte(given), &markup); err != nil {
		var kind *json.UnmarshalTypeError
		if errors.As(err, &kind) && kind.Field == "inline_keyboard" {
			return nil, nil, badRequest(`field "inline_keyboard" must be of type Array`)
		}
		return nil, nil, badRequest("can't parse reply keyboard markup JSON object")
	}
	if markup.Inline == nil {
		if markup.Reply == nil && !markup.Remove && !markup.Force && strings.TrimSpace(given) != "{}" {
			return nil, nil, badRequest("object expected as reply markup")
		}
		return nil, nil, nil
	}
	var rows [][]Button
	var wire [][]map[string]any
	count := 0
	for _, row := range *markup.Inline {
		var buttons []Button
		var wireRow []map[string]any
		for _, fields := range row {
			b, w, f := readButton(fields)
			if f != nil {
				return nil, nil, f
			}
			buttons, wireRow = append(buttons, b), append(wireRow, w)
			count++
		}
		if len(buttons) > maxRow {
			return nil, nil, badRequest(fmt.Sprintf("too many buttons in a row: %d, at most %d are shown", len(buttons), maxRow))
		}
		if len(buttons) > 0 {
			rows, wire = append(rows, buttons), append(wire, wireRow)
		}
	}
	if count > maxButtons {
		return nil, nil, badRequest("reply markup is too long")
	}
	if count == 0 {
		return nil, nil, nil
	}
	return toJSON(map[string]any{"inline_keyboard": wire}), rows, nil
}

var buttonStyles = []string{"danger", "success", "primary"}

func readButton(fields map[string]json.RawMessage) (Button, map[string]any, *failure) {
	wrong := func(text string) (Button, map[string]any, *failure) {
		return Button{}, nil, badRequest("can't parse inline keyboard button: " + text)
	}
	var b Button
	var web, copyText struct{ Text, URL string }
	for name, value := range fields {
		var err error
		switch name {
		case "text":
			err = json.Unmarshal(value, &b.Label)
		case "callback_data":
			err = json.Unmarshal(value, &b.Data)
		case "url":
			err = json.Unmarshal(value, &b.URL)
		case "style":
			err = json.Unmarshal(value, &b.Style)
		case "copy_text":
			err = json.Unmarshal(value, &copyText)
		case "web_app", "login_url":
			err = json.Unmarshal(value, &web)
		case "icon_custom_emoji_id", "pay", "switch_inline_query", "switch_inline_query_current_chat", "switch_inline_query_chosen_chat", "callback_game":
		default:
			return wrong("unknown field " + name)
		}
		if err != nil {
			return wrong(fmt.Sprintf("Field %q has a wrong type", name))
		}
	}
	b.Copy = copyText.Text
	if fields["text"] == nil {
		return wrong(`Can't find field "text"`)
	}
	if strings.TrimSpace(b.Label) == "" {
		return Button{}, nil, badRequest("BUTTON_TEXT_EMPTY: inline keyboard button text must be non-empty")
	}
	if b.Style != "" && !slices.Contains(buttonStyles, b.Style) {
		return wrong("invalid button style specified")
	}
	// The library always sends a copy_text object, an empty one when there is
	// nothing to copy; so only what is filled in counts.
	kinds := 0
	w := map[string]any{"text": b.Label}
	if b.Style != "" {
		w["style"] = b.Style
	}
	if b.Data != "" {
		kinds++
		w["callback_data"] = b.Data
	}
	if b.URL != "" {
		kinds++
		w["url"] = b.URL
	}
	if b.Copy != "" {
		kinds++
		w["copy_text"] = map[string]string{"text": b.Copy}
	}
	for _, other := range []string{"web_app", "login_url", "switch_inline_query", "switch_inline_query_current_chat", "switch_inline_query_chosen_chat"} {
		if v := fields[other]; v != nil && string(v) != "null" {
			kinds++
			w[other] = v
		}
	}
	switch {
	case string(fields["pay"]) == "true" || fields["callback_game"] != nil && string(fields["callback_game"]) != "null":
		return Button{}, nil, badRequest("BUTTON_TYPE_INVALID")
	case kinds == 0:
		if v := fields["copy_text"]; v != nil && len(fields) == 2 {
			return Button{}, nil, badRequest("BUTTON_COPY_TEXT_INVALID")
		}
		return wrong("Text buttons are unallowed in the inline keyboard")
	case kinds > 1:
		// Telegram takes the first and says nothing; a bot that does this has a bug.
		return wrong("exactly one of the optional fields must be used")
	case len(b.Data) > maxData:
		return Button{}, nil, badRequest("BUTTON_DATA_INVALID")
	case units(b.Copy) > maxCopy:
		return Button{}, nil, badRequest("BUTTON_COPY_TEXT_INVALID")
	case b.URL != "" && !linkable(b.URL):
		return Button{}, nil, badRequest(fmt.Sprintf("inline keyboard button URL '%s' is invalid: Wrong HTTP URL", b.URL))
	case fields["web_app"] != nil && !strings.HasPrefix(web.URL, "https://"):
		return Button{}, nil, badRequest(fmt.Sprintf("inline keyboard button Web App URL '%s' is invalid: Only HTTPS links are allowed", web.URL))
	}
	return b, w, nil
}

// checkPhoto checks what Telegram checks before it takes a picture as a photo.
func checkPhoto(data []byte) *failure {
	if len(data) > maxPhoto {
		return badRequest(fmt.Sprintf("file of size %d bytes is too big for a photo; the maximum size is %d bytes", len(data), maxPhoto))
	}
	if !strings.HasPrefix(http.DetectContentType(data), "image/") {
		return badRequest("IMAGE_PROCESS_FAILED")
	}
	conf, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil // WebP and others: their size cannot be read here
	}
	w, h := conf.Width, conf.Height
	if w == 0 || h == 0 || w+h > 10_000 || w > 20*h || h > 20*w {
		return badRequest("PHOTO_INVALID_DIMENSIONS")
	}
	return nil
}

func checkCommand(c Command) *failure {
	if c.Command == "" || len(c.Command) > 32 {
		return badRequest("BOT_COMMAND_INVALID")
	}
	for _, r := range c.Command {
		if !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '_') {
			return badRequest("BOT_COMMAND_INVALID")
		}
	}
	if n := units(strings.TrimSpace(c.Description)); n == 0 || n > maxCommandText {
		return badRequest("BOT_COMMAND_DESCRIPTION_INVALID")
	}
	return nil
}

// checkLanguage takes two letters or nothing: "zh-hans" is a language of a
// person's app and not one of a bot's menu.
func checkLanguage(code string) *failure {
	if code == "" || len(code) == 2 && code[0] >= 'a' && code[0] <= 'z' && code[1] >= 'a' && code[1] <= 'z' {
		return nil
	}
	return badRequest("invalid language code specified")
}

var chatActions = []string{
	"typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "upload_document",
	"choose_sticker", "find_location", "record_video_note", "upload_video_note", "record_audio", "upload_audio", "cancel",
}

// reactions are the emoji that anybody may react with.
var reactions = strings.Fields("❤ 👍 👎 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤‍🔥 🌚 🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 🍓 🍾 💋 🖕 😈 😴 😭 🤓 👻 👨‍💻 👀 🎃 🙈 😇 😨 🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 🤷‍♂ 🤷 🤷‍♀ 😡")
