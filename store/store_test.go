package store

import (
	"context"
	"database/sql"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"recourse/flows"
)

// noon is when things happen in tests.
var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func open(t testing.TB) *Store {
	t.Helper()
	return openIn(t, filepath.Join(t.TempDir(), "data"))
}

func openIn(t testing.TB, dir string) *Store {
	t.Helper()
	s, err := Open(context.Background(), dir)
	if err != nil {
		t.Fatal(err)
	}
	s.Now = func() time.Time { return noon }
	t.Cleanup(func() { s.Close() })
	return s
}

// said is an input in which a person says something.
func said(id string, person int64, text string) flows.Input {
	return flows.Input{ID: id, Person: person, At: noon, Event: flows.Said{Text: text}}
}

// count is a conversation that counts its inputs and answers each.
func count(p *flows.Person, in flows.Input) []flows.Effect {
	p.Opened++
	text := ""
	if e, ok := in.Event.(flows.Said); ok {
		text = e.Text
	}
	return []flows.Effect{flows.Note{What: "said"}, flows.Say{Text: []flows.Span{{Text: text}}}}
}

func turns(t testing.TB, s *Store, advance flows.Advance, inputs ...flows.Input) {
	t.Helper()
	if err := s.Turns(context.Background(), inputs, advance); err != nil {
		t.Fatal(err)
	}
}

func opened(t testing.TB, s *Store, person int64) int {
	t.Helper()
	p, err := s.Person(context.Background(), person)
	if err != nil {
		t.Fatal(err)
	}
	if p == nil {
		return 0
	}
	return p.Opened
}

// number asks the database for one number.
func number(t testing.TB, s *Store, query string, args ...any) int {
	t.Helper()
	var n int
	if err := s.read.QueryRow(query, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// change alters the database behind the store's back.
func change(t testing.TB, s *Store, statement string, args ...any) {
	t.Helper()
	if _, err := s.write.Exec(statement, args...); err != nil {
		t.Fatal(err)
	}
}

func TestOpenMakesAPrivateFolder(t *testing.T) {
	s := open(t)
	turns(t, s, count, said("1", 7, "a"))
	for name, want := range map[string]fs.FileMode{".": 0o700, vaultName: 0o700, databaseName: 0o600, databaseName + "-wal": 0o600, markerName: 0o600, lockName: 0o600} {
		info, err := os.Stat(s.path(name))
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s has mode %o, want %o", name, got, want)
		}
	}
}

func TestOpenKeepsWhatWasThere(t *testing.T) {
	dir := t.TempDir()
	s := openIn(t, dir)
	turns(t, s, count, said("1", 7, "a"))
	s.Close()
	if got := opened(t, openIn(t, dir), 7); got != 1 {
		t.Errorf("after a restart the person counts %d inputs, want 1", got)
	}
}

func TestOpenTakesAnyPath(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a b?mode=memory#%41")
	turns(t, openIn(t, dir), count, said("1", 7, "a"))
	if _, err := os.Stat(filepath.Join(dir, databaseName)); err != nil {
		t.Error(err)
	}
}

func TestOpenRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(t *testing.T, dir string)
		says  string
	}{
		"a file in place of the folder": {func(t *testing.T, dir string) {
			must(t, os.RemoveAll(dir), os.WriteFile(dir, nil, 0o600))
		}, "data folder"},
		"a folder that can't be written": {func(t *testing.T, dir string) {
			if os.Geteuid() == 0 {
				t.Skip("root can write anywhere")
			}
			must(t, os.Chmod(dir, 0o500))
			t.Cleanup(func() { os.Chmod(dir, 0o700) })
		}, "can't be written"},
		"a database that is gone": {func(t *testing.T, dir string) {
			must(t, os.Remove(filepath.Join(dir, databaseName)))
		}, "is missing"},
		"a database that was emptied": {func(t *testing.T, dir string) {
			must(t, os.Truncate(filepath.Join(dir, databaseName), 0))
		}, "is missing"},
		"a log without its database": {func(t *testing.T, dir string) {
			must(t, os.Remove(filepath.Join(dir, databaseName)), os.Remove(filepath.Join(dir, markerName)),
				os.WriteFile(filepath.Join(dir, databaseName+"-wal"), []byte("x"), 0o600))
		}, "is missing"},
		"a newer schema": {func(t *testing.T, dir string) {
			s := openIn(t, dir)
			change(t, s, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, 1)`)
			s.Close()
		}, "newer version"},
		"something else under the name": {func(t *testing.T, dir string) {
			must(t, os.WriteFile(filepath.Join(dir, databaseName), []byte(strings.Repeat("no database ", 1000)), 0o600))
		}, "can't be read"},
		"pages that were overwritten": {func(t *testing.T, dir string) {
			f, err := os.OpenFile(filepath.Join(dir, databaseName), os.O_RDWR, 0)
			must(t, err)
			_, err = f.WriteAt([]byte(strings.Repeat("\xff", 3*4096)), 4096)
			must(t, err, f.Close())
		}, "database"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "data")
			s := openIn(t, dir)
			turns(t, s, count, said("1", 7, "a"))
			s.Close()
			c.spoil(t, dir)
			s, err := Open(context.Background(), dir)
			if err == nil {
				s.Close()
				t.Fatal("it started")
			}
			if !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "\n") {
				t.Errorf("it says %q, want one line with %q", err, c.says)
			}
		})
	}
}

func TestOpenRefusesASecondCopy(t *testing.T) {
	dir := t.TempDir()
	first := openIn(t, dir)
	if s, err := Open(context.Background(), dir); err == nil {
		s.Close()
		t.Fatal("a second copy started")
	} else if !strings.Contains(err.Error(), "already running") {
		t.Errorf("it says %q", err)
	}
	turns(t, first, count, said("1", 7, "a")) // the refused one has harmed nobody
	first.Close()
	openIn(t, dir)
}

// Each setting that durability or erasure rests on is missed when it is wrong.
func TestSettingsAreReadBack(t *testing.T) {
	ctx := context.Background()
	for name, change := range map[string][2]string{
		"":             {},
		"journal_mode": {"_journal_mode=WAL", "_journal_mode=DELETE"},
		"synchronous":  {"&_synchronous=FULL", ""},
		"foreign_keys": {"&_foreign_keys=on", ""},
		"secure_delete": {
			"_secure_delete=on", "_secure_delete=off",
		},
		"busy_timeout": {"_busy_timeout=5000", "_busy_timeout=0"},
	} {
		db, err := sql.Open("sqlite3", dsn(filepath.Join(t.TempDir(), "x.db"), strings.Replace(writerSettings, change[0], change[1], 1)))
		if err != nil {
			t.Fatal(err)
		}
		err = checkSettings(ctx, db)
		db.Close()
		if name == "" && err != nil {
			t.Error(err)
		}
		if name != "" && (err == nil || !strings.Contains(err.Error(), name)) {
			t.Errorf("with a wrong %s it says %v", name, err)
		}
	}
}

func TestTablesAreStrict(t *testing.T) {
	s := open(t)
	if n := number(t, s, `SELECT count(*) FROM pragma_table_list WHERE schema = 'main' AND name NOT LIKE 'sqlite%' AND name NOT LIKE 'goose%'`); n != 11 {
		t.Errorf("there are %d tables, want 11", n)
	}
	if n := number(t, s, `SELECT count(*) FROM pragma_table_list WHERE schema = 'main' AND name NOT LIKE 'sqlite%' AND name NOT LIKE 'goose%' AND NOT strict`); n != 0 {
		t.Errorf("%d tables are not strict", n)
	}
}

func TestMigrateCopiesFirst(t *testing.T) {
	ctx := context.Background()
	names, err := fs.Glob(migrations, "migrations/*.sql")
	must(t, err)
	later := func(sql string) fs.FS {
		all := fstest.MapFS{"99999_later.sql": {Data: []byte("-- +goose Up\nDELETE FROM people;\n" + sql)}}
		for _, name := range names {
			text, err := migrations.ReadFile(name)
			must(t, err)
			all[strings.TrimPrefix(name, "migrations/")] = &fstest.MapFile{Data: text}
		}
		return all
	}
	s := open(t)
	before := fmt.Sprintf("before-%d.db", len(names)+1) // one step is written in Go
	turns(t, s, count, said("1", 7, "a"))

	if err := s.migrate(ctx, false, later("NONSENSE;")); err == nil {
		t.Fatal("a broken migration went through")
	}
	if got := opened(t, s, 7); got != 1 {
		t.Error("a broken migration left its first half behind")
	}
	if err := s.migrate(ctx, false, later("")); err != nil {
		t.Fatal(err)
	}
	if got := opened(t, s, 7); got != 0 {
		t.Error("the migration did nothing")
	}
	copied, err := openReaders(s.path(before))
	must(t, err)
	defer copied.Close()
	var n int
	must(t, copied.QueryRow(`SELECT count(*) FROM people`).Scan(&n))
	if n != 1 {
		t.Errorf("the copy holds %d people, want 1", n)
	}

	// The copy does not outlive what people erase by more than two days.
	must(t, s.Prune(ctx, time.Now().Add(time.Hour)))
	if _, err := os.Stat(s.path(before)); err != nil {
		t.Error("the copy is gone after an hour")
	}
	must(t, s.Prune(ctx, time.Now().Add(72*time.Hour)))
	if _, err := os.Stat(s.path(before)); err == nil {
		t.Error("the copy is still there after three days")
	}
}

// SQLite gives $N the place of its first use, whatever N says.
func TestParametersStandInOrder(t *testing.T) {
	if disorder(`UPDATE a SET b = $2 WHERE c = $1`) == "" || disorder(`SELECT $1, $3`) == "" {
		t.Fatal("disorder is not seen")
	}
	files, err := filepath.Glob("*.go")
	must(t, err)
	found := 0
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		must(t, err)
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING && strings.Contains(lit.Value, "$1") {
				found++
				if d := disorder(lit.Value); d != "" {
					t.Errorf("%s: %s", name, d)
				}
			}
			return true
		})
	}
	if found < 20 {
		t.Errorf("only %d statements were looked at", found)
	}
}

func disorder(query string) string {
	next := 1
	for _, m := range regexp.MustCompile(`\$(\d+)`).FindAllStringSubmatch(query, -1) {
		n, _ := strconv.Atoi(m[1])
		if n > next {
			return fmt.Sprintf("$%d comes before $%d in %s", n, next, query)
		}
		if n == next {
			next++
		}
	}
	return ""
}

func TestQueriesUseTheirIndexes(t *testing.T) {
	s := open(t)
	for query, index := range map[string]string{
		`SELECT id, wake_at FROM people WHERE wake_at <= 1 ORDER BY wake_at LIMIT 1`: "people_wake",
		`SELECT id FROM jobs WHERE due_at <= 1`:/* sorted afterwards: everybody in turn */ "jobs_due",
		`SELECT id FROM outbox WHERE person = 1 ORDER BY id LIMIT 20`:                               "outbox_person",
		`SELECT min(l.id) FROM outbox l WHERE l.person = 1 AND l.not_before > 0 AND not_before > 5`: "outbox_late",
	} {
		rows, err := s.read.Query(`EXPLAIN QUERY PLAN ` + query)
		must(t, err)
		var plan []string
		for rows.Next() {
			var id, parent, unused int
			var line string
			must(t, rows.Scan(&id, &parent, &unused, &line))
			plan = append(plan, line)
		}
		rows.Close()
		if got := strings.Join(plan, "; "); !strings.Contains(got, index) || strings.Contains(got, "TEMP B-TREE") {
			t.Errorf("%s\nis done by: %s", query, got)
		}
	}
}

func must(t testing.TB, errs ...error) {
	t.Helper()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
}

// quiet is a log nobody reads.
func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }
