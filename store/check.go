package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"slices"
	"strconv"

	"recourse/flows"
)

// exhibits goes through everything of a person's that must have a file.
func exhibits(p *flows.Person) iter.Seq[flows.Exhibit] {
	return func(yield func(flows.Exhibit) bool) {
		if p == nil {
			return
		}
		lists := [][]flows.Exhibit{p.Loose}
		for _, c := range p.Cases {
			lists = append(lists, c.Exhibits)
		}
		for _, e := range slices.Concat(lists...) {
			// Words that were kept stand in the person's row.
			if e.State == "kept" && e.Form != "text_only" && e.SHA256 != "" && !yield(e) {
				return
			}
		}
	}
}

// Check holds rows and files against each other and gives a line for the
// operator for each exhibit without its file and each file without its exhibit.
// A file whose job is still under way is passed over.
func (s *Store) Check(ctx context.Context) ([]string, error) {
	missing, err := s.withoutFile(ctx)
	if err != nil {
		return nil, fmt.Errorf("check exhibits: %w", err)
	}
	orphans, err := s.withoutExhibit(ctx)
	if err != nil {
		return nil, fmt.Errorf("check the vault: %w", err)
	}
	return append(missing, orphans...), nil
}

func (s *Store) withoutFile(ctx context.Context) (found []string, err error) {
	for last := int64(-1 << 63); ; {
		// One at a time, so that no reader keeps the log from being folded.
		people, err := s.peopleAfter(ctx, last, 100)
		if err != nil || len(people) == 0 {
			return found, err
		}
		last = people[len(people)-1]
		for _, id := range people {
			lines, err := s.missingFiles(ctx, id)
			if err == nil && len(lines) > 0 {
				// It may have been erased between the row and the look.
				lines, err = s.missingFiles(ctx, id)
			}
			if errors.As(err, new(unreadable)) {
				lines, err = []string{fmt.Sprintf("person %d: the row can't be read", id)}, nil
			}
			if err != nil {
				return found, err
			}
			found = append(found, lines...)
		}
	}
}

func (s *Store) missingFiles(ctx context.Context, id int64) (found []string, err error) {
	p, _, err := s.personAndJobs(ctx, id)
	if err != nil {
		return nil, err
	}
	for e := range exhibits(p) {
		info, err := s.vault.root.Stat(folderOf(id) + "/" + e.SHA256)
		switch {
		case !isHash(e.SHA256):
			found = append(found, fmt.Sprintf("person %d: exhibit %d has no proper hash", id, e.Number))
		case errors.Is(err, fs.ErrNotExist):
			found = append(found, fmt.Sprintf("person %d: the file of exhibit %d is missing (%s)", id, e.Number, e.SHA256))
		case err != nil:
			return nil, err
		case info.Size() != e.Size:
			found = append(found, fmt.Sprintf("person %d: the file of exhibit %d has %d bytes and should have %d (%s)", id, e.Number, info.Size(), e.Size, e.SHA256))
		}
	}
	return found, nil
}

func (s *Store) withoutExhibit(ctx context.Context) (found []string, err error) {
	folders, err := s.vault.names(".")
	if err != nil {
		return nil, err
	}
	slices.Sort(folders)
	for _, folder := range folders {
		id, err := strconv.ParseInt(folder, 10, 64)
		if folder == newFolder {
			continue
		}
		if err != nil || folderOf(id) != folder {
			found = append(found, fmt.Sprintf("the vault holds something that is not the bot's: %q", folder))
			continue
		}
		names, err := s.vault.names(folder) // before the row, so that a new file is not taken for a stray one
		if err != nil {
			return nil, err
		}
		kept, jobs, err := s.wanted(ctx, id)
		if errors.As(err, new(unreadable)) {
			continue // said already
		}
		if err != nil {
			return nil, err
		}
		if jobs > 0 {
			continue
		}
		slices.Sort(names)
		for _, name := range names {
			if !kept[name] {
				found = append(found, fmt.Sprintf("person %d: a file stands for no exhibit (%q)", id, name))
			}
		}
	}
	return found, nil
}

// peopleAfter lists ids, rising, from the one after last.
func (s *Store) peopleAfter(ctx context.Context, last int64, limit int) ([]int64, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT id FROM people WHERE id > $1 ORDER BY id LIMIT $2`, last, limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []int64
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		all = append(all, id)
	}
	return all, rows.Err()
}
