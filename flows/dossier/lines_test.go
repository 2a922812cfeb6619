package dossier

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"
)

// What may not stand at the beginning or at the end of a line (GB/T 15834, JIS X
// 4051).
const (
	notFirst = "。，、；：？！）】》」』”’…％ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ.,;:?!)]}"
	notLast  = "（【《「『“‘([{"
)

func newSetter(t testing.TB) *setter {
	t.Helper()
	f, err := loadFaces()
	if err != nil {
		t.Fatal(err)
	}
	return &setter{faces: f}
}

// read gives the text of a line as it is drawn, from left to right.
func (s set) read() string {
	var b strings.Builder
	for _, g := range s.glyphs {
		b.WriteString(string(g.text))
	}
	return b.String()
}

// badBreaks counts lines that begin or end with what may not stand there.
func badBreaks(lines []string) (n int) {
	for i, l := range lines {
		l = strings.TrimSpace(l)
		if l == "" {
			continue
		}
		runes := []rune(l)
		if i > 0 && strings.ContainsRune(notFirst, runes[0]) || i < len(lines)-1 && strings.ContainsRune(notLast, runes[len(runes)-1]) {
			n++
		}
	}
	return n
}

// Lines break where Chinese and Japanese allow it, and a line is never wider than
// its place. One that breaks anywhere breaks the rules.
func TestLinesBreakWhereTheyMay(t *testing.T) {
	t.Parallel()
	texts := []string{
		"2026年3月2日，我在好锅旗舰店购买电饭煲一台（订单号33210），实付299元，3月5日签收，3月8日申请七天无理由退货，商品完好。商家3月9日以“拆封不退”为由拒绝，对方只说“系统规定，没办法”，不再回复……《消费者权益保护法》第二十五条写得很清楚！你说呢？",
		"退貨期限為七天，請於三月十六日前答覆。「開封後不退」這句話，法律上並不成立；如有疑問，請洽客服（週一至週五）。",
		"日本語の説明書には「開封後も返品できます」と書いてあります。チャット、メール、ファックスで、きょうじゅうにごれんらくください。よろしくおねがいします！",
		"Under section 28 of the Consumer Rights Act 2015, goods must be delivered by the agreed time (and within 30 days where none was agreed); where that fails, the buyer may end the contract.",
		strings.Repeat("VeryLongNameWithoutAnySpaces", 8),
		"العلبة مكسورة والطلب رقم 33210 مغلق، نأسف لا يمكن الإرجاع (سياسة المتجر).",
	}
	s := newSetter(t)
	naive := 0
	for _, text := range texts {
		for width := 6000; width < 60000; width += 700 {
			var lines []string
			for _, l := range s.fold(text, width, false) {
				lines = append(lines, l.read())
				if l.width > width {
					t.Errorf("a line of %d in a place of %d: %s", l.width, width, l.read())
				}
			}
			if n := badBreaks(lines); n > 0 && !strings.HasPrefix(text, "ال") {
				t.Errorf("%d bad breaks at %d:\n%s", n, width, strings.Join(lines, "\n"))
			}
			var anywhere []string
			for runes := []rune(text); len(runes) > 0; {
				n := min(len(runes), max(1, width/1000))
				anywhere = append(anywhere, string(runes[:n]))
				runes = runes[n:]
			}
			naive += badBreaks(anywhere)
		}
	}
	if naive < 100 {
		t.Errorf("breaking anywhere makes only %d bad breaks: the check is weak", naive)
	}
}

// Whatever somebody writes, nothing of it vanishes and nothing is added.
func TestNothingVanishes(t *testing.T) {
	t.Parallel()
	s := newSetter(t)
	alphabets := [][2]rune{{0x20, 0x7e}, {0xa1, 0x24f}, {0x370, 0x52f}, {0x590, 0x6ff}, {0x900, 0xe7f}, {0x1100, 0x11ff}, {0x2010, 0x2bff}, {0x3041, 0x30ff}, {0x4e00, 0x9fff}, {0xac00, 0xd7a3}, {0xe000, 0xe100}, {0x1f300, 0x1faff}, {0x20000, 0x20100}}
	rapid.Check(t, func(t *rapid.T) {
		var b strings.Builder
		for range rapid.IntRange(0, 60).Draw(t, "length") {
			a := alphabets[rapid.IntRange(0, len(alphabets)-1).Draw(t, "alphabet")]
			if rapid.IntRange(0, 5).Draw(t, "space") == 0 {
				b.WriteRune(' ')
			}
			b.WriteRune(rapid.RuneFrom(nil, &unicode.RangeTable{R32: []unicode.Range32{{Lo: uint32(a[0]), Hi: uint32(a[1]), Stride: 1}}}).Draw(t, "rune"))
		}
		text := plain(b.String())
		got := map[rune]int{}
		width := rapid.IntRange(1200, 40000).Draw(t, "width")
		for _, l := range s.fold(text, width, rapid.Bool().Draw(t, "bold")) {
			for _, g := range l.glyphs {
				for _, r := range g.text {
					got[r]++
				}
				if g.id == 0 {
					t.Fatalf("%q draws nothing", string(g.text))
				}
			}
		}
		want := map[rune]int{}
		for _, r := range text {
			want[r]++
		}
		for _, m := range []map[rune]int{got, want} { // spaces end lines; selectors choose a form
			maps.DeleteFunc(m, func(r rune, _ int) bool {
				return unicode.IsSpace(r) || r >= 0xFE00 && r <= 0xFE0F || r == 0x200C || r == 0x200D
			})
		}
		if !maps.Equal(got, want) {
			t.Fatalf("%q comes out as %v", text, got)
		}
	})
}

// Marks without a letter share a place and have no width: each is copied once.
func TestMarksAloneAreCopiedOnce(t *testing.T) {
	t.Parallel()
	var got []rune
	for _, l := range newSetter(t).fold("a \u0610\u064b", 1200, false) {
		for _, g := range l.glyphs {
			got = append(got, g.text...)
		}
	}
	if n := len(got) - len([]rune(strings.ReplaceAll(string(got), "\u064b", ""))); n != 1 {
		t.Errorf("%q: the mark is copied %d times", string(got), n)
	}
}

// Text can be copied out of the PDF as it went in, also signs no font has.
func TestTextCopiesAsItWas(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("pdftotext"); err != nil {
		t.Skip("pdftotext is not on this machine")
	}
	d, m := theLamp(t)
	words := []string{
		"电饭煲拆封不退", "退貨期限為七天", "開封後も返品できます", "возврат в течение семи дней", "ґрунт їжа єдність", "ειδικά ελληνικά", "Zażółć gęślą jaźń", "Đặt hàng không được giao", "“quoted” ‘once’ … · –",
		"😂🙏📦", "🇬🇧👍", "👩🏽", "مرحبا", "الطلب", "الإرجاع", "สวัสดี", "שלום", "안녕하세요", "नमस्ते", "𠮷野家", "£40.00 ≥ 30 € ₴ ₹", "(a) [b] {c} \\ / < > % #",
	}
	d.Summary = words
	f := made(t, d, m)
	name := filepath.Join(t.TempDir(), "d.pdf")
	if err := os.WriteFile(name, f.files[f.names[0]].Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("pdftotext", "-enc", "UTF-8", name, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	// Marks of direction are put in by the program that reads.
	bare := func(s string) string {
		return strings.Map(func(r rune) rune {
			if unicode.Is(unicode.Cf, r) || unicode.IsSpace(r) {
				return -1
			}
			return r
		}, s)
	}
	text := bare(string(out))
	for _, w := range words {
		want := bare(w)
		if w == "שלום" { // set from right to left, and read so by none that copies square by square
			runes := []rune(want)
			slices.Reverse(runes)
			if strings.Contains(text, string(runes)) {
				continue
			}
		}
		if !strings.Contains(text, want) {
			t.Errorf("%q can't be copied", w)
		}
	}
}

// Every word the pages ask for is there in every language, and none is there that
// nobody asks for.
func TestWordsOfThePages(t *testing.T) {
	t.Parallel()
	asked := map[string]bool{}
	literal := regexp.MustCompile(`"(dossier\.[a-z_.]*)"( ?\+)?`)
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var beginnings []string
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range literal.FindAllStringSubmatch(string(text), -1) {
			if found[2] != "" || strings.HasSuffix(found[1], ".") {
				beginnings = append(beginnings, found[1])
			} else if !strings.HasSuffix(found[1], ".pdf") {
				asked[found[1]] = true
			}
		}
	}
	endings := map[string][]string{
		"dossier.form.":   {"as_sent_file", "telegram_recompressed", "text_only", "derived"},
		"dossier.origin.": {"user", "hidden_user", "chat", "channel", "unknown"},
		"dossier.area.":   Areas(),
		"dossier.state.":  {"left_out", "waiting", "lost", "same", "damaged", "too_large"},
		"dossier.says.":   {"whole", "unedited", "dated", "sender", "yes", "no"},
		"dossier.":        {"letters", "complaints"},
	}
	for _, b := range beginnings {
		if endings[b] == nil {
			t.Errorf("nobody said how %q ends", b)
		}
		for _, e := range endings[b] {
			asked[b+e] = true
		}
	}
	if len(asked) < 80 {
		t.Errorf("only %d words are asked for", len(asked))
	}
	for _, l := range embedded().Languages {
		for key := range asked {
			if !l.Keys[key] {
				t.Errorf("%s lacks %s", l.Tag, key)
			}
		}
		for key := range l.Keys {
			if strings.HasPrefix(key, "dossier.") && !asked[key] {
				t.Errorf("%s has %s, and nobody asks for it", l.Tag, key)
			}
		}
	}
}

// What can't be seen is shown, and what joins letters or emoji stays.
func TestInvisibleSignsAreShown(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"photo\u202Egpj.exe": "photo[U+202E]gpj.exe",
		"a\u200Bb\uFEFF":     "a[U+200B]b[U+FEFF]",
		"a\u200Db":           "a[U+200D]b",
		"👨\u200D👩\uFE0F":     "👨\u200D👩\uFE0F",
		"می\u200Cخواهم":      "می\u200Cخواهم",
		"nul\x00esc\x1b":     "nul[U+0000]esc[U+001B]",
		"one\r\ntwo\rthree":  "one\ntwo\nthree",
		"tab\there":          "tab    here",
		"bad\xff":            "bad\uFFFD",
		"\U000E0041x":        "[U+E0041]x",
	} {
		if got := lines(in); got != want {
			t.Errorf("%q is shown as %q, want %q", in, got, want)
		}
	}
}

// A cell of a spreadsheet is never a formula.
func TestCells(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"=1+1": "'=1+1", "+1": "'+1", "-1": "'-1", "@x": "'@x", " =1": "' =1", "\t=1": "'    =1", "\n=1": "'=1", "＝1": "'＝1", "|x": "'|x", "%0A": "'%0A",
		"a=1": "a=1", "": "", "lamp": "lamp", "证据": "证据", "'=1": "'=1", "two\nlines": "two lines",
	} {
		if got := cell(in); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}

func FuzzFold(f *testing.F) {
	f.Add("好锅旗舰店 (order 33210) مغلق 😂", 9000)
	s := newSetter(f)
	f.Fuzz(func(t *testing.T, text string, width int) {
		if len(text) > 5000 {
			return
		}
		for _, p := range strings.Split(lines(text), "\n") {
			s.fold(p, 1500+(width&0xffff), len(text)%2 == 0)
		}
	})
}

// A long text takes time in proportion to its length.
func BenchmarkFold(b *testing.B) {
	s := newSetter(b)
	rng := rand.New(rand.NewPCG(1, 1))
	for _, n := range []int{1000, 10000, 100000} {
		runes := make([]rune, n)
		for i := range runes {
			runes[i] = rune(0x4e00 + rng.IntN(3000))
		}
		for name, text := range map[string]string{"chinese": string(runes), "one word": strings.Repeat("x", n), "arabic": strings.Repeat("مغلق ", n/5)} {
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
				for b.Loop() {
					s.fold(text, 45000, false)
				}
			})
		}
	}
}
