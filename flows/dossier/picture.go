package dossier

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	_ "image/gif" // the first picture of it
	"image/jpeg"
	_ "image/png"
	"io"
	"math"

	_ "golang.org/x/image/webp"
)

// ErrPicture says that something can't be shown or covered: it is no picture of a
// kind that is opened here, is cut off, or is larger than what is opened.
var ErrPicture = errors.New("not a picture that can be opened here")

const (
	pictureFile   = 32 << 20   // bytes of a file that are held to be opened
	pictureSize   = 50_000_000 // pixels
	pictureMemory = 200 << 20  // bytes it may take when it is opened
	pageSide      = 1600       // pixels of a picture on a page
	copySide      = 3000       // of a copy
)

// seenPicture is what was found at the beginning of an exhibit.
type seenPicture struct {
	data []byte // the file, where it begins like a picture; else nil
	read int64  // bytes read so far
}

// peekPicture reads the beginning of a file and, where that is a picture's, all of
// it up to pictureFile.
func peekPicture(r io.Reader) (seenPicture, error) {
	begin := make([]byte, 16)
	n, err := io.ReadFull(r, begin)
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return seenPicture{read: int64(n)}, nil
	}
	if err != nil {
		return seenPicture{}, err
	}
	if !bytes.HasPrefix(begin, []byte("\xff\xd8\xff")) && !bytes.HasPrefix(begin, []byte("\x89PNG\r\n\x1a\n")) &&
		!bytes.HasPrefix(begin, []byte("GIF8")) && !(bytes.HasPrefix(begin, []byte("RIFF")) && string(begin[8:12]) == "WEBP") {
		return seenPicture{read: int64(n)}, nil
	}
	rest, err := io.ReadAll(io.LimitReader(r, pictureFile-int64(n)+1))
	if err != nil {
		return seenPicture{}, err
	}
	s := seenPicture{read: int64(n + len(rest))}
	if s.read <= pictureFile {
		s.data = append(begin, rest...)
	}
	return s, nil
}

// shownPicture is a picture as it stands on a page.
type shownPicture struct {
	jpeg          []byte
	width, height int
	gray          bool
	smaller       bool // than the original
}

// show makes of a file what goes on a page, in at most budget bytes as far as
// that can be had. A JPEG that is small, upright and plain stays as it is, without
// what the phone wrote into it.
func (s seenPicture) show(budget int) (shownPicture, error) {
	if s.data == nil {
		return shownPicture{}, ErrPicture
	}
	if j, ok := readJPEG(s.data); ok && j.plain() && j.width <= pageSide && j.height <= pageSide && len(j.bare) <= budget {
		return shownPicture{jpeg: j.bare, width: j.width, height: j.height, gray: j.components == 1}, nil
	}
	var shown shownPicture
	for _, side := range []int{pageSide, 1100, 800, 500} {
		small, full, err := open(s.data, side)
		if err != nil {
			return shown, err
		}
		var b bytes.Buffer
		if err := jpeg.Encode(&b, small, &jpeg.Options{Quality: 80}); err != nil {
			return shown, fmt.Errorf("write a picture: %w", err)
		}
		size := small.Bounds().Size()
		shown = shownPicture{jpeg: b.Bytes(), width: size.X, height: size.Y, smaller: size.X*size.Y < full.X*full.Y}
		if len(shown.jpeg) <= budget {
			break
		}
	}
	return shown, nil
}

// open reads a picture, turned as it is meant to be seen, on white, not longer
// than side; full is its size before. The size is looked at first, in the header
// alone, so that a small file can't ask for a huge memory.
func open(data []byte, side int) (small *image.RGBA, full image.Point, err error) {
	c, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, full, fmt.Errorf("%w: %w", ErrPicture, err)
	}
	full = image.Pt(c.Width, c.Height)
	pixels := int64(c.Width) * int64(c.Height)
	each := int64(4)
	switch c.ColorModel {
	case color.RGBA64Model, color.NRGBA64Model:
		each = 8
	case color.YCbCrModel:
		each = 3
	}
	if j, ok := readJPEG(data); ok && j.progressive {
		each = 15 // all coefficients are held until the end
	}
	if pixels <= 0 || pixels > pictureSize || pixels*each > pictureMemory {
		return nil, full, fmt.Errorf("%w: %d by %d pixels", ErrPicture, c.Width, c.Height)
	}
	src, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, full, fmt.Errorf("%w: %w", ErrPicture, err)
	}
	return turned(shrunk(src, side), orientation(data)), full, nil
}

// shrunk makes a picture not longer than side: each new pixel is the mean of those
// it stands for. On white.
func shrunk(src image.Image, side int) *image.RGBA {
	b := src.Bounds()
	w, h := b.Dx(), b.Dy()
	nw, nh := w, h
	if m := max(w, h); m > side {
		nw, nh = max(1, w*side/m), max(1, h*side/m)
	}
	out := image.NewRGBA(image.Rect(0, 0, nw, nh))
	if nw == w && nh == h {
		draw.Draw(out, out.Rect, image.White, image.Point{}, draw.Src)
		draw.Draw(out, out.Rect, src, b.Min, draw.Over)
		return out
	}
	// A band at a time becomes RGBA: package draw is quick at that for each kind.
	const band = 16
	strip := image.NewRGBA(image.Rect(0, 0, w, band))
	sums := make([]uint32, 3*nw)
	counts := make([]uint32, nw)
	column := make([]int, w)
	for x := range column {
		column[x] = x * nw / w
	}
	row := 0
	write := func() {
		line := out.Pix[row*out.Stride:]
		for x := range counts {
			n := max(1, counts[x])
			line[4*x] = uint8((sums[3*x] + n/2) / n)
			line[4*x+1] = uint8((sums[3*x+1] + n/2) / n)
			line[4*x+2] = uint8((sums[3*x+2] + n/2) / n)
			line[4*x+3] = 255
		}
		clear(sums)
		clear(counts)
	}
	for y := 0; y < h; y += band {
		n := min(band, h-y)
		at := image.Rect(0, 0, w, n)
		if o, ok := src.(interface{ Opaque() bool }); !ok || !o.Opaque() {
			draw.Draw(strip, at, image.White, image.Point{}, draw.Src)
		}
		draw.Draw(strip, at, src, image.Pt(b.Min.X, b.Min.Y+y), draw.Over)
		for i := range n {
			if to := (y + i) * nh / h; to != row {
				write()
				row = to
			}
			p := strip.Pix[i*strip.Stride:]
			for x := range w {
				c := column[x]
				sums[3*c] += uint32(p[4*x])
				sums[3*c+1] += uint32(p[4*x+1])
				sums[3*c+2] += uint32(p[4*x+2])
				counts[c]++
			}
		}
	}
	write()
	return out
}

// turned gives a picture as EXIF says it is meant to be seen (1 to 8).
func turned(src *image.RGBA, how int) *image.RGBA {
	if how < 2 || how > 8 {
		return src
	}
	w, h := src.Rect.Dx(), src.Rect.Dy()
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	if how >= 5 {
		out = image.NewRGBA(image.Rect(0, 0, h, w))
	}
	for y := range out.Rect.Dy() {
		for x := range out.Rect.Dx() {
			sx, sy := x, y
			switch how {
			case 2:
				sx = w - 1 - x
			case 3:
				sx, sy = w-1-x, h-1-y
			case 4:
				sy = h - 1 - y
			case 5:
				sx, sy = y, x
			case 6:
				sx, sy = y, h-1-x
			case 7:
				sx, sy = w-1-y, h-1-x
			case 8:
				sx, sy = w-1-y, x
			}
			copy(out.Pix[out.PixOffset(x, y):][:4], src.Pix[src.PixOffset(sx, sy):][:4])
		}
	}
	return out
}

// readJPEG looks at the parts of a JPEG (ITU T.81, B.1) without decoding it.
type jpegParts struct {
	width, height, components int
	progressive, adobe, bits8 bool
	exif                      []byte
	bare                      []byte // the file without what the phone or a program wrote into it, and without what follows its end
}

// plain tells whether a PDF can take the file as it is.
func (j jpegParts) plain() bool {
	return j.bits8 && !j.progressive && !j.adobe && (j.components == 1 || j.components == 3) && exifOrientation(j.exif) < 2
}

// readJPEG goes through the segments; ok is false where they don't lead to an end.
func readJPEG(data []byte) (j jpegParts, ok bool) {
	if !bytes.HasPrefix(data, []byte("\xff\xd8")) {
		return j, false
	}
	j.bare = append(make([]byte, 0, len(data)), data[:2]...)
	for i := 2; ; {
		if i+4 > len(data) || data[i] != 0xff {
			return j, false
		}
		marker := data[i+1]
		switch {
		case marker == 0xff: // filling
			i++
			continue
		case marker == 0xd9:
			j.bare = append(j.bare, 0xff, 0xd9)
			return j, true
		}
		size := int(binary.BigEndian.Uint16(data[i+2:]))
		if size < 2 || i+2+size > len(data) {
			return j, false
		}
		segment, body := data[i:i+2+size], data[i+4:i+2+size]
		i += 2 + size
		switch {
		case marker == 0xe1:
			if j.exif == nil && bytes.HasPrefix(body, []byte("Exif\x00\x00")) {
				j.exif = body[6:]
			}
			continue
		case marker == 0xee:
			j.adobe = true
			continue
		case marker == 0xe0 && size == 16 && bytes.HasPrefix(body, []byte("JFIF\x00")):
			// without a small picture in it; it says what the colours are
		case marker >= 0xe0 && marker <= 0xef || marker == 0xfe:
			continue
		case marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc:
			if len(body) < 6 || j.width != 0 {
				return j, false
			}
			j.progressive = marker != 0xc0 && marker != 0xc1
			j.bits8 = body[0] == 8
			j.height, j.width, j.components = int(binary.BigEndian.Uint16(body[1:])), int(binary.BigEndian.Uint16(body[3:])), int(body[5])
			if j.width == 0 || j.height == 0 {
				return j, false
			}
		}
		j.bare = append(j.bare, segment...)
		if marker == 0xda { // what is coded follows, until a marker that is none of its own
			from := i
			for {
				n := bytes.IndexByte(data[i:], 0xff)
				if n < 0 || i+n+1 >= len(data) {
					return j, false
				}
				i += n
				if m := data[i+1]; m != 0 && (m < 0xd0 || m > 0xd7) {
					break
				}
				i += 2
			}
			j.bare = append(j.bare, data[from:i]...)
			if i+2 <= len(data) && data[i+1] == 0xd9 {
				j.bare = append(j.bare, 0xff, 0xd9)
				return j, true
			}
		}
	}
}

// orientation is how EXIF says a picture is meant to be seen, of a JPEG or a PNG;
// 1 = as it is.
func orientation(data []byte) int {
	if j, ok := readJPEG(data); ok || j.exif != nil {
		return exifOrientation(j.exif)
	}
	if bytes.HasPrefix(data, []byte("\x89PNG")) {
		for i := 8; i+12 <= len(data); {
			n := int(binary.BigEndian.Uint32(data[i:]))
			if n < 0 || n > len(data)-i-12 {
				break
			}
			if string(data[i+4:i+8]) == "eXIf" {
				return exifOrientation(data[i+8 : i+8+n])
			}
			i += 12 + n
		}
	}
	return 1
}

// exifOrientation reads tag 0x0112 of the first directory of a TIFF header
// (EXIF 2.32, 4.6.4).
func exifOrientation(t []byte) int {
	if len(t) < 8 {
		return 1
	}
	var order binary.ByteOrder = binary.BigEndian
	if t[0] == 'I' {
		order = binary.LittleEndian
	}
	at := int(order.Uint32(t[4:]))
	if at < 8 || at > len(t)-2 {
		return 1
	}
	n := int(order.Uint16(t[at:]))
	for i := range n {
		e := at + 2 + 12*i
		if e+12 > len(t) {
			break
		}
		if order.Uint16(t[e:]) == 0x0112 {
			if v := int(order.Uint16(t[e+8:])); v >= 1 && v <= 8 {
				return v
			}
		}
	}
	return 1
}

// Areas are the names of what Cover can cover: the upper and the lower eighth,
// where apps show names and numbers; the left and the right third; and the middle
// third from top to bottom, over the whole width.
func Areas() []string { return []string{"top", "bottom", "left_third", "middle", "right_third"} }

// area is the part of a picture that has a name.
func area(name string, r image.Rectangle) (image.Rectangle, bool) {
	w, h := r.Dx(), r.Dy()
	up := func(n, of int) int { return (n + of - 1) / of }
	switch name {
	case "top":
		return image.Rect(0, 0, w, up(h, 8)), true
	case "bottom":
		return image.Rect(0, h-up(h, 8), w, h), true
	case "left_third":
		return image.Rect(0, 0, up(w, 3), h), true
	case "right_third":
		return image.Rect(w-up(w, 3), 0, w, h), true
	case "middle":
		return image.Rect(0, h/3, w, h-h/3), true
	}
	return image.Rectangle{}, false
}

// Cover writes a copy of a picture with areas covered in black, as a JPEG. The
// copy has nothing but pixels: what a phone or a program wrote into the file
// (place, camera, time, words) is not in it, and what lies under the black is
// gone. It is turned as it is meant to be seen, and not longer than 3,000 pixels.
// ErrPicture = it can't be opened.
func Cover(r io.Reader, areas []string, w io.Writer) error {
	seen, err := peekPicture(r)
	if err != nil {
		return fmt.Errorf("read a picture: %w", err)
	}
	if seen.data == nil {
		return ErrPicture
	}
	picture, _, err := open(seen.data, copySide)
	if err != nil {
		return err
	}
	for _, name := range areas {
		at, known := area(name, picture.Bounds())
		if !known {
			return fmt.Errorf("cover a picture: nobody knows the area %q", name)
		}
		draw.Draw(picture, at, image.Black, image.Point{}, draw.Src)
	}
	if err := jpeg.Encode(w, picture, &jpeg.Options{Quality: 90}); err != nil {
		return fmt.Errorf("write a picture: %w", err)
	}
	return nil
}

// Picture opens a picture that was kept, as it is meant to be seen, on white, made
// smaller where it has more pixels than that. ErrPicture = it can't be opened.
func Picture(r io.Reader, pixels int) (*image.RGBA, error) {
	seen, err := peekPicture(r)
	if err != nil {
		return nil, fmt.Errorf("read a picture: %w", err)
	}
	if seen.data == nil {
		return nil, ErrPicture
	}
	c, _, err := image.DecodeConfig(bytes.NewReader(seen.data))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPicture, err)
	}
	side := max(c.Width, c.Height)
	if full := float64(c.Width) * float64(c.Height); full > float64(pixels) {
		side = int(float64(side) * math.Sqrt(float64(pixels)/full))
	}
	picture, _, err := open(seen.data, side)
	return picture, err
}

// Strip writes a copy with nothing covered and nothing but pixels in it.
func Strip(r io.Reader, w io.Writer) error { return Cover(r, nil, w) }
