package bot

import (
	"bytes"
	"errors"
	"image"
	stdpng "image/png"
	"io"
	"strings"
	"testing"
	"time"

	"recourse/bot/sandbox"
	"recourse/flows"
	"recourse/flows/dossier"
)

// copied copies bytes, so that what went in and out can be seen.
func copied(r io.Reader, areas []string, w io.Writer) error {
	if _, err := io.WriteString(w, strings.Join(areas, ",")+";"); err != nil {
		return err
	}
	_, err := io.Copy(w, r)
	return err
}

func TestRedact(t *testing.T) {
	small := func() []byte {
		var b bytes.Buffer
		if err := stdpng.Encode(&b, image.NewGray(image.Rect(0, 0, 4, 4))); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}()
	for _, c := range []struct {
		name   string
		cover  func(io.Reader, []string, io.Writer) error
		file   []byte // nil: it is not in the vault
		noDisk int
		want   string // Kept, or why it was lost
		out    string // what was kept begins with
		tries  int
	}{
		{name: "well", cover: copied, file: small, want: "Kept", out: "top,middle;\x89PNG", tries: 1},
		{name: "a picture", cover: dossier.Cover, file: small, want: "Kept", out: "\xff\xd8\xff", tries: 1},
		{name: "no picture", cover: dossier.Cover, file: []byte("GIF89a<script>alert(1)</script>"), want: "refused", tries: 1},
		{name: "half a picture", cover: dossier.Cover, file: small[:len(small)-20], want: "refused", tries: 1},
		{name: "it panics", cover: func(io.Reader, []string, io.Writer) error { panic("a fault") }, file: small, want: "refused", tries: 1},
		{name: "it panics when half is written", cover: func(_ io.Reader, _ []string, w io.Writer) error {
			_, _ = w.Write([]byte("half"))
			panic("a fault")
		}, file: small, want: "refused", tries: 1},
		{name: "it ends early", cover: func(_ io.Reader, _ []string, w io.Writer) error {
			_, _ = w.Write([]byte("half"))
			return errors.New("cut short")
		}, file: small, want: "refused", tries: 1},
		{name: "too large a copy", cover: func(_ io.Reader, _ []string, w io.Writer) error {
			_, err := io.Copy(w, io.LimitReader(zeros{}, fileLimit+5))
			return err
		}, file: small, want: "refused", tries: 1},
		{name: "not there", cover: copied, want: "gone", tries: 1},
		{name: "disk full, then well", cover: copied, file: small, noDisk: 2, want: "Kept", out: "top,middle;", tries: 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, log := newShelf(), &logbook{}
			b := newBot(t, "http://telegram.invalid", s, quiet, log)
			b.cover = c.cover
			if c.file != nil {
				s.files["original"] = bytes.Clone(c.file)
			}
			s.noDisk = c.noDisk
			job := flows.Job{ID: 5, Person: 7, Work: flows.Redact{Case: 1, Exhibit: 3, SHA256: "original", Cover: []string{"top", "middle"}}}
			n := 1
			for !b.do(t.Context(), job).IsZero() {
				job.Attempts++
				n++
			}
			got := s.results()
			if len(got) != 1 || n != c.tries {
				t.Fatalf("%+v after %d tries\n%s", got, n, &log.text)
			}
			switch e := got[0].(type) {
			case flows.Kept:
				if c.want != "Kept" || e.Case != 1 || e.Exhibit != 3 || !strings.HasPrefix(string(s.files[e.SHA256]), c.out) {
					t.Errorf("%+v %.40q", e, s.files[e.SHA256])
				}
			case flows.Lost:
				if e != (flows.Lost{Case: 1, Exhibit: 3, Why: c.want}) {
					t.Errorf("%+v", e)
				}
				if len(s.files) > 1 {
					t.Error("something was kept all the same")
				}
			}
			if c.file != nil && !bytes.Equal(s.files["original"], c.file) {
				t.Error("the original is not what it was")
			}
		})
	}
}

// One picture in memory at a time: a second is put off, and holds nobody up.
func TestOnePictureAtATime(t *testing.T) {
	s := newShelf()
	b := newBot(t, "http://telegram.invalid", s, quiet, &logbook{})
	inside, on := make(chan bool), make(chan bool)
	b.cover = func(io.Reader, []string, io.Writer) error {
		inside <- true
		<-on
		return errors.New("enough")
	}
	s.files["original"] = []byte("x")
	work := flows.Redact{Case: 1, Exhibit: 3, SHA256: "original"}
	go b.redact(t.Context(), flows.Job{ID: 1, Person: 7}, work)
	<-inside
	if event, wait := b.redact(t.Context(), flows.Job{ID: 2, Person: 8}, work); event != nil || wait <= 0 || wait > time.Second {
		t.Errorf("a second picture at once: %v, %v", event, wait)
	}
	on <- true
	until(t, "the first to end", func() bool { return len(b.covering) == 0 })
}

// The kind of a file is told by its bytes, whatever it is called and whatever
// the sender says of it.
func TestTypeByContent(t *testing.T) {
	zip := "PK\x03\x04\x14\x00\x00\x00\x08\x00aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	for _, c := range []struct{ name, declared, data, want string }{
		{"photo.jpg", "image/jpeg", "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "application/pdf"},
		{"photo.jpg", "image/jpeg", "MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff", "application/vnd.microsoft.portable-executable"},
		{"photo.png", "image/png", "<html><script>alert(1)</script></html>", "text/html; charset=utf-8"},
		{"photo.png", "image/png", "<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>", "image/svg+xml"},
		{"invoice.pdf", "application/pdf", "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "image/png"},
		{"invoice.pdf", "application/pdf", zip, "application/zip"},
		{"a.txt", "text/plain", "\xff\xd8\xff\xe0\x00\x10JFIF\x00", "image/jpeg"},
		{"gif and script", "image/gif", "GIF89a/*\x00\x00*/=1;alert(1)//", "image/gif"},
		{"pdf behind a jpeg", "image/jpeg", "\xff\xd8\xff\xe0\x00\x10JFIF\x00%PDF-1.7", "application/pdf"}, // no picture, so never opened
		{"nothing to see", "image/webp", "\x00\x01\x02\x03", "application/octet-stream"},
	} {
		r := newRig(t, func(_ *flows.Person, in flows.Input) []flows.Effect {
			if e, ok := in.Event.(flows.Sent); ok {
				return []flows.Effect{flows.Fetch{Case: 1, Exhibit: 1, File: e.File}}
			}
			return nil
		}, nil)
		r.box.Send(7, sandbox.File{Name: c.name, Type: c.declared, Data: []byte(c.data)})
		r.settle(t)
		got := r.shelf.results()
		if kept, ok := got[0].(flows.Kept); len(got) != 1 || !ok || kept.Type != c.want {
			t.Errorf("%s: %+v, want %s", c.name, got, c.want)
		}
	}
}
