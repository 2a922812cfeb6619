package store

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
	"sync"

	"recourse/flows"
)

// vault is the folder of evidence: <person>/<sha256 of the bytes>. No name from
// outside is ever part of a path.
type vault struct {
	root *os.Root
	// mu is held while a file gets its final name and while files are removed,
	// so that nothing appears behind an erasure.
	mu sync.Mutex
}

// newFolder is where files grow. What lies there at a start was cut short.
const newFolder = "new"

// headSize is as much as it takes to tell a file's type.
const headSize = 3072

var (
	// ErrTooBig: the file has more bytes than it may.
	ErrTooBig = errors.New("the file is too big")
	// ErrUnwanted: no job of the person waits for a file; it was erased meanwhile.
	ErrUnwanted = errors.New("nobody waits for the file any more")
	// ErrDamaged: the bytes are not those that were kept.
	ErrDamaged = errors.New("the file has changed since it was kept")
)

// Stored is what is known of bytes that were kept.
type Stored struct {
	SHA256 string // hex
	Size   int64  // bytes
	Head   []byte // the first 3072 bytes, fewer when there are no more
}

func openVault(path string) (*vault, error) {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, fmt.Errorf("make the vault: %w", err)
	}
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, fmt.Errorf("open the vault: %w", err)
	}
	v := &vault{root: root}
	err = root.RemoveAll(newFolder)
	if err == nil {
		err = root.Mkdir(newFolder, 0o700)
	}
	if err == nil {
		err = v.sync(".")
	}
	if err != nil {
		root.Close()
		return nil, fmt.Errorf("sweep the vault: %w", err)
	}
	return v, nil
}

// Put keeps the bytes of r as a person's, at most limit of them, in memory that
// does not grow with them. When it returns without an error they are on the
// disk under their hash; otherwise nothing is left behind. The same bytes again
// are the same file. It is for the work of a job: when none of the person's
// waits any more, the bytes are let go with ErrUnwanted.
func (s *Store) Put(ctx context.Context, person int64, r io.Reader, limit int64) (Stored, error) {
	stored, err := s.put(ctx, person, r, limit)
	if err != nil {
		return Stored{}, fmt.Errorf("put a file into the vault: %w", err)
	}
	return stored, nil
}

func (s *Store) put(ctx context.Context, person int64, r io.Reader, limit int64) (stored Stored, err error) {
	root := s.vault.root
	growing := newFolder + "/" + rand.Text()
	f, err := root.OpenFile(growing, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return stored, err
	}
	defer func() {
		if err != nil {
			f.Close()
			root.Remove(growing)
		}
	}()

	hash := sha256.New()
	head := &opening{}
	// One byte more than allowed tells a file that is too big from one that fits.
	in := io.LimitReader(&until{ctx, r}, limit+1)
	stored.Size, err = io.CopyBuffer(io.MultiWriter(onlyWriter{f}, hash, head), in, make([]byte, 64<<10))
	if err != nil {
		return stored, err
	}
	if stored.Size > limit {
		return stored, ErrTooBig
	}
	if err := f.Sync(); err != nil {
		return stored, err
	}
	if err := f.Close(); err != nil {
		return stored, err
	}
	stored.SHA256 = hex.EncodeToString(hash.Sum(nil))
	stored.Head = head.bytes

	s.vault.mu.Lock()
	defer s.vault.mu.Unlock()
	_, jobs, err := s.personAndJobs(context.WithoutCancel(ctx), person)
	if err != nil {
		return stored, err
	}
	if jobs == 0 {
		return stored, ErrUnwanted
	}
	folder := folderOf(person)
	if err := root.Mkdir(folder, 0o700); err == nil {
		if err := s.vault.sync("."); err != nil {
			return stored, err
		}
	} else if !errors.Is(err, fs.ErrExist) {
		return stored, err
	}
	if err := root.Rename(growing, folder+"/"+stored.SHA256); err != nil {
		return stored, err
	}
	return stored, s.vault.sync(folder)
}

// Open gives a person's file, the whole of it read and found unchanged first.
// fs.ErrNotExist: there is none; ErrDamaged: its bytes are others.
func (s *Store) Open(ctx context.Context, person int64, sha string) (io.ReadSeekCloser, error) {
	f, err := s.openFile(ctx, person, sha)
	if err != nil {
		return nil, fmt.Errorf("open a file of the vault: %w", err)
	}
	return f, nil
}

func (s *Store) openFile(ctx context.Context, person int64, sha string) (*os.File, error) {
	if !isHash(sha) {
		return nil, fs.ErrNotExist
	}
	f, err := s.vault.root.Open(folderOf(person) + "/" + sha)
	if err != nil {
		return nil, err
	}
	hash := sha256.New()
	if _, err = io.CopyBuffer(onlyWriter{hash}, &until{ctx, f}, make([]byte, 64<<10)); err == nil {
		if hex.EncodeToString(hash.Sum(nil)) != sha {
			err = ErrDamaged
		} else {
			_, err = f.Seek(0, io.SeekStart)
		}
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// removeErased removes the folders of people who took everything away. The
// vault is held. What can't be removed now is tried again by Prune and at the
// next start.
func (s *Store) removeErased(people []int64) {
	for _, person := range people {
		if err := s.vault.root.RemoveAll(folderOf(person)); err != nil {
			s.Log.Error("files not removed after an erasure", "person", person, "error", pathless(err))
		}
	}
	if err := s.vault.sync("."); err != nil {
		s.Log.Error("vault not synced after an erasure", "error", pathless(err))
	}
}

// finishErasures does what a crash between an erasure's commit and its removal
// of files left undone.
func (s *Store) finishErasures(ctx context.Context) error {
	people, err := s.erasures(ctx)
	if err != nil {
		return err
	}
	for _, person := range people {
		if err := s.tidy(ctx, person, true); err != nil {
			return err
		}
	}
	if len(people) == 0 {
		return nil
	}
	return s.rewrite(ctx) // the process may have died between the two
}

// erasures lists the people who took everything away in the last two days.
func (s *Store) erasures(ctx context.Context) ([]int64, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT person FROM erasures ORDER BY person`)
	if err != nil {
		return nil, fmt.Errorf("list erasures: %w", err)
	}
	defer rows.Close()
	var people []int64
	for rows.Next() {
		var person int64
		if err := rows.Scan(&person); err != nil {
			return nil, fmt.Errorf("list erasures: %w", err)
		}
		people = append(people, person)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list erasures: %w", err)
	}
	return people, nil
}

// tidy removes a person's files that no exhibit stands for and that are not on
// their way to the person. While a job of the
// person is under way a file may have come whose exhibit is not yet kept; then
// nothing is removed, unless nothing can be under way (at a start: the job
// brings its file again).
func (s *Store) tidy(ctx context.Context, person int64, start bool) error {
	s.vault.mu.Lock()
	defer s.vault.mu.Unlock()
	names, err := s.vault.names(folderOf(person)) // before the row is read, see above
	if err != nil || len(names) == 0 {
		return err
	}
	kept, jobs, err := s.wanted(ctx, person)
	if err != nil {
		return fmt.Errorf("tidy the vault: %w", err)
	}
	if jobs > 0 && !start {
		return nil
	}
	for _, name := range names {
		if kept[name] {
			continue
		}
		if err := s.vault.root.Remove(folderOf(person) + "/" + name); err != nil {
			return fmt.Errorf("tidy the vault: %w", pathless(err))
		}
	}
	if err := s.vault.sync(folderOf(person)); err != nil {
		return fmt.Errorf("tidy the vault: %w", pathless(err))
	}
	if len(kept) == 0 {
		s.vault.root.Remove(folderOf(person)) // it stays when something is in it
	}
	return nil
}

// personAndJobs reads a person and how many jobs of theirs there are, as they
// stood at one moment. The person is nil when there is none.
func (s *Store) personAndJobs(ctx context.Context, id int64) (p *flows.Person, jobs int, err error) {
	var body sql.NullString
	err = s.read.QueryRowContext(ctx, `
		SELECT (SELECT body FROM people WHERE id = $1), (SELECT count(*) FROM jobs WHERE person = $1)`,
		id).Scan(&body, &jobs)
	if err != nil || !body.Valid {
		return nil, jobs, err
	}
	p = &flows.Person{}
	if err := json.Unmarshal([]byte(body.String), p); err != nil {
		return nil, 0, unreadable{err}
	}
	return p, jobs, nil
}

// wanted are the hashes of a person's files that are to stay: those of exhibits,
// and those that are still to be sent.
func (s *Store) wanted(ctx context.Context, person int64) (files map[string]bool, jobs int, err error) {
	files = map[string]bool{}
	p, jobs, err := s.personAndJobs(ctx, person)
	if err != nil {
		return nil, 0, err
	}
	for e := range exhibits(p) {
		files[e.SHA256] = true
	}
	rows, err := s.read.QueryContext(ctx, `SELECT kind, body FROM outbox WHERE person = $1`, person)
	if err != nil {
		return nil, 0, err
	}
	defer rows.Close()
	for rows.Next() {
		var kind, body string
		if err := rows.Scan(&kind, &body); err != nil {
			return nil, 0, err
		}
		if sha := fileOf(kind, body); sha != "" {
			files[sha] = true
		}
	}
	return files, jobs, rows.Err()
}

// names lists a folder of the vault; one that is not there is empty.
func (v *vault) names(folder string) ([]string, error) {
	f, err := v.root.Open(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look into the vault: %w", err)
	}
	defer f.Close()
	names, err := f.Readdirnames(-1)
	if err != nil {
		return nil, fmt.Errorf("look into the vault: %w", err)
	}
	return names, nil
}

// sync makes the names in a folder of the vault durable.
func (v *vault) sync(folder string) error {
	f, err := v.root.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

func folderOf(person int64) string { return strconv.FormatInt(person, 10) }

// isHash tells a SHA-256 as the vault writes it.
func isHash(s string) bool {
	if len(s) != 2*sha256.Size {
		return false
	}
	for _, c := range []byte(s) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// pathless leaves the path out of an error: it holds a person's number.
func pathless(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// opening remembers the first bytes written to it.
type opening struct{ bytes []byte }

func (o *opening) Write(p []byte) (int, error) {
	if room := headSize - len(o.bytes); room > 0 {
		o.bytes = append(o.bytes, p[:min(room, len(p))]...)
	}
	return len(p), nil
}

// until reads until its context is done.
type until struct {
	ctx context.Context
	r   io.Reader
}

func (u *until) Read(p []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.r.Read(p)
}

// onlyWriter hides a file's ReadFrom, which would take a buffer of its own.
type onlyWriter struct{ io.Writer }
