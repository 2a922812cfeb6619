package dossier

import (
	"bytes"
	"embed"
	"encoding/binary"
	"fmt"
	"strings"
	"unicode/utf16"

	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/font/opentype"
	"github.com/go-text/typesetting/harfbuzz"
)

//go:embed fonts/*.ttf
var fontFiles embed.FS

// face is a font as far as a PDF uses it: glyphs get numbers in the order they
// are first used, and only these are embedded.
type face struct {
	name   string
	data   *font.Face
	shape  *harfbuzz.Font
	upem   int
	object int // in the PDF

	glyf, head, hhea, maxp []byte
	loca                   []uint32

	order []font.GID // new number → the font's; 0 is .notdef
	text  []string   // new number → what is copied
	used  map[usedGlyph]uint16
	known map[rune]font.GID // looked up so far; 0 = not there
}

// usedGlyph is a glyph and what it stands for. One that stands for several
// characters (the body of an Arabic letter without its dots, the square for what
// no font has) gets a number for each: so all of it is copied as it was.
type usedGlyph struct {
	id   font.GID
	text string
}

// faces are the fonts. The first two have Chinese, Japanese and what Western
// letters go with them; latin has the rest of Latin, Greek and Cyrillic.
type faces struct {
	regular, bold, latin, latinBold, arabic, emoji *face
}

func (f faces) all() []*face {
	return []*face{f.regular, f.bold, f.latin, f.latinBold, f.arabic, f.emoji}
}

func loadFaces() (f faces, err error) {
	for _, one := range []struct {
		into **face
		name string
	}{{&f.regular, "NotoSansSC-Regular"}, {&f.bold, "NotoSansSC-Bold"}, {&f.latin, "NotoSans-Regular"}, {&f.latinBold, "NotoSans-Bold"}, {&f.arabic, "NotoSansArabic-Regular"}, {&f.emoji, "NotoEmoji-Regular"}} {
		if *one.into, err = loadFace(one.name); err != nil {
			return f, fmt.Errorf("read the font %s: %w", one.name, err)
		}
	}
	return f, nil
}

func loadFace(name string) (*face, error) {
	data, err := fontFiles.ReadFile("fonts/" + name + ".ttf")
	if err != nil {
		return nil, err
	}
	loader, err := opentype.NewLoader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	parsed, err := font.NewFont(loader)
	if err != nil {
		return nil, err
	}
	f := &face{name: name, data: font.NewFace(parsed), upem: int(parsed.Upem()), used: map[usedGlyph]uint16{}, known: map[rune]font.GID{}}
	f.shape = harfbuzz.NewFont(f.data)
	var loca []byte
	for _, t := range []struct {
		into *[]byte
		tag  string
	}{{&f.glyf, "glyf"}, {&f.head, "head"}, {&f.hhea, "hhea"}, {&f.maxp, "maxp"}, {&loca, "loca"}} {
		if *t.into, err = loader.RawTable(opentype.MustNewTag(t.tag)); err != nil {
			return nil, err
		}
	}
	if binary.BigEndian.Uint16(f.head[50:]) == 0 { // indexToLocFormat
		for i := 0; i+1 < len(loca); i += 2 {
			f.loca = append(f.loca, 2*uint32(binary.BigEndian.Uint16(loca[i:])))
		}
	} else {
		for i := 0; i+3 < len(loca); i += 4 {
			f.loca = append(f.loca, binary.BigEndian.Uint32(loca[i:]))
		}
	}
	f.use(0, "")
	return f, nil
}

// has gives the glyph of a character.
func (f *face) has(r rune) (font.GID, bool) {
	g, known := f.known[r]
	if !known {
		g, _ = f.data.NominalGlyph(r)
		f.known[r] = g
	}
	return g, g != 0
}

// width is how far a glyph moves the pen, in thousandths of the size.
func (f *face) width(g font.GID) int {
	return f.thousandths(int(f.data.HorizontalAdvance(g)))
}

func (f *face) thousandths(units int) int { return units * 1000 / f.upem }

// use gives the number in the PDF of a glyph that stands for text.
func (f *face) use(g font.GID, text string) uint16 {
	key := usedGlyph{g, text}
	n, known := f.used[key]
	if !known {
		n = uint16(len(f.order))
		f.used[key] = n
		f.order = append(f.order, g)
		f.text = append(f.text, text)
	}
	return n
}

// outline gives a glyph's bytes.
func (f *face) outline(g font.GID) []byte {
	if int(g)+1 >= len(f.loca) || f.loca[g] >= f.loca[g+1] || int(f.loca[g+1]) > len(f.glyf) {
		return nil
	}
	return f.glyf[f.loca[g]:f.loca[g+1]]
}

// embed writes the font, cut down to what is used, and what a reader needs to
// show and to copy it (ISO 32000-1, 9.7 and 9.10.3).
func (f *face) embed(p *paper) {
	// A composite glyph (OpenType, glyf) is made of others, which come along under
	// new numbers too; the list grows while it is read.
	var glyf []byte
	var loca []byte
	for n := 0; n < len(f.order); n++ {
		loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))
		o := bytes.Clone(f.outline(f.order[n]))
		if len(o) > 10 && int16(binary.BigEndian.Uint16(o)) < 0 {
			f.renumber(o[10:])
		}
		glyf = append(glyf, o...)
		for len(glyf)%4 != 0 {
			glyf = append(glyf, 0)
		}
	}
	loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))
	var hmtx []byte
	var widths, cmap strings.Builder
	for _, g := range f.order {
		hmtx = binary.BigEndian.AppendUint16(hmtx, uint16(f.data.HorizontalAdvance(g)))
		side := uint16(0)
		if o := f.outline(g); len(o) >= 4 {
			side = binary.BigEndian.Uint16(o[2:]) // xMin
		}
		hmtx = binary.BigEndian.AppendUint16(hmtx, side)
		fmt.Fprintf(&widths, "%d ", f.width(g))
	}
	head, hhea, maxp := bytes.Clone(f.head), bytes.Clone(f.hhea), bytes.Clone(f.maxp)
	binary.BigEndian.PutUint16(head[50:], 1) // long loca
	binary.BigEndian.PutUint16(hhea[34:], uint16(len(f.order)))
	binary.BigEndian.PutUint16(maxp[4:], uint16(len(f.order)))
	tables := []opentype.Table{}
	for _, t := range []struct {
		tag  string
		data []byte
	}{{"glyf", glyf}, {"head", head}, {"hhea", hhea}, {"hmtx", hmtx}, {"loca", loca}, {"maxp", maxp}} {
		for len(t.data)%4 != 0 {
			t.data = append(t.data, 0)
		}
		tables = append(tables, opentype.Table{Tag: opentype.MustNewTag(t.tag), Content: t.data})
	}
	file := opentype.WriteTTF(tables)

	var lines []string
	for n, text := range f.text {
		if len(text) > 0 {
			var b strings.Builder
			for _, u := range utf16.Encode([]rune(text)) {
				fmt.Fprintf(&b, "%04X", u)
			}
			lines = append(lines, fmt.Sprintf("<%04X> <%s>\n", n, b.String()))
		}
	}
	cmap.WriteString("/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def\n" +
		"/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n")
	for len(lines) > 0 {
		some := lines[:min(100, len(lines))] // no more at once: 9.7.5.4
		fmt.Fprintf(&cmap, "%d beginbfchar\n%sendbfchar\n", len(some), strings.Join(some, ""))
		lines = lines[len(some):]
	}
	cmap.WriteString("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n")

	// Six letters before the name say that the font is a part of itself (9.6.4).
	sum := hashOf(file)
	tag := strings.Map(func(r rune) rune { return 'A' + (r-'0')%26 }, strings.ToUpper(sum[:6]))
	tag = strings.Map(func(r rune) rune {
		if r < 'A' || r > 'Z' {
			return 'X'
		}
		return r
	}, tag)
	name := tag + "+" + f.name
	program, descriptor, cid, unicode := p.reserve(), p.reserve(), p.reserve(), p.reserve()
	p.stream(program, fmt.Sprintf("/Filter/FlateDecode/Length1 %d", len(file)), deflated(file))
	box := func(at int) int { return f.thousandths(int(int16(binary.BigEndian.Uint16(f.head[at:])))) }
	up, down := f.thousandths(int(int16(binary.BigEndian.Uint16(f.hhea[4:])))), f.thousandths(int(int16(binary.BigEndian.Uint16(f.hhea[6:]))))
	p.object(descriptor, fmt.Sprintf("<</Type/FontDescriptor/FontName/%s/Flags 4/FontBBox[%d %d %d %d]/ItalicAngle 0/Ascent %d/Descent %d/CapHeight 700/StemV 80/FontFile2 %d 0 R>>",
		name, box(36), box(38), box(40), box(42), up, down, program))
	p.object(cid, fmt.Sprintf("<</Type/Font/Subtype/CIDFontType2/BaseFont/%s/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/FontDescriptor %d 0 R/CIDToGIDMap/Identity/DW 1000/W[0[%s]]>>",
		name, descriptor, strings.TrimSpace(widths.String())))
	p.stream(unicode, "/Filter/FlateDecode", deflated([]byte(cmap.String())))
	p.object(f.object, fmt.Sprintf("<</Type/Font/Subtype/Type0/BaseFont/%s/Encoding/Identity-H/DescendantFonts[%d 0 R]/ToUnicode %d 0 R>>", name, cid, unicode))
}

// renumber puts the new numbers into the parts of a composite glyph.
func (f *face) renumber(o []byte) {
	const words, scale, more, xy, matrix = 1, 8, 32, 64, 128
	for len(o) >= 4 {
		flags := binary.BigEndian.Uint16(o)
		binary.BigEndian.PutUint16(o[2:], f.use(font.GID(binary.BigEndian.Uint16(o[2:])), ""))
		n := 6
		if flags&words != 0 {
			n += 2
		}
		switch {
		case flags&scale != 0:
			n += 2
		case flags&xy != 0:
			n += 4
		case flags&matrix != 0:
			n += 8
		}
		if flags&more == 0 || n > len(o) {
			return
		}
		o = o[n:]
	}
}
