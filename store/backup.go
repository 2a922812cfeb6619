package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Backup copies everything into a new folder that can be opened in the place of
// the data folder. The bot may go on working meanwhile: the copy is the database
// at one moment and all files it speaks of. The folder has its name only when it
// is whole.
//
// It holds people as they were. Who erases everything later is still in it:
// whoever makes backups also lets go of them.
func (s *Store) Backup(ctx context.Context, to string) error {
	if err := s.backup(ctx, to); err != nil {
		return fmt.Errorf("back up: %w", err)
	}
	return nil
}

// BackupOf copies a data folder on which a bot may be at work in another
// process: it takes no lock, makes nothing and changes nothing there.
func BackupOf(ctx context.Context, dir, to string) error {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return fmt.Errorf("find the data folder: %w", err)
	}
	s := &Store{dir: dir}
	defer s.Close()
	if _, err := os.Stat(s.path(databaseName)); err != nil {
		return fmt.Errorf("there is nothing to back up: %w", err)
	}
	if s.read, err = openReaders(s.path(databaseName)); err != nil {
		return fmt.Errorf("back up: %w", err)
	}
	root, err := os.OpenRoot(s.path(vaultName))
	if err != nil {
		return fmt.Errorf("open the vault to back it up: %w", err)
	}
	s.vault = &vault{root: root}
	return s.Backup(ctx, to)
}

func (s *Store) backup(ctx context.Context, to string) error {
	to, err := filepath.Abs(to)
	if err != nil {
		return err
	}
	if _, err := os.Stat(to); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s is there already", to)
	}
	part := to + ".part"
	if err := os.RemoveAll(part); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(part, vaultName), 0o700); err != nil {
		return err
	}
	defer os.RemoveAll(part) // after the rename there is nothing under that name
	// The database first: a file it speaks of was there before the row.
	if err := copyDatabase(ctx, s.read, filepath.Join(part, databaseName)); err != nil {
		return err
	}
	folders, err := s.vault.names(".")
	if err != nil {
		return err
	}
	for _, folder := range folders {
		if folder == newFolder {
			continue
		}
		if err := s.copyFolder(ctx, folder, filepath.Join(part, vaultName, folder)); err != nil {
			return err
		}
	}
	// What was signed can be checked against the public key alone, but a bot
	// restored with another key would sign as a stranger.
	key, err := os.Open(s.path(keyName))
	if err != nil {
		return pathless(err)
	}
	defer key.Close()
	if err := copyFile(ctx, key, filepath.Join(part, keyName)); err != nil {
		return err
	}
	mark := filepath.Join(part, markerName)
	if err := os.WriteFile(mark, []byte("A database belongs beside this file. Without it the bot does not start.\n"), 0o600); err != nil {
		return err
	}
	for _, folder := range []string{filepath.Join(part, vaultName), part} {
		if err := syncFolder(folder); err != nil {
			return err
		}
	}
	if err := os.Rename(part, to); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(to))
}

func (s *Store) copyFolder(ctx context.Context, folder, to string) error {
	names, err := s.vault.names(folder)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(to, 0o700); err != nil {
		return err
	}
	for _, name := range names {
		from, err := s.vault.root.Open(folder + "/" + name)
		if errors.Is(err, fs.ErrNotExist) {
			continue // erased meanwhile
		}
		if err != nil {
			return err
		}
		err = copyFile(ctx, from, filepath.Join(to, name))
		from.Close()
		if err != nil {
			return err
		}
	}
	return syncFolder(to)
}

func copyFile(ctx context.Context, from io.Reader, to string) error {
	f, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.CopyBuffer(onlyWriter{f}, &until{ctx, from}, make([]byte, 64<<10))
	return errors.Join(err, f.Sync(), f.Close())
}
