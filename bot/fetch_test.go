package bot

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"recourse/bot/sandbox"
	"recourse/flows"
)

type tripper func(*http.Request) (*http.Response, error)

func (f tripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func respond(code int, body string) *http.Response {
	return &http.Response{
		StatusCode: code, Header: http.Header{"Content-Type": {"application/json"}},
		Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)),
	}
}

// results are the events that brought files home, or did not.
func (s *shelf) results() (events []flows.Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, in := range s.heard {
		if in.Job != 0 {
			if in.ID != fmt.Sprint("job:", in.Job) {
				panic("a result's id is " + in.ID)
			}
			events = append(events, in.Event)
		}
	}
	return events
}

var pngBytes = append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"), make([]byte, 100)...)

func TestAFileIsKeptAsItCame(t *testing.T) {
	r := newRig(t, echo, nil)
	r.box.Send(7, sandbox.File{Name: "proof.txt", Type: "text/plain", Data: pngBytes}) // it says text, and is a picture
	r.settle(t)
	got := r.shelf.results()
	if len(got) != 1 {
		t.Fatalf("%+v\n%s", got, r.logged())
	}
	kept, ok := got[0].(flows.Kept)
	if !ok || kept.Type != "image/png" || kept.Size != int64(len(pngBytes)) || kept.Case != 1 || kept.Exhibit != 1 {
		t.Fatalf("%+v", got[0])
	}
	if !bytes.Equal(r.shelf.files[kept.SHA256], pngBytes) {
		t.Error("other bytes were kept")
	}
	if strings.Contains(r.logged(), "proof") {
		t.Errorf("a file name is in the log:\n%s", r.logged())
	}
}

func TestDownloads(t *testing.T) {
	const getFile = `{"ok":true,"result":{"file_id":"F","file_unique_id":"U","file_path":"documents/a b.bin","file_size":10}}`
	whole := func() *http.Response { return respond(200, "0123456789") }
	for _, c := range []struct {
		name     string
		size     int64
		attempts int
		meta     func(n int) *http.Response
		file     func(n int) (*http.Response, error)
		noDisk   int
		want     string // the event; "" = none, it is tried again
		retries  int
	}{
		{name: "well", file: func(int) (*http.Response, error) { return whole(), nil }, want: "Kept"},
		{name: "announced too big", size: fileLimit + 1, want: "too_big"},
		{name: "found too big", meta: func(int) *http.Response {
			return respond(200, `{"ok":true,"result":{"file_id":"F","file_path":"x","file_size":20971521}}`)
		}, want: "too_big"},
		{name: "refused as too big", meta: func(int) *http.Response {
			return respond(400, `{"ok":false,"error_code":400,"description":"Bad Request: file is too big"}`)
		}, want: "too_big"},
		{name: "empty", meta: func(int) *http.Response {
			return respond(200, `{"ok":true,"result":{"file_id":"F","file_path":"documents/a b.bin"}}`)
		}, file: func(int) (*http.Response, error) { return respond(200, ""), nil }, want: "empty"},
		{name: "nothing comes though it has a size, then well", file: func(n int) (*http.Response, error) {
			r := whole()
			if r.ContentLength = -1; n == 1 {
				r.Body = io.NopCloser(strings.NewReader(""))
			}
			return r, nil
		}, want: "Kept", retries: 1},
		{name: "too big though it said not", file: func(int) (*http.Response, error) {
			r := respond(200, "")
			r.Body, r.ContentLength = io.NopCloser(io.LimitReader(zeros{}, fileLimit+5)), -1
			return r, nil
		}, want: "too_big"},
		{name: "cut short, then whole", file: func(n int) (*http.Response, error) {
			r := whole()
			if n == 1 {
				r.Body = io.NopCloser(strings.NewReader("01234"))
			}
			return r, nil
		}, want: "Kept", retries: 1},
		{name: "cut short, of unsaid length", file: func(n int) (*http.Response, error) {
			r := whole()
			if r.ContentLength = -1; n == 1 {
				r.Body = io.NopCloser(strings.NewReader("01234"))
			}
			return r, nil
		}, want: "Kept", retries: 1},
		{name: "no network, then well", file: func(n int) (*http.Response, error) {
			if n < 3 {
				return nil, fmt.Errorf("dial bot%s: no route", canary)
			}
			return whole(), nil
		}, want: "Kept", retries: 2},
		{name: "a page, then well", file: func(n int) (*http.Response, error) {
			if n < 2 {
				return respond(502, "<html>"), nil
			}
			return whole(), nil
		}, want: "Kept", retries: 1},
		{name: "flood, then well", attempts: 30, meta: func(n int) *http.Response {
			if n < 2 {
				return respond(429, `{"ok":false,"error_code":429,"description":"Too Many Requests","parameters":{"retry_after":1}}`)
			}
			return respond(200, getFile)
		}, file: func(int) (*http.Response, error) { return whole(), nil }, want: "Kept", retries: 1},
		{name: "disk full for long, then well", attempts: 30, noDisk: 3, file: func(int) (*http.Response, error) { return whole(), nil }, want: "Kept", retries: 3},
		{name: "gone", meta: func(int) *http.Response {
			return respond(400, `{"ok":false,"error_code":400,"description":"Bad Request: wrong file_id"}`)
		}, want: "gone", retries: tries - 1},
		{name: "elsewhere", file: func(int) (*http.Response, error) {
			r := respond(302, "")
			r.Header.Set("Location", "http://example.org/steal")
			return r, nil
		}, want: "gone", retries: tries - 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, log := newShelf(), &logbook{}
			s.noDisk = c.noDisk
			b := newBot(t, "http://telegram.invalid", s, quiet, log)
			asked, fetched := 0, 0
			b.client.Transport = tripper(func(r *http.Request) (*http.Response, error) {
				if r.URL.Host != "telegram.invalid" {
					t.Errorf("called %s", r.URL.Host)
				}
				if strings.HasSuffix(r.URL.Path, "/getFile") {
					if asked++; c.meta != nil {
						return c.meta(asked), nil
					}
					return respond(200, getFile), nil
				}
				if r.URL.EscapedPath() != "/file/bot"+canary+"/documents/a%20b.bin" {
					t.Errorf("path %s", strings.ReplaceAll(r.URL.EscapedPath(), canary, "…"))
				}
				fetched++
				return c.file(fetched)
			})
			job := flows.Job{ID: 5, Person: 7, Attempts: c.attempts, Work: flows.Fetch{Case: 1, Exhibit: 2, File: flows.File{ID: "F", Size: c.size}}}
			retries := 0
			for !b.do(t.Context(), job).IsZero() {
				job.Attempts++
				retries++
			}
			got := s.results()
			if len(got) != 1 || retries != c.retries {
				t.Fatalf("%+v after %d retries, want %d\n%s", got, retries, c.retries, &log.text)
			}
			switch e := got[0].(type) {
			case flows.Kept:
				if c.want != "Kept" || string(s.files[e.SHA256]) != "0123456789" || e.Exhibit != 2 {
					t.Errorf("%+v", e)
				}
			case flows.Lost:
				if e != (flows.Lost{Case: 1, Exhibit: 2, Why: c.want}) {
					t.Errorf("%+v", e)
				}
			}
			if strings.Contains(log.text.String(), canary) {
				t.Errorf("the token is in the log:\n%s", &log.text)
			}
		})
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// Nine tries wait together for hours, so that an evening without network
// loses no exhibit.
func TestRetriesTakeHours(t *testing.T) {
	b := newBot(t, "http://127.0.0.1:1", newShelf(), quiet, &logbook{})
	b.second = time.Second
	var all, last time.Duration
	for n := range tries - 1 {
		event, wait := b.fetch(t.Context(), flows.Job{ID: 1, Attempts: n}, flows.Fetch{})
		if event != nil || wait < last {
			t.Fatalf("attempt %d: %v, waits %v", n, event, wait)
		}
		all, last = all+wait, wait
	}
	if all < 2*time.Hour || all > 12*time.Hour {
		t.Errorf("waits %v in all", all)
	}
}

// A download that never ends, and seven more, hold up neither the dialogue nor
// the end.
func TestASlowDownloadDelaysNobody(t *testing.T) {
	var slow atomic.Int32
	r := newRig(t, echo, func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
			if strings.HasPrefix(q.URL.Path, "/file/") {
				slow.Add(1)
				defer slow.Add(-1)
				<-q.Context().Done()
				return
			}
			h.ServeHTTP(w, q)
		})
	})
	stop := r.run(t)
	for i := range atOnce + 4 {
		r.box.Send(7, sandbox.File{Name: "a.bin", Data: []byte(fmt.Sprint(i))})
	}
	until(t, "the atOnce", func() bool { return slow.Load() == atOnce })
	r.box.Say(7, "hello")
	until(t, "the answer", func() bool { return len(r.said(7)) == 1 })
	if n := slow.Load(); n != atOnce {
		t.Errorf("%d atOnce at once", n)
	}
	stop()
	if got := r.shelf.results(); len(got) != 0 {
		t.Errorf("%+v", got)
	}
	for _, j := range r.shelf.jobs {
		if j.done || j.Attempts != 0 {
			t.Errorf("a job that was cut off counts as tried: %+v", j)
		}
	}
}
