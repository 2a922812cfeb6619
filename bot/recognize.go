package bot

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/image/draw"

	"recourse/flows"
	"recourse/flows/dossier"
)

// Recognizer reads the words off a picture. It is called by two goroutines at
// most.
type Recognizer func(ctx context.Context, picture io.Reader) (words string, err error)

const (
	readers       = 2                // pictures read at once; downloads do not wait behind them
	readTime      = 20 * time.Second // one may take
	readPause     = 8                // seconds at most until one that waits is looked at again
	readPixels    = 8_000_000        // larger pictures are made smaller first; a screen of a phone has 4
	readText      = 20_000           // bytes of words kept
	readableWidth = 800              // pixels; letters of narrower pictures are too small for the program
)

// recognize reads the words off an exhibit. Whatever goes wrong, the answer is
// that there are none: they would only have been a suggestion.
func (b *Bot) recognize(ctx context.Context, job flows.Job, work flows.Recognize) (event flows.Event, wait time.Duration) {
	none := flows.Recognized{Case: work.Case, Exhibit: work.Exhibit}
	if b.set.Recognizer == nil {
		return none, 0
	}
	select {
	case b.reading <- struct{}{}:
		defer func() { <-b.reading }()
	default: // many may wait, and each look costs a commit
		return nil, min(b.growing(job.Attempts+1), readPause*b.second)
	}
	call, end := context.WithTimeout(ctx, readTime)
	defer end()
	f, err := b.set.Vault.Open(call, job.Person, work.SHA256)
	if err != nil {
		b.set.Log.Warn("picture to be read is not in the vault", "job", job.ID, "error", err)
		return none, 0
	}
	defer f.Close()
	words, err := b.set.Recognizer(call, f)
	switch {
	case ctx.Err() != nil:
		return nil, b.second // the bot ends: the next one reads it
	case err != nil && !errors.Is(err, dossier.ErrPicture):
		b.set.Log.Warn("picture not read", "job", job.ID, "error", err)
		return none, 0
	}
	none.Text = words
	return none, 0
}

// Tesseract gives a Recognizer where the program of that name is installed, nil
// where it is not.
func Tesseract() Recognizer {
	path, err := exec.LookPath("tesseract")
	if err != nil {
		return nil
	}
	ctx, end := context.WithTimeout(context.Background(), readTime)
	defer end()
	out, err := exec.CommandContext(ctx, path, "--list-langs").Output()
	if err != nil {
		return nil
	}
	installed := strings.Fields(string(out))
	var languages []string
	for _, l := range []string{"chi_sim", "chi_tra", "eng"} {
		if slices.Contains(installed, l) && (l != "chi_tra" || !slices.Contains(installed, "chi_sim")) {
			languages = append(languages, l)
		}
	}
	if len(languages) == 0 {
		return nil
	}
	var one sync.Mutex // a picture in memory is large
	return func(ctx context.Context, picture io.Reader) (string, error) {
		one.Lock()
		page, err := readable(picture)
		one.Unlock()
		if err != nil {
			return "", err
		}
		// Through pipes: nothing of a person's lies in a file that is not sealed.
		c := exec.CommandContext(ctx, path, "stdin", "stdout", "-l", strings.Join(languages, "+"), "--psm", "6")
		c.Env = append(os.Environ(), "OMP_THREAD_LIMIT=1") // two threads take twice as long
		c.Stdin = page
		words := &most{left: readText}
		c.Stdout = words
		c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		c.Cancel = func() error { return syscall.Kill(-c.Process.Pid, syscall.SIGKILL) }
		c.WaitDelay = time.Second
		if err := c.Run(); err != nil {
			return "", fmt.Errorf("run tesseract: %w", err)
		}
		return strings.ToValidUTF8(string(words.kept), ""), nil
	}
}

// most keeps the beginning of what is written. A buffer that is a part of it
// would be filled past Write.
type most struct {
	kept []byte
	left int
}

func (m *most) Write(p []byte) (int, error) {
	n := min(m.left, len(p))
	m.left -= n
	m.kept = append(m.kept, p[:n]...)
	return len(p), nil
}

// readable makes of a picture what the program reads best: grey, dark letters on
// light ground, wide enough.
func readable(picture io.Reader) (io.Reader, error) {
	seen, err := dossier.Picture(picture, readPixels)
	if err != nil {
		return nil, err
	}
	from := seen.Bounds()
	times := max(1, (readableWidth+from.Dx()-1)/from.Dx())
	if from.Dx()*from.Dy()*times*times > readPixels {
		times = 1
	}
	grey := larger(seen, times)
	if dark(grey) {
		for i := range grey.Pix {
			grey.Pix[i] = 255 - grey.Pix[i]
		}
	}
	var page bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&page, grey); err != nil {
		return nil, fmt.Errorf("prepare a picture: %w", err)
	}
	return &page, nil
}

// larger makes a picture grey and so many times as large, a band at a time: the
// fine way to do it takes 32 bytes a pixel meanwhile.
func larger(seen *image.RGBA, times int) *image.Gray {
	const band, beside = 64, 2 // rows; a new pixel is made of the two rows on either side
	w, h := seen.Rect.Dx(), seen.Rect.Dy()
	grey := image.NewGray(image.Rect(0, 0, w*times, h*times))
	if times == 1 {
		draw.Draw(grey, grey.Rect, seen, seen.Rect.Min, draw.Src)
		return grey
	}
	for y := 0; y < h; y += band {
		from := image.Rect(0, max(0, y-beside), w, min(h, y+band+beside))
		part := image.NewGray(image.Rect(0, from.Min.Y*times, w*times, from.Max.Y*times))
		draw.CatmullRom.Scale(part, part.Rect, seen, from, draw.Src, nil)
		copy(grey.Pix[y*times*grey.Stride:min(h, y+band)*times*grey.Stride], part.Pix[(y-from.Min.Y)*times*part.Stride:])
	}
	return grey
}

// dark tells light letters on dark ground.
func dark(grey *image.Gray) bool {
	sum := 0
	for _, p := range grey.Pix {
		sum += int(p)
	}
	return len(grey.Pix) > 0 && sum/len(grey.Pix) < 110
}
