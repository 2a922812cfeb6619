package sandbox

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"
)

// drive asks the driving interface and returns status and answer.
func drive(t *testing.T, base, path, in string) (int, string) {
	t.Helper()
	method, kind := "GET", ""
	var reader io.Reader
	if in != "" {
		method, kind, reader = "POST", "application/json", strings.NewReader(in)
	}
	r, err := http.NewRequest(method, base+path, reader)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", kind)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, _ := io.ReadAll(resp.Body)
	return resp.StatusCode, strings.TrimSpace(string(b))
}

func TestDriving(t *testing.T) {
	s := New(Options{Token: token, Start: monday, Frozen: true, State: func(_ context.Context, chat int64) (any, error) {
		return map[string]int64{"chat": chat}, nil
	}})
	server := httptest.NewServer(s.Handler())
	defer server.Close()
	defer s.Close()
	b := &bench{Sandbox: s, t: t, url: server.URL}

	steps := []struct {
		path, in string
		status   int
		want     string // a part of the answer
	}{
		{"/api/people", `{"name":"Alex","language":"fr"}`, 200, `{"id":1,"name":"Alex","language":"fr"}`},
		{"/api/people", ``, 200, `"started":false`},
		{"/api/say", `{"chat":1,"text":"/start"}`, 200, `{"message":1}`},
		{"/api/say", `{"chat":1,"text":""}`, 400, "text is empty"},
		{"/api/say", `{"text":"x"}`, 400, "chat is missing"},
		{"/api/say", `{"chat":1,"txt":"x"}`, 400, "unknown field"},
		{"/api/forward", `{"chat":1,"origin":{"kind":"channel","name":"LampLand","date":"2026-03-01T09:00:00Z"},"text":"No."}`, 200, `{"message":2}`},
		{"/api/forward", `{"chat":1,"origin":{"kind":"alien","name":"x"},"text":"No."}`, 400, "origin kind"},
		{"/api/share", `{"chat":1,"kind":"spell"}`, 400, "kind is one of contact"},
		{"/api/edit", `{"chat":1,"message":1,"text":"/new"}`, 200, "true"},
		{"/api/edit", `{"chat":1,"message":2,"text":"forged"}`, 400, "only the person's own"},
		{"/api/edit", `{"chat":1,"message":9,"text":"x"}`, 404, "no such message"},
		{"/api/tap", `{"chat":1,"button":"Yes"}`, 404, "no such button"},
		{"/api/clock", ``, 200, `{"frozen":true,"now":"2026-03-02T10:00:00Z"}`},
		{"/api/clock", `{"advance":"14d"}`, 200, `"now":"2026-03-16T10:00:00Z"`},
		{"/api/clock", `{"set":"2026-03-17T10:00:00Z"}`, 200, `"now":"2026-03-17T10:00:00Z"`},
		{"/api/clock", `{"set":"2026-03-01T10:00:00Z"}`, 400, "never goes back"},
		{"/api/clock", `{"advance":"soon"}`, 400, "advance must look like"},
		{"/api/block", `{"chat":1}`, 200, "true"},
		{"/api/people", ``, 200, `"blocked":true`},
		{"/api/unblock", `{"chat":1}`, 200, "true"},
		{"/api/transcript?chat=1&after=1", ``, 200, `"text":"No."`},
		{"/api/transcript", ``, 400, "chat"},
		{"/api/state?chat=1", ``, 200, `{"chat":1}`},
		{"/api/raw", `{"poll":{}}`, 200, `"update":`},
		{"/api/raw", `[]`, 400, "JSON object"},
		{"/api/redeliver", `{"update":0}`, 200, "true"},
		{"/api/redeliver", `{"update":5}`, 404, "no such update"},
		{"/api/pending", ``, 200, `{"pending":7}`},
		{"/api/wait?chat=1&after=0&timeout=10ms", ``, 408, "nothing"},
		{"/api/faults", `{"tooMany":1}`, 200, "true"},
		{"/api/faults", `{}`, 200, "true"},
		{"/api/refusals", ``, 200, "[]"},
		{"/api/about?chat=1", ``, 200, `"state":true`},
		{"/api/nothing", ``, 404, "no such address"},
		{"/api/say", ``, 405, "wrong method"},
	}
	for _, step := range steps {
		if status, got := drive(t, server.URL, step.path, step.in); status != step.status || !strings.Contains(got, step.want) {
			t.Errorf("%s %s: %d %s, want %d %s", step.path, step.in, status, got, step.status, step.want)
		}
	}

	go func() {
		time.Sleep(10 * time.Millisecond)
		b.ask("sendMessage", markup(`[[{"text":"Yes","callback_data":"y"}]]`))
	}()
	status, got := drive(t, server.URL, "/api/wait?chat=1&after=2&timeout=5s", "")
	var list []Message
	if err := json.Unmarshal([]byte(got), &list); status != 200 || err != nil || len(list) != 1 || list[0].Buttons[0][0].Data != "y" {
		t.Fatalf("wait: %d %s", status, got)
	}
	status, got = drive(t, server.URL, "/api/tap", `{"chat":1,"button":"Yes"}`)
	var tap struct{ Query string }
	if json.Unmarshal([]byte(got), &tap); status != 200 || tap.Query == "" {
		t.Fatalf("tap: %d %s", status, got)
	}
	go func() {
		time.Sleep(10 * time.Millisecond)
		b.ask("answerCallbackQuery", `{"callback_query_id":"`+tap.Query+`","text":"Noted"}`)
	}()
	if status, got = drive(t, server.URL, fmt.Sprintf("/api/wait?chat=1&revision=%d&timeout=5s", s.Revision()), ""); status != 200 || !strings.Contains(got, "Noted") {
		t.Errorf("wait for an answer: %d %s", status, got)
	}
}

func TestSendingFilesOverHTTP(t *testing.T) {
	s := New(Options{Token: token, Start: monday, Frozen: true})
	server := httptest.NewServer(s.Handler())
	defer server.Close()
	send := func(fields map[string]string, files ...string) (int, string) {
		var b bytes.Buffer
		form := multipart.NewWriter(&b)
		for k, v := range fields {
			form.WriteField(k, v)
		}
		for _, name := range files {
			w, _ := form.CreateFormFile("file", name)
			io.WriteString(w, "content of "+name)
		}
		form.Close()
		resp := must(http.Post(server.URL+"/api/send", form.FormDataContentType(), &b))(t)
		defer resp.Body.Close()
		out, _ := io.ReadAll(resp.Body)
		return resp.StatusCode, string(out)
	}
	if status, got := send(map[string]string{"chat": "1", "caption": "both", "forward_kind": "hidden_user", "forward_name": "LampLand"}, "a.txt", "<b>.html"); status != 200 || !strings.Contains(got, "[1,2]") {
		t.Fatalf("%d %s", status, got)
	}
	list := s.Transcript(1)
	if list[0].Album == "" || list[0].Album != list[1].Album || list[0].Text != "both" || list[1].Text != "" || list[1].Forward.Name != "LampLand" || list[1].File.Name != "<b>.html" {
		t.Errorf("%+v", list)
	}
	if b, ok := s.Bytes(list[0].File.ID); !ok || string(b) != "content of a.txt" {
		t.Errorf("%q", b)
	}
	for name, fields := range map[string]map[string]string{"no chat": {}, "no such way": {"chat": "1", "as": "pigeon"}, "no origin name": {"chat": "1", "forward_kind": "user"}} {
		if status, got := send(fields, "a.txt"); status != 400 {
			t.Errorf("%s: %d %s", name, status, got)
		}
	}
	if status, _ := send(map[string]string{"chat": "1"}); status != 400 {
		t.Error("no file was taken")
	}
	// Foreign files are downloads: a page of somebody else must not run as ours.
	resp := must(http.Get(server.URL + "/api/file?id=" + list[1].File.ID))(t)
	resp.Body.Close()
	if d := resp.Header.Get("Content-Disposition"); !strings.HasPrefix(d, "attachment") || resp.Header.Get("Content-Type") != "application/octet-stream" {
		t.Errorf("an HTML file came as %q, %q", resp.Header.Get("Content-Type"), d)
	}
}

func TestGuards(t *testing.T) {
	s := New(Options{Token: token, Start: monday, Frozen: true})
	ask := func(host string, header http.Header, path, body string) int {
		method := "GET"
		if body != "" {
			method = "POST"
		}
		r := httptest.NewRequest(method, path, strings.NewReader(body))
		r.Host = host
		for k, v := range header {
			r.Header[k] = v
		}
		if body != "" && header.Get("Content-Type") == "" {
			r.Header.Set("Content-Type", "application/json")
		}
		w := httptest.NewRecorder()
		s.Handler().ServeHTTP(w, r)
		return w.Code
	}
	for host, want := range map[string]int{
		"localhost": 200, "localhost:8080": 200, "127.0.0.1:80": 200, "127.9.9.9": 200, "[::1]:80": 200, "LOCALHOST:1": 200, "bot.localhost": 200,
		"evil.example": 403, "localhost.evil.example": 403, "192.168.1.5:80": 403, "127.0.0.1.evil.example": 403, "": 403, "0.0.0.0": 403,
	} {
		for _, path := range []string{"/", "/api/people", "/bot" + token + "/getMe"} {
			if got := ask(host, nil, path, ""); got != want {
				t.Errorf("host %q, %s: %d, want %d", host, path, got, want)
			}
		}
	}
	say := `{"chat":1,"text":"x"}`
	for name, test := range map[string]struct {
		header http.Header
		want   int
	}{
		"curl":            {http.Header{}, 200},
		"the page":        {http.Header{"Origin": {"http://localhost:80"}, "Sec-Fetch-Site": {"same-origin"}}, 200},
		"another site":    {http.Header{"Origin": {"https://evil.example"}}, 403},
		"another port":    {http.Header{"Origin": {"http://localhost:81"}}, 403},
		"a file":          {http.Header{"Origin": {"null"}}, 403},
		"fetch metadata":  {http.Header{"Sec-Fetch-Site": {"cross-site"}}, 403},
		"a plain form":    {http.Header{"Content-Type": {"text/plain"}}, 415},
		"a form's fields": {http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, 415},
	} {
		if got := ask("localhost:80", test.header, "/api/say", say); got != test.want {
			t.Errorf("%s: %d, want %d", name, got, test.want)
		}
	}
	if got := ask("localhost", nil, "/api/say", `{"chat":1,"text":"`+strings.Repeat("x", maxJSON)+`"}`); got != 400 {
		t.Errorf("a body over 1 MiB: %d", got)
	}
}

func TestEvents(t *testing.T) {
	s := New(Options{Token: token, Start: monday, Frozen: true})
	server := httptest.NewServer(s.Handler())
	defer server.Close()
	defer s.Close()
	s.Say(1, "before")
	resp := must(http.Get(server.URL + "/api/events"))(t)
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	lines.Scan() // the retry line: the stream is open
	s.Say(1, "after")
	for lines.Scan() {
		if text, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
			if !strings.Contains(text, `"kind":"message","chat":1`) {
				t.Errorf("event: %s", text)
			}
			return
		}
	}
	t.Error("no event came")
}

// The page's own words stand beside each other in both languages.
func TestPage(t *testing.T) {
	s := New(Options{Token: token})
	for path, kind := range map[string]string{"/": "text/html", "/chat.js": "text/javascript", "/chat.css": "text/css"} {
		r := httptest.NewRequest("GET", path, nil)
		r.Host = "localhost"
		w := httptest.NewRecorder()
		s.Handler().ServeHTTP(w, r)
		if w.Code != 200 || !strings.HasPrefix(w.Header().Get("Content-Type"), kind) || w.Body.Len() < 200 {
			t.Errorf("%s: %d %s", path, w.Code, w.Header())
		}
		if policy := w.Header().Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") {
			t.Errorf("%s: policy %q", path, policy)
		}
		for _, never := range []string{"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "src=\"http", "url(http", "@import"} {
			if strings.Contains(w.Body.String(), never) {
				t.Errorf("%s contains %s", path, never)
			}
		}
	}
	js := string(must(page.ReadFile("page/chat.js"))(t))
	english, rest, _ := strings.Cut(js, "  zh: {")
	chinese, _, _ := strings.Cut(rest, "const locale")
	_, english, _ = strings.Cut(english, "  en: {")
	word := regexp.MustCompile(`(\w+): '`)
	names := func(block string) map[string]bool {
		found := map[string]bool{}
		for _, m := range word.FindAllStringSubmatch(block, -1) {
			found[m[1]] = true
		}
		return found
	}
	en, zh := names(english), names(chinese)
	if len(en) < 50 {
		t.Fatalf("only %d words found", len(en))
	}
	for name := range en {
		if !zh[name] {
			t.Errorf("%s has no Chinese", name)
		}
	}
	for name := range zh {
		if !en[name] {
			t.Errorf("%s has no English", name)
		}
	}
}
