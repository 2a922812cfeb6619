package bot

import (
	"context"
	"slices"
	"testing"
	"time"

	"recourse/flows"
)

// diary is an Absence in memory.
type diary struct{ last time.Time }

func (d *diary) Listened(_ context.Context, at time.Time) error  { d.last = at; return nil }
func (d *diary) LastListened(context.Context) (time.Time, error) { return d.last, nil }
func (d *diary) People(context.Context) ([]int64, error)         { return []int64{1, 2}, nil }

// A silence longer than Telegram keeps messages is told to everybody, once; a
// shorter one, and the very first start, to nobody.
func TestAbsenceIsToldOnce(t *testing.T) {
	for _, x := range []struct {
		name string
		last time.Time
		want []int64
	}{
		{"first start", time.Time{}, nil},
		{"an hour", time.Now().Add(-time.Hour), nil},
		{"two days", time.Now().Add(-48 * time.Hour), []int64{1, 2}},
	} {
		t.Run(x.name, func(t *testing.T) {
			var told []int64
			b := newBot(t, "http://127.0.0.1:1", newShelf(), func(p *flows.Person, in flows.Input) []flows.Effect {
				if _, ok := in.Event.(flows.Away); ok {
					told = append(told, in.Person)
				}
				return nil
			}, t.Output())
			d := &diary{x.last}
			b.set.Absence = d
			for range 2 {
				if err := b.missed(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			if !slices.Equal(told, x.want) {
				t.Errorf("told %v, not %v", told, x.want)
			}
			if time.Since(d.last) > time.Minute {
				t.Error("the time was not noted")
			}
		})
	}
}
