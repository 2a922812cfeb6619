package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"recourse/flows"
)

// awaiting gives each person a job that waits for a file.
func awaiting(t testing.TB, s *Store, people ...int64) {
	t.Helper()
	for _, p := range people {
		change(t, s, `INSERT INTO jobs (person, body, due_at) VALUES ($1, '{}', 0)`, p)
	}
}

func hashOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// files lists the vault, "person/name".
func files(t testing.TB, s *Store) (all []string) {
	t.Helper()
	must(t, fs.WalkDir(os.DirFS(s.path(vaultName)), ".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			all = append(all, path)
		}
		return err
	}))
	return all
}

// unsound lists what in the vault is not what its name says.
func unsound(t testing.TB, s *Store) (all []string) {
	t.Helper()
	for _, name := range files(t, s) {
		body, err := os.ReadFile(filepath.Join(s.path(vaultName), name))
		must(t, err)
		if hashOf(body) != filepath.Base(name) {
			all = append(all, name)
		}
	}
	return all
}

func TestPutAndOpen(t *testing.T) {
	s := open(t)
	ctx := context.Background()
	awaiting(t, s, 7, -100)
	for _, size := range []int{0, 1, headSize, headSize + 1, 64 << 10, 1 << 20} {
		body := bytes.Repeat([]byte("evidence"), size/8+1)[:size]
		for _, person := range []int64{7, -100} {
			got, err := s.Put(ctx, person, bytes.NewReader(body), 1<<20)
			must(t, err)
			if got.SHA256 != hashOf(body) || got.Size != int64(size) || !bytes.Equal(got.Head, body[:min(size, headSize)]) {
				t.Errorf("%d bytes were stored as %s, %d, head of %d", size, got.SHA256, got.Size, len(got.Head))
			}
			f, err := s.Open(ctx, person, got.SHA256)
			must(t, err)
			back, err := io.ReadAll(f)
			must(t, err, f.Close())
			if !bytes.Equal(back, body) {
				t.Errorf("%d bytes came back as others", size)
			}
		}
	}
	again, err := s.Put(ctx, 7, strings.NewReader(""), 10) // the same file once more
	must(t, err)
	if _, err := s.Open(ctx, 7, again.SHA256); err != nil {
		t.Error(err)
	}
	if n := len(files(t, s)); n != 12 {
		t.Errorf("the vault holds %d files, want 12", n)
	}
}

func TestPutLeavesNothingBehindWhenItFails(t *testing.T) {
	s := open(t)
	ctx := context.Background()
	awaiting(t, s, 7)
	gone, cancel := context.WithCancel(ctx)
	cancel()
	broken := errors.New("connection lost")
	for name, c := range map[string]struct {
		ctx    context.Context
		person int64
		r      io.Reader
		want   error
	}{
		"too big":           {ctx, 7, strings.NewReader(strings.Repeat("x", 101)), ErrTooBig},
		"endless":           {ctx, 7, endless{}, ErrTooBig},
		"broken":            {ctx, 7, io.MultiReader(strings.NewReader("half"), failing{broken}), broken},
		"cancelled":         {gone, 7, strings.NewReader("x"), context.Canceled},
		"nobody waits":      {ctx, 8, strings.NewReader("x"), ErrUnwanted},
		"cut in the middle": {ctx, 7, failing{io.ErrUnexpectedEOF}, io.ErrUnexpectedEOF},
	} {
		if _, err := s.Put(c.ctx, c.person, c.r, 100); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		if left := files(t, s); len(left) != 0 {
			t.Errorf("%s leaves %v", name, left)
		}
	}
	if _, err := s.Put(ctx, 7, strings.NewReader(strings.Repeat("x", 100)), 100); err != nil {
		t.Errorf("exactly the limit: %v", err)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func TestOpenRefusesWhatIsNotItsOwn(t *testing.T) {
	s := open(t)
	ctx := context.Background()
	awaiting(t, s, 7)
	stored, err := s.Put(ctx, 7, strings.NewReader("evidence"), 100)
	must(t, err)
	for _, name := range []string{"", ".", "..", "../" + databaseName, "../../lock", stored.SHA256[1:], strings.ToUpper(stored.SHA256), "/etc/passwd", stored.SHA256 + "/", strings.Repeat("0", 64)} {
		if f, err := s.Open(ctx, 7, name); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%q: %v, %v", name, f, err)
		}
	}
	if _, err := s.Open(ctx, 8, stored.SHA256); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("somebody else's file: %v", err)
	}
	path := filepath.Join(s.path(vaultName), "7", stored.SHA256)
	must(t, os.WriteFile(path, []byte("evidencE"), 0o600))
	if _, err := s.Open(ctx, 7, stored.SHA256); !errors.Is(err, ErrDamaged) {
		t.Errorf("changed bytes: %v", err)
	}
	must(t, os.Remove(path), os.Symlink("/etc/passwd", path))
	if f, err := s.Open(ctx, 7, stored.SHA256); err == nil {
		t.Errorf("a link out of the vault was followed: %v", f)
	}
}

func TestConcurrentPuts(t *testing.T) {
	s := open(t)
	awaiting(t, s, 1, 2, 3)
	var wait sync.WaitGroup
	for i := range 60 {
		wait.Go(func() {
			body := []byte(strings.Repeat(fmt.Sprint(i/6), 10000)) // the same file at once, too
			got, err := s.Put(context.Background(), int64(i%3+1), bytes.NewReader(body), 1<<20)
			if err != nil || got.SHA256 != hashOf(body) {
				t.Errorf("%d: %v, %v", i, got.SHA256, err)
			}
		})
	}
	wait.Wait()
	if bad := unsound(t, s); len(bad) != 0 || len(files(t, s)) != 30 {
		t.Errorf("the vault holds %d files, of them unsound %v", len(files(t, s)), bad)
	}
}

func TestPutTakesConstantMemory(t *testing.T) {
	s := open(t)
	awaiting(t, s, 7)
	allocated := func(size int64) uint64 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		must1(s.Put(context.Background(), 7, io.LimitReader(endless{}, size), size))(t)
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	allocated(1)
	if small, big := allocated(1), allocated(50<<20); big > small+64<<10 {
		t.Errorf("50 MiB take %d bytes of memory, one byte takes %d", big, small)
	}
}

func TestHalfFilesAreSweptAtStart(t *testing.T) {
	dir := t.TempDir()
	s := openIn(t, dir)
	must(t, s.Close(), os.WriteFile(filepath.Join(dir, vaultName, newFolder, "half"), []byte("x"), 0o600))
	if left := files(t, openIn(t, dir)); len(left) != 0 {
		t.Errorf("the vault holds %v", left)
	}
}

// keep puts a file of the person's into the vault and into their case.
func keep(t testing.TB, s *Store, person int64, body string) Stored {
	t.Helper()
	awaiting(t, s, person)
	stored := must1(s.Put(context.Background(), person, strings.NewReader(body), 1<<20))(t)
	job := number(t, s, `SELECT max(id) FROM jobs`)
	turns(t, s, func(p *flows.Person, in flows.Input) []flows.Effect {
		if len(p.Cases) == 0 {
			p.Cases = []*flows.Case{{Number: 1}}
		}
		c := p.Cases[0]
		c.Exhibits = append(c.Exhibits, flows.Exhibit{Number: len(c.Exhibits) + 1, State: "kept", Form: "as_sent_file", SHA256: stored.SHA256, Size: stored.Size})
		return nil
	}, flows.Input{ID: fmt.Sprintf("job:%d", job), Person: person, At: noon, Job: int64(job), Event: flows.Kept{}})
	return stored
}

func TestCheckFindsBothWays(t *testing.T) {
	s := open(t)
	ctx := context.Background()
	check := func(want ...string) {
		t.Helper()
		got := must1(s.Check(ctx))(t)
		ok := len(got) == len(want)
		for i := range min(len(got), len(want)) {
			ok = ok && strings.Contains(got[i], want[i])
		}
		if !ok {
			t.Errorf("it finds %q, want %q", got, want)
		}
	}
	a, b := keep(t, s, 7, "a"), keep(t, s, 7, "b")
	c := keep(t, s, 8, "c")
	turns(t, s, func(p *flows.Person, in flows.Input) []flows.Effect {
		p.Loose = []flows.Exhibit{
			{Number: 1, State: "waiting", SHA256: ""},
			{Number: 2, State: "lost"},
			{Number: 3, State: "kept", Form: "text_only", SHA256: hashOf([]byte("words"))},
		}
		return nil
	}, said("1", 8, "words"))
	check()

	vault := s.path(vaultName)
	must(t, os.Remove(filepath.Join(vault, "7", a.SHA256)))
	must(t, os.WriteFile(filepath.Join(vault, "7", b.SHA256), []byte("bb"), 0o600))
	must(t, os.WriteFile(filepath.Join(vault, "8", "stray"), nil, 0o600))
	must(t, os.MkdirAll(filepath.Join(vault, "9"), 0o700), os.WriteFile(filepath.Join(vault, "9", c.SHA256), nil, 0o600))
	must(t, os.Mkdir(filepath.Join(vault, "x"), 0o700))
	check("person 7: the file of exhibit 1 is missing", "person 7: the file of exhibit 2 has 2 bytes",
		"person 8: a file stands for no exhibit", "person 9: a file stands for no exhibit", "not the bot's")

	awaiting(t, s, 8, 9) // their files may just have come
	check("exhibit 1", "exhibit 2", "not the bot's")
	change(t, s, `UPDATE people SET body = '' WHERE id = 7`)
	check("person 7: the row can't be read", "not the bot's")
}

func TestBackupCanTakeThePlace(t *testing.T) {
	s := open(t)
	ctx := context.Background()
	file := keep(t, s, 7, "evidence")
	turns(t, s, count, said("1", 7, "a"))
	to := filepath.Join(t.TempDir(), "backup's")
	must(t, s.Backup(ctx, to))
	if err := s.Backup(ctx, to); err == nil {
		t.Error("it was written over another")
	}
	turns(t, s, count, said("2", 7, "b"))

	restored := openIn(t, to)
	if got := opened(t, restored, 7); got != 1 {
		t.Errorf("restored it counts %d, want 1", got)
	}
	f, err := restored.Open(ctx, 7, file.SHA256)
	must(t, err, f.Close())
	if found := must1(restored.Check(ctx))(t); len(found) != 0 {
		t.Errorf("restored: %v", found)
	}
	must(t, os.Remove(filepath.Join(to, vaultName, "7", file.SHA256)))
	if found := must1(restored.Check(ctx))(t); len(found) != 1 {
		t.Error("a backup without its file is not noticed")
	}
}
