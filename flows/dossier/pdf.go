package dossier

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"strings"
	"time"
	"unicode/utf16"
)

// paper writes the structure of a PDF file (ISO 32000-1): numbered objects, pages,
// fonts, pictures, bookmarks. It is our own because text has to come out of it as
// it went in: gopdf writes no code above U+FFFF into the table a reader copies
// from, and takes glyphs only by character, so that shaped Arabic copies as
// something else. Every text of a person goes in as glyph numbers, or as UTF-16 in
// hexadecimal: none can become an operator, a name or a script.
type paper struct {
	out     bytes.Buffer
	offsets []int // of objects, from 1
	pages   []*page
	faces   []*face
	marks   []mark
}

// page is one side of A4.
type page struct {
	content  bytes.Buffer
	pictures []int // objects
	object   int
}

// mark is a bookmark.
type mark struct {
	title string
	page  *page
	y     float64 // of its top, from the top of the page
	child bool    // stands under the one before that is none
}

const (
	a4Width, a4Height = 595.28, 841.89 // points
	catalogObject     = 1
	pagesObject       = 2
	outlinesObject    = 3
	infoObject        = 4
)

func newPaper(faces []*face) *paper {
	p := &paper{offsets: make([]int, 5), faces: faces}
	// The second line tells programs that move files that this one is binary.
	p.out.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	for _, f := range faces {
		f.object = p.reserve()
	}
	return p
}

// reserve gives a number for an object that is written later.
func (p *paper) reserve() int {
	p.offsets = append(p.offsets, 0)
	return len(p.offsets) - 1
}

// object writes a numbered object.
func (p *paper) object(n int, body string) {
	p.offsets[n] = p.out.Len()
	fmt.Fprintf(&p.out, "%d 0 obj\n%s\nendobj\n", n, body)
}

// stream writes an object with data; dict has what belongs in its dictionary
// beside the length.
func (p *paper) stream(n int, dict string, data []byte) {
	p.offsets[n] = p.out.Len()
	fmt.Fprintf(&p.out, "%d 0 obj\n<<%s/Length %d>>\nstream\n", n, dict, len(data))
	p.out.Write(data)
	p.out.WriteString("\nendstream\nendobj\n")
}

func deflated(data []byte) []byte {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	z.Write(data) // into memory: neither can fail
	z.Close()
	return b.Bytes()
}

// hexText is a text string (7.9.2.2) that can hold anything.
func hexText(s string) string {
	var b strings.Builder
	b.WriteString("<FEFF")
	for _, u := range utf16.Encode([]rune(s)) {
		fmt.Fprintf(&b, "%04X", u)
	}
	b.WriteString(">")
	return b.String()
}

// jpeg puts a picture into the file and gives its object. Data is a JPEG whose
// size in pixels is known.
func (p *paper) jpeg(data []byte, width, height int, gray bool) int {
	space := "/DeviceRGB"
	if gray {
		space = "/DeviceGray"
	}
	n := p.reserve()
	p.stream(n, fmt.Sprintf("/Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace %s/BitsPerComponent 8/Filter/DCTDecode", width, height, space), data)
	return n
}

// draw puts a picture on a page; x and y are its upper left corner, from the
// upper left of the page.
func (g *page) draw(picture int, x, y, w, h float64) {
	g.pictures = append(g.pictures, picture)
	fmt.Fprintf(&g.content, "q %.2f 0 0 %.2f %.2f %.2f cm /P%d Do Q\n", w, h, x, a4Height-y-h, picture)
}

// rule draws a line.
func (g *page) rule(x1, y1, x2, y2, width, gray float64) {
	fmt.Fprintf(&g.content, "%.2f G %.2f w %.2f %.2f m %.2f %.2f l S\n", gray, width, x1, a4Height-y1, x2, a4Height-y2)
}

// box draws the outline of a rectangle.
func (g *page) box(x, y, w, h, width, gray float64) {
	fmt.Fprintf(&g.content, "%.2f G %.2f w %.2f %.2f %.2f %.2f re S\n", gray, width, x, a4Height-y-h, w, h)
}

// text puts glyphs on a page, one after the other from x; y is the baseline.
func (g *page) text(glyphs []glyph, x, y, size, gray float64) {
	for len(glyphs) > 0 {
		f := glyphs[0].face
		n := 0
		for n < len(glyphs) && glyphs[n].face == f {
			n++
		}
		fmt.Fprintf(&g.content, "BT /F%d %.2f Tf %.2f g 1 0 0 1 %.2f %.2f Tm [<", f.object, size, gray, x, a4Height-y)
		rise := 0
		for _, one := range glyphs[:n] {
			if one.dy != rise {
				rise = one.dy
				fmt.Fprintf(&g.content, ">] TJ %.2f Ts [<", float64(rise)*size/1000)
			}
			if one.dx != 0 {
				fmt.Fprintf(&g.content, ">%d<", -one.dx)
			}
			fmt.Fprintf(&g.content, "%04X", f.use(one.id, string(one.text)))
			// After it the pen stands where the glyph's own width says.
			if off := f.width(one.id) - (one.advance - one.dx); off != 0 {
				fmt.Fprintf(&g.content, ">%d<", off)
			}
			x += float64(one.advance) * size / 1000
		}
		g.content.WriteString(">] TJ")
		if rise != 0 {
			g.content.WriteString(" 0 Ts")
		}
		g.content.WriteString(" ET\n")
		glyphs = glyphs[n:]
	}
}

// finish writes all that is left. Language and title are what a reader program
// says and shows of the document.
func (p *paper) finish(language, title string, as time.Time) []byte {
	var kids, fonts strings.Builder
	for _, g := range p.pages {
		g.object = p.reserve()
		fmt.Fprintf(&kids, "%d 0 R ", g.object)
	}
	for _, f := range p.faces {
		if len(f.order) > 1 {
			fmt.Fprintf(&fonts, "/F%d %d 0 R", f.object, f.object)
		}
	}
	for _, g := range p.pages {
		content := p.reserve()
		p.stream(content, "/Filter/FlateDecode", deflated(g.content.Bytes()))
		var pictures strings.Builder
		for _, n := range g.pictures {
			fmt.Fprintf(&pictures, "/P%d %d 0 R", n, n)
		}
		p.object(g.object, fmt.Sprintf("<</Type/Page/Parent %d 0 R/MediaBox[0 0 %.2f %.2f]/Contents %d 0 R/Resources<</Font<<%s>>/XObject<<%s>>>>>>",
			pagesObject, a4Width, a4Height, content, fonts.String(), pictures.String()))
	}
	p.object(pagesObject, fmt.Sprintf("<</Type/Pages/Count %d/Kids[%s]>>", len(p.pages), kids.String()))
	for _, f := range p.faces {
		if len(f.order) > 1 {
			f.embed(p)
		} else {
			p.object(f.object, "null")
		}
	}
	p.outlines()
	date := as.UTC().Format("20060102150405")
	p.object(infoObject, fmt.Sprintf("<</Title %s/Creator(Recourse)/Producer(Recourse)/CreationDate(D:%sZ)/ModDate(D:%sZ)>>", hexText(title), date, date))
	p.object(catalogObject, fmt.Sprintf("<</Type/Catalog/Pages %d 0 R/Outlines %d 0 R/PageMode/UseOutlines/Lang %s/ViewerPreferences<</DisplayDocTitle true>>>>",
		pagesObject, outlinesObject, hexText(language)))
	at := p.out.Len()
	fmt.Fprintf(&p.out, "xref\n0 %d\n0000000000 65535 f \n", len(p.offsets))
	for _, o := range p.offsets[1:] {
		fmt.Fprintf(&p.out, "%010d 00000 n \n", o)
	}
	// The same content has the same name (14.4): no date and no chance in it.
	id := hashOf(p.out.Bytes())[:32]
	fmt.Fprintf(&p.out, "trailer\n<</Size %d/Root %d 0 R/Info %d 0 R/ID[<%s><%s>]>>\nstartxref\n%d\n%%%%EOF\n", len(p.offsets), catalogObject, infoObject, id, id, at)
	return p.out.Bytes()
}

// outlines writes the bookmarks, in two levels.
func (p *paper) outlines() {
	objects := make([]int, len(p.marks))
	for i := range p.marks {
		objects[i] = p.reserve()
	}
	// parent of each, and of each level the one before and after
	var tops []int
	kids := map[int][]int{}
	for i, m := range p.marks {
		if m.child && len(tops) > 0 {
			top := tops[len(tops)-1]
			kids[top] = append(kids[top], i)
		} else {
			tops = append(tops, i)
		}
	}
	level := func(all []int, parent int) {
		for j, i := range all {
			m := p.marks[i]
			var b strings.Builder
			fmt.Fprintf(&b, "<</Title %s/Parent %d 0 R/Dest[%d 0 R/XYZ 0 %.2f null]", hexText(m.title), parent, m.page.object, a4Height-m.y)
			if j > 0 {
				fmt.Fprintf(&b, "/Prev %d 0 R", objects[all[j-1]])
			}
			if j+1 < len(all) {
				fmt.Fprintf(&b, "/Next %d 0 R", objects[all[j+1]])
			}
			if k := kids[i]; len(k) > 0 {
				fmt.Fprintf(&b, "/First %d 0 R/Last %d 0 R/Count %d", objects[k[0]], objects[k[len(k)-1]], -len(k))
			}
			p.object(objects[i], b.String()+">>")
		}
	}
	if len(tops) == 0 {
		p.object(outlinesObject, "<</Type/Outlines>>")
		return
	}
	level(tops, outlinesObject)
	for _, i := range tops {
		level(kids[i], objects[i])
	}
	p.object(outlinesObject, fmt.Sprintf("<</Type/Outlines/First %d 0 R/Last %d 0 R/Count %d>>", objects[tops[0]], objects[tops[len(tops)-1]], len(tops)))
}
