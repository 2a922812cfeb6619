package dossier

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// The sheet: A4, printed in black and white, with room at the left for a binder.
const (
	left, right  = 70.0, 540.0
	top, bottom  = 66.0, 772.0
	footAt       = 806.0
	bodySize     = 10.5
	smallSize    = 9.0
	tinySize     = 7.5
	lead         = 1.55   // line height
	black, quiet = 0, 0.4 // gray
	labelWidth   = 126.0
	pdfLimit     = 30 << 20 // bytes of pictures in the PDF
)

// pages lays the dossier out. Pages are kept as what is drawn on them until the
// end, because the first names the numbers of the others.
type pages struct {
	w     *writing
	d     *Dossier
	paper *paper
	text  *setter
	sheet *page
	y     float64 // where the next line may begin
	marks []mark
	room  int // bytes a picture may take
}

func newPages(w *writing) (*pages, error) {
	f, err := loadFaces()
	if err != nil {
		return nil, err
	}
	p := &pages{w: w, d: w.d, paper: newPaper(f.all()), text: &setter{faces: f}}
	n := 1
	for i := range w.d.Exhibits {
		if k := w.d.Exhibits[i].Kind; k == "photo" || k == "document" {
			n++
		}
	}
	p.room = min(2<<20, pdfLimit/n)
	return p, nil
}

// pagesLimit is what the PDF takes at most, or near enough to plan with.
func (w *writing) pagesLimit() int { return min(pdfLimit+4<<20, int(w.limit/2)) }

// turn begins a new page.
func (p *pages) turn() {
	p.sheet = &page{}
	p.paper.pages = append(p.paper.pages, p.sheet)
	p.y = top
}

// need begins a new page where less than h is left.
func (p *pages) need(h float64) {
	if p.sheet == nil || p.y+h > bottom {
		p.turn()
	}
}

// style is how words look.
type style struct {
	size, gray float64
	bold       bool
	lead       float64 // line height, of the size; 0 = lead
}

var (
	normal  = style{size: bodySize}
	strong  = style{size: bodySize, bold: true}
	small   = style{size: smallSize}
	label   = style{size: smallSize, gray: quiet}
	heading = style{size: 16, bold: true, lead: 1.35}
	third   = style{size: 12, bold: true, lead: 1.4}
)

func (s style) line() float64 {
	if s.lead == 0 {
		return s.size * lead
	}
	return s.size * s.lead
}

// fold breaks words into lines of a width in points.
func (p *pages) fold(text string, width float64, s style) (all []set) {
	for _, paragraph := range strings.Split(text, "\n") {
		all = append(all, p.text.fold(paragraph, int(width*1000/s.size), s.bold)...)
	}
	return all
}

// put draws a line whose upper edge is y; what reads from the right stands there.
func (p *pages) put(l set, x, y, width float64, s style) {
	if l.rightToLeft {
		x += width - float64(l.width)*s.size/1000
	}
	// The baseline lies so that Latin and Chinese both sit in the middle.
	p.sheet.text(l.glyphs, x, y+s.line()/2+s.size*0.36, s.size, s.gray)
}

// write puts words down between two edges, over as many pages as they need.
func (p *pages) write(text string, x, width float64, s style) {
	for _, l := range p.fold(text, width, s) {
		p.need(s.line())
		p.put(l, x, p.y, width, s)
		p.y += s.line()
	}
}

func (p *pages) words(key string, pairs ...any) string { return p.d.Words(key, pairs...) }

// section begins a part of the dossier, with a bookmark.
func (p *pages) section(title string, fresh bool) {
	if fresh || p.sheet == nil {
		p.turn()
	} else {
		p.y += 22
		p.need(110)
	}
	p.mark(title, false)
	p.write(title, left, right-left, heading)
	p.y += 3
	p.sheet.rule(left, p.y, right, p.y, 0.8, black)
	p.y += 12
}

func (p *pages) mark(title string, child bool) {
	p.marks = append(p.marks, mark{title: title, page: p.sheet, y: max(0, p.y-12), child: child})
}

// paragraph is running text with a little room after it.
func (p *pages) paragraph(text string, s style) {
	p.write(lines(text), left, right-left, s)
	p.y += s.size * 0.6
}

// row is a label and what stands beside it; neither is torn from the other.
func (p *pages) row(name, value string, s style) {
	if value == "" {
		return
	}
	l := label
	l.size = s.size
	names := p.fold(lines(name), labelWidth-10, l)
	values := p.fold(lines(value), right-left-labelWidth, s)
	step := s.line() * 0.94
	p.need(step * float64(min(len(values), 3)))
	for i := range max(len(names), len(values)) {
		p.need(step)
		if i < len(names) {
			p.put(names[i], left, p.y, labelWidth-10, l)
		}
		if i < len(values) {
			p.put(values[i], left+labelWidth, p.y, right-left-labelWidth, s)
		}
		p.y += step
	}
	p.y += 3
}

// column is one of a table.
type column struct {
	title string
	width float64
	size  float64
}

// table begins with its heads, and again on every page it reaches.
func (p *pages) table(columns []column, rows int, row func(i int) []string) {
	heads := func() {
		x := left
		for _, c := range columns {
			p.put(p.fold(c.title, c.width-8, label)[0], x, p.y, c.width-8, label)
			x += c.width
		}
		p.y += label.line()
		p.sheet.rule(left, p.y, right, p.y, 0.6, black)
		p.y += 4
	}
	p.need(60)
	heads()
	for i := range rows {
		cells := make([][]set, len(columns))
		styles := make([]style, len(columns))
		high := 0.0
		for j, text := range row(i) {
			styles[j] = style{size: columns[j].size, lead: 1.4}
			cells[j] = p.fold(lines(text), columns[j].width-8, styles[j])
			high = max(high, float64(len(cells[j]))*styles[j].line())
		}
		if p.y+min(high, 200) > bottom {
			p.turn()
			heads()
		}
		for k := 0; ; k++ { // a row that is longer than a page goes on on the next
			x, drawn, step := left, false, 0.0
			for j, c := range columns {
				if k < len(cells[j]) {
					step = max(step, styles[j].line())
					drawn = true
				}
				_ = c
			}
			if !drawn {
				break
			}
			if p.y+step > bottom {
				p.turn()
				heads()
			}
			for j, c := range columns {
				if k < len(cells[j]) {
					p.put(cells[j][k], x, p.y, c.width-8, styles[j])
				}
				x += c.width
			}
			p.y += step
		}
		p.y += 4
		if p.y < bottom {
			p.sheet.rule(left, p.y, right, p.y, 0.3, 0.7)
		}
		p.y += 4
	}
}

// exhibit makes the pages of one exhibit; they come after those of the list, which
// is written last.
func (p *pages) exhibit(x *Exhibit, it *item, seen *seenPicture) error {
	title := p.words("dossier.exhibit", "number", x.Number)
	if x.Out || it.State != "kept" && it.State != "damaged" && it.State != "too_large" {
		return nil // the list says why
	}
	var shown shownPicture
	var err error
	picture := false
	if seen != nil {
		if shown, err = seen.show(p.room); err == nil {
			picture = true
		}
	}
	first := p.sheet == nil
	switch {
	case first:
		p.section(p.words("dossier.exhibits"), true)
	case picture:
		p.turn()
	default:
		p.y += 26
		p.need(190)
	}
	p.mark(title+" · "+plain(x.Title), true)
	p.write(title, left, right-left, third)
	p.write(lines(x.Title), left, right-left, normal)
	p.y += 2
	p.sheet.rule(left, p.y, right, p.y, 0.4, 0.6)
	p.y += 8
	p.facts(x, it)
	switch {
	case picture:
		object := p.paper.jpeg(shown.jpeg, shown.width, shown.height, shown.gray)
		if shown.smaller {
			p.y += 2
			p.write(p.words("dossier.picture.small"), left, right-left, style{size: tinySize, gray: quiet})
		}
		p.y += 4
		p.picture(object, float64(shown.width), float64(shown.height))
	case it.State == "damaged" || it.State == "too_large":
		p.paragraph(p.words("dossier.state."+it.State), small)
	case x.Form == "text_only":
		p.y += 4
		p.quote(x.Text)
		for _, e := range x.Edits {
			p.write(p.words("dossier.edited", "when", p.when(e.At)), left, right-left, label)
			p.quote(e.Text)
		}
	case seen != nil && seen.data != nil:
		p.paragraph(p.words("dossier.picture.bad"), small)
	default:
		p.paragraph(p.words("dossier.picture.none"), small)
	}
	return nil
}

// picture draws a picture as large as the rest of the page lets it, at most a
// hundred dots to the inch.
func (p *pages) picture(object int, w, h float64) {
	if bottom-p.y < 260 && h > w/2 {
		p.turn()
	}
	scale := min((right-left)/w, (bottom-p.y-2)/h, 0.72)
	w, h = w*scale, h*scale
	x := left + (right-left-w)/2
	p.sheet.draw(object, x, p.y, w, h)
	p.sheet.box(x, p.y, w, h, 0.4, 0.6)
	p.y += h
}

// quote sets foreign words apart with a line at their side.
func (p *pages) quote(text string) {
	s := normal
	for _, l := range p.fold(lines(text), right-left-16, s) {
		p.need(s.line())
		p.sheet.rule(left+2, p.y, left+2, p.y+s.line(), 1.2, 0.6)
		p.put(l, left+16, p.y, right-left-16, s)
		p.y += s.line()
	}
	p.y += 6
}

// facts is what is known of an exhibit.
func (p *pages) facts(x *Exhibit, it *item) {
	row := func(key, value string) { p.row(p.words(key), value, small) }
	row("dossier.hash", it.SHA256)
	row("dossier.file", it.File)
	switch {
	case x.Form == "derived":
		row("dossier.form", p.words("dossier.form.derived", "number", x.Parent))
	case x.Form != "":
		row("dossier.form", p.words("dossier.form."+x.Form))
	}
	if len(x.Cover) > 0 {
		var areas []string
		for _, a := range x.Cover {
			areas = append(areas, p.words("dossier.area."+a))
		}
		row("dossier.covered", strings.Join(areas, " · "))
	}
	row("dossier.sent", p.time(x.Sent))
	if f := x.Forward; f != nil {
		row("dossier.forwarded", p.words("dossier.origin."+f.Kind, "name", lines(f.Name), "when", p.when(f.Date)))
	}
	row("dossier.stored", p.time(x.Stored))
	if it.Size > 0 {
		row("dossier.size", p.words("dossier.bytes", "size", strconv.FormatInt(it.Size, 10))+"  ·  "+it.Type)
	}
	row("dossier.name", x.Name)
	if x.Form != "text_only" {
		row("dossier.caption", x.Text)
		for _, e := range x.Edits {
			p.row(p.words("dossier.edited", "when", p.when(e.At)), e.Text, small)
		}
	}
	row("dossier.shows", x.Shows)
	var said []string
	for _, q := range []string{"whole", "unedited", "dated", "sender"} {
		if a := x.Answers[q]; a == "yes" || a == "no" {
			said = append(said, p.words("dossier.says.line", "question", p.words("dossier.says."+q), "answer", p.words("dossier.says."+a)))
		}
	}
	row("dossier.says", strings.Join(said, "\n"))
	if x.Theirs {
		p.write(p.words("dossier.theirs"), left+labelWidth, right-left-labelWidth, small)
	}
	for _, n := range x.Notes {
		p.write(lines(n), left+labelWidth, right-left-labelWidth, style{size: smallSize, gray: quiet})
	}
	p.y += 4
}

func (p *pages) when(t time.Time) string { return p.w.when(t) }

// time is a moment for a row; nothing for none.
func (p *pages) time(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return p.d.When(t)
}

// finish writes what stands before and after the exhibits, and gives the PDF.
func (p *pages) finish() ([]byte, error) {
	exhibits, exhibitMarks := p.paper.pages, p.marks
	p.paper.pages, p.marks, p.sheet = nil, nil, nil
	p.turn()
	cover := p.sheet
	p.front()
	front := p.paper.pages
	p.paper.pages, p.sheet = append(front, exhibits...), nil
	p.marks = append(p.marks, exhibitMarks...)
	p.back()
	p.cover(cover)
	title := p.words("dossier.case", "number", p.d.Case) + " · " + plain(p.d.Title)
	for i, g := range p.paper.pages {
		p.sheet = g
		s := style{size: 8, gray: quiet}
		l := p.fold(title, right-left-80, s)[0]
		g.rule(left, footAt-8, right, footAt-8, 0.3, 0.6)
		g.text(l.glyphs, left, footAt+4, s.size, s.gray)
		number := p.fold(fmt.Sprintf("%d / %d", i+1, len(p.paper.pages)), 80, s)[0]
		g.text(number.glyphs, right-float64(number.width)*s.size/1000, footAt+4, s.size, s.gray)
	}
	p.paper.marks = p.marks
	data := p.paper.finish(p.d.Language, title, p.d.As)
	if len(data) > p.w.pagesLimit() {
		return nil, fmt.Errorf("the PDF has %d bytes, more than was planned for", len(data))
	}
	return data, nil
}

// front are the pages before the exhibits, after the first.
func (p *pages) front() {
	d := p.d
	p.section(p.words("dossier.parties"), true)
	for i, side := range d.Parties {
		if i > 0 {
			p.y += 8
		}
		p.need(50)
		p.write(lines(side.Role), left, right-left, third)
		p.y += 2
		for _, f := range side.Fields {
			p.row(f.Label, f.Text, normal)
		}
	}
	if len(d.Summary) > 0 {
		p.section(p.words("dossier.summary"), false)
		for _, text := range d.Summary {
			p.paragraph(text, normal)
		}
	}
	if len(d.Chronology) > 0 {
		p.section(p.words("dossier.chronology"), false)
		p.table([]column{{p.words("dossier.date"), 104, smallSize}, {p.words("dossier.event"), 280, smallSize}, {p.words("dossier.exhibits"), 86, smallSize}}, len(d.Chronology), func(i int) []string {
			h := d.Chronology[i]
			return []string{h.Date, h.Text, p.named(h.Exhibits)}
		})
	}
	if len(d.Claim) > 0 || len(d.Basis) > 0 {
		p.section(p.words("dossier.claim"), false)
		for _, f := range d.Claim {
			p.row(f.Label, f.Text, normal)
		}
	}
	if len(d.Basis) > 0 {
		p.y += 8
		p.need(70)
		p.write(p.words("dossier.basis"), left, right-left, third)
		p.y += 4
		for _, r := range d.Basis {
			p.need(3 * normal.line())
			if r.Law != "" {
				p.write(lines(r.Law), left, right-left, strong)
			}
			p.write(lines(r.Rule), left, right-left, normal)
			var from []string
			if r.Source != "" {
				from = append(from, p.words("dossier.source", "source", lines(r.Source)))
			}
			if r.Read != "" {
				from = append(from, p.words("dossier.read", "day", lines(r.Read)))
			}
			if len(from) > 0 {
				p.write(strings.Join(from, " · "), left, right-left, style{size: 8, gray: quiet})
			}
			p.y += 8
		}
	}
	if len(d.Exhibits) > 0 {
		p.section(p.words("dossier.index"), true)
		p.paragraph(p.words("dossier.index.note"), label)
		p.y += 4
		p.table([]column{{p.words("dossier.number"), 36, smallSize}, {p.words("dossier.what"), 200, smallSize}, {p.words("dossier.date"), 80, smallSize}, {p.words("dossier.hash"), 154, 6.8}}, len(d.Exhibits), func(i int) []string {
			x, it := &d.Exhibits[i], &p.w.manifest.Exhibits[i]
			what := x.Title
			if s := p.w.stateOf(it); s != "" {
				if x.Out {
					what = s
				} else {
					what += "\n" + s
				}
			} else if p.w.manifest.Parts > 1 {
				what += "\n" + p.words("dossier.file.part", "file", it.File, "part", it.Part)
			}
			return []string{strconv.Itoa(x.Number), what, x.Date, it.SHA256}
		})
	}
}

// named lists exhibits by number.
func (p *pages) named(all []int) string {
	texts := make([]string, len(all))
	for i, n := range all {
		texts[i] = p.words("dossier.exhibit", "number", n)
	}
	return strings.Join(texts, "\n")
}

// back are the pages after the exhibits.
func (p *pages) back() {
	d := p.d
	if len(d.Talk) > 0 {
		p.section(p.words("dossier.talk"), true)
		p.paragraph(p.words("dossier.talk.note"), label)
		for _, m := range d.Talk {
			p.need(3 * normal.line())
			who := p.when(m.At) + "  ·  " + plain(m.Who)
			if m.Exhibit > 0 {
				who += "  ·  " + p.words("dossier.exhibit", "number", m.Exhibit)
			}
			p.write(who, left, right-left, label)
			p.quote(m.Text)
			for _, e := range m.Edits {
				p.write(p.words("dossier.edited", "when", p.when(e.At)), left+16, right-left-16, label)
				p.quote(e.Text)
			}
		}
	}
	for _, kind := range []string{"letter", "complaint"} {
		begun := false
		for _, paper := range d.Papers {
			if (paper.Kind == "complaint") != (kind == "complaint") {
				continue
			}
			if !begun {
				p.section(p.words("dossier."+kind+"s"), true)
				begun = true
			} else {
				p.turn()
			}
			p.mark(plain(paper.Title), true)
			p.write(lines(paper.Title), left, right-left, third)
			date := paper.Date
			if date == "" {
				date = p.words("dossier.draft")
			}
			if paper.Language != "" {
				date += "  ·  " + p.words("dossier.language", "language", paper.Language)
			}
			p.write(lines(date), left, right-left, label)
			p.y += 10
			for _, text := range strings.Split(lines(paper.Text), "\n\n") {
				p.paragraph(text, normal)
			}
		}
	}
	if len(d.Statement) > 0 {
		p.section(p.words("dossier.statement"), true)
		p.paragraph(p.words("dossier.statement.note"), label)
		p.y += 4
		for _, text := range d.Statement {
			p.paragraph(text, normal)
		}
		p.y += 24
		p.need(150)
		for i, keys := range [][2]string{{"dossier.place", "dossier.date"}, {"dossier.signature", "dossier.signer"}} {
			if i > 0 {
				p.y += 52
			}
			p.y += 26
			half := (right - left - 30) / 2
			for j, key := range keys {
				x := left + float64(j)*(half+30)
				p.sheet.rule(x, p.y, x+half, p.y, 0.6, black)
				p.put(p.fold(p.words(key), half, label)[0], x, p.y+3, half, label)
			}
		}
	}
}

// cover is the first page: what this is, and where to find it.
func (p *pages) cover(sheet *page) {
	d := p.d
	p.sheet, p.y = sheet, 118
	p.write(p.words("dossier.title"), left, right-left, style{size: 11, gray: quiet})
	p.y += 4
	p.write(lines(d.Title), left, right-left, style{size: 24, bold: true, lead: 1.3})
	p.y += 6
	p.write(p.words("dossier.case", "number", d.Case), left, right-left, style{size: 12})
	p.write(p.words("dossier.as", "when", p.when(d.As), "zone", d.Zone), left, right-left, style{size: bodySize, gray: quiet})
	p.y += 18
	p.sheet.rule(left, p.y, right, p.y, 0.8, black)
	p.y += 16
	for _, f := range d.Cover {
		if p.y > 470 {
			break
		}
		p.row(f.Label, f.Text, normal)
	}
	p.y += 22
	numbers := map[*page]int{}
	for i, g := range p.paper.pages {
		numbers[g] = i + 1
	}
	for _, m := range p.marks {
		if m.child {
			continue
		}
		p.put(p.fold(m.title, right-left-60, normal)[0], left, p.y, right-left-60, normal)
		n := p.fold(strconv.Itoa(numbers[m.page]), 50, normal)[0]
		p.put(n, right-float64(n.width)*bodySize/1000, p.y, 50, normal)
		p.y += normal.line() * 1.12
		p.sheet.rule(left, p.y, right, p.y, 0.3, 0.8)
		p.y += 3
	}
	tiny := style{size: 8, gray: quiet}
	foot := p.words("dossier.about") + "\n" + p.words("dossier.fingerprint", "fingerprint", fingerprint(p.w.public)) +
		"\n" + p.words("dossier.head", "seq", p.w.head.Seq, "hash", p.w.head.Hash)
	for i := range p.w.manifest.Stamps {
		st := &p.w.manifest.Stamps[i]
		if i < len(p.w.manifest.Stamps)-2 {
			continue // the last ones vouch for those before
		}
		if st.Pending {
			foot += "\n" + p.words("dossier.stamp.pending", "seq", st.Seq)
		} else if at, err := time.Parse(time.RFC3339, st.At); err == nil {
			foot += "\n" + p.words("dossier.stamp", "seq", st.Seq, "when", p.when(at), "authority", plain(st.Authority))
		}
	}
	ends := p.fold(foot, right-left, tiny)
	p.y = bottom - float64(len(ends))*tiny.line()
	for _, l := range ends {
		p.put(l, left, p.y, right-left, tiny)
		p.y += tiny.line()
	}
}
