package bot

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	_ "image/gif"
	_ "image/jpeg"
	"image/png"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"

	"golang.org/x/image/draw"

	"recourse/flows"
)

// Recognizer reads the words off a picture. It is called by two goroutines at
// most.
type Recognizer func(ctx context.Context, picture io.ReadSeeker) (words string, err error)

const (
	readers       = 2                // pictures read at once; downloads do not wait behind them
	readTime      = 20 * time.Second // one may take
	readPixels    = 50_000_000       // more is not opened
	readText      = 20_000           // bytes of words kept
	readableWidth = 800              // pixels; letters of narrower pictures are too small for the program
)

// errNoPicture: what is there is not a picture that can be read.
var errNoPicture = errors.New("not a picture to be read")

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
	default:
		return nil, b.second
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
	case err != nil && !errors.Is(err, errNoPicture):
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
	out, err := exec.Command(path, "--list-langs").Output()
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
	return func(ctx context.Context, picture io.ReadSeeker) (string, error) {
		page, err := readable(picture)
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
		return strings.ToValidUTF8(words.String(), ""), nil
	}
}

// most keeps the beginning of what is written.
type most struct {
	bytes.Buffer
	left int
}

func (m *most) Write(p []byte) (int, error) {
	n := min(m.left, len(p))
	m.left -= n
	m.Buffer.Write(p[:n])
	return len(p), nil
}

// readable makes of a picture what the program reads best: grey, dark letters on
// light ground, wide enough. Only its header is looked at before its size is
// known.
func readable(picture io.ReadSeeker) (io.Reader, error) {
	head, _, err := image.DecodeConfig(picture)
	if err != nil || head.Width < 1 || head.Height < 1 || head.Width > readPixels/head.Height {
		return nil, errNoPicture
	}
	if _, err := picture.Seek(0, io.SeekStart); err != nil {
		return nil, fmt.Errorf("read a picture again: %w", err)
	}
	decoded, _, err := image.Decode(picture)
	if err != nil {
		return nil, errNoPicture
	}
	from := decoded.Bounds()
	to := image.Rect(0, 0, from.Dx(), from.Dy())
	if w := from.Dx(); w < readableWidth && w > 0 && from.Dy() < 8*readableWidth {
		times := (readableWidth + w - 1) / w
		to = image.Rect(0, 0, w*times, from.Dy()*times)
		if to.Dx()*to.Dy() > readPixels {
			to = image.Rect(0, 0, from.Dx(), from.Dy())
		}
	}
	grey := image.NewGray(to)
	draw.CatmullRom.Scale(grey, to, decoded, from, draw.Src, nil)
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

// dark tells light letters on dark ground.
func dark(grey *image.Gray) bool {
	sum := 0
	for _, p := range grey.Pix {
		sum += int(p)
	}
	return len(grey.Pix) > 0 && sum/len(grey.Pix) < 110
}
