package bot

import (
	"net/url"
	"path"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/go-telegram/bot/models"

	"recourse/flows"
)

// Telegram counts in UTF-16 units, after the markup is taken out.
const (
	textLimit    = 4096
	captionLimit = 1024
	labelLimit   = 64  // characters; more is not seen on a phone
	copyLimit    = 256 // characters of a copy button
	dataLimit    = 64  // bytes of a button's data
)

// part is one message as Telegram takes it.
type part struct {
	text     string
	entities []models.MessageEntity
	keyboard [][]models.InlineKeyboardButton
	document *flows.Document // text is then its caption
	protect  bool            // may be neither forwarded nor saved
}

// show makes messages of what the conversation says: one, or several where
// the text is longer than Telegram takes. Buttons and document come with the
// last. data holds the opaque ids of the buttons, place by place. Nothing to
// show gives none.
//
// Style goes by entities, never by markup in the text: then no foreign word
// can style anything.
func show(say flows.Say, data [][]string) []part {
	text, spans := compose(say.Text)
	keyboard := keys(say.Rows, data)
	var parts []part
	if say.Document != nil && units(text) <= captionLimit {
		parts = []part{{text: text, entities: entities(spans, 0, units(text))}}
	} else {
		parts = split(text, spans)
		if say.Document != nil {
			parts = append(parts, part{})
		}
	}
	if len(parts) == 0 {
		return nil
	}
	last := &parts[len(parts)-1]
	last.keyboard, last.document = keyboard, say.Document
	for i := range parts {
		parts[i].protect = say.Protect
	}
	return parts
}

// plain is the part without anything Telegram may find fault with: no style,
// and of the buttons only those that answer.
func (p part) plain() part {
	p.entities = nil
	var rows [][]models.InlineKeyboardButton
	for _, row := range p.keyboard {
		var keep []models.InlineKeyboardButton
		for _, k := range row {
			if k.CallbackData != "" {
				keep = append(keep, models.InlineKeyboardButton{Text: k.Text, CallbackData: k.CallbackData})
			}
		}
		if keep != nil {
			rows = append(rows, keep)
		}
	}
	p.keyboard = rows
	return p
}

// markup is the keyboard as a call takes it. No keyboard must be no value at
// all: a nil pointer would be sent as the word null.
func (p part) markup() models.ReplyMarkup {
	if len(p.keyboard) == 0 {
		return nil
	}
	return &models.InlineKeyboardMarkup{InlineKeyboard: p.keyboard}
}

// span is a styled run of the composed text, in UTF-16 units.
type span struct {
	from, to int
	kind     models.MessageEntityType
}

var kinds = map[string]models.MessageEntityType{
	"bold":   models.MessageEntityTypeBold,
	"italic": models.MessageEntityTypeItalic,
	"code":   models.MessageEntityTypeCode,
	"pre":    models.MessageEntityTypePre,
	"quote":  models.MessageEntityTypeExpandableBlockquote,
}

// compose joins the spans into one text.
func compose(runs []flows.Span) (string, []span) {
	var text strings.Builder
	var spans []span
	at := 0
	for _, run := range runs {
		s := harmless(run.Text)
		n := units(s)
		if kind, ok := kinds[run.Style]; ok && n > 0 {
			spans = append(spans, span{at, at + n, kind})
		}
		text.WriteString(s)
		at += n
	}
	return text.String(), spans
}

// entities are the spans as they fall between two places of the text.
func entities(spans []span, from, to int) []models.MessageEntity {
	var es []models.MessageEntity
	for _, s := range spans {
		a, b := max(s.from, from), min(s.to, to)
		if a < b {
			es = append(es, models.MessageEntity{Type: s.kind, Offset: a - from, Length: b - a})
		}
	}
	return es
}

// split cuts a text into parts Telegram takes. Nothing is lost: the parts
// joined are the text, but for parts of white space only, which Telegram
// refuses.
func split(text string, spans []span) []part {
	var parts []part
	at := 0
	for text != "" {
		cut := breakAt(text, textLimit)
		piece := text[:cut]
		n := units(piece)
		if strings.TrimSpace(piece) != "" {
			parts = append(parts, part{text: piece, entities: entities(spans, at, at+n)})
		}
		text, at = text[cut:], at+n
	}
	return parts
}

// breakAt finds where to cut a text of more than limit units, as a byte
// offset: after a paragraph, else a line, else a sentence, else a word, each
// only in the second half; else between two characters.
func breakAt(text string, limit int) int {
	if units(text) <= limit {
		return len(text)
	}
	const paragraph, line, sentence, space, character, anywhere = 0, 1, 2, 3, 4, 5
	const stops, closing = "。！？；", "”’」』）》。！？"
	var best [6]int
	at, before, last := 0, rune(0), rune(0)
	for i, r := range text {
		if at > limit {
			break
		}
		if i > 0 {
			kind := anywhere
			switch {
			case last == '\n' && r != '\n' && before == '\n':
				kind = paragraph
			case last == '\n' && r != '\n':
				kind = line
			case strings.ContainsRune(stops, last) && !strings.ContainsRune(closing, r),
				strings.ContainsRune(stops, before) && strings.ContainsRune(closing, last) && !strings.ContainsRune(closing, r),
				last == ' ' && r != ' ' && strings.ContainsRune(".!?;", before):
				kind = sentence
			case last == ' ' && r != ' ':
				kind = space
			case !joined(last, r):
				kind = character
			}
			if kind >= character || at > limit/2 {
				best[kind] = i
			}
		}
		before, last = last, r
		at += utf16.RuneLen(r)
	}
	for _, i := range best[:character] {
		if i > 0 {
			return i
		}
	}
	if best[character] > 0 && units(text[:best[character]]) > limit/2 {
		return best[character]
	}
	return max(best[anywhere], best[character])
}

// joined tells that two characters are drawn as one and must not be parted.
func joined(a, b rune) bool {
	return a == zwj || b == zwj || unicode.In(b, unicode.M) || skin(b) || tag(b) ||
		regional(a) && regional(b)
}

// units counts as Telegram does.
func units(s string) (n int) {
	for _, r := range s {
		n += utf16.RuneLen(r)
	}
	return n
}

// keys are the buttons. One that Telegram would refuse is left out rather than
// have it refuse the message.
func keys(rows [][]flows.Button, data [][]string) [][]models.InlineKeyboardButton {
	var keyboard [][]models.InlineKeyboardButton
	for i, row := range rows {
		var line []models.InlineKeyboardButton
		for j, b := range row {
			k := models.InlineKeyboardButton{Text: label(b.Label)}
			if b.Alarm {
				k.Style = "danger"
			}
			switch {
			case b.URL != "":
				u, err := url.Parse(b.URL)
				if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
					continue
				}
				k.URL = b.URL
			case b.Copy != "":
				if utf8.RuneCountInString(b.Copy) > copyLimit {
					continue // half a text would be worse than none
				}
				k.CopyText.Text = harmless(b.Copy)
			case i < len(data) && j < len(data[i]) && data[i][j] != "" && len(data[i][j]) <= dataLimit:
				k.CallbackData = data[i][j]
			default:
				continue
			}
			line = append(line, k)
		}
		if line != nil {
			keyboard = append(keyboard, line)
		}
	}
	return keyboard
}

// label is a button's text in one line of a length that can be seen.
func label(s string) string {
	s = strings.Join(strings.Fields(harmless(s)), " ")
	if s == "" {
		return "·"
	}
	return shorten(s, labelLimit)
}

// shorten cuts a text to so many characters, with an ellipsis.
func shorten(s string, most int) string {
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	all := []rune(s)
	cut := most - 1
	for cut > 1 && joined(all[cut-1], all[cut]) {
		cut--
	}
	return strings.TrimSpace(string(all[:cut])) + "…"
}

// fileName is a name under which a file may be offered.
func fileName(s string) string {
	s = strings.Map(func(r rune) rune {
		if strings.ContainsRune("/\\\n\t\"", r) {
			return '_'
		}
		return r
	}, harmless(s))
	ending := path.Ext(s)
	if len(ending) > 8 {
		ending = ""
	}
	return shorten(strings.TrimSuffix(s, ending), 80) + ending
}

const zwj = '\u200D'

// harmless takes out of a text what is not seen and yet changes what is:
// control characters, marks of direction, characters of no width. A merchant's
// name can then neither turn a line around nor hide a word. Emoji keep what
// holds them together.
func harmless(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\r\n", "\n")
	all := []rune(s)
	var b strings.Builder
	b.Grow(len(s))
	last := rune(0) // kept before
	flag := false   // inside a flag made of tags, like Scotland's
	for i, r := range all {
		next := rune(0)
		if i+1 < len(all) {
			next = all[i+1]
		}
		switch {
		case r == '\r' || r == '\u2028' || r == '\u2029' || r == '\u0085':
			r = '\n'
		case r == '\n' || r == '\t':
		case unicode.Is(unicode.Cc, r):
			continue
		case r == zwj:
			if !(emoji(last) || skin(last) || last == '\uFE0F') || !emoji(next) {
				continue
			}
		case tag(r):
			if !flag {
				continue
			}
		case r >= '\uFE00' && r <= '\uFE0F', r >= 0xE0100 && r <= 0xE01EF: // the variant of one character
			if last == 0 || selector(last) || unicode.IsSpace(last) {
				continue
			}
		case unseen(r):
			continue
		}
		flag = r == 0x1F3F4 || flag && tag(r)
		b.WriteRune(r)
		last = r
	}
	return b.String()
}

// unseen are characters of no width and of no use here: all format characters
// (marks of direction U+200E–F, U+202A–E, U+2066–9, U+061C; zero width U+200B–C,
// U+2060–4, U+FEFF; soft hyphen), and fillers that draw nothing.
func unseen(r rune) bool {
	switch r {
	case 0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B, 0x180C, 0x180D, 0x180F, 0x3164, 0xFFA0:
		return true
	}
	if r >= 0x0600 && r <= 0x0605 || r == 0x06DD || r == 0x070F || r == 0x08E2 {
		return false // Arabic and Syriac signs that are seen
	}
	return unicode.Is(unicode.Cf, r)
}

func selector(r rune) bool { return r >= 0xFE00 && r <= 0xFE0F || r >= 0xE0100 && r <= 0xE01EF }
func tag(r rune) bool      { return r >= 0xE0020 && r <= 0xE007F }
func skin(r rune) bool     { return r >= 0x1F3FB && r <= 0x1F3FF }
func regional(r rune) bool { return r >= 0x1F1E6 && r <= 0x1F1FF }

// emoji tells, roughly, a character that others may be joined to.
func emoji(r rune) bool {
	return r >= 0x1F000 && r <= 0x1FAFF || r >= 0x2190 && r <= 0x2BFF
}
