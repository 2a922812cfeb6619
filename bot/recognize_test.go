package bot

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	stdpng "image/png"
	"io"
	"strings"
	"testing"
	"time"

	"recourse/flows"
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
		if _, err := readable(bytes.NewReader(data)); !errors.Is(err, errNoPicture) {
			t.Errorf("%s: %v", name, err)
		}
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
	b.set.Recognizer = func(ctx context.Context, r io.ReadSeeker) (string, error) {
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
	b.set.Recognizer = func(context.Context, io.ReadSeeker) (string, error) { return "", fmt.Errorf("it broke") }
	if event, _ := b.perform(t.Context(), job(3)); event != (flows.Recognized{Case: 1, Exhibit: 2}) {
		t.Errorf("a broken program: %+v", event)
	}
	if event, _ := b.perform(t.Context(), flows.Job{ID: 4, Person: 7, Work: flows.Recognize{Case: 1, Exhibit: 2, SHA256: strings.Repeat("0", 64)}}); event != (flows.Recognized{Case: 1, Exhibit: 2}) {
		t.Errorf("a file that is gone: %+v", event)
	}
}
