package flows_test

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io/fs"
	"maps"
	"math"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
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
	for harm, complaint := range map[string]string{
		"wide": "reaches", "broken": "in two", "console": "console: planted", "uncaught": "uncaught: planted",
	} { // a page known to be wrong is found out
		if said, err := b.walk(t, map[string]any{"harm": harm}); err == nil || !strings.Contains(said, complaint) {
			t.Errorf("a page with the fault %q passed: %v\n%s", harm, err, said)
		}
	}
	picture := os.Getenv("PICTURE")
	said, err := b.walk(t, map[string]any{"picture": picture})
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	if picture != "" {
		if err := shrink(picture); err != nil {
			t.Fatal("shrink the picture: ", err)
		}
	}
	t.Logf("screenshots in %s\n%s", b.shots, said)
}

// blank stands in words where something is filled in.
const blank = "\x00"

// browser is the program, built and running, and what walks on its page.
type browser struct {
	program, node, chromium, shots string
	words                          map[string]map[string][]string
}

func newBrowser(t *testing.T) *browser {
	t.Helper()
	b := &browser{shots: os.Getenv("SCREENSHOTS"), words: map[string]map[string][]string{}}
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
		file, err := fs.ReadFile(content.Embedded(), "locales/"+l.Tag+".yaml")
		if err != nil {
			t.Fatal(err)
		}
		// What is filled in is blank, and walk.mjs lets it be anything; what may
		// be left out stands in the one and not in the other.
		const count = 987654321
		filled := map[string]any{"n": count}
		for _, field := range regexp.MustCompile(`\.([a-z_]+)[^{}]*\}\}`).FindAllStringSubmatch(string(file), -1) {
			if field[1] != "n" {
				filled[field[1]] = blank
			}
		}
		words := map[string][]string{}
		for key := range l.Keys {
			for _, data := range []map[string]any{filled, {"n": count}} {
				said, err := l.Say(key, data)
				if err != nil {
					continue
				}
				words[key] = append(words[key], strings.Map(func(r rune) rune {
					if unicode.Is(unicode.Co, r) { // marks of style
						return -1
					}
					return r
				}, strings.NewReplacer(fmt.Sprint(count), blank, "<no value>", blank).Replace(said)))
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

// shrink writes a picture anew with at most 256 colours, the most frequent ones
// that can be told apart.
func shrink(file string) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	full, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		return err
	}
	often := map[color.Color]int{}
	for y := full.Bounds().Min.Y; y < full.Bounds().Max.Y; y++ {
		for x := full.Bounds().Min.X; x < full.Bounds().Max.X; x++ {
			often[full.At(x, y)]++
		}
	}
	colours := slices.SortedFunc(maps.Keys(often), func(a, b color.Color) int {
		return cmp.Or(often[b]-often[a], strings.Compare(fmt.Sprint(a), fmt.Sprint(b)))
	})
	var palette color.Palette
	for _, c := range colours {
		if len(palette) < 256 && (len(palette) == 0 || !alike(c, palette.Convert(c))) {
			palette = append(palette, c)
		}
	}
	small := image.NewPaletted(full.Bounds(), palette)
	draw.Draw(small, small.Bounds(), full, full.Bounds().Min, draw.Src)
	var out bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, small); err != nil {
		return err
	}
	return os.WriteFile(file, out.Bytes(), 0o644)
}

func alike(a, b color.Color) bool {
	r, g, v, _ := a.RGBA()
	r2, g2, v2, _ := b.RGBA()
	off := 0.0
	for _, d := range []float64{float64(r) - float64(r2), float64(g) - float64(g2), float64(v) - float64(v2)} {
		off += math.Abs(d) / 257
	}
	return off < 12
}
