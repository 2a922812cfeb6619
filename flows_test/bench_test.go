package flows_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"recourse/flows"
	"recourse/store"
)

// How long the bot itself takes: from an input handed to Turns until it is on
// the disk with all that follows from it (the commit survives a power cut), and
// the conversation alone beside it. The network to Telegram is not in it.
//
//	go test ./flows_test -run '^$' -bench Turn -benchtime 200x
func BenchmarkTurn(b *testing.B) {
	g := guide(b)
	const story = "I bought a coffee machine from BeanHouse for £180 on 2 February 2026, order 77120, paid by credit card. It was promised for 10 February and never arrived."
	tap := func(data string) flows.Event { return flows.Tapped{Query: "1", Data: data, Message: 1} }
	tell := func(string) flows.Event { return flows.Said{Message: 2, Text: story} }
	for _, c := range []struct {
		name  string
		event func(data string) flows.Event // data is what the first button of the question carries
		to    string                        // the step it leads to
	}{
		{"tap", tap, "kind.ask"},
		{"story", tell, "story.confirm"},
	} {
		for _, size := range []int{1, 50} {
			b.Run(fmt.Sprintf("%s/batch=%d", c.name, size), func(b *testing.B) {
				s, err := store.Open(context.Background(), b.TempDir())
				if err != nil {
					b.Fatal(err)
				}
				defer s.Close()
				var times []time.Duration
				next := int64(1)
				for range b.N {
					people := arrive(b, s, g, next, size)
					next += int64(size)
					var batch []flows.Input
					for _, x := range people {
						batch = append(batch, flows.Input{ID: fmt.Sprint("bench ", x.id), Person: x.id, At: x.at, Language: "en", Event: c.event(x.data)})
					}
					began := time.Now()
					err := s.Turns(context.Background(), batch, g.Advance)
					times = append(times, time.Since(began))
					if err != nil {
						b.Fatal(err)
					}
				}
				report(b, times, size)
				p, err := s.Person(context.Background(), next-1)
				if err != nil || stepOf(p) != c.to {
					b.Fatalf("it did not lead to %s: %v %+v", c.to, err, p)
				}
			})
		}
	}
	for _, c := range []struct {
		name string
		in   flows.Event
	}{
		{"tap", flows.Tapped{Query: "1", Button: &flows.Button{Case: 1, Step: "story.ask", Revision: 1, Value: "skip"}}},
		{"story", flows.Said{Message: 2, Text: story}},
	} {
		b.Run(c.name+"/advance alone", func(b *testing.B) {
			at := time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
			var times []time.Duration
			for range b.N {
				p := flows.Person{
					ID: 1, Language: "en", Country: "GB", Zone: "Europe/London", Agreed: at, Opened: 1, Focus: 1, Revision: 1,
					Cases: []*flows.Case{{Number: 1, Opened: at, Country: "GB", Thread: flows.Thread{Step: "story.ask", Revision: 1}}},
				}
				began := time.Now()
				effects := g.Advance(&p, flows.Input{ID: "1", Person: 1, At: at, Event: c.in})
				times = append(times, time.Since(began))
				if len(effects) == 0 || stepOf(&p) == "story.ask" {
					b.Fatalf("it led nowhere: %+v", p)
				}
			}
			report(b, times, 1)
		})
	}
}

// arrival is a person who is asked for the story.
type arrival struct {
	id   int64
	at   time.Time
	data string // what the first button carries
}

// arrive makes people and asks them, and empties the outbox: none of it is measured.
func arrive(b *testing.B, s *store.Store, g *flows.Guide, from int64, n int) (people []arrival) {
	ctx := context.Background()
	at := time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	var batch []flows.Input
	for id := from; id < from+int64(n); id++ {
		batch = append(batch, flows.Input{ID: fmt.Sprint("arrive ", id), Person: id, At: at, Language: "en", Event: flows.Said{Message: 1, Text: "/start"}})
	}
	err := s.Turns(ctx, batch, func(p *flows.Person, in flows.Input) []flows.Effect {
		p.Language, p.Country, p.Zone, p.Agreed, p.Opened, p.Focus = "en", "GB", "Europe/London", at, 1, 1
		p.Cases = []*flows.Case{{Number: 1, Opened: at, Country: "GB", Thread: flows.Thread{Step: "story.ask"}}}
		return g.Advance(p, in)
	})
	if err != nil {
		b.Fatal(err)
	}
	rows, err := s.Waiting(ctx, at, 20*n)
	if err != nil {
		b.Fatal(err)
	}
	var sent []store.Receipt
	for i, row := range rows {
		sent = append(sent, store.Receipt{ID: row.ID, Message: i + 2, At: at})
		if say, ok := row.Effect.(flows.Say); ok && row.Person >= from && len(say.Rows) > 0 {
			people = append(people, arrival{row.Person, at, row.Data[0][0]})
		}
	}
	if err := s.SentAll(ctx, sent); err != nil {
		b.Fatal(err)
	}
	if len(people) != n {
		b.Fatalf("%d of %d were asked", len(people), n)
	}
	return people
}

// report tells the time of the turns themselves, without what was made ready
// for them.
func report(b *testing.B, times []time.Duration, size int) {
	var sum time.Duration
	for _, t := range times {
		sum += t
	}
	slices.Sort(times)
	b.ReportMetric(float64(sum.Nanoseconds())/float64(len(times)), "ns/op")
	b.ReportMetric(float64(times[len(times)/2].Nanoseconds())/1e3, "p50-µs")
	if size > 1 {
		b.ReportMetric(float64(sum.Nanoseconds())/1e3/float64(len(times)*size), "µs/input")
	}
}
