package dossier

import (
	"bytes"
	"compress/zlib"
	"context"
	"encoding/binary"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// hostileNames are 500 names of files as somebody might send them to do harm.
func hostileNames() (names []string) {
	heads := []string{
		"../../etc/passwd", `..\..\windows\system32`, "/etc/shadow", `C:\boot.ini`, `\\host\share`, "~/.ssh/id", "con", "NUL.txt", "aux.", "....", ".", "..", " ", "",
		"=HYPERLINK(\"http://x\")", "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(1)", "\t=1", "\r=1", "\n=1", " =1", "|cmd", "%0A=1", "＝1+1", "'=1", `";=1`,
		"photo\u202Egpj.exe", "a\u200Bb", "\uFEFFbom", "x\u2066y\u2069", "\u200F\u200E", "soft\u00ADhyphen", "tag\U000E0041\U000E0042", "nul\x00byte", "esc\x1b[31mred", "bell\a", "del\x7f", "c1\u0085next",
		"line\nSHA256SUMS", "crlf\r\nContent-Type: text/html", "para\u2029graph", "<script>alert(1)</script>", "'; DROP TABLE exhibits; --", "$(reboot)", "`reboot`", "${IFS}", "%s%n%x", "{{.Secret}}",
		") Tj ET /JS (app.alert(1))", "<</S/JavaScript>>", "endstream endobj", `\)\(`, "\xff\xfe bad", "\xed\xa0\x80", strings.Repeat("A", 200), strings.Repeat("名", 200), strings.Repeat("😂", 60), strings.Repeat("e\u0301", 90), strings.Repeat("\u0300", 80),
		"ملف\u200Fسري.pdf", "קובץ.exe", "ไฟล์.jpg", "파일.png", "एक.doc", "exhibit-001.jpg", "SHA256SUMS", "manifest.json", "exhibits/exhibit-001.jpg",
	}
	tails := []string{"", ".jpg", ".exe", ".jpg.exe", "/", "\\", ".", " "}
	for _, tail := range tails {
		for _, head := range heads {
			if names = append(names, head+tail); len(names) == 500 {
				return names
			}
		}
	}
	return names
}

// A name is data: it is kept as it came, shown so that it can't deceive, and
// never becomes a path, a formula or an operator.
func TestHostileNames(t *testing.T) {
	t.Parallel()
	names := hostileNames()
	if len(names) != 500 {
		t.Fatalf("%d names", len(names))
	}
	d, m := theLamp(t)
	d.Exhibits, d.Talk = nil, nil
	for i, name := range names {
		data := fmt.Appendf(nil, "file %d", i)
		x := Exhibit{
			Number: i + 1, Kind: "document", Form: "as_sent_file", State: "kept", Type: "text/html; charset=utf-8", Declared: "image/jpeg", Name: name, Message: i + 1,
			SHA256: m.put(data), Size: int64(len(data)), Sent: day("2026-03-01 10:00"), Title: "File: " + name, Date: name, Text: name, Shows: name,
			Forward: &Origin{"hidden_user", name, day("2026-03-01 09:00")},
		}
		d.Exhibits = append(d.Exhibits, x)
		d.Talk = append(d.Talk, Message{At: x.Sent, Exhibit: x.Number, Who: name, Text: name, Edits: []Edit{{x.Sent, name}}})
	}
	d.Title, d.Summary, d.Papers[0].Text, d.Papers[0].Title = names[60], names, strings.Join(names, "\n\n"), names[32]
	finishLog(d)
	f := made(t, d, m)
	whole := f.zip(t)
	if _, err := verified(whole); err != nil {
		t.Fatal(err)
	}
	safe := regexp.MustCompile(`^exhibits/exhibit-[0-9]{3}\.bin$`)
	deceives := func(text string) string {
		for _, r := range text {
			if r == '\u202E' || r == '\u200B' || r == '\u2066' || r == '\u00AD' || r >= 0xE0000 && r <= 0xE007F || r < 0x20 && r != '\n' && r != '\r' || r == 0x7f || r == 0x85 {
				return fmt.Sprintf("U+%04X", r)
			}
		}
		return ""
	}
	for _, file := range unpacked(t, whole) {
		if strings.HasPrefix(file.name, "exhibits/") && !safe.MatchString(file.name) {
			t.Errorf("a file is called %q", file.name)
		}
		switch file.name {
		case "transcript.txt", "INDEX.txt", "exhibits.csv", "letters/letter-01.txt", "manifest.json", "statement.txt":
			if found := deceives(string(file.data)); found != "" {
				t.Errorf("%s has %s in it", file.name, found)
			}
		}
		switch file.name {
		case "manifest.json":
			var mf manifest
			if err := json.Unmarshal(file.data, &mf); err != nil {
				t.Fatal(err)
			}
			for i, it := range mf.Exhibits {
				if it.Name != valid(names[i]) || it.Text != valid(names[i]) || it.ForwardName != valid(names[i]) {
					t.Errorf("the name %q is kept as %q", names[i], it.Name)
				}
			}
		case "exhibits.csv":
			rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(file.data, []byte("\uFEFF")))).ReadAll()
			if err != nil || len(rows) != 501 {
				t.Fatalf("%d rows, %v", len(rows), err)
			}
			formulas := 0
			for _, row := range rows {
				for _, c := range row {
					if isFormula(c) {
						t.Errorf("a cell is a formula: %q", c)
					}
				}
			}
			for _, name := range names { // without the guard there would be some
				if isFormula(plain(name)) {
					formulas++
				}
			}
			if formulas < 20 {
				t.Errorf("only %d names would be formulas", formulas)
			}
		}
	}
	onlyOurs(t, f.files[f.names[0]].Bytes())
}

// isFormula tells whether a spreadsheet might run a cell.
func isFormula(c string) bool {
	c = strings.TrimSpace(c)
	return c != "" && strings.ContainsAny(string([]rune(c)[:1]), "=+-@|%＝＋－＠")
}

// ours are the names that our PDFs are made of.
var ours = regexp.MustCompile(`^/(Type|Page|Pages|Parent|MediaBox|Contents|Resources|Font|XObject|Image|Subtype|Width|Height|ColorSpace|DeviceRGB|DeviceGray|BitsPerComponent|Filter|DCTDecode|FlateDecode|Length|Length1|Kids|Count|Catalog|Outlines|PageMode|UseOutlines|Lang|ViewerPreferences|DisplayDocTitle|Title|Creator|Producer|CreationDate|ModDate|Dest|XYZ|Prev|Next|First|Last|FontDescriptor|FontName|Flags|FontBBox|ItalicAngle|Ascent|Descent|CapHeight|StemV|FontFile2|CIDFontType2|BaseFont|CIDSystemInfo|Registry|Ordering|Supplement|CIDToGIDMap|Identity|DW|W|Type0|Encoding|Identity-H|DescendantFonts|ToUnicode|Size|Root|Info|ID|F[0-9]+|P[0-9]+|[A-Z]{6}\+Noto(Sans|SansSC|SansArabic|Emoji)-(Regular|Bold))$`)

// drawn is what our pages are made of: numbers, glyphs, fonts and pictures by
// number, and these operators.
var drawn = regexp.MustCompile(`^(-?[0-9.]+|/[FP][0-9]+|\[|\]|\[?(<[0-9A-F]*>|-?[0-9]+)+\]?|BT|ET|Tf|Tm|TJ|Ts|g|G|w|m|l|S|re|q|Q|cm|Do)$`)

// onlyOurs reads a PDF as a program would and finds what is not of our making:
// a name, an operator, a script, an action.
func onlyOurs(t testing.TB, data []byte) (found int) {
	t.Helper()
	bad := func(format string, args ...any) {
		if found++; found <= 5 {
			t.Errorf(format, args...)
		}
	}
	names := regexp.MustCompile(`/[^\s/<>\[\]()]+`)
	stream := regexp.MustCompile(`/Length ([0-9]+)>>\nstream\n`)
	for len(data) > 0 {
		at := stream.FindSubmatchIndex(data)
		plainly := data
		if at != nil {
			plainly = data[:at[1]]
		}
		for _, n := range names.FindAll(plainly, -1) {
			if !ours.Match(n) {
				bad("the PDF has the name %s", n)
			}
		}
		if at == nil {
			return found
		}
		var size int
		fmt.Sscan(string(data[at[2]:at[3]]), &size)
		body := data[at[1] : at[1]+size]
		begin := bytes.LastIndex(data[:at[1]], []byte(" obj\n"))
		head := string(data[begin:at[1]])
		data = data[at[1]+size:]
		if !bytes.HasPrefix(data, []byte("\nendstream")) {
			bad("a stream is not as long as it says")
			return found
		}
		if strings.Contains(head, "/FlateDecode") && !strings.Contains(head, "/Length1") {
			z, err := zlib.NewReader(bytes.NewReader(body))
			if err != nil {
				bad("a stream can't be read: %v", err)
				return found
			}
			text, err := io.ReadAll(z)
			if err != nil {
				bad("a stream can't be read: %v", err)
			}
			if bytes.HasPrefix(text, []byte("/CIDInit")) {
				continue
			}
			for word := range strings.FieldsSeq(string(text)) {
				if !drawn.MatchString(word) {
					bad("a page has %.60q in it", word)
				}
			}
		}
	}
	return found
}

// The check for foreign parts finds one.
func TestTheCheckForForeignPartsFindsThem(t *testing.T) {
	t.Parallel()
	for _, planted := range []string{"1 0 obj\n<</OpenAction 5 0 R>>\nendobj\n", "1 0 obj\n<</S/JavaScript/JS(app.alert)>>\nendobj\n"} {
		silent := &quietT{TB: t}
		if onlyOurs(silent, []byte(planted)) == 0 {
			t.Errorf("not found: %q", planted)
		}
	}
	p := newPaper(nil)
	g := &page{}
	g.content.WriteString("(app.alert) Tj /JS gs\n")
	p.pages = append(p.pages, g)
	if onlyOurs(&quietT{TB: t}, p.finish("en", "x", day("2026-01-01 00:00"))) == 0 {
		t.Error("an operator that is not ours is not found")
	}
}

// quietT hears errors and keeps them to itself.
type quietT struct{ testing.TB }

func (*quietT) Errorf(string, ...any) {}
func (*quietT) Helper()               {}

// chunk is a part of a PNG.
func chunk(kind string, data []byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	b = append(b, kind...)
	b = append(b, data...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}

// hugePNG is 32,000 by 32,000 pixels, whole, in a small file: a gigabyte when it
// is opened.
func hugePNG() []byte {
	head := binary.BigEndian.AppendUint32(nil, 32000)
	head = binary.BigEndian.AppendUint32(head, 32000)
	head = append(head, 1, 0, 0, 0, 0)
	var z bytes.Buffer
	w := zlib.NewWriter(&z)
	row := make([]byte, 1+32000/8)
	for range 32000 {
		w.Write(row)
	}
	w.Close()
	return slices.Concat([]byte("\x89PNG\r\n\x1a\n"), chunk("IHDR", head), chunk("IDAT", z.Bytes()), chunk("IEND", nil))
}

// lying says another size than the picture has.
func lying(data []byte, w, h uint16) []byte {
	data = bytes.Clone(data)
	at := bytes.Index(data, []byte{0xff, 0xc0})
	binary.BigEndian.PutUint16(data[at+5:], h)
	binary.BigEndian.PutUint16(data[at+7:], w)
	return data
}

func gifOf(frames int) []byte {
	g := &gif.GIF{}
	for range frames {
		g.Image = append(g.Image, image.NewPaletted(image.Rect(0, 0, 300, 200), color.Palette{color.White, color.Black}))
		g.Delay = append(g.Delay, 1)
	}
	var b bytes.Buffer
	if err := gif.EncodeAll(&b, g); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func pngOf(m image.Image) []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// Files that are not what they say, are broken, or are made to cost: each comes
// out byte for byte, and what can't be shown is said in a line.
func TestHostileFiles(t *testing.T) {
	t.Parallel()
	good := photo(640, 480, 5)
	var many bytes.Buffer
	for range 100 {
		many.Write(bytes.Repeat([]byte{0}, 40000))
	}
	var bomb bytes.Buffer
	z := zlib.NewWriter(&bomb)
	z.Write(make([]byte, 50<<20))
	z.Close()
	type hostile struct {
		name, kind string
		data       []byte
		shown      bool
	}
	all := []hostile{
		{"a JPEG with a ZIP behind it", "image/jpeg", slices.Concat(good, []byte("PK\x03\x04CANARYZIP")), true},
		{"a JPEG with a place in it", "image/jpeg", withEXIF(good, 1), true},
		{"a JPEG on its side", "image/jpeg", withEXIF(good, 6), true},
		{"a JPEG with a comment", "image/jpeg", slices.Concat(good[:2], []byte("\xff\xfe\x00\x0fCANARYREMARK"), good[2:]), true},
		{"a GIF that is a script", "image/gif", append([]byte("GIF89a/*"), "*/=1;alert('CANARY')"...), false},
		{"a GIF that moves", "image/gif", gifOf(30), true},
		{"a PDF that says it is a photo", "image/jpeg", []byte("%PDF-1.4\n/JS (CANARY)\n%%EOF"), false},
		{"a page that says it is a PNG", "image/png", []byte("<html><script>CANARY</script>"), false},
		{"an SVG", "image/svg+xml", []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>CANARY</script></svg>`), false},
		{"a PNG that says it is a JPEG", "image/jpeg", pngOf(image.NewGray(image.Rect(0, 0, 60, 40))), true},
		{"a PNG with holes", "image/png", pngOf(image.NewNRGBA(image.Rect(0, 0, 60, 40))), true},
		{"a PNG of 16 bits", "image/png", pngOf(image.NewNRGBA64(image.Rect(0, 0, 60, 40))), true},
		{"a PNG of one pixel", "image/png", pngOf(image.NewGray(image.Rect(0, 0, 1, 1))), true},
		{"a very long PNG", "image/png", pngOf(image.NewGray(image.Rect(0, 0, 3, 30000))), true},
		{"a huge PNG", "image/png", hugePNG(), false},
		{"a JPEG that says it is huge", "image/jpeg", lying(good, 65535, 65535), false},
		{"a JPEG that says it is larger", "image/jpeg", lying(good, 700, 900), true}, // small enough to go as it is; a reader shows what is there
		{"a JPEG without its end", "image/jpeg", good[:len(good)/2], false},
		{"a JPEG of a few bytes", "image/jpeg", good[:30], false},
		{"only the first letters", "image/png", []byte("\x89PNG\r\n\x1a\n"), false},
		{"only the first letters and zeros", "image/webp", append([]byte("RIFF\x00\x00\x00\x00WEBPVP8 "), make([]byte, 100)...), false},
		{"a bomb", "application/zip", bomb.Bytes(), false},
		{"nothing but zeros", "application/octet-stream", many.Bytes(), false},
		{"one byte", "application/octet-stream", []byte{0}, false},
	}
	d, m := theLamp(t)
	d.Exhibits, d.Talk = nil, nil
	for i, h := range all {
		d.Exhibits = append(d.Exhibits, Exhibit{Number: i + 1, Kind: "document", Form: "as_sent_file", State: "kept", Type: h.kind, Message: i + 1, SHA256: m.put(h.data), Size: int64(len(h.data)), Title: h.name, Date: "1 Mar 2026"})
	}
	finishLog(d)
	f := made(t, d, m)
	whole := f.zip(t)
	if _, err := verified(whole); err != nil {
		t.Fatal(err)
	}
	files := unpacked(t, whole)
	pdf := f.files[f.names[0]].Bytes()
	onlyOurs(t, pdf)
	if at := bytes.Index(pdf, []byte("CANARY")); at >= 0 {
		t.Errorf("what is beside the pixels is in the PDF: %.40q", pdf[at:])
	}
	for i, h := range all {
		name := fileName(i+1, "as_sent_file", h.kind)
		if file := find(files, name); file == nil || !bytes.Equal(file.data, h.data) {
			t.Errorf("%s: %s is not what was sent", h.name, name)
		}
		seen, err := peekPicture(bytes.NewReader(h.data))
		if err != nil {
			t.Fatal(err)
		}
		shown, err := seen.show(1 << 20)
		if (err == nil) != h.shown || err != nil && !errors.Is(err, ErrPicture) {
			t.Errorf("%s: shown %v, %v", h.name, err == nil, err)
		}
		if err == nil {
			if c, format, err := image.DecodeConfig(bytes.NewReader(shown.jpeg)); err != nil || format != "jpeg" || c.Width != shown.width || c.Height != shown.height {
				t.Errorf("%s: what is shown is %s of %d by %d, %v", h.name, format, c.Width, c.Height, err)
			}
		}
	}
}

// A picture that would take a gigabyte takes nothing.
func TestAHugePictureCostsNothing(t *testing.T) {
	data := hugePNG()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	seen, err := peekPicture(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := seen.show(1 << 20); !errors.Is(err, ErrPicture) {
		t.Errorf("32,000 by 32,000 pixels: %v", err)
	}
	if err := Cover(bytes.NewReader(data), []string{"top"}, io.Discard); !errors.Is(err, ErrPicture) {
		t.Errorf("32,000 by 32,000 pixels covered: %v", err)
	}
	runtime.ReadMemStats(&after)
	took := (after.TotalAlloc - before.TotalAlloc) >> 10
	t.Logf("a PNG of 32,000 by 32,000 pixels in %d kB: %d kB allocated in all", len(data)>>10, took)
	if took > 64<<10 {
		t.Errorf("it took %d kB", took)
	}
}

// A JPEG cut anywhere is shown only where it is whole, and breaks nothing.
func TestAJPEGCutAnywhere(t *testing.T) {
	t.Parallel()
	good := withEXIF(photo(200, 150, 6), 3)
	rng := rand.New(rand.NewPCG(3, 3))
	for range 300 {
		n := rng.IntN(len(good))
		s := seenPicture{data: good[:n]}
		if _, err := s.show(1 << 20); err == nil && n < len(good)-2 {
			t.Errorf("cut after %d of %d bytes, and shown", n, len(good))
		}
	}
	if _, err := (seenPicture{data: good}).show(1 << 20); err != nil {
		t.Errorf("whole, and not shown: %v", err)
	}
}

// Pictures in the PDF are turned as EXIF says.
func TestPicturesAreTurned(t *testing.T) {
	t.Parallel()
	// Red above left, green above right, blue below left, as it is meant to be seen.
	want := image.NewRGBA(image.Rect(0, 0, 64, 32))
	for y := range 32 {
		for x := range 64 {
			c := color.RGBA{255, 255, 255, 255}
			switch {
			case x < 32 && y < 16:
				c = color.RGBA{255, 0, 0, 255}
			case y < 16:
				c = color.RGBA{0, 255, 0, 255}
			case x < 32:
				c = color.RGBA{0, 0, 255, 255}
			}
			want.SetRGBA(x, y, c)
		}
	}
	undo := map[int]int{2: 2, 3: 3, 4: 4, 5: 5, 6: 8, 7: 7, 8: 6}
	for how := 1; how <= 8; how++ {
		held := turned(want, undo[how])
		var b bytes.Buffer
		if err := jpeg.Encode(&b, held, &jpeg.Options{Quality: 95}); err != nil {
			t.Fatal(err)
		}
		shown, err := seenPicture{data: withEXIF(b.Bytes(), uint16(how))}.show(1 << 20)
		if err != nil {
			t.Fatal(err)
		}
		got, err := jpeg.Decode(bytes.NewReader(shown.jpeg))
		if err != nil {
			t.Fatal(err)
		}
		if got.Bounds().Dx() != 64 || got.Bounds().Dy() != 32 {
			t.Errorf("held %d: %v", how, got.Bounds())
			continue
		}
		for _, p := range []struct{ x, y int }{{8, 8}, {56, 8}, {8, 26}, {56, 26}} {
			r, g, b, _ := got.At(p.x, p.y).RGBA()
			wr, wg, wb, _ := want.At(p.x, p.y).RGBA()
			if far(r, wr) || far(g, wg) || far(b, wb) {
				t.Errorf("held %d: at %v the color is %x %x %x", how, p, r>>8, g>>8, b>>8)
			}
		}
	}
}

func far(a, b uint32) bool { return max(a, b)-min(a, b) > 0x3000 }

// A covered copy has only pixels in it, and none from under the black.
func TestCover(t *testing.T) {
	t.Parallel()
	source := photo(400, 800, 7)
	pngText := pngOf(image.NewGray(image.Rect(0, 0, 90, 60)))
	// after IHDR, which is 8 + 25 bytes
	pngText = slices.Concat(pngText[:33], chunk("tEXt", []byte("Comment\x00CANARY")), chunk("eXIf", withEXIF([]byte{0xff, 0xd8}, 6)[12:]), pngText[33:])
	for name, data := range map[string][]byte{"JPEG with EXIF and GPS": withEXIF(source, 1), "PNG with words and EXIF": pngText, "GIF": gifOf(3)} {
		var out bytes.Buffer
		if err := Strip(bytes.NewReader(data), &out); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, trace := range []string{"CANARY", "Exif", "GPS", "tEXt", "JFIF"} {
			if bytes.Contains(out.Bytes(), []byte(trace)) {
				t.Errorf("%s: the copy has %s in it", name, trace)
			}
		}
		if j, ok := readJPEG(out.Bytes()); !ok || !bytes.Equal(j.bare, out.Bytes()) || orientation(out.Bytes()) != 1 {
			t.Errorf("%s: the copy has more than pixels", name)
		}
	}
	if !bytes.Contains(withEXIF(source, 1), []byte("GPS CANARY")) || !bytes.Contains(pngText, []byte("CANARY")) {
		t.Fatal("the originals have no traces: the test shows nothing")
	}
	var side bytes.Buffer
	if err := Strip(bytes.NewReader(withEXIF(source, 6)), &side); err != nil {
		t.Fatal(err)
	}
	if c, err := jpeg.DecodeConfig(&side); err != nil || c.Width != 800 || c.Height != 400 {
		t.Errorf("on its side: %d by %d, %v", c.Width, c.Height, err)
	}

	dark := func(m image.Image, x, y int) bool {
		r, g, b, _ := m.At(x, y).RGBA()
		return r < 0x1000 && g < 0x1000 && b < 0x1000
	}
	for _, c := range []struct {
		areas       []string
		black, open [][2]int
	}{
		{nil, nil, [][2]int{{5, 5}, {200, 400}, {395, 795}}},
		{[]string{"top"}, [][2]int{{5, 5}, {200, 95}}, [][2]int{{200, 120}, {200, 790}}},
		{[]string{"bottom"}, [][2]int{{5, 795}, {200, 705}}, [][2]int{{200, 680}, {200, 10}}},
		{[]string{"left_third"}, [][2]int{{5, 5}, {128, 600}}, [][2]int{{150, 400}, {395, 10}}},
		{[]string{"right_third"}, [][2]int{{395, 5}, {272, 600}}, [][2]int{{250, 400}, {5, 10}}},
		{[]string{"middle"}, [][2]int{{5, 400}, {395, 300}, {200, 530}}, [][2]int{{200, 250}, {200, 550}}},
		{[]string{"top", "right_third"}, [][2]int{{5, 5}, {395, 700}}, [][2]int{{100, 400}}},
	} {
		var out bytes.Buffer
		if err := Cover(bytes.NewReader(source), c.areas, &out); err != nil {
			t.Fatal(err)
		}
		m, err := jpeg.Decode(&out)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range c.black {
			if !dark(m, p[0], p[1]) {
				t.Errorf("%v: %v is not covered", c.areas, p)
			}
		}
		for _, p := range c.open {
			if dark(m, p[0], p[1]) {
				t.Errorf("%v: %v is covered", c.areas, p)
			}
		}
	}
	// Two pictures that differ only under the black give the same copy.
	a := image.NewRGBA(image.Rect(0, 0, 96, 96))
	b := image.NewRGBA(a.Rect)
	for i := range a.Pix {
		a.Pix[i], b.Pix[i] = 255, 255
	}
	for y := range 12 {
		for x := range 96 {
			b.SetRGBA(x, y, color.RGBA{uint8(x * 2), uint8(y * 20), 7, 255})
		}
	}
	var one, two, bare bytes.Buffer
	if err := errors.Join(Cover(bytes.NewReader(pngOf(a)), []string{"top"}, &one), Cover(bytes.NewReader(pngOf(b)), []string{"top"}, &two), Strip(bytes.NewReader(pngOf(b)), &bare)); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(one.Bytes(), two.Bytes()) {
		t.Error("something of what lies under the black can be told from the copy")
	}
	if bytes.Equal(two.Bytes(), bare.Bytes()) {
		t.Error("covering changes nothing")
	}
	if err := Cover(bytes.NewReader(source), []string{"nose"}, io.Discard); err == nil || errors.Is(err, ErrPicture) {
		t.Errorf("an area nobody knows: %v", err)
	}
	for _, data := range [][]byte{nil, []byte("hello"), source[:len(source)/2], []byte("%PDF-1.4"), lying(source, 65535, 65535)} {
		var out bytes.Buffer
		if err := Cover(bytes.NewReader(data), nil, &out); !errors.Is(err, ErrPicture) || out.Len() > 0 {
			t.Errorf("%.12q: %v, and %d bytes", data, err, out.Len())
		}
	}
}

func FuzzPicture(f *testing.F) {
	f.Add(withEXIF(photo(40, 30, 1), 6))
	f.Add(pngOf(image.NewGray(image.Rect(0, 0, 9, 9))))
	f.Add(gifOf(2))
	f.Fuzz(func(t *testing.T, data []byte) {
		seen, err := peekPicture(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		seen.show(1 << 16)
		orientation(data)
	})
}

// Words can't leave the place they stand in.
func TestWordsStayWordsInThePDF(t *testing.T) {
	t.Parallel()
	evil := "x) Tj ET /JS (app.alert(1)) /OpenAction << /S /JavaScript >> endstream endobj \\) \\( <FEFF> \x00\x01\x1b\x7f %PDF-1.4 %%EOF trailer"
	d, m := theLamp(t)
	d.Title, d.Zone, d.Language = evil, evil, evil
	d.Cover = []Field{{evil, evil}}
	d.Parties = []Party{{evil, []Field{{evil, evil}}}}
	d.Summary, d.Statement = []string{evil}, []string{evil}
	d.Chronology = []Happening{{evil, evil, []int{1}}}
	d.Claim, d.Basis = []Field{{evil, evil}}, []Rule{{evil, evil, evil, evil}}
	for i := range d.Papers {
		d.Papers[i] = Paper{d.Papers[i].Kind, evil, evil, evil, evil}
	}
	for i := range d.Exhibits {
		d.Exhibits[i].Title, d.Exhibits[i].Shows, d.Exhibits[i].Notes, d.Exhibits[i].Date = evil, evil, []string{evil}, evil
	}
	for i := range d.Talk {
		d.Talk[i].Who, d.Talk[i].Text = evil, evil
	}
	f := made(t, d, m)
	pdf := f.files[f.names[0]].Bytes()
	onlyOurs(t, pdf)
	if _, err := exec.LookPath("qpdf"); err == nil {
		name := filepath.Join(t.TempDir(), "evil.pdf")
		if err := os.WriteFile(name, pdf, 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command("qpdf", "--check", name).CombinedOutput(); err != nil {
			t.Errorf("qpdf: %v\n%s", err, out)
		}
	}
}

// split makes a dossier with parts of a size.
func split(t *testing.T, d *Dossier, m memory, limit int64) *folder {
	t.Helper()
	f := &folder{}
	w := &writing{d: d, open: m.open, key: newSigner(1), limit: limit}
	if _, err := w.write(context.Background(), f.create); err != nil {
		t.Fatal(err)
	}
	return f
}

// A case that is too large for one file is split: each part can be checked alone,
// and together they have everything once.
func TestParts(t *testing.T) {
	t.Parallel()
	const limit = 5 << 20
	d, m := theLamp(t)
	rng := rand.New(rand.NewPCG(9, 9))
	for i := range 14 {
		data := make([]byte, 700_000+rng.IntN(600_000))
		for j := range data {
			data[j] = byte(rng.Uint32())
		}
		if i == 5 {
			data = make([]byte, limit+1)
		}
		d.Exhibits = append(d.Exhibits, Exhibit{Number: 11 + i, Kind: "video", Form: "as_sent_file", State: "kept", Type: "video/mp4", Message: 300 + i, SHA256: m.put(data), Size: int64(len(data)), Title: "Video", Date: "7 Mar 2026"})
	}
	finishLog(d)
	f := split(t, d, m, limit)
	if len(f.names) < 5 {
		t.Fatalf("made %v", f.names)
	}
	where := map[string]int{}
	for i, name := range f.names[1:] {
		data := f.files[name].Bytes()
		if len(data) > limit {
			t.Errorf("%s has %d bytes", name, len(data))
		}
		rep, err := verified(data)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if want := fmt.Sprintf("recourse-case-3-part-%d-of-%d.zip", i+1, len(f.names)-1); name != want || rep.Part != i+1 || rep.Parts != len(f.names)-1 || rep.Here+rep.Elsewhere != 21 {
			t.Errorf("%s: the report says %+v", name, rep)
		}
		for _, file := range unpacked(t, data) {
			switch {
			case strings.HasPrefix(file.name, "exhibits/"):
				where[file.name]++
			case file.name == "dossier.pdf" && i > 0, file.name == "statement.txt" && i > 0:
				t.Errorf("%s is in %s", file.name, name)
			case file.name == "INDEX.txt":
				for _, other := range f.names[1:] {
					if !bytes.Contains(file.data, []byte(other)) {
						t.Errorf("the index of %s does not name %s", name, other)
					}
				}
			}
		}
	}
	if len(where) != 21 {
		t.Errorf("%d exhibits are there", len(where))
	}
	for name, n := range where {
		if n != 1 {
			t.Errorf("%s is in %d parts", name, n)
		}
	}
	if where["exhibits/exhibit-016.mp4"] != 0 {
		t.Error("what is too large for a part is in one")
	}
	if _, err := exec.LookPath("openssl"); err == nil {
		last := f.names[len(f.names)-1]
		if out, err := followed(t, last, f.files[last].Bytes(), nil); err != nil {
			t.Errorf("a stranger checks the last part: %v\n%s", err, out)
		}
	}
}

// What is wrong with the case is said before anything is made; what is wrong with
// one file costs that file only.
func TestWhatCanGoWrong(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, says string
		spoil      func(d *Dossier, m memory)
	}{
		{"nothing", "", func(*Dossier, memory) {}},
		{"a file is gone", "", func(d *Dossier, m memory) { delete(m, d.Exhibits[0].SHA256) }},
		{"a file has other bytes", "", func(d *Dossier, m memory) { m[d.Exhibits[0].SHA256] = []byte("other") }},
		{"the log has a gap", "line 5 of the log does not follow", func(d *Dossier, _ memory) { d.Log = slices.Delete(slices.Clone(d.Log), 4, 5) }},
		{"the log is of another case", "is of case 3", func(d *Dossier, _ memory) { d.Case = 4 }},
		{"no log", "the log is empty", func(d *Dossier, _ memory) { d.Log = nil }},
		{"another time", "its log ends at", func(d *Dossier, _ memory) { d.As = d.As.Add(time.Hour) }},
		{"an exhibit is not the logged one", "its sha256", func(d *Dossier, m memory) { d.Exhibits[0].SHA256 = m.put([]byte("forged")) }},
		{"a caption is not the logged one", "its caption_sha256", func(d *Dossier, _ memory) { d.Exhibits[0].Text = "forged" }},
		{"words are not the logged ones", "Exhibit 4: its s", func(d *Dossier, _ memory) { d.Exhibits[3].Text = "forged" }},
		{"an exhibit is not told", "which the manifest does not have", func(d *Dossier, _ memory) { d.Exhibits = d.Exhibits[:8] }},
		{"exhibits in disorder", "not in the order", func(d *Dossier, _ memory) { d.Exhibits[0], d.Exhibits[1] = d.Exhibits[1], d.Exhibits[0] }},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, m := theLamp(t)
			c.spoil(d, m)
			f := &folder{}
			_, err := Write(t.Context(), d, m.open, newSigner(1), f.create, nil)
			if c.says != "" {
				if err == nil || !strings.Contains(err.Error(), c.says) || len(f.names) > 0 {
					t.Errorf("says %v after %v, want %q", err, f.names, c.says)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			rep, err := verified(f.zip(t))
			if err != nil {
				t.Fatal(err)
			}
			if gone := c.name != "nothing"; gone != slices.Contains(rep.Absent, 1) {
				t.Errorf("the report says %+v", rep)
			}
		})
	}
	d, m := theLamp(t)
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if _, err := Write(stopped, d, m.open, newSigner(1), (&folder{}).create, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped: %v", err)
	}
	full := errors.New("the disk is full")
	if _, err := Write(t.Context(), d, m.open, newSigner(1), func(string) (io.WriteCloser, error) { return nil, full }, nil); !errors.Is(err, full) {
		t.Errorf("full: %v", err)
	}
	if _, err := Write(t.Context(), d, func(string) (io.ReadCloser, error) { return nil, full }, newSigner(1), (&folder{}).create, nil); !errors.Is(err, full) {
		t.Errorf("unreadable: %v", err)
	}
}
