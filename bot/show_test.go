package bot

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/go-telegram/bot/models"
	"pgregory.net/rapid"

	"recourse/flows"
)

// faults finds what Telegram would not take, and what of the text was lost.
func faults(text string, spans []flows.Span, parts []part) (wrong []string) {
	var joined strings.Builder
	styled := map[string]int{} // characters by style
	for i, p := range parts {
		code := utf16.Encode([]rune(p.text))
		if len(code) > textLimit {
			wrong = append(wrong, fmt.Sprintf("part %d has %d units", i, len(code)))
		}
		if strings.TrimSpace(p.text) == "" && p.document == nil {
			wrong = append(wrong, fmt.Sprintf("part %d is empty", i))
		}
		if !utf8.ValidString(p.text) {
			wrong = append(wrong, fmt.Sprintf("part %d is no UTF-8", i))
		}
		joined.WriteString(p.text)
		end := 0
		for _, e := range p.entities {
			if e.Offset < end || e.Length <= 0 || e.Offset+e.Length > len(code) {
				wrong = append(wrong, fmt.Sprintf("part %d: entity %+v", i, e))
				continue
			}
			end = e.Offset + e.Length
			for _, at := range []int{e.Offset, end} {
				if at < len(code) && code[at] >= 0xDC00 && code[at] < 0xE000 {
					wrong = append(wrong, fmt.Sprintf("part %d: entity %+v cuts a character", i, e))
				}
			}
			styled[string(e.Type)] += utf8.RuneCountInString(strings.Join(strings.Fields(string(utf16.Decode(code[e.Offset:end]))), ""))
		}
	}
	squeeze := func(s string) string { return strings.Join(strings.Fields(s), "") }
	if squeeze(joined.String()) != squeeze(text) {
		wrong = append(wrong, "text was lost")
	}
	want := map[string]int{}
	for _, s := range spans {
		if k, ok := kinds[s.Style]; ok {
			want[string(k)] += utf8.RuneCountInString(squeeze(harmless(s.Text)))
		}
	}
	for k, n := range want {
		if styled[k] != n {
			wrong = append(wrong, fmt.Sprintf("%d characters are %s, want %d", styled[k], k, n))
		}
	}
	return wrong
}

func TestSplitLosesNothing(t *testing.T) {
	piece := rapid.OneOf(
		rapid.SampledFrom([]string{
			"word ", "\n", "\n\n", ". ", "你好，商家。", "漢", "👍", "👩‍💻", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "🇬🇧", "é", "é", "\t", " ", "\u202E", "\u200B", "\x00", "￼",
			strings.Repeat("a", 5000), strings.Repeat("漢字。", 900), strings.Repeat("😀", 2100), strings.Repeat("\n", 5000), strings.Repeat("🇬🇧", 1100),
			strings.Repeat("word and word. ", 300), strings.Repeat("line\n", 800), "👩" + strings.Repeat("\u200d👩", 1500),
		}),
		rapid.String(),
	)
	rapid.Check(t, func(t *rapid.T) {
		var spans []flows.Span
		for range rapid.IntRange(1, 6).Draw(t, "spans") {
			spans = append(spans, flows.Span{
				Text:  strings.Join(rapid.SliceOfN(piece, 0, 8).Draw(t, "text"), ""),
				Style: rapid.SampledFrom([]string{"", "bold", "italic", "code", "pre", "quote", "no such"}).Draw(t, "style"),
			})
		}
		text, _ := compose(spans)
		parts := show(flows.Say{Text: spans}, nil)
		if wrong := faults(text, spans, parts); wrong != nil {
			t.Fatal(strings.Join(wrong, "\n"))
		}
		if (len(parts) == 0) != (strings.TrimSpace(text) == "") {
			t.Fatalf("%d parts of %d bytes", len(parts), len(text))
		}
	})
}

// The same search finds parts that are wrong, so it can fail.
func TestSplitControl(t *testing.T) {
	spans := []flows.Span{{Text: "😀 bold", Style: "bold"}}
	text := "😀 bold"
	bold := models.MessageEntityTypeBold
	for name, parts := range map[string][]part{
		"counted in bytes": {{text: text, entities: []models.MessageEntity{{Type: bold, Offset: 0, Length: len(text)}}}},
		"counted in runes": {{text: text, entities: []models.MessageEntity{{Type: bold, Offset: 0, Length: 6}}}},
		"cut in two":       {{text: text, entities: []models.MessageEntity{{Type: bold, Offset: 0, Length: 1}}}},
		"lost":             {{text: "😀", entities: []models.MessageEntity{{Type: bold, Offset: 0, Length: 2}}}},
		"too long":         {{text: text + strings.Repeat(" ", 5000), entities: []models.MessageEntity{{Type: bold, Offset: 0, Length: 7}}}},
		"empty":            {{text: text, entities: []models.MessageEntity{{Type: bold, Offset: 0, Length: 7}}}, {text: " "}},
		"unstyled":         {{text: text}},
	} {
		if faults(text, spans, parts) == nil {
			t.Errorf("%s: nothing found", name)
		}
	}
	if wrong := faults(text, spans, show(flows.Say{Text: spans}, nil)); wrong != nil {
		t.Error(wrong)
	}
}

func TestEntitiesCountUTF16(t *testing.T) {
	p := show(flows.Say{Text: []flows.Span{{Text: "👍 to "}, {Text: "漢字👩‍💻", Style: "code"}, {Text: " and "}, {Text: "x", Style: "quote"}}}, nil)
	want := []models.MessageEntity{
		{Type: models.MessageEntityTypeCode, Offset: 6, Length: 7},
		{Type: models.MessageEntityTypeExpandableBlockquote, Offset: 18, Length: 1},
	}
	if len(p) != 1 || !slices.Equal(p[0].entities, want) {
		t.Errorf("%+v", p)
	}
}

func TestBreaksWhereAReaderWould(t *testing.T) {
	fill := func(n int) string { return strings.Repeat("word ", n/5) }
	for _, c := range []struct{ name, first, rest string }{
		{"paragraph before line", fill(2500) + "\n\n", fill(500) + "\n" + fill(2000)},
		{"line before sentence", fill(2500) + "\n", fill(500) + "End. " + fill(2000)},
		{"sentence before word", fill(3000) + "End. ", fill(3000)},
		{"word", strings.Repeat("abcdefgh ", 455), strings.Repeat("abcdefgh ", 200)},
		{"Chinese sentence", strings.Repeat("字", 3000) + "。", strings.Repeat("字", 3000)},
		{"closing quote stays", strings.Repeat("字", 3000) + "。”", strings.Repeat("字", 3000)},
		{"no space at all", strings.Repeat("字", 4096), strings.Repeat("字", 3000)},
		{"pairs", strings.Repeat("😀", 2048), strings.Repeat("😀", 3)},
		{"a family is not parted", strings.Repeat("字", 4092), "👩‍👩‍👧‍👦" + "字"},
		{"a mark stays on its letter", strings.Repeat("字", 4095), "e\u0301" + "字"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := breakAt(c.first+c.rest, textLimit); got != len(c.first) {
				t.Errorf("cut at %d, want %d", got, len(c.first))
			}
		})
	}
}

func TestHarmless(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"plain text\nand\ttab", "plain text\nand\ttab"},
		{"a\r\nb\rc\u2028d", "a\nb\nc\nd"},
		{"a\x00b\x1b[31mc\x7fd\u009be", "ab[31mcde"},
		{"evil\u202Egpj.exe", "evilgpj.exe"},
		{"\u2066a\u2069\u200Eb\u200Fc\u061Cd", "abcd"},
		{"Lamp\u200BLand\u200C\u2060\uFEFF\u00AD", "LampLand"},
		{"hidden\U000E0068\U000E0069tags", "hiddentags"},
		{"a\u200Db", "ab"},
		{"👩\u200D💻", "👩\u200D💻"},
		{"👩🏽\u200D🚀", "👩🏽\u200D🚀"},
		{"❤\uFE0F\u200D🔥", "❤\uFE0F\u200D🔥"},
		{"👩\u200Dtext", "👩text"},
		{"🏴\U000E0067\U000E0062\U000E0073\U000E0063\U000E0074\U000E007F!", "🏴\U000E0067\U000E0062\U000E0073\U000E0063\U000E0074\U000E007F!"},
		{"🇬🇧 1\uFE0F\u20E3 ☎\uFE0F", "🇬🇧 1\uFE0F\u20E3 ☎\uFE0F"},
		{"\uFE0Fa\uFE0F\uFE0Fb", "a\uFE0Fb"},
		{"ㅤ\u115Fx", "x"},
		{"e\u0301 é العربية 中文 हिन्दी", "e\u0301 é العربية 中文 हिन्दी"},
		{"a\xffb", "a\uFFFDb"},
	} {
		if got := harmless(c.in); got != c.want {
			t.Errorf("harmless(%+q) = %+q, want %+q", c.in, got, c.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		once := harmless(rapid.String().Draw(t, "text"))
		if twice := harmless(once); twice != once {
			t.Fatalf("%+q becomes %+q", once, twice)
		}
	})
}

func TestDocumentsAndKeyboardsComeLast(t *testing.T) {
	doc := &flows.Document{Name: "letter.pdf", Type: "application/pdf", Data: []byte("x")}
	rows := [][]flows.Button{{{Label: "Sent"}}}
	data := [][]string{{"d1"}}
	for _, c := range []struct {
		units, parts, caption int
	}{{0, 1, 0}, {1024, 1, 1024}, {1025, 2, 0}, {5000, 3, 0}} {
		p := show(flows.Say{Text: []flows.Span{{Text: strings.Repeat("字", c.units)}}, Document: doc, Rows: rows}, data)
		if len(p) != c.parts {
			t.Fatalf("%d units: %d parts", c.units, len(p))
		}
		last := p[len(p)-1]
		if last.document != doc || units(last.text) != c.caption || len(last.keyboard) != 1 || last.keyboard[0][0].CallbackData != "d1" {
			t.Errorf("%d units: the last part is %+v", c.units, last)
		}
		for _, before := range p[:len(p)-1] {
			if before.keyboard != nil || before.document != nil {
				t.Errorf("%d units: keyboard or document too early", c.units)
			}
		}
	}
}

func TestKeys(t *testing.T) {
	rows := [][]flows.Button{
		{{Label: "I feel threatened", Alarm: true}, {Label: strings.Repeat("長", 100)}},
		{{Label: "Page", URL: "https://example.org/a"}, {Label: "Bad", URL: "javascript:alert(1)"}, {Label: "Copy", Copy: "text"}, {Label: "Long", Copy: strings.Repeat("x", 257)}},
		{{Label: "Forgotten"}},
		{{Label: " \u202E\n "}},
	}
	k := keys(rows, [][]string{{"a", "b"}, {"", "", "", ""}, {strings.Repeat("x", 65)}, {"c"}})
	if len(k) != 3 || len(k[0]) != 2 || len(k[1]) != 2 || len(k[2]) != 1 {
		t.Fatalf("%+v", k)
	}
	if k[0][0].Style != "danger" || k[0][0].CallbackData != "a" || k[0][1].Style != "" {
		t.Errorf("%+v", k[0])
	}
	if n := utf8.RuneCountInString(k[0][1].Text); n != labelLimit || !strings.HasSuffix(k[0][1].Text, "…") {
		t.Errorf("label of %d characters: %s", n, k[0][1].Text)
	}
	if k[1][0].URL != "https://example.org/a" || k[1][0].CallbackData != "" || k[1][1].CopyText.Text != "text" {
		t.Errorf("%+v", k[1])
	}
	if k[2][0].Text != "·" {
		t.Errorf("%+v", k[2])
	}
	if keys(rows, nil)[0][0].URL == "" { // without data only those that need none
		t.Error("a button without data was shown")
	}
	if (part{}).markup() != nil {
		t.Error("no keyboard is a value")
	}
}

func TestFileName(t *testing.T) {
	for in, want := range map[string]string{
		"case 1.pdf":                      "case 1.pdf",
		"../../etc/passwd":                ".._.._etc_passwd",
		"a\u202Efdp.exe":                  "afdp.exe",
		strings.Repeat("x", 300) + ".zip": strings.Repeat("x", 79) + "….zip",
	} {
		if got := fileName(in); got != want {
			t.Errorf("fileName(%q) = %q, want %q", in, got, want)
		}
	}
}
