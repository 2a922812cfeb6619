package sandbox

//lint:file-ignore ST1005 the errors are Telegram's own words, as a bot gets to read them

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Markup as Telegram reads it. Offsets in error texts are bytes of what was
// sent; offsets of entities are UTF-16 units of what is shown.

// builder collects visible text and knows its length in UTF-16 units.
type builder struct {
	text  strings.Builder
	units int
}

func (b *builder) rune(r rune) {
	b.text.WriteRune(r)
	b.units += unitsOf(r)
}

func sortEntities(list []Entity) []Entity {
	slices.SortStableFunc(list, func(a, b Entity) int {
		if a.Offset != b.Offset {
			return a.Offset - b.Offset
		}
		return b.Length - a.Length
	})
	return list
}

var htmlTags = map[string]string{
	"b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
	"s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "tg-spoiler": "spoiler", "span": "spoiler",
	"a": "text_link", "code": "code", "pre": "pre", "blockquote": "blockquote", "tg-emoji": "custom_emoji",
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

type openTag struct {
	name     string
	argument string
	at       int // UTF-16
}

// parseHTML reads the tags Telegram supports and refuses all others.
func parseHTML(in string) (string, []Entity, error) {
	var out builder
	var list []Entity
	var open []openTag
	at := func(i int) byte {
		if i < len(in) {
			return in[i]
		}
		return 0
	}
	for i := 0; i < len(in); {
		switch {
		case in[i] == '&':
			r, n := htmlEntity(in[i:])
			out.rune(r)
			i += n
			continue
		case in[i] != '<':
			r, n := decode(in[i:])
			out.rune(r)
			i += n
			continue
		}
		begin := i
		i++
		if at(i) == '/' {
			if len(open) == 0 {
				return "", nil, fmt.Errorf("Unexpected end tag at byte offset %d", begin)
			}
			i++
			from := i
			for i < len(in) && !isSpace(in[i]) && in[i] != '>' {
				i++
			}
			name := strings.ToLower(in[from:i])
			for i < len(in) && isSpace(in[i]) {
				i++
			}
			if at(i) != '>' {
				return "", nil, fmt.Errorf("Unclosed end tag at byte offset %d", begin)
			}
			i++
			tag := open[len(open)-1]
			open = open[:len(open)-1]
			if name != "" && name != tag.name {
				return "", nil, fmt.Errorf("Unmatched end tag at byte offset %d, expected \"</%s>\", found \"</%s>\"", begin, tag.name, name)
			}
			list = closeTag(list, tag, &out)
			continue
		}
		from := i
		for i < len(in) && !isSpace(in[i]) && in[i] != '>' {
			i++
		}
		if i == len(in) {
			return "", nil, fmt.Errorf("Unclosed start tag at byte offset %d", begin)
		}
		tag := openTag{name: strings.ToLower(in[from:i]), at: out.units}
		if htmlTags[tag.name] == "" {
			return "", nil, fmt.Errorf("Unsupported start tag \"%s\" at byte offset %d", tag.name, begin)
		}
		for at(i) != '>' {
			for i < len(in) && isSpace(in[i]) {
				i++
			}
			if at(i) == '>' {
				break
			}
			from := i
			for i < len(in) && !isSpace(in[i]) && !strings.ContainsRune("=>/\"'", rune(in[i])) {
				i++
			}
			name := strings.ToLower(in[from:i])
			if i == len(in) {
				return "", nil, fmt.Errorf("Unclosed start tag at byte offset %d", begin)
			}
			if name == "" {
				return "", nil, fmt.Errorf("Empty attribute name in the tag \"%s\" at byte offset %d", tag.name, begin)
			}
			for i < len(in) && isSpace(in[i]) {
				i++
			}
			value := ""
			if at(i) == '=' {
				i++
				for i < len(in) && isSpace(in[i]) {
					i++
				}
				switch quote := at(i); quote {
				case 0:
					return "", nil, fmt.Errorf("Unclosed start tag at byte offset %d", begin)
				case '"', '\'':
					i++
					var v strings.Builder
					for i < len(in) && in[i] != quote {
						r, n := decode(in[i:])
						if in[i] == '&' {
							r, n = htmlEntity(in[i:])
						}
						v.WriteRune(r)
						i += n
					}
					if i == len(in) {
						return "", nil, fmt.Errorf("Unclosed start tag at byte offset %d", begin)
					}
					i++
					value = v.String()
				default:
					from := i
					for i < len(in) && (isAlnum(in[i]) || in[i] == '.' || in[i] == '-') {
						i++
					}
					value = strings.ToLower(in[from:i])
					if !isSpace(at(i)) && at(i) != '>' {
						return "", nil, fmt.Errorf("Unexpected end of name token at byte offset %d", from)
					}
				}
			} else if tag.name != "blockquote" || name != "expandable" {
				return "", nil, fmt.Errorf("Expected equal sign in declaration of an attribute of the tag \"%s\" at byte offset %d", tag.name, begin)
			}
			switch {
			case tag.name == "a" && name == "href", tag.name == "tg-emoji" && name == "emoji-id":
				tag.argument = value
			case tag.name == "code" && name == "class" && strings.HasPrefix(value, "language-"):
				tag.argument = strings.TrimPrefix(value, "language-")
			case tag.name == "span" && name == "class" && strings.HasPrefix(value, "tg-"):
				tag.argument = strings.TrimPrefix(value, "tg-")
			case tag.name == "blockquote" && name == "expandable":
				tag.argument = "expandable"
			}
		}
		i++
		if tag.name == "span" && tag.argument != "spoiler" {
			return "", nil, fmt.Errorf("Tag \"span\" must have class \"tg-spoiler\" at byte offset %d", begin)
		}
		open = append(open, tag)
	}
	if len(open) > 0 {
		return "", nil, fmt.Errorf("Can't find end tag corresponding to start tag \"%s\"", open[len(open)-1].name)
	}
	return out.text.String(), sortEntities(list), nil
}

func isAlnum(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

func decode(s string) (rune, int) {
	for _, r := range s {
		return r, len(string(r))
	}
	return 0, 0
}

func closeTag(list []Entity, tag openTag, out *builder) []Entity {
	e := Entity{Type: htmlTags[tag.name], Offset: tag.at, Length: out.units - tag.at}
	if e.Length == 0 {
		return list
	}
	switch tag.name {
	case "a":
		if e.URL = tag.argument; e.URL == "" {
			runes := []rune(out.text.String())
			e.URL = strings.TrimSpace(tail(runes, e.Length))
		}
		if !linkable(e.URL) {
			return list // Telegram shows the text without a link
		}
	case "blockquote":
		if tag.argument != "" {
			e.Type = "expandable_blockquote"
		}
	case "tg-emoji":
		e.CustomEmojiID = tag.argument
	case "code":
		e.Language = tag.argument
	case "pre":
		if n := len(list); n > 0 && list[n-1].Type == "code" && list[n-1].Offset == e.Offset && list[n-1].Length == e.Length {
			e.Language = list[n-1].Language
			list = list[:n-1]
		}
	}
	list = append(list, e)
	// Only a code inside a pre has a language.
	for i := range list {
		if list[i].Type == "code" && len(list) > 0 && tag.name == "pre" {
			list[i].Language = ""
		}
	}
	return list
}

func tail(runes []rune, length int) string {
	i := len(runes)
	for i > 0 && length > 0 {
		i--
		length -= unitsOf(runes[i])
	}
	return string(runes[i:])
}

func htmlEntity(s string) (rune, int) {
	for name, r := range map[string]rune{"&lt;": '<', "&gt;": '>', "&amp;": '&', "&quot;": '"'} {
		if strings.HasPrefix(s, name) {
			return r, len(name)
		}
	}
	if strings.HasPrefix(s, "&#") {
		end := strings.IndexByte(s, ';')
		if end > 2 && end < 12 {
			digits, base := s[2:end], 10
			if digits[0] == 'x' || digits[0] == 'X' {
				digits, base = digits[1:], 16
			}
			if n, err := strconv.ParseUint(digits, base, 32); err == nil && n > 0 && n <= 0x10FFFF {
				return rune(n), end + 1
			}
		}
	}
	return '&', 1
}

const reserved = "_*[]()~`>#+-=|{}.!"

type openMark struct {
	kind     string // as entity type; "link" and "emoji" wait for their address
	at       int    // UTF-16
	byteAt   int
	language string
}

var markNames = map[string]string{
	"bold": "Bold", "italic": "Italic", "underline": "Underline", "strikethrough": "Strikethrough", "spoiler": "Spoiler",
	"code": "Code", "pre": "Pre", "link": "TextUrl", "emoji": "CustomEmoji", "blockquote": "BlockQuote",
}

// parseMarkdownV2 reads MarkdownV2, where every reserved character that is not
// markup must be escaped.
func parseMarkdownV2(in string) (string, []Entity, error) {
	var out builder
	var list []Entity
	var open []openMark
	quote := -1 // where a block quotation began, UTF-16
	lineStart := true
	has := func(i int, s string) bool { return strings.HasPrefix(in[min(i, len(in)):], s) }
	endQuote := func(expandable bool) {
		if quote >= 0 && out.units > quote {
			e := Entity{Type: "blockquote", Offset: quote, Length: out.units - quote}
			if expandable {
				e.Type = "expandable_blockquote"
			}
			list = append(list, e)
		}
		quote = -1
	}
	for i := 0; i < len(in); {
		c := in[i]
		var top openMark
		if len(open) > 0 {
			top = open[len(open)-1]
		}
		verbatim := top.kind == "code" || top.kind == "pre"
		if c == '\\' && i+1 < len(in) && in[i+1] > 0 && in[i+1] <= 126 {
			out.rune(rune(in[i+1]))
			i += 2
			lineStart = false
			continue
		}
		special := strings.IndexByte(reserved, c) >= 0
		if verbatim {
			special = c == '`'
		}
		if !special {
			r, n := decode(in[i:])
			if r == '\n' && quote >= 0 && !verbatim {
				// The quotation goes on when the next line begins with '>'.
				if has(i+1, ">") {
					out.rune('\n')
					i += 2
					continue
				}
				endQuote(false)
			}
			lineStart = r == '\n'
			out.rune(r)
			i += n
			continue
		}
		if quote >= 0 && !verbatim && has(i, "||") && (i+2 == len(in) || in[i+2] == '\n') && top.kind != "spoiler" {
			i += 2
			endQuote(true)
			continue
		}
		ends := false
		width := 1
		switch top.kind {
		case "bold":
			ends = c == '*'
		case "italic":
			ends = c == '_' && !has(i, "__")
		case "underline":
			ends, width = has(i, "__"), 2
		case "strikethrough":
			ends = c == '~'
		case "spoiler":
			ends, width = has(i, "||"), 2
		case "code":
			ends = c == '`'
		case "pre":
			ends, width = has(i, "```"), 3
		case "link", "emoji":
			ends = c == ']'
		}
		if ends {
			i += width
			open = open[:len(open)-1]
			e := Entity{Type: top.kind, Offset: top.at, Length: out.units - top.at, Language: top.language}
			if top.kind == "link" || top.kind == "emoji" {
				address := ""
				if has(i, "(") {
					i++
					from := i
					var v strings.Builder
					for i < len(in) && in[i] != ')' {
						if in[i] == '\\' && i+1 < len(in) && in[i+1] > 0 && in[i+1] <= 126 {
							i++
						}
						v.WriteByte(in[i])
						i++
					}
					if i == len(in) {
						return "", nil, fmt.Errorf("Can't find end of a URL at byte offset %d", from)
					}
					i++
					address = v.String()
				} else if top.kind == "emoji" {
					return "", nil, fmt.Errorf("Custom emoji entity must contain a tg://emoji URL")
				} else {
					address = tail([]rune(out.text.String()), e.Length)
				}
				if top.kind == "emoji" {
					id, ok := strings.CutPrefix(address, "tg://emoji?id=")
					if !ok {
						return "", nil, fmt.Errorf("Custom emoji URL must have an emoji identifier")
					}
					e.Type, e.CustomEmojiID = "custom_emoji", id
				} else {
					e.Type, e.URL = "text_link", address
					if !linkable(address) {
						continue
					}
				}
			}
			if e.Length > 0 {
				list = append(list, e)
			}
			continue
		}
		mark := openMark{at: out.units, byteAt: i}
		switch {
		case verbatim: // a lone backquote inside pre
			out.rune('`')
			i++
			continue
		case c == '*' && lineStart && has(i, "**>"):
			endQuote(false)
			quote = out.units
			i += 3
			lineStart = false
			continue
		case c == '*':
			mark.kind = "bold"
		case has(i, "__"):
			mark.kind, width = "underline", 2
		case c == '_':
			mark.kind = "italic"
		case c == '~':
			mark.kind = "strikethrough"
		case has(i, "||"):
			mark.kind, width = "spoiler", 2
		case c == '[':
			mark.kind = "link"
		case has(i, "!["):
			mark.kind, width = "emoji", 2
		case has(i, "```"):
			mark.kind, width = "pre", 3
			for i+width < len(in) && !isSpace(in[i+width]) && in[i+width] != '`' {
				width++
			}
			if i+width < len(in) && isSpace(in[i+width]) {
				mark.language = in[i+3 : i+width]
			} else {
				width = 3
			}
			if has(i+width, "\n") {
				width++
			}
		case c == '`':
			mark.kind = "code"
		case c == '>' && lineStart:
			quote = out.units
			i++
			lineStart = false
			continue
		default:
			return "", nil, fmt.Errorf("Character '%c' is reserved and must be escaped with the preceding '\\'", c)
		}
		if mark.kind != "pre" {
			width = len(map[string]string{"underline": "__", "spoiler": "||", "emoji": "!["}[mark.kind])
			width = max(width, 1)
		}
		open = append(open, mark)
		i += width
		lineStart = false
	}
	if len(open) > 0 {
		top := open[len(open)-1]
		return "", nil, fmt.Errorf("Can't find end of %s entity at byte offset %d", markNames[top.kind], top.byteAt)
	}
	endQuote(false)
	return out.text.String(), sortEntities(list), nil
}

// parseMarkdown reads the old "Markdown" mode, which knows no nesting.
func parseMarkdown(in string) (string, []Entity, error) {
	var out builder
	var list []Entity
	for i := 0; i < len(in); {
		c := in[i]
		if c == '\\' && i+1 < len(in) && strings.IndexByte("_*`[", in[i+1]) >= 0 {
			out.rune(rune(in[i+1]))
			i += 2
			continue
		}
		if strings.IndexByte("_*`[", c) < 0 {
			r, n := decode(in[i:])
			out.rune(r)
			i += n
			continue
		}
		begin, start := i, out.units
		mark, e := string(c), Entity{Offset: start}
		switch {
		case strings.HasPrefix(in[i:], "```"):
			mark, e.Type = "```", "pre"
		case c == '`':
			e.Type = "code"
		case c == '*':
			e.Type = "bold"
		case c == '_':
			e.Type = "italic"
		case c == '[':
			e.Type, mark = "text_link", "]"
		}
		if c == '[' {
			i++
		} else {
			i += len(mark)
		}
		n := strings.Index(in[i:], mark)
		if n < 0 {
			return "", nil, fmt.Errorf("Can't find end of the entity starting at byte offset %d", begin)
		}
		for _, r := range in[i : i+n] {
			out.rune(r)
		}
		i += n + len(mark)
		e.Length = out.units - start
		if c == '[' {
			if !strings.HasPrefix(in[i:], "(") {
				continue
			}
			n := strings.IndexByte(in[i:], ')')
			if n < 0 {
				return "", nil, fmt.Errorf("Can't find end of the entity starting at byte offset %d", begin)
			}
			e.URL = in[i+1 : i+n]
			i += n + 1
			if !linkable(e.URL) {
				continue
			}
		}
		if e.Length > 0 {
			list = append(list, e)
		}
	}
	return out.text.String(), sortEntities(list), nil
}

// commandsIn adds the bot_command entities that Telegram finds by itself.
func commandsIn(text string, given []Entity) []Entity {
	list := slices.Clone(given)
	inCode := func(at int) bool {
		for _, e := range given {
			if (e.Type == "code" || e.Type == "pre" || e.Type == "text_link" || e.Type == "bot_command") && at >= e.Offset && at < e.Offset+e.Length {
				return true
			}
		}
		return false
	}
	at := 0
	previous := ' '
	for i, r := range text {
		if r == '/' && strings.ContainsRune(" \n\t([\"'", previous) {
			n := i + 1
			for n < len(text) && (isAlnum(text[n]) || text[n] == '_') {
				n++
			}
			length := n - i
			if length > 1 && n < len(text) && text[n] == '@' {
				for n++; n < len(text) && (isAlnum(text[n]) || text[n] == '_'); n++ {
				}
				length = n - i
			}
			ends := n == len(text) || text[n] != '/'
			if length > 1 && length <= 65 && ends && !inCode(at) {
				list = append(list, Entity{Type: "bot_command", Offset: at, Length: length})
			}
		}
		previous = r
		at += unitsOf(r)
	}
	if len(list) == 0 {
		return nil
	}
	return sortEntities(list)
}
