package main

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"recourse/flows/dossier"
)

// output is what a run printed so far.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

const token = "4242:CANARY-token-nobody-may-see"

// freePort is an address where nobody listens, or hardly ever.
func freePort(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// started runs the program in its own folder until the returned function ends
// it and gives the exit code.
func started(t *testing.T, environ ...string) (out *output, end func() int) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	out, problems := &output{}, &output{}
	code := make(chan int, 1)
	go func() { code <- run(ctx, nil, environ, nil, out, problems) }()
	for limit := time.Now().Add(time.Minute); out.String() == ""; time.Sleep(time.Millisecond) {
		if time.Now().After(limit) || len(code) > 0 {
			t.Fatalf("did not start:\n%s", problems)
		}
	}
	return out, func() int { cancel(); return <-code }
}

func TestStartsWithoutAToken(t *testing.T) {
	data, address := filepath.Join(t.TempDir(), "data"), freePort(t)
	out, end := started(t, "DATA_DIR="+data, "LISTEN_ADDR="+address)
	if got := out.String(); got != "Open http://"+address+"\n" {
		t.Errorf("printed %q", got)
	}
	post := func(path, body string) int {
		r, err := http.Post("http://"+address+path, "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Body.Close()
		return r.StatusCode
	}
	if code := post("/api/say", `{"chat":7,"text":"/start"}`); code != 200 {
		t.Fatalf("say: %d", code)
	}
	r, err := http.Get("http://" + address + "/api/wait?chat=7&after=1")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	var answer bytes.Buffer
	if _, err := answer.ReadFrom(r.Body); err != nil || !strings.Contains(answer.String(), `"from":"bot"`) {
		t.Errorf("nobody answered: %v %s", err, &answer)
	}
	// A second copy on the same data is refused, in one line.
	var problems bytes.Buffer
	if code := run(t.Context(), nil, []string{"DATA_DIR=" + data, "LISTEN_ADDR=" + freePort(t)}, nil, &bytes.Buffer{}, &problems); code != 1 || strings.Count(problems.String(), "\n") != 1 {
		t.Errorf("a second copy: %d\n%s", code, &problems)
	}
	if code := end(); code != 0 {
		t.Errorf("ended with %d", code)
	}
	// And the copy that is left behind can be backed up.
	to := filepath.Join(t.TempDir(), "copy")
	if code := run(t.Context(), []string{"backup", to}, []string{"DATA_DIR=" + data}, nil, &bytes.Buffer{}, &problems); code != 0 {
		t.Errorf("backup: %d\n%s", code, &problems)
	}
	if _, err := os.Stat(filepath.Join(to, "recourse.db")); err != nil {
		t.Error(err)
	}
}

func TestABadStartSaysWhyInOneLine(t *testing.T) {
	dir := t.TempDir()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	refusing := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(401)
		_, _ = w.Write([]byte(`{"ok":false,"error_code":401,"description":"Unauthorized"}`))
	}))
	defer refusing.Close()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	plain := file("plain", "x")
	bad := filepath.Join(dir, "bad")
	for _, c := range []struct {
		name, args string
		environ    []string
		code       int
		says       string
	}{
		{"a command nobody knows", "dance", nil, 2, `unknown command "dance"`},
		{"too many arguments", "diagram x", nil, 2, "wrong number of arguments"},
		{"too few arguments", "backup", nil, 2, "wrong number of arguments"},
		{"a folder that is a file", "", []string{"DATA_DIR=" + plain}, 1, "data folder"},
		{"a folder that can't be made", "", []string{"DATA_DIR=/proc/nobody/data"}, 1, "data folder"},
		{"a refused token", "", []string{"TELEGRAM_BOT_TOKEN=" + token, "TELEGRAM_API_URL=" + refusing.URL}, 1, "the token was refused by Telegram"},
		{"no token at all", "", []string{"TELEGRAM_BOT_TOKEN=hello " + token}, 1, "the token is not one that Telegram gives"},
		{"an address that is none", "", []string{"TELEGRAM_BOT_TOKEN=" + token, "TELEGRAM_API_URL=telegram"}, 1, "not a web address"},
		{"two tokens", "", []string{"TELEGRAM_BOT_TOKEN=" + token, "TELEGRAM_BOT_TOKEN_FILE=" + plain}, 1, "both set"},
		{"no token file", "", []string{"TELEGRAM_BOT_TOKEN_FILE=" + filepath.Join(dir, "none")}, 1, "TELEGRAM_BOT_TOKEN_FILE"},
		{"an empty token file", "", []string{"TELEGRAM_BOT_TOKEN_FILE=" + file("empty", "\n")}, 1, "is empty"},
		{"a token in a file", "", []string{"TELEGRAM_BOT_TOKEN_FILE=" + file("token", token+"\n"), "TELEGRAM_API_URL=" + refusing.URL}, 1, "the token was refused by Telegram"},
		{"no address to listen on", "", []string{"LISTEN_ADDR=8080"}, 1, "LISTEN_ADDR"},
		{"everybody may listen", "", []string{"LISTEN_ADDR=0.0.0.0:8080"}, 1, "only this machine may listen"},
		{"everybody, shorter", "", []string{"LISTEN_ADDR=:8080"}, 1, "only this machine may listen"},
		{"a port that is none", "", []string{"LISTEN_ADDR=127.0.0.1:99999"}, 1, "LISTEN_ADDR"},
		{"a port in use", "", []string{"LISTEN_ADDR=" + taken.Addr().String()}, 1, "in use"},
		{"nothing to back up", "backup " + filepath.Join(dir, "to"), []string{"DATA_DIR=" + filepath.Join(dir, "none")}, 1, "nothing to back up"},
		{"a folder of no content", "check " + bad, nil, 1, "mistakes in the content"},
	} {
		t.Run(c.name, func(t *testing.T) {
			environ := append([]string{"DATA_DIR=" + filepath.Join(t.TempDir(), "data"), "LISTEN_ADDR=" + freePort(t)}, c.environ...)
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			var stdout, stderr bytes.Buffer
			code := run(ctx, strings.Fields(c.args), environ, nil, &stdout, &stderr)
			if code != c.code || !strings.Contains(stderr.String(), c.says) {
				t.Errorf("exit %d, want %d and %q:\n%s", code, c.code, c.says, &stderr)
			}
			if c.args != "check "+bad && strings.Count(stderr.String(), "\n") != 1 {
				t.Errorf("not one line:\n%s", &stderr)
			}
			if strings.Contains(stdout.String()+stderr.String(), token) {
				t.Error("it tells the token")
			}
		})
	}
}

func TestDiagramAndCheck(t *testing.T) {
	var stdout, stderr bytes.Buffer
	if code := run(t.Context(), []string{"diagram"}, nil, nil, &stdout, &stderr); code != 0 || !strings.Contains(stdout.String(), "stateDiagram-v2") {
		t.Errorf("diagram: %d %s\n%s", code, &stderr, &stdout)
	}
	stdout.Reset()
	if code := run(t.Context(), []string{"check"}, nil, nil, &stdout, &stderr); code != 0 || stdout.Len() == 0 {
		t.Errorf("check: %d\n%s", code, &stderr)
	}
}

// key signs as a copy of the bot does.
type key struct{ ed25519.PrivateKey }

func (k key) Sign(m []byte) ([]byte, error) { return ed25519.Sign(k.PrivateKey, m), nil }
func (k key) Public() ed25519.PublicKey     { return k.PrivateKey.Public().(ed25519.PublicKey) }

func TestVerify(t *testing.T) {
	line := fmt.Sprintf(`{"seq":1,"at":"2026-03-01T09:00:00Z","case":2,"what":"opened","prev":"%064d"}`, 0)
	d := &dossier.Dossier{
		Language: "en", Case: 2, As: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC), Title: "A lamp", Log: [][]byte{[]byte(line)},
		When: func(at time.Time) string { return at.String() }, Words: func(k string, _ ...any) string { return k },
	}
	dir := t.TempDir()
	create := func(name string) (io.WriteCloser, error) { return os.Create(filepath.Join(dir, name)) }
	if _, err := dossier.Write(t.Context(), d, nil, key{ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))}, create, nil); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(dir, "recourse-case-2.zip")
	verify := func(args ...string) (int, string, string) {
		var out, problems bytes.Buffer
		code := run(t.Context(), append([]string{"verify"}, args...), nil, strings.NewReader(""), &out, &problems)
		return code, out.String(), problems.String()
	}
	code, out, problems := verify(name)
	if code != 0 || !strings.Contains(out, "Nothing in this file was changed") || !strings.Contains(out, "Case 2 as of 2026-03-01 09:00:00 UTC") || !strings.Contains(out, "fingerprint") {
		t.Errorf("whole: %d\n%s%s", code, out, problems)
	}
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	data[bytes.Index(data, []byte("%PDF-"))+1] = 'Q'
	if err := os.WriteFile(name, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if code, out, problems := verify(name); code != 1 || out != "" || !strings.Contains(problems, "dossier.pdf was changed") {
		t.Errorf("changed: %d\n%s%s", code, out, problems)
	}
	if code, _, _ := verify(filepath.Join(dir, "nothing.zip")); code != 1 {
		t.Errorf("not there: %d", code)
	}
	if code, _, problems := verify(dir); code != 1 || !strings.Contains(problems, "is no file") {
		t.Errorf("a folder: %d %s", code, problems)
	}
	if code, _, _ := verify(); code != 2 {
		t.Errorf("no name: %d", code)
	}
}

// Messages in, what they are out, in order; a bad line is told and the rest is read.
func TestRead(t *testing.T) {
	for _, c := range []struct {
		name, in, out, says string
		code                int
	}{
		{"nothing", "", "", "", 0},
		{
			"three languages", `{"id":"a","lang":"en","text":"You wrote: 'I will kill you'. Please stay polite."}` + "\n" +
				`{"id":"b","lang":"zh-Hans","text":"你等着，我知道你住哪"}` + "\n\n" + `{"id":3,"text":""}`,
			`"a":neutral:0 "b":threat:3 3:neutral:0`, "", 0,
		},
		{"a bad line", "{\"id\":\n" + `{"id":"b","text":"Thank you."}` + "\n" + `{"id":"c"}`, `"b":neutral:0`, "line 1 is no message|line 3 is no message: \"text\" is missing", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			if code := run(t.Context(), []string{"read"}, nil, strings.NewReader(c.in), &stdout, &stderr); code != c.code {
				t.Errorf("exit %d, want %d\n%s", code, c.code, &stderr)
			}
			var got []string
			for line := range strings.Lines(stdout.String()) {
				var r struct {
					ID       json.RawMessage
					Labels   []string
					Because  []struct{ Label, Words string }
					Severity int
				}
				if err := json.Unmarshal([]byte(line), &r); err != nil || r.Because == nil || len(r.Labels) == 0 {
					t.Fatalf("%v: %s", err, line)
				}
				got = append(got, fmt.Sprintf("%s:%s:%d", r.ID, r.Labels[0], r.Severity))
			}
			if s := strings.Join(got, " "); s != c.out {
				t.Errorf("%s, want %s", s, c.out)
			}
			for says := range strings.SplitSeq(c.says, "|") {
				if !strings.Contains(stderr.String(), says) {
					t.Errorf("stderr lacks %q:\n%s", says, &stderr)
				}
			}
		})
	}
}
