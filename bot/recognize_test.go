package bot

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"image"
	"image/color"
	stdpng "image/png"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/image/draw"

	"recourse/flows"
	"recourse/flows/dossier"
)

func greyPage(t *testing.T, w, h int, paper color.Gray) []byte {
	t.Helper()
	m := image.NewGray(image.Rect(0, 0, w, h))
	for i := range m.Pix {
		m.Pix[i] = paper.Y
	}
	var b bytes.Buffer
	if err := stdpng.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// What goes to the program is grey, light, and wide enough; what is no picture
// or too large is never opened.
func TestReadable(t *testing.T) {
	for name, c := range map[string]struct {
		data  []byte
		width int
	}{
		"narrow and dark": {greyPage(t, 300, 400, color.Gray{20}), 900},
		"wide and light":  {greyPage(t, 1000, 400, color.Gray{240}), 1000},
	} {
		page, err := readable(bytes.NewReader(c.data))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		m, err := stdpng.Decode(page)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if m.Bounds().Dx() != c.width || m.At(5, 5).(color.Gray).Y < 200 {
			t.Errorf("%s: %v, paper %v", name, m.Bounds(), m.At(5, 5))
		}
	}
	huge := greyPage(t, 10, 10, color.Gray{0})
	copy(huge[16:24], []byte{0, 0, 0x7d, 0, 0, 0, 0x7d, 0}) // 32000 × 32000, says its header
	for name, data := range map[string][]byte{"text": []byte("hello"), "nothing": nil, "huge": huge, "cut": greyPage(t, 100, 100, color.Gray{0})[:60]} {
		if _, err := readable(bytes.NewReader(data)); !errors.Is(err, dossier.ErrPicture) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A photo of 49 megapixels is read without a gigabyte of memory, and made larger
// in bands as it would be in one piece.
func TestReadableIsFrugal(t *testing.T) {
	data := greyPage(t, 7000, 7000, color.Gray{200})
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	page, err := readable(bytes.NewReader(data))
	runtime.ReadMemStats(&after)
	if err != nil {
		t.Fatal(err)
	}
	if m, err := stdpng.Decode(page); err != nil || m.Bounds().Dx()*m.Bounds().Dy() > readPixels {
		t.Errorf("the page: %v, %v", m.Bounds(), err)
	}
	if took := (after.TotalAlloc - before.TotalAlloc) >> 20; took > 300 {
		t.Errorf("it took %d MB", took)
	}

	seen := image.NewRGBA(image.Rect(0, 0, 37, 200))
	for i := range seen.Pix {
		seen.Pix[i] = byte(i*i>>3) | byte(255*(i%4/3))
	}
	whole := image.NewGray(image.Rect(0, 0, 3*37, 3*200))
	draw.CatmullRom.Scale(whole, whole.Rect, seen, seen.Rect, draw.Src, nil)
	if !bytes.Equal(larger(seen, 3).Pix, whole.Pix) {
		t.Error("in bands it looks otherwise")
	}
}

// WebP, as some phones and shops write it.
func TestReadableWebP(t *testing.T) {
	data, err := base64.StdEncoding.DecodeString("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := readable(bytes.NewReader(data)); err != nil {
		t.Error(err)
	}
}

// The program is asked as it is meant to be: only languages that are installed,
// one thread, the picture through a pipe; only the beginning of what it says is
// kept; and where it hangs it is ended together with what it started.
func TestTesseract(t *testing.T) {
	dir := t.TempDir()
	program := func(body string) {
		if err := os.WriteFile(filepath.Join(dir, "tesseract"), []byte("#!/bin/sh\n[ \"$1\" = --list-langs ] && printf 'List of 2:\\neng\\nosd\\n' && exit\n"+body), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", dir)
	if Tesseract() != nil {
		t.Error("there is no program")
	}
	t.Setenv("PATH", dir+":/usr/bin:/bin")
	program("exit 3\n")
	read := Tesseract()
	page := greyPage(t, 1000, 20, color.Gray{240})
	if words, err := read(t.Context(), bytes.NewReader(page)); err == nil || words != "" {
		t.Errorf("a program that fails: %q, %v", words, err)
	}
	program(`echo "$@ $OMP_THREAD_LIMIT $(head -c 4 | tail -c 3)"` + "\n")
	if words, err := read(t.Context(), bytes.NewReader(page)); err != nil || words != "stdin stdout -l eng --psm 6 1 PNG\n" {
		t.Errorf("asked %q, %v", words, err)
	}
	program("cat >/dev/null; yes 订单编号 | head -c 1000000\n")
	if words, err := read(t.Context(), bytes.NewReader(page)); err != nil || len(words) > readText || !strings.HasPrefix(words, "订单编号") || !utf8.ValidString(words) {
		t.Errorf("a flood: %d bytes, %v", len(words), err)
	}

	child := filepath.Join(dir, "child")
	program("sleep 60 & echo $! >" + child + ".new; mv " + child + ".new " + child + "; wait\n")
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { _, err := read(ctx, bytes.NewReader(page)); ended <- err }()
	id := 0
	for end := time.Now().Add(10 * time.Second); id == 0 && time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if text, err := os.ReadFile(child); err == nil {
			id, _ = strconv.Atoi(strings.TrimSpace(string(text)))
		}
	}
	cancel()
	select {
	case err := <-ended:
		if err == nil || id == 0 {
			t.Errorf("ended with %v, child %d", err, id)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("it was not ended")
	}
	if text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", id)); err == nil && !strings.Contains(string(text), ") Z ") {
		t.Error("what it started runs on")
	}
}

// A picture that is read slowly holds nobody up, and no more than two are read
// at once; without a program there are no words and no trouble.
func TestReadingHoldsNobodyUp(t *testing.T) {
	s := newShelf()
	sum, _, _, err := s.Put(t.Context(), 7, bytes.NewReader(greyPage(t, 10, 10, color.Gray{0})), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	b := newBot(t, "http://127.0.0.1:1", s, quiet, &logbook{})
	job := func(id int64) flows.Job {
		return flows.Job{ID: id, Person: 7, Work: flows.Recognize{Case: 1, Exhibit: 2, SHA256: sum}}
	}
	if event, wait := b.perform(t.Context(), job(1)); event != (flows.Recognized{Case: 1, Exhibit: 2}) || wait != 0 {
		t.Errorf("without a program: %+v %v", event, wait)
	}
	began, go_on := make(chan bool, 8), make(chan bool)
	b.set.Recognizer = func(ctx context.Context, r io.Reader) (string, error) {
		began <- true
		select {
		case <-go_on:
		case <-ctx.Done():
		}
		return "Order number 48213", ctx.Err()
	}
	results := make(chan flows.Event, 8)
	for id := range int64(2) {
		go func() { event, _ := b.perform(t.Context(), job(id)); results <- event }()
	}
	<-began
	<-began
	at := time.Now()
	if event, wait := b.perform(t.Context(), job(9)); event != nil || wait == 0 || time.Since(at) > time.Second {
		t.Errorf("a third picture: %+v %v", event, wait)
	}
	close(go_on)
	for range 2 {
		if e := <-results; e.(flows.Recognized).Text != "Order number 48213" {
			t.Errorf("%+v", e)
		}
	}
	b.set.Recognizer = func(context.Context, io.Reader) (string, error) { return "", fmt.Errorf("it broke") }
	if event, _ := b.perform(t.Context(), job(3)); event != (flows.Recognized{Case: 1, Exhibit: 2}) {
		t.Errorf("a broken program: %+v", event)
	}
	if event, _ := b.perform(t.Context(), flows.Job{ID: 4, Person: 7, Work: flows.Recognize{Case: 1, Exhibit: 2, SHA256: strings.Repeat("0", 64)}}); event != (flows.Recognized{Case: 1, Exhibit: 2}) {
		t.Errorf("a file that is gone: %+v", event)
	}
}
