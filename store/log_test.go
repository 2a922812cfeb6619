package store

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"recourse/flows"
)

// tell writes a line into the log of the case an input names.
func tell(p *flows.Person, in flows.Input) []flows.Effect {
	number := 0
	fmt.Sscan(in.Event.(flows.Said).Text, &number)
	return []flows.Effect{flows.Note{Case: number, What: "said", Data: map[string]string{"b": "<2>", "a": "1"}}}
}

func TestTheLogIsAChain(t *testing.T) {
	ctx := context.Background()
	s := open(t)
	for i, number := range []string{"1", "2", "1", "1", "0", "2"} {
		turns(t, s, tell, said(fmt.Sprint("a", i), 7, number), said(fmt.Sprint("b", i), 8, number))
	}
	_, log, _, err := s.Record(ctx, 7, 1)
	must(t, err)
	if len(log) != 3 {
		t.Fatalf("the log of case 1 has %d lines, want 3", len(log))
	}
	prev := flows.FirstPrev
	for i, line := range log {
		want := fmt.Sprintf(`{"seq":%d,"at":"%s","case":1,"what":"said","data":{"a":"1","b":"\u003c2\u003e"},"prev":"%s"}`, i+1, noon.Format(time.RFC3339Nano), prev)
		if string(line) != want {
			t.Errorf("line %d\n%s, want\n%s", i+1, line, want)
		}
		prev = flows.LineHash(line)
	}
	if found := must1(s.CheckLogs(ctx))(t); len(found) != 0 {
		t.Errorf("a whole log is found fault with: %v", found)
	}
	for name, statement := range map[string]string{
		"a changed word":             `UPDATE log SET line = replace(line, 'said', 'sold') WHERE person = 7 AND number = 1 AND seq = 2`,
		"a line taken out":           `DELETE FROM log WHERE person = 7 AND number = 1 AND seq = 2`,
		"a first line taken out":     `DELETE FROM log WHERE person = 7 AND number = 1 AND seq = 1`,
		"a line of another person's": `UPDATE log SET (line, hash) = (SELECT line, hash FROM log WHERE person = 7 AND number = 2 AND seq = 2) WHERE person = 7 AND number = 1 AND seq = 2`,
		"a hash":                     `UPDATE log SET hash = replace(hash, '0', '1') WHERE person = 7 AND number = 1 AND seq = 3`,
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			for i, number := range []string{"1", "2", "1", "1", "2"} {
				turns(t, s, tell, said(fmt.Sprint(i), 7, number))
			}
			change(t, s, statement)
			if found := must1(s.CheckLogs(ctx))(t); len(found) != 1 || !strings.HasPrefix(found[0], "person 7: the log of case 1 ") {
				t.Errorf("it finds %q", found)
			}
		})
	}
}

// A database of the first release: its events become a chain.
func TestOldEventsAreChained(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	first, err := migrations.ReadFile("migrations/00001_start.sql")
	must(t, err)
	old := &Store{dir: dir, Log: quiet()}
	must(t, os.MkdirAll(dir, 0o700))
	old.write, err = openWriter(filepath.Join(dir, databaseName))
	must(t, err)
	old.read, err = openReaders(filepath.Join(dir, databaseName))
	must(t, err)
	statement := string(first)
	statement = statement[:strings.Index(statement, "-- +goose Down")]
	change(t, old, statement)
	change(t, old, `CREATE TABLE goose_db_version (id INTEGER PRIMARY KEY AUTOINCREMENT, version_id INTEGER NOT NULL, is_applied INTEGER NOT NULL, tstamp TIMESTAMP DEFAULT (datetime('now')))`)
	change(t, old, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (0, 1), (1, 1)`)
	change(t, old, `INSERT INTO people VALUES (7, '{"id":7}', 1, NULL)`)
	change(t, old, `INSERT INTO events VALUES (7, 1, 1000000, 1, 'opened', '{}'), (7, 2, 2000000, 0, 'agreed', 'null'), (7, 3, 3000000, 1, 'exhibit', '{"number":"1"}'), (8, 1, 1, 1, 'opened', 'null')`)
	must(t, old.read.Close(), old.write.Close())

	s := openIn(t, dir)
	_, log, _, err := s.Record(ctx, 7, 1)
	must(t, err)
	var got []string
	for _, line := range log {
		got = append(got, string(line[:strings.Index(string(line), `,"prev"`)]))
	}
	want := []string{
		`{"seq":1,"at":"1970-01-01T00:00:01Z","case":1,"what":"opened"`,
		`{"seq":2,"at":"1970-01-01T00:00:03Z","case":1,"what":"exhibit","data":{"number":"1"}`,
		`{"seq":3,"at":"1970-01-01T00:00:03Z","case":1,"what":"chained from here"`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("the log is\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if found := must1(s.CheckLogs(ctx))(t); len(found) != 0 {
		t.Errorf("%v", found)
	}
	if _, err := os.Stat(filepath.Join(dir, "before-1.db")); err != nil {
		t.Error("there is no copy of what was before")
	}
}

func TestStampsBelongToALine(t *testing.T) {
	ctx := context.Background()
	s := open(t)
	turns(t, s, tell, said("1", 7, "1"), said("2", 7, "1"), said("3", 7, "0"), said("4", 8, "1"))
	heads := must1(s.Unstamped(ctx, 10))(t)
	if len(heads) != 2 || heads[0].Person != 7 || heads[0].Seq != 2 || heads[1].Person != 8 {
		t.Fatalf("the ends are %+v", heads)
	}
	wrong := heads[0]
	wrong.Hash = strings.Repeat("1", 64)
	must(t, s.Stamped(ctx, wrong, flows.Stamp{Token: []byte("x")}))
	must(t, s.Stamped(ctx, heads[0], flows.Stamp{Token: []byte("token"), Authority: "a", At: noon}))
	_, _, stamps, err := s.Record(ctx, 7, 1)
	must(t, err)
	if len(stamps) != 1 || stamps[0].Hash != heads[0].Hash || string(stamps[0].Token) != "token" || !stamps[0].At.Equal(noon) {
		t.Errorf("kept are %+v", stamps)
	}
	if left := must1(s.Unstamped(ctx, 10))(t); len(left) != 1 {
		t.Errorf("still to be stamped %+v", left)
	}
	turns(t, s, tell, said("5", 7, "1"))
	if left := must1(s.Unstamped(ctx, 10))(t); len(left) != 2 {
		t.Errorf("after another line %+v", left)
	}
}

func TestTheKeyStays(t *testing.T) {
	dir := t.TempDir()
	s := openIn(t, dir)
	public := s.Key().Public()
	info, err := os.Stat(s.path(keyName))
	must(t, err)
	if info.Mode().Perm() != 0o600 {
		t.Errorf("others may read the key: %v", info.Mode())
	}
	to := filepath.Join(t.TempDir(), "copy")
	must(t, s.Backup(context.Background(), to), s.Close())
	for _, dir := range []string{dir, to} {
		if again := openIn(t, dir); !again.Key().Public().Equal(public) {
			t.Errorf("another key in %s", dir)
		} else {
			must(t, again.Close())
		}
	}
	must(t, os.WriteFile(filepath.Join(dir, keyName), []byte("half a k"), 0o600))
	if _, err := Open(context.Background(), dir); err == nil || !strings.Contains(err.Error(), "instance.key") {
		t.Errorf("with a broken key it says %v", err)
	}
}

// What was made to be sent stays until it was sent, and goes then; an exhibit
// that was sent back stays.
func TestSentFilesGo(t *testing.T) {
	ctx := context.Background()
	s := open(t)
	exhibit := keep(t, s, 7, "exhibit")
	awaiting(t, s, 7)
	made := must1(s.Put(ctx, 7, strings.NewReader("dossier"), 100))(t)
	job := number(t, s, `SELECT max(id) FROM jobs`)
	turns(t, s, func(*flows.Person, flows.Input) []flows.Effect {
		return []flows.Effect{
			flows.Say{Document: &flows.Document{Name: "a.zip", SHA256: made.SHA256}},
			flows.Say{Document: &flows.Document{Name: "b.jpg", SHA256: exhibit.SHA256}},
		}
	}, flows.Input{ID: "made", Person: 7, At: noon, Job: int64(job), Event: flows.Exported{}})
	must(t, s.tidy(ctx, 7, true))
	if found := must1(s.Check(ctx))(t); len(found) != 0 || len(files(t, s)) != 2 {
		t.Fatalf("before it was sent: %v, %v", files(t, s), found)
	}
	for i, o := range must1(s.Waiting(ctx, noon, 10))(t) {
		must(t, s.Sent(ctx, o.ID, i+1))
	}
	if got, want := files(t, s), []string{"7/" + exhibit.SHA256}; !slices.Equal(got, want) {
		t.Errorf("left are %v, want %v", got, want)
	}
}
