// Package store is the memory: one SQLite file and one folder of evidence. It
// knows no dialogue and no Telegram; it keeps what flows decided and hands out
// what is still to be done.
//
// The one way in is Turns: a batch of inputs, one transaction, each input heard
// exactly once. Everything else follows from the rows it leaves: Waiting and
// SentAll (outbox.go) for what goes out, Jobs and Put (jobs.go, vault.go) for
// files, Due (alarms.go) for reminders, whose time stands beside the person.
// Nothing is said to be saved before a commit that survives a power cut, and
// nothing inside a transaction waits for a network.
//
// SQL stands in the method that uses it, with $1, $2, … in the order of first
// use (SQLite counts them so, PostgreSQL by their number). Times are Unix
// microseconds in UTC, JSON is text and never queried inside.
//
// Begin with turn.go.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	_ "github.com/mattn/go-sqlite3" // the driver "sqlite3"
)

// Names in the data folder.
const (
	databaseName = "recourse.db"
	markerName   = "recourse.here" // a database was here: never begin anew beside it
	lockName     = "lock"          // held by the copy that runs
	vaultName    = "vault"
)

// Store is the memory of one running bot. Its methods may be called from many
// goroutines at once.
type Store struct {
	Now func() time.Time // the clock for what carries no time of its own; set it before the first use
	Log *slog.Logger     // ids only; set it before the first use

	dir   string
	lock  *os.File
	write *sql.DB // one connection: the one writer
	read  *sql.DB
	vault *vault
	key   Key
}

// Open opens the memory in a folder and makes both when they are missing. It
// refuses to start on anything unsafe; its error is one line for the operator.
func Open(ctx context.Context, dir string) (*Store, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("find the data folder: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("the data folder can't be made: %w", err)
	}
	s := &Store{Now: time.Now, Log: slog.Default(), dir: dir}
	if err := s.open(ctx); err != nil {
		s.Close()
		return nil, errors.New(oneLine(err.Error()))
	}
	return s, nil
}

func (s *Store) open(ctx context.Context) error {
	if err := s.claim(); err != nil {
		return err
	}
	fresh, err := s.lookForDatabase()
	if err != nil {
		return err
	}
	if s.write, err = openWriter(s.path(databaseName)); err != nil {
		return err
	}
	if err := soundFile(ctx, s.write); err != nil {
		return err
	}
	if err := checkSettings(ctx, s.write); err != nil {
		return err
	}
	if s.read, err = openReaders(s.path(databaseName)); err != nil {
		return err
	}
	steps, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return fmt.Errorf("find the migrations: %w", err)
	}
	if err := s.migrate(ctx, fresh, steps); err != nil {
		return err
	}
	if err := s.mark(); err != nil {
		return err
	}
	if s.vault, err = openVault(s.path(vaultName)); err != nil {
		return err
	}
	if s.key, err = openKey(s.path(keyName)); err != nil {
		return err
	}
	return s.finishErasures(ctx)
}

// Close gives everything back. What was committed is safe without it.
func (s *Store) Close() error {
	var all []error
	if s.read != nil {
		all = append(all, s.read.Close())
	}
	if s.write != nil {
		all = append(all, s.write.Close()) // the last one out folds the log into the database
	}
	if s.vault != nil {
		all = append(all, s.vault.root.Close())
	}
	if s.lock != nil {
		all = append(all, s.lock.Close())
	}
	if err := errors.Join(all...); err != nil {
		return fmt.Errorf("close the data folder: %w", err)
	}
	return nil
}

func (s *Store) path(name string) string { return filepath.Join(s.dir, name) }

// claim makes sure that the folder can be written and that no other copy works
// on it. The lock goes with the process, however that ends.
func (s *Store) claim() error {
	f, err := os.OpenFile(s.path(lockName), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("the data folder can't be written: %w", err)
	}
	s.lock = f
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return fmt.Errorf("another copy is already running on the data folder %s", s.dir)
	}
	if err != nil {
		return fmt.Errorf("lock the data folder: %w", err)
	}
	// An old lock file can be opened on a disk that takes no more.
	probe, err := os.CreateTemp(s.dir, "probe-")
	if err != nil {
		return fmt.Errorf("the data folder can't be written: %w", err)
	}
	probe.Close()
	if err := os.Remove(probe.Name()); err != nil {
		return fmt.Errorf("the data folder can't be written: %w", err)
	}
	return nil
}

// lookForDatabase tells whether this is a first start. A database that was here
// and is gone is never replaced by an empty one: people would be forgotten
// without anybody noticing.
func (s *Store) lookForDatabase() (fresh bool, err error) {
	size, err := sizeOf(s.path(databaseName))
	if err != nil {
		return false, fmt.Errorf("look for the database: %w", err)
	}
	if size > 0 {
		return false, nil
	}
	signs := []string{markerName}
	if size < 0 { // its log alone; beside an empty file it is a first start that was cut short
		signs = append(signs, databaseName+"-wal")
	}
	for _, name := range signs {
		left, err := sizeOf(s.path(name))
		if err != nil {
			return false, fmt.Errorf("look for the database: %w", err)
		}
		if left > 0 {
			return false, fmt.Errorf("the database %s is missing, and %s says that it was here; bring it back from a backup, or, if everything may be forgotten, move the whole folder away", s.path(databaseName), name)
		}
	}
	// Made here, so that nobody else on the machine may read it; what SQLite
	// puts beside it takes the same mode.
	f, err := os.OpenFile(s.path(databaseName), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return false, fmt.Errorf("make the database: %w", err)
	}
	return true, f.Close()
}

// sizeOf is a file's size in bytes, -1 when there is none.
func sizeOf(path string) (int64, error) {
	info, err := os.Stat(path)
	if errors.Is(err, os.ErrNotExist) {
		return -1, nil
	}
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// mark leaves the sign that a database was here.
func (s *Store) mark() error {
	if _, err := os.Stat(s.path(markerName)); err == nil {
		return nil
	}
	f, err := os.OpenFile(s.path(markerName), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("mark the data folder: %w", err)
	}
	_, err = f.WriteString("A database belongs beside this file. Without it the bot does not start.\n")
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = syncFolder(s.dir)
	}
	if err != nil {
		return fmt.Errorf("mark the data folder: %w", err)
	}
	return nil
}

const (
	writerSettings = "_journal_mode=WAL&_synchronous=FULL&_busy_timeout=5000&_foreign_keys=on&_txlock=immediate&_secure_delete=on&_stmt_cache_size=64"
	readerSettings = "mode=ro&_busy_timeout=5000&_stmt_cache_size=16"
)

func openWriter(path string) (*sql.DB, error) {
	db, err := sql.Open("sqlite3", dsn(path, writerSettings))
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	db.SetMaxOpenConns(1)
	return db, nil
}

func openReaders(path string) (*sql.DB, error) {
	db, err := sql.Open("sqlite3", dsn(path, readerSettings))
	if err != nil {
		return nil, fmt.Errorf("open the database for reading: %w", err)
	}
	db.SetMaxOpenConns(4)
	db.SetMaxIdleConns(4)
	return db, nil
}

// dsn names a file so that no character of its path is taken for a setting.
func dsn(path, settings string) string {
	return (&url.URL{Scheme: "file", Path: path, RawQuery: settings}).String()
}

// soundFile lets SQLite look over its own pages.
func soundFile(ctx context.Context, db *sql.DB) error {
	var said string
	if err := db.QueryRowContext(ctx, `PRAGMA quick_check(1)`).Scan(&said); err != nil {
		return fmt.Errorf("the database can't be read: %w; bring it back from a backup", err)
	}
	if said != "ok" {
		return fmt.Errorf("the database is damaged: %s; bring it back from a backup", said)
	}
	return nil
}

// checkSettings reads back what durability and erasure rest on. SQLite passes
// over a setting it does not know or can't have (no WAL on a network folder).
func checkSettings(ctx context.Context, db *sql.DB) error {
	for _, want := range []struct{ name, value string }{
		{"journal_mode", "wal"},
		{"synchronous", "2"}, // FULL: a commit survives a power cut
		{"foreign_keys", "1"},
		{"secure_delete", "1"}, // what is deleted is overwritten
		{"busy_timeout", "5000"},
	} {
		var got string
		if err := db.QueryRowContext(ctx, `PRAGMA `+want.name).Scan(&got); err != nil {
			return fmt.Errorf("read the database setting %s: %w", want.name, err)
		}
		if got != want.value {
			return fmt.Errorf("the database setting %s is %s and must be %s; is the data folder on a local disk?", want.name, got, want.value)
		}
	}
	return nil
}

// transact runs work in one transaction on the writer. Waiting for its turn can
// be cancelled; once begun it is not, because a cancelled statement would leave
// the answer open whether it happened.
func (s *Store) transact(ctx context.Context, work func(ctx context.Context, tx *sql.Tx) error) error {
	conn, err := s.write.Conn(ctx)
	if err != nil {
		return fmt.Errorf("wait for the database: %w", err)
	}
	defer conn.Close()
	ctx = context.WithoutCancel(ctx)
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer tx.Rollback() // does nothing after a commit
	if err := work(ctx, tx); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// rewrite makes the database anew from what it still holds and empties the log.
// secure_delete overwrites deleted rows, but not the copies of them that stay in
// the gaps of a page when its rows are moved to another: found by searching the
// file, about once in five erasures. Nothing is written meanwhile; a hundred
// megabytes take about a second.
func (s *Store) rewrite(ctx context.Context) error {
	for _, statement := range []string{`PRAGMA temp_store = MEMORY`, `VACUUM`} {
		if _, err := s.write.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("rewrite the database: %w", err)
		}
	}
	_, err := s.foldLog(ctx)
	return err
}

// foldLog writes the log back into the database and empties it, so that what
// was erased is in neither. busy tells that a reader was still at work.
func (s *Store) foldLog(ctx context.Context) (busy bool, err error) {
	var waits, frames, moved int
	err = s.write.QueryRowContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&waits, &frames, &moved)
	if err != nil {
		return false, fmt.Errorf("fold the log into the database: %w", err)
	}
	return waits != 0, nil
}

// syncFolder makes the names in a folder durable.
func syncFolder(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

func micros(t time.Time) int64 { return t.UnixMicro() }

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
