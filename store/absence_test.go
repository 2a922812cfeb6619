package store

import (
	"testing"
	"time"
)

func TestListenedSurvivesARestart(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	if last, err := s.LastListened(t.Context()); err != nil || !last.IsZero() {
		t.Fatalf("before anything: %v %v", last, err)
	}
	at := time.Date(2026, 3, 2, 10, 0, 0, 5000, time.UTC)
	for _, x := range []time.Time{at.Add(-time.Hour), at} {
		if err := s.Listened(t.Context(), x); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if s, err = Open(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if last, err := s.LastListened(t.Context()); err != nil || !last.Equal(at) {
		t.Errorf("%v %v, not %v", last, err, at)
	}
}
