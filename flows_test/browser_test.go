package flows_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"

	"recourse/flows/content"
)

// The chat page in a real browser, driven by browser/walk.mjs: the whole road on
// a phone in English and on a desktop in Chinese. It needs chromium, node and
// playwright-core (in PLAYWRIGHT_CORE or NODE_PATH) and is passed over where
// they are missing, unless BROWSER=1 says that they must be there. Screenshots
// go to SCREENSHOTS, and the README's picture to PICTURE, when these are set.
func TestBrowser(t *testing.T) {
	b := newBrowser(t)
	for _, harm := range []string{"wide", "console", "uncaught"} {
		// A page known to be wrong is found out.
		if said, err := b.walk(t, map[string]any{"harm": harm}); err == nil || !strings.Contains(said, map[string]string{"wide": "reaches", "console": "console: planted", "uncaught": "uncaught: planted"}[harm]) {
			t.Errorf("a page with the fault %q passed: %v\n%s", harm, err, said)
		}
	}
	said, err := b.walk(t, map[string]any{"picture": os.Getenv("PICTURE")})
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	t.Logf("screenshots in %s\n%s", b.shots, said)
}

// browser is the program, built and running, and what walks on its page.
type browser struct {
	program, node, chromium, shots string
	words                          map[string]map[string]string
}

func newBrowser(t *testing.T) *browser {
	t.Helper()
	b := &browser{shots: os.Getenv("SCREENSHOTS"), words: map[string]map[string]string{}}
	missing := func(what string) {
		t.Helper()
		if os.Getenv("BROWSER") == "1" {
			t.Fatal(what)
		}
		t.Skip(what)
	}
	var err error
	if b.node, err = exec.LookPath("node"); err != nil {
		missing("node is missing")
	}
	if b.chromium, err = exec.LookPath("chromium"); err != nil {
		missing("chromium is missing")
	}
	if out, err := exec.Command(b.node, "-e", `require(process.env.PLAYWRIGHT_CORE || "playwright-core")`).CombinedOutput(); err != nil {
		missing("playwright-core is missing: " + firstLine(out, "Cannot find"))
	}
	dir := t.TempDir()
	if b.shots == "" {
		b.shots = filepath.Join(dir, "screenshots")
	} else if b.shots, err = filepath.Abs(b.shots); err != nil {
		t.Fatal(err)
	}
	b.program = filepath.Join(dir, "recourse")
	if out, err := exec.Command("go", "build", "-o", b.program, "recourse").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	c, problems := content.Load(content.Embedded())
	if len(problems) > 0 {
		t.Fatal(problems[0])
	}
	for _, l := range c.Languages {
		words := map[string]string{}
		for key := range l.Keys {
			// What is filled in shows as <no value>; walk.mjs lets it be anything.
			if said, err := l.Say(key, nil); err == nil {
				words[key] = strings.Map(func(r rune) rune {
					if unicode.Is(unicode.Co, r) { // marks of style
						return -1
					}
					return r
				}, said)
			}
		}
		b.words[l.Tag] = words
	}
	return b
}

// firstLine is the line of out that tells most.
func firstLine(out []byte, with string) string {
	lines := strings.Split(string(out), "\n")
	for _, l := range lines {
		if strings.Contains(l, with) {
			return strings.TrimSpace(l)
		}
	}
	return lines[0]
}

// walk starts the program on an empty folder and lets walk.mjs loose on it.
func (b *browser) walk(t *testing.T, spec map[string]any) (said string, err error) {
	t.Helper()
	address, end := b.serve(t)
	spec["url"], spec["chromium"], spec["words"], spec["shots"] = "http://"+address, b.chromium, b.words, b.shots
	in, err := json.Marshal(spec)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, b.node, "browser/walk.mjs")
	c.Stdin = bytes.NewReader(in)
	c.WaitDelay = 10 * time.Second
	out, err := c.CombinedOutput()
	if problems := end(); problems != "" {
		t.Errorf("the program: %s", problems)
	}
	return strings.TrimSpace(string(out)), err
}

// serve runs the program until end, which gives what went wrong in it.
func (b *browser) serve(t *testing.T) (address string, end func() string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address = l.Addr().String()
	l.Close()
	c := exec.Command(b.program)
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "TELEGRAM_") {
			c.Env = append(c.Env, v)
		}
	}
	c.Env = append(c.Env, "DATA_DIR="+filepath.Join(t.TempDir(), "data"), "LISTEN_ADDR="+address)
	var problems bytes.Buffer
	c.Stderr = &problems
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	kill := sync.OnceFunc(func() { _ = c.Process.Kill(); _ = c.Wait() })
	t.Cleanup(kill)
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		kill()
		t.Fatalf("it did not start: %q\n%s", line, &problems)
	}
	return address, func() string {
		late := time.AfterFunc(20*time.Second, func() { _ = c.Process.Kill() })
		defer late.Stop()
		_ = c.Process.Signal(os.Interrupt)
		err := c.Wait()
		switch text := problems.String(); {
		case err != nil:
			return "ended with " + err.Error() + "\n" + text
		case strings.Contains(text, "level=ERROR"):
			return text
		}
		return ""
	}
}
