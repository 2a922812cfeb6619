package flows_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"regexp"
	"strconv"
	"sync/atomic"
	"testing"

	"recourse/bot"
	"recourse/bot/sandbox"
	"recourse/flows"
	"recourse/store"
)

// steps counts what a bot does that lasts, and ends it at one of them.
type steps struct{ left atomic.Int64 }

func (s *steps) pass() {
	if s.left.Add(-1) == 0 {
		os.Exit(exitAtStep)
	}
}

const exitAtStep = 42

// stepwise dies at a step: before and after every turn, before and after a row
// is marked as sent, before, amid and after a file goes into the vault.
func stepwise(at string, turns bot.Turns, outbox bot.Outbox, files bot.Vault) (bot.Turns, bot.Outbox, bot.Vault) {
	s := &steps{}
	n, err := strconv.ParseInt(at, 10, 64)
	if err != nil {
		panic(err)
	}
	s.left.Store(n)
	return stepTurns{s, turns}, stepOutbox{outbox, s}, stepVault{files, s}
}

type stepTurns struct {
	*steps
	to bot.Turns
}

func (x stepTurns) Turns(ctx context.Context, inputs []flows.Input, advance flows.Advance) error {
	x.pass()
	defer x.pass()
	return x.to.Turns(ctx, inputs, advance)
}

type stepOutbox struct {
	bot.Outbox
	*steps
}

func (x stepOutbox) Sent(ctx context.Context, id int64, message int) error {
	x.pass() // Telegram has it, and nobody here knows
	defer x.pass()
	return x.Outbox.Sent(ctx, id, message)
}

type stepVault struct {
	bot.Vault
	*steps
}

func (x stepVault) Put(ctx context.Context, person int64, r io.Reader, limit int64) (string, int64, []byte, error) {
	x.pass()
	defer x.pass()
	return x.Vault.Put(ctx, person, &amid{r: r, s: x.steps}, limit)
}

// amid passes a step after the first bytes.
type amid struct {
	r    io.Reader
	s    *steps
	once bool
}

func (a *amid) Read(p []byte) (int, error) {
	n, err := a.r.Read(p[:min(len(p), 1000)])
	if n > 0 && !a.once {
		a.once = true
		a.s.pass()
	}
	return n, err
}

// hasty says that a file is kept and keeps it a little later, if it lives.
type hasty struct{ bot.Vault }

func (h hasty) Put(ctx context.Context, person int64, r io.Reader, limit int64) (string, int64, []byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, limit))
	if err != nil {
		return "", 0, nil, err
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:]), int64(len(data)), data, nil
}

// A bot that dies between any two steps of taking evidence in leaves no row
// without its file and no file without its row, never a receipt for what is not
// there, and the next one takes everything in.
func TestIntakeSurvivesEveryStep(t *testing.T) {
	stride := 6 // KILLS, as for the kills: then at every step
	if os.Getenv("KILLS") != "" {
		stride = 1
	}
	if n := dieAtEachStep(t, "stepwise", stride, func(format string, args ...any) bool {
		t.Errorf(format, args...)
		return false
	}); n < 12 {
		t.Errorf("only %d steps: nothing was tried", n)
	}
	wrong := 0
	dieAtEachStep(t, "hasty", stride, func(string, ...any) bool { wrong++; return true })
	if wrong == 0 {
		t.Error("a vault that says too early that it has a file is not found")
	}
}

var receiptLine = regexp.MustCompile(`Exhibit (\d+) kept`)

// dieAtEachStep gives the number of steps; it ends early when bad says so.
func dieAtEachStep(t *testing.T, kind string, stride int, bad func(string, ...any) (enough bool)) int {
	t.Helper()
	enough := false
	tell := func(format string, args ...any) { enough = bad(format, args...) || enough }
	for k := 1; ; k += stride {
		d := newDeathbed(t, fmt.Sprintf("%s:%d", kind, k))
		for i := range 2 {
			d.box.Send(1, sandbox.File{Name: "invoice.pdf", Album: "7", Data: bytes.Repeat([]byte{'%', byte(i)}, 3000)})
		}
		l := d.born()
		<-l.ready
		died := make(chan struct{})
		go func() {
			_ = l.cmd.Wait()
			close(died)
		}()
		lived := d.until(died)
		if lived {
			_ = l.cmd.Process.Kill()
			<-died
		}
		l.hold.Close()
		d.whole(fmt.Sprintf("dead at step %d", k), false, tell)
		if lived || enough {
			return k - 1
		}
		d.kind = "sound"
		d.rest()
		d.whole(fmt.Sprintf("after step %d", k), true, tell)
	}
}

// whole holds rows, files and what the person was told against each other; at
// the end everything must be there.
func (d *deathbed) whole(when string, end bool, bad func(string, ...any)) {
	d.t.Helper()
	s := d.open()
	defer s.Close()
	found, err := s.Check(context.Background())
	if err != nil || len(found) > 0 {
		bad("%s: %v %v", when, found, err)
	}
	kept := d.kept(s)
	for _, m := range d.box.Transcript(1) {
		for _, told := range receiptLine.FindAllStringSubmatch(m.Text, -1) {
			if n, _ := strconv.Atoi(told[1]); m.From == "bot" && !kept[n] {
				bad("%s: the person was told that Exhibit %d is kept", when, n)
			}
		}
	}
	if end && len(kept) != 2 {
		bad("%s: %d exhibits are kept, want 2", when, len(kept))
	}
}

// kept are the exhibits of the first person whose bytes are there.
func (d *deathbed) kept(s *store.Store) map[int]bool {
	d.t.Helper()
	p, err := s.Person(context.Background(), 1)
	if err != nil {
		d.t.Fatal(err)
	}
	kept := map[int]bool{}
	for _, x := range p.Cases[0].Exhibits {
		if x.State != "kept" {
			continue
		}
		if f, err := s.Open(context.Background(), 1, x.SHA256); err == nil {
			kept[x.Number] = true
			f.Close()
		}
	}
	return kept
}
