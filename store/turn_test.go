package store

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/mattn/go-sqlite3"

	"recourse/flows"
)

func TestTurnsHearEachInputOnce(t *testing.T) {
	s := open(t)
	turns(t, s, count, said("1", 7, "a"), said("2", 7, "b"), said("1", 7, "a"))
	turns(t, s, count, said("2", 7, "b"), said("3", 7, "c"), said("3", 7, "c"))
	if got := opened(t, s, 7); got != 3 {
		t.Errorf("three inputs counted as %d", got)
	}
	if n := number(t, s, `SELECT count(*) FROM outbox`); n != 3 {
		t.Errorf("three inputs were answered %d times", n)
	}
	if n := number(t, s, `SELECT max(seq) FROM log WHERE person = 7`); n != 3 {
		t.Errorf("the log has %d lines, want 3", n)
	}

	// Without the set of seen ids the same batch counts again.
	change(t, s, `DELETE FROM seen`)
	turns(t, s, count, said("3", 7, "c"))
	if got := opened(t, s, 7); got != 4 {
		t.Error("the test does not notice a repeat")
	}
}

func TestSeenIsPrunedAfterTwoDays(t *testing.T) {
	s := open(t)
	turns(t, s, count, said("1", 7, "a"))
	must(t, s.Prune(context.Background(), noon.Add(47*time.Hour)))
	turns(t, s, count, said("1", 7, "a"))
	if got := opened(t, s, 7); got != 1 {
		t.Errorf("after 47 hours a repeat was heard (%d)", got)
	}
	must(t, s.Prune(context.Background(), noon.Add(49*time.Hour)))
	if n := number(t, s, `SELECT count(*) FROM seen`); n != 0 {
		t.Errorf("after 49 hours %d ids are kept", n)
	}
}

// A batch is on the disk whole or not at all.
func TestTurnsAreOneTransaction(t *testing.T) {
	ctx := context.Background()
	batch := []flows.Input{said("2", 7, "b"), said("3", 8, "c")}
	state := func(s *Store) []int {
		return []int{opened(t, s, 7), opened(t, s, 8), number(t, s, `SELECT count(*) FROM outbox`), number(t, s, `SELECT count(*) FROM seen`)}
	}
	before, after := []int{1, 0, 1, 1}, []int{2, 1, 3, 3}

	t.Run("the commit fails", func(t *testing.T) {
		s := open(t)
		turns(t, s, count, said("1", 7, "a"))
		failCommits(t, s, 1)
		if err := s.Turns(ctx, batch, count); err == nil {
			t.Fatal("a failing commit was not reported")
		}
		if got := state(s); !reflect.DeepEqual(got, before) {
			t.Errorf("a failed commit left %v, want %v", got, before)
		}
		failCommits(t, s, 0)
		turns(t, s, count, batch...)
		if got := state(s); !reflect.DeepEqual(got, after) {
			t.Errorf("sent again it became %v, want %v", got, after)
		}
	})
	t.Run("a table fails in the middle", func(t *testing.T) {
		s := open(t)
		turns(t, s, count, said("1", 7, "a"))
		advance := func(p *flows.Person, in flows.Input) []flows.Effect {
			if in.ID == "3" {
				return append(count(p, in)[:1], flows.Say{Rows: [][]flows.Button{{{Value: "x"}}}})
			}
			return count(p, in)
		}
		change(t, s, `ALTER TABLE keyboards RENAME TO gone`)
		if err := s.Turns(ctx, batch, advance); err == nil {
			t.Fatal("a failing store was not reported")
		}
		if got := state(s); !reflect.DeepEqual(got, before) {
			t.Errorf("a failing store left %v, want %v", got, before)
		}
		change(t, s, `ALTER TABLE gone RENAME TO keyboards`)
		turns(t, s, advance, batch...)
		if got := state(s); !reflect.DeepEqual(got, after) {
			t.Errorf("sent again it became %v, want %v", got, after)
		}
	})
	t.Run("it is cancelled in the middle", func(t *testing.T) {
		s := open(t)
		turns(t, s, count, said("1", 7, "a"))
		ctx, cancel := context.WithCancel(ctx)
		err := s.Turns(ctx, batch, func(p *flows.Person, in flows.Input) []flows.Effect {
			cancel()
			return count(p, in)
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := state(s); !reflect.DeepEqual(got, after) {
			t.Errorf("what was begun became %v, want %v", got, after)
		}
		if err := s.Turns(ctx, []flows.Input{said("9", 7, "z")}, count); err == nil {
			t.Error("a batch began after the end")
		}
	})
}

// failCommits makes SQLite turn every commit into a rollback while with is 1.
func failCommits(t *testing.T, s *Store, with int) {
	t.Helper()
	conn, err := s.write.Conn(context.Background())
	must(t, err)
	defer conn.Close()
	must(t, conn.Raw(func(c any) error {
		c.(*sqlite3.SQLiteConn).RegisterCommitHook(func() int { return with })
		return nil
	}))
}

func TestInputsKeepTheirOrder(t *testing.T) {
	s := open(t)
	var heard []string
	var inputs []flows.Input
	for i := range 30 {
		inputs = append(inputs, said(fmt.Sprint(i), int64(i%3), fmt.Sprint(i)))
	}
	turns(t, s, func(p *flows.Person, in flows.Input) []flows.Effect {
		heard = append(heard, in.ID)
		return count(p, in)
	}, inputs...)
	for i, id := range heard {
		if id != fmt.Sprint(i) {
			t.Fatalf("heard %v", heard)
		}
	}
}

// What goes wrong with one input stays with it, and its person is told.
func TestAFaultHurtsItsInputOnly(t *testing.T) {
	const secret = "a secret that stands in no log"
	broken := map[string]func(p *flows.Person, in flows.Input) []flows.Effect{
		"a panic": func(p *flows.Person, in flows.Input) []flows.Effect { panic(secret) },
		//lint:ignore SA5000 the panic is what is tested
		"a nil map":      func(p *flows.Person, in flows.Input) []flows.Effect { var m map[string]int; m[secret] = 1; return nil },
		"no such effect": func(p *flows.Person, in flows.Input) []flows.Effect { return []flows.Effect{nil} },
		"half the effects": func(p *flows.Person, in flows.Input) []flows.Effect {
			return []flows.Effect{flows.Say{}, flows.Note{}, flows.Fetch{}, flows.Erase{}, &flows.Say{}}
		},
	}
	for name, fault := range broken {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			s := open(t)
			s.Log = slog.New(slog.NewTextHandler(&log, nil))
			told := 0
			advance := func(p *flows.Person, in flows.Input) []flows.Effect {
				switch e := in.Event.(type) {
				case flows.Failed:
					told++
					if in.Person != 7 || in.At != noon || p.Opened != 1 {
						t.Errorf("told %+v of %+v", in, p)
					}
					return []flows.Effect{flows.Say{Text: []flows.Span{{Text: "sorry"}}}}
				case flows.Said:
					if e.Text == secret {
						p.Opened += 100
						return fault(p, in)
					}
				}
				return count(p, in)
			}
			batch := []flows.Input{said("1", 7, "a"), said("2", 8, "b"), said("3", 7, secret), said("4", 8, "c"), said("5", 7, "d")}
			turns(t, s, advance, batch...)
			turns(t, s, advance, batch...) // Telegram sends it again: nothing more happens
			if a, b := opened(t, s, 7), opened(t, s, 8); a != 2 || b != 2 {
				t.Errorf("the others count %d and %d, want 2 and 2", a, b)
			}
			if told != 1 {
				t.Errorf("the person was told %d times", told)
			}
			if n := number(t, s, `SELECT count(*) FROM outbox`); n != 5 {
				t.Errorf("%d messages go out, want 5", n)
			}
			if n := number(t, s, `SELECT count(*) FROM jobs`) + number(t, s, `SELECT count(*) FROM erasures`); n != 0 {
				t.Error("an effect of the broken input stayed")
			}
			if n := number(t, s, `SELECT count(*) FROM aside WHERE input = '3' AND person = 7 AND kind = 'Said' AND raw LIKE '%secret%'`); n != 1 {
				t.Error("the input was not put aside")
			}
			if n := number(t, s, `SELECT count(*) FROM aside WHERE class LIKE '%secret%'`); n != 0 || strings.Contains(log.String(), "secret") {
				t.Errorf("the person's words are in the class or the log:\n%s", &log)
			}
			if !strings.Contains(log.String(), "input=3") {
				t.Errorf("the log says nothing:\n%s", &log)
			}
		})
	}
}

func TestAPanicIsNamedByItsPlace(t *testing.T) {
	s := open(t)
	turns(t, s, func(*flows.Person, flows.Input) []flows.Effect { panic("x") }, said("1", 7, "a"))
	var class string
	must(t, s.read.QueryRow(`SELECT class FROM aside`).Scan(&class))
	if !strings.Contains(class, "panic: string at store.TestAPanicIsNamedByItsPlace") {
		t.Errorf("class is %q", class)
	}
}

func TestARowThatCantBeReadHurtsItsPersonOnly(t *testing.T) {
	s := open(t)
	turns(t, s, count, said("1", 7, "a"), said("2", 8, "b"))
	change(t, s, `UPDATE people SET body = '{"id":' WHERE id = 7`)
	turns(t, s, count, said("3", 7, "c"), said("4", 8, "d"))
	if got := opened(t, s, 8); got != 2 {
		t.Errorf("the other person counts %d", got)
	}
	if n := number(t, s, `SELECT count(*) FROM aside WHERE input = '3'`); n != 1 {
		t.Error("the input was not put aside")
	}
	if n := number(t, s, `SELECT count(*) FROM people WHERE id = 7 AND body = '{"id":'`); n != 1 {
		t.Error("the damaged row was replaced")
	}
}

func TestNothingIsWrittenWhenNothingChanges(t *testing.T) {
	s := open(t)
	turns(t, s, count, said("1", 7, "a"))
	still := func(*flows.Person, flows.Input) []flows.Effect { return nil }
	turns(t, s, still, said("2", 7, "b"), said("3", 7, "c"))
	if n := number(t, s, `SELECT revision FROM people WHERE id = 7`); n != 1 {
		t.Errorf("the row was written %d times, want once", n)
	}
}

func TestButtons(t *testing.T) {
	s := open(t)
	ctx := context.Background()
	rows := [][]flows.Button{
		{{Label: "yes", Case: 1, Step: "a", Revision: 3, Value: "yes"}, {Label: "page", URL: "https://example.org"}},
		{{Label: "copy", Copy: "text"}, {Label: "no", Case: 1, Step: "a", Revision: 3, Value: "no", About: 2}},
	}
	ask := func(*flows.Person, flows.Input) []flows.Effect { return []flows.Effect{flows.Say{Rows: rows}} }
	turns(t, s, ask, said("1", 7, "a"), said("2", 8, "a"))
	out, err := s.Waiting(ctx, noon, 10)
	must(t, err)
	mine, theirs := out[0].Data, out[1].Data
	if mine[0][1] != "" || mine[1][0] != "" || mine[0][0] == "" || mine[1][1] == "" {
		t.Fatalf("the buttons carry %q", mine)
	}
	if len(mine[1][1]) > 64 || mine[0][0] == theirs[0][0] {
		t.Errorf("the buttons carry %q and %q", mine, theirs)
	}

	heard := func(person int64, data string) *flows.Button {
		var got *flows.Button
		id := fmt.Sprint(person, data, time.Now().UnixNano())
		turns(t, s, func(p *flows.Person, in flows.Input) []flows.Effect {
			got = in.Event.(flows.Tapped).Button
			return nil
		}, flows.Input{ID: id, Person: person, At: noon, Event: flows.Tapped{Query: "q", Data: data, Message: 5, Button: &flows.Button{Value: "forged"}}})
		return got
	}
	for data, want := range map[string]*flows.Button{mine[0][0]: &rows[0][0], mine[1][1]: &rows[1][1]} {
		if got := heard(7, data); !reflect.DeepEqual(got, want) {
			t.Errorf("%q means %+v, want %+v", data, got, want)
		}
	}
	id, _, _ := strings.Cut(mine[0][0], ".")
	for _, data := range []string{
		"", ".", ".0", "nonsense", theirs[0][0], // somebody else's
		id, id + ".", id + ".1", id + ".2", id + ".4", id + ".-1", id + ".00", id + ".+0", id + ".0.0", id + ". 0",
		id[:13] + "_.0", strings.ToLower(id) + "x.0", "%.0", strings.Repeat("x", 10000),
	} {
		if got := heard(7, data); got != nil {
			t.Errorf("%.40q means %+v, want nothing", data, got)
		}
	}
	change(t, s, `DELETE FROM keyboards`)
	if heard(7, mine[0][0]) != nil {
		t.Error("a forgotten button still means something")
	}
}

func TestKeyboardIDs(t *testing.T) {
	seen, letters := map[string]bool{}, map[rune]int{}
	for range 10000 {
		id := newKeyboardID()
		if len(id) != keyboardLength || seen[id] {
			t.Fatalf("id %q", id)
		}
		seen[id] = true
		for _, r := range id {
			letters[r]++
		}
	}
	for r, n := range letters { // 2258 expected, 47 the deviation
		if n < 2258-6*47 || n > 2258+6*47 {
			t.Errorf("letter %c comes %d times of 140000", r, n)
		}
	}
	if len(letters) != 62 {
		t.Errorf("%d letters", len(letters))
	}
}

// remind is a conversation whose only case has reminders at the given times.
func remind(at ...time.Time) flows.Advance {
	return func(p *flows.Person, in flows.Input) []flows.Effect {
		c := &flows.Case{Number: 1}
		for _, due := range at {
			c.Reminders = append(c.Reminders, flows.Reminder{Due: due})
		}
		p.Cases = []*flows.Case{c}
		return nil
	}
}

func due(t *testing.T, s *Store, now time.Time) []flows.Input {
	t.Helper()
	all, err := s.Due(context.Background(), now, 10)
	must(t, err)
	return all
}

func TestDue(t *testing.T) {
	s := open(t)
	hour := noon.Add(time.Hour)
	turns(t, s, remind(hour.Add(time.Hour), hour), said("1", 7, "a"))
	turns(t, s, remind(hour.Add(-time.Minute)), said("2", 8, "a"))
	turns(t, s, remind(), said("3", 9, "a"))
	if got := due(t, s, hour.Add(-time.Hour)); len(got) != 0 {
		t.Errorf("early: %+v", got)
	}
	got := due(t, s, hour)
	want := []flows.Input{
		{ID: fmt.Sprintf("wake:8:%d", hour.Add(-time.Minute).UnixMicro()), Person: 8, At: hour, Event: flows.Woke{}},
		{ID: fmt.Sprintf("wake:7:%d", hour.UnixMicro()), Person: 7, At: hour, Event: flows.Woke{}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("due are %+v, want %+v", got, want)
	}
	turns(t, s, remind(hour.Add(time.Hour)), got...)
	if got := due(t, s, hour); len(got) != 0 {
		t.Errorf("again: %+v", got)
	}
	if got := due(t, s, hour.Add(time.Hour)); len(got) != 2 {
		t.Errorf("the next time: %+v", got)
	}
	turns(t, s, remind(), said("4", 7, "a"), said("5", 8, "a"))
	if got := due(t, s, hour.Add(1000*time.Hour)); len(got) != 0 {
		t.Errorf("none left: %+v", got)
	}
}

// Whatever the conversation does with a wake, the clock never spins on it, and
// a time that comes back is woken again.
func TestDueNeverSpins(t *testing.T) {
	for name, wake := range map[string]flows.Advance{
		"it leaves the time":      remind(noon),
		"it goes back":            remind(noon.Add(-time.Hour)),
		"it panics":               func(*flows.Person, flows.Input) []flows.Effect { panic("x") },
		"it panics on wakes only": func(p *flows.Person, in flows.Input) []flows.Effect { _ = in.Event.(flows.Failed); return nil },
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			s.Log = quiet()
			turns(t, s, remind(noon), said("1", 7, "a"))
			now, woken := noon, 0
			for range 600 { // ten minutes, every second
				now = now.Add(time.Second)
				if in := due(t, s, now); len(in) > 0 {
					woken++
					turns(t, s, wake, in...)
				}
			}
			if woken < 5 || woken > 25 {
				t.Errorf("woken %d times in ten minutes", woken)
			}
		})
	}
	t.Run("the same time anew", func(t *testing.T) {
		s := open(t)
		turns(t, s, remind(noon), said("1", 7, "a"))
		turns(t, s, remind(), due(t, s, noon)...)
		turns(t, s, remind(noon), said("2", 7, "b"))
		fired := 0
		for i := range 5 {
			turns(t, s, func(p *flows.Person, in flows.Input) []flows.Effect {
				fired++
				return remind()(p, in)
			}, due(t, s, noon.Add(time.Duration(i+1)*time.Second))...)
		}
		if fired != 1 {
			t.Errorf("it fired %d times, want once", fired)
		}
	})
}

// Who has much work waiting holds up nobody who has little.
func TestJobsAreSharedOut(t *testing.T) {
	s := open(t)
	ask := func(p *flows.Person, in flows.Input) (all []flows.Effect) {
		n := 1
		if p.ID == 7 {
			n = 300
		}
		for i := range n {
			all = append(all, flows.Fetch{Case: 1, Exhibit: i + 1})
		}
		return all
	}
	turns(t, s, ask, said("1", 7, "a"), said("2", 8, "b"), said("3", 9, "c"))
	jobs, err := s.Jobs(context.Background(), noon, 5)
	must(t, err)
	var people []int64
	for _, j := range jobs {
		people = append(people, j.Person)
	}
	if want := []int64{7, 8, 9, 7, 7}; !reflect.DeepEqual(people, want) {
		t.Errorf("served are %v, not %v", people, want)
	}
	if jobs[3].Work.(flows.Fetch).Exhibit != 2 || jobs[4].Work.(flows.Fetch).Exhibit != 3 {
		t.Errorf("one person's work is out of order: %+v", jobs)
	}
}

func TestJobs(t *testing.T) {
	s := open(t)
	ctx := context.Background()
	work := flows.Fetch{Case: 1, Exhibit: 2, File: flows.File{ID: "f", Name: "../x", Size: 9}}
	ask := func(p *flows.Person, in flows.Input) []flows.Effect {
		p.Opened++
		if _, ok := in.Event.(flows.Said); ok {
			return []flows.Effect{work}
		}
		return nil
	}
	turns(t, s, ask, said("1", 7, "a"), said("2", 7, "b"))
	jobs, err := s.Jobs(ctx, noon, 10)
	must(t, err)
	if want := []flows.Job{{ID: 1, Person: 7, Work: work}, {ID: 2, Person: 7, Work: work}}; !reflect.DeepEqual(jobs, want) {
		t.Fatalf("jobs are %+v", jobs)
	}
	must(t, s.Retry(ctx, 1, noon.Add(time.Minute)))
	if jobs, _ := s.Jobs(ctx, noon, 10); len(jobs) != 1 || jobs[0].ID != 2 {
		t.Errorf("a job that was put off is given: %+v", jobs)
	}
	if jobs, _ := s.Jobs(ctx, noon.Add(time.Minute), 10); len(jobs) != 2 || jobs[1].Attempts != 1 {
		t.Errorf("later: %+v", jobs)
	}

	kept := flows.Input{ID: "job:2", Person: 7, At: noon, Job: 2, Event: flows.Kept{}}
	turns(t, s, ask, kept)
	again := kept
	again.ID = "another id, the same job"
	stranger := flows.Input{ID: "job:1", Person: 8, At: noon, Job: 1, Event: flows.Kept{}}
	turns(t, s, ask, again, stranger)
	if got := opened(t, s, 7); got != 3 {
		t.Errorf("the result was heard %d times, want once", got-2)
	}
	if n := number(t, s, `SELECT count(*) FROM jobs WHERE id = 1`); n != 1 || opened(t, s, 8) != 0 {
		t.Error("somebody else's result was taken")
	}

	// A result that can't be worked on does not bring its job back for ever.
	s.Log = quiet()
	turns(t, s, func(p *flows.Person, in flows.Input) []flows.Effect { panic("x") },
		flows.Input{ID: "job:1:kept", Person: 7, At: noon, Job: 1, Event: flows.Kept{}})
	if n := number(t, s, `SELECT count(*) FROM jobs`); n != 0 {
		t.Error("the job is still there")
	}
}
