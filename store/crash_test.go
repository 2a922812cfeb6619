package store

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"recourse/flows"
)

// The tests here kill a process of their own in the middle of its work: this
// test binary, started again with a role.
const (
	roleVariable = "RECOURSE_STORE_ROLE"
	killVariable = "RECOURSE_STORE_KILLS" // how many kills; 30 when it is not set
)

func TestMain(m *testing.M) {
	if role := os.Getenv(roleVariable); role != "" {
		if err := child(strings.Fields(role)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func child(args []string) error {
	switch args[0] {
	case "bot":
		from, _ := strconv.Atoi(args[3])
		until, _ := strconv.Atoi(args[4])
		return bot(args[1], args[2], from, until)
	case "vault":
		return fillVault(args[1])
	}
	return fmt.Errorf("no such role: %v", args)
}

func kills() int {
	if n, err := strconv.Atoi(os.Getenv(killVariable)); err == nil {
		return n
	}
	if testing.Short() {
		return 5
	}
	return 30
}

// chats is how many people write to the bot of the crash tests.
const chats = 7

// bot hears the inputs from..until-1 as Telegram would send them and confirms
// them on its standard output; beside that it sends what waits. The variants are
// bots that are known to be wrong.
func bot(variant, dir string, from, until int) error {
	ctx := context.Background()
	s, err := Open(ctx, dir)
	if err != nil {
		return err
	}
	defer s.Close()
	if variant == "forgets" {
		if _, err := s.write.Exec(`DELETE FROM seen`); err != nil {
			return err
		}
	}
	// What reaches Telegram stands in this file, whatever becomes of the bot.
	telegram, err := os.OpenFile(filepath.Join(dir, "telegram"), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	defer telegram.Close()
	done := make(chan struct{})
	var sending sync.WaitGroup
	var sendErr error
	sending.Go(func() {
		for last := false; ; {
			waiting, err := s.Waiting(ctx, time.Now(), 50)
			if err != nil {
				sendErr = err
				return
			}
			var receipts []Receipt
			inFlight := map[int64]bool{} // one message a chat, marked together
			for _, o := range waiting {
				if !inFlight[o.Person] {
					inFlight[o.Person] = true
					fmt.Fprintf(telegram, "%d %s\n", o.Person, o.Effect.(flows.Say).Text[0].Text)
					receipts = append(receipts, Receipt{ID: o.ID, Message: int(o.ID)})
				}
			}
			if err := s.SentAll(ctx, receipts); err != nil {
				sendErr = err
				return
			}
			if len(waiting) > 0 {
				continue
			}
			if last {
				return
			}
			select {
			case <-done:
				last = true
			case <-time.After(time.Millisecond):
			}
		}
	})
	var heard []int // batches that are not yet confirmed
	for next := from; next < until; {
		var batch []flows.Input
		for range mathrand.IntN(20) + 1 {
			batch = append(batch, said(fmt.Sprintf("u:%d", next), int64(next%chats), fmt.Sprint(next)))
			next++
		}
		if variant == "hasty" { // confirms what is not yet on the disk
			fmt.Println(next)
		}
		if err := s.Turns(ctx, batch, count); err != nil {
			return err
		}
		// Telegram hears of it late, so that much is sent twice.
		heard = append(heard, next)
		time.Sleep(2 * time.Millisecond) // people type
		if variant != "hasty" && len(heard) > 3 {
			fmt.Println(heard[0])
			heard = heard[1:]
		}
	}
	close(done)
	sending.Wait()
	return sendErr
}

// harm is what a run with kills did to people.
type harm struct {
	lost, repeated         int // effects on what is remembered
	unsent, twice, between int // messages never sent, sent again, out of order
	inputs, kills          int
}

// run kills the bot again and again and counts the harm.
func run(t *testing.T, variant string, kills int) harm {
	t.Helper()
	dir := t.TempDir()
	confirmed := 0
	start := func(until int) (*exec.Cmd, *sync.WaitGroup, *bytes.Buffer) {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), fmt.Sprintf("%s=bot %s %s %d %d", roleVariable, variant, dir, confirmed, until))
		out := must1(cmd.StdoutPipe())(t)
		var complaint bytes.Buffer
		cmd.Stderr = &complaint
		must(t, cmd.Start())
		var reading sync.WaitGroup
		reading.Go(func() {
			for lines := bufio.NewScanner(out); lines.Scan(); {
				if n, err := strconv.Atoi(lines.Text()); err == nil {
					confirmed = n
				}
			}
		})
		return cmd, &reading, &complaint
	}
	for range kills {
		cmd, reading, complaint := start(1 << 30)
		time.Sleep(time.Duration(20+mathrand.IntN(120)) * time.Millisecond)
		must(t, cmd.Process.Kill())
		reading.Wait()
		cmd.Wait()
		if complaint.Len() > 0 {
			t.Fatalf("the bot complains: %s", complaint)
		}
	}
	total := confirmed + 200
	cmd, reading, complaint := start(total)
	reading.Wait()
	if err := cmd.Wait(); err != nil {
		t.Fatalf("the last run: %v: %s", err, complaint)
	}

	s := openIn(t, dir)
	h := harm{kills: kills}
	inputs := number(t, s, `SELECT max(CAST(substr(id, 3) AS INTEGER)) + 1 FROM seen`)
	for person := range chats {
		want := 0
		for i := person; i < inputs; i += chats {
			want++
		}
		h.inputs += want
		got := opened(t, s, int64(person))
		if n := number(t, s, `SELECT count(*) FROM log WHERE person = $1`, person); n != got {
			t.Errorf("person %d counts %d and has %d lines in the log", person, got, n)
		}
		if got < want {
			h.lost += want - got
		} else {
			h.repeated += got - want
		}
	}
	sent, last := map[string]int{}, map[string]int{}
	lines := strings.Split(strings.TrimSpace(string(must1(os.ReadFile(filepath.Join(dir, "telegram")))(t))), "\n")
	for _, line := range lines {
		person, text, _ := strings.Cut(line, " ")
		i, _ := strconv.Atoi(text)
		sent[text]++
		if i < last[person] {
			h.between++
		}
		last[person] = i
	}
	for i := range h.inputs {
		n := sent[fmt.Sprint(i)]
		if n == 0 {
			h.unsent++
		} else {
			h.twice += n - 1
		}
	}
	t.Logf("%s: %+v", variant, h)
	return h
}

func TestKillsHarmNobody(t *testing.T) {
	h := run(t, "sound", kills())
	if h.lost+h.repeated+h.unsent+h.between != 0 || h.twice > h.kills*chats {
		t.Errorf("harm was done: %+v", h)
	}
	if h.inputs < 20*h.kills {
		t.Errorf("only %d inputs", h.inputs)
	}
}

// The same run finds the harm that wrong bots do.
func TestKillsHarmWhoIsWrong(t *testing.T) {
	if h := run(t, "forgets", 10); h.repeated == 0 {
		t.Errorf("no repeat was found: %+v", h)
	}
	if h := run(t, "hasty", 20); h.lost == 0 {
		t.Errorf("no loss was found: %+v", h)
	}
}

// fillVault puts files into the vault until it is killed.
func fillVault(dir string) error {
	s, err := Open(context.Background(), dir)
	if err != nil {
		return err
	}
	for {
		size := int64(mathrand.IntN(300 << 10))
		stored, err := s.Put(context.Background(), 7, io.LimitReader(rand.Reader, size), size)
		if err != nil {
			return err
		}
		fmt.Println(stored.SHA256)
	}
}

func TestKillsLeaveNoHalfFile(t *testing.T) {
	dir := t.TempDir()
	s := openIn(t, dir)
	awaiting(t, s, 7)
	s.Close()
	promised, halves := map[string]bool{}, 0
	for range kills() {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), fmt.Sprintf("%s=vault %s", roleVariable, dir))
		out := must1(cmd.StdoutPipe())(t)
		must(t, cmd.Start())
		var reading sync.WaitGroup
		reading.Go(func() {
			for lines := bufio.NewScanner(out); lines.Scan(); {
				if len(lines.Text()) == 64 {
					promised[lines.Text()] = true
				}
			}
		})
		time.Sleep(time.Duration(20+mathrand.IntN(60)) * time.Millisecond)
		must(t, cmd.Process.Kill())
		reading.Wait()
		cmd.Wait()
		left := must1(os.ReadDir(filepath.Join(dir, vaultName, newFolder)))(t)
		halves += len(left)
	}
	s = openIn(t, dir)
	if bad := unsound(t, s); len(bad) != 0 {
		t.Errorf("under their final names are half files: %v", bad)
	}
	there := map[string]bool{}
	for _, name := range files(t, s) {
		there[filepath.Base(name)] = true
	}
	for name := range promised {
		if !there[name] {
			t.Errorf("%s was promised and is gone", name)
		}
	}
	t.Logf("%d files, %d cut short by %d kills", len(promised), halves, kills())
	if len(promised) == 0 || halves == 0 {
		t.Error("the kills came at the wrong time")
	}
	// A half file would be seen.
	must(t, os.WriteFile(filepath.Join(dir, vaultName, "7", strings.Repeat("0", 64)), []byte("half"), 0o600))
	if bad := unsound(t, s); len(bad) != 1 {
		t.Error("a half file is not seen")
	}
}

// Somebody else who writes delays a turn and drops nothing.
func TestABusyDatabaseDelays(t *testing.T) {
	s := open(t)
	turns(t, s, count, said("1", 7, "a"))
	other := must1(sql.Open("sqlite3", dsn(s.path(databaseName), writerSettings)))(t)
	defer other.Close()
	hold := must1(other.Begin())(t)
	var wait sync.WaitGroup
	start := time.Now()
	for i := range 20 {
		wait.Go(func() {
			if err := s.Turns(context.Background(), []flows.Input{said(fmt.Sprint("busy", i), 7, "b")}, count); err != nil {
				t.Error(err)
			}
		})
	}
	time.Sleep(time.Second)
	must(t, hold.Rollback())
	wait.Wait()
	if time.Since(start) < time.Second {
		t.Error("nobody had to wait")
	}
	if got := opened(t, s, 7); got != 21 {
		t.Errorf("the person counts %d, want 21", got)
	}
}
