package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var migrations embed.FS

// beforePrefix begins the name of the copy made before a migration:
// before-<version>.db.
const beforePrefix = "before-"

// migrate brings the schema up to date, after a copy of what was there. A
// database that a newer version has written is refused: an older one would
// drop what it does not know.
func (s *Store) migrate(ctx context.Context, fresh bool, steps fs.FS) error {
	m, err := goose.NewProvider(goose.DialectSQLite3, s.write, steps,
		goose.WithLogger(goose.NopLogger()), goose.WithDisableGlobalRegistry(true),
		// SQL knows no SHA-256.
		goose.WithGoMigrations(goose.NewGoMigration(3, &goose.GoFunc{RunTx: chainOldEvents}, nil)))
	if err != nil {
		return fmt.Errorf("read the migrations: %w", err)
	}
	has, can, err := m.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("read the version of the database: %w", err)
	}
	if has > can {
		return fmt.Errorf("the database was written by a newer version (schema %d, this one knows %d); start that version or a later one", has, can)
	}
	if has == can {
		return nil
	}
	if !fresh && has > 0 {
		to := s.path(fmt.Sprintf("%s%d.db", beforePrefix, has))
		if err := copyDatabase(ctx, s.read, to); err != nil {
			return fmt.Errorf("copy the database before migrating it: %w", err)
		}
	}
	if _, err := m.Up(ctx); err != nil {
		return fmt.Errorf("migrate the database from schema %d to %d: %w", has, can, err)
	}
	return nil
}

// copyDatabase writes a whole, compact copy of the database. It stands under
// its name only when it is complete and on the disk.
func copyDatabase(ctx context.Context, from *sql.DB, to string) error {
	part := to + ".part"
	if err := os.Remove(part); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	f, err := os.OpenFile(part, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer os.Remove(part)
	defer f.Close()
	if _, err := from.ExecContext(ctx, `VACUUM INTO $1`, part); err != nil {
		return err
	}
	if err := f.Sync(); err != nil { // VACUUM INTO leaves that to us
		return err
	}
	if err := os.Rename(part, to); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(to))
}

// dropCopies removes the copies made before migrations that are older than
// that: they hold people who have erased everything since.
func (s *Store) dropCopies(older time.Time) error {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return fmt.Errorf("look for copies: %w", err)
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), beforePrefix) {
			continue
		}
		info, err := e.Info()
		if err != nil || info.ModTime().After(older) {
			continue
		}
		if err := os.Remove(s.path(e.Name())); err != nil {
			return fmt.Errorf("remove an old copy: %w", err)
		}
	}
	return nil
}
