package reading

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// mostRead is how many bytes of a message are read at all.
const mostRead = 16_000

// firstPart cuts a text that is too long, at a character.
func firstPart(text string) string {
	if len(text) <= mostRead {
		return text
	}
	cut := mostRead
	for cut > 0 && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut]
}

// closesWith gives the quotation marks that close what r opens, "" if it opens
// nothing.
func closesWith(r rune) string {
	switch r {
	case '“', '„':
		return "”“"
	case '‘', '‚':
		return "’‘"
	case '"', '＂':
		return `"＂`
	case '\'':
		return "'"
	case '「':
		return "」"
	case '『':
		return "』"
	case '«':
		return "»"
	case '»':
		return "«"
	case '《':
		return "》"
	}
	return ""
}

// quotedParts finds the bytes of a message that are the customer's own words,
// in order: lines behind ">", what stands in quotation marks next to "you
// wrote", and what follows the line "On 3 May … wrote:" in an e-mail.
func (m *Messages) quotedParts(text string) [][2]int {
	var parts [][2]int
	at, below := 0, false // below: the lines of an older e-mail
	for line := range strings.Lines(text) {
		from, to := at, at+len(line)
		at = to
		bare := strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(bare, ">") || strings.HasPrefix(bare, "＞") || strings.HasPrefix(bare, "|"):
			parts = append(parts, [2]int{from, to})
			continue
		case below && bare == "" && strings.TrimSpace(text[to:]) != "":
			below = false
		}
		if below {
			parts = append(parts, [2]int{from, to})
			continue
		}
		if !strings.ContainsAny(bare, "\"＂“”„'‘’‚«»「」『』《》:：") {
			continue // nothing is quoted
		}
		said := m.quoting(line)
		if len(said) > 0 && (strings.HasSuffix(bare, ":") || strings.HasSuffix(bare, "：")) {
			below = true
			continue
		}
		for _, p := range quotedIn(line, said) {
			parts = append(parts, [2]int{from + p[0], from + p[1]})
		}
	}
	return parts
}

// stretch is a part of a line, in bytes.
type stretch struct{ from, to int }

// quoting finds where a line speaks of what the customer wrote.
func (m *Messages) quoting(line string) (said []stretch) {
	tokens := m.own.cut(line)
	s := search{r: m.own, tokens: tokens}
	s.found = func(h hit) {
		if len(said) < 20 {
			said = append(said, stretch{tokens[h.from].from, tokens[h.to-1].to})
		}
	}
	s.all(&m.quotes)
	return said
}

// quotedIn finds the customer's words within a line that speaks of them: in
// marks, when "you wrote" stands close before or right behind; without marks,
// from the colon behind "you wrote" to the end of the sentence.
func quotedIn(line string, said []stretch) [][2]int {
	if len(said) == 0 {
		return nil
	}
	var parts [][2]int
	close := func(open, end int) bool {
		for _, s := range said {
			if open >= s.to && open-s.to <= 60 && !strings.ContainsAny(line[s.to:open], ".!?。！？") || s.from >= end && s.from-end <= 24 {
				return true
			}
		}
		return false
	}
	before := ' '
	for i := 0; i < len(line); {
		r, size := utf8.DecodeRuneInString(line[i:])
		ends := closesWith(r)
		if ends == "" || (r == '\'' || r == '’') && (unicode.IsLetter(before) || unicode.IsDigit(before)) {
			before = r
			i += size
			continue
		}
		open, end := i+size, -1
		for k, c := range line[open:] {
			if strings.ContainsRune(ends, c) {
				after, _ := utf8.DecodeRuneInString(line[open+k+utf8.RuneLen(c):])
				if c == '\'' && unicode.IsLetter(after) {
					continue // an apostrophe
				}
				end = open + k
				break
			}
		}
		if end < 0 {
			break
		}
		if close(i, end) {
			parts = append(parts, [2]int{open, end})
		}
		_, size = utf8.DecodeRuneInString(line[end:])
		i, before = end+size, r
	}
	if len(parts) > 0 {
		return parts
	}
	for _, s := range said {
		rest := line[s.to:]
		trimmed := strings.TrimLeft(rest, " ")
		if !strings.HasPrefix(trimmed, ":") && !strings.HasPrefix(trimmed, "：") {
			continue
		}
		from := s.to + strings.IndexAny(rest, ":：")
		to := len(line)
		if k := strings.IndexAny(line[from:], ".!?。！？"); k >= 0 {
			to = from + k
		}
		return [][2]int{{from, to}}
	}
	return nil
}

// blank gives the text with some parts left empty, so that places stay.
func blank(text string, parts [][2]int) string {
	if len(parts) == 0 {
		return text
	}
	b := []byte(text)
	for _, p := range parts {
		for i := p[0]; i < p[1]; i++ {
			if b[i] != '\n' {
				b[i] = ' '
			}
		}
	}
	return string(b)
}
