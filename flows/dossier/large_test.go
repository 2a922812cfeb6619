package dossier

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// theLargeCase has 50 exhibits: 30 photos as a phone sends them through Telegram,
// albums, PDFs, voice, forwards, emoji, long names, Chinese and Arabic.
func theLargeCase(t testing.TB) (*Dossier, memory) {
	d, m := theCooker(t)
	d.Exhibits, d.Talk = nil, nil
	long := strings.Repeat("订单截图VeryLongName", 20)[:200] + ".jpg"
	add := func(x Exhibit, data []byte) {
		x.Number = len(d.Exhibits) + 1
		x.Message, x.State = 500+x.Number, "kept"
		x.Sent = day("2026-03-05 10:00").Add(time.Duration(x.Number) * time.Minute)
		x.Received, x.Stored = x.Sent, x.Sent.Add(time.Second)
		x.Date = d.When(x.Sent)
		if x.Form == "text_only" {
			x.SHA256, x.Size, x.Type = hashOf([]byte(x.Text)), int64(len(x.Text)), "text/plain; charset=utf-8"
			d.Talk = append(d.Talk, Message{At: x.Sent, Exhibit: x.Number, Who: x.Title, Text: x.Text})
		} else {
			x.SHA256, x.Size = m.put(data), int64(len(data))
		}
		d.Exhibits = append(d.Exhibits, x)
	}
	for i := range 30 {
		x := Exhibit{Kind: "photo", Form: "telegram_recompressed", Type: "image/jpeg", Title: fmt.Sprintf("照片%d：包裹和电饭煲", i+1), Text: "看这里👀📦 العلبة مكسورة"}
		if i < 10 {
			x.Album = "13542"
		}
		add(x, photo(1280, 960, uint64(i+1)))
	}
	for i := range 5 {
		add(Exhibit{Kind: "document", Form: "as_sent_file", Type: "application/pdf", Declared: "application/pdf", Name: long, Title: "文件：发票"}, append([]byte("%PDF-1.4\n"), photo(300, 300, uint64(100+i))...))
	}
	for i := range 5 {
		add(Exhibit{Kind: "voice", Form: "as_sent_file", Type: "audio/ogg", Title: "语音：客服来电"}, append([]byte("OggS"), photo(200, 200, uint64(200+i))...))
	}
	for i := range 10 {
		add(Exhibit{
			Kind: "forward", Form: "text_only", Theirs: true, Forward: &Origin{"hidden_user", strings.Repeat("好锅客服", 50)[:198], day("2026-03-09 10:14").Add(time.Duration(i) * time.Minute)}, Title: "转发的消息",
			Text: fmt.Sprintf("第%d条：", i) + strings.Repeat("亲，拆封了就不能退了哦😂🙏 final sale, نأسف لا يمكن الإرجاع。", 6),
		}, nil)
	}
	finishLog(d)
	return d, m
}

// counting forgets what is written.
type counting struct{ n *int64 }

func (c counting) Write(p []byte) (int, error) { *c.n += int64(len(p)); return len(p), nil }
func (counting) Close() error                  { return nil }

// The figures of a large case. They are printed, not held to: a machine may be
// busy. Bars: 3 s and 150 MB.
func TestALargeCase(t *testing.T) {
	d, m := theLargeCase(t)
	runtime.GC()
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	var peak atomic.Uint64
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			var s runtime.MemStats
			runtime.ReadMemStats(&s)
			peak.Store(max(peak.Load(), s.HeapInuse))
			select {
			case <-stop:
				return
			case <-time.After(5 * time.Millisecond):
			}
		}
	}()
	sizes := map[string]*int64{}
	create := func(name string) (io.WriteCloser, error) {
		sizes[name] = new(int64)
		return counting{sizes[name]}, nil
	}
	begin := time.Now()
	last, total := 0, 0
	names, err := Write(context.Background(), d, m.open, newSigner(1), create, func(n, of int) {
		if n < last || n > of {
			t.Errorf("progress went from %d to %d of %d", last, n, of)
		}
		last, total = n, of
	})
	took := time.Since(begin)
	close(stop)
	<-done
	if err != nil {
		t.Fatal(err)
	}
	if last != total || total == 0 {
		t.Errorf("progress ended at %d of %d", last, total)
	}
	input := int64(0)
	for _, data := range m {
		input += int64(len(data))
	}
	t.Logf("50 exhibits of %.1f MB: made in %d ms, heap in use at most %d MB above the %d MB of the exhibits and the test", float64(input)/1e6, took.Milliseconds(), (int64(peak.Load())-int64(before.HeapInuse))>>20, before.HeapInuse>>20)
	for _, n := range names {
		t.Logf("%s: %.1f MB", n, float64(*sizes[n])/1e6)
	}
}

func BenchmarkALargeCase(b *testing.B) {
	d, m := theLargeCase(b)
	b.ReportAllocs()
	for b.Loop() {
		f := counting{new(int64)}
		if _, err := Write(context.Background(), d, m.open, newSigner(1), func(string) (io.WriteCloser, error) { return f, nil }, nil); err != nil {
			b.Fatal(err)
		}
	}
}
