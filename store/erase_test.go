package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"recourse/flows"
)

const canary = "CANARY-4711"

// traces lists the files of the folder in which the canary sings, and how often.
func traces(t *testing.T, dir string) map[string]int {
	t.Helper()
	found := map[string]int{}
	must(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := os.ReadFile(path)
		if n := bytes.Count(body, []byte(canary)); n > 0 {
			found[filepath.Base(path)] = n
		}
		return err
	}))
	return found
}

// live lets many people say a lot, one of them words that must vanish, in every
// table and in the vault.
func live(t *testing.T, s *Store, erasure flows.Advance) {
	t.Helper()
	ctx := context.Background()
	advance := func(p *flows.Person, in flows.Input) []flows.Effect {
		words := in.Event.(flows.Said).Text
		if strings.HasSuffix(words, "panic") {
			panic(words)
		}
		p.Agreed = noon
		if len(p.Cases) == 0 {
			p.Cases = []*flows.Case{{Number: 1}}
		}
		c := p.Cases[0]
		c.Story += words // rows grow, split and move
		if len(c.Story) > 9000 {
			c.Story = words
		}
		c.Reminders = []flows.Reminder{{Due: noon.Add(time.Hour), Kind: words}}
		long := text(strings.Repeat(words, 1+len(c.Story)%40))
		long.Key = words
		long.Rows = [][]flows.Button{{{Label: words, Value: words}}}
		return []flows.Effect{long, flows.Note{Case: 1, What: "x", Data: map[string]string{"a": words}}, flows.Fetch{File: flows.File{Name: words}}}
	}
	say := func(round int, person int64) flows.Input {
		words := fmt.Sprintf("person %d says %d ", person, round)
		if person == 7 {
			words = fmt.Sprintf("%s in round %d ", canary, round)
			if round%10 == 0 {
				words += "panic"
			}
		}
		return said(fmt.Sprintf("%d/%d", round, person), person, words)
	}
	for round := range 60 {
		var batch []flows.Input
		for person := range int64(15) {
			batch = append(batch, say(round, person))
		}
		turns(t, s, advance, batch...)
		waiting := must1(s.Waiting(ctx, noon, 60))(t)
		var receipts []Receipt
		for _, o := range waiting {
			receipts = append(receipts, Receipt{ID: o.ID, Message: int(o.ID)})
		}
		must(t, s.SentAll(ctx, receipts))
	}
	for _, h := range must1(s.Unstamped(ctx, 100))(t) {
		words := "somebody else's"
		if h.Person == 7 {
			words = canary
		}
		must(t, s.Stamped(ctx, h, flows.Stamp{Token: []byte(words), Authority: words, At: noon}))
	}
	must1(s.Put(ctx, 7, strings.NewReader(strings.Repeat(canary, 1000)), 1<<20))(t)
	must1(s.Put(ctx, 8, strings.NewReader("somebody else's"), 1<<20))(t)
	turns(t, s, erasure, said("erase", 7, ""))
	for person := range int64(15) {
		if person != 7 {
			turns(t, s, advance, say(1000, person))
		}
	}
}

func eraseNow(p *flows.Person, in flows.Input) []flows.Effect {
	return []flows.Effect{text("before"), flows.Note{What: "before"}, flows.Erase{}, text("farewell"), flows.Toast{Query: "q"}}
}

func TestEraseLeavesNoTrace(t *testing.T) {
	t.Run("erased", func(t *testing.T) {
		s := open(t)
		s.Log = quiet()
		live(t, s, eraseNow)
		must1(s.foldLog(context.Background()))(t)
		if found := traces(t, s.dir); len(found) != 0 {
			t.Errorf("traces are left in %v", found)
		}
		for _, table := range []string{"keyboards", "messages", "jobs", "log", "stamps", "aside"} {
			if n := number(t, s, `SELECT count(*) FROM `+table+` WHERE person = 7`); n != 0 {
				t.Errorf("%d rows are left in %s", n, table)
			}
			if n := number(t, s, `SELECT count(*) FROM `+table+` WHERE person = 8`); n == 0 && table != "aside" {
				t.Errorf("%s is empty: nothing was tried", table)
			}
		}
		for _, name := range files(t, s) {
			if strings.HasPrefix(name, "7/") {
				t.Errorf("the file %s is left", name)
			}
		}
		if !slices.Contains(files(t, s), "8/"+hashOf([]byte("somebody else's"))) {
			t.Error("somebody else's file is gone")
		}
		p := must1(s.Person(context.Background(), 7))(t)
		if len(p.Cases) != 0 || !p.Agreed.IsZero() {
			t.Errorf("of the person %+v is left", p)
		}
		if n := number(t, s, `SELECT count(*) FROM people WHERE wake_at IS NULL AND id = 7`); n != 1 {
			t.Error("the person is still to be woken")
		}
		// What follows the erasure goes out, what came before does not.
		var effects []flows.Effect
		for _, o := range must1(s.Waiting(context.Background(), noon, 10000))(t) {
			if o.Person == 7 {
				effects = append(effects, o.Effect)
			}
		}
		if len(effects) != 2 || effects[0].(flows.Say).Text[0].Text != "farewell" {
			t.Errorf("going out are %+v", effects)
		}
		// The ids stay: nothing is heard twice.
		turns(t, s, func(p *flows.Person, in flows.Input) []flows.Effect { t.Error("heard again"); return nil }, said("5/7", 7, canary))
	})
	t.Run("not erased", func(t *testing.T) {
		s := open(t)
		s.Log = quiet()
		live(t, s, func(*flows.Person, flows.Input) []flows.Effect { return nil })
		must1(s.foldLog(context.Background()))(t)
		found := traces(t, s.dir)
		if found[databaseName] == 0 || found[hashOf([]byte(strings.Repeat(canary, 1000)))] == 0 {
			t.Errorf("the search finds only %v", found)
		}
	})
	t.Run("a plain DELETE", func(t *testing.T) {
		s := open(t)
		s.Log = quiet()
		live(t, s, func(*flows.Person, flows.Input) []flows.Effect { return nil })
		change(t, s, `PRAGMA secure_delete = off`)
		for _, table := range []string{"keyboards", "outbox", "messages", "jobs", "log", "stamps", "aside"} {
			change(t, s, `DELETE FROM `+table+` WHERE person = 7`)
		}
		change(t, s, `DELETE FROM people WHERE id = 7`)
		must1(s.foldLog(context.Background()))(t)
		if found := traces(t, s.dir); found[databaseName] == 0 {
			t.Error("the search does not find what a plain DELETE leaves")
		}
	})
	t.Run("the log is folded at once", func(t *testing.T) {
		s := open(t)
		s.Log = quiet()
		live(t, s, eraseNow)
		if found := traces(t, s.dir); len(found) != 0 {
			t.Errorf("traces are left in %v", found)
		}
	})
}

// A file that is under way while its person erases everything never appears.
func TestEraseCatchesFilesUnderWay(t *testing.T) {
	ctx := context.Background()
	t.Run("a download in the middle", func(t *testing.T) {
		s := open(t)
		awaiting(t, s, 7)
		r := &pausing{body: strings.NewReader(canary), then: func() { turns(t, s, eraseNow, said("erase", 7, "")) }}
		if _, err := s.Put(ctx, 7, r, 100); !errors.Is(err, ErrUnwanted) {
			t.Errorf("put: %v", err)
		}
		if left := files(t, s); len(left) != 0 {
			t.Errorf("left are %v", left)
		}
	})
	t.Run("a result that comes late", func(t *testing.T) {
		s := open(t)
		awaiting(t, s, 7)
		turns(t, s, eraseNow, said("erase", 7, ""))
		awaiting(t, s, 7) // the person begins anew
		late := must1(s.Put(ctx, 7, strings.NewReader(canary), 100))(t)
		change(t, s, `DELETE FROM jobs`)
		turns(t, s, count, flows.Input{ID: "job:1", Person: 7, At: noon, Job: 1, Event: flows.Kept{SHA256: late.SHA256}})
		if left := files(t, s); len(left) != 0 {
			t.Errorf("left are %v", left)
		}
	})
	t.Run("a repeated result takes nothing away", func(t *testing.T) {
		s := open(t)
		kept := keep(t, s, 7, "evidence")
		turns(t, s, count,
			flows.Input{ID: "job:1", Person: 7, At: noon, Job: 1, Event: flows.Kept{SHA256: kept.SHA256}},
			flows.Input{ID: "job:1 again", Person: 7, At: noon, Job: 1, Event: flows.Kept{SHA256: kept.SHA256}})
		if left := files(t, s); len(left) != 1 {
			t.Errorf("left are %v", left)
		}
	})
	t.Run("a crash before the files were removed", func(t *testing.T) {
		dir := t.TempDir()
		s := openIn(t, dir)
		keep(t, s, 7, canary)
		stays := keep(t, s, 8, "evidence")
		// As the commit leaves it.
		change(t, s, `DELETE FROM people WHERE id = 7`)
		change(t, s, `INSERT INTO erasures (person, at) VALUES (7, $1)`, noon.UnixMicro())
		s.Close()
		if found := traces(t, dir); len(found) == 0 {
			t.Fatal("nothing to remove")
		}
		s = openIn(t, dir)
		if left := files(t, s); !slices.Equal(left, []string{"8/" + stays.SHA256}) {
			t.Errorf("left are %v", left)
		}
		again := keep(t, s, 7, "new evidence")
		must(t, s.Prune(ctx, noon.Add(time.Hour)), s.Prune(ctx, noon.Add(50*time.Hour)))
		if f, err := s.Open(ctx, 7, again.SHA256); err != nil {
			t.Errorf("what came after the erasure is gone: %v", err)
		} else {
			f.Close()
		}
		if n := number(t, s, `SELECT count(*) FROM erasures`); n != 0 {
			t.Error("the erasure is noted after two days")
		}
	})
}

func TestEraseDoesNotTrustTheConversation(t *testing.T) {
	s := open(t)
	keep(t, s, 7, "evidence")
	turns(t, s, func(p *flows.Person, in flows.Input) []flows.Effect { return []flows.Effect{flows.Erase{}} },
		said("1", 7, ""), said("2", 8, ""))
	if p := must1(s.Person(context.Background(), 7))(t); len(p.Cases) != 0 || p.ID != 7 {
		t.Errorf("left is %+v", p)
	}
	if n := number(t, s, `SELECT count(*) FROM erasures`); n != 2 {
		t.Errorf("%d erasures are noted", n)
	}
}

// An erasure that is taken back takes nothing with it.
func TestAFailedEraseErasesNothing(t *testing.T) {
	ctx := context.Background()
	s := open(t)
	s.Log = quiet()
	kept := keep(t, s, 7, "evidence")
	turns(t, s, func(p *flows.Person, in flows.Input) []flows.Effect {
		if _, failed := in.Event.(flows.Failed); failed {
			return nil
		}
		return []flows.Effect{flows.Erase{}, nil}
	}, said("1", 7, ""))
	failCommits(t, s, 1)
	if err := s.Turns(ctx, []flows.Input{said("2", 7, "")}, eraseNow); err == nil {
		t.Fatal("the commit did not fail")
	}
	failCommits(t, s, 0)
	f, err := s.Open(ctx, 7, kept.SHA256)
	must(t, err, f.Close())
	if p := must1(s.Person(ctx, 7))(t); len(p.Cases) != 1 {
		t.Errorf("left is %+v", p)
	}
	awaiting(t, s, 7)
	must1(s.Put(ctx, 7, strings.NewReader(""), 1))(t) // nobody holds the vault
}

// pausing does something after its last byte.
type pausing struct {
	body io.Reader
	then func()
}

func (p *pausing) Read(b []byte) (int, error) {
	n, err := p.body.Read(b)
	if err == io.EOF && p.then != nil {
		p.then()
		p.then = nil
	}
	return n, err
}
